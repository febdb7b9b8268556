"""The embedded servers: they start, are shared, stop with the last user, and mend what a crash left. contract.md §1."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings

from huimin import embedded

pytestmark = pytest.mark.skipif(not settings.EMBEDDED, reason="DATABASE_URL is set: nothing is embedded")

USE = """
import sys, time
from pathlib import Path
from huimin import embedded
where = embedded.attach(Path(sys.argv[1]))
import psycopg2
with psycopg2.connect(where.owner_url) as connection, connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
    cursor.execute("INSERT INTO kept VALUES ('one')")
    cursor.execute("SELECT count(*) FROM kept")
    rows = cursor.fetchone()[0]
connection.close()  # committed: what is printed now must survive everything
print(rows, embedded._redis_says(where, "INCR kept"), flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def folder():
    """A folder that anybody may enter, as /srv/huimin would be; pytest's own are closed."""
    made = Path(tempfile.mkdtemp(prefix="hv-"))
    made.chmod(0o755)
    yield made
    for var in made.rglob("servers.lock"):
        _end(var.parent)
    shutil.rmtree(made)


def _end(var):
    where = embedded.place(var)
    embedded.stop(where)
    shutil.rmtree(where.sockets, ignore_errors=True)


def start(var, seconds=0, **options):
    command = [sys.executable, "-c", USE, str(var), str(seconds)]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def use(var, **options):
    """Attach, add a row, count the rows; returns what was counted in PostgreSQL and Redis."""
    output, errors = start(var, **options).communicate(timeout=60)
    assert "Error" not in errors, errors
    rows, times = output.split()
    return int(rows), int(times.lstrip(":"))


def is_running(var):
    where = embedded.place(var)
    return embedded._listens(embedded._postgres_socket(where)), embedded._redis_says(where, "PING") == "+PONG"


def test_what_is_written_is_there_at_the_second_start_and_nothing_runs_in_between(folder):
    assert use(folder / "var") == (1, 1)
    assert is_running(folder / "var") == (False, False)
    assert use(folder / "var") == (2, 2)


def test_the_last_one_out_stops_the_servers_and_no_earlier_one(folder):
    first = start(folder / "var", 2)
    first.stdout.readline()
    assert use(folder / "var") == (2, 2)
    assert is_running(folder / "var") == (True, True)
    first.communicate(timeout=30)
    assert is_running(folder / "var") == (False, False)


def test_five_at_once_share_one_server(folder):
    assert use(folder / "var") == (1, 1)
    users = [start(folder / "var", 0.5) for _ in range(5)]
    counted = sorted(int(user.communicate(timeout=60)[0].split()[1].lstrip(":")) for user in users)
    assert counted == [2, 3, 4, 5, 6]
    assert is_running(folder / "var") == (False, False)


def test_after_kill_9_of_the_only_user_the_next_one_attaches_and_stops_them(folder):
    user = start(folder / "var", 60)
    user.stdout.readline()
    user.kill()
    user.communicate()
    assert is_running(folder / "var") == (True, True)
    assert use(folder / "var") == (2, 2)
    assert is_running(folder / "var") == (False, False)


def test_after_kill_9_of_everything_the_next_start_mends(folder):
    """As after a power cut: lock files and sockets lie about, and the pid in them may be anybody's by now."""
    var = folder / "var"
    user = start(var, 60)
    user.stdout.readline()
    where = embedded.place(var)
    server = int((where.data / "postmaster.pid").read_text().split()[0])
    for pid in (server, _redis_pid(where), user.pid):
        os.kill(pid, signal.SIGKILL)
    user.communicate()
    _wait_for_end_of(server)
    pid_file = where.data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]))
    assert use(var) == (2, 2)


def _redis_pid(where):
    with redis.Redis(unix_socket_path=str(where.redis_socket)) as client:
        return client.info("server")["process_id"]


def _wait_for_end_of(pid):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.02)


def test_a_socket_that_a_cleaner_took_away_is_made_anew(folder):
    var = folder / "var"
    user = start(var, 60)
    user.stdout.readline()
    where = embedded.place(var)
    user.kill()
    user.communicate()
    lost = [int((where.data / "postmaster.pid").read_text().split()[0]), _redis_pid(where)]
    shutil.rmtree(where.sockets)
    assert use(var) == (2, 2)
    for pid in lost:
        assert not Path(f"/proc/{pid}/cwd").exists() or Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_an_interrupted_first_start_leaves_nothing_that_looks_like_a_database(folder):
    var = folder / "var"
    half = var / "postgresql.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    assert use(var) == (1, 1)


def test_a_broken_redis_file_is_put_aside(folder):
    var = folder / "var"
    assert use(var) == (1, 1)
    for file in (var / "redis" / "appendonlydir").glob("*.aof"):
        file.write_bytes(b"*1\r\n$7\r\nGARBAGE\r\nnonsense nonsense")
    assert use(var) == (2, 1)


@pytest.mark.parametrize("name", ["with spaces and 汉字 in it", "a" * 100 + "/" + "b" * 100, "quote'and\"dollar$"])
def test_the_path_may_be_anything(folder, name):
    assert use(folder / name / "var") == (1, 1)
    assert use(folder / name / "var") == (2, 2)


def test_the_server_never_runs_as_root_and_its_door_is_closed(folder):
    var = folder / "var"
    user = start(var, 60)
    user.stdout.readline()
    where = embedded.place(var)
    server = int((where.data / "postmaster.pid").read_text().split()[0])
    assert os.stat(f"/proc/{server}").st_uid != 0
    assert stat.S_IMODE((where.sockets / "pg").stat().st_mode) == 0o700
    assert stat.S_IMODE(where.redis_socket.stat().st_mode) == 0o700
    user.terminate()
    user.communicate()


def test_somebody_elses_folder_of_sockets_is_refused(folder):
    where = embedded.place(folder / "var")
    where.sockets.mkdir(mode=0o777)
    where.sockets.chmod(0o777)
    _, errors = start(folder / "var").communicate(timeout=30)
    assert "属于别人" in errors
    where.sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a closed home that its PostgreSQL cannot enter")
def test_in_a_closed_home_of_root_the_data_goes_elsewhere_and_we_say_so(folder):
    home = folder / "home"
    home.mkdir(mode=0o700)
    var = home / "var"
    where = embedded.place(var)
    assert where.data.is_relative_to(embedded.FALLBACK)
    assert str(where.data) in where.notice
    try:
        assert use(var) == (1, 1)
        assert use(var) == (2, 2)
        home.chmod(0o755)
        assert use(var) == (3, 3), "the data stays where it is when the home is opened"
    finally:
        _end(var)
        shutil.rmtree(where.data.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_servers_of_her_own_and_root_attaches_to_them(folder):
    user = pwd.getpwnam("nobody")
    var = folder / "var"
    var.mkdir()
    os.chown(var, user.pw_uid, user.pw_gid)
    assert use(var) == (1, 1)
    where = embedded.place(var)
    assert (where.owner, where.postgres_user) == (user.pw_uid, user.pw_uid)
    assert {file.stat().st_uid for file in var.rglob("*")} == {user.pw_uid}


def test_secrets_are_made_once_and_only_the_owner_reads_them(folder):
    made = {name: embedded.secret(folder / "var", name) for name in ("secret-key", "field-keys", "demo-password")}
    assert made == {name: embedded.secret(folder / "var", name) for name in made}
    assert len(made["secret-key"]) >= 50 and len(made["demo-password"]) >= 12
    assert {stat.S_IMODE((folder / "var" / name).stat().st_mode) for name in made} == {0o600}

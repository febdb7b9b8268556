"""./run: one address, three processes, and nothing left behind. contract.md §1."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from huimin import embedded, supervisor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not settings.EMBEDDED, reason="DATABASE_URL is set: nothing is embedded"),
]


STARTED = []


@pytest.fixture(scope="module")
def var():
    made = Path(tempfile.mkdtemp(prefix="hv-"))
    made.chmod(0o755)
    yield made
    for run in STARTED:
        if run.poll() is None:
            run.terminate()
            run.communicate(timeout=60)
    embedded.stop(embedded.place(made))
    shutil.rmtree(embedded.place(made).sockets, ignore_errors=True)
    shutil.rmtree(made)


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(var, *arguments):
    environment = {**os.environ, "HUIMIN_VAR": str(var), "PYTHONUNBUFFERED": "1"}
    run = subprocess.Popen(
        [sys.executable, "-m", "huimin.supervisor", *arguments], cwd=settings.BASE_DIR, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    STARTED.append(run)
    return run


def wait_for_greeting(run):
    lines = []
    for line in run.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError("It did not start: " + "".join(lines))


def processes_of(var):
    """Everything alive that was started for this HUIMIN_VAR, by command line or environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            if command and (
                os.fsencode(var) in command or b"HUIMIN_VAR=" + os.fsencode(var) in (folder / "environ").read_bytes().split(b"\0")
            ):
                found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
    return found


def wait_until(true, seconds=20):
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    return true()


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def test_it_serves_mends_a_killed_worker_and_leaves_no_process_after_ctrl_c(var, port):
    run = start(var, "--no-demo", "--port", str(port))
    greeting = wait_for_greeting(run)
    assert f"http://127.0.0.1:{port}/" in greeting
    assert answers(port)

    second = start(var, "--no-demo", "--port", str(port + 1))
    output = second.communicate(timeout=60)[0]
    assert second.returncode == 1 and "已经在运行" in output

    workers = [pid for pid, command in processes_of(var).items() if "celery" in command and " worker " in command]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: [pid for pid, command in processes_of(var).items() if " worker " in command and pid not in workers])

    run.send_signal(signal.SIGINT)
    assert "已停止" in run.communicate(timeout=60)[0]
    assert run.returncode == 0
    assert processes_of(var) == {}


def test_when_it_is_killed_its_children_go_and_the_next_start_works(var, port):
    run = start(var, "--no-demo", "--port", str(port))
    wait_for_greeting(run)
    run.kill()
    run.communicate()
    assert wait_until(lambda: not any("gunicorn" in command or "celery" in command for command in processes_of(var).values()))

    again = start(var, "--no-demo", "--port", str(port))
    wait_for_greeting(again)
    assert answers(port)
    again.terminate()
    again.communicate(timeout=60)
    assert processes_of(var) == {}


def test_setup_only_ends_by_itself_and_changes_nothing_the_second_time(var):
    for _ in range(2):
        run = start(var, "--setup-only")
        assert "已准备好" in run.communicate(timeout=120)[0]
        assert run.returncode == 0
    assert processes_of(var) == {}


def test_a_database_that_is_no_demonstration_is_not_reset(var):
    run = start(var, "--reset-demo", "--setup-only")
    assert "拒绝清空" in run.communicate(timeout=60)[0]
    assert run.returncode == 1


def test_a_reset_that_was_broken_off_is_done_again(var):
    (var / "demo.resetting").touch()
    run = start(var, "--reset-demo", "--setup-only")
    assert "已准备好" in run.communicate(timeout=120)[0]
    assert run.returncode == 0
    (var / "demo.resetting").unlink()


def test_a_port_in_use_is_a_sentence_and_not_a_stack_trace(var):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = start(var, "--no-demo", "--port", str(taken.getsockname()[1]))
        output = run.communicate(timeout=60)[0]
    assert run.returncode == 1
    assert "不能用" in output and "Traceback" not in output


def test_listening_to_others_without_https_is_warned_of(monkeypatch, capsys):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    monkeypatch.setenv("HTTPS", "off")
    supervisor.allow_host("127.0.0.1")
    assert capsys.readouterr().err == "" and "ALLOWED_HOSTS" not in os.environ
    supervisor.allow_host("0.0.0.0")
    assert "警告" in capsys.readouterr().err
    hosts = os.environ.pop("ALLOWED_HOSTS").split(",")
    assert "127.0.0.1" in hosts and socket.gethostname() in hosts and "*" not in hosts and "0.0.0.0" not in hosts

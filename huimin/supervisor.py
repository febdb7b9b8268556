"""`./run` after the installation: sets the database up, then keeps web, worker and beat running until it is told to stop.

The children are in sessions of their own, so Ctrl-C reaches this process only and the order of stopping is ours. They
are told by the kernel when this process dies, and this process inherits whatever they leave, so nothing stays behind.
"""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import io
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, SIOCGIFADDR = 1, 36, 0x8915
STOPPING_SECONDS = 20
RESTARTS_PER_MINUTE = 5
_libc = ctypes.CDLL(None)


class CannotRun(Exception):
    """The text says what is wrong and how to mend it."""


class Stopped(BaseException):
    """SIGTERM or SIGHUP while the database is being set up."""


def arguments(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="启动惠民：安装、建库、启动，按 Ctrl-C 停止。")
    parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只有本机可以访问")
    parser.add_argument("--no-demo", action="store_true", help="空数据库不装入演示数据")
    parser.add_argument("--reset-demo", action="store_true", help="清空演示数据库后重新装入（不是演示的数据库一律拒绝）")
    parser.add_argument("--setup-only", action="store_true", help="只安装、建库、装入实施方案，然后停止")
    return parser.parse_args(argv)


def main(argv=None) -> int:
    options = arguments(argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.settings")
    for number in stopping_signals():
        signal.signal(number, _stop_setting_up)
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        if not options.setup_only:
            require_free_port(options.host, options.port)
            allow_host(options.host)
        import django

        django.setup()
        from django.conf import settings

        with only_run_of(settings.HUIMIN_VAR):
            set_up(options)
            if options.setup_only:
                print("已准备好。")
                return 0
            return serve(options)
    except (CannotRun, CommandError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Stopped):
        return 130
    finally:
        leave_servers()


# --- setting up -------------------------------------------------------------------------------------------------------


def set_up(options) -> None:
    from django.conf import settings
    from django.db import connections

    if options.reset_demo:
        reset_demo()
    call_command("setup_database", verbosity=0)
    for plan in sorted((ROOT / "programmes" / "plans").glob("*.toml")):
        load_plan(plan)
    if not options.no_demo and not options.setup_only and is_empty():
        if not settings.DEMO_PASSWORD:
            print("没有设置 DEMO_PASSWORD，未装入演示数据。")
        else:
            print("正在装入演示年度的数据 …")
            call_command("demo", verbosity=0, stdout=io.StringIO())
            with connections["owner"].cursor() as cursor:  # the first clicks are not to wait for autovacuum's statistics
                cursor.execute("ANALYZE")
            resetting().unlink(missing_ok=True)
    collect_static()
    connections.close_all()


def load_plan(file: Path) -> None:
    """A plan of an older version that cannot become this one stays in force as it is loaded: pay must go on."""
    problems = io.StringIO()
    try:
        call_command("load_plan", str(file), verbosity=0, stdout=io.StringIO(), stderr=problems)
    except (CommandError, SystemExit):
        print(f"警告：{file.name} 没有更新，已载入的实施方案照旧执行。{problems.getvalue().strip()}")


def is_empty() -> bool:
    """Whether nobody has ever worked here: the demonstration is loaded only then."""
    from django.contrib.auth import get_user_model

    return not get_user_model().objects.filter(is_system=False).exists()


def is_demonstration() -> bool:
    """Whether the database says that it holds the demonstration and nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        if "records_installation" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT bool_and(is_demo) FROM records_installation")
        return bool(cursor.fetchone()[0])


def resetting() -> Path:
    """The note that the demonstration was emptied and is not loaded again yet."""
    from django.conf import settings

    return Path(settings.HUIMIN_VAR) / "demo.resetting"


def was_broken_off(tables) -> bool:
    """Whether a reset was broken off after the emptying: these are our tables again, and nobody was ever entered since."""
    from django.contrib.auth import get_user_model

    people = get_user_model().objects.using("owner").filter(is_system=False)
    ours = {"records_installation", people.model._meta.db_table}
    return resetting().exists() and ours <= set(tables) and not people.exists()


def reset_demo() -> None:
    """Empty the demonstration database. The owner of the tables drops them all; the rights come back with setup_database."""
    from django.conf import settings
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        tables = connections["owner"].introspection.table_names(cursor)
    if tables and not is_demonstration() and not was_broken_off(tables):
        raise CannotRun("这不是演示数据库，--reset-demo 拒绝清空。")
    connections["default"].close()
    resetting().touch()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connections["owner"].close()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    from huimin.celery import app

    app.control.purge()  # jobs of the emptied database


def collect_static() -> None:
    """Copies the static files for whitenoise, only when one of them is not what it was."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.VERSION.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest())


def require_free_port(host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise CannotRun("--port 应在 1 到 65535 之间。")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise CannotRun(f"--host {host}：没有这个地址。") from error
    except OSError as error:
        raise CannotRun(f"端口 {port} 不能用（{error.strerror}）：换一个，例如 ./run --port {port + 1}") from error


def allow_host(host: str) -> None:
    """With ALLOWED_HOSTS unset: this machine's own names and addresses, when it listens to others."""
    from huimin.embedded import tell

    if _is_loopback(host):
        return
    if os.environ.get("HTTPS", "").lower() not in ("1", "on", "true", "yes"):
        tell("警告：正在监听外部地址而没有 HTTPS，密码和证件号在网络上可能被人看到。请在前面架设 HTTPS 并设置 HTTPS=on。")
    if not os.environ.get("ALLOWED_HOSTS"):
        names = {"localhost", socket.gethostname(), socket.getfqdn(), host, *own_addresses()} - {"0.0.0.0", "::", ""}
        os.environ["ALLOWED_HOSTS"] = ",".join(sorted(f"[{name}]" if ":" in name else name for name in names))


def own_addresses() -> list[str]:
    """The IPv4 addresses of this machine's network interfaces."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # an interface without an IPv4 address
                answer = fcntl.ioctl(asking, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


@contextlib.contextmanager
def only_run_of(var: Path):
    """One supervisor per HUIMIN_VAR: two beats would send everything twice."""
    with open(var / "run.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise CannotRun(f"惠民已经在运行：{lock.read().strip() or var}") from error
        lock.truncate(0)
        lock.write(f"pid {os.getpid()}")
        lock.flush()
        yield
        lock.truncate(0)


# --- serving ----------------------------------------------------------------------------------------------------------


@dataclass
class Child:
    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen | None = None
    started: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.started = [*self.started[-RESTARTS_PER_MINUTE:], time.monotonic()]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    @property
    def fails_again_and_again(self) -> bool:
        return len(self.started) > RESTARTS_PER_MINUTE and self.started[-1] - self.started[0] < 60

    @property
    def end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


def serve(options) -> int:
    from django.conf import settings

    logs = settings.HUIMIN_VAR / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    at = f"[{options.host}]:{options.port}" if ":" in options.host else f"{options.host}:{options.port}"
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "huimin"]
    children = [
        Child(
            "web",
            [*python, "gunicorn", "huimin.wsgi", "--bind", at, "--workers", "2", "--threads", "4", "--timeout", "60",
             "--graceful-timeout", "10", "--no-control-socket", "--log-level", "warning"],
            logs / "web.log",
        ),
        Child("worker", [*celery, "worker", "--without-mingle", "--without-gossip", "--concurrency", "1", "-l", "WARNING"], logs / "worker.log"),
        Child("beat", [*celery, "beat", "--pidfile=", "-l", "WARNING"], logs / "beat.log"),
    ]  # fmt: skip
    stop = []
    for number in (signal.SIGINT, *stopping_signals()):
        signal.signal(number, lambda *_: stop.append(True))
    try:
        for child in children:
            _shorten(child.log)
            child.start()
        wait_until_it_answers(options, children[0], stop)
        if not stop:
            greet(options)
        while not stop:
            for child in children:
                if child.process.poll() is not None:
                    if child.fails_again_and_again:
                        raise CannotRun(f"{child.name} 反复退出，{child.log} 的末尾：\n{child.end_of_log}")
                    print(f"{child.name} 退出了，重新启动。")
                    child.start()
            _reap({child.process.pid for child in children})
            time.sleep(0.3)
    finally:
        stop_children(children)
    print("已停止。")
    return 0


def wait_until_it_answers(options, web: Child, stop: list) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(options.host, f"[{options.host}]" if ":" in options.host else options.host)
    deadline = time.monotonic() + 60
    while not stop and time.monotonic() < deadline:
        if web.process.poll() is not None:
            raise CannotRun(f"网页服务没有启动，{web.log} 的末尾：\n{web.end_of_log}")
        try:
            # Straight to our own port, whatever proxy the environment names.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            opener.open(urllib.request.Request(f"http://{host}:{options.port}/health/", headers={"Host": "localhost"}), timeout=5)
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return  # it answers, if only to say that this host name is not allowed
            raise CannotRun(f"网页服务出错，{web.log} 的末尾：\n{web.end_of_log}") from error
        except OSError:
            time.sleep(0.1)
    if not stop:
        raise CannotRun(f"网页服务一分钟内没有应答，{web.log} 的末尾：\n{web.end_of_log}")


def greet(options) -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connections

    from accounts.policy import Role

    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"\n惠民 {settings.VERSION} 已启动：http://{host}:{options.port}/")
    logins = get_user_model().objects.filter(is_demo=True, is_active=True).exclude(password="").order_by("pk")
    if is_demonstration() and logins:
        print(f"演示账号，密码都是 {settings.DEMO_PASSWORD}")
        for user in logins:
            roles = "、".join(role.label for role in Role if role in user.roles)
            print(f"  {user.username:<10} {user.name}{f'（{roles}）' if roles else ''}")
    elif is_empty():
        print("还没有用户：打开上面的地址，建立第一个系统管理员。")
    print("按 Ctrl-C 停止。")
    connections.close_all()


def stop_children(children: list[Child]) -> None:
    """Beat first, so that nothing new is sent; then web and worker finish what they hold; then whatever is left is killed."""
    running = [child.process for child in reversed(children) if child.process and child.process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOPPING_SECONDS
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
    for child in children:
        if child.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(5)
    _reap(set())


def leave_servers() -> None:
    """Stop the embedded servers if nobody else uses them, and see them out."""
    from huimin import embedded

    for var in list(embedded._attached):
        embedded.leave(var)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and _reap(set()):
        time.sleep(0.02)


def _reap(ours: set[int]) -> bool:
    """See out what our children left behind; True while some of it may still be ending."""
    with contextlib.suppress(ChildProcessError):
        while True:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                return True
            if found.si_pid in ours:
                return True  # Popen's own: it asks for the exit status itself
            os.waitpid(found.si_pid, os.WNOHANG)
    return False


def _shorten(log: Path) -> None:
    """Logs of a long-running small office: one old file is enough."""
    if log.exists() and log.stat().st_size > 5_000_000:
        log.replace(log.with_suffix(".log.1"))


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def stopping_signals() -> list[int]:
    """What tells us to stop beside Ctrl-C. Under nohup the closing of the terminal does not."""
    return [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]


def _stop_setting_up(*_):
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())

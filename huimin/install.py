"""Makes a machine ready and hands over: `python3 -m huimin.install run|test …`, called by ./run and ./test.

Runs on the system's Python before anything is installed, so it imports the standard library only. What is installed
already is not looked at twice: the requirements' hash is kept beside them, and the second start takes no time here.
"""

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from huimin import embedded

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PANGO = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
CHROMIUM = Path("/usr/bin/chromium")


class CannotInstall(Exception):
    """The text says what is missing and the line that mends it."""


def main(arguments: list[str]) -> int:
    kind, rest = arguments[0], arguments[1:]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    os.chdir(ROOT)
    try:
        tell_where_the_data_is()
        with only_one_installs():
            make_venv()
            install_requirements("requirements.txt")
            install_system_packages(
                {name: package for name, package in PANGO.items() if not loads(name)}, "没有它们就不能生成 PDF，其他功能照常。"
            )
            if kind == "test":
                install_requirements("requirements-dev.txt")
                missing = {} if CHROMIUM.exists() else {"chromium": "chromium"}
                if not loads("libatomic.so.1"):
                    missing["libatomic"] = "libatomic1"  # the driver of Playwright is linked against it
                install_system_packages(missing, "没有它，浏览器测试不会运行。")
    except (CannotInstall, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if kind == "test":
        return run_checks(rest)
    return os.execv(PYTHON, [str(PYTHON), "-m", "huimin.supervisor", *rest])


def tell_where_the_data_is() -> None:
    """The first line printed, when PostgreSQL's data cannot lie in HUIMIN_VAR."""
    if not os.environ.get("DATABASE_URL"):
        if notice := embedded.place(Path(os.environ.get("HUIMIN_VAR") or ROOT / "var")).notice:
            print(notice)


def make_venv() -> None:
    if PYTHON.exists() and not run(PYTHON, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))", quiet=True):
        return
    if run(sys.executable, "-c", "import venv, ensurepip", quiet=True):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_system_packages({"python3-venv": "python3-venv"}, "没有它就不能安装。")
        if run(sys.executable, "-c", "import venv, ensurepip", quiet=True):
            raise CannotInstall(f"缺少 Python 的 venv 模块。请先运行：sudo apt-get install python3-venv（或 {package}）")
    print("正在建立 Python 环境 .venv …")
    if run(sys.executable, "-m", "venv", "--clear", VENV):
        raise CannotInstall(f"不能在 {ROOT} 建立 .venv，请检查目录权限和磁盘空间。")


def install_requirements(name: str) -> None:
    wanted = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    stamp = VENV / f"{name}.installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"正在安装 {name} …")
    # An intranet keeps the packages in a folder of its own: docs/operations.md.
    wheelhouse = ["--no-index", "--find-links", ROOT / "wheelhouse"] if (ROOT / "wheelhouse").is_dir() else []
    pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
    if run(*pip, "--require-hashes", "--no-deps", *wheelhouse, "-r", ROOT / name):
        raise CannotInstall(f"{name} 没有装成。请检查网络或软件源（内网请把安装包放进 wheelhouse/），然后再次运行。")
    stamp.write_text(wanted)


def install_system_packages(missing: dict[str, str], consequence: str) -> None:
    """As root with apt: installed. Otherwise the one line to run is printed, and we go on without."""
    if not missing:
        return
    packages = sorted(missing.values())
    line = f"sudo apt-get install {' '.join(packages)}"
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        print(f"正在安装系统软件包 {' '.join(packages)} …")
        quiet = {
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
        }
        install = [apt, "-q", "-y", "--no-install-recommends", "install", *packages]
        if not subprocess.run(install, stderr=subprocess.DEVNULL, **quiet).returncode:
            return
        subprocess.run([apt, "-q", "update"], **quiet)
        if not subprocess.run(install, **quiet).returncode:
            return
    print(f"缺少系统软件包，{consequence}安装命令：{line}")


def run_checks(arguments: list[str]) -> int:
    """Style, templates, floors, types, then the tests. All are run; any failure fails the whole."""
    bin_ = PYTHON.parent
    checks = {
        "ruff": [bin_ / "ruff", "check", "--quiet", "."],
        "djlint": [bin_ / "djlint", "templates", "--lint", "--quiet"],
        "lint-imports": [bin_ / "lint-imports"],
        "mypy": [bin_ / "mypy"],
    }
    failed = []
    if not arguments:
        for name, command in checks.items():
            print(f"--- {name}")
            if run(*command):
                failed.append(name)
        arguments = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-q"]
        print("--- pytest")
    if run(PYTHON, "-m", "pytest", *arguments):
        failed.append("pytest")
    if failed:
        print(f"没有通过：{'、'.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def run(*command, quiet: bool = False) -> int:
    hidden = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} if quiet else {}
    sys.stdout.flush()
    return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, **hidden).returncode


@contextmanager
def only_one_installs():
    with open(ROOT / "requirements.txt") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What every benchmark stands on: Django, a database of its own, the machine's facts, and numbers that say how far they spread.

The databases (`huimin_bench_<scale>_<seed>`) lie in the embedded PostgreSQL of HUIMIN_VAR. The owner makes and drops them as the tests do;
everything else is done by the program's role.
"""

import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import django
import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

ROOT = Path(__file__).resolve().parents[1]
MAINTENANCE = settings.DATABASES["owner"]["NAME"]
PREFIX = "huimin_bench_"


@contextlib.contextmanager
def as_owner(database=MAINTENANCE, *, autocommit=True):
    """A cursor of the owner's role in a database."""
    wanted = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        dbname=database, user=wanted["USER"], password=wanted["PASSWORD"], host=wanted["HOST"], port=wanted["PORT"] or None
    )
    connection.autocommit = autocommit
    with contextlib.closing(connection), connection.cursor() as cursor:
        yield cursor
        if not autocommit:
            connection.commit()


def use(database):
    """Point Django at a database."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = database


def comment_of(database):
    """What was noted about a database when it was made; None where there is none."""
    with as_owner() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [database])
        return (cursor.fetchone() or [None])[0]


def make(database):
    """An empty database with all tables, migrated and granted; in the place of one that is there."""
    drop(database)
    with as_owner() as cursor:
        cursor.execute(f"CREATE DATABASE {database}")
    use(database)
    call_command("setup_database", verbosity=0)


def note(database, comment):
    with as_owner() as cursor:
        cursor.execute(f"COMMENT ON DATABASE {database} IS %s", [comment])


def drop(database):
    connections.close_all()
    with as_owner() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def drop_all():
    with as_owner() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX.replace("_", r"\_") + "%"])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        drop(name)
    return names


def empty(database, tables):
    """Empty tables as only the owner can, so that each run begins with files as small as the first one's."""
    connections["default"].close()
    with as_owner(database, autocommit=False) as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        guarded = [name for (name,) in cursor.fetchall()]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def machine():
    """What the figures were measured on."""
    with as_owner() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('shared_buffers'), current_setting('fsync')")
        server, buffers, fsync = cursor.fetchone()
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "?",
    )
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "load": [round(value, 1) for value in os.getloadavg()],
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": server,
        "shared_buffers": buffers,
        "fsync": fsync,
    }


def peak_memory():
    """The most this process has held so far, in MB (getrusage would tell the parent's as well)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def in_fresh_process(module, *arguments):
    """Run a benchmark with other arguments in a process of its own; its last line is JSON."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def backend():
    """The process id of the server's side of Django's connection."""
    connections["default"].ensure_connection()
    return connections["default"].connection.info.backend_pid


def cpu_seconds(pid):
    """What this process and that server process have computed so far: on a busy machine steadier than the clock on the wall."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # a server on another machine
        return float("nan")
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spread(values, digits=2):
    """median [min–max]"""
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}–{max(values):.{digits}f}]"


def spread_of(values, digits=4):
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }

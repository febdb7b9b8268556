"""Databases for tests: a template made by the owner as in an installation, and one that holds the demonstration year.

Both are made once per state of the sources and copied: PostgreSQL copies a database in a moment, migrations and a year take
half a minute. The copies are the tests' own; the templates stay for the next run.
"""

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

MAINTENANCE = settings.DATABASES["owner"]["NAME"]
TEMPLATE = f"test_{settings.DATABASES['default']['NAME']}_template"
DEMO = f"test_{settings.DATABASES['default']['NAME']}_demo"
WORKER = f"{os.environ.get('PYTEST_XDIST_WORKER', 'only')}_{os.getpid()}"
DEMO_PASSWORD = "demonstration only"
SCHEMA = ("migrations", "models", "huimin")


def owner_of(database: str):
    """A connection of the owner's role, outside Django: to the maintenance database or to one of ours."""
    wanted = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        dbname=database, user=wanted["USER"], password=wanted["PASSWORD"], host=wanted["HOST"], port=wanted["PORT"] or None
    )
    connection.autocommit = True
    return connection


@contextlib.contextmanager
def maintenance():
    """A cursor that makes and drops databases."""
    connection = owner_of(MAINTENANCE)
    with contextlib.closing(connection), connection.cursor() as cursor:
        yield cursor


@contextlib.contextmanager
def one_at_a_time():
    """The templates are shared by the workers of a run."""
    settings.HUIMIN_VAR.mkdir(parents=True, exist_ok=True)
    with open(settings.HUIMIN_VAR / "test-template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use(database: str) -> None:
    """Point both of Django's connections at this database. A lost millisecond of a test database is no loss: no waiting for the disk."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = database
        options = connections[alias].settings_dict.setdefault("OPTIONS", {})
        options["options"] = "-c synchronous_commit=off"


def used() -> str:
    return settings.DATABASES["default"]["NAME"]


# --- the templates ----------------------------------------------------------------------------------------------------


def is_of_the_schema(file: Path) -> bool:
    return bool(set(SCHEMA) & set(file.parts)) or file.name in ("models.py", "requirements.txt")


def digest_of(files) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file).encode() + (settings.BASE_DIR / file).read_bytes())
    return digest.hexdigest()


def sources() -> list[Path]:
    """Everything of the program from which a database is filled, from the root on."""
    rooms = {**dict.fromkeys([*settings.FLOORS, "huimin"], ("py", "toml")), "templates": ("html",), "static/css": ("css",)}
    root = settings.BASE_DIR
    found = [file for room, endings in rooms.items() for ending in endings for file in (root / room).rglob(f"*.{ending}")]
    return [file.relative_to(root) for file in [*found, root / "requirements.txt"]]


def make_template(cursor) -> None:
    """An empty database of this version: tables, rights, what migrations put there. Made anew when a migration or model changed."""

    def fill():
        call_command("setup_database", verbosity=0)

    make(cursor, TEMPLATE, digest_of(filter(is_of_the_schema, sources())), like="template1", fill=fill)


def load_year() -> dict:
    """Plan, calendar and demonstration, as `./run` loads them. Gives how many of what."""
    from accounts.services import system_user
    from desk.services import demo
    from programmes.services.calendars import load_calendar
    from programmes.services.loading import load_plan

    system = system_user()
    load_plan(content=(settings.BASE_DIR / "programmes/plans/zezhou-2022.toml").read_bytes(), by=system)
    load_calendar(by=system)
    with override_settings(DEMO_PASSWORD=DEMO_PASSWORD):
        return demo.load_year(by=system)


def make_demo(cursor) -> None:
    """The demonstration year, committed and with fresh statistics; its files lie in HUIMIN_VAR, as always. Made anew when any source changed."""

    def fill():
        load_year()
        with connections["owner"].cursor() as owner:
            owner.execute("ANALYZE")

    ground = hashlib.sha256(f"{settings.HUIMIN_VAR} {settings.SECRET_KEY}".encode()).hexdigest()  # where its files and keys are
    make(cursor, DEMO, digest_of(sources()) + ground, like=TEMPLATE, fill=fill)


def make(cursor, name, comment, *, like, fill) -> None:
    """The database is there and its comment says of which state of the sources it is."""
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone() == (comment,):
        return
    cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    cursor.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    before = used()
    use(name)
    fill()
    connections.close_all()
    use(before)
    cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [comment])


# --- copies -----------------------------------------------------------------------------------------------------------


def drop(name: str) -> None:
    # On a server of one's own, a thread of the program may still be connected and its owner not entitled to end it.
    with maintenance() as cursor, contextlib.suppress(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def drop_what_killed_runs_left(cursor) -> None:
    stem = TEMPLATE.removesuffix("_template")
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [rf"^{stem}_.*_\d+$"])
    for (left,) in cursor.fetchall():
        if not Path(f"/proc/{left.rsplit('_', 1)[1]}").exists():
            cursor.execute(f'DROP DATABASE "{left}" WITH (FORCE)')


@contextlib.contextmanager
def demo_year():
    """Django works on a copy of the demonstration's database; afterwards on the worker's own again."""
    before, copy = used(), f"{TEMPLATE.removesuffix('_template')}_demo_{WORKER}"
    connections.close_all()
    with maintenance() as cursor, one_at_a_time():
        make_demo(cursor)
        cursor.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {DEMO}")
    use(copy)
    try:
        yield
    finally:
        connections.close_all()
        use(before)
        drop(copy)

"""The ground all tests stand on: a real PostgreSQL, owned by one role and used by another, and a real browser.

The database is made once as a template: migrated and granted by the owner, exactly as in an installation. Each worker of
pytest-xdist gets a copy of it. Tests connect as the program's role, so what that role may not do, no test can do by mistake.
"""

import contextlib
import io
import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from tests import databases, lifted

CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]

Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns without it

# The shell's day is not the tests'.
os.environ.pop("TODAY", None)
settings.TODAY = ""
# Argon2 is slow on purpose; tests log in a thousand times.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Playwright keeps an event loop in this thread, and Django then takes the ORM for asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# --- the database -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """One template per state of the sources, one copy per worker, removed afterwards."""
    name = f"{databases.TEMPLATE.removesuffix('_template')}_{databases.WORKER}"
    with databases.maintenance() as cursor, databases.one_at_a_time(), django_db_blocker.unblock():
        databases.make_template(cursor)
        databases.drop_what_killed_runs_left(cursor)
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {databases.TEMPLATE}")
    with django_db_blocker.unblock():
        databases.use(name)
        global _seeds
        _seeds = _read_seeds(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop(name)


@pytest.fixture(scope="module")
def demo_year(django_db_setup, django_db_blocker):
    """This module works on the demonstration year, loaded and committed once for the whole run."""
    with django_db_blocker.unblock(), databases.demo_year():
        forget_the_process()
        yield
    forget_the_process()


@pytest.fixture(scope="module")
def cases_stand_anywhere(django_db_setup):
    """This module builds cases as if the steps before had been taken; the database asks for the first step only outside of it."""
    with lifted.lifted(lifted.AT_ITS_BEGINNING):
        yield


_seeds: list[tuple[str, bytes]] = []


def _tables_with_rows(cursor) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'django_migrations'"
    )
    names = [name for (name,) in cursor.fetchall()]
    if not names:
        return []
    cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names))
    return [name for (name,) in cursor.fetchall()]


def _read_seeds(database: str) -> list[tuple[str, bytes]]:
    """What migrations have put into tables: the state that every test begins with."""
    connection = databases.owner_of(database)
    with contextlib.closing(connection), connection.cursor() as cursor:
        seeds = []
        for table in _tables_with_rows(cursor):
            stream = io.BytesIO()
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', stream)
            seeds.append((table, stream.getvalue()))
        return seeds


def _flush_as_owner(self) -> None:
    """After a test that committed: empty what it filled and put back what migrations had put there.

    The program's role may not TRUNCATE, so the owner does, with triggers that refuse even that switched off for the moment.
    """
    database = settings.DATABASES["default"]["NAME"]
    connections["default"].close()
    connection = databases.owner_of(database)
    connection.autocommit = False
    with contextlib.closing(connection), connection.cursor() as cursor:
        # Threads of a live server may still hold idle transactions on the tables.
        cursor.execute("SET lock_timeout = '20s'")
        filled = _tables_with_rows(cursor)
        if filled:
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            guarded = [name for (name,) in cursor.fetchall()]
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            names = ", ".join(f'"{name}"' for name in filled)
            cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
            for table, rows in _seeds:
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(rows))
                cursor.execute(
                    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attidentity <> ''", [f'"{table}"']
                )
                for (column,) in cursor.fetchall():
                    cursor.execute(
                        f'SELECT setval(pg_get_serial_sequence(\'"{table}"\', \'{column}\'), max("{column}")) FROM "{table}"'
                    )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for table, trigger in lifted.LIFTED:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
        connection.commit()


# TestCase overrides this and rolls back instead.
TransactionTestCase._fixture_teardown = _flush_as_owner


@pytest.fixture(autouse=True)
def nothing_is_remembered_from_another_test():
    forget_the_process()


def forget_the_process():
    """What the process keeps beside the database: counted logins, and the day of a demonstration."""
    from django.core.cache import cache

    from records.services.installation import _remembered

    cache.clear()
    _remembered.clear()


# --- the browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args():
    if not os.path.exists(CHROMIUM):
        pytest.skip(f"{CHROMIUM} is not installed (apt-get install chromium)")
    return {"executable_path": CHROMIUM, "args": CHROMIUM_FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def page(page, request):
    """A page that fails the test when the console shows an error or the Content-Security-Policy stops something."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    marker = request.node.get_closest_marker("console")
    unexpected = [text for text in complaints if not (marker and re.search(marker.args[0], text))]
    assert not unexpected, "The browser's console complains: " + "; ".join(unexpected)


# --- in which order ---------------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items):
    """Files with slow tests go first: at the end, the workers have short ones to share."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


# --- what did not run -------------------------------------------------------------------------------------------------


def pytest_sessionfinish(session, exitstatus):
    """On CI a skipped test is a failed one: there is nothing that may not run there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if CI and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter):
    if skipped := terminalreporter.stats.get("skipped"):
        terminalreporter.write_line(f"{len(skipped)} tests did not run here{', which fails on CI' if CI else ''}.", yellow=True)

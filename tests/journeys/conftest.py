"""A county on a real server with a real worker behind it, and people who sign in through the login page."""

import os
import signal
import subprocess
import sys
from datetime import date
from urllib.parse import quote

import pytest
from django.conf import settings

from accounts.services import system_user
from desk.services.demo import add_logins
from huimin import settings as settings_module
from huimin.celery import app
from organizations.models import Region
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan
from records.services import forget_remembered_day, remember_day
from tests.journeys.ground import PASSWORD


def load_county():
    system = system_user()
    load_plan(content=(settings.BASE_DIR / "programmes/plans/zezhou-2022.toml").read_bytes(), by=system)
    load_calendar(by=system)
    return system


@pytest.fixture
def new_county(transactional_db):
    """A county with plan, calendar and logins, in April 2022, and no facts yet."""
    add_logins(by=load_county(), password=PASSWORD)
    remember_day(day=date(2022, 4, 12))
    yield Region.objects.counties().get(code="140525")
    forget_remembered_day()


@pytest.fixture
def living_county(demo_year, transactional_db):
    """The demonstration year."""
    return Region.objects.counties().get(code="140525")


@pytest.fixture
def sign_in(page, live_server):
    """Sign in through the login page, whoever was signed in before, and go on to the page she wanted."""

    def enter(username, then=""):
        page.wait_for_load_state()
        page.context.clear_cookies()
        page.goto(live_server.url + "/login/" + (f"?next={quote(then)}" if then else ""))
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login/" not in url)

    return enter


def address(alias):
    """The test database's address, as DATABASE_URL gives it to a process of its own."""
    wanted = settings.DATABASES[alias]
    options = "&".join(
        f"{key}={quote(str(value), safe='')}" for key, value in (("host", wanted["HOST"]), ("port", wanted["PORT"])) if value
    )
    return f"postgresql://{quote(wanted['USER'])}:{quote(wanted['PASSWORD'])}@/{wanted['NAME']}?{options}"


@pytest.fixture
def start_worker(live_server):
    """Starts Celery workers on the test database, with a queue of their own; those still there at the end are stopped."""
    queue, redis = f"journeys-{os.getpid()}", settings_module._redis_url
    before = app.conf.task_default_queue, app.conf.broker_url
    talk_through(queue, redis)
    keys = ",".join(f"{name}:{key}" for name, key in raw_field_keys())
    env = os.environ | {
        "DATABASE_URL": address("default"), "DATABASE_OWNER_URL": address("owner"), "REDIS_URL": redis,
        "SECRET_KEY": settings.SECRET_KEY, "FIELD_KEYS": keys, "ALLOWED_HOSTS": "127.0.0.1",
    }  # fmt: skip
    order = [sys.executable, "-m", "celery", "-A", "huimin", "worker", "-Q", queue, "--pool", "solo", "--without-mingle",
             "--without-gossip", "--without-heartbeat", "-l", "WARNING"]  # fmt: skip
    started = []

    def start():
        started.append(subprocess.Popen(order, env=env, cwd=settings.BASE_DIR))
        return started[-1]

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
    for process in started:
        process.wait(timeout=60)
    talk_through(*before)


@pytest.fixture
def worker(start_worker):
    return start_worker()


def talk_through(queue, broker):
    """Send this process's tasks there from now on; other tests speak to no broker at all."""
    app.conf.task_default_queue, app.conf.broker_url = queue, broker
    app.amqp.queues = app.amqp.Queues({})
    app.amqp._producer_pool = app._pool = None


def raw_field_keys():
    import base64

    return [(name, base64.b64encode(key).decode()) for name, key in settings.FIELD_KEYS.items()]

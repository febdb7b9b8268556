"""Fifty people sign in at the same moment: how long each waits, and whether one is lost or doubled.

    python -m benchmarks.sign_in [--people 50] [--rounds 10] [--json]

The real server (gunicorn with the workers and threads of ./run) on a database of its own, reached over the loopback. Each round is as many
people with sessions and shifts of their own, one connection each, released by one barrier; each presses twice. Timed is the whole request
from its first byte sent to its last byte read. Exits 1 where an answer is 5xx, a sign-in is missing, or one is there twice.
"""

import argparse
import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import date
from urllib.parse import quote

from django.conf import settings
from django.db import connections, transaction
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.services import system_user
from benchmarks import gen, ground
from common.encryption import keyed_index
from common.id_numbers import check_digit
from consultations.models import Attendance, Shift
from organizations.models import PoolEntry, Post, Practitioner, Station
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan

DAY = date(2022, 3, 21)
TOKEN = "a" * 32  # Django takes a bare secret of this length as the token of an equal cookie


@transaction.atomic
def world(count):
    """A county with its plan; so many people, each with a login and a shift that lasts the whole day. Gives their shifts."""
    by = system_user()
    plan = load_plan(content=gen.PLAN.read_bytes(), by=by).plan
    load_calendar(by=by, years=[2022])
    stations = list(Station.objects.in_county(plan.region).order_by("order"))
    shifts = []
    for n in range(count):
        user = User.objects.create(username=f"bench{n}", name=f"测算{n}", is_demo=True)
        Post.objects.create(user=user, role="duty", region=plan.region, since="2018-01-01", is_confirmed=True, entered_by=by)
        first = f"1405251985{n // 28 % 12 + 1:02d}{n % 28 + 1:02d}{n % 1000:03d}"
        number = first + check_digit(first)
        person = Practitioner.objects.create(
            name=user.name, id_number=number, id_index=keyed_index(number), kind="lawyer", user=user
        )
        PoolEntry.objects.create(practitioner=person, county=plan.region, since="2022-01-01", state="admitted", entered_by=by)
        station = stations[n % len(stations)]
        shifts.append(Shift(station=station, day=DAY, starts_at="00:00", ends_at="23:59", practitioner=person, created_by=by))
    return Shift.objects.bulk_create(shifts, batch_size=500)


def session_of(user):
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextlib.contextmanager
def server(database):
    """gunicorn as ./run starts it, on a free port, stopped by its own process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": address("default", database),
        "DATABASE_OWNER_URL": address("owner", database),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": ",".join(f"{name}:{encoded(key)}" for name, key in settings.FIELD_KEYS.items()),
        "ALLOWED_HOSTS": "localhost",
        "DEBUG": "on",
        "TODAY": DAY.isoformat(),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "huimin.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4",
         "--timeout", "60", "--no-control-socket", "--log-level", "error"],
        cwd=ground.ROOT, env=environment,
    )  # fmt: skip
    try:
        wait_for(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def encoded(key):
    return base64.b64encode(key).decode()


def address(alias, database):
    wanted = settings.DATABASES[alias]
    options = "&".join(
        f"{key}={quote(str(value), safe='')}" for key, value in (("host", wanted["HOST"]), ("port", wanted["PORT"])) if value
    )
    return f"postgresql://{quote(wanted['USER'])}:{quote(wanted['PASSWORD'])}@/{database}?{options}"


def wait_for(port, process):
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit("gunicorn did not start")
        with contextlib.suppress(OSError):
            if ask(port, "GET", "/health/", {})[0] < 500:
                return
        time.sleep(0.2)
    raise SystemExit("gunicorn does not answer")


def ask(port, method, path, headers):
    """One request on a connection of its own: its status and the milliseconds it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.perf_counter()
    connection.request(method, path, headers={"Host": "localhost", **headers})
    response = connection.getresponse()
    response.read()
    taken = (time.perf_counter() - begun) * 1000
    connection.close()
    return response.status, taken


def at_once(port, shifts, sessions):
    """Everybody presses in the same moment, and once more. Gives statuses and times of both presses."""
    barrier, found, lock = threading.Barrier(len(shifts)), [], threading.Lock()

    def press(shift, session):
        headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Length": "0",
        }
        barrier.wait()
        answers = [ask(port, "POST", f"/checkin/{shift.pk}/in/", headers) for _ in range(2)]
        with lock:
            found.append(answers)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(shifts, sessions, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def percentile(values, share):
    return sorted(values)[max(0, round(len(values) * share) - 1)]


def spread(values):
    """p50, p99, and how many times the one the other is (goal 6: at most three)."""
    p50, p99 = percentile(values, 0.5), percentile(values, 0.99)
    return {"p50": round(p50), "p99": round(p99), "p99 / p50": round(p99 / p50, 2)}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    database = f"{ground.PREFIX}sign_in"
    ground.make(database)
    shifts = world(chosen.people * (chosen.rounds + 1))
    sessions = [session_of(shift.practitioner.user) for shift in shifts]
    connections.close_all()
    first, again, statuses = [], [], []
    with server(database) as port:
        for turn in range(chosen.rounds + 1):
            part = slice(turn * chosen.people, (turn + 1) * chosen.people)
            found = at_once(port, shifts[part], sessions[part])
            statuses += [status for answers in found for status, _ in answers]
            if turn:  # the first round warms the workers
                first += [answers[0][1] for answers in found]
                again += [answers[1][1] for answers in found]
    kept, told = (
        Attendance.objects.exclude(sign_in=None).count(),
        AuditEntry.objects.filter(action="consultations.sign_in").count(),
    )
    connections.close_all()
    ground.drop(database)
    failed = sum(status >= 500 for status in statuses)
    result = {
        "machine": ground.machine(),
        "people at once": chosen.people,
        "rounds": chosen.rounds,
        "first press, ms": spread(first),
        "second press, ms": spread(again),
        "answers": len(statuses),
        "5xx": failed,
        "other than a redirect": sum(status != 302 for status in statuses),
        "sign-ins expected, kept, in the log": [len(shifts), kept, told],
    }
    print(json.dumps(result, ensure_ascii=False, indent=1) if chosen.json else in_words(result))
    raise SystemExit(bool(failed) or {len(shifts), kept, told} != {len(shifts)})


def in_words(result):
    machine = ", ".join(f"{name} {value}" for name, value in result.pop("machine").items())
    return "\n".join([machine, "", *(f"{name}: {value}" for name, value in result.items())])


if __name__ == "__main__":
    main()

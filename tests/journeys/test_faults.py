"""What happens while things break: a worker that dies half-way, a queue that is down. The job is a row; nothing is paid twice."""

import time

import psycopg2
import pytest
from django.conf import settings

from accounts.models import User
from common.periods import YearMonth
from desk.services.due import run_due
from desk.services.importing import import_workbook
from huimin.celery import app
from programmes.models import Month
from records.models import JobRun
from subsidies.models import PayLine, PaySheet
from subsidies.tasks import draft_duty_pay, start_drafting
from tests.journeys.conftest import talk_through

MARCH = YearMonth(2022, 3)
pytestmark = pytest.mark.slow


def until(condition, seconds=60):
    """Wait for something that another process does; says whether it came."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def march(new_county):
    content = (settings.BASE_DIR / "tests/data/zezhou-2022-03.xlsx").read_bytes()
    section = User.objects.get(username="section")
    assert import_workbook(content=content, name="三月.xlsx", county=new_county, by=section).is_good
    return new_county


def hold_month(county):
    """Somebody else's transaction that holds the month's row, so that whoever drafts must wait in the middle of the work."""
    wanted = settings.DATABASES["owner"]
    holder = psycopg2.connect(
        dbname=wanted["NAME"], user=wanted["USER"], password=wanted["PASSWORD"], host=wanted["HOST"], port=wanted["PORT"] or None
    )
    Month.objects.get_or_create(county=county, first=MARCH.first)
    with holder.cursor() as cursor:
        cursor.execute("SELECT 1 FROM programmes_month WHERE first = %s FOR UPDATE", [MARCH.first])
    return holder


def test_a_worker_killed_half_way_leaves_nothing_behind_and_the_next_one_finishes_its_job(march, start_worker):
    holder = hold_month(march)
    first = start_worker()
    job = start_drafting(county=march, month=MARCH, by=User.objects.get(username="section"))
    assert until(lambda: JobRun.objects.get(pk=job.pk).state == "running")
    first.kill()
    first.wait(timeout=30)
    assert not PaySheet.objects.exists() and not PayLine.objects.exists()
    holder.close()

    start_worker()

    def is_done():
        run_due()  # what beat does each minute
        return JobRun.objects.get(pk=job.pk).state == "done"

    assert until(is_done)
    assert str(PaySheet.objects.get().total) == "19660.00"
    rates = PayLine.objects.filter(kind="rate")
    assert rates.count() == rates.values("shift").distinct().count() > 0


def test_a_job_delivered_ten_times_is_done_once(march, start_worker):
    section = User.objects.get(username="section")
    job = start_drafting(county=march, month=MARCH, by=section)
    for _ in range(10):
        draft_duty_pay.delay(str(job.pk))
    start_worker()
    assert until(lambda: JobRun.objects.get(pk=job.pk).state == "done")
    time.sleep(2)
    assert PaySheet.objects.get().version == 1


def test_while_the_queue_is_down_the_job_waits_as_a_row_and_goes_out_when_it_is_back(march, start_worker):
    queue, broker = app.conf.task_default_queue, app.conf.broker_url
    talk_through(queue, "redis://127.0.0.1:1/0")
    job = start_drafting(county=march, month=MARCH, by=User.objects.get(username="section"))
    job.refresh_from_db()
    assert (job.state, job.sent_at) == ("queued", None)
    talk_through(queue, broker)
    start_worker()

    def is_done():
        run_due()
        return JobRun.objects.get(pk=job.pk).state == "done"

    assert until(is_done)
    assert str(PaySheet.objects.get().total) == "19660.00"

import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from common.errors import Refused
from records import services
from records.models import JobRun, Notice

TASK = "tests.tasks.draft"


def started(by=None, **options) -> JobRun:
    return services.start_job(
        **{
            "kind": "duty_pay",
            "task": TASK,
            "county": "140525",
            "period": "2022-03",
            "by": by,
            "title": "核算2022年3月补贴",
            **options,
        }
    )


@pytest.fixture
def sent(monkeypatch):
    """What goes on the wire. The broker is not ours to start here; the row is what is tested."""
    wire = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: wire.append((name, args)))
    return wire


@pytest.fixture
def down(monkeypatch):
    def refuse(*args, **options):
        raise ConnectionError("no Redis")

    monkeypatch.setattr(current_app, "send_task", refuse)


def test_a_job_is_sent_by_its_number_after_the_commit_and_not_before(anna, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = started(anna)
        assert sent == []
    assert sent == [(TASK, [str(job.pk)])]
    job.refresh_from_db()
    assert job.state == "queued" and job.sent_at


def test_the_same_work_is_open_once(anna, boris, sent):
    first = started(anna)
    assert started(boris) == first
    assert started(boris, period="2022-04") != first
    services.run_job(job_id=first.pk, work=lambda progress: {})
    assert started(boris) != first


def test_the_database_holds_the_same_work_open_once(anna, sent):
    started(anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        JobRun.objects.bulk_create([JobRun(kind="duty_pay", task=TASK, county_code="140525", period="2022-03")])


@pytest.mark.django_db(transaction=True)
def test_ten_who_press_the_button_at_once_start_one_job(sent):
    jobs, barrier = [], threading.Barrier(10)

    def press():
        try:
            barrier.wait()
            jobs.append(started().pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(jobs) == 10 and len(set(jobs)) == 1 and JobRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_when_the_queue_is_down_the_job_waits_as_a_row_and_is_sent_later(down, monkeypatch):
    job = started()
    job.refresh_from_db()
    assert job.state == "queued" and job.sent_at is None
    assert services.lost_jobs() == [job]
    wire = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: wire.append(args))
    assert services.resend_lost_jobs() == 1 and wire == [[str(job.pk)]]
    assert services.lost_jobs() == [], "what has just been sent is not lost"
    assert services.resend_lost_jobs() == 0
    JobRun.objects.update(sent_at=timezone.now() - timedelta(minutes=3))
    assert services.resend_lost_jobs() == 1


def test_the_outcome_stands_in_the_row_and_in_a_notice(anna, sent):
    job = started(anna)
    services.run_job(job_id=str(job.pk), work=lambda progress: {"message": "核算完成：14 人。", "url": "/pay/1/", "persons": 14})
    job.refresh_from_db()
    assert (job.state, job.percent, job.message, job.result, job.result_url) == (
        "done",
        100,
        "核算完成：14 人。",
        {"persons": 14},
        "/pay/1/",
    )
    assert job.started_at and job.finished_at
    notice = Notice.objects.get(to=anna)
    assert (notice.text, notice.url) == ("核算2022年3月补贴：核算完成：14 人。", "/pay/1/")


def test_delivered_ten_times_it_is_done_once(anna, sent):
    job, done = started(anna), []
    for _ in range(10):
        services.run_job(job_id=job.pk, work=lambda progress: done.append(1))
    assert done == [1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_it_at_the_same_time(sent):
    job, inside, done = started(), threading.Event(), []
    leave = threading.Event()

    def slow(progress):
        done.append("first")
        inside.set()
        leave.wait(20)

    def first():
        try:
            services.run_job(job_id=job.pk, work=slow)
        finally:
            connection.close()

    worker = threading.Thread(target=first)
    worker.start()
    assert inside.wait(20)
    JobRun.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert services.lost_jobs() == [], "a worker that is silent but alive is not lost"
    assert services.run_job(job_id=job.pk, work=lambda progress: done.append("second")) is None
    leave.set()
    worker.join()
    assert done == ["first"]
    assert JobRun.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_the_job_and_another_takes_it_over(sent):
    job = started()

    def killed():
        """As far as the database can see: the session ends in the middle of the work."""
        with pytest.raises(DatabaseError):
            services.run_job(
                job_id=job.pk, work=lambda progress: connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
            )
        connection.close()

    thread = threading.Thread(target=killed)
    thread.start()
    thread.join()
    job.refresh_from_db()
    assert job.state == "running"
    assert services.lost_jobs() == [], "give the queue a moment to deliver it again by itself"
    JobRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=20))
    assert services.lost_jobs() == [job]
    sent.clear()
    assert services.resend_lost_jobs() == 1 and sent == [(TASK, [str(job.pk)])]
    assert services.run_job(job_id=job.pk, work=lambda progress: {"persons": 14}).state == "done"
    job.refresh_from_db()
    assert job.attempts == 2


@pytest.mark.django_db(transaction=True)
def test_a_job_that_kills_its_worker_three_times_is_given_up(sent):
    job = started()
    long_ago = timezone.now() - timedelta(minutes=5)
    JobRun.objects.update(state="running", attempts=3, started_at=long_ago, heartbeat_at=long_ago)
    assert services.resend_lost_jobs() == 0
    job.refresh_from_db()
    assert job.state == "failed" and "中断了 3 次" in job.message


def test_a_refusal_becomes_the_sentence_and_an_accident_tells_nothing_inner(anna, sent, caplog):
    class RowsRefused(Refused):
        error_rows = [{"sheet": "排班", "row": 2}]

    def refuse(progress):
        raise RowsRefused("2022年3月已结账，不能再核算。")

    def crash(progress):
        raise KeyError("SECRET_COLUMN")

    refused = services.run_job(job_id=started(anna).pk, work=refuse)
    assert (refused.state, refused.message, refused.error_rows) == (
        "failed",
        "2022年3月已结账，不能再核算。",
        [{"sheet": "排班", "row": 2}],
    )
    crashed = services.run_job(job_id=started(anna).pk, work=crash)
    assert crashed.state == "failed" and "SECRET" not in crashed.message and str(crashed.pk) in crashed.message
    assert "SECRET_COLUMN" in caplog.text


def test_what_a_failed_job_wrote_is_for_its_own_transaction_to_undo(anna, boris, sent):
    def half(progress):
        with transaction.atomic():
            services.notify(to=boris, text="半途")
            raise Refused("停")

    services.run_job(job_id=started(anna).pk, work=half)
    assert not Notice.objects.filter(to=boris).exists()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_the_work_is_one_open_transaction(sent):
    job, seen = started(), []

    def look():
        try:
            seen.append(JobRun.objects.values_list("step", "percent").get(pk=job.pk))
        finally:
            connection.close()

    def work(progress):
        with transaction.atomic():
            progress.say("正在逐人计算补贴", 55)
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

    services.run_job(job_id=job.pk, work=work)
    assert seen == [("正在逐人计算补贴", 55)]


def test_a_job_that_is_over_stays_as_it_is(anna, sent):
    job = services.run_job(job_id=started(anna).pk, work=lambda progress: {"message": "好"})
    services.fail_job(job_id=job.pk, message="晚到")
    services.report_progress(job_id=job.pk, step="晚到", percent=5)
    job.refresh_from_db()
    assert (job.state, job.message, job.percent) == ("done", "好", 100)


def test_only_a_failed_job_is_tried_again(anna, sent):
    job = started(anna)
    with pytest.raises(Refused, match="没有完成"):
        services.retry_job(job=job, by=anna)
    services.fail_job(job_id=job.pk, message="停")
    job.refresh_from_db()
    again = services.retry_job(job=job, by=anna)
    assert again.pk != job.pk and (again.kind, again.period, again.task) == (job.kind, job.period, job.task)


@pytest.mark.parametrize(
    "attack",
    [{"percent": 101}, {"state": "done"}, {"state": "queued", "finished_at": timezone.now()}],
    ids=["percent", "done", "queued"],
)
def test_the_database_refuses_a_job_that_contradicts_itself(anna, sent, attack):
    started(anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        JobRun.objects.update(**attack)


def test_a_notice_is_not_left_twice_and_is_read_by_its_reader_only(anna, boris):
    first = services.notify(to=anna, text="已发布", url="/a/")
    assert services.notify(to=anna, text="已发布", url="/a/") == first
    assert services.mark_notices_read(by=boris, ids=[first.pk]) == 0
    assert services.mark_notices_read(by=anna) == 1
    assert services.notify(to=anna, text="已发布", url="/a/") != first
    assert services.notify(to=None, text="x") is None

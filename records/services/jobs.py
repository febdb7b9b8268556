"""Job runs: started once, sent after commit, claimed by one worker, finished or failed with a sentence (safety.md §1.3).

A worker holds a job by an advisory lock of its database session. When the worker dies, its session and the lock die with
it, so a job that says "running" without a lock is lost, whatever the clock says, and may be sent again at once.
"""

import logging
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

from celery import current_app
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts import audit
from common.errors import Refused
from records.models import JobRun
from records.services.notices import notify

logger = logging.getLogger(__name__)

LOCK_SPACE = 7_305_001
SEND_AGAIN_AFTER = timedelta(minutes=2)
LOST_AFTER = timedelta(seconds=15)
MOST_ATTEMPTS = 3


@transaction.atomic
def start_job(
    *, kind: str, task: str, county: str = "", period="", by=None, title: str = "", payload: dict | None = None
) -> JobRun:
    """Queue one piece of work and send it to ``task`` (the Celery task's name) once the transaction is committed.

    The task is called with the job's id as text. When the same work is open already, that job is given back instead.
    ``payload`` must hold no personal numbers.
    """
    try:
        with transaction.atomic():
            job = JobRun.objects.create(
                kind=kind,
                task=task,
                county_code=county,
                period=str(period),
                started_by=by,
                title=title,
                payload=payload or {},
                step="等待处理",
            )
    except IntegrityError:
        job = JobRun.objects.open().about(kind, county=county, period=period).first()
        if job is None:
            raise
        return job
    audit.record(by=by, action="records.start_job", on=job, after={"kind": kind, "county": county, "period": str(period)})
    transaction.on_commit(lambda: send_job(job_id=job.pk))
    return job


@transaction.atomic
def retry_job(*, job: JobRun, by) -> JobRun:
    """Start the work of a failed job again, as a new run."""
    if not job.is_failed:
        raise Refused("只有没有完成的任务才能重试。")
    return start_job(
        kind=job.kind,
        task=job.task,
        county=job.county_code,
        period=job.period,
        by=by,
        title=job.title,
        payload=job.payload,
    )


def send_job(*, job_id: int) -> bool:
    """Put a queued job on the wire. Where the queue is down the row simply waits for ``resend_lost_jobs``."""
    job = JobRun.objects.open().filter(pk=job_id).first()
    if job is None:
        return False
    try:
        current_app.send_task(job.task, args=[str(job.pk)], retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - kombu raises whatever the transport raises; the row outlives them all
        logger.warning("job %s waits: the queue cannot be reached (%s)", job.pk, type(error).__name__)
        return False
    JobRun.objects.filter(pk=job.pk).update(sent_at=timezone.now())
    return True


def lost_jobs() -> list[JobRun]:
    """Queued jobs that were never sent or sent long ago, and running ones that no worker holds any more."""
    now = timezone.now()
    held = _held_jobs()
    lost = []
    for job in JobRun.objects.open().order_by("id"):
        if job.pk in held:
            continue
        if job.state == JobRun.State.QUEUED:
            is_lost = (job.sent_at or job.created_at - SEND_AGAIN_AFTER) <= now - SEND_AGAIN_AFTER
        else:
            is_lost = (job.heartbeat_at or job.started_at) <= now - LOST_AFTER
        if is_lost:
            lost.append(job)
    return lost


def resend_lost_jobs() -> int:
    """Send what was lost; gives how many. A job that has killed its worker three times is failed instead."""
    sent = 0
    for job in lost_jobs():
        if job.attempts >= MOST_ATTEMPTS:
            fail_job(job_id=job.pk, message=f"任务中断了 {job.attempts} 次，已停止重试：请联系系统管理员查看日志。")
        else:
            sent += send_job(job_id=job.pk)
    return sent


def run_job(*, job_id, work: Callable[["JobProgress"], dict | None]) -> JobRun | None:
    """Do a job's work and write down its outcome. For tasks; safe under duplicate delivery.

    ``work`` is given a JobProgress (its ``job`` has county, period and payload) and returns the result, a dict; the keys
    ``message``, ``url`` and ``error_rows`` go to their own columns. A Refused becomes the failure's sentence; its
    attribute ``error_rows``, where it has one, is kept. Gives None when another worker has the job or it is over.
    """
    job_id = int(job_id)
    with _held(job_id) as is_ours:
        if not is_ours or not _claim(job_id):
            return None
        progress = JobProgress(JobRun.objects.get(pk=job_id))
        try:
            result = dict(work(progress) or {})
        except Refused as error:
            return fail_job(job_id=job_id, message=str(error), error_rows=getattr(error, "error_rows", None))
        except (OperationalError, InterfaceError):
            # The database went away, not the work: the row still says running and will be sent again.
            raise
        except Exception:
            logger.exception("job %s failed", job_id)
            return fail_job(job_id=job_id, message=f"程序出错，任务没有完成（任务编号 {job_id}）：请联系系统管理员。")
        finally:
            progress.close()
        return finish_job(
            job_id=job_id,
            message=result.pop("message", ""),
            url=result.pop("url", ""),
            error_rows=result.pop("error_rows", None),
            result=result,
        )


def _claim(job_id: int) -> bool:
    """Mark a job as running. Whoever holds the lock may take over a run that was cut off."""
    now = timezone.now()
    job = JobRun.objects.open().filter(pk=job_id).first()
    if job is None:
        return False
    JobRun.objects.filter(pk=job_id).update(
        state=JobRun.State.RUNNING,
        started_at=job.started_at or now,
        heartbeat_at=now,
        attempts=job.attempts + 1,
        step="开始处理",
        percent=0,
    )
    return True


@contextmanager
def _held(job_id: int):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, job_id])
        is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours and connection.connection is not None and not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, job_id])


def _held_jobs() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_SPACE],
        )
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def finish_job(
    *, job_id: int, result: dict | None = None, message: str = "", url: str = "", error_rows: list | None = None
) -> JobRun:
    """Write down that a job is done and tell who started it. A job that is over stays as it is."""
    return _close(
        job_id,
        state=JobRun.State.DONE,
        step="已完成",
        percent=100,
        message=message or "已完成。",
        result=result or {},
        result_url=url,
        error_rows=error_rows or [],
    )


@transaction.atomic
def fail_job(*, job_id: int, message: str, error_rows: list | None = None) -> JobRun:
    """Write down why a job came to nothing and tell who started it. A job that is over stays as it is."""
    return _close(job_id, state=JobRun.State.FAILED, step="未完成", message=message, error_rows=error_rows or [])


def _close(job_id: int, **outcome) -> JobRun:
    job = JobRun.objects.select_for_update().get(pk=job_id)
    if not job.is_open:
        return job
    for name, value in outcome.items():
        setattr(job, name, value)
    job.finished_at = job.heartbeat_at = timezone.now()
    job.save()
    words = "" if job.state == JobRun.State.DONE else "没有完成"
    notify(to=job.started_by, text=f"{job}{words}：{job.message}", url=job.result_url or _page_of(job), kind="job")
    return job


def _page_of(job: JobRun) -> str:
    try:
        return reverse("job", args=[job.pk])
    except NoReverseMatch:
        return ""


def report_progress(*, job_id: int, step: str, percent: int) -> None:
    """Show how far a job is. Seen by others at once only outside a transaction; inside one use JobProgress."""
    _write_progress(connection, job_id, step, percent)


def _write_progress(through, job_id: int, step: str, percent: int) -> None:
    with through.cursor() as cursor:
        cursor.execute(
            "UPDATE records_jobrun SET step = %s, percent = %s, heartbeat_at = %s WHERE id = %s AND state = 'running'",
            [step[:200], max(0, min(int(percent), 100)), timezone.now(), job_id],
        )


class JobProgress:
    """What ``work`` is handed: the job, and a way to say how far it is, even from inside its one big transaction.

    Progress goes through a second database session of its own, at most twice a second.
    """

    MOST_OFTEN_SECONDS = 0.5

    def __init__(self, job: JobRun):
        self.job = job
        self._session = None
        self._said_at = 0.0

    def say(self, step: str, percent: int) -> None:
        if time.monotonic() - self._said_at < self.MOST_OFTEN_SECONDS:
            return
        self._said_at = time.monotonic()
        if self._session is None:
            self._session = connection.copy()
        _write_progress(self._session, self.job.pk, step, percent)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

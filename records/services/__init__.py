from records.services.files import UploadRefused, file_response, keep_file, read_file, store_file
from records.services.imports import (
    ImportRefused,
    apply_batch,
    preview_batch,
    record_changes,
    snapshot,
    undo_batch,
)
from records.services.installation import (
    forget_remembered_day,
    installation,
    mark_as_demo,
    remember_day,
    remembered_day,
)
from records.services.jobs import (
    JobProgress,
    fail_job,
    finish_job,
    lost_jobs,
    report_progress,
    resend_lost_jobs,
    retry_job,
    run_job,
    send_job,
    start_job,
)
from records.services.notices import mark_notices_read, notify, switch_notices, who_switched_off
from records.services.numbers import next_number
from records.services.papers import PaperRefused, issue_paper, reissue_paper, void_paper

__all__ = [
    "ImportRefused",
    "JobProgress",
    "PaperRefused",
    "UploadRefused",
    "apply_batch",
    "fail_job",
    "file_response",
    "finish_job",
    "forget_remembered_day",
    "installation",
    "issue_paper",
    "keep_file",
    "lost_jobs",
    "mark_as_demo",
    "mark_notices_read",
    "next_number",
    "notify",
    "preview_batch",
    "read_file",
    "record_changes",
    "reissue_paper",
    "remember_day",
    "remembered_day",
    "report_progress",
    "resend_lost_jobs",
    "retry_job",
    "run_job",
    "send_job",
    "snapshot",
    "start_job",
    "store_file",
    "undo_batch",
    "void_paper",
    "switch_notices",
    "who_switched_off",
]

from records.models.files import StoredFile
from records.models.imports import ImportBatch, ImportChange
from records.models.installation import Installation
from records.models.jobs import JobRun
from records.models.notices import Notice, NoticeSwitch
from records.models.papers import IssuedPaper, NumberSeries

__all__ = [
    "ImportBatch",
    "ImportChange",
    "Installation",
    "IssuedPaper",
    "JobRun",
    "Notice",
    "NoticeSwitch",
    "NumberSeries",
    "StoredFile",
]

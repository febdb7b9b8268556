"""What the desk keeps in the demonstration: a reader of the interface, a finished export, a kept filter."""

from datetime import date

from accounts.services.filters import keep_filter
from desk.services.api_clients import make_client
from desk.services.export_centre import ask_for_export, make_for_job
from records.services import run_job


def add_desk(*, county, users) -> None:
    """The city's platform may read; finance had the ledger exported; the section keeps a filter."""
    make_client(
        name="晋城市司法局数据平台（演示）", region=county.parent, scopes=["progress", "quarters", "rosters"],
        paper="晋市司〔2022〕演示7号", until=date(2023, 6, 30), by=users["admin"],
    )  # fmt: skip
    wanted = ask_for_export(kind="ledger", county=county, period="2022", by=users["finance"])
    run_job(job_id=wanted.job_id, work=make_for_job)
    keep_filter(by=users["section"], path="/consultations/", query="complete=missing", name="缺项的记录")

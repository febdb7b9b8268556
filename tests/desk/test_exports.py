"""The export centre: made in the background from what one may see, kept a week, asked for again."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from desk.models import ExportFile
from desk.services.export_centre import ExportRefused, ask_for_export, drop_expired, make_for_job
from records.models import JobRun
from records.services import run_job
from subsidies.models import LedgerEntry
from tests.subsidies.case_world import CaseWorld


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")
    world = CaseWorld()
    world.fill()
    return world


def export(world, kind, period, by):
    wanted = ask_for_export(kind=kind, county=world.county, period=period, by=world.people[by])
    run_job(job_id=wanted.job_id, work=make_for_job)
    wanted.refresh_from_db()
    return wanted


def page_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("kind", "period", "by"), [("ledger", "2022", "finance"), ("quarter", "2022Q1", "finance"),
                                                    ("fund_year", "2022", "leader"), ("cases", "2022", "director"),
                                                    ("register", "2022-03", "section")])  # fmt: skip
def test_each_kind_becomes_a_workbook_that_its_owner_downloads(world, kind, period, by):
    wanted = export(world, kind, period, by)
    answer = page_of(world.people[by]).get(f"/exports/{wanted.pk}/")
    assert load_workbook(BytesIO(b"".join(answer.streaming_content))).sheetnames
    assert wanted.expires_at > timezone.now() + timedelta(days=6)


def test_cases_that_one_may_not_see_are_not_in_her_file(world):
    world.case(received_on="2022-01-10")
    world.case(received_on="2022-01-11", type="criminal_defence")
    assert export(world, "cases", "2022", "director").rows == 2


def test_nobody_downloads_what_somebody_else_had_made(world):
    wanted = export(world, "ledger", "2022", "finance")
    assert page_of(world.people["leader"]).get(f"/exports/{wanted.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "period", "by", "told"),
    [
        ("ledger", "22", "finance", "看不懂年份"),
        ("quarter", "2022Q7", "finance", "季度"),
        ("register", "三月", "section", "月份"),
        ("cases", "2022", "finance", "不能导出"),
        ("register", "2022-05", "section", "还没有到"),
        ("quarter", "2022Q3", "finance", "还没有到"),
        ("ledger", "2023", "finance", "还没有到"),
        ("nonsense", "2022", "finance", "不能导出"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_words_and_leaves_nothing(world, kind, period, by, told):
    with pytest.raises(ExportRefused, match=told):
        ask_for_export(kind=kind, county=world.county, period=period, by=world.people[by])
    assert not ExportFile.objects.exists() and not JobRun.objects.filter(kind="export").exists()


def test_after_a_week_the_file_is_gone_and_can_be_made_again(world):
    wanted = export(world, "ledger", "2022", "finance")
    ExportFile.objects.filter(pk=wanted.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert drop_expired() == 1 and drop_expired() == 0
    client = page_of(world.people["finance"])
    assert client.get(f"/exports/{wanted.pk}/").status_code == 302
    assert "再导一次" in client.get("/exports/").content.decode()
    client.post("/exports/new/", {"kind": "ledger", "period": "2022"})
    assert ExportFile.objects.count() == 2


def test_who_lost_the_right_meanwhile_gets_nothing(world):
    wanted = ask_for_export(kind="ledger", county=world.county, period="2022", by=world.people["finance"])
    world.people["finance"].posts.update(until="2022-04-01")
    run_job(job_id=wanted.job_id, work=make_for_job)
    wanted.refresh_from_db()
    assert wanted.file is None and "不能导出" in JobRun.objects.get(pk=wanted.job_id).message
    assert LedgerEntry.objects.exists()


def test_what_was_typed_stays_after_a_refusal_and_the_list_renews_itself_only_while_something_is_made(world):
    client = page_of(world.people["finance"])
    told = client.post("/exports/new/", {"kind": "quarter", "period": "三季度"}, follow=True).text
    assert 'value="三季度"' in told and '<option value="quarter" selected' in told
    assert "hx-trigger" not in told.split('id="made"')[1].split(">")[0]
    client.post("/exports/new/", {"kind": "ledger", "period": "2022"})
    assert 'hx-trigger="load delay:3s"' in client.get("/exports/").text
    run_job(job_id=ExportFile.objects.get().job_id, work=make_for_job)
    done = client.get("/exports/").text
    assert "下载" in done and 'hx-trigger="load delay:3s"' not in done

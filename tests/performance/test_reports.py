"""The way of a report: drafted, written, reviewed by another, issued, superseded; what is frozen and who sees what when."""

import re
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from openpyxl import load_workbook

from accounts.models import AuditEntry
from accounts.services import seal_audit
from common import clock
from common.errors import Refused
from common.periods import HalfYear, Year
from consultations.models import Consultation, FollowUp, Inspection, InspectionPoint
from desk.services.due import run_due
from performance.exports.narrative import parts_of
from performance.exports.reports import report_workbook
from performance.models import Report
from performance.rules.kinds import KINDS, periods_due
from performance.services import due as due_services
from performance.services import reports
from performance.tasks import report_for_job
from performance.todo import todo_items
from records.models import IssuedPaper, JobRun, Notice
from records.services import read_file
from tests.performance.report_world import SECRET_NAME, TEXTS, pdf_pages, pdf_text
from tests.subsidies.test_invariants import refused


def client_of(world, login):
    client = Client()
    client.force_login(world.people[login])
    return client


# --- drafting ---------------------------------------------------------------------------------------------------------


def test_a_report_is_drafted_only_when_its_time_is_over(world):
    with pytest.raises(Refused, match="2022年4月还没有结束"):
        world.draft(period="2022-04")
    with pytest.raises(Refused, match="还没有结束"):
        world.draft(kind="half_year", period="2022H1")
    assert world.draft(kind="quarter", period="2022Q1").last == date(2022, 3, 31)


@pytest.mark.parametrize(
    ("kind", "period", "why"),
    [
        ("month", "三月", "看不懂月份"),
        ("quarter", "2022-03", "看不懂季度"),
        ("half_year", "2022H2", "只写上半年"),
        ("other", "2022", "没有这种报告"),
    ],
)
def test_a_period_that_cannot_be_read_says_how_to_write_it(world, kind, period, why):
    with pytest.raises(Refused, match=why):
        world.draft(kind=kind, period=period)


def test_drafting_again_refreshes_the_one_draft(world):
    first = world.draft()
    world.record(world.bagong, date(2022, 3, 30)).save()
    again = world.draft(by="section2")
    assert again.pk == first.pk and Report.objects.count() == 1
    assert again.figures["total"]["in_period"] == first.figures["total"]["in_period"] + 1
    assert again.drafted_by == world.people["section2"]


def test_only_the_section_drafts_and_only_the_leader_issues(world):
    with pytest.raises(Refused, match="没有“编制报告”的权限"):
        world.draft(by="leader")
    with pytest.raises(Refused, match="没有“签发、公布报告”的权限"):
        world.step(reports.issue_report, world.reviewed(), "section", make_papers=None)


@pytest.mark.rule("J-PERF-4", "Z-ORG-7")
@pytest.mark.parametrize(
    ("kind", "period", "due"),
    [
        ("month", "2022-03", date(2022, 4, 5)),
        ("quarter", "2022Q1", date(2022, 4, 10)),
        ("urgent", "2022-03-08", date(2022, 3, 9)),
    ],
)
def test_a_report_is_due_by_the_plans_own_dated_limit(world, kind, period, due):
    assert world.draft(kind=kind, period=period, subject="停电").due_on == due


@pytest.mark.rule("J-PERF-4")
def test_the_half_year_report_is_due_on_the_10th_of_july_and_the_years_on_the_10th_of_january():
    assert [periods_due(kind, date(2022, 7, 3)) for kind in ("half_year", "year")] == [HalfYear(2022, 1), Year(2021)]
    assert periods_due("half_year", date(2023, 1, 3)) is None, "the second half stands in the year's report"
    assert periods_due("urgent", date(2022, 7, 3)) is None


# --- the way ----------------------------------------------------------------------------------------------------------


def test_a_report_with_a_blank_is_not_reviewed(world):
    report = world.step(
        reports.write_texts, world.draft(), "section", texts={"work": "宣传。", "problems": "  ", "next_steps": "继续。"}
    )
    with pytest.raises(Refused, match="“存在的问题”"):
        world.step(reports.review_report, report, "section2")


def test_who_wrote_it_does_not_review_it_and_who_reviewed_it_does_not_issue_it(world):
    with pytest.raises(Refused, match="不同的人"):
        world.step(reports.review_report, world.written(), "section")
    world.post(world.people["section2"], "leader")
    with pytest.raises(Refused, match="不同的人"):
        world.step(
            reports.issue_report,
            world.step(reports.review_report, Report.objects.get(), "section2"),
            "section2",
            make_papers=None,
        )


def test_what_the_program_drafted_is_answered_for_by_who_wrote_the_words(world):
    report = reports.draft_report(county=world.county, kind="month", period="2022-03", by=world.system)
    report = world.step(reports.write_texts, report, "section2", texts=TEXTS)
    with pytest.raises(Refused, match="不同的人"):
        world.step(reports.review_report, report, "section2")
    assert world.step(reports.review_report, report, "section").status == "reviewed"


def test_figures_that_are_no_longer_true_are_not_reviewed(world):
    report = world.written()
    world.record(world.gaodu, date(2022, 3, 30)).save()
    with pytest.raises(Refused, match="编制之后数据有变动（任务进度、咨询分类）"):
        world.step(reports.review_report, report, "section2")


def test_a_page_opened_before_a_change_does_nothing(world):
    report = world.written()
    with pytest.raises(Refused, match="刷新页面"):
        reports.review_report(report_id=report.pk, version=report.version - 1, by=world.people["section2"])


def test_sent_back_with_a_reason_it_is_a_draft_again_and_its_author_is_told(world):
    report = world.reviewed()
    with pytest.raises(Refused, match="退回理由"):
        world.step(reports.send_back_report, report, "leader", reason=" ")
    world.step(reports.send_back_report, report, "leader", reason="问题写得太简单")
    report.refresh_from_db()
    assert report.status == "draft" and report.reviewed_by is None
    assert Notice.objects.filter(to=world.people["section"], text__contains="问题写得太简单").exists()


def test_an_issued_report_has_number_paper_and_workbook_and_every_step_its_event_and_audit(world):
    report = world.issued()
    assert report.number == "泽惠报〔2022〕1号" and report.status == "issued"
    assert world.issued(kind="quarter", period="2022Q1").number == "泽惠报〔2022〕2号"
    assert list(report.events.values_list("to_status", flat=True)) == ["draft", "reviewed", "issued"]
    told = AuditEntry.objects.filter(action__startswith="performance.").values_list("action", flat=True)
    assert {"performance.draft_report", "performance.review_report", "performance.issue_report"} <= set(told)


def test_the_letter_says_the_frozen_figures_in_official_words_with_f12_behind_it(world):
    report = world.reviewed()
    seal_audit()
    report = world.issue(report)
    Consultation.objects.filter(station=world.gaodu).update(is_void=True, void_reason="后来作废")
    content = read_file(report.paper.file)
    text = pdf_text(content)
    assert "泽惠报〔2022〕1号" in text and "关于" not in text.split("一、")[0]
    assert "免费法律咨询全年目标4,400人次，本月完成170人次，累计完成300人次，完成率6.8%，慢于时间进度17.3个百分点" in text
    assert "累计满意度95.0%（目标95%），按严口径（非常满意、满意）92.1%，评价率46.7%" in text
    assert "满意度低于95%的单位：" in text and "2022年4月6日" in text
    assert "附件：1.泽州县2022年3月目标任务完成进度表2.泽州县2022年3月任务进展图" in text
    assert re.search("审计日志第\\d+条，校验值[0-9a-f]{16}", text)
    assert SECRET_NAME not in text and pdf_pages(content) >= 4


def test_the_workbook_of_an_issued_report_is_the_one_that_was_kept(world):
    report = world.issued()
    sheets = load_workbook(world_file(report.workbook)).sheetnames
    assert sheets == ["进度表", "每月咨询", "咨询分类", "案件", "值班质量整改"]
    Consultation.objects.all().update(is_void=True, void_reason="后来作废")
    response = client_of(world, "section").get(f"/reports/papers/{report.pk}/file.xlsx")
    assert b"".join(response.streaming_content) == read_file(report.workbook)


def world_file(stored):
    from io import BytesIO

    return BytesIO(read_file(stored))


# --- what stands ------------------------------------------------------------------------------------------------------

ATTACKS = {
    "figures": "figures = '{}'::jsonb",
    "one figure": "figures = jsonb_set(figures, '{total,done}', '9999')",
    "words": "texts = '{}'::jsonb",
    "number": "number = '泽惠报〔2022〕99号'",
    "issuer": "issued_by_id = drafted_by_id",
    "period": "first = '2022-02-01'",
    "back to draft": "status = 'draft'",
    "superseded by nothing": "status = 'superseded'",
}


@pytest.mark.rule("I19", "I15")
@pytest.mark.parametrize("what", ATTACKS)
def test_an_issued_report_withstands_raw_sql(lasting_world, what):
    report = lasting_world.issued()
    refused(lambda: update(report, ATTACKS[what]))
    report.refresh_from_db()
    assert report.status == "issued" and report.figures["total"]["done"] == 300


@pytest.mark.rule("I19")
@pytest.mark.parametrize("what", ["figures", "one figure", "words"])
def test_a_reviewed_report_withstands_raw_sql_too(lasting_world, what):
    report = lasting_world.reviewed()
    refused(lambda: update(report, ATTACKS[what]))
    refused(lambda: update(report, ATTACKS[what] + ", status = 'draft', reviewed_by_id = NULL, reviewed_at = NULL"))


@pytest.mark.rule("I15")
def test_no_report_is_deleted_inserted_issued_or_moved_without_its_event(lasting_world):
    report = lasting_world.written()
    refused(lambda: run("DELETE FROM performance_report WHERE id = %s", [report.pk]))
    refused(
        lambda: update(
            report, f"status = 'reviewed', reviewed_by_id = {lasting_world.people['section2'].pk}, reviewed_at = now()"
        )
    )
    refused(lambda: update(report, "status = 'reviewed', reviewed_by_id = drafted_by_id, reviewed_at = now()"))
    refused(lambda: run("UPDATE performance_reportevent SET reason = 'x'"))
    refused(lambda: run("DELETE FROM performance_reportevent"))


def update(report, what):
    run(f"UPDATE performance_report SET {what} WHERE id = {report.pk}")


def run(sql, parameters=None):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_a_new_version_needs_a_reason_and_supersedes_the_old_one_which_stays_readable(world):
    first = world.issued()
    with pytest.raises(Refused, match="写明原因"):
        world.draft()
    world.record(world.gaodu, date(2022, 3, 31)).save()
    second = world.draft(reason="漏登 1 人次")
    assert (second.revision, second.supersedes, second.texts) == (2, first, first.texts)
    first.refresh_from_db()
    assert first.status == "issued", "in force until the new one is"
    second = world.issue(world.step(reports.review_report, second, "section2"))
    first.refresh_from_db()
    assert (first.status, first.figures["total"]["done"], second.figures["total"]["done"]) == ("superseded", 300, 301)
    assert IssuedPaper.objects.get(pk=first.paper_id).state == "void"
    assert client_of(world, "city").get(f"/reports/papers/{first.pk}/").status_code == 200
    assert "第 2 版" in client_of(world, "city").get(f"/reports/papers/{first.pk}/").text


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_the_city_and_the_auditor_see_a_report_only_when_it_is_issued(world):
    report = world.reviewed()
    assert [
        client_of(world, who).get(f"/reports/papers/{report.pk}/").status_code for who in ("city", "auditor", "director")
    ] == [404] * 3
    world.issue(report)
    assert [
        client_of(world, who).get(f"/reports/papers/{report.pk}/").status_code for who in ("city", "auditor", "director")
    ] == [200] * 3
    assert client_of(world, "cashier").get(f"/reports/papers/{report.pk}/").status_code == 403


def test_the_centre_lists_reports_what_is_due_and_only_the_exports_that_this_reader_may_open(world):
    world.issued()
    section, city = client_of(world, "section").get("/reports/").text, client_of(world, "city").get("/reports/").text
    assert "2022年3月月报" in section and "编制2022年第一季度抽查报告" in section and "点名抽查" in section
    assert "2022年3月月报" in city and "编制2022年第一季度" not in city and "点名抽查" not in city
    assert "质量评查表与通报" in city and "专项资金季度报告" in city
    assert "年底考核报告" in client_of(world, "leader").get("/reports/?kind=month&year=2022").text
    assert "没有符合条件的报告" in client_of(world, "leader").get("/reports/?year=2019").text


def test_the_to_do_list_leads_from_drafting_to_issuing_and_each_item_vanishes(world):
    def titles(who):
        return [item.title for item in todo_items(world.people[who])]

    assert "编制2022年3月月报" in titles("section") and titles("leader") == []
    report = world.draft()
    assert "编制2022年3月月报" not in titles("section") and "编写泽州县2022年3月月报" in titles("section")
    report = world.step(reports.write_texts, report, "section", texts=TEXTS)
    assert "复核泽州县2022年3月月报" in titles("section2") and "复核泽州县2022年3月月报" not in titles("section")
    report = world.step(reports.review_report, report, "section2")
    assert titles("leader") == ["签发泽州县2022年3月月报"]
    world.issue(report)
    assert titles("leader") == []


# --- by itself --------------------------------------------------------------------------------------------------------


def test_what_is_due_is_drafted_once_by_a_job(world):
    assert run_due()["reports"] == 2
    assert run_due()["reports"] == 0
    jobs = JobRun.objects.filter(kind__startswith="draft_report")
    assert {job.period for job in jobs} == {"2022-03", "2022Q1"}
    for job in jobs:

        class Progress:
            def __init__(self, job):
                self.job = job

            def say(self, words, percent):
                pass

        report_for_job(Progress(job))
    assert Report.objects.filter(drafted_by=world.system).count() == 2


def test_on_the_last_working_day_in_time_whose_turn_it_is_gets_told_once(world, monkeypatch):
    report = world.written(kind="quarter", period="2022Q1")  # due on Sunday the 10th
    assert due_services.remind_of_reports() == 0
    monkeypatch.setenv("TODAY", "2022-04-08")
    assert due_services.remind_of_reports() == 2, "both of the section"
    assert due_services.remind_of_reports() == 0
    world.step(reports.review_report, report, "section2")
    assert due_services.remind_of_reports() == 1
    assert Notice.objects.filter(to=world.people["leader"], text__contains="应在 2022-04-10 前签发").exists()


@pytest.mark.parametrize(
    ("kind", "first", "name"),
    [
        ("month", date(2022, 3, 1), "2022年3月月报"),
        ("quarter", date(2022, 4, 1), "2022年第二季度抽查报告"),
        ("half_year", date(2022, 1, 1), "2022年年中督查报告"),
        ("year", date(2022, 1, 1), "2022年年底考核报告"),
        ("information", date(2022, 1, 1), "2022年上半年公开信息"),
    ],
)
def test_a_report_is_called_by_its_period_once(kind, first, name):
    assert Report(kind=kind, first=first).name == name


def test_every_kind_has_its_sections_and_a_choice_of_the_model():
    assert set(KINDS) == set(Report.Kind.values)
    assert all(kind.sections for kind in KINDS.values())


# --- pages ------------------------------------------------------------------------------------------------------------


def test_an_urgent_report_is_text_only_and_needs_its_subject(world):
    client = client_of(world, "section")
    refused_page = client.post("/reports/papers/draft/", {"kind": "urgent", "period": "2022-04-05"})
    assert refused_page.status_code == 422 and "没有写事由" in refused_page.text
    made = client.post("/reports/papers/draft/", {"kind": "urgent", "period": "2022-04-05", "subject": "巴公镇停电"})
    report = Report.objects.get()
    assert made["Location"] == f"/reports/papers/{report.pk}/" and report.title == "关于巴公镇停电的专报"
    page = client.get(made["Location"]).text
    assert "处理情况" in page and "目标任务完成进度表" not in page


def test_a_draft_is_printed_as_a_draft(world):
    report = world.written()
    response = client_of(world, "section").get(f"/reports/papers/{report.pk}/file.pdf")
    assert "草稿，未签发" in pdf_text(response.content)
    assert client_of(world, "section").get(f"/reports/papers/{report.pk}/file.doc").status_code == 404


def test_words_typed_keep_their_letters_and_cannot_become_markup(world):
    texts = TEXTS | {"work": "㛃䶮、阿依努尔·买买提 <script>alert(1)</script> 😀"}
    report = world.step(reports.write_texts, world.draft(), "section", texts=texts)
    page = client_of(world, "section2").get(f"/reports/papers/{report.pk}/").text
    assert "㛃䶮" in page and "<script>alert" not in page
    too_long = client_of(world, "section").post(
        f"/reports/papers/{report.pk}/texts/", {"version": report.version, "work": "长" * 10_000}
    )
    assert too_long.status_code == 422 and "超过 3,000 字" in too_long.text


def test_what_an_inspection_asked_to_be_mended_stands_in_the_report_as_it_was_at_its_end(world):
    visit = Inspection.objects.create(
        county=world.county, station=world.bagong, number="泽检1", kind="quarterly", day="2022-03-10", inspectors="示例甲", summary="公示栏没有换",
        recorded_by=world.people["section"], recorded_at=clock.now(),
    )  # fmt: skip
    for order, due in ((1, "2022-03-20"), (2, "2022-04-20")):
        InspectionPoint.objects.create(inspection=visit, order=order, problem="公示过期", demand="立即更换", due_on=due)
    report = world.issued()
    assert report.figures["inspections"] == {"visits": 1, "stations": 1, "asked": 2, "mended": 0, "open": 2, "late": 1}
    text = pdf_text(read_file(report.paper.file))
    assert "本月检查1个站点1次" in text and "提出2件，完成整改0件，期末尚未完成2件，其中逾期1件" in text
    assert "五类重点咨询（方案四（一）4）：征地拆迁0人次" in text


@pytest.mark.rule("Z-ORG-4")
def test_who_was_called_back_and_how_satisfied_stands_in_the_report_and_leads_to_its_list(world):
    by, records = world.people["section"], iter(Consultation.objects.filter(station=world.bagong).order_by("pk"))

    def call(state, day, said="", **more):
        told = {"day": day, "closed_by": by, "closed_at": clock.now(), "way": "phone" if said else ""} if day else {}
        FollowUp.objects.create(
            consultation=next(records), reason="抽查", state=state, satisfaction=said, **{"due_on": "2022-03-20"} | told | more
        )

    for said in ("very_satisfied", "basic", "dissatisfied", "unsaid"):
        call("done", "2022-03-18", said)
    call("refused", "2022-03-18")
    call("unreached", "2022-03-31")
    call("dropped", "2022-03-18")  # nobody was called
    call("done", "2022-02-28", "dissatisfied")  # of another month
    call("open", None)  # late at the end of March
    call("done", "2022-04-02", "satisfied")  # too late as well
    call("open", None, due_on="2022-04-20")  # has time
    call("done", "2022-03-18", "dissatisfied")
    Consultation.objects.filter(follow_up=FollowUp.objects.latest("pk")).update(is_void=True, void_reason="重复")
    report = world.issued()
    assert report.figures["followups"] == {
        "called": 6, "answered": 4, "refused": 1, "rated": 3, "dissatisfied": 1, "late": 2, "satisfaction": "66.7"
    }  # fmt: skip
    words = "本月回访咨询人6人，答复4人，其中不满意1人，回访满意度66.7%；到期还没有回访的2人。"
    assert words in pdf_text(read_file(report.paper.file))
    rows = load_workbook(world_file(report.workbook))["值班质量整改"].iter_rows(values_only=True)
    assert ("回访", "答复", 4) in {row[:3] for row in rows}
    page = client_of(world, "section").get(f"/reports/papers/{report.pk}/").text
    listing = "/consultations/followups/?since=2022-03-01&amp;until=2022-03-31"
    assert f'<a href="{listing}">6</a> 人，答复 4 人，回访满意度 66.7%' in page
    assert "共 6 人" in client_of(world, "section").get(listing.replace("&amp;", "&")).text


def test_a_report_of_before_follow_ups_were_counted_says_nothing_of_them(world):
    report = world.draft()
    report.figures.pop("followups")
    assert not any("回访" in paragraph for part in parts_of(report) for paragraph in part.paragraphs)
    assert report_workbook(report, by=world.people["section"]).content

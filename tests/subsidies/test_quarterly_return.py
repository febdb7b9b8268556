"""The quarterly return: its figures against hand-worked quarters, its workbook against its figures, its way, what it refuses."""

import html
import json
import re
import tomllib
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.policy import Role
from accounts.services import system_user
from common import clock
from common.periods import Quarter
from common.workbooks.reading import read_workbook
from programmes import calendar
from programmes.services.calendars import load_calendar
from records.models import Notice
from records.services import read_file
from subsidies.exports.quarterly_return import keep_signed_papers, return_workbook
from subsidies.models import Payment, QuarterlyReturn
from subsidies.rules.quarterly_return import CashLine, cash_of, return_days
from subsidies.services import returns
from subsidies.services.funds import enter_movement
from subsidies.services.payment import record_returned_transfer
from subsidies.services.quarterly_document import return_document
from subsidies.services.quarterly_figures import figures_of
from subsidies.todo.money import todo_items as money_todo
from tests.subsidies.case_world import CaseWorld
from tests.subsidies.test_invariants import refused
from tests.subsidies.world import PASSWORD

WORKED = tomllib.loads((Path(__file__).parent / "quarterly_return.toml").read_text(encoding="utf-8"))
Q1, Q2 = Quarter(2022, 1), Quarter(2022, 2)


class Story(CaseWorld):
    """The county of quarterly_return.toml."""

    def __init__(self):
        super().__init__()
        self.people["city"] = self.user(Role.CITY, "city", region=self.county.parent)
        self.money("20000.00", day="2022-01-10")
        wang, li = self.person("王虚构"), self.person("李虚构")
        self.shift(wang, self.bagong, "2022-03-01")
        self.shift(wang, self.centre, "2022-03-02")
        self.shift(wang, self.bagong, "2022-03-08", late=10)
        self.shift(li, self.gaodu, "2022-03-03")
        self.case("2022-03-01", number="A")
        self.case("2022-03-02", number="B", standard="1500.00")
        self.case("2022-03-03", number="C", standard="800.00")
        self.case("2022-03-04", number="D", primary_group="none")
        self.case("2022-03-05", number="E", is_undertaken_by_agency=True)
        self.case("2022-03-06", number="F", provincial_no="", provincial_entered_on=None)

    def march_is_paid(self):
        self.receive()
        self.to("paid")

    def remit(self, amount, day):
        enter_movement(
            fund=self.fund, kind="remitted", day=day, amount=Decimal(amount), document_no="泽司财〔2022〕9号",
            by=self.people["finance"],
        )  # fmt: skip

    def document(self, quarter):
        return return_document(figures_of(county=self.county, quarter=quarter))

    def step(self, act, report, by, **told):
        report.refresh_from_db()
        return act(report_id=report.pk, version=report.version, by=self.people[by], **told)

    def drafted(self, quarter=Q1):
        """A draft with its words, ready to be reviewed."""
        report = returns.draft_return(county=self.county, quarter=quarter, by=self.people["finance"])
        return self.step(returns.write_narrative, report, "finance", problems="无", next_steps="按方案推进。")

    def sign(self, report):
        def papers(report, *, by):
            return keep_signed_papers(report, returns.figures_now(report), by=by)

        return self.step(returns.sign_return, report, "leader", make_papers=papers)

    def to_signed(self, quarter=Q1):
        return self.sign(self.step(returns.review_return, self.drafted(quarter), "section"))


@pytest.fixture
def story(db):
    return Story()


@pytest.fixture
def real_day(story, monkeypatch):
    """Commands refuse another day than the real one where the data is no demonstration."""

    def now():
        monkeypatch.delenv("TODAY")

    return now


@pytest.mark.rule("Z-RPT-1")
@pytest.mark.parametrize("quarter", WORKED["days"])
def test_a_return_is_due_on_the_15th_and_late_only_after_the_next_working_day(db, quarter):
    load_calendar(by=system_user(), years=[2022, 2023])
    days = return_days(Quarter.parse(quarter), 15, calendar.between(date(2022, 1, 1), date(2023, 12, 31)).is_working_day)
    worked = WORKED["days"][quarter]
    assert (days.due_on, days.remind_on, days.late_after) == (worked["due_on"], worked["remind_on"], worked["late_after"])
    assert days.late_days(days.late_after) == 0 and days.late_days(date.fromordinal(days.late_after.toordinal() + 2)) == 2


@given(
    opening=st.decimals(0, 1000, places=2),
    lines=st.lists(
        st.tuples(
            st.sampled_from(["received", "returned", "remitted", "duty_pay", "case_subsidy"]), st.decimals(0, 99, places=2)
        ),
        max_size=20,
    ),
)
def test_opening_and_every_line_of_the_ledger_make_the_closing_balance(opening, lines):
    outgoing = {"remitted", "duty_pay", "case_subsidy"}
    booked = [CashLine(date(2022, 1, 1), -amount if about in outgoing else amount, about) for about, amount in lines]
    assert cash_of(opening, booked).closing == opening + sum((line.amount for line in booked), Decimal(0))


@pytest.mark.rule("Z-RPT-2", "Z-SUB-1", "Z-SUB-2", "Z-CASE-9")
def test_the_quarters_worked_by_hand_are_what_the_document_says(story):
    story.march_is_paid()
    story.remit("500.00", date(2022, 4, 5))
    for label, worked in WORKED["quarters"].items():
        document = story.document(Quarter.parse(label))
        assert document["special_fund"] == worked["special_fund"]
        assert {key: document["case_subsidy"][key] for key in worked["case_subsidy"]} == worked["case_subsidy"]
        assert document["cases"] == worked["cases"]
        assert (document["due_on"], document["late_after"]) == (worked["due_on"], worked["late_after"])
    first = story.document(Q1)
    march = {key: value for key, value in first["duty_pay"][2].items() if key != "month"}
    assert march == WORKED["quarters"]["2022Q1"]["march"]
    assert {row["case"]: row["reasons"] for row in first["case_subsidy"]["blocked"]} == WORKED["quarters"]["2022Q1"]["blocked"]
    assert [row["operating"] for row in first["case_subsidy"]["rows"]] == ["0.00", "500.00", "0.00"]


@pytest.mark.rule("Z-RPT-2")
def test_what_is_due_for_a_month_is_known_before_anybody_drafts_its_sheet(story):
    march = story.document(Q1)["duty_pay"][2]
    assert (march["due"], march["paid"], march["status"]) == ("1050.00", "0.00", None)


def test_a_month_that_is_not_paid_for_three_absences_is_due_nothing_at_either_kind_of_station(story):
    person = story.person("赵虚构")
    shifts = [story.shift(person, station, f"2022-03-{day:02}") for day, station in ((7, story.centre), (9, story.bagong))]
    for shift, times in zip(shifts, (1, 2), strict=True):
        story.finding(shift, "absence", times=times)
    march = story.document(Q1)["duty_pay"][2]
    assert (march["county_centre"], march["township_stations"]) == ("200.00", "850.00")


def test_a_reversed_payment_leaves_the_cash_of_the_quarter(story):
    story.march_is_paid()
    payment = Payment.objects.get(row__name="李虚构")
    record_returned_transfer(payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="账号有误", by=story.people["cashier"])
    document = story.document(Q2)
    assert document["special_fund"]["duty_pay"] == "750.00" and document["special_fund"]["closing"] == "19250.00"
    assert story.document(Q1)["duty_pay"][2]["paid"] == "750.00"


def test_the_workbook_says_what_the_document_says_and_its_details_add_up(story):
    story.march_is_paid()
    figures = figures_of(county=story.county, quarter=Q1)
    document, download = return_document(figures), return_workbook(figures, by=story.people["finance"])
    book = load_workbook(BytesIO(download.content), data_only=True)
    assert book.sheetnames == ["汇总", "值班补贴", "案件补贴", "资金台账", "任务进度", "明细"]
    summary = {row[0]: row[1] for row in book["汇总"].iter_rows(values_only=True) if isinstance(row[1], int | float)}
    assert Decimal(str(summary["期末结余"])) == Decimal(document["special_fund"]["closing"])
    totals = {
        name: next(row for row in book[name].iter_rows(values_only=True) if row[0] == "合计")
        for name in ("值班补贴", "案件补贴", "明细")
    }
    due = sum(Decimal(month["due"]) for month in document["duty_pay"])
    assert Decimal(str(totals["值班补贴"][3])) == due
    case_sum = Decimal(document["case_subsidy"]["special"]) + Decimal(document["case_subsidy"]["operating"])
    assert Decimal(str(totals["案件补贴"][15])) + Decimal(str(totals["案件补贴"][16])) == case_sum
    assert Decimal(str(totals["明细"][6])) == due + case_sum
    assert read_workbook(download.content)  # and our own reader, with its limits, can open it


def test_the_workbook_shows_no_recipient_by_full_name_and_totals_are_formulas(story):
    download = return_workbook(figures_of(county=story.county, quarter=Q1), by=story.people["finance"])
    texts = {cell for row in load_workbook(BytesIO(download.content))["案件补贴"].iter_rows(values_only=True) for cell in row}
    assert not any(str(text).startswith("受援人0") for text in texts)
    assert any(str(text).startswith("=SUM(") for text in texts)


# -- the way


def test_a_return_goes_from_finance_to_the_section_to_the_leader_to_the_city_each_by_other_hands(story):
    report = returns.draft_return(county=story.county, quarter=Q1, by=story.people["finance"])
    with pytest.raises(returns.ReturnRefused, match="没有“复核季报”的权限"):
        story.step(returns.review_return, report, "finance")
    with pytest.raises(returns.ReturnRefused, match="没有的写“无”"):
        story.step(returns.review_return, report, "section")
    story.step(returns.write_narrative, report, "finance", problems="个别站点登记不及时。", next_steps="抽查补记。")
    report = story.step(returns.review_return, report, "section", note="数据无误")
    report = story.sign(report)
    assert report.is_signed and report.workbook and report.letter
    assert read_file(report.letter).startswith(b"%PDF")
    report = story.step(returns.send_return, report, "finance", sent_on=date(2022, 4, 6))
    assert list(QuarterlyReturn.objects.visible_to(story.people["city"])) == [report]
    report = story.step(returns.note_return, report, "city")
    assert report.status == "noted" and report.late_days == 0
    assert [event.to_status for event in report.events.all()] == ["draft", "reviewed", "signed", "sent", "noted"]


def test_the_city_does_not_see_what_was_not_sent_to_it(story):
    report = story.to_signed()
    assert not QuarterlyReturn.objects.visible_to(story.people["city"]).exists()
    assert QuarterlyReturn.objects.visible_to(story.people["finance"]).get() == report


def test_a_quarter_that_is_not_over_has_no_return(story):
    with pytest.raises(returns.ReturnRefused, match="还没有结束"):
        returns.draft_return(county=story.county, quarter=Q2, by=story.people["finance"])


def test_a_return_whose_books_moved_since_is_not_reviewed_until_it_is_read_again(story):
    report = story.drafted()
    story.money("700.00", day="2022-02-10", document_no="晋市财〔2022〕2号")
    with pytest.raises(returns.ReturnRefused, match="数据有变动（资金收支）"):
        story.step(returns.review_return, report, "section")
    report = returns.draft_return(county=story.county, quarter=Q1, by=story.people["finance"])
    assert story.step(returns.review_return, report, "section").status == "reviewed"


def test_sending_back_needs_a_reason_and_goes_to_the_draft(story):
    report = story.step(returns.review_return, story.drafted(), "section")
    with pytest.raises(returns.ReturnRefused, match="没有写退回理由"):
        story.step(returns.send_back_return, report, "leader", reason=" ")
    report = story.step(returns.send_back_return, report, "leader", reason="请写明问题")
    assert report.status == "draft" and report.reviewed_by is None
    assert Notice.objects.filter(to=story.people["finance"], text__contains="请写明问题").exists()


@pytest.mark.rule("Z-RPT-1")
def test_what_the_city_returns_stays_as_it_was_signed_and_a_second_one_follows(story):
    first = story.to_signed()
    story.step(returns.send_return, first, "finance", sent_on=date(2022, 4, 6))
    story.step(returns.return_to_county, first, "city", reason="缺站点明细")
    story.money("700.00", day="2022-02-10", document_no="晋市财〔2022〕2号")
    second = returns.draft_return(county=story.county, quarter=Q1, by=story.people["finance"])
    first.refresh_from_db()
    assert (first.status, second.status, second.revision) == ("returned", "draft", 2)
    assert first.figures["special_fund"]["received"] == "20000.00" and second.figures["special_fund"]["received"] == "20700.00"


def test_the_command_prints_the_signed_figures_whatever_the_books_say_later(story, real_day):
    story.to_signed()
    story.money("700.00", day="2022-02-10", document_no="晋市财〔2022〕2号")
    out = StringIO()
    real_day()
    call_command("quarterly_report", "2022Q1", "--county", "140525", "--json", "--as", "finance", stdout=out)
    document = json.loads(out.getvalue())
    assert document["signed"] is True and document["special_fund"]["received"] == "20000.00"


def test_the_command_writes_a_workbook_and_prints_the_same_figures(story, real_day, tmp_path):
    out, target = StringIO(), tmp_path / "季报.xlsx"
    real_day()
    call_command("quarterly_report", "2022Q1", "--county", "140525", "--output", str(target), "--json", stdout=out)
    document = json.loads(out.getvalue())
    assert document == story.document(Q1)
    assert load_workbook(target).sheetnames[0] == "汇总"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("2022Q5", "--county", "140525", "--json"), "季度"),
        (("2022Q1", "--county", "999999", "--json"), "没有"),
        (("2022Q1", "--county", "140525"), "--output"),
        (("2022Q1", "--county", "140525", "--output", "x.csv"), ".xlsx"),
        (("2025Q1", "--county", "140525", "--json"), "方案"),
    ],
)
def test_bad_input_to_the_command_is_one_readable_line_and_exit_code_two(story, real_day, words, told):
    err = StringIO()
    real_day()
    with pytest.raises(SystemExit) as stopped:
        call_command("quarterly_report", *words, stderr=err)
    assert stopped.value.code == 2 and told in err.getvalue() and len(err.getvalue().splitlines()) == 1


# -- I19: what was signed never changes, whoever asks and however


@pytest.mark.rule("I19")
@pytest.mark.parametrize(
    "change",
    [
        lambda report: QuarterlyReturn.objects.filter(pk=report.pk).update(figures={}),
        lambda report: QuarterlyReturn.objects.filter(pk=report.pk).update(problems="另写"),
        lambda report: QuarterlyReturn.objects.filter(pk=report.pk).update(status="draft"),
        lambda report: QuarterlyReturn.objects.filter(pk=report.pk).update(signed_by=report.prepared_by),
        lambda report: QuarterlyReturn.objects.filter(pk=report.pk).update(status="sent", sent_on="2022-04-06", figures={}),
        lambda report: QuarterlyReturn.objects.filter(pk=report.pk).update(first="2022-04-01"),
        lambda report: _sql("DELETE FROM subsidies_quarterlyreturn WHERE id = %s", report.pk),
        lambda report: QuarterlyReturn.objects.bulk_update([_changed(report)], ["figures"]),
        lambda report: _changed(report).save(),
        lambda report: _sql("UPDATE subsidies_quarterlyreturn SET figures = '{}' WHERE id = %s", report.pk),
        lambda report: _sql("UPDATE subsidies_quarterlyreturnevent SET reason = '' WHERE report_id = %s", report.pk),
        lambda report: _sql("DELETE FROM subsidies_quarterlyreturnevent WHERE report_id = %s", report.pk),
    ],
)
def test_a_signed_return_is_not_changed_by_any_path(story, change):
    report = story.to_signed()
    refused(lambda: change(report))


def _changed(report):
    report.figures = report.figures | {"county": "别处"}
    return report


def _sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)


@pytest.mark.rule("I19", "I20")
def test_a_move_without_its_event_or_its_audit_entry_is_refused(story):
    report = returns.draft_return(county=story.county, quarter=Q1, by=story.people["finance"])
    section = story.people["section"].pk
    refused(
        lambda: QuarterlyReturn.objects.filter(pk=report.pk).update(
            status="reviewed", reviewed_by=section, reviewed_at=clock.now()
        )
    )


def test_a_quarter_has_one_standing_return_also_when_two_officers_draft_at_once(story):
    report = returns.draft_return(county=story.county, quarter=Q1, by=story.people["finance"])
    values = {field.attname: getattr(report, field.attname) for field in report._meta.concrete_fields if field.attname != "id"}
    refused(lambda: QuarterlyReturn.objects.create(**values | {"revision": 2}))


# -- reminders


@pytest.mark.rule("Z-RPT-1")
def test_on_the_last_working_day_before_the_15th_whose_turn_it_is_is_told_once(story, monkeypatch):
    story.drafted()
    monkeypatch.setenv("TODAY", "2022-04-14")
    assert returns.remind_of_returns() == 0
    monkeypatch.setenv("TODAY", "2022-04-15")
    assert returns.remind_of_returns() == 2  # both officers of the section
    assert returns.remind_of_returns() == 0


@pytest.mark.rule("Z-RPT-1")
def test_a_missed_day_of_reminding_is_made_up_for_and_lateness_is_told(story, monkeypatch):
    report = story.drafted()
    monkeypatch.setenv("TODAY", "2022-04-15")
    assert returns.remind_of_returns() == 2
    monkeypatch.setenv("TODAY", "2022-04-18")  # a Monday: the 15th was a working day
    assert returns.remind_of_returns() == 2
    late = Notice.objects.filter(to=story.people["section"]).order_by("-pk").first()
    assert "已经过了最迟报送日 2022-04-15" in late.text
    story.step(returns.review_return, report, "section")
    assert (
        returns.remind_of_returns() == 1
        and Notice.objects.filter(to=story.people["leader"], text__contains="最迟报送日").exists()
    )


def test_a_draft_that_made_itself_waits_for_the_words_of_finance_and_then_for_the_section(story, monkeypatch):
    def waits(login):
        return [item.title for item in money_todo(story.people[login]) if "季度报告" in item.title]

    report = returns.draft_return(county=story.county, quarter=Q1, by=story.system)
    assert (waits("finance"), waits("section")) == (["填写2022年第一季度季度报告的文字"], [])
    monkeypatch.setenv("TODAY", "2022-04-15")
    assert returns.remind_of_returns() == 1
    assert Notice.objects.get(kind="reminder").to == story.people["finance"]
    story.step(returns.write_narrative, report, "finance", problems="无", next_steps="无")
    assert (waits("finance"), waits("section")) == ([], ["复核2022年第一季度季度报告"])


@pytest.mark.rule("Z-FUND-1", "Z-RPT-1")
def test_money_that_waits_at_the_treasury_does_not_move_the_figures_from_day_to_day(story, monkeypatch):
    enter_movement(fund=story.fund, kind="arrived", day=date(2022, 3, 1), amount=Decimal("900.00"), document_no="虚构财〔2022〕8号",
                   by=story.people["finance"])  # fmt: skip
    report = story.drafted()
    (waiting,) = report.figures["receipts"]
    assert (waiting["forward_due_on"], waiting["forwarded_on"], waiting["late_days"]) == ("2022-03-08", None, 29)
    monkeypatch.setenv("TODAY", "2022-04-08")
    report = story.sign(story.step(returns.review_return, report, "section"))
    assert report.figures["receipts"][0]["late_days"] == 29


@pytest.mark.rule("Z-RPT-2")
def test_the_figures_of_cash_lead_to_their_entries_and_only_to_those_of_the_quarter(story):
    story.march_is_paid()
    report = returns.draft_return(county=story.county, quarter=Q1, by=story.people["finance"])
    client = Client()
    client.post("/login/", {"login": "finance", "password": PASSWORD})
    page = client.get(reverse("quarterly-return", args=[report.pk]))
    links = [
        html.unescape(url) for url in re.findall(r'href="(/ledger/[^"]*quarter=1[^"]*kind=movement)"', page.content.decode())
    ]
    assert len(links) == 3
    entries = list(client.get(links[0]).context["page"])
    assert [entry.amount for entry in entries] == [Decimal("20000.00")]
    assert not list(client.get(links[0].replace("quarter=1", "quarter=2")).context["page"])

"""The year's settlement and the performance tables: F34, F35."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from common.errors import Refused
from common.periods import Quarter
from records.models import IssuedPaper
from subsidies.exports.annual import numbered_year_pdf, year_pdf, year_workbook
from subsidies.models import IndicatorReason, Payment
from subsidies.rules.annual import Indicator, YearOfFund, rate
from subsidies.services import returns
from subsidies.services.annual_figures import write_reason, year_figures
from subsidies.services.case_payment import record_returned_case_transfer
from subsidies.services.quarterly_figures import cash_by_payment_date
from tests.subsidies.case_world import CaseWorld
from tests.subsidies.test_quarterly_return import Story
from tests.subsidies.world import PASSWORD

amounts = st.decimals(0, 10**6, places=2)


@given(st.lists(amounts, min_size=6, max_size=6))
def test_what_came_less_what_went_is_carried_over_to_the_yuan(parts):
    year = YearOfFund("special", *parts)
    opening, received, returned, remitted, duty, cases = parts
    assert year.carried_over + remitted + duty + cases == opening + received + returned


def indicator(target, actual, time=None):
    return Indicator(
        "x", "产出", "指标", "件", "附件2", target and Decimal(target), actual and Decimal(actual), time and Decimal(time)
    )


@pytest.mark.rule("Z-CON-2")
def test_an_output_is_behind_when_it_lags_the_working_days_that_have_passed():
    assert indicator("135", "90", "70.0").is_behind and not indicator("135", "95", "70.0").is_behind


def test_a_rate_is_behind_below_its_target_and_nothing_is_said_where_the_plan_sets_none():
    assert indicator("95", "94.9").is_behind and not indicator("95", "95").is_behind
    assert indicator(None, "12").percent is None and not indicator(None, "12").is_behind
    assert rate(0, 0) is None and rate(2, 3) == Decimal("66.7")


@pytest.fixture
def story(db):
    story = Story()
    story.march_is_paid()
    story.remit("500.00", date(2022, 4, 5))
    return story


@pytest.mark.rule("Z-RPT-1", "Z-RPT-2")
def test_paid_cases_are_cash_for_cases_and_not_for_duty_also_when_one_transfer_came_back(db):
    world = CaseWorld()
    world.fill(special="5000.00", operating="5000.00")
    world.cases(2, standard="1500.00")
    world.case(firm=world.other_firm)
    paid = world.list_to("paid")
    quarter = cash_by_payment_date(world.county, Quarter(2022, 2))
    assert (quarter.duty_pay, quarter.case_subsidy) == (0, Decimal("3000.00"))
    year = year_figures(county=world.county, year=2022)
    assert [(fund.duty_pay, fund.case_subsidy) for fund in year.funds] == [(0, Decimal("3000.00")), (0, Decimal("1000.00"))]
    payment = Payment.objects.get(case_row__list=paid, amount="1000.00", case_row__name=world.other_firm.name)
    record_returned_case_transfer(
        payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="户名不符", by=world.people["cashier"]
    )
    quarter = cash_by_payment_date(world.county, Quarter(2022, 2))
    assert (quarter.duty_pay, quarter.case_subsidy) == (0, Decimal("2000.00"))


@pytest.mark.rule("Z-RPT-2", "Z-FUND-1")
def test_the_year_until_today_stands_against_the_plans_targets(story):
    figures = year_figures(county=story.county, year=2022)
    assert (figures.special.received, figures.special.duty_pay) == (Decimal("20000.00"), Decimal("1050.00"))
    assert figures.special.carried_over == Decimal("18450.00") == story.fund.balance
    found = {each.code: each for each in figures.indicators}
    assert (found["consultations"].target, found["cases"].target, found["satisfaction"].target) == (4400, 135, 95)
    assert found["cases"].actual == 4 and found["cases"].is_behind
    assert found["return"].actual is None  # the first quarter is over, its return may still be sent until the 15th
    assert found["quality"].target is None


@pytest.mark.rule("Z-RPT-1")
def test_a_return_counts_as_late_only_after_its_last_day_and_as_sent_from_the_day_it_went(story, monkeypatch):
    def share(day):
        monkeypatch.setenv("TODAY", day)
        return next(each.actual for each in year_figures(county=story.county, year=2022).indicators if each.code == "return")

    report = story.to_signed()
    assert (share("2022-04-15"), share("2022-04-16")) == (None, 0)
    monkeypatch.setenv("TODAY", "2022-04-08")
    story.step(returns.send_return, report, "finance", sent_on=date(2022, 4, 8))
    assert (share("2022-04-08"), share("2022-07-15"), share("2022-07-16")) == (100, 100, 50)


def test_the_workbook_holds_settlement_and_the_three_tables_of_performance(story):
    figures = year_figures(county=story.county, year=2022)
    book = load_workbook(BytesIO(year_workbook(figures, by=story.people["finance"]).content), data_only=True)
    assert book.sheetnames == ["年度清算与结转表", "年度任务", "绩效目标表", "绩效监控表", "绩效自评表"]
    rows = list(book["年度清算与结转表"].iter_rows(values_only=True))
    special = next(row for row in rows if row[0] == "省级专项资金")
    total = next(row for row in rows if row[0] == "合计")
    assert Decimal(str(special[-1])) == Decimal("18450") and Decimal(str(total[-1])) == Decimal("18450")
    assert year_pdf(figures, by=story.people["finance"]).content.startswith(b"%PDF")


def test_the_last_words_about_an_indicator_hold_and_the_earlier_ones_stay(story):
    finance = story.people["finance"]
    for words in ("一季度人手不足。", "已补足人手，四季度集中办理。"):
        write_reason(county=story.county, year=2022, indicator="cases", reason=words, by=finance)
    found = {each.code: each.reason for each in year_figures(county=story.county, year=2022).indicators}
    assert found["cases"] == "已补足人手，四季度集中办理。" and IndicatorReason.objects.count() == 2


@pytest.mark.parametrize(
    ("login", "indicator_code", "words", "told"),
    [
        ("cashier", "cases", "原因", "没有“编制季报”的权限"),
        ("finance", "nonsense", "原因", "没有这个指标"),
        ("finance", "cases", "  ", "没有写偏差原因"),
    ],
)
def test_words_about_an_indicator_need_a_post_an_indicator_and_something_to_say(story, login, indicator_code, words, told):
    with pytest.raises(Refused, match=told):
        write_reason(county=story.county, year=2022, indicator=indicator_code, reason=words, by=story.people[login])
    assert not IndicatorReason.objects.exists()


def test_a_years_paper_is_numbered_once_it_is_over_kept_and_void_when_the_books_have_moved(story, monkeypatch):
    finance = story.people["finance"]

    def paper():
        return numbered_year_pdf(year_figures(county=story.county, year=2022), by=finance)

    with pytest.raises(Refused, match="2022年还没有结束"):
        paper()
    monkeypatch.setenv("TODAY", "2023-01-05")
    first = paper()
    assert first.content.startswith(b"%PDF") and paper().content == first.content
    (kept,) = IssuedPaper.objects.about(story.county)
    assert (
        kept.number.startswith("QS-140525-2022-01-") and kept.number in PdfReader(BytesIO(first.content)).pages[0].extract_text()
    )
    write_reason(county=story.county, year=2022, indicator="cases", reason="四季度集中办理。", by=finance)
    assert paper().content != first.content
    states = list(IssuedPaper.objects.about(story.county).order_by("pk").values_list("state", flat=True))
    assert states == ["void", "issued"]


def test_in_january_the_year_that_has_ended_is_still_the_page_and_its_files_a_click_away(story, monkeypatch):
    monkeypatch.setenv("TODAY", "2023-01-05")
    client = Client()
    client.post("/login/", {"login": "finance", "password": PASSWORD})
    page = client.get(reverse("fund-year"))
    assert page.context["figures"].year == 2022 and "编号打印清算与绩效表" in page.content.decode()
    lists = client.get(reverse("case-lists")).content.decode()
    assert "2022年双资金防重对照表" in lists and "2022年第四季度免税申报表" in lists
    assert client.post(reverse("fund-year-paper", args=[2022])).content.startswith(b"%PDF")
    assert "QS-140525-2022-01-" in client.get(reverse("fund-year")).content.decode()

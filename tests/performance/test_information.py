"""Half-year information for everybody: only after a person published it, no personal data, no number that points at somebody."""

from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from performance.rules.small_numbers import FEW, LEAST, NOT_LISTED, public_table, told
from performance.services import reports
from records.services import read_file
from tests.performance.report_world import SECRET_NAME, TEXTS, pdf_text
from tests.subsidies.world import id_number

ADDRESS = "/p/info/"


@pytest.fixture
def july(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-07-20")


@pytest.fixture
def told_of(world, july):
    """Cases of few and of many, with names and numbers that must not come out."""
    for day in range(1, 8):
        world.case(f"2022-03-{day:02}", received_on=date(2022, 3, day), approved_on=date(2022, 3, day))
    world.case("2022-03-09", type="criminal_defence", received_on=date(2022, 3, 1), approved_on=date(2022, 3, 2))
    world.money("50000.00", day="2022-02-01")
    return world


@given(st.dictionaries(st.sampled_from("甲乙丙丁戊己庚"), st.integers(0, 30), min_size=1))
def test_no_small_number_can_be_worked_out_from_what_is_told(values):
    table = public_table(values)
    small = {name for name, value in values.items() if 0 < value < LEAST}
    assert {name for name, cell in table.cells.items() if cell == FEW} == small
    if small and table.total not in (FEW, NOT_LISTED):
        hidden = [name for name, cell in table.cells.items() if cell in (FEW, NOT_LISTED)]
        rest = sum(values.values()) - sum(value for name, value in values.items() if name not in hidden)
        # Every small number could still be any other small one.
        for name in small:
            others = [values[other] for other in hidden if other != name]
            assert any(value >= LEAST for value in others) and rest > values[name]
            lowest = sum(1 if value < LEAST else LEAST for value in others)
            assert rest - 1 >= lowest or values[name] == 1


def test_numbers_are_told_as_few_only_between_one_and_four():
    assert [told(number) for number in (0, 1, 4, 5, 1234)] == ["0", FEW, FEW, "5", "1,234"]
    assert public_table({"甲": 3, "乙": 1}).total == FEW
    assert public_table({"甲": 3, "乙": 4}).total == NOT_LISTED, "their sum would say how they are split"
    assert public_table({"甲": 30, "乙": 3, "丙": 12}).cells == {"甲": "30", "乙": FEW, "丙": NOT_LISTED}


def test_nothing_is_public_before_it_is_issued(told_of):
    report = told_of.reviewed(kind="information", period="2022H1")
    assert "还没有公布的信息" in Client().get(ADDRESS).text
    assert Client().get(f"/p/info/{report.pk}.pdf").status_code == 404
    told_of.issue(report)
    assert "2022年上半年工作公开信息" in Client().get(ADDRESS).text


def test_no_other_report_can_be_reached_from_outside(told_of):
    month = told_of.issued(period="2022-06")
    assert Client().get(f"/p/info/{month.pk}.pdf").status_code == 404
    assert month.number not in Client().get(ADDRESS).text


def test_page_and_paper_hold_figures_and_no_person(told_of):
    report = told_of.issued(kind="information", period="2022H1")
    page = Client().get(ADDRESS).text
    paper = pdf_text(read_file(report.paper.file))
    assert "50,000.00" in page and "免费法律咨询300人次" in page and "刑事辩护" in page and FEW in page
    assert "50,000.00" in paper and "少于5" in paper and report.number in paper
    people = [SECRET_NAME, "受援人0", told_of.lawyer.name, id_number(1), *(user.name for user in told_of.people.values())]
    assert [name for name in people if name in page or name in paper] == []
    response = Client().get(f"/p/info/{report.pk}.pdf")
    assert b"".join(response.streaming_content) == read_file(report.paper.file)


def test_the_single_criminal_case_is_told_as_few_and_the_total_does_not_give_it_away(told_of):
    told_of.issued(kind="information", period="2022H1")
    page = Client().get(ADDRESS).text
    table = page.split("受理案件，按类型")[1].split("</table>")[0]
    assert FEW in table and NOT_LISTED in table and '<td class="r">1</td>' not in table and '<td class="r">7</td>' not in table


def test_a_new_version_takes_the_place_of_the_old_one_at_once(told_of):
    first = told_of.issued(kind="information", period="2022H1")
    before = Client().get(ADDRESS)
    assert first.number in before.text
    assert Client(headers={"If-None-Match": before["ETag"]}).get(ADDRESS).status_code == 304
    second = told_of.draft(kind="information", period="2022H1", reason="更正资金数")
    second = told_of.issue(
        told_of.step(reports.review_report, told_of.step(reports.write_texts, second, "section", texts=TEXTS), "section2")
    )
    after = Client(headers={"If-None-Match": before["ETag"]}).get(ADDRESS)
    assert after.status_code == 200 and second.number in after.text and first.number not in after.text
    assert Client().get(f"/p/info/{first.pk}.pdf").status_code == 404


def test_a_period_nobody_published_is_not_found(told_of):
    told_of.issued(kind="information", period="2022H1")
    assert Client().get(ADDRESS + "?period=2022H1").status_code == 200
    assert Client().get(ADDRESS + "?period=2021H2").status_code == 404
    assert Client().get(ADDRESS + "?county=999999").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reading_pages_take_nothing(db, method):
    for address in (ADDRESS, "/p/", "/p/help/", "/p/duty/"):
        assert getattr(Client(), method)(address).status_code == 405

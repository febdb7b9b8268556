"""F12 目标任务完成进度表 against a month worked by hand; its workbook and paper; whom its numbers lead where."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from consultations.models import Consultation
from performance.exports.progress_table import progress_paper, progress_workbook, signed
from performance.rules.progress import Counts, Time, pooled, ranks
from performance.services.figures import figures_of
from performance.services.links import links_of
from tests.performance.report_world import WORKED, pdf_pages, pdf_text

MARCH = {"first": date(2022, 3, 1), "last": date(2022, 3, 31)}


def document_of(world):
    return figures_of(county=world.county, **MARCH)


@pytest.mark.rule("Z-CON-2", "Z-CON-3")
@pytest.mark.parametrize("unit", WORKED["units"])
def test_a_units_line_is_the_one_worked_by_hand(world, unit):
    row = next(row for row in document_of(world)["stations"] if row["station"] == world.station(unit).pk)
    worked = {key: value for key, value in WORKED["units"][unit].items() if key in row}
    assert {key: row[key] for key in worked} == worked
    assert row["satisfaction"] == worked.get("satisfaction")


@pytest.mark.rule("Z-CON-2", "Z-CON-3")
def test_the_county_is_pooled_and_its_time_line_counts_working_days(world):
    document = document_of(world)
    assert document["time"] == WORKED["time"]
    assert {key: document["total"][key] for key in WORKED["total"]} == WORKED["total"]
    assert len(document["stations"]) == 17 and sum(row["target"] for row in document["stations"]) == 4400


@pytest.mark.rule("Z-CON-2")
def test_units_without_a_consultation_stand_in_the_table_with_the_rank_after_those_before_them(world):
    names = [world.station(name).pk for name in WORKED["units"]]
    rest = [row for row in document_of(world)["stations"] if row["station"] not in names]
    assert len(rest) == 14
    assert {(row["rank"], row["percent"], row["pace"]) for row in rest} == {tuple(WORKED["rest"].values())}


@pytest.mark.rule("Z-CON-1")
def test_void_records_and_later_ones_do_not_count(world):
    before = document_of(world)
    world.record(world.bagong, date(2022, 3, 20), is_void=True, void_reason="重复").save()
    world.record(world.bagong, date(2022, 4, 1)).save()
    assert document_of(world) == before


def test_each_month_of_the_year_stands_in_the_trend_empty_ones_too(world):
    assert document_of(world)["months"] == [["2022-01", 130], ["2022-02", 0], ["2022-03", 170]]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=20))
def test_a_rank_is_one_more_than_the_number_of_those_ahead(pairs):
    rows = [Counts(target, 0, done, 0, 0) for target, done in pairs]
    for row, rank in zip(rows, ranks(rows), strict=True):
        ahead = [other for other in rows if other.target and row.target and other.done * row.target > row.done * other.target]
        assert rank == (len(ahead) + 1 if row.target else None)


@given(done=st.integers(0, 5000), target=st.integers(1, 5000), passed=st.integers(0, 249))
def test_pace_is_rounded_once_from_the_exact_difference(done, target, passed):
    exact = 100 * done / target - 100 * passed / 249
    assert abs(float(Time(passed, 249).pace(done, target)) - exact) <= 0.05 + 1e-9


def test_nothing_counted_gives_no_rate_instead_of_a_division_by_zero():
    empty = pooled([Counts(0, 0, 0, 0, 0)])
    assert (empty.satisfaction, empty.strict, empty.response, Time(0, 0).pace(3, 0)) == (None, None, None, None)
    assert [signed(text) for text in (None, "3.2", "-1.1", "0.0", "-0.0")] == ["—", "+3.2", "−1.1", "0.0", "0.0"]


def test_the_workbook_says_what_the_page_says_with_numbers_as_numbers(world):
    download = progress_workbook(world.county, document_of(world), "2022年3月", by=world.people["section"])
    sheet = load_workbook(BytesIO(download.content))["进度表"]
    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows() if row[0].value}
    bagong = rows[world.bagong.name]
    assert bagong[1:4] == [240, 10, 40] and bagong[5] == -7.4 and bagong[9] == 2
    assert [round(float(value), 3) for value in (bagong[4], bagong[7], bagong[8])] == [0.167, 0.975, 1.0]
    assert rows[world.gaodu.name][7] is None, "no rating is blank, not nought"


def test_the_paper_lists_every_unit_and_the_county_on_one_sheet(world):
    content = progress_paper(world.county, document_of(world), "2022年3月", by=world.people["section"]).content
    text = pdf_text(content)
    assert "目标任务完成进度表" in text and "北石店镇" in text and "全县" in text and "−17.3" in text and "95.0%" in text
    assert pdf_pages(content) == 1


def test_the_page_shows_table_and_charts_and_its_numbers_lead_to_their_lists(world):
    client = Client()
    client.force_login(world.people["section"])
    page = client.get("/reports/progress/2022-03/").text
    assert f"/consultations/?station={world.bagong.pk}&amp;since=2022-03-01&amp;until=2022-03-31" in page
    assert page.count('class="chart"') == 4 and "哪些单位慢于时间进度？" in page and "+4.9" in page
    listed = client.get(f"/consultations/?station={world.bagong.pk}&since=2022-03-01&until=2022-03-31").text
    assert "10 条" in listed
    chart = client.get("/reports/progress/2022-03/chart/progress/wide.svg")
    assert chart["Content-Type"] == "image/svg+xml" and "时间进度 24.1%" in chart.content.decode()
    assert ">0.0%<" in chart.content.decode(), "shares keep their decimal"
    assert client.get("/reports/progress/2022-03/chart/nonsense/wide.svg").status_code == 404
    assert client.get("/reports/progress/2022-05/").status_code == 404, "a month that has not begun"


def test_readers_without_the_lists_get_numbers_without_links(world):
    document = document_of(world)
    links = links_of(world.people["city"], document)
    assert links["stations"] == {} and links["findings"] == {} and links["cases"] == ""
    client = Client()
    client.force_login(world.people["city"])
    assert "/consultations/?station=" not in client.get("/reports/progress/2022-03/").text


def test_figures_are_read_with_the_same_number_of_queries_whatever_the_size(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as few:
        document_of(world)
    Consultation.objects.bulk_create(world.record(world.gaodu, date(2022, 3, 17)) for _ in range(500))
    with django_assert_max_num_queries(len(few.captured_queries)):
        document_of(world)

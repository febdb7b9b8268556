"""A list page asks as much of the database with many rows as with few."""

import pytest

from benchmarks import gen, pages
from common.periods import YearMonth
from subsidies.services.drafting import draft_all

# With session, user, posts and what every page's frame asks. These may only fall.
MOST = {"roster month": 18, "attendance": 15, "ledger": 16}


@pytest.fixture
def counties(db, monkeypatch):
    """A county with few rows and one with many, each with a reader of its own."""
    monkeypatch.setenv("TODAY", "2022-04-06")
    few = gen.fill(counties=1, months=[3], shifts=10, people=5)[0]
    many = gen.fill(counties=1, months=[1, 2, 3], shifts=150, people=60, first=1)[0]
    for county, months, rows in ((few, [3], 10), (many, [1, 2, 3], 600)):
        by = gen.users_of_the_bench()[0]
        for month in months:
            draft_all(counties=[county], month=YearMonth(2022, month), by=by)
        pages.grow(county, rows)
    return pages.reader_of(few), pages.reader_of(many)


@pytest.mark.parametrize("listed", [name for name in pages.PAGES if not name.endswith("deep")])
def test_a_list_page_asks_a_constant_number_of_queries(counties, listed):
    few, many = (pages.queries_of(client, listed) for client in counties)
    assert len(many) == len(few), [sql for sql in many if sql[:40] not in {known[:40] for known in few}] or many
    assert len(many) <= MOST.get(listed, 12), "\n".join(sql[:160] for sql in many)


@pytest.mark.parametrize("listed", ["consultations", "audit", "ledger"])
def test_a_page_further_on_asks_no_more_than_the_first(counties, listed, monkeypatch):
    _few, many = counties
    first = pages.queries_of(many, listed)
    monkeypatch.setitem(pages.PAGES, "third", (pages.PAGES[listed][0], "?page=3"))
    assert len(pages.queries_of(many, "third")) == len(first)

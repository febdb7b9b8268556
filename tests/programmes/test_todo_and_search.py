"""What this floor gives to the to-do list and to the search box."""

from datetime import date

import pytest
from django.urls import reverse

from programmes import context
from programmes.search import search
from programmes.services.calendars import load_calendar
from programmes.services.years import confirm_draft, open_next_year
from programmes.todo import todo_items


@pytest.fixture(autouse=True)
def loaded_2022(system, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")
    monkeypatch.setattr(context, "_loaded", set())
    load_calendar(by=system, years=[2022])


def titles(user):
    return [item.title for item in todo_items(user)]


def test_a_draft_waits_for_everybody_who_may_confirm_but_its_writer_and_then_for_nobody(plan, somebody):
    section, leader, finance = somebody("section"), somebody("leader"), somebody("finance")
    draft = open_next_year(plan=plan, by=section)
    assert [titles(user) for user in (section, leader, finance)] == [[], ["核对2023年方案草稿"], []]
    assert next(iter(todo_items(leader))).due_on == date(2023, 1, 1)
    confirm_draft(draft_id=draft.pk, version=1, by=leader)
    assert titles(leader) == []


def test_a_missing_calendar_waits_for_the_section_until_it_is_loaded(county, somebody, monkeypatch, system):
    section, finance = somebody("section"), somebody("finance")
    assert titles(section) == []
    monkeypatch.setenv("TODAY", "2022-12-05")
    assert [titles(user) for user in (section, finance)] == [["载入2023年工作日历"], []]
    load_calendar(by=system, years=[2023])
    assert titles(section) == []


def test_clauses_are_found_by_their_words_within_sight(plan, county, somebody):
    from organizations.models import Region

    hits = list(search(somebody("clerk", station=county.stations.first()), "脱岗"))
    assert [hit.title for hit in hits] == ["泽州县2022年方案 五（二）1（4）"]
    assert hits[0].url.startswith(reverse("plan-of", args=["zezhou-2022"]) + "?q=")
    other = Region.objects.create(level="county", name="示例县", parent=county.parent)
    assert not list(search(somebody("section", region=other), "脱岗"))
    assert not list(search(somebody("leader"), " "))

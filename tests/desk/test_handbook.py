"""Help on each page: the sections and clauses that are named exist, and no page of the menu is without."""

import pytest
from django.urls import get_resolver

from accounts.menu import MENU
from desk.services import handbook
from programmes.models import Clause
from tests.subsidies.world import World


def names():
    def walk(resolver):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern)
            elif pattern.name:
                yield pattern.name

    return set(walk(get_resolver()))


@pytest.mark.parametrize("key", handbook.topics())
def test_a_topic_names_pages_and_sections_that_exist(key):
    assert any(name == key or key.endswith("*") and name.startswith(key[:-1]) for name in names())
    assert set(handbook.topics()[key].sections) <= set(handbook.sections())


def test_every_clause_that_help_names_is_one_of_the_plan(db):
    World()
    known = set(Clause.objects.filter(plan__code="zezhou-2022").values_list("number", flat=True))
    named = {number for topic in handbook.topics().values() for number in topic.clauses}
    assert named - known == set()


def test_every_page_of_the_menu_has_its_section():
    pages = {page.url for group in MENU for entry in group.entries for page in entry.pages} & names()
    without = {page for page in pages if not handbook.topic_for(page).sections}
    assert without <= {
        "stations",
        "organizations",
        "regions",
        "posts",
        "audit",
        "reports",
        "ratings",
        "followups",
        "inspections",
        "signals",
        "obligations",
    }


def test_the_longest_key_that_fits_speaks():
    assert handbook.topic_for("case-deadlines").sections == ("期限看板",)
    assert handbook.topic_for("case-step").sections == ("案件列表与案件页",)
    assert handbook.topic_for("nonsense") == handbook.Topic()


def test_the_page_shows_how_it_is_used_and_the_plans_own_sentence(client, db, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")
    world = World()
    client.force_login(world.people["finance"])
    page = client.get("/help/?on=ledger").content.decode()
    assert "台账" in page and "5个工作日" in page
    assert "使用手册" in client.get("/help/?on=<script>").content.decode()

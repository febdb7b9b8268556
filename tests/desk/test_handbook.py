"""Help on each page: the sections and clauses that are named exist, and no page of the menu is without."""

import re
from html import unescape

import pytest
from django.urls import get_resolver

from desk.services import handbook
from programmes.models import Clause
from tests.subsidies.world import World


def walk(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern)
        elif pattern.name:
            yield pattern


def names():
    return {pattern.name for pattern in walk(get_resolver())}


# What is shown within a page, and the program's own addresses: nobody asks for help there.
PARTS = {"todo-badge", "dashboard-chart"}


@pytest.mark.parametrize("key", handbook.topics())
def test_a_topic_names_pages_and_sections_that_exist(key):
    assert any(name == key or key.endswith("*") and name.startswith(key[:-1]) for name in names())
    assert set(handbook.topics()[key].sections) <= set(handbook.sections())


def test_every_clause_that_help_names_is_one_of_the_plan(db):
    World()
    known = set(Clause.objects.filter(plan__code="zezhou-2022").values_list("number", flat=True))
    named = {number for topic in handbook.topics().values() for number in topic.clauses}
    assert named - known == set()


def test_every_page_behind_the_login_has_its_section():
    guarded = {pattern.name for pattern in walk(get_resolver()) if getattr(pattern.callback, "action", None)}
    assert len(guarded) > 400
    assert {name for name in guarded - PARTS if not handbook.topic_for(name).sections} == set()


@pytest.mark.parametrize(
    ("page", "heading"),
    [
        ("bank-account", "人员"), ("bank-file", "支付"), ("bank-statement", "对账"), ("case-mark-sign", "惠民标注"),
        ("case-claim-payee", "案件补贴季表"), ("case-archive", "结案审查、归档"), ("case-objection-new", "异议与投诉"),
        ("case-accept", "我的案件（承办人，用手机）"), ("station-today", "签到签退（代签）"), ("station-months", "站点月报确认"),
        ("stations", "站点、机构、行政区划"), ("calendar-feed", "订到手机日历"), ("calendar-year", "看到黄色提示“工作日历没有载入”？"),
        ("swap-offer", "请假、换班、替班"), ("settle-shifts", "补登"), ("roster-coverage-history", "频次核查"),
    ],
)  # fmt: skip
def test_a_page_gets_its_own_section_and_not_its_neighbours(page, heading):
    assert page in names()
    assert handbook.topic_for(page).sections[0] == heading


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


def test_help_leads_back_to_the_page_it_was_asked_on_and_to_no_other_house(client, db):
    world = World()
    client.force_login(world.people["finance"])
    page = client.get("/ledger/?year=2022").text
    [link] = set(re.findall(r'href="(/help/[^"]+)"', page))
    assert 'href="/ledger/?year=2022"' in client.get(unescape(link)).text
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        assert "回到刚才那一页" not in client.get("/help/", {"on": "ledger", "back": elsewhere}).text


def test_the_handbooks_own_list_of_contents_names_every_chapter():
    chapters = [
        heading for level, heading in handbook.HEADING.findall(handbook.GUIDE.read_text(encoding="utf-8")) if level == "##"
    ]
    listed = re.findall(r"^\* \[(.+)\]\(#(.+)\)$", handbook.GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [(heading, handbook.slug(heading, "-")) for heading in chapters]

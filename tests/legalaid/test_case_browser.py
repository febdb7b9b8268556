"""The page of a case on a telephone and on a desk, in a real browser: read, decided, a paper added, with and without its script."""

import os
from datetime import date
from pathlib import Path

import pytest
import time_machine

from legalaid.models import AidCase, CaseNote, Supervision
from legalaid.services import deadlines
from tests.legalaid.steps_world import NOON, PASSWORD, TODAY, World

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")
    with time_machine.travel(NOON, tick=False):
        made = World()
        made.open = made.case(
            "under_review", files=(("application", ""), ("identity", ""), ("group_proof", "migrant_worker"), ("review_sheet", ""))
        )
        deadlines.start(made.open, "aid_decision", date(2022, 9, 22))
        made.running = made.case("concluded", recipient="张虚构")
        for code, day in (
            ("aid_decision", date(2022, 3, 1)),
            ("aid_assignment", date(2022, 3, 4)),
            ("file_submission", date(2022, 8, 31)),
        ):
            limit = deadlines.start(made.running, code, day)
            if code != "file_submission":
                deadlines.meet(limit, {"aid_decision": date(2022, 3, 4), "aid_assignment": date(2022, 3, 9)}[code])
        CaseNote.objects.create(
            case=made.running,
            kind="hearing",
            day=date(2022, 7, 19),
            content="一审开庭，双方到庭",
            by=made.lawyer,
            at="2022-07-19T02:00Z",
        )
        Supervision.objects.create(
            case=made.running, kind="mid_supervision", way="phone", day=date(2022, 5, 12), content="电话回访受援人，反映良好", by=made.centre,
            at="2022-05-12T02:00Z",
        )  # fmt: skip
    return made


def enter(page, live_server, name):
    page.goto(f"{live_server.url}/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], .btn-primary[type=submit]")


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def look(page, live_server, path, name, wide=False):
    """Open a page; it must not scroll sideways."""
    page.goto(f"{live_server.url}{path}")
    page.wait_for_load_state("networkidle")
    shoot(page, f"{name}-{page.viewport_size['width']}")
    assert page.evaluate(FITS), f"{path} scrolls sideways"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_cases_fit_the_screen(page, live_server, world, size):
    page.set_viewport_size(size)
    enter(page, live_server, "director")
    for path, name in (
        ("/cases/", "list"), (f"/cases/{world.open.pk}/", "open"), (f"/cases/{world.running.pk}/", "running"),
        ("/cases/deadlines/", "deadlines"), (f"/cases/{world.open.pk}/steps/grant/", "grant"),
        (f"/cases/{world.open.pk}/steps/refuse/", "refuse"), ("/cases/objections/", "objections"),
    ):  # fmt: skip
        look(page, live_server, path, name)


def test_a_decision_is_taken_on_a_phone(page, live_server, world):
    page.set_viewport_size(PHONE)
    enter(page, live_server, "director")
    page.goto(f"{live_server.url}/cases/{world.open.pk}/")
    page.click("a:has-text('决定给予法律援助')")
    page.fill("textarea[name=reason]", "符合条件")
    page.click("main button[type=submit]:has-text('决定给予法律援助')")
    assert "案件现在是“给予援助”" in page.inner_text("main")
    assert AidCase.objects.get(pk=world.open.pk).approved_on == TODAY
    assert page.locator("a:has-text('撤回“决定给予法律援助”')").count() == 1


def test_without_javascript_the_page_reads_and_a_paper_is_added(browser, live_server, world):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    enter(page, live_server, "centre")
    page.goto(f"{live_server.url}/cases/{world.open.pk}/")
    assert "下一步" in page.inner_text("main")
    page.goto(f"{live_server.url}/cases/{world.open.pk}/files/new/")
    page.select_option("select[name=kind]", "case_material")
    page.check("input[name=is_paper_only]")
    page.click("main button[type=submit]")
    assert "已存入" in page.inner_text("main")
    assert world.open.files.filter(kind="case_material").exists()
    context.close()

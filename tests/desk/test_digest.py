"""今日待办 once a day, and the kinds of notices a person may switch off."""

from datetime import date, datetime

import pytest
import time_machine

from common import clock
from desk.services import digest
from desk.services.digest import send_todo_digests, words_for
from records.models import Notice
from records.services import notify, switch_notices
from records.todo import TodoItem
from tests.subsidies.world import World

TODAY = date(2022, 4, 6)


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")
    world = World()
    world.ordinary_month()
    return world


@pytest.fixture
def morning():
    with time_machine.travel(datetime(2022, 4, 6, 8, 0, tzinfo=clock.SHANGHAI)):
        yield


def item(due=None):
    return TodoItem("核算", "", "/", due)


def test_the_words_say_how_many_how_late_and_what_comes_first():
    assert words_for([], TODAY) == ""
    assert words_for([item(), item(date(2022, 4, 1)), item(date(2022, 4, 9))], TODAY) == "共 3 项，已逾期 1 项，最早 04月09日 到期"
    assert words_for([item(TODAY)], TODAY) == "共 1 项，今天到期"


def test_everybody_with_open_work_is_told_once_a_day(world, morning):
    assert send_todo_digests() > 0
    told = set(Notice.objects.filter(kind="digest").values_list("to__username", flat=True))
    assert "section" in told and "cashier" not in told
    assert send_todo_digests() == 0


def test_the_digest_waits_until_the_office_opens(world):
    with time_machine.travel(datetime(2022, 4, 6, 6, 59, tzinfo=clock.SHANGHAI)):
        assert send_todo_digests() == 0


def test_two_who_send_at_the_same_moment_send_one_notice_a_person(world, morning, monkeypatch):
    """The second waits for the lock and then sees what the first has sent."""
    asked = iter([False, True])
    monkeypatch.setattr(digest, "was_sent", lambda title: next(asked))
    assert send_todo_digests() == 0 and not Notice.objects.filter(kind="digest").exists()


def test_who_switched_the_digest_off_is_not_told(world, morning):
    switch_notices(by=world.people["section"], wanted=["change", "reminder", "job"])
    send_todo_digests()
    assert not Notice.objects.filter(to=world.people["section"], kind="digest").exists()


def test_results_always_arrive_and_other_kinds_only_while_they_are_on(world):
    leader = world.people["leader"]
    switch_notices(by=leader, wanted=[])
    assert notify(to=leader, text="退回") is not None
    for kind in Notice.SWITCHABLE:
        assert notify(to=leader, text=f"{kind}", kind=kind) is None
    switch_notices(by=leader, wanted=["job"])
    assert notify(to=leader, text="做完了", kind="job") is not None


def test_the_switches_are_kept_from_the_page(client, world):
    client.force_login(world.people["section"])
    client.post("/todo/notices/switch/", {"kind": ["digest"]})
    page = client.get("/todo/").content.decode()
    assert 'id="kind-digest" name="kind" value="digest" checked' in page
    assert 'id="kind-job" name="kind" value="job">' in page

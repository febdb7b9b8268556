"""The undertaker's own work: steps in their order, notes, photographs, strikes; each sees only her own. domain.md 3.1 A11–A12, 3.3 B4."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from common.errors import Refused
from legalaid.models import AidCase, CaseFile, CaseNote
from legalaid.services import assigning, undertaking
from legalaid.services.steps import StepRefused
from legalaid.todo import own_cases as todo
from records.services import UploadRefused
from tests.legalaid.undertaking_world import TODAY, UndertakingWorld, photo


@pytest.fixture(autouse=True)
def june(monkeypatch):
    monkeypatch.setenv("TODAY", TODAY.isoformat())


@pytest.fixture
def world(db):
    return UndertakingWorld()


def refused(told, act, kind=Refused):
    with pytest.raises(kind) as refusal:
        act()
    assert told in str(refusal.value)


def step(case, code, by, **fields):
    return undertaking.take_own_step(case_id=case.pk, code=code, by=by, **{"day": TODAY, **fields})


def note(case, by, **fields):
    said = {"kind": "meet", "day": TODAY, "content": "演示：在律所约见，核对工资条。", **fields}
    return undertaking.add_note(case_id=case.pk, by=by, **said)


def words_of(row):
    return (row.kind, row.title)


# --- steps


def test_nothing_is_done_before_the_assignment_is_accepted(world):
    case = world.assigned(accepted=False)
    refused("请先接受", lambda: step(case, "engage", world.chen.user))
    assert undertaking.next_steps(case, world.chen.user) == []


def test_an_application_goes_from_the_agreement_to_the_first_meeting_to_work(world):
    case, by = world.assigned(), world.chen.user
    assert undertaking.next_steps(case, by) == ["engage"]
    step(case, "engage", by, day=date(2022, 6, 10), uploads=[photo()])
    case.refresh_from_db()
    assert (case.state, case.engaged_on) == ("engaged", date(2022, 6, 10))
    assert case.deadlines.get(code="engagement").met_on == date(2022, 6, 10)
    assert list(case.files.values_list("kind", flat=True)) == ["agreement"]
    assert undertaking.next_steps(case, by) == ["begin"]
    step(case, "begin", by)
    case.refresh_from_db()
    assert (case.state, case.first_met_on) == ("in_progress", TODAY)
    assert undertaking.next_steps(case, by) == ["conclude"]


def test_a_notified_defence_asks_first_whether_the_person_agrees(world):
    case, by = world.assigned(state="notice_received"), world.chen.user
    assert undertaking.next_steps(case, by) == ["meet"]
    step(case, "meet", by)
    case.refresh_from_db()
    assert undertaking.next_steps(case, by) == ["consent", "decline"]
    step(case, "consent", by)
    case.refresh_from_db()
    assert undertaking.next_steps(case, by) == ["decline", "begin_defence"]
    step(case, "begin_defence", by)
    case.refresh_from_db()
    assert case.state == "in_progress"


def test_steps_of_others_or_of_the_office_are_not_taken_here(world):
    case = world.assigned()
    refused("只有承办人", lambda: step(case, "engage", world.wang.user), StepRefused)
    refused("不在这里办理", lambda: step(case, "terminate", world.chen.user))


def test_a_page_left_open_while_the_centre_acted_is_told_so(world):
    case = world.assigned()
    step(case, "engage", world.centre)
    refused("刚刚变动过", lambda: step(case, "begin", world.chen.user, version=case.version), StepRefused)


def test_a_day_of_tomorrow_or_before_the_assignment_is_refused(world):
    case = world.assigned()
    refused("今天之后", lambda: step(case, "engage", world.chen.user, day=TODAY + timedelta(days=1)), StepRefused)
    refused("早于", lambda: step(case, "engage", world.chen.user, day=date(2022, 3, 1)), StepRefused)


def test_a_photograph_that_is_refused_takes_the_step_back_with_it(world):
    case = world.assigned()
    refused(
        "不能接收这种文件",
        lambda: step(case, "engage", world.chen.user, uploads=[photo(content=b"MZ not a picture")]),
        UploadRefused,
    )
    case.refresh_from_db()
    assert case.state == "assigned" and not case.files.exists()


# --- notes


@pytest.mark.parametrize("kind", [each for each in CaseNote.Kind.values if each != "hearing"])
def test_every_kind_of_note_is_kept_with_day_words_and_person(world, kind):
    case = world.under_way()
    row = note(case, world.chen.user, kind=kind)
    assert (row.kind, row.day, row.by, row.struck_at) == (kind, TODAY, world.chen.user, None)


def test_photographs_become_numbered_pages_of_the_paper_that_belongs_to_the_note(world):
    case = world.under_way()
    row = note(case, world.chen.user, uploads=[photo("1.png"), photo("2.png")])
    assert [words_of(each) for each in case.files.order_by("pk")] == [
        ("meeting_record", "会见、约见笔录（第 1 页，共 2 页）"),
        ("meeting_record", "会见、约见笔录（第 2 页，共 2 页）"),
    ]
    assert row.file == case.files.order_by("pk").first()


@pytest.mark.parametrize(
    ("upload", "told"),
    [
        (lambda: photo(content=b"x" * 100), "不能接收这种文件"),
        (lambda: photo(content=b"\x89PNG\r\n\x1a\n" + b"0" * (5 * 1024 * 1024)), "超过 5 MB"),
        (lambda: photo(content=b"<html><script>alert(1)</script>"), "不能接收这种文件"),
    ],
)
def test_a_hostile_or_too_big_photograph_leaves_no_note(world, upload, told):
    case = world.under_way()
    refused(told, lambda: note(case, world.chen.user, uploads=[upload()]), UploadRefused)
    assert not case.notes.exists() and not case.files.exists()


def test_a_note_says_something_on_a_possible_day(world):
    case = world.under_way()
    refused("没有填写内容", lambda: note(case, world.chen.user, content="  "))
    refused("今天之后", lambda: note(case, world.chen.user, day=TODAY + timedelta(days=1)))
    refused("早于指派日期", lambda: note(case, world.chen.user, day=date(2022, 3, 5)))
    refused("没有选择事项", lambda: note(case, world.chen.user, kind="dance"))


def test_a_personal_number_in_a_note_is_masked(world):
    number = world.id_number()
    assert number not in note(world.under_way(), world.chen.user, content=f"身份证 {number}").content


def test_only_the_standing_undertaker_and_the_centre_write(world):
    case = world.under_way()
    refused("不由您承办", lambda: note(case, world.wang.user))
    refused("不由您承办", lambda: note(case, world.director))
    assert note(case, world.centre).by == world.centre
    assigning.replace_undertaker(
        case_id=case.pk, lawyer_id=world.wang.pk, by=world.centre, day=TODAY, ground="other", reason="轮到"
    )
    refused("不由您承办", lambda: note(case, world.chen.user))


def test_a_wrong_note_is_struck_with_a_reason_and_stays_readable(world):
    case = world.under_way()
    row = note(case, world.chen.user)
    refused("划去的原因", lambda: undertaking.strike_note(note_id=row.pk, by=world.chen.user, reason=""))
    refused("不由您承办", lambda: undertaking.strike_note(note_id=row.pk, by=world.wang.user, reason="错"))
    row = undertaking.strike_note(note_id=row.pk, by=world.chen.user, reason="记到别的案件了")
    assert row.struck_reason == "记到别的案件了" and row.content.startswith("演示")
    refused("已经划去", lambda: undertaking.strike_note(note_id=row.pk, by=world.chen.user, reason="再次"))
    assert AuditEntry.objects.filter(action="legalaid.strike_note").count() == 1


def test_the_undertaker_strikes_only_what_she_wrote_herself(world):
    case = world.under_way()
    row = note(case, world.centre)
    refused("自己登记的", lambda: undertaking.strike_note(note_id=row.pk, by=world.chen.user, reason="错"))


@pytest.mark.parametrize(
    "change",
    [
        lambda notes: notes.update(content="改写"),
        lambda notes: notes.update(day="2022-06-01"),
        lambda notes: notes.update(kind="other"),
        lambda notes: notes.update(struck_at="2022-06-15T10:00+08:00", struck_reason=""),
        lambda notes: notes.delete(),
    ],
)
def test_the_database_lets_nobody_rewrite_or_delete_a_note(world, change):
    row = note(world.under_way(), world.chen.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(CaseNote.objects.filter(pk=row.pk))


def test_the_database_lets_nobody_restore_a_struck_note(world):
    row = note(world.under_way(), world.chen.user)
    undertaking.strike_note(note_id=row.pk, by=world.chen.user, reason="错")
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseNote.objects.filter(pk=row.pk).update(struck_at=None, struck_reason="")


# --- photographs of papers


def test_pages_of_a_paper_are_added_until_the_file_is_archived(world):
    case = world.under_way()
    rows = undertaking.add_pages(case_id=case.pk, kind="judgment", by=world.chen.user, uploads=[photo(), photo()])
    assert [row.title for row in rows] == [
        "判决书、裁定书、调解书、裁决书（第 1 页，共 2 页）",
        "判决书、裁定书、调解书、裁决书（第 2 页，共 2 页）",
    ]
    refused("请拍照", lambda: undertaking.add_pages(case_id=case.pk, kind="judgment", by=world.chen.user, uploads=[]))
    refused("材料类别", lambda: undertaking.add_pages(case_id=case.pk, kind="love_letter", by=world.chen.user, uploads=[photo()]))
    refused("不由您承办", lambda: undertaking.add_pages(case_id=case.pk, kind="judgment", by=world.wang.user, uploads=[photo()]))
    archived = world.reviewed()
    world.archive(archived)
    refused("已经归档", lambda: undertaking.add_pages(case_id=archived.pk, kind="other", by=world.centre, uploads=[photo()]))


def test_too_many_pages_at_once_are_refused_whole(world):
    case = world.under_way()
    many = [photo() for _ in range(undertaking.MOST_PAGES + 1)]
    refused("一次最多", lambda: undertaking.add_pages(case_id=case.pk, kind="evidence", by=world.chen.user, uploads=many))
    assert not CaseFile.objects.filter(case=case).exists()


# --- who sees what


def test_an_undertaker_sees_her_own_cases_and_no_others(world):
    mine, others = world.under_way(world.chen), world.under_way(world.wang)
    assert set(AidCase.objects.visible_to(world.chen.user)) == {mine}
    client = world.client(world.chen.user)
    assert mine.recipient in client.get("/cases/mine/").content.decode()
    assert others.recipient not in client.get("/cases/mine/").content.decode()
    for path in (f"/cases/mine/{others.pk}/", f"/cases/{others.pk}/notes/new/", f"/cases/{others.pk}/close/",
                 f"/cases/{others.pk}/photos/new/", f"/cases/{others.pk}/dossier/", f"/cases/{others.pk}/conclude/",
                 f"/cases/{others.pk}/accept/", f"/cases/{others.pk}/replacement/", f"/cases/mine/{others.pk}/steps/engage/"):  # fmt: skip
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code in (404, 405), path


def test_who_was_replaced_still_reads_the_case_but_it_is_no_longer_on_her_desk(world):
    case = world.under_way(world.chen)
    assigning.replace_undertaker(
        case_id=case.pk, lawyer_id=world.wang.pk, by=world.centre, day=TODAY, ground="other", reason="轮到"
    )
    client = world.client(world.chen.user)
    assert client.get(f"/cases/mine/{case.pk}/").status_code == 404
    assert client.get(f"/cases/{case.pk}/close/").status_code == 200
    assert world.client(world.wang.user).get(f"/cases/mine/{case.pk}/").status_code == 200


def test_a_note_of_another_county_does_not_exist_for_the_neighbours_centre(world):
    row = note(world.under_way(), world.chen.user)
    _region, far = world.neighbour()
    assert world.client(far).get(f"/cases/notes/{row.pk}/strike/").status_code == 404


# --- her list of work


def test_new_assignments_and_near_limits_stand_in_the_list_of_work_each_once(world):
    new = world.assigned(accepted=False)
    assert [item.title for item in todo.todo_items(world.chen.user)] == [f"接受指派：{new.cause}"]
    running = world.assigned()
    titles = [item.title for item in todo.todo_items(world.chen.user)]
    assert titles == [f"接受指派：{new.cause}", f"签订委托协议或者会见：{running.cause}"]
    assert list(todo.todo_items(world.wang.user)) == [] == list(todo.todo_items(world.centre))

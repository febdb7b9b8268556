from datetime import date

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry, User
from common.errors import Refused
from records import services
from records.models import ImportBatch, ImportChange, Installation, Notice
from records.services import ImportRefused
from records.services.imports import added, changed, snapshot


@pytest.fixture
def batch(anna):
    file = services.keep_file(content=b"x", name="三月.xlsx", purpose="import", by=anna)
    return services.preview_batch(kind="workbook", file=file, by=anna, county="140525", summary={"rows": 2})


@pytest.fixture
def applied(anna, boris, batch):
    """One notice added, one user renamed: any rows will do."""
    notice = Notice.objects.create(to=boris, text="新增")
    before = snapshot(boris)
    boris.name = "改名"
    boris.save()
    changes = [added(notice), changed(boris, before)]
    return services.apply_batch(batch=batch, by=anna, changes=changes, confirmed_paper="审定表3号"), notice, boris


def test_a_batch_notes_what_it_added_and_changed(applied):
    batch, notice, person = applied
    assert (batch.state, batch.confirmed_paper) == ("applied", "审定表3号")
    rows = list(batch.changes.values_list("action", "model", "object_id"))
    assert rows == [("added", "records.Notice", notice.pk), ("changed", "accounts.User", person.pk)]
    assert batch.changes.last().before["name"] == "博示例" and batch.changes.last().after["name"] == "改名"


def test_a_batch_is_applied_once(anna, applied):
    with pytest.raises(ImportRefused, match="不能再次导入"):
        services.apply_batch(batch=applied[0], by=anna, changes=[])


def test_an_undone_batch_leaves_everything_as_it_was(anna, applied):
    batch, notice, person = applied
    services.undo_batch(batch=batch, by=anna, reason="导错了月份")
    person.refresh_from_db()
    batch.refresh_from_db()
    assert not Notice.objects.filter(pk=notice.pk).exists() and person.name == "博示例"
    assert (batch.state, batch.undone_by) == ("undone", anna)
    assert AuditEntry.objects.get(action="records.undo_import").reason == "导错了月份"
    with pytest.raises(ImportRefused, match="已撤销，不能撤销"):
        services.undo_batch(batch=batch, by=anna, reason="再来")


def test_undoing_needs_a_reason(anna, applied):
    with pytest.raises(ImportRefused, match="撤销原因"):
        services.undo_batch(batch=applied[0], by=anna, reason="")


def test_a_row_changed_since_refuses_the_whole_undo(anna, applied):
    batch, notice, person = applied
    User.objects.filter(pk=person.pk).update(name="又改")
    with pytest.raises(ImportRefused, match="又被改动"):
        services.undo_batch(batch=batch, by=anna, reason="x")
    assert Notice.objects.filter(pk=notice.pk).exists(), "nothing is half undone"


def test_a_row_that_is_gone_refuses_the_undo(anna, applied):
    batch, notice, _ = applied
    notice.delete()
    with pytest.raises(ImportRefused, match="又被改动"):
        services.undo_batch(batch=batch, by=anna, reason="x")


def test_a_row_that_others_lean_on_refuses_the_undo(anna, batch):
    fresh = User.objects.create(username="clara", name="克示例")
    services.apply_batch(batch=batch, by=anna, changes=[added(fresh)])
    Notice.objects.create(to=fresh, text="x")
    with pytest.raises(ImportRefused, match="后来的业务使用"):
        services.undo_batch(batch=batch, by=anna, reason="x")


def test_the_guard_may_refuse(anna, applied):
    def closed(change):
        raise Refused("2022年3月已结账。")

    with pytest.raises(Refused, match="已结账"):
        services.undo_batch(batch=applied[0], by=anna, reason="x", guard=closed)
    applied[0].refresh_from_db()
    assert applied[0].state == "applied"


def test_days_come_back_as_days(anna, batch):
    row = services.mark_as_demo(day=date(2022, 9, 26), by=anna)
    before = snapshot(row)
    row.demo_today = date(2022, 9, 27)
    row.save()
    services.apply_batch(batch=batch, by=anna, changes=[changed(row, before)])
    services.undo_batch(batch=ImportBatch.objects.get(), by=anna, reason="x")
    assert Installation.objects.get().demo_today == date(2022, 9, 26)


@pytest.mark.parametrize("attack", [lambda rows: rows.update(before={}), lambda rows: rows.delete()])
def test_the_notes_of_a_batch_are_never_changed(applied, attack):
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(ImportChange.objects.all())


def test_the_database_refuses_a_batch_that_contradicts_itself(applied):
    for wrong in ({"state": "undone"}, {"state": "previewed"}, {"applied_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ImportBatch.objects.update(**wrong)

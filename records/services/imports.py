"""Batches of imported rows: previewed, applied with every change noted, taken back as a whole."""

from collections.abc import Callable, Iterable

from django.apps import apps
from django.db import Error, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import audit
from common.encryption import EncryptedTextField, decrypt
from common.errors import Refused
from records.models import ImportBatch, ImportChange

SEALED = "sealed"


class ImportRefused(Refused):
    """A batch that cannot be applied or taken back."""


@transaction.atomic
def preview_batch(*, kind: str, file, by, county: str = "", summary: dict | None = None) -> ImportBatch:
    """Note that a workbook was looked at, with what its import would do."""
    return ImportBatch.objects.create(kind=kind, file=file, created_by=by, county_code=county, summary=summary or {})


@transaction.atomic
def apply_batch(
    *, batch: ImportBatch, by, changes: Iterable[ImportChange], summary: dict | None = None, confirmed_paper: str = ""
) -> ImportBatch:
    """Mark a batch as brought in and keep its changes. Call it in the transaction that wrote the rows.

    ``changes`` are unsaved ImportChange rows (``change_of`` makes them). Raises ImportRefused when it was applied before.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportBatch.State.PREVIEWED:
        raise ImportRefused(f"这批数据{batch.get_state_display()}，不能再次导入：如需更新，请重新上传工作簿。")
    batch.state, batch.applied_at, batch.confirmed_paper = ImportBatch.State.APPLIED, timezone.now(), confirmed_paper
    if summary is not None:
        batch.summary = summary
    batch.save()
    noted = record_changes(batch=batch, changes=changes)
    audit.record(by=by, action="records.apply_import", on=batch, after={"file": batch.file.name, "rows": noted})
    return batch


def record_changes(*, batch: ImportBatch, changes: Iterable[ImportChange]) -> int:
    """Keep the changes of a batch in the order they were made; gives their number."""
    rows = list(changes)
    for row in rows:
        row.batch = batch
    ImportChange.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def added(row: models.Model) -> ImportChange:
    """The note of a row that an import added."""
    return ImportChange(model=row._meta.label, object_id=row.pk, action=ImportChange.Action.ADDED, after=snapshot(row))


def changed(row: models.Model, before: dict) -> ImportChange:
    """The note of a row that an import changed; ``before`` is its snapshot from before."""
    return ImportChange(
        model=row._meta.label, object_id=row.pk, action=ImportChange.Action.CHANGED, before=before, after=snapshot(row)
    )


def snapshot(row: models.Model) -> dict:
    """A row's own columns as JSON values; what is encrypted in the table is encrypted here."""
    values = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, EncryptedTextField):
            value = {SEALED: field.get_prep_value(value)}
        values[field.attname] = value
    return values


@transaction.atomic
def undo_batch(*, batch: ImportBatch, by, reason: str, guard: Callable[[ImportChange], None] | None = None) -> ImportBatch:
    """Take a batch back: delete what it added, restore what it changed, newest first. All or nothing.

    ``guard`` is asked before each change and may raise Refused (a closed month, a confirmed sheet). A row that was changed
    again since, or that later work leans on, refuses the whole undo.
    """
    if not reason.strip():
        raise ImportRefused("没有填写撤销原因：请说明为什么撤销这批数据。", field="reason")
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != ImportBatch.State.APPLIED:
        raise ImportRefused(f"这批数据{batch.get_state_display()}，不能撤销：只能撤销已导入的批次。")
    undone = 0
    for change in batch.changes.order_by("-id"):
        if guard is not None:
            guard(change)
        _undo(change)
        undone += 1
    batch.state, batch.undone_at, batch.undone_by = ImportBatch.State.UNDONE, timezone.now(), by
    batch.save()
    audit.record(by=by, action="records.undo_import", on=batch, after={"rows": undone}, reason=reason)
    return batch


def _undo(change: ImportChange) -> None:
    model = apps.get_model(change.model)
    name = model._meta.verbose_name
    row = model._base_manager.select_for_update().filter(pk=change.object_id).first()
    if row is None or not _equal(row, change.after):
        raise ImportRefused(f"{name}“{row or change.object_id}”在导入之后又被改动，不能整批撤销：请逐条更正。")
    try:
        with transaction.atomic():
            if change.action == ImportChange.Action.ADDED:
                row.delete()
            else:
                _restore(row, change.before)
    except ProtectedError:
        raise ImportRefused(f"{name}“{row}”已被后来的业务使用，不能整批撤销：请逐条更正。") from None
    except Error as error:
        raise ImportRefused(f"{name}“{row}”已结账或已被使用，数据库不允许撤销：请用更正的办法处理。") from error


def _values(model, kept: dict) -> dict:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    values = {}
    for name, value in kept.items():
        if name not in fields:
            continue
        if isinstance(value, dict) and set(value) == {SEALED}:
            values[name] = decrypt(value[SEALED]) if value[SEALED] else value[SEALED]
        else:
            field = fields[name]
            values[name] = (field.target_field if field.is_relation else field).to_python(value)
    return values


def _equal(row: models.Model, kept: dict) -> bool:
    # Instants pass through JSON with milliseconds only.
    def comparable(value):
        return value.replace(microsecond=value.microsecond // 1000 * 1000) if hasattr(value, "microsecond") else value

    return all(comparable(getattr(row, name)) == comparable(value) for name, value in _values(type(row), kept).items())


def _restore(row: models.Model, kept: dict) -> None:
    for name, value in _values(type(row), kept).items():
        setattr(row, name, value)
    row.save()

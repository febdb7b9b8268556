"""What a payee says against her own pay, and the section's answer. It changes no yuan itself."""

from django.db import transaction
from django.urls import reverse

from accounts import audit
from common import clock
from records.services import notify
from subsidies.models import PayObjection, PayRow
from subsidies.services.refusals import MoneyRefused, told_in_words
from subsidies.services.sheets import require_right


class ObjectionRefused(MoneyRefused):
    """The objection cannot be raised or answered this way."""


@transaction.atomic
def raise_objection(*, sheet_id, text, by):
    """The person herself objects to her pay of a month."""
    require_right(by, "subsidies.object_to_pay")
    row = PayRow.objects.own(by).filter(sheet_id=sheet_id).select_related("sheet__month").first()
    if row is None:
        raise ObjectionRefused("这个月的补贴表里没有您，不能提出异议。")
    if not text.strip():
        raise ObjectionRefused("没有写异议内容：请写明哪一天、哪一项不对。", field="text")
    with told_in_words():
        objection = PayObjection.objects.create(
            sheet=row.sheet, practitioner_id=row.practitioner_id, text=text.strip(), raised_by=by, raised_at=clock.now()
        )
    audit.record(by=by, action="subsidies.object_to_pay", on=objection, after={"异议": text.strip()})
    return objection


@transaction.atomic
def answer_objection(*, objection_id, answer, by):
    """The section answers; what was wrong is mended where it stands, as a finding or a settlement."""
    require_right(by, "subsidies.decide_objection")
    objection = PayObjection.objects.select_for_update(of=("self",)).select_related("sheet__month").get(pk=objection_id)
    if objection.state != PayObjection.State.OPEN:
        raise ObjectionRefused("这份异议已经答复。")
    if objection.raised_by_id == by.pk:
        raise ObjectionRefused("不能答复自己提出的异议，请由另一人答复。")
    if not answer.strip():
        raise ObjectionRefused("没有写答复：请写明核查结果和处理。", field="answer")
    objection.state, objection.answer = PayObjection.State.ANSWERED, answer.strip()
    objection.answered_by, objection.answered_at = by, clock.now()
    with told_in_words():
        objection.save()
    audit.record(by=by, action="subsidies.decide_objection", on=objection, after={"答复": objection.answer})
    text = f"{objection.sheet.month.label}补贴异议已答复：{objection.answer}"
    notify(to=objection.raised_by, text=text, url=reverse("my-pay"))
    return objection

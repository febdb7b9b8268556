"""The provincial legal aid system, whose entry is the only basis of progress and money. Z-CASE-9."""

from django.db.models import Q

from legalaid.models import AidCase, OtherSystem
from legalaid.rules.export_layout import (
    CAUSE,
    CONCLUDED,
    ID_NUMBER,
    NUMBER,
    PROVINCIAL_NO,
    RECEIVED,
    RECIPIENT,
    day_field,
)
from legalaid.rules.procedure import State
from legalaid.rules.reconciling import OurCase
from legalaid.services.other_systems import System
from legalaid.services.provincial import take_entry

ENTERED = day_field("省系统录入日期", ("录入日期", "录入时间", "系统录入日期", "登记日期", "登记时间", "创建日期", "创建时间"))
# These never came to be cases of aid: nobody misses them in the other system.
NO_AID = (*State.BEFORE_DECISION, "refused", "deemed_withdrawn", "withdrawn", "redirected")
SHOWN = ("pk", "number", "provincial_no", "recipient", "id_number", "id_index", "cause", "state", "received_on", "approved_on",
         "concluded_on", "provincial_entered_on")  # fmt: skip


def cases_of(county, *, last):
    """Our side of any list: the county's cases received until the span's end or already numbered there."""
    rows = AidCase.objects.of_county(county).filter(Q(received_on__lte=last) | ~Q(provincial_no=""))
    return rows.only(*SHOWN).order_by("pk")


def values_of(case, *, last, day):
    """What is compared of a case. A conclusion after the span is not yet one for the export."""
    concluded = case.concluded_on if case.concluded_on and case.concluded_on <= last else None
    return {
        "provincial_no": case.provincial_no,
        "number": case.number,
        "recipient": case.recipient,
        "id_number": case.id_number,
        "cause": case.cause,
        "day": day,
        "received_on": case.received_on,
        "concluded_on": concluded,
    }


def is_expected(case, first, last):
    """Entered in the span; or not entered, though granted or concluded in it."""
    if case.provincial_entered_on:
        return first <= case.provincial_entered_on <= last
    days = (case.approved_on, case.concluded_on)
    return case.state not in NO_AID and any(day and first <= day <= last for day in days)


def ours(*, county, first, last):
    return [
        OurCase(
            case.pk,
            values_of(case, last=last, day=case.provincial_entered_on),
            case.id_index,
            is_expected(case, first, last),
        )
        for case in cases_of(county, last=last)
    ]


SYSTEMS = (
    System(
        OtherSystem.PROVINCIAL,
        OtherSystem.PROVINCIAL.label,
        "省系统",
        (PROVINCIAL_NO, NUMBER, RECIPIENT, ID_NUMBER, CAUSE, ENTERED, RECEIVED, CONCLUDED),
        ours,
        take_entry,
        ("provincial_no", "day"),
        "方案四（二）4（3）：录入省法律援助系统是任务进度和资金拨付的唯一依据",
    ),
)

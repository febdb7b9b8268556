"""惠民工程管理系统, whose entry is the mark of a case: our marks laid beside its list. Reading D40, plan 五（二）2.

A mark has its own way (proposed with proof, signed), so nothing of that list is taken over by a click: a wrong day is mended
by a new mark, a wrong entry there.
"""

from legalaid.models import OtherSystem
from legalaid.other_systems import cases_of, values_of
from legalaid.rules.export_layout import (
    CAUSE,
    CONCLUDED,
    ENTRY_NO,
    ID_NUMBER,
    NUMBER,
    PROVINCIAL_NO,
    RECEIVED,
    RECIPIENT,
    day_field,
)
from legalaid.rules.reconciling import OurCase
from legalaid.services.other_systems import System
from subsidies.models import CaseMark

MARKED = day_field("标注日期", ("标注日期", "标注时间", "惠民标注日期", "录入日期", "录入时间", "登记日期", "登记时间"))


def ours(*, county, first, last):
    """Every case with its standing mark; one marked in the span should stand in the other list."""
    marks = {mark.case_id: mark for mark in CaseMark.objects.standing().filter(case__county=county)}
    found = []
    for case in cases_of(county, last=last):
        mark = marks.get(case.pk)
        day = mark.marked_on if mark else None
        values = {**values_of(case, last=last, day=day), "entry_no": mark.entry_no if mark else ""}
        found.append(OurCase(case.pk, values, case.id_index, is_expected=bool(day and first <= day <= last)))
    return found


SYSTEMS = (
    System(
        OtherSystem.HUIMIN,
        OtherSystem.HUIMIN.label,
        "惠民系统",
        (PROVINCIAL_NO, NUMBER, ENTRY_NO, RECIPIENT, ID_NUMBER, CAUSE, MARKED, RECEIVED, CONCLUDED),
        ours,
        clause="方案五（二）2：在惠民工程管理系统标注；标注日期以该系统的录入日期为准（理解口径 D40）",
    ),
)

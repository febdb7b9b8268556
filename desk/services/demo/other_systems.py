"""The provincial system and the duty lawyers' legal help in the demonstration: two quarters signed, one being compared."""

import csv
import io
from datetime import date, timedelta

from common import clock
from common.periods import Quarter
from legalaid.models import AidCase, LegalHelp, Reconciliation
from legalaid.services import reconciling
from legalaid.services.legal_help import register_help, take_step
from records.services import remember_day

HEADERS = ("序号", "案件编号", "受援人姓名", "案由", "录入时间", "结案日期")
SIGNED = {Quarter(2022, 1): date(2022, 4, 8), Quarter(2022, 2): date(2022, 7, 7)}
OPEN = Quarter(2022, 3)
CAUSES = ("盗窃罪", "诈骗罪", "危险驾驶罪", "故意伤害罪", "寻衅滋事罪", "掩饰、隐瞒犯罪所得罪")
PLACES = (
    ("court", "泽州县人民法院（演示）", "court", "first_instance"),
    ("procuratorate", "泽州县人民检察院（演示）", "procuratorate", "prosecution_review"),
    ("public_security", "泽州县公安局（演示）", "detention", "investigation"),
)


def add_other_systems(*, county, users, lawyer, today) -> None:
    """Lists of the provincial system and records of legal help, made by the same services as in the office."""
    for quarter, day in SIGNED.items():
        remember_day(day=day)
        found = compared(county, quarter, quarter.last, users["centre"])
        settle(found, users["centre"])
        reconciling.sign_by_centre(pk=found.pk, by=users["centre"])
        reconciling.sign_by_director(pk=found.pk, by=users["director"])
    remember_day(day=today)
    compared(county, OPEN, today - timedelta(days=3), users["centre"])
    add_legal_help(county=county, users=users, lawyer=lawyer, today=today)


class Sent(io.BytesIO):
    """A file as somebody sends it."""

    def __init__(self, content, name):
        super().__init__(content)
        self.name = name


def compared(county, quarter, last, centre) -> Reconciliation:
    """The provincial system's list of the year so far: one day wrong, one case missing, one of another office's."""
    first = date(quarter.year, 1, 1)
    cases = list(AidCase.objects.of_county(county).filter(provincial_entered_on__range=(first, last)).order_by("number"))
    lines = [
        (each.provincial_no, each.recipient, each.cause, str(each.provincial_entered_on),
         str(each.concluded_on) if each.concluded_on and each.concluded_on <= last else "")
        for each in cases
    ]  # fmt: skip
    if len(lines) > 3:
        lines[1] = (*lines[1][:3], f"{cases[1].provincial_entered_on + timedelta(days=1):%Y年%-m月%-d日} 09:12:00", lines[1][4])
        del lines[2]
    lines.append(("演示99999", "样例受援人（演示）", "继承（演示）", str(last), ""))
    stream = io.StringIO()
    out = csv.writer(stream)
    out.writerow(["法律援助案件清单（演示）"])
    out.writerow(HEADERS)
    out.writerows((number, *line) for number, line in enumerate(lines, 1))
    found = reconciling.upload_export(
        county=county, system="provincial", quarter=quarter, first=first, last=last, by=centre,
        upload=Sent(stream.getvalue().encode("gb18030"), f"省系统导出_{quarter}（演示）.csv"),
    )  # fmt: skip
    if found.state == Reconciliation.State.MAPPING:
        found = reconciling.set_columns(
            pk=found.pk, sheet=found.sheet, row=found.header_row, depth=found.header_depth, columns=found.columns, by=centre
        )
    return found


def settle(found, centre) -> None:
    rows = list(found.rows.filter(pile__in=("differing", "only_here", "only_there")).values_list("pk", flat=True))
    if rows:
        reconciling.note_fix(pk=found.pk, row_ids=rows, fix="mend_there", note="已函请省系统更正（演示）", by=centre)


def add_legal_help(*, county, users, lawyer, today) -> None:
    """A dozen records at every step; one application waits to be passed on, one help ended with a defender."""
    centre = users["centre"]
    for n in range(12):
        organ, name, place, stage = PLACES[n % 3]
        asked = min(date(2022, 2, 14) + timedelta(days=20 * n), today - timedelta(days=1))
        found = register_help(
            county=county, by=centre, source="notice" if n % 2 else "request", asked_on=asked,
            notice_no=f"（演示）通〔2022〕{n:02}号" if n % 2 else "", person=f"样例{'甲乙丙丁戊己庚辛壬癸子丑'[n]}", gender="1",
            cause=CAUSES[n % len(CAUSES)], stage=stage, is_plea=n % 3 == 1, organ=organ, organ_name=name, place_kind=place,
            lawyer=None if n == 11 else lawyer,
        )  # fmt: skip
        if n < 9:
            give(found, centre, asked + timedelta(days=1), n)
    waiting = LegalHelp.objects.get(county=county, person="样例壬")
    take_step(pk=waiting.pk, version=None, code="take_application", by=centre, moment=clock.now() - timedelta(hours=20))
    ended = LegalHelp.objects.get(county=county, person="样例癸")
    take_step(pk=ended.pk, version=None, code="end", by=centre, day=today, note="家属已委托辩护律师（演示）")


def give(found, centre, day, n) -> None:
    contents = [LegalHelp.Content.CONSULTATION, LegalHelp.Content.values[1 + n % 3]]
    step = {"pk": found.pk, "version": None, "by": centre, "day": day}
    take_step(code="give", contents=contents, opinion="建议从宽处理（演示）", **step)
    if found.is_plea:
        take_step(code="witness", **step)
    if n < 7:
        take_step(code="log", **step)

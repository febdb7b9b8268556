"""Marks to propose and to sign, lists to draft and to move, cases sent back, transfers returned."""

from datetime import timedelta

from django.db.models import Count
from django.urls import reverse

from accounts.policy import may
from common import clock
from common.errors import Refused
from common.money import yuan
from organizations.models import Region
from programmes import calendar
from records.todo import TodoItem
from subsidies.models import CaseClaim, CaseList, CaseMark, CasePayRow
from subsidies.models.cases import cases_in_sight
from subsidies.services.case_lists import why_not_by
from subsidies.services.case_pages import MARKABLE, NEXT, quarters_to_draft, year_of_cases

REPORT_BY = timedelta(days=15)  # of the quarter's end: the return needs what the list says (方案 五（二）末段)
VERBS = {"submit": "签报", "review": "复核", "check": "审核", "approve": "审批", "pay": "支付"}


def todo_items(user):
    return [
        *cases_to_mark(user),
        *marks_to_sign(user),
        *quarters_without_a_list(user),
        *lists_to_move(user),
        *cases_sent_back(user),
        *decisions_to_make(user),
        *returned_transfers(user),
    ]


def counties(user):
    return Region.objects.counties().visible_to(user).select_related("parent")


def rows_of_the_year(county, user):
    """The county's cases this year, of those the user sees; nothing where no plan has cases."""
    sight = set(cases_in_sight(user).filter(county=county).values_list("pk", flat=True))
    try:
        return year_of_cases(county=county, year=clock.today().year, only=sight) if sight else []
    except Refused:
        return []


def cases_to_mark(user):
    if not may(user, "subsidies.mark_case"):
        return
    for county in counties(user):
        ready = [row for row in rows_of_the_year(county, user) if row.state == MARKABLE]
        if ready:
            url = f"{reverse('case-marks')}?county={county.pk}&state={MARKABLE}"
            names = "、".join(row.case.number for row in ready[:3])
            yield TodoItem(
                f"标注 {len(ready)} 件质量核验合格的案件", names + ("等" if len(ready) > 3 else ""), url, None, "stamp"
            )


def marks_to_sign(user):
    if not may(user, "subsidies.sign_marks"):
        return
    for mark in CaseMark.objects.visible_to(user).to_sign().exclude(proposed_by=user).select_related("case", "proposed_by"):
        detail = f"{mark.proposed_by}提出，标注日期 {mark.marked_on}，标准 {yuan(mark.local_standard)} 元"
        yield TodoItem(f"签发{mark.case.number}的惠民标注", detail, reverse("case-mark", args=[mark.case_id]), None, "stamp")


def decisions_to_make(user):
    """Cases whose worth the plan leaves to the bureau (readings D15, D16, D39), once all else is in order."""
    if not may(user, "subsidies.decide_scope"):
        return
    for county in counties(user):
        for row in rows_of_the_year(county, user):
            lines = [line for line in row.case.lines if line.reason and line.code != "marked"]
            if lines and all(line.answer == "bureau" for line in lines):
                detail = "；".join(line.reason for line in lines)
                url = reverse("case-mark-scope", args=[row.case.id])
                yield TodoItem(f"决定{row.case.number}是否纳入惠民工程", detail, url, None, "stamp")


def quarters_without_a_list(user):
    if not may(user, "subsidies.draft_case_list"):
        return
    for county in counties(user):
        for quarter in quarters_to_draft(county):
            last = quarter.last + REPORT_BY
            due = calendar.around(last).on_or_before(last)
            url = f"{reverse('case-lists')}?county={county.pk}"
            yield TodoItem(f"编制{quarter.label}案件补贴季表", f"{county}，有标注的案件还没有列入", url, due, "calculator")


def lists_to_move(user):
    """Lists whose next step is hers: by post, and because she held none of the steps that must be another's."""
    steps = {status: told for status, told in NEXT.items() if may(user, told[1])}
    if not steps:
        return
    lists = CaseList.objects.visible_to(user).filter(status__in=steps).select_related("county").annotate(cases=Count("claims"))
    for each in lists:
        step = steps[each.status][0]
        if why_not_by(each, step, user):
            continue
        url = reverse("case-list-pay" if step == "pay" else "case-list", args=[each.pk])
        detail = f"{each.county}，{each.cases} 件，{yuan(each.total)} 元"
        yield TodoItem(f"{VERBS[step]}{each.label}案件补贴季表", detail, url, None, "hand-coins")


def cases_sent_back(user):
    if not may(user, "subsidies.draft_case_list"):
        return
    held = CaseClaim.objects.held().filter(case__in=cases_in_sight(user).values("pk"))
    for claim in held.select_related("case", "held_by"):
        detail = f"{claim.held_by}：{claim.held_reason}"[:60]
        yield TodoItem(f"更正从季表退回的{claim.case.number}", detail, reverse("case-lists"), None, "undo-2")


def returned_transfers(user):
    if not may(user, "subsidies.pay"):
        return
    lists = CaseList.objects.visible_to(user).filter(status=CaseList.Status.PAID)
    for row in CasePayRow.objects.to_pay().filter(list__in=lists).select_related("list", "fund"):
        detail = f"已退票，{row.fund.get_kind_display()} {yuan(row.amount)} 元"
        url = reverse("case-list-pay", args=[row.list_id])
        yield TodoItem(f"重付{row.name}{row.list.label}案件补贴", detail, url, None, "undo-2")

"""Drafting duty pay: facts stream through the pure rules, lines go in by COPY, one transaction a county month.

Z-PAY-2, plan 五（二）1, last sentence: 根据考核结果，按月将补贴发放. Redrafting equal facts gives an equal sheet (I9).
"""

from collections import defaultdict
from functools import cache

from django.db import transaction

from accounts import audit
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Finding, Settlement
from programmes.models import Month, Plan
from programmes.services.months import lock_month
from subsidies.models import Fund, PayChain, PayLine, PaySheet, RecomputeRequest, Recovery
from subsidies.rules.differences import BookedLine, carry, differences
from subsidies.rules.duty_pay import PersonMonth, pay_for_person_month
from subsidies.services.duty_facts import facts_by_person
from subsidies.services.pay_writer import PayWriter


class DraftRefused(Refused):
    """The month's sheet cannot be drafted; the sentence says why."""


@transaction.atomic
def draft_duty_pay(*, county, month, by):
    """Draft or redraft a county's pay sheet of a month (YearMonth). Refused once it is reviewed or nothing pays it."""
    row = lock_month(county=county, year_month=month)
    sheet = sheet_to_draft(row, by)
    before = {"total": sheet.total} if sheet.version > 1 else None
    later = month_lines_from_earlier(row)
    with PayWriter({county.pk: sheet}) as writer:
        for _county, practitioner_id, result in results(sheet.plan, [county.pk], month, known=month.first):
            writer.write(sheet, practitioner_id, result, later.pop(practitioner_id, ()), carry)
        for practitioner_id, lines in later.items():
            writer.write(sheet, practitioner_id, PersonMonth(), lines, carry)
    sheet.refresh_from_db()
    audit.record(by=by, action="subsidies.draft_pay", on=sheet, before=before, after={"total": sheet.total})
    return sheet


def results(plan, county_ids, month, *, known, practitioner_ids=None):
    """Yield (county id, practitioner id, PersonMonth) by the plan's terms of each day of duty."""
    terms_on = cache(plan.terms_on)
    stream = facts_by_person(
        county_ids=county_ids, first=month.first, last=month.last, known=known, practitioner_ids=practitioner_ids
    )
    for county_id, practitioner_id, shifts in stream:
        yield county_id, practitioner_id, pay_for_person_month(shifts, terms_on)


def plan_for(county, month):
    """The plan that pays a county's duty in a month."""
    for plan in Plan.objects.covering(county, month.first):
        if plan.has_part("duty"):
            return plan
    raise DraftRefused(f"{county}在{month.label}没有载入发放值班补贴的实施方案，请先载入方案。")


def sheet_to_draft(month, by):
    """The month's sheet, empty and ready to be written: a new one, or the draft once more."""
    plan = plan_for(month.county, month.period)
    fund, _ = Fund.objects.get_or_create(county=month.county, kind=Fund.Kind.SPECIAL)
    sheet = PaySheet.objects.select_for_update().filter(month=month).first()
    if sheet is None:
        if month.is_closed:
            raise DraftRefused(f"{month.label}已结账，不能再核算。")
        return PaySheet.objects.create(
            month=month,
            plan=plan,
            fund=fund,
            chain=chain_of(month.county, month.last),
            drafted_by=by,
            drafted_at=clock.now(),
        )
    if sheet.status != PaySheet.Status.DRAFT:
        raise DraftRefused(
            f"{month.label}值班补贴发放表{sheet.get_status_display()}，不能重新核算；需要修改的，请先退回，或者在下月记差额。"
        )
    empty(sheet)
    sheet.plan, sheet.fund, sheet.chain = plan, fund, chain_of(month.county, month.last)
    sheet.drafted_by, sheet.drafted_at, sheet.version = by, clock.now(), sheet.version + 1
    sheet.save()
    return sheet


def empty(sheet):
    """Take rows and lines off a draft; without signals and collectors, since a sheet may hold thousands."""
    for rows in (sheet.lines.all(), sheet.rows.all(), sheet.unsettled.all()):
        rows._raw_delete(rows.db)


@transaction.atomic
def empty_drafts(*, county):
    """Empty the county's drafts and give their months: facts may then be taken back, and the months drafted again."""
    drafts = PaySheet.objects.select_for_update(of=("self",)).filter(month__county=county, status=PaySheet.Status.DRAFT)
    months = []
    for sheet in drafts.select_related("month"):
        empty(sheet)
        months.append(sheet.month.period)
    return months


def chain_of(county, day):
    """How many people hold the steps of the county's sheets on a day; five where nobody decided otherwise."""
    chain = PayChain.objects.filter(county=county, since__lte=day).first()
    return chain.people if chain else PayChain.People.FIVE


def month_lines_from_earlier(month):
    """Practitioner id → [(shift id, source month id, Line)…]: differences about closed months, and what was carried."""
    lines = defaultdict(list)
    for practitioner_id, source, line in carried_in(month):
        lines[practitioner_id].append((None, source, line))
    for earlier in months_to_recompute(month):
        for practitioner_id, found in differences_about(earlier, month):
            lines[practitioner_id] += [(item.shift_id, earlier.pk, item.line) for item in found]
    return lines


def months_to_recompute(month):
    """Earlier months with a sheet, about which something is booked in this month, oldest first."""
    periods = {
        YearMonth.of(day)
        for model in (Finding, Settlement)
        for day in model.objects.filter(booked_in=month).values_list("shift__day", flat=True)
    }
    asked = RecomputeRequest.objects.filter(booked_in=month).values("month")
    by_fact = Month.objects.filter(county=month.county, first__in=[period.first for period in periods])
    by_request = Month.objects.filter(pk__in=asked)
    found = (by_fact | by_request).filter(first__lt=month.first).exclude(pay_sheet=None)
    return found.select_related("county").distinct().order_by("first")


def differences_about(earlier, month):
    """Yield (practitioner id, [Difference…]) where the rules now say other than what is booked about a month."""
    plan = earlier.pay_sheet.plan
    booked = defaultdict(list)
    about = PayLine.objects.filter(sheet__month__county=month.county, sheet__month__first__lt=month.first)
    own = about.filter(sheet__month=earlier).exclude(kind="difference").exclude(source_month__isnull=False)
    later = about.filter(source_month=earlier, kind="difference")
    for practitioner_id, *line in (
        (own | later).order_by("pk").values_list("row__practitioner_id", "shift_id", "kind", "amount", "clause")
    ):
        booked[practitioner_id].append(BookedLine(*line))
    for _county, practitioner_id, result in results(plan, [month.county_id], earlier.period, known=month.first):
        found = differences(result, booked.pop(practitioner_id, ()), earlier.label)
        if found:
            yield practitioner_id, found


def carried_in(month):
    """Yield (practitioner id, source month id, Line): what the sheet before moved here, less what was paid back."""
    previous = PaySheet.objects.filter(month__county=month.county, month__first__lt=month.first).first()
    if previous is None:
        return
    paid_back = defaultdict(int)
    for practitioner_id, amount in Recovery.objects.filter(row__sheet=previous).values_list("row__practitioner_id", "amount"):
        paid_back[practitioner_id] += amount
    moved = previous.lines.filter(kind="carried", amount__gt=0)
    for practitioner_id, amount, clause in moved.values_list("row__practitioner_id", "amount", "clause"):
        rest = amount - paid_back[practitioner_id]
        if rest > 0:
            note = f"{previous.month.label}结转，本月抵扣"
            yield practitioner_id, previous.month_id, carry(-rest, clause)._replace(amount=-rest, note=note)

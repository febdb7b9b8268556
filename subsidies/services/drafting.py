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
from subsidies.models import Fund, PayChain, PayLine, PayRow, PaySheet, RecomputeRequest, Recovery, UnsettledShift
from subsidies.rules.differences import BookedLine, carry, differences
from subsidies.rules.duty_pay import PersonMonth, pay_for_person_month
from subsidies.services.duty_facts import facts_by_person
from subsidies.services.pay_writer import PayWriter


class DraftRefused(Refused):
    """The month's sheet cannot be drafted; the sentence says why."""


def draft_duty_pay(*, county, month, by):
    """Draft or redraft a county's pay sheet of a month (YearMonth). Refused once it is reviewed or nothing pays it."""
    return draft_all(counties=[county], month=month, by=by)[0]


@transaction.atomic
def draft_all(*, counties, month, by):
    """Draft a month for many counties in one pass, all or none: the number of queries does not grow with them."""
    months = lock_months(counties, month)
    sheets = sheets_to_draft(months, month, by)
    before = {sheet.pk: sheet.total for sheet in sheets.values()}
    later = {county_id: month_lines_from_earlier(row) for county_id, row in with_late_facts(months).items()}
    plans = {county_id: sheet.plan for county_id, sheet in sheets.items()}
    with PayWriter(sheets) as writer:
        for county_id, practitioner_id, result in results_of(plans, month, known=month.first):
            waiting = later.get(county_id, {})
            writer.write(sheets[county_id], practitioner_id, result, waiting.pop(practitioner_id, ()), carry)
        for county_id, waiting in later.items():
            for practitioner_id, lines in waiting.items():
                writer.write(sheets[county_id], practitioner_id, PersonMonth(), lines, carry)
    audit.record_many(
        {
            "by": by,
            "action": "subsidies.draft_pay",
            "on": sheet,
            "before": {"实发合计": before[sheet.pk]},
            "after": {"实发合计": sheet.total},
        }
        for sheet in sheets.values()
    )
    return list(sheets.values())


def results(plan, county_ids, month, *, known, practitioner_ids=None):
    """`results_of` where one plan holds for all the counties."""
    return results_of(dict.fromkeys(county_ids, plan), month, known=known, practitioner_ids=practitioner_ids)


def results_of(plans, month, *, known, practitioner_ids=None):
    """Yield (county id, practitioner id, PersonMonth) by the terms of each day of duty; `plans` by county id."""
    terms = {plan.pk: cache(plan.terms_on) for plan in plans.values()}
    stream = facts_by_person(
        county_ids=list(plans), first=month.first, last=month.last, known=known, practitioner_ids=practitioner_ids
    )
    for county_id, practitioner_id, shifts in stream:
        yield county_id, practitioner_id, pay_for_person_month(shifts, terms[plans[county_id].pk])


def lock_months(counties, month):
    """County id → the locked month, made where nobody has opened it; always in the same order, so that two runs cannot block."""
    Month.objects.bulk_create([Month(county=county, first=month.first) for county in counties], ignore_conflicts=True)
    rows = Month.objects.select_for_update(of=("self",)).filter(county__in=counties, first=month.first)
    return {row.county_id: row for row in rows.select_related("county__parent").order_by("pk")}


def plan_for(county, month):
    """The plan that pays a county's duty in a month. Raises DraftRefused."""
    return plans_for([county], month)[county.pk]


def plans_for(counties, month):
    """County id → the plan that pays its duty in a month: the county's own before the city's and the province's. One query."""
    nearest = {county.pk: [county.pk, county.parent_id, county.parent.parent_id] for county in counties}
    regions = {region for chain in nearest.values() for region in chain}
    plans = Plan.objects.filter(region__in=regions, starts_on__lte=month.first, ends_on__gte=month.first).order_by("starts_on")
    by_region = {plan.region_id: plan for plan in plans if plan.has_part("duty")}
    found = {}
    for county in counties:
        plan = next((by_region[region] for region in nearest[county.pk] if region in by_region), None)
        if plan is None:
            raise DraftRefused(f"{county}在{month.label}没有载入发放值班补贴的实施方案，请先载入方案。")
        found[county.pk] = plan
    return found


def sheets_to_draft(months, month, by):
    """County id → its sheet, empty and ready to be written: a new one, or the draft once more."""
    counties = [row.county for row in months.values()]
    plans, funds, chains = plans_for(counties, month), special_funds(counties), chains_of(counties, month.last)
    county_of = {row.pk: county_id for county_id, row in months.items()}
    known = PaySheet.objects.select_for_update(of=("self",)).filter(month__in=list(county_of))
    sheets = {county_of[sheet.month_id]: sheet for sheet in known}
    new, again = [], []
    for county_id, row in months.items():
        values = {"plan": plans[county_id], "fund": funds[county_id], "chain": chains.get(county_id, PayChain.People.FIVE),
                  "drafted_by": by, "drafted_at": clock.now()}  # fmt: skip
        sheet = sheets.get(county_id)
        if sheet is None:
            if row.is_closed:
                raise DraftRefused(f"{month.label}已结账，不能再核算。")
            new.append(PaySheet(month=row, **values))
            continue
        if sheet.status != PaySheet.Status.DRAFT:
            mend = "请先退回，或者在下月记差额" if sheet.status != PaySheet.Status.PAID else "在未结账的月份记差额"
            raise DraftRefused(f"{month.label}值班补贴发放表{sheet.get_status_display()}，不能重新核算；需要修改的，{mend}。")
        for name, value in values.items():
            setattr(sheet, name, value)
        sheet.version += 1
        again.append(sheet)
    PaySheet.objects.bulk_update(again, ["plan", "fund", "chain", "drafted_by", "drafted_at", "version"], batch_size=500)
    empty(again)
    made = PaySheet.objects.bulk_create(new, batch_size=500)
    return sheets | {sheet.month.county_id: sheet for sheet in made}


def special_funds(counties):
    """County id → its special fund, made where it is first asked for: the only one that pays duty (Z-PAY-1)."""
    Fund.objects.bulk_create([Fund(county=county, kind=Fund.Kind.SPECIAL) for county in counties], ignore_conflicts=True)
    return {fund.county_id: fund for fund in Fund.objects.filter(county__in=counties, kind=Fund.Kind.SPECIAL)}


def chains_of(counties, day):
    """County id → how many people hold the steps of its sheets on a day; counties where nobody decided are left out."""
    decided = PayChain.objects.filter(county__in=counties, since__lte=day).order_by("county", "-since").distinct("county")
    return dict(decided.values_list("county", "people"))


def with_late_facts(months):
    """Those of the months in which something about an earlier month is booked, or into which something was carried."""
    rows = list(months.values())
    booked = {
        month_id
        for model in (Finding, Settlement, RecomputeRequest)
        for month_id in model.objects.filter(booked_in__in=rows).values_list("booked_in", flat=True).distinct()
    }
    first = rows[0].first if rows else None
    # Only the sheet before can have carried something here; to ask all of them would grow with the years.
    earlier = PaySheet.objects.filter(month__county__in=list(months), month__first__lt=first)
    before = earlier.order_by("month__county_id", "-month__first").distinct("month__county_id").values("pk")
    carried = PayLine.objects.filter(kind="carried", amount__gt=0, sheet__in=before)
    carriers = set(carried.values_list("sheet__month__county", flat=True).distinct())
    return {county_id: row for county_id, row in months.items() if row.pk in booked or county_id in carriers}


def empty(sheets):
    """Take rows and lines off drafts; without signals and collectors, since they may be many thousands."""
    for model in (PayLine, PayRow, UnsettledShift):
        rows = model.objects.filter(sheet__in=[sheet.pk for sheet in sheets])
        rows._raw_delete(rows.db)


@transaction.atomic
def empty_drafts(*, county):
    """Empty the county's drafts and give their months: facts may then be taken back, and the months drafted again."""
    drafts = PaySheet.objects.select_for_update(of=("self",)).filter(month__county=county, status=PaySheet.Status.DRAFT)
    drafts = list(drafts.select_related("month"))
    empty(drafts)
    return [sheet.month.period for sheet in drafts]


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

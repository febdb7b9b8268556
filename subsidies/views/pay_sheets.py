"""值班补贴: the months, the sheet of a month, a person's lines, this month beside the last."""

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from common import clock
from common.errors import Refused
from common.money import ZERO
from common.periods import YearMonth
from programmes.models import Month
from records.models import JobRun
from subsidies.models import PayRow, PaySheet
from subsidies.services.approval import why_not_reviewed_by
from subsidies.services.closing import ask_where_facts_changed
from subsidies.services.cockpit import for_reader, what_holds_up
from subsidies.services.comparison import beside_last_month, outcome_now
from subsidies.services.drafting import draft_duty_pay
from subsidies.services.sheet_page import NEXT, next_step, people_of, steps_of, to_pay_again, totals_of, undrafted
from subsidies.tasks import start_drafting
from subsidies.views.places import SIGNERS, county_of, sheet_of

PEOPLE_ON_A_PAGE = 50


@require_safe
@allowed("subsidies.view_pay")
def pay_sheets(request):
    """Every month of the county: those with a sheet, and those with duty but none yet."""
    county = county_of(request)
    sheets = (
        PaySheet.objects.visible_to(request.user)
        .filter(month__county=county)
        .select_related("month")
        .annotate(
            people=Count("rows"),
            shifts=Sum("rows__shifts_served", default=0),
            rate=Sum("rows__rate", default=ZERO),
            payable=Sum("rows__payable", default=ZERO),
        )
        .order_by("-month__first")
    )
    page = page_of(request, sheets)
    again = to_pay_again(list(page))
    for sheet in page:
        sheet.again = again.get(sheet.pk, 0)
        sheet.waits_for = NEXT[sheet.status][3] if sheet.status in NEXT else "出纳重付" if sheet.again else ""
        sheet.taken_off = sheet.payable - sheet.rate
    facts = {"county": county, "page": page, "undrafted": undrafted(county)}
    return render(request, "subsidies/pay_sheets.html", facts)


@require_safe
@allowed("subsidies.view_pay")
def pay_sheet(request, month):
    """The month's sheet: steps, sums, what is in the way, people with their lines, the next act."""
    county = county_of(request)
    row = Month.objects.select_related("county").filter(county=county, first=month.first).first()
    facts = {"county": county, "month": month, "job": open_job(request.user, county, month)}
    sheets = PaySheet.objects.visible_to(request.user).select_related("month__county", "fund", "plan", *SIGNERS)
    sheet = sheets.filter(month=row).first() if row else None
    if sheet is None:
        if month not in undrafted(county) and row is None:
            raise Http404(f"{county}在{month.label}没有值班，也没有补贴表。")
        facts |= {
            "steps": steps_of(None, row) if row else [],
            "obstacles": for_reader(what_holds_up(month=row), request.user) if row else [],
        }
        return render(request, "subsidies/pay_sheet_none.html", facts)
    facts |= facts_of_sheet(request, sheet)
    return render(request, "subsidies/pay_sheet.html", facts)


def facts_of_sheet(request, sheet):
    """Everything the page shows; the number of queries does not depend on the number of people."""
    opened = opened_rows(request)
    rows = sheet.rows.select_related("account").order_by("name", "pk")
    page = page_of(request, rows, per_page=10_000 if opened == "all" else PEOPLE_ON_A_PAGE)
    is_draft = sheet.status == PaySheet.Status.DRAFT
    obstacles = what_holds_up(month=sheet.month, sheet=sheet, outcome=outcome_now(sheet.month)) if is_draft else []
    refusal = why_not_reviewed_by(sheet, request.user) if is_draft else ""
    return {
        "sheet": sheet,
        "steps": steps_of(sheet, sheet.month),
        "again": to_pay_again([sheet]).get(sheet.pk, 0),
        "totals": totals_of(sheet),
        "page": page,
        "people": people_of(page.object_list, opened=opened, reader=request.user),
        "obstacles": for_reader(obstacles, request.user),
        "blocking": sum(obstacle.is_blocking for obstacle in obstacles),
        "next": next_step(sheet, request.user, obstacles=obstacles, review_refusal=refusal),
        "may_send_back": sheet.status in ("reviewed", "checked", "approved"),
        "events": sheet.events.select_related("by").order_by("-pk"),
        "unsettled": sheet.unsettled.select_related("shift__station", "shift__practitioner").order_by("shift__day"),
        "is_all_open": opened == "all",
    }


def opened_rows(request):
    """The rows ?open= names (several by commas), or "all"."""
    text = request.GET.get("open", "")
    return "all" if text == "all" else {int(part) for part in text.split(",") if part.isdigit() and len(part) < 15}


def open_job(user, county, month):
    """The drafting of this month that waits or runs, where the reader may follow it."""
    jobs = JobRun.objects.visible_to(user).open().about("draft_duty_pay", county=county.code or str(county.pk), period=month)
    return jobs.first()


@require_safe
@allowed("subsidies.view_pay")
def pay_row(request, month, pk):
    """One person's lines: a fragment of the sheet; without htmx the sheet with that person opened."""
    sheet = sheet_of(request, month)
    row = get_object_or_404(PayRow.objects.filter(sheet=sheet), pk=pk)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('pay-sheet', args=[month])}?open={pk}#r{pk}")
    person = people_of([row], opened={pk}, reader=request.user)[0]
    return render(request, "subsidies/_explain.html", {"person": person, "sheet": sheet})


@require_safe
@allowed("subsidies.view_pay")
def pay_sheet_compare(request, month):
    """The sheet beside the county's sheet before it, person by person."""
    sheet = sheet_of(request, month)
    previous, rows = beside_last_month(sheet)
    facts = {"sheet": sheet, "previous": previous, "page": page_of(request, rows, per_page=PEOPLE_ON_A_PAGE)}
    return render(request, "subsidies/pay_sheet_compare.html", facts)


@require_POST
@allowed("subsidies.draft_pay")
def pay_sheet_draft(request, month):
    """Draft or redraft: as a job, or at once where the reader asks not to wait for the queue."""
    county = county_of(request)
    back = f"{reverse('pay-sheet', args=[month])}?county={county.pk}"
    if month > YearMonth.of(clock.today()):
        messages.error(request, f"{month.label}还没有到，不能核算。")
    elif "now" not in request.POST:
        start_drafting(county=county, month=month, by=request.user)
    else:
        try:
            ask_where_facts_changed(county=county, month=month, by=request.user)
            sheet = draft_duty_pay(county=county, month=month, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"核算完成：{sheet.rows.count()} 人，实发合计 {sheet.total:,.2f} 元。")
    return redirect(back)

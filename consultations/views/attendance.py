"""Attendance: signing in and out on one's own telephone, the list, past days and ways out."""

from django.contrib import messages
from django.db.models import Case, F, Q, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.pdf import PdfUnavailable
from common.periods import YearMonth
from consultations.exports import attendance as papers
from consultations.forms.attendance import AttendanceFilter, DecideManyForm, SettleManyForm, SettlementForm, StatementForm
from consultations.models import Settlement, Shift
from consultations.rules.attendance import BY_THE_CLOCK
from consultations.services import attendance, late_entries, settlements
from consultations.services.findings import contest_clock
from consultations.services.shift_facts import Terms, facts_of
from consultations.views.places import XLSX, county_of, send_file
from records.services import installation

PDF = "application/pdf"
WITH_PLACES = ("station__county__parent", "practitioner")


def shifts_with_places():
    return Shift.objects.select_related(*WITH_PLACES)


def act(request, service, done, **arguments):
    """Call one service for a button; say what happened, and why not where it did not."""
    try:
        result = service(by=request.user, **arguments)
    except Refused as error:
        messages.error(request, str(error))
        return None
    messages.success(request, done(result) if callable(done) else done)
    return result


def paper(request, make, name, fallback):
    """A PDF to open, or back with a sentence where this machine makes none."""
    try:
        content = make()
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return redirect(fallback)
    return send_file(content, name, PDF)


# --- the phone --------------------------------------------------------------------------------------------------------


@require_POST
@allowed("consultations.sign_in")
def sign_in(request, pk):
    shift = get_object_or_404(Shift.objects.own(request.user), pk=pk)
    act(request, attendance.sign_in, lambda record: f"已签到，{record.sign_in:%H:%M}。", shift_id=shift.pk)
    return redirect("my-shifts")


@require_http_methods(["GET", "POST"])
@allowed("consultations.sign_in")
def sign_out(request, pk):
    """Leaving before the end asks once more and says what it costs."""
    shift = get_object_or_404(shifts_with_places().own(request.user), pk=pk)
    is_early = attendance.whole_minute(clock.now()) < shift.ends_at
    if request.method == "GET" or (is_early and not request.POST.get("early")):
        terms = Terms().on(shift.station.county, shift.day)
        context = {"shift": shift, "now": clock.now(), "terms": terms, "is_early": is_early}
        return render(request, "consultations/attendance/leave.html", context)
    act(request, attendance.sign_out, lambda record: f"已签退，{record.sign_out:%H:%M}。", shift_id=shift.pk)
    return redirect("my-shifts")


@require_POST
@allowed("consultations.sign_in")
def no_consultation(request, pk):
    shift = get_object_or_404(Shift.objects.own(request.user), pk=pk)
    act(request, attendance.declare_no_consultation, "已声明本班次零咨询。", shift_id=shift.pk)
    return redirect("my-shifts")


@require_http_methods(["GET", "POST"])
@allowed("consultations.state_own_case")
def contest(request, pk, kind):
    """对考勤有异议: what the clock saw is put before somebody who decides."""
    shift = get_object_or_404(shifts_with_places().own(request.user), pk=pk)
    [facts] = facts_of([shift])
    if kind not in BY_THE_CLOCK or kind not in facts.clock:
        raise Http404("这个班次没有这样的记录。")
    form = StatementForm(request.POST or None)
    if form.is_valid():
        finding = act(
            request, contest_clock, "异议已提交，由业务股核实。", shift_id=pk, kind=kind, statement=form.cleaned_data["statement"]
        )
        return redirect("finding", finding.pk) if finding else redirect("my-shifts")
    word = {"late": "迟到", "early_leave": "早退"}[kind]
    return render(request, "consultations/attendance/contest.html", {"form": form, "facts": facts, "word": word})


# --- the list ---------------------------------------------------------------------------------------------------------


@require_safe
@allowed("consultations.view_attendance")
def attendance_list(request):
    form, chosen, rows = chosen_attendance(request)
    page = page_of(request, rows)
    page.object_list = facts_of(page.object_list) if not chosen.get("state") else page.object_list
    chips = [chip for chip in chips_of(request, form) if not chip.words.startswith("月份")]
    month = chosen["month"]
    context = {"form": form, "page": page, "chips": chips, "month": month, "previous": month.previous(), "next": month.next()}
    return render(request, "consultations/attendance/list.html", context)


@require_safe
@allowed("consultations.view_attendance")
def attendance_export(request):
    _form, chosen, rows = chosen_attendance(request)
    facts = rows if chosen.get("state") else facts_of(rows)
    name = papers.file_name("考勤记录", str(chosen["month"]))
    return send_file(papers.attendance_workbook(facts, period=chosen["month"], by=request.user), name, XLSX)


def chosen_attendance(request):
    """The filter, its conditions and the rows: shifts, or facts already where the state is asked for."""
    form = AttendanceFilter(request.GET, user=request.user)
    chosen = form.chosen()
    month = chosen["month"]
    rows = shifts_with_places().visible_to(request.user).filter(day__range=(month.first, month.last))
    if chosen.get("station"):
        rows = rows.filter(station=chosen["station"])
    if chosen.get("person"):
        rows = rows.filter(practitioner__name__icontains=chosen["person"])
    rows = rows.order_by(*today_first(), "station__order", "starts_at", "pk")
    if chosen.get("state"):
        rows = [facts for facts in facts_of(rows) if facts.state == chosen["state"]]
    return form, chosen, rows


def today_first():
    """Today, then back in time; what is still to come follows behind, the nearest day first."""
    coming = Q(day__gt=clock.today())
    return Case(When(coming, then=F("day"))).asc(nulls_first=True), "-day"


@require_safe
@allowed("consultations.view_attendance")
def attendance_shift(request, pk):
    """One shift: plan, record, settlements, roll calls, findings, consultations."""
    shift = get_object_or_404(shifts_with_places().visible_to(request.user), pk=pk)
    [facts] = facts_of([shift])
    is_own = shift.practitioner.user_id == request.user.pk
    context = {
        "facts": facts,
        "shift": shift,
        "is_own": is_own,
        "settlements": shift.settlements.select_related("proposed_by", "decided_by", "booked_in"),
        "roll_calls": shift.roll_calls.select_related("checked_by"),
        "findings": shift.findings.standing().select_related("booked_in"),
        "records": shift.consultations.filter(is_void=False).count(),
        "late_notes": [(note, late_entries.both_times(note)) for note in late_entries.presence_of(shift).values()],
        "may_settle": not is_own
        and facts.can_be_settled
        and not facts.proposed
        and may(request.user, "consultations.settle_shift"),
        "contestable": list(facts.clock) if is_own and may(request.user, "consultations.state_own_case") else [],
    }
    return render(request, "consultations/attendance/shift.html", context)


@require_safe
@allowed("consultations.view_attendance")
def no_consultation_paper(request, pk):
    shift = get_object_or_404(shifts_with_places().visible_to(request.user), pk=pk)
    [facts] = facts_of([shift])
    if not facts.record or not facts.record.no_consultation:
        raise Http404("这个班次没有零咨询声明。")
    demo = installation().is_demo
    make = lambda: papers.no_consultation_pdf(facts, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, papers.file_name("零咨询声明", str(shift.day), suffix=".pdf"), "attendance")


# --- ways out ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("consultations.settle_shift")
def attendance_fix(request, pk):
    """补登与说明: propose how one shift is settled."""
    shift = get_object_or_404(shifts_with_places().visible_to(request.user), pk=pk)
    [facts] = facts_of([shift])
    notes = late_entries.presence_of(shift)
    form = SettlementForm(request.POST or None, initial=settlement_of(facts, notes))
    if form.is_valid():
        try:
            settlements.propose_settlement(shift_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "已提出，由另一人确认后生效。")
            return redirect("attendance-shift", pk)
    told = [(note, late_entries.both_times(note)) for note in notes.values()]
    return render(request, "consultations/attendance/fix.html", {"form": form, "facts": facts, "shift": shift, "notes": told})


def settlement_of(facts, notes):
    """What is recorded, and where a time is missing what the telephone noted without a network; people decide about it."""
    times = {
        kind: note.made_at.astimezone(clock.SHANGHAI).time().replace(second=0, microsecond=0) for kind, note in notes.items()
    }
    values = {
        "kind": "times",
        "sign_in": facts.sign_in or times.get("sign_in"),
        "sign_out": facts.sign_out or times.get("sign_out"),
    }
    if notes:
        values["reason"] = "网络中断，离线签到补传：" + "；".join(
            f"{note.get_kind_display()}{late_entries.both_times(note)}" for note in notes.values()
        )
    return values


@require_http_methods(["GET", "POST"])
@allowed("consultations.settle_shift")
def settle_shifts(request):
    """Many unsettled shifts at once: tick, choose the way, one reason."""
    county = county_of(request)
    month = month_of(request)
    visible = Shift.objects.visible_to(request.user)
    facts = settlements.unsettled_shifts(county=county, period=month, shifts=visible)
    open_ones = [each for each in facts if each.can_be_settled and not each.proposed]
    form = SettleManyForm(request.POST or None, shift_ids=[each.pk for each in open_ones])
    if form.is_valid():
        chosen = form.cleaned_data
        done, refused = settlements.propose_many(
            shift_ids=chosen["shifts"], kind=chosen["kind"], reason=chosen["reason"], by=request.user
        )
        tell_many(request, f"已提出 {len(done)} 个班次的处理，由另一人确认后生效。", done, refused)
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    context = {
        "form": form,
        "facts": facts,
        "open_ones": open_ones,
        "open_ids": {each.pk for each in open_ones},
        "ticked": set(form.data.getlist("shifts")) if form.is_bound else set(),
        "month": month,
        "previous": month.previous(),
        "next": month.next(),
    }
    return render(request, "consultations/attendance/settle.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.confirm_settlement")
def settlement_list(request):
    """What others proposed and waits for a second person, many at once."""
    waiting = Settlement.objects.visible_to(request.user).proposed()
    waiting = waiting.select_related("shift__station__county", "shift__practitioner", "proposed_by").order_by("shift__day", "pk")
    rows = list(waiting[:200])
    mine = [
        each for each in rows if each.proposed_by_id != request.user.pk and each.shift.practitioner.user_id != request.user.pk
    ]
    form = DecideManyForm(request.POST or None, ids=[each.pk for each in mine])
    if form.is_valid():
        is_accepted = request.POST.get("act") == "accept"
        done, refused = settlements.decide_many(
            settlement_ids=form.cleaned_data["settlements"],
            is_accepted=is_accepted,
            decision=form.cleaned_data["decision"],
            by=request.user,
        )
        tell_many(request, f"{'已确认' if is_accepted else '已退回'} {len(done)} 条。", done, refused)
        return redirect("settlements")
    facts = {each.pk: each for each in facts_of([row.shift for row in rows])}
    context = {
        "form": form,
        "rows": [(row, facts[row.shift_id], row in mine) for row in rows],
        "may_decide": bool(mine),
        "ticked": set(form.data.getlist("settlements")) if form.is_bound else set(),
    }
    return render(request, "consultations/attendance/settlements.html", context)


def tell_many(request, words, done, refused):
    if done:
        messages.success(request, words)
    if refused:
        messages.error(request, f"有 {len(refused)} 条没有办：{'；'.join(refused[:5])}")


def month_of(request):
    """The month of ?month=, else this one; 404 for nonsense."""
    text = request.GET.get("month", "").strip()
    try:
        return YearMonth.parse(text) if text else YearMonth.of(clock.today())
    except ValueError as error:
        raise Http404(str(error)) from None

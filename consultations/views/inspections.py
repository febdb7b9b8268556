"""Inspections and rectification: the ledger with the overdue first, one visit, one problem on its way."""

from django.contrib import messages
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.forms import ReasonForm
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.workbooks.writing import file_name
from consultations.exports.inspections import ledger_workbook
from consultations.forms.inspections import AnswerForm, ExtendForm, InspectionForm, JudgeForm, PointFilter, PointForm
from consultations.models import Inspection, InspectionPoint, RectificationStep
from consultations.services import inspections as services
from consultations.views.places import XLSX, send_file
from organizations.scope import county_or_404
from records.services import file_response

WITH_PLACES = ("inspection__station__county", "proof", "answered_by", "confirmed_by")
OPEN, ANSWERED = InspectionPoint.State.OPEN, InspectionPoint.State.ANSWERED


def ledger(request):
    """The reader's problems, filtered: overdue first, then what waits, by day; what is done last."""
    form = PointFilter(request.GET, user=request.user)
    overdue = When(state=OPEN, due_on__lt=clock.today(), then=Value(0))
    turn = Case(overdue, When(state__in=[OPEN, ANSWERED], then=Value(1)), default=Value(2), output_field=IntegerField())
    rows = form.chosen(InspectionPoint.objects.visible_to(request.user)).select_related(*WITH_PLACES)
    return form, rows.order_by(turn, "due_on", "pk")


@require_safe
@allowed("consultations.view_inspections")
def inspections(request):
    form, rows = ledger(request)
    late = InspectionPoint.objects.visible_to(request.user).overdue(clock.today()).count()
    context = {"form": form, "page": page_of(request, rows), "chips": chips_of(request, form), "late": late}
    return render(request, "consultations/inspections/ledger.html", context)


@require_safe
@allowed("consultations.view_inspections")
def inspections_workbook(request):
    """F38 of the filtered problems."""
    _, rows = ledger(request)
    county, today = county_or_404(request.user), clock.today()
    content = ledger_workbook(rows, county=county, day=today, by=request.user)
    return send_file(content, file_name(county.name, "检查问题整改台账", str(today)), XLSX)


@require_safe
@allowed("consultations.view_inspections")
def inspection_records(request):
    """Every visit, the newest first, with those that found nothing."""
    rows = Inspection.objects.visible_to(request.user).select_related("station", "recorded_by")
    counted = rows.annotate(found=Count("points"), waiting=Count("points", filter=Q(points__state__in=[OPEN, ANSWERED])))
    page = page_of(request, counted.order_by("-day", "-pk"))  # counting takes the model's own order away
    return render(request, "consultations/inspections/records.html", {"page": page})


@require_http_methods(["GET", "POST"])
@allowed("consultations.inspect")
def inspection_new(request):
    initial = {"day": clock.today(), "inspectors": request.user.name, "station": request.GET.get("station")}
    form = InspectionForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    if form.is_valid() and (row := tried(form, services.register_inspection, by=request.user, **form.cleaned_data)):
        messages.success(request, f"已登记检查 {row.number}。有问题的，在下面逐条登记。")
        return redirect("inspection", row.pk)
    return render(request, "consultations/inspections/form.html", {"form": form})


@require_safe
@allowed("consultations.view_inspections")
def inspection(request, pk):
    """One visit with its problems."""
    rows = Inspection.objects.visible_to(request.user).select_related("station__county", "recorded_by", "photo")
    row = get_object_or_404(rows, pk=pk)
    context = {"inspection": row, "points": row.points.select_related("proof"), "today": clock.today(), "form": PointForm()}
    return render(request, "consultations/inspections/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.inspect")
def inspection_point_new(request, pk):
    """Add a problem to a visit; what was typed wrong comes back on its own page."""
    row = get_object_or_404(Inspection.objects.visible_to(request.user).select_related("station"), pk=pk)
    form = PointForm(request.POST or None)
    if form.is_valid() and tried(form, services.add_point, inspection_id=row.pk, by=request.user, **form.cleaned_data):
        messages.success(request, "已登记问题，并通知站点负责人。")
        return redirect("inspection", row.pk)
    return render(request, "consultations/inspections/point_form.html", {"form": form, "inspection": row})


@require_safe
@allowed("consultations.view_inspections")
def inspection_photo(request, pk):
    row = get_object_or_404(Inspection.objects.visible_to(request.user).exclude(photo=None), pk=pk)
    return file_response(row.photo)


# --- one problem ------------------------------------------------------------------------------------------------------


def visible_point(request, pk):
    rows = InspectionPoint.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*WITH_PLACES, "inspection__recorded_by"), pk=pk)


@require_safe
@allowed("consultations.view_inspections")
def inspection_point(request, pk):
    """One problem: what is asked, until when, what was done, who confirmed; and what may be done now."""
    return point_page(request, visible_point(request, pk))


def point_page(request, point, **forms):
    """The page of a problem, with the form that was typed wrong in its place."""
    user, station = request.user, point.inspection.station_id
    is_open, is_answered = point.state == OPEN, point.state == ANSWERED
    why_not = services.why_not_confirm(point, user)
    is_bureau = may(user, "consultations.inspect")
    context = {
        "point": point,
        "steps": point.steps.select_related("by", "proof"),
        "may_answer": is_open and (services.is_head(user, station) or is_bureau) and may(user, "consultations.rectify"),
        "may_judge": is_answered and not why_not and may(user, "consultations.confirm_rectification"),
        "why_not": why_not if is_answered and may(user, "consultations.confirm_rectification") else "",
        "may_change": is_bureau and (is_open or is_answered),
        "is_open": is_open,
        "answer_form": AnswerForm(),
        "judge_form": JudgeForm(),
        "extend_form": ExtendForm(prefix="extend"),
        "withdraw_form": ReasonForm(prefix="withdraw"),
        **forms,
    }
    return render(request, "consultations/inspections/point.html", context)


@require_POST
@allowed("consultations.rectify")
def inspection_point_answer(request, pk):
    point, form = visible_point(request, pk), AnswerForm(request.POST, request.FILES)
    if form.is_valid() and tried(form, services.answer_point, point_id=pk, by=request.user, **form.cleaned_data):
        messages.success(request, "已报送，等业务股确认。")
        return redirect("inspection-point", pk)
    return point_page(request, point, answer_form=form)


@require_POST
@allowed("consultations.confirm_rectification")
def inspection_point_judge(request, pk):
    point, form = visible_point(request, pk), JudgeForm(request.POST)
    if form.is_valid() and tried(form, judge, point_id=pk, by=request.user, **form.cleaned_data):
        messages.success(request, "已确认整改。" if form.cleaned_data["result"] == "confirm" else "已退回站点重改。")
        return redirect("inspection-point", pk)
    return point_page(request, point, judge_form=form)


def judge(*, point_id, result, words, by):
    if result == "confirm":
        return services.confirm_point(point_id=point_id, words=words, by=by)
    return services.return_point(point_id=point_id, reason=words, by=by)


@require_POST
@allowed("consultations.inspect")
def inspection_point_extend(request, pk):
    point, form = visible_point(request, pk), ExtendForm(request.POST, prefix="extend")
    if form.is_valid() and tried(form, services.extend_point, point_id=pk, by=request.user, **form.cleaned_data):
        messages.success(request, "已延长期限。")
        return redirect("inspection-point", pk)
    return point_page(request, point, extend_form=form)


@require_POST
@allowed("consultations.inspect")
def inspection_point_withdraw(request, pk):
    point, form = visible_point(request, pk), ReasonForm(request.POST, prefix="withdraw")
    if form.is_valid() and tried(form, services.withdraw_point, point_id=pk, by=request.user, **form.cleaned_data):
        messages.success(request, "已撤销这个问题。")
        return redirect("inspection-point", pk)
    return point_page(request, point, withdraw_form=form)


@require_safe
@allowed("consultations.view_inspections")
def rectification_proof(request, pk):
    """The proof of one step."""
    steps = RectificationStep.objects.visible_to(request.user).exclude(proof=None).select_related("proof")
    return file_response(get_object_or_404(steps, pk=pk).proof)


def tried(form, service, **arguments):
    """What the service gives; None where it refused, and the form says why."""
    try:
        return service(**arguments)
    except Refused as error:
        field = "words" if error.field == "reason" and "words" in form.fields else error.field
        form.add_error(field if field in form.fields else None, str(error))
        return None

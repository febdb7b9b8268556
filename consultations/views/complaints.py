"""Complaints about the service on duty: list, one with its clock, taking down, accepting, answering, F23."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.models import AuditEntry
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.pdf import PdfUnavailable
from consultations.exports.attendance import file_name
from consultations.exports.ratings import complaint_pdf
from consultations.forms.complaints import AcceptForm, AnswerForm, ComplaintFilter, ComplaintForm
from consultations.models import DutyComplaint, FollowUp, Shift
from consultations.services import complaints as services
from consultations.services.complaint_codes import grouped
from consultations.views.attendance import act, paper
from consultations.views.places import office_of
from records.models import IssuedPaper
from records.services import file_response, installation, issue_paper, reissue_paper

WITH_PLACES = (
    "county",
    "station",
    "shift__station",
    "shift__practitioner",
    "consultation",
    "finding",
    "recorded_by",
    "answered_by",
)
AROUND = timedelta(days=10)
State = DutyComplaint.State


def visible_complaint(request, pk):
    return get_object_or_404(DutyComplaint.objects.visible_to(request.user).select_related(*WITH_PLACES), pk=pk)


@require_safe
@allowed("consultations.view_ratings")
def complaint_list(request):
    form = ComplaintFilter(request.GET, user=request.user)
    rows, wanted = DutyComplaint.objects.visible_to(request.user), form.cleaned_data if form.is_valid() else {}
    if wanted.get("state"):
        rows = rows.open() if wanted["state"] == "open" else rows.filter(state=wanted["state"])
    if wanted.get("station"):
        rows = rows.filter(station=wanted["station"])
    if wanted.get("since"):
        rows = rows.filter(received_on__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(received_on__lte=wanted["until"])
    page = page_of(request, rows.select_related(*WITH_PLACES).order_by("-received_on", "-pk"))
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "rows": [(each, services.limit_of(each)) for each in page],
    }
    return render(request, "consultations/complaints/list.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.file_complaint")
def complaint_new(request):
    """Somebody came, called or wrote."""
    form = ComplaintForm(request.POST or None, user=request.user, initial=initial_complaint(request.user))
    if form.is_valid():
        try:
            filed = services.file_complaint(values=form.cleaned_data, by=request.user)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记，编号 {filed.complaint.number}，由业务股受理核实。{code_words(filed)}")
            if filed.warning:
                messages.warning(request, filed.warning)
            return redirect("duty-complaint", filed.complaint.pk)
    return render(request, "consultations/complaints/new.html", {"form": form})


def initial_complaint(user):
    """Today, somebody at the counter, and the reader's own station where she has just one."""
    stations = user.post_stations
    return {"received_on": clock.today(), "channel": "visit", "station": next(iter(stations)) if len(stations) == 1 else None}


def code_words(filed):
    return f"查询码 {grouped(filed.code)} 请告诉投诉人，只显示这一次：凭它在公开页面查办到哪一步。"


@require_safe
@allowed("consultations.view_ratings")
def complaint(request, pk):
    return shown(request, visible_complaint(request, pk))


def shown(request, row, **more):
    """The page of a complaint, with a telephone or a form that was refused."""
    finding = services.last_word(row)
    may_handle = may(request.user, "consultations.handle_complaint")
    is_own = row.shift is not None and row.shift.practitioner.user_id == request.user.pk
    may_answer = may_handle and not is_own and finding is not None and finding.state in ("upheld", "dropped")
    must_tell_again = services.must_tell_again(row)
    context = {
        "complaint": row,
        "finding": finding,
        "limit": services.limit_of(row),
        "may_accept": may_handle and not is_own and row.state == State.RECEIVED,
        "may_answer": may_answer and (row.state == State.ACCEPTED or must_tell_again),
        "must_tell_again": must_tell_again,
        "may_reveal": may_handle and not is_own and bool(row.phone),
        "is_own": is_own and may_handle,
        "answer_form": AnswerForm(initial={"told_on": clock.today()}),
        "paper": IssuedPaper.objects.about(row).in_force().first(),
        "history": AuditEntry.objects.filter(object_type="consultations.DutyComplaint", object_id=str(row.pk)).order_by("-id")[
            :20
        ],
        **more,
    }
    return render(request, "consultations/complaints/detail.html", context)


@require_POST
@allowed("consultations.handle_complaint")
def complaint_phone(request, pk):
    """The number to call, on this answer alone."""
    row = visible_complaint(request, pk)
    try:
        number = services.reveal_phone(complaint_id=row.pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("duty-complaint", pk)
    return shown(request, row, phone=number)


@require_http_methods(["GET", "POST"])
@allowed("consultations.handle_complaint")
def complaint_accept(request, pk):
    """受理: which duty it is about; then it is verified as a finding."""
    row = visible_complaint(request, pk)
    form = AcceptForm(request.POST or None, user=request.user, shifts=shifts_near(row), initial=initial_of(row))
    if form.is_valid():
        try:
            row = services.accept_complaint(
                complaint_id=row.pk,
                shift_id=form.cleaned_data["shift"].pk,
                consultation=form.cleaned_data["consultation"],
                by=request.user,
            )
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "已受理，列为考核事项：请本人说明，再由没有登记这件事的人核实。")
            return redirect("duty-complaint", row.pk)
    return render(request, "consultations/complaints/accept.html", {"form": form, "complaint": row})


def initial_of(row):
    return {"shift": row.shift_id, "consultation_no": str(row.consultation) if row.consultation_id else ""}


def shifts_near(row):
    """The shifts it may be about: those of the day at the station, else those of the days before it came in."""
    shifts = Shift.objects.standing().filter(station=row.station).select_related("station", "practitioner")
    span = (row.day, row.day) if row.day else (row.received_on - AROUND, row.received_on)
    return (shifts.filter(day__range=span) | shifts.filter(pk=row.shift_id)).order_by("-day", "starts_at")


@require_http_methods(["GET", "POST"])
@allowed("consultations.handle_complaint")
def complaint_refuse(request, pk):
    """不予受理: its own page; the complainant is told why and where to go."""
    row = visible_complaint(request, pk)
    form = AnswerForm(request.POST or None, initial={"told_on": clock.today()})
    if form.is_valid():
        try:
            services.refuse_complaint(complaint_id=row.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            keep_paper(request, visible_complaint(request, pk))
            return redirect("duty-complaint", pk)
    return render(request, "consultations/complaints/refuse.html", {"form": form, "complaint": row})


@require_POST
@allowed("consultations.handle_complaint")
def complaint_answer(request, pk):
    """结论 told to the complainant; F23 is kept as it was then."""
    row, form = visible_complaint(request, pk), AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_complaint(complaint_id=row.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            keep_paper(request, visible_complaint(request, pk))
            return redirect("duty-complaint", pk)
    return render(request, "consultations/complaints/answer.html", {"form": form, "complaint": row})


def keep_paper(request, row):
    """F23 as it was when the complainant was told, with its hash; told again, its next version."""
    try:
        content = made_paper(request, row)
    except PdfUnavailable as error:
        messages.warning(request, f"已登记答复；{error}")
        return
    standing = IssuedPaper.objects.about(row).in_force().first()
    if standing:
        reissue_paper(paper=standing, content=content, by=request.user, reason="结论有变，重新告知")
    else:
        issue_paper(kind="F23", number=row.number, title="投诉处理单", content=content, by=request.user, on=row)
    messages.success(request, f"已登记答复，投诉处理单 {row.number} 已存档。")


def made_paper(request, row):
    return complaint_pdf(row, office=office_of(row.county), by=request.user, is_demo=installation().is_demo)


@require_safe
@allowed("consultations.view_ratings")
def complaint_paper(request, pk):
    """F23: as issued, or as it stands while it is being dealt with."""
    row = visible_complaint(request, pk)
    issued = IssuedPaper.objects.about(row).in_force().select_related("file").first()
    if issued:
        return file_response(issued.file)
    return paper(request, lambda: made_paper(request, row), file_name("投诉处理单", row.number, suffix=".pdf"), "duty-complaints")


@require_POST
@allowed("consultations.follow_up")
def complaint_of_follow_up(request, pk):
    """What somebody complained of on the telephone becomes a complaint of its own."""
    row = get_object_or_404(FollowUp.objects.visible_to(request.user).select_related("consultation__station__county"), pk=pk)
    words = lambda filed: f"已登记为投诉，由业务股受理核实。{code_words(filed)}"  # noqa: E731
    filed = act(request, services.complain_of_follow_up, words, follow_up_id=row.pk)
    return redirect("duty-complaint", filed.complaint.pk) if filed else redirect("followup", pk)

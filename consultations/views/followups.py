"""Follow-up calls: the list to call from on a telephone, one call with its script, the draw, statistics, F22."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.id_numbers import mask_phone
from common.periods import YearMonth
from consultations.exports.attendance import file_name
from consultations.exports.consultations import shown_name
from consultations.exports.followups import draw_pdf, follow_up_pdf, follow_up_workbook
from consultations.forms.attendance import StatementForm
from consultations.forms.followups import AnswersForm, DrawForm, FollowUpFilter, TryForm
from consultations.models import Consultation, FollowUp, FollowUpDraw
from consultations.services import followups as services
from consultations.services.satisfaction import follow_ups_of
from consultations.views.attendance import act, paper
from consultations.views.places import XLSX, county_of, office_of, send_file
from records.services import installation

WITH_PLACES = ("draw", "consultation__station__county", "consultation__practitioner", "closed_by")


def chosen(user, form):
    rows, wanted = FollowUp.objects.visible_to(user), form.cleaned_data if form.is_valid() else {}
    if wanted.get("month"):
        rows = rows.filter(consultation__day__range=(wanted["month"].first, wanted["month"].last))
    if wanted.get("station"):
        rows = rows.filter(consultation__station=wanted["station"])
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    if wanted.get("since"):
        rows = rows.filter(day__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(day__lte=wanted["until"])
    if wanted.get("since") or wanted.get("until"):
        # As a report counts them: calls that were made, about records that stand.
        rows = rows.filter(consultation__is_void=False).exclude(state=FollowUp.State.DROPPED)
    return rows


def visible_follow_up(request, pk):
    return get_object_or_404(FollowUp.objects.visible_to(request.user).select_related(*WITH_PLACES), pk=pk)


@require_safe
@allowed("consultations.view_followups")
def followup_list(request):
    """Whom to call, the open ones first, then those that were called last."""
    form = FollowUpFilter(request.GET, user=request.user)
    rows = chosen(request.user, form).annotate(n_tries=Count("tries")).select_related(*WITH_PLACES)
    waiting = page_of(request, rows.open().order_by("due_on", "consultation__station__order", "pk"))
    closed = rows.exclude(state=FollowUp.State.OPEN).order_by("-day", "-closed_at", "-pk")
    wanted = form.cleaned_data if form.is_valid() else {}
    state, has_day = wanted.get("state"), wanted.get("since") or wanted.get("until")
    wants_closed = state not in ("", None, FollowUp.State.OPEN) or has_day and not state
    page = page_of(request, closed) if wants_closed else waiting
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "rows": [(row, shown_name(request.user, row.consultation)) for row in page],
        "is_closed": wants_closed,
        "n_closed": closed.order_by().values("pk").count(),
        "query": request.GET.urlencode(),
    }
    return render(request, "consultations/followups/list.html", context)


@require_safe
@allowed("consultations.view_followups")
def followup(request, pk):
    return shown(request, visible_follow_up(request, pk))


def shown(request, row, form=None, **more):
    """The page of one call: whom, the script, the answers, what came before."""
    record = row.consultation
    why_not = services.why_not_call(row, request.user)
    may_call = row.state == FollowUp.State.OPEN and not why_not and may(request.user, "consultations.follow_up")
    may_call = may_call and not record.is_void
    context = {
        "row": row,
        "record": record,
        "name": shown_name(request.user, record),
        "masked": mask_phone(record.client_phone),
        "script": services.script(),
        "said": services.said(row),
        "concerns": services.concerns_of(row),
        "tries": row.tries.select_related("by"),
        "may_call": may_call,
        "why_not": why_not if row.state == FollowUp.State.OPEN else "",
        "may_give_up": may_call and services.rules.may_give_up(services.days_tried(row)),
        "form": form or AnswersForm(initial={"day": clock.today(), "way": "phone"}),
        "try_form": TryForm(),
        "complaint": record.complaints.filter(channel="follow_up").first(),
        **more,
    }
    return render(request, "consultations/followups/detail.html", context)


@require_POST
@allowed("consultations.follow_up")
def followup_phone(request, pk):
    """The number to call, on this answer alone; who looked is written down."""
    row = visible_follow_up(request, pk)
    try:
        number = services.reveal_phone(follow_up_id=row.pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("followup", pk)
    return shown(request, row, phone=number)


@require_POST
@allowed("consultations.follow_up")
def followup_answers(request, pk):
    row, form = visible_follow_up(request, pk), AnswersForm(request.POST)
    if form.is_valid():
        try:
            row, warning = services.record_answers(follow_up_id=row.pk, by=request.user, **form.values())
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "已登记回访结果。")
            if warning:
                messages.warning(request, warning)
            return redirect("followup", pk)
    return shown(request, row, form)


@require_POST
@allowed("consultations.follow_up")
def followup_try(request, pk):
    """Nobody answered, not now, wrong number, no wish to."""
    row, form = visible_follow_up(request, pk), TryForm(request.POST)
    if form.is_valid():
        act(request, services.note_try, "已记下这次拨打。", follow_up_id=row.pk, **form.cleaned_data)
        return redirect("followup", pk)
    return shown(request, row, try_form=form)


@require_POST
@allowed("consultations.follow_up")
def followup_give_up(request, pk):
    row = visible_follow_up(request, pk)
    act(request, services.give_up, "已记为联系不上。", follow_up_id=row.pk)
    return redirect("followup", pk)


@require_POST
@allowed("consultations.follow_up")
def followup_drop(request, pk):
    row = visible_follow_up(request, pk)
    act(request, services.drop_follow_up, "咨询记录已作废，已撤下回访。", follow_up_id=row.pk)
    return redirect("followup", pk)


@require_http_methods(["GET", "POST"])
@allowed("consultations.follow_up")
def consultation_followup(request, pk):
    """Call somebody back for a reason of its own, beside the draw."""
    record = get_object_or_404(Consultation.objects.visible_to(request.user).select_related("station", "practitioner"), pk=pk)
    known = FollowUp.objects.visible_to(request.user).filter(consultation=record).first()
    if known:
        return redirect("followup", known.pk)
    form = StatementForm(request.POST or None)
    form.fields["statement"].label = "回访原因"
    if form.is_valid():
        try:
            made = services.add_by_hand(consultation_id=record.pk, reason=form.cleaned_data["statement"], by=request.user)
        except Refused as error:
            form.add_error("statement" if error.field else None, str(error))
        else:
            return redirect("followup", made.pk)
    return render(request, "consultations/followups/add.html", {"form": form, "record": record})


@require_safe
@allowed("consultations.view_followups")
def followup_paper(request, pk):
    """F22."""
    row = visible_follow_up(request, pk)
    name, demo = shown_name(request.user, row.consultation), installation().is_demo
    make = lambda: follow_up_pdf(row, name=name, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, file_name("咨询人回访记录表", str(row.consultation), suffix=".pdf"), "followups")


# --- the draw and the figures -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("consultations.draw_follow_ups")
def followup_draw_new(request):
    """Draw a month by hand, where the job of the 1st has not."""
    county = county_of(request)
    form = DrawForm(
        request.POST or None, initial={"month": str(YearMonth.of(clock.today()).previous()), "percent": services.rules.PERCENT}
    )
    if form.is_valid():
        try:
            made = services.draw_month(county=county, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{made}：抽中 {made.follow_ups.count()} 人次。")
            return redirect("followup-draw", made.pk)
    draws = FollowUpDraw.objects.visible_to(request.user).filter(county=county).annotate(drawn=Count("follow_ups"))[:12]
    return render(request, "consultations/followups/draw_new.html", {"form": form, "county": county, "draws": draws})


@require_safe
@allowed("consultations.draw_follow_ups")
def followup_draw(request, pk):
    """One draw: seed, population, whom; whether drawing again gives the same."""
    row = get_object_or_404(FollowUpDraw.objects.visible_to(request.user).select_related("county", "drawn_by"), pk=pk)
    follow_ups = row.follow_ups.select_related("consultation__station").order_by(
        "consultation__station__order", "consultation__number"
    )
    context = {
        "draw": row,
        "month": YearMonth.of(row.first),
        "page": page_of(request, follow_ups),
        "is_reproducible": services.is_reproducible(row),
    }
    return render(request, "consultations/followups/draw.html", context)


@require_safe
@allowed("consultations.draw_follow_ups")
def followup_draw_paper(request, pk):
    """The draw as it was made, with its seed, for the file."""
    row = get_object_or_404(FollowUpDraw.objects.visible_to(request.user).select_related("county", "drawn_by"), pk=pk)
    office, demo = office_of(row.county), installation().is_demo
    make = lambda: draw_pdf(row, office=office, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, file_name("回访抽取单", str(row), suffix=".pdf"), "followups")


@require_safe
@allowed("consultations.view_followups")
def followup_statistics(request):
    """By station: called, reached, what they said, and beside it what the same people had rated."""
    form = FollowUpFilter(request.GET, user=request.user)
    rows = follow_ups_of(chosen(request.user, form))
    context = {"form": form, "rows": rows, "total": total_of(rows)}
    return render(request, "consultations/followups/statistics.html", context)


def total_of(rows):
    """All stations together."""
    results = {state: sum(each.results.get(state, 0) for each in rows) for state, _ in FollowUp.State.choices}
    total = type(rows[0])(None, results) if rows else None
    for each in rows:
        total.said, total.own, total.worse = total.said + each.said, total.own + each.own, total.worse + each.worse
    return total


@require_safe
@allowed("consultations.view_followups")
def followup_export(request):
    form = FollowUpFilter(request.GET, user=request.user)
    rows = (
        chosen(request.user, form)
        .annotate(n_tries=Count("tries"))
        .select_related(*WITH_PLACES)
        .order_by("consultation__day", "pk")
    )
    return send_file(follow_up_workbook(rows, by=request.user), file_name("咨询回访登记表", str(clock.today())), XLSX)

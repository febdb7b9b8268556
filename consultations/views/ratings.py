"""What people said: the list, one rating with its verification, the board by station. Z-CON-3."""

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from consultations.exports.attendance import file_name
from consultations.exports.consultations import sees_names
from consultations.exports.ratings import board_workbook
from consultations.forms.ratings import PeriodFilter, RatingFilter
from consultations.models import Consultation, DutyComplaint, Finding, Rating, Signal
from consultations.services import ratings as services
from consultations.services.satisfaction import satisfaction_of
from consultations.views.attendance import act
from consultations.views.places import XLSX, county_of, send_file

ABOUT = (Finding.Kind.DISSATISFIED, Finding.Kind.COMPLAINT)


def rated_records(user):
    """Consultations with a rating that this reader may see, those brought in by a workbook too."""
    rows = Consultation.objects.visible_to(user).filter(is_void=False).exclude(rating="")
    return rows.select_related("station", "practitioner", "own_rating")


def findings_on(numbers=None):
    rows = Finding.objects.standing().filter(kind__in=ABOUT)
    return rows.filter(consultation_no__in=numbers) if numbers is not None else rows.filter(consultation_no=OuterRef("number"))


def chosen(rows, form):
    wanted = form.cleaned_data if form.is_valid() else {}
    if wanted.get("station"):
        rows = rows.filter(station=wanted["station"])
    if wanted.get("since"):
        rows = rows.filter(day__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(day__lte=wanted["until"])
    if wanted.get("word"):
        rows = rows.filter(rating=wanted["word"])
    if wanted.get("way"):
        rows = rows.filter(own_rating__way=wanted["way"])
    if wanted.get("check"):
        states = ["reported", "heard"] if wanted["check"] == "open" else [wanted["check"]]
        rows = rows.filter(Exists(findings_on().filter(state__in=states)))
    return rows.order_by("-day", "-pk")


@require_safe
@allowed("consultations.view_ratings")
def rating_list(request):
    form = RatingFilter(request.GET, user=request.user)
    page = page_of(request, chosen(rated_records(request.user), form))
    findings = {each.consultation_no: each for each in findings_on([str(record) for record in page])}
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "rows": [(record, getattr(record, "own_rating", None), findings.get(str(record))) for record in page],
        "open_complaints": DutyComplaint.objects.visible_to(request.user).open().count(),
    }
    return render(request, "consultations/ratings/list.html", context)


@require_safe
@allowed("consultations.view_ratings")
def rating(request, pk):
    """One rating: the word, the words, how it came, what was found."""
    rows = Rating.objects.visible_to(request.user).select_related("consultation__station", "consultation__practitioner", "ticket")
    row = get_object_or_404(rows, pk=pk)
    record = row.consultation
    findings = list(services.findings_about(record).select_related("shift__station", "decided_by"))
    is_dissatisfied = row.word == Consultation.Rating.DISSATISFIED
    context = {
        "rating": row,
        "record": record,
        "findings": findings,
        "is_dissatisfied": is_dissatisfied,
        "is_own_device": row.way != Rating.Way.SCREEN and row.device and row.device == row.ticket.device,
        "may_verify": is_dissatisfied and not findings and may(request.user, "consultations.handle_complaint"),
        "knows_who": sees_names(request.user, record),
    }
    return render(request, "consultations/ratings/detail.html", context)


@require_POST
@allowed("consultations.handle_complaint")
def rating_verify(request, pk):
    """Bring a 不满意 to be verified that could not be when it came."""
    row = get_object_or_404(Rating.objects.visible_to(request.user), pk=pk)
    finding = act(request, services.verify_rating, "已登记为考核事项，待本人说明和核实。", rating_id=row.pk)
    return redirect("finding", finding.pk) if finding else redirect("rating", row.pk)


# --- the board --------------------------------------------------------------------------------------------------------


def worst_first(each):
    """Stations without a rating come last."""
    rate = each.tally.satisfaction
    return (rate is None, rate or 0)


@require_safe
@allowed("consultations.view_totals")
def board(request):
    """满意度: each station against the target, the county pooled and averaged; for the bureau what looks odd."""
    form, county = PeriodFilter(request.GET), county_of(request)
    first, last, words = form.span()
    last = min(last, clock.today())
    satisfaction = satisfaction_of(county=county, first=first, last=last)
    satisfaction.stations.sort(key=worst_first)
    odd = Signal.objects.visible_to(request.user).filter(county=county, kind="one_device", day__range=(first, last)).unsettled()
    context = {
        "form": form,
        "county": county,
        "period": words,
        "first": first,
        "last": last,
        "satisfaction": satisfaction,
        "odd": odd.select_related("station") if may(request.user, "consultations.view_signals") else None,
        "query": request.GET.urlencode(),
        "may_open": may(request.user, "consultations.view_ratings"),
    }
    return render(request, "consultations/ratings/board.html", context)


@require_safe
@allowed("consultations.view_totals")
def board_export(request):
    form, county = PeriodFilter(request.GET), county_of(request)
    first, last, words = form.span()
    satisfaction = satisfaction_of(county=county, first=first, last=min(last, clock.today()))
    content = board_workbook(satisfaction, county=county, period=words, by=request.user)
    return send_file(content, file_name(f"{county.name}满意度", words), XLSX)

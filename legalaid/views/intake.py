"""Where a case begins: applications, notices, what was handed in and waits, and mending the facts. ui.md screens 31, 32."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from consultations.models import Consultation
from consultations.rules.records import ANONYMOUS
from legalaid.forms.intake import ApplicationForm, NoticeForm
from legalaid.models import AidCase
from legalaid.rules import matters
from legalaid.services import inbox as inbox_services
from legalaid.services import intake as services
from legalaid.services.intake_facts import APPLICANT_COLUMNS, CASE_COLUMNS, FREE_TEXT
from legalaid.services.intake_preview import preview
from organizations.models import Station
from organizations.scope import counties_of, county_or_404

HANDLE = "legalaid.handle_case"
WITH_PEOPLE = ("county__parent__parent", "station", "handler", "applicant", "consultation")


# --- an application -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("legalaid.hand_in_application")
def case_new(request):
    """受理申请: by the centre, or handed in by a station; perhaps out of a consultation."""
    consultation = consultation_of(request)
    if consultation and hasattr(consultation, "aid_case"):
        messages.info(request, f"{consultation}已经转为援助申请。")
        return redirect("consultation", consultation.pk)
    form = application_form(request, consultation=consultation)
    doubts = []
    if form.is_valid():
        make = lambda **options: services.open_application(  # noqa: E731
            county=county_for(request, form),
            station=form.cleaned_data.get("station"),
            day=form.cleaned_data["day"],
            consultation_id=consultation.pk if consultation else None,
            **options,
        )
        case, doubts = kept(request, form, make)
        if case:
            return told_of(request, case)
    context = {
        "form": form,
        "consultation": consultation,
        "doubts": doubts,
        **panel_of(request, form, AidCase.Source.APPLICATION),
    }
    return render(request, "legalaid/intake/application.html", context)


def consultation_of(request):
    """The consultation named in the address, if the reader may see it. Http404 otherwise."""
    asked = request.GET.get("consultation", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Http404("没有这条咨询记录。")
    return get_object_or_404(
        Consultation.objects.visible_to(request.user).filter(is_void=False).select_related("station"), pk=asked
    )


def application_form(request, *, consultation=None, case=None):
    is_hand_in = not may(request.user, HANDLE)
    stations = Station.objects.active()
    if is_hand_in:
        stations = stations.filter(pk__in=request.user.post_stations)
    else:
        stations = stations.filter(county__in=counties_of(request.user))
    initial = initial_of(case) if case else first_values(consultation, stations, is_hand_in)
    return ApplicationForm(
        request.POST or None, stations=stations, is_hand_in=is_hand_in, case=case, consultation=consultation, initial=initial
    )


def first_values(consultation, stations, is_hand_in):
    """Today, one's own station, and what the consultation has told already. The telephone is taken over without being shown."""
    values = {"day": clock.today(), "channel": AidCase.Channel.ONSITE}
    if is_hand_in:
        values["station"] = stations.first()
    if consultation is None:
        return values
    matter = matters.MATTER_OF_CONSULTATION.get(consultation.matter, "")
    return values | {
        "recipient": "" if consultation.client_name == ANONYMOUS else consultation.client_name,
        "groups": consultation.groups,
        "matter": matter,
        "type": matters.usual_type(matter) if matter else "",
        "cause": matters.CAUSES.get(matter, ""),
        "summary": consultation.question,
        "channel": AidCase.Channel.ONSITE,
        "station": consultation.station if is_hand_in else None,
    }


def county_for(request, form):
    station = form.cleaned_data.get("station")
    return station.county if station else county_or_404(request.user, request.GET.get("county") or None)


def kept(request, form, make):
    """(the case, no doubts) once it is kept; (None, doubts) while something is to be looked at twice or is wrong."""
    is_confirming = "keep" in request.POST
    confirmed = frozenset(request.POST.getlist("confirmed")) if is_confirming else frozenset()
    reason = request.POST.get("doubt_reason", "")[:300]
    try:
        case = make(values=form.values(), by=request.user, confirmed=confirmed, reason=reason if is_confirming else "")
        warn_of_numbers(request, form)
        return case, []
    except services.NoReason as error:
        form.add_error(None, "没有写明为什么仍然保存：请在提示下面写一句理由。")
        return None, error.doubts
    except services.Doubtful as error:
        return None, error.doubts
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    return None, []


def warn_of_numbers(request, form):
    """Tell whoever typed a personal number into free text that it was masked."""
    typed = (form.cleaned_data.get(name) for name in FREE_TEXT)
    if warning := mask_numbers("\n".join(filter(None, typed))).warning:
        messages.warning(request, warning)


def panel_of(request, form, source, case=None):
    """What the side panel says about what was typed so far."""
    if not form.is_bound:
        return {"preview": None}
    station = form.cleaned_data.get("station")
    county = case.county if case else station.county if station else counties_of(request.user).first()
    if county is None:
        return {"preview": None}
    day = inbox_services.applied_on(case) if case else form.cleaned_data.get("day")
    return {"preview": preview(county=county, values=form.values(), by=request.user, source=source, day=day, case=case)}


def told_of(request, case):
    """Say what came of it and go on: the station to its receipt, the centre to the papers that came with it."""
    if not may(request.user, HANDLE):
        messages.success(request, f"已转交法律援助中心，登记号 {case.number}。")
        return redirect("hand-in", case.pk)
    words = "已登记" if case.state == AidCase.State.REGISTERED else "已接收"
    messages.success(request, f"{words}，编号 {case.number}，查询码 {code_words(case)}（告诉申请人，用来查进度）。")
    return redirect("case-papers-received", case.pk)


def code_words(case):
    """4831 2075 96: read out more easily."""
    code = case.query_code or ""
    return f"{code[:4]} {code[4:8]} {code[8:]}".strip()


@require_POST
@allowed("legalaid.hand_in_application")
def case_check(request):
    """The side panel of an application while one types."""
    case = edited(request)
    form = application_form(request, case=case)
    form.is_valid()
    return render(request, "legalaid/intake/_panel.html", panel_of(request, form, AidCase.Source.APPLICATION, case))


@require_POST
@allowed("legalaid.handle_case")
def case_notice_check(request):
    case = edited(request)
    form = NoticeForm(request.POST, case=case)
    form.is_valid()
    return render(request, "legalaid/intake/_panel.html", panel_of(request, form, AidCase.Source.NOTICE, case))


def edited(request):
    """The case whose facts are being mended on the page that asks, if it is one of the reader's."""
    pk = request.POST.get("case", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 10) or not may(request.user, HANDLE):
        return None
    return AidCase.objects.visible_to(request.user).select_related(*WITH_PEOPLE).filter(pk=pk, applicant__isnull=False).first()


# --- a notice -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("legalaid.handle_case")
def case_notice_new(request):
    """通知辩护登记."""
    initial = {"day": clock.today(), "papers": [code for code, _ in NoticeForm.PAPERS]}
    form = NoticeForm(request.POST or None, initial=initial)
    doubts = []
    if form.is_valid():
        make = lambda **options: services.open_notice(  # noqa: E731
            county=county_for(request, form),
            day=form.cleaned_data["day"],
            papers=frozenset(form.cleaned_data["papers"]),
            **options,
        )
        case, doubts = kept(request, form, make)
        if case:
            more = "材料没有收齐，请向通知机关补要；" if case.state == AidCase.State.NOTICE_INCOMPLETE else ""
            messages.success(request, f"已登记，编号 {case.number}。{more}3 日内指派律师并函告通知机关。")
            return redirect(address_of(case))
    context = {"form": form, "doubts": doubts, **panel_of(request, form, AidCase.Source.NOTICE)}
    return render(request, "legalaid/intake/notice.html", context)


def address_of(case):
    return reverse("case", args=[case.pk])


# --- mending --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("legalaid.handle_case")
def case_edit(request, pk):
    """修改案件信息: until the conclusion, with before and after in the audit."""
    case = own_case(request, pk)
    if case.is_history or not hasattr(case, "applicant"):
        messages.error(request, "导入的历史案件按工作簿记载，请改工作簿后重新导入。")
        return redirect(address_of(case))
    if case.state not in inbox_services.EDITABLE:
        messages.error(request, f"案件现在是“{case.get_state_display()}”，案件信息不能再改。")
        return redirect(address_of(case))
    if case.is_notified:
        form = NoticeForm(request.POST or None, case=case, initial=initial_of(case))
    else:
        form = application_form(request, case=case)
    doubts = []
    if form.is_valid():
        change = lambda **options: inbox_services.edit_case(case_id=pk, version=version_of(request), **options)  # noqa: E731
        changed, doubts = kept(request, form, change)
        if changed:
            messages.success(request, "已保存修改。" if changed.version != version_of(request) else "没有改动。")
            return redirect(address_of(case))
    # A form that was refused still carries the version its reader saw: what a colleague did meanwhile is not written over.
    shown = version_of(request) if request.method == "POST" else case.version
    context = {"form": form, "case": case, "version": shown, "doubts": doubts, **panel_of(request, form, case.source, case)}
    return render(request, "legalaid/intake/edit.html", context)


def own_case(request, pk):
    return get_object_or_404(AidCase.objects.visible_to(request.user).select_related(*WITH_PEOPLE), pk=pk)


def version_of(request):
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0


def initial_of(case):
    """The facts as they stand; numbers and telephones are not shown, an empty field leaves them as they are."""
    hidden = ("phone", "proxy_phone", "proxy_id_number")
    values = {name: getattr(case, name) for name in CASE_COLUMNS}
    values |= {name: getattr(case.applicant, name) for name in APPLICANT_COLUMNS if name not in hidden}
    return values | {
        "groups": [group for group in case.groups if group != AidCase.Group.NONE],
        "primary_group": case.primary_group if case.other_groups else "",
        "basis": case.basis,
        "prefers_check": "1" if case.hardship == AidCase.Hardship.SHARED_CHECK else "",
    }

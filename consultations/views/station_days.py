"""今日站点: one card for the day, the code to sign in with, the day's sheet, what telephones made without a network."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count
from django.http import Http404, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, public
from accounts.policy import Role, may
from common import clock
from common.errors import Refused
from common.free_text import warning_of
from consultations.exports import attendance as papers
from consultations.forms.attendance import stations_for
from consultations.forms.consultations import ConsultationForm, RecordFields
from consultations.models import Consultation, ConsultationDraft, LateEntry, Shift, StationDayCode
from consultations.services import attendance, day_codes, late_entries
from consultations.services.record_preview import cost_of_a_defect
from consultations.services.shift_facts import Terms, facts_of
from consultations.views.attendance import act, paper, shifts_with_places
from consultations.views.consultations import queue_context
from organizations.models import Station
from records.services import installation

# --- the card ---------------------------------------------------------------------------------------------------------


@dataclass
class Card:
    """One shift of today as its card shows it."""

    facts: object
    count: int
    incomplete: int
    notes: list
    is_own: bool

    def __getattr__(self, name):
        if name.startswith("_") or name == "facts":
            raise AttributeError(name)
        return getattr(self.facts, name)

    @property
    def has_come(self):
        """By the server's clock, or by a note that waits to be settled."""
        return bool(self.facts.sign_in or any(note.kind == LateEntry.Kind.SIGN_IN for note in self.notes))


def cards_of(shifts, user) -> list[Card]:
    """The cards of today's shifts, with what was recorded on each. A constant number of queries."""
    facts = facts_of(shifts)
    keys = [each.pk for each in facts]
    records = Consultation.objects.filter(shift__in=keys, is_void=False)
    counts = dict(records.order_by().values_list("shift").annotate(Count("pk")))
    lacking = dict(records.incomplete().order_by().values_list("shift").annotate(Count("pk")))
    notes = LateEntry.objects.filter(shift__in=keys).exclude(kind=LateEntry.Kind.CONSULTATION)
    return [
        Card(
            each,
            counts.get(each.pk, 0),
            lacking.get(each.pk, 0),
            [note for note in notes if note.shift_id == each.pk],
            each.practitioner.user_id == user.pk,
        )
        for each in facts
    ]


def day_context(request, shifts) -> dict:
    """What both cards of the day need: the clerk's and the person's own."""
    cards = cards_of(shifts, request.user)
    first = cards[0] if cards else None
    draft = ConsultationDraft.objects.filter(user=request.user).first()
    return {
        "now": clock.now(),
        "current": cards,
        "terms": Terms().on(first.station.county, clock.today()) if first else None,
        "cost": cost_of_a_defect({"station": first.station, "day": first.day})[0] if first else None,
        "draft": draft,
        "may_write": may(request.user, "consultations.write_consultation"),
        "queue_context": queue_context(request.user, [each.shift for each in cards]),
    }


def clerk_stations(user):
    return [post.station_id for post in user.posts_in_force if post.role == Role.CLERK]


@require_safe
@allowed("consultations.sign_in_for_others")
def station_today(request):
    """今日站点: who is on duty, signing for those without a telephone, the day's records, the code of the day."""
    stations = clerk_stations(request.user)
    today = clock.today()
    shifts = shifts_with_places().standing().filter(station__in=stations)
    records = Consultation.objects.filter(station__in=stations, day=today, is_void=False)
    context = {
        **day_context(request, shifts.filter(day=today).order_by("station__order", "starts_at")),
        "next": shifts.filter(day__gt=today).order_by("day", "starts_at")[:5],
        "stations": Station.objects.filter(pk__in=stations),
        "records": records.select_related("late_entry").order_by("-recorded_at", "-pk")[:6],
    }
    return render(request, "consultations/attendance/station_today.html", context)


@require_safe
@allowed("consultations.sign_in")
def my_shifts(request):
    """Today's shift with one large button; what a late sign-in costs; the next shifts; the last ones."""
    today = clock.today()
    mine = shifts_with_places().own(request.user)
    context = {
        **day_context(request, mine.standing().filter(day=today).order_by("starts_at")),
        "next": mine.standing().filter(day__gt=today).order_by("day", "starts_at")[:5],
        "past": facts_of(mine.filter(day__lt=today).order_by("-day", "-starts_at")[:6]),
    }
    return render(request, "consultations/attendance/my_shifts.html", context)


# --- for others -------------------------------------------------------------------------------------------------------


def station_shift(request, pk):
    """A shift at a station where the reader is clerk; 404 elsewhere."""
    return get_object_or_404(Shift.objects.filter(station__in=clerk_stations(request.user)), pk=pk)


@require_POST
@allowed("consultations.sign_in_for_others")
def sign_in_for(request, pk):
    shift = station_shift(request, pk)
    act(request, attendance.sign_in, lambda record: f"已为{shift.practitioner}签到，{record.sign_in:%H:%M}。", shift_id=pk)
    return redirect("station-today")


@require_POST
@allowed("consultations.sign_in_for_others")
def sign_out_for(request, pk):
    shift = station_shift(request, pk)
    act(request, attendance.sign_out, lambda record: f"已为{shift.practitioner}签退，{record.sign_out:%H:%M}。", shift_id=pk)
    return redirect("station-today")


@require_POST
@allowed("consultations.sign_in_for_others")
def no_consultation_for(request, pk):
    """零咨询声明, written down by the clerk for the person on duty."""
    station_shift(request, pk)
    act(request, attendance.declare_no_consultation, "已登记本班次零咨询声明。", shift_id=pk)
    return redirect("station-today")


# --- the code of the day ----------------------------------------------------------------------------------------------


def own_station(request, pk):
    return get_object_or_404(Station.objects.filter(pk__in=request.user.post_stations), pk=pk)


@require_http_methods(["GET", "POST"])
@allowed("consultations.show_day_code")
def day_code(request, pk):
    """The code of the day in large type. A button makes it, and another one where it has got about."""
    station = own_station(request, pk)
    shown = code_of(station)
    if request.method == "POST":
        words = "值班码已更换，旧码作废。" if shown else "今天的值班码已生成，当天有效。"
        act(request, day_codes.show_day_code, words, station=station, is_new=shown is not None)
        return redirect("day-code", pk)
    return render(request, "consultations/attendance/day_code.html", {"station": station, "shown": shown})


def code_of(station):
    return StationDayCode.objects.filter(station=station, day=clock.today()).first()


@require_safe
@allowed("consultations.show_day_code")
def day_code_poster(request, pk):
    station, demo = own_station(request, pk), installation().is_demo
    shown = code_of(station)
    if shown is None:
        raise Http404("今天的值班码还没有生成。")
    make = lambda: papers.day_code_pdf(shown, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, papers.file_name("值班码", str(shown.day), suffix=".pdf"), "station-today")


@require_POST
@allowed("consultations.sign_in")
def sign_in_code(request, pk):
    shift = get_object_or_404(Shift.objects.own(request.user), pk=pk)
    act(
        request,
        day_codes.sign_in_by_code,
        lambda record: f"已用站点值班码签到，{record.sign_in:%H:%M}。",
        shift_id=shift.pk,
        code=request.POST.get("code", ""),
    )
    return redirect("my-shifts")


# --- the day's sheet --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OneDay:
    """A day in the place of a month on sheet F02."""

    first: date

    @property
    def label(self):
        return f"{self.first.year}年{self.first.month}月{self.first.day}日"


@require_safe
@allowed("consultations.view_attendance")
def day_sheet(request, pk):
    """F02 of today: filled with what was recorded, or blank to be signed by hand."""
    station = get_object_or_404(stations_for(request.user, own_shifts=True), pk=pk)
    demo, today = installation().is_demo, clock.today()
    shifts = shifts_with_places().standing().visible_to(request.user).filter(station=station, day=today)
    facts = facts_of(shifts.order_by("starts_at"))
    make = lambda: papers.sign_sheet_pdf(  # noqa: E731
        station, OneDay(today), facts, is_blank=bool(request.GET.get("blank")), by=request.user, is_demo=demo
    )
    return paper(request, make, papers.file_name(station.name, "值班签到表", str(today), suffix=".pdf"), "attendance")


# --- without a network ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def late_queue(request):
    """GET: who is signed in, the server's clock, a token. POST: one entry of a telephone's queue, taken once."""
    if request.method == "GET":
        now = round(clock.real_now().timestamp() * 1000)
        return JsonResponse({"user": request.user.pk, "now": now, "token": get_token(request)})
    try:
        sent, entry = read_entry(request.body)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return JsonResponse({"state": "refused", "words": "离线记录读不出来：请重新登记。"}, status=400)
    try:
        return JsonResponse(take(request, sent, entry))
    except late_entries.AlreadyKept as error:
        return JsonResponse({"state": "taken", "words": str(error)})
    except Refused as error:
        return JsonResponse({"state": "refused", "words": str(error)})


def read_entry(body):
    """A sent entry: its key and ages, and the rest. Any error of shape means that it cannot be read."""
    entry = json.loads(body)
    sent = late_entries.Sent(uuid.UUID(str(entry["key"])), int(entry["age"]), int(entry.get("clock_off") or 0))
    if abs(sent.age) > 10**9 or not isinstance(entry.get("fields") or {}, dict):
        raise ValueError
    return sent, {**entry, "shift": int(entry["shift"]) if entry.get("shift") else None}


def take(request, sent, entry) -> dict:
    """What became of it, for the telephone."""
    if entry.get("kind") == LateEntry.Kind.CONSULTATION:
        values = typed_values(request.user, entry)
        late, is_new = late_entries.take_consultation(sent=sent, values=values, by=request.user)
        words = f"{late.consultation} 已补传" + (
            f"，缺{'、'.join(late.consultation.missing)}" if late.consultation.missing else ""
        )
        if is_new and (warning := warning_of(late.consultation.masked)):
            words += f"；{warning}"
        return {"state": "taken", "is_new": is_new, "words": words, "url": reverse("consultation", args=[late.consultation_id])}
    if entry["shift"] is None:
        raise late_entries.LateEntryRefused("离线签到没有写明班次：请按补登办理。")
    kind = str(entry.get("kind"))
    late, is_new = late_entries.take_presence(sent=sent, kind=kind, shift_id=entry["shift"], by=request.user)
    made = late.made_at.astimezone(clock.SHANGHAI)
    words = f"{made:%H:%M} 的离线{late.get_kind_display()}已补传，作为说明；由文员补登、另一人确认后计入考勤"
    return {"state": "taken", "is_new": is_new, "words": words, "url": reverse("attendance-shift", args=[late.shift_id])}


def typed_values(user, entry) -> dict:
    """The fields of an entry through the same form as at the counter; station, adviser and day by the shift where it is named."""
    data = {
        name: [str(text) for text in texts][:20] for name, texts in (entry.get("fields") or {}).items() if isinstance(texts, list)
    }
    if entry["shift"]:
        shift = Shift.objects.select_related("practitioner").filter(pk=entry["shift"]).first()
        if shift is None:
            raise late_entries.LateEntryRefused("没有找到这个班次，可能已经调整：请重新登记。")
        data |= {"station": [str(shift.station_id)], "practitioner": [str(shift.practitioner_id)], "day": [shift.day.isoformat()]}
        data.setdefault("advisor_signed", ["on"])  # as the form at the counter has it from the start
    form = ConsultationForm(query_of(data), user=user)
    if not form.is_valid():
        raise late_entries.LateEntryRefused("；".join(error for errors in form.errors.values() for error in errors))
    return form.values()


def query_of(data):
    """Lists of texts as a form reads them."""
    query = QueryDict(mutable=True)
    for name, texts in data.items():
        query.setlist(name, texts)
    return query


SHELL_FILES = (
    "bootstrap/css/bootstrap.min.css",
    "css/base.css",
    "css/layout.css",
    "css/tables.css",
    "css/forms.css",
    "css/cards.css",
    "css/status.css",
    "css/roster.css",
    "css/print-screen.css",
    "css/consulting.css",
    "js/app.js",
    "js/queue.js",
    "js/consulting.js",
    "favicon.svg",
)


@require_safe
@public
@cache_control(no_cache=True)
def offline(request):
    """The page that stands in for every page while there is no network. It holds nobody's data; the telephone fills it."""
    return render(request, "consultations/offline/page.html", {"form": RecordFields(initial={"channel": "onsite"})})


@require_safe
@public
@cache_control(no_cache=True)
def service_worker(request):
    """The script that keeps the offline page at hand. At the root, so that it may answer for every page."""
    files = [static(path) for path in SHELL_FILES]
    version = hashlib.sha256("\n".join([settings.VERSION, *files]).encode()).hexdigest()[:12]
    response = render(request, "consultations/offline/worker.js", {"files": files, "version": version})
    response["Content-Type"] = "text/javascript; charset=utf-8"
    return response

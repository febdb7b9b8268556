"""Consultation records: the list, the form with its completeness, one record, progress."""

import json
import uuid

from django.contrib import messages
from django.db.models import Count, Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.models import AuditEntry
from accounts.pages import chips_of, page_of
from accounts.policy import Role, may
from common import clock
from common.errors import Refused
from common.free_text import warning_of
from common.id_numbers import mask_id_number, mask_phone
from consultations.exports import consultations as papers
from consultations.exports.attendance import file_name
from consultations.forms.attendance import stations_for
from consultations.forms.consultations import ConsultationFilter, ConsultationForm, FaultForm
from consultations.models import Consultation, Finding, Shift
from consultations.rules.records import ANONYMOUS
from consultations.rules.topics import FOCUS_AREAS
from consultations.services import consultations as services
from consultations.services import drafts, record_checks, record_preview
from consultations.services.handovers import KIND_OF_OUTCOME
from consultations.services.late_entries import both_times
from consultations.services.progress import focus_of_county, progress_of
from consultations.views.attendance import paper
from consultations.views.places import XLSX, county_of, office_of, send_file
from programmes.models import Month
from records.services import installation

WITH_PLACES = ("station__county", "practitioner")


# --- lists ------------------------------------------------------------------------------------------------------------


def chosen_records(request, form):
    """The records this reader may see that meet the filter, newest first."""
    rows = Consultation.objects.visible_to(request.user).select_related(*WITH_PLACES, "late_entry")
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("station"):
        rows = rows.filter(station=chosen["station"])
    if chosen.get("since"):
        rows = rows.filter(day__gte=chosen["since"])
    if chosen.get("until"):
        rows = rows.filter(day__lte=chosen["until"])
    for column in ("channel", "outcome"):
        if chosen.get(column):
            rows = rows.filter(**{column: chosen[column]})
    if matter := chosen.get("matter", ""):
        area = FOCUS_AREAS.get(matter.removeprefix("area:"))
        rows = rows.filter(matter__in=area) if area else rows.filter(matter=matter)
    if chosen.get("group"):
        rows = rows.filter(groups__contains=[chosen["group"]])
    complete = chosen.get("complete")
    if complete == "void":
        rows = rows.filter(is_void=True)
    elif complete == "late":
        rows = rows.filter(late_entry__isnull=False)
    elif complete:
        rows = rows.filter(is_void=False)
        rows = rows.incomplete() if complete == "missing" else rows.filter(missing=[])
    return rows.matching(chosen.get("q")).order_by("-day", "-pk")


@require_safe
@allowed("consultations.view_consultations")
def consultation_list(request):
    form = ConsultationFilter(request.GET, user=request.user)
    page = page_of(request, chosen_records(request, form))
    today = clock.today()
    counted = Consultation.objects.visible_to(request.user).counted().filter(day__year=today.year)
    counts = counted.aggregate(this_year=Count("pk"), today_count=Count("pk", filter=Q(day=today)))
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "rows": [(record, papers.shown_name(request.user, record)) for record in page],
        **counts,
        "may_write": may(request.user, "consultations.write_consultation"),
        "query": request.GET.urlencode(),
    }
    return render(request, "consultations/records/list.html", context)


@require_safe
@allowed("consultations.view_consultations")
def consultations_export(request):
    """F04 of the filtered set."""
    records = chosen_records(request, ConsultationFilter(request.GET, user=request.user))
    content = papers.register_workbook(records, title="法律咨询登记台账", by=request.user)
    return send_file(content, file_name("法律咨询登记台账", str(clock.today())), XLSX)


MOST_ON_PAPER = 1000


@require_safe
@allowed("consultations.view_consultations")
def consultations_register(request):
    """F04 on paper, the filtered set up to a thousand records."""
    form = ConsultationFilter(request.GET, user=request.user)
    records = chosen_records(request, form)
    count = records.order_by().values("pk")[: MOST_ON_PAPER + 1].count()
    if count > MOST_ON_PAPER:
        messages.error(request, f"超过 {MOST_ON_PAPER} 条，一份 PDF 放不下：请按月份或站点缩小范围，或者导出 Excel。")
        return redirect("consultations")
    county, demo = county_of(request), installation().is_demo
    period = "；".join(chip.words for chip in chips_of(request, form))
    title = "法律咨询登记台账"
    make = lambda: papers.register_pdf(  # noqa: E731
        records, title=title, office=office_of(county), period=period, by=request.user, is_demo=demo
    )
    return paper(request, make, file_name(title, str(clock.today()), suffix=".pdf"), "consultations")


@require_safe
@allowed("consultations.view_totals")
def consultation_progress(request):
    """Counts against targets with the time line, the slowest station first."""
    county = county_of(request)
    progress = progress_of(county=county)
    if progress:
        progress.stations.sort(key=lambda each: each.percent)
    may_open = set(stations_for(request.user, own_shifts=True).values_list("pk", flat=True))
    context = {
        "county": county,
        "progress": progress,
        "focus": focus_of_county(county, progress) if progress else [],
        "neighbours": county.neighbours,
        "may_open": may_open,
    }
    return render(request, "consultations/records/progress.html", context)


# --- one record -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def consultation_new(request):
    """One consultation; what is missing is shown before it is saved, and costs what the plan says. A draft is taken up again."""
    draft = None if request.method == "POST" else drafts.draft_of(by=request.user)
    initial = initial_record(request) | (typed_before(draft) if draft else {})
    form = ConsultationForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        record = saved(request, form, lambda **options: services.register_consultation(key=form.cleaned_data["key"], **options))
        if record:
            drafts.discard_drafts(by=request.user, station=record.station)
            tell_saved(request, record, f"已保存，编号 {record.number}。")
            return after_saving(request, record)
    return render(request, "consultations/records/form.html", {**form_context(request, form), "draft": draft})


def tell_saved(request, record, words):
    messages.success(request, words)
    if record.masked:
        messages.warning(request, warning_of(record.masked))
    if record.missing:
        messages.warning(request, f"缺 {len(record.missing)} 项：{'、'.join(record.missing)}。结账以前可以补齐。")


def after_saving(request, record):
    """The next one, where she came from, or the record."""
    if request.POST.get("more"):
        return redirect("consultation-new")
    back = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("consultation", record.pk)


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def consultation_edit(request, pk):
    record = get_object_or_404(Consultation.objects.visible_to(request.user).select_related(*WITH_PLACES), pk=pk)
    form = ConsultationForm(request.POST or None, user=request.user, record=record, initial=initial_of(record))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        changed = saved(request, form, lambda **o: services.edit_consultation(consultation_id=pk, reason=reason, **o))
        if changed:
            tell_saved(request, changed, "已保存修改。")
            return redirect("consultation", pk)
    return render(request, "consultations/records/form.html", {**form_context(request, form, record), "record": record})


def saved(request, form, save):
    """Save what was typed; a record that lacks something is kept only when the writer has said so."""
    try:
        return save(values=form.values(), by=request.user, keep_incomplete=bool(request.POST.get("keep_incomplete")))
    except services.Incomplete:
        form.needs_answer = True
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    return None


def form_context(request, form, record=None):
    preview = None
    if form.is_bound:
        preview = record_preview.preview(values=form.values(), by=request.user, record=record)
    return {
        "form": form,
        "preview": preview,
        "lacking": [(word, anchor_of(column)) for column, word in preview.missing.items()] if preview else [],
        "needs_answer": getattr(form, "needs_answer", False),
        "queue_context": queue_context(request.user),
    }


CHIPS = ("channel", "matter", "outcome")


def anchor_of(column):
    """Where on the form something that is missing is filled in; whose shift it was follows from the person on duty."""
    name = "practitioner" if column == "shift" else column
    return f"div_id_{name}" if name in CHIPS else f"id_{name}"


def queue_context(user, shifts=()):
    """What the telephone's queue has to know, as text for an attribute: whose it is, and today's shifts."""
    rows = [
        {
            "id": shift.pk,
            "station": shift.station.short_name,
            "person": shift.practitioner.name,
            "mine": shift.practitioner.user_id == user.pk,
            "from": f"{shift.starts_at:%H:%M}",
            "to": f"{shift.ends_at:%H:%M}",
        }
        for shift in shifts
    ]
    return json.dumps({"user": user.pk, "day": clock.today().isoformat(), "shifts": rows}, ensure_ascii=False)


@require_POST
@allowed("consultations.write_consultation")
def consultation_check(request):
    """The side panel while one types: what is missing, who else came with this telephone, whether legal aid fits."""
    record = None
    if (pk := request.POST.get("record", "")).isdigit():
        record = Consultation.objects.visible_to(request.user).filter(pk=pk).first()
    form = ConsultationForm(request.POST, user=request.user, record=record)
    form.is_valid()
    return render(request, "consultations/records/_panel.html", form_context(request, form, record))


@require_POST
@allowed("consultations.write_consultation")
def consultation_draft(request):
    """Keep what is half written, every half minute and by button. Answers the script with the time, a browser with the form."""
    names = [name for name in ConsultationForm.base_fields if name != "key"]
    content = {name: request.POST.getlist(name) for name in names if request.POST.getlist(name)}
    pk = request.POST.get("station", "")
    own = stations_for(request.user, own_shifts=True)
    station = own.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 10 else None
    is_script = request.headers.get("Accept", "").startswith("application/json")
    try:
        draft = drafts.save_draft(by=request.user, station=station, content=content)
    except Refused as error:
        if is_script:
            return JsonResponse({"words": str(error)}, status=400)
        messages.error(request, str(error))
        return redirect("consultation-new")
    words = f"草稿 {draft.saved_at.astimezone(clock.SHANGHAI):%H:%M} 已存"
    if is_script:
        return JsonResponse({"words": words})
    messages.success(request, f"{words}，下次打开登记时接着填。")
    return redirect("consultation-new")


@require_POST
@allowed("consultations.write_consultation")
def consultation_draft_discard(request):
    drafts.discard_drafts(by=request.user)
    messages.success(request, "已丢弃草稿。")
    return redirect("consultation-new")


def initial_record(request):
    """Today, the reader's station, who is on duty there now; or the shift that ?shift= names."""
    moment = clock.now()
    shifts = Shift.objects.standing().filter(day=moment.date())
    stations = request.user.post_stations
    shifts = (shifts.filter(station__in=stations) if stations else shifts.own(request.user)).order_by("starts_at")
    asked = request.GET.get("shift", "")
    wanted = shifts.filter(pk=asked).first() if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    shift = wanted or shifts.first()
    return {
        "key": uuid.uuid4(),
        "station": shift.station_id if shift else next(iter(stations), None),
        "practitioner": shift.practitioner_id if shift else None,
        "day": moment.date(),
        "time": moment.time().replace(second=0, microsecond=0),
        "channel": Consultation.Channel.ONSITE,
        "party_count": 1,
        "advisor_signed": True,
    }


MANY = ("groups",)


def typed_before(draft):
    """A draft's words as a form's first values, just as they were typed."""
    content = drafts.content_of(draft)
    values = {name: texts if name in MANY else texts[-1] for name, texts in content.items()}
    # A box that was not ticked is not in what a browser sends.
    return values | {name: name in content for name in ("is_anonymous", "advisor_signed")}


def initial_of(record):
    names = (
        "day",
        "time",
        "channel",
        "client_name",
        "client_gender",
        "groups",
        "party_count",
        "matter",
        "question",
        "answer",
        "outcome",
    )
    values = {name: getattr(record, name) for name in names}
    values |= {"station": record.station_id, "practitioner": record.practitioner_id, "advisor_signed": record.advisor_signed}
    values["topic"] = f"{record.matter}.{record.topic}" if record.topic else ""
    if record.client_name == ANONYMOUS:
        values |= {"client_name": "", "is_anonymous": True}
    return values


def visible_record(request, pk):
    return get_object_or_404(
        Consultation.objects.visible_to(request.user).select_related(*WITH_PLACES, "shift", "recorded_by"), pk=pk
    )


@require_safe
@allowed("consultations.view_consultations")
def consultation(request, pk):
    record = visible_record(request, pk)
    is_ours = papers.sees_names(request.user, record) and may(request.user, "consultations.write_consultation")
    values = {name: getattr(record, name) for name in services.COLUMNS}
    context = {
        "record": record,
        "name": papers.shown_name(request.user, record),
        "phone": mask_phone(record.client_phone),
        "id_number": mask_id_number(record.client_id_number),
        "groups": papers.group_words(record),
        "doubts": [] if record.is_void else record_preview.doubts_about(values, record.shift, record),
        "cost": record_preview.cost_of_a_defect(values)[0],
        "findings": Finding.objects.visible_to(request.user).standing().filter(consultation_no=str(record)),
        "history": AuditEntry.objects.filter(object_type="consultations.Consultation", object_id=str(pk)).order_by("-id")[:20],
        "may_edit": is_ours and not record.is_void and not is_frozen(record),
        "may_restore": is_ours and record.is_void and not is_frozen(record),
        "may_fault": Role.SECTION in request.user.roles
        and not record.is_void
        and record.shift_id
        and not record_checks.already_faulted(record),
        "late": both_times(record.late_entry) if hasattr(record, "late_entry") else "",
        "revisions": corrections_of(record) if is_ours else [],
        "handovers": [each for each in record.handovers.all() if not record.is_void],
        "points_on": KIND_OF_OUTCOME.get(record.outcome),
        "twins": twins_of(record) if is_ours and not record.is_void else 0,
        "fault_form": FaultForm(),
    }
    return render(request, "consultations/records/detail.html", context)


def corrections_of(record):
    """Each correction with its lines: what stood there, what stands now."""
    return [
        (revision, [(name, old, new) for name, (old, new) in json.loads(revision.changes).items()])
        for revision in record.revisions.select_related("revised_by")
    ]


def twins_of(record) -> int:
    """How many other records of its station and day it might be the double of."""
    return Consultation.objects.filter(station=record.station, day=record.day, is_void=False).exclude(pk=record.pk).count()


def is_frozen(record):
    month = Month.objects.for_day(record.station.county, record.day)
    return month is not None and month.is_closed


@require_safe
@allowed("consultations.view_consultations")
def consultation_paper(request, pk):
    record, demo = visible_record(request, pk), installation().is_demo
    make = lambda: papers.record_pdf(record, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, file_name("法律咨询登记表", str(record), suffix=".pdf"), "consultations")

"""Consultation records: the list, the form with its completeness, one record, the incomplete ones, progress."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.models import AuditEntry
from accounts.pages import chips_of, page_of
from accounts.policy import Role, may
from common import clock
from common.errors import Refused
from common.id_numbers import mask_phone
from consultations.exports import consultations as papers
from consultations.exports.attendance import file_name
from consultations.forms.attendance import stations_for
from consultations.forms.consultations import ConsultationFilter, ConsultationForm, FaultForm, VoidForm
from consultations.models import Consultation, Finding, Shift
from consultations.rules.records import ANONYMOUS
from consultations.services import consultations as services
from consultations.services import record_checks, record_preview, withdrawals
from consultations.services.progress import progress_of
from consultations.views.attendance import act, paper, tell_many
from consultations.views.places import XLSX, county_of, office_of, send_file
from programmes.models import Month
from records.services import installation

WITH_PLACES = ("station__county", "practitioner")


# --- lists ------------------------------------------------------------------------------------------------------------


def chosen_records(request, form):
    """The records this reader may see that meet the filter, newest first."""
    rows = Consultation.objects.visible_to(request.user).select_related(*WITH_PLACES)
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("station"):
        rows = rows.filter(station=chosen["station"])
    if chosen.get("since"):
        rows = rows.filter(day__gte=chosen["since"])
    if chosen.get("until"):
        rows = rows.filter(day__lte=chosen["until"])
    if chosen.get("matter"):
        rows = rows.filter(matter=chosen["matter"])
    if chosen.get("group"):
        rows = rows.filter(groups__contains=[chosen["group"]])
    complete = chosen.get("complete")
    if complete == "void":
        rows = rows.filter(is_void=True)
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


@require_http_methods(["GET", "POST"])
@allowed("consultations.view_consultations")
def consultations_incomplete(request):
    """缺项核查: the basis of the ten-yuan rule. The bureau ticks which become findings; a station sees what to mend."""
    form = ConsultationFilter(request.GET, user=request.user)
    rows = chosen_records(request, form).filter(is_void=False).incomplete()
    may_fault = Role.SECTION in request.user.roles
    if request.method == "POST":
        return fault_many(request, rows, may_fault)
    page = page_of(request, rows)
    faulted = set(
        Finding.objects.filter(kind="record_defect", consultation_no__in=[str(each) for each in page]).values_list(
            "consultation_no", flat=True
        )
    )
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "rows": [(record, str(record) in faulted) for record in page],
        "may_fault": may_fault,
    }
    return render(request, "consultations/records/incomplete.html", context)


def fault_many(request, rows, may_fault):
    ticked = [int(pk) for pk in request.POST.getlist("records") if pk.isascii() and pk.isdigit()]
    if not may_fault:
        messages.error(request, "记录不规范由司法局业务股登记。")
    elif not ticked:
        messages.error(request, "没有选择记录：请至少勾选一条。")
    else:
        chosen = rows.filter(pk__in=ticked).values_list("pk", flat=True)
        done, refused = record_checks.check_many(consultation_ids=list(chosen), by=request.user)
        tell_many(request, f"已登记 {len(done)} 项记录不规范，待本人说明和另一人核实。", done, refused)
    return redirect(request.get_full_path())


@require_safe
@allowed("consultations.view_totals")
def consultation_progress(request):
    """Counts against targets with the time line, the slowest station first."""
    county = county_of(request)
    progress = progress_of(county=county)
    if progress:
        progress.stations.sort(key=lambda each: each.percent)
    may_open = set(stations_for(request.user, own_shifts=True).values_list("pk", flat=True))
    context = {"county": county, "progress": progress, "neighbours": county.neighbours, "may_open": may_open}
    return render(request, "consultations/records/progress.html", context)


# --- one record -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def consultation_new(request):
    """One consultation; what is missing is shown before it is saved, and costs what the plan says."""
    form = ConsultationForm(request.POST or None, user=request.user, initial=initial_record(request))
    if form.is_valid():
        record = saved(request, form, services.register_consultation)
        if record:
            messages.success(request, f"已保存，编号 {record.number}。")
            return redirect("consultation-new") if request.POST.get("more") else redirect("consultation", record.pk)
    return render(request, "consultations/records/form.html", form_context(request, form))


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def consultation_edit(request, pk):
    record = get_object_or_404(Consultation.objects.visible_to(request.user).select_related(*WITH_PLACES), pk=pk)
    form = ConsultationForm(request.POST or None, user=request.user, record=record, initial=initial_of(record))
    if form.is_valid():
        changed = saved(request, form, lambda **options: services.edit_consultation(consultation_id=pk, **options))
        if changed:
            messages.success(request, "已保存修改。")
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
    return {"form": form, "preview": preview, "needs_answer": getattr(form, "needs_answer", False)}


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


def initial_record(request):
    """Today, the reader's station, who is on duty there now."""
    moment = clock.now()
    shifts = Shift.objects.standing().filter(day=moment.date())
    stations = request.user.post_stations
    shift = (shifts.filter(station__in=stations) if stations else shifts.own(request.user)).order_by("starts_at").first()
    return {
        "station": shift.station_id if shift else next(iter(stations), None),
        "practitioner": shift.practitioner_id if shift else None,
        "day": moment.date(),
        "time": moment.time().replace(second=0, microsecond=0),
        "channel": Consultation.Channel.ONSITE,
        "party_count": 1,
        "advisor_signed": True,
    }


def initial_of(record):
    names = ("day", "time", "channel", "client_name", "groups", "party_count", "matter", "question", "answer", "outcome")
    values = {name: getattr(record, name) for name in names}
    values |= {"station": record.station_id, "practitioner": record.practitioner_id, "advisor_signed": record.advisor_signed}
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
        "void_form": VoidForm(),
        "fault_form": FaultForm(),
    }
    return render(request, "consultations/records/detail.html", context)


def is_frozen(record):
    month = Month.objects.for_day(record.station.county, record.day)
    return month is not None and month.is_closed


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def consultation_void(request, pk):
    """作废: its own page that says what follows."""
    record = visible_record(request, pk)
    form = VoidForm(request.POST or None)
    if form.is_valid():
        try:
            withdrawals.void_consultation(consultation_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{record} 已作废，不再计入人次。作废错了的，结账以前可以在本页撤销作废。")
            return redirect("consultation", pk)
    return render(request, "consultations/records/void.html", {"form": form, "record": record})


@require_POST
@allowed("consultations.write_consultation")
def consultation_restore(request, pk):
    record = visible_record(request, pk)
    act(request, withdrawals.restore_consultation, f"已撤销作废，{record} 重新计入人次。", consultation_id=pk)
    return redirect("consultation", pk)


@require_POST
@allowed("consultations.report_finding")
def consultation_fault(request, pk):
    """记录不规范: a finding of this record, for another officer to decide."""
    record = visible_record(request, pk)
    if Role.SECTION not in request.user.roles:
        messages.error(request, "记录不规范由司法局业务股登记。")
        return redirect("consultation", pk)
    finding = act(
        request,
        record_checks.check_record,
        "已登记记录不规范，待本人说明和另一人核实。",
        consultation_id=record.pk,
        remark=request.POST.get("remark", ""),
    )
    return redirect("finding", finding.pk) if finding else redirect("consultation", pk)


@require_safe
@allowed("consultations.view_consultations")
def consultation_paper(request, pk):
    record, demo = visible_record(request, pk), installation().is_demo
    make = lambda: papers.record_pdf(record, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, file_name("法律咨询登记表", str(record), suffix=".pdf"), "consultations")

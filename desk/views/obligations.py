"""The year's tasks: the board with the overdue first, one task with its evidence."""

from django.contrib import messages
from django.db.models import Case, F, IntegerField, Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from accounts.forms import ReasonForm
from accounts.models import AuditEntry, User
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from desk.forms.obligations import FinishForm, ObligationFilter, OwnerForm
from desk.services.obligation_proofs import proofs_of
from programmes.models import Obligation
from programmes.rules.obligations import read_rules
from programmes.services import obligations as services
from records.services import file_response

NAMES = {
    "monthly_report": "逐月上报",
    "quarterly_check": "季度抽查",
    "quarterly_return": "季度资金报告",
    "case_information": "季度案件信息",
    "midyear_inspection": "年中督查",
    "yearend_assessment": "年底考核",
    "publicity_plan": "宣传方案",
    "training": "人员培训",
}


@require_safe
@allowed("desk.view_obligations")
def obligations(request):
    """Overdue first, then by due day; what is done last, the newest first."""
    today, mine = clock.today(), Obligation.objects.visible_to(request.user)
    years = mine.order_by("-plan__year").values_list("plan__year", flat=True).distinct()
    form = ObligationFilter(request.GET, years=years, codes=names())
    late = When(state="open", late_after__lt=today, then=Value(0))
    turn = Case(late, When(state="open", then=Value(1)), default=Value(2), output_field=IntegerField())
    coming = Case(When(state="open", then=F("due_on"))).asc(nulls_last=True)
    rows = form.chosen(mine).select_related("owner", "evidence_file").order_by(turn, coming, "-due_on", "pk")
    counts = {
        "open": mine.open().count(),
        "overdue": mine.overdue(today).count(),
        "done": mine.filter(state="done").count(),
    }
    context = {"form": form, "page": page_of(request, rows), "chips": chips_of(request, form), "counts": counts, "today": today}
    return render(request, "desk/obligations.html", context)


def names():
    """Each kind of task by its short name; one that has none by its title without the period."""
    codes = dict.fromkeys(rule.code for rule in read_rules())
    return [(code, NAMES.get(code, code)) for code in codes]


def visible_obligation(request, pk):
    rows = Obligation.objects.visible_to(request.user).select_related("plan", "county", "owner", "done_by", "evidence_file")
    return get_object_or_404(rows, pk=pk)


@require_safe
@allowed("desk.view_obligations")
def obligation(request, pk):
    return obligation_page(request, visible_obligation(request, pk))


def obligation_page(request, row, **forms):
    """One task: what, by when and why then, what the program knows of it, and what may be done now."""
    is_open, proofs = row.state == Obligation.State.OPEN, proofs_of(row)
    why_not = services.why_not_finish(row, request.user)
    enough = next((proof.url for proof in proofs if proof.is_enough), "")
    may_keep = may(request.user, "desk.keep_obligations")
    context = {
        "obligation": row,
        "proofs": proofs,
        "is_late": row.is_late(clock.today()),
        "late_days": row.late_days(clock.today()),
        "may_finish": is_open and may_keep and not why_not,
        "may_reopen": not is_open and may_keep and not why_not,
        "may_assign": is_open and may(request.user, "desk.assign_obligations"),
        "finish_form": FinishForm(initial={"done_on": clock.today(), "evidence_url": enough}),
        "owner_form": owner_form(row),
        "reason_form": ReasonForm(),
        "history": AuditEntry.objects.filter(object_type="programmes.Obligation", object_id=str(row.pk)).order_by("-id")[:20],
        **forms,
    }
    return render(request, "desk/obligation.html", context)


def owner_form(row, data=None):
    people = User.objects.filter(pk__in=[user.pk for user in services.holders_of(row)]).order_by("name")
    return OwnerForm(data, people=people, initial={"owner": row.owner})


@require_POST
@allowed("desk.keep_obligations")
def obligation_finish(request, pk):
    row, form = visible_obligation(request, pk), FinishForm(request.POST, request.FILES)
    if form.is_valid() and tried(form, services.finish, obligation_id=pk, by=request.user, **form.cleaned_data):
        messages.success(request, f"已办结：{row.title}。")
        return redirect("obligation", pk)
    return obligation_page(request, row, finish_form=form)


@require_POST
@allowed("desk.assign_obligations")
def obligation_assign(request, pk):
    row = visible_obligation(request, pk)
    form = owner_form(row, request.POST)
    if form.is_valid() and tried(form, services.assign, obligation_id=pk, by=request.user, **form.cleaned_data):
        messages.success(request, "已确定责任人。")
        return redirect("obligation", pk)
    return obligation_page(request, row, owner_form=form)


@require_POST
@allowed("desk.keep_obligations")
def obligation_reopen(request, pk):
    row, form = visible_obligation(request, pk), ReasonForm(request.POST)
    if why := services.why_not_finish(row, request.user):
        messages.error(request, why)
        return redirect("obligation", pk)
    if form.is_valid() and tried(form, services.reopen, obligation_id=pk, by=request.user, **form.cleaned_data):
        messages.success(request, "已撤回办结，任务回到待办。")
        return redirect("obligation", pk)
    return obligation_page(request, row, reason_form=form)


@require_safe
@allowed("desk.view_obligations")
def obligation_evidence(request, pk):
    row = get_object_or_404(Obligation.objects.visible_to(request.user).exclude(evidence_file=None), pk=pk)
    return file_response(row.evidence_file)


def tried(form, service, **arguments):
    """What the service gives; None where it refused, and the form says why."""
    try:
        return service(**arguments)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None

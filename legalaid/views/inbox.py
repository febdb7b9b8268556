"""What waits for somebody of the centre: taken over, made void, handed to a colleague, its papers registered."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from common import clock
from common.errors import Refused
from consultations.models import Consultation
from legalaid.forms.inbox import DismissForm, HandOverForm, PapersForm
from legalaid.models import AidCase
from legalaid.rules.procedure import State
from legalaid.services import inbox as inbox_services
from legalaid.services import intake as services
from legalaid.services.intake_doubts import doubts_about
from legalaid.services.intake_facts import group_words
from legalaid.views.intake import address_of, code_words, own_case, version_of


@require_safe
@allowed("legalaid.handle_case")
def inbox(request):
    """申请收件: registered by stations, by telephone, on the public page; nobody has taken them."""
    page = page_of(request, inbox_services.waiting(request.user))
    mine = AidCase.objects.visible_to(request.user).filter(state=AidCase.State.REGISTERED, handler=request.user, is_history=False)
    rows = [(case, group_words(case)) for case in page]
    context = {"page": page, "rows": rows, "mine": mine.select_related("applicant")[:50]}
    return render(request, "legalaid/intake/inbox.html", context)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.handle_case")
def case_take(request, pk):
    """接收: what was registered becomes a case with its number, and one's own."""
    case = own_case(request, pk)
    if case.state != AidCase.State.REGISTERED or (case.handler_id and case.handler_id != request.user.pk):
        who = f"已由{case.handler}接收，" if case.handler_id else ""
        messages.info(request, f"{case} {who}现在是“{case.get_state_display()}”。")
        return redirect("intake")
    doubts = doubts_about(case, case.applicant, by=request.user, day=inbox_services.applied_on(case))
    if request.method == "POST":
        try:
            taken = inbox_services.take_over(
                case_id=pk,
                version=version_of(request),
                by=request.user,
                confirmed=frozenset(request.POST.getlist("confirmed")),
                reason=request.POST.get("doubt_reason", "")[:300],
            )
        except services.Doubtful as error:
            doubts = error.doubts
            messages.error(request, "没有接收：请逐条核对下面的提示，写明理由后再接收。")
        except Refused as error:
            messages.error(request, str(error))
            return redirect("intake")
        else:
            messages.success(request, f"已接收，编号 {taken.number}。请核对案件信息，登记收到的材料。")
            return redirect("case-papers-received", pk)
    limit = case.deadlines.open().filter(code=services.TRANSFER_LIMIT).first()
    source = Consultation.objects.visible_to(request.user).filter(pk=case.consultation_id).first()
    context = {
        "source": source,
        "case": case,
        "doubts": doubts,
        "groups": group_words(case),
        "limit": limit,
        "files": case.files.standing(),
    }
    return render(request, "legalaid/intake/take.html", context)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.handle_case")
def case_dismiss(request, pk):
    case = own_case(request, pk)
    form = DismissForm(request.POST or None)
    if form.is_valid():
        try:
            inbox_services.dismiss(case_id=pk, version=version_of(request), by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{case} 已登记作废。")
            return redirect("intake")
    return render(request, "legalaid/intake/dismiss.html", {"case": case, "form": form})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.hand_over")
def case_hand_over(request, pk):
    """交给同事."""
    case = own_case(request, pk)
    form = HandOverForm(request.POST or None, colleagues=inbox_services.colleagues_of(case, request.user))
    if form.is_valid():
        try:
            inbox_services.hand_over(case_id=pk, version=version_of(request), by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{case} 已交给{form.cleaned_data['to']}。")
            still = AidCase.objects.visible_to(request.user).filter(pk=pk).exists()
            return redirect(address_of(case) if still else "intake")
    return render(request, "legalaid/intake/hand_over.html", {"case": case, "form": form})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.handle_case")
def case_papers_received(request, pk):
    """What came with it, and what is missing: the list of the one-time notice (Legal Aid Law 43(2))."""
    case = own_case(request, pk)
    if not hasattr(case, "applicant"):
        raise Http404("历史案件没有收件材料。")
    missing = services.papers_missing(case)
    is_open = case.state not in State.ENDED
    form = PapersForm(request.POST or None, missing=missing, initial={"day": clock.today()})
    if is_open and form.is_valid():
        try:
            added = services.note_papers(
                case=case, codes=frozenset(form.cleaned_data["codes"]), by=request.user, day=form.cleaned_data["day"]
            )
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记 {len(added)} 项材料。")
            return redirect("case-papers-received", pk)
    limit = case.deadlines.filter(code=services.TRANSFER_LIMIT).first()
    context = {
        "case": case, "form": form, "missing": missing, "files": case.files.standing(), "is_open": is_open, "limit": limit,
        "code": code_words(case), "back": address_of(case),
    }  # fmt: skip
    return render(request, "legalaid/intake/papers.html", context)

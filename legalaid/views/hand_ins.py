"""What a station handed in, and what became of a consultation: the step, for who brought it."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import allowed
from accounts.pages import page_of
from accounts.policy import may
from common.id_numbers import mask_name
from consultations.models import Consultation
from legalaid.models import AidCase
from legalaid.rules.procedure import State
from legalaid.services import intake as services
from legalaid.services.intake_facts import group_words
from legalaid.views.intake import address_of, code_words


@require_safe
@allowed("legalaid.follow_hand_ins")
def hand_ins(request):
    """代收申请: what the reader's station handed in, and how far it has got."""
    rows = AidCase.objects.handed_in_by(request.user).select_related("station", "recorded_by").order_by("-received_on", "-pk")
    page = page_of(request, rows)
    return render(request, "legalaid/intake/hand_ins.html", {"page": page, "rows": [(case, shown_name(case)) for case in page]})


@require_safe
@allowed("legalaid.follow_hand_ins")
def hand_in(request, pk):
    """The step of one application, and the code its applicant asks with."""
    rows = AidCase.objects.handed_in_by(request.user).select_related("station", "consultation", "county")
    case = get_object_or_404(rows, pk=pk)
    missing = services.papers_missing(case) if hasattr(case, "applicant") and case.state in State.BEFORE_DECISION else []
    context = {"case": case, "name": shown_name(case), "code": code_words(case), "missing": missing, "groups": group_words(case)}
    return render(request, "legalaid/intake/hand_in.html", context)


def shown_name(case):
    """Names of criminal and minors' cases stay with those who handle them."""
    return mask_name(case.recipient) if case.is_sensitive else case.recipient


@require_safe
@allowed("consultations.view_consultations")
def consultation_case(request, pk):
    """What became of a consultation: its step, for who may read the record. Whole page without JavaScript."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user), pk=pk)
    case = AidCase.objects.filter(consultation=consultation).select_related("county").first()
    is_visible = case is not None and AidCase.objects.visible_to(request.user).filter(pk=case.pk).exists()
    is_ours = case is not None and AidCase.objects.handed_in_by(request.user).filter(pk=case.pk).exists()
    if case is not None and case.is_sensitive and not (is_visible or is_ours):
        case = None
    may_turn = may(request.user, "legalaid.hand_in_application") and not consultation.is_void
    url = address_of(case) if is_visible else reverse("hand-in", args=[case.pk]) if is_ours else ""
    is_turned = AidCase.objects.filter(consultation=consultation).exists()
    context = {"consultation": consultation, "case": case, "url": url, "may_turn": may_turn and not is_turned}
    part = "_consultation_case" if request.headers.get("HX-Request") else "consultation_case"
    return render(request, f"legalaid/intake/{part}.html", context)

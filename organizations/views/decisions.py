"""What waits for the leader: admissions, statuses, accounts; each on a page of its own with what there is to see."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, fresh_login
from common import clock
from common.errors import Refused
from organizations import forms, rules, services
from organizations.models import BankAccount, PoolEntry, StatusProposal
from organizations.services.people import proofs_of
from organizations.views.people import show_refusal
from records.services import file_response


@require_safe
@allowed("organizations.view_proposals")
def proposals(request):
    stays = PoolEntry.objects.visible_to(request.user).to_decide()
    statuses = StatusProposal.objects.visible_to(request.user).to_decide()
    accounts = BankAccount.objects.visible_to(request.user).to_decide()
    facts = {
        "stays": stays.select_related("practitioner", "county", "entered_by").order_by("pk")[:200],
        "statuses": statuses.select_related("practitioner", "proposed_by").order_by("pk")[:200],
        "accounts": accounts.select_related("practitioner", "proposed_by", "paper").order_by("pk")[:200],
    }
    return render(request, "organizations/proposals.html", facts)


@require_safe
@allowed("organizations.view_proposals")
def stay(request, pk):
    return _stay_page(request, _stay(request, pk), forms.DecisionForm())


@require_POST
@allowed("organizations.decide_pool")
@fresh_login
def stay_decide(request, pk):
    row, form = _stay(request, pk), forms.DecisionForm(request.POST)
    if form.is_valid():
        try:
            admit = _answer(request)
            services.decide_pool_entry(entry_id=row.pk, admit=admit, by=request.user, **form.cleaned_data)
            messages.success(request, f"已批准{row.practitioner}入库。" if admit else f"没有批准{row.practitioner}入库。")
            return redirect("proposals")
        except Refused as error:
            show_refusal(form, error)
    return _stay_page(request, row, form)


def _stay(request, pk):
    rows = PoolEntry.objects.visible_to(request.user).select_related("practitioner", "county", "entered_by", "decided_by")
    return get_object_or_404(rows.prefetch_related("stations"), pk=pk)


def _stay_page(request, row, form):
    person, today = row.practitioner, clock.today()
    firm = next((each for each in person.affiliations.select_related("organization") if _covers(each, today)), None)
    facts = {
        "stay": row,
        "person": person,
        "firm": firm.organization if firm else None,
        "status": person.public_servant_status_on(max(row.since, today)) or person.public_servant_status_on(row.since),
        "doubts": rules.doubtful_proofs(proofs_of(person, has_organization=bool(firm)), today),
        "form": form,
        "is_open": row.state == PoolEntry.State.PROPOSED,
    }
    return render(request, "organizations/stay.html", facts)


def _covers(row, day):
    return rules.Span(row.since, row.until).covers(day)


@require_safe
@allowed("organizations.view_proposals")
def status_proposal(request, pk):
    return _status_page(request, _status(request, pk), forms.DecisionForm())


@require_POST
@allowed("organizations.decide_status")
@fresh_login
def status_decide(request, pk):
    row, form = _status(request, pk), forms.DecisionForm(request.POST)
    if form.is_valid():
        try:
            accept = _answer(request)
            services.decide_status(proposal_id=row.pk, accept=accept, by=request.user, **form.cleaned_data)
            messages.success(request, f"已审定{row.practitioner}的公职身份。" if accept else "没有同意这项变更。")
            if accept and (warning := services.closed_months_warning(row.practitioner, row.since)):
                messages.warning(request, warning)
            return redirect("proposals")
        except Refused as error:
            show_refusal(form, error)
    return _status_page(request, row, form)


def _status(request, pk):
    rows = StatusProposal.objects.visible_to(request.user).select_related("practitioner", "proposed_by", "decided_by", "paper")
    return get_object_or_404(rows, pk=pk)


def _status_page(request, row, form):
    facts = {
        "proposal": row,
        "person": row.practitioner,
        "form": form,
        "is_open": row.state == StatusProposal.State.PROPOSED,
        "standing": row.practitioner.public_servant_status_on(row.since),
        "closed_months": services.closed_months_touched(row.practitioner, row.since),
    }
    return render(request, "organizations/status_proposal.html", facts)


@require_safe
@allowed("organizations.view_proposals")
def account(request, pk):
    return _account_page(request, _account(request, pk), forms.DecisionForm())


@require_POST
@allowed("organizations.decide_account")
@fresh_login
def account_decide(request, pk):
    row, form = _account(request, pk), forms.DecisionForm(request.POST)
    if form.is_valid():
        try:
            accept = _answer(request)
            services.decide_account(account_id=row.pk, accept=accept, by=request.user, **form.cleaned_data)
            messages.success(request, f"已启用{row.practitioner}的新账户。" if accept else "没有同意这项账户变更。")
            return redirect("proposals")
        except Refused as error:
            show_refusal(form, error)
    return _account_page(request, row, form)


def _account(request, pk):
    rows = BankAccount.objects.visible_to(request.user).select_related("practitioner", "proposed_by", "decided_by", "paper")
    return get_object_or_404(rows, pk=pk)


def _account_page(request, row, form):
    facts = {
        "account": row,
        "person": row.practitioner,
        "in_use": row.practitioner.bank_accounts.in_use().first(),
        "form": form,
        "is_open": row.state == BankAccount.State.PROPOSED,
    }
    return render(request, "organizations/account.html", facts)


@require_safe
@allowed("organizations.view_accounts")
def account_paper(request, pk):
    row = _account(request, pk)
    if row.paper is None:
        raise Http404
    return file_response(row.paper)


@require_safe
@allowed("organizations.view_proposals")
def status_paper(request, pk):
    row = _status(request, pk)
    if row.paper is None:
        raise Http404
    return file_response(row.paper)


def _answer(request):
    """Which of the two buttons was pressed."""
    answer = request.POST.get("answer")
    if answer not in ("yes", "no"):
        raise Refused("没有选择同意或不同意：请按其中一个按钮。")
    return answer == "yes"

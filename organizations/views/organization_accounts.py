"""A firm's payee account: entered with its paper, decided by the leader."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from common.errors import Refused
from organizations import forms
from organizations.models import Organization, OrganizationAccount
from organizations.services.organization_accounts import decide_organization_account, propose_organization_account
from organizations.views.people import show_refusal
from records.services import file_response


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("organizations.propose_account")
def organization_account_new(request, pk):
    """Enter an account, or another in the place of the one in use."""
    row = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    form = forms.OrganizationAccountForm(request.POST or None, request.FILES or None, initial={"holder": row.name})
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("holder", "bank_name", "account_no", "reason")}
        try:
            propose_organization_account(organization_id=row.pk, by=request.user, upload=form.cleaned_data["paper"], **told)
        except Refused as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"已登记{row.name}的收款账户，等待局领导审定。")
            return redirect("organization", row.pk)
    return render(request, "organizations/organization_account_form.html", {"organization": row, "form": form})


def account_of(request, pk):
    rows = OrganizationAccount.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("organization", "proposed_by", "decided_by", "paper"), pk=pk)


@require_safe
@allowed("organizations.view_accounts")
def organization_account(request, pk):
    return account_page(request, account_of(request, pk), forms.DecisionForm())


@require_POST
@allowed("organizations.decide_account")
@fresh_login
def organization_account_decide(request, pk):
    row, form = account_of(request, pk), forms.DecisionForm(request.POST)
    if form.is_valid():
        accept = request.POST.get("answer") == "yes"
        try:
            decide_organization_account(account_id=row.pk, accept=accept, by=request.user, **form.cleaned_data)
            messages.success(request, f"已启用{row.organization}的账户。" if accept else "没有同意这项账户登记。")
            return redirect("organization", row.organization_id)
        except Refused as error:
            show_refusal(form, error)
    return account_page(request, row, form)


def account_page(request, row, form):
    facts = {
        "account": row,
        "in_use": row.organization.accounts.in_use().first(),
        "form": form,
        "is_open": row.state == OrganizationAccount.State.PROPOSED,
    }
    return render(request, "organizations/organization_account.html", facts)


@require_safe
@allowed("organizations.view_accounts")
def organization_account_paper(request, pk):
    return file_response(account_of(request, pk).paper)

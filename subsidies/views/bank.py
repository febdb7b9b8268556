"""银行对账: statements beside the cash book."""

from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from common.errors import Refused
from subsidies.forms.funds import StatementForm
from subsidies.models import BankLine, BankStatement, Fund
from subsidies.services.funds import fund_of
from subsidies.services.reconciliation import agree_statement, enter_statement, match_line, position_of, read_statement
from subsidies.views.places import county_of

OFFERED = 12


@require_safe
@allowed("subsidies.view_ledger")
def bank(request):
    rows = BankStatement.objects.visible_to(request.user).filter(fund__county=county_of(request))
    rows = rows.select_related("fund", "entered_by", "agreed_by").order_by("-last", "-pk")
    return render(request, "subsidies/bank.html", {"page": page_of(request, rows)})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.reconcile_bank")
def bank_new(request):
    county = county_of(request)
    initial = {"fund": Fund.Kind.SPECIAL, "key": uuid4().hex}
    form = StatementForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        file, typed = told.pop("file"), told.pop("typed")
        try:
            lines = read_statement(file) if file else typed
            fund = fund_of(county=county, kind=told.pop("fund"))
            statement = enter_statement(fund=fund, lines=lines, by=request.user, **told)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            open_lines = statement.lines.filter(entry=None).count()
            messages.success(request, f"已录入 {len(lines)} 条，自动对上 {len(lines) - open_lines} 条。")
            return redirect("bank-statement", statement.pk)
    return render(request, "subsidies/bank_new.html", {"form": form, "county": county})


def statement_of(request, pk):
    rows = BankStatement.objects.visible_to(request.user).select_related("fund__county", "entered_by", "agreed_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
@allowed("subsidies.view_ledger")
def bank_statement(request, pk):
    """One statement: its lines with their entries, what each side alone shows, and whether it is even."""
    statement = statement_of(request, pk)
    position = position_of(statement)
    lines = page_of(request, statement.lines.select_related("entry"), per_page=50)
    for line in lines:
        line.offers = (
            [entry for entry in position.only_ledger if entry.amount == line.amount][:OFFERED] if not line.entry_id else []
        )
    facts = {"statement": statement, "position": position, "page": lines}
    return render(request, "subsidies/bank_statement.html", facts)


@require_POST
@allowed("subsidies.reconcile_bank")
def bank_match(request, pk, line):
    """Match one line with an entry, or loosen it."""
    statement = statement_of(request, pk)
    found = get_object_or_404(BankLine, statement=statement, pk=line)
    entry = request.POST.get("entry", "")
    try:
        match_line(line_id=found.pk, entry_id=int(entry) if entry.isdigit() else None, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("bank-statement", pk)


@require_POST
@allowed("subsidies.reconcile_bank")
def bank_agree(request, pk):
    statement = statement_of(request, pk)
    try:
        agree_statement(statement_id=statement.pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{statement.first} 至 {statement.last} 的对账单已对平。")
    return redirect("bank-statement", pk)

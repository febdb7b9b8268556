"""案件补贴: the quarters, one list with every case explained, its steps, single cases back, payments."""

from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from accounts.pages import page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.money import yuan
from common.periods import Quarter
from legalaid.models import AidCase
from subsidies.forms.cases import BackForm, PayeeForm
from subsidies.forms.payments import PaymentsForm
from subsidies.models import CaseClaim, CaseList, Payment
from subsidies.models.cases import cases_in_sight
from subsidies.services import case_approval
from subsidies.services.case_approval import may_send_back_single
from subsidies.services.case_drafting import choose_payee, draft_case_list
from subsidies.services.case_lists import why_not_by
from subsidies.services.case_pages import (
    NEXT,
    listed_cases,
    lists_of,
    next_step,
    other_order,
    quarters_to_draft,
    same_provincial_numbers,
    steps_of,
)
from subsidies.services.case_payment import account_key, accounts_of, pay_case_rows
from subsidies.services.submissions import AlreadyTaken
from subsidies.views.batches import refused
from subsidies.views.places import county_of

HANDS = ("drafted_by", "submitted_by", "reviewed_by", "checked_by", "approved_by")
RELATED = ("county", "plan", "special_fund", "operating_fund", *HANDS)


@require_safe
@allowed("subsidies.view_case_lists")
def case_lists(request):
    """Every list of the county, the quarters that wait for one, and the cases that were sent back."""
    county = county_of(request)
    page = page_of(request, lists_of(county, request.user))
    for each in page:
        each.waits_for = NEXT[each.status][3] if each.status in NEXT else ""
        each.again = each.rows.to_pay().count() if each.status == CaseList.Status.PAID else 0
    may_draft = may(request.user, "subsidies.draft_case_list")
    held = CaseClaim.objects.held().filter(case__county=county, case__in=cases_in_sight(request.user).values("pk"))
    current = Quarter.of(clock.today())
    facts = {
        "county": county,
        "page": page,
        "waiting": quarters_to_draft(county) if may_draft else [],
        "current": current,
        # The quarter that has just ended is declared and compared in the next one.
        "declared": [current.previous(), current],
        "compared": sorted({current.previous().year, current.year}),
        "held": held.select_related("case", "held_by").order_by("-held_at"),
    }
    return render(request, "subsidies/case_lists.html", facts)


@require_POST
@allowed("subsidies.draft_case_list")
def case_list_draft(request):
    """Draft the quarter's list, or draft it once more."""
    county = county_of(request)
    try:
        quarter = Quarter.parse(request.POST.get("quarter", ""))
        case_list = draft_case_list(county=county, quarter=quarter, by=request.user)
    except (Refused, ValueError) as error:
        messages.error(request, str(error))
        return redirect("case-lists")
    messages.success(
        request,
        f"已编制{case_list.label}案件补贴季表：{case_list.claims.count()} 件，"
        f"专项资金 {yuan(case_list.special_total)} 元，业务经费 {yuan(case_list.operating_total)} 元。",
    )
    return redirect("case-list", case_list.pk)


def list_of(request, pk):
    return get_object_or_404(CaseList.objects.visible_to(request.user).select_related(*RELATED), pk=pk)


@require_safe
@allowed("subsidies.view_case_lists")
def case_list(request, pk):
    """One list: its steps, sums by fund, each case with its lines, whom each fund pays, what another order would change."""
    found = list_of(request, pk)
    opened = request.GET.get("open", "")
    cases = listed_cases(found)
    rows = list(found.rows.select_related("fund", "organization", "practitioner"))
    accounts = accounts_of(rows)
    for row in rows:
        row.account_now = accounts.get(account_key(row))
    own = set(AidCase.objects.visible_to(request.user).filter(claim__list=found).values_list("pk", flat=True))
    facts = {
        "list": found,
        "steps": steps_of(found),
        "next": next_step(found, request.user),
        "page": page_of(request, cases, per_page=10_000 if opened == "all" else 50),
        "opened": opened,
        "own": own,
        "special_cases": sum(1 for each in cases if each.special),
        "beyond": next((each for each in cases if each.is_first_beyond), None),
        "nameless": [each.claim.case.number for each in cases if each.claim.payee is None],
        "lost": [] if found.status in ("draft", "paid") else [each for each in cases if not each.verdict.is_worth],
        "doubles": same_provincial_numbers([each.claim.case_id for each in cases], found.county),
        "effect": other_order(found) if found.status == "draft" else [],
        "rows": rows,
        "may_single": may_send_back_single(found, request.user),
        "may_back": found.status in ("submitted", "reviewed", "checked", "approved"),
        "events": found.events.select_related("by", "case").order_by("-pk"),
        "again": found.rows.to_pay().count() if found.status == "paid" else 0,
    }
    return render(request, "subsidies/case_list.html", facts)


def step(request, pk, act, words, **told):
    """Do one step with what the form says; back to the list with what came of it."""
    found = list_of(request, pk)
    version = request.POST.get("version", "")
    try:
        done = act(
            list_id=found.pk, version=int(version) if version.isdigit() and len(version) < 10 else 0, by=request.user, **told
        )
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words.format(label=done.label, total=yuan(done.total)))
    return redirect("case-list", pk)


def note_of(request):
    return request.POST.get("note", "").strip()[:500]


@require_POST
@allowed("subsidies.submit_case_list")
def case_list_submit(request, pk):
    words = "已签报{label}案件补贴季表，合计 {total} 元，送业务股复核。"
    return step(request, pk, case_approval.submit_case_list, words, note=note_of(request))


@require_POST
@allowed("subsidies.review_case_list")
def case_list_review(request, pk):
    words = "已复核{label}案件补贴季表，合计 {total} 元，送财务审核。"
    return step(request, pk, case_approval.review_case_list, words, note=note_of(request))


@require_POST
@allowed("subsidies.check_pay")
def case_list_check(request, pk):
    words = "已审核{label}案件补贴季表，送局领导审批。"
    return step(request, pk, case_approval.check_case_list, words, note=note_of(request))


@require_POST
@allowed("subsidies.approve_pay")
@fresh_login
def case_list_approve(request, pk):
    words = "已审批{label}案件补贴季表，合计 {total} 元，送出纳支付。"
    return step(request, pk, case_approval.approve_case_list, words, note=note_of(request))


@require_POST
@allowed("subsidies.send_back_cases")
def case_list_send_back(request, pk):
    words = "已退回{label}案件补贴季表，由援助中心修改。"
    return step(request, pk, case_approval.send_back_case_list, words, reason=note_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.send_back_single")
def case_claim_back(request, pk):
    """Send a single case back: its own page, which says what follows. The service asks who has the list before her."""
    claim = claim_of(request, pk)
    found = list_of(request, claim.list_id or 0)
    form = BackForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            case_approval.send_back_case(list_id=found.pk, case_id=claim.case_id, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已从季表退回{claim.case.number}，其余案件继续办理。")
            return redirect("case-list", found.pk)
    return render(request, "subsidies/case_claim_back.html", {"claim": claim, "list": found, "form": form})


def claim_of(request, pk):
    counties = CaseList.objects.visible_to(request.user).values("county")
    rows = CaseClaim.objects.filter(case__county__in=counties).select_related("case", "list", "organization", "practitioner")
    return get_object_or_404(rows, pk=pk)


@require_POST
@allowed("subsidies.draft_case_list")
def case_claim_forward(request, pk):
    claim = claim_of(request, pk)
    try:
        case_approval.put_forward(claim_id=claim.pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{claim.case.number}在下次编制季表时重新列入。")
    return redirect("case-lists")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.draft_case_list")
def case_claim_payee(request, pk):
    """Who is paid for one case: the firm, or the person (Z-SUB-6)."""
    claim = claim_of(request, pk)
    form = PayeeForm(request.POST or None, initial={"choice": claim.payee_choice})
    if request.method == "POST" and form.is_valid():
        try:
            found = choose_payee(claim_id=claim.pk, choice=form.cleaned_data["choice"], by=request.user)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已改定{claim.case.number}的收款人，季表已重新编制。")
            return redirect("case-list", found.pk)
    return render(request, "subsidies/case_claim_payee.html", {"claim": claim, "form": form})


@require_safe
@allowed("subsidies.view_case_lists")
def case_list_pay(request, pk):
    """Whom each fund still pays and has paid, of one list."""
    found = list_of(request, pk)
    return pay_page(request, found, PaymentsForm(initial={"paid_on": clock.today(), "key": uuid4().hex}, rows=rows_to_pay(found)))


@require_POST
@allowed("subsidies.pay")
@fresh_login
def case_list_pay_book(request, pk):
    """Register the payments that the form names, all or none."""
    found = list_of(request, pk)
    form = PaymentsForm(request.POST, rows=rows_to_pay(found))
    if not form.is_valid():
        return pay_page(request, found, form)
    told = {name: form.cleaned_data[name] for name in ("receipts", "paid_on", "key")}
    try:
        found = pay_case_rows(list_id=found.pk, by=request.user, **told)
    except AlreadyTaken as error:
        messages.warning(request, str(error))
    except Refused as error:
        return pay_page(request, found, refused(form, error))
    else:
        messages.success(request, f"已登记 {len(told['receipts'])} 笔支付{'，全部付清。' if found.status == 'paid' else '。'}")
    return redirect("case-list-pay", pk)


def rows_to_pay(found):
    rows = list(found.rows.to_pay().select_related("fund", "organization", "practitioner").order_by("name", "fund", "pk"))
    accounts = accounts_of(rows)
    for row in rows:
        row.account_now = accounts.get(account_key(row))
    return rows


def pay_page(request, found, form):
    payments = Payment.objects.filter(case_row__list=found).select_related(
        "case_row__fund", "account", "organization_account", "paid_by", "returned_by", "entry"
    )
    facts = {
        "list": found,
        "form": form,
        "to_pay": sum(row.amount for row in form.rows),
        "due_funds": list({row.fund_id: row.fund for row in form.rows}.values()),
        "payments": payments.order_by("-pk"),
        "why_not": why_not_by(found, "pay", request.user) if may(request.user, "subsidies.pay") else "",
    }
    return render(request, "subsidies/case_list_pay.html", facts)

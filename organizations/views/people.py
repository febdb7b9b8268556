"""The pages of people: the list, one person, and a page for each thing that may be done to her."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from organizations import forms, rules, services
from organizations.models import BankAccount, PoolEntry, Practitioner
from organizations.services.people import EDITABLE, proofs_of
from organizations.services.revealing import WORDS as NUMBERS

# A file that is not taken in names its field `file`; in these forms it is the paper.
FIELDS = {"file": "paper"}


@require_safe
@allowed("organizations.view_people")
def people(request):
    form, rows = chosen_people(request)
    facts = {
        "form": form,
        "find_form": forms.FindForm(),
        "page": page_of(request, rows.with_present(clock.today())),
        "chips": chips_of(request, form),
    }
    return render(request, "organizations/people.html", facts)


def chosen_people(request):
    """The filter form and the people it leaves, of those this user may see."""
    form = forms.PersonFilter(request.GET)
    rows = Practitioner.objects.visible_to(request.user).current()
    chosen = form.cleaned_data if form.is_valid() else {}
    return form, rows.chosen(day=clock.today(), **chosen)


@require_POST
@allowed("organizations.view_people")
def person_find(request):
    """By the whole ID number, which travels in the body and never in an address."""
    form = forms.FindForm(request.POST)
    if form.is_valid():
        rows = Practitioner.objects.visible_to(request.user).with_id_number(form.cleaned_data["id_number"])
        if found := rows.first():
            return redirect("person", pk=found.merged_into_id or found.pk)
        form.add_error("id_number", "您能查看的人员里没有这个身份证号：请核对号码。")
    rows = Practitioner.objects.visible_to(request.user).current().with_present(clock.today())
    facts = {"form": forms.PersonFilter(), "find_form": form, "page": page_of(request, rows)}
    return render(request, "organizations/people.html", facts)


@require_safe
@allowed("organizations.view_people")
def person(request, pk):
    return _show(request, get_object_or_404(Practitioner.objects.visible_to(request.user), pk=pk))


@require_safe
@allowed("organizations.view_own_record")
def own_record(request):
    row = Practitioner.objects.filter(user=request.user).first()
    if row is None:
        return render(request, "organizations/no_own_record.html")
    return _show(request, row, is_own=True)


def _show(request, row, *, is_own=False):
    stays = PoolEntry.objects.filter(practitioner=row).select_related("county", "entered_by", "decided_by")
    firms = list(row.affiliations.select_related("organization").order_by("-since"))
    has_firm = any(rules.Span(firm.since, firm.until).covers(clock.today()) for firm in firms)
    may_see_accounts = is_own or may(request.user, "organizations.view_accounts")
    facts = {
        "person": row,
        "is_own": is_own,
        "stays": list(stays.prefetch_related("stations").order_by("-since")),
        "firms": firms,
        "statuses": list(row.public_servant_history.select_related("confirmed_by").order_by("-since")),
        "status_proposals": list(row.status_proposals.to_decide()),
        "accounts": list(row.bank_accounts.select_related("proposed_by", "decided_by", "paper")) if may_see_accounts else None,
        "shift_count": row.shifts.filter(is_cancelled=False).count(),
        "doubts": rules.doubtful_proofs(proofs_of(row, has_organization=has_firm), clock.today()),
        "duplicates": list(row.duplicates.all()),
        "revealable": [] if is_own else reveal_choices(row, request.user),
        "today": clock.today(),
    }
    return render(request, "organizations/person.html", facts)


def reveal_choices(row, user):
    if not may(user, "organizations.reveal"):
        return []
    return [(what, NUMBERS[what]) for what in services.revealable(row, user)]


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit_people")
def person_create(request):
    form = forms.PersonForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.register_practitioner(by=request.user, **form.cleaned_data)
        except Refused as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"已登记{row}，等待局领导批准入库。")
            return redirect("person", pk=row.pk)
    return render(request, "organizations/person_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit_people")
def person_edit(request, pk):
    row = person_of(request, pk)
    form = forms.PersonEditForm(request.POST or None, initial={field: getattr(row, field) for field in EDITABLE})
    page = {"title": f"修改{row}的资料", "submit": "保存", "lead": "类别、单位、公职身份、账户和证件号另有专门的办理页"}
    return _verb(request, row, form, services.edit_practitioner, "已保存。", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit_people")
@fresh_login
def person_id_number(request, pk):
    row = person_of(request, pk)
    page = {"title": f"更正{row}的身份证号", "submit": "更正", "lead": f"现在登记的是 {row.masked_id_number}"}
    return _verb(request, row, forms.IdNumberForm(request.POST or None), services.correct_id_number, "已更正身份证号。", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit_people")
def person_kind(request, pk):
    row = person_of(request, pk)
    initial = {field: getattr(row, field) for field in forms.KindForm.base_fields if field in EDITABLE}
    form = forms.KindForm(request.POST or None, initial=initial)
    page = {
        "title": f"变更{row}的人员类别",
        "submit": "变更类别",
        "lead": f"现在是{row.get_kind_display()}",
        "note": "改为公职律师或法律援助机构人员的，从变更日期起按公职人员对待；不再是公职人员的，另报局领导审定。",
    }
    return _verb(request, row, form, services.change_kind, "已变更人员类别。", page, warn_from="since")


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit_people")
def person_firm(request, pk):
    row = person_of(request, pk)
    form = forms.FirmForm(request.POST or None, user=request.user)
    page = {"title": f"变更{row}的所属单位", "submit": "变更单位", "lead": "原单位到变动日期的前一天为止，以前的记录不变"}
    return _verb(request, row, form, services.change_firm, "已变更所属单位。", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.propose_status")
def person_status(request, pk):
    row = person_of(request, pk)
    form = forms.StatusForm(request.POST or None, request.FILES or None)
    page = {
        "title": f"登记{row}的公职身份",
        "submit": "提交审定",
        "lead": "公职人员可以值班，不发补贴（方案四（一）3）；局领导审定后生效",
        "note": "从以前的日期起算、涉及已结账月份的，审定后须由业务股提出复算。",
    }
    return _verb(
        request,
        row,
        form,
        services.propose_status,
        "已提交，等待局领导审定。",
        page,
        files={"paper": "upload"},
        warn_from="since",
    )


@require_http_methods(["GET", "POST"])
@allowed("organizations.admit_to_pool")
def person_stay(request, pk):
    row = person_of(request, pk)
    form = forms.StayForm(request.POST or None, user=request.user, initial={"since": clock.today()})
    page = {"title": f"提出{row}入库", "submit": "提交审定", "lead": "局领导批准后，从入库日期起可以排班"}

    def propose(*, practitioner_id, **data):
        return services.propose_pool_entry(practitioner=row, **data)

    return _verb(request, row, form, propose, "已提交，等待局领导批准。", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.admit_to_pool")
def stay_stations(request, pk):
    stay = stay_of(request, pk)
    form = forms.StationsForm(request.POST or None, county=stay.county, initial={"stations": stay.stations.all(), "reason": ""})
    page = {"title": f"{stay.practitioner}的可值班站点", "submit": "保存", "lead": f"{stay.county}，{stay.since} 入库"}

    def save(*, practitioner_id, **data):
        return services.set_stations(entry_id=stay.pk, **data)

    return _verb(request, stay.practitioner, form, save, "已保存可值班站点。", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.admit_to_pool")
def stay_leave(request, pk):
    stay = stay_of(request, pk)
    form = forms.LeaveForm(request.POST or None, initial={"on": clock.today()})
    page = {
        "title": f"{stay.practitioner}出库",
        "submit": "出库",
        "danger": True,
        "lead": f"{stay.county}值班人员库，{stay.since} 入库",
        "note": "出库日期之后不能再排班；已排的班次须在值班表里换人。以前的值班和补贴不受影响。",
    }

    def leave(*, practitioner_id, **data):
        done = services.leave(entry_id=stay.pk, **data)
        if count := services.shifts_after(done, done.until):
            messages.warning(request, f"{done.practitioner}在 {done.until} 之后还有 {count} 个班次：请在值班表里换人。")
        return done

    return _verb(request, stay.practitioner, form, leave, "已登记出库。", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.propose_account")
def person_account(request, pk):
    row = person_of(request, pk)
    form = forms.AccountForm(request.POST or None, request.FILES or None)
    page = {
        "title": f"变更{row}的收款账户",
        "submit": "提交审定",
        "lead": f"户名须是本人：{row}。局领导审定后启用，下一次支付时会提示账户有变更",
    }
    return _verb(
        request,
        row,
        form,
        services.propose_account,
        "已提交，等待局领导审定。",
        page,
        files={"paper": "upload"},
        shows_account_form=True,
    )


@require_http_methods(["GET", "POST"])
@allowed("organizations.propose_account")
def account_add_paper(request, pk):
    account = get_object_or_404(BankAccount.objects.visible_to(request.user).to_decide(), pk=pk)
    form = forms.AccountPaperForm(request.POST or None, request.FILES or None)
    page = {
        "title": f"补交{account.practitioner}的账户确认书",
        "submit": "上传",
        "lead": f"{account.bank_name} {account.masked_account_no}",
    }

    def save(*, practitioner_id, **data):
        return services.add_account_paper(account_id=account.pk, **data)

    return _verb(
        request, account.practitioner, form, save, "已补交确认书。", page, files={"paper": "upload"}, shows_account_form=True
    )


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit_people")
def person_login(request, pk):
    row = person_of(request, pk)
    form = forms.LoginForm(request.POST or None, person=row, initial={"user": row.user})
    return _verb(request, row, form, services.link_login, "已保存。", {"title": f"关联{row}的登录用户", "submit": "保存"})


@require_http_methods(["GET", "POST"])
@allowed("organizations.reveal")
@fresh_login
def person_reveal(request, pk):
    """A full number, in the answer to a POST only: with a reason, audited first, never in an address."""
    row = person_of(request, pk)
    choices = reveal_choices(row, request.user)
    form = forms.RevealForm(request.POST or None, choices=choices)
    shown = None
    if not choices:
        raise PermissionDenied("查看完整号码只限于经办自己的工作：请联系业务股。")
    if request.method == "POST" and form.is_valid():
        try:
            value = services.reveal(practitioner=row, by=request.user, **form.cleaned_data)
            shown = {"words": NUMBERS[form.cleaned_data["what"]], "value": value}
        except Refused as error:
            show_refusal(form, error)
    return render(request, "organizations/person_reveal.html", {"person": row, "form": form, "shown": shown})


def person_of(request, pk):
    """A person this user may see, on whom something is to be done."""
    return get_object_or_404(Practitioner.objects.visible_to(request.user).current(), pk=pk)


def stay_of(request, pk):
    rows = PoolEntry.objects.visible_to(request.user).exclude(state=PoolEntry.State.REFUSED)
    return get_object_or_404(rows.select_related("practitioner", "county"), pk=pk)


def show_refusal(form, error):
    """What a service refused, at the field it names."""
    field = FIELDS.get(error.field, error.field)
    form.add_error(field if field in form.fields else None, str(error))


def _verb(request, row, form, service, done, page, *, files=None, warn_from="", shows_account_form=False):
    """The page of one verb about a person: its form, its service, what is said afterwards.

    `files` renames form fields to the service's keywords; `warn_from` is the field whose day may reach into closed months.
    """
    if request.method == "POST" and form.is_valid():
        data = {(files or {}).get(name, name): value for name, value in form.cleaned_data.items()}
        try:
            service(practitioner_id=row.pk, by=request.user, **data)
        except Refused as error:
            show_refusal(form, error)
        else:
            messages.success(request, done)
            warning = services.closed_months_warning(row, data[warn_from]) if warn_from else ""
            if warning:
                messages.warning(request, warning)
            return redirect("person", pk=row.pk)
    facts = {"person": row, "form": form, "page": page, "shows_account_form": shows_account_form}
    return render(request, "organizations/person_verb.html", facts)

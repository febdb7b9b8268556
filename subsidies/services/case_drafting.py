"""Drafting the quarterly list: which marked cases, what they are due from which fund, who is paid. Plan 五（二）2; Z-SUB-1…6.

Redrafting equal facts gives an equal list (I9). What stands in lists that were handed in keeps its parts; only the rest is put
in order again (Z-SUB-3). A number of queries that does not depend on the number of cases.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from accounts import audit
from common import clock
from common.money import ZERO
from legalaid.models import AidCase
from organizations.models import Organization, Practitioner
from subsidies.models import CaseClaim, CaseList, CasePayRow, ClaimPart, Fund, PayChain
from subsidies.rules.case_subsidy import FUND_OF, SPECIAL, parts_of
from subsidies.services.case_figures import JudgedCase, PlanRules, judged, plan_with_cases
from subsidies.services.case_lists import ListRefused, Status, state_words
from subsidies.services.drafting import chains_of
from subsidies.services.funds import fund_of
from subsidies.services.refusals import told_in_words
from subsidies.services.sheets import require_right

FIRMS = (Organization.Kind.LAW_FIRM, Organization.Kind.GRASSROOTS_OFFICE)


@transaction.atomic
def draft_case_list(*, county, quarter, by):
    """Draft or redraft the county's list of a quarter (Quarter). Takes every case due up to its end that stands in no list yet.

    Once the list was handed in, what is marked later goes into a further batch of the quarter. Refused where nothing is due.
    """
    require_right(by, "subsidies.draft_case_list")
    if quarter.first > clock.today():
        raise ListRefused(f"{quarter.label}还没有到，不能编制季表。")
    plan = plan_with_cases(county=county, year=quarter.year)
    rules = PlanRules(plan)
    case_list, before = list_to_draft(county, quarter, plan, by)
    due = cases_due(county, quarter, rules, case_list)
    if not due:
        raise ListRefused(f"{quarter.label}没有要列入的案件：标注已签发、符合条件、还没有列入季表的案件才会列入。")
    empty(case_list)
    write(case_list, due, rules)
    audit.record(by=by, action="subsidies.draft_case_list", on=case_list, before=before, after=state_words(case_list))
    return case_list


def list_to_draft(county, quarter, plan, by):
    """The quarter's draft once more, or a new batch; with what an audit entry says of it before."""
    lists = CaseList.objects.filter(county=county, year=quarter.year, quarter=quarter.number)
    known = lists.select_for_update(of=("self",)).filter(status=Status.DRAFT).first()
    values = {
        "chain": chains_of([county], clock.today()).get(county.pk, PayChain.People.FIVE),
        "drafted_by": by,
        "drafted_at": clock.now(),
    }
    if known is None:
        batch = (lists.aggregate(last=Max("batch"))["last"] or 0) + 1
        with told_in_words():
            made = CaseList.objects.create(
                county=county,
                plan=plan,
                year=quarter.year,
                quarter=quarter.number,
                batch=batch,
                special_fund=fund_of(county=county, kind=Fund.Kind.SPECIAL),
                operating_fund=fund_of(county=county, kind=Fund.Kind.OPERATING),
                **values,
            )
        return made, None
    before = state_words(known)
    for name, value in values.items():
        setattr(known, name, value)
    known.version += 1
    known.save(update_fields=[*values, "version"])
    return known, before


def cases_due(county, quarter, rules, case_list) -> list[JudgedCase]:
    """The cases a list of the quarter takes: worth money, marked by then, in no other list and not held back."""
    claims = CaseClaim.objects.filter(case__county=county)
    elsewhere = set(claims.filter(list__isnull=False).exclude(list=case_list).values_list("case_id", flat=True))
    elsewhere |= set(claims.held().values_list("case_id", flat=True))
    found = judged({county.pk: rules}, until=quarter)
    return [case for case in found if case.verdict.is_worth and not case.share.is_fixed and case.id not in elsewhere]


def empty(case_list):
    """Take parts and rows off a draft; its claims keep what the centre chose for them."""
    for model in (ClaimPart, CasePayRow):
        rows = model.objects.filter(list=case_list)
        rows._raw_delete(rows.db)


@dataclass(frozen=True)
class Payee:
    """Who is paid: a firm or a person; neither where the case names nobody we know."""

    organization: Organization | None = None
    practitioner: Practitioner | None = None

    @property
    def key(self):
        return (self.organization and self.organization.pk, self.practitioner and self.practitioner.pk)

    @property
    def name(self):
        return str(self.organization or self.practitioner.name)


def write(case_list, due, rules):
    """Claims, rows and parts of a list, and its totals."""
    claims = write_claims(case_list, due)
    funds = {"special": case_list.special_fund, "operating": case_list.operating_fund}
    clause = rules.latest.special_term.clause
    sums, cases, names = defaultdict(lambda: ZERO), defaultdict(int), {}
    parts = []
    for case in due:
        claim, payee = claims[case.id]
        for part in parts_of(case.share, clause):
            fund = funds[FUND_OF[part.kind]]
            key = (fund.pk, *payee.key) if any(payee.key) else None
            if key:
                sums[key] += part.amount
                cases[key] += 1
                names[key] = payee
            parts.append((claim, fund, key, part))
    rows = {
        key: CasePayRow(
            list=case_list,
            fund_id=key[0],
            organization=names[key].organization,
            practitioner=names[key].practitioner,
            name=names[key].name,
            cases=cases[key],
            amount=amount,
        )
        for key, amount in sums.items()
    }
    with told_in_words():
        CasePayRow.objects.bulk_create(rows.values(), batch_size=500)
        ClaimPart.objects.bulk_create(
            [
                ClaimPart(
                    claim=claim,
                    list=case_list,
                    fund=fund,
                    row=rows.get(key),
                    kind=part.kind,
                    amount=part.amount,
                    clause=part.clause,
                    note=part.note,
                )
                for claim, fund, key, part in parts
            ],
            batch_size=500,
        )
        case_list.special_total = sum((part.amount for *_told, part in parts if part.kind == SPECIAL), ZERO)
        case_list.operating_total = sum((part.amount for *_told, part in parts if part.kind != SPECIAL), ZERO)
        case_list.save(update_fields=["special_total", "operating_total"])


def write_claims(case_list, due) -> dict[int, tuple[CaseClaim, Payee]]:
    """Case id → its claim, now in this list, and whom it pays. A claim that is due no more leaves the draft."""
    ids = [case.id for case in due]
    case_list.claims.exclude(case__in=ids).update(list=None, place=0)
    known = {claim.case_id: claim for claim in CaseClaim.objects.select_for_update().filter(case__in=ids)}
    payees = payees_of(ids, {case_id: claim.payee_choice for case_id, claim in known.items()}, case_list.county)
    new, again, found = [], [], {}
    for case in due:
        claim = known.get(case.id) or CaseClaim(case_id=case.id)
        payee = payees[case.id]
        claim.list, claim.marked_on, claim.standard, claim.place = (
            case_list,
            case.marked_on,
            case.facts.local_standard,
            case.share.place,
        )
        claim.organization, claim.practitioner = payee.organization, payee.practitioner
        (again if claim.pk else new).append(claim)
        found[case.id] = claim, payee
    CaseClaim.objects.bulk_create(new, batch_size=500)
    CaseClaim.objects.bulk_update(
        again, ["list", "marked_on", "standard", "place", "organization", "practitioner"], batch_size=500
    )
    return found


def payees_of(case_ids, choices, county) -> dict[int, Payee]:
    """Case id → who is paid (Z-SUB-6, reading D19): the firm where there is one, else the person; the centre may choose otherwise.

    Cases of this system name both by key, history by words: a name that two share is nobody's.
    """
    cases = AidCase.objects.filter(pk__in=case_ids).select_related("office", "lawyer").defer("id_number")
    cases = list(cases)
    offices = named(
        Organization.objects.filter(kind__in=FIRMS, name__in={case.undertaking_office for case in cases}, is_active=True)
    )
    people = named(
        Practitioner.objects.filter(name__in={case.undertaker for case in cases}, merged_into=None)
        .filter(pool_entries__county=county)
        .distinct()
    )
    found = {}
    for case in cases:
        office = case.office if case.office and case.office.kind in FIRMS else offices.get(case.undertaking_office)
        person = case.lawyer or people.get(case.undertaker)
        choice = choices.get(case.pk, "")
        if choice == CaseClaim.Choice.PERSON or office is None and choice != CaseClaim.Choice.INSTITUTION:
            found[case.pk] = Payee(practitioner=person)
        else:
            found[case.pk] = Payee(organization=office)
    return found


def named(rows):
    """Name → the one row that bears it."""
    by_name = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    return {name: same[0] for name, same in by_name.items() if len(same) == 1}


@transaction.atomic
def choose_payee(*, claim_id, choice, by):
    """The firm or the person: the centre's choice for one case of a draft. The list is drafted again with it."""
    require_right(by, "subsidies.draft_case_list")
    claim = CaseClaim.objects.select_for_update(of=("self",)).select_related("case__county", "list").get(pk=claim_id)
    if claim.list is None or claim.list.status != Status.DRAFT:
        raise ListRefused("季表已经签报，收款人不能再改：请先退回这一件。")
    if choice not in CaseClaim.Choice.values:
        raise ListRefused("请选择发给机构还是个人。", field="choice")
    before = {"案件": claim.case.number, "收款人": str(claim.payee or "")}
    claim.payee_choice = choice
    claim.save(update_fields=["payee_choice"])
    case_list = draft_case_list(county=claim.case.county, quarter=claim.list.period, by=by)
    claim.refresh_from_db()
    after = {"案件": claim.case.number, "收款人": str(claim.payee or "")}
    audit.record(by=by, action="subsidies.choose_payee", on=case_list, before=before, after=after)
    return case_list

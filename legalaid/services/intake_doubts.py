"""What to look at twice before a case is kept or taken over: read from the database, judged by the pure rules. domain.md §3.1, §3.2.

Station staff are told nothing of other people's cases (Legal Aid Law 21): the centre looks when it takes the application over.
"""

from datetime import date

from django.db.models import Q

from accounts.models import User
from accounts.policy import Role
from legalaid.models import AidCase, Applicant
from legalaid.rules import groups, hardship, matters
from legalaid.rules.doubts import Doubt, Sides, conflicts, duplicates, elsewhere, names_in
from legalaid.rules.procedure import State, is_minor

MOST_LOOKED_AT = 300


def doubts_about(case: AidCase, applicant: Applicant, *, by: User, day: date) -> list[Doubt]:
    """Every doubt about a case as it is written, for this reader, the weightiest first. Two queries."""
    others = others_of(case, by)
    own = sides_of(case, is_shown=True, day=day)
    return [*conflicts(own, others), *duplicates(own, others), *doubts_of_the_facts(case, applicant, day=day)]


def doubts_of_the_facts(case: AidCase, applicant: Applicant, *, day: date) -> list[Doubt]:
    """Those that the case's own words give, without looking at any other."""
    chosen = frozenset(case.groups) - {groups.NONE}
    found = [
        Doubt(f"group:{index}:{words[:20]}", f"{words}请核对群体和出生日期。")
        for index, words in enumerate(groups.contradicted(chosen, applicant.birth_date, applicant.gender, day))
    ]
    found += [
        Doubt(f"claim:{index}:{words[:20]}", f"{words}请核对。")
        for index, words in enumerate(hardship.contradicted_claims(hardship_facts(case, applicant, chosen)))
    ]
    if place := elsewhere(case.organ_name, case.county.name, names_above(case)):
        found.append(Doubt("elsewhere", place))
    if not case.is_notified and applicant.birth_date and is_minor(applicant.birth_date, day):
        if not (applicant.proxy_name or applicant.guardian):
            found.append(Doubt("guardian", "申请人未成年，没有登记法定代理人：一般由法定代理人代为申请（法律援助法40条）。"))
    if case.is_notified:
        found += doubts_of_a_notice(case, applicant, chosen, day)
    return found


def doubts_of_a_notice(case: AidCase, applicant: Applicant, chosen: frozenset, day: date) -> list[Doubt]:
    found = []
    if case.matter == AidCase.Matter.C25_1 and applicant.birth_date and not is_minor(applicant.birth_date, day):
        found.append(Doubt("not_minor", "通知类别是未成年人，收到通知时已经成年：请与通知机关核对（犯罪时未成年的也请写明）。"))
    if case.matter == AidCase.Matter.C25_2 and "disabled" not in chosen:
        found.append(Doubt("not_disabled", "通知类别是视力、听力、言语残疾人，群体没有选残疾人：请核对。"))
    if case.matter == AidCase.Matter.C25P2 and case.procedure in ("summary", "fast_track"):
        found.append(Doubt("duty_lawyer", "简易、速裁程序一般由值班律师提供法律帮助，不指派辩护律师：请与通知机关核对。"))
    if case.matter == AidCase.Matter.C25P2 and case.stage not in matters.COURT_STAGES:
        found.append(Doubt("not_trial", "法律援助法25条2款只指审判阶段的被告人：请核对阶段。"))
    return found


def hardship_facts(case: AidCase, applicant: Applicant, chosen: frozenset, *, prefers_check: bool = False) -> hardship.Facts:
    return hardship.Facts(
        is_notified=case.is_notified,
        matter=case.matter,
        groups=chosen,
        claims=frozenset(applicant.hardship_claims),
        prefers_check=prefers_check,
    )


def others_of(case: AidCase, by: User) -> list[Sides]:
    """The county's cases that share a person with this one, as far as the reader is told of them."""
    share = shares_a_person(case)
    rows = AidCase.objects.of_county(case.county).filter(share).exclude(state__in=("dismissed", "redirected"))
    if case.pk:
        rows = rows.exclude(pk=case.pk)
    if not (by.roles & {Role.CENTRE, Role.DIRECTOR}):
        rows = rows.handed_in_by(by)
        return [sides_of(row, is_shown=True) for row in rows.order_by("-received_on")[:MOST_LOOKED_AT]]
    found = list(rows.order_by("-received_on")[:MOST_LOOKED_AT])
    seen = set(AidCase.objects.visible_to(by).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    return [sides_of(row, is_shown=row.pk in seen) for row in found]


def shares_a_person(case: AidCase) -> Q:
    """By the keys of their numbers, or by name where no number is known."""
    share = Q(opponent__icontains=case.recipient) if len(case.recipient) >= 2 else Q(pk=None)
    if case.id_index:
        share |= Q(id_index=case.id_index) | Q(opponent_id_index=case.id_index)
    if case.opponent_id_index:
        share |= Q(id_index=case.opponent_id_index) | Q(opponent_id_index=case.opponent_id_index)
    for name in sorted(names_in(case.opponent))[:10]:
        share |= Q(recipient=name) | Q(opponent__icontains=name)
    return share


def sides_of(case: AidCase, *, is_shown: bool, day: date | None = None) -> Sides:
    """Both sides of a case, as the pure rules see it."""
    return Sides(
        number=case.number,
        client=case.recipient,
        # “身份不明” is nobody's number.
        client_index=case.id_index if case.id_tail_index else "",
        opponents=case.opponent,
        opponent_index=case.opponent_id_index,
        matter=case.matter,
        cause=case.cause,
        stage=case.stage,
        day=day or case.received_on,
        is_open=case.state not in State.ENDED,
        lawyer=case.lawyer_id,
        office=case.office_id,
        is_shown=is_shown,
    )


def names_above(case: AidCase) -> list[str]:
    """The city and province over the case's county."""
    names, region = [], case.county.parent
    while region is not None:
        names.append(region.name)
        region = region.parent
    return names

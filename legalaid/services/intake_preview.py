"""What the form's side panel tells while one types: age, groups, basis, hardship, papers, doubts. Nothing is saved."""

from dataclasses import dataclass, field
from datetime import date

from accounts.models import User
from common import clock
from legalaid.models import AidCase, Applicant
from legalaid.rules import application_papers, groups, hardship, matters
from legalaid.rules.doubts import Doubt
from legalaid.rules.procedure import age_on
from legalaid.services.intake_doubts import doubts_about
from legalaid.services.intake_facts import IntakeRefused, fill
from organizations.models import Region


@dataclass(frozen=True)
class Preview:
    """What is known so far."""

    age: int | None = None
    overlooked: list[str] = field(default_factory=list)
    basis: matters.Basis | None = None
    basis_words: str = ""
    row: hardship.Row | None = None
    mode_words: str = ""
    priorities: tuple[str, ...] = ()
    papers: list[application_papers.Needed] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def preview(
    *, county: Region, values: dict, by: User, source: str, day: date | None = None, case: AidCase | None = None
) -> Preview:
    """What the rules say about the values typed so far. What is wrong with them is told by the form, not here."""
    day = day or clock.today()
    draft = AidCase.objects.select_related("county__parent").get(pk=case.pk) if case else AidCase(county=county, source=source)
    applicant = draft.applicant if case else Applicant()
    try:
        fill(draft, {"recipient": "", **values}, day=day, applicant=applicant)
    except IntakeRefused:
        is_whole = False
    else:
        is_whole = bool(draft.recipient)
    chosen = frozenset(values.get("groups") or ())
    matter = values.get("matter") or ""
    basis = matters.suggested_basis(matter, values.get("stage") or "", values.get("procedure") or "") if matter else None
    is_notified = source == AidCase.Source.NOTICE
    row = hardship.decide(
        hardship.Facts(
            is_notified=is_notified,
            matter=matter,
            groups=chosen,
            claims=frozenset(values.get("hardship_claims") or ()),
            prefers_check=bool(values.get("prefers_check")),
        )
    )
    is_resident = applicant.id_kind == Applicant.IdKind.RESIDENT
    needed = (
        application_papers.of_notice(values.get("stage") or "")
        if is_notified
        else application_papers.of_application(
            row, sorted(chosen), has_identity_card=is_resident, has_proxy=bool(values.get("proxy_name"))
        )
    )
    born = applicant.birth_date
    return Preview(
        age=age_on(born, day) if born and born <= day else None,
        overlooked=groups.overlooked(chosen, born, applicant.gender, day),
        basis=basis,
        basis_words=AidCase.Basis(basis.code).label if basis else "",
        row=row,
        mode_words=AidCase.Hardship(row.mode).label,
        priorities=hardship.priorities_of(chosen),
        papers=needed,
        doubts=doubts_about(draft, applicant, by=by, day=day) if is_whole else [],
    )

"""What the guards of a step ask about a case, read from the database: three queries, whatever the step."""

from legalaid.models import AidCase, Applicant
from legalaid.rules.guards import CaseFacts


def facts_of(case: AidCase) -> CaseFacts:
    """The case as it is in memory (a step may have set columns already), with its files, papers and history."""
    applicant = Applicant.objects.filter(case=case).only("proxy_name").first()
    asked = list(case.events.filter(step__in=("ask_supplement", "take_back")).order_by("pk"))
    supplements = [event for event in asked if event.step == "ask_supplement"]
    taken_back = {event.facts.get("event") for event in asked if event.step == "take_back"}
    supplements = [event for event in supplements if event.pk not in taken_back]
    due = case.deadlines.filter(code="supplement").order_by("-pk").values_list("due_on", flat=True).first()
    return CaseFacts(
        state=case.state,
        source=case.source,
        type=case.type,
        stage=case.stage,
        matter=case.matter,
        hardship=case.hardship,
        hardship_ground=case.hardship_ground,
        groups=tuple(case.groups),
        is_pre_aid=case.is_pre_aid,
        is_minor_case=case.is_minor_case,
        has_proxy=bool(applicant and applicant.proxy_name),
        engaged_on=case.engaged_on,
        first_met_on=case.first_met_on,
        supplement_due_on=due if supplements else None,
        supplements_asked=len(supplements),
        ordered=ordered_of(case),
        files=frozenset(case.files.standing().values_list("kind", "group")),
        papers=papers_of(case),
    )


def papers_of(case: AidCase) -> frozenset[str]:
    """Kinds of the papers in force."""
    return frozenset(case.papers.in_force().values_list("kind", flat=True))


def ordered_of(case: AidCase) -> str:
    """What the bureau ordered to be corrected and nobody has corrected since."""
    if case.state not in ("refused", "terminated"):
        return ""
    what = "refusal" if case.state == "refused" else "termination"
    return what if case.objections.ordered().filter(about=what).exists() else ""


def owes_file(case: AidCase) -> bool:
    """Whether somebody worked on a terminated case and has not handed in since what she has. domain.md 3.6, 3.1 A15."""
    if case.state != AidCase.State.TERMINATED or case.is_history or case.archive_no:
        return False
    last = case.events.filter(step__in=("terminate", "submit_terminated")).order_by("-pk").values_list("step", flat=True).first()
    return last != "submit_terminated" and case.assignments.standing().exclude(accepted_at=None).exists()

"""Public-servant status as dated history: proposed with proof, decided by the leader. Z-DUTY-2, plan 四（一）3."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from organizations import rules
from organizations.models import Practitioner, PublicServantStatus, Region, StatusProposal
from records.services import store_file

PAPERS = frozenset({"application/pdf", "image/png", "image/jpeg"})


class StatusRefused(Refused):
    """A change of status that is not done, with the reason."""


@transaction.atomic
def propose_status(
    *, practitioner_id: int, since: date, is_public_servant: bool, evidence: str, by: User, upload=None
) -> StatusProposal:
    """Propose that somebody is, or is no longer, a public servant from a day on. `upload` is the file that proves it.

    Raises StatusRefused, UploadRefused.
    """
    person = Practitioner.objects.select_for_update().get(pk=practitioner_id)
    if person.user_id == by.pk:
        raise StatusRefused("不能登记自己的公职身份：请由业务股另一人登记。")
    if problem := rules.public_servant_problem(person.kind, is_public_servant):
        raise StatusRefused(problem, field="is_public_servant")
    if not evidence.strip():
        raise StatusRefused("没有填写依据：请写明文件、承诺书或单位证明。", field="evidence")
    if person.status_proposals.to_decide().exists():
        raise StatusRefused(f"{person}已有一项公职身份变更等待审定：请先等审定结果。")
    status = person.public_servant_status_on(since)
    if status and status.is_public_servant == is_public_servant:
        word = "是" if is_public_servant else "不是"
        raise StatusRefused(f"{person}自 {status.since} 起已登记为{word}公职人员：不用再登记。", field="is_public_servant")
    proposal = StatusProposal.objects.create(
        practitioner=person,
        since=since,
        is_public_servant=is_public_servant,
        evidence=evidence.strip(),
        paper=store_file(upload=upload, by=by, purpose="status", accept=PAPERS) if upload else None,
        proposed_by=by,
        proposed_at=clock.now(),
    )
    audit.record(by=by, action="organizations.propose_status", on=person, after=_told(proposal), reason=evidence)
    return proposal


@transaction.atomic
def decide_status(*, proposal_id: int, accept: bool, opinion: str = "", by: User) -> StatusProposal:
    """The leader's word on a proposed change; accepted, it enters the history. Raises StatusRefused."""
    proposal = StatusProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != StatusProposal.State.PROPOSED:
        raise StatusRefused(f"这项变更{proposal.get_state_display()}，不能再审定。")
    if by.pk == proposal.proposed_by_id:
        raise StatusRefused("不能审定自己提出的变更：请由另一人审定。")
    if by.pk == proposal.practitioner.user_id:
        raise StatusRefused("不能审定自己的公职身份：请由另一位局领导审定。")
    if not accept and not opinion.strip():
        raise StatusRefused("没有填写不同意的理由：请写明。", field="opinion")
    proposal.state = StatusProposal.State.ACCEPTED if accept else StatusProposal.State.REFUSED
    proposal.opinion, proposal.decided_by, proposal.decided_at = opinion.strip(), by, clock.now()
    proposal.save()
    audit.record(
        by=by,
        action="organizations.decide_status",
        on=proposal.practitioner,
        after={**_told(proposal), "审定": proposal.get_state_display()},
        reason=opinion,
    )
    if accept:
        set_public_servant_status(
            practitioner=proposal.practitioner,
            since=proposal.since,
            is_public_servant=proposal.is_public_servant,
            evidence=proposal.evidence,
            by=by,
        )
    return proposal


@transaction.atomic
def set_public_servant_status(
    *, practitioner: Practitioner, since: date, is_public_servant: bool, evidence: str, by: User
) -> PublicServantStatus:
    """Write a status into the history: it ends the one in force and yields to a later one that is known.

    Idempotent: a status that says the same already is returned as it is. Raises StatusRefused.
    """
    person = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    if problem := rules.public_servant_problem(person.kind, is_public_servant):
        raise StatusRefused(problem, field="is_public_servant")
    if not evidence.strip():
        raise StatusRefused("没有填写依据：请写明文件、承诺书或单位证明。", field="evidence")
    rows = list(person.public_servant_history.select_for_update())
    placed = rules.place([rules.Span(row.since, row.until, row) for row in rows], since)
    standing = placed.ends or placed.replaces
    if standing and standing.value.is_public_servant == is_public_servant:
        return standing.value
    if placed.ends:
        placed.ends.value.until = placed.ends_on
        placed.ends.value.save(update_fields=["until"])
    status = placed.replaces.value if placed.replaces else PublicServantStatus(practitioner=person, since=since)
    status.until = placed.until
    status.is_public_servant, status.evidence, status.confirmed_by = is_public_servant, evidence.strip(), by
    status.save()
    audit.record(
        by=by,
        action="organizations.set_status",
        on=person,
        before={"公职人员": standing.value.is_public_servant if standing else None},
        after={"公职人员": is_public_servant, "自": since, "至": placed.until},
        reason=evidence,
    )
    return status


def closed_months_touched(person: Practitioner, since: date, until: date | None = None) -> list[str]:
    """Labels of closed months of her counties that a change from `since` on reaches: their pay is not redrawn by itself.

    Read through the reverse relation of `programmes.Month`, which lies on a higher floor.
    """
    closed = Q(months__state="closed", months__first__gte=since.replace(day=1))
    if until:
        closed &= Q(months__first__lte=until)
    counties = Region.objects.filter(pk__in=person.pool_entries.values("county")).filter(closed)
    firsts = sorted(set(counties.values_list("months__first", flat=True)))
    return [YearMonth.of(first).label for first in firsts]


def closed_months_warning(person: Practitioner, since: date) -> str:
    """What the user is told of a change that reaches back into closed months, or nothing."""
    labels = closed_months_touched(person, since)
    return f"{'、'.join(labels)}已结账，须由业务股提出复算。" if labels else ""


def _told(proposal: StatusProposal) -> dict:
    return {"公职人员": proposal.is_public_servant, "自": proposal.since, "材料": str(proposal.paper or "")}

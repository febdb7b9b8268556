"""Who scores which file: never its undertaker, her firm, who assigned or handled it (safety.md §5)."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Count, Q

from accounts import audit
from accounts.models import User
from accounts.policy import ACTIONS
from common import clock
from legalaid.models import AidCase, Assignment, FileReview, SampledFile
from legalaid.models.quality import Kind, ReviewBatch
from legalaid.rules import quality
from legalaid.services.reviews.batches import lock_batch, lock_file, require_open
from legalaid.services.reviews.refusals import ReviewRefused, told_in_words
from organizations.models import Affiliation, Post
from records.services import notify

ROLES = {
    Kind.ADMIN_CHECK: ACTIONS["legalaid.review_administratively"].roles,
    Kind.PEER: ACTIONS["legalaid.review_file"].roles,
    Kind.CITY_SAMPLE: ACTIONS["legalaid.review_file"].roles,
}


def roles_for(kind: str, round_: int):
    """Section officers check, experts evaluate; a second round of a check may take both, for a county has few officers."""
    return ROLES[kind] if round_ == 1 else ROLES[Kind.ADMIN_CHECK] | ROLES[Kind.PEER]


def candidates(batch: ReviewBatch, round_: int) -> list[User]:
    """The people whose posts let them score in this round, by name."""
    places = [batch.county_id, batch.county.parent_id]
    posts = Post.objects.in_force_on(clock.today()).filter(role__in=roles_for(batch.kind, round_))
    posts = posts.filter(Q(region__in=places) | Q(region__children__children=batch.county_id))
    return list(User.objects.active().people().filter(pk__in=posts.values("user")).order_by("name", "pk"))


# --- what is known of people and files --------------------------------------------------------------------------------


class Knowledge:
    """Facts about some reviewers and cases, read in five queries, for `why_not_reviewer`."""

    def __init__(self, users, cases):
        self.users = {user.pk: user for user in users}
        self.cases = {case.pk: case for case in cases}
        self.stays = defaultdict(list)
        for stay in Affiliation.objects.filter(practitioner__user__in=self.users).select_related("organization", "practitioner"):
            self.stays[stay.practitioner.user_id].append((stay.until, stay.organization))
        for post in Post.objects.filter(user__in=self.users, organization__isnull=False).select_related("organization"):
            self.stays[post.user_id].append((post.until, post.organization))
        people = User.objects.filter(pk__in=self.users, practitioner__isnull=False).values_list(
            "pk", "practitioner", "practitioner__name"
        )
        self.people = {pk: (person, name) for pk, person, name in people}
        self.assignments = defaultdict(list)
        for each in Assignment.objects.filter(case__in=self.cases).select_related("lawyer"):
            self.assignments[each.case_id].append(each)

    def reviewer(self, user_id: int, case: AidCase) -> quality.Reviewer:
        since = case.assigned_on
        firms = [firm for until, firm in self.stays[user_id] if until is None or since is None or until >= since]
        person, name = self.people.get(user_id, (None, self.users[user_id].name))
        return quality.Reviewer(
            user=user_id,
            person=person,
            name=name,
            firms=frozenset(firm.pk for firm in firms),
            firm_names=frozenset(firm.name for firm in firms),
        )

    def file(self, case: AidCase) -> quality.File:
        rows = self.assignments[case.pk]
        lawyers = {row.lawyer_id: row.lawyer.user_id for row in rows}
        if case.lawyer_id:
            lawyers[case.lawyer_id] = case.lawyer.user_id
        return quality.File(
            undertakers=frozenset(lawyers),
            undertaker_users=frozenset(user for user in lawyers.values() if user),
            firms=frozenset([row.office_id for row in rows] + ([case.office_id] if case.office_id else [])),
            handlers=frozenset([case.handler_id] if case.handler_id else []),
            assigners=frozenset(row.assigned_by_id for row in rows),
            undertaker_name=case.undertaker,
            firm_name=case.undertaking_office,
        )

    def why_not(self, user_id: int, case: AidCase) -> str:
        return quality.why_not_reviewer(self.file(case), self.reviewer(user_id, case))


def knowledge(users, files) -> Knowledge:
    cases = AidCase.objects.filter(pk__in=[file.case_id for file in files]).select_related("lawyer")
    return Knowledge(users, cases)


# --- giving out and taking back ---------------------------------------------------------------------------------------


@transaction.atomic
def assign_all(*, batch_id: int, round_: int, reviewer_ids, by: User) -> int:
    """Deal every free seat of the round to these people, evenly, leaving out whom the rule excludes. How many seats were given.

    Raises ReviewRefused: nobody chosen, somebody without the post, or no seat that any of them may take.
    """
    batch = lock_batch(batch_id)
    if batch.state != ReviewBatch.State.OPEN:
        raise ReviewRefused("批次还没有确认或已经结束，不能分配评查人。")
    chosen = [user for user in candidates(batch, round_) if user.pk in {int(pk) for pk in reviewer_ids}]
    if not chosen:
        raise ReviewRefused("没有选择评查人：请至少勾选一人。", field="reviewers")
    state = SampledFile.State.FIRST if round_ == 1 else SampledFile.State.SECOND
    files = list(batch.files.select_for_update(of=("self",)).filter(state=state).order_by("position"))
    known = knowledge(chosen, files)
    taken, free = seats_of(files, round_, batch)
    load = dict(
        FileReview.objects.filter(file__batch=batch)
        .exclude(state=FileReview.State.WITHDRAWN)
        .values_list("reviewer")
        .annotate(count=Count("pk"))
    )
    given = 0
    for wanted in (2, 1):
        asked = {file.pk: file for file in files if len(free[file.pk]) == wanted}
        options = {
            pk: [user.pk for user in chosen if user.pk not in taken[pk] and not known.why_not(user.pk, known.cases[file.case_id])]
            for pk, file in asked.items()
        }
        dealt = quality.deal(options, wanted, load)
        for pk, users in dealt.items():
            for seat, user_id in zip(free[pk], users, strict=False):
                give(asked[pk], round_, seat, user_id, by)
                load[user_id] = load.get(user_id, 0) + 1
                given += 1
    if not given:
        raise ReviewRefused("没有可以分配的席位：都已分配，或所选的人都要回避。请另选评查人。", field="reviewers")
    tell(chosen, batch)
    audit.record(
        by=by,
        action="legalaid.assign_reviewers",
        on=batch,
        after={"轮次": round_, "评查人": [user.name for user in chosen], "席位": given},
    )
    return given


def seats_of(files, round_: int, batch: ReviewBatch):
    """Who is in each file already, and which seats of the round are free."""
    taken, held = defaultdict(set), defaultdict(set)
    for review in FileReview.objects.standing().filter(file__in=files):
        taken[review.file_id].add(review.reviewer_id)
        if review.round == round_:
            held[review.file_id].add(review.seat)
    seats = {code: seats_in(batch.rubric(code), batch.kind, round_) for code in batch.rubrics}
    free = {file.pk: [s for s in range(1, seats[file.rubric_code] + 1) if s not in held[file.pk]] for file in files}
    return taken, free


def seats_in(rubric: quality.Rubric, kind: str, round_: int) -> int:
    return rubric.reviewers(kind) if round_ == 1 else rubric.rounds["second"]


@transaction.atomic
def assign_reviewer(*, file_id: int, reviewer_id: int, by: User) -> FileReview:
    """Give the free seat of a file's round to one person. Raises ReviewRefused where the rule excludes her, saying why."""
    file = lock_file(file_id)
    require_open(file)
    if file.state not in (SampledFile.State.FIRST, SampledFile.State.SECOND):
        raise ReviewRefused(f"案卷现在是“{file.get_state_display()}”，不需要再分配评查人。")
    user = next((user for user in candidates(file.batch, file.round) if user.pk == int(reviewer_id)), None)
    if user is None:
        raise ReviewRefused("所选的人没有本轮评查的岗位：请从名单里选择。", field="reviewer")
    if why := knowledge([user], [file]).why_not(user.pk, file.case):
        raise ReviewRefused(f"{user.name}{why}，应当回避：请换一位评查人。", field="reviewer")
    taken, free = seats_of([file], file.round, file.batch)
    if user.pk in taken[file.pk]:
        raise ReviewRefused(f"{user.name}已经评过或正在评这份案卷：请换一位评查人。", field="reviewer")
    if not free[file.pk]:
        raise ReviewRefused("这一轮的评查人已经齐了：要换人，请先收回原来的分配。", field="reviewer")
    review = give(file, file.round, free[file.pk][0], user.pk, by)
    tell([user], file.batch)
    audit.record(by=by, action="legalaid.assign_reviewers", on=file, after={"轮次": file.round, "评查人": user.name})
    return review


def give(file: SampledFile, round_: int, seat: int, user_id: int, by: User) -> FileReview:
    with told_in_words():
        return FileReview.objects.create(
            file=file, round=round_, seat=seat, reviewer_id=user_id, assigned_by=by, assigned_at=clock.now()
        )


@transaction.atomic
def withdraw_review(*, review_id: int, reason: str, by: User) -> FileReview:
    """Take a file back from a reviewer who has not submitted: by the section, or by herself where she must stand aside (回避)."""
    review = FileReview.objects.filter(pk=review_id).first()
    if review is None:
        raise ReviewRefused("没有找到这份评查表：请刷新页面。")
    file = lock_file(review.file_id)
    require_open(file)
    review.refresh_from_db()
    if not reason.strip():
        raise ReviewRefused("没有写原因：请写明为什么回避或换人。", field="reason")
    if review.state != FileReview.State.ASSIGNED:
        raise ReviewRefused(f"评查表{review.get_state_display()}，不能收回。")
    review.state, review.withdrawn_at = FileReview.State.WITHDRAWN, clock.now()
    review.withdrawal_reason = reason.strip()[:200]
    review.save(update_fields=["state", "withdrawn_at", "withdrawal_reason"])
    own = by.pk == review.reviewer_id
    action = "legalaid.decline_review" if own else "legalaid.withdraw_review"
    audit.record(by=by, action=action, on=file, before={"评查人": review.reviewer.name}, reason=review.withdrawal_reason)
    return review


def tell(users, batch: ReviewBatch) -> None:
    from django.urls import reverse

    for user in users:
        notify(
            to=user,
            text=f"{batch.number}{batch.get_kind_display()}：有案卷等您评分，{batch.due_on} 前提交。",
            url=reverse("my-reviews"),
        )

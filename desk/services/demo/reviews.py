"""A quality round of the demonstration: half a year checked with one fail mended, the summer with one to mend, an evaluation by peers under way, a draw to confirm."""

import random
from datetime import date, timedelta
from io import BytesIO

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from legalaid.models import FileReview, Rectification, ReviewBatch, SampledFile
from legalaid.services import reviews
from legalaid.services.reviews import ReviewRefused
from legalaid.services.reviews.batches import population
from organizations.models import Post
from records.services import remember_day

OPINIONS = (
    "材料齐全，代理意见论证充分（演示）。",
    "约见笔录完整，进展通报记录偏少（演示）。",
    "证据目录清楚，备考表填写不全（演示）。",
)
FAULT = "卷内没有约见笔录，也没有说明原因（演示）。"
PROOF = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def add_reviews(*, county, users, today: date) -> int:
    """Evaluate what is archived, by the same services as in the office. How many files; none where nothing is archived."""
    rng = random.Random(20220706)
    experts = [users["expert"], *more_experts(county)]
    checked = check_half_year(county, users, experts, rng)
    check_summer(county, users, experts, rng)
    remember_day(day=today)
    evaluate_by_peers(county, users, experts, rng, today)
    draw_the_rest(county, users, today)
    return checked


def more_experts(county):
    """Two more experts, without a login of their own: an evaluation takes two, its second round two others."""
    people = []
    for number, name in ((2, "魏示例"), (3, "陶示例")):
        user, is_new = User.objects.get_or_create(username=f"demo-expert-{number}", defaults={"name": name, "is_demo": True})
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            Post.objects.create(
                user=user, role=Role.EXPERT, region=county, since="2022-01-01", paper="演示任职文件", is_confirmed=True,
                entered_by=system_user(),
            )  # fmt: skip
        people.append(user)
    return people


def check_half_year(county, users, experts, rng) -> int:
    """The check of the first half year: everything scored and confirmed, one file vetoed, mended and confirmed."""
    remember_day(day=date(2022, 7, 6))
    batch = drawn(
        county, users, "admin_check", "2022年上半年案件行政评查", date(2022, 1, 1), date(2022, 6, 30), date(2022, 7, 29)
    )
    if batch is None:
        return 0
    check(batch, users, experts, rng, vetoed=1)
    mend(batch, users)
    if not batch.files.exclude(state=SampledFile.State.DECIDED).exists():
        reviews.close_batch(batch_id=batch.pk, by=users["section"])
    return batch.files.count()


def check_summer(county, users, experts, rng) -> None:
    """What was archived in July and August: one file failed, and the centre has not mended it yet."""
    remember_day(day=date(2022, 9, 6))
    batch = drawn(county, users, "admin_check", "2022年7—8月案件行政评查", date(2022, 7, 1), date(2022, 8, 31), date(2022, 9, 20))
    if batch is None:
        return
    check(batch, users, experts, rng, vetoed=-1)
    reviews.close_batch(batch_id=batch.pk, by=users["section"])


def check(batch, users, experts, rng, *, vetoed: int) -> None:
    """Both officers score everything, one file is vetoed and seen again by two experts, the grades are confirmed."""
    reviews.confirm_batch(batch_id=batch.pk, by=users["section"])
    officers = [users["section"].pk, users["section2"].pk]
    reviews.assign_all(batch_id=batch.pk, round_=1, reviewer_ids=officers, by=users["section"])
    waiting = list(FileReview.objects.filter(file__batch=batch, state="assigned").order_by("pk"))
    failing = waiting[vetoed] if len(waiting) > abs(vetoed) else None
    for review in waiting:
        submit(review, rng, vetoes=["never_met"] if review == failing else [])
    if batch.files.filter(state=SampledFile.State.SECOND).exists():
        people = [expert.pk for expert in experts]
        reviews.assign_all(batch_id=batch.pk, round_=2, reviewer_ids=people, by=users["section"])
        for review in FileReview.objects.filter(file__batch=batch, state="assigned"):
            submit(review, rng, vetoes=["never_met"])
    reviews.decide_files(batch_id=batch.pk, by=users["section"])


def mend(batch, users):
    """The centre mends what failed, the second officer confirms; what is asked for besides stays open."""
    fix = Rectification.objects.filter(file__batch=batch).order_by("pk").first()
    if fix is None:
        return
    remember_day(day=date(2022, 7, 20))
    proof = BytesIO(PROOF)
    proof.name = "补正的约见笔录.png"
    centre = fix.file.case.handler or users["centre"]
    reviews.do_fix(fix_id=fix.pk, measure="向承办人调取约见笔录原件，补入卷内（演示）。", upload=proof, by=centre)
    reviews.confirm_fix(fix_id=fix.pk, remark="已补齐", by=users["section2"])
    passed = batch.files.filter(state=SampledFile.State.DECIDED).exclude(grade="fail").order_by("pk").first()
    if passed:
        reviews.open_fix(file_id=passed.pk, problem="备考表没有填写（演示）。", due_on=date(2022, 10, 8), by=users["section"])


def evaluate_by_peers(county, users, experts, rng, today):
    """A sample of the same half year before experts: half of the sheets in, the rest wait for `expert`."""
    batch = drawn(
        county, users, "peer", "2022年上半年案件同行评估", date(2022, 1, 1), date(2022, 6, 30), today + timedelta(days=14),
        method="sample", percent=20, strata=["type"], only_unverified=False, seed="20220926",
    )  # fmt: skip
    if batch is None:
        return
    reviews.confirm_batch(batch_id=batch.pk, by=users["section"])
    people = [expert.pk for expert in experts]
    reviews.assign_all(batch_id=batch.pk, round_=1, reviewer_ids=people, by=users["section"])
    for review in FileReview.objects.filter(file__batch=batch).exclude(reviewer=users["expert"]):
        submit(review, rng)


def draw_the_rest(county, users, today):
    """What was archived since: drawn, and waiting to be confirmed."""
    drawn(county, users, "admin_check", "2022年第三季度案件行政评查", date(2022, 7, 1), today, today + timedelta(days=21))


def drawn(county, users, kind, title, first, last, due_on, **how) -> ReviewBatch | None:
    asked = {"county": county, "kind": kind, "first": first, "last": last}
    if not population(**asked, only_unverified=how.get("only_unverified", True)).exists():
        return None
    return reviews.draw_batch(
        **asked, title=title, due_on=due_on, by=users["section"], **{"method": "all", "seed": "2022", **how}
    )


def submit(review, rng, vetoes=()):
    """A plausible sheet: a point or half off here and there. Who must stand aside meanwhile leaves it."""
    rubric = review.file.batch.rubric(review.file.rubric_code)
    typed = {item.code: str(item.points - rng.choice((0, 0, 0, 0.5, 1, 2)) * (item.points > 2)) for item in rubric.items}
    try:
        reviews.submit_sheet(
            review_id=review.pk, typed=typed, vetoes=vetoes, opinion=FAULT if vetoes else rng.choice(OPINIONS), by=review.reviewer
        )
    except ReviewRefused:
        return

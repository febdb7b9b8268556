"""Quality evaluation of closed files: batches, drawn files, reviews, rectifications. Plan 四（二）2（2）, 五（二）2; domain.md 3.8, D41.

Who may not review a file, what a submitted sheet says and how a batch was drawn are guarded by triggers (migration of quality).
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from legalaid.models.cases import AidCase
from legalaid.rules.quality import rubric_of
from organizations.models import Region
from organizations.models.places import within
from organizations.scope import regions_of
from records.models import StoredFile

BUREAU_READERS = (Role.SECTION, Role.LEADER, Role.AUDITOR, Role.CITY)


class Kind(models.TextChoices):
    ADMIN_CHECK = "admin_check", "行政评查"
    PEER = "peer", "同行评估"
    CITY_SAMPLE = "city_sample", "市级抽查"


class ReviewBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The county's bureau, aid centre, city and auditors. Reviewers see their own sheets, not the batch."""
        if user.is_system:
            return self
        return self.filter(within(regions_of(user, *BUREAU_READERS, Role.CENTRE, Role.DIRECTOR), "county"))

    def standing(self):
        return self.exclude(state=ReviewBatch.State.VOID)


class ReviewBatch(models.Model):
    """One round of evaluation: the files archived in a period, all or a stratified random sample of them."""

    class State(models.TextChoices):
        DRAWN = "drawn", "待确认抽样"
        OPEN = "open", "评查中"
        CLOSED = "closed", "已结束"
        VOID = "void", "已作废"

    class Method(models.TextChoices):
        ALL = "all", "全部评查"
        SAMPLE = "sample", "分层随机抽样"

    county = models.ForeignKey(Region, models.PROTECT, related_name="review_batches", verbose_name="县")
    kind = models.CharField("评查方式", max_length=12, choices=Kind.choices)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.DRAWN)
    number = models.CharField("批次编号", max_length=40, blank=True)
    title = models.CharField("名称", max_length=100)
    first = models.DateField("归档日期从")
    last = models.DateField("归档日期到")
    due_on = models.DateField("评分截止日期")
    method = models.CharField("抽取办法", max_length=8, choices=Method.choices)
    percent = models.PositiveSmallIntegerField("抽取比例", default=100)
    strata = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name="分层依据")
    only_unverified = models.BooleanField("只抽未核验的案件", default=True)
    seed = models.CharField("随机种子", max_length=40)
    # The population as it was: [number of the case, stratum], so that anybody can draw again.
    frame = models.JSONField("抽样总体", default=list)
    # The whole text of each rubric used, by its code: a batch is read by the standard of its day for ever.
    rubrics = models.JSONField("评查标准", default=dict, encoder=DjangoJSONEncoder)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="抽样人")
    drawn_at = models.DateTimeField("抽样时间")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects = ReviewBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "评查批次"
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="review_batch_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="review_batch_percent_in_range"),
            models.CheckConstraint(condition=~Q(seed=""), name="review_batch_tells_its_seed"),
            models.CheckConstraint(
                condition=Q(state__in=["drawn", "void"]) | (~Q(number="") & Q(confirmed_at__isnull=False)),
                name="review_batch_confirmed_before_it_runs",
            ),
            models.CheckConstraint(condition=~Q(state="void") | ~Q(void_reason=""), name="review_batch_void_says_why"),
            models.UniqueConstraint(fields=["county", "number"], condition=~Q(number=""), name="review_batch_number_once"),
        ]

    def __str__(self):
        return self.number or self.title

    def rubric(self, code):
        """The rubric of this batch by its code, as it was when the batch was drawn."""
        return rubric_of(self.rubrics[code])


class SampledFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(batch__in=ReviewBatch.objects.visible_to(user))

    def running(self):
        return self.filter(state__in=SampledFile.RUNNING)

    def of_open_batches(self):
        return self.filter(batch__state=ReviewBatch.State.OPEN)


class SampledFile(models.Model):
    """One case's file in a batch, from the draw to the confirmed grade."""

    class State(models.TextChoices):
        DRAWN = "drawn", "已抽中"
        FIRST = "first", "第一轮评分"
        SECOND = "second", "第二轮评分"
        SCORED = "scored", "待核定"
        DECIDED = "decided", "已核定"
        DROPPED = "dropped", "未采用"

    RUNNING = (State.FIRST, State.SECOND, State.SCORED)
    TOLD = (State.SCORED, State.DECIDED)

    batch = models.ForeignKey(ReviewBatch, models.PROTECT, related_name="files", verbose_name="批次")
    case = models.ForeignKey(AidCase, models.PROTECT, related_name="sampled", verbose_name="案件")
    kind = models.CharField("评查方式", max_length=12, choices=Kind.choices)
    position = models.PositiveIntegerField("序号")
    stratum = models.CharField("层", max_length=120)
    rubric_code = models.CharField("评查标准", max_length=20)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.DRAWN)
    second_round_why = models.CharField("进入第二轮的原因", max_length=100, blank=True)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True, blank=True)
    grade = models.CharField("等次", max_length=10, choices=AidCase.Grade.choices, blank=True)
    why = models.CharField("等次说明", max_length=100, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    decided_on = models.DateField("核定日期", null=True, blank=True)
    decided_at = models.DateTimeField("核定时间", null=True, blank=True)

    objects = SampledFileQuerySet.as_manager()

    class Meta:
        verbose_name = "被评案卷"
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "case"], name="sampled_file_once_in_a_batch"),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(state__in=["first", "second", "scored"]),
                name="sampled_file_one_running_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["scored", "decided"]) | (Q(total__isnull=False) & ~Q(grade="")),
                name="sampled_file_result_has_total_and_grade",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | (Q(decided_by__isnull=False) & Q(decided_on__isnull=False)),
                name="sampled_file_decision_names_its_person",
            ),
        ]

    def __str__(self):
        return f"{self.batch} {self.case}"

    @property
    def round(self):
        return 2 if self.second_round_why else 1

    @property
    def is_told(self):
        """Scores are shown to nobody but their authors until every reviewer of the file has submitted."""
        return self.state in self.TOLD


class FileReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own sheets, of batches that are or were under way: blind to everybody else's."""
        if user.is_system:
            return self
        return self.standing().filter(reviewer=user)

    def standing(self):
        return self.exclude(state=FileReview.State.WITHDRAWN)

    def waiting(self):
        return self.filter(state=FileReview.State.ASSIGNED, file__batch__state=ReviewBatch.State.OPEN)


class FileReview(models.Model):
    """One reviewer's sheet about one file. Nobody reviews what she, her firm or her desk had to do with (safety.md §5)."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", "待评分"
        SUBMITTED = "submitted", "已提交"
        WITHDRAWN = "withdrawn", "已收回"

    file = models.ForeignKey(SampledFile, models.PROTECT, related_name="reviews", verbose_name="案卷")
    round = models.PositiveSmallIntegerField("轮次")
    seat = models.PositiveSmallIntegerField("评查人序号")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="评查人")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="分配人")
    assigned_at = models.DateTimeField("分配时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASSIGNED)
    points = models.JSONField("各项得分", default=dict, blank=True, encoder=DjangoJSONEncoder)
    vetoes = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="否决项")
    opinion = models.TextField("评查意见", max_length=2000, blank=True)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True, blank=True)
    grade = models.CharField("等次", max_length=10, choices=AidCase.Grade.choices, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("收回时间", null=True, blank=True)
    withdrawal_reason = models.CharField("收回原因", max_length=200, blank=True)

    objects = FileReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "案卷评查"
        ordering = ["file", "round", "seat", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "reviewer"], condition=~Q(state="withdrawn"), name="file_review_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["file", "round", "seat"], condition=~Q(state="withdrawn"), name="file_review_one_a_seat"
            ),
            models.CheckConstraint(condition=Q(round__in=[1, 2], seat__in=[1, 2]), name="file_review_two_rounds_two_seats"),
            models.CheckConstraint(
                condition=~Q(state="submitted") | (Q(total__gte=0, total__lte=100, submitted_at__isnull=False) & ~Q(grade="")),
                name="file_review_submitted_with_total_and_grade",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(vetoes=[]) | Q(grade="fail"), name="file_review_veto_means_fail"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawal_reason=""), name="file_review_withdrawn_with_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "state"], name="file_review_of_a_person")]

    def __str__(self):
        return f"{self.file.case} 第{self.round}轮"


class RectificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau's and the director's county; the centre what it may see of the cases themselves."""
        if user.is_system:
            return self
        bureau = within(regions_of(user, Role.SECTION, Role.LEADER, Role.AUDITOR), "file__batch__county")
        centre = within(regions_of(user, Role.CENTRE, Role.DIRECTOR), "file__batch__county")
        return self.filter(bureau | centre & Q(file__case__in=AidCase.objects.visible_to(user)))

    def unfinished(self):
        return self.exclude(state=Rectification.State.CONFIRMED)


class Rectification(models.Model):
    """What must be mended after an evaluation: by when, what was done, the proof, and who else confirmed it. F38."""

    class State(models.TextChoices):
        OPEN = "open", "待整改"
        DONE = "done", "待复核"
        CONFIRMED = "confirmed", "已整改"

    file = models.ForeignKey(SampledFile, models.PROTECT, related_name="rectifications", verbose_name="案卷")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    problem = models.TextField("问题", max_length=1000)
    due_on = models.DateField("整改期限")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    opened_on = models.DateField("提出日期")
    opened_at = models.DateTimeField()
    measure = models.TextField("整改措施", max_length=1000, blank=True)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明材料")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="整改人"
    )
    done_on = models.DateField("整改日期", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    confirmed_on = models.DateField("复核日期", null=True, blank=True)
    remark = models.CharField("复核意见", max_length=300, blank=True)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = "评查整改"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(problem=""), name="rectification_says_what"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opened_on")), name="rectification_due_after_it_is_asked_for"),
            models.CheckConstraint(
                condition=Q(state="open")
                | (~Q(measure="") & Q(proof__isnull=False, done_by__isnull=False, done_on__isnull=False)),
                name="rectification_done_with_proof",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(confirmed_by__isnull=False, confirmed_on__isnull=False) & ~Q(confirmed_by=F("done_by"))),
                name="rectification_confirmed_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.file.case} 整改"

    def is_late(self, day):
        """Whether it was, or still is, done after its day."""
        return (self.done_on or day) > self.due_on

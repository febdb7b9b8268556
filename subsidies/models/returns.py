"""The quarterly return to the city: drafted again and again, frozen with its figures when reviewed, never changed once signed.

Plan 五（二） last paragraph; Z-RPT-1; invariant I19. One that the city returns is followed by the next revision.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from common.periods import Quarter
from organizations.models import Region
from organizations.models.places import within
from organizations.scope import regions_of
from programmes.rules.deadlines import late_days
from records.models import StoredFile


class QuarterlyReturnQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Posts over the county see its returns from the draft on; the city what was sent to it."""
        if user.is_system:
            return self
        above = regions_of(user, Role.CITY)
        return self.filter(
            within(user.post_regions - above, "county") | within(above, "county") & Q(status__in=QuarterlyReturn.SENT_STATES)
        )

    def of_quarter(self, county, quarter):
        """Every revision of a county's quarter, the newest first."""
        return self.filter(county=county, first=quarter.first).order_by("-revision")

    def sent(self):
        return self.filter(
            status__in=[QuarterlyReturn.Status.SENT, QuarterlyReturn.Status.NOTED, QuarterlyReturn.Status.RETURNED]
        )


class QuarterlyReturn(models.Model):
    """One revision of a county's quarterly return (专项资金使用情况季度报告, F16)."""

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        REVIEWED = "reviewed", "已复核，待签发"
        SIGNED = "signed", "已签发，待报送"
        SENT = "sent", "已报送"
        NOTED = "noted", "市局已接收"
        RETURNED = "returned", "市局已退回"

    SENT_STATES = (Status.SENT, Status.NOTED, Status.RETURNED)

    county = models.ForeignKey(Region, models.PROTECT, related_name="quarterly_returns", verbose_name="县")
    first = models.DateField("季度首日")
    revision = models.PositiveSmallIntegerField("第几次编报", default=1)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    due_on = models.DateField("应报日")
    late_after = models.DateField("最迟报送日")
    figures = models.JSONField("数据")
    figures_at = models.DateTimeField("数据截至")
    problems = models.TextField("存在的问题", max_length=3000, blank=True)
    next_steps = models.TextField("下一步工作", max_length=3000, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="编制人")
    prepared_at = models.DateTimeField("编制时间")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    reviewed_at = models.DateTimeField("复核时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    workbook = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发的表")
    letter = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发的报告")
    sent_on = models.DateField("报送日期", null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="市局经办人"
    )
    answered_at = models.DateTimeField("市局答复时间", null=True, blank=True)
    return_reason = models.CharField("退回理由", max_length=500, blank=True)

    objects = QuarterlyReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "季度报告"
        ordering = ["-first", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["county", "first", "revision"], name="quarterly_return_revision_once"),
            models.UniqueConstraint(
                fields=["county", "first"],
                condition=~Q(status="returned"),
                name="quarterly_return_one_standing_a_quarter",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | (Q(reviewed_by__isnull=False) & ~Q(reviewed_by=F("prepared_by"))),
                name="quarterly_return_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "reviewed"])
                | (Q(signed_by__isnull=False) & ~Q(signed_by=F("prepared_by")) & ~Q(signed_by=F("reviewed_by"))),
                name="quarterly_return_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "reviewed", "signed"]) | Q(sent_on__isnull=False),
                name="quarterly_return_sent_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(return_reason=""), name="quarterly_return_returned_with_a_reason"
            ),
        ]

    def __str__(self):
        again = f"（第 {self.revision} 次编报）" if self.revision > 1 else ""
        return f"{self.county}{self.quarter.label}专项资金使用情况{again}"

    @property
    def quarter(self):
        return Quarter.of(self.first)

    @property
    def paid(self):
        """What the special fund paid in the quarter, by payment date."""
        fund = self.figures["special_fund"]
        return Decimal(fund["duty_pay"]) + Decimal(fund["case_subsidy"])

    @property
    def closing(self):
        return Decimal(self.figures["special_fund"]["closing"])

    @property
    def late_days(self):
        """Days it was sent after the last day in time (reading D22); 0 while it is not sent."""
        return late_days(self.late_after, self.sent_on) if self.sent_on else 0

    @property
    def is_signed(self):
        return self.status in (self.Status.SIGNED, *self.SENT_STATES)


class QuarterlyReturnEvent(models.Model):
    """Each move of a return: who, when, from where to where, why. Append-only (I15)."""

    append_only = True

    report = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="events")
    from_status = models.CharField("原状态", max_length=10, blank=True)
    to_status = models.CharField("新状态", max_length=10)
    reason = models.CharField("意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "季度报告流转"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.report} {self.from_status}→{self.to_status}"

    @property
    def words(self):
        return "编制" if not self.from_status else QuarterlyReturn.Status(self.to_status).label

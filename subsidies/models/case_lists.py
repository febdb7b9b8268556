"""The quarterly list of case subsidies: its cases, their parts by fund, whom each fund pays how much, and its way.

Plan 五（二）2; Z-SUB-1…6; invariants I2, I3, I4, I8, I14, I15. Marked cases → the centre's list, signed by the director →
the bureau's review → finance → the leader → payment to the firm or the person.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.money import ZERO, YuanField
from common.periods import Quarter
from legalaid.models import AidCase
from organizations.models import Organization, Practitioner, Region
from organizations.models.places import within
from programmes.models import Plan
from subsidies.models.pay_sheets import PayChain


class CaseListQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Lists of the counties in which the user holds a post."""
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county"))

    def handed_in(self):
        """From the director's signature on: what is written there stands."""
        return self.exclude(status=CaseList.Status.DRAFT)


class CaseList(models.Model):
    """One batch of a quarter's case subsidies of one county (特殊群体法律援助案件信息表, F14). Draft freely; then it stands."""

    class Status(models.TextChoices):
        DRAFT = "draft", "已编制，待主任签报"
        SUBMITTED = "submitted", "已报送，待复核"
        REVIEWED = "reviewed", "已复核，待审核"
        CHECKED = "checked", "已审核，待审批"
        APPROVED = "approved", "已审批，待支付"
        PAID = "paid", "已支付"

    county = models.ForeignKey(Region, models.PROTECT, related_name="case_lists", verbose_name="县")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", verbose_name="实施方案")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    batch = models.PositiveSmallIntegerField("批次", default=1)
    special_fund = models.ForeignKey("subsidies.Fund", models.PROTECT, related_name="+", verbose_name="专项资金")
    operating_fund = models.ForeignKey("subsidies.Fund", models.PROTECT, related_name="+", verbose_name="业务经费")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    chain = models.PositiveSmallIntegerField("岗位分工", choices=PayChain.People.choices, default=5)
    special_total = YuanField("专项资金合计", default=0)
    operating_total = YuanField("业务经费合计", default=0)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="编制人")
    drafted_at = models.DateTimeField("编制时间")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签报人"
    )
    submitted_at = models.DateTimeField("签报时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    reviewed_at = models.DateTimeField("复核时间", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    checked_at = models.DateTimeField("审核时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    paid_at = models.DateTimeField("付清时间", null=True, blank=True)

    objects = CaseListQuerySet.as_manager()

    class Meta:
        verbose_name = "案件补贴季表"
        ordering = ["-year", "-quarter", "-batch"]
        constraints = [
            models.UniqueConstraint(fields=["county", "year", "quarter", "batch"], name="case_list_once_a_batch"),
            models.UniqueConstraint(
                fields=["county", "year", "quarter"], condition=Q(status="draft"), name="case_list_one_draft_a_quarter"
            ),
            models.CheckConstraint(
                condition=Q(special_total__gte=0, operating_total__gte=0), name="case_list_totals_not_negative"
            ),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="case_list_of_a_quarter"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(submitted_by__isnull=False) & ~Q(submitted_by=F("drafted_by")),
                name="case_list_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted"])
                | Q(reviewed_by__isnull=False) & ~Q(reviewed_by=F("drafted_by")) & ~Q(reviewed_by=F("submitted_by")),
                name="case_list_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "reviewed"])
                | Q(checked_by__isnull=False)
                & ~Q(checked_by=F("drafted_by"))
                & ~Q(checked_by=F("submitted_by"))
                & (Q(chain__lt=5) | ~Q(checked_by=F("reviewed_by"))),
                name="case_list_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "reviewed", "checked"])
                | Q(approved_by__isnull=False)
                & ~Q(approved_by=F("drafted_by"))
                & ~Q(approved_by=F("submitted_by"))
                & ~Q(approved_by=F("reviewed_by"))
                & ~Q(approved_by=F("checked_by")),
                name="case_list_approved_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.county}{self.label}案件补贴表"

    @property
    def period(self):
        return Quarter(self.year, self.quarter)

    @property
    def label(self):
        """2022年第一季度, with the batch where there is more than one."""
        return self.period.label + (f"第{self.batch}批" if self.batch > 1 else "")

    @property
    def total(self):
        return self.special_total + self.operating_total


class CaseListEvent(models.Model):
    """Each move of a list, and each case taken out of it: who, when, why. Append-only (I15, I20)."""

    append_only = True

    list = models.ForeignKey(CaseList, models.PROTECT, related_name="events")
    case = models.ForeignKey(AidCase, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="退回的案件")
    from_status = models.CharField("原状态", max_length=10, blank=True)
    to_status = models.CharField("新状态", max_length=10)
    version = models.PositiveIntegerField("版本")
    reason = models.CharField("意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "季表流转"
        ordering = ["list", "pk"]

    def __str__(self):
        return f"{self.list} {self.from_status}→{self.to_status}"


class CasePayRowQuerySet(models.QuerySet):
    def to_pay(self):
        """Rows under an approved list that nobody holds money for yet, returned transfers included."""
        return self.filter(amount__gt=0, list__status__in=[CaseList.Status.APPROVED, CaseList.Status.PAID]).exclude(
            pk__in=self.model.objects.filter(payments__state="paid").values("pk")
        )


class CasePayRow(models.Model):
    """What one fund pays one payee under one list: one transfer. Reading D19: the firm, or the person who has none."""

    list = models.ForeignKey(CaseList, models.CASCADE, related_name="rows")
    fund = models.ForeignKey("subsidies.Fund", models.PROTECT, related_name="+", verbose_name="资金来源")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="case_pay_rows", verbose_name="收款机构"
    )
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="case_pay_rows", verbose_name="收款人"
    )
    name = models.CharField("收款人", max_length=100)
    cases = models.PositiveSmallIntegerField("件数", default=0)
    amount = YuanField("金额", default=0)

    objects = CasePayRowQuerySet.as_manager()

    class Meta:
        verbose_name = "案件补贴付款项"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "fund", "organization", "practitioner"],
                name="case_pay_row_once_a_payee_and_fund",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="case_pay_row_never_below_zero"),
            models.CheckConstraint(
                condition=Q(organization=None, practitioner__isnull=False) | Q(organization__isnull=False, practitioner=None),
                name="case_pay_row_has_one_payee",
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.amount}"

    @property
    def payee(self):
        return self.organization or self.practitioner


class CaseClaimQuerySet(models.QuerySet):
    def handed_in(self):
        return self.filter(list__isnull=False).exclude(list__status=CaseList.Status.DRAFT)

    def held(self):
        """Sent back out of a list; waits for the centre to put it forward again."""
        return self.filter(list=None, held_at__isnull=False)


class CaseClaim(models.Model):
    """A case's claim to its subsidy: one a case, ever (I3). It stands in one list or is held back with a reason."""

    class Choice(models.TextChoices):
        AUTO = "", "按方案（有所的发给所）"
        PERSON = "person", "发给承办人"
        INSTITUTION = "institution", "发给承办机构"

    case = models.OneToOneField(AidCase, models.PROTECT, related_name="claim", verbose_name="案件")
    list = models.ForeignKey(CaseList, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name="季表")
    marked_on = models.DateField("标注日期", null=True, blank=True)
    standard = YuanField("当地补贴标准", default=0)
    place = models.PositiveSmallIntegerField("专项名额序号", default=0)
    payee_choice = models.CharField("收款人选择", max_length=12, choices=Choice.choices, blank=True, default="")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收款机构"
    )
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收款人")
    held_reason = models.CharField("退回原因", max_length=500, blank=True)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    held_at = models.DateTimeField("退回时间", null=True, blank=True)

    objects = CaseClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "案件补贴申领"
        ordering = ["marked_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(list=None) & ~Q(held_reason="") & Q(held_by__isnull=False),
                name="case_claim_held_outside_of_lists_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(organization=None) | Q(practitioner=None), name="case_claim_one_payee"),
        ]

    def __str__(self):
        return f"{self.case} 补贴"

    @property
    def payee(self):
        return self.organization or self.practitioner

    @property
    def is_held(self):
        return self.held_at is not None

    def amount_of(self, *kinds):
        return sum((part.amount for part in self.parts.all() if part.kind in kinds), ZERO)

    @property
    def special(self):
        return self.amount_of("special")

    @property
    def operating(self):
        return self.amount_of("topup", "local_full")


class ClaimPart(models.Model):
    """One amount of one claim from one fund. At most two, one a fund, and a whole from operating funds stands alone (I3)."""

    class Kind(models.TextChoices):
        SPECIAL = "special", "专项补贴"
        TOPUP = "topup", "业务经费补足"
        LOCAL_FULL = "local_full", "业务经费全额"

    claim = models.ForeignKey(CaseClaim, models.PROTECT, related_name="parts", verbose_name="申领")
    list = models.ForeignKey(CaseList, models.CASCADE, related_name="parts", db_index=False)
    fund = models.ForeignKey("subsidies.Fund", models.PROTECT, related_name="+", verbose_name="资金来源")
    row = models.ForeignKey(CasePayRow, models.CASCADE, null=True, blank=True, related_name="parts", verbose_name="付款项")
    kind = models.CharField("项目", max_length=12, choices=Kind.choices)
    amount = YuanField("金额")
    clause = models.CharField("依据", max_length=60)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "案件补贴项"
        ordering = ["pk"]
        indexes = [models.Index(fields=["list"], name="claim_part_of_list")]
        constraints = [
            models.UniqueConstraint(fields=["claim", "kind"], name="claim_part_once_a_kind"),
            models.UniqueConstraint(fields=["claim", "fund"], name="claim_part_once_a_fund"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(kind__in=["special", "local_full"]), name="claim_special_or_whole"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="claim_part_of_something"),
            models.CheckConstraint(condition=~Q(clause=""), name="claim_part_names_its_clause"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount}"

"""Pay sheets: one per county and month; rows per person; lines that explain every yuan.

Z-PAY-1…6, plan 五（二）1. Draft freely; from review on nothing changes (invariants I1, I5, I10, I12, I15).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.money import YuanField
from consultations.models import Finding, Shift
from organizations.models import BankAccount, Practitioner, Region
from organizations.models.places import within
from programmes.models import Month, Plan


class PayChain(models.Model):
    """How many people hold the steps of a county's pay sheets, since when (design.md 5, invariant I14).

    five: all differ. four: one person may review and check. three: also the preparer may pay out.
    Never may the preparer approve, nor the cashier check or approve.
    """

    append_only = True

    class People(models.IntegerChoices):
        FIVE = 5, "五人制：起草、复核、审核、审批、支付各一人"
        FOUR = 4, "四人制：复核与审核可由一人"
        THREE = 3, "三人制：复核与审核可由一人，起草与支付可由一人"

    county = models.ForeignKey(Region, models.PROTECT, related_name="pay_chains", verbose_name="县")
    people = models.PositiveSmallIntegerField("岗位分工", choices=People.choices)
    since = models.DateField("起始日期")
    reason = models.CharField("依据", max_length=200)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "岗位分工"
        ordering = ["county", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["county", "since"], name="pay_chain_once_a_day"),
            models.CheckConstraint(condition=Q(people__in=[3, 4, 5]), name="pay_chain_of_three_to_five"),
        ]

    def __str__(self):
        return self.get_people_display()


class PaySheetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The whole pay of a county: only for posts over the county. Stations never see it."""
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "month__county"))

    def committed(self):
        return self.filter(status=PaySheet.Status.APPROVED)


class PaySheet(models.Model):
    """The duty pay of one county month (值班补贴发放表, F07)."""

    class Status(models.TextChoices):
        DRAFT = "draft", "已核算，待复核"
        REVIEWED = "reviewed", "已复核，待审核"
        CHECKED = "checked", "已审核，待审批"
        APPROVED = "approved", "已审批，待支付"
        PAID = "paid", "已支付"

    month = models.OneToOneField(Month, models.PROTECT, related_name="pay_sheet", verbose_name="月份")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", verbose_name="实施方案")
    fund = models.ForeignKey("subsidies.Fund", models.PROTECT, related_name="pay_sheets", verbose_name="资金来源")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    chain = models.PositiveSmallIntegerField("岗位分工", choices=PayChain.People.choices, default=5)
    total = YuanField("实发合计", default=0)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制表人")
    drafted_at = models.DateTimeField("核算时间")
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

    objects = PaySheetQuerySet.as_manager()

    class Meta:
        verbose_name = "值班补贴发放表"
        ordering = ["-month__first"]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="pay_sheet_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status="draft") | (Q(reviewed_by__isnull=False) & ~Q(reviewed_by=F("drafted_by"))),
                name="pay_sheet_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "reviewed"])
                | (
                    Q(checked_by__isnull=False)
                    & ~Q(checked_by=F("drafted_by"))
                    & (Q(chain__lt=5) | ~Q(checked_by=F("reviewed_by")))
                ),
                name="pay_sheet_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "reviewed", "checked"])
                | (
                    Q(approved_by__isnull=False)
                    & ~Q(approved_by=F("drafted_by"))
                    & ~Q(approved_by=F("reviewed_by"))
                    & ~Q(approved_by=F("checked_by"))
                ),
                name="pay_sheet_approved_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.month} 值班补贴发放表"


class PaySheetEvent(models.Model):
    """Each move of a sheet: who, when, from where to where, why. Append-only (invariants I15, I20)."""

    append_only = True

    sheet = models.ForeignKey(PaySheet, models.PROTECT, related_name="events")
    from_status = models.CharField("原状态", max_length=10, blank=True)
    to_status = models.CharField("新状态", max_length=10)
    version = models.PositiveIntegerField("版本")
    reason = models.CharField("意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "发放表流转"
        ordering = ["sheet", "pk"]

    def __str__(self):
        return f"{self.sheet} {self.from_status}→{self.to_status}"


class PayRowQuerySet(models.QuerySet):
    def own(self, user):
        """The rows about herself. Nobody else's yuan is seen this way."""
        return self.filter(practitioner__user=user)

    def to_pay(self):
        """Rows under an approved sheet with money due that nobody holds yet, returned transfers included."""
        return self.filter(payable__gt=0, sheet__status__in=[PaySheet.Status.APPROVED, PaySheet.Status.PAID]).exclude(
            pk__in=self.model.objects.filter(payments__state="paid").values("pk")
        )


class PayRow(models.Model):
    """One person on a sheet. The amounts are sums of the person's lines; name and kind as they were."""

    sheet = models.ForeignKey(PaySheet, models.CASCADE, related_name="rows")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="pay_rows", verbose_name="值班人员")
    name = models.CharField("姓名", max_length=50)
    category = models.CharField("人员类别", max_length=20, choices=Practitioner.Kind.choices)
    shifts_served = models.PositiveSmallIntegerField("班次", default=0)
    rate = YuanField("应发", default=0)
    deducted = YuanField("扣减", default=0)
    month_amount = YuanField("当月调整", default=0)
    payable = YuanField("实发", default=0)
    is_month_void = models.BooleanField("当月不予发放", default=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收款账户")

    objects = PayRowQuerySet.as_manager()

    class Meta:
        verbose_name = "补贴项（人）"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "practitioner"], name="pay_row_once_a_person"),
            models.CheckConstraint(condition=Q(payable__gte=0), name="pay_row_never_below_zero"),
            models.CheckConstraint(condition=Q(payable=F("rate") + F("deducted") + F("month_amount")), name="pay_row_adds_up"),
        ]

    def __str__(self):
        return f"{self.name} {self.payable}"

    @property
    def taken_off(self):
        """Everything between what the shifts are worth and what is paid."""
        return self.deducted + self.month_amount


class PayLine(models.Model):
    """One reason for one amount: kind, clause, the fact behind it. The sum of the lines is the pay."""

    class Kind(models.TextChoices):
        RATE = "rate", "值班补贴"
        LATE = "late", "迟到"
        EARLY_LEAVE = "early_leave", "早退"
        RECORD_DEFECT = "record_defect", "记录缺项、不规范"
        DISSATISFIED = "dissatisfied", "评价不满意"
        COMPLAINT = "complaint", "被投诉"
        ABSENCE = "absence", "抽查脱岗"
        NO_SHOW = "no_show", "不在岗，取消当天补贴"
        SHAM_DUTY = "sham_duty", "虚假值班，取消当天补贴"
        PUBLIC_SERVANT = "public_servant", "公职人员不计补贴"
        FLOOR = "floor", "扣至零为止"
        MONTH_VOID = "month_void", "当月不予发放"
        DIFFERENCE = "difference", "以前月份差额"
        CARRIED = "carried", "结转下月抵扣"

    sheet = models.ForeignKey(PaySheet, models.CASCADE, related_name="lines", db_index=False)
    row = models.ForeignKey(PayRow, models.CASCADE, related_name="lines")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="pay_lines")
    kind = models.CharField("项目", max_length=20, choices=Kind.choices)
    amount = YuanField("金额")
    clause = models.CharField("依据", max_length=60)
    times = models.PositiveSmallIntegerField("次数", default=1)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="pay_lines", db_index=False)
    source_month = models.ForeignKey(
        Month, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name="所属月份"
    )
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "补贴项"
        ordering = ["pk"]
        indexes = [models.Index(fields=["sheet"], name="pay_line_of_sheet")]
        constraints = [
            # I5: whatever happens, a shift's rate is paid once.
            models.UniqueConstraint(fields=["shift"], condition=Q(kind="rate"), name="pay_line_shift_paid_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["month_void", "carried", "difference"]) | Q(shift__isnull=False),
                name="pay_line_names_its_shift",
            ),
            models.CheckConstraint(condition=~Q(clause=""), name="pay_line_names_its_clause"),
            # I10: what cuts pay stands on a finding; the clock's word stands on its minutes.
            models.CheckConstraint(
                condition=Q(finding__isnull=False)
                | ~Q(kind__in=["record_defect", "dissatisfied", "complaint", "absence", "no_show", "sham_duty"])
                & (~Q(kind__in=["late", "early_leave"]) | ~Q(note="")),
                name="pay_line_deduction_has_its_evidence",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["rate", "floor"], amount__gte=0)
                | Q(kind="public_servant", amount=0)
                | Q(kind__in=["difference", "carried"])
                | Q(
                    kind__in=[
                        "late",
                        "early_leave",
                        "record_defect",
                        "dissatisfied",
                        "complaint",
                        "absence",
                        "no_show",
                        "sham_duty",
                        "month_void",
                    ],
                    amount__lte=0,
                ),
                name="pay_line_sign_fits_its_kind",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount}"


class UnsettledShift(models.Model):
    """A shift that could not be paid when the sheet was drafted, and why (contract.md 3.4)."""

    sheet = models.ForeignKey(PaySheet, models.CASCADE, related_name="unsettled")
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="+")
    reason = models.CharField("原因", max_length=60)

    class Meta:
        verbose_name = "未定班次"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "shift"], name="unsettled_shift_once")]

    def __str__(self):
        return f"{self.shift} {self.reason}"


class RecomputeRequest(models.Model):
    """A closed month is to be held against the rules again; what differs is booked in the open month.

    Written where a fact changed outside the duty records (public-servant status) or a month was reopened.
    """

    month = models.ForeignKey(Month, models.PROTECT, related_name="recompute_requests", verbose_name="复算月份")
    booked_in = models.ForeignKey(Month, models.PROTECT, related_name="+", verbose_name="记入月份")
    reason = models.CharField("原因", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "复算"
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["month", "booked_in"], name="recompute_once_per_open_month"),
        ]

    def __str__(self):
        return f"{self.month} 复算记入 {self.booked_in}"

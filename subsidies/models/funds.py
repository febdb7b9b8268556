"""Funds and their cash book. Z-FUND-1, Z-FUND-2, plan 五（一）; invariants I2, I7, I18."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum

from common.money import ZERO, YuanField
from organizations.models import Region
from organizations.models.places import within
from subsidies.models.case_lists import CasePayRow
from subsidies.models.pay_sheets import PayRow
from subsidies.models.payments import Payment


class FundQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county"))


class Fund(models.Model):
    """A purse of one county. The balance is the last ledger entry's; nobody writes it."""

    class Kind(models.TextChoices):
        SPECIAL = "special", "省级专项资金"
        OPERATING = "operating", "法律援助业务经费"
        WORK = "work", "工作经费"

    county = models.ForeignKey(Region, models.PROTECT, related_name="funds", verbose_name="县")
    kind = models.CharField("资金来源", max_length=10, choices=Kind.choices)

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = "资金"
        ordering = ["county", "-kind"]
        constraints = [models.UniqueConstraint(fields=["county", "kind"], name="fund_one_of_a_kind_in_a_county")]

    def __str__(self):
        return f"{self.county}{self.get_kind_display()}"

    @property
    def balance(self):
        """Cash in the fund: the last entry's balance. One query."""
        return self.entries.order_by("-sequence").values_list("balance", flat=True).first() or ZERO

    @property
    def committed(self):
        """Approved and not yet paid, returned transfers included: duty pay and case subsidies. Two queries."""
        duty = PayRow.objects.to_pay().filter(sheet__fund=self).aggregate(sum=Sum("payable"))["sum"] or ZERO
        cases = CasePayRow.objects.to_pay().filter(fund=self).aggregate(sum=Sum("amount"))["sum"] or ZERO
        return duty + cases

    @property
    def free(self):
        """What may still be approved. Z-FUND-2."""
        return self.balance - self.committed

    def balance_on(self, day):
        """Cash at the end of a day, by the day of each entry."""
        return self.entries.filter(day__lte=day).aggregate(sum=Sum("amount"))["sum"] or ZERO


class FundMovementQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "fund__county"))


class FundMovement(models.Model):
    """Money that comes or goes outside of pay: what a finance officer enters with its document.

    市财政到账 starts the five-working-day clock and moves no balance; 拨付司法局 and 退回 raise the
    bureau's balance, 缴回 lowers it (contract.md 3.9). Arrival and forwarding are paired by 文号.
    """

    class Kind(models.TextChoices):
        ARRIVED = "arrived", "市财政到账"
        FORWARDED = "forwarded", "拨付司法局"
        RETURNED = "returned", "退回"
        REMITTED = "remitted", "缴回"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="movements", verbose_name="资金来源")
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    day = models.DateField("日期")
    amount = YuanField("金额")
    document_no = models.CharField("文号", max_length=100, blank=True)
    remark = models.CharField("说明", max_length=200, blank=True)
    forward_due_on = models.DateField("应拨付日", null=True, blank=True)
    paper = models.ForeignKey("records.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="财政确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = FundMovementQuerySet.as_manager()

    class Meta:
        verbose_name = "资金到位"
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_movement_of_something"),
            models.UniqueConstraint(fields=["fund", "kind", "day", "amount", "document_no"], name="fund_movement_entered_once"),
            models.CheckConstraint(
                condition=~Q(kind="arrived") | Q(forward_due_on__isnull=False), name="fund_arrival_has_its_clock"
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.get_kind_display()} {self.amount}"


class LedgerEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "fund__county"))

    def between(self, first, last):
        return self.filter(day__range=(first, last))


class LedgerEntry(models.Model):
    """One row of a fund's cash book: append-only, one-to-one to what it books.

    `sequence`, `voucher_no` (without gaps per fund and year) and `balance` are written by the database
    trigger under the fund's lock; whatever a program gives for them is overwritten.
    """

    append_only = True

    class Kind(models.TextChoices):
        MOVEMENT = "movement", "资金到位"
        PAYMENT = "payment", "支付"
        REVERSAL = "reversal", "冲销"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="entries", verbose_name="资金来源")
    sequence = models.PositiveIntegerField("序号", default=0, editable=False)
    year = models.PositiveSmallIntegerField("年度", default=0, editable=False)
    voucher_no = models.PositiveIntegerField("凭证号", default=0, editable=False)
    day = models.DateField("日期")
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    amount = YuanField("金额")
    balance = YuanField("余额", default=0, editable=False)
    memo = models.CharField("摘要", max_length=200)
    movement = models.OneToOneField(FundMovement, models.PROTECT, null=True, blank=True, related_name="entry")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, blank=True, related_name="entry")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记账人")
    booked_at = models.DateTimeField("记账时间")

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "资金台账"
        ordering = ["fund", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "sequence"], name="ledger_sequence_once"),
            models.UniqueConstraint(fields=["fund", "year", "voucher_no"], name="ledger_voucher_once"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="ledger_balance_never_negative"),
            models.CheckConstraint(
                condition=Q(kind="movement", movement__isnull=False, payment=None, reverses=None)
                | Q(kind="payment", movement=None, payment__isnull=False, reverses=None, amount__lt=0)
                | Q(kind="reversal", movement=None, payment=None, reverses__isnull=False),
                name="ledger_entry_books_one_thing",
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.voucher_no:04d} {self.amount}"


class ReversalProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "entry__fund__county"))

    def open(self):
        return self.filter(state=ReversalProposal.State.PROPOSED)


class ReversalProposal(models.Model):
    """A wrong entry is never edited: somebody proposes its reversal, the leader decides (safety.md 5)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        ACCEPTED = "accepted", "已冲销"
        REFUSED = "refused", "未同意"

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="reversal_proposals", verbose_name="原凭证")
    reason = models.CharField("理由", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ReversalProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "冲销申请"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="reversal_decided_by_another",
            ),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="proposed"), name="reversal_one_open_proposal"),
        ]

    def __str__(self):
        return f"冲销 {self.entry}"


class BankStatementQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "fund__county"))


class BankStatement(models.Model):
    """A bank statement of a fund's account, held against the ledger by finance, not by the cashier."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="statements", verbose_name="资金来源")
    first = models.DateField("起始日期")
    last = models.DateField("截止日期")
    closing_balance = YuanField("期末余额")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    # As they stood when the statement was agreed: a later match does not change what was signed.
    ledger_balance = YuanField("账面余额", null=True, blank=True)
    differences = models.JSONField("未达账项", default=list, blank=True)

    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = "银行对账单"
        ordering = ["-last"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "first", "last"], name="bank_statement_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="bank_statement_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.fund} {self.first}—{self.last}"


class BankLine(models.Model):
    """One line of a bank statement, matched to the ledger entry it shows, or not yet."""

    statement = models.ForeignKey(BankStatement, models.CASCADE, related_name="lines")
    day = models.DateField("日期")
    amount = YuanField("金额")
    text = models.CharField("摘要", max_length=200, blank=True)
    receipt_no = models.CharField("回单号", max_length=60, blank=True)
    entry = models.OneToOneField(
        LedgerEntry, models.PROTECT, null=True, blank=True, related_name="bank_line", verbose_name="对应凭证"
    )

    class Meta:
        verbose_name = "对账单明细"
        ordering = ["day", "pk"]

    def __str__(self):
        return f"{self.day} {self.amount}"

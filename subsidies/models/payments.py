"""Payments person by person, and what people pay back. Z-PAY-3, 现金管理暂行条例 5."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.money import YuanField
from organizations.models import BankAccount, OrganizationAccount
from organizations.models.places import within
from subsidies.models.case_lists import CasePayRow
from subsidies.models.pay_sheets import PayRow


class PaymentQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        regions = user.post_regions
        return self.filter(within(regions, "row__sheet__month__county") | within(regions, "case_row__list__county"))

    def standing(self):
        """Those that have not come back."""
        return self.filter(state=Payment.State.PAID)


class Payment(models.Model):
    """One transfer from one fund to one payee: duty pay of a person, or case subsidies of a firm or person.

    A returned one is reversed in the ledger and may be paid again.
    """

    class Method(models.TextChoices):
        TRANSFER = "transfer", "银行转账"
        CHEQUE = "cheque", "支票"
        CASH = "cash", "现金"

    class State(models.TextChoices):
        PAID = "paid", "已支付"
        RETURNED = "returned", "已退票"

    row = models.ForeignKey(PayRow, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="补贴项")
    case_row = models.ForeignKey(
        CasePayRow, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="案件补贴付款项"
    )
    amount = YuanField("金额")
    method = models.CharField("支付方式", max_length=10, choices=Method.choices, default=Method.TRANSFER)
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, blank=True, related_name="+")
    organization_account = models.ForeignKey(OrganizationAccount, models.PROTECT, null=True, blank=True, related_name="+")
    receipt_no = models.CharField("银行回单号", max_length=60)
    bank_approval_no = models.CharField("开户银行批准文号", max_length=60, blank=True)
    paid_on = models.DateField("支付日期")
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="出纳")
    paid_at = models.DateTimeField()
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PAID)
    returned_on = models.DateField("退票日期", null=True, blank=True)
    return_reason = models.CharField("退票原因", max_length=200, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "支付"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=Q(row__isnull=False, case_row=None) | Q(row=None, case_row__isnull=False), name="payment_of_one_row"
            ),
            models.UniqueConstraint(fields=["row"], condition=Q(state="paid"), name="payment_once_a_person"),
            models.UniqueConstraint(fields=["case_row"], condition=Q(state="paid"), name="payment_once_a_payee_and_fund"),
            models.CheckConstraint(
                condition=~Q(method="cash") | Q(amount__lte=1000) | ~Q(bank_approval_no=""),
                name="payment_in_cash_up_to_a_thousand",
            ),
            models.CheckConstraint(
                condition=~Q(method="transfer") | Q(account__isnull=False) | Q(organization_account__isnull=False),
                name="payment_transfer_has_an_account",
            ),
            models.CheckConstraint(condition=~Q(receipt_no=""), name="payment_has_a_receipt"),
            models.CheckConstraint(
                condition=Q(state="paid") | (Q(returned_on__isnull=False) & ~Q(return_reason="")),
                name="payment_return_has_day_and_reason",
            ),
        ]

    def __str__(self):
        return f"{self.row or self.case_row} {self.receipt_no}"

    @property
    def payee_name(self):
        return (self.row or self.case_row).name

    @property
    def paid_into(self):
        """The account it went to: a person's or a firm's; None for cash and cheques."""
        return self.account or self.organization_account


class Recovery(models.Model):
    """Money a person paid back of what is carried against her; the cash is a FundMovement 退回."""

    row = models.ForeignKey(PayRow, models.PROTECT, related_name="recoveries", verbose_name="结转的补贴项")
    movement = models.OneToOneField("subsidies.FundMovement", models.PROTECT, related_name="recovery")
    amount = YuanField("金额")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "扣回"
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_of_something")]

    def __str__(self):
        return f"{self.row} 扣回 {self.amount}"

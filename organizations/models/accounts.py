"""Where a practitioner's pay goes; a change needs a second person and the payee's paper (safety.md 5)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.encryption import EncryptedTextField
from common.id_numbers import mask_account
from organizations.models.people import Practitioner


class BankAccountQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(practitioner__in=Practitioner.objects.visible_to(user))

    def in_use(self):
        return self.filter(state=BankAccount.State.CONFIRMED)

    def to_decide(self):
        return self.filter(state=BankAccount.State.PROPOSED)

    def changed_since(self, instant):
        """Accounts in use that replaced another one after that instant: flagged at the next payment (safety.md 5)."""
        return self.in_use().filter(is_first=False, decided_at__gt=instant)


class BankAccount(models.Model):
    """Where a practitioner's pay goes. A change needs a second person and the payee's paper (safety.md 5)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        CONFIRMED = "confirmed", "使用中"
        REFUSED = "refused", "未确认"
        REPLACED = "replaced", "已停用"

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="bank_accounts")
    holder = models.CharField("户名", max_length=50)
    bank_name = models.CharField("开户行", max_length=100)
    account_no = EncryptedTextField("银行账号")
    account_index = models.CharField(max_length=64, editable=False, db_index=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    is_first = models.BooleanField("首个账户", default=False)
    paper = models.ForeignKey(
        "records.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="收款人签字的账户确认书",
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    reason = models.CharField("变更原因", max_length=200, blank=True)
    opinion = models.CharField("审定意见", max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "收款账户"
        ordering = ["practitioner", "-proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner"], condition=Q(state="confirmed"), name="bank_account_one_in_use"),
            models.UniqueConstraint(fields=["practitioner"], condition=Q(is_first=True), name="bank_account_one_first"),
            # Only the first account, which came with the person, may stand on one pair of eyes.
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(is_first=True)
                | (Q(decided_by__isnull=False) & Q(paper__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="bank_account_change_needs_a_second_person_and_the_paper",
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.masked_account_no}"

    @property
    def masked_account_no(self):
        return mask_account(self.account_no)

"""Where the money of a firm or office goes; a change needs a second person and the firm's sealed paper (safety.md 5)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.encryption import EncryptedTextField
from common.id_numbers import mask_account
from organizations.models.places import Organization


class OrganizationAccountQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def in_use(self):
        return self.filter(state=OrganizationAccount.State.CONFIRMED)

    def to_decide(self):
        return self.filter(state=OrganizationAccount.State.PROPOSED)


class OrganizationAccount(models.Model):
    """A payee account of a firm or office. Every one stands on two people and a paper, the first one too."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        CONFIRMED = "confirmed", "使用中"
        REFUSED = "refused", "未确认"
        REPLACED = "replaced", "已停用"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="accounts", verbose_name="机构")
    holder = models.CharField("户名", max_length=100)
    bank_name = models.CharField("开户行", max_length=100)
    account_no = EncryptedTextField("银行账号")
    account_index = models.CharField(max_length=64, editable=False, db_index=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    paper = models.ForeignKey("records.StoredFile", models.PROTECT, related_name="+", verbose_name="盖章的账户确认书")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    proposed_at = models.DateTimeField("登记时间")
    reason = models.CharField("变更原因", max_length=200, blank=True)
    opinion = models.CharField("审定意见", max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审定人"
    )
    decided_at = models.DateTimeField("审定时间", null=True, blank=True)

    objects = OrganizationAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "机构收款账户"
        ordering = ["organization", "-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state="confirmed"), name="organization_account_one_in_use"
            ),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state="proposed"), name="organization_account_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed")
                | Q(state="refused")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="organization_account_decided_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.masked_account_no}"

    @property
    def masked_account_no(self):
        return mask_account(self.account_no)

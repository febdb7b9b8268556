"""The mark of a case in the official 惠民工程管理系统, what is told of its money, and what the bureau decided about it.

Plan 五（二）2; Z-SUB-4, Z-SUB-5; readings D16, D39, D40. The case itself (legalaid) knows nothing of money.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import may
from common.money import YuanField
from legalaid.models import AidCase
from organizations.models.places import within
from organizations.scope import regions_of


def cases_in_sight(user):
    """Cases whose money this user may look at: her own cases, and for the posts of money every case of their counties.

    Criminal and minors' cases among them show a number and amounts, never a person (safety.md §5).
    """
    if user.is_system:
        return AidCase.objects.all()
    own = Q(pk__in=AidCase.objects.visible_to(user).values("pk"))
    if not may(user, "subsidies.view_case_lists"):
        return AidCase.objects.filter(own)
    return AidCase.objects.filter(own | within(regions_of(user, *MONEY_READERS), "county"))


# Posts that look at marks and lists of their whole county.
MONEY_READERS = ("section", "leader", "director", "finance", "cashier", "treasury", "city", "auditor")


class CaseMarkQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(case__in=cases_in_sight(user).values("pk"))

    def standing(self):
        """Marks that count: told by history, or signed by the director."""
        return self.filter(marked_on__isnull=False, state__in=[CaseMark.State.TOLD, CaseMark.State.SIGNED])

    def to_sign(self):
        return self.filter(state=CaseMark.State.PROPOSED)


class CaseMark(models.Model):
    """One case's mark: the day of its entry in the official system, with proof; and what is told of other money.

    History tells it as it was (`TOLD`, also without a date). Here the centre proposes and the director signs.
    """

    class State(models.TextChoices):
        TOLD = "told", "导入"
        PROPOSED = "proposed", "待主任签发"
        SIGNED = "signed", "已标注"
        SENT_BACK = "sent_back", "已退回"

    case = models.OneToOneField(AidCase, models.PROTECT, related_name="mark", verbose_name="案件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.TOLD)
    marked_on = models.DateField("标注日期", null=True, blank=True)
    entry_no = models.CharField("惠民工程管理系统编号", max_length=60, blank=True)
    local_standard = YuanField("当地补贴标准", default=1000)
    is_ordinary_subsidy_paid = models.BooleanField("已发普通补贴", default=False)
    proof = models.ForeignKey(
        "records.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="标注截图"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    opinion = models.CharField("意见", max_length=200, blank=True)

    objects = CaseMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "惠民标注"
        ordering = ["marked_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(local_standard__gte=0), name="case_mark_standard_not_negative"),
            models.CheckConstraint(
                condition=Q(state="told")
                | Q(marked_on__isnull=False, proof__isnull=False, proposed_by__isnull=False, proposed_at__isnull=False),
                name="case_mark_has_its_day_and_proof",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(signed_by=F("proposed_by")),
                name="case_mark_signed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["marked_on"], name="case_mark_by_day")]

    def __str__(self):
        return f"{self.case} {self.get_state_display()}"

    @property
    def stands(self):
        return self.marked_on is not None and self.state in (self.State.TOLD, self.State.SIGNED)


class BureauDecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(case__in=cases_in_sight(user).values("pk"))


class BureauDecision(models.Model):
    """What the bureau decided where the plan leaves it open (D15, D16, D39). The latest holds; none is rewritten."""

    append_only = True

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="bureau_decisions", verbose_name="案件")
    is_included = models.BooleanField("纳入惠民工程")
    reason = models.CharField("理由", max_length=300)
    document_no = models.CharField("会议纪要或批示文号", max_length=60)
    paper = models.ForeignKey("records.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间")

    objects = BureauDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "纳入决定"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(document_no=""), name="bureau_decision_says_why"),
        ]

    def __str__(self):
        return f"{self.case} {'纳入' if self.is_included else '不纳入'}"

"""Objections to a refusal or a termination, and complaints about who gave the aid. LAF 49, 55, 56; domain.md 3.5."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from legalaid.models.cases import AidCase
from legalaid.models.procedure import CaseFile
from organizations.models import Practitioner
from organizations.models.places import within
from organizations.scope import regions_of
from records.models import StoredFile


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The leader of the county, who decides; and whoever may see the case."""
        if user.is_system:
            return self
        leader = within(regions_of(user, Role.LEADER), "case__county")
        return self.filter(leader | Q(case__in=AidCase.objects.visible_to(user)))

    def open(self):
        return self.filter(state=Objection.State.FILED)

    def ordered(self):
        """Upheld, and the agency has not corrected its decision yet."""
        return self.filter(state=Objection.State.DECIDED, decision=Objection.Decision.ORDER_CORRECTION, corrected_on=None)


class Objection(models.Model):
    """An objection to the bureau that set up the agency: filed within 15 days, decided within 5 (LAF 49)."""

    class About(models.TextChoices):
        REFUSAL = "refusal", "不予法律援助决定"
        TERMINATION = "termination", "终止法律援助决定"

    class State(models.TextChoices):
        FILED = "filed", "待审查"
        DECIDED = "decided", "已审查"
        WITHDRAWN = "withdrawn", "已撤回"

    class Decision(models.TextChoices):
        MAINTAIN = "maintain", "维持原决定"
        ORDER_CORRECTION = "order_correction", "责令改正"

    class Way(models.TextChoices):
        IN_PERSON = "in_person", "当面"
        POST = "post", "邮寄"
        PHONE = "phone", "电话记录"
        ONLINE = "online", "网上"

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="objections", verbose_name="案件")
    about = models.CharField("针对", max_length=12, choices=About.choices)
    decided_on_then = models.DateField("原决定日期")
    known_on = models.DateField("收到原决定日期", null=True, blank=True)
    filed_on = models.DateField("提出日期")
    last_day = models.DateField("提出期限", null=True, blank=True)
    late_reason = models.CharField("逾期受理的理由", max_length=300, blank=True)
    filed_by = models.CharField("异议人", max_length=50)
    relation = models.CharField("与申请人关系", max_length=30, default="本人")
    way = models.CharField("方式", max_length=12, choices=Way.choices)
    content = models.TextField("异议理由", max_length=2000)
    file = models.ForeignKey(CaseFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="材料")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.FILED)
    decision = models.CharField("审查结论", max_length=20, choices=Decision.choices, blank=True)
    reason = models.TextField("审查理由", max_length=2000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审查人"
    )
    decided_on = models.DateField("审查日期", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    corrected_on = models.DateField("改正日期", null=True, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawal_reason = models.CharField("撤回原因", max_length=300, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        ordering = ["-filed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="filed"), name="objection_one_open_a_case"),
            models.CheckConstraint(condition=~Q(content=""), name="objection_says_why"),
            models.CheckConstraint(condition=Q(filed_on__gte=F("decided_on_then")), name="objection_after_the_decision"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(filed_on__lte=F("last_day")) | ~Q(late_reason=""), name="objection_late_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="decided")
                | (
                    ~Q(decision="")
                    & ~Q(reason="")
                    & Q(decided_by__isnull=False, decided_on__isnull=False)
                    & Q(decided_on__gte=F("filed_on"))
                ),
                name="objection_decided_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(corrected_on=None) | Q(decision="order_correction"), name="objection_corrected_when_ordered"
            ),
        ]

    def __str__(self):
        return f"{self.case} 异议"

    @property
    def is_late(self):
        return bool(self.last_day and self.filed_on > self.last_day)


class ComplaintQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau's leader and whoever may see the case; the person complained about does not read it."""
        if user.is_system:
            return self
        leader = within(regions_of(user, Role.LEADER), "case__county")
        office = within(regions_of(user, Role.CENTRE, Role.DIRECTOR), "case__county")
        return self.filter(leader | office & Q(case__in=AidCase.objects.visible_to(user)))

    def open(self):
        return self.filter(state=Complaint.State.OPEN)


class Complaint(models.Model):
    """A complaint about the agency or the undertaker: taken, looked into, answered (LAF 55, 56)."""

    class About(models.TextChoices):
        AGENCY = "agency", "法律援助机构"
        PERSON = "person", "承办人"

    class State(models.TextChoices):
        OPEN = "open", "调查中"
        ANSWERED = "answered", "已答复"

    class Finding(models.TextChoices):
        TRUE = "true", "属实"
        PARTLY = "partly", "部分属实"
        FALSE = "false", "不属实"

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="complaints", verbose_name="案件")
    about = models.CharField("针对", max_length=8, choices=About.choices)
    person = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="被投诉人")
    filed_by = models.CharField("投诉人", max_length=50)
    filed_on = models.DateField("投诉日期")
    content = models.TextField("投诉内容", max_length=2000)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    finding = models.CharField("调查结论", max_length=8, choices=Finding.choices, blank=True)
    reply = models.TextField("处理和答复", max_length=2000, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="材料")

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "投诉"
        ordering = ["-filed_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(content=""), name="complaint_says_what"),
            models.CheckConstraint(
                condition=~Q(state="answered")
                | (~Q(finding="") & ~Q(reply="") & Q(replied_on__gte=F("filed_on"), replied_by__isnull=False)),
                name="complaint_answered_in_full",
            ),
        ]

    def __str__(self):
        return f"{self.case} 投诉"

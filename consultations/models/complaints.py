"""Complaints about the service on duty, from receipt to the answer the complainant is given. LAF 55, 56; Z-DED-3; paper F23."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.policy import Role
from common.encryption import EncryptedTextField
from consultations.models.consultations import Consultation
from consultations.models.findings import Finding
from consultations.models.rosters import Shift
from organizations.models import Region, Station
from organizations.models.places import within
from organizations.scope import regions_of


class DutyComplaintQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau sees its county's; whoever took one down sees it. The person complained about sees the finding alone."""
        if user.is_system:
            return self
        bureau = regions_of(user, Role.SECTION, Role.LEADER)
        return self.filter(within(bureau, "county") | Q(recorded_by=user))

    def open(self):
        return self.filter(state__in=["received", "accepted"])


class DutyComplaint(models.Model):
    """One complaint. What it says is verified as a finding of the shift; the pay rules know only that finding."""

    class Channel(models.TextChoices):
        ONLINE = "online", "网上"
        VISIT = "visit", "来访"
        PHONE = "phone", "电话"
        LETTER = "letter", "信函"
        FOLLOW_UP = "follow_up", "回访"
        TRANSFER = "transfer", "转办"

    class State(models.TextChoices):
        RECEIVED = "received", "待受理"
        ACCEPTED = "accepted", "核实中"
        ANSWERED = "answered", "已答复"
        REFUSED = "refused", "不予受理"

    class ToldWay(models.TextChoices):
        PHONE = "phone", "电话"
        VISIT = "visit", "当面"
        LETTER = "letter", "信函"
        NOBODY = "nobody", "没有留联系方式，无法告知"

    county = models.ForeignKey(Region, models.PROTECT, related_name="duty_complaints", verbose_name="县区")
    number = models.CharField("编号", max_length=60, unique=True)
    # Of the code whoever complained asks with; the code itself is shown once and kept nowhere.
    code_hash = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    channel = models.CharField("途径", max_length=10, choices=Channel.choices)
    received_on = models.DateField("收到日期")
    complainant = models.CharField("投诉人", max_length=50, blank=True)
    phone = EncryptedTextField("联系电话", blank=True, default="")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="站点")
    day = models.DateField("服务日期", null=True, blank=True)
    about = models.CharField("被投诉人", max_length=50, blank=True)
    content = models.TextField("事由")
    consultation = models.ForeignKey(
        Consultation, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="咨询记录"
    )
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="班次")
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="考核事项"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RECEIVED)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人"
    )
    is_upheld = models.BooleanField("属实", null=True, blank=True)
    reply = models.TextField("结论和答复", blank=True)
    told_on = models.DateField("告知日期", null=True, blank=True)
    told_way = models.CharField("告知方式", max_length=8, choices=ToldWay.choices, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    objects = DutyComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "服务投诉"
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["code_hash"], condition=~Q(code_hash=""), name="duty_complaint_code_once"),
            models.CheckConstraint(condition=~Q(content=""), name="duty_complaint_says_something"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(finding__isnull=False, accepted_on__isnull=False, accepted_by__isnull=False),
                name="duty_complaint_accepted_has_a_finding",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "refused"])
                | (Q(told_on__isnull=False, answered_by__isnull=False) & ~Q(reply="") & ~Q(told_way="")),
                name="duty_complaint_answered_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(is_upheld__isnull=False), name="duty_complaint_answered_says_whether"
            ),
        ]

    def __str__(self):
        return self.number

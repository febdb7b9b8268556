"""Findings (考核事项): what cuts pay, from report to decision. Z-DED-1…6, plan 五（二）1（1）–（5）."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultations.models.attendance import RollCall, ShiftFactQuerySet
from consultations.models.rosters import Shift
from programmes.models import Month


class FindingQuerySet(ShiftFactQuerySet):
    def standing(self):
        """Findings that no later one continues: the last word on their fact."""
        return self.filter(continued_by=None)

    def undecided(self):
        return self.standing().filter(state__in=["reported", "heard"])


class Finding(models.Model):
    """One fact about one shift that may cut pay; only an upheld one does.

    In a closed month a finding is frozen: its later decision is a new row that `continues` it and
    carries the open month it is booked in (invariant I6).
    """

    class Kind(models.TextChoices):
        LATE = "late", "迟到"
        EARLY_LEAVE = "early_leave", "早退"
        RECORD_DEFECT = "record_defect", "服务记录不规范"
        DISSATISFIED = "dissatisfied", "服务对象不满意"
        COMPLAINT = "complaint", "被投诉"
        ABSENCE = "absence", "抽查脱岗"
        NO_SHOW = "no_show", "值班日不在岗"
        SHAM_DUTY = "sham_duty", "虚假值班"

    class State(models.TextChoices):
        REPORTED = "reported", "待核实"
        HEARD = "heard", "已听取申辩"
        UPHELD = "upheld", "属实"
        DROPPED = "dropped", "不属实"

    class Source(models.TextChoices):
        CLOCK = "clock", "签到时间"
        ROLL_CALL = "roll_call", "点名抽查"
        RECORD = "record", "咨询记录检查"
        RATING = "rating", "服务评价"
        COMPLAINT = "complaint", "投诉"
        REPORT = "report", "人工报告"
        SETTLEMENT = "settlement", "班次处理"
        IMPORT = "import", "考核表导入"

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="findings", verbose_name="班次")
    kind = models.CharField("情形", max_length=20, choices=Kind.choices)
    times = models.PositiveSmallIntegerField("次数", default=1)
    consultation_no = models.CharField("咨询登记编号", max_length=60, blank=True)
    state = models.CharField("核实结果", max_length=10, choices=State.choices, default=State.REPORTED)
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    roll_call = models.OneToOneField(
        RollCall, models.PROTECT, null=True, blank=True, related_name="finding", verbose_name="点名抽查"
    )
    remark = models.CharField("说明", max_length=500, blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报告人")
    reported_at = models.DateTimeField("报告时间")
    statement = models.TextField("本人申辩", blank=True)
    heard_at = models.DateTimeField("听取时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    decision = models.CharField("核实意见", max_length=500, blank=True)
    attested_by = models.CharField("审定表编号", max_length=100, blank=True)
    booked_in = models.ForeignKey(Month, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记入月份")
    continues = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", verbose_name="接续"
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "考核事项"
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(times__gte=1), name="finding_counts_at_least_once"),
            # Late and early once for a shift, a rating or complaint once for its consultation (contract 3).
            models.UniqueConstraint(
                fields=["shift", "kind", "consultation_no"],
                condition=Q(continues=None) & Q(roll_call=None),
                name="finding_one_fact_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "heard"]) | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False)),
                name="finding_decision_names_its_person",
            ),
            # I16: the verifier did not record it. What the clock saw and what an attested sheet or an
            # imported, already decided one says has bureau and station for its verifiers (contract 3.7).
            models.CheckConstraint(
                condition=Q(state__in=["reported", "heard"])
                | Q(source__in=["clock", "import"])
                | ~Q(decided_by=F("reported_by")),
                name="finding_verifier_did_not_record_it",
            ),
        ]

    def __str__(self):
        return f"{self.shift} {self.get_kind_display()}"


class CriticismNotice(models.Model):
    """通报批评 for an upheld sham duty or no-show. Z-DED-6, plan 五（二）1（5）; paper F11."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="criticism", verbose_name="考核事项")
    number = models.CharField("文号", max_length=60, unique=True)
    facts = models.TextField("事实")
    issued_on = models.DateField("印发日期")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "通报批评"
        ordering = ["-issued_on", "-pk"]

    def __str__(self):
        return self.number

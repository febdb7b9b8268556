"""What a consultation was handed over to, and what became of it there. domain.md 4.9 (ConsultOutcome), plan 四（一）4."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultations.models.consultations import Consultation


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Seen by whoever sees the consultation."""
        return self.filter(consultation__in=Consultation.objects.visible_to(user))

    def open(self):
        """Those whose fate is not known yet, of records that count."""
        return self.filter(state__in=Handover.OPEN_STATES, consultation__is_void=False)


class Handover(models.Model):
    """A consultation pointed on: to legal aid, mediation, the petition office, another organ. Its fate is written here.

    For legal aid the fate is the case's own; this row only waits until the case exists or the person does not apply.
    """

    class Kind(models.TextChoices):
        LEGAL_AID = "legal_aid", "法律援助申请"
        MEDIATION = "mediation", "人民调解"
        PETITION = "petition", "信访事项"
        ORGAN = "organ", "有关机关"

    class State(models.TextChoices):
        OPEN = "open", "待接收"
        TAKEN = "taken", "已接收"
        DONE = "done", "已有结果"
        DECLINED = "declined", "未接收"

    OPEN_STATES = ("open", "taken")
    TONES = {"open": "warn", "taken": "info", "done": "ok", "declined": "bad"}

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="handovers", verbose_name="咨询记录")
    kind = models.CharField("去向", max_length=10, choices=Kind.choices)
    to = models.CharField("接收单位", max_length=100, blank=True)
    note = models.CharField("转办说明", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN)
    day = models.DateField("转出日期")
    taken_on = models.DateField("接收日期", null=True, blank=True)
    closed_on = models.DateField("结果日期", null=True, blank=True)
    result = models.CharField("结果", max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="转办人")
    made_at = models.DateTimeField("登记时间")

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = "转办"
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["state", "day"])]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "kind"], name="handover_once_of_a_kind"),
            models.CheckConstraint(
                condition=Q(state="open", taken_on=None, closed_on=None)
                | Q(state="taken", taken_on__isnull=False, closed_on=None)
                | Q(state__in=["done", "declined"], closed_on__isnull=False) & ~Q(result=""),
                name="handover_state_has_its_day",
            ),
            models.CheckConstraint(
                condition=(Q(taken_on=None) | Q(taken_on__gte=F("day"))) & (Q(closed_on=None) | Q(closed_on__gte=F("day"))),
                name="handover_fate_comes_after",
            ),
        ]

    def __str__(self):
        return f"{self.consultation} 转{self.get_kind_display()}"

    @property
    def tone(self):
        """The colour of its state on pages."""
        return self.TONES[self.state]

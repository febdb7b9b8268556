"""A day at the station beside its attendance: the code to sign in with, what is half written, what came without a network."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.encryption import EncryptedTextField
from consultations.models.consultations import Consultation
from consultations.models.rosters import Shift
from organizations.models import Station
from organizations.models.places import within


class StationDayCodeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(station__in=user.post_stations)


class StationDayCode(models.Model):
    """The short code that hangs at a station today: who can read it is there. It ends with the day."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="day_codes", verbose_name="站点")
    day = models.DateField("日期")
    code = models.CharField("值班码", max_length=6)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="生成人")
    made_at = models.DateTimeField("生成时间")

    objects = StationDayCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "站点值班码"
        constraints = [
            models.UniqueConstraint(fields=["station", "day"], name="day_code_one_a_day"),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{6}$"), name="day_code_has_six_digits"),
        ]

    def __str__(self):
        return f"{self.station} {self.day} 值班码"


class ConsultationDraftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Nobody reads another's half-written words."""
        return self.filter(user=user.pk)


class ConsultationDraft(models.Model):
    """What somebody has typed and not saved: one for a person and station, encrypted, gone when saved or thrown away."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="填写人")
    station = models.ForeignKey(Station, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="站点")
    content = EncryptedTextField("内容")
    saved_at = models.DateTimeField("保存时间")

    objects = ConsultationDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "咨询草稿"
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "station"], nulls_distinct=False, name="draft_one_a_person_and_station"),
        ]

    def __str__(self):
        return f"{self.user} 的咨询草稿"


class LateEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(
            within(user.post_regions, "station__county")
            | Q(station__in=user.post_stations)
            | Q(sent_by=user.pk)
            | Q(shift__practitioner__user=user)
        )


class LateEntry(models.Model):
    """What a telephone kept while there was no network and sent later (补传): once, with both times.

    `made_at` is when it was made by the telephone's own measure, `received_at` the server's word. A sign-in that comes
    like this is a note for whoever settles the shift; it is never an attendance by itself.
    """

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", "签到"
        SIGN_OUT = "sign_out", "签退"
        CONSULTATION = "consultation", "咨询登记"

    key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField("事项", max_length=12, choices=Kind.choices)
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name="站点")
    shift = models.ForeignKey(Shift, models.CASCADE, null=True, blank=True, related_name="late_entries", verbose_name="班次")
    consultation = models.OneToOneField(
        Consultation, models.PROTECT, null=True, blank=True, related_name="late_entry", verbose_name="咨询记录"
    )
    made_at = models.DateTimeField("设备记录时间")
    received_at = models.DateTimeField("服务器收到时间")
    clock_off = models.IntegerField("设备时钟偏差（秒）", default=0)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="补传人")

    objects = LateEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "补传"
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="consultation", consultation__isnull=False)
                | ~Q(kind="consultation") & Q(shift__isnull=False, consultation=None),
                name="late_entry_is_about_something",
            ),
            models.CheckConstraint(condition=Q(made_at__lte=models.F("received_at")), name="late_entry_comes_later"),
        ]

    def __str__(self):
        return f"{self.station} 补传{self.get_kind_display()}"

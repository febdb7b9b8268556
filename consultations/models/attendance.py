"""What was recorded at the station, and what was judged about it. The raw log is not the judgement."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultations.models.roll_call_draws import RollCallDraw
from consultations.models.rosters import Shift
from organizations.models import Station
from organizations.models.places import within
from programmes.models import Month
from records.models import StoredFile


class ShiftFactQuerySet(models.QuerySet):
    """Rows that hang on a shift: seen by whoever sees the shift."""

    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(
            within(user.post_regions, "shift__station__county")
            | Q(shift__station__in=user.post_stations)
            | Q(shift__practitioner__user=user)
        )


class Attendance(models.Model):
    """The station's record of one shift: when somebody came and went, by whose hand. Z-ORG-3, plan 三（一）."""

    class Source(models.TextChoices):
        PHONE = "phone", "本人手机签到"
        CODE = "code", "站点值班码签到"
        CLERK = "clerk", "站点文员签到"
        IMPORT = "import", "考勤表导入"

    shift = models.OneToOneField(Shift, models.CASCADE, related_name="attendance", verbose_name="班次")
    sign_in = models.TimeField("签到时间", null=True, blank=True)
    sign_out = models.TimeField("签退时间", null=True, blank=True)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    is_waived = models.BooleanField("免予扣减", default=False)
    remark = models.CharField("说明", max_length=200, blank=True)
    no_consultation = models.BooleanField("零咨询声明", default=False)
    signed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_in_at = models.DateTimeField(null=True, blank=True)
    signed_out_at = models.DateTimeField(null=True, blank=True)

    objects = ShiftFactQuerySet.as_manager()

    class Meta:
        verbose_name = "考勤"
        constraints = [
            models.CheckConstraint(
                condition=Q(sign_in=None) | Q(sign_out=None) | Q(sign_out__gte=F("sign_in")),
                name="attendance_leaves_after_coming",
            ),
            models.CheckConstraint(condition=Q(is_waived=False) | ~Q(remark=""), name="attendance_waiver_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.shift} 考勤"


class SettlementQuerySet(ShiftFactQuerySet):
    def proposed(self):
        return self.filter(state=Settlement.State.PROPOSED)

    def accepted(self):
        return self.filter(state=Settlement.State.ACCEPTED)


class Settlement(models.Model):
    """How an unsettled shift was settled: by a person, with a reason, and by a second person.

    contract.md 3.4; readings D33, D34. Entering a past day's times is one of its kinds. Of several
    accepted ones the latest counts. `booked_in` is set where the shift's own month was closed already.
    """

    class Kind(models.TextChoices):
        TIMES = "times", "补登时间"
        SERVED = "served", "按全程在岗认定"
        NO_SHOW = "no_show", "认定未到岗"
        CLOSED = "closed", "站点关闭，取消班次"
        DEFERRED = "deferred", "暂缓，以后月份补发"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        ACCEPTED = "accepted", "已确认"
        REFUSED = "refused", "未确认"

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="settlements", verbose_name="班次")
    kind = models.CharField("处理方式", max_length=10, choices=Kind.choices)
    sign_in = models.TimeField("签到时间", null=True, blank=True)
    sign_out = models.TimeField("签退时间", null=True, blank=True)
    reason = models.CharField("理由", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    decision = models.CharField("确认意见", max_length=200, blank=True)
    booked_in = models.ForeignKey(Month, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记入月份")

    objects = SettlementQuerySet.as_manager()

    class Meta:
        verbose_name = "班次处理"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="settlement_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind="times")
                | (Q(sign_in__isnull=False) & Q(sign_out__isnull=False) & Q(sign_out__gt=F("sign_in"))),
                name="settlement_of_times_has_both_times",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="settlement_needs_a_second_person",
            ),
            models.UniqueConstraint(fields=["shift"], condition=Q(state="proposed"), name="settlement_one_open_at_a_time"),
        ]

    def __str__(self):
        return f"{self.shift} {self.get_kind_display()}"


class RollCall(models.Model):
    """An unannounced check of presence (点名抽查). Z-DED-4, plan 五（二）1（4）."""

    class Method(models.TextChoices):
        PHONE = "phone", "电话"
        VIDEO = "video", "视频"
        ONSITE = "onsite", "实地"

    class Reason(models.TextChoices):
        DRAWN = "drawn", "随机抽中"
        ROUTINE = "routine", "例行抽查"
        SIGNAL = "signal", "异常提示"
        REPORTED = "reported", "群众反映"
        AGAIN = "again", "复查"

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="roll_calls", verbose_name="班次")
    reason = models.CharField("抽查缘由", max_length=10, choices=Reason.choices, default=Reason.ROUTINE)
    draw = models.ForeignKey(
        RollCallDraw, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name="抽取"
    )
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现场照片")
    checked_at = models.DateTimeField("抽查时间")
    method = models.CharField("方式", max_length=10, choices=Method.choices)
    is_present = models.BooleanField("在岗")
    excuse = models.CharField("离岗理由", max_length=200, blank=True)
    is_excused = models.BooleanField("理由正当", default=False)
    remark = models.CharField("备注", max_length=200, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="抽查人")

    objects = ShiftFactQuerySet.as_manager()

    class Meta:
        verbose_name = "点名抽查"
        ordering = ["-checked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(is_excused=False) | ~Q(excuse=""), name="roll_call_excuse_is_written"),
            models.CheckConstraint(condition=~Q(reason="drawn") | Q(draw__isnull=False), name="roll_call_drawn_names_its_draw"),
        ]

    def __str__(self):
        return f"{self.shift} 抽查"


class StationMonthQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "station__county") | Q(station__in=user.post_stations))

    def open(self):
        return self.filter(state=StationMonth.State.OPEN)

    def confirmed(self):
        return self.filter(state=StationMonth.State.CONFIRMED)


class StationMonth(models.Model):
    """A station's month of attendance on its way: open → confirmed by the head → received by the bureau.

    Z-ORG-3, plan 三（一）: 日常考勤，并在审定后报县级司法行政机关. A month that comes back is open again.
    """

    class State(models.TextChoices):
        OPEN = "open", "待站点确认"
        CONFIRMED = "confirmed", "站点已确认，待接收"
        RECEIVED = "received", "司法局已接收"

    station = models.ForeignKey(Station, models.PROTECT, related_name="months", verbose_name="站点")
    month = models.ForeignKey(Month, models.PROTECT, related_name="station_months", verbose_name="月份")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField("接收时间", null=True, blank=True)
    attested_paper = models.CharField("审定表编号", max_length=100, blank=True)
    return_reason = models.CharField("退回原因", max_length=200, blank=True)

    objects = StationMonthQuerySet.as_manager()

    class Meta:
        verbose_name = "站点月考勤"
        ordering = ["month", "station__order"]
        constraints = [
            models.UniqueConstraint(fields=["station", "month"], name="station_month_once"),
            # Confirmed by the head in the system, or attested by a signed sheet whose number is given.
            models.CheckConstraint(
                condition=Q(state="open") | Q(confirmed_by__isnull=False) | ~Q(attested_paper=""),
                name="station_month_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="received")
                | (Q(received_by__isnull=False) & (Q(confirmed_by=None) | ~Q(received_by=F("confirmed_by")))),
                name="station_month_received_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.station} {self.month}"

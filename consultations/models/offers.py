"""A shift offered to colleagues, and the reminder of the evening before. Z-ROS-6."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from common import clock
from consultations.models.rosters import Shift, ShiftChange
from organizations.models import PoolEntry, Practitioner
from organizations.models.places import within
from organizations.scope import regions_of


class SwapOfferQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, those addressed to oneself, those to everybody in one's county's pool; the planners' counties."""
        if user.is_system:
            return self
        pool = PoolEntry.objects.admitted_on(clock.today()).filter(practitioner__user=user)
        open_to_all = Q(to=None, shift__station__county__in=pool.values("county"))
        mine = Q(shift__practitioner__user=user) | Q(offered_by=user) | Q(to__user=user) | Q(taken_by__user=user)
        return self.filter(mine | open_to_all | within(regions_of(user, Role.SECTION), "shift__station__county"))

    def open(self):
        """Still to be taken: the day has not come, and the shift is still hers who offered it."""
        return self.filter(
            state=SwapOffer.State.OPEN,
            shift__is_cancelled=False,
            shift__day__gte=clock.today(),
            shift__practitioner__user=F("offered_by"),
        )


class SwapOffer(models.Model):
    """A person's own shift, offered to one colleague or to all; who takes it, perhaps for one of hers. Then it is a ShiftChange."""

    class State(models.TextChoices):
        OPEN = "open", "等人接"
        TAKEN = "taken", "已有人接"
        DECLINED = "declined", "对方不接"
        WITHDRAWN = "withdrawn", "已收回"

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="offers", verbose_name="班次")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    offered_at = models.DateTimeField("提出时间")
    to = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="请谁接")
    wants_return = models.BooleanField("要换一个班次", default=False)
    reason = models.CharField("原因", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    taken_by = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接班的人")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    change = models.OneToOneField(
        ShiftChange, models.SET_NULL, null=True, blank=True, related_name="offer", verbose_name="换班申请"
    )

    objects = SwapOfferQuerySet.as_manager()

    class Meta:
        verbose_name = "换班邀约"
        ordering = ["shift__day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=Q(state="open"), name="swap_offer_one_open_at_a_time"),
            models.CheckConstraint(condition=~Q(reason=""), name="swap_offer_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taken_by__isnull=False, answered_at__isnull=False),
                name="swap_offer_taken_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.shift} 换班邀约"

    @property
    def kind(self):
        """The word for it: 换班 or 替班."""
        return "换班" if self.wants_return else "替班"


class DutyReminder(models.Model):
    """Somebody was reminded of a shift of that day: at most once, whoever else is put on it or wherever it moves."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="reminders", verbose_name="班次")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+", verbose_name="值班人员")
    day = models.DateField("值班日期")
    reminded_at = models.DateTimeField("提醒时间")

    class Meta:
        verbose_name = "值班提醒"
        constraints = [
            models.UniqueConstraint(fields=["shift", "practitioner", "day"], name="duty_reminder_once"),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.day} 值班提醒"

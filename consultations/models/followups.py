"""Follow-up calls: the monthly draw, who is called, each try. Z-ORG-4, plan 三（一）; paper F22."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.policy import Role
from consultations.models.consultations import Consultation
from organizations.models import Region
from organizations.models.places import within
from organizations.scope import regions_of


class FollowUpDrawQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau sees its county's draws."""
        return self if user.is_system else self.filter(within(regions_of(user, Role.SECTION, Role.LEADER), "county"))


class FollowUpDraw(models.Model):
    """One month's draw, once for a county: the population and the seed are kept, so that anybody can draw it again.

    `frame` holds [number, station id, key of the telephone] of every consultation of the month that left a telephone.
    """

    append_only = True

    county = models.ForeignKey(Region, models.PROTECT, related_name="follow_up_draws", verbose_name="县区")
    first = models.DateField("月份")
    percent = models.PositiveSmallIntegerField("抽取比例（%）")
    seed = models.CharField("种子", max_length=40)
    frame = models.JSONField("抽取范围", default=list)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="抽取人")
    drawn_at = models.DateTimeField("抽取时间")

    objects = FollowUpDrawQuerySet.as_manager()

    class Meta:
        verbose_name = "回访抽取"
        ordering = ["-first", "county"]
        constraints = [
            models.UniqueConstraint(fields=["county", "first"], name="follow_up_draw_once_a_month"),
            models.CheckConstraint(condition=Q(percent__range=(10, 100)), name="follow_up_draw_at_least_a_tenth"),
        ]

    def __str__(self):
        return f"{self.first.year}年{self.first.month}月回访抽取"


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau's county, a station's own."""
        if user.is_system:
            return self
        bureau = regions_of(user, Role.SECTION, Role.LEADER)
        return self.filter(within(bureau, "consultation__station__county") | Q(consultation__station__in=user.post_stations))

    def open(self):
        return self.filter(state=FollowUp.State.OPEN)


class FollowUp(models.Model):
    """One person to call, and what she said. Her satisfaction here stands apart from her own rating."""

    class State(models.TextChoices):
        OPEN = "open", "待回访"
        DONE = "done", "已回访"
        REFUSED = "refused", "不愿回访"
        UNREACHED = "unreached", "联系不上"
        WRONG = "wrong", "号码有误"
        DROPPED = "dropped", "不再回访"

    class Way(models.TextChoices):
        PHONE = "phone", "电话"
        VISIT = "visit", "当面"
        OTHER = "other", "其他"

    class Satisfaction(models.TextChoices):
        VERY_SATISFIED = "very_satisfied", "非常满意"
        SATISFIED = "satisfied", "满意"
        BASIC = "basic", "基本满意"
        DISSATISFIED = "dissatisfied", "不满意"
        UNSAID = "unsaid", "不愿评价"

    draw = models.ForeignKey(FollowUpDraw, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name="抽取")
    consultation = models.OneToOneField(Consultation, models.PROTECT, related_name="follow_up", verbose_name="咨询记录")
    reason = models.CharField("回访原因", max_length=200, blank=True)
    due_on = models.DateField("应回访至")
    state = models.CharField("结果", max_length=10, choices=State.choices, default=State.OPEN)
    way = models.CharField("方式", max_length=8, choices=Way.choices, blank=True)
    day = models.DateField("回访日期", null=True, blank=True)
    answers = models.JSONField("回答", default=dict, blank=True)
    satisfaction = models.CharField("满意度", max_length=15, choices=Satisfaction.choices, blank=True)
    opinion = models.TextField("意见和建议", blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回访人"
    )
    closed_at = models.DateTimeField("登记时间", null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "咨询回访"
        ordering = ["due_on", "consultation__station__order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(draw__isnull=False) | ~Q(reason=""), name="follow_up_drawn_or_with_a_reason"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(day__isnull=False, closed_by__isnull=False, closed_at__isnull=False),
                name="follow_up_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(satisfaction="") & ~Q(way="")), name="follow_up_done_says_how_satisfied"
            ),
            models.CheckConstraint(condition=Q(state="done") | Q(satisfaction=""), name="follow_up_satisfaction_of_those_asked"),
        ]

    def __str__(self):
        return f"{self.consultation} 回访"


class FollowUpTry(models.Model):
    """One call that did not bring the answers: who tried, when, with what result."""

    append_only = True

    class Result(models.TextChoices):
        NO_ANSWER = "no_answer", "无人接听"
        BUSY = "busy", "暂时不便，改时间"
        WRONG = "wrong", "号码有误"
        REFUSED = "refused", "不愿回访"

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="tries", verbose_name="回访")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="回访人")
    result = models.CharField("结果", max_length=10, choices=Result.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "回访拨打"
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.follow_up} {self.get_result_display()}"

"""Time limits as data, and the abstract row in which each floor keeps its own deadlines. domain.md §3.0."""

from django.db import models
from django.db.models import Q

from programmes.models.plans import Plan
from programmes.rules import deadlines as rules


class DeadlineRuleQuerySet(models.QuerySet):
    def in_force(self, plan, code, day):
        """The rule of that code on that day: the plan's own before the general one, the latest first."""
        return (
            self.filter(Q(plan=plan) | Q(plan=None), code=code, since__lte=day)
            .order_by(models.F("plan").asc(nulls_last=True), "-since")
            .first()
        )


class DeadlineRule(models.Model):
    """A limit with unit and law, in force from `since` until the code's next date. Never changed, only followed."""

    append_only = True

    class Unit(models.TextChoices):
        CALENDAR_DAY = rules.CALENDAR_DAY, "日"
        WORKING_DAY = rules.WORKING_DAY, "个工作日"
        HOUR = rules.HOUR, "小时"

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="deadline_rules", verbose_name="方案")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("期限", max_length=60)
    starts_from = models.CharField("起算", max_length=60, blank=True)
    amount = models.PositiveSmallIntegerField("数量")
    unit = models.CharField("单位", max_length=12, choices=Unit.choices)
    roll_on_holiday = models.BooleanField("期满为休息日的顺延", default=False)
    since = models.DateField("起始日期")
    law = models.CharField("依据", max_length=200)

    objects = DeadlineRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "期限规则"
        ordering = ["plan", "code", "since"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code", "since"], name="deadline_rule_one_from_a_day", nulls_distinct=False),
            models.CheckConstraint(
                condition=~Q(unit=rules.HOUR) | Q(roll_on_holiday=False), name="deadline_rule_hours_do_not_roll"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.amount}{self.get_unit_display()}"

    @property
    def limit(self):
        """The pure rule that `programmes.rules.deadlines` counts with."""
        return rules.Rule(self.amount, self.unit, self.roll_on_holiday)


class DeadlineQuerySet(models.QuerySet):
    def open(self):
        return self.filter(met_on=None)

    def overdue(self, day):
        return self.open().filter(due_on__lt=day)

    def due_by(self, day):
        return self.open().filter(due_on__lte=day)


class Deadline(models.Model):
    """One running time limit. Each floor has its own table of them; the rule stays the one it was counted with."""

    rule = models.ForeignKey(DeadlineRule, models.PROTECT, related_name="+", verbose_name="期限规则")
    starts_on = models.DateField("起算日")
    due_on = models.DateField("到期日")
    due_at = models.DateTimeField("到期时刻", null=True, blank=True)
    met_on = models.DateField("完成日", null=True, blank=True)
    suspended_days = models.PositiveSmallIntegerField("不计入的天数", default=0)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["due_on"]

    def late_days(self, today):
        """Calendar days it is, or was met, late."""
        return rules.late_days(self.due_on, self.met_on or today)

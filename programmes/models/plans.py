"""A plan as it was decreed: its sentences, its dated terms and its targets. Loaded rows never change (trigger)."""

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.functional import cached_property

from organizations.models import Organization, Region, Station
from organizations.models.places import within
from programmes.rules import terms as rules
from programmes.rules.vocabulary import label_of, shown_value


class PlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The plans of the places where she holds a post, of what lies in them, and of what lies above them."""
        if user.is_system:
            return self
        places = {post.region_id for post in user.posts_in_force}
        return self.filter(
            within(places, "region") | Q(region__children__in=places) | Q(region__children__children__in=places)
        ).distinct()

    def covering(self, county, day):
        """Plans that hold for a county on a day, the nearest place first: county before city before province."""
        places = [county.pk, county.parent_id, county.parent and county.parent.parent_id]
        places = [pk for pk in places if pk]
        nearness = Case(*(When(region=pk, then=Value(n)) for n, pk in enumerate(places)), output_field=IntegerField())
        return self.filter(region__in=places, starts_on__lte=day, ends_on__gte=day).order_by(nearness, "-starts_on")


class Plan(models.Model):
    """A year's plan (实施方案) of a county, or of a province with no county of its own."""

    code = models.CharField("方案代码", max_length=40, unique=True)
    name = models.CharField("方案名称", max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, related_name="plans", verbose_name="施行地区")
    year = models.PositiveSmallIntegerField("年度")
    document_no = models.CharField("文号", max_length=60, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)
    parts = models.CharField("包含的任务", max_length=200)
    pays = models.CharField("发放补贴的站点类型", max_length=200, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    loaded_at = models.DateTimeField("载入时间")
    file_sha = models.CharField("文件校验值", max_length=64)
    text = models.TextField("方案文件", default="")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "实施方案"
        ordering = ["-year", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="plan_ends_after_it_starts"),
            models.UniqueConstraint(fields=["region", "year"], name="plan_once_in_a_place_and_year"),
        ]

    def __str__(self):
        return self.name

    @property
    def county(self):
        """The county of a county plan; None for a plan of a province."""
        return self.region if self.region.level == Region.Level.COUNTY else None

    @cached_property
    def dated_terms(self):
        """Every dated value of the plan as pure terms; one query for the life of this object."""
        return [row.as_rule(self.code) for row in self.terms.all()]

    def terms_on(self, day):
        """The terms in force on the day *of the duty*, never of today. design.md §4."""
        return rules.Terms(rules.in_force(self.dated_terms, day), plan=self.code, day=day)

    def has_part(self, part):
        """Whether the plan holds this kind of work: duty, cases, funds, windows, …"""
        return part in self.parts.split(rules.LIST_SEPARATOR)


class Clause(models.Model):
    """One numbered clause with the plan's own sentences, word for word."""

    append_only = True

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="clauses", verbose_name="方案")
    number = models.CharField("条款", max_length=30)
    sentence = models.TextField("原文")
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = "条款"
        ordering = ["plan", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="clause_number_once_in_a_plan")]

    def __str__(self):
        return self.number


class Note(models.Model):
    """A slip or trap in the plan's text: shown, never silently mended. domain.md §10."""

    append_only = True

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="notes", verbose_name="方案")
    clause = models.CharField("条款", max_length=30, blank=True)
    text = models.TextField("说明")
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = "方案注释"
        ordering = ["plan", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "text"], name="note_once_in_a_plan")]

    def __str__(self):
        return self.text[:40]


class Term(models.Model):
    """One value beside its clause and unit, in force from `since` until the key's next date.

    There is no end date, so two values of one key can never overlap (I13).
    """

    append_only = True

    class ValueKind(models.TextChoices):
        YUAN = rules.YUAN, "金额"
        INT = rules.INT, "整数"
        SHARE = rules.SHARE, "比例"
        TEXT = rules.TEXT, "文字"
        BOOL = rules.BOOL, "是否"
        LIST = rules.LIST, "清单"
        DATE = rules.DATE, "日期"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="terms", verbose_name="方案")
    key = models.CharField("键", max_length=80)
    since = models.DateField("起始日期")
    value = models.TextField("值", blank=True)
    value_kind = models.CharField("值的类型", max_length=5, choices=ValueKind.choices)
    unit = models.CharField("单位", max_length=12, blank=True)
    clause = models.CharField("条款", max_length=30)
    is_reading = models.BooleanField("是理解口径", default=False)
    reading_code = models.CharField("口径编号", max_length=20, blank=True)
    why = models.TextField("理由", blank=True)

    class Meta:
        verbose_name = "方案数值"
        ordering = ["plan", "key", "since"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key", "since"], name="term_one_value_from_a_day"),
            models.CheckConstraint(
                condition=Q(is_reading=False) | (~Q(reading_code="") & ~Q(why="")), name="term_reading_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.key} {self.value}{self.unit}"

    def as_rule(self, plan_code):
        return rules.Term(
            key=self.key,
            value=rules.typed(self.value_kind, self.value),
            unit=self.unit,
            clause=self.clause,
            since=self.since,
            plan=plan_code,
            reading_code=self.reading_code,
            why=self.why,
        )

    @property
    def label(self):
        return label_of(self.key)

    @property
    def shown(self):
        """The value in the words of the page."""
        return shown_value(self.key, rules.typed(self.value_kind, self.value))


class TargetQuerySet(models.QuerySet):
    def consultations(self):
        return self.filter(indicator=Target.Indicator.CONSULTATIONS)


class Target(models.Model):
    """What a station or organisation is to reach in the plan's year (目标任务). Annexes 1 and 2."""

    append_only = True

    class Indicator(models.TextChoices):
        CONSULTATIONS = "consultations", "免费法律咨询（人次）"
        SATISFACTION = "satisfaction", "平均满意度（%）"
        CASES = "cases", "特殊群体法律援助案件（件）"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets", verbose_name="方案")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="站点")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="机构"
    )
    indicator = models.CharField("指标", max_length=15, choices=Indicator.choices)
    value = models.PositiveIntegerField("目标值")

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "目标任务"
        ordering = ["plan", "indicator", "station__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "station", "organization", "indicator"],
                name="target_once_for_a_unit",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(station=None, organization__isnull=False) | Q(station__isnull=False, organization=None),
                name="target_belongs_to_one_unit",
            ),
        ]

    def __str__(self):
        return f"{self.station or self.organization} {self.get_indicator_display()} {self.value}"


class PlanDraftQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(source__in=Plan.objects.visible_to(user))

    def open(self):
        return self.filter(state=PlanDraft.State.OPEN)


class PlanDraft(models.Model):
    """Next year's plan file, copied from this one's and edited until somebody confirms it.

    It is only a text: nothing is in force until the loader, with all its refusals, has taken it.
    """

    class State(models.TextChoices):
        OPEN = "open", "编制中"
        LOADED = "loaded", "已载入"
        DROPPED = "dropped", "已作废"

    source = models.ForeignKey(Plan, models.PROTECT, related_name="drafts", verbose_name="依据的方案")
    year = models.PositiveSmallIntegerField("年度")
    text = models.TextField("方案文件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField("版本", default=1)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="编制人")
    opened_at = models.DateTimeField("编制时间")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="最后修改人")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = PlanDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "下一年度方案草稿"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "year"], condition=Q(state="open"), name="plan_draft_one_open_for_a_year"),
            models.CheckConstraint(
                condition=~Q(state="loaded") | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("changed_by"))),
                name="plan_draft_confirmed_by_a_second_person",
            ),
        ]

    def __str__(self):
        return f"{self.source.region}{self.year}年方案草稿"

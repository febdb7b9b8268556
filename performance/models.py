"""Reports on a county's targets and results: drafted from the data, reviewed by another, issued and then never changed.

Zezhou plan 2022, 六（一）; J-PERF-4; F12, F18; public information by LAF 58 (F25). What is corrected later is the next
revision, which supersedes the one before; that stays readable as it was.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from common import clock
from organizations.models import Region
from organizations.models.places import within
from organizations.scope import regions_of
from performance.rules.kinds import KINDS, label_of, period_of
from programmes.rules.deadlines import late_days
from records.models import IssuedPaper, StoredFile


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau sees its reports from the draft on, the other posts over the county what was issued."""
        if user.is_system:
            return self
        bureau = regions_of(user, Role.SECTION, Role.LEADER)
        readers = regions_of(user, *Report.READERS)
        return self.filter(within(bureau, "county") | within(readers, "county") & Q(status__in=Report.ISSUED_STATES))

    def in_force(self):
        """Issued and not superseded."""
        return self.filter(status=Report.Status.ISSUED)

    def open(self):
        return self.filter(status__in=[Report.Status.DRAFT, Report.Status.REVIEWED])

    def about(self, county, kind, first, subject=""):
        """Every revision of one report, the newest first."""
        return self.filter(county=county, kind=kind, first=first, subject=subject).order_by("-revision")

    def public(self):
        """What anybody may read: published half-year information in force."""
        return self.in_force().filter(kind=Report.Kind.INFORMATION)


class Report(models.Model):
    """One revision of one report of a county."""

    class Kind(models.TextChoices):
        MONTH = "month", "月报"
        QUARTER = "quarter", "季度抽查报告"
        HALF_YEAR = "half_year", "年中督查报告"
        YEAR = "year", "年底考核报告"
        URGENT = "urgent", "专报"
        INFORMATION = "information", "公开信息"

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        REVIEWED = "reviewed", "已复核，待签发"
        ISSUED = "issued", "已签发"
        SUPERSEDED = "superseded", "已被新版替代"

    ISSUED_STATES = (Status.ISSUED, Status.SUPERSEDED)
    READERS = (Role.CENTRE, Role.DIRECTOR, Role.FINANCE, Role.TREASURY, Role.CITY, Role.AUDITOR)

    county = models.ForeignKey(Region, models.PROTECT, related_name="reports", verbose_name="县")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    first = models.DateField("首日")
    last = models.DateField("末日")
    subject = models.CharField("事由", max_length=60, blank=True)
    revision = models.PositiveSmallIntegerField("第几版", default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name="替代的版本"
    )
    revision_reason = models.CharField("重新编制的原因", max_length=300, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    due_on = models.DateField("应报日")
    figures = models.JSONField("数据")
    figures_at = models.DateTimeField("数据截至")
    texts = models.JSONField("文字", default=dict)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="编制人")
    drafted_at = models.DateTimeField("编制时间")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    reviewed_at = models.DateTimeField("复核时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    issued_at = models.DateTimeField("签发时间", null=True, blank=True)
    number = models.CharField("文号", max_length=60, blank=True)
    paper = models.ForeignKey(IssuedPaper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发的报告")
    workbook = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发的数据表")

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "报告"
        ordering = ["-first", "kind", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["county", "kind", "first", "subject", "revision"], name="report_revision_once"),
            models.UniqueConstraint(
                fields=["county", "kind", "first", "subject"],
                condition=Q(status__in=["draft", "reviewed"]),
                name="report_one_open",
            ),
            models.UniqueConstraint(
                fields=["county", "kind", "first", "subject"], condition=Q(status="issued"), name="report_one_in_force"
            ),
            models.UniqueConstraint(fields=["county", "number"], condition=~Q(number=""), name="report_number_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="report_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(kind="urgent") & ~Q(subject="") | ~Q(kind="urgent") & Q(subject=""),
                name="report_urgent_has_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(revision=1, supersedes=None) | Q(revision__gt=1, supersedes__isnull=False) & ~Q(revision_reason=""),
                name="report_revision_follows_one_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | (Q(reviewed_by__isnull=False) & ~Q(reviewed_by=F("drafted_by"))),
                name="report_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "reviewed"])
                | Q(issued_by__isnull=False, issued_at__isnull=False, paper__isnull=False)
                & ~Q(issued_by=F("drafted_by"))
                & ~Q(issued_by=F("reviewed_by"))
                & ~Q(number=""),
                name="report_issued_by_another_with_number_and_paper",
            ),
        ]

    def __str__(self):
        again = f"（第 {self.revision} 版）" if self.revision > 1 else ""
        return f"{self.county}{self.name}{again}"

    @property
    def rule(self):
        """The row of the table of kinds."""
        return KINDS[self.kind]

    @property
    def period(self):
        return period_of(self.kind, self.first)

    @property
    def label(self):
        return f"{label_of(self.kind, self.first)}{self.subject and f'“{self.subject}”'}"

    @property
    def name(self):
        """2022年3月月报, 2022年9月22日“停电”专报."""
        return self.rule.name_of(self.label)

    @property
    def title(self):
        return self.rule.title_of(label_of(self.kind, self.first), self.subject)

    @property
    def is_open(self):
        return self.status in (self.Status.DRAFT, self.Status.REVIEWED)

    @property
    def is_issued(self):
        return self.status in self.ISSUED_STATES

    @property
    def sections(self):
        """(section, its text) in the order of the report."""
        return [(section, self.texts.get(section.key, "")) for section in self.rule.sections]

    @property
    def blanks(self):
        """The headings that nobody has written yet."""
        return [section.heading for section, text in self.sections if not text]

    def late_days(self, today):
        """Days after its due day it was issued, or is not yet."""
        return late_days(self.due_on, self.issued_at.astimezone(clock.SHANGHAI).date() if self.issued_at else today)


class ReportEvent(models.Model):
    """Each move of a report: who, when, from where to where, why. Append-only (I15)."""

    append_only = True

    report = models.ForeignKey(Report, models.PROTECT, related_name="events")
    from_status = models.CharField("原状态", max_length=10, blank=True)
    to_status = models.CharField("新状态", max_length=10)
    reason = models.CharField("意见", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "报告流转"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.report} {self.from_status}→{self.to_status}"

    @property
    def words(self):
        if not self.from_status:
            return "编制"
        if (self.from_status, self.to_status) == (Report.Status.REVIEWED, Report.Status.DRAFT):
            return "退回修改"
        return Report.Status(self.to_status).label

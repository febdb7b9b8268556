"""The cases of other systems laid beside ours, quarter by quarter. Z-CASE-9, Z-CASE-10, reading D40, form F36."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from legalaid.models.cases import AidCase
from organizations.models import Region
from organizations.models.places import within
from organizations.scope import regions_of
from records.models import StoredFile


class OtherSystem(models.TextChoices):
    """The two systems outside whose entries decide: progress and money here, the mark there."""

    PROVINCIAL = "provincial", "省法律援助系统"
    HUIMIN = "huimin", "惠民工程管理系统"


class ExportLayout(models.Model):
    """Which column of an export holds what: confirmed once for a header, known from then on."""

    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    system = models.CharField("系统", max_length=12, choices=OtherSystem.choices)
    signature = models.CharField("表头特征", max_length=64)
    labels = models.JSONField("表头", default=list)
    columns = models.JSONField("对应的列", default=dict)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="确认人")
    set_at = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = "导出格式"
        constraints = [
            models.UniqueConstraint(fields=["county", "system", "signature"], name="export_layout_once_a_header"),
        ]

    def __str__(self):
        return f"{self.get_system_display()} {'、'.join(self.labels[:3])}"


class ReconciliationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The centre and the director of the county: the rows are cases."""
        if user.is_system:
            return self
        return self.filter(within(regions_of(user, Role.CENTRE, Role.DIRECTOR), "county"))

    def standing(self):
        return self.exclude(state=Reconciliation.State.VOID)

    def signed(self):
        return self.filter(state=Reconciliation.State.SIGNED)


class Reconciliation(models.Model):
    """One export of another system beside our cases of a quarter: compared, mended, signed by the centre, then by the director."""

    class State(models.TextChoices):
        MAPPING = "mapping", "待确认列"
        OPEN = "open", "核对中"
        CENTRE_SIGNED = "centre_signed", "经办已签"
        SIGNED = "signed", "已签字"
        VOID = "void", "已作废"

    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    system = models.CharField("系统", max_length=12, choices=OtherSystem.choices)
    quarter = models.CharField("季度", max_length=6)
    first = models.DateField("导出起始日期")
    last = models.DateField("导出截止日期")
    state = models.CharField("状态", max_length=15, choices=State.choices, default=State.MAPPING)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="导出文件")
    sheet = models.CharField("工作表", max_length=31, blank=True)
    header_row = models.PositiveIntegerField("表头行", null=True, blank=True)
    header_depth = models.PositiveSmallIntegerField("表头行数", default=1)
    labels = models.JSONField("表头", default=list)
    columns = models.JSONField("对应的列", default=dict)
    passed_over = models.JSONField("没有读入的行", default=list)
    compared_at = models.DateTimeField("核对时间", null=True, blank=True)
    figures = models.JSONField("签字时的数字", default=dict)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间")
    centre_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人签字"
    )
    centre_signed_at = models.DateTimeField("经办签字时间", null=True, blank=True)
    director_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主任签字"
    )
    director_signed_at = models.DateTimeField("主任签字时间", null=True, blank=True)
    returned_reason = models.CharField("退回原因", max_length=300, blank=True)
    void_reason = models.CharField("作废原因", max_length=300, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = "系统对账"
        ordering = ["-quarter", "system", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "system", "quarter"],
                condition=~Q(state="void"),
                name="reconciliation_one_standing_a_quarter",
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="reconciliation_span_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(director_signed_by=F("centre_signed_by")), name="reconciliation_signed_by_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | (Q(centre_signed_at__isnull=False) & Q(director_signed_at__isnull=False)),
                name="reconciliation_signed_means_both_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="void") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="reconciliation_void_with_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.quarter} {self.get_system_display()}对账"

    @property
    def is_editable(self):
        return self.state in (self.State.MAPPING, self.State.OPEN)


class ReconciledRow(models.Model):
    """One line: a row of the export, a case of ours, or both. Of the person it holds the name, the keyed index and a masked number."""

    class Pile(models.TextChoices):
        SAME = "same", "相同"
        DIFFERING = "differing", "不一致"
        ONLY_HERE = "only_here", "只在本系统"
        ONLY_THERE = "only_there", "只在对方系统"
        PROPOSED = "proposed", "待确认"

    class Fix(models.TextChoices):
        TAKEN = "taken", "已采用对方数据"
        MEND_HERE = "mend_here", "需在本系统更正"
        MEND_THERE = "mend_there", "需在对方系统更正"
        EXPLAINED = "explained", "已说明，不需更正"

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="rows", verbose_name="对账")
    pile = models.CharField("结果", max_length=12, choices=Pile.choices)
    case = models.ForeignKey(AidCase, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="案件")
    row_number = models.PositiveIntegerField("对方文件行号", null=True, blank=True)
    values = models.JSONField("对方数据", default=dict)
    ours = models.JSONField("核对时的本系统数据", default=dict)
    recipient = models.CharField("对方所列受援人", max_length=50, blank=True)
    id_index = models.CharField(max_length=64, blank=True, editable=False)
    id_shown = models.CharField("对方所列身份证号", max_length=30, blank=True)
    doubts = models.JSONField("看不懂的格", default=dict)
    differing = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="不一致的项")
    matched_by = models.CharField("匹配依据", max_length=15, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    is_confirmed = models.BooleanField("人工对上", default=False)
    rejected = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="已否定的案件")
    fix = models.CharField("处理", max_length=12, choices=Fix.choices, blank=True)
    fix_note = models.CharField("处理说明", max_length=300, blank=True)
    fixed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    fixed_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = "对账结果"
        ordering = ["reconciliation", F("row_number").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "row_number"], name="reconciled_row_once_a_row"),
            models.UniqueConstraint(fields=["reconciliation", "case"], name="reconciled_row_once_a_case"),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(row_number__isnull=False), name="reconciled_row_is_of_one_side_at_least"
            ),
            models.CheckConstraint(
                condition=Q(fix="") | (Q(fixed_by__isnull=False) & Q(fixed_at__isnull=False)),
                name="reconciled_row_fix_says_who",
            ),
        ]

    def __str__(self):
        return f"{self.reconciliation} 第 {self.row_number or '—'} 行"

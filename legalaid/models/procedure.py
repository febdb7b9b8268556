"""What happened in a case, what is due, what its file holds. domain.md §3, §4.6."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from legalaid.models.cases import AidCase
from programmes.models import Deadline
from records.models import StoredFile


class CaseEvent(models.Model):
    """One step taken: append-only, written with the change of state."""

    append_only = True

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="events", verbose_name="案件")
    step = models.CharField("步骤", max_length=30)
    words = models.CharField("事项", max_length=60)
    from_state = models.CharField("原状态", max_length=20, choices=AidCase.State.choices, blank=True)
    to_state = models.CharField("状态", max_length=20, choices=AidCase.State.choices)
    day = models.DateField("日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人")
    at = models.DateTimeField("登记时间")
    reason = models.CharField("说明", max_length=1000, blank=True)
    facts = models.JSONField("内容", default=dict, blank=True, encoder=DjangoJSONEncoder)
    # Columns and time limits as they were, for who takes a mistaken step back.
    before = models.JSONField(default=dict, blank=True, editable=False, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "办理步骤"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.case} {self.words}"


class CaseDeadlineQuerySet(models.QuerySet):
    def open(self):
        """Running, suspended ones included: neither met nor dropped when the case ended."""
        return self.filter(met_on=None, dropped_on=None)

    def running(self):
        return self.open().filter(suspended_since=None)

    def overdue(self, day):
        return self.running().filter(due_on__lt=day)

    def due_by(self, day):
        return self.running().filter(due_on__lte=day)

    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(case__in=AidCase.objects.visible_to(user))


class CaseDeadline(Deadline):
    """A limit that runs in a case, with the rule it was counted by. One open limit of a code in a case."""

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="deadlines", verbose_name="案件")
    code = models.CharField("代码", max_length=40)
    suspended_since = models.DateField("中止起", null=True, blank=True)
    dropped_on = models.DateField("不再适用", null=True, blank=True)

    objects = CaseDeadlineQuerySet.as_manager()

    class Meta(Deadline.Meta):
        verbose_name = "案件期限"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "code"],
                condition=Q(met_on=None, dropped_on=None),
                name="case_deadline_one_open_of_a_code",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(met_on=None, dropped_on=None), name="case_deadline_open"),
        ]

    def __str__(self):
        return f"{self.case} {self.rule.name}"


class CaseFileQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(removed_at=None)

    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(case__in=AidCase.objects.visible_to(user))


class CaseFile(models.Model):
    """One document in the file of a case: what the applicant, an organ or the undertaker brought in."""

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="files", verbose_name="案件")
    kind = models.CharField("材料类别", max_length=40)
    group = models.CharField("证明群体", max_length=20, choices=AidCase.Group.choices, blank=True)
    title = models.CharField("材料名称", max_length=100)
    day = models.DateField("材料日期", null=True, blank=True)
    pages = models.PositiveSmallIntegerField("页数", default=1)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="附件")
    is_paper_only = models.BooleanField("只有纸质原件", default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    added_at = models.DateTimeField("登记时间")
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField("移出时间", null=True, blank=True)
    removal_reason = models.CharField("移出原因", max_length=200, blank=True)

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        verbose_name = "案件材料"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stored__isnull=False) | Q(is_paper_only=True), name="case_file_is_stored_or_on_paper"
            ),
            models.CheckConstraint(condition=Q(pages__gte=1), name="case_file_has_a_page"),
            models.CheckConstraint(condition=Q(removed_at=None) | ~Q(removal_reason=""), name="case_file_removed_with_a_reason"),
        ]

    def __str__(self):
        return self.title


class CaseNote(models.Model):
    """What the undertaker did, and when: the progress record of a case."""

    class Kind(models.TextChoices):
        MEET = "meet", "会见、约见"
        FILE_READ = "file_read", "阅卷"
        INVESTIGATE = "investigate", "调查取证"
        HEARING = "hearing", "开庭"
        MEDIATE = "mediate", "调解"
        SUBMIT = "submit", "提交文书、意见"
        REPORT = "report", "报告承办情况"
        NOTICE_TO_CLIENT = "notice_to_client", "向受援人通报进展"
        MAJOR_REPORT = "major_report", "重大事项报告"
        OTHER = "other", "其他"

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="notes", verbose_name="案件")
    kind = models.CharField("事项", max_length=20, choices=Kind.choices)
    day = models.DateField("日期")
    content = models.TextField("内容", max_length=2000)
    file = models.ForeignKey(CaseFile, models.PROTECT, null=True, blank=True, related_name="notes", verbose_name="附件")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")
    struck_at = models.DateTimeField("划去时间", null=True, blank=True)
    struck_reason = models.CharField("划去原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "承办记录"
        ordering = ["day", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(content=""), name="case_note_says_something")]

    def __str__(self):
        return f"{self.case} {self.get_kind_display()}"


class Supervision(models.Model):
    """What the centre told and asked: before, in the middle of and after a case. Z-ORG-5; LAF 59; F37, F22."""

    class Kind(models.TextChoices):
        PRE_NOTICE = "pre_notice", "案前告知"
        MID_SUPERVISION = "mid_supervision", "案中监督"
        POST_VISIT = "post_visit", "案后回访"

    class Way(models.TextChoices):
        IN_PERSON = "in_person", "当面"
        PHONE = "phone", "电话"
        COURT = "court", "旁听庭审"
        FILE = "file", "查阅案卷"
        ORGAN = "organ", "征询办案机关"
        OTHER = "other", "其他"

    class Satisfaction(models.TextChoices):
        VERY_SATISFIED = "very_satisfied", "非常满意"
        SATISFIED = "satisfied", "满意"
        BASIC = "basic", "基本满意"
        DISSATISFIED = "dissatisfied", "不满意"
        REFUSED = "refused", "拒绝评价"
        UNREACHED = "unreached", "联系不上"

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="supervisions", verbose_name="案件")
    kind = models.CharField("环节", max_length=20, choices=Kind.choices)
    way = models.CharField("方式", max_length=12, choices=Way.choices)
    day = models.DateField("日期")
    person = models.CharField("对象", max_length=50, blank=True)
    content = models.TextField("内容", max_length=2000)
    answers = models.JSONField("回访问答", default=dict, blank=True)
    satisfaction = models.CharField("满意度", max_length=20, choices=Satisfaction.choices, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "告知、监督与回访"
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(content=""), name="supervision_says_something"),
            models.CheckConstraint(
                condition=~Q(kind="post_visit") | ~Q(satisfaction=""), name="supervision_visit_says_satisfied"
            ),
        ]

    def __str__(self):
        return f"{self.case} {self.get_kind_display()}"

"""The papers of a case: what was issued, on whom it was served, by what proof. domain.md 3.7."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from legalaid.models.cases import AidCase
from legalaid.rules import papers as rules
from organizations.models import Region
from records.models import IssuedPaper, StoredFile


class CasePaperQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(paper__state=IssuedPaper.State.ISSUED)

    def unserved(self):
        """Went out, in force, and nobody has noted that it arrived."""
        outgoing = [kind.code for kind in rules.KINDS.values() if kind.goes_out]
        return self.in_force().filter(kind__in=outgoing, served_on=None)

    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(case__in=AidCase.objects.visible_to(user))


class CasePaper(models.Model):
    """One issued version of one paper of a case. Number, file, version and void are its IssuedPaper's."""

    class Way(models.TextChoices):
        DIRECT = "direct", "直接送达"
        PROXY = "proxy", "代收人签收"
        POST = "post", "邮寄送达"
        ELECTRONIC = "electronic", "电子送达"
        LEFT = "left", "留置送达"
        THROUGH = "through", "委托、转交送达"

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="papers", verbose_name="案件")
    kind = models.CharField("文书", max_length=30)
    template_set = models.CharField("格式", max_length=4)
    paper = models.OneToOneField(IssuedPaper, models.PROTECT, related_name="case_paper", verbose_name="签发的文书")
    pages = models.PositiveSmallIntegerField("页数", default=1)
    # What a person wrote into it; what else it prints is in the file.
    said = models.JSONField("填写内容", default=dict, blank=True)
    served_on = models.DateField("送达日期", null=True, blank=True)
    served_how = models.CharField("送达方式", max_length=12, choices=Way.choices, blank=True)
    served_to = models.CharField("签收人", max_length=50, blank=True)
    receipt = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回执")
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="送达人"
    )
    served_at = models.DateTimeField("登记时间", null=True, blank=True)

    objects = CasePaperQuerySet.as_manager()

    class Meta:
        verbose_name = "案件文书"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(served_on=None, served_how="", served_at=None)
                | (Q(served_on__isnull=False, served_at__isnull=False) & ~Q(served_how="")),
                name="case_paper_served_says_how",
            ),
        ]
        indexes = [models.Index(fields=["case", "kind"], name="case_paper_of_a_case")]

    def __str__(self):
        return f"{self.name} {self.number_text}".strip()

    @property
    def rule(self) -> rules.Kind:
        return rules.kind_of(self.kind)

    @property
    def name(self) -> str:
        """As the set it was issued under calls it."""
        return self.paper.title

    @property
    def number_text(self) -> str:
        """The document number; papers without one are only counted inside, which is not shown."""
        return self.paper.number if self.rule.word else ""

    @property
    def is_void(self) -> bool:
        return self.paper.state == IssuedPaper.State.VOID


class PaperPrefix(models.Model):
    """What the county writes before the word of a document number (泽援), from a day on. Rows only come; the newest holds."""

    append_only = True

    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    prefix = models.CharField("文号代字", max_length=10)
    since = models.DateField("起用日期")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="设定人")
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = "文号代字"
        ordering = ["county", "since", "pk"]

    def __str__(self):
        return f"{self.county} {self.prefix}"

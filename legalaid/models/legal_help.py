"""Legal help by duty lawyers (值班律师法律帮助): no case, but its own record and ledger. domain.md §3.9, format 29.

CPL 36, 173, 174; Legal Aid Law 14, 30, 39(2). It is paid from no Huimin fund.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from common.encryption import EncryptedTextField
from legalaid.models.cases import AidCase
from legalaid.models.people import Applicant
from legalaid.rules.legal_help import STATES
from organizations.models import Practitioner, Region, Station
from organizations.models.places import within
from organizations.scope import regions_of


class LegalHelpQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Centre and director of the county, and the duty lawyer who gives it: these are criminal matters."""
        if user.is_system:
            return self
        office = within(regions_of(user, Role.CENTRE, Role.DIRECTOR), "county")
        return self.filter(office | Q(lawyer__user=user))

    def open(self):
        return self.exclude(state=LegalHelp.State.LOGGED)

    def transfers_due(self):
        """An application asked for and not yet passed on."""
        return self.filter(transfer_due_at__isnull=False, transferred_at=None)

    def chosen(self, *, q="", state="", place="", content="", since=None, until=None):
        """By name or number, state, kind of place, kind of help, days."""
        rows = self.filter(Q(person__icontains=q) | Q(number__icontains=q)) if q else self
        if state:
            rows = rows.filter(state=state)
        if place:
            rows = rows.filter(place_kind=place)
        if content:
            rows = rows.filter(contents__contains=[content])
        if since:
            rows = rows.filter(asked_on__gte=since)
        if until:
            rows = rows.filter(asked_on__lte=until)
        return rows


class LegalHelp(models.Model):
    """One person's one request, or one organ's notice, and what the duty lawyer did."""

    State = models.TextChoices("State", [(code.upper(), (code, words)) for code, words in STATES.items()])

    class Source(models.TextChoices):
        REQUEST = "request", "本人或者近亲属申请、约见"
        NOTICE = "notice", "办案机关通知"

    class PlaceKind(models.TextChoices):
        COURT = "court", "人民法院"
        PROCURATORATE = "procuratorate", "人民检察院"
        DETENTION = "detention", "看守所"
        OTHER = "other", "其他场所"

    class Content(models.TextChoices):
        """CPL 36; LAF 30; 法律援助值班律师工作办法第六条."""

        CONSULTATION = "consultation", "法律咨询"
        PROCEDURE = "procedure", "程序选择建议"
        COERCIVE = "coercive", "帮助申请变更强制措施"
        OPINION = "opinion", "对案件处理提出意见"
        APPLY = "apply", "帮助申请法律援助"

    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    number = models.CharField("登记编号", max_length=40)
    state = models.CharField("状态", max_length=20, choices=State.choices)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    asked_on = models.DateField("申请或通知日期")
    notice_no = models.CharField("通知文号", max_length=60, blank=True)
    person = models.CharField("受帮助人", max_length=50)
    gender = models.CharField("性别", max_length=1, choices=Applicant.Gender.choices, default=Applicant.Gender.UNSTATED)
    id_number = EncryptedTextField("身份证号", blank=True, default="")
    id_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    relative = models.CharField("代为申请的近亲属", max_length=50, blank=True)
    cause = models.CharField("涉嫌罪名", max_length=100)
    stage = models.CharField("诉讼阶段", max_length=20, choices=AidCase.Stage.choices)
    is_plea = models.BooleanField("认罪认罚案件", default=False)
    organ = models.CharField("办案机关", max_length=20, choices=AidCase.Organ.choices)
    organ_name = models.CharField("办案机关名称", max_length=100)
    place_kind = models.CharField("帮助场所", max_length=15, choices=PlaceKind.choices)
    place = models.CharField("场所名称", max_length=100, blank=True)
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="值班律师工作站")
    lawyer = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="legal_helps", verbose_name="值班律师"
    )
    arranged_on = models.DateField("安排日期", null=True, blank=True)
    given_on = models.DateField("提供帮助日期", null=True, blank=True)
    contents = ArrayField(
        models.CharField(max_length=15, choices=Content.choices), default=list, blank=True, verbose_name="帮助内容"
    )
    opinion = models.TextField("意见与办理情况", max_length=2000, blank=True)
    is_opinion_adopted = models.BooleanField("意见被采纳", null=True, blank=True)
    witnessed_on = models.DateField("具结见证日期", null=True, blank=True)
    witness_note = models.CharField("见证说明", max_length=300, blank=True)
    # The 24 hours run from the moment the person hands the application to the duty lawyer (LAF 39(2)).
    application_at = models.DateTimeField("收到援助申请时间", null=True, blank=True)
    transfer_due_at = models.DateTimeField("转交期限", null=True, blank=True)
    transferred_at = models.DateTimeField("转交时间", null=True, blank=True)
    transferred_to = models.CharField("转交给", max_length=100, blank=True)
    case = models.ForeignKey(
        AidCase, models.PROTECT, null=True, blank=True, related_name="legal_helps", verbose_name="转成的援助案件"
    )
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=300, blank=True)
    defender_case = models.ForeignKey(
        AidCase, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指派辩护的案件"
    )
    logged_on = models.DateField("登记台账日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = LegalHelpQuerySet.as_manager()

    class Meta:
        verbose_name = "值班律师法律帮助"
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["county", "number"], name="legal_help_number_once_in_a_county"),
            models.CheckConstraint(
                condition=Q(given_on=None) | (Q(lawyer__isnull=False) & Q(arranged_on__isnull=False)),
                name="legal_help_is_given_by_somebody_arranged",
            ),
            models.CheckConstraint(
                condition=Q(given_on=None) | Q(given_on__gte=F("asked_on")), name="legal_help_not_given_before_it_is_asked"
            ),
            models.CheckConstraint(
                condition=Q(witnessed_on=None) | Q(given_on__isnull=False), name="legal_help_witnessed_after_it_is_given"
            ),
            models.CheckConstraint(
                condition=Q(transferred_at=None) | Q(application_at__isnull=False), name="legal_help_transfers_an_application"
            ),
            models.CheckConstraint(condition=Q(ended_on=None) | ~Q(end_reason=""), name="legal_help_ends_with_a_reason"),
        ]
        indexes = [models.Index(fields=["county", "-asked_on", "-id"], name="legal_help_list")]

    def __str__(self):
        return self.number

    @property
    def is_ended(self):
        return self.ended_on is not None


class LegalHelpEvent(models.Model):
    """One step taken with a help: append-only."""

    append_only = True

    help = models.ForeignKey(LegalHelp, models.PROTECT, related_name="events", verbose_name="法律帮助")
    step = models.CharField("步骤", max_length=20)
    words = models.CharField("事项", max_length=40)
    day = models.DateField("日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人")
    at = models.DateTimeField("登记时间")
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "法律帮助步骤"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.help} {self.words}"

"""Legal aid cases of special groups: applications and notified defences, from the door to the archive.

What a case is worth is not known here: marking and money stand a floor above. Cases that the county's workbook
tells are history (contract.md 3.8): taken as told, bound neither by the procedure nor by the order of its dates.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from common.encryption import EncryptedTextField, keyed_index
from common.initials import initials
from common.money import YuanField
from consultations.models import Consultation
from legalaid.rules.procedure import State as _State
from organizations.models import Organization, Practitioner, Region, Station
from organizations.models.places import within
from organizations.scope import regions_of

CRIMINAL_TYPES = ("criminal_defence", "criminal_litigation")


def is_sensitive_row(prefix=""):
    """Criminal and minors' cases: seen only by those who handle them (safety.md §5)."""
    return Q(**{f"{prefix}type__in": CRIMINAL_TYPES}) | Q(**{f"{prefix}is_minor_case": True})


class AidCaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The director sees her county's cases; the centre too, sensitive ones only as handler or while nobody has taken them;

        the undertaker sees what is or was assigned to her. Nobody else sees a case, the business section included.
        """
        if user.is_system:
            return self
        director = within(regions_of(user, Role.DIRECTOR), "county")
        centre = within(regions_of(user, Role.CENTRE), "county")
        free = ~is_sensitive_row() | Q(handler=user) | Q(handler=None)
        own = self.model.objects.filter(assignments__lawyer__user=user).values("pk")
        return self.filter(director | centre & free | Q(pk__in=own))

    def handed_in_by(self, user):
        """What the user's stations handed in: they follow its step, not its content."""
        return self.filter(station__in=user.post_stations)

    def of_county(self, county):
        return self.filter(county=county)

    def active(self):
        """Neither ended nor archived."""
        return self.exclude(state__in=_State.ENDED)

    def matching(self, text):
        """Cases whose number or recipient holds the text, whose recipient begins with these initials, whose ID ends with it."""
        text = (text or "").strip()
        if not text:
            return self
        found = Q(number__icontains=text) | Q(recipient__icontains=text) | Q(provincial_no=text)
        if text.isascii() and text.isalpha():
            found |= Q(recipient_initials__startswith=text.lower())
        if len(text) == 4 and text[:3].isdigit():
            found |= Q(id_tail_index=tail_index(text))
        if len(text) >= 15:
            found |= Q(id_index=keyed_index(text.upper()))
        return self.filter(found)

    def concluded_between(self, first, last):
        return self.filter(concluded_on__range=(first, last))


def tail_index(last_four):
    """The key by which the last four characters of an identity number are found."""
    return keyed_index(f"tail:{last_four.upper()}")


# domain.md 4.6: no step before the one it follows.
DATES_IN_ORDER = (
    "received_on",
    "accepted_on",
    "approved_on",
    "assigned_on",
    "engaged_on",
    "concluded_on",
    "file_submitted_on",
    "file_accepted_on",
    "archived_on",
    "quality_verified_on",
)


class AidCase(models.Model):
    """One case (件): one recipient, one matter, one stage. Z-CASE-10; domain.md 4.6."""

    class Type(models.TextChoices):
        CIVIL_LITIGATION = "civil_litigation", "民事诉讼代理"
        CRIMINAL_DEFENCE = "criminal_defence", "刑事辩护"
        CRIMINAL_LITIGATION = "criminal_litigation", "刑事诉讼代理"
        ADMINISTRATIVE = "administrative_litigation", "行政诉讼代理"
        STATE_COMPENSATION = "state_compensation", "国家赔偿"
        NON_LITIGATION = "non_litigation", "非诉讼代理"
        LABOUR_ARBITRATION = "labour_arbitration", "劳动仲裁代理"

    State = models.TextChoices("State", [(code.upper(), (code, words)) for code, words in _State.WORDS.items()])

    class Source(models.TextChoices):
        APPLICATION = "application", "申请"
        NOTICE = "notice", "通知"

    class Channel(models.TextChoices):
        ONSITE = "onsite", "现场"
        PHONE_BOOKING = "phone_booking", "电话预约受理"
        POST = "post", "邮寄办理"
        ONLINE = "online", "网上受理"
        HOME_VISIT = "home_visit", "上门服务"
        TRANSFER = "transfer", "转交"
        STATION = "station", "工作站代收"

    class Matter(models.TextChoices):
        """Items of Legal Aid Law 31 and 32, and the criminal routes of 24, 25, 28, 29, 33."""

        M01 = "m01", "国家赔偿（31条1项）"
        M02 = "m02", "社会保险待遇或社会救助（31条2项）"
        M03 = "m03", "抚恤金（31条3项）"
        M04 = "m04", "赡养费、抚养费、扶养费（31条4项）"
        M05 = "m05", "确认劳动关系或支付劳动报酬（31条5项）"
        M06 = "m06", "认定公民无或限制民事行为能力（31条6项）"
        M07 = "m07", "工伤、交通、食药安全、医疗事故人身损害赔偿（31条7项）"
        M08 = "m08", "环境污染、生态破坏损害赔偿（31条8项）"
        M09 = "m09", "法律法规规章规定的其他情形（31条9项）"
        N01 = "n01", "英雄烈士近亲属维护人格权益（32条1项）"
        N02 = "n02", "因见义勇为主张民事权益（32条2项）"
        N03 = "n03", "再审改判无罪请求国家赔偿（32条3项）"
        N04 = "n04", "遭受虐待、遗弃或家庭暴力（32条4项）"
        N05 = "n05", "法律法规规章规定的其他情形（32条5项）"
        C24 = "c24", "申请刑事辩护（24条）"
        C25_1 = "c25_1", "未成年人（25条1款1项）"
        C25_2 = "c25_2", "视力、听力、言语残疾人（25条1款2项）"
        C25_3 = "c25_3", "不能完全辨认自己行为的成年人（25条1款3项）"
        C25_4 = "c25_4", "可能被判处无期徒刑、死刑（25条1款4项）"
        C25_5 = "c25_5", "申请法律援助的死刑复核案件被告人（25条1款5项）"
        C25_6 = "c25_6", "缺席审判案件的被告人（25条1款6项）"
        C25_7 = "c25_7", "法律法规规定的其他人员（25条1款7项）"
        C25P2 = "c25p2", "适用普通程序的其他被告人（25条2款）"
        C28 = "c28", "强制医疗（28条）"
        C29 = "c29", "被害人、自诉人、附带民事诉讼原告人（29条）"
        C33 = "c33", "申诉、再审（33条）"

    class Result(models.TextChoices):
        WON = "won", "胜诉、诉请支持"
        PARTLY = "partly", "部分支持"
        LOST = "lost", "败诉"
        MEDIATED = "mediated", "调解"
        SETTLED = "settled", "和解"
        WITHDRAWN = "withdrawn", "撤诉"
        AWARD = "award", "仲裁裁决"
        ACQUITTED = "acquitted", "无罪"
        LIGHTER = "lighter", "从轻、减轻"
        PROBATION = "probation", "缓刑"
        EXEMPT = "exempt", "免予刑事处罚"
        NOT_PROSECUTED = "not_prosecuted", "不起诉"
        ORIGINAL = "original", "维持"
        REMANDED = "remanded", "发回重审"
        REVISED = "revised", "改判"
        TERMINATED = "terminated", "终止"

    class RefusalGround(models.TextChoices):
        NOT_IN_SCOPE = "not_in_scope", "申请事项不属于法律援助范围"
        NOT_HARDSHIP = "not_hardship", "不符合经济困难标准"
        NOT_ELIGIBLE_PERSON = "not_eligible_person", "申请人不属于法律援助对象"
        ALREADY_HAS_COUNSEL = "already_has_counsel", "已经委托律师或者其他代理人"
        OTHER = "other", "其他"

    class TerminationGround(models.TextChoices):
        """Legal Aid Law art. 48."""

        FRAUD = "fraud", "以欺骗或者其他不正当手段获得法律援助（48条1项）"
        HIDDEN = "hidden", "故意隐瞒与案件有关的重要事实或者提供虚假证据（48条2项）"
        ILLEGAL_USE = "illegal_use", "利用法律援助从事违法活动（48条3项）"
        NO_LONGER_POOR = "no_longer_poor", "经济状况发生变化，不再符合条件（48条4项）"
        CASE_STOPPED = "case_stopped", "案件终止审理或者已经被撤销（48条5项）"
        OWN_COUNSEL = "own_counsel", "自行委托律师或者其他代理人（48条6项）"
        ASKED = "asked", "受援人有正当理由要求终止（48条7项）"
        OTHER = "other", "法律法规规定的其他情形（48条8项）"

    class Organ(models.TextChoices):
        COURT = "court", "人民法院"
        PROCURATORATE = "procuratorate", "人民检察院"
        PUBLIC_SECURITY = "public_security", "公安机关"
        STATE_SECURITY = "state_security", "国家安全机关"

    class Stage(models.TextChoices):
        INVESTIGATION = "investigation", "侦查"
        PROSECUTION_REVIEW = "prosecution_review", "审查起诉"
        FIRST_INSTANCE = "first_instance", "一审"
        SECOND_INSTANCE = "second_instance", "二审"
        RETRIAL = "retrial", "再审"
        DEATH_REVIEW = "death_review", "死刑复核"
        ARBITRATION = "arbitration", "仲裁"
        MEDIATION = "mediation", "调解"
        RECONSIDERATION = "reconsideration", "复议"
        ENFORCEMENT = "enforcement", "执行"
        OTHER = "other", "其他"

    class Procedure(models.TextChoices):
        ORDINARY = "ordinary", "普通程序"
        SUMMARY = "summary", "简易程序"
        FAST_TRACK = "fast_track", "速裁程序"

    class Basis(models.TextChoices):
        LAF_29 = "laf_29", "法律援助法29条"
        LAF_31 = "laf_31", "法律援助法31条"
        LAF_32 = "laf_32", "法律援助法32条"
        SHANXI_9 = "shanxi_9", "山西条例9条"
        SHANXI_10 = "shanxi_10", "山西条例10条"
        CPL_35 = "cpl_35", "刑诉法35条"
        CPL_278 = "cpl_278", "刑诉法278条"
        LAF_25_1 = "laf_25_1", "法律援助法25条1款"
        LAF_25_2 = "laf_25_2", "法律援助法25条2款"
        FULL_COVERAGE = "full_coverage_2019_8", "晋司办〔2019〕8号"
        NOT_LISTED = "not_listed", "未列"

    class Hardship(models.TextChoices):
        NOT_APPLICABLE = "not_applicable", "不适用"
        NO_CONDITION = "no_condition", "不受经济困难条件限制"
        EXEMPT = "exempt", "免予核查"
        SHARED_CHECK = "shared_check", "信息核查"
        COMMITMENT = "commitment", "个人诚信承诺"

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", "优秀"
        GOOD = "good", "良好"
        PASS = "pass", "合格"
        FAIL = "fail", "不合格"

    class Group(models.TextChoices):
        MIGRANT_WORKER = "migrant_worker", "农民工"
        FARMER = "farmer", "农民"
        DISABLED = "disabled", "残疾人"
        ELDERLY = "elderly", "老年人"
        MINOR = "minor", "未成年人"
        WOMAN = "woman", "妇女"
        HARDSHIP_EMPLOYEE = "hardship_employee", "困难职工"
        MILITARY = "military", "军人军属"
        REGISTERED_POOR = "registered_poor", "建档立卡贫困户"
        LEFT_BEHIND_WOMAN = "left_behind_woman", "留守妇女"
        LEFT_BEHIND_CHILD = "left_behind_child", "留守儿童"
        NONE = "none", "无"

    county = models.ForeignKey(Region, models.PROTECT, related_name="aid_cases", verbose_name="县")
    state = models.CharField("状态", max_length=20, choices=State.choices)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    is_history = models.BooleanField("导入的历史案件", default=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代收站点")
    consultation = models.OneToOneField(
        Consultation, models.PROTECT, null=True, blank=True, related_name="aid_case", verbose_name="来源咨询"
    )
    channel = models.CharField("受理方式", max_length=15, choices=Channel.choices, blank=True)
    is_green_channel = models.BooleanField("绿色通道", default=False)
    is_pre_aid = models.BooleanField("先行提供法律援助", default=False)
    is_minor_case = models.BooleanField("未成年人案件", default=False)
    number = models.CharField("案件编号", max_length=60)
    recipient = models.CharField("受援人", max_length=50)
    id_number = EncryptedTextField("身份证号")
    id_index = models.CharField(max_length=64, db_index=True, editable=False)
    # What a case is found by besides: 张三 as zs, and the last four of the identity number.
    recipient_initials = models.CharField(max_length=50, blank=True, db_index=True, editable=False)
    id_tail_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    primary_group = models.CharField("主要群体", max_length=20, choices=Group.choices)
    other_groups = ArrayField(
        models.CharField(max_length=20, choices=Group.choices), default=list, blank=True, verbose_name="其他群体"
    )
    type = models.CharField("案件类型", max_length=30, choices=Type.choices)
    source = models.CharField("案件来源", max_length=12, choices=Source.choices)
    organ = models.CharField("通知机关", max_length=20, choices=Organ.choices, blank=True)
    stage = models.CharField("办理阶段", max_length=20, choices=Stage.choices)
    organ_name = models.CharField("通知机关名称", max_length=100, blank=True)
    notice_no = models.CharField("通知文号", max_length=60, blank=True)
    procedure = models.CharField("审理程序", max_length=12, choices=Procedure.choices, blank=True)
    cause = models.CharField("案由", max_length=100)
    summary = models.TextField("案情简介", max_length=2000, blank=True)
    matter = models.CharField("援助事项", max_length=6, choices=Matter.choices, blank=True)
    opponent = models.CharField("对方当事人", max_length=200, blank=True)
    opponent_id_number = EncryptedTextField("对方证件号码", blank=True, default="")
    opponent_id_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    amount_claimed = YuanField("标的额", null=True, blank=True)
    amount_recovered = YuanField("挽回损失", null=True, blank=True)
    basis = models.CharField("惠民工程依据", max_length=30, choices=Basis.choices)
    hardship = models.CharField("经济困难审查", max_length=20, choices=Hardship.choices)
    hardship_ground = models.CharField("免予核查情形", max_length=200, blank=True)
    received_on = models.DateField("申请或通知日期")
    # What the applicant asks the progress page with; history and notices have none.
    query_code = models.CharField("查询码", max_length=10, unique=True, null=True, blank=True, editable=False)
    # When the place of custody or the duty lawyer got the application: 24 hours to pass it on (Legal Aid Law 39).
    applied_in_custody_at = models.DateTimeField("向羁押场所或值班律师提出申请的时间", null=True, blank=True)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    # The day of the decision; for a notice the day it was accepted (reading D13).
    approved_on = models.DateField("批准日期", null=True, blank=True)
    refused_on = models.DateField("不予援助日期", null=True, blank=True)
    refusal_ground = models.CharField("不予援助理由", max_length=20, choices=RefusalGround.choices, blank=True)
    assigned_on = models.DateField("指派日期", null=True, blank=True)
    office = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办机构")
    lawyer = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="aid_cases", verbose_name="承办人"
    )
    undertaking_office = models.CharField("承办机构", max_length=100, blank=True)
    undertaker = models.CharField("承办人", max_length=50, blank=True)
    is_undertaken_by_agency = models.BooleanField("承办人为机构人员", default=False)
    engaged_on = models.DateField("签订委托日期", null=True, blank=True)
    first_met_on = models.DateField("首次会见、约见日期", null=True, blank=True)
    concluded_on = models.DateField("结案日期", null=True, blank=True)
    result = models.CharField("办理结果", max_length=15, choices=Result.choices, blank=True)
    result_document_no = models.CharField("结果文书号", max_length=100, blank=True)
    is_opinion_adopted = models.BooleanField("意见被采纳", null=True, blank=True)
    terminated_on = models.DateField("终止日期", null=True, blank=True)
    termination_ground = models.CharField("终止理由", max_length=20, choices=TerminationGround.choices, blank=True)
    file_submitted_on = models.DateField("交卷日期", null=True, blank=True)
    file_accepted_on = models.DateField("结案审查合格日期", null=True, blank=True)
    archived_on = models.DateField("归档日期", null=True, blank=True)
    archive_no = models.CharField("归档号", max_length=60, blank=True)
    retention = models.CharField("保管期限", max_length=20, blank=True)
    quality_verified_on = models.DateField("质量核验日期", null=True, blank=True)
    quality_grade = models.CharField("质量等次", max_length=10, choices=Grade.choices, blank=True)
    provincial_no = models.CharField("省系统案号", max_length=60, blank=True)
    provincial_entered_on = models.DateField("省系统录入日期", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AidCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "法律援助案件"
        ordering = ["-received_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["county", "number"], name="aid_case_number_once_in_a_county"),
            models.CheckConstraint(
                condition=Q(amount_claimed=None) | Q(amount_claimed__gte=0), name="aid_case_claims_no_negative_amount"
            ),
            models.CheckConstraint(
                condition=Q(amount_recovered=None) | Q(amount_recovered__gte=0), name="aid_case_recovers_no_negative_amount"
            ),
            models.UniqueConstraint(
                fields=["county", "provincial_no"],
                condition=~Q(provincial_no="") & Q(is_history=False),
                name="aid_case_provincial_number_once",
            ),
            *[
                models.CheckConstraint(
                    condition=Q(is_history=True) | Q(**{later: None}) | Q(**{earlier: None}) | Q(**{f"{later}__gte": F(earlier)}),
                    name=f"aid_case_{later}_not_before_{earlier}"[:63],
                )
                for earlier, later in zip(DATES_IN_ORDER, DATES_IN_ORDER[1:], strict=False)
            ],
            # No later step without the ones before it: what the procedure built cannot have holes in its tail.
            *[
                models.CheckConstraint(
                    condition=Q(is_history=True) | Q(**{later: None}) | Q(**{f"{earlier}__isnull": False}),
                    name=f"aid_case_{later}_after_{earlier}"[:63],
                )
                for earlier, later in (
                    ("concluded_on", "file_submitted_on"),
                    ("file_submitted_on", "file_accepted_on"),
                    ("file_accepted_on", "archived_on"),
                    ("archived_on", "quality_verified_on"),
                )
            ],
        ]
        indexes = [
            models.Index(fields=["county", "-received_on", "-id"], name="aid_case_list"),
            models.Index(fields=["county", "state"], name="aid_case_state"),
            models.Index(fields=["county", "concluded_on"], name="aid_case_concluded"),
        ]

    def __str__(self):
        return self.number

    def set_search_keys(self):
        """After name or identity number were set. Both columns are derived from them and searched for nothing else."""
        self.recipient_initials = initials(self.recipient)[:50]
        self.id_index = keyed_index(self.id_number) if self.id_number else ""
        self.id_tail_index = tail_index(self.id_number[-4:]) if len(self.id_number) >= 8 else ""

    @property
    def is_sensitive(self):
        """A criminal or a minor's case: names are masked in lists, only those who handle it see it."""
        return self.type in CRIMINAL_TYPES or self.is_minor_case

    @property
    def is_notified(self):
        return self.source == self.Source.NOTICE

    @property
    def groups(self):
        """Every group of the recipient, the primary one first."""
        return [self.primary_group, *(group for group in self.other_groups if group != self.primary_group)]

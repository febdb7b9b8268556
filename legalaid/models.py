"""Legal aid cases for special groups as the county's workbook tells them (contract.md 3.8).

Imported cases are history: taken as told, judged by the rules of the money later. The procedure that
makes such cases here grows on this table.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from common.encryption import EncryptedTextField
from common.money import YuanField
from organizations.models import Region
from organizations.models.places import within


class AidCaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county"))

    def concluded_between(self, first, last):
        return self.filter(concluded_on__range=(first, last))


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

    class Source(models.TextChoices):
        APPLICATION = "application", "申请"
        NOTICE = "notice", "通知"

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
    number = models.CharField("案件编号", max_length=60)
    recipient = models.CharField("受援人", max_length=50)
    id_number = EncryptedTextField("身份证号")
    id_index = models.CharField(max_length=64, db_index=True, editable=False)
    primary_group = models.CharField("主要群体", max_length=20, choices=Group.choices)
    other_groups = ArrayField(
        models.CharField(max_length=20, choices=Group.choices), default=list, blank=True, verbose_name="其他群体"
    )
    type = models.CharField("案件类型", max_length=30, choices=Type.choices)
    source = models.CharField("案件来源", max_length=12, choices=Source.choices)
    organ = models.CharField("通知机关", max_length=20, choices=Organ.choices, blank=True)
    stage = models.CharField("办理阶段", max_length=20, choices=Stage.choices)
    procedure = models.CharField("审理程序", max_length=12, choices=Procedure.choices, blank=True)
    cause = models.CharField("案由", max_length=100)
    basis = models.CharField("惠民工程依据", max_length=30, choices=Basis.choices)
    hardship = models.CharField("经济困难审查", max_length=20, choices=Hardship.choices)
    received_on = models.DateField("申请或通知日期")
    approved_on = models.DateField("批准日期", null=True, blank=True)
    assigned_on = models.DateField("指派日期", null=True, blank=True)
    undertaking_office = models.CharField("承办机构", max_length=100, blank=True)
    undertaker = models.CharField("承办人", max_length=50, blank=True)
    is_undertaken_by_agency = models.BooleanField("承办人为机构人员", default=False)
    concluded_on = models.DateField("结案日期", null=True, blank=True)
    file_submitted_on = models.DateField("交卷日期", null=True, blank=True)
    archived_on = models.DateField("归档日期", null=True, blank=True)
    quality_verified_on = models.DateField("质量核验日期", null=True, blank=True)
    quality_grade = models.CharField("质量等次", max_length=10, choices=Grade.choices, blank=True)
    provincial_no = models.CharField("省系统案号", max_length=60, blank=True)
    provincial_entered_on = models.DateField("省系统录入日期", null=True, blank=True)
    marked_on = models.DateField("标注日期", null=True, blank=True)
    local_standard = YuanField("当地补贴标准", default=1000)
    is_ordinary_subsidy_paid = models.BooleanField("已发普通补贴", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AidCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "法律援助案件"
        ordering = ["-received_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["county", "number"], name="aid_case_number_once_in_a_county"),
            models.CheckConstraint(condition=Q(local_standard__gte=0), name="aid_case_standard_not_negative"),
        ]

    def __str__(self):
        return self.number

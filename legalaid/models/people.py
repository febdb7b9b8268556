"""The person whose case it is, beyond what the case's own row holds. domain.md 4.6 Recipient."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from common.encryption import EncryptedTextField
from legalaid.models.cases import AidCase


class Applicant(models.Model):
    """The applicant (受援人 after the grant) and who acts for her. One a case; history cases have none."""

    class Gender(models.TextChoices):
        MALE = "1", "男"
        FEMALE = "2", "女"
        UNSTATED = "9", "未说明"

    class IdKind(models.TextChoices):
        RESIDENT = "resident", "居民身份证"
        OLD_RESIDENT = "old_resident", "旧证（15 位）"
        PASSPORT = "passport", "护照"
        MILITARY = "military", "军官证、士兵证"
        HOUSEHOLD = "household", "户口簿"
        HONG_KONG_MACAO = "hong_kong_macao", "港澳居民来往内地通行证"
        TAIWAN = "taiwan", "台湾居民来往大陆通行证"
        OTHER = "other", "其他或者身份不明"

    case = models.OneToOneField(AidCase, models.CASCADE, related_name="applicant", verbose_name="案件")
    id_kind = models.CharField("证件类型", max_length=20, choices=IdKind.choices, default=IdKind.RESIDENT)
    gender = models.CharField("性别", max_length=1, choices=Gender.choices, default=Gender.UNSTATED)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    phone = EncryptedTextField("联系电话", blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    registered_address = models.CharField("户籍地", max_length=200, blank=True)
    current_address = models.CharField("现住址", max_length=200, blank=True)
    postcode = models.CharField("邮政编码", max_length=6, blank=True)
    education = models.CharField("文化程度", max_length=20, blank=True)
    occupation = models.CharField("职业", max_length=50, blank=True)
    work_unit = models.CharField("工作单位", max_length=100, blank=True)
    health = models.CharField("健康状况", max_length=100, blank=True)
    nationality = models.CharField("国籍", max_length=30, blank=True)
    custody_place = models.CharField("羁押场所", max_length=100, blank=True)
    guardian = models.CharField("监护人", max_length=50, blank=True)
    household_size = models.PositiveSmallIntegerField("家庭人口", null=True, blank=True)
    household_income = models.DecimalField("家庭人均月收入", max_digits=12, decimal_places=2, null=True, blank=True)
    # Which situations of the hardship table the applicant states: codes of rules.hardship.
    hardship_claims = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name="免予核查的情形")
    proxy_name = models.CharField("代理人", max_length=50, blank=True)
    proxy_relation = models.CharField("与申请人关系", max_length=30, blank=True)
    proxy_id_number = EncryptedTextField("代理人证件号码", blank=True, default="")
    proxy_phone = EncryptedTextField("代理人电话", blank=True, default="")

    class Meta:
        verbose_name = "申请人"
        constraints = [
            models.CheckConstraint(
                condition=Q(proxy_name="") | ~Q(proxy_relation=""), name="applicant_proxy_states_the_relation"
            ),
        ]

    def __str__(self):
        return self.case.recipient

"""Consultation records (咨询登记). Z-CON-1…5; domain.md 4.5."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.policy import Role
from common.encryption import EncryptedTextField
from consultations.models import searching
from consultations.models.rosters import Shift
from consultations.rules.topics import topic_label
from organizations.models import Practitioner, Station
from organizations.models.places import within
from organizations.scope import regions_of


class ConsultationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau sees the county's records (masked), station staff their station's, a person her own.

        The aid centre sees those that were pointed to it (safety.md §5).
        """
        if user.is_system:
            return self
        bureau = regions_of(user, Role.SECTION, Role.LEADER)
        aid = regions_of(user, Role.CENTRE, Role.DIRECTOR)
        referred = Q(outcome="referred_legal_aid")
        return self.filter(
            within(bureau, "station__county")
            | within(aid, "station__county") & referred
            | Q(station__in=user.post_stations)
            | Q(practitioner__user=user)
        )

    def between(self, first, last):
        return self.filter(day__range=(first, last))

    def counted(self):
        """Those that count toward the target: every channel, tied to a duty station (reading D37)."""
        return self.filter(is_void=False)

    def incomplete(self):
        return self.exclude(missing=[])

    def matching(self, text):
        """Records found by number, client's name or its initials, whole telephone or ID number, or the last four of one."""
        looked_for = searching.read(text)
        if looked_for is None:
            return self
        found = Q(number__icontains=looked_for.text) | Q(client_name__icontains=looked_for.name)
        if looked_for.initials:
            found |= Q(client_initials__startswith=looked_for.initials)
        if looked_for.phone:
            found |= Q(client_phone_index=looked_for.phone)
        if looked_for.id_number:
            found |= Q(client_id_index=looked_for.id_number)
        if looked_for.phone_tail:
            found |= Q(client_phone_tail=looked_for.phone_tail) | Q(client_id_tail=looked_for.id_tail)
        elif looked_for.id_tail:
            found |= Q(client_id_tail=looked_for.id_tail)
        return self.filter(found)


def key_text(**options):
    """A column that finds an encrypted one: 64 hex digits or nothing, never edited by hand."""
    return models.CharField(max_length=64, blank=True, default="", db_default="", db_index=True, editable=False, **options)


class Consultation(models.Model):
    """One person's one consultation (人次)."""

    class Channel(models.TextChoices):
        ONSITE = "onsite", "来访"
        PHONE = "phone", "电话"
        HOTLINE = "hotline_12348", "12348热线"
        ONLINE = "online", "网络"
        LETTER = "letter", "信函"
        HOME_VISIT = "home_visit", "上门"
        OUTREACH = "outreach", "下乡"

    class Matter(models.TextChoices):
        LAND_ACQUISITION = "land_acquisition", "征地拆迁"
        LAND_RIGHTS = "land_rights", "土地权属"
        FAMILY = "family", "婚姻家庭"
        SUPPORT = "support", "赡养抚养扶养"
        INHERITANCE = "inheritance", "继承"
        SCHOOLING = "schooling", "入学教育"
        MEDICAL = "medical", "就医医疗"
        SOCIAL_SECURITY = "social_security", "社会保障"
        LABOUR = "labour", "劳动争议"
        WORK_INJURY = "work_injury", "工伤"
        TRAFFIC = "traffic", "交通事故"
        LOAN = "loan", "民间借贷"
        CONTRACT = "contract", "合同"
        NEIGHBOUR = "neighbour", "相邻关系"
        HOUSING = "housing", "房产物业"
        CONSUMER = "consumer", "消费"
        TORT = "tort", "侵权"
        CRIMINAL = "criminal", "刑事"
        ADMINISTRATIVE = "administrative", "行政"
        ENFORCEMENT = "enforcement", "执行"
        LEGAL_AID = "legal_aid", "法律援助"
        OTHER = "other", "其他"

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "当场解答"
        BOOKED = "booked", "预约再答"
        DRAFTED = "drafted", "代拟文书"
        LEGAL_AID = "referred_legal_aid", "引导申请法律援助"
        MEDIATION = "referred_mediation", "引导人民调解"
        ORGAN = "referred_organ", "引导至有关机关"
        PETITION = "petition_assist", "参与化解信访"
        OTHER = "other", "其他"

    class Rating(models.TextChoices):
        VERY_SATISFIED = "very_satisfied", "非常满意"
        SATISFIED = "satisfied", "满意"
        BASIC = "basic", "基本满意"
        DISSATISFIED = "dissatisfied", "不满意"

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

    class Gender(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    number = models.CharField("登记编号", max_length=60, unique=True, null=True, blank=True)
    station = models.ForeignKey(Station, models.PROTECT, related_name="consultations", verbose_name="站点")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="consultations", verbose_name="班次")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="consultations", verbose_name="值班人员")
    day = models.DateField("日期")
    time = models.TimeField("时间", null=True, blank=True)
    channel = models.CharField("咨询方式", max_length=15, choices=Channel.choices, blank=True)
    client_name = models.CharField("咨询人", max_length=50, blank=True)
    client_phone = EncryptedTextField("联系电话", blank=True, default="")
    client_phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    client_phone_tail = key_text()
    client_initials = models.CharField(max_length=50, blank=True, default="", db_default="", db_index=True, editable=False)
    client_gender = models.CharField("性别", max_length=6, choices=Gender.choices, blank=True, default="", db_default="")
    client_id_number = EncryptedTextField("身份证号", blank=True, default="", db_default="")
    client_id_index = key_text()
    client_id_tail = key_text()
    groups = ArrayField(models.CharField(max_length=20, choices=Group.choices), default=list, blank=True, verbose_name="特殊群体")
    party_count = models.PositiveSmallIntegerField("同行人数", default=1)
    matter = models.CharField("咨询类别", max_length=20, choices=Matter.choices, blank=True)
    topic = models.CharField("具体事项", max_length=40, blank=True, default="", db_default="")
    question = models.TextField("咨询内容", blank=True)
    answer = models.TextField("答复意见", blank=True)
    outcome = models.CharField("处理方式", max_length=20, choices=Outcome.choices, blank=True)
    rating = models.CharField("满意度", max_length=15, choices=Rating.choices, blank=True)
    advisor_signed = models.BooleanField("值班人员已签名", default=True)
    missing = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="缺项")
    is_void = models.BooleanField("已作废", default=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入")
    # The columns that the kept record took over from this one, so that undoing the merge empties them again.
    merge_filled = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    # One form or one entry of a telephone's queue makes one record, however often it is sent.
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间")

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "咨询记录"
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["station", "day"]), models.Index(fields=["-day", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(party_count__gte=1), name="consultation_of_at_least_one_person"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(is_void=True) & ~Q(merged_into=models.F("pk")),
                name="consultation_merged_is_void",
            ),
        ]

    def __str__(self):
        return self.number or f"咨询 {self.pk}"

    @property
    def group_labels(self):
        labels = dict(self.Group.choices)
        return [labels.get(group, group) for group in self.groups]

    @property
    def matter_words(self):
        """Both levels: 劳动争议—拖欠工资."""
        return "—".join(part for part in (self.get_matter_display(), topic_label(self.matter, self.topic)) if part)

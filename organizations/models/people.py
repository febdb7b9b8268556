"""Practitioners: who they are, since when they count as what, where their pay goes."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from common.encryption import EncryptedTextField
from common.id_numbers import mask_account, mask_id_number, mask_phone
from organizations.models.places import Organization, Region, Station, within


class DateSpan(Func):
    """daterange(since, until) with both ends included, for exclusion constraints."""

    function = "daterange"
    output_field = models.Field()

    def __init__(self, since="since", until="until"):
        super().__init__(F(since), F(until), Value("[]"))


class Single(Func):
    """int8range of one key: lets the built-in gist operators compare keys without an extension."""

    function = "int8range"
    output_field = models.Field()

    def __init__(self, field):
        super().__init__(F(field), F(field), Value("[]"))


class PractitionerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody in the pool of the user's counties, and oneself."""
        if user.is_system:
            return self
        in_pool = PoolEntry.objects.filter(within(user.post_regions, "county") | Q(county__stations__in=user.post_stations))
        return self.filter(Q(pk__in=in_pool.values("practitioner")) | Q(user=user))

    def in_pool_on(self, county, day):
        """Valid in the county's pool on that day. Z-DUTY-3, plan 三（一）."""
        entries = PoolEntry.objects.admitted_on(day).filter(county=county)
        return self.filter(pk__in=entries.values("practitioner"))

    def current(self):
        return self.filter(merged_into=None)


class Practitioner(models.Model):
    """A person who gives legal service. Z-DUTY-1, plan 四（一）3."""

    class Kind(models.TextChoices):
        LAWYER = "lawyer", "律师"
        PUBLIC_LAWYER = "public_lawyer", "公职律师"
        GRASSROOTS_WORKER = "grassroots_worker", "基层法律服务工作者"
        RETIRED_POLITLEGAL = "retired_politlegal", "政法机关退休人员"
        LAW_TEACHER = "law_teacher", "高校法律专业教师"
        LAW_STUDENT = "law_student", "高校法律专业学生"
        AGENCY_STAFF = "agency_staff", "法律援助机构人员"
        VOLUNTEER = "volunteer", "法律援助志愿者"
        OTHER_NON_PUBLIC = "other_non_public", "其他从事法律事务的非公职人员"

    # Public servants by their kind (Z-DUTY-2, plan 四（一）3; 司发通〔2019〕27号 for agency staff).
    PUBLIC_KINDS = (Kind.PUBLIC_LAWYER, Kind.AGENCY_STAFF)

    class Gender(models.TextChoices):
        MALE = "1", "男"
        FEMALE = "2", "女"
        UNSTATED = "9", "未说明"

    name = models.CharField("姓名", max_length=50)
    initials = models.CharField("拼音首字母", max_length=50, blank=True)
    gender = models.CharField("性别", max_length=1, choices=Gender.choices, default=Gender.UNSTATED)
    id_number = EncryptedTextField("身份证号")
    id_index = models.CharField(max_length=64, unique=True, editable=False)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    kind = models.CharField("人员类别", max_length=20, choices=Kind.choices)
    phone = EncryptedTextField("联系电话", blank=True, default="")
    practice_certificate_no = models.CharField("执业证号", max_length=40, blank=True)
    qualification_no = models.CharField("法律职业资格证号", max_length=40, blank=True)
    service_years = models.PositiveSmallIntegerField("从业年限", null=True, blank=True)
    retired_from = models.CharField("退休单位及从事业务", max_length=100, blank=True)
    retired_on = models.DateField("退休日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="practitioner",
        verbose_name="登录用户",
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name="已并入"
    )

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = "法律服务人员"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="retired_politlegal") | Q(service_years__gte=5),
                name="practitioner_retired_people_served_five_years",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["law_teacher", "law_student"]) | ~Q(qualification_no=""),
                name="practitioner_college_people_hold_a_certificate",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="practitioner_is_not_merged_into_itself",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def masked_id_number(self):
        return mask_id_number(self.id_number)

    @property
    def masked_phone(self):
        return mask_phone(self.phone) if self.phone else ""


class Affiliation(models.Model):
    """Which organisation a practitioner belongs to, dated: people change firm."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="affiliations")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="affiliations", verbose_name="所属单位")
    since = models.DateField("起始日期")
    until = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        verbose_name = "所属单位"
        ordering = ["practitioner", "since"]
        constraints = [
            ExclusionConstraint(
                name="affiliation_one_at_a_time",
                expressions=[
                    (Single("practitioner"), RangeOperators.OVERLAPS),
                    (DateSpan(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.organization}"


class PublicServantStatus(models.Model):
    """Whether somebody was a public servant, as dated history. Z-DUTY-2, plan 四（一）3."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="public_servant_history")
    since = models.DateField("起始日期")
    until = models.DateField("终止日期", null=True, blank=True)
    is_public_servant = models.BooleanField("公职人员")
    evidence = models.CharField("依据", max_length=200)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="确认人")

    class Meta:
        verbose_name = "公职身份"
        ordering = ["practitioner", "since"]
        constraints = [
            ExclusionConstraint(
                name="public_servant_status_one_at_a_time",
                expressions=[
                    (Single("practitioner"), RangeOperators.OVERLAPS),
                    (DateSpan(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} {'公职' if self.is_public_servant else '非公职'} {self.since}"


class PoolEntryQuerySet(models.QuerySet):
    def admitted_on(self, day):
        return self.filter(state=PoolEntry.State.ADMITTED, since__lte=day).filter(Q(until=None) | Q(until__gte=day))

    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county") | Q(practitioner__user=user))


class PoolEntry(models.Model):
    """A stay in a county's duty pool (值班人员库). Z-DUTY-3, plan 三（一）."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        ADMITTED = "admitted", "已入库"
        REFUSED = "refused", "未批准"

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="pool_entries")
    county = models.ForeignKey(Region, models.PROTECT, related_name="pool_entries", verbose_name="县")
    since = models.DateField("入库日期")
    until = models.DateField("出库日期", null=True, blank=True)
    stations = models.ManyToManyField(Station, blank=True, related_name="+", verbose_name="可值班站点")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField("说明", max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PoolEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "入库记录"
        ordering = ["practitioner", "since"]
        constraints = [
            ExclusionConstraint(
                name="pool_entry_one_at_a_time",
                expressions=[
                    (Single("practitioner"), RangeOperators.OVERLAPS),
                    (Single("county"), RangeOperators.OVERLAPS),
                    (DateSpan(), RangeOperators.OVERLAPS),
                ],
                condition=~Q(state="refused"),
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.county} {self.since}"


class BankAccount(models.Model):
    """Where a practitioner's pay goes. A change needs a second person and the payee's paper (safety.md 5)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        CONFIRMED = "confirmed", "使用中"
        REFUSED = "refused", "未确认"
        REPLACED = "replaced", "已停用"

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="bank_accounts")
    holder = models.CharField("户名", max_length=50)
    bank_name = models.CharField("开户行", max_length=100)
    account_no = EncryptedTextField("银行账号")
    account_index = models.CharField(max_length=64, editable=False, db_index=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    is_first = models.BooleanField("首个账户", default=False)
    paper = models.ForeignKey(
        "records.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="收款人签字的账户确认书",
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "收款账户"
        ordering = ["practitioner", "-proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner"], condition=Q(state="confirmed"), name="bank_account_one_in_use"),
            # Only the first account, which came with the person, may stand on one pair of eyes.
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(is_first=True)
                | (Q(decided_by__isnull=False) & Q(paper__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="bank_account_change_needs_a_second_person_and_the_paper",
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.masked_account_no}"

    @property
    def masked_account_no(self):
        return mask_account(self.account_no)

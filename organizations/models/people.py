"""Practitioners: who they are, since when they count as what, where their pay goes."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Prefetch, Q

from common.encryption import EncryptedTextField, keyed_index
from common.id_numbers import mask_id_number, mask_phone
from organizations.models.places import Organization, Region, Station, within
from organizations.models.spans import DateSpan, Single


class PractitionerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """People of the pools this user may see, and oneself."""
        if user.is_system:
            return self
        entries = PoolEntry.objects.visible_to(user)
        return self.filter(Q(pk__in=entries.values("practitioner")) | Q(user=user))

    def matching(self, text):
        """Names that hold the text, or whose pinyin initials begin with it."""
        text = (text or "").strip()
        if not text:
            return self
        return self.filter(Q(name__icontains=text) | Q(initials__startswith=text.lower()))

    def chosen(self, *, q="", kind="", state="", public="", day):
        """By name or initials, kind, state in the pool on that day, public servant on that day."""
        people = self.matching(q)
        if kind:
            people = people.filter(kind=kind)
        if state:
            people = people.filter(pk__in=PoolEntry.objects.in_state(state, day).values("practitioner"))
        if public:
            condition = Q(pk__in=PublicServantStatus.objects.public_on(day).values("practitioner"))
            people = people.filter(condition if public == "yes" else ~condition)
        return people

    def with_present(self, day):
        """Each with her firm, status and stays in the pool as of that day: three queries for any number of people."""
        firms = Affiliation.objects.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))
        return self.prefetch_related(
            Prefetch("affiliations", firms.select_related("organization"), to_attr="firms_now"),
            Prefetch("public_servant_history", PublicServantStatus.objects.on(day), to_attr="statuses_now"),
            Prefetch("pool_entries", PoolEntry.objects.select_related("county").order_by("-since"), to_attr="stays"),
        )

    def with_id_number(self, number):
        """The person of this checked ID number, found through the keyed index."""
        return self.filter(id_index=keyed_index(number))

    def in_pool_on(self, county, day):
        """Valid in the county's pool on that day. Z-DUTY-3, plan 三（一）."""
        entries = PoolEntry.objects.admitted_on(day).filter(county=county)
        return self.filter(pk__in=entries.values("practitioner"))

    def public_servants_on(self, day):
        """Public servants on that day. Z-DUTY-2."""
        return self.filter(pk__in=PublicServantStatus.objects.public_on(day).values("practitioner"))

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

    @property
    def firm_now(self):
        """Her organisation on the day that `with_present` was asked for."""
        return self.firms_now[0].organization if self.firms_now else None

    @property
    def is_public_now(self):
        return bool(self.statuses_now and self.statuses_now[0].is_public_servant)

    @property
    def latest_stay(self):
        """The newest stay that was not refused, or the newest of all."""
        return next((stay for stay in self.stays if stay.state != "refused"), self.stays[0] if self.stays else None)

    def public_servant_status_on(self, day):
        """The row of her history that holds on that day, or None. Z-DUTY-2."""
        return self.public_servant_history.on(day).first()


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


class PublicServantStatusQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))

    def public_on(self, day):
        return self.on(day).filter(is_public_servant=True)


class PublicServantStatus(models.Model):
    """Whether somebody was a public servant, as dated history. Z-DUTY-2, plan 四（一）3."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="public_servant_history")
    since = models.DateField("起始日期")
    until = models.DateField("终止日期", null=True, blank=True)
    is_public_servant = models.BooleanField("公职人员")
    evidence = models.CharField("依据", max_length=200)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="确认人")

    objects = PublicServantStatusQuerySet.as_manager()

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
        """The county's for county posts; at a station those who may be on duty there; one's own."""
        if user.is_system:
            return self
        stations = user.post_stations
        named = Station.objects.filter(pk__in=stations)
        # Membership by subquery: a join to the named stations would give a row for each of them.
        limited = PoolEntry.stations.through.objects
        own_station = Q(pk__in=limited.filter(station__in=stations).values("poolentry")) | (
            Q(county__in=named.values("county")) & ~Q(pk__in=limited.values("poolentry"))
        )
        return self.filter(within(user.post_regions, "county") | own_station | Q(practitioner__user=user))

    def to_decide(self):
        return self.filter(state=PoolEntry.State.PROPOSED)

    def in_state(self, state, day):
        """`in`, `left`, `proposed` or `refused` as of that day."""
        if state == "in":
            return self.admitted_on(day)
        if state == "left":
            return self.filter(state=PoolEntry.State.ADMITTED, until__lt=day)
        return self.filter(state=state)


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
    end_reason = models.CharField("出库原因", max_length=200, blank=True)
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
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="pool_entry_ends_after_it_begins"),
            # An entry without a decider came in with the bureau's own list (the workbook).
            models.CheckConstraint(condition=~Q(decided_by=F("entered_by")), name="pool_entry_decided_by_another"),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.county} {self.since}"

    def state_on(self, day):
        """待批准, 未批准, 未到入库日, 在库 or 出库."""
        if self.state != self.State.ADMITTED:
            return self.get_state_display()
        if day < self.since:
            return "未到入库日"
        return "出库" if self.until and self.until < day else "在库"

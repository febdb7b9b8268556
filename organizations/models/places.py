"""Where the work is done: the region tree, organisations and stations."""

from django.db import models
from django.db.models import Q


class RegionQuerySet(models.QuerySet):
    def counties(self):
        return self.filter(level=Region.Level.COUNTY)

    def visible_to(self, user):
        """The regions of the user's county posts with all that lies in them, and those of her stations."""
        if user.is_system:
            return self
        deeper = Q(parent__parent__parent__in=list(user.post_regions))  # a province post sees its townships
        return self.filter(within(user.post_regions, "self") | deeper | Q(stations__in=user.post_stations)).distinct()


class Region(models.Model):
    """A place in the tree province → city → county → township → village.

    The statistics code is only a remark: annex 1 of the Zezhou plan lists 北石店镇, which the code
    set files under another county, so a code is never a key and never checked against its parent.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市（州）"
        COUNTY = "county", "县（市、区）"
        TOWNSHIP = "township", "乡镇（街道）"
        VILLAGE = "village", "村"

    level = models.CharField("层级", max_length=10, choices=Level.choices)
    name = models.CharField("名称", max_length=50)
    alias = models.CharField("别名", max_length=50, blank=True)
    code = models.CharField("区划代码", max_length=12, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级")

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        ordering = ["level", "code", "name"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="region_name_once_under_its_parent", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(level="province", parent=None) | (~Q(level="province") & Q(parent__isnull=False)),
                name="region_only_provinces_have_no_parent",
            ),
        ]

    def __str__(self):
        return self.name


def within(region_ids, prefix):
    """A condition: the region at `prefix` ("self" for the region itself) is one of `region_ids` or lies in it."""
    path = "" if prefix == "self" else f"{prefix}__"
    ids = list(region_ids)
    return Q(**{f"{path}pk__in": ids}) | Q(**{f"{path}parent__in": ids}) | Q(**{f"{path}parent__parent__in": ids})


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Organisations of the user's regions; at a station those of its county."""
        if user.is_system:
            return self
        counties = Station.objects.filter(pk__in=user.post_stations).values("county")
        in_county = Q(region__in=counties) | Q(region__parent__in=counties)
        return self.filter(within(user.post_regions, "region") | in_county)

    def active(self):
        return self.filter(is_active=True)

    def chosen(self, *, q="", kind="", active=""):
        rows = self.filter(Q(name__icontains=q) | Q(short_name__icontains=q)) if q else self
        if kind:
            rows = rows.filter(kind=kind)
        return rows.filter(is_active=active == "yes") if active else rows


class Organization(models.Model):
    """A bureau, aid centre, firm, office, court, … (domain.md 4.9)."""

    class Kind(models.TextChoices):
        JUSTICE_BUREAU = "justice_bureau", "司法局"
        AID_CENTRE = "aid_centre", "法律援助中心"
        JUDICIAL_OFFICE = "judicial_office", "司法所"
        LAW_FIRM = "law_firm", "律师事务所"
        GRASSROOTS_OFFICE = "grassroots_office", "基层法律服务所"
        NOTARY = "notary", "公证处"
        FORENSIC = "forensic", "司法鉴定机构"
        COURT = "court", "人民法院"
        PROCURATORATE = "procuratorate", "人民检察院"
        PUBLIC_SECURITY = "public_security", "公安机关"
        DETENTION = "detention", "看守所"
        FINANCE = "finance", "财政局"
        COLLEGE = "college", "高等院校"
        MASS_ORGANIZATION = "mass_organization", "群团组织"
        OTHER = "other", "其他机构"

    kind = models.CharField("机构类型", max_length=20, choices=Kind.choices)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=50, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organizations", verbose_name="所在区划")
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    licence_no = models.CharField("执业许可证号", max_length=40, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    leader = models.CharField("负责人", max_length=50, blank=True)
    is_active = models.BooleanField("正常使用", default=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["region", "name"], name="organization_name_once_in_a_region"),
        ]

    def __str__(self):
        return self.name


class StationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Stations this user may see: the county's for county posts, the own one for station posts."""
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county") | Q(pk__in=user.post_stations))

    def active(self):
        return self.filter(is_active=True)

    def in_county(self, county):
        return self.filter(county=county)

    def chosen(self, *, q="", kind="", active=""):
        rows = self.filter(Q(name__icontains=q) | Q(short_name__icontains=q)) if q else self
        if kind:
            rows = rows.filter(kind=kind)
        return rows.filter(is_active=active == "yes") if active else rows


class Station(models.Model):
    """A place where people are on duty. Which kinds are paid is said by the plan, not here."""

    class Kind(models.TextChoices):
        COUNTY_CENTRE = "county_centre", "县公共法律服务中心"
        TOWNSHIP_STATION = "township_station", "乡镇公共法律服务工作站"
        COURT_POST = "court_post", "法院值班律师工作站"
        PROCURATORATE_POST = "procuratorate_post", "检察院值班律师工作站"
        DETENTION_POST = "detention_post", "看守所值班律师工作站"
        POVERTY_WINDOW = "poverty_window", "脱贫攻坚便民法律援助窗口"
        VILLAGE_PLATFORM = "village_platform", "村便民法律咨询平台"
        OTHER = "other", "其他站点"

    kind = models.CharField("站点类型", max_length=20, choices=Kind.choices)
    name = models.CharField("站点名称", max_length=100)
    short_name = models.CharField("简称", max_length=50)
    county = models.ForeignKey(Region, models.PROTECT, related_name="stations", verbose_name="所属县")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在乡镇")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="stations", verbose_name="主管机构"
    )
    order = models.PositiveSmallIntegerField("排序", default=100)
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("咨询电话", max_length=20, blank=True)
    supervision_phone = models.CharField("监督电话", max_length=20, blank=True)
    opens_at = models.TimeField("开始时间", default="08:30")
    closes_at = models.TimeField("结束时间", default="12:30")
    lunch_minutes = models.PositiveSmallIntegerField("午休分钟", default=0)
    is_active = models.BooleanField("正常使用", default=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = "站点"
        ordering = ["county", "order", "name"]
        constraints = [
            models.UniqueConstraint(fields=["county", "name"], name="station_name_once_in_a_county"),
            models.CheckConstraint(condition=Q(closes_at__gt=models.F("opens_at")), name="station_closes_after_it_opens"),
        ]

    def __str__(self):
        return self.name

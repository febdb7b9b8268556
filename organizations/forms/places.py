"""What is typed about stations, organisations and regions."""

from django import forms

from accounts.fields import ClockField
from common.id_numbers import check_phone
from organizations.forms.inputs import choice, line, number, one_of, search
from organizations.forms.people import sections
from organizations.models import Organization, Region, Station

YES_NO = [("yes", "正常使用"), ("no", "已停用")]


class PlaceFilter(forms.Form):
    q = search("名称")
    kind = choice("类型", [], empty="全部")
    active = choice("状态", YES_NO, empty="全部")

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部"), *kinds]


def phone_line(label):
    return line(label, length=20, help_text="手机号、带区号的座机号或 12348", inputmode="tel")


class WithPhones(forms.Form):
    def clean(self):
        cleaned = super().clean()
        for name in ("phone", "supervision_phone"):
            if cleaned.get(name):
                try:
                    cleaned[name] = check_phone(cleaned[name])
                except ValueError as error:
                    self.add_error(name, str(error))
        return cleaned


class StationForm(WithPhones):
    name = line("站点名称", missing="没有填写站点名称：请填写全称。")
    short_name = line("简称", missing="没有填写简称：请填写，例如“巴公镇”。", length=50)
    kind = choice("站点类型", Station.Kind.choices, missing="没有选择站点类型：请选择。")
    county = one_of("所属县", Region.objects.none(), missing="没有选择县：请选择。", empty=None)
    region = one_of("所在乡镇或村", Region.objects.none(), empty="不填")
    organization = one_of("主管机构", Organization.objects.none(), empty="不填")
    order = number("排序", missing="没有填写排序：请填写数字，小的在前。", least=1, most=9999, help_text="小的排在前面")
    address = line("地址", length=200)
    phone = phone_line("咨询电话")
    supervision_phone = phone_line("监督电话")
    opens_at = ClockField(label="开始时间", error_messages={"required": "没有填写开始时间：请填写，例如 8:30。"})
    closes_at = ClockField(label="结束时间", error_messages={"required": "没有填写结束时间：请填写，例如 17:30。"})
    lunch_minutes = number("午休分钟", missing="没有填写午休分钟：没有午休请填 0。", most=240, help_text="没有午休填 0")
    is_active = forms.BooleanField(label="正常使用", required=False, help_text="停用后不再排班，以前的记录保留")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        places = Region.objects.visible_to(user).exclude(level__in=["province", "city", "county"])
        self.fields["county"].queryset = Region.objects.counties().visible_to(user)
        self.fields["region"].queryset = places.select_related("parent")
        self.fields["region"].label_from_instance = lambda region: f"{region.parent} {region}"
        self.fields["organization"].queryset = Organization.objects.visible_to(user).active()
        self.helper = sections(
            ("站点", ("name", "short_name"), ("kind", "county"), ("region", "organization"), "order", "is_active"),
            ("联系方式", "address", ("phone", "supervision_phone")),
            ("开放时间", ("opens_at", "closes_at", "lunch_minutes")),
        )

    def clean(self):
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "结束时间须晚于开始时间：请改正。")
        return cleaned


class OrganizationForm(WithPhones):
    name = line("名称", missing="没有填写名称：请填写全称。")
    short_name = line("简称", length=50)
    kind = choice("机构类型", Organization.Kind.choices, missing="没有选择机构类型：请选择。")
    region = one_of("所在区划", Region.objects.none(), missing="没有选择所在区划：请选择。")
    uscc = line("统一社会信用代码", length=30, help_text="18 位，可以不填")
    licence_no = line("执业许可证号", length=40)
    address = line("地址", length=200)
    phone = phone_line("电话")
    leader = line("负责人", length=50)
    is_active = forms.BooleanField(label="正常使用", required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        regions = Region.objects.visible_to(user).exclude(level="village").select_related("parent")
        self.fields["region"].queryset = regions
        self.fields["region"].label_from_instance = lambda region: f"{region.parent or ''} {region}".strip()
        self.helper = sections(
            ("机构", ("name", "short_name"), ("kind", "region"), ("uscc", "licence_no"), "is_active"),
            ("联系方式", "address", ("phone", "leader")),
        )


class RegionForm(forms.Form):
    level = choice("层级", [], missing="没有选择层级：请选择。")
    name = line("名称", missing="没有填写名称：请填写。", length=50)
    alias = line("别名", length=50, help_text="方案里用的简称，可以不填")
    code = line("区划代码", length=12, help_text="只作备注，可以不填，不要求与上级代码一致", inputmode="numeric")

    def __init__(self, *args, levels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(level.value, level.label) for level in levels]

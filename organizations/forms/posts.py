"""What is typed about posts and delegations."""

from django import forms

from accounts.models import User
from accounts.policy import Role
from common import clock
from organizations.forms.inputs import choice, line, one_of, passage, search
from organizations.forms.people import day
from organizations.models import Organization, Region, Station


class PostFilter(forms.Form):
    STATES = [("now", "在任"), ("waiting", "待确认"), ("delegated", "受托"), ("over", "已离任")]

    q = search("姓名或登录名")
    role = choice("职务", Role.choices, empty="全部")
    state = choice("状态", STATES, empty="全部")


def people(label, missing):
    field = one_of(label, User.objects.people().active().order_by("name"), missing=missing)
    field.label_from_instance = lambda user: f"{user.name}（{user.username}）"
    return field


class PostForm(forms.Form):
    user = people("用户", "没有选择用户：请选择。")
    role = choice(
        "职务", Role.choices, missing="没有选择职务：请选择。", help_text="业务股、局领导、财务、出纳、财政局须局领导确认后生效"
    )
    region = one_of("管辖区划", Region.objects.none(), missing="没有选择管辖区划：请选择。")
    station = one_of("站点", Station.objects.none(), empty="无", help_text="只有站点文员和站点负责人选择")
    organization = one_of("所在机构", Organization.objects.none(), empty="不填")
    since = day("任职日期", missing="没有填写任职日期：请填写，例如 2022-9-26。")
    until = day("离任日期", help_text="没有定的可以不填")
    paper = line("任职文号", help_text="首位局领导必须填写")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        regions = Region.objects.filter(level__in=["province", "city", "county"]).select_related("parent")
        self.fields["region"].queryset = regions
        self.fields["region"].label_from_instance = lambda region: f"{region.parent or ''} {region}".strip()
        self.fields["station"].queryset = Station.objects.active().select_related("county")
        self.fields["station"].label_from_instance = lambda station: f"{station.county} {station.name}"
        self.fields["organization"].queryset = Organization.objects.active()
        self.fields["since"].initial = clock.today


class DelegationForm(forms.Form):
    to = people("委托给", "没有选择受托人：请选择。")
    since = day("开始日期", missing="没有填写开始日期：请填写，例如 2022-9-26。")
    until = day("结束日期", missing="没有填写结束日期：委托必须写明到哪一天。", help_text="受托的最后一天")
    paper = line("委托书文号", missing="没有填写委托书文号：委托须有书面文件。")


class EndPostForm(forms.Form):
    on = day("离任日期", missing="没有填写离任日期：请填写，例如 2022-9-26。", help_text="在任的最后一天")
    reason = passage("离任原因", missing="没有填写离任原因：请写明。")


class RefusePostForm(forms.Form):
    reason = passage("不同意的理由", missing="没有填写不同意的理由：请写明。")

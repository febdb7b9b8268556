"""What the administrator types about a client of the interface."""

from datetime import timedelta

from django import forms

from accounts.fields import DayField
from common import clock
from desk.models import ApiClient
from organizations.models import Region


class ApiClientForm(forms.Form):
    name = forms.CharField(
        label="使用方", max_length=60, error_messages={"required": "没有填写使用方：请写明是哪个单位的哪个平台。"}
    )
    region = forms.ModelChoiceField(
        label="可读区域",
        queryset=Region.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有选择可读区域：请选择。"},
    )
    scopes = forms.MultipleChoiceField(
        label="可读内容",
        choices=ApiClient.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "没有选择可读内容：请至少选一项。"},
    )
    paper = forms.CharField(
        label="批准文号或协议编号",
        max_length=100,
        error_messages={"required": "没有填写批准文号：数据共享要有批准文件或协议，请填写编号。"},
    )
    until = DayField(
        label="失效日期", help_text="最长一年，到期后重新登记", error_messages={"required": "没有填写失效日期：最长一年。"}
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        levels = [Region.Level.COUNTY, Region.Level.CITY, Region.Level.PROVINCE]
        self.fields["until"].initial = clock.today() + timedelta(days=365)
        self.fields["region"].queryset = Region.objects.visible_to(user).filter(level__in=levels)

"""Deciding how often a station is on duty."""

from django import forms

from accounts.fields import DayField
from programmes.models import StationFrequency

Policy = StationFrequency.Policy


class FrequencyForm(forms.Form):
    policy = forms.ChoiceField(
        label="值班频次",
        choices=[(policy.value, policy.label) for policy in (Policy.WEEKLY, Policy.REDUCED, Policy.INCREASED)],
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择值班频次：请选择一项。"},
    )
    times_per_month = forms.IntegerField(
        label="每月次数",
        required=False,
        help_text="减少或增加时填写，每月至少 1 次（方案四（一）4）",
        error_messages={"invalid": "每月次数应是整数，例如 1。"},
    )
    since = DayField(label="从哪天起")
    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="例如 地理位置特别偏远、人口密度小、需求量少",
        error_messages={"required": "没有填写理由：请写明为什么这样安排。"},
    )

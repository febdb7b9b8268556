"""Changing a day of the working calendar, and typing a new year from its notice."""

from django import forms

DAYS_HINT = "一行一段，例如 2027-10-01 至 2027-10-07 国庆节"


class DayForm(forms.Form):
    is_working = forms.TypedChoiceField(
        label="这一天",
        choices=[("true", "工作日"), ("false", "休息日")],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择：请选工作日或休息日。"},
    )
    name = forms.CharField(label="说明", required=False, max_length=50, help_text="例如 国庆节、国庆节补班")
    reason = forms.CharField(
        label="修改理由",
        max_length=200,
        help_text="写明依据的通知或文件",
        error_messages={"required": "没有填写修改理由：请写明依据的通知或文件。"},
    )


class YearForm(forms.Form):
    year = forms.IntegerField(
        label="年份",
        min_value=2018,
        max_value=2100,
        error_messages={
            "required": "没有填写年份：请填写，例如 2027。",
            "invalid": "年份应是四位数字，例如 2027。",
            "min_value": "年份应在 2018 至 2100 之间。",
            "max_value": "年份应在 2018 至 2100 之间。",
        },
    )
    source = forms.CharField(
        label="依据",
        max_length=200,
        help_text="例如 国务院办公厅关于2027年部分节假日安排的通知",
        error_messages={"required": "没有填写依据：请填写通知的名称。"},
    )
    days_off = forms.CharField(
        label="放假日期",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=DAYS_HINT,
        error_messages={"required": "没有填写放假日期：请照通知逐行填写。"},
    )
    make_up_days = forms.CharField(
        label="补班日期",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="一行一天，例如 2027-10-09 国庆节补班",
    )

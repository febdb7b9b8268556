"""What people choose and type about the year's tasks."""

from django import forms

from accounts.fields import DayField
from common import clock


class ObligationFilter(forms.Form):
    STATES = [("", "全部"), ("open", "待办"), ("overdue", "逾期"), ("done", "已完成")]

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False, empty_value=None)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    code = forms.ChoiceField(label="任务", required=False)

    def __init__(self, data, *, years, codes):
        super().__init__(data)
        self.fields["year"].choices = [("", "全部"), *((year, f"{year}年") for year in years)]
        self.fields["code"].choices = [("", "全部"), *codes]

    def chosen(self, rows):
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("year"):
            rows = rows.filter(plan__year=values["year"])
        if values.get("code"):
            rows = rows.filter(code=values["code"])
        state = values.get("state")
        if state == "overdue":
            return rows.overdue(clock.today())
        return rows.filter(state=state) if state else rows


class FinishForm(forms.Form):
    """Done: when, what, and the evidence, a page of this system or a file."""

    done_on = DayField(label="完成日期")
    words = forms.CharField(label="完成情况", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    evidence_url = forms.CharField(
        label="凭据页面",
        required=False,
        max_length=200,
        help_text="本系统里的页面地址，以 / 开头；与凭据文件至少填一项",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    evidence_file = forms.FileField(
        label="凭据文件",
        required=False,
        help_text="PDF、照片、Word 或 Excel，5 MB 以内",
        error_messages={"empty": "文件是空的：请重新选择文件。", "invalid": "没有收到文件：请重新选择。"},
    )


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, user):
        return user.name


class OwnerForm(forms.Form):
    owner = PersonChoice(
        label="责任人",
        queryset=None,
        required=False,
        empty_label="岗位上的人都可以办",
        error_messages={"invalid_choice": "这个人不在责任岗位上：请重新选择。"},
    )

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["owner"].queryset = people

"""What is typed about the provincial system and its exports."""

from datetime import date

from django import forms

from accounts.fields import DayField
from common import clock
from common.periods import Quarter
from common.workbooks.reading import column_letter
from legalaid.models import ReconciledRow
from legalaid.services.other_systems import systems

Fix = ReconciledRow.Fix


class EntryFilter(forms.Form):
    STATES = [("waiting", "待录入"), ("entered", "已录入"), ("all", "全部")]

    state = forms.ChoiceField(label="录入情况", choices=[("", "待录入"), *STATES[1:]], required=False)
    q = forms.CharField(label="案件编号或省系统案号", required=False, max_length=60)
    concluded = forms.ChoiceField(label="结案", choices=[("", "全部"), ("yes", "已结案")], required=False)


class EntryForm(forms.Form):
    """Number and day of one case, with the version of the case that was read."""

    number = forms.CharField(
        label="省系统案号", required=False, max_length=60, error_messages={"max_length": "省系统案号超过 60 个字：请核对。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    day = DayField(label="录入日期", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class OneEntryForm(EntryForm):
    reason = forms.CharField(
        label="更改原因", required=False, max_length=300, help_text="第一次登记不用填；更改或者删除已有记录必须写明"
    )
    field_order = ["number", "day", "reason", "version"]


class UploadForm(forms.Form):
    """An export and what it covers."""

    system = forms.ChoiceField(label="对方系统", error_messages={"required": "没有选择系统：请选择。"})
    quarter = forms.CharField(
        label="季度", max_length=20, help_text="例如 2022Q1", error_messages={"required": "没有填写季度：请填写，例如 2022Q1。"}
    )
    first = DayField(label="导出起始日期", required=False, help_text="不填表示当年 1 月 1 日")
    last = DayField(label="导出截止日期", required=False, help_text="不填表示季度最后一天；季度未结束的，为今天")
    file = forms.FileField(
        label="导出文件",
        help_text=".xlsx 或 .csv，5 MB 以内；文件只在法律援助中心内部留存",
        error_messages={"required": "没有选择文件：请选择对方系统导出的文件。", "empty": "文件是空的：请重新选择文件。"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["system"].choices = [(system.code, system.words) for system in systems().values()]

    def clean_quarter(self):
        try:
            return Quarter.parse(self.cleaned_data["quarter"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self):
        told = super().clean()
        if quarter := told.get("quarter"):
            told["first"] = told.get("first") or date(quarter.year, 1, 1)
            told["last"] = told.get("last") or min(quarter.last, clock.today())
        return told


class PlaceForm(forms.Form):
    """Where the header is: sheet, row, one row or two."""

    sheet = forms.ChoiceField(label="工作表", required=False)
    row = forms.IntegerField(
        label="表头在第几行", min_value=1, max_value=5000, required=False,
        error_messages={"invalid": "请填写行号数字。", "min_value": "行号从 1 开始。", "max_value": "行号过大。"},
    )  # fmt: skip
    depth = forms.ChoiceField(label="表头行数", choices=[("1", "一行"), ("2", "两行")], required=False)

    def __init__(self, *args, sheets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(name[:31], name) for name in sheets]


class ColumnsForm(forms.Form):
    """What each field of ours is called in the export; a field for each of the system."""

    sheet = forms.CharField(widget=forms.HiddenInput, max_length=31)
    row = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    depth = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2)

    def __init__(self, *args, system, labels, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "（没有这一列）")]
        choices += [(str(place), label_of(place, label)) for place, label in enumerate(labels)]
        for field in system.fields:
            self.fields[field.code] = forms.TypedChoiceField(
                label=field.words, choices=choices, coerce=int, empty_value=None, required=False, help_text=field.hint,
                error_messages={"invalid_choice": "所选的列不在文件里：请重新选择。"},
            )  # fmt: skip
        self.codes = [field.code for field in system.fields]

    @property
    def columns(self) -> dict[str, int]:
        return {code: self.cleaned_data[code] for code in self.codes if self.cleaned_data.get(code) is not None}


def label_of(place, label) -> str:
    """A column by its letter and words."""
    return f"{column_letter(place + 1)} 列　{label or '（没有列名）'}"


class FixForm(forms.Form):
    fix = forms.ChoiceField(
        label="处理",
        choices=[("", "请选择"), *[(fix.value, fix.label) for fix in (Fix.MEND_HERE, Fix.MEND_THERE, Fix.EXPLAINED)]],
        error_messages={"required": "没有选择如何处理：请选择。", "invalid_choice": "没有这种处理：请重新选择。"},
    )
    note = forms.CharField(
        label="处理说明", max_length=300, help_text="改什么、由谁改，或者为什么不需更正",
        error_messages={"required": "没有写处理说明：请写明改什么、由谁改，或者为什么不需更正。", "max_length": "处理说明超过 300 个字：请缩短。"},
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="原因", max_length=300, error_messages={"required": "没有写原因：请写明。", "max_length": "原因超过 300 个字：请缩短。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

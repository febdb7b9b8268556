"""What a person gives to import a workbook, to confirm it, to take it back."""

from django import forms


class UploadForm(forms.Form):
    file = forms.FileField(
        label="工作簿",
        help_text="Excel 文件（.xlsx），不超过 5 MB、每表不超过 5,000 行。可以只放一部分工作表。",
        error_messages={"required": "没有选择文件：请选择一个 .xlsx 工作簿。", "empty": "文件是空的：请重新选择。"},
    )


class ConfirmForm(forms.Form):
    confirmed_paper = forms.CharField(
        label="审定表编号",
        max_length=100,
        required=False,
        help_text="站点已在纸质考勤审定表上签字的，填写编号后不必再逐站确认；没有的留空。",
        error_messages={"max_length": "审定表编号超过 100 个字：请缩短。"},
    )


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="撤销原因",
        max_length=200,
        error_messages={"required": "没有填写撤销原因：请说明为什么撤销这批数据。", "max_length": "超过 200 个字：请缩短。"},
    )

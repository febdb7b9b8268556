"""A document that is brought into the file of a case, or taken out of it."""

from django import forms

from accounts.fields import DayField
from legalaid.models import AidCase
from legalaid.rules.materials import KINDS


class CaseFileForm(forms.Form):
    kind = forms.ChoiceField(
        label="材料类别", choices=[("", "请选择"), *KINDS.items()], error_messages={"required": "没有选择材料类别：请选择。"}
    )
    group = forms.ChoiceField(label="证明的群体", required=False, help_text="特殊群体证明须选择")
    title = forms.CharField(label="材料名称", required=False, max_length=100, help_text="可以不填，默认用类别的名称")
    file = forms.FileField(
        label="文件",
        required=False,
        help_text="PDF、JPG、PNG、DOCX、XLSX，5 MB 以内；手机可直接拍照",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,.docx,.xlsx"}),
        error_messages={"empty": "文件是空的：请重新选择文件。", "missing": "没有选择文件：请选择。"},
    )
    is_paper_only = forms.BooleanField(label="只有纸质原件，不上传文件", required=False)
    day = DayField(label="材料日期", required=False)
    pages = forms.IntegerField(
        label="页数",
        min_value=1,
        max_value=9999,
        initial=1,
        error_messages={"required": "没有填写页数：请填写。", "invalid": "页数应是整数。", "min_value": "页数不能少于 1。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4"}),
    )

    def __init__(self, *args, case, **options):
        super().__init__(*args, **options)
        groups = [(group, AidCase.Group(group).label) for group in case.groups if group != AidCase.Group.NONE]
        if groups:
            self.fields["group"].choices = [("", "无"), *groups]
        else:
            del self.fields["group"]


class RemoveFileForm(forms.Form):
    reason = forms.CharField(
        label="移出的原因", max_length=200, error_messages={"required": "没有填写移出的原因：请填写，例如“传错了案件”。"}
    )

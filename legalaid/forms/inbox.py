"""What is said when a registration is made void, a case handed over, papers registered."""

from django import forms

from accounts.fields import DayField
from legalaid.forms.persons import area


class DismissForm(forms.Form):
    reason = area("作废原因", 2, 300, required=True, missing="没有写登记作废的原因：请写明，例如重复提交。")


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(
        label="交给", queryset=None, empty_label="请选择",
        error_messages={"required": "没有选择交给谁：请选择。", "invalid_choice": "只能交给本县法律援助中心的经办人：请重新选择。"},
    )  # fmt: skip
    reason = area("原因", 2, 300, required=True, missing="没有写交接的原因：请写明，例如休假、回避。")

    def __init__(self, *args, colleagues, **options):
        super().__init__(*args, **options)
        self.fields["to"].queryset = colleagues


class PapersForm(forms.Form):
    """Originals that were handed in, out of those still missing."""

    codes = forms.MultipleChoiceField(
        label="收到的纸质原件", choices=[], widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "没有勾选材料：请至少勾选一项。", "invalid_choice": "这项材料已经登记过：请刷新页面。"},
    )  # fmt: skip
    day = DayField(label="收到日期", error_messages={"required": "没有填写收到日期：请填写。"})

    def __init__(self, *args, missing, **options):
        super().__init__(*args, **options)
        self.fields["codes"].choices = [(each.code, each.words) for each in missing]

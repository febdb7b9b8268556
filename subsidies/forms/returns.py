"""What a person types about a quarterly return."""

from django import forms

from accounts.fields import DayField


class NarrativeForm(forms.Form):
    problems = forms.CharField(
        label="存在的问题", required=False, max_length=3000, widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": "存在的问题超过 3,000 字：请精简后再保存。"},
    )  # fmt: skip
    next_steps = forms.CharField(
        label="下一步工作", required=False, max_length=3000, widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": "下一步工作超过 3,000 字：请精简后再保存。"},
    )  # fmt: skip


class SentForm(forms.Form):
    sent_on = DayField(label="报送日期", error_messages={"required": "没有填写报送日期：请填写实际报送市局的日期。"})

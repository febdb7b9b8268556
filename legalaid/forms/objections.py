"""Objections and complaints as they are typed."""

from django import forms

from accounts.fields import DayField
from legalaid.models import Complaint, Objection


def long_text(label, **options):
    return forms.CharField(
        label=label,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": f"没有填写{label}：请填写。"},
        **options,
    )


class FindCaseForm(forms.Form):
    number = forms.CharField(label="案件编号", max_length=60, error_messages={"required": "没有填写案件编号：请填写。"})
    name = forms.CharField(label="受援人（申请人）姓名", max_length=50, error_messages={"required": "没有填写姓名：请填写。"})


class ObjectionForm(forms.Form):
    filed_on = DayField(label="提出日期", error_messages={"required": "没有填写提出日期：请填写，例如 2022-9-26。"})
    known_on = DayField(label="收到原决定的日期", required=False, help_text="已登记送达的可以不填")
    filed_by = forms.CharField(label="异议人", max_length=50, error_messages={"required": "没有填写异议人：请填写。"})
    relation = forms.CharField(label="与申请人关系", max_length=30, required=False, initial="本人")
    way = forms.ChoiceField(
        label="提出方式",
        choices=Objection.Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择提出方式：请选择。"},
    )
    content = long_text("异议理由")
    late_reason = forms.CharField(label="逾期仍受理的理由", required=False, max_length=300)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label="审查结论",
        choices=Objection.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择审查结论：请选择。"},
    )
    day = DayField(label="审查日期", error_messages={"required": "没有填写审查日期：请填写，例如 2022-9-26。"})
    reason = long_text("审查理由")


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label="撤回的原因", max_length=300, error_messages={"required": "没有写明撤回的原因：请填写。"})


class ComplaintForm(forms.Form):
    about = forms.ChoiceField(
        label="投诉谁",
        choices=Complaint.About.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择投诉谁：请选择。"},
    )
    filed_by = forms.CharField(label="投诉人", max_length=50, error_messages={"required": "没有填写投诉人：请填写。"})
    filed_on = DayField(label="投诉日期", error_messages={"required": "没有填写投诉日期：请填写，例如 2022-9-26。"})
    content = long_text("投诉内容")


class AnswerForm(forms.Form):
    finding = forms.ChoiceField(
        label="调查结论",
        choices=Complaint.Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择调查结论：请选择。"},
    )
    day = DayField(label="答复日期", error_messages={"required": "没有填写答复日期：请填写，例如 2022-9-26。"})
    reply = long_text("处理和答复")

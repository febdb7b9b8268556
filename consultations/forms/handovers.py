"""Merging records, and telling where one was handed over to and what came back."""

from django import forms

from accounts.fields import DayField
from consultations.models import Consultation, Handover


class MergeForm(forms.Form):
    """Which record is the double of this one."""

    duplicate = forms.ModelChoiceField(
        label="哪一条是重复的",
        queryset=Consultation.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "没有选择重复的记录：请选择一条。", "invalid_choice": "没有这条记录：请重新选择。"},
    )
    reason = forms.CharField(
        label="合并原因",
        max_length=200,
        initial="重复登记",
        error_messages={"required": "没有写合并原因：请写明，例如重复登记。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, others, **options):
        super().__init__(*args, **options)
        self.fields["duplicate"].queryset = others
        self.fields["duplicate"].label_from_instance = lambda each: (
            f"{each}　{each.time:%H:%M}　{each.client_name}　{each.matter_words}" if each.time else f"{each}　{each.client_name}"
        )


class AddressForm(forms.Form):
    """To whom a consultation is handed over."""

    to = forms.CharField(
        label="接收单位",
        max_length=100,
        error_messages={"required": "没有写接收单位：请写明转给谁。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label="转办说明", required=False, max_length=300, help_text="要对方做什么", widget=forms.Textarea(attrs={"rows": 2})
    )


class FateForm(forms.Form):
    """What came back."""

    state = forms.ChoiceField(
        label="回音",
        choices=[("taken", "已接收"), ("done", "已有结果"), ("declined", "未接收")],
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择回音：请选择一项。"},
    )
    day = DayField(label="日期", error_messages={"required": "没有填写日期：请填写，例如 2022-9-26。"})
    result = forms.CharField(
        label="结果", required=False, max_length=300, help_text="有结果或者未接收时写明", widget=forms.Textarea(attrs={"rows": 2})
    )


class HandoverFilter(forms.Form):
    """Open hand-overs first; the ended ones on demand."""

    KINDS = [("", "全部"), *Handover.Kind.choices]

    kind = forms.ChoiceField(label="去向", required=False, choices=KINDS)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "未了结"), ("all", "全部"), *Handover.State.choices])

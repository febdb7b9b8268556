from django import forms

from accounts.audit import EVENTS
from accounts.fields import DayField
from accounts.policy import ACTIONS


def action_choices():
    words = {**{name: action.words for name, action in ACTIONS.items()}, **EVENTS}
    return [("", "全部"), *sorted(words.items(), key=lambda pair: pair[0])]


class AuditFilter(forms.Form):
    who = forms.CharField(label="操作人", required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"}))
    action = forms.ChoiceField(label="操作", required=False, choices=action_choices)
    what = forms.CharField(label="对象", required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    since = DayField(label="从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期早于开始日期：请重新选择。")
        return cleaned

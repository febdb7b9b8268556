from django import forms

from accounts.audit import words_of
from accounts.fields import DayField
from accounts.models import AuditEntry


def names_by_words() -> dict[str, list[str]]:
    """What the log holds: the words of each action that occurs, and the names that mean it."""
    found: dict[str, list[str]] = {}
    for name in AuditEntry.objects.actions():
        found.setdefault(words_of(name), []).append(name)
    return found


def action_choices():
    return [("", "全部"), *((names[0], words) for words, names in names_by_words().items())]


class AuditFilter(forms.Form):
    who = forms.CharField(label="操作人", required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"}))
    action = forms.ChoiceField(
        label="操作",
        required=False,
        choices=action_choices,
        error_messages={"invalid_choice": "日志里没有这种操作：请重新选择。"},
    )
    what = forms.CharField(label="对象", required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"}))
    since = DayField(label="从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")

    def facts(self):
        """The conditions for AuditEntry.chosen: of the action all names that have its words."""
        chosen = self.cleaned_data["action"]
        names = next((names for names in names_by_words().values() if chosen in names), ())
        return {**self.cleaned_data, "action": names}

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期早于开始日期：请重新选择。")
        return cleaned

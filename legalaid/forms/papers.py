"""What a person writes into a paper, and how a paper was served or taken back."""

from django import forms

from accounts.fields import DayField
from common import clock
from legalaid.models import CasePaper
from legalaid.rules import papers as rules
from legalaid.rules.paper_facts import PaperFacts

LONG = frozenset({"items", "reason", "ground", "opinion", "decision", "content", "powers"})
DAYS = frozenset({"due_on", "answered_on"})
# Numbered alternatives of the official form.
CHOICES = {
    ("replacement_notice", "decision"): [("", "请选择"), ("1", "1 更换承办人"), ("2", "2 改派单位"), ("3", "3 不予更换")],
}
NOTES = {
    "items": "每行一项",
    "days": "只写数字",
}


class PaperForm(forms.Form):
    """The date of a paper and the facts that its kind asks for; more is never asked."""

    on = DayField(label="文书日期", error_messages={"required": "没有填写文书日期：请填写。"})

    def __init__(self, data=None, *, kind: rules.Kind, facts: PaperFacts, standing: CasePaper | None = None):
        self.kind = kind
        initial = {"on": facts.issued_on or clock.today()} | {name: getattr(facts, name) for name in kind.asks}
        super().__init__(data, initial=initial)
        for name in kind.asks:
            self.fields[name] = self._field(name)
        if standing:
            words = f"{standing}在用：重新制发的原因"
            missing = "没有填写重新制发的原因：请填写，原文书将作废，文号不变。"
            self.fields["again_because"] = forms.CharField(
                label=words, max_length=300, required=kind.is_once, error_messages={"required": missing}
            )

    def _field(self, name):
        words = self.kind.label(name)
        options = {"label": words, "required": False, "help_text": NOTES.get(name, "")}
        if name in DAYS:
            return DayField(label=words, required=False)
        if choices := CHOICES.get((self.kind.code, name)):
            return forms.ChoiceField(choices=choices, **options)
        if name in LONG:
            return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **options)
        return forms.CharField(max_length=100, **options)

    def said(self) -> dict:
        """What was written, by the names of the facts."""
        return {name: self.cleaned_data[name] for name in self.kind.asks if self.cleaned_data.get(name)}


class ServeForm(forms.Form):
    served_on = DayField(label="送达日期", error_messages={"required": "没有填写送达日期：请填写。"})
    served_how = forms.ChoiceField(
        label="送达方式", choices=CasePaper.Way.choices, error_messages={"required": "没有选择送达方式：请选择。"}
    )
    served_to = forms.CharField(label="签收人", max_length=50, required=False, help_text="代收、留置的，写代收人、见证人")
    receipt = forms.FileField(label="送达回证、邮件回执", required=False, help_text="PDF、照片，5 MB 以内；没有可以以后补")


class VoidForm(forms.Form):
    reason = forms.CharField(
        label="作废原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "没有填写作废原因：请说明为什么作废。"},
    )


class PrefixForm(forms.Form):
    prefix = forms.CharField(label="文号代字", max_length=10, error_messages={"required": "没有填写文号代字：请填写，如“泽援”。"})
    since = DayField(label="起用日期", error_messages={"required": "没有填写起用日期：请填写。"})

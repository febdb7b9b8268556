"""What a person types about a report."""

from django import forms

from performance.models import Report
from performance.rules.kinds import KINDS

PERIOD_HELP = "月报写 2022-03，季度写 2022Q1，上半年写 2022H1，全年写 2022，专报写事发日期 2022-03-08"


class DraftForm(forms.Form):
    """Which report to draft. A subject for an urgent one, a reason for a new version of an issued one."""

    kind = forms.ChoiceField(label="种类", choices=Report.Kind.choices)
    period = forms.CharField(
        label="时期", max_length=20, help_text=PERIOD_HELP, error_messages={"required": f"没有填写时期：{PERIOD_HELP}。"}
    )
    subject = forms.CharField(label="事由", required=False, max_length=60, help_text="只有专报要填：写一句话，不写群众姓名")
    reason = forms.CharField(
        label="重新编制的原因",
        required=False,
        max_length=300,
        help_text="同一份报告已经签发、现在要改时填写；原来的一份保留，标为“已被新版替代”",
        widget=forms.Textarea({"rows": 2}),
    )


class TextsForm(forms.Form):
    """One field for each section that a person writes."""

    def __init__(self, data=None, *, report: Report):
        super().__init__(data)
        for section in KINDS[report.kind].sections:
            self.fields[section.key] = forms.CharField(
                label=section.heading,
                required=False,
                max_length=3000,
                initial=report.texts.get(section.key, ""),
                help_text=section.hint,
                widget=forms.Textarea({"rows": 4}),
                error_messages={"max_length": f"“{section.heading}”超过 3,000 字：请精简后再保存。"},
            )

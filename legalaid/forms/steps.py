"""What is said with a step: its day, the reason, and what this step alone asks for. One table, one form."""

from collections.abc import Callable
from datetime import timedelta

from django import forms

from accounts.fields import DayField
from common import clock
from legalaid.models import AidCase
from legalaid.rules.guards import PRE_AID_GROUNDS, CaseFacts, possible_modes
from legalaid.rules.matters import APPLICATION_MATTERS
from legalaid.rules.procedure import STEPS, Step

REDIRECT_GROUNDS = {
    "litigation": "诉讼案件：办案机关所在地的法律援助机构",
    "non_litigation": "非诉讼案件：争议处理机关所在地或者事由发生地的法律援助机构",
    "other": "其他不属于本机构管辖的情形",
}


class ItemsField(forms.CharField):
    """One item a line; cleaned to a list."""

    def __init__(self, **options):
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(max_length=2000, **options)

    def clean(self, value):
        return [line.strip()[:200] for line in super().clean(value).splitlines() if line.strip()]


def choice(label, choices, *, required=True, **options):
    words = options.pop("words", f"没有选择{label}：请选择。")
    return forms.ChoiceField(
        label=label, choices=[("", "请选择"), *choices], required=required, error_messages={"required": words}, **options
    )


def text(label, *, required=True, rows=0, limit=300, **options):
    widget = forms.Textarea(attrs={"rows": rows}) if rows else None
    extra = {"widget": widget} if widget else {}
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        error_messages={"required": f"没有填写{label}：请填写。"},
        **extra,
        **options,
    )


def tick(label, **options):
    return forms.BooleanField(label=label, required=False, **options)


def day(label, **options):
    return DayField(label=label, error_messages={"required": f"没有填写{label}：请填写，例如 2022-9-26。"}, **options)


def default_supplement_day():
    return clock.today() + timedelta(days=15)


# --- fields of single steps, by the name under which the guards and the event know them -------------------------------


def ask_supplement(case):
    return {
        "items": ItemsField(label="需要补充的材料和说明", help_text="每行一项；只能告知一次，请一次列全", required=False),
        "due_on": day("补正截止日期", required=False, has_today=False, initial=default_supplement_day, help_text="由本机构确定；过了这一天仍未补正的，视为撤回申请"),
    }  # fmt: skip


def supply(case):
    return {"items": ItemsField(label="收到的材料", help_text="每行一项", required=False)}


def redirect_away(case):
    return {
        "ground": choice("管辖理由", REDIRECT_GROUNDS.items(), required=False),
        "agency": text("有管辖权的法律援助机构", required=False, limit=100, help_text="例如 高平市法律援助中心"),
    }


def cooperate(case):
    return {
        "agency": text("请求协作的机构", required=False, limit=100),
        "items": ItemsField(label="请求核查的事项", help_text="每行一项", required=False),
    }


def review_facts(case):
    modes = possible_modes_of(case)
    return {
        "matter": choice("援助事项", [(code, AidCase.Matter(code).label) for code in matters_of(case)], required=False, initial=case.matter),
        "hardship": choice(
            "经济困难审查", AidCase.Hardship.choices, required=False, initial=case.hardship, help_text=f"按本案事项和群体可以是：{modes}"
        ),
        "hardship_ground": text("属于哪种情形", required=False, limit=200, initial=case.hardship_ground, help_text="选择免予核查、不受限制时填写"),
    }  # fmt: skip


def matters_of(case):
    return AidCase.Matter.values if case.is_notified else APPLICATION_MATTERS


def possible_modes_of(case):
    facts = CaseFacts(state=case.state, source=case.source, matter=case.matter, groups=tuple(case.groups))
    return "、".join(AidCase.Hardship(mode).label for mode in possible_modes(facts))


def grant(case):
    return review_facts(case)


def grant_pre_aid(case):
    return {
        "matter": review_facts(case)["matter"],
        "ground": choice("先行援助的情形", PRE_AID_GROUNDS.items(), required=False),
        "limit_ends_on": day("时效、期限届满日期", required=False, help_text="选第一种情形时填写；不足七日才可以先行援助"),
        "papers_due_on": day(
            "补办手续截止日期",
            required=False,
            has_today=False,
            initial=default_supplement_day,
            help_text="到期没有补办的，可以终止援助",
        ),
    }


def refuse(case):
    return {
        "refusal_ground": choice("不予援助的理由", AidCase.RefusalGround.choices, required=False),
        "tells_objection": tick("决定书已写明理由和异议途径（收到之日起向司法局提出，法律援助法49条）"),
    }


def terminate(case):
    fields = {
        "grounds": forms.MultipleChoiceField(
            label="终止的理由（法律援助法48条）",
            choices=AidCase.TerminationGround.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        ),
        "tells_objection": tick("决定书已写明理由和异议途径（收到之日起向司法局提出，法律援助法49条）"),
    }
    if case.state == "client_refused":
        fields["organ_answered_on"] = day("办案机关答复日期", required=False)
    return fields


def return_notice(case):
    return redirect_away(case)


def ask_organ(case):
    return {"items": ItemsField(label="需要补送的材料", help_text="每行一项", required=False)}


def decline(case):
    return {"organ_told_on": day("书面告知办案机关的日期", required=False, help_text="应当通知辩护的案件必须填写")}


def consent_after_all(case):
    return {"organ_answered_on": day("办案机关答复日期", required=False)}


FIELDS: dict[str, Callable] = {
    "ask_supplement": ask_supplement,
    "supply": supply,
    "redirect": redirect_away,
    "cooperate": cooperate,
    "grant": grant,
    "complete_pre_aid": review_facts,
    "grant_pre_aid": grant_pre_aid,
    "refuse": refuse,
    "terminate": terminate,
    "return_notice": return_notice,
    "ask_organ": ask_organ,
    "decline": decline,
    "consent_after_all": consent_after_all,
}
# What of it is kept as a column of the case; the rest stays with the event.
COLUMNS = frozenset({"matter", "hardship", "hardship_ground", "refusal_ground"})
REASON_WORDS = {
    "withdraw": "撤回的原因和方式",
    "refuse": "不予援助的具体理由",
    "terminate": "终止的事实和理由",
    "decline": "本人拒绝的原因",
    "return_notice": "函告的内容",
    "resume_review": "协作核查的结果",
    "review": "审查意见",
}
DANGEROUS = frozenset({"refuse", "terminate", "withdraw", "redirect", "return_notice", "deem_withdrawn", "decline"})
# Steps whose facts have pages of their own: nobody takes them by this form.
ELSEWHERE = frozenset(
    {
        "receive", "dismiss", "assign", "accept_assignment", "decline_assignment", "request_replacement", "keep_undertaker", "replace",
        "conclude", "submit_file", "return_file", "accept_file", "archive", "submit_terminated", "archive_terminated",
        "verify_quality", "fail_quality", "revoke_quality",
    }
)  # fmt: skip


class StepForm(forms.Form):
    """One step of one case. What is lacking is told by the guards, so that page and service say the same words."""

    day = DayField(label="日期", error_messages={"required": "没有填写日期：请填写，例如 2022-9-26。"})
    reason = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, step: Step, case: AidCase, known=(), **options):
        """`known`: lines that stand in the list of items before anybody writes."""
        options.setdefault("initial", {"day": clock.today(), "version": case.version})
        super().__init__(*args, **options)
        self.step = step
        extra = FIELDS.get(step.code, lambda case: {})(case)
        self.fields.update(extra)
        if known and "items" in extra:
            self.fields["items"].initial = "\n".join(known)
            self.fields["items"].widget.attrs["rows"] = max(4, len(known) + 1)
        self.fields["reason"].label = REASON_WORDS.get(step.code, "说明")
        self.order_fields(["day", *extra, "reason", "version"])

    def said(self) -> dict:
        """What `take_step` wants: the day, the reason, the facts and the columns."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("day", "reason", "version")}
        columns = {name: values.pop(name) for name in list(values) if name in COLUMNS}
        if self.step.code == "terminate" and values.get("grounds"):
            columns["termination_ground"] = values["grounds"][0]
        if self.step.code == "grant_pre_aid":
            columns["is_pre_aid"] = True
        facts = {name: value for name, value in values.items() if value not in (None, "", [])}
        return {"day": self.cleaned_data["day"], "reason": self.cleaned_data["reason"], "facts": facts, **columns}

    def add_lacks(self, refused):
        """What the service refused, each thing at its field."""
        for lack in getattr(refused, "lacks", ()):
            self.add_error(lack.field if lack.field in self.fields else None, lack.words)
        if not getattr(refused, "lacks", ()):
            self.add_error(refused.field if refused.field in self.fields else None, str(refused))


class TakeBackForm(forms.Form):
    reason = forms.CharField(label="撤回的原因", max_length=300, error_messages={"required": "没有写明撤回的原因：请填写。"})
    version = forms.IntegerField(widget=forms.HiddenInput)


def is_plain(code: str) -> bool:
    """Whether the step is taken by the form above."""
    return code in STEPS and code not in ELSEWHERE and STEPS[code].since != ("",)

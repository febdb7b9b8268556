"""Closing a case: how it ended, what the review found, where the file is kept; and what was told, watched and asked."""

from django import forms

from accounts.fields import AmountField, DayField
from common import clock
from legalaid.models import AidCase, Supervision
from legalaid.rules.conclusion import conclusion_for
from legalaid.services import closing, supervising


class ConcludeForm(forms.Form):
    """By which event the case ended, on what day, with what result."""

    event = forms.ChoiceField(
        label="结案情形", widget=forms.RadioSelect, error_messages={"required": "没有选择结案情形：请选择。"}
    )
    day = DayField(label="结案日期")
    document_no = forms.CharField(
        label="文书号",
        required=False,
        max_length=100,
        help_text="例如（2022）晋0525民初123号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    result = forms.ChoiceField(label="办理结果", required=False)
    amount_recovered = AmountField(label="挽回损失", required=False, help_text="单位：元；没有金额的留空")
    is_opinion_adopted = forms.TypedChoiceField(
        label="意见被采纳",
        required=False,
        choices=[("", "未说明"), ("yes", "采纳或者部分采纳"), ("no", "没有采纳")],
        coerce=lambda value: {"yes": True, "no": False}.get(value),
        empty_value=None,
    )
    remark = forms.CharField(label="办理情况小结", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, case, **options):
        super().__init__(*args, **options)
        self.rule = conclusion_for(case.type, case.stage)
        self.fields["event"].choices = [(each.code, each.words) for each in self.rule.events]
        helps: dict[str, list[str]] = {}
        for each in self.rule.events:
            helps.setdefault(each.help, []).append(each.words)
        one = len(helps) == 1
        self.fields["day"].help_text = "；".join(help if one else f"{'、'.join(words)}：{help}" for help, words in helps.items())
        possible = {result for each in self.rule.events for result in each.results}
        self.fields["result"].choices = [("", "请选择"), *(row for row in AidCase.Result.choices if row[0] in possible)]
        if not possible:
            del self.fields["result"]
        if case.type in ("criminal_defence",):
            del self.fields["amount_recovered"]


class FileReviewForm(forms.Form):
    """The file is in order, or goes back with a list."""

    ACCEPT, RETURN = "accept", "return"
    verdict = forms.ChoiceField(
        label="审查结论",
        choices=[(ACCEPT, "合格"), (RETURN, "退回补正")],
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择审查结论：请选择。"},
    )
    defects = forms.CharField(
        label="需要补正的问题",
        required=False,
        max_length=1000,
        help_text="退回时填写，每行一项",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    day = DayField(label="审查日期")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["day"].initial = clock.today()


class ArchiveForm(forms.Form):
    day = DayField(label="归档日期")
    retention = forms.ChoiceField(label="保管期限", error_messages={"required": "没有选择保管期限：请选择。"})
    location = forms.CharField(
        label="存放位置",
        max_length=100,
        help_text="例如：3 号柜 2 层",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "没有填写存放位置：请填写，例如“3 号柜 2 层”。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, case, **options):
        super().__init__(*args, **options)
        self.fields["day"].initial = clock.today()
        self.fields["retention"].choices = [(each, each) for each in closing.retentions()[1]]
        self.fields["retention"].initial = closing.proposed_retention(case)


class HandInForm(forms.Form):
    day = DayField(label="交卷日期")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["day"].initial = clock.today()


class SupervisionForm(forms.Form):
    """What the recipient was told, or what was seen in the middle of a case."""

    way = forms.ChoiceField(label="方式", widget=forms.RadioSelect, error_messages={"required": "没有选择方式：请选择。"})
    day = DayField(label="日期")
    person = forms.CharField(label="对象", required=False, max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    content = forms.CharField(
        label="内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "没有填写内容：请填写。"},
    )

    WAYS = {
        "pre_notice": ("in_person", "phone", "other"),
        "mid_supervision": ("court", "file", "organ", "in_person", "phone", "other"),
        "post_visit": ("in_person", "phone", "other"),
    }
    HELP = {
        "pre_notice": "告知：法律援助免费、承办人姓名和单位、受援人的权利义务、投诉和更换的途径",
        "mid_supervision": "旁听庭审、查阅案卷、征询办案机关、询问受援人的情况和发现的问题",
        "post_visit": "受援人的意见建议；联系不上的，写明几次、用什么方式联系",
    }

    def __init__(self, *args, kind, case, **options):
        super().__init__(*args, **options)
        words = dict(Supervision.Way.choices)
        self.fields["way"].choices = [(way, words[way]) for way in self.WAYS[kind]]
        self.fields["content"].help_text = self.HELP[kind]
        self.fields["day"].initial = clock.today()
        if kind != "mid_supervision":
            self.fields["person"].initial = case.recipient

    @property
    def answers(self):
        return {}


class FollowUpForm(SupervisionForm):
    """The script of five questions, and how satisfied she is."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        content = self.fields.pop("content")
        for each in supervising.questions():
            self.fields[f"answer_{each.code}"] = forms.ChoiceField(
                label=each.words, required=False, choices=list(supervising.ANSWERS.items()), widget=forms.RadioSelect
            )
        self.fields["satisfaction"] = forms.ChoiceField(
            label="满意度",
            choices=Supervision.Satisfaction.choices,
            widget=forms.RadioSelect,
            error_messages={"required": "没有选择满意度：请选择；联系不上、不愿评价的也有选项。"},
        )
        self.fields["content"] = content

    @property
    def answers(self):
        return {each.code: self.cleaned_data.get(f"answer_{each.code}", "") for each in supervising.questions()}

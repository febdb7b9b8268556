"""How one looks for cases, and what one says to see a number in full."""

from django import forms

from accounts.models import User
from accounts.policy import Role
from legalaid.models import AidCase
from organizations.scope import counties_of

ANY = [("", "全部")]
SHOWN_BASES = [choice for choice in AidCase.Basis.choices if choice[0] != AidCase.Basis.NOT_LISTED]


class CaseFilter(forms.Form):
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "title": "案号、受援人、拼音首字母或者身份证后四位"}),
    )
    state = forms.ChoiceField(label="状态", required=False)
    type = forms.ChoiceField(label="案件类型", required=False, choices=[*ANY, *AidCase.Type.choices])
    group = forms.ChoiceField(label="群体", required=False, choices=[*ANY, *AidCase.Group.choices])
    basis = forms.ChoiceField(label="依据", required=False, choices=[*ANY, *SHOWN_BASES, ("not_listed", "未列")])
    source = forms.ChoiceField(label="来源", required=False, choices=[*ANY, *AidCase.Source.choices])
    handler = forms.ModelChoiceField(label="经办人", required=False, queryset=User.objects.none(), empty_label="全部")
    undertaker = forms.CharField(label="承办人", required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"}))
    year = forms.TypedChoiceField(label="收案年度", required=False, coerce=int, empty_value=None)

    # What the states are called together; a filter by one of them is a set of states.
    SPANS = (
        ("active", "在办（未结案）"),
        ("closing", "已结案、未归档"),
        ("ended", "已归档或者终结"),
    )

    def __init__(self, *args, user, years, **options):
        super().__init__(*args, **options)
        self.fields["state"].choices = [*ANY, ("合并", list(self.SPANS)), ("状态", list(AidCase.State.choices))]
        self.fields["year"].choices = [*ANY, *((year, f"{year}年") for year in years)]
        staff = User.objects.filter(posts__role__in=[Role.CENTRE, Role.DIRECTOR], posts__region__in=counties_of(user))
        self.fields["handler"].queryset = staff.distinct()


class RevealForm(forms.Form):
    what = forms.ChoiceField(
        label="查看内容", widget=forms.RadioSelect, error_messages={"required": "没有选择要查看的内容：请选择。"}
    )
    reason = forms.CharField(
        label="查看理由",
        max_length=200,
        error_messages={"required": "没有填写查看理由：请写明办什么事。"},
        help_text="写入审计日志",
    )

    def __init__(self, *args, choices, **options):
        super().__init__(*args, **options)
        self.fields["what"].choices = choices
        if len(choices) == 1:
            self.initial["what"] = choices[0][0]

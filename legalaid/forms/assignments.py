"""What the centre chooses and says when it names or changes an undertaker, and what people are good at."""

from django import forms

from accounts.fields import DayField
from common import clock
from legalaid.models import Specialty
from legalaid.services.assigning import GROUNDS


class AssignForm(forms.Form):
    """Who undertakes it from which day, and why she rather than the first of the list."""

    lawyer = forms.TypedChoiceField(
        label="承办人",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择承办人：请选择一位。", "invalid_choice": "没有这位承办人：请重新选择。"},
    )
    day = DayField(label="指派日期")
    reason = forms.CharField(
        label="指派理由",
        required=False,
        max_length=200,
        help_text="选推荐第一名的可以不写",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_checked = forms.BooleanField(label="已核实同名等提示，没有利益冲突", required=False)
    with_papers = forms.BooleanField(label="同时制发指派通知书、法律援助公函", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, ranking, **options):
        super().__init__(*args, **options)
        people = [each for each in (*ranking.suitable, *ranking.others) if not each.obstacles]
        self.fields["lawyer"].choices = [(each.candidate.key, each.candidate.name) for each in people]
        self.fields["day"].initial = clock.today()


class ReplaceForm(AssignForm):
    """Another undertaker: on which ground, besides."""

    ground = forms.ChoiceField(
        label="更换理由",
        choices=list(GROUNDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择更换理由：请选择。"},
    )
    end_reason = forms.CharField(label="具体情况", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["day"].label = "更换日期"
        self.fields["with_papers"].label = "同时制发指派通知书"


class KeepForm(forms.Form):
    """The centre's no to a replacement."""

    reason = forms.CharField(
        label="不予更换的理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "没有写明不予更换的理由：请填写。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReplacementForm(forms.Form):
    """Asking for another undertaker."""

    day = DayField(label="申请日期")
    asked_by = forms.CharField(label="申请人", max_length=50, help_text="受援人或者承办人的姓名", widget=forms.TextInput(attrs={"autocomplete": "off"}), error_messages={"required": "没有填写申请人：请填写。"})  # fmt: skip
    ground = forms.ChoiceField(
        label="理由",
        choices=[choice for choice in GROUNDS.items() if choice[0] != "declined"],
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择申请更换的理由：请选择。"},
    )
    reason = forms.CharField(
        label="具体情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "没有写明申请更换的具体情况：请填写。"},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["day"].initial = clock.today()


class SpecialtyForm(forms.Form):
    """Each field with the day from which the practice counts; empty is no specialty."""

    def __init__(self, *args, known, **options):
        super().__init__(*args, **options)
        for code, words in Specialty.Field.choices:
            self.fields[f"since_{code}"] = DayField(
                label=words, required=False, initial=known.get(code), help_text="从哪天起从事，例如 2019-3-1；没有的留空"
            )

    @property
    def since(self):
        return {code: self.cleaned_data.get(f"since_{code}") for code in Specialty.Field.values}

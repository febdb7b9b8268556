"""What people choose and type about follow-up calls."""

from django import forms

from accounts.fields import DayField, MonthField
from consultations.forms.attendance import StationChoice, stations_for
from consultations.models import FollowUp, FollowUpTry
from consultations.rules.followups import PERCENT
from consultations.services.followups import LONGEST_OPINION, script
from organizations.models import Station


class FollowUpFilter(forms.Form):
    month = MonthField(label="咨询月份", required=False, help_text="")
    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    state = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *FollowUp.State.choices])

    since = DayField(label="回访日期从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user)


class DrawForm(forms.Form):
    """A month that is over. Share and seed may be left as they are."""

    month = MonthField(label="月份", error_messages={"required": "没有选择月份：请填写，例如 2022-08。"})
    percent = forms.IntegerField(
        label="抽取比例（%）",
        min_value=PERCENT,
        max_value=100,
        initial=PERCENT,
        help_text=f"不低于 {PERCENT}；每个站点至少 1 人次",
        error_messages={
            "required": f"没有填写抽取比例：请填写 {PERCENT} 到 100 的整数。",
            "invalid": f"抽取比例应是整数：请填写 {PERCENT} 到 100。",
            "min_value": f"抽取比例不能低于 {PERCENT}%。",
            "max_value": "抽取比例不能超过 100%。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    seed = forms.CharField(
        label="种子",
        required=False,
        max_length=40,
        help_text="不填由系统随机产生；也可以当众摇号填写",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TryForm(forms.Form):
    result = forms.ChoiceField(
        label="拨打结果",
        choices=FollowUpTry.Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择拨打结果：请选择。", "invalid_choice": "没有选择拨打结果：请选择。"},
    )
    note = forms.CharField(label="说明", required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class AnswersForm(forms.Form):
    """The script's questions, each with its own words for yes and no."""

    way = forms.ChoiceField(
        label="回访方式", choices=FollowUp.Way.choices, initial=FollowUp.Way.PHONE, widget=forms.RadioSelect,
        error_messages={"required": "没有选择回访方式：请选择。"},
    )  # fmt: skip
    day = DayField(label="回访日期", error_messages={"required": "没有填写回访日期：请填写，例如 2022-9-26。"})

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for number, question in enumerate(script().questions, 1):
            self.fields[f"answer_{question.code}"] = forms.ChoiceField(
                label=f"{number}. {question.words}",
                choices=question.choices,
                widget=forms.RadioSelect,
                error_messages={"required": f"第 {number} 问没有记录回答：请选择。"},
            )
        self.fields["satisfaction"] = forms.ChoiceField(
            label="总的来说，您对这次咨询满意吗？",
            choices=FollowUp.Satisfaction.choices,
            widget=forms.RadioSelect,
            error_messages={"required": "没有选择满意度：请选择；不愿评价的也有选项。"},
        )
        self.fields["opinion"] = forms.CharField(
            label="意见和建议", required=False, help_text="照原话记；不要写身份证号", widget=forms.Textarea(attrs={"rows": 3})
        )

    def clean_opinion(self):
        opinion = self.cleaned_data["opinion"]
        if len(opinion) > LONGEST_OPINION:
            raise forms.ValidationError(f"意见有 {len(opinion)} 个字，最多 {LONGEST_OPINION} 个字：请写短一些。")
        return opinion

    def values(self):
        """As the service takes them."""
        cleaned = self.cleaned_data
        answers = {each.code: cleaned[f"answer_{each.code}"] for each in script().questions}
        return {name: cleaned[name] for name in ("way", "day", "satisfaction", "opinion")} | {"answers": answers}

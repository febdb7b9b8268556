"""What people choose and type about ratings: the citizen's four words, the code, handing a screen over, looking for ratings."""

from django import forms

from accounts.fields import DayField
from common import clock
from common.periods import Quarter, YearMonth
from consultations.forms.attendance import StationChoice, stations_for
from consultations.models import Consultation, Rating
from consultations.rules.ratings import LONGEST_WORDS, digits_of
from organizations.models import Station


class RatingForm(forms.Form):
    """The four words of the contract, and room for more. What was typed stays, however much it was."""

    word = forms.ChoiceField(
        label="您对这次法律咨询满意吗？",
        choices=Consultation.Rating.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "还没有选满意度：请在四个里选一个。",
            "invalid_choice": "还没有选满意度：请在四个里选一个。",
        },
    )
    words = forms.CharField(
        label="还想说的话（可以不写）",
        required=False,
        help_text="不用写姓名、电话和证件号码",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def clean_words(self):
        words = self.cleaned_data["words"]
        if len(words) > LONGEST_WORDS:
            raise forms.ValidationError(f"意见有 {len(words)} 个字，最多 {LONGEST_WORDS} 个字：请写短一些。")
        return words


class CodeForm(forms.Form):
    code = forms.CharField(
        label="评价码",
        max_length=100,
        help_text="评价单上的 8 位数字，例如 1234 5678",
        error_messages={"required": "没有填写评价码：请填写评价单上的 8 位数字。", "max_length": "评价码只有 8 位数字：请核对。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self):
        code = digits_of(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError("评价码是数字：请填写评价单上的 8 位数字。")
        return code


class PinForm(forms.Form):
    """Four digits that the clerk chooses when she hands the tablet over, and types to get it back."""

    pin = forms.CharField(
        label="交还口令",
        min_length=4,
        max_length=8,
        help_text="4 到 8 位数字，不让别人看见",
        error_messages={
            "required": "没有填写交还口令：请填写 4 到 8 位数字。",
            "min_length": "交还口令少于 4 位：请填写 4 到 8 位数字。",
            "max_length": "交还口令多于 8 位：请填写 4 到 8 位数字。",
        },
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_pin(self):
        pin = self.cleaned_data["pin"]
        if not (pin.isascii() and pin.isdigit()):
            raise forms.ValidationError("交还口令只能是数字：请填写 4 到 8 位数字。")
        return pin


class RatingFilter(forms.Form):
    CHECKS = [("", "全部"), ("open", "待核实"), ("upheld", "属实"), ("dropped", "不属实")]

    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    since = DayField(label="从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")
    word = forms.ChoiceField(label="评价", required=False, choices=[("", "全部"), *Consultation.Rating.choices])
    way = forms.ChoiceField(label="方式", required=False, choices=[("", "全部"), *Rating.Way.choices])
    check = forms.ChoiceField(label="核实", required=False, choices=CHECKS)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user)

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期早于开始日期：请重新选择。")
        return cleaned


class PeriodFilter(forms.Form):
    """A year, a quarter or a month of this year or the last."""

    period = forms.ChoiceField(label="时间", required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["period"].choices = list(self.choices())

    @staticmethod
    def choices():
        today = clock.today()
        for year in (today.year, today.year - 1):
            yield str(year), f"{year}年"
            quarters = [Quarter(year, number) for number in (4, 3, 2, 1)]
            yield from ((str(each), each.label) for each in quarters if each.first <= today)
            months = [YearMonth(year, number) for number in range(12, 0, -1)]
            yield from ((str(each), each.label) for each in months if each.first <= today)

    def span(self):
        """First day, last day and name of what was chosen; the current year without a choice."""
        chosen = self.cleaned_data.get("period") if self.is_valid() else ""
        year = clock.today().year
        if chosen and "Q" in chosen:
            quarter = Quarter.parse(chosen)
            return quarter.first, quarter.last, quarter.label
        if chosen and "-" in chosen:
            month = YearMonth.parse(chosen)
            return month.first, month.last, month.label
        year = int(chosen) if chosen else year
        return YearMonth(year, 1).first, YearMonth(year, 12).last, f"{year}年"

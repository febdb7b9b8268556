"""When people cannot be on duty and when they would like to; whom they ask to take a shift."""

from crispy_forms.layout import Div
from django import forms

from accounts.fields import DayField
from consultations.forms.rosters import WEEKDAYS, PersonField, _helper, _row
from organizations.models import Practitioner


class LeaveForm(forms.Form):
    """Days on which somebody cannot be on duty; `people` where the planners enter it for others."""

    practitioner = PersonField()
    since = DayField(label="从哪天", error_messages={"required": "没有填写开始日期：请填写。"})
    until = DayField(label="到哪天", required=False, help_text="只请一天可以空着")
    reason = forms.CharField(
        label="原因",
        required=False,
        max_length=100,
        help_text="可以不写；只有本人和业务股看得到",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, people=None, **options):
        super().__init__(*args, **options)
        if people is None:
            del self.fields["practitioner"]
        else:
            self.fields["practitioner"].offer(people)
        fields = (*(["practitioner"] if people is not None else []), _row("since", "until"), "reason")
        self.helper = _helper(("登记请假", fields))

    def values(self):
        data = dict(self.cleaned_data)
        data["until"] = data["until"] or data["since"]
        if "practitioner" in data:
            data["practitioner"] = Practitioner.objects.get(pk=data["practitioner"])
        return data


class WishForm(forms.Form):
    """What somebody would like, by weekday."""

    liked = forms.TypedMultipleChoiceField(
        label="方便的星期", choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    avoided = forms.TypedMultipleChoiceField(
        label="尽量不排的星期", choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    most = forms.IntegerField(
        label="每月最多几班",
        required=False,
        min_value=1,
        max_value=31,
        help_text="空着不限；排班时不会超过",
        error_messages={"invalid": "请填 1 至 31 的整数。", "min_value": "至少 1 班。", "max_value": "最多 31 班。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "2"}),
    )
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=100,
        help_text="例如 周三开庭多",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.helper = _helper(("排班意愿", (Div("liked", css_class="ticks days"), Div("avoided", css_class="ticks days"), "most", "note")))


class OfferForm(forms.Form):
    """Ask a colleague, or all, to take a shift."""

    to = PersonField(label="请谁接", required=False)
    wants_return = forms.TypedChoiceField(
        label="怎么换",
        choices=[("", "替班：请人替我值"), ("1", "换班：拿对方一个班次来换")],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        error_messages={"required": "没有写原因：请写明为什么要换。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, candidates, **options):
        super().__init__(*args, **options)
        self.fields["to"].offer_ranked(candidates, empty="大家（谁能来都可以）")
        self.helper = _helper(("请人接班", ("to", "wants_return", "reason")))

    def values(self):
        data = dict(self.cleaned_data)
        data["to"] = Practitioner.objects.get(pk=data["to"]) if data["to"] else None
        return data


class TakeForm(forms.Form):
    """What the taker gives in return, where that was wanted."""

    in_return = forms.ChoiceField(
        label="拿来换的班次",
        error_messages={"required": "没有选择班次：请选择。", "invalid_choice": "没有这个班次：请重新选择。"},
    )

    def __init__(self, *args, shifts=None, **options):
        super().__init__(*args, **options)
        self.shifts = {str(each.pk): each for each in shifts or ()}
        if shifts is None:
            del self.fields["in_return"]
        else:
            named = ((pk, f"{each.day.month}月{each.day.day}日 {each.station.short_name}") for pk, each in self.shifts.items())
            self.fields["in_return"].choices = [("", "请选择"), *named]

    def chosen(self):
        return self.shifts.get(self.cleaned_data.get("in_return"))


class TakeOverForm(forms.Form):
    """Which stations' part of a proposal goes into the roster."""

    stations = forms.MultipleChoiceField(
        label="站点", error_messages={"required": "没有选择站点：请至少选一个。", "invalid_choice": "没有这个站点：请重新选择。"}
    )

    def __init__(self, *args, stations, **options):
        super().__init__(*args, **options)
        self.fields["stations"].choices = [(str(each.pk), each.short_name) for each in stations]

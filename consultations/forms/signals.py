"""What people choose and type about signals."""

from django import forms

from accounts.fields import DayField
from consultations.forms.attendance import StationChoice, stations_for
from consultations.forms.findings import ShiftChoice
from consultations.models import Finding, Shift, Signal
from consultations.rules.findings import NOT_REPORTED_BY_HAND
from organizations.models import Station


class SignalFilter(forms.Form):
    STATES = [("", "没有处理的"), ("all", "全部"), *Signal.State.choices]

    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Signal._meta.get_field("kind").choices])
    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    since = DayField(label="日期从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user)

    def chosen(self, rows):
        values = self.cleaned_data if self.is_valid() else {}
        state = values.get("state")
        if not state:
            rows = rows.unsettled()
        elif state != "all":
            rows = rows.filter(state=state)
        for name, lookup in (("kind", "kind"), ("station", "station"), ("since", "day__gte"), ("until", "day__lte")):
            if values.get(name):
                rows = rows.filter(**{lookup: values[name]})
        return rows


class DatedShiftChoice(ShiftChoice):
    def label_from_instance(self, shift):
        return f"{shift.day:%m-%d} {super().label_from_instance(shift)}"


class FoundForm(forms.Form):
    """The check found something: about which shift, what, on what evidence."""

    shift = DatedShiftChoice(
        label="班次",
        queryset=Shift.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有选择班次：请选择。", "invalid_choice": "这个班次与提示无关：请重新选择。"},
    )
    kind = forms.ChoiceField(
        label="情形",
        choices=[("", "请选择"), *(each for each in Finding.Kind.choices if each[0] not in NOT_REPORTED_BY_HAND)],
        error_messages={"required": "没有选择情形：请选择。"},
    )
    consultation_no = forms.CharField(
        label="咨询登记编号",
        required=False,
        max_length=60,
        help_text="记录不规范、不满意必须填写",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    remark = forms.CharField(
        label="核查到的事实",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "没有写明情况：请写明核查到的事实。"},
    )

    def __init__(self, *args, shifts, **options):
        super().__init__(*args, **options)
        self.fields["shift"].queryset = shifts.select_related("station", "practitioner")

"""What people choose and type about attendance: filters, past days, ways out."""

from django import forms

from accounts.fields import ClockField, MonthField
from common import clock
from common.periods import YearMonth
from consultations.models import Settlement
from consultations.services.shift_facts import STATES
from organizations.models import Station


def stations_for(user, *, own_shifts=False):
    """The stations a filter offers this reader."""
    stations = Station.objects.visible_to(user)
    if own_shifts:
        stations = stations | Station.objects.filter(shifts__practitioner__user=user)
    return stations.distinct().order_by("order", "name")


class StationChoice(forms.ModelChoiceField):
    default_error_messages = {"invalid_choice": "这个站点不在您的范围内：请重新选择。"}

    def label_from_instance(self, station):
        return station.short_name


class AttendanceFilter(forms.Form):
    month = MonthField(label="月份", help_text="")
    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES.items()])
    person = forms.CharField(label="值班人员", required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, data, *, user):
        data = data.copy()
        if not data.get("month", "").strip():
            data["month"] = str(YearMonth.of(clock.today()))
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user, own_shifts=True)

    def chosen(self):
        """The conditions; nonsense in one of them falls back to this month and everything."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return {**values, "month": values.get("month") or YearMonth.of(clock.today())}


REASON_MISSING = "没有写理由：请写明情况和依据，例如纸质签到表、证明人。"


class SettlementForm(forms.Form):
    """How one shift is to be settled. Times are asked of 补登时间 only."""

    kind = forms.ChoiceField(
        label="处理方式",
        choices=Settlement.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择处理方式：请选择一种。", "invalid_choice": "没有这种处理方式：请重新选择。"},
    )
    sign_in = ClockField(label="签到时间", required=False, help_text="补登时间时填写，例如 8:55")
    sign_out = ClockField(label="签退时间", required=False, help_text="补登时间时填写，例如 13:00")
    reason = forms.CharField(
        label="理由",
        max_length=200,
        error_messages={"required": REASON_MISSING, "max_length": "理由太长：最多 200 个字。"},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明情况和依据，另一人据此确认",
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == Settlement.Kind.TIMES:
            for name, word in (("sign_in", "签到"), ("sign_out", "签退")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"没有填写{word}时间：补登要同时写明签到和签退时间。")
        return cleaned


class SettleManyForm(forms.Form):
    """The same way out for many shifts; times differ from shift to shift, so they are entered one by one."""

    shifts = forms.MultipleChoiceField(label="班次", error_messages={"required": "没有选择班次：请至少勾选一个。"})
    kind = forms.ChoiceField(
        label="处理方式",
        choices=[("", "请选择"), *(choice for choice in Settlement.Kind.choices if choice[0] != Settlement.Kind.TIMES)],
        error_messages={"required": "没有选择处理方式：请选择一种。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=200,
        error_messages={"required": REASON_MISSING},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, shift_ids=(), **options):
        super().__init__(*args, **options)
        self.fields["shifts"].choices = [(str(pk), str(pk)) for pk in shift_ids]


class DecideManyForm(forms.Form):
    settlements = forms.MultipleChoiceField(label="处理", error_messages={"required": "没有选择：请至少勾选一条。"})
    decision = forms.CharField(
        label="意见",
        required=False,
        max_length=200,
        help_text="不确认时必须写明",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, ids=(), **options):
        super().__init__(*args, **options)
        self.fields["settlements"].choices = [(str(pk), str(pk)) for pk in ids]


class StatementForm(forms.Form):
    """What the person concerned says."""

    statement = forms.CharField(
        label="说明",
        max_length=1000,
        error_messages={"required": "没有写说明：请写明时间、经过和证据。"},
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明时间、经过，有证人或材料的一并写明",
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回原因",
        max_length=200,
        error_messages={"required": "没有写退回原因：请写明要站点改什么。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

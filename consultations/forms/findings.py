"""What people choose and type about roll calls and findings."""

import datetime

from django import forms

from accounts.fields import ClockField, DayField
from common import clock
from consultations.forms.attendance import StationChoice, stations_for
from consultations.models import Finding, RollCall, RollCallDraw, Shift
from consultations.rules.findings import NOT_REPORTED_BY_HAND
from organizations.models import Station


class ShiftChoice(forms.ModelChoiceField):
    def label_from_instance(self, shift):
        return f"{shift.station.short_name} {shift.practitioner} {shift.starts_at:%H:%M}–{shift.ends_at:%H:%M}"


class RollCallForm(forms.Form):
    """A check of one shift of a day, on a phone: who, when, how, present or not."""

    shift = ShiftChoice(
        label="班次",
        queryset=Shift.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有选择班次：请选择抽查的是谁。", "invalid_choice": "这一天没有这个班次：请重新选择。"},
    )
    time = ClockField(label="抽查时间")
    method = forms.ChoiceField(
        label="方式",
        choices=RollCall.Method.choices,
        initial=RollCall.Method.PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择抽查方式：请选择。"},
    )
    is_present = forms.TypedChoiceField(
        label="在岗情况",
        choices=[("1", "在岗"), ("0", "不在岗")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择在岗情况：请选择在岗或不在岗。"},
    )
    excuse = forms.CharField(
        label="离岗理由",
        required=False,
        max_length=200,
        help_text="不在岗时，写本人或站点说的理由",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_excused = forms.BooleanField(label="理由正当，不计脱岗", required=False)
    reason = forms.ChoiceField(label="抽查缘由", required=False, choices=RollCall.Reason.choices, widget=forms.RadioSelect)
    photo = forms.FileField(
        label="现场照片",
        required=False,
        help_text="可以不拍；JPG、PNG，5 MB 以内，只有本局、本站和被抽查的人看得到",
        error_messages={"empty": "照片是空的：请重新拍照。", "invalid": "没有收到照片：请重新拍照。"},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )
    remark = forms.CharField(label="备注", required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args, user, day, draw=None, **options):
        super().__init__(*args, **options)
        self.day = day
        if draw is None:
            self.fields["reason"].choices = [each for each in RollCall.Reason.choices if each[0] != RollCall.Reason.DRAWN]
        self.initial.setdefault("reason", RollCall.Reason.DRAWN if draw else RollCall.Reason.ROUTINE)
        self.fields["shift"].queryset = (
            Shift.objects.visible_to(user)
            .standing()
            .filter(day=day)
            .exclude(practitioner__user=user)
            .select_related("station", "practitioner")
        )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_excused") and not (cleaned.get("excuse") or "").strip():
            self.add_error("excuse", "没有写离岗理由：认可理由的，须写明。")
        return cleaned

    def checked_at(self):
        """The instant of the check, aware, in Shanghai."""
        return datetime.datetime.combine(self.day, self.cleaned_data["time"], clock.SHANGHAI)


class DrawForm(forms.Form):
    """Whom to call on is drawn by chance: from which shifts, and how many."""

    scope = forms.ChoiceField(
        label="从哪些班次里抽",
        choices=RollCallDraw.Scope.choices,
        initial=RollCallDraw.Scope.NOW,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择范围：请选择。"},
    )
    count = forms.IntegerField(
        label="抽几个",
        initial=3,
        min_value=1,
        max_value=20,
        error_messages={
            "required": "没有填写抽几个：请填写 1 到 20。",
            "invalid": "抽几个应为数字：请填写 1 到 20。",
            "min_value": "至少抽 1 个。",
            "max_value": "一次最多抽 20 个。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class RollCallFilter(forms.Form):
    RESULTS = [("", "全部"), ("present", "在岗"), ("absent", "不在岗")]

    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    since = DayField(label="从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")
    result = forms.ChoiceField(label="结果", required=False, choices=RESULTS)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user)


class FindingFilter(forms.Form):
    STATES = [("", "全部"), ("open", "待核实（含已听取）"), *Finding.State.choices]

    state = forms.ChoiceField(label="核实结果", required=False, choices=STATES)
    kind = forms.ChoiceField(label="情形", required=False, choices=[("", "全部"), *Finding.Kind.choices])
    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    since = DayField(label="值班日期从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")
    person = forms.CharField(label="值班人员", required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"}))

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user, own_shifts=True)


class ShiftSearch(forms.Form):
    """Which shift a new finding is about: the day and the station come first."""

    day = DayField(label="值班日期", required=False)
    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user)


class FindingForm(forms.Form):
    kind = forms.ChoiceField(
        label="情形",
        choices=[("", "请选择"), *(choice for choice in Finding.Kind.choices if choice[0] not in NOT_REPORTED_BY_HAND)],
        error_messages={"required": "没有选择情形：请选择。"},
        help_text="抽查脱岗请到“点名抽查”登记",
    )
    consultation_no = forms.CharField(
        label="咨询登记编号",
        required=False,
        max_length=60,
        help_text="记录不规范、不满意必须填写，例如 泽咨〔2022〕巴公-0001",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    times = forms.IntegerField(
        label="次数",
        min_value=1,
        max_value=99,
        initial=1,
        error_messages={
            "required": "没有填写次数：一次填 1。",
            "invalid": "次数应是整数：例如 1。",
            "min_value": "次数不能少于 1。",
            "max_value": "次数不能超过 99。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "2"}),
    )
    remark = forms.CharField(
        label="情况",
        max_length=500,
        error_messages={"required": "没有写明情况：请写明时间、事实和依据。"},
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="时间、事实和依据；来访人的姓名、电话不要写在这里",
    )


class DecisionForm(forms.Form):
    """Upheld or not, with the words for it; and what the person said, where nobody has written it down yet."""

    statement = forms.CharField(
        label="本人意见",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="还没有听取的，在这里记下，例如 已电话告知，本人无异议",
    )
    result = forms.ChoiceField(
        label="核实结果",
        choices=[("upheld", "属实"), ("dropped", "不属实")],
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择核实结果：请选择属实或不属实。"},
    )
    decision = forms.CharField(
        label="核实意见",
        max_length=500,
        error_messages={"required": "没有写核实意见：请写明依据。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CriticismForm(forms.Form):
    facts = forms.CharField(
        label="事实",
        max_length=2000,
        error_messages={"required": "没有写事实：请写明时间、地点和经过。"},
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="印在通报上；不要写来访人的姓名、电话",
    )

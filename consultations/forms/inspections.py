"""What people choose and type about inspections and rectification."""

from datetime import timedelta

from django import forms

from accounts.fields import DayField
from common import clock
from consultations.forms.attendance import StationChoice, stations_for
from consultations.models import Inspection, InspectionPoint
from consultations.services.inspections import USUAL_DAYS
from organizations.models import Station

WORDS = forms.Textarea(attrs={"rows": 3})
NO_FILE = {"empty": "文件是空的：请重新选择文件。", "invalid": "没有收到文件：请重新选择。"}


class PointFilter(forms.Form):
    STATES = [("", "全部"), ("unfinished", "没有办完的"), ("overdue", "逾期未整改"), *InspectionPoint.State.choices]

    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    kind = forms.ChoiceField(label="检查方式", required=False, choices=[("", "全部"), *Inspection.Kind.choices])
    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    since = DayField(label="检查日期从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user)

    def chosen(self, rows):
        """The rows that meet the filter; nonsense in it falls back to everything."""
        values = self.cleaned_data if self.is_valid() else {}
        state = values.get("state")
        if state == "unfinished":
            rows = rows.unfinished()
        elif state == "overdue":
            rows = rows.overdue(clock.today())
        elif state:
            rows = rows.filter(state=state)
        for name, lookup in (
            ("kind", "inspection__kind"),
            ("station", "inspection__station"),
            ("since", "inspection__day__gte"),
            ("until", "inspection__day__lte"),
        ):
            if values.get(name):
                rows = rows.filter(**{lookup: values[name]})
        return rows


class InspectionForm(forms.Form):
    station = StationChoice(
        label="站点",
        queryset=Station.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有选择站点：请选择。"},
    )
    kind = forms.ChoiceField(
        label="检查方式", choices=Inspection.Kind.choices, error_messages={"required": "没有选择检查方式：请选择。"}
    )
    day = DayField(label="检查日期")
    inspectors = forms.CharField(
        label="检查人",
        max_length=100,
        help_text="两人以上的，用顿号分开",
        error_messages={"required": "没有写检查人：请填写。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    summary = forms.CharField(
        label="检查情况",
        max_length=2000,
        help_text="看了什么：在岗、公示、台账、记录……没有发现问题的也要写明",
        error_messages={"required": "没有写检查情况：请写明看了什么；没有发现问题的也要写明。"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photo = forms.FileField(
        label="现场照片",
        required=False,
        help_text="可以不拍；JPG、PNG，5 MB 以内",
        error_messages=NO_FILE,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.fields["station"].queryset = stations_for(user).active()


class PointForm(forms.Form):
    problem = forms.CharField(
        label="发现的问题", max_length=500, widget=WORDS, error_messages={"required": "没有写问题：请写明事实。"}
    )
    basis = forms.CharField(
        label="依据",
        required=False,
        max_length=100,
        help_text="例如 方案 三（一）提前公示",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    demand = forms.CharField(
        label="整改要求", max_length=500, widget=WORDS, error_messages={"required": "没有写整改要求：请写明要做到什么。"}
    )
    due_on = DayField(label="整改期限", help_text=f"内部口径一般 {USUAL_DAYS} 天；方案六（二）要求立整立改")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.initial.setdefault("due_on", clock.today() + timedelta(days=USUAL_DAYS))


class AnswerForm(forms.Form):
    measure = forms.CharField(
        label="整改情况", max_length=1000, widget=WORDS, error_messages={"required": "没有写整改情况：请写明做了什么。"}
    )
    done_on = DayField(label="整改日期")
    proof = forms.FileField(
        label="整改佐证",
        help_text="照片、PDF 或文档，5 MB 以内",
        error_messages={"required": "没有整改佐证：请附照片或文件。", **NO_FILE},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.initial.setdefault("done_on", clock.today())


class JudgeForm(forms.Form):
    """Confirm or return."""

    result = forms.ChoiceField(
        label="结论",
        choices=[("confirm", "确认已整改"), ("return", "退回重改")],
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择结论：请选择。"},
    )
    words = forms.CharField(label="意见", required=False, max_length=500, widget=WORDS, help_text="退回的必须写明哪里没有改到位")


class ExtendForm(forms.Form):
    due_on = DayField(label="新的期限")
    reason = forms.CharField(
        label="延期理由", max_length=200, widget=WORDS, error_messages={"required": "没有写延期理由：请写明。"}
    )

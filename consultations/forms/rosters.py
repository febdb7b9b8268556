"""What planners and people on duty type about rosters."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from accounts.fields import ClockField, DayField
from consultations.rules import rosters as rules
from consultations.rules.rosters import MonthFacts
from organizations.models import Practitioner, Station

WEEKDAYS = [(str(number), f"星期{letter}") for number, letter in enumerate("一二三四五六日")]


def _helper(*sections):
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*(Fieldset(title, *fields, css_class="sec") for title, fields in sections))
    return helper


def _row(*fields):
    return Div(*(Div(name, css_class="col-sm") for name in fields), css_class="row")


class PersonField(forms.ChoiceField):
    """One of the people in the pool that month, cleaned to the practitioner's id."""

    def __init__(self, **options):
        options.setdefault("label", "值班人员")
        options.setdefault(
            "error_messages", {"required": "没有选择值班人员：请选择。", "invalid_choice": "所选人员当月不在库：请重新选择。"}
        )
        super().__init__(**options)

    def offer(self, people, empty="请选择"):
        self.choices = [("", empty), *((str(person.id), person.name) for person in people)]


    def offer_ranked(self, candidates, empty="请选择"):
        """The best first, each with the reasons."""
        self.choices = [("", empty), *((str(each.id), f"{each.name}（{each.words}）") for each in candidates)]


class LunchField(forms.IntegerField):
    def __init__(self, **options):
        super().__init__(
            label="午休（分钟）",
            required=False,
            min_value=0,
            max_value=300,
            help_text="不计入值班时长，没有午休填 0",
            error_messages={
                "invalid": "午休应是整数分钟：例如 150。",
                "min_value": "午休不能少于 0 分钟。",
                "max_value": "午休不能超过 300 分钟。",
            },
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4"}),
            **options,
        )

    def clean(self, value):
        return super().clean(value) or 0


class ShiftForm(forms.Form):
    """One shift. `reason` is asked only where the month is public already."""

    station = forms.ChoiceField(
        label="站点", error_messages={"required": "没有选择站点：请选择。", "invalid_choice": "没有这个站点：请重新选择。"}
    )
    day = DayField(label="日期")
    practitioner = PersonField()
    starts_at = ClockField(label="开始时间")
    ends_at = ClockField(label="结束时间")
    lunch_minutes = LunchField()
    override_reason = forms.CharField(
        label="调整原因",
        required=False,
        max_length=200,
        help_text="时长不足，或中心在非工作日值班时必须写明，例如 赶集日提前结束",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label="变动原因",
        max_length=200,
        help_text="这个月已经公示，改动要写明原因，改后重新公示",
        error_messages={"required": "没有写变动原因：这个月已经公示，请写明为什么改。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, facts: MonthFacts, needs_reason=False, **options):
        super().__init__(*args, **options)
        self.facts = facts
        self.fields["station"].choices = [("", "请选择"), *((str(each.id), each.name) for each in facts.stations)]
        self.fields["practitioner"].offer(sorted(facts.people.values(), key=lambda person: person.name))
        if not needs_reason:
            del self.fields["reason"]
        sections = [
            ("谁在哪里值班", (_row("station", "day"), "practitioner")),
            ("时间", (_row("starts_at", "ends_at", "lunch_minutes"), "override_reason")),
        ]
        if needs_reason:
            sections.append(("变动", ("reason",)))
        self.helper = _helper(*sections)

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day not in self.facts.month:
            raise forms.ValidationError(f"日期不在{self.facts.month.label}：请改成这个月的日期。")
        return day

    def values(self):
        """What the service takes, with rows instead of ids."""
        chosen = dict(self.cleaned_data)
        chosen["practitioner"] = Practitioner.objects.get(pk=chosen["practitioner"])
        chosen["station"] = Station.objects.select_related("county").get(pk=chosen["station"])
        return chosen


class FillForm(forms.Form):
    """A station's month in one go: gaps only, or every chosen weekday."""

    HOW = [("gaps", "补空档：按频次补上缺的班次"), ("weekdays", "按星期：每个选中的星期几都排")]

    how = forms.ChoiceField(label="怎么排", choices=HOW, widget=forms.RadioSelect, initial="gaps")
    weekdays = forms.MultipleChoiceField(
        label="星期",
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="“按星期”时选择；“补空档”时可不选",
    )
    people = forms.MultipleChoiceField(
        label="值班人员",
        widget=forms.CheckboxSelectMultiple,
        help_text="选一人就都由其值班；选几人就轮流，班次少的先排",
        error_messages={"required": "没有选择值班人员：请至少选一人。"},
    )
    since = DayField(label="从哪天起", required=False, help_text="例如 2022-9-26；空着就是整个月")
    only_working = forms.BooleanField(label="跳过周末和节假日", required=False, initial=True)
    starts_at = ClockField(label="开始时间")
    ends_at = ClockField(label="结束时间")
    lunch_minutes = LunchField()
    override_reason = forms.CharField(label="调整原因", required=False, max_length=200, help_text="时长不足时必须写明")

    def __init__(self, *args, facts: MonthFacts, station_id: int, **options):
        super().__init__(*args, **options)
        self.facts, self.station = facts, facts.by_id[station_id]
        allowed = [
            person
            for person in facts.people.values()
            if any(not stay.stations or station_id in stay.stations for stay in person.stays)
        ]
        self.fields["people"].choices = [(str(each.id), each.name) for each in sorted(allowed, key=lambda each: each.name)]
        self.helper = _helper(
            ("班次", ("how", Div("weekdays", css_class="ticks"), "only_working", "since")),
            ("人员", (Div("people", css_class="ticks"),)),
            ("时间", (_row("starts_at", "ends_at", "lunch_minutes"), "override_reason")),
        )

    def clean(self):
        data = super().clean()
        if data.get("how") == "weekdays" and not data.get("weekdays"):
            self.add_error("weekdays", "没有选择星期：请至少选一天。")
        if data.get("since") and data["since"] not in self.facts.month:
            self.add_error("since", f"日期不在{self.facts.month.label}：请改成这个月的日期，或空着。")
        if data.get("starts_at") and data.get("ends_at") and data["starts_at"] >= data["ends_at"]:
            self.add_error("ends_at", "结束时间应晚于开始时间：请检查时间。")
        return data

    def days(self):
        """The days that “按星期” asks for."""
        wanted = {int(number) for number in self.cleaned_data["weekdays"]}
        since = self.cleaned_data.get("since") or self.facts.month.first
        days = [day for day in self.facts.month.days() if day.weekday() in wanted and day >= since]
        if self.cleaned_data.get("only_working"):
            days = [day for day in days if self.facts.calendar.is_working_day(day)]
        return days

    def people_ids(self):
        return [int(pk) for pk in self.cleaned_data["people"]]


class PlanForm(forms.Form):
    """What the automatic plan may use."""

    stations = forms.MultipleChoiceField(
        label="站点", widget=forms.CheckboxSelectMultiple, error_messages={"required": "没有选择站点：请至少选一个。"}
    )
    people = forms.MultipleChoiceField(
        label="值班人员",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "没有选择值班人员：请至少选一人。"},
    )
    since = DayField(label="从哪天起", required=False, help_text="例如 2022-10-1；空着就是整个月")
    most = forms.IntegerField(
        label="每人每月最多",
        required=False,
        min_value=1,
        max_value=31,
        help_text="班次，含已排的；空着不限",
        error_messages={"invalid": "请填 1 至 31 的整数。", "min_value": "至少 1 个班次。", "max_value": "最多 31 个班次。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "2"}),
    )
    redraw = forms.BooleanField(
        label="已排的草稿也重新排", required=False, help_text="只动没有公示、没有考勤和申请、没有写调整原因的班次"
    )

    def __init__(self, *args, facts: MonthFacts, has_drafts=False, **options):
        super().__init__(*args, **options)
        self.facts = facts
        if not has_drafts:
            del self.fields["redraw"]
        people = sorted(facts.people.values(), key=lambda each: each.name)
        self.fields["stations"].choices = [(str(each.id), each.name) for each in facts.stations if each.policy]
        self.fields["people"].choices = [(str(each.id), each.name) for each in people]
        self.helper = _helper(
            ("范围", (_row("since", "most"), *(["redraw"] if has_drafts else []))),
            ("站点", (Div("stations", css_class="ticks"),)),
            ("人员", (Div("people", css_class="ticks"),)),
        )

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since and since not in self.facts.month:
            raise forms.ValidationError(f"日期不在{self.facts.month.label}：请改成这个月的日期，或空着。")
        return since

    def limits(self):
        data = self.cleaned_data
        return {
            "stations": {int(pk) for pk in data["stations"]},
            "people": {int(pk) for pk in data["people"]},
            "since": data["since"],
            "most": data["most"],
            "redraw": data.get("redraw", False),
        }


class CancelForm(forms.Form):
    """Why a shift is taken out; needed once the month is public."""

    reason = forms.CharField(
        label="取消原因",
        max_length=200,
        error_messages={"required": "没有写取消原因：请写明。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, needs_reason=True, **options):
        super().__init__(*args, **options)
        self.fields["reason"].required = needs_reason


class SwapForm(forms.Form):
    """Somebody else on a shift: a substitute, a swap with another shift, or leave with nobody named yet."""

    KINDS = [("substitute", "替班：由另一人来值"), ("swap", "换班：与另一个班次互换"), ("leave", "请假：由业务股安排人")]

    kind = forms.ChoiceField(label="怎么换", choices=KINDS, widget=forms.RadioSelect, initial="substitute")
    substitute = PersonField(label="替班人员", required=False)
    swapped_with = forms.ChoiceField(
        label="互换的班次", required=False, error_messages={"invalid_choice": "没有这个班次：请重新选择。"}
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        error_messages={"required": "没有写原因：请写明为什么换班或请假。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, people, shifts, may_leave=True, needs_reason=True, **options):
        super().__init__(*args, **options)
        if not may_leave:
            self.fields["kind"].choices = self.KINDS[:2]
        self.fields["reason"].required = needs_reason
        self.fields["substitute"].offer_ranked(people)
        self.fields["swapped_with"].choices = [
            ("", "请选择"),
            *((str(each.pk), f"{rules.short(each.day)} {each.station.short_name} {each.practitioner.name}") for each in shifts),
        ]
        self.shifts = {str(each.pk): each for each in shifts}
        self.helper = _helper(("换成谁", ("kind", "substitute", "swapped_with")), ("原因", ("reason",)))

    def clean(self):
        data = super().clean()
        if data.get("kind") == "substitute" and not data.get("substitute"):
            self.add_error("substitute", "没有选择替班人员：请选择。")
        if data.get("kind") == "swap" and not data.get("swapped_with"):
            self.add_error("swapped_with", "没有选择互换的班次：请选择。")
        return data

    def values(self):
        data = self.cleaned_data
        chosen = {"reason": data["reason"], "substitute": None, "swapped_with": None}
        if data["kind"] == "substitute":
            chosen["substitute"] = Practitioner.objects.get(pk=data["substitute"])
        elif data["kind"] == "swap":
            chosen["swapped_with"] = self.shifts[data["swapped_with"]]
        return chosen


class DecisionForm(forms.Form):
    """The bureau's word on a request."""

    substitute = PersonField(label="由谁来值", required=False)
    decision = forms.CharField(
        label="审批意见",
        required=False,
        max_length=200,
        help_text="不批准时必须写明",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, people=None, **options):
        super().__init__(*args, **options)
        if people is None:
            del self.fields["substitute"]
        else:
            self.fields["substitute"].offer_ranked(people)


class RosterFilter(forms.Form):
    """Which part of a month to look at."""

    station = forms.TypedChoiceField(label="站点", required=False, coerce=int, empty_value=None)
    person = forms.TypedChoiceField(label="值班人员", required=False, coerce=int, empty_value=None)

    def __init__(self, *args, stations, people, **options):
        super().__init__(*args, **options)
        self.fields["station"].choices = [("", "全部站点"), *((each.pk, each.short_name) for each in stations)]
        self.fields["person"].choices = [("", "全部人员"), *((each.pk, each.name) for each in people)]


class PublicDutyFilter(forms.Form):
    """Which part of the public roster to look at."""

    county = forms.TypedChoiceField(label="县（市、区）", required=False, coerce=int, empty_value=None)
    station = forms.TypedChoiceField(label="服务地点", required=False, coerce=int, empty_value=None)
    week = DayField(label="日期", required=False, help_text="")
    span = forms.ChoiceField(label="范围", required=False, choices=[("", "这一周"), ("month", "整个月")])

    def __init__(self, *args, counties, stations, **options):
        super().__init__(*args, **options)
        self.fields["county"].choices = [("", "全部"), *((each.pk, each.name) for each in counties)]
        self.fields["station"].choices = [("", "全部地点"), *((each.pk, each.name) for each in stations)]
        if len(counties) < 2:
            del self.fields["county"]


class PublishForm(forms.Form):
    """Why a day without duty goes out all the same: one field for each problem that may be excused."""

    def __init__(self, *args, problems, known=None, **options):
        super().__init__(*args, **options)
        self.keys = {}
        for problem in problems:
            if problem.is_error and problem.can_override:
                name = problem.key.replace(":", "-")
                self.keys[name] = problem.key
                self.fields[name] = forms.CharField(
                    label=problem.text,
                    max_length=200,
                    initial=(known or {}).get(problem.key, ""),
                    error_messages={"required": f"没有写原因：{problem.text.split('：')[0]}，请排班或写明原因。"},
                    widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": ""}),
                )

    def reasons(self):
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}

"""What people type about complaints: the citizen's own page, the clerk's note, acceptance and answer."""

from django import forms

from accounts.fields import DayField
from common import clock
from common.id_numbers import check_phone
from consultations.forms.attendance import StationChoice, stations_for
from consultations.forms.findings import ShiftChoice
from consultations.models import Consultation, DutyComplaint, Shift
from consultations.services.complaints import LONGEST
from organizations.models import Station

OFFLINE = [choice for choice in DutyComplaint.Channel.choices if choice[0] != "online"]
TOLD = {
    "required": "没有选择告知方式：请选择。",
    "invalid_choice": "没有选择告知方式：请选择。",
}


class _Complaint(forms.Form):
    """What every complaint says. What was typed stays, however much it was."""

    station = StationChoice(
        label="在哪里咨询的",
        queryset=Station.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有选择站点：请选择在哪里咨询的。", "invalid_choice": "没有这个站点：请重新选择。"},
    )
    day = DayField(label="哪天咨询的", required=False, help_text="记不清可以不填")
    about = forms.CharField(
        label="投诉谁",
        required=False,
        max_length=50,
        help_text="不知道姓名可以不填",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    content = forms.CharField(
        label="什么事",
        help_text="写清什么时候、什么人、做了什么；不要写身份证号",
        error_messages={"required": "没有写事由：请写明什么时候、什么人、做了什么。"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    complainant = forms.CharField(
        label="怎么称呼您",
        required=False,
        max_length=50,
        help_text="可以不留姓名",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=30,
        help_text="留了电话，才能把结果告诉您；值班人员和站点看不到",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_content(self):
        content = self.cleaned_data["content"]
        if len(content) > LONGEST:
            raise forms.ValidationError(f"事由有 {len(content)} 个字，最多 {LONGEST} 个字：请写短一些，证据可以另外交。")
        return content

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day > clock.today():
            raise forms.ValidationError("咨询的日期晚于今天：请核对。")
        return day

    def clean_phone(self):
        phone = (self.cleaned_data.get("phone") or "").strip()
        try:
            return check_phone(phone) if phone else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class PublicComplaintForm(_Complaint):
    def __init__(self, *args, stations, **options):
        super().__init__(*args, **options)
        self.fields["station"].queryset = stations


class ComplaintCodeForm(forms.Form):
    code = forms.CharField(
        label="查询码",
        max_length=100,
        help_text="投诉时得到的 10 位数字，例如 1234 567 890",
        error_messages={
            "required": "没有填写查询码：请填写投诉时得到的 10 位数字。",
            "max_length": "查询码只有 10 位数字：请核对。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ComplaintForm(_Complaint):
    """Taken down by an officer or a clerk for somebody who came, called or wrote."""

    channel = forms.ChoiceField(
        label="途径",
        choices=OFFLINE,
        widget=forms.RadioSelect,
        initial="visit",
        error_messages={"required": "没有选择途径：请选择。"},
    )
    received_on = DayField(label="收到日期", required=False, help_text="不填为今天")
    consultation_no = forms.CharField(
        label="咨询登记编号",
        required=False,
        max_length=60,
        help_text="知道是哪一次咨询的，填上编号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["channel", "received_on", "station", "consultation_no", "day", "about", "content", "complainant", "phone"]

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.user = user
        self.fields["station"].queryset = stations_for(user)
        self.fields["station"].label, self.fields["complainant"].label = "站点", "投诉人"
        self.fields["day"].label, self.fields["about"].label, self.fields["content"].label = "服务日期", "被投诉人", "事由"

    def clean(self):
        cleaned = super().clean()
        number = (cleaned.pop("consultation_no", "") or "").strip()
        cleaned["consultation"] = record_of(number, self.user, self) if number else None
        return cleaned


def record_of(number, user, form):
    """The record of that number among those the user sees; an error at the field where there is none."""
    record = (
        Consultation.objects.visible_to(user)
        .select_related("station__county", "shift")
        .filter(number=number, is_void=False)
        .first()
    )
    if record is None:
        form.add_error("consultation_no", "没有这个编号的咨询记录：请核对，不知道的可以不填。")
    return record


class AcceptForm(forms.Form):
    """Which duty the complaint is about; where the consultation is known, it says the shift."""

    shift = ShiftChoice(
        label="投诉的是哪一班",
        queryset=Shift.objects.none(),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "没有这个班次：请重新选择。"},
    )
    consultation_no = forms.CharField(
        label="咨询登记编号", required=False, max_length=60, help_text="知道的填上：和“不满意”评价按同一事项处理，不重复扣减"
    )

    def __init__(self, *args, user, shifts, **options):
        super().__init__(*args, **options)
        self.user = user
        self.fields["shift"].queryset = shifts

    def clean(self):
        cleaned = super().clean()
        number = (cleaned.pop("consultation_no", "") or "").strip()
        record = cleaned["consultation"] = record_of(number, self.user, self) if number else None
        if record is not None and record.shift_id is None:
            self.add_error("consultation_no", "这条咨询记录没有对应的班次：请先让站点补上班次。")
        elif record is not None:
            cleaned["shift"] = record.shift
        elif not cleaned.get("shift") and not self.errors:
            self.add_error("shift", "没有选择班次：请选择投诉的是哪一班，或者填写咨询登记编号。")
        return cleaned


class AnswerForm(forms.Form):
    reply = forms.CharField(
        label="结论和答复",
        max_length=LONGEST,
        help_text="写明核实的情况、结论和怎么处理；不同意的怎么办",
        error_messages={"required": "没有写答复：请写明结论和理由。"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    told_way = forms.ChoiceField(
        label="告知方式", choices=DutyComplaint.ToldWay.choices, widget=forms.RadioSelect, error_messages=TOLD
    )
    told_on = DayField(label="告知日期", error_messages={"required": "没有填写告知日期：请填写，例如 2022-9-26。"})


class ComplaintFilter(forms.Form):
    STATES = [("", "全部"), ("open", "没有办结"), *DutyComplaint.State.choices]

    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    since = DayField(label="从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user)

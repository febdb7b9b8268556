"""What people type into a consultation record, and how they look for one."""

from django import forms
from django.core.validators import MaxLengthValidator

from accounts.fields import ClockField, DayField
from accounts.policy import Role
from common import clock
from common.id_numbers import check_id_number, check_phone, gender_of, mask_id_number, mask_phone
from consultations.forms.attendance import StationChoice, stations_for
from consultations.models import Consultation, Shift
from consultations.rules.records import ANONYMOUS
from consultations.rules.topics import FOCUS_AREAS, TOPICS
from organizations.models import Practitioner, Station

# The eight groups of the plan come first, the three of Jilin last.
GROUPS = Consultation.Group.choices
TOPIC_CHOICES = [(f"{matter}.{code}", words) for matter, topics in TOPICS.items() for code, words in topics.items()]


# Checked when it is sent and not by the browser, which would cut a pasted text off without a word.
LONGEST_TEXT = 10_000
TOO_LONG = "太长：最多 %(limit_value)s 个字，现在 %(show_value)s 个；长材料请附在案卷里，这里写摘要。"


class RecordFields(forms.Form):
    """What is asked about one consultation wherever it is written: at the counter, or on a telephone without a network."""

    time = ClockField(label="时间", required=False, help_text="例如 9:30")
    channel = forms.ChoiceField(label="咨询方式", required=False, choices=Consultation.Channel.choices, widget=forms.RadioSelect)
    client_name = forms.CharField(
        label="咨询人姓名",
        required=False,
        max_length=50,
        error_messages={"max_length": "姓名太长：最多 50 个字。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_anonymous = forms.BooleanField(label="匿名咨询（对方不愿留名）", required=False)
    client_phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=30,
        help_text="可以不填；用于回访，11 位手机号或带区号的座机",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    matter = forms.ChoiceField(label="咨询类别", required=False, choices=Consultation.Matter.choices, widget=forms.RadioSelect)
    topic = forms.ChoiceField(label="具体事项", required=False, choices=TOPIC_CHOICES, widget=forms.RadioSelect)
    question = forms.CharField(
        label="咨询内容",
        required=False,
        validators=[MaxLengthValidator(LONGEST_TEXT, "咨询内容" + TOO_LONG)],
        help_text="写清时间、对方、金额、诉求，10 个字以上；不要写身份证号",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    answer = forms.CharField(
        label="答复意见",
        required=False,
        validators=[MaxLengthValidator(LONGEST_TEXT, "答复意见" + TOO_LONG)],
        help_text="作出的解释、说明或解决方案，10 个字以上",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    outcome = forms.ChoiceField(label="处理方式", required=False, choices=Consultation.Outcome.choices, widget=forms.RadioSelect)

    def clean_client_phone(self):
        phone = (self.cleaned_data.get("client_phone") or "").strip()
        if not phone:
            return self.kept("client_phone")
        try:
            return check_phone(phone)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def kept(self, column):
        """What an encrypted column holds already: a field left blank does not empty it."""
        record = getattr(self, "record", None)
        return getattr(record, column) if record else ""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_anonymous"):
            cleaned["client_name"] = ANONYMOUS
        matter, _, code = (cleaned.get("topic") or "").partition(".")
        cleaned["topic"] = code if matter == cleaned.get("matter") else ""
        return cleaned

    def topic_groups(self):
        """Matter → the choices of its second level, for the chips."""
        groups = {}
        for radio in self["topic"]:
            groups.setdefault(radio.data["value"].partition(".")[0], []).append(radio)
        return groups.items()


class ConsultationForm(RecordFields):
    """One consultation. Only station, adviser and day are asked at once; what else is missing is told before saving."""

    field_order = ["station", "practitioner", "day", "time", "channel", "client_name", "client_phone"]

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    station = StationChoice(
        label="接待站点",
        queryset=Station.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有选择接待站点：请选择。", "invalid_choice": "这个站点不在您的岗位范围内：请重新选择。"},
    )
    practitioner = forms.ModelChoiceField(
        label="值班人员",
        queryset=Practitioner.objects.none(),
        empty_label="请选择",
        error_messages={"required": "没有选择值班人员：请选择谁接待的。", "invalid_choice": "没有这名值班人员：请重新选择。"},
    )
    day = DayField(label="咨询日期", error_messages={"required": "没有填写咨询日期：请填写，例如 2022-9-26。"})
    client_gender = forms.ChoiceField(label="性别", required=False, choices=Consultation.Gender.choices, widget=forms.RadioSelect)
    client_id_number = forms.CharField(
        label="身份证号",
        required=False,
        max_length=30,
        help_text="可以不填；要转援助申请的再问",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    groups = forms.MultipleChoiceField(
        label="特殊群体（可多选）", required=False, choices=GROUPS, widget=forms.CheckboxSelectMultiple
    )
    party_count = forms.IntegerField(
        label="同行人数",
        required=False,
        min_value=1,
        max_value=999,
        help_text="多人为一件事同来，计 1 人次，人数另记",
        error_messages={
            "invalid": "同行人数应是整数：例如 1。",
            "min_value": "同行人数不能少于 1。",
            "max_value": "同行人数不能超过 999。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "3"}),
    )
    advisor_signed = forms.BooleanField(label="值班人员已在登记表上签名", required=False, initial=True)
    reason = forms.CharField(
        label="更正原因",
        required=False,
        max_length=200,
        error_messages={"max_length": "更正原因太长：最多 200 个字。"},
        help_text="更正已填的内容要写；补齐缺项、当天更正自己登记的可以不写",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, user, record=None, **options):
        super().__init__(*args, **options)
        self.user, self.record = user, record
        is_station_staff = bool(user.post_stations)
        stations = Station.objects.filter(pk__in=user.post_stations) if is_station_staff else stations_for(user, own_shifts=True)
        self.fields["station"].queryset = stations
        self.fields["practitioner"].queryset = advisers_for(user, stations)
        if record and record.client_phone:
            self.fields["client_phone"].help_text = f"已登记 {mask_phone(record.client_phone)}，留空表示不变"
        if record and record.client_id_number:
            self.fields["client_id_number"].help_text = f"已登记 {mask_id_number(record.client_id_number)}，留空表示不变"
        if Role.DUTY in user.roles and not is_station_staff:
            del self.fields["advisor_signed"]
        if record is None:
            del self.fields["reason"]
        else:
            del self.fields["key"]

    def clean_client_id_number(self):
        number = (self.cleaned_data.get("client_id_number") or "").strip()
        if not number:
            return self.kept("client_id_number")
        try:
            return check_id_number(number, today=clock.today())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day > clock.today():
            raise forms.ValidationError("咨询日期晚于今天：请核对。")
        return day

    def clean(self):
        cleaned = super().clean()
        cleaned["party_count"] = cleaned.get("party_count") or 1
        number = cleaned.get("client_id_number")
        if number:
            gender = {"男": "male", "女": "female"}[gender_of(number)]
            if cleaned.get("client_gender") and cleaned["client_gender"] != gender:
                self.add_error("client_gender", "性别与身份证号不一致：请核对。")
            cleaned["client_gender"] = gender
        return cleaned

    def values(self):
        """The record's columns as typed so far; what is wrong is left out."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("is_anonymous", "key", "reason")}
        if "advisor_signed" not in self.fields:
            values["advisor_signed"] = True
        return values

    def placed_words(self):
        """What is folded away, in a line: 巴公镇 赵示例 2022-09-26 10:12 来访."""
        words = []
        for name in ("station", "practitioner"):
            pk = str(self[name].value() or "")
            chosen = self.fields[name].queryset.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 10 else None
            words.append(self.fields[name].label_from_instance(chosen) if chosen else "")
        words += [str(self.fields[name].prepare_value(self[name].value()) or "") for name in ("day", "time")]
        words.append(dict(Consultation.Channel.choices).get(self["channel"].value(), ""))
        return " ".join(filter(None, words))

    def is_placed(self):
        """Whether station, adviser and day need no look: they may stay folded."""
        folded = ("station", "practitioner", "day", "time", "channel")
        if any(name in self.errors for name in folded):
            return False
        return all(self[name].value() for name in ("station", "practitioner", "day"))


def advisers_for(user, stations):
    """Who may have given advice: oneself, or whoever has a shift at the stations this year or last."""
    if not user.post_stations:
        return Practitioner.objects.filter(user=user)
    since = clock.today().replace(month=1, day=1)
    on_duty = Shift.objects.filter(station__in=stations, day__gte=since.replace(year=since.year - 1)).values("practitioner")
    return Practitioner.objects.current().filter(pk__in=on_duty)


class ConsultationFilter(forms.Form):
    COMPLETE = [("", "全部"), ("missing", "缺项"), ("complete", "完整"), ("void", "已作废"), ("late", "离线补传")]

    station = StationChoice(label="站点", queryset=Station.objects.none(), required=False, empty_label="全部站点")
    since = DayField(label="从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")
    matter = forms.ChoiceField(
        label="事项",
        required=False,
        choices=[
            ("", "全部事项"),
            ("重点领域", [(f"area:{area}", f"重点：{area}") for area in FOCUS_AREAS]),
            ("类别", Consultation.Matter.choices),
        ],
    )
    channel = forms.ChoiceField(label="方式", required=False, choices=[("", "全部"), *Consultation.Channel.choices])
    outcome = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *Consultation.Outcome.choices])
    group = forms.ChoiceField(label="特殊群体", required=False, choices=[("", "全部"), *GROUPS])
    complete = forms.ChoiceField(label="完整性", required=False, choices=COMPLETE)
    q = forms.CharField(
        label="姓名、首字母、电话或证件后四位、编号",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["station"].queryset = stations_for(user, own_shifts=True)

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期早于开始日期：请重新选择。")
        return cleaned


class VoidForm(forms.Form):
    reason = forms.CharField(
        label="作废原因",
        max_length=200,
        error_messages={"required": "没有写作废原因：请写明，例如重复登记。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FaultForm(forms.Form):
    remark = forms.CharField(
        label="哪里不规范", required=False, max_length=300, help_text="缺项的可以不写", widget=forms.Textarea(attrs={"rows": 2})
    )

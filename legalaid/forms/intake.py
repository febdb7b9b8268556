"""What people type when a case begins: an application, or a notice of an organ. ui.md screens 31, 32."""

from crispy_forms.bootstrap import InlineCheckboxes, InlineRadios
from crispy_forms.layout import Fieldset
from django import forms

from accounts.fields import AmountField, ClockField, DayField
from common import clock
from common.id_numbers import check_id_number, mask_phone
from legalaid.forms.persons import PICK, RELATIONS, PersonForm, checked, grouped_matters, row, text
from legalaid.models import AidCase
from legalaid.rules import hardship, matters
from organizations.models import Station


class ApplicationForm(PersonForm):
    """An application as the centre takes it in, or as a station hands it in (then with less to fill)."""

    CHANNELS = [choice for choice in AidCase.Channel.choices if choice[0] not in ("online",)]

    channel = forms.ChoiceField(label="受理方式", choices=CHANNELS, widget=forms.RadioSelect, initial=AidCase.Channel.ONSITE)
    day = DayField(label="申请日期", error_messages={"required": "没有填写申请日期：请填写，例如 2022-9-26。"})
    station = forms.ModelChoiceField(
        label="站点", queryset=Station.objects.none(), required=False, empty_label="不是站点代收",
        error_messages={"required": "没有选择站点：请选择。", "invalid_choice": "这个站点不在您的岗位范围内：请重新选择。"},
    )  # fmt: skip
    is_green_channel = forms.BooleanField(label="绿色通道（行动不便的老年人、残疾人等，优先办理）", required=False)
    custody_day = DayField(
        label="羁押场所、值班律师收到申请的日期", required=False, help_text="24 小时内转交（法律援助法39条）；不是转交的不填"
    )
    custody_time = ClockField(label="收到申请的时间", required=False)
    matter = forms.ChoiceField(
        label="援助事项", choices=grouped_matters(matters.APPLICATION_MATTERS), required=False,
        error_messages={"required": "没有选择援助事项：请选择。"},
    )  # fmt: skip
    organ_name = text("办案机关或者争议处理机关", 100, help_text="例如泽州县人民法院、劳动人事争议仲裁委员会")
    opponent = text("对方当事人", 200, help_text="几个对方用顿号隔开；没有对方的不填")
    opponent_id_number = text("对方身份证号或信用代码", 30, help_text="知道的填写，用来核对利益冲突")
    amount_claimed = AmountField(label="标的额", required=False, help_text="单位：元，没有的不填")
    hardship_claims = forms.MultipleChoiceField(
        label="免予核查的情形（有证明的才选）",
        required=False,
        choices=list(hardship.CLAIMS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    prefers_check = forms.ChoiceField(
        label="其他情形的审查方式",
        required=False,
        choices=[("", "个人诚信承诺"), ("1", "通过信息共享核查")],
        widget=forms.RadioSelect,
        help_text="只用于没有免予核查情形的申请人（法律援助法41条）",
    )
    household_size = forms.IntegerField(
        label="共同生活的家庭人口", required=False, min_value=1, max_value=30,
        error_messages={"invalid": "家庭人口应是整数：例如 3。", "min_value": "家庭人口不能少于 1。", "max_value": "家庭人口不能超过 30。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "2"}),
    )  # fmt: skip
    household_income = AmountField(
        label="家庭人均月收入", required=False, help_text="单位：元；对方是共同生活的家人的，只填本人收入"
    )
    proxy_name = text("代理人姓名", 50, help_text="本人申请的不填")
    proxy_relation = forms.ChoiceField(
        label="与申请人关系", required=False, choices=[("", "没有代理人"), *((each, each) for each in RELATIONS)]
    )
    proxy_id_number = text("代理人身份证号", 30)
    proxy_phone = text("代理人电话", 30, inputmode="tel")

    def __init__(self, *args, stations, is_hand_in, case=None, consultation=None, **options):
        super().__init__(*args, case=case, **options)
        self.is_hand_in, self.consultation = is_hand_in, consultation
        if consultation and consultation.client_phone:
            self.fields["phone"].help_text = f"咨询时登记 {mask_phone(consultation.client_phone)}，留空即沿用"
        if case is not None and case.channel == AidCase.Channel.ONLINE:
            self.fields["channel"].choices = AidCase.Channel.choices
        self.fields["station"].queryset = stations
        if is_hand_in:
            del self.fields["channel"], self.fields["basis"], self.fields["prefers_check"]
            self.fields["station"].required = True
            self.fields["station"].empty_label = None if len(stations) == 1 else "请选择"
        else:
            self.fields["matter"].required = self.fields["stage"].required = True
            self.fields["stage"].error_messages["required"] = "没有选择办理阶段：请选择，每个阶段一件。"
        if case is not None:
            del self.fields["day"], self.fields["station"], self.fields["custody_day"], self.fields["custody_time"]
        self.helper = self.sections()

    def sections(self):
        has = lambda *names: [name for name in names if name in self.fields]  # noqa: E731
        first = [InlineRadios("channel")] if has("channel") else []
        return self.make_helper(
            Fieldset(
                "一、申请方式", *first, row(*has("day", "station")), "is_green_channel", row(*has("custody_day", "custody_time")),
                css_class="sec",
            ),
            Fieldset(
                "二、申请人", row("recipient", "phone"), row("id_kind", "id_number"), row("birth_date", "gender"),
                row("current_address", "work_unit"), css_class="sec",
            ),
            Fieldset(
                "三、代为申请的人", row("proxy_name", "proxy_relation"), row("proxy_id_number", "proxy_phone"), "guardian", css_class="sec"
            ),
            Fieldset("四、特殊群体", InlineCheckboxes("groups"), "primary_group", css_class="sec"),
            Fieldset(
                "五、申请什么", "matter", row(*has("type", "stage")), row("cause", "organ_name"), "summary", *has("basis"), css_class="sec"
            ),
            Fieldset("六、对方当事人", "opponent", row("opponent_id_number", "amount_claimed"), css_class="sec"),
            Fieldset(
                "七、经济状况", "hardship_claims", *([InlineRadios("prefers_check")] if has("prefers_check") else []),
                row("household_size", "household_income"), css_class="sec",
            ),
            Fieldset(
                "八、其他资料（可以不填）", row("registered_address", "postcode"), row("ethnicity", "education"),
                row("occupation", "health"), row("custody_place", "nationality"), css_class="sec",
            ),
        )  # fmt: skip

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > clock.today():
            raise forms.ValidationError("申请日期在今天之后：请填写实际日期。")
        return day

    def kept_phone(self):
        return self.consultation.client_phone if self.consultation else super().kept_phone()

    def clean_proxy_phone(self):
        return self.telephone("proxy_phone", self.case.applicant.proxy_phone if self.case else "")

    def clean_proxy_id_number(self):
        return (self.cleaned_data.get("proxy_id_number") or "").strip().upper() or (
            self.case.applicant.proxy_id_number if self.case else ""
        )

    def clean_opponent_id_number(self):
        number = "".join((self.cleaned_data.get("opponent_id_number") or "").split()).upper()
        if not number:
            return self.case.opponent_id_number if self.case else ""
        if len(number) == 18 and number[:17].isdigit() and not number.startswith("91"):
            return checked(check_id_number, number)
        return number

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("proxy_name") and not cleaned.get("proxy_relation"):
            self.add_error("proxy_relation", "填写了代理人，没有写与申请人的关系：请选择。")
        if cleaned.get("proxy_relation") and not cleaned.get("proxy_name"):
            self.add_error("proxy_name", "选了与申请人的关系，没有填写代理人姓名：请填写，本人申请的不选关系。")
        if "custody_day" in self.fields:
            self.clean_custody(cleaned)
        if cleaned.get("channel") == AidCase.Channel.STATION and not cleaned.get("station") and self.case is None:
            self.add_error("station", "受理方式是工作站代收，没有选择站点：请选择。")
        return cleaned

    def clean_custody(self, cleaned):
        day, time = cleaned.get("custody_day"), cleaned.get("custody_time")
        if day and time is None and "custody_time" not in self.errors:
            self.add_error("custody_time", "填写了收到申请的日期，没有填写时间：24 小时按钟点算，请填写，例如 9:30。")
        elif time and not day and "custody_day" not in self.errors:
            self.add_error("custody_day", "填写了收到申请的时间，没有填写日期：请填写。")
        elif day and time:
            moment = clock.now().replace(
                year=day.year, month=day.month, day=day.day, hour=time.hour, minute=time.minute, second=0, microsecond=0
            )
            if moment > clock.now():
                self.add_error("custody_time", "羁押场所、值班律师收到申请的时间在现在之后：请核对。")
            elif cleaned.get("day") and day > cleaned["day"]:
                self.add_error("custody_day", "羁押场所、值班律师收到申请的日期晚于申请日期：请核对。")
            cleaned["applied_in_custody_at"] = moment

    def values(self):
        values = super().values()
        values["prefers_check"] = bool(values.get("prefers_check"))
        if self.is_hand_in:
            values["channel"] = AidCase.Channel.STATION
        return values


class NoticeForm(PersonForm):
    """A notice of a court, procuratorate, the police or state security."""

    PAPERS = (("notice_letter", "通知辩护公函"), ("charge_document", "起诉书、起诉意见书、判决书或者强制措施决定书副本"))

    organ = forms.ChoiceField(
        label="通知机关", choices=AidCase.Organ.choices, widget=forms.RadioSelect,
        error_messages={"required": "没有选择通知机关：请选择。"},
    )  # fmt: skip
    organ_name = text(
        "机关名称", 100, required=True, missing="没有填写机关名称：请填写，例如泽州县人民法院。", help_text="例如泽州县人民法院"
    )
    notice_no = text("通知文号", 60, required=True, missing="没有填写通知文号：请填写，没有文号的写“无”。")
    day = DayField(
        label="收到通知日期", error_messages={"required": "没有填写收到通知的日期：请填写，3 日内指派（法律援助法36条）。"}
    )
    matter = forms.ChoiceField(
        label="通知类别",
        choices=grouped_matters(matters.NOTICE_MATTERS),
        error_messages={"required": "没有选择通知的类别：请选择。"},
    )
    procedure = forms.ChoiceField(
        label="审理程序", required=False, choices=[("", "审判以前的阶段不选"), *AidCase.Procedure.choices]
    )
    papers = forms.MultipleChoiceField(
        label="随通知收到的材料", required=False, choices=PAPERS, widget=forms.CheckboxSelectMultiple,
        help_text="没有收到的会登记为“材料待补”，向通知机关补要；3 日期限仍从收到通知起算",
    )  # fmt: skip

    def __init__(self, *args, case=None, **options):
        super().__init__(*args, case=case, **options)
        self.fields["recipient"].label = "犯罪嫌疑人、被告人姓名"
        self.fields["cause"].label, self.fields["cause"].help_text = "涉嫌罪名", "例如盗窃罪"
        self.fields["cause"].error_messages["required"] = "没有填写涉嫌罪名：请填写，例如盗窃罪。"
        self.fields["stage"].required = True
        self.fields["stage"].error_messages["required"] = "没有选择办理阶段：请选择，每个阶段一件。"
        self.fields["stage"].choices = [
            *PICK, *(choice for choice in AidCase.Stage.choices if choice[0] in matters.STAGES_OF["criminal_defence"]),
        ]  # fmt: skip
        self.fields["phone"].help_text = "本人或者家属电话，知道的填写"
        del self.fields["type"]
        if case is not None:
            del self.fields["day"], self.fields["papers"]
        has = lambda *names: [name for name in names if name in self.fields]  # noqa: E731
        self.helper = self.make_helper(
            Fieldset(
                "一、通知", InlineRadios("organ"), row("organ_name", "notice_no"), row(*has("day"), "stage"), "matter", "procedure",
                *has("papers"), css_class="sec",
            ),
            Fieldset(
                "二、犯罪嫌疑人、被告人", row("recipient", "custody_place"), row("id_kind", "id_number"), row("birth_date", "gender"),
                row("phone", "guardian"), css_class="sec",
            ),
            Fieldset("三、特殊群体", InlineCheckboxes("groups"), "primary_group", css_class="sec"),
            Fieldset("四、案情", "cause", "summary", "basis", css_class="sec"),
            Fieldset(
                "五、其他资料（可以不填）", row("registered_address", "current_address"), row("ethnicity", "education"),
                row("occupation", "work_unit"), row("health", "nationality"), "postcode", css_class="sec",
            ),
        )  # fmt: skip

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > clock.today():
            raise forms.ValidationError("收到通知的日期在今天之后：请填写实际日期。")
        return day

    def clean(self):
        cleaned = super().clean()
        organ, stage = cleaned.get("organ"), cleaned.get("stage")
        if organ and stage and stage not in matters.STAGES_OF_ORGAN[organ]:
            self.add_error("stage", "办理阶段与通知机关不相符：公安机关是侦查，人民检察院是审查起诉，人民法院是审判各阶段。")
        if cleaned.get("procedure") and stage and stage not in matters.COURT_STAGES:
            self.add_error("procedure", "审判以前的阶段没有审理程序：请选“审判以前的阶段不选”。")
        return cleaned

    def values(self):
        return {**super().values(), "type": matters.usual_type(self.cleaned_data.get("matter") or "c24")}

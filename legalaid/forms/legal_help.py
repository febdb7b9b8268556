"""What is typed about legal help by duty lawyers."""

from datetime import datetime

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

from accounts.fields import ClockField, DayField
from common import clock
from common.id_numbers import check_id_number
from legalaid.models import AidCase, LegalHelp
from legalaid.rules.legal_help import STATES
from legalaid.services.legal_help import defenders_of, lawyers_of
from organizations.forms.inputs import choice, line, one_of, passage
from organizations.models import Practitioner, Station

POSTS = (Station.Kind.COURT_POST, Station.Kind.PROCURATORATE_POST, Station.Kind.DETENTION_POST)
STAGES = [(stage.value, stage.label) for stage in (
    AidCase.Stage.INVESTIGATION, AidCase.Stage.PROSECUTION_REVIEW, AidCase.Stage.FIRST_INSTANCE, AidCase.Stage.SECOND_INSTANCE,
    AidCase.Stage.RETRIAL, AidCase.Stage.DEATH_REVIEW,
)]  # fmt: skip


class HelpFilter(forms.Form):
    q = forms.CharField(label="姓名或登记编号", required=False, max_length=50)
    state = choice("状态", STATES.items(), empty="全部")
    place = choice("帮助场所", LegalHelp.PlaceKind.choices, empty="全部")
    content = choice("帮助内容", LegalHelp.Content.choices, empty="全部")
    since = DayField(label="申请或通知日期起", required=False)
    until = DayField(label="止", required=False)


class PostChoice(forms.ModelChoiceField):
    def label_from_instance(self, station):
        return station.short_name


class HelpForm(forms.Form):
    """A request or a notice as it comes in, short enough for a phone."""

    source = forms.ChoiceField(
        label="来源", choices=LegalHelp.Source.choices, widget=forms.RadioSelect,
        error_messages={"required": "没有选择来源：是本人申请还是办案机关通知，请选择。"},
    )  # fmt: skip
    asked_on = DayField(label="申请或通知日期", error_messages={"required": "没有填写申请或通知日期：请填写，例如 2022-9-26。"})
    notice_no = line("通知文号", length=60, help_text="办案机关通知的填写")
    person = line("犯罪嫌疑人、被告人", missing="没有填写姓名：请填写受帮助人姓名。", length=50)
    gender = forms.ChoiceField(label="性别", choices=LegalHelp._meta.get_field("gender").choices, initial="9")
    id_number = line("身份证号", length=30, help_text="可以不填；填写后能认出以后指派的辩护人")
    relative = line("代为申请的近亲属", length=50)
    cause = line("涉嫌罪名", missing="没有填写涉嫌罪名：请填写。", length=100)
    stage = choice("诉讼阶段", STAGES, missing="没有选择诉讼阶段：请选择。")
    is_plea = forms.BooleanField(label="认罪认罚案件", required=False)
    organ = choice("办案机关", AidCase.Organ.choices, missing="没有选择办案机关：请选择。")
    organ_name = line("办案机关名称", missing="没有填写办案机关名称：请填写，例如泽州县人民法院。", length=100)
    place_kind = choice("帮助场所", LegalHelp.PlaceKind.choices, missing="没有选择帮助场所：请选择。")
    place = line("场所名称", length=100)
    station = PostChoice(
        label="值班律师工作站", queryset=Station.objects.none(), required=False, empty_label="（没有或者不在工作站）",
        error_messages={"invalid_choice": "没有这个工作站：请重新选择。"},
    )  # fmt: skip
    lawyer = one_of("值班律师", Practitioner.objects.none(), empty="以后安排")
    remark = passage("备注", length=300)

    def __init__(self, *args, county, may_arrange, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = Station.objects.filter(county=county, kind__in=POSTS, is_active=True)
        if may_arrange:
            self.fields["lawyer"].queryset = lawyers_of(county, clock.today())
        else:
            del self.fields["lawyer"]
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        people = ["person", "gender", "id_number", "relative"]
        where = ["organ", "organ_name", "place_kind", "place", "station"] + (["lawyer"] if may_arrange else [])
        self.helper.layout = Layout(
            Fieldset("来源", "source", "asked_on", "notice_no", css_class="sec"),
            Fieldset("受帮助人", *people, css_class="sec"),
            Fieldset("案件", "cause", "stage", "is_plea", css_class="sec"),
            Fieldset("机关与场所", *where, "remark", css_class="sec"),
        )

    def clean_id_number(self):
        if not self.cleaned_data["id_number"]:
            return ""
        try:
            return check_id_number(self.cleaned_data["id_number"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class StepForm(forms.Form):
    """What every step asks: the day, a word, and the version that was read."""

    day = DayField(label="日期", error_messages={"required": "没有填写日期：请填写，例如 2022-9-26。"})
    note = passage("说明", length=300)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, found, **kwargs):
        kwargs["initial"] = {
            "day": clock.today(),
            "version": found.version,
            **self.first_values(found),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.found = found
        self.prepare(found)

    def first_values(self, found):
        return {}

    def prepare(self, found):
        pass


class ArrangeForm(StepForm):
    lawyer = one_of("值班律师", Practitioner.objects.none(), missing="没有选择值班律师：请选择。")
    field_order = ["lawyer", "day", "note"]

    def prepare(self, found):
        self.fields["lawyer"].queryset = lawyers_of(found.county, clock.today())


class GiveForm(StepForm):
    contents = forms.MultipleChoiceField(
        label="帮助内容", choices=LegalHelp.Content.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "没有选择帮助内容：至少选一项。", "invalid_choice": "帮助内容不在可选范围内：请重新选择。"},
    )  # fmt: skip
    opinion = passage("意见与办理情况", length=2000, help_text="对案件处理提出意见的，写明意见")
    is_opinion_adopted = forms.TypedChoiceField(
        label="意见被采纳", choices=[("", "还不知道"), ("yes", "是"), ("no", "否")], coerce=lambda word: word == "yes",
        empty_value=None, required=False,
    )  # fmt: skip
    field_order = ["day", "contents", "opinion", "is_opinion_adopted", "note"]


class MomentForm(StepForm):
    """A step whose hour matters: the 24 hours of LAF 39(2)."""

    time = ClockField(label="时刻", error_messages={"required": "没有填写时刻：请填写，例如 8:30。"})
    field_order = ["day", "time", "note"]

    def first_values(self, found):
        return {"time": clock.now().astimezone(clock.SHANGHAI).time().replace(second=0, microsecond=0)}

    def clean(self):
        told = super().clean()
        if told.get("day") and told.get("time"):
            told["moment"] = datetime.combine(told["day"], told["time"], tzinfo=clock.SHANGHAI)
        return told


class TransferForm(MomentForm):
    transferred_to = line("转交给", missing="没有填写转交给谁：请填写法律援助机构名称。", length=100)
    case = one_of("转成的援助案件", AidCase.objects.none(), empty="还没有受理，以后再填")
    field_order = ["day", "time", "transferred_to", "case", "note"]

    def prepare(self, found):
        if found.id_index:
            self.fields["case"].queryset = AidCase.objects.of_county(found.county).filter(id_index=found.id_index)


class EndForm(StepForm):
    defender_case = one_of("指派辩护的案件", AidCase.objects.none(), empty="家属委托，或者不是本县指派")

    field_order = ["defender_case", "day", "note"]

    def prepare(self, found):
        self.fields["defender_case"].queryset = defenders_of(found)
        self.fields["note"].label = "终止原因"
        self.fields["note"].required = True
        self.fields["note"].error_messages["required"] = "没有写终止原因：请写明委托或者指派了哪位辩护人。"


FORMS = {"arrange": ArrangeForm, "give": GiveForm, "take_application": MomentForm, "transfer": TransferForm, "end": EndForm}


def form_of(code):
    return FORMS.get(code, StepForm)

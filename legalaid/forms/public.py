"""The public's own form and its question about the progress: plain words, few fields, nothing of the person is shown again later."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from common import clock
from common.id_numbers import birth_date_of, check_id_number, check_phone
from legalaid.forms.persons import area, checked, text
from legalaid.models import AidCase
from legalaid.rules import matters
from legalaid.rules.procedure import age_on
from legalaid.services.online import MOST_FILES, PICTURES
from organizations.models import Region
from records.services.files import LARGEST_UPLOAD

# What people come with, in their words; the centre decides what it is by law.
PLAIN_MATTERS = (
    ("m05", "干了活没拿到工资，或者单位不承认劳动关系"),
    ("m07", "工伤、交通事故、医疗事故受了伤，要求赔偿"),
    ("m04", "要赡养费、抚养费、扶养费"),
    ("n04", "遭受家庭暴力、虐待、遗弃"),
    ("m02", "社会保险、低保、救助"),
    ("m03", "抚恤金"),
    ("m06", "给失智、精神障碍的家人确定监护人"),
    ("m08", "环境污染造成损失"),
    ("c24", "本人或者家人被刑事拘留、逮捕、起诉"),
    ("c29", "被犯罪行为伤害，要求赔偿"),
    ("", "其他，或者不清楚"),
)
PLAIN_GROUPS = (
    ("migrant_worker", "外出务工的农民工"), ("farmer", "农民"), ("disabled", "残疾人"), ("elderly", "60 岁以上老年人"), ("minor", "未成年人"),
    ("woman", "妇女"), ("hardship_employee", "困难职工"), ("military", "军人、军属"),
)  # fmt: skip
PLAIN_CLAIMS = (
    ("assistance", "低保、特困供养、优抚，或者法院给予司法救助"),
    ("no_livelihood", "没有固定收入的老年人、残疾人、未成年人"),
    ("migrant_pay", "农民工讨要工资，或者要求工伤赔偿"),
)
CHILD = 14  # Personal Information Protection Law 28, 31


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once, each within what the program takes in."""

    widget = ManyFilesInput

    def clean(self, data, initial=None):
        uploads = [each for each in (data if isinstance(data, list | tuple) else [data]) if each]
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(f"最多传 {MOST_FILES} 张：请只选最重要的，其余的以后再交。")
        for each in uploads:
            if each.size > LARGEST_UPLOAD:
                raise forms.ValidationError("有一张照片超过 5 MB：请换一张小的，或者不传，以后再交。")
            if not each.size:
                raise forms.ValidationError("有一个文件是空的：请重新选择。")
        return [super(ManyFilesField, self).clean(each, initial) for each in uploads]


class OnlineForm(forms.Form):
    county = forms.ModelChoiceField(
        label="哪个县（市、区）", queryset=Region.objects.none(), empty_label="请选择",
        error_messages={"required": "没有选择县（市、区）：请选择。", "invalid_choice": "没有这个县（市、区）：请重新选择。"},
    )  # fmt: skip
    recipient = text(
        "姓名", 50, required=True, missing="没有填写姓名：请填写需要法律援助的人的姓名。", help_text="需要法律援助的人"
    )
    id_number = text(
        "身份证号", 40, required=True, missing="没有填写身份证号：请填写 18 位号码。", help_text="18 位，最后一位可能是 X"
    )
    phone = text(
        "联系电话",
        30,
        required=True,
        missing="没有填写联系电话：请填写，工作人员要和您联系。",
        inputmode="tel",
        help_text="能打通的手机号，查进度也用它",
    )
    proxy_name = text("您的姓名（替别人申请的填）", 50)
    proxy_relation = text("您和他（她）的关系（替别人申请的填）", 30, help_text="例如父亲、女儿、邻居、村干部")
    groups = forms.MultipleChoiceField(
        label="属于哪些情况（可以多选）", required=False, choices=PLAIN_GROUPS, widget=forms.CheckboxSelectMultiple
    )
    matter = forms.ChoiceField(label="为了什么事", required=False, choices=PLAIN_MATTERS, widget=forms.RadioSelect, initial="")
    summary = area(
        "发生了什么事", 6, 2000, required=True, missing="没有写发生了什么事：请简单写几句。",
        help_text="什么时候、在哪里、和谁、什么事、想要什么结果。不要写身份证号、银行卡号",
    )  # fmt: skip
    opponent = text("对方是谁", 200, help_text="人名或者单位名，不知道的不填")
    hardship_claims = forms.MultipleChoiceField(
        label="有没有下面的情况（有的可以免查经济状况）",
        required=False,
        choices=PLAIN_CLAIMS,
        widget=forms.CheckboxSelectMultiple,
    )
    files = ManyFilesField(
        label="材料照片（可以不传）", required=False,
        help_text=f"身份证、欠条、合同等，最多 {MOST_FILES} 张，每张不超过 5 MB；也可以以后交",
    )  # fmt: skip
    consent = forms.BooleanField(
        label="同意法律援助中心为审查这次申请使用以上信息，情况属实",
        error_messages={"required": "没有勾选同意：法律援助中心要用这些信息才能审查，请勾选。"},
    )

    def __init__(self, *args, counties, **options):
        super().__init__(*args, **options)
        self.counties = counties
        self.fields["county"].queryset = Region.objects.filter(pk__in=[each.pk for each in counties])
        where = ["county"]
        if len(counties) == 1:
            del self.fields["county"]
            where = []
        self.fields["files"].widget.attrs["accept"] = ",".join(sorted(PICTURES))
        self.fields["files"].widget.attrs["multiple"] = True
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(
            Fieldset("一、谁需要法律援助", *where, "recipient", "id_number", "phone", "groups", css_class="sec"),
            Fieldset("二、为了什么事", "matter", "summary", "opponent", css_class="sec"),
            Fieldset("三、经济状况和材料", "hardship_claims", "files", css_class="sec"),
            Fieldset("四、替别人申请的", "proxy_name", "proxy_relation", css_class="sec"),
            Div("consent", css_class="sec"),
        )

    def clean_id_number(self):
        return checked(check_id_number, self.cleaned_data["id_number"])

    def clean_phone(self):
        return checked(check_phone, self.cleaned_data["phone"])

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("proxy_name")) != bool(cleaned.get("proxy_relation")):
            name = "proxy_relation" if cleaned.get("proxy_name") else "proxy_name"
            self.add_error(name, "替别人申请的，您的姓名和关系都要填；替自己申请的都不填。")
        number = cleaned.get("id_number")
        if number and age_on(birth_date_of(number), clock.today()) < CHILD and not cleaned.get("proxy_name"):
            self.add_error("proxy_name", "不满 14 岁的孩子，要由父母或者其他监护人来申请：请填写您的姓名和关系。")
        return cleaned

    @property
    def chosen_county(self):
        return self.counties[0] if len(self.counties) == 1 else self.cleaned_data["county"]

    def values(self):
        """As the case keeps them; the group counted is the first ticked until the centre looks."""
        cleaned = self.cleaned_data
        chosen, matter = cleaned["groups"], cleaned["matter"]
        return {
            "recipient": cleaned["recipient"],
            "id_kind": "resident",
            "id_number": cleaned["id_number"],
            "phone": cleaned["phone"],
            "proxy_name": cleaned["proxy_name"],
            "proxy_relation": cleaned["proxy_relation"],
            "groups": chosen,
            "primary_group": chosen[0] if chosen else "",
            "matter": matter,
            "cause": matters.CAUSES.get(matter, "待接收时确定"),
            "summary": cleaned["summary"],
            "opponent": cleaned["opponent"],
            "hardship_claims": cleaned["hardship_claims"],
            "channel": AidCase.Channel.ONLINE,
        }


class ProgressForm(forms.Form):
    code = text(
        "查询码",
        30,
        required=True,
        missing="没有填写查询码：请填写申请时得到的 10 位数字。",
        inputmode="numeric",
        help_text="申请时得到的 10 位数字",
    )
    secret = text(
        "手机号，或者证件号码后 4 位", 30, required=True, missing="没有填写手机号或者证件号码后 4 位：请填写一样。",
        help_text="申请时留的手机号（11 位），或者证件号码的后 4 位",
    )  # fmt: skip

"""Whose case it is, as people type it: what the forms of application and notice have in common. domain.md §4.6–4.9."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms

from accounts.fields import DayField
from common import clock
from common.id_numbers import check_id_number, check_phone, mask_id_number, mask_phone
from legalaid.models import AidCase, Applicant
from legalaid.rules import groups, matters

PICK = [("", "请选择")]
ETHNICITIES = (
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族 畲族 "
    "高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 "
    "塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族"
).split()
RELATIONS = (
    "法定代理人（父母）",
    "法定代理人（其他监护人）",
    "配偶",
    "子女",
    "其他近亲属",
    "委托代理人",
    "村（居）委会工作人员",
    "其他",
)
EDUCATION = ("文盲", "小学", "初中", "高中、中专", "大专", "本科及以上")
EIGHT = AidCase.Group.choices[:8]
OTHERS = [choice for choice in AidCase.Group.choices[8:] if choice[0] != AidCase.Group.NONE]


def grouped_matters(codes):
    """Matters under the article they belong to."""
    labels = dict(AidCase.Matter.choices)
    heads = {"m": "法律援助法31条", "n": "法律援助法32条（不受经济困难条件限制）", "c": "刑事"}
    by_head: dict[str, list] = {}
    for code in codes:
        by_head.setdefault(heads[code[0]], []).append((code, labels[code]))
    return [("", "请选择"), *by_head.items()]


def text(label, length, *, help_text="", required=False, missing="", **attrs):
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        error_messages={"required": missing or f"没有填写{label}：请填写。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def area(label, rows, length, *, help_text="", required=False, missing=""):
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        error_messages={"required": missing},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def row(*fields):
    return Div(*(Div(name, css_class="col-sm-6") for name in fields), css_class="row")


class PersonForm(forms.Form):
    """What application and notice have in common: the person, the groups, what it is about."""

    recipient = text("姓名", 50, required=True, missing="没有填写姓名：请填写。")
    id_kind = forms.ChoiceField(label="证件类型", choices=Applicant.IdKind.choices, initial=Applicant.IdKind.RESIDENT)
    id_number = text("证件号码", 40, inputmode="text")
    gender = forms.ChoiceField(label="性别", required=False, choices=[("", "由身份证号得出"), *Applicant.Gender.choices])
    birth_date = DayField(label="出生日期", required=False, has_today=False, help_text="有 18 位身份证号的可以不填，由号码得出")
    ethnicity = forms.ChoiceField(
        label="民族", required=False, choices=[("", "没有登记"), *((each, each) for each in ETHNICITIES)]
    )
    phone = text("联系电话", 30, inputmode="tel", help_text="11 位手机号或带区号的座机；查询进度也用它")
    registered_address = text("户籍地", 200)
    current_address = text("现住址", 200)
    postcode = text("邮政编码", 6, inputmode="numeric")
    education = forms.ChoiceField(
        label="文化程度", required=False, choices=[("", "没有登记"), *((each, each) for each in EDUCATION)]
    )
    occupation = text("职业", 50)
    work_unit = text("工作单位", 100)
    health = text("健康状况", 100)
    nationality = text("国籍", 30, help_text="中国公民不用填")
    custody_place = text("羁押场所", 100)
    guardian = text("监护人姓名", 50, help_text="未成年人，或者无、限制民事行为能力人填写")
    groups = forms.MultipleChoiceField(
        label="特殊群体（可多选，都不是的不选）", required=False, choices=[*EIGHT, *OTHERS], widget=forms.CheckboxSelectMultiple
    )
    primary_group = forms.ChoiceField(
        label="主要群体", required=False, choices=[("", "只选了一个群体的不用选"), *EIGHT, *OTHERS],
        help_text="选了几个群体的，统计按主要群体计",
    )  # fmt: skip
    type = forms.ChoiceField(label="案件类型", required=False, choices=[("", "按援助事项"), *AidCase.Type.choices])
    stage = forms.ChoiceField(label="办理阶段", required=False, choices=[*PICK, *AidCase.Stage.choices])
    cause = text(
        "案由", 100, required=True, missing="没有填写案由：请填写，例如追索劳动报酬纠纷。", help_text="例如追索劳动报酬纠纷"
    )
    summary = area("案情简介", 4, 2000, help_text="时间、地点、对方、经过、诉求；不要写身份证号、银行账号")
    basis = forms.ChoiceField(label="惠民工程依据", required=False, choices=[("", "按援助事项自动确定"), *AidCase.Basis.choices])

    def __init__(self, *args, case=None, **options):
        super().__init__(*args, **options)
        self.case = case
        number = self.fields["id_number"]
        number.required = case is None
        number.error_messages["required"] = "没有填写证件号码：请填写；身份不明的，证件类型选“其他或者身份不明”并写明情况。"
        if case is not None:
            number.help_text = f"已登记 {mask_id_number(case.id_number)}，留空表示不变"
            if case.applicant.phone:
                self.fields["phone"].help_text = f"已登记 {mask_phone(case.applicant.phone)}，留空表示不变"

    def make_helper(self, *sections):
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        helper.layout = Layout(*sections)
        return helper

    def clean_id_number(self):
        number = "".join((self.cleaned_data.get("id_number") or "").split()).upper()
        if number and self.data.get(self.add_prefix("id_kind"), Applicant.IdKind.RESIDENT) == Applicant.IdKind.RESIDENT:
            return checked(check_id_number, number)
        return number

    def clean_phone(self):
        return self.telephone("phone", self.kept_phone())

    def kept_phone(self):
        """The telephone that an empty field stands for."""
        return self.case.applicant.phone if self.case else ""

    def telephone(self, name, kept=""):
        phone = (self.cleaned_data.get(name) or "").strip()
        return checked(check_phone, phone) if phone else kept

    def clean_birth_date(self):
        born = self.cleaned_data.get("birth_date")
        if born and born > clock.today():
            raise forms.ValidationError("出生日期在今天之后：请核对。")
        return born

    def clean_postcode(self):
        code = (self.cleaned_data.get("postcode") or "").strip()
        if code and not (len(code) == 6 and code.isascii() and code.isdigit()):
            raise forms.ValidationError("邮政编码应为 6 位数字：请核对，不知道的可以不填。")
        return code

    def clean(self):
        cleaned = super().clean()
        if "groups" in cleaned and "primary_group" in cleaned:
            if wrong := groups.wrong_primary(cleaned["primary_group"], cleaned["groups"]):
                self.add_error("primary_group", wrong)
        matter = cleaned.get("matter") or ""
        type_ = cleaned.get("type") or (matters.usual_type(matter) if matter else "")
        if misfit := matters.misfit(matter, type_, cleaned.get("stage") or ""):
            self.add_error(*misfit)
        return cleaned

    def values(self):
        """The columns as typed so far; what is wrong is left out. An ID number left empty stays as it was."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in self.NOT_COLUMNS}
        values["gender"] = values.get("gender") or Applicant.Gender.UNSTATED
        return values

    NOT_COLUMNS = ("day", "station", "custody_day", "custody_time", "papers")


def checked(check, value):
    try:
        return check(value)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None

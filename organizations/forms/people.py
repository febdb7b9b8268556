"""What is typed about people."""

import re
import unicodedata

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from accounts.fields import DayField
from accounts.models import User
from common import clock
from common.id_numbers import check_id_number
from organizations.forms.inputs import choice, line, number, one_of, paper, passage, search
from organizations.models import Organization, Practitioner, Region, Station

YES_NO = [("yes", "是"), ("no", "否")]


def day(label, *, missing="", **options):
    options.setdefault("help_text", "例如 2022-9-26")
    return DayField(label=label, required=bool(missing), error_messages={"required": missing}, **options)


class StationsField(forms.ModelMultipleChoiceField):
    """Stations to tick, by their short names."""

    def label_from_instance(self, station):
        return station.short_name


def stations_field():
    return StationsField(
        label="可值班站点",
        queryset=Station.objects.none(),
        required=False,
        help_text="一个都不选，表示本县全部站点",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "所选站点不在可选范围内：请重新选择。"},
    )


class PersonFilter(forms.Form):
    STATES = [("in", "在库"), ("proposed", "待批准"), ("left", "出库"), ("refused", "未批准")]

    q = search("姓名或拼音首字母")
    kind = choice("人员类别", Practitioner.Kind.choices, empty="全部")
    state = choice("入库状态", STATES, empty="全部")
    public = choice("公职人员", YES_NO, empty="全部")

    def clean_q(self):
        text = self.cleaned_data["q"]
        if re.search(r"\d{6}", unicodedata.normalize("NFKC", text)):
            raise forms.ValidationError("证件号不能写在这里：请用“按身份证号查找”。")
        return text


class FindForm(forms.Form):
    """Sent by POST: a full number never stands in an address."""

    id_number = line("身份证号", missing="没有填写身份证号：请填写 18 位号码。", length=30, inputmode="text")

    def clean_id_number(self):
        try:
            return check_id_number(self.cleaned_data["id_number"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class ProofFields(forms.Form):
    practice_certificate_no = line("执业证号", length=40, help_text="律师、基层法律服务工作者填写，17 位", inputmode="numeric")
    qualification_no = line("法律职业资格证号", length=40, help_text="高校法律专业师生必须填写")
    service_years = number("从业年限", most=80, help_text="政法机关退休人员必须填写，满 5 年")
    retired_from = line("退休单位及从事业务", help_text="政法机关退休人员填写")
    retired_on = day("退休日期", help_text="政法机关退休人员填写，例如 2018-6-30")


class PersonEditForm(ProofFields):
    name = line("姓名", missing="没有填写姓名：请填写。", length=50)
    phone = line("联系电话", length=20, help_text="手机号或带区号的座机号，可以不填", inputmode="tel")
    remark = passage("备注", help_text="其他非公职人员在这里说明从事的法律事务")

    field_order = ["name", "phone"]


class PersonForm(PersonEditForm):
    """A new person, her proofs, her firm, her place in the pool, her account."""

    id_number = line(
        "身份证号", missing="没有填写身份证号：请填写 18 位号码。", length=30, help_text="18 位，性别和出生日期由此得出"
    )
    kind = choice("人员类别", Practitioner.Kind.choices, missing="没有选择人员类别：请选择。")
    organization = one_of("所属单位", Organization.objects.none(), empty="无")
    is_public_servant = choice(
        "公职人员", YES_NO, empty="按人员类别", help_text="公职律师、法律援助机构人员是公职人员，值班不发补贴"
    )
    evidence = line("公职身份依据", length=200, help_text="例如“单位证明”“本人非公职承诺书”")
    county = one_of("入库的县", Region.objects.none(), missing="没有选择县：请选择。", empty=None)
    since = day("入库日期", missing="没有填写入库日期：请填写，例如 2022-9-26。")
    stations = stations_field()
    reason = passage("入库说明")
    bank_name = line("开户行", help_text="例如“中国农业银行泽州县支行”")
    account_no = line("银行账号", length=40, help_text="本人的账户；可以以后再登记", inputmode="numeric")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        counties = Region.objects.counties().visible_to(user)
        self.fields["county"].queryset = counties
        self.fields["stations"].queryset = Station.objects.visible_to(user).active()
        self.fields["organization"].queryset = Organization.objects.visible_to(user).active()
        self.fields["since"].initial = clock.today
        self.fields["county"].initial = counties.first()
        self.helper = sections(
            ("基本情况", ("name", "id_number"), ("kind", "phone")),
            (
                "证明",
                ("practice_certificate_no", "qualification_no"),
                ("retired_from", "retired_on"),
                ("service_years", "remark"),
            ),
            ("单位和公职身份", ("organization", "is_public_servant"), "evidence"),
            ("入库", ("county", "since"), Div("stations", css_class="ticks"), "reason"),
            ("收款账户", ("bank_name", "account_no")),
        )

    def clean_is_public_servant(self):
        return {"yes": True, "no": False}.get(self.cleaned_data["is_public_servant"])


class IdNumberForm(forms.Form):
    id_number = line("正确的身份证号", missing="没有填写身份证号：请填写 18 位号码。", length=30)
    reason = passage("更正原因", missing="没有填写更正原因：请写明依据，例如“核对身份证原件”。")


class KindForm(ProofFields):
    kind = choice("新的人员类别", Practitioner.Kind.choices, missing="没有选择人员类别：请选择。")
    since = day("变更日期", missing="没有填写变更日期：请填写，例如 2022-9-26。")
    evidence = line("依据", missing="没有填写依据：请写明证件或文件。", length=200)

    field_order = ["kind", "since", "evidence"]


class FirmForm(forms.Form):
    organization = one_of("新的所属单位", Organization.objects.none(), empty="无（离开现单位）")
    since = day("变动日期", missing="没有填写变动日期：请填写，例如 2022-9-26。", help_text="在新单位的第一天")
    reason = passage("说明")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.visible_to(user).active()


class StatusForm(forms.Form):
    is_public_servant = choice("公职人员", YES_NO, missing="没有选择是否公职人员：请选择。")
    since = day("起始日期", missing="没有填写起始日期：请填写，例如 2022-9-26。", help_text="从这一天起算，可以是以前的日期")
    evidence = line("依据", missing="没有填写依据：请写明文件、承诺书或单位证明。", length=200)
    paper = paper("证明材料")

    def clean_is_public_servant(self):
        return self.cleaned_data["is_public_servant"] == "yes"


class StayForm(forms.Form):
    """A stay in a county's pool."""

    county = one_of("入库的县", Region.objects.none(), missing="没有选择县：请选择。", empty=None)
    since = day("入库日期", missing="没有填写入库日期：请填写，例如 2022-9-26。")
    stations = stations_field()
    reason = passage("入库说明")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county"].queryset = Region.objects.counties().visible_to(user)
        self.fields["stations"].queryset = Station.objects.visible_to(user).active()
        self.helper = sections(("入库", ("county", "since"), Div("stations", css_class="ticks"), "reason"))


class StationsForm(forms.Form):
    stations = stations_field()
    reason = passage("说明")

    def __init__(self, *args, county, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stations"].queryset = Station.objects.in_county(county).active()
        self.helper = sections(("站点", Div("stations", css_class="ticks"), "reason"))


class LeaveForm(forms.Form):
    on = day("出库日期", missing="没有填写出库日期：请填写，例如 2022-9-26。", help_text="在库的最后一天")
    reason = passage("出库原因", missing="没有填写出库原因：请写明，例如“调离”“本人申请”。")


class AccountForm(forms.Form):
    bank_name = line("开户行", missing="没有填写开户行：请写全称，例如“中国农业银行泽州县支行”。")
    account_no = line("银行账号", missing="没有填写银行账号：请填写。", length=40, inputmode="numeric")
    paper = paper("收款人签字的账户确认书", missing="没有上传收款人签字的账户确认书：请先打印确认书，由本人填写签字后上传。")
    reason = passage("变更原因")


class OrganizationAccountForm(forms.Form):
    """The payee account of a firm or office."""

    holder = line("户名", missing="没有填写户名：请照开户许可证填写。", length=100)
    bank_name = line("开户行", missing="没有填写开户行：请写全称，例如“中国农业银行泽州县支行”。")
    account_no = line("银行账号", missing="没有填写银行账号：请填写。", length=40, inputmode="numeric")
    paper = paper("盖章的账户确认书", missing="没有上传机构盖章的账户确认书：请由机构盖章后上传。")
    reason = passage("变更原因")


class AccountPaperForm(forms.Form):
    paper = paper("收款人签字的账户确认书", missing="没有选择文件：请选择签字后的确认书。")


class LoginForm(forms.Form):
    user = one_of("登录用户", User.objects.none(), empty="不关联", help_text="关联后，本人登录可以看到自己的班次和补贴")

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        free = User.objects.people().active().filter(practitioner=None) | User.objects.filter(practitioner=person)
        self.fields["user"].queryset = free
        self.fields["user"].label_from_instance = lambda user: f"{user.name}（{user.username}）"


class RevealForm(forms.Form):
    what = choice("查看内容", [], missing="没有选择要查看的内容：请选择。", empty="请选择")
    reason = line("查看理由", missing="没有填写查看理由：请写明办什么事。", length=200, help_text="写入审计日志")

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [("", "请选择"), *choices]


class DecisionForm(forms.Form):
    """A leader's word; a refusal says why."""

    opinion = passage("审定意见", help_text="不同意时必须写明理由")


def sections(*parts):
    """A crispy layout of titled sections; names in a tuple stand side by side on a wide screen."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*(Fieldset(title, *(_beside(row) for row in rows), css_class="sec") for title, *rows in parts))
    return helper


def _beside(row):
    if not isinstance(row, tuple):
        return row
    return Div(*(Div(name, css_class="col-md") for name in row), css_class="row")

"""Marks, decisions and quarterly lists: what people type."""

from django import forms

from accounts.fields import AmountField, DayField
from subsidies.models import CaseClaim
from subsidies.services.case_pages import STATE_WORDS


class MarksFilter(forms.Form):
    year = forms.ChoiceField(label="年度", required=False)
    quarter = forms.ChoiceField(
        label="标注季度",
        required=False,
        choices=[("", "全部"), ("1", "第一季度"), ("2", "第二季度"), ("3", "第三季度"), ("4", "第四季度")],
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATE_WORDS.items()])
    q = forms.CharField(label="案件编号", required=False, max_length=60)

    def __init__(self, *args, years=(), **options):
        super().__init__(*args, **options)
        self.fields["year"].choices = [("", "本年度"), *((str(year), f"{year}年") for year in years)]


class MarkForm(forms.Form):
    marked_on = DayField(label="标注日期", help_text="惠民工程管理系统里的标注日期。")
    entry_no = forms.CharField(label="惠民工程管理系统编号", max_length=60, required=False)
    local_standard = AmountField(label="当地补贴标准", help_text="本案按本地办案补贴标准的金额；低于 1,000 元的按 1,000 元补贴。")
    proof = forms.FileField(
        label="标注截图",
        help_text="惠民工程管理系统的标注页面，PDF 或图片，5 MB 以内。",
        error_messages={"required": "没有上传惠民工程管理系统的标注截图：请截图后上传。", "empty": "文件是空的：请重新选择。"},
    )
    is_unpaid = forms.BooleanField(
        label="已核对：本案没有发过普通法律援助补贴",
        error_messages={"required": "请先核对本案没有发过普通法律援助补贴；发过的不能标注。"},
    )


class OpinionForm(forms.Form):
    opinion = forms.CharField(label="意见", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class OrdinaryForm(forms.Form):
    reason = forms.CharField(
        label="依据",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="普通法律援助补贴的发放时间、金额和凭证号。",
        error_messages={"required": "没有写依据：请写明普通补贴的发放时间、金额和凭证。"},
    )


class ScopeForm(forms.Form):
    is_included = forms.TypedChoiceField(
        label="决定",
        choices=[("yes", "纳入惠民工程"), ("no", "不纳入惠民工程")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择：请选择纳入或者不纳入。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：山西省法律援助条例第九条涵盖该事项。",
        error_messages={"required": "没有填写理由：请写明。"},
    )
    document_no = forms.CharField(
        label="会议纪要或批示文号", max_length=60, error_messages={"required": "没有填写会议纪要或批示文号：请写明。"}
    )
    paper = forms.FileField(label="会议纪要、批示扫描件", required=False, help_text="PDF 或图片，5 MB 以内。")


class PayeeForm(forms.Form):
    choice = forms.ChoiceField(label="收款人", choices=CaseClaim.Choice.choices, required=False, widget=forms.RadioSelect)


class BackForm(forms.Form):
    reason = forms.CharField(
        label="退回理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明这一件哪里需要更正；援助中心更正后重新列入。",
        error_messages={"required": "没有写退回理由：请写明这一件哪里需要更正。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

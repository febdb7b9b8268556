"""Movements of money, reversals, bank statements, posts."""

from django import forms

from accounts.fields import AmountField, DayField
from common.dates import parse_day
from common.money import parse_yuan
from subsidies.models import Fund, FundMovement, LedgerEntry, PayChain
from subsidies.services.reconciliation import StatementLine


class LedgerFilter(forms.Form):
    fund = forms.ChoiceField(label="资金", required=False, choices=Fund.Kind.choices)
    year = forms.ChoiceField(label="年度", required=False)
    quarter = forms.ChoiceField(
        label="季度",
        required=False,
        choices=[("", "全年"), ("1", "第一季度"), ("2", "第二季度"), ("3", "第三季度"), ("4", "第四季度")],
    )
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *LedgerEntry.Kind.choices])

    def __init__(self, *args, years=(), **options):
        super().__init__(*args, **options)
        self.fields["year"].choices = [("", "全部"), *((str(year), f"{year}年") for year in years)]


class MovementForm(forms.Form):
    fund = forms.ChoiceField(label="资金来源", choices=Fund.Kind.choices)
    kind = forms.ChoiceField(
        label="类型",
        choices=FundMovement.Kind.choices,
        help_text="市财政到账开始 5 个工作日的拨付期限，不增加局里余额；拨付司法局、退回增加余额，缴回减少余额。",
    )
    day = DayField(label="日期")
    amount = AmountField(label="金额")
    document_no = forms.CharField(
        label="文号",
        max_length=100,
        help_text="到账和拨付按文号配对，请填写同一个文号。",
        error_messages={"required": "没有填写文号：请照拨款文件或回单填写。"},
    )
    remark = forms.CharField(label="说明", max_length=200, required=False)
    paper = forms.FileField(
        label="凭据扫描件",
        help_text="拨款文件或银行进账单，PDF 或图片，5 MB 以内。",
        error_messages={"required": "没有附凭据：请上传拨款文件或银行进账单的扫描件。", "empty": "文件是空的：请重新选择。"},
    )
    key = forms.CharField(widget=forms.HiddenInput)


class ReversalForm(forms.Form):
    reason = forms.CharField(
        label="冲销理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "没有写冲销理由：请写明哪里错了。"},
    )
    key = forms.CharField(widget=forms.HiddenInput)


class RecoveryForm(forms.Form):
    day = DayField(label="退回日期")
    amount = AmountField(label="退回金额")
    document_no = forms.CharField(
        label="银行回单号", max_length=100, error_messages={"required": "没有填写银行回单号：请照进账回单填写。"}
    )
    key = forms.CharField(widget=forms.HiddenInput)


class StatementForm(forms.Form):
    """A bank statement: its days and closing balance, and its lines from a workbook or typed one a line."""

    fund = forms.ChoiceField(label="资金", choices=Fund.Kind.choices)
    first = DayField(label="起始日期")
    last = DayField(label="截止日期")
    closing_balance = AmountField(label="期末余额")
    file = forms.FileField(
        label="对账单工作簿",
        required=False,
        help_text="有“对账单”工作表的 xlsx：日期、金额（支出填负数）、摘要、回单号。不上传的，在下面逐条填写。",
    )
    typed = forms.CharField(
        label="逐条填写",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行一条：日期，金额（支出填负数），回单号，摘要。例如 2022-4-6，-1200.00，R0406001，张示例",
    )
    key = forms.CharField(widget=forms.HiddenInput)

    def clean_typed(self):
        lines, wrong = [], []
        for number, text in enumerate(self.cleaned_data["typed"].splitlines(), start=1):
            if not text.strip():
                continue
            try:
                lines.append(read_line(text))
            except ValueError as error:
                wrong.append(f"第 {number} 行“{text.strip()[:30]}”：{error}")
        if wrong:
            raise forms.ValidationError(wrong)
        return lines


def read_line(text):
    """One typed line of a statement. ValueError in Chinese."""
    parts = [part.strip() for part in text.replace("，", ",").replace("\t", ",").split(",")]
    # 1,200.00 typed with its comma would fall apart: an amount is written without.
    if len(parts) < 2:
        raise ValueError("请写成 日期，金额，回单号，摘要，用逗号分开。")
    day, amount, receipt_no, *words = [*parts, ""]
    return StatementLine(parse_day(day), parse_yuan(amount, negative=True), " ".join(filter(None, words)), receipt_no)


class ChainForm(forms.Form):
    people = forms.TypedChoiceField(label="岗位分工", choices=PayChain.People.choices, coerce=int, widget=forms.RadioSelect)
    since = DayField(label="起始日期")
    reason = forms.CharField(label="依据", max_length=200, error_messages={"required": "没有写依据：请写明批准文件或会议纪要。"})


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "没有写理由：请写明为什么。"},
    )


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label="异议内容",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明哪一天、哪一项不对，有什么依据。",
        error_messages={"required": "没有写异议内容：请写明哪一天、哪一项不对。"},
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="答复",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明核查结果；需要改的，在考核事项或班次处理里办，差额由补贴表自动列出。",
        error_messages={"required": "没有写答复：请写明核查结果。"},
    )

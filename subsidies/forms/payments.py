"""Registering payments person by person or many at once, and what comes back."""

from django import forms

from accounts.fields import DayField
from subsidies.models import Payment
from subsidies.services.payment import Receipt


class PaymentsForm(forms.Form):
    """One line per person to pay: ticked or with a receipt number of her own, she is paid; the others wait.

    `rows` are the PayRows still to pay. A receipt number for all of them serves the ticked ones without their own.
    """

    paid_on = DayField(label="支付日期")
    receipt_for_all = forms.CharField(
        label="勾选人员共用的回单号",
        required=False,
        max_length=60,
        help_text="批量付款只有一个回单号时填写；各人有各自回单号的，填在表里。",
    )
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, rows, **options):
        super().__init__(*args, **options)
        self.rows = rows
        for row in rows:
            self.fields[f"pay-{row.pk}"] = forms.BooleanField(
                label=f"支付 {row.name}", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
            )
            self.fields[f"method-{row.pk}"] = forms.ChoiceField(
                label=f"{row.name}的支付方式",
                choices=Payment.Method.choices,
                initial=Payment.Method.TRANSFER,
                required=False,
                widget=forms.Select(attrs={"class": "form-select", "aria-label": f"{row.name}的支付方式"}),
            )
            self.fields[f"receipt-{row.pk}"] = forms.CharField(
                label=f"{row.name}的回单号",
                required=False,
                max_length=60,
                widget=forms.TextInput(
                    attrs={"class": "form-control", "aria-label": f"{row.name}的银行回单号", "autocomplete": "off"}
                ),
            )
            self.fields[f"approval-{row.pk}"] = forms.CharField(
                label=f"{row.name}的现金批准文号",
                required=False,
                max_length=60,
                widget=forms.TextInput(
                    attrs={"class": "form-control", "aria-label": f"{row.name}的现金批准文号", "autocomplete": "off"}
                ),
            )

    def lines(self):
        """The rows, each with its bound fields, for the table."""
        for row in self.rows:
            yield {
                "row": row,
                "pay": self[f"pay-{row.pk}"],
                "method": self[f"method-{row.pk}"],
                "receipt": self[f"receipt-{row.pk}"],
                "approval": self[f"approval-{row.pk}"],
            }

    def clean(self):
        cleaned = super().clean()
        receipts = []
        for row in self.rows:
            own = cleaned.get(f"receipt-{row.pk}", "")
            if not own and not cleaned.get(f"pay-{row.pk}"):
                continue
            number = own or cleaned.get("receipt_for_all", "")
            if not number:
                self.add_error(f"receipt-{row.pk}", f"没有填写{row.name}的银行回单号：请填写后再登记。")
                continue
            method = cleaned.get(f"method-{row.pk}") or Payment.Method.TRANSFER
            receipts.append(Receipt(row.pk, number, method, cleaned.get(f"approval-{row.pk}", "")))
        if not receipts and not self.errors:
            raise forms.ValidationError("没有选择支付的人员：请勾选人员，或填写各人的银行回单号。")
        cleaned["receipts"] = receipts
        return cleaned


class ReceiptsForm(forms.Form):
    file = forms.FileField(
        label="银行回单清单",
        help_text="有“回单”工作表的 xlsx：姓名、金额、回单号，也可以有账号。读入后先核对，再登记支付。",
        error_messages={"required": "没有选择文件：请选择银行回单清单。", "empty": "文件是空的：请重新选择。"},
    )


class ReturnForm(forms.Form):
    returned_on = DayField(label="退票日期")
    reason = forms.CharField(
        label="退票原因",
        max_length=200,
        help_text="照银行退票通知填写，例如 账号户名不符。",
        error_messages={"required": "没有写退票原因：请照银行退票通知填写。"},
    )
    key = forms.CharField(widget=forms.HiddenInput)

from django import forms
from django.core.validators import RegexValidator

from accounts.models import User

PHONE = RegexValidator(r"^[0-9+\-() ]{5,20}$", "电话号码不对：请输入手机号或带区号的座机号，例如 0356-1234567。")


def _phone():
    field = forms.CharField(
        label="联系电话",
        required=False,
        max_length=20,
        help_text="可以不填",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    field.validators.append(PHONE)
    return field


class UserForm(forms.ModelForm):
    """A user as the administrator enters her; the login is fixed once she exists."""

    phone = _phone()

    class Meta:
        model = User
        fields = ["username", "name", "phone"]
        help_texts = {"username": "用来登录，建立后不能改；建议用姓名全拼，例如 zhangshili"}
        error_messages = {
            "username": {"required": "没有填写登录名：请填写，例如 zhangshili。"},
            "name": {"required": "没有填写姓名：请填写。"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update({"autocomplete": "off", "autocapitalize": "none"})
        self.fields["username"].widget.attrs.pop("autofocus", None)
        if self.instance.pk:
            del self.fields["username"]


class OwnDetailsForm(forms.Form):
    phone = _phone()


class ReasonForm(forms.Form):
    """One sentence why, for what ought not to be done lightly."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        error_messages={"required": "没有填写理由：请写明原因。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UserFilter(forms.Form):
    STATES = [("", "全部"), ("active", "启用"), ("disabled", "停用")]

    q = forms.CharField(
        label="登录名、姓名、电话", required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)

"""allauth's forms in our words. No placeholders: the label says what goes in."""

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.password_validation import get_default_password_validators, validate_password

from accounts.models import User


def password_rules():
    rules = [validator.get_help_text() for validator in get_default_password_validators()]
    return "；".join(rule for rule in rules if rule) + "。"


def _word(form, name, label, missing, help_text=""):
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)


class SignInForm(account_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, "login", "登录名", "没有填写登录名：请输入登录名。")
        _word(self, "password", "密码", "没有填写密码：请输入密码。", "忘记密码请联系系统管理员重置。")
        self.fields["login"].widget.attrs["autocapitalize"] = "none"


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, "password", "密码", "没有填写密码：请输入您的登录密码。")


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, "oldpassword", "当前密码", "没有填写当前密码：请输入现在使用的密码。")
        _word(self, "password1", "新密码", "没有填写新密码：请输入新密码。", password_rules())
        _word(self, "password2", "再输一次新密码", "没有再输一次新密码：请再输一次。")

    def clean(self):
        cleaned = forms.Form.clean(self)
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的新密码不一样：请重新输入。")
        if first and first == cleaned.get("oldpassword"):
            self.add_error("password1", "新密码和当前密码一样：请换一个。")
        return cleaned


class SecondFactorForm(factor_forms.AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, "code", "验证码", "没有填写验证码：请输入手机上的 6 位数字。", "手机不在身边时，可以输入一个恢复码。")


class ReauthenticateSecondFactorForm(factor_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, "code", "验证码", "没有填写验证码：请输入手机上的 6 位数字。")


class ActivateSecondFactorForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, "code", "验证码", "没有填写验证码：请输入手机上的 6 位数字。", "扫码后手机上显示的 6 位数字")


class FirstAdministratorForm(forms.Form):
    username = forms.CharField(
        label="登录名",
        max_length=64,
        error_messages={"required": "没有填写登录名：请填写。"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    name = forms.CharField(label="姓名", max_length=50, error_messages={"required": "没有填写姓名：请填写。"})
    password = forms.CharField(
        label="密码",
        strip=False,
        error_messages={"required": "没有填写密码：请填写。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="再输一次密码",
        strip=False,
        error_messages={"required": "没有再输一次密码：请再输一次。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = password_rules()

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password"), cleaned.get("password_again")
        if first and second and first != second:
            self.add_error("password_again", "两次输入的密码不一样：请重新输入。")
        if first:
            try:
                validate_password(first, User(username=cleaned.get("username", ""), name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

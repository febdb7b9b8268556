"""Rules of passwords beyond Django's own, with sentences that say what to do."""

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError


class MinimumLength(password_validation.MinimumLengthValidator):
    def validate(self, password, user=None):
        if len(password) < self.min_length:
            raise ValidationError(f"密码太短：至少 {self.min_length} 个字符，现在只有 {len(password)} 个。")

    def get_help_text(self):
        return f"至少 {self.min_length} 个字符，可以是一句好记的话"


class NotCommon(password_validation.CommonPasswordValidator):
    def validate(self, password, user=None):
        if password.lower().strip() in self.passwords:
            raise ValidationError("密码太常见，容易被猜到：请换一个。")

    def get_help_text(self):
        return "不能是常见密码"


class NotSimilar(password_validation.UserAttributeSimilarityValidator):
    def validate(self, password, user=None):
        try:
            super().validate(password, user)
        except ValidationError:
            raise ValidationError("密码与登录名、姓名或电话太像：请换一个。") from None

    def get_help_text(self):
        return "不能与登录名、姓名、电话相近"


class NotNumeric(password_validation.NumericPasswordValidator):
    def validate(self, password, user=None):
        if password.isdigit():
            raise ValidationError("密码不能全是数字：请加上字母或文字。")

    def get_help_text(self):
        return "不能全是数字"


class Classes:
    """Three of four classes of characters, where PASSWORD_PROFILE is mlps."""

    def validate(self, password, user=None):
        if settings.PASSWORD_PROFILE != "mlps":
            return
        classes = (
            any(letter.isupper() for letter in password),
            any(letter.islower() for letter in password),
            any(letter.isdigit() for letter in password),
            any(not letter.isalnum() for letter in password),
        )
        if sum(classes) < 3:
            raise ValidationError("密码要包含大写字母、小写字母、数字、符号中的至少三种。")

    def get_help_text(self):
        return "包含大写字母、小写字母、数字、符号中的至少三种" if settings.PASSWORD_PROFILE == "mlps" else ""

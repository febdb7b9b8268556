"""Money: Decimal yuan with two decimals, never a float (design.md §7 of the house rules)."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
LARGEST = Decimal("99999999.99")

_AMOUNT = re.compile(r"(?P<sign>[-+]?)(?P<whole>\d+|\d{1,3}(,\d{3})+)(\.(?P<rest>\d+))?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def is_whole_cents(amount: Decimal) -> bool:
    """Whether the amount is a finite number of fen, so that storing it loses nothing."""
    return amount.is_finite() and amount == amount.quantize(CENT)


def yuan(amount) -> str:
    """An amount as people read it in tables: ``1,234.00``; a true minus sign for what is taken away."""
    text = f"{Decimal(amount).quantize(CENT):,.2f}"
    return "−" + text[1:] if text.startswith("-") else text


def parse_yuan(text, *, negative: bool = False) -> Decimal:
    """Read an amount typed by a person or found in a cell; full-width digits, ``¥``, ``元`` and commas are understood.

    Raises ValueError with a Chinese sentence: no number, a third decimal, below zero (unless ``negative``), too large.
    """
    if isinstance(text, bool) or text is None:
        raise ValueError("没有填写金额：请填写数字，例如 1200.00。")
    if isinstance(text, float):
        # A number cell of a workbook: its shortest decimal form is what the person typed.
        text = repr(text)
    if isinstance(text, (int, Decimal)):
        text = str(text)
    cleaned = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("−", "-").removeprefix("人民币")
    cleaned = re.sub(r"^([-+]?)[¥￥]", r"\1", cleaned).removesuffix("元")
    if not cleaned:
        raise ValueError("没有填写金额：请填写数字，例如 1200.00。")
    match = _AMOUNT.fullmatch(cleaned)
    if match is None or not cleaned.isascii():
        raise ValueError("金额不是数字：请只填写数字，例如 1200.00。")
    if len((match["rest"] or "").rstrip("0")) > 2:
        raise ValueError("金额最多两位小数：请四舍五入到分后再填写。")
    try:
        amount = Decimal(cleaned.replace(",", "")).quantize(CENT) + ZERO
    except InvalidOperation:
        raise ValueError("金额太大：单笔不能超过 99,999,999.99 元。") from None
    if abs(amount) > LARGEST:
        raise ValueError("金额太大：单笔不能超过 99,999,999.99 元。")
    if amount < 0 and not negative:
        raise ValueError("金额不能小于 0：请填写正数。")
    return amount


def in_words(amount) -> str:
    """人民币大写 of an amount (domain.md §7.4): one 零 for a run of zeros, 整 after 元, none after 角 or 分.

    Raises ValueError where the amount is not a whole number of fen or has more than 16 digits before the point.
    """
    amount = Decimal(amount)
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 16 or not is_whole_cents(amount):
        raise ValueError("金额不能写成大写：必须是不超过两位小数的数字。")
    cents = int(abs(amount) * 100)
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = _whole_words(whole)
    if jiao or fen:
        words += f"{_DIGITS[jiao]}角" if jiao else ("零" if whole else "")
        words += f"{_DIGITS[fen]}分" if fen else ""
    else:
        words = (words or "零元") + "整"
    return "人民币" + ("负" if amount < 0 else "") + words


def _whole_words(whole: int) -> str:
    if not whole:
        return ""
    words, gap = "", False
    digits = str(whole)
    for index, digit in enumerate(digits):
        group, place = divmod(len(digits) - 1 - index, 4)
        if digit == "0":
            gap = True
        else:
            words += ("零" if gap else "") + _DIGITS[int(digit)] + _PLACES[place]
            gap = False
        if place == 0 and int(digits[max(0, index - 3) : index + 1]):
            words += _GROUPS[group] if group < 3 else "万"
        elif place == 0 and group == 2:
            # 一万亿: the group of 亿 itself is empty but its name must stand.
            words += "亿"
    return words + "元"


class YuanField(models.DecimalField):
    """Decimal yuan, twelve digits, two of them fen. Refuses floats and a third decimal instead of rounding silently.

    ``signed=True`` for amounts that may be taken away (deductions, ledger entries); otherwise forms refuse less than 0.
    """

    def __init__(self, verbose_name=None, name=None, *, signed: bool = False, **kwargs):
        self.signed = signed
        kwargs["max_digits"], kwargs["decimal_places"] = 12, 2
        super().__init__(verbose_name, name, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        if self.signed:
            kwargs["signed"] = True
        return name, path, args, kwargs

    @property
    def validators(self):
        least = -LARGEST if self.signed else ZERO
        return [
            *super().validators,
            MinValueValidator(least, "金额不能小于 %(limit_value)s 元。"),
            MaxValueValidator(LARGEST, "金额不能大于 %(limit_value)s 元。"),
        ]

    def to_python(self, value):
        if isinstance(value, float):
            raise ValidationError("金额不能用浮点数表示。", code="float")
        return super().to_python(value)

    def get_prep_value(self, value):
        if isinstance(value, float):
            raise TypeError("money is Decimal yuan, never a float")
        value = super().get_prep_value(value)
        if isinstance(value, Decimal) and not is_whole_cents(value):
            raise ValueError(f"{value} yuan is not a whole number of fen; round it by a named rule first")
        return value

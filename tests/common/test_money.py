from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.money import LARGEST, YuanField, in_words, parse_yuan, yuan

WORDS = {
    "0": "人民币零元整",
    "200": "人民币贰佰元整",
    "1000": "人民币壹仟元整",
    "4400": "人民币肆仟肆佰元整",
    "100010": "人民币壹拾万零壹拾元整",
    "135000": "人民币壹拾叁万伍仟元整",
    "434400": "人民币肆拾叁万肆仟肆佰元整",
    "20000001": "人民币贰仟万零壹元整",
    "1409.50": "人民币壹仟肆佰零玖元伍角",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "325.04": "人民币叁佰贰拾伍元零肆分",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "0.05": "人民币伍分",
    "0.50": "人民币伍角",
    "100000000": "人民币壹亿元整",
    "1000000000000": "人民币壹万亿元整",
    "-30.00": "人民币负叁拾元整",
}


@pytest.mark.parametrize(("amount", "words"), WORDS.items())
def test_an_amount_in_words_is_what_the_bank_form_wants(amount, words):
    assert in_words(Decimal(amount)) == words


def read_words(words: str) -> Decimal:
    """The other way round, by an independent reading: each digit takes the place written behind it."""
    digits = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    words = words.removeprefix("人民币")
    sign = -1 if words.startswith("负") else 1
    words = words.removeprefix("负").removesuffix("整")
    whole, _, rest = words.rpartition("元") if "元" in words else ("", "", words)
    total = section = digit = 0
    for letter in whole:
        if letter in digits:
            digit = digits[letter]
        elif letter in places:
            section, digit = section + digit * places[letter], 0
        else:
            section, digit = section + digit, 0
            unit = {"万": 10**4, "亿": 10**8}[letter]
            total, section = (total + section * unit, 0) if letter == "万" else ((total + section) * unit, 0)
    cents = 0
    for letter in rest:
        if letter in digits:
            digit_of_rest = digits[letter]
        else:
            cents += digit_of_rest * (10 if letter == "角" else 1)
    return sign * (Decimal(total + section + digit) + Decimal(cents) / 100)


@given(st.decimals(min_value=0, max_value=LARGEST, places=2))
def test_words_read_back_are_the_amount(amount):
    words = in_words(amount)
    assert read_words(words) == amount
    assert "零零" not in words
    assert words.endswith("整") == (amount % 1 == 0)


@given(st.decimals(min_value=-LARGEST, max_value=LARGEST, places=2))
def test_an_amount_shown_and_read_again_is_the_same(amount):
    assert parse_yuan(yuan(amount), negative=True) == amount
    assert parse_yuan(f"{amount:.2f} 元", negative=True) == amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1200", "1200.00"),
        ("１２００．５", "1200.50"),
        ("¥1,200.00", "1200.00"),
        ("人民币 300 元", "300.00"),
        (1200, "1200.00"),
        (0.1, "0.10"),
        (434600.0, "434600.00"),
        ("0.100", "0.10"),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, amount):
    assert parse_yuan(typed) == Decimal(amount)
    assert str(parse_yuan(typed)) == amount


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "没有填写金额"),
        (None, "没有填写金额"),
        (True, "没有填写金额"),
        ("一百", "不是数字"),
        ("1e5", "不是数字"),
        ("1,20", "不是数字"),
        ("NaN", "不是数字"),
        (float("nan"), "不是数字"),
        (float("inf"), "不是数字"),
        ("1.234", "最多两位小数"),
        (0.123, "最多两位小数"),
        ("-1", "不能小于 0"),
        ("100000000", "太大"),
        ("9" * 60, "太大"),
        ("٣٠٠", "不是数字"),
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(typed, told):
    with pytest.raises(ValueError, match=told):
        parse_yuan(typed)


def test_the_field_refuses_floats_and_a_third_decimal_instead_of_rounding():
    field = YuanField()
    with pytest.raises(TypeError):
        field.get_prep_value(0.1)
    with pytest.raises(ValueError, match="fen"):
        field.get_prep_value(Decimal("0.001"))
    with pytest.raises(ValidationError):
        field.to_python(1.0)
    assert field.get_prep_value(Decimal("1.10")) == Decimal("1.10")


def test_only_a_signed_field_takes_less_than_nothing():
    YuanField(signed=True).run_validators(Decimal("-50.00"))
    with pytest.raises(ValidationError, match="不能小于 0.00"):
        YuanField().run_validators(Decimal("-0.01"))
    with pytest.raises(ValidationError, match="不能大于"):
        YuanField().run_validators(LARGEST + 1)


def test_the_field_survives_a_migration():
    field = YuanField("金额", signed=True, default=Decimal("0.00"))
    _, _, args, kwargs = field.deconstruct()
    again = YuanField(*args, **kwargs)
    assert (again.signed, again.max_digits, again.decimal_places) == (True, 12, 2)

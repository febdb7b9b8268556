from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.id_numbers import (
    birth_date_of,
    check_digit,
    check_id_number,
    check_phone,
    check_uscc,
    gender_of,
    mask_account,
    mask_id_number,
    mask_name,
    mask_phone,
)

id_numbers = st.builds(
    lambda area, born, order: (first := f"{area:06d}{born:%Y%m%d}{order:03d}") + check_digit(first),
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2022, 1, 1)),
    st.integers(0, 999),
)


@pytest.mark.parametrize("number", ["11010519491231002X", "14052519600101001X", "140525198506150025"])
def test_the_numbers_of_the_standard_pass(number):
    assert check_id_number(number) == number


def test_small_x_full_width_and_spaces_become_the_normal_form():
    assert check_id_number(" １１０１０５ 19491231 002x ") == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("110105194912310021", "校验码"),
        ("11010519491331002X", "出生日期"),
        ("110105194912310", "15 位"),
        ("11010519491231002", "17 位"),
        ("1101051949123100AX", "只能由数字组成"),
        ("", "没有填写"),
        ("1.40525E+17", "改成数字"),
        (1.40525198506150e17, "改成数字"),
        ("110105209912310028", "晚于今天"),
        ("110105189912310028", "早于 1900"),
        ("٠" * 18, "只能由数字组成"),
    ],
)
def test_a_wrong_number_is_refused_without_repeating_it(number, told):
    with pytest.raises(ValueError, match=told) as refused:
        check_id_number(number)
    assert not number or str(number) not in str(refused.value)


def test_nobody_is_born_after_the_day_that_is_asked_about():
    first = "14052520220302001"
    number = first + check_digit(first)
    assert check_id_number(number, today=date(2022, 3, 2)) == number
    with pytest.raises(ValueError, match="晚于今天"):
        check_id_number(number, today=date(2022, 3, 1))


@given(id_numbers)
def test_a_number_tells_birth_and_gender_and_its_mask_does_not(number):
    assert check_id_number(number, today=date(2022, 1, 1)) == number
    assert f"{birth_date_of(number):%Y%m%d}" == number[6:14]
    assert gender_of(number) == ("男" if number[16] in "13579" else "女")
    masked = mask_id_number(number)
    assert masked == number[:3] + "***********" + number[-4:]
    assert mask_id_number(masked) == masked


@given(id_numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number, place, step):
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    with pytest.raises(ValueError):
        check_id_number(wrong)


@given(st.text(max_size=25))
def test_any_text_is_a_number_or_a_value_error(text):
    try:
        assert len(check_id_number(text)) == 18
    except ValueError as refused:
        assert len(text) < 4 or text not in str(refused)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 13812345678", "13812345678"),
        (13812345678.0, "13812345678"),
        ("0356-3033000", "0356-3033000"),
        ("（0356）3033000", "0356-3033000"),
        ("03563033000", "03563033000"),
        ("0356-3033000-801", "0356-3033000-801"),
        ("12348", "12348"),
    ],
)
def test_telephones_are_read_as_people_type_them(typed, phone):
    assert check_phone(typed) == phone


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1381234567", "少 1 位"),
        ("138123456789", "多 1 位"),
        ("22812345678", "不对"),
        ("", "没有填写"),
        ("1234", "少 7 位"),
        ("电话", "不对"),
    ],
)
def test_a_wrong_telephone_says_what_is_missing(typed, told):
    with pytest.raises(ValueError, match=told):
        check_phone(typed)


def test_credit_codes_are_checked_by_gb_32100():
    assert check_uscc("91350100m000100y43") == "91350100M000100Y43"
    for wrong in ("91350100M000100Y44", "91350100M000100I43", "91350100M000100Y4", ""):
        with pytest.raises(ValueError):
            check_uscc(wrong)


def test_masks_show_as_little_as_they_may():
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("0356-3033000") == "********3000"
    assert mask_phone("12348") == "12348"
    assert [mask_name(name) for name in ("张三", "张小三", "欧阳小三", "张", "匿名", "")] == [
        "张*",
        "张*三",
        "欧**三",
        "*",
        "匿名",
        "",
    ]
    assert mask_account("6222000000001234") == "************1234"
    assert mask_account("1234") == "****"
    assert mask_id_number("140525850615002") == "***********5002"


@given(st.text(max_size=30))
def test_masking_keeps_the_length_and_hides_all_but_four(text):
    masked = mask_account(text)
    assert len(masked) == len(text)
    assert masked[:-4].strip("*") == ""

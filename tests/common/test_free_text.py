"""Personal numbers typed into free text are masked before anything is kept, and whoever typed them is told. safety.md §1.8."""

import pytest

from common.free_text import mask_numbers, warning_of


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("身份证14052519600101001X。", "身份证140***********001X。"),
        ("ID140525198506150025", "ID140***********0025"),
        ("证号１４０５２５１９６００１０１００１Ｘ，电话１３８", "证号140***********001X，电话１３８"),
        ("证号 140525 19850615 0025", "证号 140***********0025"),
        ("140525 19600101 001x 和 140525-1985-06-15-0025", "140***********001X 和 140***********0025"),
        ("140525196001010019（抄错一位）", "140***********0019（抄错一位）"),
        ("😀140525196001010019😀", "😀140***********0019😀"),
        ("卡号6222021234567890128", "卡号***************0128"),
        ("𠮷野 6222 0212 3456 7890 128", "𠮷野 ***************0128"),
    ],
)
def test_a_personal_number_in_free_text_is_masked_and_the_words_around_it_stay(typed, kept):
    masked = mask_numbers(typed)
    assert masked.text == kept and masked.warning


@pytest.mark.parametrize(
    "typed",
    [
        "案号1405251960010100199",
        "140525199913010019",  # no such birth date, and its check digit fails
        "金额123456789012345678元",
        "电话13812345678",
        "卡号 6229000000000000055",  # fails Luhn's check
        "2022年3月1日至9日",
        "（2022）晋0525民初１２３号",
        "",
    ],
)
def test_a_long_number_that_tells_nobody_who_somebody_is_stays_as_it_was_typed(typed):
    assert mask_numbers(typed) == (typed, ())


def test_each_kind_of_number_is_named_once_in_the_warning():
    both = mask_numbers("140525198506150025、14052519600101001X，卡6222021234567890128")
    assert both.found == ("身份证号", "银行卡号")
    assert both.warning.startswith("文字里有身份证号、银行卡号，已经遮住")
    assert warning_of(()) == ""

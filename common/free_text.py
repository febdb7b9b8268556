"""Personal numbers that were typed into free text: found and masked before they are kept (safety.md §1.8).

Free text is read, exported and printed by more people than the field that holds the number encrypted.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from common.id_numbers import check_digit, mask_account, mask_id_number

ID_NUMBER, BANK_CARD = "身份证号", "银行卡号"
_GAP = r"[ \-—–－]?"
_ID = re.compile(rf"(?<![0-9])(?:[0-9]{_GAP}){{17}}[0-9Xx](?![0-9A-Za-z])")
_CARD = re.compile(rf"(?<![0-9])(?:[0-9]{_GAP}){{15,18}}[0-9](?![0-9A-Za-z])")


class Masked(NamedTuple):
    """The text with its personal numbers masked, and what was found, in words."""

    text: str
    found: tuple[str, ...]

    @property
    def warning(self) -> str:
        """For the person who typed it; empty when nothing was found."""
        return warning_of(self.found)


def warning_of(found: Iterable[str]) -> str:
    """What to tell whoever typed these kinds of number; empty for none."""
    kinds = "、".join(dict.fromkeys(found))
    return f"文字里有{kinds}，已经遮住中间的数字：这些号码不要写进文字，有专门栏目的填在栏目里。" if kinds else ""


def mask_numbers(text: str | None) -> Masked:
    """Mask identity numbers (GB 11643) and bank cards (Luhn), also with gaps or full-width digits.

    An identity number is one by its check digit or by its birth date: with one digit copied wrong it still tells who somebody is.
    Other long numbers are left alone: case numbers and amounts are long, too.
    """
    found: dict[str, None] = {}

    def id_number(digits: str) -> str | None:
        if not (check_digit(digits[:17]) == digits[17] or _has_birth_date(digits)):
            return None
        found[ID_NUMBER] = None
        return mask_id_number(digits)

    def card(digits: str) -> str | None:
        if not _is_card(digits):
            return None
        found[BANK_CARD] = None
        return mask_account(digits)

    masked = _replaced(_replaced(text or "", _ID, id_number), _CARD, card)
    return Masked(masked, tuple(found))


def _replaced(text: str, pattern: re.Pattern, mask: Callable[[str], str | None]) -> str:
    """The text with what the pattern finds and `mask` answers for; everything around it as it was typed."""
    plain = "".join(_narrow(char) for char in text)  # one character for one: places in both texts are the same
    pieces, end = [], 0
    for match in pattern.finditer(plain):
        masked = mask(re.sub(r"[^0-9Xx]", "", match[0]).upper())
        if masked is not None:
            pieces += [text[end : match.start()], masked]
            end = match.end()
    return "".join([*pieces, text[end:]])


def _narrow(char: str) -> str:
    """A full-width digit, letter or blank as the plain one."""
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _has_birth_date(digits: str) -> bool:
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year <= 2100


def _is_card(digits: str) -> bool:
    """Luhn's check, and a first digit that banks use here."""
    if digits[0] not in "3456":
        return False
    doubled = [int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

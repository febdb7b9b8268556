"""Personal numbers that were typed into free text: found and masked before they are kept (safety.md §1.8).

Free text is read, exported and printed by more people than the field that holds the number encrypted.
"""

import re
import unicodedata
from typing import NamedTuple

from common.id_numbers import check_digit, mask_account, mask_id_number

_GAP = r"[ \u3000\u00a0\-—–]?"
_ID = re.compile(rf"(?<![0-9A-Za-z])(?:[0-9]{_GAP}){{17}}[0-9Xx](?![0-9A-Za-z])")
_CARD = re.compile(rf"(?<![0-9A-Za-z])(?:[0-9]{_GAP}){{15,18}}[0-9](?![0-9A-Za-z])")


class Masked(NamedTuple):
    """The text with its personal numbers masked, and what was found, in words."""

    text: str
    found: tuple[str, ...]

    @property
    def warning(self) -> str:
        """For the person who typed it; empty when nothing was found."""
        if not self.found:
            return ""
        return f"文字里有{'、'.join(self.found)}，已经遮住中间的数字：完整号码请填在专门的栏目里。"


def mask_numbers(text: str) -> Masked:
    """Mask identity numbers (GB 11643, with their check digit) and bank cards (Luhn), also with gaps or full-width digits.

    A number whose check fails is left alone: case numbers and amounts are long, too.
    """
    found: dict[str, None] = {}

    def mask_id(match: re.Match) -> str:
        digits = _digits(match[0])
        if check_digit(digits[:17]) != digits[17]:
            return match[0]
        found["身份证号"] = None
        return mask_id_number(digits)

    def mask_card(match: re.Match) -> str:
        digits = _digits(match[0])
        if not _is_card(digits):
            return match[0]
        found["银行卡号"] = None
        return mask_account(digits)

    plain = "".join(unicodedata.normalize("NFKC", char) if char in _FULL_WIDTH else char for char in text or "")
    masked = _CARD.sub(mask_card, _ID.sub(mask_id, plain))
    return Masked(masked if found else text or "", tuple(found))


_FULL_WIDTH = frozenset("０１２３４５６７８９Ｘｘ")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9Xx]", "", text).upper()


def _is_card(digits: str) -> bool:
    """Luhn's check, and a first digit that banks use here."""
    if digits[0] not in "3456":
        return False
    doubled = [int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

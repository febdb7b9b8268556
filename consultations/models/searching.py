"""What somebody types to find a record: a name, its initials, a number, or the last four of one. Keys instead of numbers.

A key of four digits has a name of its own in front: nobody can tell from equal keys that a telephone ends like an ID number.
"""

import re
import unicodedata
from typing import NamedTuple

from common.encryption import keyed_index
from common.id_numbers import check_id_number, check_phone

_DOTS = re.compile(r"[•・‧．.∙⋅·]")
_TAIL = re.compile(r"\d{3}[\dX]")


class LookedFor(NamedTuple):
    """The ways one typed text may find a record; an empty one is no way."""

    text: str
    name: str
    initials: str
    phone: str
    id_number: str
    phone_tail: str
    id_tail: str


def read(text: str | None) -> LookedFor | None:
    """What a typed text may mean; None for nothing."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if not plain:
        return None
    tail = plain.upper()
    is_tail = bool(_TAIL.fullmatch(tail))
    return LookedFor(
        text=plain,
        name=tidy_name(plain),
        initials=plain.lower() if plain.isascii() and plain.isalpha() and len(plain) > 1 else "",
        phone=phone_key(plain),
        id_number=id_key(plain),
        phone_tail=tail_key("phone", tail) if is_tail and tail.isdigit() else "",
        id_tail=tail_key("id", tail) if is_tail else "",
    )


def tidy_name(name: str) -> str:
    """A name without doubled blanks; whatever dot stands in an ethnic name is the one of the ID card: 买买提·艾力."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()
    return re.sub(r"(?<=[^\x00-\x7f])\s*" + _DOTS.pattern + r"\s*(?=[^\x00-\x7f])", "·", name)


def phone_key(phone: str | None) -> str:
    """The key of a whole telephone; empty for what is no telephone."""
    try:
        return keyed_index(check_phone(phone)) if phone else ""
    except ValueError:
        return ""


def id_key(number: str | None) -> str:
    """The key of a whole ID number; empty for what is none."""
    try:
        return keyed_index(check_id_number(number)) if number else ""
    except ValueError:
        return ""


def tail_key(kind: str, number: str | None) -> str:
    """The key of the last four of a number: kind "phone" or "id". Empty where there are no four."""
    last = (number or "")[-4:]
    return keyed_index(f"{kind}-tail:{last.upper()}") if len(last) == 4 else ""

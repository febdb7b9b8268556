"""Resident ID numbers that people type into free text are masked before anything is kept. safety.md §1.8.

Pure. A number counts as one when its shape and birth date fit; a wrong check digit is a slip of the pen, not another number.
"""

import re
import unicodedata
from datetime import date

_SEPARATED = r"[ \-—－]?"
# 6 digits of place, 8 of birth, 3 of order, one check character; perhaps with blanks or dashes between these groups.
_ID = re.compile(
    rf"(?<!\d)(\d{{6}}){_SEPARATED}(\d{{4}}){_SEPARATED}(\d{{2}}){_SEPARATED}(\d{{2}}){_SEPARATED}(\d{{3}}[\dXx])(?![\dA-Za-z])"
)


def mask_ids(text: str) -> tuple[str, int]:
    """The text with every resident ID number shown by its first 3 and last 4, and how many there were."""
    plain = "".join(_narrow(char) for char in text)  # one character for one: places in both texts are the same
    pieces, at, count = [], 0, 0
    for found in _ID.finditer(plain):
        if not _is_birth(found[2], found[3], found[4]):
            continue
        digits = "".join(found.groups())
        pieces += [text[at : found.start()], digits[:3], "*" * 11, digits[-4:].upper()]
        at, count = found.end(), count + 1
    return "".join([*pieces, text[at:]]), count


def _narrow(char: str) -> str:
    """A full-width digit, letter or blank as the plain one."""
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _is_birth(year: str, month: str, day: str) -> bool:
    try:
        return 1900 <= date(int(year), int(month), int(day)).year <= 2100
    except ValueError:
        return False

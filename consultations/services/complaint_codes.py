"""The code somebody asks with what became of her complaint: random, shown once, kept as a keyed hash. safety.md §2."""

import secrets

from common.encryption import keyed_index
from consultations.models import DutyComplaint
from consultations.rules.ratings import digits_of
from consultations.services.brakes import counted_in, is_over
from consultations.services.ratings import QUARTER_OF_AN_HOUR, WRONG_CODES_OF_AN_ADDRESS

CODE_DIGITS = 10


def new_code() -> str:
    """Ten random digits that no complaint has."""
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if not DutyComplaint.objects.filter(code_hash=hash_of(code)).exists():
            return code


def hash_of(code: str) -> str:
    return keyed_index(f"duty-complaint-code:{code}")


def grouped(code: str) -> str:
    """A code as it is read out and written down, on one line: 1234 567 890."""
    return f"{code[:4]}\u00a0{code[4:7]}\u00a0{code[7:]}"


def complaint_of_code(*, code: str, address: str | None) -> DutyComplaint | None:
    """The complaint of a code that somebody typed. None for every way of not finding it, too many tries of one address included."""
    wrong = f"duty-complaint-wrong:{address or 'nowhere'}"
    if is_over(wrong, most=WRONG_CODES_OF_AN_ADDRESS):
        return None
    digits = digits_of(code)
    rows = DutyComplaint.objects.select_related("county", "finding")
    found = rows.filter(code_hash=hash_of(digits)).first() if len(digits) == CODE_DIGITS else None
    if found is None:
        counted_in(wrong, most=WRONG_CODES_OF_AN_ADDRESS, seconds=QUARTER_OF_AN_HOUR)
    return found

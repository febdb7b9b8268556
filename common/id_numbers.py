"""Resident ID numbers, telephones and unified credit codes: checks and masks (domain.md §4.8 and §7.6).

No message repeats the number it complains about: errors reach screens and logs.
"""

import re
import unicodedata
from datetime import date

from common import clock

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?")
_SERVICE_NUMBER = re.compile(r"\d{5}")
ANONYMOUS = "匿名"


def _plain(text) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text))).replace("−", "-").replace("–", "-").replace("—", "-")


def check_id_number(text, *, today: date | None = None) -> str:
    """Check an 18-character resident ID number by GB 11643—1999 and return it in its normal form (upper-case X).

    ``today`` bounds the birth date; the real day by default. Raises ValueError with a Chinese sentence.
    """
    if isinstance(text, float) or re.fullmatch(r"\d(\.\d+)?[eE]\+?1\d", _plain(text)):
        raise ValueError("身份证号已被 Excel 改成数字，后几位丢失：请把该列设为文本，重新填写 18 位号码。")
    number = _plain(text).upper()
    if not number or text is None:
        raise ValueError("没有填写身份证号：请填写 18 位号码。")
    if re.fullmatch(r"[0-9]{15}", number):
        raise ValueError("这是 15 位的旧身份证号：请填写现用的 18 位号码。")
    if len(number) != 18:
        raise ValueError(f"身份证号应为 18 位，现在是 {len(number)} 位：请核对。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise ValueError("身份证号只能由数字组成，最后一位可以是 X：请核对。")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError("身份证号第 7 至 14 位不是真实的出生日期：请核对。") from None
    if not date(1900, 1, 1) <= born <= (today or clock.real_now().date()):
        raise ValueError("身份证号里的出生日期早于 1900 年或晚于今天：请核对。")
    if number[17] != check_digit(number[:17]):
        raise ValueError("身份证号最后一位校验码不对，可能抄错了某一位：请核对。")
    return number


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen (GB 11643—1999)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True)) % 11]


def birth_date_of(number: str) -> date:
    """The birth date in a checked ID number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def gender_of(number: str) -> str:
    """男 or 女, by the seventeenth digit of a checked ID number."""
    return "男" if int(number[16]) % 2 else "女"


def check_phone(text) -> str:
    """A mobile, landline or five-digit service number in its normal form. Raises ValueError with a Chinese sentence."""
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    phone = re.sub(r"^\(?(0\d{2,3})\)", r"\1-", _plain(text)).removeprefix("+86")
    if re.fullmatch(r"1[\d-]+", phone):
        phone = phone.replace("-", "")
    if not phone:
        raise ValueError("没有填写联系电话：请填写手机号或带区号的座机号。")
    if phone.isascii() and any(shape.fullmatch(phone) for shape in (_MOBILE, _LANDLINE, _SERVICE_NUMBER)):
        return phone
    if re.fullmatch(r"1\d+", phone) and len(phone) != 11:
        gap = 11 - len(phone)
        raise ValueError(f"联系电话{'少' if gap > 0 else '多'} {abs(gap)} 位：请输入 11 位手机号。")
    raise ValueError("联系电话不对：请填写 11 位手机号，或带区号的座机号，例如 0356-3033000。")


def check_uscc(text) -> str:
    """A unified social credit code (GB 32100) in upper case. Raises ValueError with a Chinese sentence."""
    code = _plain(text).upper()
    if len(code) != 18 or any(char not in _USCC_ALPHABET for char in code):
        raise ValueError("统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）：请核对。")
    total = sum(_USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise ValueError("统一社会信用代码的校验码不对，可能抄错了某一位：请核对。")
    return code


def mask_id_number(number: str) -> str:
    """First 3, eleven stars, last 4; anything that is not 18 characters long shows its last 4 at most."""
    if not number:
        return ""
    return f"{number[:3]}{'*' * 11}{number[-4:]}" if len(number) == 18 else mask_account(number)


def mask_account(number: str) -> str:
    """Stars and the last 4."""
    if not number:
        return ""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """138****5678; of a landline the last 4; service numbers such as 12348 are public."""
    if not phone or _SERVICE_NUMBER.fullmatch(phone):
        return phone or ""
    return f"{phone[:3]}****{phone[7:]}" if len(phone) == 11 and phone.startswith("1") else mask_account(phone)


def mask_name(name: str) -> str:
    """张*, 张*三, 欧**三."""
    if not name or name == ANONYMOUS:
        return name or ""
    if len(name) <= 2:
        return name[0] + "*" * (len(name) - 1) if len(name) == 2 else "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]

"""Pinyin initials, so that 张三 is found by typing zs."""

from pypinyin import Style, lazy_pinyin

# Surnames that are read otherwise than the character alone.
_SURNAMES = {
    "单": "s", "解": "x", "仇": "q", "曾": "z", "查": "z", "区": "o", "盖": "g", "朴": "p", "任": "r",
    "翟": "z", "尉": "y", "黑": "h", "万": "w", "乐": "y", "缪": "m", "隗": "w", "洗": "x", "员": "y",
}  # fmt: skip


def initials(name: str) -> str:
    """The lower-case first letters of a name's syllables; letters and digits stay, all else is left out."""
    name = name.strip()
    letters = "".join(part[:1] if part.isalpha() else part for part in lazy_pinyin(name, style=Style.FIRST_LETTER))
    if name[:1] in _SURNAMES:
        letters = _SURNAMES[name[0]] + letters[1:]
    return "".join(char for char in letters.lower() if char.isascii() and char.isalnum())

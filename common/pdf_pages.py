"""The pages of a PDF that somebody handed in, as pictures (safety.md §1.6): no browser of ours ever opens the file itself.

PDFium draws in a child process with little memory and little time (`pdf_pages_process`); what a hostile file does to it
ends with the child. Scripts, links, embedded files and whatever else a PDF may carry are not in a picture.
"""

import json
from pathlib import Path

from common.child import ChildFailed, ChildTooSlow, answer_of
from common.errors import Refused

MOST_PAGES = 100
SECONDS = 20
_DRAWER = Path(__file__).with_name("pdf_pages_process.py")


class PdfRefused(Refused):
    """A PDF whose pages cannot be shown."""


def count_pages(content: bytes) -> int:
    """How many pages a PDF has, all of them. Raises PdfRefused with a Chinese sentence: broken, locked, too complex."""
    return int(_run({"count": True}, content))


def draw_page(content: bytes, number: int) -> bytes:
    """A page, counted from 1, as a JPEG. Raises PdfRefused as above, and where there is no such page."""
    return _run({"page": number}, content)


def _run(order: dict, content: bytes) -> bytes:
    try:
        answer = answer_of(_DRAWER, order, content, seconds=SECONDS)
    except ChildTooSlow:
        raise PdfRefused("这份 PDF 太复杂，不能在线预览：请下载后查看。") from None
    except ChildFailed:
        raise PdfRefused("这份 PDF 太复杂或者已损坏，不能在线预览：请下载后查看。") from None
    if answer.startswith(b"{"):
        raise PdfRefused(json.loads(answer)["refused"])
    return answer

"""Lay out a paper: the same template as PDF, as the preview on the page, and blank to be filled by hand. domain.md 7.5."""

import io
from collections.abc import Iterable

from django.template.loader import render_to_string
from pypdf import PdfReader, PdfWriter

from common.errors import Refused
from common.pdf import render_pdf
from legalaid.rules.paper_facts import BLANK, PaperFacts
from legalaid.rules.papers import BUREAU, Kind, TemplateSet
from legalaid.services.paper_facts import answered
from records.services import installation, read_file

PAPER, EMBEDDED = "print/legalaid/paper.html", "legalaid/papers/_embedded.html"
MOST_TOGETHER = 80


def paper_pdf(kind: Kind, facts: PaperFacts, each: TemplateSet) -> bytes:
    """The PDF of a paper in the layout of a set. Raises PdfUnavailable."""
    return render_pdf(kind.template, _context(kind, facts, each) | {"base": PAPER})


def blank_pdf(kind: Kind, each: TemplateSet, *, facts: PaperFacts = BLANK) -> bytes:
    """The empty form; ``facts`` may name the offices, so that only the person's part is left to write."""
    facts = facts.saying(answers=answered({}))
    return render_pdf(kind.template, _context(kind, facts, each) | {"base": PAPER, "is_blank": True})


def paper_html(kind: Kind, facts: PaperFacts, each: TemplateSet) -> str:
    """The same paper as a part of a page."""
    return render_to_string(kind.template, _context(kind, facts, each) | {"base": EMBEDDED, "is_preview": True})


def _context(kind: Kind, facts: PaperFacts, each: TemplateSet) -> dict:
    return {
        "kind": kind,
        "set": each,
        "f": facts,
        "title": kind.name_in(each),
        "sender": (facts.bureau if kind.sealed_by == BUREAU else facts.agency) or "　　　　　　法律援助中心",
        "format_words": _format_words(kind, each),
        "is_demo": installation().is_demo,
    }


def _format_words(kind: Kind, each: TemplateSet) -> str:
    number = kind.formats.get(each.code)
    return f"法律援助文书格式{number}（{each.code}）" if number else ""


def bound(rows: Iterable) -> bytes:
    """The kept papers of a case, unchanged, one after the other in one file. Raises Refused where there are none or too many."""
    rows = list(rows)
    if not rows:
        raise Refused("还没有制发文书：请先制发。")
    if len(rows) > MOST_TOGETHER:
        raise Refused(f"文书超过 {MOST_TOGETHER} 份：请分别下载。")
    writer = PdfWriter()
    for row in rows:
        first = len(writer.pages)
        writer.append(PdfReader(io.BytesIO(read_file(row.paper.file))), import_outline=False)
        writer.add_outline_item(title=str(row), page_number=first)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()

"""Papers of the duty lawyers' legal help: formats 23, 28 and 29. Never numbered as papers of a case: it is none. domain.md 3.9."""

from django.utils import timezone

from common import clock
from common.id_numbers import mask_name
from legalaid.models import LegalHelp
from legalaid.rules import papers as rules
from legalaid.rules.paper_facts import HelpRow, PaperFacts
from legalaid.services.paper_facts import offices
from legalaid.services.paper_printing import paper_pdf

ONE = ("help_request", "help_register")


def help_paper_pdf(row: LegalHelp, code: str) -> bytes:
    """Format 23 or 28 of one help, in the set of the day it was asked for. KeyError for another code, PdfUnavailable."""
    if code not in ONE:
        raise KeyError(code)
    facts = PaperFacts(
        **offices(row.county),
        recipient=row.person,
        gender=row.get_gender_display() if row.gender != "9" else "",
        id_number=row.id_number,
        custody_place=row.place,
        organ=row.organ_name,
        cause=row.cause,
        stage=row.get_stage_display(),
        issued_on=row.asked_on,
        helps=(_line(row, row.person),),
    )
    return paper_pdf(rules.kind_of(code), facts, rules.set_on(row.asked_on))


def help_ledger_pdf(rows, *, county, words: str = "", place: str = "") -> bytes:
    """Format 29 of the rows, names masked: the ledger is shown to others. ``words`` says the period."""
    helps = tuple(_line(row, mask_name(row.person)) for row in rows)
    facts = PaperFacts(**offices(county), place=place, content=words, helps=helps)
    return paper_pdf(rules.kind_of("help_ledger"), facts, rules.set_on(clock.today()))


def _line(row: LegalHelp, person: str) -> HelpRow:
    contents = [LegalHelp.Content(code).label for code in row.contents]
    if row.witnessed_on:
        contents.append("见证签署具结书")
    return HelpRow(
        number=row.number,
        day=row.given_on or row.asked_on,
        place=row.place or row.get_place_kind_display(),
        person=person,
        cause=row.cause,
        organ=row.organ_name,
        stage=row.get_stage_display(),
        content="、".join(contents),
        lawyer=row.lawyer.name if row.lawyer else "",
        extra={
            "source": row.source,
            "contents": [*row.contents, *(["witness"] if row.witnessed_on else [])],
            "opinion": row.opinion,
            "passed_on": timezone.localdate(row.transferred_at) if row.transferred_at else None,
            "was_asked_to_pass_on": row.application_at is not None,
        },
    )

"""Papers of the duty lawyers' legal help: formats 23, 28 and 29. Never numbered as papers of a case: it is none. domain.md 3.9."""

from django.utils import timezone

from common import clock
from common.errors import Refused
from common.id_numbers import birth_date_of, mask_name
from legalaid.models import LegalHelp
from legalaid.rules import papers as rules
from legalaid.rules.paper_facts import HelpRow, PaperFacts
from legalaid.services.paper_facts import offices
from legalaid.services.paper_printing import paper_pdf

ONE = ("help_request", "help_register")
MOST_IN_LEDGER = 500


class HelpPaperRefused(Refused):
    """A paper of legal help that cannot be made so; the sentence says why."""


def papers_of_help(row: LegalHelp) -> list[tuple[str, str]]:
    """Which papers this help has: code and name. A form of request only where somebody asked, a register once help was given."""
    there = {"help_request": row.source == LegalHelp.Source.REQUEST, "help_register": row.given_on is not None}
    return [(code, rules.words_of(code, row.asked_on)) for code in ONE if there[code]]


def help_paper_pdf(row: LegalHelp, code: str) -> bytes:
    """Format 23 or 28 of one help, in the set of the day it was asked for. Raises HelpPaperRefused, PdfUnavailable."""
    if code not in dict(papers_of_help(row)):
        raise HelpPaperRefused("还没有这种文书：申请表用于本人或者近亲属申请的，情况登记表在提供帮助以后制作。")
    facts = PaperFacts(
        **offices(row.county),
        recipient=row.person,
        gender=row.get_gender_display() if row.gender != "9" else "",
        id_number=row.id_number,
        birth_date=birth_date_of(row.id_number) if row.id_number else None,
        custody_place=place_of(row) if row.place_kind == LegalHelp.PlaceKind.DETENTION else row.place,
        organ=row.organ_name,
        cause=row.cause,
        stage=row.get_stage_display(),
        issued_on=row.asked_on,
        helps=(_line(row, row.person),),
    )
    return paper_pdf(rules.kind_of(code), facts, rules.set_on(row.asked_on))


def help_ledger_pdf(rows, *, county, words: str = "", place: str = "") -> bytes:
    """Format 29 of the rows, names masked: the ledger is shown to others. ``words`` says the period. Raises HelpPaperRefused."""
    helps = tuple(_line(row, mask_name(row.person)) for row in rows[: MOST_IN_LEDGER + 1])
    if len(helps) > MOST_IN_LEDGER:
        raise HelpPaperRefused(f"超过 {MOST_IN_LEDGER} 条：请按日期筛选后再打印，或者导出 Excel。")
    facts = PaperFacts(**offices(county), place=place, content=words, helps=helps)
    return paper_pdf(rules.kind_of("help_ledger"), facts, rules.set_on(clock.today()))


def place_of(row: LegalHelp) -> str:
    return row.place or (row.station.short_name if row.station else row.get_place_kind_display())


def _line(row: LegalHelp, person: str) -> HelpRow:
    contents = [LegalHelp.Content(code).label for code in row.contents]
    if row.witnessed_on:
        contents.append("见证签署具结书")
    return HelpRow(
        number=row.number,
        day=row.given_on or row.asked_on,
        place=place_of(row),
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

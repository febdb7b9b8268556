"""Issuing the papers of a case: numbered, kept, issued again, made void, served. domain.md 3.7; LAF 43, 48, 49."""

import io
from datetime import date

from django.db import transaction
from django.utils import timezone
from pypdf import PdfReader

from accounts import audit
from accounts.policy import ACTIONS, may
from common import clock
from common.errors import Refused
from legalaid.models import AidCase, Applicant
from legalaid.models.papers import CasePaper, PaperPrefix
from legalaid.rules import papers as rules
from legalaid.rules.paper_facts import PaperFacts
from legalaid.rules.procedure import STEPS
from legalaid.services.deadlines import meet_code, restart, start
from legalaid.services.paper_facts import facts_of
from legalaid.services.paper_printing import paper_pdf
from legalaid.services.step_facts import owes_file
from records.models import IssuedPaper
from records.services import issue_paper, next_number, reissue_paper, store_file, void_paper

# The limit that is kept when the paper has arrived.
MET_BY_SERVICE = {"termination_decision": "termination_notice"}
# Decisions against which the recipient may object from the day they reached her (LAF 49).
OBJECTED_TO = ("refusal_decision", "termination_decision")


class CasePaperRefused(Refused):
    """A paper of a case that cannot be made, served or taken back now."""


@transaction.atomic
def issue_case_paper(
    *, case: AidCase, kind: str, by, on: date | None = None, facts: dict | None = None, again_because: str = ""
) -> CasePaper:
    """Issue one paper of a case as a kept PDF under the next number of its kind, year and county.

    ``kind`` is a code of `legalaid.rules.papers`, ``facts`` what a person says in this paper (names of PaperFacts), ``on``
    its date (today). A kind that is in force already is issued again under its number, as its next version, when
    ``again_because`` says why. Raises CasePaperRefused: unknown kind, wrong state, wrong post, a fact without which
    it may not go out, a date in the future or before the case; PdfUnavailable.
    """
    rule = _rule(kind)
    case = AidCase.objects.select_for_update(of=("self",)).select_related("county", "handler", "office", "lawyer").get(pk=case.pk)
    day = on or clock.today()
    said = {name: value for name, value in (facts or {}).items() if value not in ("", None)}
    _check(case, rule, by=by, day=day)
    found = facts_of(case, rule, on=day).saying(**said)
    if lacking := rule.lacking(found, rule.must):
        raise CasePaperRefused(f"{rules.words_of(kind, day)}还缺：{'、'.join(lacking)}。请补填后再制发。", field=rule.must[0])
    standing = standing_paper(case, rule) if again_because.strip() or rule.is_once else None
    if standing and not again_because.strip():
        raise CasePaperRefused(f"{standing}已经制发：要改的，请填写原因后重新制发，文号不变，旧版作废。")
    title, each = rules.words_of(kind, day), rules.set_on(day)
    name = f"{title}_{case.number}.pdf"
    if standing:
        content = lambda number: paper_pdf(rule, found.saying(number=_shown(rule, number)), each)  # noqa: E731
        paper = reissue_paper(paper=standing.paper, content=content, by=by, reason=again_because, title=title)
    else:
        paper = _issue_new(case, rule, found, each, title=title, name=name, by=by, day=day)
    row = CasePaper.objects.create(
        case=case, kind=kind, template_set=each.code, paper=paper, pages=_pages_of(paper), said=_kept(said, rule)
    )
    audit.record(by=by, action="legalaid.make_paper", on=case, after={"文书": str(row), "版次": paper.version})
    return row


def _issue_new(case, rule, found: PaperFacts, each, *, title, name, by, day) -> IssuedPaper:
    """The number is taken last, so that a paper that cannot be made takes none."""
    if not rule.word:
        content = paper_pdf(rule, found, each)
        return issue_paper(
            kind=_series(case, rule.code), title=title, content=content, by=by, on=case, file_name=name, issued_on=day
        )
    sequence = next_number(series=_series(case, rule.word), year=day.year)
    number = rules.document_number(prefix=paper_prefix(case.county, day), word=rule.word, year=day.year, number=sequence)
    content = paper_pdf(rule, found.saying(number=number), each)
    return issue_paper(
        kind=_series(case, rule.code), title=title, content=content, by=by, on=case, number=number, file_name=name, issued_on=day
    )


def _series(case, word: str) -> str:
    return f"case.{case.county_id}.{word}"


def _shown(rule, number: str) -> str:
    return number if rule.word else ""


def _rule(kind: str) -> rules.Kind:
    try:
        return rules.kind_of(kind)
    except KeyError:
        raise CasePaperRefused(f"没有“{kind}”这种文书。") from None


def why_not(case: AidCase, rule: rules.Kind, *, by, day: date) -> str:
    """Why this person may not make this paper of this case now; empty when she may."""
    words = rules.words_of(rule.code, day)
    if not rule.is_of_case:
        return f"{words}不是案件的文书：请在值班律师法律帮助里制作。"
    held = [action for action in rule.makers if may(by, action)]
    if not held:
        names = "、".join(ACTIONS[action].words for action in sorted(rule.makers))
        return f"您的岗位不能制发{words}：需要“{names}”的权限。"
    if held == [rules.UNDERTAKE] and (case.lawyer is None or case.lawyer.user_id != by.pk):
        return f"案件现在不由您承办，不能制发{words}：请由承办人或者援助中心制发。"
    if not case.is_history and case.state not in rule.states:
        return f"案件现在是“{case.get_state_display()}”，还不能或者不再需要制发{words}。"
    if rule.source and case.source != rule.source:
        return f"{words}只用于申请类案件，本案由办案机关通知。"
    return ""


def _check(case: AidCase, rule: rules.Kind, *, by, day: date) -> None:
    if why := why_not(case, rule, by=by, day=day):
        raise CasePaperRefused(why)
    if day > clock.today():
        raise CasePaperRefused("文书日期不能晚于今天：请填写实际日期。", field="on")
    if day < case.received_on:
        raise CasePaperRefused(f"文书日期不能早于申请或通知日期（{case.received_on:%Y-%m-%d}）。", field="on")


def kinds_to_make(case: AidCase, user, *, on: date) -> list[tuple[str, list[tuple[rules.Kind, str]]]]:
    """What this person may make of this case now: group by group, kind and its name today."""
    kinds = rules.for_case(state=case.state, source=case.source, is_history=case.is_history)
    kinds = [kind for kind in kinds if not why_not(case, kind, by=user, day=on)]
    groups = [
        (words, [(kind, rules.words_of(kind.code, on)) for kind in kinds if kind.group == group])
        for group, words in rules.GROUPS.items()
    ]
    return [(words, rows) for words, rows in groups if rows]


def waiting_papers(case: AidCase, user, *, on: date) -> list[tuple[rules.Kind, str]]:
    """Papers that the steps taken make by the table of the procedure, that this user may make, and of which the file holds neither
    an issued one nor a signed original: kind and its name today."""
    taken = {number for code in case.events.values_list("step", flat=True) if code in STEPS for number in STEPS[code].papers}
    held = set(CasePaper.objects.in_force().filter(case=case).values_list("kind", flat=True))
    held |= set(case.files.standing().values_list("kind", flat=True))
    person = Applicant.objects.filter(case=case).first()
    if not (person and person.proxy_name):
        held.add("authorization")
    if case.hardship in ("not_applicable", "no_condition", "exempt"):
        held.add("hardship_statement")
    kinds = rules.for_case(state=case.state, source=case.source)
    wanted = [kind for kind in kinds if kind.formats.get("2023") in taken and kind.code not in held]
    return [(kind, rules.words_of(kind.code, on)) for kind in wanted if not why_not(case, kind, by=user, day=on)]


def in_binding_order(case: AidCase) -> list[CasePaper]:
    """The papers in force as they are bound: cover, index, the others by day, remarks."""
    place = {"file_cover": 0, "file_index": 1, "file_remarks": 3}
    rows = papers_of(case).in_force()
    return sorted(rows, key=lambda row: (place.get(row.kind, 2), row.paper.issued_on, row.pk))


def standing_paper(case: AidCase, rule: rules.Kind) -> CasePaper | None:
    """The paper of this kind that is in force, the latest where there are several."""
    return CasePaper.objects.in_force().filter(case=case, kind=rule.code).select_related("paper__file").order_by("pk").last()


def _pages_of(paper: IssuedPaper) -> int:
    return len(PdfReader(io.BytesIO(paper.file.path.read_bytes())).pages)


def _kept(said: dict, rule: rules.Kind) -> dict:
    """What a person wrote, as text: rows of lists are in the file only."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) for name, value in said.items() if name in rule.asks
    }


@transaction.atomic
def void_case_paper(*, row: CasePaper, by, reason: str) -> CasePaper:
    """Make a paper void. Its number stays taken, its file stays. Raises PaperRefused without a reason or when it is void."""
    row = _locked(row)
    if not may(by, "legalaid.void_paper"):
        raise CasePaperRefused("您的岗位不能作废文书：请由援助中心办理。")
    void_paper(paper=row.paper, by=by, reason=reason)
    audit.record(by=by, action="legalaid.void_paper", on=row.case, after={"文书": str(row)}, reason=reason)
    return _locked(row)


@transaction.atomic
def serve_case_paper(*, row: CasePaper, by, day: date, how: str, to: str = "", upload=None) -> CasePaper:
    """Note that a paper arrived: when, how, into whose hands, with the signed receipt where there is one.

    Raises CasePaperRefused: a paper that is not served on anybody, a void one, a date before the paper's or in the future.
    """
    row = _locked(row)
    if not row.rule.goes_out:
        raise CasePaperRefused(f"{row.name}不需要送达。")
    if row.is_void:
        raise CasePaperRefused(f"{row}已经作废，不能登记送达。")
    if day > clock.today():
        raise CasePaperRefused("送达日期不能晚于今天。", field="served_on")
    if day < row.paper.issued_on:
        raise CasePaperRefused(f"送达日期不能早于文书日期（{row.paper.issued_on:%Y-%m-%d}）。", field="served_on")
    if how not in CasePaper.Way.values:
        raise CasePaperRefused("没有选择送达方式：请选择。", field="served_how")
    before = {"送达日期": row.served_on, "送达方式": row.get_served_how_display(), "签收人": row.served_to}
    row.served_on, row.served_how, row.served_to = day, how, to.strip()
    row.served_by, row.served_at = by, timezone.now()
    if upload:
        row.receipt = store_file(upload=upload, by=by, purpose="legalaid.service_receipt")
    row.save()
    if row.kind in MET_BY_SERVICE:
        meet_code(row.case, MET_BY_SERVICE[row.kind], day)
    begin_limits(row, day)
    after = {"文书": str(row), "送达日期": day, "送达方式": row.get_served_how_display(), "签收人": row.served_to}
    audit.record(by=by, action="legalaid.serve_paper", on=row.case, before=before, after=after)
    return row


def begin_limits(row: CasePaper, day: date) -> None:
    """What runs from the receipt of a decision: the days for an objection, and the undertaker's thirty for the file of a terminated case."""
    if row.kind in OBJECTED_TO:
        restart(row.case, "objection_filing", day)
    if row.kind == "termination_decision" and owes_file(row.case):
        restart(row.case, "file_submission", day) or start(row.case, "file_submission", day)


def _locked(row: CasePaper) -> CasePaper:
    return CasePaper.objects.select_for_update(of=("self",)).select_related("case", "paper").get(pk=row.pk)


def papers_of(case: AidCase):
    """Every paper of a case, void ones included, in the order they were issued."""
    return CasePaper.objects.filter(case=case).select_related("paper__file", "paper__issued_by", "served_by", "receipt")


def paper_prefix(county, day: date) -> str:
    """What the county writes before the word of its numbers on a day: its own setting, else 泽援 for 泽州县."""
    row = PaperPrefix.objects.filter(county=county, since__lte=day).order_by("since", "pk").last()
    return row.prefix if row else rules.default_prefix(county.name)


@transaction.atomic
def set_paper_prefix(*, county, prefix: str, since: date, by) -> PaperPrefix:
    """Another prefix from a day on; papers already issued keep theirs. Raises CasePaperRefused."""
    prefix = prefix.strip()
    if not prefix or len(prefix) > 10 or any(char in "〔〕()（）0123456789 " for char in prefix):
        raise CasePaperRefused("文号代字应为一到十个字，不含括号、数字和空格，如“泽援”。", field="prefix")
    before = paper_prefix(county, since)
    row = PaperPrefix.objects.create(county=county, prefix=prefix, since=since, set_by=by, set_at=timezone.now())
    audit.record(by=by, action="legalaid.set_paper_prefix", on=county, before={"文号代字": before}, after={"文号代字": prefix})
    return row

"""Papers of roll calls and findings: F05, F30 and the criticism notice F11. domain.md §6, §7.5."""

from common import clock
from common.pdf import render_pdf
from consultations.exports.attendance import printed
from consultations.rules.findings import effect_words
from consultations.services.findings import chain_of
from consultations.services.shift_facts import Terms


def effect_of(finding) -> tuple[str, str]:
    """What the finding costs when upheld, in words, and the clause."""
    shift = finding.shift
    terms = Terms().on(shift.station.county, shift.day)
    return effect_words(finding.kind, shift.station.kind, finding.times, terms) if terms else ("方案不扣减", "")


def finding_pdf(finding, *, office, by, is_demo) -> bytes:
    """F30: facts, evidence, the person's words, the decision, clause and effect in yuan."""
    effect, clause = effect_of(finding)
    is_late = finding.booked_in_id is not None
    context = {
        "title": "扣回告知书" if is_late and finding.state == "upheld" else "值班考核事项核实表",
        "office": office,
        "finding": finding,
        "chain": chain_of(finding),
        "effect": effect,
        "clause": clause,
        **printed(by, is_demo),
    }
    return render_pdf("print/finding.html", context)


def criticism_pdf(notice, *, office, is_demo) -> bytes:
    """F11 in the layout of official documents (GB/T 9704); room is left for the seal, none is drawn."""
    shift = notice.finding.shift
    context = {
        "title": f"关于{shift.practitioner}{notice.finding.get_kind_display()}的通报",
        "notice": notice,
        "finding": notice.finding,
        "shift": shift,
        "office": office,
        "is_demo": is_demo,
    }
    return render_pdf("print/criticism.html", context)


def roll_call_pdf(call, *, office, by, is_demo) -> bytes:
    """F05: one check, to be signed by the checker and the station."""
    at = call.checked_at.astimezone(clock.SHANGHAI)
    context = {"title": "值班抽查记录表", "office": office, "call": call, "at": at, **printed(by, is_demo)}
    return render_pdf("print/roll_call.html", context)

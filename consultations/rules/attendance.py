"""What the record of a shift says: when somebody came and left, how long they served, why a shift is unsettled.

Pure. A shift here is anything with `starts_at`, `ends_at`, `lunch_minutes`, `sign_in`, `sign_out`, `settled_as`,
`settled_in`, `settled_out` (times of day or None) and `findings`, each with `kind` and `state`.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from programmes.rules.terms import Terms

UPHELD, DROPPED = "upheld", "dropped"
SHAM_DUTY, NO_SHOW, ABSENCE = "sham_duty", "no_show", "absence"
CANCELLING = (SHAM_DUTY, NO_SHOW)  # the first one present names the line
BY_THE_CLOCK = ("late", "early_leave")
# Settled so that the shift is left out now: paid later as a difference, or never (the station was closed).
SET_ASIDE = ("deferred", "closed")

TOO_SHORT = "实际值班不足计划时间一半"
EARLIEST = timedelta(hours=2)


def times_of(shift) -> tuple[time | None, time | None]:
    """When the person came and left: as settled, else as recorded."""
    if shift.settled_as == "times":
        return shift.settled_in, shift.settled_out
    return shift.sign_in, shift.sign_out


def minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def lunch_of(shift, terms: Terms) -> int:
    """Minutes of lunch that do not count as service (reading D9)."""
    return 0 if terms.reading("D9").value else shift.lunch_minutes


def planned_minutes(shift, terms: Terms) -> int:
    """Planned service without lunch. 四（一）4."""
    return minutes(shift.ends_at) - minutes(shift.starts_at) - lunch_of(shift, terms)


def served_minutes(shift, terms: Terms) -> int:
    """How much of the planned time was served, without lunch."""
    came, left = times_of(shift)
    assert came is not None and left is not None
    within = min(minutes(left), minutes(shift.ends_at)) - max(minutes(came), minutes(shift.starts_at))
    return within - lunch_of(shift, terms)


def minutes_by_the_clock(shift) -> dict[str, int]:
    """Whole minutes late and early by the clock; nothing where a time is missing. Z-DED-2."""
    came, left = times_of(shift)
    if came is None or left is None:
        return {}
    return {
        "late": minutes(came) - minutes(shift.starts_at),
        "early_leave": minutes(shift.ends_at) - minutes(left),
    }


def clock_findings(shift, terms: Terms) -> dict[str, int]:
    """Late and early as they stand: kind → minutes. Z-DED-2; contract 3.3; reading D32.

    A decided finding goes before clock and waiver alike (0 minutes where the clock saw none); otherwise the
    clock speaks unless the shift is waived or settled as served in full.
    """
    off = {} if shift.is_waived or shift.settled_as == "served" else minutes_by_the_clock(shift)
    decided = {finding.kind: finding.state for finding in shift.findings if finding.state in (UPHELD, DROPPED)}
    grace = terms.reading("D32").value
    found = {}
    for kind in BY_THE_CLOCK:
        by_clock = off.get(kind, 0)
        if decided[kind] == UPHELD if kind in decided else by_clock > grace:
            found[kind] = max(by_clock, 0)
    return found


def cancelling_finding(shifts: Iterable):
    """The upheld finding that cancels; sham duty before no-show where both are upheld. Z-DED-6, 五（二）1（5）."""
    upheld = [finding for shift in shifts for finding in shift.findings if finding.kind in CANCELLING and finding.state == UPHELD]
    return min(upheld, key=lambda finding: CANCELLING.index(finding.kind), default=None)


def unsettled_because(shift, terms: Terms) -> str:
    """Why a shift cannot be paid yet; empty when it can. contract 3.4; readings D33, D34.

    Ask it only of shifts that stand, are not set aside, and that no upheld finding cancels.
    """
    for finding in shift.findings:
        if finding.kind in CANCELLING and finding.state not in (UPHELD, DROPPED) and terms.reading("D34").value:
            return f"{'虚假值班' if finding.kind == SHAM_DUTY else '值班日不在岗'}待核实"
    if shift.settled_as == "served":
        return ""
    if missing := missing_times(shift):
        return missing
    if served_minutes(shift, terms) < terms.reading("D33").value * planned_minutes(shift, terms):
        return TOO_SHORT
    return ""


def missing_times(shift) -> str:
    """Which of the two times is not known, in words; empty where both are."""
    came, left = times_of(shift)
    if came is None:
        return "缺签到、签退" if left is None else "缺签到"
    return "缺签退" if left is None else ""


def may_sign_in_from(day, starts_at: time) -> datetime:
    """The earliest local moment of signing in: two hours before the shift, never the day before."""
    return max(datetime.combine(day, starts_at) - EARLIEST, datetime.combine(day, time.min))

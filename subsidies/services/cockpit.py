"""What still keeps a month from being reviewed, who must act, and where. Lessons 1: the screen says who holds the month up."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from accounts.policy import may
from consultations.models import Attendance, Finding, Shift, StationMonth
from organizations.models import BankAccount, Station
from programmes.models import Month
from subsidies.models import PaySheet, RecomputeRequest
from subsidies.services.comparison import changed_people, names_of, outcome_now

SHOWN = 40
DRAFTING, STATION_MONTHS = "subsidies.draft_pay", "consultations.confirm_month"


@dataclass(frozen=True)
class Obstacle:
    """One thing that is in the way: what, who must act, and the address where it is cleared."""

    kind: str
    words: str
    who: str
    url: str = ""
    action: str = "去处理"
    items: list = field(default_factory=list)
    is_blocking: bool = True
    needs: str = ""  # the action a reader must be allowed before the address is of use to her


def for_reader(obstacles, user):
    """The obstacles with only those addresses that this reader may open."""
    return [
        replace(each, url="", items=[(words, "") for words, _url in each.items])
        if each.needs and not may(user, each.needs)
        else each
        for each in obstacles
    ]


def link(name, *args):
    """An address of another app's page, or nothing where that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def what_holds_up(*, month, sheet=None, outcome=None):
    """Everything between this month and its review, as readable obstacles; the last ones are only information.

    `outcome` is what drafting now would give (`comparison.outcome_now`), made here when it is not handed in.
    The number of queries does not depend on the number of shifts.
    """
    if sheet is None:
        return [
            Obstacle("draft", f"{month.label}还没有核算", "业务股", link("pay-sheet", month.period), "核算", needs=DRAFTING),
            *stations(month),
        ]
    outcome = outcome or outcome_now(month)
    return [
        *stale(sheet, outcome),
        *stations(month),
        *confirmed_by_the_drafter(sheet),
        *unsettled(month, outcome),
        *accounts(sheet),
        *earlier_months(month),
        *open_checks(month),
    ]


def stale(sheet, outcome):
    people, unsettled_differ = changed_people(sheet, outcome)
    if people or unsettled_differ:
        names = [(name, "") for name in names_of(people)[:SHOWN]]
        words = f"数据已变动，请重新核算（涉及 {len(people)} 人）" if people else "数据已变动，请重新核算"
        url = link("pay-sheet", sheet.month.period) + "#redraft"
        yield Obstacle("stale", words, "业务股", url, "重新核算", names, needs=DRAFTING)


def stations(month):
    """Stations with duty in the month whose attendance the bureau has not received."""
    on_duty = Shift.objects.standing().in_county(month.county).in_month(month).values("station")
    states = dict(StationMonth.objects.filter(month=month).values_list("station_id", "state"))
    waiting = defaultdict(list)
    for station in Station.objects.filter(pk__in=on_duty):
        url = link("station-month", station.pk, month.period)
        waiting[states.get(station.pk, StationMonth.State.OPEN)].append((station.short_name, url))
    url = link("station-months")
    if url:
        url += f"?month={month.period}"
    if found := waiting[StationMonth.State.OPEN]:
        yield Obstacle(
            "station_open", f"{len(found)} 个站点还没有确认当月考勤", "站点负责人", url, "看站点月报", found, needs=STATION_MONTHS
        )
    if found := waiting[StationMonth.State.CONFIRMED]:
        yield Obstacle(
            "station_confirmed", f"{len(found)} 个站点已确认，等待接收", "业务股", url, "接收", found, needs=STATION_MONTHS
        )


def confirmed_by_the_drafter(sheet):
    """Stations whose month an officer confirmed in the head's stead who also drafted the sheet (safety.md 5)."""
    by_her = StationMonth.objects.filter(month=sheet.month, confirmed_by=sheet.drafted_by).select_related("station")
    if found := [(row.station.short_name, "") for row in by_her]:
        words = f"{sheet.drafted_by}代 {len(found)} 个站点确认了考勤，又是本表的制表人"
        url = link("pay-sheet", sheet.month.period) + "#redraft"
        yield Obstacle("confirmed_by_drafter", words, "业务股另一人", url, "由另一人重新核算", found[:SHOWN], needs=DRAFTING)


def unsettled(month, outcome):
    if not outcome.unsettled:
        return
    reasons = dict(outcome.unsettled)
    shifts = Shift.objects.filter(pk__in=reasons).select_related("station", "practitioner").order_by("day", "station__order")
    items = [
        (
            f"{shift.day:%m-%d} {shift.station.short_name} {shift.practitioner}：{reasons[shift.pk]}",
            link("attendance-shift", shift.pk),
        )
        for shift in shifts[:SHOWN]
    ]
    who = "站点文员或业务股，另一人确认"
    url = f"{link('settle-shifts')}?month={month.period}"
    words = f"{len(reasons)} 个班次未定"
    yield Obstacle("unsettled", words, who, url, "处理未定班次", items, needs="consultations.settle_shift")


def accounts(sheet):
    """People to be paid who have no account in use."""
    in_use = BankAccount.objects.filter(state=BankAccount.State.CONFIRMED).values("practitioner")
    missing = sheet.rows.filter(payable__gt=0).exclude(practitioner__in=in_use)
    found = [(name, link("person", pk)) for pk, name in missing.values_list("practitioner_id", "name")]
    if found:
        words, who = f"{len(found)} 人没有收款账户", "业务股登记，局领导审定"
        yield Obstacle("account", words, who, link("people"), "登记账户", found[:SHOWN], needs="organizations.view_people")


def earlier_months(month):
    """Sheets before this one that may still change what is carried here, and months that stand open again."""
    drafts = PaySheet.objects.filter(
        month__county=month.county, month__first__lt=month.first, status=PaySheet.Status.DRAFT
    ).select_related("month")
    for sheet in drafts:
        words = f"{sheet.month.label}的补贴表还没有复核"
        yield Obstacle("earlier", words, "业务股", link("pay-sheet", sheet.month.period), "先办上月")
    asked = RecomputeRequest.objects.filter(booked_in=month, month__state=Month.State.OPEN, month__closed_count__gt=0)
    for request in asked.select_related("month"):
        words = f"{request.month.label}重开后还没有重新结账"
        yield Obstacle("reopened", words, "业务股", link("month-reopening", request.month.period), "重新结账")


def open_checks(month):
    """Checks still open that are paid now and corrected later (reading D26): information."""
    facts = Finding.objects.undecided().filter(shift__station__county=month.county)
    here = facts.filter(Q(shift__day__range=(month.first, month.last)) | Q(booked_in=month))
    count = here.exclude(kind__in=[Finding.Kind.SHAM_DUTY, Finding.Kind.NO_SHOW]).count()
    if count:
        words = f"{count} 项考核事项待核实：本月照发，查实后在下月列差额（口径 D26）"
        yield Obstacle(
            "open_checks", words, "业务股", link("findings"), "去核实", is_blocking=False, needs="consultations.view_findings"
        )


def imported_facts_of(month, user):
    """Whether this person brought in facts of the month by import. Her imported corrections need another reviewer (contract 3.4)."""
    in_month = Q(shift__station__county=month.county, shift__day__range=(month.first, month.last))
    attended = Attendance.objects.filter(in_month, source=Attendance.Source.IMPORT)
    judged = Finding.objects.filter(in_month | Q(booked_in=month), source=Finding.Source.IMPORT, reported_by=user)
    return attended.filter(Q(signed_in_by=user) | Q(signed_out_by=user)).exists() or judged.exists()

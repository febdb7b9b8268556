"""What the page of a pay sheet shows: the steps with who and when, the sums, people with their stations and lines."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth

from accounts.policy import may
from common import clock
from common.money import ZERO
from common.periods import YearMonth
from consultations.models import Shift, StationMonth
from subsidies.models import PayLine, PayRow, PaySheet
from subsidies.services.cockpit import link
from subsidies.services.sheets import why_not_by

Status = PaySheet.Status
DONE = {Status.DRAFT: 1, Status.REVIEWED: 3, Status.CHECKED: 4, Status.APPROVED: 5, Status.PAID: 6}

# Status → the step that follows, the action it needs, what its button says, who acts.
NEXT = {
    Status.DRAFT: ("review", "subsidies.review_pay", "复核通过，送财务审核", "业务股另一人复核"),
    Status.REVIEWED: ("check", "subsidies.check_pay", "审核通过，送局领导审批", "财务审核"),
    Status.CHECKED: ("approve", "subsidies.approve_pay", "审批同意，送出纳支付", "局领导审批"),
    Status.APPROVED: ("pay", "subsidies.pay", "登记支付", "出纳支付"),
}


@dataclass(frozen=True)
class Step:
    """One station of the sheet's way: done, now or still to come."""

    words: str
    who: str
    state: str


def undrafted(county):
    """Months up to this one with duty and without a sheet, latest first."""
    days = Shift.objects.standing().in_county(county).filter(day__lte=clock.today())
    firsts = days.order_by().annotate(first=TruncMonth("day")).values_list("first", flat=True).distinct()
    drafted = set(PaySheet.objects.filter(month__county=county).values_list("month__first", flat=True))
    return [YearMonth.of(first) for first in sorted(set(firsts) - drafted, reverse=True)]


def steps_of(sheet, month):
    """The way of the sheet with who and when; the stations' confirmation is a guard, shown as a step (design.md 5). Two queries."""
    received, of = stations_received(month)
    done = DONE[sheet.status] if sheet else 0
    words = [
        ("核算", signed(sheet.drafted_by, sheet.drafted_at) if sheet else "待办"),
        ("站点确认", f"{received}/{of} 站已接收"),
        ("复核", signed(sheet and sheet.reviewed_by, sheet and sheet.reviewed_at)),
        ("审核", signed(sheet and sheet.checked_by, sheet and sheet.checked_at)),
        ("审批", signed(sheet and sheet.approved_by, sheet and sheet.approved_at)),
        ("支付", paid_words(sheet)),
    ]
    steps = []
    for number, (name, who) in enumerate(words):
        is_done = number < done or number == 1 and (received == of or done > 2)
        is_next = not is_done and not any(step.state == "now" for step in steps)
        is_bad = name == "支付" and who.endswith("待重付")
        steps.append(Step(name, who, "bad" if is_bad else "done" if is_done else "now" if is_next else ""))
    return steps


def signed(who, at):
    return f"{who}，{at.astimezone(clock.SHANGHAI):%-m月%-d日}" if who and at else "待办"


def paid_words(sheet):
    if sheet is None or sheet.status not in (Status.APPROVED, Status.PAID):
        return "待办"
    if sheet.status == Status.PAID:
        if again := to_pay_again([sheet]).get(sheet.pk):
            return f"{again} 人待重付"
        return f"已付清，{sheet.paid_at.astimezone(clock.SHANGHAI):%-m月%-d日}"
    counts = sheet.rows.filter(payable__gt=0).aggregate(
        all=Count("pk", distinct=True), paid=Count("pk", filter=Q(payments__state="paid"), distinct=True)
    )
    return f"{counts['paid']}/{counts['all']} 人已付"


def to_pay_again(sheets):
    """Sheet id → how many people on a paid sheet wait to be paid again: returned or reversed. One query."""
    rows = PayRow.objects.to_pay().filter(sheet__in=sheets, sheet__status=Status.PAID)
    return dict(rows.order_by().values_list("sheet").annotate(people=Count("pk")))


def stations_received(month):
    """How many of the stations with duty in the month the bureau has received, and of how many."""
    on_duty = Shift.objects.standing().in_county(month.county).in_month(month).values("station").distinct().order_by()
    received = StationMonth.objects.filter(month=month, state=StationMonth.State.RECEIVED, station__in=on_duty)
    return received.count(), on_duty.count()


@dataclass(frozen=True)
class Totals:
    """The sums of a sheet and who on it needs a second look."""

    people: int
    shifts: int
    rate: Decimal
    deducted: Decimal
    month_amount: Decimal
    payable: Decimal
    cut: int
    void: int
    cancelled: int
    public: int
    carried: int

    @property
    def to_look_at(self):
        return self.void + self.cancelled + self.public + self.carried

    @property
    def taken_off(self):
        """Everything between what the shifts are worth and what is paid: deductions, void months, differences."""
        return self.deducted + self.month_amount


def totals_of(sheet):
    """Two queries, whatever the size of the sheet."""
    sums = sheet.rows.aggregate(
        people=Count("pk"),
        # Before the sums: afterwards their names would hide the columns.
        cut=Count("pk", filter=Q(deducted__lt=0) | Q(month_amount__lt=0)),
        shifts=Sum("shifts_served", default=0),
        rate=Sum("rate", default=ZERO),
        deducted=Sum("deducted", default=ZERO),
        month_amount=Sum("month_amount", default=ZERO),
        payable=Sum("payable", default=ZERO),
        void=Count("pk", filter=Q(is_month_void=True)),
    )
    kinds = sheet.lines.aggregate(
        cancelled=Count("row", filter=Q(kind__in=["sham_duty", "no_show"]), distinct=True),
        public=Count("row", filter=Q(kind="public_servant"), distinct=True),
        carried=Count("row", filter=Q(kind="carried"), distinct=True),
    )
    return Totals(**sums, **kinds)


@dataclass
class Explained:
    """One line as it is read: when, what, by which clause, and where the evidence stands."""

    day: str
    what: str
    clause: str
    amount: Decimal
    note: str = ""
    evidence: list[tuple[str, str]] = field(default_factory=list)
    kind: str = ""


@dataclass
class Person:
    """One row of the sheet as the page shows it."""

    row: PayRow
    stations: str = ""
    rates: list[Decimal] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)
    has_lines: bool = False
    lines: list[Explained] | None = None

    @property
    def has_rest(self):
        """Whether something is carried against her to the next month."""
        return any(line.kind == "carried" and line.amount > 0 for line in self.lines or ())


EVIDENCE = "consultations.view_findings"  # held by the same posts that may see attendance
BY_THE_CLOCK = ("late", "early_leave")

# What a row is marked with, by the kinds of its lines: words and tone.
MARKS = {
    "month_void": ("当月停发", "bad"),
    "sham_duty": ("虚假值班", "bad"),
    "no_show": ("不在岗", "bad"),
    "public_servant": ("不计补贴", "mute"),
    "carried": ("有结转", "warn"),
    "difference": ("有差额", "info"),
}


def people_of(rows, *, opened=(), reader=None):
    """Rows with their stations, rates and marks, the opened ones with all lines. Two queries, three with opened rows.

    The evidence is linked where `reader` may open it.
    """
    people = {row.pk: Person(row) for row in rows}
    found = PayLine.objects.filter(row__in=people).values("row", "kind", "shift__station__short_name", "shift__station__kind")
    stations = defaultdict(dict)
    for line in found.annotate(amount=Max("amount"), order=Max("shift__station__order"), lines=Count("pk")).order_by("order"):
        person = people[line["row"]]
        person.has_lines = True
        if line["shift__station__short_name"] and line["kind"] != "difference":
            stations[line["row"]][line["shift__station__short_name"]] = True
        if line["kind"] == "rate" and line["amount"] > 0 and line["amount"] not in person.rates:
            person.rates.append(line["amount"])
        if line["kind"] in MARKS and MARKS[line["kind"]] not in person.marks:
            person.marks.append(MARKS[line["kind"]])
    for pk, names in stations.items():
        people[pk].stations = "、".join(names)
    wanted = people if opened == "all" else set(people) & set(opened)
    for pk, lines in lines_of(wanted, with_evidence=reader is None or may(reader, EVIDENCE)).items():
        people[pk].lines = lines
    return list(people.values())


def lines_of(row_ids, *, with_evidence=True, is_own=False):
    """Row id → its lines as they are read, by day. One query. `is_own` offers the payee to contest what the clock saw."""
    explained = {pk: [] for pk in row_ids}
    if not explained:
        return explained
    lines = PayLine.objects.filter(row__in=explained).select_related("shift__station", "finding", "source_month")
    for line in sorted(
        lines, key=lambda line: (line.shift is None, line.shift.day if line.shift else None or clock.today(), line.pk)
    ):
        explained[line.row_id].append(explain(line, with_evidence, is_own))
    return explained


def explain(line, with_evidence=True, is_own=False):
    """The line in words. The evidence is the finding where there is one, else the shift."""
    what = line.get_kind_display()
    if line.times > 1:
        what += f" {line.times} 次"
    if line.shift:
        what = f"{line.shift.station.short_name} {what}"
    evidence = []
    if with_evidence:
        if line.finding_id and (url := link("finding", line.finding_id)):
            evidence.append((f"考核事项 {line.finding_id}", url))
        if line.shift and (url := link("attendance-shift", line.shift_id)):
            evidence.append(("考勤", url))
        if (
            is_own
            and line.kind in BY_THE_CLOCK
            and not line.finding_id
            and (url := link("contest-clock", line.shift_id, line.kind))
        ):
            evidence.append(("我有异议", url))
        if line.source_month_id and (url := link("pay-sheet", line.source_month.period)):
            evidence.append((line.source_month.label, url))
    note = line.note or (line.finding.remark if line.finding_id else "")
    day = f"{line.shift.day:%-m月%-d日}" if line.shift else line.source_month.label if line.source_month_id else "当月"
    return Explained(day, what, line.clause, line.amount, note, evidence, line.kind)


@dataclass(frozen=True)
class NextStep:
    """What this reader may do with the sheet now; `why_not` says why she may not although her post would allow it."""

    step: str
    words: str
    who: str
    is_mine: bool
    why_not: str = ""


def next_step(sheet, user, *, obstacles=(), review_refusal=""):
    """The one act that brings the sheet further, seen by this reader; None for a paid sheet."""
    if sheet.status not in NEXT:
        return None
    step, action, words, who = NEXT[sheet.status]
    if not may(user, action):
        return NextStep(step, words, who, False)
    why_not = review_refusal if step == "review" else why_not_by(sheet, step, user)
    if step == "review" and not why_not and any(obstacle.is_blocking for obstacle in obstacles):
        why_not = "还有事项没有办完，见上面“还差什么”。"
    return NextStep(step, words, who, not why_not, why_not)

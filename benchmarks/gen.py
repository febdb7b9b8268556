"""Duty as counties keep it, made up: people, rosters, attendance, findings and settlements in shares a county could have.

`python -m benchmarks.gen --scale county|province|nation --seed N` makes the database; `--drop` removes all of them. The same seed gives the same rows.
`fill()` puts a smaller world into whatever database Django is connected to; the tests use it.
"""

import argparse
import hashlib
import random
import sys
from calendar import monthrange
from collections import Counter
from datetime import UTC, date, datetime, time
from io import StringIO
from pathlib import Path

from django.db import connection, transaction

from accounts.models import User
from accounts.services import system_user
from benchmarks import ground
from common.encryption import keyed_index
from consultations.models import Attendance, Finding, Settlement, Shift
from organizations.models import BankAccount, PoolEntry, Practitioner, PublicServantStatus, Region, Station
from programmes.models import Clause, Month, Plan, Term
from programmes.services.loading import load_plan

SCALES = {"county": 1, "province": 117, "province3": 351, "nation": 2843}
YEAR = 2022
PLAN = Path(__file__).resolve().parents[1] / "programmes/plans/zezhou-2022.toml"
AT = datetime(2022, 1, 1, tzinfo=UTC)
KINDS = ("lawyer", "lawyer", "lawyer", "grassroots_worker", "retired_politlegal", "public_lawyer")
STATES = ("upheld",) * 7 + ("dropped", "reported", "heard")
WHOLE, MORNING, AFTERNOON = (time(8), time(18), 120), (time(8, 30), time(12, 30), 0), (time(14), time(18), 0)
# Of a hundred findings.
FINDINGS = Counter(record_defect=44, dissatisfied=11, complaint=9, absence=14, late=7, early_leave=5, no_show=6, sham_duty=4)


class Rows:
    """Rows of one model on their way in by COPY, with keys taken from its sequence beforehand."""

    def __init__(self, model, *columns):
        self.table, self.columns = model._meta.db_table, ("id", *columns)
        self.buffer, self.count = StringIO(), 0
        self.keys = iter(())

    def add(self, *values):
        key = next(self.keys, None)
        if key is None:
            self.keys = iter(self.more_keys())
            key = next(self.keys)
        self.buffer.write("\t".join("\\N" if value is None else str(value) for value in (key, *values)) + "\n")
        self.count += 1
        return key

    def more_keys(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, 1000)", [self.table])
            return [key for (key,) in cursor.fetchall()]

    def copy(self):
        self.buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self.table} ({', '.join(self.columns)}) FROM STDIN", self.buffer)
        self.buffer = StringIO()


@transaction.atomic
def fill(*, counties, seed=1, months=range(1, 13), shifts=100, people=40, first=0):
    """Counties under a province's plan, each with 17 stations, people and so many shifts a month. Returns the counties."""
    users = users_of_the_bench()
    city = province_with_its_plan(users[0])
    made = Region.objects.bulk_create(
        [Region(level="county", name=f"测算{first + number}县", parent=city) for number in range(counties)], batch_size=1000
    )
    for number in range(0, counties, 20):
        fill_counties(made[number : number + 20], first + number, users, seed=seed, months=months, shifts=shifts, people=people)
    return made


def users_of_the_bench():
    """Two people who report and decide, neither of them on duty."""
    return [
        User.objects.filter(username=login).first() or User.objects.create_user(username=login, name="测算用户")
        for login in ("bench-a", "bench-b")
    ]


def province_with_its_plan(by):
    """A city in a province whose plan pays all its counties by the terms of the shipped plan; a rate changes in July."""
    province, is_new = Region.objects.get_or_create(level="province", name="测算省", parent=None)
    if is_new:
        shipped = load_plan(content=PLAN.read_bytes(), by=system_user()).plan
        plan = Plan.objects.get(pk=shipped.pk)
        plan.pk, plan.code, plan.region = None, f"bench-{YEAR}", province
        plan._state.adding = True
        plan.save(force_insert=True)
        for model in (Clause, Term):
            rows = list(model.objects.filter(plan=shipped))
            for row in rows:
                row.pk, row.plan = None, plan
            model.objects.bulk_create(rows)
        rate = Term.objects.get(plan=plan, key="duty.rate.township_station")
        rate.pk, rate.since, rate.value = None, date(YEAR, 7, 16), "320.00"
        rate.save(force_insert=True)
    return Region.objects.get_or_create(level="city", name="测算市", parent=province)[0]


def fill_counties(counties, first, users, *, seed, months, shifts, people):
    """A few counties in one go: as many rows as fit into memory."""
    stations = Station.objects.bulk_create(station for county in counties for station in stations_of(county))
    persons = Practitioner.objects.bulk_create(
        person for number in range(len(counties)) for person in persons_of(first + number, people)
    )
    later = [Month(county=county, first=date(YEAR + 1, 1, 1)) for county in counties]
    Month.objects.bulk_create(
        later + [Month(county=county, first=date(YEAR, month, 1)) for county in counties for month in months]
    )
    writer = Writer(users)
    entries, statuses, accounts = [], [], []
    for number, county in enumerate(counties):
        dice = random.Random(f"{seed}-{first + number}")
        own = persons[number * people : (number + 1) * people]
        for person in own:
            entries.append(PoolEntry(practitioner=person, county=county, since=AT, state="admitted", entered_by=users[0]))
            statuses += statuses_of(person, dice, users[1])
            if dice.random() < 0.85:
                accounts.append(account_of(person, users[0]))
        county_stations = stations[number * 17 : (number + 1) * 17]
        for month in months:
            writer.month(dice, month, county_stations, own, later[number], shifts)
    PoolEntry.objects.bulk_create(entries)
    PublicServantStatus.objects.bulk_create(statuses)
    BankAccount.objects.bulk_create(accounts)
    writer.copy()


def stations_of(county):
    """A centre and sixteen townships; one of the places is a branch of the centre, one is of a kind that no plan pays."""
    for number in range(17):
        kind = {0: "county_centre", 1: "county_centre", 2: "court_post"}.get(number, "township_station")
        hours = {"opens_at": "08:00", "closes_at": "18:00", "lunch_minutes": 120} if number == 0 else {}
        yield Station(kind=kind, name=f"测算{number}站", short_name=f"{number}站", county=county, order=number, **hours)


def persons_of(county_number, people):
    for number in range(people):
        id_number = f"{county_number:09d}{number:09d}"  # plainly no ID number
        yield Practitioner(
            name=f"测算{county_number}之{number}", id_number=id_number, id_index=keyed_index(f"bench {id_number}"),
            kind=KINDS[number % len(KINDS)], service_years=9, qualification_no="A1",
        )  # fmt: skip


def statuses_of(person, dice, by):
    """Public lawyers are public servants, some only for a part of the year."""
    if person.kind != "public_lawyer":
        return []
    since, until = dice.choice(
        [(date(YEAR - 4, 1, 1), None), (date(YEAR, 5, 10), None), (date(YEAR - 1, 1, 1), date(YEAR, 9, 20))]
    )
    return [
        PublicServantStatus(
            practitioner=person, since=since, until=until, is_public_servant=True, evidence="任职文件", confirmed_by=by
        )
    ]


def account_of(person, by):
    return BankAccount(
        practitioner=person, holder=person.name, bank_name="测算银行", account_no=f"9999{person.pk:012d}",
        account_index=keyed_index(f"bench {person.pk}"), state="confirmed", is_first=True, proposed_by=by, proposed_at=AT,
    )  # fmt: skip


class Writer:
    """What happens in months of duty."""

    def __init__(self, users):
        self.users = [user.pk for user in users]
        self.shifts = Rows(Shift, "station_id", "day", "starts_at", "ends_at", "lunch_minutes", "practitioner_id",
                           "override_reason", "is_cancelled", "created_by_id")  # fmt: skip
        self.attendance = Rows(Attendance, "shift_id", "sign_in", "sign_out", "source", "is_waived", "remark", "no_consultation")
        self.findings = Rows(Finding, "shift_id", "kind", "times", "consultation_no", "state", "source", "remark", "reported_by_id",
                             "reported_at", "statement", "decided_by_id", "decided_at", "decision", "attested_by", "booked_in_id",
                             "continues_id")  # fmt: skip
        self.settlements = Rows(Settlement, "shift_id", "kind", "sign_in", "sign_out", "reason", "state", "proposed_by_id",
                                "proposed_at", "decided_by_id", "decided_at", "decision", "booked_in_id")  # fmt: skip

    def copy(self):
        for rows in (self.shifts, self.attendance, self.findings, self.settlements):
            rows.copy()

    def month(self, dice, month, stations, persons, later, count):
        """So many shifts of one county's month: the centre each weekday, all others spread over stations and people."""
        days = [date(YEAR, month, day) for day in range(1, monthrange(YEAR, month)[1] + 1)]
        busy = set()
        often_away = dice.choice(persons)
        plans = [(day, stations[0], WHOLE) for day in days if day.weekday() < 5][: count // 2]
        # Now and then the centre's day is done in two halves, the second at its branch: paid by the day, once.
        halves = dice.sample(plans, len(plans) // 6)
        plans = [plan for plan in plans if plan not in halves]
        pairs = [(day, ((stations[0], MORNING), (stations[1], AFTERNOON))) for day, _, _ in halves]
        for day, station, hours in plans:
            self.shift(
                dice, self.free(dice, persons, day, (MORNING, AFTERNOON), station, busy), day, station, hours, later, often_away
            )
        for day, parts in pairs:
            person = self.free(dice, persons, day, (MORNING, AFTERNOON), stations[1], busy)
            for station, hours in parts:
                self.shift(dice, person, day, station, hours, later, often_away)
        for _ in range(count - len(plans) - 2 * len(pairs)):
            day, station, hours = dice.choice(days), dice.choice(stations[2:]), dice.choice((MORNING, MORNING, AFTERNOON))
            self.shift(dice, self.free(dice, persons, day, (hours,), station, busy), day, station, hours, later, often_away)

    @staticmethod
    def free(dice, persons, day, halves, station, busy):
        """Somebody who is nowhere else at that time and not at this station on that day."""
        while True:
            person = dice.choice(persons)
            wanted = {(person.pk, day, half) for half in halves} | {(person.pk, day, station.pk)}
            if not wanted & busy:
                busy |= wanted
                return person

    def shift(self, dice, person, day, station, hours, later, often_away):
        starts, ends, lunch = hours
        is_cancelled = dice.random() < 0.015
        shift = self.shifts.add(station.pk, day, starts, ends, lunch, person.pk, "", is_cancelled, self.users[0])
        is_complete = self.attend(dice, shift, starts, ends)
        if not is_complete or dice.random() < 0.01:
            self.settle(dice, shift, starts, ends, later)
        if person is often_away:
            self.find(dice, shift, "absence", later, state="upheld")
        while dice.random() < 0.12:
            kind = dice.choices(list(FINDINGS), list(FINDINGS.values()))[0]
            if not self.find(dice, shift, kind, later):
                break

    def attend(self, dice, shift, starts, ends):
        """The station's record; False where something is missing."""
        luck = dice.random()
        if luck < 0.015:
            return False
        came, left = clock(dice, starts, 0.06, late=True), clock(dice, ends, 0.05, late=False)
        if luck < 0.03:
            came = None
        elif luck < 0.05:
            left = None
        elif luck < 0.06:  # gone long before half of it was over
            left = time(starts.hour + 1, 30, 10)
        is_waived = dice.random() < 0.015
        source = dice.choice(("phone", "clerk", "import"))
        self.attendance.add(shift, came, left, source, is_waived, "下乡调解" if is_waived else "", False)
        return came is not None and left is not None

    def settle(self, dice, shift, starts, ends, later):
        kind = dice.choice(("times", "served", "no_show", "closed", "deferred"))
        state = dice.choice(("accepted", "accepted", "proposed", "refused"))
        times = (clock(dice, starts, 0.3, late=True), clock(dice, ends, 0.3, late=False)) if kind == "times" else (None, None)
        decided = (self.users[1], AT) if state != "proposed" else (None, None)
        booked = later.pk if state == "accepted" and dice.random() < 0.1 else None
        self.settlements.add(shift, kind, *times, "测算", state, self.users[0], AT, *decided, "", booked)
        if kind == "no_show" and state == "accepted" and not booked:
            self.find(dice, shift, "no_show", later, state="upheld")

    def find(self, dice, shift, kind, later, state=None):
        """A finding; False where the shift has one of the kind already."""
        number = f"Z{shift}-{dice.randrange(2)}" if kind in ("dissatisfied", "complaint") and dice.random() < 0.7 else ""
        if (shift, kind, number) in self.seen(shift):
            return False
        self.known.add((shift, kind, number))
        state = state or dice.choice(STATES)
        times = 1 if kind in ("late", "early_leave") else dice.choice((1, 1, 2, 3))
        finding = self.finding(shift, kind, times, number, state, None, None)
        if (
            state in ("reported", "heard") and dice.random() < 0.2
        ):  # decided when the month is long closed: not known to its sheet
            self.finding(shift, kind, times, number, "upheld", later.pk, finding)
        return True

    def seen(self, shift):
        if getattr(self, "shift_seen", None) != shift:
            self.shift_seen, self.known = shift, set()
        return self.known

    def finding(self, shift, kind, times, number, state, booked, continues):
        decided = (self.users[1], AT) if state in ("upheld", "dropped") else (None, None)
        return self.findings.add(shift, kind, times, number, state, "report", "", self.users[0], AT, "", *decided, "", "",
                                 booked, continues)  # fmt: skip


def clock(dice, at, share, *, late):
    """A time of signing: mostly on the right side of the planned one, with seconds, now and then on the wrong one."""
    minutes = dice.randint(1, 25) if dice.random() < share else -dice.randint(0, 12)
    whole = at.hour * 60 + at.minute + (minutes if late else -minutes)
    return time(whole // 60, whole % 60, dice.randrange(60))


# --- databases --------------------------------------------------------------------------------------------------------


def database_of(scale, seed):
    return f"{ground.PREFIX}{scale}_{seed}"


def ensure(scale, seed=1):
    """The database of a scale, made where it is missing or older than the schema or this file. Django then uses it."""
    name, sources = database_of(scale, seed), hashlib.sha256()
    for file in (Path(__file__), *sorted(ground.ROOT.glob("*/migrations/*.py"))):
        sources.update(file.read_bytes())
    if ground.comment_of(name) != sources.hexdigest():
        print(f"making {name} …", file=sys.stderr)
        ground.make(name)
        # One month is enough to tell how memory grows beyond a province.
        months = range(3, 4) if scale == "province3" else range(1, 13)
        for first in range(0, SCALES[scale], 100):
            fill(counties=min(100, SCALES[scale] - first), seed=seed, months=months, first=first)
        with ground.as_owner(name) as cursor:
            cursor.execute("VACUUM ANALYZE")
        ground.note(name, sources.hexdigest())
    ground.use(name)
    return name


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", choices=SCALES, default="county")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--drop", action="store_true", help="drop all databases of the benchmarks")
    chosen = options.parse_args()
    if chosen.drop:
        print("\n".join(ground.drop_all()))
        return
    print(ensure(chosen.scale, chosen.seed))
    for model in (Region, Station, Practitioner, Shift, Attendance, Finding, Settlement):
        print(f"{model._meta.db_table:32} {model.objects.count():>10,}")


if __name__ == "__main__":
    main()

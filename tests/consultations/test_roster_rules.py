"""What a month's roster must be, and what the proposer gives, for any county. Z-ROS-1…5, Z-DUTY-3, Z-ORG-2."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.periods import YearMonth
from consultations.rules.proposing import fill_days, propose_month, with_times
from consultations.rules.rosters import (
    MonthFacts,
    PersonFacts,
    PlannedShift,
    StationFacts,
    Stay,
    check_month,
    hours,
    is_late_notice,
    weeks_of,
)
from programmes.rules.workdays import WorkingCalendar

MARCH = YearMonth(2022, 3)
FEBRUARY = YearMonth(2022, 2)
# The State Council's notice for early 2022: New Year, Spring Festival and their make-up days.
HOLIDAYS = {date(2022, 1, 31) + timedelta(days=n): False for n in range(7)}
CALENDAR = WorkingCalendar(HOLIDAYS | {date(2022, 1, 29): True, date(2022, 1, 30): True})
EVERYWHERE = (Stay(date(2022, 1, 1)),)
CENTRE = StationFacts(
    1, "县中心", "workday", must=True, minimum=480, opens_at=time(8, 0), closes_at=time(18, 0), lunch_minutes=120
)
TOWN = StationFacts(2, "巴公镇", "weekly", least=1, minimum=240)
REMOTE = StationFacts(3, "柳树口镇", "reduced", 2, least=1, minimum=240)
PEOPLE = {n: PersonFacts(n, name, EVERYWHERE) for n, name in ((1, "赵示例"), (2, "钱虚构"), (3, "孙样本"))}


def month(*stations, of=MARCH, people=PEOPLE, calendar=CALENDAR):
    return MonthFacts(of, stations, people, calendar)


def turn(station, day, person=1, **changes):
    planned = PlannedShift(station.id, person, day, station.opens_at, station.closes_at, station.lunch_minutes)
    return replace(planned, **changes)


def found(facts, shifts, code):
    return [problem for problem in check_month(facts, shifts) if problem.code == code]


def march(day):
    return date(2022, 3, day)


@pytest.mark.rule("Z-ROS-1")
def test_the_centre_has_somebody_on_every_working_day_and_each_gap_is_named():
    facts = month(CENTRE)
    full = [turn(CENTRE, day) for day in facts.working_days]
    assert check_month(facts, full) == []
    gap = found(facts, [each for each in full if each.day != march(15)], "gap")
    assert [(problem.day, problem.level, problem.can_override) for problem in gap] == [(march(15), "error", True)]
    assert "3月15日（星期二）没有排班" in gap[0].text and gap[0].clause == "四（一）4"


@pytest.mark.rule("Z-ROS-1")
def test_make_up_days_count_and_holidays_do_not():
    january = found(month(CENTRE, of=YearMonth(2022, 1)), [], "gap")
    february = found(month(CENTRE, of=FEBRUARY), [], "gap")
    assert date(2022, 1, 29) in {problem.day for problem in january}
    assert min(problem.day for problem in february) == date(2022, 2, 7)


@pytest.mark.rule("Z-ROS-1")
def test_a_township_that_serves_every_workday_by_decision_is_only_warned():
    daily = replace(TOWN, policy="workday")
    assert {problem.level for problem in found(month(daily), [turn(daily, march(1))], "gap")} == {"warning"}


@pytest.mark.rule("Z-ROS-1")
def test_a_centre_shift_on_a_holiday_is_an_error_unless_a_reason_stands_in_it():
    spring = date(2022, 2, 1)  # vector T12
    facts = month(CENTRE, of=FEBRUARY)
    assert [problem.level for problem in found(facts, [turn(CENTRE, spring)], "day_off")] == ["error"]
    assert found(facts, [turn(CENTRE, spring, override_reason="春节信访接待")], "day_off") == []
    assert found(month(TOWN, of=FEBRUARY), [turn(TOWN, spring)], "day_off") == []


@pytest.mark.rule("Z-ROS-2")
@pytest.mark.parametrize(
    ("ends", "lunch", "is_short"), [("18:00", 120, False), ("18:00", 121, True), ("16:00", 0, False), ("15:59", 0, True)]
)
def test_a_centre_shift_has_eight_hours_without_lunch(ends, lunch, is_short):
    shift = turn(CENTRE, march(1), ends_at=time.fromisoformat(ends), lunch_minutes=lunch)
    assert bool(found(month(CENTRE), [shift], "short")) is is_short
    assert found(month(CENTRE), [replace(shift, override_reason="下乡宣传")], "short") == []


@pytest.mark.rule("Z-ROS-4")
@pytest.mark.parametrize(("ends", "is_short"), [("12:30", False), ("12:29", True)])
def test_a_township_turn_has_four_hours_on_any_day_of_the_week(ends, is_short):
    sunday = march(6)
    shift = turn(TOWN, sunday, ends_at=time.fromisoformat(ends))
    assert bool(found(month(TOWN), [shift], "short")) is is_short


@pytest.mark.rule("Z-ROS-3")
def test_each_missed_week_is_a_warning_and_a_week_belongs_to_the_month_of_its_thursday():
    shifts = [turn(TOWN, march(day)) for day in (1, 8, 22, 29)]
    assert [problem.day for problem in found(month(TOWN), shifts, "week")] == [march(14)]
    assert [week.first for week in weeks_of(MARCH)] == [date(2022, 2, 28), march(7), march(14), march(21), march(28)]
    assert weeks_of(YearMonth(2022, 4))[0].first == date(2022, 4, 4)


@pytest.mark.rule("Z-ROS-3")
def test_a_turn_in_the_neighbouring_month_serves_the_week_that_straddles():
    shifts = [turn(TOWN, day) for day in (date(2022, 2, 28), march(8), march(15), march(22), march(30))]
    assert found(month(TOWN), shifts, "week") == []


@pytest.mark.rule("Z-ROS-3")
def test_the_week_of_spring_festival_asks_nobody():
    weeks = [problem.day for problem in found(month(TOWN, of=FEBRUARY), [], "week")]
    assert weeks == [date(2022, 2, 7), date(2022, 2, 14), date(2022, 2, 21)]


@pytest.mark.rule("Z-ROS-3")
def test_a_month_without_any_turn_cannot_be_excused():
    for station in (TOWN, REMOTE):
        (problem,) = found(month(station), [], "none")
        assert problem.is_error and not problem.can_override
    assert found(month(TOWN), [turn(TOWN, march(31))], "none") == []


@pytest.mark.rule("Z-ROS-3")
def test_a_reduced_station_is_warned_below_its_number_and_not_by_the_week():
    facts = month(REMOTE)
    assert [problem.code for problem in check_month(facts, [turn(REMOTE, march(2))])] == ["fewer"]
    assert check_month(facts, [turn(REMOTE, march(2)), turn(REMOTE, march(20))]) == []


@pytest.mark.rule("Z-ROS-5")
def test_nobody_is_at_two_places_at_once():
    facts = month(CENTRE, TOWN)
    (problem,) = found(facts, [turn(CENTRE, march(1)), turn(TOWN, march(1))], "overlap")
    assert problem.is_error and not problem.can_override and "赵示例" in problem.text
    assert found(facts, [turn(CENTRE, march(1)), turn(TOWN, march(1), person=2)], "overlap") == []


@pytest.mark.rule("Z-ROS-5")
def test_two_stations_on_one_day_one_after_the_other_are_a_warning():
    afternoon = turn(REMOTE, march(1), starts_at=time(12, 30), ends_at=time(16, 30))
    problems = check_month(month(TOWN, REMOTE), [turn(TOWN, march(1)), afternoon])
    assert [problem.level for problem in problems if problem.code == "two_stations"] == ["warning"]
    assert not [problem for problem in problems if problem.code == "overlap"]


@pytest.mark.rule("Z-DUTY-3")
def test_only_people_in_the_pool_on_the_day_and_allowed_at_the_station():
    people = {
        1: PersonFacts(1, "赵示例", (Stay(date(2022, 1, 1), march(10)),)),
        2: PersonFacts(2, "钱虚构", (Stay(date(2022, 1, 1), None, frozenset({CENTRE.id})),)),
    }
    facts = month(TOWN, people=people)
    assert found(facts, [turn(TOWN, march(10))], "pool") == []
    assert found(facts, [turn(TOWN, march(11))], "pool")[0].is_error
    assert found(facts, [turn(TOWN, march(11), person=9)], "pool")[0].is_error
    assert found(facts, [turn(TOWN, march(1), person=2)], "station")[0].is_error


@pytest.mark.rule("Z-ORG-2")
def test_a_notice_is_late_when_no_working_day_lies_between():
    monday = date(2022, 3, 7)
    assert not is_late_notice(date(2022, 3, 4), monday, CALENDAR)  # Friday before
    assert is_late_notice(date(2022, 3, 5), monday, CALENDAR)  # Saturday
    assert is_late_notice(monday, monday, CALENDAR)


def test_problems_stand_errors_first_then_by_station_and_day():
    problems = check_month(month(CENTRE, TOWN), [turn(TOWN, march(1), person=9)])
    levels = [problem.level for problem in problems]
    assert levels == sorted(levels)
    assert problems[0].station_id == CENTRE.id


def test_hours_are_said_as_people_say_them():
    assert [hours(each) for each in (480, 210, 30, 0)] == ["8 小时", "3 小时 30 分", "30 分", "0 小时"]


# --- the proposer -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-ROS-1")
@pytest.mark.rule("Z-ROS-3")
def test_a_proposal_fills_the_centre_the_weeks_and_the_reduced_station():
    facts = month(CENTRE, TOWN, REMOTE)
    proposal = propose_month(facts, [])
    assert proposal.unfilled == ()
    assert check_month(facts, proposal.shifts) == []
    by_station = [sum(1 for shift in proposal.shifts if shift.station_id == each) for each in (1, 2, 3)]
    assert by_station == [23, 5, 2]
    assert max(proposal.loads().values()) - min(proposal.loads().values()) <= 1


def test_a_proposal_keeps_to_its_limits():
    facts = month(CENTRE, TOWN)
    proposal = propose_month(facts, [], stations={TOWN.id}, people={2, 3}, since=march(14), most=1)
    assert {shift.station_id for shift in proposal.shifts} == {TOWN.id}
    assert proposal.loads() == {2: 1, 3: 1}
    assert min(shift.day for shift in proposal.shifts) >= march(14)
    assert len(proposal.unfilled) == 1  # three weeks, two people, one turn each


def test_a_station_keeps_its_usual_weekday():
    market_days = [turn(TOWN, march(day)) for day in (4, 11, 18, 29)]  # Fridays, and a Tuesday
    proposal = propose_month(month(TOWN), market_days)
    assert [shift.day for shift in proposal.shifts] == [march(25)]


def test_filling_by_weekday_leaves_what_is_planned():
    planned = [turn(TOWN, march(2), person=3)]
    wednesdays = [march(day) for day in (2, 9, 16, 23, 30)]
    proposal = fill_days(month(TOWN), planned, TOWN, wednesdays, {1, 2})
    assert [shift.day for shift in proposal.shifts] == wednesdays[1:]
    assert set(proposal.loads().values()) == {2}
    moved = with_times(proposal, time(9), time(13), 0)
    assert {(shift.starts_at, shift.ends_at) for shift in moved.shifts} == {(time(9), time(13))}


@st.composite
def counties(draw):
    """A county of any make: stations of every policy, people with short stays and few stations, some shifts planned."""
    of = draw(st.sampled_from([FEBRUARY, MARCH, YearMonth(2022, 9), YearMonth(2024, 2)]))
    stations = [CENTRE] if draw(st.booleans()) else []
    for number in range(draw(st.integers(0, 5))):
        policy = draw(st.sampled_from(["weekly", "reduced", "increased", "workday", ""]))
        times = draw(st.integers(1, 8)) if policy in ("reduced", "increased") else None
        stations.append(StationFacts(10 + number, f"{number}镇", policy, times, least=1, minimum=240))
    ids = [station.id for station in stations]
    people = {}
    for number in range(1, draw(st.integers(0, 6)) + 1):
        since = of.first + timedelta(days=draw(st.integers(-40, 20)))
        until = draw(st.none() | st.integers(0, 40).map(lambda n, since=since: since + timedelta(days=n)))
        allowed = draw(st.frozensets(st.sampled_from(ids))) if ids else frozenset()
        people[number] = PersonFacts(number, f"示例{number}", (Stay(since, until, allowed),))
    facts = MonthFacts(of, tuple(stations), people, CALENDAR)
    planned, taken = [], set()
    for day, station, person in draw(
        st.lists(st.tuples(st.sampled_from(of.days()), st.sampled_from(stations or [TOWN]), st.integers(1, 6)), max_size=12)
    ):
        if station in stations and person in people and people[person].may_serve(station.id, day) and (person, day) not in taken:
            taken.add((person, day))
            planned.append(turn(station, day, person, override_reason="已定"))
    return facts, planned


HARD = {"pool", "station", "overlap", "twice", "short", "day_off", "two_stations"}


@pytest.mark.rule("Z-ROS-5")
@pytest.mark.rule("Z-DUTY-3")
@settings(max_examples=200, deadline=None)
@given(counties(), st.none() | st.integers(1, 5))
def test_a_proposal_never_breaks_a_hard_rule_and_is_as_even_as_one_step_can_make_it(county, most):
    facts, planned = county
    proposal = propose_month(facts, planned, most=most)
    everything = [*planned, *proposal.shifts]
    assert {problem.code for problem in check_month(facts, everything)} & HARD <= {
        problem.code for problem in check_month(facts, planned)
    } & HARD
    assert len({(shift.person_id, shift.day) for shift in everything}) == len(everything)
    loads = {pk: sum(1 for shift in everything if shift.person_id == pk) for pk in facts.people}
    if most:
        assert all(loads[pk] <= max(most, sum(1 for shift in planned if shift.person_id == pk)) for pk in loads)
    busy = {(shift.person_id, shift.day) for shift in everything}
    for shift in proposal.shifts:
        for other, person in facts.people.items():
            could = person.may_serve(shift.station_id, shift.day) and (other, shift.day) not in busy
            if could and (most is None or loads[other] < most):
                assert loads[other] + 1 >= loads[shift.person_id], "a hand-over would have been fairer"
    assert propose_month(facts, planned, most=most) == proposal


@settings(max_examples=100, deadline=None)
@given(counties())
def test_what_a_proposal_leaves_open_nobody_could_have_taken_at_first(county):
    facts, planned = county
    proposal = propose_month(facts, planned)
    busy = {(shift.person_id, shift.day) for shift in [*planned, *proposal.shifts]}
    for slot in proposal.unfilled:
        free = [
            (day, pk)
            for day in slot.days
            for pk, person in facts.people.items()
            if person.may_serve(slot.station.id, day) and (pk, day) not in busy
        ]
        assert free == []

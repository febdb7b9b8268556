"""Drawing a month: never a hard rule broken, never worse than greedy, the best there is, the same twice, and why not. Z-ROS-1…5."""

import itertools
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks import roster as bench
from common.periods import YearMonth
from consultations.rules import drawing, solving
from consultations.rules.drawing import NEW, THERE, UNNEEDED, draw, evenness, judge
from consultations.rules.explaining import explain
from consultations.rules.measuring import FORBIDS, OPEN, Ruler
from consultations.rules.proposing import Slot, Task, fill, proposal_of, propose_month, task_of
from consultations.rules.ranking import Candidate, ranked
from consultations.rules.rosters import MonthFacts, PersonFacts, PlannedShift, StationFacts, Stay, Wish, check_month
from programmes.rules.workdays import WorkingCalendar

MARCH = YearMonth(2022, 3)
# A make-up Saturday, as the calendar of 2022 has some.
CALENDAR = WorkingCalendar({date(2022, 3, 12): True})
EVER = (Stay(date(2022, 1, 1)),)
CENTRE = StationFacts(
    1, "县中心", "workday", must=True, least=1, opens_at=time(8), closes_at=time(18), lunch_minutes=120, rate=20_000
)
TOWN = StationFacts(2, "巴公镇", "weekly", least=1, minimum=240, rate=30_000)
OTHER = StationFacts(3, "大阳镇", "weekly", least=1, minimum=240, rate=30_000)
NAMES = "赵钱孙李周吴郑王冯陈"


def march(day):
    return date(2022, 3, day)


def person(number, **changes):
    return replace(PersonFacts(number, f"{NAMES[number]}示例", EVER), **changes)


def month(stations, people):
    return MonthFacts(MARCH, tuple(stations), {each.id: each for each in people}, CALENDAR)


def turn(station, day, who):
    return PlannedShift(station.id, who, day, station.opens_at, station.closes_at, station.lunch_minutes)


def test_the_solver_is_installed_with_the_program():
    assert solving.is_installed()


@pytest.mark.rule("Z-ROS-1")
def test_a_drawn_month_has_no_gap_and_turns_and_pay_are_even():
    drawn = draw(task_of(month([CENTRE, TOWN, OTHER], [person(n) for n in range(8)]), []))
    assert drawn.method == drawing.SOLVER and drawn.is_proven
    assert [each for each in check_month(drawn.task.facts, drawn.proposal.shifts) if each.code != "two_stations"] == []
    even = evenness(drawn)
    assert even.most - even.fewest <= 1
    assert even.most_pay - even.least_pay <= 200 < evenness(replace(drawn, proposal=drawn.greedy)).most_pay


@pytest.mark.rule("Z-DUTY-2")
def test_a_public_servants_turns_are_even_but_not_her_pay():
    people = [person(n, is_unpaid=n == 0) for n in range(4)]
    drawn = draw(task_of(month([CENTRE, TOWN], people), []))
    assert drawn.pay()[0] == 0
    assert max(drawn.turns().values()) - min(drawn.turns().values()) <= 1


def test_nobody_is_drawn_on_leave_or_beyond_her_wish_and_an_avoided_weekday_is_left_where_it_can_be():
    away = person(1, leaves=((march(1), march(15)),))
    little = person(2, wish=Wish(most=1))
    no_fridays = person(3, wish=Wish(avoided=frozenset({4})))
    people = [person(0), away, little, no_fridays, *(person(n) for n in range(4, 8))]
    drawn = draw(task_of(month([CENTRE, TOWN, OTHER], people), []))
    by = {who: [shift.day for shift in drawn.proposal.shifts if shift.person_id == who] for who in range(8)}
    assert drawn.proposal.unfilled == ()
    assert by[1] and min(by[1]) > march(15)
    assert len(by[2]) <= 1
    assert by[3] and all(day.weekday() != 4 for day in by[3])


def test_what_stands_is_kept_and_counted():
    kept = [turn(CENTRE, march(day), 0) for day in (1, 2, 3, 4)] + [turn(TOWN, march(9), 1)]
    drawn = draw(task_of(month([CENTRE, TOWN], [person(n) for n in range(4)]), kept))
    assert not {(shift.station_id, shift.day) for shift in drawn.proposal.shifts} & {(each.station_id, each.day) for each in kept}
    assert max(drawn.turns().values()) - min(drawn.turns().values()) <= 1


def test_make_up_saturdays_go_round():
    calendar = WorkingCalendar({march(day): True for day in (5, 12, 19, 26)})
    facts = MonthFacts(MARCH, (CENTRE,), {n: person(n) for n in range(4)}, calendar)
    drawn = draw(task_of(facts, []))
    saturdays = [shift.person_id for shift in drawn.proposal.shifts if shift.day.weekday() == 5]
    assert sorted(saturdays) == [0, 1, 2, 3]


@pytest.mark.rule("Z-ROS-3")
def test_where_not_all_can_be_served_no_station_is_left_without_any_turn():
    """One person, one turn a week at most by her limit: both stations get one before one gets two."""
    drawn = draw(task_of(month([TOWN, OTHER], [person(0)]), [], most=3))
    assert {shift.station_id for shift in drawn.proposal.shifts} == {TOWN.id, OTHER.id}
    assert len(drawn.proposal.shifts) == 3


def test_where_somebody_must_be_missing_it_is_not_the_centre():
    alone = person(0)
    drawn = draw(task_of(month([TOWN, CENTRE], [alone]), [turn(TOWN, march(8), 9)], since=march(28)))
    assert [shift.station_id for shift in drawn.proposal.shifts] == [CENTRE.id] * 4


# --- any county -------------------------------------------------------------------------------------------------------


@st.composite
def tasks(draw_from):
    """A county of any make: policies, short stays, few stations, leaves, wishes, unpaid people, standing turns."""
    stations = [CENTRE] if draw_from(st.booleans()) else []
    for number in range(draw_from(st.integers(0, 4))):
        policy = draw_from(st.sampled_from(["weekly", "reduced", "increased", "workday", ""]))
        times = draw_from(st.integers(1, 8)) if policy in ("reduced", "increased") else None
        rate = draw_from(st.sampled_from([0, 20_000, 30_000]))
        stations.append(StationFacts(10 + number, f"{number}镇", policy, times, least=draw_from(st.integers(0, 1)), rate=rate))
    ids = [station.id for station in stations] or [1]
    days = st.integers(-5, 30).map(lambda n: MARCH.first + timedelta(days=n))
    people = []
    for number in range(draw_from(st.integers(0, 6))):
        allowed = draw_from(st.frozensets(st.sampled_from(ids)))
        first = draw_from(days)
        leaves = ((first, first + timedelta(days=draw_from(st.integers(0, 9)))),) if draw_from(st.booleans()) else ()
        weekdays = st.frozensets(st.integers(0, 6), max_size=3)
        wish = Wish(draw_from(weekdays), draw_from(weekdays), draw_from(st.none() | st.integers(1, 6)))
        since = MARCH.first + timedelta(days=draw_from(st.integers(-40, 15)))
        people.append(
            PersonFacts(
                number,
                f"{NAMES[number]}示例",
                (Stay(since, None, allowed),),
                leaves,
                wish,
                draw_from(st.booleans()),
                draw_from(st.integers(0, 12)),
            )
        )
    facts = MonthFacts(MARCH, tuple(stations), {each.id: each for each in people}, CALENDAR)
    kept, taken = [], set()
    for day, place, who in draw_from(
        st.lists(st.tuples(st.sampled_from(MARCH.days()), st.integers(0, 4), st.integers(0, 5)), max_size=8)
    ):
        if (
            place < len(stations)
            and who in facts.people
            and (who, day) not in taken
            and facts.people[who].may_serve(stations[place].id, day)
        ):
            taken.add((who, day))
            kept.append(replace(turn(stations[place], day, who), override_reason="已定"))
    return task_of(facts, kept, most=draw_from(st.none() | st.integers(1, 5)))


@pytest.mark.rule("Z-ROS-5")
@pytest.mark.rule("Z-DUTY-3")
@settings(max_examples=150, deadline=None)
@given(tasks())
def test_a_drawing_never_breaks_a_hard_rule_is_never_worse_than_greedy_and_is_the_same_twice(task):
    drawn = draw(task)
    greedy = fill(task)
    everything = [*task.kept, *drawn.proposal.shifts]
    assert len({(shift.person_id, shift.day) for shift in everything}) == len(everything)
    for shift in drawn.proposal.shifts:
        who = task.facts.people[shift.person_id]
        assert who.may_serve(shift.station_id, shift.day) and not who.is_on_leave(shift.day)
        assert task.facts.calendar.is_working_day(shift.day)
    for who, turns in drawn.turns().items():
        assert turns <= max(task.limits[who], task.turns[who])
    new = [each for each in check_month(task.facts, everything) if each.is_error and each.code not in ("none", "gap")]
    assert [each for each in new if (each.person_id, each.day) in {(s.person_id, s.day) for s in drawn.proposal.shifts}] == []
    assert drawn.price == Ruler(task).price(drawn.proposal.choice) <= Ruler(task).price(greedy.choice)
    assert len(drawn.proposal.unfilled) <= len(greedy.unfilled)
    assert drawn.is_proven
    again = draw(task)
    assert again.proposal == drawn.proposal
    assert all(gap.words for gap in explain(task, drawn.proposal))


@settings(max_examples=60, deadline=None)
@given(tasks(), st.randoms(use_true_random=False))
def test_of_a_few_turns_every_other_choice_is_at_least_as_dear(task, chance):
    """Brute force over all choices of a few slots, each with a few options."""
    slots = tuple(chance.sample(task.slots, min(3, len(task.slots))))
    slots = tuple(
        Slot(slot.station, tuple(sorted(chance.sample(slot.days, min(2, len(slot.days))))), slot.usual) for slot in slots
    )
    small = Task(task.facts, task.kept, slots, task.people[:4], task.most)
    assume(slots)
    options = [[None, *small.options(slot)] for slot in slots]
    ruler, best = Ruler(small), None
    for picked in itertools.product(*options):
        choice = tuple((n, *each) for n, each in enumerate(picked) if each is not None)
        where = [(day, who) for _, day, who in choice]
        counts = {who: sum(each == who for _, _, each in choice) for who in small.people}
        if len(set(where)) < len(where) or any(count > small.room(who) for who, count in counts.items()):
            continue
        price = ruler.price(choice)
        best = price if best is None or price < best else best
    assert draw(small).price == best


def test_without_the_solver_greedy_answers_and_says_so(monkeypatch):
    monkeypatch.setattr(solving, "is_installed", lambda: False)
    task = task_of(month([CENTRE, TOWN], [person(n) for n in range(4)]), [])
    drawn = draw(task)
    assert (drawn.method, drawn.is_proven) == (drawing.GREEDY, False)
    assert drawn.proposal == propose_month(task.facts, [])


def test_where_the_time_is_over_the_answer_is_no_worse_than_greedy():
    drawn = draw(bench.county(1), seconds=0.0)
    assert drawn.price <= drawn.greedy_price


@pytest.mark.parametrize("seed", range(4))
def test_a_county_month_is_proven_and_better_than_greedy(seed):
    drawn = draw(bench.county(seed))
    assert drawn.is_proven and drawn.price < drawn.greedy_price


def test_the_prices_put_gaps_before_everything_else():
    task = task_of(month([CENTRE, TOWN], [person(0), person(1)]), [])
    ruler, full = Ruler(task), draw(task).proposal
    one_less = proposal_of(task, full.choice[1:])
    assert ruler.price(one_less.choice) - ruler.price(full.choice) > FORBIDS
    assert OPEN > ruler.share(31, 31 * 30_000) - ruler.share(30, 30 * 30_000)


# --- why not ----------------------------------------------------------------------------------------------------------


def reasons(pool, *, kept=(), station=CENTRE, day=1, **limits):
    task = task_of(month([station], pool), kept, **limits)
    gaps = explain(task, draw(task).proposal)
    return next(gap.words for gap in gaps if day is None or gap.slot.days[0] == march(day))


def test_an_open_turn_says_whom_what_keeps_away_and_what_would_help():
    away = person(0, leaves=((march(1), march(1)),))
    bound = person(1, stays=(Stay(date(2022, 1, 1), None, frozenset({TOWN.id})),))
    gone = person(2, stays=(Stay(date(2022, 1, 1), date(2022, 2, 28)),))
    words = reasons([away, bound, gone])
    assert "孙示例不在库（方案三（一））" in words and "钱示例入库范围不包括本站" in words and "赵示例请假" in words
    assert words.endswith("可以与请假的人商定。")


def test_an_open_turn_names_limits_other_turns_and_people_not_chosen():
    assert "赵示例已到每月最多班次" in reasons([person(0)], day=None, most=5)
    assert "赵示例当天已有班次" in reasons([person(0)], kept=[turn(TOWN, march(1), 0)])
    assert "钱示例没有选为可排人员" in reasons([person(0, leaves=((march(1), march(2)),)), person(1)], people={0})
    assert reasons([]) == "值班人员库没有人：请先办理入库。"


def test_many_names_are_counted():
    words = reasons([person(n, leaves=((march(1), march(1)),)) for n in range(9)])
    assert "等 9 人请假" in words and words.count("示例") == 4


# --- lines of a drawing, later ----------------------------------------------------------------------------------------


def test_a_line_is_new_there_or_no_longer_needed():
    facts = month([TOWN, OTHER], [person(0), person(1)])
    lines = [turn(TOWN, march(9), 0), turn(TOWN, march(16), 0), turn(OTHER, march(9), 1)]
    by_hand = turn(TOWN, march(10), 1)
    same = replace(turn(OTHER, march(9), 1), id=7)
    judged = judge(facts, [by_hand, same], lines)
    assert [line.state for line in judged] == [UNNEEDED, NEW, THERE]
    assert judged[2].existing == 7


def test_a_draft_that_would_be_drawn_again_as_it_is_stays():
    facts = month([TOWN], [person(0), person(1)])
    draft = replace(turn(TOWN, march(9), 0), id=7)
    other = replace(turn(TOWN, march(16), 1), id=8)
    lines = [turn(TOWN, march(9), 0), turn(TOWN, march(17), 0)]
    assert [line.state for line in judge(facts, [draft, other], lines, released={7, 8})] == [THERE, NEW]


# --- who stands in ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-ROS-6")
def test_who_stands_in_is_ranked_with_reasons():
    friday = march(4)
    willing = Candidate(person(0), turns=2, known=3, day=friday)
    idle = Candidate(person(1), turns=1, day=friday)
    elsewhere = Candidate(person(2), turns=0, elsewhere="大阳镇", day=friday)
    unwilling = Candidate(person(3, wish=Wish(avoided=frozenset({4}))), turns=0, day=friday)
    full = Candidate(person(4, wish=Wish(most=2)), turns=2, day=friday)
    assert ranked([full, unwilling, elsewhere, willing, idle]) == [idle, willing, elsewhere, unwilling, full]
    assert willing.words == "本月 2 班，近来在本站 3 班"
    assert elsewhere.words.endswith("当天另在大阳镇，时间不重叠")
    assert unwilling.words.endswith("本人尽量不排这个星期几") and full.words.endswith("已到本人每月最多 2 班")

"""Whom a draw picks: the same for the same seed, and more often from stations that were seldom checked."""

from hypothesis import given
from hypothesis import strategies as st

from consultations.rules.roll_calls import Candidate, draw

CANDIDATES = st.lists(
    st.builds(Candidate, st.integers(1, 500), st.integers(1, 9), st.one_of(st.none(), st.integers(0, 400))),
    unique_by=lambda each: each.shift,
    max_size=25,
)


@given(CANDIDATES, st.integers(0, 30), st.text(max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_shifts_does_not_matter(candidates, count, seed, order):
    mixed = list(candidates)
    order.shuffle(mixed)
    assert draw(mixed, count, seed) == draw(candidates, count, seed)


@given(CANDIDATES, st.integers(0, 30), st.text(max_size=8))
def test_nobody_is_drawn_twice_and_as_many_come_as_there_are(candidates, count, seed):
    drawn = draw(candidates, count, seed)
    assert len(drawn) == len(set(drawn)) == min(count, len(candidates))
    assert set(drawn) <= set(candidates)


@given(CANDIDATES, st.integers(0, 30), st.text(max_size=8))
def test_a_station_comes_twice_only_when_every_other_has_come_once(candidates, count, seed):
    stations = [each.station for each in draw(candidates, count, seed)]
    if len(set(stations)) < len(stations):
        assert set(stations) == {each.station for each in candidates}


def test_a_station_never_checked_comes_about_ten_times_as_often_as_one_checked_today():
    never, today = Candidate(1, 1, None), Candidate(2, 2, 0)
    first = sum(draw([never, today], 1, f"seed {n}") == [never] for n in range(1100))
    assert 950 <= first <= 1050  # ten tickets of eleven: 1000


def test_tickets_grow_by_one_every_ten_days_up_to_ten():
    assert [Candidate(1, 1, days).tickets for days in (0, 9, 10, 45, 89, 90, 400, None)] == [1, 1, 2, 5, 9, 10, 10, 10]

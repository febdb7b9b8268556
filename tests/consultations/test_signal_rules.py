"""What looks odd, and what does not; and that a signal never stands without the rows it rests on. Z-CON-4."""

import datetime as dt
from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.rules import signals as rules
from consultations.rules.signals import Duty, Entry, Facts, Given, Suspicion, read_limits, suspicions

ZONE = ZoneInfo("Asia/Shanghai")
LIMITS = read_limits()[0]
DAY = "2022-03-15"


def at(clock, day=DAY):
    return dt.datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZONE)


def duty(id, station=1, person=1, day=DAY, came="09:00", left="13:00", served=1, starts="09:00", ends="13:00"):
    return Duty(
        id, station, f"{station}号站", person, f"{person}号律师", at(starts, day), at(ends, day),
        came and at(came, day), left and at(left, day), served,
    )  # fmt: skip


def entry(id, time="10:00", recorded="10:05", day=DAY, recorded_day=None, text="", **more):
    values = {"station": 1, "place": "1号站", "person": 1, "name": "1号律师", "shift": 1, "recorder": 7, **more}
    moment = at(time, day) if time else None
    return Entry(
        id=id, number=f"泽咨-{id}", day=dt.date.fromisoformat(day), at=moment, recorded_at=at(recorded, recorded_day or day),
        text=text, **values,
    )  # fmt: skip


def rating(id, device="a", made_on="clerk", station=1, way="scan", day=DAY):
    return Given(id, 100 + id, f"泽咨-{id}", station, "1号站", dt.date.fromisoformat(day), device, made_on, way)


def found(kind, **facts):
    return [each for each in suspicions(Facts(**facts), LIMITS) if each.kind == kind]


# --- two places -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-4")
def test_signing_in_at_two_stations_at_once_is_told_with_both_shifts():
    (told,) = found("two_places", duties=[duty(1), duty(2, station=2, came="12:50", left="17:00", starts="13:00", ends="17:00")])
    assert {each.ref for each in told.evidence} == {"shift:1", "shift:2"}
    assert "1号站、2号站" in told.words


def test_a_quarter_of_an_hour_between_two_stations_is_enough():
    assert not found("two_places", duties=[duty(1), duty(2, station=2, came="13:15", left="17:00")])
    assert found("two_places", duties=[duty(1), duty(2, station=2, came="13:14", left="17:00")])


def test_two_people_may_be_at_two_stations_and_one_person_twice_at_one():
    assert not found("two_places", duties=[duty(1), duty(2, station=2, person=2)])
    assert not found("two_places", duties=[duty(1), duty(2, came="12:00", left="16:00")])


def test_a_consultation_elsewhere_while_signed_in_here_is_told():
    (told,) = found("two_places", duties=[duty(1)], entries=[entry(5, "10:30", station=2, place="2号站", shift=None)])
    assert told.refs == {"shift:1", "consultation:5"}


# --- entered in a bunch -----------------------------------------------------------------------------------------------


def bunched(count=5, recorded="20:{:02}", **more):
    return [entry(n, f"09:{n:02}", recorded.format(n), **more) for n in range(1, count + 1)]


@pytest.mark.rule("Z-CON-4")
def test_five_records_entered_in_the_evening_within_minutes_are_told():
    (told,) = found("bunch", duties=[duty(1)], entries=bunched())
    assert len(told.evidence) == 5
    assert told.station == 1
    assert not found("bunch", duties=[duty(1)], entries=bunched(4))


def test_records_entered_while_people_come_or_soon_after_are_not_told():
    assert not found("bunch", duties=[duty(1)], entries=bunched(recorded="12:{:02}"))
    assert not found("bunch", duties=[duty(1)], entries=bunched(recorded="15:{:02}"))


def test_records_a_telephone_kept_without_network_come_in_a_bunch_on_purpose():
    assert not found("bunch", duties=[duty(1)], entries=[replace(each, is_sent_later=True) for each in bunched()])


def test_five_late_records_spread_over_an_evening_are_not_a_bunch():
    rows = [entry(n, f"09:{n:02}", f"{16 + n}:00") for n in range(1, 6)]
    assert not found("bunch", duties=[duty(1)], entries=rows)


# --- identical texts --------------------------------------------------------------------------------------------------

TEXT = "夫妻长期分居，想了解离婚的条件。说明了有关规定。"


@pytest.mark.rule("Z-CON-4")
def test_three_identical_texts_of_one_adviser_in_a_week_are_told_whatever_the_commas():
    texts = [TEXT, TEXT.replace("，", " , "), TEXT]
    rows = [entry(n, text=text, day=f"2022-03-{14 + n}") for n, text in enumerate(texts)]
    (told,) = found("same_text", entries=rows)
    assert len(told.evidence) == 3


def test_identical_texts_of_two_advisers_two_weeks_or_few_words_are_not_told():
    assert not found("same_text", entries=[entry(n, text=TEXT, person=n) for n in range(3)])
    days = ("2022-03-13", "2022-03-14", "2022-03-15")  # a Sunday and the week after it
    assert not found("same_text", entries=[entry(n, text=TEXT, day=day) for n, day in enumerate(days)])
    assert not found("same_text", entries=[entry(n, text="问离婚") for n in range(3)])


# --- nobody came ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-4")
def test_three_of_four_duties_without_a_consultation_are_told_with_the_empty_ones():
    duties = [duty(n, day=f"2022-03-0{n}", served=int(n == 4)) for n in range(1, 5)]
    (told,) = found("idle", duties=duties)
    assert told.refs == {"shift:1", "shift:2", "shift:3"}
    assert "4 次，其中 3 次" in told.words


def test_half_of_the_duties_empty_or_two_empty_ones_are_not_told():
    assert not found("idle", duties=[duty(n, day=f"2022-03-0{n}", served=n % 2) for n in range(1, 7)])
    assert not found("idle", duties=[duty(n, day=f"2022-03-0{n}", served=0) for n in range(1, 3)])


def test_a_duty_nobody_came_to_is_no_duty_without_consultations():
    assert not found("idle", duties=[duty(n, day=f"2022-03-0{n}", served=0, came=None, left=None) for n in range(1, 5)])


# --- ratings ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-4")
def test_five_ratings_of_one_device_are_told_and_those_on_the_stations_screen_are_not():
    (told,) = found("one_device", ratings=[rating(n) for n in range(1, 6)])
    assert len(told.evidence) == 5
    assert not found("one_device", ratings=[rating(n, way="screen") for n in range(1, 6)])
    assert not found("one_device", ratings=[rating(n, device=str(n)) for n in range(1, 6)])


def test_one_rating_from_the_device_that_made_the_code_is_told():
    (told,) = found("one_device", ratings=[rating(1, device="clerk"), rating(2, device="b")])
    assert told.key.startswith("own_device") and told.refs == {"rating:101"}


# --- outside the turn, crowded, again ---------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-4")
def test_a_record_outside_its_turn_is_told_and_one_within_the_attended_time_is_not():
    (told,) = found("off_duty", duties=[duty(1)], entries=[entry(1, "13:01"), entry(2, "13:00"), entry(3, "09:00")])
    assert told.refs == {"shift:1", "consultation:1"}
    assert not found("off_duty", duties=[duty(1, came="08:30")], entries=[entry(1, "08:40")])


@pytest.mark.rule("Z-CON-4")
def test_seven_consultations_within_the_hour_are_told_six_are_not():
    rows = [entry(n, f"10:{n:02}") for n in range(7)]
    (told,) = found("crowded", entries=rows)
    assert "7 人次" in told.words
    assert not found("crowded", entries=rows[:6])
    assert not found("crowded", entries=[*rows[:6], entry(9, "11:00")])  # a whole hour later


@pytest.mark.rule("Z-CON-4")
def test_the_same_telephone_with_the_same_matter_on_the_same_day_is_told():
    pair = [entry(1, client="x", matter="family"), entry(2, "11:00", client="x", matter="family", station=2)]
    (told,) = found("again", entries=pair)
    assert told.refs == {"consultation:1", "consultation:2"}
    assert not found("again", entries=[pair[0], replace(pair[1], matter="loan")])
    assert not found("again", entries=[replace(each, client="") for each in pair])


# --- properties -------------------------------------------------------------------------------------------------------

DAYS = st.sampled_from(["2022-03-14", "2022-03-15", "2022-03-16"])
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(8, 21), st.integers(0, 59))


@st.composite
def some_facts(draw):
    duties = [
        duty(n, draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(DAYS), draw(st.one_of(st.none(), CLOCKS)), None,
             draw(st.integers(0, 1)))
        for n in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    entries = [
        entry(
            n, draw(st.one_of(st.none(), CLOCKS)), draw(CLOCKS), draw(DAYS), text=draw(st.sampled_from(["", TEXT])),
            person=draw(st.integers(1, 2)), station=draw(st.integers(1, 2)), shift=draw(st.one_of(st.none(), st.integers(0, 7))),
            client=draw(st.sampled_from(["", "x"])), matter="family",
        )
        for n in range(draw(st.integers(0, 14)))
    ]  # fmt: skip
    ratings = [
        rating(n, draw(st.sampled_from("ab")), draw(st.sampled_from("bc")), draw(st.integers(1, 2)))
        for n in range(draw(st.integers(0, 8)))
    ]
    return Facts(duties, entries, ratings)


@pytest.mark.rule("Z-CON-4")
@given(facts=some_facts())
def test_no_signal_stands_without_evidence_and_all_evidence_is_among_the_facts(facts):
    known = {f"shift:{each.id}" for each in facts.duties} | {f"consultation:{each.id}" for each in facts.entries}
    known |= {f"rating:{each.entry}" for each in facts.ratings}
    told = suspicions(facts, LIMITS)
    assert all(each.evidence and each.refs <= known for each in told)
    assert len({each.key for each in told}) == len(told)
    assert all(len(each.key) <= 120 for each in told)


@given(facts=some_facts(), order=st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(facts, order):
    def mixed(rows):
        rows = list(rows)
        order.shuffle(rows)
        return rows

    shuffled = Facts(mixed(facts.duties), mixed(facts.entries), mixed(facts.ratings))
    assert suspicions(shuffled, LIMITS) == suspicions(facts, LIMITS)


@given(facts=some_facts())
def test_higher_limits_never_tell_more_of_a_bunch_or_a_crowd(facts):
    higher = replace(LIMITS, bunch=LIMITS.bunch + 2, an_hour=LIMITS.an_hour + 2, same_text=LIMITS.same_text + 1)
    for detect in (rules.bunch, rules.crowded, rules.same_text):
        assert {each.key for each in detect(facts, higher)} <= {each.key for each in detect(facts, LIMITS)}


def test_a_suspicion_cannot_be_made_without_evidence():
    with pytest.raises(ValueError, match="没有依据"):
        Suspicion("idle", "x", dt.date(2022, 3, 15), "没有依据的话", ())


# --- the limits -------------------------------------------------------------------------------------------------------


def test_every_limit_has_its_reason_and_its_words_for_the_page():
    from consultations.services.signals import LIMIT_WORDS

    limits, why = read_limits()
    assert all(value >= 1 for value in asdict(limits).values())
    assert set(why) == set(LIMIT_WORDS) and all(why.values())


def test_an_unknown_or_missing_limit_is_refused(tmp_path):
    (tmp_path / "x.toml").write_text("[bunch]\nvalue = 3\nwhy = '试'\n", encoding="utf-8")
    with pytest.raises(ValueError, match="界限"):
        read_limits(tmp_path / "x.toml")

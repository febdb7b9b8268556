"""Rubrics, scores, rounds, the draw and who may not review: the pure rules of quality evaluation."""

import hashlib
import re
import tomllib
from collections import Counter
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalaid.rules.quality import (
    FAIL,
    File,
    Framed,
    Reviewer,
    Score,
    deal,
    draw,
    first_round,
    place,
    read_sheet,
    rubric_for,
    rubric_of,
    score,
    second_round,
    shares,
    size_of,
    why_not_reviewer,
)

FOLDER = Path(__file__).resolve().parents[2] / "legalaid" / "rubrics"
TEXTS = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
CIVIL = rubric_of(TEXTS["civil-2022"])
CRIMINAL = rubric_of(TEXTS["criminal-2022"])
CASE_TYPES = {
    "civil_litigation", "criminal_defence", "criminal_litigation", "administrative_litigation", "state_compensation",
    "non_litigation", "labour_arbitration",
}  # fmt: skip


def sheet(total):
    left, typed = 100 - Decimal(total), {}
    for item in CIVIL.items:
        off = min(left, Decimal(item.points))
        typed[item.code] = item.points - off
        left -= off
    return typed


def points(total, grade=None):
    total = Decimal(total)
    return Score(total, grade or CIVIL.grade_of(total))


# --- rubrics


@pytest.mark.parametrize("rubric", [CIVIL, CRIMINAL], ids=lambda rubric: rubric.code)
def test_the_shipped_rubrics_have_a_hundred_points_in_the_seven_default_parts(rubric):
    assert [sum(item.points for item in items) for _words, items in rubric.sections] == [10, 15, 20, 25, 10, 10, 10]
    assert rubric.cutoffs == {"excellent": 90, "good": 75, "pass": 60}
    assert {veto.code for veto in rubric.vetoes} == {
        "took_money",
        "never_met",
        "did_not_appear",
        "no_written_opinion",
        "lost_a_limit",
    }


def test_every_case_type_has_just_one_rubric():
    covered = [type_ for text in TEXTS.values() for type_ in text["covers"]]
    assert set(covered) == CASE_TYPES
    assert len(covered) == len(set(covered))


def test_a_rubric_holds_from_its_day_and_the_newer_edition_from_its_own():
    later = rubric_of({**deepcopy(TEXTS["civil-2022"]), "version": "2023-1", "since": date(2023, 1, 1)})
    assert rubric_for([later, CIVIL], "civil_litigation", date(2022, 12, 31)) is CIVIL
    assert rubric_for([CIVIL, later], "civil_litigation", date(2023, 1, 1)) is later
    assert rubric_for([CIVIL, later], "civil_litigation", date(2021, 12, 31)) is None
    assert rubric_for([CIVIL], "criminal_defence", date(2022, 7, 1)) is None


def test_a_batch_keeps_the_rubric_as_text_and_reads_the_same_from_it():
    kept = {**deepcopy(TEXTS["civil-2022"]), "since": "2022-01-01"}
    assert rubric_of(kept) == CIVIL


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text["sections"][0]["items"][0].update(points=5), "合计 101 分"),
        (lambda text: text["vetoes"][0].update(code="papers_right"), "代码重复：papers_right"),
        (lambda text: text["cutoffs"].update(good=95), "从高到低"),
        (lambda text: text["rounds"].update(peer=3), "peer"),
        (lambda text: text["rounds"].update(second=1), "第二轮应由两人"),
        (lambda text: text["rounds"].pop("widest_gap"), "widest_gap"),
        (lambda text: text.update(vetoes=[]), "没有否决项"),
        (lambda text: text["rectification"].update(days=0), "至少一天"),
    ],
)
def test_a_faulty_rubric_is_refused_with_its_fault(spoil, told):
    text = deepcopy(TEXTS["civil-2022"])
    spoil(text)
    with pytest.raises(ValueError, match=told):
        rubric_of(text)


# --- scores


@pytest.mark.parametrize(
    ("total", "grade"),
    [("100", "excellent"), ("90", "excellent"), ("89.5", "good"), ("75", "good"), ("74.5", "pass"), ("60", "pass"),
     ("59.5", "fail"), ("0", "fail")],
)  # fmt: skip
def test_a_cut_off_is_reached_not_passed(total, grade):
    assert score(CIVIL, sheet(total), ()) == Score(Decimal(total).quantize(Decimal("0.01")), grade)


def test_any_veto_fails_a_file_of_a_hundred_points():
    assert score(CIVIL, sheet(100), ["took_money"]) == Score(Decimal("100.00"), FAIL)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "没有评分"),
        ("好", "不是数字"),
        ("4.5", "超出范围"),
        ("-0.5", "超出范围"),
        ("3.7", "最小到半分"),
        ("NaN", "超出范围"),
        ("1e999999999", "不是数字|超出范围"),
    ],
)
def test_points_that_cannot_be_read_are_told_at_their_item(typed, told):
    whole = {code: str(value) for code, value in sheet(90).items()} | {"engaged_in_time": typed}
    read, faults = read_sheet(CIVIL, whole)
    assert list(faults) == ["engaged_in_time"]
    assert len(read) == 14
    assert re.search(told, faults["engaged_in_time"])


def test_halves_and_full_width_spaces_around_numbers_are_read():
    read, faults = read_sheet(CIVIL, {item.code: f" {item.points - Decimal('0.5')} " for item in CIVIL.items})
    assert not faults
    assert score(CIVIL, read, ()).total == Decimal("92.50")


# --- rounds


def test_one_reviewer_alone_gives_her_grade():
    assert (first_round(CIVIL, [points(82)]).grade, first_round(CIVIL, [points(82)]).total) == ("good", Decimal("82.00"))


def test_two_reviewers_give_the_grade_of_their_mean():
    result = first_round(CIVIL, [points("89.5"), points("90.5")])
    assert (result.total, result.grade, result.needs_second_round) == (Decimal("90.00"), "excellent", False)


def test_a_mean_is_rounded_half_up_at_the_cent():
    assert first_round(CIVIL, [points("74.5"), points(75)]).total == Decimal("74.75")


@pytest.mark.parametrize("scores", [[points(59)], [points(95), points(95, FAIL)], [points(59), points(70)]])
def test_a_fail_by_anybody_in_the_first_round_asks_for_a_second(scores):
    assert first_round(CIVIL, scores).needs_second_round


def test_fifteen_points_apart_is_agreed_and_more_is_not():
    assert not first_round(CIVIL, [points(75), points(90)]).needs_second_round
    wide = first_round(CIVIL, [points(75), points("90.5")])
    assert wide.needs_second_round
    assert "相差 15.5 分" in wide.why


@pytest.mark.parametrize(
    ("first", "second", "grade", "total"),
    [
        # the first verdict fails: both of the second round must disagree for a pass
        ([50], [80, 90], "good", "85.00"),
        ([50], [80, 55], "fail", "52.50"),
        ([50], [40, 55], "fail", "48.33"),
        # one of two failed it: the verdict of the round is a fail and counts with its mean
        ([90, 50], [80, 70], "good", "75.00"),
        ([90, 50], [80, 50], "fail", "60.00"),
        # only the gap was too wide: the verdict passes, and counts with its mean
        ([70, 90], [80, 80], "good", "80.00"),
        ([70, 90], [80, 50], "good", "80.00"),
        ([70, 90], [40, 50], "fail", "45.00"),
    ],
)
def test_two_of_three_votes_decide_after_a_second_round(first, second, grade, total):
    result = second_round(CIVIL, [points(each) for each in first], [points(each) for each in second])
    assert (result.grade, result.total, result.needs_second_round) == (grade, Decimal(total), False)


def test_a_veto_is_a_vote_against_however_many_points_stand_beside_it():
    result = second_round(CIVIL, [points(95, FAIL)], [points(95, FAIL), points(95)])
    assert (result.grade, result.total) == ("fail", Decimal("95.00"))


scores = st.builds(points, st.integers(0, 200).map(lambda halves: Decimal(halves) / 2))


@given(st.lists(scores, min_size=1, max_size=2), st.lists(scores, min_size=2, max_size=2))
def test_a_file_passes_a_second_round_only_with_two_of_three_votes(first, second):
    verdict = first_round(CIVIL, first)
    fails = sum(vote.grade == FAIL for vote in [Score(verdict.total, verdict.grade), *second])
    assert (second_round(CIVIL, first, second).grade == FAIL) == (fails >= 2)


# --- the draw


def frame(**sizes):
    return [Framed(f"{name}-{n}", name) for name, size in sizes.items() for n in range(size)]


def test_the_place_of_a_file_is_the_sha_256_of_seed_and_number():
    assert place("20220701", "示援〔2022〕0001号") == hashlib.sha256("20220701:示援〔2022〕0001号".encode()).hexdigest()


def test_the_same_seed_draws_the_same_files_in_whatever_order_they_come():
    files = frame(a=20, b=7, c=3)
    drawn = draw(files, 9, "20220701")
    assert draw(reversed(files), 9, "20220701") == drawn
    # Worked out with sha256sum and sort.
    assert [file.number for file in drawn] == ["a-6", "a-0", "a-5", "a-18", "a-12", "a-7", "b-3", "b-2", "c-0"]


def test_another_seed_draws_other_files():
    files = frame(a=50)
    assert len({tuple(draw(files, 10, str(seed))) for seed in range(20)}) == 20


def test_every_file_is_as_likely_as_another():
    files = frame(a=10)
    counted = Counter(file.number for seed in range(2000) for file in draw(files, 3, str(seed)))
    assert all(520 < times < 680 for times in counted.values()), counted


@pytest.mark.parametrize(
    ("sizes", "wanted", "drawn"),
    [
        ({"a": 60, "b": 30, "c": 10}, 10, {"a": 6, "b": 3, "c": 1}),
        ({"a": 100, "b": 1, "c": 1, "d": 3}, 10, {"a": 7, "b": 1, "c": 1, "d": 1}),
        ({"a": 3, "b": 3, "c": 3}, 4, {"a": 2, "b": 1, "c": 1}),
        ({"a": 5}, 9, {"a": 5}),
        ({"a": 5, "b": 9, "c": 2}, 2, {"a": 1, "b": 1, "c": 0}),
        ({"a": 5, "b": 0}, 2, {"a": 2}),
        ({"a": 1, "b": 1}, 2, {"a": 1, "b": 1}),
    ],
)
def test_strata_are_drawn_by_their_size_and_none_is_left_out(sizes, wanted, drawn):
    assert shares(sizes, wanted) == drawn


sizes = st.dictionaries(st.text("甲乙丙丁戊", min_size=1, max_size=3), st.integers(0, 60), max_size=8)


@given(sizes, st.integers(0, 120))
def test_shares_add_up_fit_their_stratum_and_leave_none_out_that_could_be_in(sizes, wanted):
    drawn = shares(sizes, wanted)
    filled = [name for name, size in sizes.items() if size]
    assert sum(drawn.values()) == min(wanted, sum(sizes.values()))
    assert all(0 <= drawn[name] <= sizes[name] for name in drawn)
    if wanted >= len(filled):
        assert all(drawn[name] >= 1 for name in filled)


def test_a_share_of_the_files_is_rounded_up():
    assert [size_of(135, 10), size_of(10, 10), size_of(1, 10), size_of(0, 10)] == [14, 1, 1, 0]


# --- who may not review


FILE = File(
    undertakers=frozenset([7]),
    undertaker_users=frozenset([70]),
    firms=frozenset([3]),
    handlers=frozenset([80]),
    assigners=frozenset([81]),
    undertaker_name="承办甲",
    firm_name="甲律师事务所",
)


@pytest.mark.parametrize(
    ("reviewer", "told"),
    [
        (Reviewer(70, None, "另名"), "是本案承办人"),
        (Reviewer(1, 7, "另名"), "是本案承办人"),
        (Reviewer(1, 2, "另名", frozenset([3])), "与承办人同一单位"),
        (Reviewer(1, 2, "另名", frozenset([9]), frozenset(["甲律师事务所"])), "与承办人同一单位"),
        (Reviewer(81, None, "另名"), "是本案指派人"),
        (Reviewer(80, None, "另名"), "是本案经办人"),
        (Reviewer(1, 2, "承办甲", frozenset([9])), ""),  # a namesake: who undertook it is known
        (Reviewer(1, None, "另名"), ""),
    ],
)
def test_undertaker_firm_assigner_and_handler_stand_aside(reviewer, told):
    assert why_not_reviewer(FILE, reviewer) == told


def test_of_a_case_told_in_words_only_a_namesake_stands_aside():
    assert why_not_reviewer(File(undertaker_name="承办甲"), Reviewer(1, None, "承办甲")) == "与承办人同名"


def test_files_are_dealt_evenly_and_those_with_the_least_choice_first():
    dealt = deal({1: [11, 12, 13], 2: [11], 3: [11, 12, 13]}, 1, {})
    assert dealt == {1: [12], 2: [11], 3: [13]}


def test_who_has_much_already_is_dealt_less():
    assert deal({1: [11, 12], 2: [11, 12]}, 1, {11: 5}) == {1: [12], 2: [12]}


def test_a_file_with_too_few_reviewers_gets_as_many_as_there_are():
    assert deal({1: [11], 2: []}, 2, {}) == {1: [11], 2: []}

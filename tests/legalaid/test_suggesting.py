"""Whom the program suggests for a case: never somebody the law or a conflict forbids, the rest by fairness, with reasons. domain.md 3.2."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalaid.rules.suggesting import Candidate, Needs, field_of, has_years, judge, obstacles_of, rank

DAY = date(2022, 6, 1)
TYPES = ["civil_litigation", "criminal_defence", "criminal_litigation", "labour_arbitration", "administrative_litigation"]
KINDS = ["lawyer", "public_lawyer", "grassroots_worker", "agency_staff", "volunteer", "law_student", "retired_politlegal"]


def person(key=1, **fields):
    return Candidate(**{"key": key, "name": f"承办{key:02d}", "kind": "lawyer", "office": 1, "office_name": "甲所", **fields})


def needs(**fields):
    return Needs(**{"type": "civil_litigation", "day": DAY, "field": "labour", "county": 7, **fields})


people = st.builds(
    person,
    key=st.integers(1, 40),
    kind=st.sampled_from(KINDS),
    office=st.sampled_from([None, 1, 2]),
    is_qualified=st.booleans(),
    fields=st.dictionaries(
        st.sampled_from(["criminal", "minors", "labour", "civil"]), st.dates(date(2010, 1, 1), date(2023, 1, 1))
    ),
    open_cases=st.integers(0, 30),
    share=st.integers(0, 30),
    last_assigned=st.none() | st.dates(date(2021, 1, 1), DAY),
    conflicts=st.sampled_from([(), ("承办过对方当事人的案件",)]),
    doubts=st.sampled_from([(), ("同名",)]),
    place=st.sampled_from([None, 7, 8]),
)
wishes = st.builds(
    needs,
    type=st.sampled_from(TYPES),
    field=st.sampled_from(["criminal", "labour", "civil", ""]),
    is_grave=st.booleans(),
    is_minor=st.booleans(),
    township=st.sampled_from([None, 8]),
)


@given(wishes, st.lists(people, max_size=15, unique_by=lambda each: each.key))
def test_nobody_with_a_conflict_a_doubt_or_without_the_qualification_is_ever_suggested(wish, candidates):
    for each in rank(wish, candidates).suitable:
        who = each.candidate
        assert not who.conflicts and not who.doubts and who.office is not None
        if wish.is_criminal:
            assert who.kind in ("lawyer", "public_lawyer")
            assert not wish.is_grave or who.fields["criminal"] <= date(2019, 6, 1)
            assert not wish.is_minor or who.fields["minors"] <= DAY
        else:
            assert who.kind in ("lawyer", "public_lawyer", "grassroots_worker") or who.is_qualified
            assert who.kind not in ("law_student", "retired_politlegal")


@given(wishes, st.lists(people, max_size=12, unique_by=lambda each: each.key), st.randoms())
def test_the_order_asked_in_changes_nothing(wish, candidates, chance):
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert rank(wish, shuffled) == rank(wish, candidates)


@given(wishes, st.lists(people, max_size=12, unique_by=lambda each: each.key))
def test_everybody_is_judged_once_and_points_are_the_sum_of_the_reasons_between_0_and_100(wish, candidates):
    ranking = rank(wish, candidates)
    judged = [*ranking.suitable, *ranking.others]
    assert sorted(each.candidate.key for each in judged) == sorted(each.key for each in candidates)
    for each in ranking.suitable:
        assert each.points == sum(reason.points for reason in each.reasons)
        assert 0 <= each.points <= 100 and all(reason.points >= 0 for reason in each.reasons)


@given(wishes, people, st.integers(1, 9), st.integers(30, 60))
def test_more_cases_never_raise_anybodys_points(wish, who, more, most):
    busier = replace(who, open_cases=who.open_cases + more)
    assert judge(wish, busier, most).points <= judge(wish, who, most).points
    favoured = replace(who, share=min(who.share + more, most))
    assert judge(wish, favoured, most).points <= judge(wish, who, most).points


def test_forty_cases_assigned_by_the_first_suggestion_are_spread_evenly_over_equals():
    people = [person(key) for key in range(1, 8)]
    for number in range(40):
        day = date(2022, 1, 4) + timedelta(days=number)
        key = rank(needs(day=day), people).suitable[0].candidate.key
        people = [
            replace(each, share=each.share + 1, open_cases=each.open_cases + 1, last_assigned=day) if each.key == key else each
            for each in people
        ]
    shares = [each.share for each in people]
    assert sum(shares) == 40 and max(shares) - min(shares) <= 1


def test_the_specialty_that_fits_beats_an_equal_without_it_and_says_so():
    expert, other = person(1, name="乙", fields={"labour": date(2018, 1, 1)}), person(2, name="甲")
    first = rank(needs(), [other, expert]).suitable[0]
    assert first.candidate is expert
    assert "专长：劳动争议" in [reason.words for reason in first.reasons]


@pytest.mark.parametrize(
    ("began", "enough"), [(date(2019, 6, 1), True), (date(2019, 6, 2), False), (None, False), (date(2010, 1, 1), True)]
)
def test_three_years_of_practice_include_the_anniversary(began, enough):
    """LAF 26 with CC 1259: 三年以上 includes three."""
    assert has_years(began, DAY) is enough
    grave = needs(type="criminal_defence", is_grave=True)
    assert bool(obstacles_of(grave, person(fields={"criminal": began} if began else {}))) is not enough


@pytest.mark.parametrize(
    ("kind", "type", "is_qualified", "told"),
    [
        ("grassroots_worker", "criminal_defence", True, "须由律师承办"),
        ("grassroots_worker", "criminal_litigation", True, "须由律师承办"),
        ("grassroots_worker", "civil_litigation", True, ""),
        ("agency_staff", "criminal_defence", True, "须由律师承办"),
        ("agency_staff", "civil_litigation", False, "没有律师资格"),
        ("agency_staff", "civil_litigation", True, ""),
        ("law_student", "civil_litigation", True, "不能承办案件"),
        ("retired_politlegal", "civil_litigation", True, "不能承办案件"),
        ("lawyer", "criminal_defence", False, ""),
    ],
)
def test_each_kind_undertakes_what_the_law_gives_it(kind, type, is_qualified, told):
    found = obstacles_of(needs(type=type), person(kind=kind, is_qualified=is_qualified))
    assert (told in "；".join(found)) if told else found == ()


def test_a_minors_criminal_case_asks_for_a_lawyer_who_knows_minors():
    case = needs(type="criminal_defence", is_minor=True)
    assert obstacles_of(case, person())
    assert not obstacles_of(case, person(fields={"minors": date(2020, 1, 1)}))
    assert not obstacles_of(needs(is_minor=True), person())  # a civil case of a minor asks for no such lawyer


def test_agency_staff_are_suggested_and_flagged_as_unpaid():
    staff = person(kind="agency_staff")
    assert "不发补贴" in rank(needs(), [staff]).suitable[0].remarks[0]


def test_who_belongs_to_no_firm_cannot_be_assigned():
    assert rank(needs(), [person(office=None)]).suitable == ()


@pytest.mark.parametrize(
    ("type", "matter", "cause", "field"),
    [
        ("criminal_defence", "c25_1", "盗窃", "criminal"),
        ("labour_arbitration", "m05", "确认劳动关系", "labour"),
        ("civil_litigation", "m05", "追索劳动报酬纠纷", "labour"),
        ("civil_litigation", "m04", "赡养费纠纷", "family"),
        ("civil_litigation", "n04", "离婚纠纷", "family"),
        ("civil_litigation", "m07", "机动车交通事故责任纠纷", "traffic"),
        ("administrative_litigation", "", "行政登记", "administrative"),
        ("civil_litigation", "m08", "环境污染责任纠纷", "civil"),
        ("civil_litigation", "", "", "civil"),
    ],
)
def test_the_specialty_a_case_asks_for_follows_type_cause_and_matter(type, matter, cause, field):
    assert field_of(type=type, matter=matter, cause=cause) == field


def test_equal_points_go_to_the_smaller_share_then_the_longer_rest_then_the_name():
    rested = person(1, name="丙", last_assigned=date(2021, 1, 1))
    never = person(2, name="丁")
    ranking = rank(needs(), Random(1).sample([rested, never, person(3, name="乙"), person(4, name="甲", share=0)], 4))
    assert [each.candidate.name for each in ranking.suitable] == ["丁", "乙", "甲", "丙"]

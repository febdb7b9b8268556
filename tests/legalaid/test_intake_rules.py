"""Hardship, groups, matters and doubts of an application, without a database."""

from datetime import date

import pytest

from consultations.models import Consultation
from legalaid.models import AidCase, Applicant
from legalaid.rules import doubts, groups, hardship, matters
from legalaid.rules.doubts import Sides
from legalaid.rules.hardship import Facts


def decided(**facts):
    names = ("groups", "claims")
    row = hardship.decide(Facts(**{name: frozenset(value) if name in names else value for name, value in facts.items()}))
    return row.code, row.mode


# --- the hardship table (domain.md 3.4): first match wins ---------------------------------------------------------------


def test_a_notified_case_is_never_reviewed_for_hardship_whatever_else_is_true():
    everything = {"matter": "n02", "groups": {"minor", "registered_poor"}, "claims": set(hardship.CLAIMS)}
    assert decided(is_notified=True, **everything) == ("notified", "not_applicable")


@pytest.mark.parametrize("matter", ["n01", "n02", "n03", "n04", "n05"])
def test_the_five_items_of_article_32_have_no_hardship_condition_even_for_people_who_would_be_exempt(matter):
    code, mode = decided(matter=matter, groups={"elderly"}, claims={"no_livelihood", "assistance"})
    assert (code, mode) == (f"situation_{matter}", "no_condition")


def test_article_42_comes_before_the_local_list_and_that_before_the_commitment():
    assert decided(claims={"assistance", "local"}, groups={"registered_poor"}) == ("assistance", "exempt")
    assert decided(claims={"local"}, groups={"registered_poor"}) == ("registered_poor", "exempt")
    assert decided(claims={"local"}) == ("local", "exempt")
    assert decided(prefers_check=True) == ("shared_check", "shared_check")
    assert decided() == ("commitment", "commitment")


def test_no_livelihood_exempts_the_old_the_young_and_the_disabled_only():
    for group in ("minor", "elderly", "disabled"):
        assert decided(claims={"no_livelihood"}, groups={group}) == ("no_livelihood", "exempt")
    assert decided(claims={"no_livelihood"}, groups={"farmer"}) == ("commitment", "commitment")
    assert decided(groups={"elderly"}) == ("commitment", "commitment")  # old, with a pension


def test_a_migrant_worker_is_exempt_for_wages_and_for_accidents_at_work_only():
    migrant = {"migrant_worker"}
    assert decided(groups=migrant, matter="m05")[0] == "migrant_pay"
    assert decided(groups=migrant, matter="m07", claims={"migrant_pay"})[0] == "migrant_pay"
    assert decided(groups=migrant, matter="m07")[0] == "commitment"  # a traffic accident
    assert decided(groups=migrant, matter="m04", claims={"migrant_pay"})[0] == "commitment"
    assert decided(groups={"farmer"}, matter="m05", claims={"migrant_pay"})[0] == "commitment"


def test_every_row_cites_its_clause_and_names_the_papers_that_prove_it():
    assert all(row.clause and row.evidence for row in hardship.TABLE)
    assert [row.order for row in hardship.TABLE] == sorted(row.order for row in hardship.TABLE)
    assert {row.mode for row in hardship.TABLE} == set(AidCase.Hardship.values)
    assert [row.code for row in hardship.TABLE if row.needs_statement] == ["shared_check", "commitment"]


def test_claims_that_groups_or_matter_do_not_bear_are_named():
    words = hardship.contradicted_claims(Facts(matter="m04", claims=frozenset({"no_livelihood", "migrant_pay"})))
    assert len(words) == 3
    assert (
        hardship.contradicted_claims(Facts(matter="m05", groups=frozenset({"migrant_worker"}), claims=frozenset({"migrant_pay"})))
        == []
    )


def test_a_registered_poor_person_has_the_five_priorities():
    assert len(hardship.priorities_of(frozenset({"registered_poor"}))) == 5
    assert hardship.priorities_of(frozenset({"farmer"})) == ()


# --- groups -------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CASE-1")
@pytest.mark.parametrize(
    ("born", "day", "told"),
    [
        (date(1962, 3, 15), date(2022, 3, 14), []),
        (date(1962, 3, 15), date(2022, 3, 15), ["elderly"]),  # D24: on the birthday already
        (date(2004, 3, 15), date(2022, 3, 14), ["minor"]),
        (date(2004, 3, 15), date(2022, 3, 15), ["minor"]),  # D24: until the end of that day
        (date(2004, 3, 15), date(2022, 3, 16), []),
        (date(2004, 2, 29), date(2022, 2, 28), ["minor"]),  # no 29 February in 2022
        (date(2004, 2, 29), date(2022, 3, 1), []),
        (date(1964, 2, 29), date(2024, 2, 28), []),
        (date(1964, 2, 29), date(2024, 2, 29), ["elderly"]),
        (date(1964, 2, 29), date(2023, 3, 1), []),
    ],
)
def test_age_speaks_for_a_group_on_the_right_day(born, day, told):
    assert groups.told_by_id(born, "1", day) == told


def test_what_the_number_contradicts_is_named_and_what_it_cannot_know_is_not():
    day = date(2022, 3, 15)
    words = groups.contradicted(["woman", "elderly", "left_behind_child", "farmer"], date(1980, 1, 1), "1", day)
    assert len(words) == 3
    assert "42 周岁" in words[1]
    assert groups.contradicted(["woman", "elderly"], None, "9", day) == []


def test_groups_that_nobody_chose_are_pointed_out():
    assert groups.overlooked(["elderly"], date(1950, 1, 1), "2", date(2022, 3, 15)) == ["妇女"]


def test_of_several_groups_one_is_the_primary_and_it_is_one_of_them():
    assert groups.wrong_primary("", ["elderly", "woman"])
    assert groups.wrong_primary("farmer", ["elderly", "woman"])
    assert groups.wrong_primary("woman", ["elderly", "woman"]) == ""
    assert groups.wrong_primary("", ["elderly"]) == ""
    assert groups.wrong_primary("elderly", [])
    assert groups.primary_of("", ["elderly"]) == "elderly"
    assert groups.primary_of("", []) == "none"


def test_each_group_has_its_proof_and_the_identity_card_proves_age_and_sex():
    assert set(groups.PROOFS) == set(AidCase.Group.values) - {"none"}
    assert dict(AidCase.Group.choices) == groups.WORDS
    assert dict(Consultation.Group.choices) | {"none": "无"} == groups.WORDS, "a consultation and its case name a group alike"
    assert groups.proofs_needed(["elderly", "disabled"], has_identity_card=True) == [("disabled", "残疾人证")]
    assert [group for group, _ in groups.proofs_needed(["elderly"], has_identity_card=False)] == ["elderly"]


# --- matters ------------------------------------------------------------------------------------------------------------


def test_every_matter_type_and_stage_of_the_case_has_its_place_in_the_tables():
    assert set(matters.TYPES_OF) == set(AidCase.Matter.values)
    assert set(matters.STAGES_OF) == set(AidCase.Type.values)
    assert {stage for stages in matters.STAGES_OF.values() for stage in stages} == set(AidCase.Stage.values)
    assert set(matters.STAGES_OF_ORGAN) == set(AidCase.Organ.values)
    assert all(matters.usual_type(matter) in matters.TYPES_OF[matter] for matter in matters.TYPES_OF)


@pytest.mark.rule("Z-CASE-3")
@pytest.mark.parametrize(
    ("matter", "stage", "procedure", "basis"),
    [
        ("m05", "first_instance", "", "laf_31"),
        ("n04", "first_instance", "", "laf_32"),
        ("c25_1", "first_instance", "", "cpl_278"),
        ("c25_4", "first_instance", "", "cpl_35"),
        ("c25_6", "first_instance", "", "laf_25_1"),
        ("c25p2", "first_instance", "ordinary", "laf_25_2"),
        ("c25p2", "first_instance", "fast_track", "not_listed"),
        ("c25p2", "second_instance", "", "laf_25_2"),
        ("c25p2", "prosecution_review", "", "not_listed"),
        ("c29", "first_instance", "", "laf_29"),
        ("c24", "first_instance", "", "not_listed"),
        ("c28", "first_instance", "", "not_listed"),
        ("c33", "retrial", "", "not_listed"),
    ],
)
def test_the_matter_points_to_the_huimin_basis_and_says_why(matter, stage, procedure, basis):
    found = matters.suggested_basis(matter, stage, procedure)
    assert found.code == basis
    assert found.why
    assert found.code in AidCase.Basis.values


def test_a_type_or_a_stage_that_cannot_go_with_the_matter_is_refused_at_its_field():
    assert matters.misfit("m05", "criminal_defence", "")[0] == "type"
    assert matters.misfit("m05", "labour_arbitration", "investigation")[0] == "stage"
    assert matters.misfit("m05", "labour_arbitration", "arbitration") is None
    assert matters.misfit("c25_1", "criminal_defence", "prosecution_review") is None


# --- doubts -------------------------------------------------------------------------------------------------------------

DAY = date(2022, 3, 15)


def sides(number="1", **fields):
    return Sides(number=number, **{"day": DAY, **fields})


def keys(found):
    return [doubt.key for doubt in found]


def test_the_same_person_with_the_same_matter_within_twelve_months_is_a_duplicate():
    own = sides("", client_index="a", matter="m05", cause="追索劳动报酬")
    closed = {"client_index": "a", "is_open": False}
    assert keys(doubts.duplicates(own, [sides("7", matter="m05", **closed)])) == ["duplicate:7"]
    assert keys(doubts.duplicates(own, [sides("7", cause="追索劳动报酬", **closed)])) == ["duplicate:7"]
    assert doubts.duplicates(own, [Sides(number="7", matter="m05", day=date(2021, 3, 14), **closed)]) == []
    assert keys(doubts.duplicates(own, [Sides(number="7", matter="m05", day=date(2021, 3, 15), **closed)])) == ["duplicate:7"]
    assert doubts.duplicates(own, [sides("7", matter="m04", **closed)]) == []


def test_an_open_case_of_the_same_number_is_pointed_out_whatever_its_matter():
    own = sides("", client_index="a", matter="m05")
    assert keys(doubts.duplicates(own, [sides("7", client_index="a", matter="m04")])) == ["duplicate:7"]
    assert doubts.duplicates(own, [sides("7", client_index="b", matter="m05")]) == []
    assert doubts.duplicates(sides("", matter="m05"), [sides("7", matter="m05")]) == []  # nobody's number is known


def test_the_opponent_of_one_case_is_the_client_of_another():
    own = sides("1", client="赵甲演", client_index="a", opponents="钱乙演", opponent_index="b")
    other = sides("2", client="钱乙演", client_index="b", lawyer=5, office=9)
    assert keys(doubts.conflicts(own, [other])) == ["opponent_is_client:2"]
    assert keys(doubts.conflicts(other, [own])) == ["client_is_opponent:1"]
    assert keys(doubts.conflicts(own, [other], lawyer=5, office=9)) == ["lawyer_on_both_sides:2", "opponent_is_client:2"]
    assert keys(doubts.conflicts(own, [other], lawyer=6, office=9)) == ["firm_on_both_sides:2", "opponent_is_client:2"]
    assert keys(doubts.conflicts(own, [other], lawyer=6, office=8)) == ["opponent_is_client:2"]


def test_people_are_known_by_name_where_a_number_is_missing_but_not_against_their_numbers():
    by_name = sides("1", client="赵甲演", client_index="a", opponents="某某公司；钱乙演（邻居）")
    assert keys(doubts.conflicts(by_name, [sides("2", client="钱乙演", client_index="b")])) == ["opponent_is_client:2"]
    namesake = sides("1", client="赵甲演", client_index="a", opponents="钱乙演", opponent_index="c")
    assert doubts.conflicts(namesake, [sides("2", client="钱乙演", client_index="b")]) == []


def test_the_same_opponent_is_a_hint_and_no_conflict_and_does_not_bar_the_lawyer():
    own = sides("1", client="赵甲演", client_index="a", opponents="虚构建筑有限公司")
    other = sides("2", client="钱乙演", client_index="b", opponents="虚构建筑有限公司、孙丙演", lawyer=5)
    found = doubts.conflicts(own, [other], lawyer=5)
    assert keys(found) == ["same_opponent:2"]
    assert not found[0].is_conflict


def test_a_persons_own_other_case_is_no_conflict():
    own = sides("1", client="赵甲演", client_index="a", opponents="钱乙演")
    assert doubts.conflicts(own, [sides("2", client="赵甲演", client_index="a", opponents="钱乙演")]) == []


def test_a_case_that_the_reader_may_not_see_is_not_named():
    own = sides("1", client="赵甲演", client_index="a", opponents="钱乙演")
    found = doubts.conflicts(own, [sides("泽法援〔2022〕087号", client="钱乙演", client_index="b", is_shown=False)])
    assert "087" not in found[0].words
    assert "不对您公开" in found[0].words


@pytest.mark.parametrize(
    ("text", "is_elsewhere"),
    [
        ("泽州县人民法院", False),
        ("泽州县劳动人事争议仲裁委员会", False),
        ("晋城市中级人民法院", False),
        ("山西省高级人民法院", False),
        ("晋城市城区人民法院", True),
        ("高平市人民法院", True),
        ("阳城县劳动人事争议仲裁委员会", True),
        ("劳动人事争议仲裁委员会", False),
        ("", False),
    ],
)
def test_an_office_in_another_county_is_hinted_at(text, is_elsewhere):
    assert bool(doubts.elsewhere(text, "泽州县", ("晋城市", "山西省"))) is is_elsewhere


def test_the_words_for_gender_are_the_tables_own():
    assert (groups.MALE, groups.FEMALE) == (Applicant.Gender.MALE, Applicant.Gender.FEMALE)

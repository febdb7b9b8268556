"""The rules of people on duty without a database. Z-DUTY-1, Z-DUTY-2."""

from datetime import date

import pytest

from organizations.rules import (
    Proofs,
    Span,
    doubtful_proofs,
    is_public_by_kind,
    missing_proofs,
    overlap,
    place,
    public_servant_problem,
)


@pytest.mark.rule("Z-DUTY-1")
@pytest.mark.parametrize(("years", "is_enough"), [(None, False), (0, False), (4, False), (5, True), (30, True)])
def test_people_retired_from_political_legal_organs_served_five_years(years, is_enough):
    missing = missing_proofs(Proofs("retired_politlegal", service_years=years))
    assert [field for field, _ in missing] == ([] if is_enough else ["service_years"])


@pytest.mark.rule("Z-DUTY-1")
@pytest.mark.parametrize("kind", ["law_teacher", "law_student"])
def test_college_people_hold_the_certificate(kind):
    assert [field for field, _ in missing_proofs(Proofs(kind))] == ["qualification_no"]
    assert missing_proofs(Proofs(kind, qualification_no="A1")) == []


@pytest.mark.rule("Z-DUTY-1")
@pytest.mark.parametrize("kind", ["lawyer", "grassroots_worker", "other_non_public", "volunteer", "public_lawyer"])
def test_the_other_kinds_are_not_kept_out_by_missing_papers(kind):
    assert missing_proofs(Proofs(kind)) == []


def test_what_is_doubtful_is_named_and_keeps_nobody_out():
    today = date(2022, 9, 26)
    assert doubtful_proofs(Proofs("lawyer"), today) == ["没有填写执业证号", "没有登记所属单位"]
    assert doubtful_proofs(Proofs("lawyer", practice_certificate_no="1" * 16, has_organization=True), today) == [
        "执业证号不是 17 位数字"
    ]
    assert doubtful_proofs(Proofs("lawyer", practice_certificate_no="1" * 17, has_organization=True), today) == []
    retired = Proofs("retired_politlegal", service_years=9, retired_from="法院", retired_on=date(2022, 9, 27))
    assert doubtful_proofs(retired, today) == ["退休日期还没到"]
    assert doubtful_proofs(Proofs("other_non_public"), today) == ["没有在备注中说明从事的法律事务"]


@pytest.mark.rule("Z-DUTY-2")
def test_public_lawyers_and_agency_staff_are_public_servants_where_nothing_is_said():
    public = {
        kind
        for kind in ("lawyer", "public_lawyer", "agency_staff", "law_teacher", "retired_politlegal", "volunteer")
        if is_public_by_kind(kind)
    }
    assert public == {"public_lawyer", "agency_staff"}


@pytest.mark.rule("Z-DUTY-2")
def test_a_public_lawyer_cannot_be_said_to_be_none():
    assert "公职律师是公职人员" in public_servant_problem("public_lawyer", False)
    assert public_servant_problem("public_lawyer", None) == ""
    assert public_servant_problem("agency_staff", False) == ""


def test_a_new_state_ends_the_one_in_force_and_yields_to_a_later_one():
    first, later = Span(date(2022, 1, 1), date(2022, 8, 31)), Span(date(2022, 9, 1), None)
    placed = place([first, later], date(2022, 3, 10))
    assert placed.ends == first
    assert placed.ends_on == date(2022, 3, 9)
    assert placed.until == date(2022, 8, 31)
    assert place([first, later], date(2022, 9, 1)).replaces == later
    assert place([first, later], date(2023, 1, 1)).ends == later
    assert place([], date(2022, 1, 1)).until is None
    assert place([later], date(2021, 1, 1)).until == date(2022, 8, 31)


def test_spans_overlap_when_they_share_one_day():
    a = (date(2022, 1, 1), date(2022, 1, 31))
    assert overlap(*a, date(2022, 1, 31), None)
    assert not overlap(*a, date(2022, 2, 1), None)
    assert overlap(date(2022, 1, 1), None, date(2030, 1, 1), date(2030, 1, 2))

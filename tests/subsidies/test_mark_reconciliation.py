"""Our marks laid beside the list of 惠民工程管理系统. Reading D40, plan 五（二）2."""

from datetime import date

import pytest

from legalaid.services import reconciling
from legalaid.services.other_systems import systems
from legalaid.services.reconciling import ReconciliationRefused
from subsidies.models import CaseMark
from tests.legalaid.provincial_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("april", "cases_stand_anywhere")]
HEADERS = ("省系统案号", "惠民系统编号", "受援人", "标注日期")


@pytest.fixture
def world(db):
    return World()


def marked(world, day, **facts):
    case = world.case(is_history=True, **facts)
    CaseMark.objects.create(case=case, state="told", marked_on=day, entry_no=f"HM{case.pk}")
    return case


def listed(case, **changes):
    mark = case.mark
    told = {
        "省系统案号": case.provincial_no,
        "惠民系统编号": mark.entry_no,
        "受援人": case.recipient,
        "标注日期": str(mark.marked_on),
    }
    return tuple({**told, **changes}[header] for header in HEADERS)


def reconciled(world, *lines):
    found = world.upload(world.export(*lines, headers=HEADERS), system="huimin")
    world.confirm(found)
    return found


def test_both_systems_are_known_the_provincial_one_first():
    assert list(systems()) == ["provincial", "huimin"]


def test_marks_are_compared_by_their_day_and_missing_ones_named(world):
    same, late, missing = (marked(world, date(2022, 3, day)) for day in (1, 2, 3))
    world.case()  # entered in the provincial system, not marked: not missed here
    found = reconciled(world, listed(same), listed(late, 标注日期="2022年3月9日"))
    assert world.piles(found) == [
        ("same", same.number, 2), ("differing", late.number, 3), ("only_here", missing.number, None),
    ]  # fmt: skip
    assert world.row(found, "differing").differing == ["day"]


def test_a_case_that_is_marked_there_and_not_here_differs_by_its_day(world):
    case = marked(world, date(2022, 3, 1))
    line = listed(case)
    CaseMark.objects.all().delete()
    found = reconciled(world, line)
    row = found.rows.get()
    assert (row.pile, row.differing) == ("differing", ["day"])


def test_a_mark_is_found_by_its_number_in_that_system_where_nothing_else_is_told(world):
    case = marked(world, date(2022, 3, 1))
    found = reconciled(world, (None, case.mark.entry_no, None, "2022-03-01"))
    row = found.rows.get()
    assert (row.case, row.matched_by) == (case, "entry_no")


def test_a_mark_of_theirs_is_not_taken_over_by_a_click(world):
    late = marked(world, date(2022, 3, 2))
    found = reconciled(world, listed(late, 标注日期="2022-03-09"))
    with pytest.raises(ReconciliationRefused, match="不能直接采用"):
        reconciling.take_theirs(pk=found.pk, row_id=found.rows.get().pk, by=world.centre)
    late.mark.refresh_from_db()
    assert late.mark.marked_on == date(2022, 3, 2)

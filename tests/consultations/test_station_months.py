"""A station's month: confirmed by its head, received or returned, opened again by a change. Z-ORG-3, safety.md §5."""

import datetime

import pytest

from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import StationMonth
from consultations.services.attendance import sign_in
from consultations.services.changes import change_person, decide_change, propose_change
from consultations.services.findings import decide_finding, report_finding
from consultations.services.rosters import add_shift, cancel_shift, edit_shift
from consultations.services.settlements import decide_settlement, propose_settlement
from consultations.services.station_months import (
    attest_station_month,
    confirm_station_month,
    open_station_months,
    receive_many,
    receive_station_month,
    return_station_month,
    stations_of,
)
from programmes.models import Month
from programmes.services.months import lock_month

pytestmark = [pytest.mark.django_db, pytest.mark.rule("Z-ORG-3")]
MARCH = YearMonth(2022, 3)


@pytest.fixture(autouse=True)
def april(at):
    at("2022-04-01 10:00")


@pytest.fixture
def head(user, bagong):
    return user("head", station=bagong)


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def whole(shift):
    return shift("2022-03-15", times=("09:00", "13:00"))


def state(station):
    return StationMonth.objects.get(station=station).state


def test_confirmed_by_the_head_received_by_the_section(whole, bagong, head, user):
    confirm_station_month(station=bagong, period=MARCH, by=head)
    row = receive_station_month(station=bagong, period=MARCH, by=user("section"))
    assert (row.state, row.confirmed_by) == ("received", head)


def test_what_is_not_confirmed_is_not_received(whole, bagong, user):
    with pytest.raises(Refused, match="待站点确认"):
        receive_station_month(station=bagong, period=MARCH, by=user("section"))


def test_an_unsettled_shift_keeps_the_month_from_being_confirmed(whole, shift, bagong, head, clerk):
    gap = shift("2022-03-16")
    with pytest.raises(Refused, match="1 个班次未定：03-16 .*缺签到、签退"):
        confirm_station_month(station=bagong, period=MARCH, by=head)
    settlement = propose_settlement(shift_id=gap.pk, kind="deferred", reason="等证明", by=clerk)
    decide_settlement(settlement_id=settlement.pk, is_accepted=True, by=head)
    confirm_station_month(station=bagong, period=MARCH, by=head)


def test_an_open_check_of_the_bureau_does_not_hold_the_station_up(whole, bagong, head, user):
    report_finding(shift_id=whole.pk, kind="sham_duty", remark="代签", by=user("section"))
    assert confirm_station_month(station=bagong, period=MARCH, by=head).state == "confirmed"


def test_a_month_is_confirmed_only_when_its_last_shift_is_over(whole, shift, bagong, head, at):
    shift("2022-03-31")
    at("2022-03-30 18:00")
    with pytest.raises(Refused, match="还有 1 个班次没有值完"):
        confirm_station_month(station=bagong, period=MARCH, by=head)


def test_who_entered_may_not_confirm(shift, bagong, user, at):
    both = user("clerk", "head", station=bagong)
    mine = shift("2022-03-31")
    at("2022-03-31 09:00")
    sign_in(shift_id=mine.pk, by=both)
    mine.attendance.sign_out = datetime.time(13)
    mine.attendance.save()
    at("2022-04-01 10:00")
    with pytest.raises(Refused, match="您登记过本月的考勤"):
        confirm_station_month(station=bagong, period=MARCH, by=both)
    officer = user("section")
    assert confirm_station_month(station=bagong, period=MARCH, by=officer).confirmed_by == officer
    with pytest.raises(Refused, match="代为确认"):
        receive_station_month(station=bagong, period=MARCH, by=officer)
    receive_station_month(station=bagong, period=MARCH, by=user("section"))


def test_an_officer_does_not_confirm_where_the_head_can(whole, bagong, head, user):
    with pytest.raises(Refused, match="本站负责人可以确认"):
        confirm_station_month(station=bagong, period=MARCH, by=user("section"))


def test_the_head_of_another_station_does_not_confirm(whole, bagong, dayang, user):
    with pytest.raises(Refused, match="只有本站负责人"):
        confirm_station_month(station=bagong, period=MARCH, by=user("head", station=dayang))


def test_a_returned_month_comes_back_with_its_reason(whole, bagong, head, user):
    confirm_station_month(station=bagong, period=MARCH, by=head)
    section = user("section")
    with pytest.raises(Refused, match="没有写退回原因"):
        return_station_month(station=bagong, period=MARCH, reason=" ", by=section)
    return_station_month(station=bagong, period=MARCH, reason="15 日少一人", by=section)
    row = StationMonth.objects.get()
    assert (row.state, row.return_reason, row.confirmed_by) == ("open", "15 日少一人", None)
    assert "15 日少一人" in head.notices.get().text


def test_a_change_of_the_record_opens_the_month_again_and_tells_who_signed(whole, shift, bagong, dayang, head, clerk, user):
    gap = shift("2022-03-16")
    first = propose_settlement(shift_id=gap.pk, kind="deferred", reason="等证明", by=clerk)
    decide_settlement(settlement_id=first.pk, is_accepted=True, by=head)
    confirm_station_month(station=bagong, period=MARCH, by=head)
    section = user("section")
    receive_station_month(station=bagong, period=MARCH, by=section)
    later = propose_settlement(shift_id=gap.pk, kind="served", reason="已有证明", by=clerk)
    assert state(bagong) == "received"
    decide_settlement(settlement_id=later.pk, is_accepted=True, by=user("section"))
    assert state(bagong) == "open"
    assert "须重新确认" in section.notices.get().text and head.notices.filter(text__contains="须重新确认").exists()


@pytest.fixture
def all_confirmed(bagong, dayang, head):
    """Call it: the months of 巴公镇 and 大阳镇 stand as confirmed by the head."""
    for station in (bagong, dayang):
        StationMonth.objects.create(
            station=station, month=Month.objects.get_or_create(county=station.county, first=MARCH.first)[0]
        )
    return lambda: StationMonth.objects.update(state="confirmed", confirmed_by=head, confirmed_at=clock.now())


def test_a_change_of_the_roster_opens_the_month_again_and_says_which_shift(all_confirmed, bagong, dayang, adviser, head, user):
    section, day, hours = (
        user("section"),
        datetime.date(2022, 3, 18),
        {"starts_at": datetime.time(9), "ends_at": datetime.time(13)},
    )
    states = lambda: (state(bagong), state(dayang))  # noqa: E731
    all_confirmed()
    added = add_shift(station=bagong, day=day, practitioner=adviser("钱虚构"), by=section, **hours)
    assert states() == ("open", "confirmed")
    assert "03-18 钱虚构的班次有变动" in head.notices.latest("pk").text
    all_confirmed()
    edit_shift(shift_id=added.pk, day=day, station=dayang, by=section, **hours)
    assert states() == ("open", "open"), "the station it left and the station it came to"
    all_confirmed()
    change_person(shift_id=added.pk, substitute=adviser("孙样本"), reason="", by=section)
    assert states() == ("confirmed", "open")
    all_confirmed()
    cancel_shift(shift_id=added.pk, by=section)
    assert states() == ("confirmed", "open")


def test_an_approved_swap_opens_the_months_of_both_stations(all_confirmed, shift, bagong, dayang, user):
    one, other = shift("2022-03-18"), shift("2022-03-21", station=dayang)
    all_confirmed()
    change = propose_change(shift_id=one.pk, swapped_with=other, reason="开庭", by=one.practitioner.user)
    assert (state(bagong), state(dayang)) == ("confirmed", "confirmed")
    decide_change(change_id=change.pk, approve=True, by=user("section"))
    assert (state(bagong), state(dayang)) == ("open", "open")


def test_the_bureaus_own_decision_does_not_open_it(whole, bagong, head, user):
    finding = report_finding(shift_id=whole.pk, kind="complaint", remark="态度", by=user("section"))
    confirm_station_month(station=bagong, period=MARCH, by=head)
    decide_finding(finding_id=finding.pk, is_upheld=True, decision="属实", statement="无", by=user("section"))
    assert state(bagong) == "confirmed"


def test_many_are_received_at_once_and_the_rest_named(whole, shift, bagong, dayang, head, user):
    shift("2022-03-15", station=dayang, times=("09:00", "13:00"))
    confirm_station_month(station=bagong, period=MARCH, by=head)
    done, refused = receive_many(stations=[bagong, dayang], period=MARCH, by=user("section"))
    assert [row.station for row in done] == [bagong]
    assert refused == ["大阳镇2022年3月待站点确认，不能接收。"]


def test_a_signed_sheet_on_paper_stands_for_the_confirmation(whole, bagong, user, head):
    with pytest.raises(Refused, match="只有接收"):
        attest_station_month(station=bagong, period=MARCH, paper="巴公-2022-03", by=head)
    row = attest_station_month(station=bagong, period=MARCH, paper="巴公-2022-03", by=user("section"))
    assert (row.state, row.attested_paper, row.confirmed_by) == ("received", "巴公-2022-03", None)


def test_rows_are_made_for_each_station_with_shifts_and_no_other(whole, shift, county, centre, bagong):
    from django.db import transaction

    shift("2022-03-15", station=centre, starts="08:00", ends="18:00")
    with transaction.atomic():
        month = lock_month(county=county, year_month=MARCH)
    assert {row.station for row in open_station_months(month=month)} == {centre, bagong}
    assert [each.station for each in stations_of(county=county, period=MARCH)] == [centre, bagong]


def test_a_closed_month_is_neither_confirmed_nor_returned(whole, bagong, head, user, close):
    confirm_station_month(station=bagong, period=MARCH, by=head)
    close("2022-03")
    for act in (
        lambda: receive_station_month(station=bagong, period=MARCH, by=user("section")),
        lambda: return_station_month(station=bagong, period=MARCH, reason="x", by=user("section")),
    ):
        with pytest.raises(Refused, match="结账"):
            act()

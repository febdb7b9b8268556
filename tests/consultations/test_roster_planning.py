"""Planning a county's month through the services: one shift, a month at a time, races, closed books. Z-ROS-1…5, I17."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Attendance, Roster, Shift, ShiftChange
from consultations.rules.proposing import propose_month
from consultations.services.coverage import coverage_of
from consultations.services.publishing import publish_roster
from consultations.services.roster_facts import roster_facts
from consultations.services.rosters import add_shift, add_shifts, cancel_shift, edit_shift
from organizations.models import PoolEntry, Station
from programmes.services.frequencies import set_frequency
from programmes.services.months import MonthClosed

pytestmark = pytest.mark.django_db
MARCH = YearMonth(2022, 3)


def march(day):
    return datetime.date(2022, 3, day)


def clock(text):
    return datetime.time.fromisoformat(text)


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def plan(section, adviser, bagong):
    """plan(march(1)): a turn at 巴公镇, planned by the section."""

    def make(day, *, station=None, person=None, starts="08:30", ends="12:30", lunch=0, reason="", by=None):
        return add_shift(
            station=station or bagong,
            day=day,
            practitioner=person or adviser(),
            starts_at=clock(starts),
            ends_at=clock(ends),
            lunch_minutes=lunch,
            override_reason=reason,
            by=by or section,
        )

    return make


@pytest.fixture
def whole_month(county, adviser, section):
    """The county's March, proposed and taken over."""
    for number in range(6):
        adviser(f"示例{number}")
    centre = Station.objects.get(county=county, kind="county_centre")
    centre.opens_at, centre.closes_at, centre.lunch_minutes = clock("08:00"), clock("18:00"), 120
    centre.save()
    facts = roster_facts(county=county, month=MARCH)
    add_shifts(county=county, month=MARCH, proposed=propose_month(facts.facts, facts.shifts).shifts, by=section)
    return Roster.objects.get(month__county=county, month__first=MARCH.first)


def test_a_planned_shift_is_stored_with_its_roster_and_an_audit_entry(plan, section):
    made = plan(march(1))
    assert made.planned_minutes == 240
    assert Roster.objects.get().state == Roster.State.DRAFT
    entry = AuditEntry.objects.get(action="consultations.plan_roster")
    assert entry.actor == section and entry.after["日期"] == "2022-03-01"


@pytest.mark.rule("Z-DUTY-3")
def test_somebody_outside_the_pool_cannot_be_planned(plan, adviser, bagong, centre):
    gone = adviser("赵示例")
    PoolEntry.objects.filter(practitioner=gone).update(until=march(10))
    plan(march(10), person=gone)
    with pytest.raises(Refused, match="赵示例当天不在值班人员库") as refusal:
        plan(march(11), person=gone)
    assert refusal.value.field == "practitioner"
    bound = adviser("钱虚构")
    PoolEntry.objects.get(practitioner=bound).stations.add(centre)
    with pytest.raises(Refused, match="入库范围不包括巴公镇"):
        plan(march(1), person=bound)
    assert Shift.objects.count() == 1


@pytest.mark.rule("Z-ROS-2")
@pytest.mark.rule("Z-ROS-4")
def test_a_short_turn_needs_a_reason(plan, centre):
    with pytest.raises(Refused, match="少于 4 小时") as refusal:
        plan(march(1), ends="12:00")
    assert refusal.value.field == "override_reason"
    assert plan(march(1), ends="12:00", reason="赶集日提前结束").planned_minutes == 210
    with pytest.raises(Refused, match="少于 8 小时"):
        plan(march(1), station=centre, starts="08:30", ends="17:30", lunch=90)
    plan(march(1), station=centre, starts="08:00", ends="18:00", lunch=120)


@pytest.mark.rule("Z-ROS-1")
def test_the_centre_on_a_day_off_needs_a_reason(plan, centre):
    hours = {"starts": "08:00", "ends": "18:00", "lunch": 120}
    with pytest.raises(Refused, match="不是工作日"):
        plan(march(6), station=centre, **hours)
    plan(march(6), station=centre, reason="信访接待日", **hours)


@pytest.mark.rule("Z-ROS-5")
def test_nobody_is_planned_at_two_places_at_once_nor_twice_at_one(plan, adviser, dayang):
    person = adviser("孙样本")
    plan(march(1), person=person)
    with pytest.raises(Refused, match="孙样本3月1日同一时间排在两处"):
        plan(march(1), person=person, station=dayang, starts="12:00", ends="16:00")
    with pytest.raises(Refused, match="同一站点排了两次"):
        plan(march(1), person=person, starts="13:00", ends="17:00")
    plan(march(1), person=person, station=dayang, starts="12:30", ends="16:30")


@pytest.mark.rule("Z-ROS-5")
def test_the_database_itself_refuses_two_places_whoever_asks(plan, adviser, dayang, section):
    person = adviser()
    first = plan(march(1), person=person)
    second = plan(march(2), person=person, station=dayang)
    clash = {"day": march(1)}
    with pytest.raises(IntegrityError, match="shift_nobody_in_two_places"), transaction.atomic():
        Shift.objects.filter(pk=second.pk).update(**clash)
    with pytest.raises(IntegrityError, match="shift_nobody_in_two_places"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE consultations_shift SET day = %s WHERE id = %s", [march(1), second.pk])
    copy = Shift(
        **{name: getattr(first, name) for name in ("day", "starts_at", "ends_at", "practitioner")},
        station=dayang,
        created_by=section,
    )
    with pytest.raises(IntegrityError, match="shift_nobody_in_two_places"), transaction.atomic():
        Shift.objects.bulk_create([copy])
    with pytest.raises(IntegrityError, match="shift_nobody_in_two_places"), transaction.atomic():
        copy.save()


@pytest.mark.rule("Z-ROS-5")
def test_a_clash_with_another_county_is_said_in_words(plan, adviser, county, section):
    """The checks look at one county; the database looks at all."""
    from organizations.models import Region

    neighbour = Region.objects.create(level="county", name="邻县", parent=county.parent)
    elsewhere = Station.objects.create(kind="township_station", name="邻县甲镇站", short_name="甲镇", county=neighbour)
    person = adviser("周占位")
    Shift.objects.create(
        station=elsewhere, day=march(1), starts_at=clock("09:00"), ends_at=clock("13:00"), practitioner=person, created_by=section
    )
    with pytest.raises(Refused, match="周占位3月1日同一时间已排在别处"):
        plan(march(1), person=person)


@pytest.mark.rule("Z-ROS-5")
@pytest.mark.django_db(transaction=True)
def test_of_two_planners_at_once_one_is_refused(plan, adviser, bagong, dayang, section):
    person = adviser()

    def attempt(station):
        try:
            plan(march(1), person=person, station=station)
        except Refused as error:
            return str(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, [bagong, dayang]))
    assert outcomes.count(None) == 1
    assert "同一时间" in next(each for each in outcomes if each)
    assert Shift.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"), [({"ends": "08:30"}, "结束时间应晚于开始时间"), ({"lunch": 240}, "午休时间不能超过值班时间")]
)
def test_impossible_times_are_refused_in_words(plan, changes, words):
    with pytest.raises(Refused, match=words):
        plan(march(1), reason="试", **changes)


def test_a_closed_month_is_not_planned_any_more(plan, close, section):
    made = plan(march(1))
    close("2022-03")
    for attempt in (
        lambda: plan(march(2)),
        lambda: edit_shift(shift_id=made.pk, day=march(3), starts_at=made.starts_at, ends_at=made.ends_at, by=section),
        lambda: cancel_shift(shift_id=made.pk, reason="试", by=section),
    ):
        with pytest.raises(MonthClosed, match="已由.*结账，不能再改"):
            attempt()


def test_a_draft_is_moved_freely_and_vanishes_when_cancelled(plan, section, dayang, adviser):
    made = plan(march(1))
    moved = edit_shift(
        shift_id=made.pk,
        day=march(2),
        starts_at=clock("13:00"),
        ends_at=clock("17:00"),
        station=dayang,
        practitioner=adviser("吴测试"),
        by=section,
    )
    assert (moved.station, moved.day, moved.practitioner.name) == (dayang, march(2), "吴测试")
    assert not ShiftChange.objects.exists()
    assert AuditEntry.objects.filter(action="consultations.plan_roster").first().before["日期"] == "2022-03-01"
    with pytest.raises(Refused, match="没有改动任何内容"):
        edit_shift(shift_id=made.pk, day=march(2), starts_at=clock("13:00"), ends_at=clock("17:00"), by=section)
    with pytest.raises(Refused, match="不能改到别的月份"):
        edit_shift(shift_id=made.pk, day=datetime.date(2022, 4, 1), starts_at=clock("13:00"), ends_at=clock("17:00"), by=section)
    assert cancel_shift(shift_id=made.pk, by=section) is None
    assert not Shift.objects.exists()


@pytest.mark.rule("Z-ROS-6")
def test_after_publication_a_change_needs_a_reason_and_the_roster_waits_for_its_next_version(
    whole_month, county, section, adviser
):
    publish_roster(county=county, month=MARCH, by=section)
    shift = Shift.objects.filter(station__kind="township_station").first()
    times = {"day": shift.day, "starts_at": shift.starts_at, "ends_at": shift.ends_at}
    newcomer = adviser("郑占位")
    with pytest.raises(Refused, match="已经公示，请写明调整原因"):
        edit_shift(shift_id=shift.pk, practitioner=newcomer, by=section, **times)
    edit_shift(shift_id=shift.pk, practitioner=newcomer, reason="原定人员开庭", by=section, **times)
    change = ShiftChange.objects.get()
    assert (change.original, change.substitute, change.is_direct) == (shift.practitioner, newcomer, True)
    whole_month.refresh_from_db()
    assert whole_month.state == Roster.State.REVISED
    with pytest.raises(Refused, match="写明取消原因"):
        cancel_shift(shift_id=shift.pk, by=section)
    cancelled = cancel_shift(shift_id=shift.pk, reason="站点停电", by=section)
    assert cancelled.is_cancelled and cancelled.override_reason == "站点停电"


@pytest.mark.rule("Z-ROS-6")
def test_a_shift_with_something_recorded_stays_as_it_is(shift, section):
    served = shift("2022-03-01", times=("09:00", "13:00"))
    with pytest.raises(Refused, match="已有考勤，不能再改"):
        cancel_shift(shift_id=served.pk, by=section)
    assert Attendance.objects.count() == 1


@pytest.mark.rule("Z-ROS-1")
@pytest.mark.rule("Z-ROS-3")
def test_a_proposed_month_is_taken_over_whole_and_is_without_gaps(whole_month, county):
    facts = roster_facts(county=county, month=MARCH)
    assert facts.problems() == []
    assert Shift.objects.count() == 23 + 16 * 5
    assert AuditEntry.objects.filter(action="consultations.plan_roster").count() == 23 + 16 * 5


def test_a_proposal_that_has_become_wrong_is_taken_over_not_at_all(county, adviser, section, bagong, plan):
    person = adviser("王假设")
    facts = roster_facts(county=county, month=MARCH)
    proposal = propose_month(facts.facts, facts.shifts, stations={bagong.pk})
    PoolEntry.objects.filter(practitioner=person).update(until=march(15))
    with pytest.raises(Refused, match="当天不在值班人员库"):
        add_shifts(county=county, month=MARCH, proposed=proposal.shifts, by=section)
    assert not Shift.objects.exists()
    with pytest.raises(Refused, match="没有可以排的班次"):
        add_shifts(county=county, month=MARCH, proposed=[], by=section)


@pytest.mark.rule("Z-ROS-3")
def test_a_decided_frequency_is_what_the_station_is_held_to(county, bagong, user, section, plan):
    set_frequency(station=bagong, policy="reduced", times_per_month=2, since=march(1), reason="地处偏远，需求量少", by=section)
    plan(march(1))
    line = next(each for each in coverage_of(user=section, county=county, month=MARCH) if each.station == bagong)
    assert (line.planned, line.missing, line.policy) == (1, 1, "适当减少，每月 2 次")
    assert "排了 1 次，少于确定的每月 2 次" in line.words
    plan(march(20))
    line = next(each for each in coverage_of(user=section, county=county, month=MARCH) if each.station == bagong)
    assert not line.is_short


def test_without_a_plan_nothing_is_asked_and_the_page_says_so(county, bagong):
    facts = roster_facts(county=county, month=YearMonth(2030, 1))
    assert not facts.has_plan and facts.problems() == []

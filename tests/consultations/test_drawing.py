"""Drawing a month through the services: the job, the proposal, taking it over whole or by station. Z-ROS-1…5, Z-ORG-2."""

import datetime

import pytest

from accounts.models import AuditEntry
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import DutyLeave, RosterProposal, Shift
from consultations.rules import solving
from consultations.services.availability import save_wish
from consultations.services.changes import change_person
from consultations.services.drawing import draw_for_job, drop_proposal, make_proposal, start_drawing, summary, take_over
from consultations.services.publishing import publish_roster
from consultations.services.rosters import add_shift, cancel_shift
from consultations.services.substitutes import substitutes_for
from consultations.todo.rosters import todo_items
from organizations.models import PoolEntry, Practitioner, Station
from programmes.services.months import MonthClosed
from records.models import JobRun, Notice
from records.services import run_job

pytestmark = pytest.mark.django_db
MARCH = YearMonth(2022, 3)


def march(day):
    return datetime.date(2022, 3, day)


@pytest.fixture(autouse=True)
def before_the_month(at):
    at("2022-02-25 10:00")


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def team(county, adviser):
    Station.objects.filter(county=county, kind="county_centre").update(opens_at="08:00", closes_at="18:00", lunch_minutes=120)
    return [adviser(f"{name}示例") for name in "赵钱孙李周吴郑王"]


@pytest.fixture
def make(county, section):
    return lambda **limits: make_proposal(county=county, month=MARCH, limits=limits, by=section)


def test_the_job_draws_the_month_and_leads_to_its_proposal(county, team, section):
    job = start_drawing(county=county, month=MARCH, limits={"since": march(1), "people": {each.pk for each in team}}, by=section)
    assert start_drawing(county=county, month=MARCH, limits={}, by=section) == job
    done = run_job(job_id=job.pk, work=draw_for_job)
    proposal = RosterProposal.objects.get()
    assert done.state == JobRun.State.DONE and done.result_url == proposal.get_absolute_url()
    assert "可排 103 个班次，没有空档，已证明没有更均衡的排法" in done.message
    assert Notice.objects.filter(to=section, url=done.result_url).exists()
    assert (proposal.method, proposal.is_proven, len(proposal.lines), proposal.gaps) == ("solver", True, 103, [])
    assert proposal.figures["evenness"]["most"] - proposal.figures["evenness"]["fewest"] <= 1
    assert not Shift.objects.exists()
    assert not any(each.name in str(proposal.lines) for each in team)
    assert run_job(job_id=job.pk, work=draw_for_job) is None and RosterProposal.objects.count() == 1


def test_a_closed_month_is_not_drawn(county, team, section, close):
    close("2022-03")
    with pytest.raises(MonthClosed):
        start_drawing(county=county, month=MARCH, limits={}, by=section)


@pytest.mark.rule("Z-ORG-2")
def test_a_proposal_taken_over_whole_can_be_published_as_it_is(make, county, section, team):
    proposal = make()
    assert [item.title for item in todo_items(section) if "方案" in item.title] == ["2022年3月排班方案待采用"]
    added = take_over(proposal_id=proposal.pk, by=section)
    proposal.refresh_from_db()
    assert len(added) == 103 and proposal.state == "taken" and proposal.decided_by == section
    assert [item for item in todo_items(section) if "方案" in item.title] == []
    assert publish_roster(county=county, month=MARCH, by=section).told == len(team)
    assert AuditEntry.objects.filter(action="consultations.plan_roster", after__采用=103).exists()
    with pytest.raises(Refused, match="已采用"):
        take_over(proposal_id=proposal.pk, by=section)


def test_a_proposal_is_taken_over_by_station_and_the_rest_stays_open(make, section, team, bagong, dayang):
    proposal = make()
    added = take_over(proposal_id=proposal.pk, stations={bagong.pk, dayang.pk}, by=section)
    proposal.refresh_from_db()
    assert {shift.station for shift in added} == {bagong, dayang} and proposal.state == "open"
    with pytest.raises(Refused, match="可能已经排上了"):
        take_over(proposal_id=proposal.pk, stations={bagong.pk}, by=section)
    assert len(take_over(proposal_id=proposal.pk, by=section)) == 103 - len(added)
    assert RosterProposal.objects.get().state == "taken"


def test_what_was_planned_by_hand_meanwhile_stays_and_is_not_doubled(make, section, team, bagong):
    proposal = make()
    line = next(each for each in proposal.lines if each["station"] == bagong.pk)
    day = datetime.date.fromisoformat(line["day"])
    free = next(
        each for each in team if not any(one["day"] == line["day"] and one["person"] == each.pk for one in proposal.lines)
    )
    add_shift(
        station=bagong, day=day, practitioner=free, starts_at=datetime.time(8, 30), ends_at=datetime.time(12, 30), by=section
    )
    assert len(take_over(proposal_id=proposal.pk, by=section)) == 102
    assert Shift.objects.get(station=bagong, day=day).practitioner == free


@pytest.mark.rule("Z-DUTY-3")
def test_a_proposal_whose_people_have_left_the_pool_is_refused_as_a_whole(make, section, team):
    proposal = make()
    PoolEntry.objects.filter(practitioner=team[0]).update(until=march(5))
    with pytest.raises(Refused, match="赵示例当天不在值班人员库"):
        take_over(proposal_id=proposal.pk, by=section)
    assert not Shift.objects.exists() and RosterProposal.objects.get().state == "open"


def test_the_next_proposal_drops_the_one_before(make, section, team):
    first, second = make(), make()
    first.refresh_from_db()
    assert (first.state, second.state) == ("dropped", "open")
    assert first.lines == second.lines
    drop_proposal(proposal_id=second.pk, by=section)
    with pytest.raises(Refused, match="已弃用"):
        drop_proposal(proposal_id=second.pk, by=section)
    with pytest.raises(Refused, match="已弃用，请重新生成"):
        take_over(proposal_id=second.pk, by=section)


def test_leaves_wishes_and_limits_are_kept_to(make, section, team):
    DutyLeave.objects.create(
        practitioner=team[0], since=march(1), until=march(20), entered_by=section, entered_at="2022-02-20T10:00+08:00"
    )
    save_wish(practitioner=team[1], avoided=[0], most=9, by=section)
    lines = make(most=14, since=march(7)).lines
    days = {each.pk: [datetime.date.fromisoformat(line["day"]) for line in lines if line["person"] == each.pk] for each in team}
    assert min(days[team[0].pk]) > march(20)
    assert len(days[team[1].pk]) <= 9 and all(day.weekday() for day in days[team[1].pk])
    assert min(min(each) for each in days.values()) >= march(7) and max(len(each) for each in days.values()) <= 14


def test_what_cannot_be_filled_is_said_with_its_reason(make, team, section, county):
    PoolEntry.objects.filter(practitioner__in=team[1:]).update(until=march(4))
    assert not any(gap["must"] for gap in make().gaps)  # who is left serves where the plan forbids a gap
    DutyLeave.objects.create(
        practitioner=team[0], since=march(30), until=march(31), entered_by=section, entered_at="2022-02-20T10:00+08:00"
    )
    proposal = make()
    assert [gap["when"] for gap in proposal.gaps if gap["must"]] == ["3月30日", "3月31日"]
    why = next(gap["why"] for gap in proposal.gaps if gap["must"])
    assert "等 7 人不在库（方案三（一））；赵示例请假。可以与请假的人商定。" in why
    assert f"{len(proposal.gaps)} 个班次排不出人" in summary(proposal)


@pytest.mark.rule("Z-ROS-6")
def test_only_drafts_never_published_are_drawn_anew(make, county, section, team, bagong, shift):
    moved = shift("2022-03-01", person=team[0], station=bagong)
    lonely = [shift(f"2022-03-{day:02d}", person=team[0], station=bagong) for day in (8, 15, 22, 29)]
    told = shift("2022-03-09", person=team[1])
    Shift.objects.filter(pk=told.pk).update(override_reason="赶集日")
    held = shift("2022-03-03", person=team[2], times=("09:00", None))
    proposal = make(redraw=True)
    assert set(proposal.released) == {moved.pk, *(each.pk for each in lonely)}
    take_over(proposal_id=proposal.pk, by=section)
    assert {told.pk, held.pk} <= set(Shift.objects.standing().values_list("pk", flat=True))
    turns = {each.pk: Shift.objects.standing().filter(practitioner=each).count() for each in team}
    assert max(turns.values()) - min(turns.values()) <= 2
    publish_roster(county=county, month=MARCH, by=section)
    assert make(redraw=True).released == []


def test_taking_over_after_publication_takes_nothing_out(make, county, section, team):
    take_over(proposal_id=make().pk, by=section)
    proposal = make(redraw=True)
    assert len(proposal.released) == 103
    publish_roster(county=county, month=MARCH, by=section)
    with pytest.raises(Refused, match="没有可以采用的班次"):
        take_over(proposal_id=proposal.pk, by=section)
    assert Shift.objects.standing().count() == 103


def test_without_the_solver_the_month_is_drawn_all_the_same(make, team, monkeypatch):
    monkeypatch.setattr(solving, "is_installed", lambda: False)
    proposal = make()
    assert (proposal.method, proposal.is_proven, len(proposal.lines)) == ("greedy", False, 103)


def test_the_page_shows_what_is_new_what_stays_and_what_goes(make, section, team, signed_in, shift, bagong, user, client):
    shift("2022-03-01", person=team[0], station=bagong)
    shift("2022-03-02", person=team[0], station=bagong)
    proposal = make(redraw=True)
    client = signed_in(section)
    page = client.get(proposal.get_absolute_url()).content.decode()
    there = sum(
        Shift.objects.filter(station=line["station"], day=line["day"], practitioner=line["person"]).count()
        for line in proposal.lines
    )
    assert page.count('class="duty new"') == len(proposal.lines) - there + 1  # one in the legend
    assert "已证明最优" in page and 'class="duty out"' in page
    response = client.post(proposal.get_absolute_url(), {"chosen": "1"})
    assert "没有选择站点" in response.content.decode()
    response = client.post(proposal.get_absolute_url(), {"chosen": "1", "stations": [bagong.pk]}, follow=True)
    assert "个班次" in response.content.decode()
    assert client.post(f"/roster/proposals/{proposal.pk}/drop/", follow=True).status_code == 200
    assert signed_in(user("clerk", station=bagong)).get(proposal.get_absolute_url()).status_code == 403


def test_a_planner_on_duty_in_the_next_county_does_not_plan_there(signed_in, section, county, adviser):
    from organizations.models import Region

    neighbour = Region.objects.create(level="county", name="邻县", parent=county.parent)
    elsewhere = Station.objects.create(kind="township_station", name="邻县甲镇站", short_name="甲镇", county=neighbour)
    person = adviser(login=False)
    person.user = section
    person.save()
    Shift.objects.create(
        station=elsewhere, day=march(1), starts_at="09:00", ends_at="13:00", practitioner=person, created_by=section
    )
    client = signed_in(section)
    assert client.get(f"/roster/2022-03/?county={neighbour.pk}").status_code == 200
    for path in ("plan/", "leaves/", "add/", f"fill/{elsewhere.pk}/"):
        assert client.get(f"/roster/2022-03/{path}?county={neighbour.pk}").status_code == 404


def test_a_change_after_publication_is_told_at_once_to_person_and_station(make, county, section, team, user, bagong):
    clerk = user("clerk", station=bagong)
    take_over(proposal_id=make().pk, by=section)
    publish_roster(county=county, month=MARCH, by=section)
    Notice.objects.all().delete()
    gone = Shift.objects.filter(station=bagong).first()
    cancel_shift(shift_id=gone.pk, reason="站点停电", by=section)
    told = {notice.to: notice.text for notice in Notice.objects.all()}
    assert set(told) == {gone.practitioner.user, clerk}
    assert "已取消。原因：站点停电" in told[clerk]


@pytest.mark.rule("Z-ROS-6")
def test_the_public_notice_of_the_next_version_marks_what_has_changed(make, county, section, team, client, bagong):
    take_over(proposal_id=make().pk, by=section)
    publish_roster(county=county, month=MARCH, by=section)
    shift = Shift.objects.filter(station=bagong).first()
    address = f"/p/duty/?week={shift.day}"
    assert "有调整" not in client.get(address).content.decode()
    change_person(shift_id=shift.pk, substitute=substitute_of(shift), reason="开庭", by=section)
    publish_roster(county=county, month=MARCH, by=section)
    page = client.get(address).content.decode()
    assert "第 2 版" in page and "标“有调整”的 1 班与上一版不同" in page


def substitute_of(shift):
    return Practitioner.objects.get(pk=substitutes_for(shift)[0].id)

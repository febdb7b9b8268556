"""Publishing a month, and what anybody may then read: page, one-page PDF, workbook, calendar feed. Z-ORG-2, Z-ROS-1, 3, 6."""

import datetime
import io
import re
import zlib

import openpyxl
import pytest
from django.core.cache import cache
from django.db import ProgrammingError, transaction

from accounts.models import AuditEntry
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import CalendarFeed, PublishedRoster, Roster, Shift
from consultations.rules.proposing import propose_month
from consultations.services.changes import change_person
from consultations.services.feeds import end_feed, renew_feed
from consultations.services.publishing import NotPublishable, publish_roster
from consultations.services.roster_facts import roster_facts
from consultations.services.rosters import add_shifts, cancel_shift
from organizations.models import Affiliation, Organization, Station
from records.models import Notice

pytestmark = pytest.mark.django_db
MARCH = YearMonth(2022, 3)


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def section(user):
    return user("section", name="李演示")


@pytest.fixture
def team(county, adviser):
    firm = Organization.objects.create(kind="law_firm", name="示例律师事务所", region=county)
    people = [adviser(f"{name}示例") for name in "赵钱孙李周吴"]
    for person in people:
        person.phone = "13812345678"
        person.save()
        Affiliation.objects.create(practitioner=person, organization=firm, since="2022-01-01")
    return people


@pytest.fixture
def planned(county, team, section, at):
    """March as proposed, on 23 February."""
    at("2022-02-23 15:30")
    Station.objects.filter(county=county, kind="county_centre").update(opens_at="08:00", closes_at="18:00", lunch_minutes=120)
    Station.objects.filter(county=county).update(phone="0356-0001000", supervision_phone="0356-0000000")
    facts = roster_facts(county=county, month=MARCH)
    add_shifts(county=county, month=MARCH, proposed=propose_month(facts.facts, facts.shifts).shifts, by=section)
    return Roster.objects.get()


def publish(county, by, **reasons):
    return publish_roster(county=county, month=MARCH, by=by, **reasons)


@pytest.mark.rule("Z-ORG-2")
def test_publishing_keeps_the_month_word_for_word_and_tells_the_people(planned, county, section, team):
    outcome = publish(county, section)
    published = outcome.published
    planned.refresh_from_db()
    assert (planned.state, planned.version, published.version) == ("published", 1, 1)
    assert len(published.lines) == Shift.objects.count() and not published.is_late
    assert set(published.lines[0]) == {"shift", "station", "day", "person", "name", "kind", "unit", "starts", "ends", "lunch"}
    assert outcome.told == len(team) == Notice.objects.filter(text__contains="值班表已公示").count()
    entry = AuditEntry.objects.get(action="consultations.publish_roster")
    assert entry.actor == section and entry.after["版本"] == 1


@pytest.mark.rule("Z-ORG-2")
def test_a_late_notice_is_marked(planned, county, section, at):
    at("2022-02-28 09:00")
    assert not publish(county, section).is_late  # Monday before Tuesday the first
    shift = Shift.objects.filter(day="2022-03-03").first()
    at("2022-03-03 08:00")
    cancel_shift(shift_id=shift.pk, reason="停电", by=section)
    reasons = {problem.key: "停电" for problem in roster_facts(county=county, month=MARCH).problems() if problem.is_error}
    assert publish(county, section, reasons=reasons).is_late


@pytest.mark.rule("Z-ROS-1")
def test_a_working_day_without_the_centre_needs_its_reason(planned, county, section, centre):
    Shift.objects.filter(station=centre, day="2022-03-15").delete()
    with pytest.raises(NotPublishable, match="县中心3月15日.*没有排班") as refusal:
        publish(county, section)
    (problem,) = refusal.value.problems
    assert not PublishedRoster.objects.exists()
    with pytest.raises(NotPublishable):
        publish(county, section, reasons={problem.key: "  "})
    assert publish(county, section, reasons={problem.key: "全员培训，12348 热线照常"}).published.reasons == {
        problem.key: "全员培训，12348 热线照常"
    }


@pytest.mark.rule("Z-ROS-3")
def test_a_township_without_a_turn_stops_the_month_whatever_the_reason(planned, county, section, bagong):
    Shift.objects.filter(station=bagong).delete()
    with pytest.raises(NotPublishable, match="巴公镇2022年3月没有排班：每月至少 1 次") as refusal:
        publish(county, section)
    reasons = {problem.key: "试" for problem in refusal.value.problems}
    with pytest.raises(NotPublishable):
        publish(county, section, reasons=reasons)


@pytest.mark.rule("Z-ROS-6")
def test_a_change_is_public_only_with_the_next_version(planned, county, section, client, team):
    publish(county, section)
    shift = Shift.objects.filter(station__kind="township_station").order_by("pk").first()
    stand_in = next(each for each in team if not Shift.objects.filter(practitioner=each, day=shift.day).exists())
    old = shift.practitioner
    change_person(shift_id=shift.pk, substitute=stand_in, reason="开庭", by=section)
    address = f"/p/duty/?station={shift.station_id}&week={shift.day}"
    assert old.name in client.get(address).content.decode()
    outcome = publish(county, section)
    page = client.get(address).content.decode()
    assert stand_in.name in page and "第 2 版" in page
    assert outcome.told == 2 and Notice.objects.filter(to=old.user, text__contains="第2版").exists()
    with pytest.raises(Refused, match="没有变动，不用再公示"):
        publish(county, section)


def test_what_was_published_is_never_changed_by_anybody(planned, county, section):
    publish(county, section)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        PublishedRoster.objects.update(version=9)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        PublishedRoster.objects.all().delete()


def test_a_head_publishes_only_what_the_county_has_agreed_for_her_station(planned, county, section, user, bagong, dayang, team):
    head = user("head", station=bagong)
    with pytest.raises(Refused, match="首次公示由县司法局业务股办理"):
        publish(county, head)
    publish(county, section)

    def change_at(station):
        shift = Shift.objects.filter(station=station).order_by("day").first()
        free = next(each for each in team if not Shift.objects.filter(practitioner=each, day=shift.day).exists())
        change_person(shift_id=shift.pk, substitute=free, reason="开庭", by=section)

    change_at(bagong)
    assert publish(county, head).published.version == 2
    change_at(dayang)
    with pytest.raises(Refused, match="调整涉及其他站点"):
        publish(county, head)


def test_an_empty_or_closed_month_is_not_published(county, section, user, close, bagong):
    with pytest.raises(Refused):
        publish(county, section)
    close("2022-03")
    with pytest.raises(Refused, match="结账"):
        publish(county, section)


# --- what anybody may read --------------------------------------------------------------------------------------------


def private_words(team):
    return [word for person in team for word in (person.id_number, person.id_number[-6:], person.phone)]


@pytest.mark.rule("Z-ORG-2")
def test_before_anything_is_published_the_public_page_helps_on(client, planned):
    page = client.get("/p/duty/").content.decode()
    assert "还没有公示值班安排" in page and "12348" in page


@pytest.mark.rule("Z-ORG-2")
def test_the_public_page_shows_names_and_station_phones_and_nothing_private(planned, county, section, client, team, at):
    publish(county, section)
    at("2022-03-15 10:00")
    page = client.get("/p/duty/").content.decode()
    assert "今天在岗" in page and "泽州县公共法律服务中心" in page and "0356-0001000" in page
    for address in ("/p/duty/", "/p/duty/?span=month&week=2022-03-01", "/p/duty/?station=x&week=nonsense&county=zz&span=9"):
        page = client.get(address).content.decode()
        assert not [word for word in private_words(team) if word in page]
    whole = client.get("/p/duty/?span=month").content.decode()
    assert whole.count('data-l="日期"') == Shift.objects.count()
    assert "没有公示" in client.get("/p/duty/?week=2022-05-02").content.decode()


def pages_and_words(content):
    """How many pages a PDF has and its raw insides, unpacked."""
    inside = content
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            inside += zlib.decompress(stream)
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", inside)), inside


@pytest.mark.rule("Z-ORG-2")
@pytest.mark.parametrize("query", ["", "?week=2022-03-14", "?station={centre}"])
def test_the_notice_is_one_sheet_with_names_and_without_anything_private(planned, county, section, client, team, centre, query):
    publish(county, section)
    response = client.get(f"/p/duty/{county.pk}/2022-03.pdf" + query.format(centre=centre.pk))
    assert response.status_code == 200 and response["Content-Type"] == "application/pdf"
    count, inside = pages_and_words(response.content)
    assert count == 1
    # Names are drawn as glyphs; what stands in clear must not be private.
    assert not [word for word in private_words(team) if word.encode() in inside]


def test_the_context_of_the_notice_holds_every_turn(planned, county, section):
    from consultations.exports.rosters import station_groups
    from consultations.services.public_duty import published_duty

    publish(county, section)
    duty = published_duty(county=county, first=MARCH.first, last=MARCH.last)
    groups = station_groups(duty)
    assert len(groups) == 17
    assert sum(len(group.days.split("、")) for _, _, people in groups for group in people) == Shift.objects.count()


def test_a_county_month_with_a_different_person_each_day_still_fits_one_sheet(county, section, adviser, at, client):
    at("2022-02-20 09:00")
    centre, *towns = Station.objects.filter(county=county).order_by("order")
    people = iter([adviser(f"欧阳示例{number}") for number in range(23 + 2 * len(towns))])
    weekdays = [day for day in MARCH.days() if day.weekday() < 5]
    turns = [(centre, day, next(people)) for day in weekdays]
    for place, town in enumerate(towns):
        pair = next(people), next(people)
        turns += [(town, day, pair[n % 2]) for n, day in enumerate(weekdays[place % 5 :: 5])]
    shifts = [
        Shift(
            station=station,
            day=day,
            starts_at="08:00",
            ends_at="18:00",
            lunch_minutes=120,
            practitioner=person,
            created_by=section,
        )
        for station, day, person in turns
    ]
    Shift.objects.bulk_create(shifts)
    publish(county, section)
    count, _ = pages_and_words(client.get(f"/p/duty/{county.pk}/2022-03.pdf").content)
    assert count == 1


def test_papers_of_nothing_are_not_found(planned, county, section, client):
    assert client.get(f"/p/duty/{county.pk}/2022-03.pdf").status_code == 404
    publish(county, section)
    assert client.get(f"/p/duty/{county.pk}/2022-04.pdf").status_code == 404
    assert client.get(f"/p/duty/{county.pk + 99}/2022-03.pdf").status_code == 404
    assert client.get(f"/p/duty/{county.pk}/2022-13.pdf").status_code == 404
    assert client.get(f"/p/duty/{county.pk}/2022-03.pdf?station=999999999999999999999").status_code == 200


def test_the_public_workbook_holds_what_the_page_shows(planned, county, section, client):
    publish(county, section)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/p/duty/{county.pk}/2022-03.xlsx").content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], datetime.datetime)]
    assert len(rows) == Shift.objects.count()
    assert rows[0][5] == "示例律师事务所"


def test_the_public_page_brakes_a_machine(planned, county, section, client):
    publish(county, section)
    codes = {client.get("/p/duty/").status_code for _ in range(70)}
    assert codes == {200, 429}


# --- the calendar feed ------------------------------------------------------------------------------------------------


def events(client, feed):
    text = client.get(feed.get_absolute_url()).content.decode()
    unfolded = text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    found = []
    for block in unfolded.split("BEGIN:VEVENT\r\n")[1:]:
        found.append(dict(line.split(":", 1) for line in block.split("\r\n") if ":" in line and not line.startswith("END")))
    return found


def test_the_feed_holds_the_persons_published_turns_and_takes_back_what_is_gone(planned, county, section, client, team):
    me, other = team[0], team[1]
    publish(county, section)
    feed = renew_feed(by=me.user)
    mine = Shift.objects.filter(practitioner=me)
    first = events(client, feed)
    assert len(first) == mine.count() and {event["STATUS"] for event in first} == {"CONFIRMED"}
    assert {event["SEQUENCE"] for event in first} == {"0"}
    shift = mine.filter(station__kind="township_station").first()
    free = next(each for each in team if not Shift.objects.filter(practitioner=each, day=shift.day).exists())
    assert free != me
    change_person(shift_id=shift.pk, substitute=free, reason="开庭", by=section)
    assert len(events(client, feed)) == len(first)  # not public yet
    publish(county, section)
    second = events(client, feed)
    gone = [event for event in second if event["STATUS"] == "CANCELLED"]
    assert [event["UID"] for event in gone] == [f"shift-{shift.pk}-{me.pk}@huimin"]
    assert {event["SEQUENCE"] for event in second} == {"1"}
    start = f"{shift.day:%Y%m%d}T{shift.starts_at:%H%M}00"
    assert gone[0]["DTSTART;TZID=Asia/Shanghai"] == start
    assert f"shift-{shift.pk}-{free.pk}@huimin" in {event["UID"] for event in events(client, renew_feed(by=free.user))}
    assert other.name not in client.get(feed.get_absolute_url()).content.decode()


def test_a_renewed_or_ended_address_is_dead(planned, county, section, client, team):
    feed = renew_feed(by=team[0].user)
    old = feed.get_absolute_url()
    fresh = renew_feed(by=team[0].user)
    assert client.get(old).status_code == 404
    assert client.get(fresh.get_absolute_url()).status_code == 200
    end_feed(by=team[0].user)
    assert client.get(fresh.get_absolute_url()).status_code == 404
    assert not CalendarFeed.objects.exists()
    with pytest.raises(Refused, match="没有对应的值班人员"):
        renew_feed(by=section)

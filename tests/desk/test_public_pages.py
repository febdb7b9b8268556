"""Pages that anybody may read: where to go this week, said honestly; kept and made anew at once; no cookie, no citizen, no flood."""

from datetime import date
from io import BytesIO

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from pypdf import PdfReader

from common.periods import YearMonth
from consultations.models import Consultation, PublishedRoster, Roster
from desk.services import due
from organizations.models import Station
from tests.performance.report_world import ReportWorld

READING = ["/p/", "/p/help/", "/p/duty/", "/p/info/"]


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-03-25")
    cache.clear()
    made = ReportWorld()
    for station, day in ((made.bagong, "2022-04-04"), (made.centre, "2022-04-06")):
        made.shift(made.lawyer, station, day, signed=False)
    monkeypatch.setenv("TODAY", "2022-04-06")
    return made


def published(world):
    """The month made public as it stands, whatever is thin about it."""
    roster = _roster(world)
    lines = [
        {
            "station": shift.station_id, "day": shift.day.isoformat(), "starts": "08:30", "ends": "12:30", "lunch": 0, "name": shift.practitioner.name,
            "kind": "律师", "unit": "虚构律师事务所",
        }
        for shift in world.lawyer.shifts.standing().filter(day__month=4).select_related("practitioner")
    ]  # fmt: skip
    version = PublishedRoster.objects.filter(roster=roster).count() + 1
    return PublishedRoster.objects.create(
        roster=roster, version=version, published_at="2022-03-25T02:00Z", published_by=world.people["section"], lines=lines
    )


def _roster(world):
    roster, _ = Roster.objects.get_or_create(month=world.month(YearMonth(2022, 4)))
    return roster


def test_each_township_says_its_turns_of_the_week_and_nobody_there_is_said_as_such(world):
    published(world)
    page = Client().get("/p/").text
    rows = page.split("<li>")
    bagong = next(row for row in rows if "巴公镇公共法律服务工作站" in row)
    gaodu = next(row for row in rows if "高都镇公共法律服务工作站" in row)
    centre = next(row for row in rows if world.centre.name in row)
    assert "4月4日 周一" in bagong and "今天不值班" in bagong
    assert "本周没有安排值班" in gaodu and "12348" in gaodu
    assert "今天有人" in centre
    assert world.lawyer.name not in page, "the start page names places; who is there stands in the notice"


def test_a_week_that_is_not_published_is_not_told_as_nobody_being_there(world, monkeypatch):
    published(world)
    monkeypatch.setenv("TODAY", "2022-05-16")
    page = Client().get("/p/").text
    assert "还没有公示" in page and "本周没有安排值班" not in page and "今天不值班" not in page


def test_before_anything_is_published_the_page_leads_to_12348(db):
    page = Client().get("/p/").text
    assert "tel:12348" in page and "还没有公示值班安排" in page


def test_a_new_version_and_a_new_number_of_a_station_are_shown_at_once(world):
    published(world)
    first = Client().get("/p/")
    assert "4月7日" not in first.text
    world.shift(world.lawyer, world.gaodu, "2022-04-07", signed=False)
    assert "4月7日" not in Client().get("/p/").text, "drafts are not public"
    published(world)
    second = Client(headers={"If-None-Match": first["ETag"]}).get("/p/")
    assert second.status_code == 200 and "4月7日" in second.text
    Station.objects.filter(pk=world.gaodu.pk).update(phone="0356-1234567")
    assert "0356-1234567" in Client().get("/p/").text


def test_the_page_is_made_once_and_then_kept(world, django_assert_num_queries):
    published(world)
    first = Client().get("/p/")
    with django_assert_num_queries(2):
        again = Client().get("/p/")
    assert again.content == first.content
    assert Client(headers={"If-None-Match": first["ETag"]}).get("/p/").status_code == 304
    assert first["Cache-Control"] == "public, no-cache" and "Cookie" in first["Vary"]


def test_what_a_stranger_types_into_the_address_is_kept_for_nobody_else(world):
    published(world)
    Client().get("/p/duty/?junk=%3Cscript%3Ealert%3C%2Fscript%3E")
    Client().get("/p/duty/?week=" + "x" * 300)
    page = Client().get("/p/duty/").text
    assert "junk" not in page and "xxx" not in page


def test_somebody_with_a_message_waiting_does_not_leave_it_on_everybodys_page(world):
    published(world)
    client = Client()
    client.force_login(world.people["section"])
    session = client.session
    session["seen"] = 1
    session.save()
    own = client.get("/p/")
    assert "ETag" not in own, "who is signed in gets a page of her own"


@pytest.mark.parametrize("address", READING)
def test_reading_sets_no_cookie_and_answers_head(world, address):
    published(world)
    client = Client()
    response = client.get(address)
    assert response.status_code == 200 and response.cookies == {} and client.cookies == {}
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_large_type_is_the_one_cookie_and_only_for_who_asks(world):
    published(world)
    client = Client(enforce_csrf_checks=True)
    plain = client.get("/p/").text
    response = client.post("/p/font/", {"large": "1", "next": "/p/help/"})
    assert response["Location"] == "/p/help/" and set(response.cookies) == {"large"}
    assert 'class="hm-large"' in client.get("/p/").text and 'class="hm-large"' not in plain
    assert 'class="hm-large"' not in Client().get("/p/").text, "kept apart from the page of those who did not"
    assert client.post("/p/font/", {"large": "0", "next": "https://elsewhere.example/"})["Location"] == "/p/"


@pytest.mark.parametrize("address", READING)
def test_no_citizen_stands_on_any_page(world, address):
    published(world)
    names = set(Consultation.objects.values_list("client_name", flat=True))
    page = Client().get(address).text
    assert names and not [name for name in names if name in page]


@pytest.mark.parametrize(("address", "most"), [("/p/", 60), ("/p/help/", 60), ("/p/info/", 60), ("/p/poster-a4.pdf", 20)])
def test_more_than_so_many_requests_a_minute_from_one_address_are_turned_away(world, address, most, monkeypatch):
    monkeypatch.setattr("consultations.views.limits.time.time", lambda: 1_650_000_000.0)
    client = Client(REMOTE_ADDR="203.0.113.9")
    statuses = [client.get(address).status_code for _ in range(most + 1)]
    assert 429 not in statuses[:-1] and statuses[-1] == 429
    assert Client(REMOTE_ADDR="203.0.113.10").get(address).status_code != 429


# What needs no brake: nothing is looked up, or it is the login's own, or it is there only before anybody can sign in.
UNBRAKED = {
    "health", "favicon", "offline", "service-worker", "font", "first-administrator", "account_login", "account_logout",
    "account_inactive", "mfa_authenticate",
}  # fmt: skip
# Requests a minute from one address, with room for a station's shared one.
MOST_A_MINUTE = {
    "public-start": 60, "public-help": 60, "public-font": 60, "public-poster": 20, "public-duty": 60, "public-duty-pdf": 20,
    "public-duty-xlsx": 20, "public-info": 60, "public-info-paper": 20, "public-rate": 60, "public-rate-token": 240,
    "public-complaint": 30, "public-aid": 30, "public-case": 20, "calendar-ics": 30, "openapi-json": 240, "api-progress": 240,
}  # fmt: skip


def test_every_door_without_a_login_has_its_brake_and_these_are_the_figures():
    doors = {}

    def walk(resolver):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern)
            elif getattr(pattern.callback, "is_public", False):
                doors[pattern.name] = getattr(pattern.callback, "most_a_minute", None)

    walk(get_resolver())
    assert {name for name, most in doors.items() if most is None} <= UNBRAKED
    assert {name: doors[name] for name in MOST_A_MINUTE} == MOST_A_MINUTE
    assert all(most is None or 0 < most <= 240 for most in doors.values())


@pytest.mark.parametrize(("size", "width"), [("a4", 595), ("a3", 842)])
def test_the_weeks_poster_is_one_sheet_of_the_size_asked_for_with_every_station(world, size, width):
    published(world)
    response = Client().get(f"/p/poster-{size}.pdf")
    pdf = PdfReader(BytesIO(response.content))
    assert len(pdf.pages) == 1 and round(float(pdf.pages[0].mediabox.width)) == width
    words = "".join(pdf.pages[0].extract_text().split())
    assert all("".join(name.split()) in words for name in Station.objects.in_county(world.county).values_list("name", flat=True))
    assert "12348" in words and "本周没有安排值班" in words and world.lawyer.name not in words
    assert Client().get("/p/poster-a5.pdf").status_code == 404


def test_the_guide_leads_only_to_what_exists_and_says_how_it_is_reached_without_eyes_or_hands(world):
    page = Client().get("/p/help/").text
    assert "无障碍说明" in page and "按指印" in page and "12348" in page
    for address in ("/p/aid/", "/p/case/"):
        assert f'href="{address}"' in page


def test_the_cache_holds_more_than_a_day_of_readers_and_is_swept_of_what_is_over(db, settings):
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000
    kept = DatabaseCache("cache", {"OPTIONS": settings.CACHES["default"]["OPTIONS"]})
    kept.set("limit:login:somebody", 5, timeout=900)
    kept.set("limit:old", 1, timeout=-1)
    for number in range(400):  # Django's own three hundred entries would have swept the lock out
        kept.set(f"limit:reader:{number}", 1, timeout=90)
    assert kept.get("limit:login:somebody") == 5
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cache SET expires = now() - interval '1 minute' WHERE cache_key LIKE '%%reader%%'")
    assert due.sweep_cache() == 0, "here the cache is in memory"
    caches["default"] = kept
    try:
        assert due.sweep_cache() >= 400
        assert kept.get("limit:login:somebody") == 5
    finally:
        del caches["default"]


def test_the_day_is_part_of_the_key_so_that_a_kept_page_never_says_yesterday(world, monkeypatch):
    published(world)
    assert "今天有人" in Client().get("/p/").text
    monkeypatch.setenv("TODAY", date(2022, 4, 7).isoformat())
    assert "今天有人" not in Client().get("/p/").text

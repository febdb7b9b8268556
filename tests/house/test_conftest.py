"""The ground itself: what a test commits is gone before the next one, and the browser is a strict witness."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone


def counted(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("round_", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_committed_row_is_gone_in_the_next_test_and_seeded_rows_are_back(round_):
    assert counted("django_session") == 0
    assert counted("django_content_type") > 0
    Session.objects.create(session_key="x", session_data="y", expire_date=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_permission")
        cursor.execute("DELETE FROM django_content_type")
    assert counted("django_content_type") == 0


@pytest.mark.django_db
def test_tests_work_as_the_program_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        program, owner = cursor.fetchone()
    assert program != owner


def test_the_page_is_served_with_the_strict_policy(live_server, page):
    response = page.goto(f"{live_server.url}/health/")
    assert response.status == 200
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'self'",
        "form-action": "'self'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.console("Content Security Policy")
def test_the_browser_reports_what_the_policy_stops(live_server, page):
    seen = []
    page.on("console", lambda message: seen.append(message.text))
    page.goto(f"{live_server.url}/health/")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1'; document.body.append(s); }"
    )
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.bad") is None
    assert any("Content Security Policy" in text for text in seen)

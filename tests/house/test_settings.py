"""Settings fail closed: what is missing or unsafe is a sentence and no start. safety.md §1.10."""

import base64
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from huimin.settings import database, field_keys, flag, fonts

KEY = base64.b64encode(bytes(32)).decode()
SAFE = {
    "DATABASE_URL": "postgresql://program:p%40ss@db.example:5433/huimin?sslmode=require",
    "REDIS_URL": "redis://redis.example",
    "SECRET_KEY": "0123456789" * 5,
    "FIELD_KEYS": f"index:{KEY},k1:{KEY}",
    "ALLOWED_HOSTS": "huimin.example",
}


def load(code="", **changed):
    environment = {name: value for name, value in {**SAFE, **changed}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", f"from huimin import settings\n{code}"], cwd=settings.BASE_DIR, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "HUIMIN_VAR": str(settings.HUIMIN_VAR), **environment},
    )  # fmt: skip


def test_a_complete_environment_starts_and_nothing_is_made_up():
    result = load("print(settings.EMBEDDED, settings.DEBUG, settings.DATABASES['default']['PASSWORD'], settings.DEMO_PASSWORD)")
    assert result.stdout.split() == ["False", "False", "p@ss"], result.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"FIELD_KEYS": None}, "FIELD_KEYS"),
        ({"FIELD_KEYS": f"k1:{KEY}"}, "index"),
        ({"FIELD_KEYS": "index:abc,k1:abc"}, "FIELD_KEYS"),
        ({"FIELD_KEYS": f"index:{KEY},index:{KEY}"}, "FIELD_KEYS"),
        ({"REDIS_URL": None}, "REDIS_URL"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "PostgreSQL"),
        ({"DEBUG": "on"}, "DEBUG"),
        ({"DEBUG": "on", "ALLOWED_HOSTS": "*"}, "DEBUG"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"HTTPS": "maybe"}, "HTTPS"),
        ({"PASSWORD_PROFILE": "none"}, "PASSWORD_PROFILE"),
    ],
)
def test_what_is_missing_or_unsafe_does_not_start(changed, sentence):
    result = load(**changed)
    assert result.returncode != 0
    assert f"ImproperlyConfigured: {sentence}" in result.stderr or sentence in result.stderr.splitlines()[-1]


def test_the_command_line_shows_the_sentence_and_no_stack_trace():
    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=settings.BASE_DIR, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], **SAFE, "SECRET_KEY": "short"},
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr.strip() == "SECRET_KEY 至少 50 个字符，而且要随机。"


def test_https_makes_cookies_host_only_and_secure():
    code = "s = settings; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    assert load(code, HTTPS="on").stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "31536000"]


def test_debug_is_for_loopback_hosts():
    assert load(DEBUG="on", ALLOWED_HOSTS="localhost,127.0.0.1,[::1]").returncode == 0


def test_a_deployment_check_has_no_warning():
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], cwd=settings.BASE_DIR, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], **SAFE, "HTTPS": "on"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


def test_the_parts_of_a_database_address():
    parsed = database("postgres://someone@/books?host=/run/a%20b&sslmode=disable", "DATABASE_URL")
    assert (parsed["USER"], parsed["NAME"], parsed["HOST"], parsed["OPTIONS"]["sslmode"]) == (
        "someone",
        "books",
        "/run/a b",
        "disable",
    )


def test_field_keys_keep_their_order():
    assert list(field_keys(f"index:{KEY}, k2:{KEY},k1:{KEY}")) == ["index", "k2", "k1"]


def test_the_bureaus_own_fonts_come_from_the_environment():
    result = load("print(settings.HUIMIN_FONTS)", HUIMIN_FONTS="fang:/srv/a.ttf, title:/srv/b.ttf")
    assert result.stdout.strip() == "{'fang': '/srv/a.ttf', 'title': '/srv/b.ttf'}", result.stderr
    assert fonts("") == {}
    for wrong in ("fang", "fang:", ":/srv/a.ttf", "fang:/a,fang:/b"):
        with pytest.raises(ImproperlyConfigured, match="HUIMIN_FONTS"):
            fonts(wrong)


def test_a_switch_that_says_neither_on_nor_off_is_a_mistake(monkeypatch):
    monkeypatch.setenv("SWITCH", " On ")
    assert flag("SWITCH") is True
    monkeypatch.setenv("SWITCH", "")
    assert flag("SWITCH", default=True) is True
    monkeypatch.setenv("SWITCH", "oui")
    with pytest.raises(ImproperlyConfigured):
        flag("SWITCH")


def test_the_version_is_the_changelogs():
    first = next(
        line
        for line in (settings.BASE_DIR / "CHANGELOG.md").read_text().splitlines()
        if line.startswith("## [") and line[4].isdigit()
    )
    assert first.startswith(f"## [{settings.VERSION}]")

"""docs/rules.md says of every rule where it lives and which tests carry it; here it is held to its word."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("rules_page", ROOT / "docs" / "rules_page.py")
page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(page)


def test_the_page_names_just_the_tests_that_carry_each_rule():
    assert page.PAGE.read_text(encoding="utf-8") == page.rewritten(), "run: python docs/rules_page.py"


def test_no_test_carries_a_number_that_the_page_does_not_know():
    assert set(page.carried()) <= {row[0] for row in page.rows()}


def test_every_rule_stands_on_the_page_once():
    numbers = [row[0] for row in page.rows()]
    assert len(numbers) == len(set(numbers)) == 93


def test_every_place_that_the_page_names_exists():
    places = [place for row in page.rows() for place in re.findall(r"`([^`]+)`", row[3])]
    assert places and [place for place in places if not (ROOT / place).exists()] == []


def test_a_rule_that_a_test_carries_lives_somewhere():
    assert [row[0] for row in page.rows() if row[4] != page.NOT_YET and row[3] == page.NOT_YET] == []

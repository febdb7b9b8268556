"""The documents keep what they promise: links lead somewhere, commands exist, the handbook uses the words of the pages."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.template.defaultfilters import striptags

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FLOORS = ("accounts", "records", "organizations", "programmes", "consultations", "legalaid", "subsidies", "performance", "desk")
# Words that a page puts together, and the one that explains bold type.
MADE_UP = {"公示第 1 版", "对迟到提出异议", "黑体字"}


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_of_a_document_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    dead = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not dead, dead


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_that_a_document_names_exists(page):
    named = set(re.findall(r"manage\.py ([a-z_]+)", page.read_text(encoding="utf-8")))
    assert not named - set(get_commands()), named - set(get_commands())


def test_the_index_of_decisions_lists_every_decision():
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_the_handbook_uses_the_words_of_the_pages():
    sources = [*(ROOT / "templates").rglob("*.html"), *(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    pages = text + striptags(re.sub(r"\{[{%].*?[%}]\}", "", text))
    bold = set(re.findall(r"\*\*(.+?)\*\*", (ROOT / "docs" / "user-guide.zh-CN.md").read_text(encoding="utf-8")))
    strange = {words for words in bold - MADE_UP if words not in pages}
    assert bold and not strange, strange


def test_the_settings_that_operations_describes_are_those_the_program_reads():
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", operations, re.MULTILINE))
    code = [path for floor in (*FLOORS, "common", "huimin") for path in (ROOT / floor).rglob("*.py")]
    asked = re.compile(r'(?:environ(?:\.get)?[(\[]|flag\()\s*"([A-Z_]+)"')
    read = {name for path in code for name in asked.findall(path.read_text(encoding="utf-8"))}
    internal = {"DJANGO_SETTINGS_MODULE", "HUIMIN_FLOORS", "DEBIAN_FRONTEND", "DJANGO_ALLOW_ASYNC_UNSAFE", "CI"}
    assert described - {"PYTHON"} == read - internal

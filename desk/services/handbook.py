"""The handbook as the help page: the sections that belong to a page, the plan's clauses behind it, and the whole of it."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown

from programmes.models import Clause, Plan

GUIDE = Path(settings.BASE_DIR) / "docs" / "user-guide.zh-CN.md"
TOPICS = Path(__file__).resolve().parents[1] / "help.toml"
HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """One heading of the handbook with what stands under it, as HTML."""

    heading: str
    body: SafeString


@dataclass(frozen=True)
class Topic:
    """What stands behind a page: headings of the handbook and numbers of clauses."""

    sections: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


def html(text: str) -> SafeString:
    """Our own handbook, written by us: its HTML is trusted."""
    made = Markdown(
        extensions=["tables", "sane_lists", "toc"], extension_configs={"toc": {"slugify": slug}}, output_format="html"
    )
    return mark_safe(made.convert(text))


def slug(heading, separator):
    """The anchor that the handbook's own list of contents uses."""
    return re.sub(r"[^\w-]", "", heading.replace(" ", "-")).lower()


@cache
def sections() -> dict[str, Section]:
    """Every section of the handbook by its heading; an upper one holds what stands before its first lower one."""
    text = GUIDE.read_text(encoding="utf-8")
    marks = list(HEADING.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {
        mark[2].strip(): Section(mark[2].strip(), html(text[mark.end() : end].strip()))
        for mark, end in zip(marks, ends, strict=True)
    }


@cache
def whole() -> SafeString:
    """The whole handbook, without its title."""
    return html(GUIDE.read_text(encoding="utf-8").split("\n", 1)[1])


@cache
def topics() -> dict[str, Topic]:
    data = tomllib.loads(TOPICS.read_text(encoding="utf-8"))
    return {key: Topic(tuple(row.get("sections", ())), tuple(row.get("clauses", ()))) for key, row in data.items()}


def topic_for(page: str) -> Topic:
    """The topic of a page by its URL name: the longest fitting key speaks, nothing where none fits."""
    fitting = [key for key in topics() if key == page or key.endswith("*") and page.startswith(key[:-1])]
    return topics()[max(fitting, key=len)] if fitting else Topic()


def sections_of(topic: Topic) -> list[Section]:
    return [sections()[heading] for heading in topic.sections]


def clauses_of(topic: Topic, plan: Plan | None) -> list[Clause]:
    """The plan's own sentences, in its order."""
    if plan is None or not topic.clauses:
        return []
    return list(Clause.objects.filter(plan=plan, number__in=topic.clauses).order_by("order"))

"""The rubrics that lie beside the program, and which of them hold on a day."""

import tomllib
from functools import lru_cache
from pathlib import Path

from legalaid.rules.quality import Rubric, rubric_for, rubric_of

FOLDER = Path(__file__).resolve().parents[2] / "rubrics"


@lru_cache(maxsize=1)
def editions() -> tuple[tuple[Rubric, dict], ...]:
    """Every edition with its text as data. ValueError names the faults of a file."""
    texts = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return tuple((rubric_of(text), text) for text in texts)


def rubric_on(case_type: str, day) -> Rubric | None:
    """The edition in force on the day for a case type."""
    return rubric_for([rubric for rubric, _text in editions()], case_type, day)


def text_of(rubric: Rubric) -> dict:
    """The whole text of an edition, as a batch keeps it."""
    return next(text for each, text in editions() if (each.code, each.version) == (rubric.code, rubric.version))

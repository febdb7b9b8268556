"""The second level of topics, and the plan's five focus areas. Z-DUTY-4; domain.md 4.9; plan 四（一）4.

The words of the second level are data (topics.toml beside this floor); a code is never used for another meaning.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

TOPICS: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parents[1] / "topics.toml").read_text(encoding="utf-8"))

# The five focus areas of plan 四（一）4, each with the matters that are counted for it.
FOCUS_AREAS = {
    "征地拆迁": ("land_acquisition",),
    "土地权属": ("land_rights",),
    "婚姻家庭": ("family", "support"),
    "入学就医": ("schooling", "medical"),
    "社会保障": ("social_security",),
}


def topics_of(matter: str) -> dict[str, str]:
    """Code → words of a matter's second level."""
    return TOPICS.get(matter, {})


def topic_label(matter: str, topic: str) -> str:
    """The words of a topic; empty where there is none. A code that is no longer offered shows itself."""
    return topics_of(matter).get(topic, topic) if topic else ""


def focus_of(matter: str) -> str:
    """The focus area a matter is counted for; empty for all others."""
    return next((area for area, matters in FOCUS_AREAS.items() if matter in matters), "")


def focus_counts(by_matter: Mapping[str, int]) -> dict[str, int]:
    """Focus area → how many, from the counts by matter."""
    return {area: sum(by_matter.get(matter, 0) for matter in matters) for area, matters in FOCUS_AREAS.items()}

"""The systems outside whose lists are laid beside ours. Each floor brings its own: a room `other_systems` with `SYSTEMS`.

This floor knows the provincial system; the floor of money, which alone knows marks, brings 惠民工程管理系统 (reading D40).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from legalaid.rules.export_layout import Field
from legalaid.rules.reconciling import OurCase


@dataclass(frozen=True)
class System:
    """One such system: what its export holds, our side of it, and how a value of theirs is taken over (None: by hand)."""

    code: str
    words: str
    short: str
    fields: tuple[Field, ...]
    # ours(county=, first=, last=): every case that may be matched; `is_expected` where the export should show it.
    ours: Callable[..., list[OurCase]]
    # take(case_id=, values={"provincial_no", "day"}, by=, reason=)
    take: Callable[..., object] | None = None
    takeable: tuple[str, ...] = ()
    # what is written beside the list: the clause by which this system decides
    clause: str = ""

    @property
    def words_of(self) -> dict[str, str]:
        return {field.code: field.words for field in self.fields}


@cache
def systems() -> dict[str, System]:
    """Every system by its code, in the order of the floors."""
    return {
        system.code: system
        for floor in settings.FLOORS
        if find_spec(f"{floor}.other_systems")
        for system in import_module(f"{floor}.other_systems").SYSTEMS
    }

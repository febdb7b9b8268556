"""Numbers that are made public never point at a person: small cells are not told, and cannot be worked out from the total.

LAF 58 (what is published), LAF 21 and PIPL (what must not be). Decision 0070.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5
FEW, NOT_LISTED = "少于 5", "不单列"


@dataclass(frozen=True)
class PublicTable:
    """The cells of one table as they may be told, by name, in the order given; and their total."""

    cells: dict[str, str]
    total: str


def told(value: int) -> str:
    """One number by itself."""
    return FEW if 0 < value < LEAST else f"{value:,}"


def public_table(values: Mapping[str, int]) -> PublicTable:
    """Cells under 5 are told as 少于 5. The next smallest cell is then not listed either.

    Otherwise the total less the others would give the small ones away. Where there is no other cell, the total is not told.
    """
    cells = {name: told(value) for name, value in values.items()}
    total = sum(values.values())
    if FEW not in cells.values():
        return PublicTable(cells, told(total))
    others = [name for name, value in values.items() if value >= LEAST]
    if not others:
        return PublicTable(cells, FEW if total < LEAST else NOT_LISTED)
    cells[min(others, key=lambda name: values[name])] = NOT_LISTED
    return PublicTable(cells, told(total))

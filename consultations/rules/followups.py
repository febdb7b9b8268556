"""Whom to call back: a draw that anybody can do again, and when a number may be given up. Z-ORG-4, plan 三（一）. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# “定期回访” names no number (Z-ORG-4): a tenth of those who left a telephone, at least one at each station and month.
PERCENT = 10
# A number nobody answers is given up after so many tries on so many days.
TRIES_BEFORE_GIVING_UP, DAYS_OF_TRYING = 3, 2
# Called in the month after, until this day of it.
LAST_DAY = 20


@dataclass(frozen=True)
class Candidate:
    """One consultation of the population: its number, its station, and the key of its telephone."""

    number: str
    station: int
    phone: str


def place(seed: str, number: str) -> str:
    """Where a consultation stands in the draw: SHA-256 of "seed:number". Anybody can work it out with sha256sum."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def size_of(population: int, percent: int = PERCENT) -> int:
    """How many of a station's population are drawn: the share rounded up, so at least one where there is one."""
    return -(-population * percent // 100)


def draw(frame: Iterable[Candidate], seed: str, percent: int = PERCENT) -> list[Candidate]:
    """At each station those whose place is lowest. The same population, share and seed give the same people in any order of rows.

    One telephone is called once, unless a station has not enough others.
    """
    stations: dict[int, list[Candidate]] = defaultdict(list)
    for each in frame:
        stations[each.station].append(each)
    drawn: list[Candidate] = []
    called: set[str] = set()
    for station in sorted(stations):
        rows = sorted(stations[station], key=lambda each: (place(seed, each.number), each.number))
        chosen: list[Candidate] = []
        again: list[Candidate] = []
        for each in rows:
            (again if each.phone in called else chosen).append(each)
            if len(chosen) == size_of(len(rows), percent):
                break
            called.add(each.phone)
        called |= {each.phone for each in chosen}
        drawn += (chosen + again)[: size_of(len(rows), percent)]
    return drawn


def due_on(first_of_month: date) -> date:
    """Until when the people of a month are to be called: the 20th of the month after."""
    year, month = divmod(first_of_month.year * 12 + first_of_month.month, 12)
    return date(year, month + 1, LAST_DAY)


def may_give_up(days_tried: Iterable[date]) -> bool:
    """Whether a number that nobody answers may be closed as 联系不上: three tries on two days."""
    days = list(days_tried)
    return len(days) >= TRIES_BEFORE_GIVING_UP and len(set(days)) >= DAYS_OF_TRYING

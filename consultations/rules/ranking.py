"""Who should be asked first to stand in on a shift, and why. Pure. Z-DUTY-3, Z-ROS-5, Z-ROS-6."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from consultations.rules.rosters import PersonFacts


@dataclass(frozen=True)
class Candidate:
    """Somebody who may stand in. `turns` are hers of the month, `known` how often she served at the station of late,
    `elsewhere` the station where she serves that day at another hour."""

    person: PersonFacts
    turns: int = 0
    known: int = 0
    elsewhere: str = ""
    day: date = date.min

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def is_full(self) -> bool:
        most = self.person.wish.most
        return most is not None and self.turns >= most

    @property
    def is_unwilling(self) -> bool:
        return self.day.weekday() in self.person.wish.avoided

    @property
    def rank(self) -> tuple:
        """Willing and free all day first, then the fewest turns, then who knows the station; the name last."""
        return (
            self.is_full,
            self.is_unwilling,
            bool(self.elsewhere),
            self.turns,
            -self.known,
            self.person.recent,
            self.name,
            self.id,
        )

    @property
    def reasons(self) -> list[str]:
        found = [f"本月 {self.turns} 班"]
        if self.known:
            found.append(f"近来在本站 {self.known} 班")
        if self.day.weekday() in self.person.wish.liked:
            found.append("这个星期几方便")
        if self.elsewhere:
            found.append(f"当天另在{self.elsewhere}，时间不重叠")
        if self.is_unwilling:
            found.append("本人尽量不排这个星期几")
        if self.is_full:
            found.append(f"已到本人每月最多 {self.person.wish.most} 班")
        return found

    @property
    def words(self) -> str:
        return "，".join(self.reasons)


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda each: each.rank)

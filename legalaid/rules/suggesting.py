"""Whom to assign a case to: obstacles, points and reasons. domain.md 3.2; LAF 12, 13, 17, 26, 36, 43; PR23 26; CPL 35.

Pure. What the law forbids is an obstacle: such a person is never suggested. What a person must look at first (same name
on the other side, the same firm) is a doubt: not suggested either, and assigned only when somebody says it was checked.
The rest are points with their reasons; a person decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

LAWYERS = ("lawyer", "public_lawyer")
GRASSROOTS, AGENCY, VOLUNTEER = "grassroots_worker", "agency_staff", "volunteer"
CRIMINAL_TYPES = ("criminal_defence", "criminal_litigation")
# LAF 26: life imprisonment or death, death review.
GRAVE_MATTERS = ("c25_4", "c25_5")
YEARS_OF_PRACTICE = 3


@dataclass(frozen=True)
class Weights:
    """The most points each reason can bring; 100 together."""

    fairness: int = 30
    load: int = 25
    specialty: int = 25
    place: int = 10
    rest: int = 10
    full_load: int = 10  # open cases at which the load brings nothing
    full_rest: int = 180  # days after which the rest brings everything


WEIGHTS = Weights()


@dataclass(frozen=True)
class Needs:
    """What a case asks of its undertaker."""

    type: str
    day: date
    field: str = ""  # the specialty that fits
    is_grave: bool = False  # LAF 26
    is_minor: bool = False
    township: int | None = None  # where it was handed in
    county: int | None = None

    @property
    def is_criminal(self) -> bool:
        return self.type in CRIMINAL_TYPES


@dataclass(frozen=True)
class Candidate:
    """What is known of a person who might undertake it. `conflicts` and `doubts` are sentences, `fields` specialties since when."""

    key: int
    name: str
    kind: str
    office: int | None
    office_name: str = ""
    place: int | None = None  # region of the office
    is_qualified: bool = True  # holds a practice or qualification certificate, where the kind needs one
    fields: Mapping[str, date] = field(default_factory=dict, hash=False)
    open_cases: int = 0
    share: int = 0  # assignments this year
    last_assigned: date | None = None
    conflicts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    has_login: bool = True
    is_public: bool = False

    @property
    def is_agency(self) -> bool:
        """Paid by the office: undertakes cases, gets no subsidy."""
        return self.kind == AGENCY or self.is_public


@dataclass(frozen=True)
class Reason:
    words: str
    points: int


@dataclass(frozen=True)
class Suggestion:
    """One person with all that speaks for and against her."""

    candidate: Candidate
    points: int
    reasons: tuple[Reason, ...]
    obstacles: tuple[str, ...]
    doubts: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def is_suitable(self) -> bool:
        return not self.obstacles and not self.doubts


def obstacles_of(needs: Needs, candidate: Candidate) -> tuple[str, ...]:
    """What the law or the case itself forbids; empty for somebody who may be assigned."""
    found = list(candidate.conflicts)
    if candidate.office is None:
        found.append("没有登记所属单位，不能指派：请先登记")
    is_lawyer = candidate.kind in LAWYERS
    if needs.is_criminal and not is_lawyer:
        found.append("刑事案件须由律师承办（刑事诉讼法35条）")
    elif not needs.is_criminal and not (is_lawyer or candidate.kind in (GRASSROOTS, AGENCY, VOLUNTEER)):
        found.append("这类人员可以咨询、代拟文书，不能承办案件（法律援助法12、17条）")
    elif candidate.kind in (AGENCY, VOLUNTEER) and not candidate.is_qualified:
        found.append("没有律师资格或者法律职业资格（法律援助法12、17条）")
    if needs.is_grave and not has_years(candidate.fields.get("criminal"), needs.day):
        found.append("可能判处无期徒刑、死刑及死刑复核案件，须有三年以上刑事辩护经历（法律援助法26条）")
    if needs.is_criminal and needs.is_minor and not since(candidate.fields.get("minors"), needs.day):
        found.append("未成年人刑事案件须由熟悉未成年人身心特点的律师承办（办理程序规定26条）")
    return tuple(found)


def since(began: date | None, day: date) -> bool:
    return began is not None and began <= day


def has_years(began: date | None, day: date, years: int = YEARS_OF_PRACTICE) -> bool:
    """Whether a practice that began then has lasted `years` on that day; the anniversary counts (以上含本数)."""
    if began is None:
        return False
    return (day.year - began.year) - ((day.month, day.day) < (began.month, began.day)) >= years


def reasons_of(needs: Needs, candidate: Candidate, most: int, weights: Weights = WEIGHTS) -> tuple[Reason, ...]:
    """Points and why. `most` is the largest share any of the people asked about has this year."""
    reasons = [
        Reason(f"本年指派 {candidate.share} 件", weights.fairness - (weights.fairness * candidate.share // most if most else 0)),
        Reason(
            f"在办 {candidate.open_cases} 件",
            weights.load * max(0, weights.full_load - candidate.open_cases) // weights.full_load,
        ),
        _specialty(needs, candidate, weights),
        _place(needs, candidate, weights),
        _rest(needs, candidate, weights),
    ]
    return tuple(reason for reason in reasons if reason is not None)


_FIELDS = {
    "criminal": "刑事辩护",
    "minors": "未成年人案件",
    "labour": "劳动争议",
    "family": "婚姻家庭",
    "traffic": "交通事故、人身损害",
    "administrative": "行政、国家赔偿",
    "civil": "其他民事",
}


def _specialty(needs: Needs, candidate: Candidate, weights: Weights) -> Reason | None:
    if needs.field and since(candidate.fields.get(needs.field), needs.day):
        return Reason(f"专长：{_FIELDS[needs.field]}", weights.specialty)
    if not needs.is_criminal and needs.is_minor and since(candidate.fields.get("minors"), needs.day):
        return Reason(f"专长：{_FIELDS['minors']}", weights.specialty)
    if not needs.is_criminal and since(candidate.fields.get("civil"), needs.day):
        return Reason(f"专长：{_FIELDS['civil']}", weights.specialty * 2 // 5)
    return None


def _place(needs: Needs, candidate: Candidate, weights: Weights) -> Reason | None:
    if needs.township is not None and candidate.place == needs.township:
        return Reason("与代收站点同在一个乡镇", weights.place)
    if needs.county is not None and candidate.place == needs.county:
        return Reason("单位在本县", weights.place // 2)
    return None


def _rest(needs: Needs, candidate: Candidate, weights: Weights) -> Reason:
    if candidate.last_assigned is None:
        return Reason("还没有指派过", weights.rest)
    days = max(0, (needs.day - candidate.last_assigned).days)
    return Reason(
        f"上次指派 {candidate.last_assigned:%Y-%m-%d}", weights.rest * min(days, weights.full_rest) // weights.full_rest
    )


def remarks_of(candidate: Candidate) -> tuple[str, ...]:
    remarks = []
    if candidate.is_agency:
        remarks.append("公职或机构人员，不发补贴")
    if not candidate.has_login:
        remarks.append("没有登录账号，办理情况由中心代为登记")
    return tuple(remarks)


def judge(needs: Needs, candidate: Candidate, most: int, weights: Weights = WEIGHTS) -> Suggestion:
    reasons = reasons_of(needs, candidate, most, weights)
    return Suggestion(
        candidate,
        sum(reason.points for reason in reasons),
        reasons,
        obstacles_of(needs, candidate),
        candidate.doubts,
        remarks_of(candidate),
    )


@dataclass(frozen=True)
class Ranking:
    """The suitable ones, best first, and the others with what stands against them."""

    suitable: tuple[Suggestion, ...]
    others: tuple[Suggestion, ...]

    def of(self, key: int) -> Suggestion | None:
        return next((each for each in (*self.suitable, *self.others) if each.candidate.key == key), None)

    def position(self, key: int) -> int | None:
        """From 1; None for somebody not suggested."""
        return next((place for place, each in enumerate(self.suitable, 1) if each.candidate.key == key), None)


def rank(needs: Needs, candidates: Iterable[Candidate], weights: Weights = WEIGHTS) -> Ranking:
    """Everybody judged; equal points go to the smaller share, then the longer rest, then by name: never by the order asked."""
    people = list(candidates)
    able = [each for each in people if not obstacles_of(needs, each)]
    most = max((each.share for each in able), default=0)
    judged = sorted((judge(needs, each, most, weights) for each in people), key=_order)
    return Ranking(tuple(each for each in judged if each.is_suitable), tuple(each for each in judged if not each.is_suitable))


def _order(suggestion: Suggestion) -> tuple:
    person = suggestion.candidate
    return (-suggestion.points, person.share, person.last_assigned or date.min, person.name, person.key)


FIELD_OF_TYPE = {
    "criminal_defence": "criminal",
    "criminal_litigation": "criminal",
    "labour_arbitration": "labour",
    "administrative_litigation": "administrative",
    "state_compensation": "administrative",
}
FIELD_OF_MATTER = {
    "m01": "administrative",
    "m04": "family",
    "m05": "labour",
    "m07": "traffic",
    "n03": "administrative",
    "n04": "family",
}
_WORDS_OF_FIELD = (
    ("labour", ("劳动", "工资", "报酬", "工伤", "劳务")),
    ("family", ("离婚", "婚姻", "抚养", "赡养", "扶养", "继承", "家庭")),
    ("traffic", ("交通", "人身损害", "健康权", "生命权", "医疗损害")),
)


def field_of(*, type: str, matter: str, cause: str) -> str:
    """The specialty that fits a case, by its type, its cause in words, its matter."""
    if type in FIELD_OF_TYPE:
        return FIELD_OF_TYPE[type]
    for name, words in _WORDS_OF_FIELD:
        if any(word in cause for word in words):
            return name
    return FIELD_OF_MATTER.get(matter, "civil")

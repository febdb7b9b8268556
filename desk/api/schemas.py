"""What the interface answers. Amounts are text with two decimals, days ISO, as in contract.md 5."""

from datetime import date

from ninja import Field, Schema


class Problem(Schema):
    detail: str = Field(description="说明哪里不对、怎样改")


class DutyTurn(Schema):
    """One published turn."""

    day: date
    station: str
    name: str
    category: str
    unit: str
    starts_at: str = Field(description="HH:MM")
    ends_at: str = Field(description="HH:MM")


class Roster(Schema):
    """A county's published turns of a month, by the latest version of each roster."""

    county: str
    month: str = Field(description="YYYY-MM")
    published_at: str | None
    turns: list[DutyTurn]


class StationProgress(Schema):
    station: str
    target: int
    done: int
    satisfaction: str | None = Field(description="百分数，一位小数；没有评价为空")


class CaseProgress(Schema):
    target: int
    concluded: int
    entered: int
    counted: int


class CountyProgress(Schema):
    """From 1 January to the day: consultations by station, and the three numbers of cases."""

    county: str
    day: date
    time_percent: str = Field(description="已过工作日占全年工作日的百分数")
    target: int
    done: int
    satisfaction: str | None
    stations: list[StationProgress]
    cases: CaseProgress


class SpecialFund(Schema):
    opening: str
    received: str
    returned: str
    remitted: str
    duty_pay: str
    case_subsidy: str
    closing: str


class DutyMonth(Schema):
    month: str
    county_centre: str
    township_stations: str
    due: str
    paid: str
    status: str | None


class CaseSubsidy(Schema):
    """Sums only: cases are not told outside of the county."""

    cases: int
    special: str
    operating: str
    paid: str


class QuarterReturn(Schema):
    """A signed return as it was sent."""

    county: str
    quarter: str = Field(description="YYYYQn")
    revision: int
    due_on: date
    sent_on: date
    special_fund: SpecialFund
    duty_pay: list[DutyMonth]
    case_subsidy: CaseSubsidy
    cases: CaseProgress

"""A quarter's figures as the JSON document of contract.md 5: what a signed return freezes, and what the command prints."""

from subsidies.services.quarterly_figures import QuarterFigures


def return_document(figures: QuarterFigures, *, is_signed: bool = False) -> dict:
    """Amounts as text with two decimals, days in ISO. Equal books give an equal document."""
    cash, cases = figures.cash, figures.cases
    return {
        "county": figures.county.code or figures.county.name,
        "quarter": str(figures.quarter),
        "due_on": figures.days.due_on.isoformat(),
        "late_after": figures.days.late_after.isoformat(),
        "signed": is_signed,
        "special_fund": {
            "opening": money(cash.opening),
            "received": money(cash.received),
            "returned": money(cash.returned),
            "remitted": money(cash.remitted),
            "duty_pay": money(cash.duty_pay),
            "case_subsidy": money(cash.case_subsidy),
            "closing": money(cash.closing),
        },
        "duty_pay": [
            {
                "month": month.month,
                "county_centre": money(month.county_centre),
                "township_stations": money(month.township_stations),
                "due": money(month.due),
                "paid": money(month.paid),
                "status": month.status,
            }
            for month in figures.months
        ],
        "case_subsidy": {
            "cases": len(cases.worth),
            "special": money(cases.special),
            "operating": money(cases.operating),
            "paid": money(cases.paid),
            "rows": [
                {"case": each.number, "special": money(each.special), "operating": money(each.operating), "reasons": []}
                for each in cases.worth
            ],
            "blocked": [{"case": each.number, "reasons": list(each.reasons)} for each in cases.blocked],
        },
        "consultations": {
            "target": figures.consultation_target,
            "done": figures.done,
            "in_quarter": figures.done_in_quarter,
            "satisfaction": share(figures.satisfaction),
            "stations": [
                {
                    "station": each.station.name,
                    "target": each.target,
                    "done": each.done,
                    "in_quarter": each.in_quarter,
                    "satisfaction": share(each.satisfaction),
                }
                for each in figures.stations
            ],
        },
        "cases": {
            "target": cases.progress.target,
            "concluded": cases.progress.concluded,
            "entered": cases.progress.entered,
            "counted": cases.progress.counted,
        },
        "receipts": [
            {
                "arrived_on": each.movement.day.isoformat(),
                "forward_due_on": each.movement.forward_due_on.isoformat(),
                "forwarded_on": each.forwarded_on.isoformat() if each.forwarded_on else None,
                "late_days": each.late_days,
                "amount": money(each.movement.amount),
            }
            for each in figures.arrivals
        ],
    }


def money(amount) -> str:
    return f"{amount:.2f}"


def share(percent) -> str | None:
    return None if percent is None else str(percent)

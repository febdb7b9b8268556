"""Where the numbers of a report come from: addresses of the lists behind them, for readers who may open those. ui.md §3.3."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from accounts.policy import may


def links_of(user, document: dict) -> dict:
    """Key of a number → address of its list. Stations: {"stations": {pk: {"in_period": …, "done": …}}}."""
    first, until, year = document["first"], document["until"], f"{document['until'][:4]}-01-01"
    found: dict = {"stations": {}, "matters": {}, "findings": {}}
    if listing := address(user, "consultations", "consultations.view_consultations"):
        span, whole = {"since": first, "until": until}, {"since": year, "until": until}
        found["stations"] = {
            row["station"]: {
                "in_period": f"{listing}?{urlencode({'station': row['station'], **span})}",
                "done": f"{listing}?{urlencode({'station': row['station'], **whole})}",
            }
            for row in document["stations"]
        }
        found["in_period"], found["done"] = f"{listing}?{urlencode(span)}", f"{listing}?{urlencode(whole)}"
        served = document["consultations"]["matters"]
        found["matters"] = {code: f"{listing}?{urlencode({'matter': code, **span})}" for _label, code, _n in served if code}
    if listing := address(user, "findings", "consultations.view_findings"):
        found["findings"] = {
            code: f"{listing}?{urlencode({'kind': code, 'state': 'upheld', 'since': first, 'until': until})}"
            for _label, code, _n in document["duty"]["findings"]
        }
    if listing := address(user, "followups", "consultations.view_followups"):
        found["followups"] = f"{listing}?{urlencode({'since': first, 'until': until})}"
    for key, name, action in (
        ("cases", "cases", "legalaid.view_cases"),
        ("quality", "file-reviews", "legalaid.view_reviews"),
        ("roll_calls", "roll-calls", "consultations.roll_call"),
        ("shifts", "attendance", "consultations.view_attendance"),
        ("fund", "ledger", "subsidies.view_ledger"),
        ("inspections", "inspections", "consultations.view_inspections"),
        ("rectification", "review-fixes", "legalaid.view_fixes"),
    ):
        found[key] = address(user, name, action)
    return found


def address(user, name, action) -> str:
    """The address of a list, empty where there is none or she may not."""
    try:
        return reverse(name) if may(user, action) else ""
    except NoReverseMatch:
        return ""

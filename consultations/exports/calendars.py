"""A person's own shifts as an iCalendar feed (RFC 5545), from what was published. F01's sibling for a telephone."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from consultations.models import PublishedRoster
from consultations.rules import rosters as rules

TIME_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19910915T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def calendar_of(person, versions: Iterable[PublishedRoster], stations) -> str:
    """The feed of one person. `versions` are all versions of the months shown, each roster's latest first.

    A turn that an earlier version held and the latest does not is sent as cancelled, so that telephones take it away.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Huimin//Duty roster//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(f'{person.name}的法律服务值班')}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        *TIME_ZONE,
    ]
    latest, current = {}, {}
    gone = {}
    for version in versions:
        latest.setdefault(version.roster_id, version)
        for line in version.lines:
            if line["person"] != person.pk:
                continue
            if version is latest[version.roster_id]:
                current[line["shift"]] = (line, version)
            elif line["shift"] not in current:
                gone.setdefault(line["shift"], (line, latest[version.roster_id]))
    for line, version in sorted(current.values(), key=_by_day):
        lines += _event(person, line, version, stations, "CONFIRMED")
    for line, version in sorted(gone.values(), key=_by_day):
        lines += _event(person, line, version, stations, "CANCELLED")
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _by_day(item):
    return item[0]["day"], item[0]["starts"], item[0]["shift"]


def _event(person, line, version, stations, status):
    station = stations.get(line["station"])
    day = date.fromisoformat(line["day"]).strftime("%Y%m%d")
    place = station.name if station else ""
    note = "签到签退以站点登记为准。"
    if line["lunch"]:
        note = f"午休 {rules.hours(line['lunch'])}。{note}"
    return [
        "BEGIN:VEVENT",
        f"UID:shift-{line['shift']}-{person.pk}@huimin",
        f"DTSTAMP:{_stamp(version.published_at)}",
        f"LAST-MODIFIED:{_stamp(version.published_at)}",
        # Each version is a step further: telephones take the higher number for the newer word.
        f"SEQUENCE:{version.version - 1}",
        f"DTSTART;TZID=Asia/Shanghai:{day}T{line['starts'].replace(':', '')}00",
        f"DTEND;TZID=Asia/Shanghai:{day}T{line['ends'].replace(':', '')}00",
        f"SUMMARY:{_text(f'值班：{station.short_name if station else place}')}",
        f"LOCATION:{_text(' '.join(filter(None, (place, station.address if station else ''))))}",
        f"DESCRIPTION:{_text(note)}",
        f"STATUS:{status}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\n", "\\n")


def _fold(line: str):
    """Lines of at most 75 octets, broken between characters."""
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            yield part
            part, size = " ", 1
        part += char
        size += width
    yield part

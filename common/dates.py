"""Days and times as people and workbooks write them. Every refusal is a Chinese sentence that names a right example."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

_WEEKDAYS = "一二三四五六日"
_DAY = re.compile(
    r"(?P<year>\d{4})(?:-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})|\.(?P<m3>\d{1,2})\.(?P<d3>\d{1,2})"
    r"|年(?P<m4>\d{1,2})月(?P<d4>\d{1,2})[日号]?|(?P<m5>\d{2})(?P<d5>\d{2}))"
    r"(?:T?0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_TIME = re.compile(
    r"(?P<half>上午|下午|早上|晚上|中午)?(?:(?P<h1>\d{1,2}):(?P<m1>\d{1,2})(?::(?P<s1>\d{1,2}))?"
    r"|(?P<h2>\d{1,2})[时点](?:(?P<m2>\d{1,2})分?|(?P<thirty>半)|整)?|(?P<h3>\d{2})(?P<m3>\d{2}))"
)
# Excel keeps a bare time as the zeroth day of its calendar.
_EXCEL_DAY_ZERO = date(1900, 1, 1)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)


def _plain(text) -> str:
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("—", "-")
    return re.sub(r"\s", "", text)


def _shown(value) -> str:
    text = str(value)
    return text if len(text) <= 20 else text[:20] + "…"


def parse_day(value) -> date:
    """A day from text (2022-3-1, 2022/3/1, 20220301, 2022年3月1日, full-width digits), a date, or a datetime at midnight.

    Raises ValueError with a Chinese sentence.
    """
    if value is None or value == "":
        raise ValueError("没有填写日期：请写成 2022-03-01。")
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise ValueError(f"日期里带有时间 {value:%H:%M}：请只填写日期，例如 {value:%Y-%m-%d}。")
        day = value.date()
    elif isinstance(value, date):
        day = value
    else:
        day = _day_from_text(value)
    if not _EARLIEST <= day <= _LATEST:
        raise ValueError(f"日期 {day} 不在 1900 至 2200 年之间：请检查年份。")
    return day


def _day_from_text(value) -> date:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if isinstance(value, bool) else _plain(str(value))
    if not text:
        raise ValueError("没有填写日期：请写成 2022-03-01。")
    match = _DAY.fullmatch(text)
    if match is None or not match["year"].isascii():
        if re.fullmatch(r"\d{5}(\.\d+)?", text):
            raise ValueError(f"“{_shown(value)}”是没有设成日期格式的 Excel 日期：请把单元格设为日期，或写成 2022-03-01。")
        if re.fullmatch(r"\d{1,2}[-/月.]\d{1,2}[日号]?", text):
            raise ValueError(f"日期“{_shown(value)}”没有年份：请写成 2022-03-01。")
        raise ValueError(f"看不懂日期“{_shown(value)}”：请写成 2022-03-01、2022/3/1、20220301 或 2022年3月1日。")
    month, day = (int(next(match[f"{part}{n}"] for n in range(1, 6) if match[f"{part}{n}"])) for part in "md")
    year = int(match["year"])
    if not 1 <= month <= 12:
        raise ValueError(f"日期“{_shown(value)}”不存在：没有 {month} 月。")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"日期“{_shown(value)}”不存在：{year}年{month}月没有 {day} 日。") from None


def parse_time(value) -> time:
    """A time of day from text (8:30, 08:30:00, 8时30分, 下午2:30, full-width digits), a time, or an Excel time.

    Raises ValueError with a Chinese sentence.
    """
    if value is None or value == "" or isinstance(value, bool):
        raise ValueError("没有填写时间：请写成 8:30。")
    if isinstance(value, datetime):
        if value.date() > _EXCEL_DAY_ZERO:
            raise ValueError(f"时间里带有日期 {value:%Y-%m-%d}：请只填写时间，例如 {value:%H:%M}。")
        value = value.time()
    if isinstance(value, time):
        return _whole_seconds(value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6)
    if isinstance(value, timedelta):
        return _whole_seconds(value.total_seconds())
    if isinstance(value, float) and 0 <= value < 1:
        return _whole_seconds(value * 86400)
    text = _plain(str(value))
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"看不懂时间“{_shown(value)}”：请写成 8:30 或 14:30。")
    hour = int(match["h1"] or match["h2"] or match["h3"])
    minute = 30 if match["thirty"] else int(match["m1"] or match["m2"] or match["m3"] or 0)
    second = int(match["s1"] or 0)
    if match["half"] in ("下午", "晚上") and 1 <= hour < 12:
        hour += 12
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"没有“{_shown(value)}”这个时间：应在 00:00 至 23:59 之间。")
    return time(hour, minute, second)


def _whole_seconds(seconds: float) -> time:
    # Excel keeps times as fractions of a day, so that 9:00 may come out as 8:59:59.999999.
    rounded = round(seconds)
    if not 0 <= rounded < 86400:
        raise ValueError("时间不在一天之内：应在 00:00 至 23:59 之间。")
    return time(rounded // 3600, rounded // 60 % 60, rounded % 60)


def weekday_name(day: date) -> str:
    """星期一 … 星期日."""
    return "星期" + _WEEKDAYS[day.weekday()]


def in_prose(day: date) -> str:
    """2022年3月1日, as official papers write it (domain.md §7.3)."""
    return f"{day.year}年{day.month}月{day.day}日"

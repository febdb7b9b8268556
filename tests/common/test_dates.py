from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.dates import in_prose, parse_day, parse_time, weekday_name
from common.periods import Quarter, YearMonth

FIRST_OF_MARCH = date(2022, 3, 1)


@pytest.mark.parametrize(
    "written",
    [
        "2022-03-01",
        "2022-3-1",
        "2022/3/1",
        "2022.3.1",
        "20220301",
        20220301,
        20220301.0,
        "2022年3月1日",
        "2022年03月01号",
        "２０２２－３－１",
        "２０２２年３月１日",
        " 2022 年 3 月 1 日 ",
        "2022-03-01 00:00:00",
        "2022-03-01T00:00:00",
        FIRST_OF_MARCH,
        datetime(2022, 3, 1),
    ],
)
def test_a_day_is_read_however_it_is_written(written):
    assert parse_day(written) == FIRST_OF_MARCH


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "没有填写日期"),
        ("  ", "没有填写日期"),
        (None, "没有填写日期"),
        (True, "没有填写日期"),
        ("2022-2-30", "2022年2月没有 30 日"),
        ("2021-2-29", "2021年2月没有 29 日"),
        ("2022-13-1", "没有 13 月"),
        ("2022-3-0", "没有 0 日"),
        ("3月1日", "没有年份"),
        ("3-1", "没有年份"),
        ("44621", "Excel 日期"),
        (44621, "Excel 日期"),
        (44621.5, "Excel 日期"),
        ("22-3-1", "看不懂日期"),
        ("2022-3/1", "看不懂日期"),
        ("明天", "看不懂日期"),
        (datetime(2022, 3, 1, 8, 30), "带有时间 08:30"),
        ("1800-01-01", "1900 至 2200"),
        ("2022-03-01" * 50, "看不懂日期"),
    ],
)
def test_what_is_no_day_is_refused_with_a_right_example(written, told):
    with pytest.raises(ValueError, match=told) as refused:
        parse_day(written)
    assert len(str(refused.value)) < 100


@given(
    st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(["{0:%Y-%m-%d}", "{0:%Y%m%d}", "{0.year}/{0.month}/{0.day}"])
)
def test_a_day_written_and_read_is_the_same(day, shape):
    assert parse_day(shape.format(day)) == day
    assert parse_day(in_prose(day)) == day


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_a_value_error(text):
    for parse in (parse_day, parse_time, YearMonth.parse, Quarter.parse):
        try:
            parse(text)
        except ValueError as refused:
            assert any("\u4e00" <= letter <= "\u9fff" for letter in str(refused))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("8:30", time(8, 30)),
        ("８：３０", time(8, 30)),
        ("08:30:15", time(8, 30, 15)),
        ("0830", time(8, 30)),
        ("8时30分", time(8, 30)),
        ("8点半", time(8, 30)),
        ("14点", time(14)),
        ("下午2:30", time(14, 30)),
        ("上午8:30", time(8, 30)),
        ("下午12:10", time(12, 10)),
        (time(8, 30), time(8, 30)),
        (time(8, 59, 59, 999999), time(9)),
        (datetime(1899, 12, 30, 8, 30), time(8, 30)),
        (timedelta(hours=8, minutes=30), time(8, 30)),
        (0.354166666666667, time(8, 30)),
        ("00:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_a_time_is_read_however_it_is_written(written, read):
    assert parse_time(written) == read


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "没有填写时间"),
        (None, "没有填写时间"),
        ("24:00", "没有“24:00”这个时间"),
        ("8:60", "没有“8:60”这个时间"),
        ("8", "看不懂时间"),
        ("上班", "看不懂时间"),
        (1.5, "看不懂时间"),
        (timedelta(hours=30), "不在一天之内"),
        (datetime(2022, 3, 1, 8, 30), "带有日期 2022-03-01"),
    ],
)
def test_what_is_no_time_is_refused_with_a_sentence(written, told):
    with pytest.raises(ValueError, match=told):
        parse_time(written)


def test_weeks_begin_on_monday():
    assert [weekday_name(date(2022, 3, day)) for day in (7, 13)] == ["星期一", "星期日"]


@pytest.mark.parametrize("written", ["2022-03", "2022-3", "2022/3", "202203", "2022年3月", "２０２２－０３"])
def test_a_month_is_read_however_it_is_written(written):
    month = YearMonth.parse(written)
    assert (month.first, month.last, month.label, str(month)) == (FIRST_OF_MARCH, date(2022, 3, 31), "2022年3月", "2022-03")


@pytest.mark.parametrize("written", ["2022-13", "2022", "03-2022", "2022-00", "", "2022-03-01"])
def test_what_is_no_month_is_refused(written):
    with pytest.raises(ValueError, match="月"):
        YearMonth.parse(written)


def test_a_year_out_of_reach_is_no_month():
    with pytest.raises(ValueError, match="1900 至 2200"):
        YearMonth.parse("1022-03")


@given(st.integers(1901, 2199), st.integers(1, 12))
def test_months_follow_each_other_without_gap(year, number):
    month = YearMonth(year, number)
    assert month.previous().next() == month == month.next().previous()
    assert month < month.next()
    assert month.previous().last + timedelta(days=1) == month.first
    assert month.days()[0] == month.first and month.days()[-1] == month.last
    assert all(day in month for day in month.days()) and month.next().first not in month
    assert YearMonth.parse(str(month)) == month and YearMonth.of(month.last) == month
    assert month in month.quarter.months
    assert Quarter.parse(str(month.quarter)) == month.quarter
    assert month.quarter.next().first == month.quarter.last + timedelta(days=1)
    assert month.quarter.previous().next() == month.quarter


def test_a_quarter_knows_its_months():
    quarter = Quarter.parse("2022Q1")
    assert [str(month) for month in quarter.months] == ["2022-01", "2022-02", "2022-03"]
    assert (quarter.first, quarter.last, quarter.label) == (date(2022, 1, 1), date(2022, 3, 31), "2022年第一季度")
    assert Quarter.parse("2022年第1季度") == Quarter.parse("2022-q1") == quarter
    with pytest.raises(ValueError, match="看不懂季度"):
        Quarter.parse("2022Q5")

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from common import charts

MONTHS = [f"{number}月" for number in range(1, 13)]


def drawn():
    values = [310, 280, Decimal("402.5"), *[None] * 9]
    yield charts.columns_with_total(MONTHS, values, name="当月", total_name="累计", alt="每月 <咨询> & 累计")
    yield charts.columns_with_total(MONTHS, values, name="当月", total_name="累计", alt="x", width=charts.NARROW)
    yield charts.sorted_bars({"婚姻家庭": 312, "劳动争议": 450, "一个很长很长的咨询类别名称": 0}, alt="x", unit=" 人次")
    yield charts.bars_with_tick({"巴公镇": 61.2, "县中心": 108}, tick=95, tick_name="目标", alt="x", width=charts.NARROW)
    yield charts.planned_and_actual(MONTHS, [1000 * n for n in range(12)], [5, -3, *[None] * 10], names=("计划", "实际"), alt="x")
    yield charts.sorted_bars({}, alt="x")
    yield charts.sorted_bars({"无": 0}, alt="x")
    yield charts.columns_with_total(MONTHS, [0] * 12, name="当月", total_name="累计", alt="x")
    yield charts.planned_and_actual([], [], [], names=("计划", "实际"), alt="x")


@pytest.mark.parametrize("svg", list(drawn()))
def test_a_chart_holds_nothing_that_the_policy_refuses_and_stays_inside_its_frame(svg):
    text = svg.decode()
    assert not re.search(r"<script|<style|style=|\son\w+=|href|@import|url\(", text)
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(space + "title").text
    for rect in root.iter(space + "rect"):
        x, y, wide, high = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and high >= 0 and 0 <= wide <= width - x + 0.1 and y + high <= height + 0.1
    for label in root.iter(space + "text"):
        half = charts._width_of(label.text)
        x, anchor = float(label.get("x")), label.get("text-anchor")
        left = x - {"start": 0, "middle": half / 2, "end": half}[anchor]
        assert left >= -2 and left + half <= width + 2, f"{label.text} is cut"
        assert 0 < float(label.get("y")) <= height
    assert float(root.get("font-size")) >= 14


def test_bars_stand_in_order_with_their_values():
    text = charts.sorted_bars({"少": 3, "多": 1200, "中": 40}, alt="x", unit=" 件").decode()
    assert re.findall(r">([^<]+)</text>", text) == ["多", "1,200 件", "中", "40 件", "少", "3 件"]


def test_the_line_of_the_running_sum_ends_at_the_total():
    text = charts.columns_with_total(["1月", "2月"], [100, 300], name="当月", total_name="累计", alt="x").decode()
    assert text.count("<circle") == 2
    bars = [float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)" fill="#1351a3"', text)][1:]
    assert bars[1] == pytest.approx(3 * bars[0], rel=0.01)


def test_what_has_not_happened_is_not_drawn_as_nothing():
    text = charts.planned_and_actual(["1月", "2月"], [1, 2], [1, None], names=("计划", "实际"), alt="x").decode()
    assert text.count("<circle") == 1


def test_figures_at_bars_are_told_plainly():
    assert [charts.told(value) for value in (0, 1200, 61.2, 97.125, -50, Decimal("0.10"))] == [
        "0",
        "1,200",
        "61.2",
        "97.12",
        "−50",
        "0.1",
    ]

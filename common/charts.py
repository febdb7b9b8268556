"""Charts as SVG files, shown by ``<img>`` with an alternative text and a data table below, and printed on papers (ui.md §5).

Drawn here in plain elements and attributes: no script, no style element, no link, so that our Content-Security-Policy has
nothing to refuse and the same bytes serve the page and the PDF. One unit is one pixel at the width asked for: take NARROW
for phones, or the letters shrink.
"""

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

BLUE, AMBER, GREEN = "#1351a3", "#c77700", "#1f7a3f"
INK, MUTED, LINE, TRACK = "#1f2937", "#4b5563", "#d5dbe5", "#e3e8f0"
WIDE, NARROW = 560, 340
LETTERS = 15
"""Height of letters; ui.md allows nothing under 14 on axes."""
_FAMILY = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, Source Han Sans SC, Huimin Hei, sans-serif"

Number = int | float | Decimal
Told = Callable[[float], str]


def told(value: Number) -> str:
    """A figure at a bar or an axis: thousands apart, at most two decimals, a true minus."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def columns_with_total(
    labels: Sequence[str],
    values: Sequence[Number | None],
    *,
    name: str,
    total_name: str,
    alt: str,
    width: int = WIDE,
    formatter: Told = told,
) -> bytes:
    """A column for each month and the running sum as a line on a scale of its own at the right. None is not yet known."""
    if not any(value is not None for value in values):
        return _empty(alt, width)
    known = [None if value is None else float(value) for value in values]
    running, sums = 0.0, []
    for value in known:
        running += value or 0
        sums.append(None if value is None else running)
    plot = _Plot(alt, width, 300, labels, _scale(known), right=_scale(sums), formatter=formatter)
    plot.legend([(name, BLUE, "box"), (total_name, AMBER, "line")])
    plot.columns(known, BLUE)
    plot.line(sums, AMBER, of_right=True)
    plot.values_above(known)
    return plot.done()


def planned_and_actual(
    labels: Sequence[str],
    planned: Sequence[Number | None],
    actual: Sequence[Number | None],
    *,
    names: tuple[str, str],
    alt: str,
    width: int = WIDE,
    formatter: Told = told,
) -> bytes:
    """Two lines: the plan dashed, what happened solid with its last figure; None where nothing has happened yet."""
    if not any(value is not None for value in (*planned, *actual)):
        return _empty(alt, width)
    plot = _Plot(alt, width, 300, labels, _scale([*planned, *actual]), formatter=formatter)
    plot.legend([(names[0], AMBER, "dash"), (names[1], GREEN, "line")])
    plot.line(planned, AMBER, dash="9 6")
    plot.line(actual, GREEN, says_last=True)
    return plot.done()


def sorted_bars(
    values: Mapping[str, Number], *, alt: str, unit: str = "", width: int = WIDE, formatter: Told = told, rest: str = ""
) -> bytes:
    """Horizontal bars, largest first, each with its value at the end; what is called `rest` stands last, however much it is."""
    ordered = sorted(values.items(), key=lambda item: (item[0] == rest, -item[1], item[0]))
    return _bars(ordered, alt=alt, unit=unit, width=width, formatter=formatter)


def bars_with_tick(
    values: Mapping[str, Number],
    *,
    tick: Number,
    tick_name: str,
    alt: str,
    unit: str = "%",
    width: int = WIDE,
    formatter: Told = told,
) -> bytes:
    """Horizontal bars in the order given (slowest first) with an upright line: time passed, or a target such as 95 %."""
    return _bars(
        list(values.items()), alt=alt, unit=unit, width=width, formatter=formatter, tick=float(tick), tick_name=tick_name
    )


def _bars(ordered, *, alt, unit, width, formatter, tick: float | None = None, tick_name: str = "") -> bytes:
    if not ordered:
        return _empty(alt, width)
    texts = [f"{formatter(value)}{unit}" for _, value in ordered]
    # On a phone the label stands above its bar; otherwise at the left, in at most two fifths of the width.
    label_width = max(_width_of(label) for label, _ in ordered) + 10
    is_stacked = label_width > width * 0.4
    step, bar, left = (50, 18, 0) if is_stacked else (34, 20, label_width)
    head = 26 if tick is not None else 4
    room = width - left - max(_width_of(text) for text in texts) - 10
    # A share is shown against the whole.
    whole = 100 if unit == "%" else 0
    top_value = max([float(value) for _, value in ordered] + [tick or 0, whole]) or 1
    drawing = _Drawing(alt, width, head + step * len(ordered) + 4)
    for index, ((label, value), text) in enumerate(zip(ordered, texts, strict=True)):
        y = head + index * step + (step - bar - (4 if is_stacked else 7))
        length = max(0.0, float(value)) / top_value * room
        if is_stacked:
            drawing.text(0, y - 6, label)
        else:
            drawing.text(left - 10, y + bar / 2, label, anchor="end", is_middle=True)
        drawing.rect(left, y, room, bar, TRACK)
        drawing.rect(left, y, length, bar, BLUE)
        drawing.text(left + room + 8, y + bar / 2, text, is_middle=True, is_strong=True)
    if tick is not None:
        x = left + tick / top_value * room
        drawing.path([(x, head - 2), (x, head + step * len(ordered))], INK, 2.5)
        words = f"{tick_name} {formatter(tick)}{unit}"
        half = _width_of(words) / 2
        drawing.text(min(max(x, half), width - half), 14, words, anchor="middle", fill=MUTED)
    return drawing.done()


class _Drawing:
    """Elements of one SVG file."""

    def __init__(self, alt: str, width: int, height: int):
        self.width, self.height = width, height
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'role="img" font-family="{_FAMILY}" font-size="{LETTERS}"><title>{escape(alt)}</title>'
        ]

    def text(self, x, y, words, *, anchor="start", fill=INK, is_middle=False, is_strong=False, is_above_lines=False) -> None:
        weight = ' font-weight="bold"' if is_strong else ""
        weight += ' paint-order="stroke" stroke="#ffffff" stroke-width="4"' if is_above_lines else ""
        # dominant-baseline is not drawn alike everywhere: a third of the letters' height below the middle is.
        y += LETTERS * 0.36 if is_middle else 0
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"{weight}>{escape(words)}</text>')

    def rect(self, x, y, width, height, fill) -> None:
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>')

    def path(self, points, stroke, thickness, dash="") -> None:
        way = " ".join(f"{'L' if index else 'M'}{x:.1f} {y:.1f}" for index, (x, y) in enumerate(points))
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="{way}" fill="none" stroke="{stroke}" stroke-width="{thickness}" stroke-linejoin="round"{dashes}/>'
        )

    def dot(self, x, y, fill) -> None:
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}"/>')

    def done(self) -> bytes:
        return ("".join(self.parts) + "</svg>").encode()


class _Plot:
    """A field with labels below, a scale at the left and perhaps another at the right."""

    TOP, BOTTOM = 40, 30

    def __init__(self, alt, width, height, labels, left: list[float], *, formatter: Told, right: list[float] | None = None):
        self.drawing = _Drawing(alt, width, height)
        self.labels, self.left, self.right, self.formatter = labels, left, right, formatter
        self.x0 = max(_width_of(formatter(mark)) for mark in left) + 8
        self.x1 = width - (max(_width_of(formatter(mark)) for mark in right) + 8 if right else 6)
        self.y0, self.y1 = height - self.BOTTOM, self.TOP
        self.slot = (self.x1 - self.x0) / max(1, len(labels))
        self._frame()

    def _frame(self) -> None:
        for mark in self.left:
            y = self._y(mark, self.left)
            self.drawing.path([(self.x0, y), (self.x1, y)], LINE, 1)
            self.drawing.text(self.x0 - 8, y, self.formatter(mark), anchor="end", fill=MUTED, is_middle=True)
        for mark in self.right or ():
            y = self._y(mark, self.right)
            self.drawing.text(self.x1 + 8, y, self.formatter(mark), fill=AMBER, is_middle=True)
        # Labels that would touch are left out evenly.
        widest = max((_width_of(label) for label in self.labels), default=0) + 4
        every = max(1, math.ceil(widest / self.slot))
        for index, label in enumerate(self.labels):
            if index % every == 0:
                self.drawing.text(self._x(index), self.y0 + 21, label, anchor="middle", fill=MUTED)

    def _x(self, index: int) -> float:
        return self.x0 + (index + 0.5) * self.slot

    def _y(self, value: float, scale: list[float]) -> float:
        return self.y0 - (float(value) - scale[0]) / (scale[-1] - scale[0]) * (self.y0 - self.y1)

    def legend(self, entries) -> None:
        x = self.x0
        for name, colour, kind in entries:
            if kind == "box":
                self.drawing.rect(x, 8, 22, 12, colour)
            else:
                self.drawing.path([(x, 14), (x + 22, 14)], colour, 3.5, "9 6" if kind == "dash" else "")
            self.drawing.text(x + 28, 14, name, is_middle=True)
            x += 28 + _width_of(name) + 18

    def columns(self, values, colour) -> None:
        width = self.slot * 0.62
        for index, value in enumerate(values):
            if value is not None:
                y = self._y(max(value, self.left[0]), self.left)
                self.drawing.rect(self._x(index) - width / 2, y, width, self.y0 - y, colour)

    def values_above(self, values) -> None:
        """The figures of the columns, unless they would touch each other."""
        texts = [None if value is None else self.formatter(value) for value in values]
        if any(_width_of(text) > self.slot for text in texts if text):
            return
        for index, text in enumerate(texts):
            if text:
                self.drawing.text(
                    self._x(index), self._y(values[index], self.left) - 6, text, anchor="middle", is_above_lines=True
                )

    def line(self, values, colour, *, dash="", of_right=False, says_last=False) -> None:
        scale = self.right if of_right else self.left
        points = [(self._x(index), self._y(value, scale)) for index, value in enumerate(values) if value is not None]
        if not points:
            return
        self.drawing.path(points, colour, 3.5, dash)
        if not dash:
            for x, y in points:
                self.drawing.dot(x, y, colour)
        if says_last:
            words = self.formatter([value for value in values if value is not None][-1])
            x = min(points[-1][0], self.x1 - _width_of(words) / 2)
            self.drawing.text(x, points[-1][1] + 24, words, anchor="middle", is_strong=True, is_above_lines=True)

    def done(self) -> bytes:
        return self.drawing.done()


def _scale(values) -> list[float]:
    """Four or five round marks from zero (or below) to the largest value."""
    known = [float(value) for value in values if value is not None]
    low, high = min(0.0, *known), max(0.0, *known)
    span = (high - low) or 1
    rough = span / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough * 0.999)
    if span >= 4:
        step = max(step, 1)
    first, last = math.floor(low / step), math.ceil(max(high, low + step) / step)
    return [mark * step for mark in range(first, last + 1)]


def _width_of(text: str) -> float:
    """About how wide the letters come out: a Chinese one is as wide as it is high, the others a little over half."""
    return sum(LETTERS if unicodedata.east_asian_width(letter) in "WF" else LETTERS * 0.58 for letter in text)


def _empty(alt: str, width: int) -> bytes:
    drawing = _Drawing(alt, width, 120)
    drawing.text(width / 2, 60, "还没有数据", anchor="middle", fill=MUTED, is_middle=True)
    return drawing.done()

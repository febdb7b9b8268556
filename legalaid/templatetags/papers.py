"""What the templates of case papers need: lines to fill, boxes to tick, days as documents write them. domain.md 7.3, 7.9."""

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe

register = template.Library()
SPACE = "　"
# Choices up to so many letters are not broken over two lines.
LONG = 12


@register.filter
def fill(value, width=8):
    """The value on a line, or a line of so many letters to write on."""
    if value in (None, ""):
        return format_html('<span class="fill unwritten">{}</span>', SPACE * int(width))
    return format_html('<span class="fill">{}</span>', value)


@register.filter
def day(value):
    """2022年3月5日, or the room to write it."""
    if not value:
        return mark_safe(f'<span class="unwritten">{SPACE * 2}年{SPACE}月{SPACE}日</span>')
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def room(value, rows=2):
    """Text of a cell with its line breaks, or so many empty lines."""
    if value in (None, ""):
        return mark_safe('<span class="unwritten tall">' + "<br>" * int(rows) + "</span>")
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in str(value).splitlines()))


@register.filter
def sentence(value):
    """Text that ends in one full stop, whatever its writer ended it with."""
    return f"{str(value or '').strip().rstrip('。；;，,.')}。"


@register.filter
def numbered(value):
    """Lines as 1. 2. 3., each a paragraph; an empty text leaves three lines."""
    lines = [line.strip() for line in str(value or "").replace("；", "\n").splitlines() if line.strip()]
    if not lines:
        return format_html_join(
            "", '<p class="item">{}.<span class="fill unwritten">{}</span></p>', ((n, SPACE * 24) for n in (1, 2, 3))
        )
    return format_html_join("", '<p class="item">{}. {}</p>', enumerate(lines, 1))


@register.filter
def number_line(number, word):
    """The document number, or its pattern to fill by hand; nothing for papers without one."""
    if number or not word:
        return number
    return mark_safe(f'<span class="unwritten">（{SPACE * 2}）{conditional_escape(word)}字〔{SPACE * 2}〕第{SPACE * 2}号</span>')


@register.simple_tag
def box(words, is_ticked=False):
    """A box before its words, ticked or to be ticked."""
    css = "pick" if len(words) <= LONG else "pick long"
    return format_html('<span class="{}"><span class="box">{}</span>{}</span>', css, "√" if is_ticked else "", words)


@register.simple_tag
def boxes(chosen, *pairs):
    """Boxes for code, words, code, words …; the chosen code is ticked, or each of several."""
    held = {chosen} if isinstance(chosen, str) else set(chosen or ())
    return format_html_join(" ", "{}", ((box(words, code in held),) for code, words in zip(pairs[::2], pairs[1::2], strict=True)))


@register.filter
def padded(rows, least):
    """The rows and as many empty ones as make it so many: a form keeps its lines."""
    rows = list(rows or ())
    return rows + [None] * max(0, int(least) - len(rows))


@register.filter
def blanks(rows, least):
    """Only the empty ones of them: what a person adds stands between."""
    return range(max(0, int(least) - len(rows or ())))


@register.filter
def squares(text, count=18):
    """One cell for each character of a number, empty where there is none."""
    return list(str(text or "").ljust(int(count)))[: int(count)]

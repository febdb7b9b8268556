"""The week's poster for the wall: where to go, when, whom to call. A4 or A3, in large type, always one sheet."""

from django.template.loader import render_to_string

from common.errors import Refused
from common.pdf import one_page_pdf
from desk.services.public_pages import PublicWeek

SIZES = {"a4": "A4", "a3": "A3"}
STEPS = range(24, 8, -1)
"""Points of the body's letters, the largest that fit on one sheet."""


class PosterRefused(Refused):
    """The poster does not fit on a sheet."""


def poster(week: PublicWeek, *, size: str, office: str, is_demo: bool) -> bytes:
    """Raises PdfUnavailable, or PosterRefused where even the smallest letters need a second sheet."""
    scale = 1.4 if size == "a3" else 1
    htmls = (
        render_to_string(
            "print/poster.html",
            {
                "week": week,
                "office": office,
                "is_demo": is_demo,
                "size": SIZES[size],
                "points": round(step * scale),
                "title": "免费法律咨询",
            },
        )
        for step in STEPS
    )
    content = one_page_pdf(htmls)
    if content is None:
        raise PosterRefused("站点太多，一页排不下：请在值班公示页按站点打印。")
    return content

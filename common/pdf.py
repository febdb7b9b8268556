"""Papers as PDF from their own small templates (safety.md §1.7: only our own static files are ever fetched).

Fonts: the bureau's own where ``settings.HUIMIN_FONTS`` names them, else the free Song and Hei that are installed with the
program. The proprietary 仿宋_GB2312 and 小标宋 are never shipped (domain.md §7.5).
"""

import atexit
import importlib.util
import logging
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from common.errors import Refused

logger = logging.getLogger(__name__)

BASE_URL = "https://papers.invalid/"
_STYLESHEET = "css/print.css"
_PLAIN_FONTS = {"song": "NotoSerifSC-Regular.otf", "hei": "NotoSansSC-Regular.otf"}
# Font families of print.css; a bureau may give a file for each.
_FAMILIES = {"song": "Huimin Song", "hei": "Huimin Hei", "fang": "Huimin Fang", "kai": "Huimin Kai", "title": "Huimin Title"}
_lock = threading.Lock()


class PdfUnavailable(Refused):
    """This machine cannot make PDF."""


def render_pdf(template: str, context: dict | None = None, *, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a template that extends ``print/base.html``.

    ``pictures`` are charts and codes by file name; the template shows them by ``<img src="pictures/NAME">``. Raises
    PdfUnavailable with a Chinese sentence where the system library pango is missing.
    """
    return pdf_of(render_to_string(template, context or {}), pictures=pictures)


def pdf_of(html: str, *, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a whole HTML document."""
    with _lock:
        return _laid_out(html, pictures).write_pdf()


def one_page_pdf(htmls: Iterable[str]) -> bytes | None:
    """The PDF of the first of these documents that needs one page only; None where none does."""
    with _lock:
        fitting = next((document for document in (_laid_out(html) for html in htmls) if len(document.pages) == 1), None)
        return fitting and fitting.write_pdf()


def _laid_out(html: str, pictures: Mapping[str, bytes] | None = None):
    # One font configuration for the process: loading 20 MB of fonts for each paper would be most of the work. Pango's
    # font map is not meant for several threads at once.
    weasyprint = _weasyprint()
    fonts, stylesheet = _tools()
    document = weasyprint.HTML(string=html, base_url=BASE_URL, url_fetcher=own_files_only(pictures))
    return document.render(stylesheets=[stylesheet], font_config=fonts)


def is_available() -> bool:
    """Whether PDF can be made here; pages then offer the workbook instead."""
    try:
        _weasyprint()
    except PdfUnavailable:
        return False
    return True


def _weasyprint():
    try:
        import weasyprint
    except OSError as error:
        logger.warning("PDF is off: %s", error)
        raise PdfUnavailable(
            "这台服务器缺少 pango 组件，暂时不能生成 PDF：请系统管理员安装 libpango-1.0-0、libpangoft2-1.0-0 和 "
            "libharfbuzz-subset0，其间可先导出 Excel。"
        ) from None
    return weasyprint


@lru_cache(maxsize=1)
def _tools():
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    css = _font_faces() + _static_path(_STYLESHEET).read_text(encoding="utf-8")
    stylesheet = weasyprint.CSS(string=css, base_url=BASE_URL, url_fetcher=own_files_only(), font_config=fonts)
    return fonts, stylesheet


# While Python still stands: a font configuration that is swept away with the modules complains on standard error.
atexit.register(_tools.cache_clear)


def font_files() -> dict[str, Path]:
    """Which file stands for song, hei, fang, kai and title."""
    package = Path(importlib.util.find_spec("pylopdf_fonts_zh_cn").origin).parent
    files = {name: package / file for name, file in _PLAIN_FONTS.items()}
    files |= {"fang": files["song"], "kai": files["song"], "title": files["hei"]}
    for name, path in getattr(settings, "HUIMIN_FONTS", {}).items():
        if name not in _FAMILIES or not Path(path).is_file():
            raise Refused(f"HUIMIN_FONTS 中的字体 {name} 不可用：名称应为 {'、'.join(_FAMILIES)} 之一，且文件存在。")
        files[name] = Path(path)
    return files


def _font_faces() -> str:
    return "".join(
        f'@font-face {{ font-family: "{_FAMILIES[name]}"; src: url("{BASE_URL}fonts/{name}"); }}\n' for name in font_files()
    )


def _static_path(name: str) -> Path:
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(f"static file {name} is missing")
    return Path(found)


def own_files_only(pictures: Mapping[str, bytes] | None = None):
    """A fetcher that knows our static files, fonts and the given pictures by name: no network, no other file, no data."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        def fetch(self, url, headers=None):
            name, body = _own_file(url, pictures or {})
            return URLFetcherResponse(url, body, {"Content-Type": guess_type(name)[0] or "application/octet-stream"})

    return OwnFiles(allowed_protocols=("https",), allow_redirects=False)


def _own_file(url: str, pictures: Mapping[str, bytes]) -> tuple[str, bytes]:
    if url.startswith(BASE_URL):
        kind, _, name = unquote(urlsplit(url).path).lstrip("/").partition("/")
        if kind == "fonts" and name in _FAMILIES:
            return name, font_files()[name].read_bytes()
        if kind == "pictures" and name in pictures:
            return name, pictures[name]
        if kind == settings.STATIC_URL.strip("/") and name:
            # The finders refuse names that climb out of their folders.
            return name, _static_path(name).read_bytes()
    raise ValueError(f"papers may not fetch {url[:80]}")

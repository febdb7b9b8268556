import re
import zlib

import pytest

from common import pdf
from common.errors import Refused

PAGE = '{% extends "print/base.html" %}'


@pytest.fixture
def template(settings, tmp_path):
    """Write a template and give its name."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]

    def write(text: str) -> str:
        (tmp_path / "paper.html").write_text(text, encoding="utf-8")
        return "paper.html"

    return write


def layout(html: str, pictures=None):
    """The laid-out pages, for looking at what stands where."""
    weasyprint = pdf._weasyprint()
    fonts, stylesheet = pdf._tools()
    document = weasyprint.HTML(string=html, base_url=pdf.BASE_URL, url_fetcher=pdf.own_files_only(pictures))
    return document.render(stylesheets=[stylesheet], font_config=fonts).pages


def texts_of(page) -> list[str]:
    found = []

    def walk(box):
        if hasattr(box, "text"):
            found.append(box.text)
        for child in getattr(box, "children", ()):
            walk(child)

    walk(page._page_box)
    return found


def sheet(rows: int, **context) -> str:
    from django.template import engines

    body = (
        '{% block body %}<table class="lines"><thead><tr><th>序号</th><th>金额</th></tr></thead><tbody>'
        '{% for row in rows %}<tr><td>第{{ row }}行</td><td class="n">300.00</td></tr>{% endfor %}'
        '<tr class="totals"><th>合计</th><td class="n">{{ rows|length }}</td></tr></tbody></table>{% endblock %}'
        '{% block signature %}<div class="signature">制表人签字</div>{% endblock %}'
    )
    context = {"title": "发放表", "rows": range(1, rows + 1), "unit": "单位：元", **context}
    return engines["django"].from_string(PAGE + body).render(context)


def test_a_paper_is_a_pdf_with_chinese_fonts_inside(template):
    content = pdf.render_pdf(template(PAGE + "{% block body %}<p>人民币壹仟元整</p>{% endblock %}"), {"title": "付款审批单"})
    assert content.startswith(b"%PDF-")
    streams = b"".join(_unpacked(content))
    assert b"NotoSerifSC" in content + streams or b"Noto-Serif-SC" in content + streams


def _unpacked(content: bytes):
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            continue


@pytest.mark.parametrize("rows", [20, 21, 22, 23, 24, 25, 26, 60])
def test_the_head_is_repeated_and_totals_and_signature_come_once_and_never_alone(rows):
    pages = [texts_of(page) for page in layout(sheet(rows))]
    assert all("序号" in page for page in pages)
    assert sum(page.count("合计") for page in pages) == 1
    assert "合计" in pages[-1] and "制表人签字" in pages[-1]
    assert f"第{rows}行" in pages[-1], "the last row goes with its total"


def test_every_page_says_which_of_how_many_it_is():
    pages = [texts_of(page) for page in layout(sheet(60, paper_number="PS-2022-0001"))]
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in "".join(page)
        assert "PS-2022-0001" in "".join(page)


def test_a_demonstration_paper_says_so():
    assert "演示数据" in texts_of(layout(sheet(1, is_demo=True))[0])
    assert "演示数据" not in texts_of(layout(sheet(1))[0])


def test_sheets_lie_and_letters_stand():
    lying = layout(sheet(1))[0]
    standing = layout('<body class="official"><h1>通报</h1><p>正文</p></body>')[0]
    assert lying.width > lying.height and standing.height > standing.width


def test_an_official_letter_has_twenty_two_lines_of_twenty_eight_characters():
    (page, *rest) = layout('<body class="official"><p class="plain">' + "字" * 28 * 22 + "</p></body>")
    lines = [text for text in texts_of(page) if set(text) == {"字"}]
    assert (len(lines), {len(line) for line in lines}, rest) == (22, {28}, [])


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.css",
        "ftp://127.0.0.1/x",
        "data:text/css,body{}",
        "https://papers.invalid/etc/passwd",
        "https://papers.invalid/static/../manage.py",
        "https://papers.invalid/static/%2e%2e/manage.py",
        "https://papers.invalid/static//etc/passwd",
        "https://papers.invalid/fonts/../song",
        "https://papers.invalid.example.org/static/css/print.css",
        "https://papers.invalid/pictures/other.svg",
    ],
)
def test_a_paper_fetches_nothing_but_our_own_files(address):
    with pytest.raises((ValueError, OSError)):
        pdf.own_files_only({"mine.svg": b"<svg/>"}).fetch(address)


def test_a_paper_fetches_our_own_files_and_the_pictures_it_was_given():
    fetcher = pdf.own_files_only({"mine.svg": b"<svg/>"})
    assert fetcher.fetch("https://papers.invalid/pictures/mine.svg").read() == b"<svg/>"
    assert b"@page" in fetcher.fetch("https://papers.invalid/static/css/print.css").read()
    assert len(fetcher.fetch("https://papers.invalid/fonts/song").read()) > 1_000_000


def test_the_bureaus_own_fonts_are_used_and_a_missing_one_is_named(settings, tmp_path):
    own = tmp_path / "fang.ttf"
    own.write_bytes(pdf.font_files()["song"].read_bytes())
    settings.HUIMIN_FONTS = {"fang": str(own)}
    assert pdf.font_files()["fang"] == own
    settings.HUIMIN_FONTS = {"fang": str(tmp_path / "none.ttf")}
    with pytest.raises(Refused, match="fang"):
        pdf.font_files()


def test_without_pango_a_person_is_told_what_to_install(monkeypatch):
    import builtins

    real = builtins.__import__

    def no_pango(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_pango)
    with pytest.raises(pdf.PdfUnavailable, match="pango"):
        pdf.pdf_of("<p>x</p>")
    assert not pdf.is_available()

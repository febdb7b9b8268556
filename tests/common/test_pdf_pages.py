"""Pages of PDFs as honest people and attackers send them: a picture, or a sentence, and never more than seconds and some memory."""

import io
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from common import pdf_pages
from common.pdf_pages import PdfRefused, count_pages, draw_page


def pdf(*sizes, drawn=b"", change=None) -> bytes:
    """A PDF with blank pages of these sizes in points, `drawn` by its first."""
    writer = PdfWriter()
    for width, height in sizes or ((595, 842),):
        writer.add_blank_page(width, height)
    if drawn:
        stream = DecodedStreamObject()
        stream.set_data(drawn)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    if change:
        change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def drawing(thing) -> DictionaryObject:
    """The resources of a page that draws a thing as /I."""
    return DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/I"): thing})})


def size_of(picture: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(picture)).size


def test_every_page_becomes_a_picture_of_its_shape():
    content = pdf((595, 842), (842, 595), drawn=b"1 0 0 rg 0 0 300 842 re f")
    assert count_pages(content) == 2
    first = Image.open(io.BytesIO(draw_page(content, 1)))
    assert first.format == "JPEG" and first.size[0] < first.size[1] <= 1801
    red, white = first.getpixel((100, 900)), first.getpixel((first.size[0] - 100, 900))
    assert red[0] > 200 and red[1] < 60 and min(white) > 240
    wide = size_of(draw_page(content, 2))
    assert wide[0] > wide[1]


def test_what_was_filled_into_a_form_is_in_the_picture():
    def filled(writer):
        look = DecodedStreamObject()
        look.set_data(b"0 0 1 rg 0 0 400 400 re f")
        look.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
        look[NameObject("/BBox")] = writer._add_object(writer.pages[0].mediabox)
        field = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Widget"),
                NameObject("/FT"): NameObject("/Tx"),
                NameObject("/F"): NumberObject(4),
                NameObject("/T"): TextStringObject("a"),
                NameObject("/V"): TextStringObject("x"),
                NameObject("/Rect"): writer.pages[0].mediabox,
                NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(look)}),
            }
        )
        field = writer._add_object(field)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([field])
        writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})

    picture = Image.open(io.BytesIO(draw_page(pdf(change=filled), 1)))
    assert picture.getpixel((100, picture.size[1] - 100))[2] > 200 and picture.getpixel((100, picture.size[1] - 100))[0] < 60


@pytest.mark.parametrize("content", [b"%PDF-1.4\n%%EOF", b"%PDF-1.7\n" + b"\xff" * 5000, pdf()[:200], b""])
def test_a_broken_file_is_one_sentence(content):
    with pytest.raises(PdfRefused, match="已损坏"):
        count_pages(content)


def test_a_locked_file_says_what_to_do():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("a password")
    target = io.BytesIO()
    writer.write(target)
    with pytest.raises(PdfRefused, match="密码"):
        draw_page(target.getvalue(), 1)


def test_there_is_no_page_beyond_the_last():
    with pytest.raises(PdfRefused, match="只有 1 页"):
        draw_page(pdf(), 2)


@pytest.mark.parametrize("size", [(14400, 14400), (200000, 1), (1, 200000), (0.001, 0.001)])
def test_no_page_is_drawn_larger_than_a_screen_needs(size):
    assert max(size_of(draw_page(pdf(size), 1))) <= 1802


def test_a_picture_that_unpacks_to_gigabytes_costs_the_child_only():
    def bomb(writer):
        stream = DecodedStreamObject()
        stream.set_data(zlib.compress(b"\0" * 60_000_000, 9))
        stream.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Image"),
                NameObject("/Width"): NumberObject(40_000),
                NameObject("/Height"): NumberObject(40_000),
                NameObject("/BitsPerComponent"): NumberObject(8),
                NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
                NameObject("/Filter"): NameObject("/FlateDecode"),
            }
        )
        writer.pages[0][NameObject("/Resources")] = drawing(writer._add_object(stream))

    content = pdf(drawn=b"500 0 0 500 0 0 cm /I Do", change=bomb)
    try:
        assert max(size_of(draw_page(content, 1))) <= 1802
    except PdfRefused as error:
        assert "下载后查看" in str(error)


def test_a_page_that_draws_for_ever_ends_with_a_sentence(monkeypatch):
    monkeypatch.setattr(pdf_pages, "SECONDS", 2)

    def laughs(writer):
        """Forms that draw the next form ten times each: 10⁹ rectangles in a file of two kilobytes."""
        inner = None
        for _ in range(10):
            look = DecodedStreamObject()
            look.set_data(b"/I Do " * 10 if inner is not None else b"0 0 900 900 re S")
            look.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
            look[NameObject("/BBox")] = writer.pages[0].mediabox
            if inner is not None:
                look[NameObject("/Resources")] = drawing(inner)
            inner = writer._add_object(look)
        writer.pages[0][NameObject("/Resources")] = drawing(inner)

    content = pdf(drawn=b"/I Do", change=laughs)
    assert len(content) < 5000
    with pytest.raises(PdfRefused, match="下载后查看"):
        draw_page(content, 1)

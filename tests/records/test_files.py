import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.errors import Refused
from records import services
from records.models import StoredFile
from records.services import UploadRefused
from records.services.files import XLSX, clean_name, mime_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def archive(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as content:
        for name in names:
            content.writestr(name, "x")
    return target.getvalue()


def stored(by, name="签到表.png", content=PNG, **options) -> StoredFile:
    return services.store_file(upload=SimpleUploadedFile(name, content), by=by, purpose="attendance", **options)


def test_a_file_is_kept_under_a_random_name_with_its_hash(anna, settings):
    file = stored(anna)
    assert file.path.read_bytes() == PNG and file.path.is_relative_to(settings.HUIMIN_VAR / "files")
    assert "签到表" not in str(file.path) and (file.name, file.mime, file.size) == ("签到表.png", "image/png", len(PNG))
    assert stored(anna).stored_name != file.stored_name
    assert file.path.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空的"),
        (b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
        (b"<html><script>alert(1)</script>", "不能接收"),
        (b"MZ\x90\x00", "不能接收"),
        (archive("a.txt"), "不能接收"),
        (archive("xl/workbook.xml", "xl/vbaProject.bin"), "不能接收"),
        (b"PK\x03\x04broken", "不能接收"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "不能接收"),
    ],
)
def test_what_is_not_a_paper_or_picture_is_refused_whatever_its_name(anna, content, told):
    with pytest.raises(UploadRefused, match=told) as refused:
        stored(anna, name="照片.png", content=content)
    assert refused.value.field == "file"
    assert not StoredFile.objects.exists()


def test_the_type_is_told_by_content_not_by_name(anna):
    assert stored(anna, name="照片.png", content=b"%PDF-1.7").name == "照片.pdf"
    assert stored(anna, name="表.doc", content=archive("xl/workbook.xml")).mime == XLSX
    assert mime_of(archive("word/document.xml")).endswith("wordprocessingml.document")
    with pytest.raises(UploadRefused, match="只接收 PNG"):
        stored(anna, content=b"%PDF-1.7", accept=frozenset({"image/png"}))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\x\\签到.png", "签到.png"),
        ("a\x00b\r\n.png", "ab.png"),
        ('x"; filename=evil.exe', "x_; filename=evil.png"),
        ("", "文件.png"),
        (".png", "png.png"),
        ("长" * 300 + ".png", "长" * 146 + ".png"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert clean_name(given, "image/png") == kept


def test_a_file_goes_out_as_an_attachment(anna):
    response = services.file_response(stored(anna))
    assert response["Content-Disposition"].startswith("attachment") and "filename*=utf-8''" in response["Content-Disposition"]
    assert (response["X-Content-Type-Options"], response["Content-Type"]) == ("nosniff", "image/png")
    assert "no-store" in response["Cache-Control"]
    assert b"".join(response.streaming_content) == PNG


def test_changed_or_lost_bytes_are_never_given_out(anna):
    file = stored(anna)
    file.path.write_bytes(PNG + b"1")
    with pytest.raises(Refused, match="不一致"):
        services.file_response(file)
    file.path.unlink()
    with pytest.raises(Refused, match="找不到文件"):
        services.read_file(file)


def test_a_full_disk_leaves_neither_half_a_file_nor_a_row(anna, settings, tmp_path):
    (tmp_path / "files").write_text("in the way of the folder")
    with pytest.raises(UploadRefused, match="磁盘"):
        stored(anna)
    assert not StoredFile.objects.exists()


def test_the_size_is_told_as_people_read_it():
    assert [StoredFile(size=size).size_text for size in (10, 2048, 3 * 1024 * 1024)] == ["1 KB", "2 KB", "3.0 MB"]

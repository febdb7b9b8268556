"""Keeping and giving out files (safety.md §1.6–7): type by content, random name, outside the web root, as attachment."""

import hashlib
import io
import os
import re
import secrets
import unicodedata
import zipfile
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import transaction
from django.http import FileResponse

from accounts import audit
from common.errors import Refused
from records.models import StoredFile

LARGEST_UPLOAD = 5 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SUFFIX = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", XLSX: ".xlsx", DOCX: ".docx", "text/csv": ".csv"}
UPLOADABLE = frozenset({"application/pdf", "image/png", "image/jpeg", XLSX, DOCX})


class UploadRefused(Refused):
    """A file that is not taken in."""


def store_file(*, upload, by, purpose: str, accept=UPLOADABLE) -> StoredFile:
    """Keep a file a person sent. ``upload`` has ``name`` and ``read``.

    Raises UploadRefused: empty, over 5 MB, or by its content none of the accepted types.
    """
    content = upload.read(LARGEST_UPLOAD + 1)
    if not content:
        raise UploadRefused("文件是空的：请重新选择文件。", field="file")
    if len(content) > LARGEST_UPLOAD:
        raise UploadRefused("文件超过 5 MB：请压缩或拆分后再上传。", field="file")
    mime = mime_of(content)
    if mime not in accept:
        names = "、".join(sorted(_SUFFIX[kind].lstrip(".").upper() for kind in accept))
        raise UploadRefused(f"不能接收这种文件：只接收 {names}，按文件内容判断，与扩展名无关。", field="file")
    return _keep(content, clean_name(upload.name, mime), mime, purpose, by)


def keep_file(*, content: bytes, name: str, purpose: str, by=None, mime: str = "") -> StoredFile:
    """Keep a file that the program itself made, such as an issued paper."""
    mime = mime or mime_of(content)
    return _keep(content, clean_name(name, mime), mime, purpose, by)


@transaction.atomic
def _keep(content: bytes, name: str, mime: str, purpose: str, by) -> StoredFile:
    token = secrets.token_hex(20)
    stored = StoredFile(
        name=name,
        stored_name=f"{token[:2]}/{token}",
        sha256=hashlib.sha256(content).hexdigest(),
        mime=mime,
        size=len(content),
        purpose=purpose,
        uploaded_by=by,
    )
    _write(stored.path, content)
    stored.save(force_insert=True)
    audit.record(by=by, action="records.store_file", on=stored, after={"purpose": purpose, "sha256": stored.sha256})
    return stored


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a full disk leaves neither half a file nor a row."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=path.parent, delete=False) as half:
            try:
                half.write(content)
                half.flush()
                os.fsync(half.fileno())
                os.replace(half.name, path)
            except BaseException:
                os.unlink(half.name)
                raise
    except OSError as error:
        raise UploadRefused("文件没有存下来，可能是服务器磁盘已满：请联系系统管理员。") from error


def mime_of(content: bytes) -> str:
    """The type of a file by its first bytes and, for Office files, by what the archive holds."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return "application/octet-stream"
        if "xl/vbaProject.bin" in names or "word/vbaProject.bin" in names:
            return "application/octet-stream"
        if "xl/workbook.xml" in names:
            return XLSX
        if "word/document.xml" in names:
            return DOCX
    return "application/octet-stream"


def clean_name(name: str, mime: str) -> str:
    """The last part of a file's name, without control or reserved characters, with the suffix of its true type."""
    name = unicodedata.normalize("NFC", name or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = re.sub(r'[:*?"<>|]', "_", name).strip(" .")
    suffix = _SUFFIX.get(mime, "")
    stem = name[: -len(Path(name).suffix)] if suffix and Path(name).suffix else name
    return (stem[: 150 - len(suffix)] or "文件") + suffix


def read_file(stored: StoredFile) -> bytes:
    """The bytes of a kept file. Raises Refused where they are gone or are not the bytes that were kept."""
    try:
        content = stored.path.read_bytes()
    except OSError:
        raise Refused(f"找不到文件“{stored.name}”的内容：请系统管理员从备份恢复 files 目录。") from None
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise Refused(f"文件“{stored.name}”的内容与存入时不一致：请系统管理员从备份恢复。")
    return content


def file_response(stored: StoredFile) -> FileResponse:
    """Send a kept file as an attachment. Whether the reader may have it is for the app that links to it."""
    response = FileResponse(io.BytesIO(read_file(stored)), as_attachment=True, filename=stored.name, content_type=stored.mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

"""The child that opens an untrusted PDF and draws a page of it. Run as a script: order line and file on stdin, answer on stdout.

It limits itself before it loads PDFium, writes no file and knows nothing of the program.
"""

import json
import resource
import sys

MEMORY_BYTES = 768 * 1024**2
CPU_SECONDS = 10
# The longer side of a picture, in pixels: an A4 page then reads well at full width of a large screen.
LONGEST_SIDE = 1800
LARGEST_SCALE = 3.0


class Unacceptable(Exception):
    """Told to the user as it is."""


def limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(order: dict, content: bytes) -> bytes:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unacceptable("这份 PDF 设了打开密码，不能在线预览：请取消密码后重新上传，或者下载后查看。") from None
        raise
    if not len(document):
        raise Unacceptable("这份 PDF 里没有页面：请重新扫描或者导出后上传。")
    if "count" in order:
        return str(len(document)).encode()
    if not 1 <= order["page"] <= len(document):
        raise Unacceptable(f"这份 PDF 只有 {len(document)} 页。")
    return draw(document, order["page"] - 1)


def draw(document, index: int) -> bytes:
    """One page on white, with what was filled into its form. The build of PDFium has no JavaScript in it."""
    import io

    document.init_forms()
    page = document[index]
    scale = min(LARGEST_SCALE, LONGEST_SIDE / max(*page.get_size(), 1))
    picture, stream = page.render(scale=scale).to_pil(), io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=82)
    return stream.getvalue()


def main() -> None:
    limit_myself()
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    out = sys.stdout.buffer
    try:
        out.write(answer(order, content))
    except Unacceptable as error:
        out.write(json.dumps({"refused": str(error)}).encode())
    except Exception:  # noqa: BLE001 - whatever a broken file does to the drawer, the user gets one sentence
        out.write(json.dumps({"refused": "这份 PDF 已损坏，不能在线预览：请重新扫描或者导出后上传，或者下载后查看。"}).encode())


if __name__ == "__main__":
    main()

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import transaction

from accounts import audit
from accounts.commands import ActingCommand
from accounts.policy import ACTIONS, may
from common.errors import Refused
from common.money import yuan
from organizations.imports import county_by_code
from subsidies.exports.pay_sheet import pay_sheet_pdf, pay_sheet_workbook
from subsidies.exports.sheet_book import book_of
from subsidies.management.commands.draft_duty_pay import parsed_month
from subsidies.models import PaySheet

MAKERS = {".xlsx": pay_sheet_workbook, ".pdf": pay_sheet_pdf}


class Command(ActingCommand):
    help = "Write a month's pay sheet (F07) as .xlsx or .pdf. A file of that name stays whole until the new one is."
    action = "subsidies.export_pay"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("month", metavar="YYYY-MM")
        parser.add_argument("--county", required=True, help="the county's code or name")
        parser.add_argument("--output", required=True, metavar="FILE", help="ends with .xlsx or .pdf")
        parser.add_argument("--with-numbers", action="store_true", help="whole ID and account numbers; needs --as who may")

    def act(self, *, by, month, county, output, with_numbers, **options):
        target = Path(output)
        make = maker_for(target, MAKERS)
        action = "subsidies.export_with_numbers" if with_numbers else self.action
        if not may(by, action):
            raise Refused(f"“{by}”的岗位没有“{ACTIONS[action].words}”的权限：请用 --as 指明有权的人。")
        sheet = sheet_of(by, county_by_code(county), parsed_month(month))
        download = make(book_of(sheet, with_numbers=with_numbers), by=by)
        after = {"文件": download.name, "条数": download.count, "金额": yuan(download.total)}
        with transaction.atomic():
            audit.record(by=by, action=action, on=sheet, after={**after, "证件号和账号": "完整" if with_numbers else "掩码"})
            write_whole(target, download.content, private=with_numbers)
        self.stdout.write(f"{sheet}：{download.count} 人，实发合计 {yuan(download.total)} 元，已写入 {target}")


def maker_for(target, makers):
    """Raises Refused for a file that cannot be written here or is neither a workbook nor a PDF."""
    if target.suffix.lower() not in makers:
        raise Refused(f"不能写成“{target.suffix or target.name}”格式：--output 的文件名请以 .xlsx 或 .pdf 结尾。")
    if target.is_dir():
        raise Refused(f"“{target}”是文件夹：请在 --output 写明文件名。")
    if not target.parent.is_dir():
        raise Refused(f"没有文件夹“{target.parent}”：请先建立，或换一个位置。")
    return makers[target.suffix.lower()]


def sheet_of(by, county, month):
    """The month's sheet in this person's scope. Raises Refused."""
    sheets = PaySheet.objects.visible_to(by).select_related(
        "month__county", "fund", "plan", "drafted_by", "reviewed_by", "checked_by", "approved_by"
    )
    sheet = sheets.filter(month__county=county, month__first=month.first).first()
    if sheet is None:
        raise Refused(f"{county}{month.label}没有补贴表：请先用 draft_duty_pay {month} 核算。")
    return sheet


def write_whole(target, content, *, private=False):
    """All or nothing: written beside the target and put in its place, so a full disk leaves the old file as it was.

    A private file is for its owner's eyes alone; any other follows the umask.
    """
    half = None
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            half = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            mask = os.umask(0)
            os.umask(mask)
            half.chmod(0o666 & ~mask)
        half.replace(target)
    except OSError as error:
        if half:
            half.unlink(missing_ok=True)
        raise Refused(f"没有写成“{target}”（{error.strerror}）：请检查磁盘空间和权限；原来的文件没有动。") from None

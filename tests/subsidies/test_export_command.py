"""export_pay_sheet: contract.md 2. Bad input exits 2 with one readable line and leaves every file as it was."""

import errno
import os
import re

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from accounts.models import AuditEntry
from common.money import in_words


@pytest.fixture
def march(world, monkeypatch):
    world.ordinary_month()
    world.sheet = world.draft()
    # Commands refuse another day than the real one where the data is no demonstration.
    monkeypatch.delenv("TODAY")
    return world


def export(target, *options, month="2022-03", county="140525"):
    call_command("export_pay_sheet", month, "--county", county, "--output", str(target), *options)


def refused(capsys, *args, **options):
    """The line on stderr of a call that must exit with 2."""
    with pytest.raises(SystemExit) as stopped:
        export(*args, **options)
    told = capsys.readouterr()
    assert stopped.value.code == 2 and told.out == ""
    (line,) = told.err.strip().splitlines()
    return line


def test_the_workbook_is_the_pay_sheet(march, tmp_path, capsys):
    export(tmp_path / "F.xlsx")
    page = openpyxl.load_workbook(tmp_path / "F.xlsx", data_only=True)["发放表"]
    total = next(row for row in page.iter_rows() if row[0].value == "合计")
    assert march.sheet.total in [cell.value for cell in total]
    assert "3 人，实发合计 3,600.00 元" in capsys.readouterr().out


def test_the_paper_is_the_pay_sheet(march, tmp_path):
    export(tmp_path / "F.PDF")
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "F.PDF").pages)
    assert text.count("合计大写") == 1 and in_words(march.sheet.total) in text


def test_the_system_writes_masked_numbers_and_that_is_written_down(march, tmp_path):
    export(tmp_path / "F.xlsx")
    cells = [str(c.value) for r in openpyxl.load_workbook(tmp_path / "F.xlsx")["发放表"].iter_rows() for c in r]
    assert not any(re.search(r"14052519900101\d{3}[\dX]|62220000\d{8}", cell) for cell in cells)
    entry = AuditEntry.objects.get(action="subsidies.export_pay")
    assert entry.actor.is_system and entry.after["条数"] == 3 and entry.after["证件号和账号"] == "掩码"


def test_whole_numbers_need_somebody_who_may(march, tmp_path, capsys):
    target = tmp_path / "F.xlsx"
    assert "用 --as 指明有权的人" in refused(capsys, target, "--with-numbers")
    assert "没有" in refused(capsys, target, "--with-numbers", "--as", "leader")
    assert not target.exists()
    export(target, "--with-numbers", "--as", "finance")
    cells = [str(c.value) for r in openpyxl.load_workbook(target)["发放表"].iter_rows() for c in r]
    assert sum(bool(re.fullmatch(r"14052519900101\d{3}[\dX]", cell)) for cell in cells) == 3
    assert target.stat().st_mode & 0o077 == 0, "whole numbers are for the eyes of who asked"


def test_other_files_are_refused_by_name(march, tmp_path, capsys):
    for name in ("F.doc", "F.csv", "F"):
        assert ".xlsx 或 .pdf 结尾" in refused(capsys, tmp_path / name)
    assert "没有文件夹" in refused(capsys, tmp_path / "nowhere" / "F.xlsx")
    (tmp_path / "D.xlsx").mkdir()
    assert "是文件夹" in refused(capsys, tmp_path / "D.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["D.xlsx"]


def test_a_month_a_county_a_login_that_is_not_there(march, tmp_path, capsys):
    target = tmp_path / "F.xlsx"
    assert "月份应在 1 至 12" in refused(capsys, target, month="2022-13")
    assert "没有补贴表" in refused(capsys, target, month="2022-04")
    assert "999999" in refused(capsys, target, county="999999")
    assert "nobody" in refused(capsys, target, "--as", "nobody")
    march.user("head", "head", station=march.bagong)
    assert "没有“导出补贴表”的权限" in refused(capsys, target, "--as", "head")
    assert not target.exists() and not AuditEntry.objects.filter(action__startswith="subsidies.export").exists()


def test_a_missing_option_exits_with_two_as_well(march):
    with pytest.raises((SystemExit, CommandError)):
        call_command("export_pay_sheet", "2022-03", "--county", "140525")


def test_somebody_of_another_county_finds_no_sheet(march, tmp_path, capsys):
    from organizations.models import Region

    other = Region.objects.create(level="county", name="示例县", parent=march.county.parent)
    march.user("finance", "stranger", region=other)
    assert "没有补贴表" in refused(capsys, tmp_path / "F.xlsx", "--as", "stranger")


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(march, tmp_path, capsys, monkeypatch):
    target = tmp_path / "F.xlsx"
    target.write_bytes(b"the old file")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert "原来的文件没有动" in refused(capsys, target)
    assert target.read_bytes() == b"the old file" and [path.name for path in tmp_path.iterdir()] == ["F.xlsx"]
    assert not AuditEntry.objects.filter(action="subsidies.export_pay").exists()


def test_the_same_sheet_gives_the_same_figures_again(march, tmp_path):
    export(tmp_path / "A.xlsx")
    export(tmp_path / "B.xlsx")
    read = [
        [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / name)["明细"].iter_rows()]
        for name in ("A.xlsx", "B.xlsx")
    ]
    assert read[0] == read[1]

"""The empty workbook to fill in: every sheet of the contract with its headers; and how to fill it, for the page."""

from common.workbooks.writing import Column, Sheet, write_workbook
from desk.services.importing import TABLES

NOTES = (
    ("怎么填", "第一行是表头，不要改名；列的先后可以变，没有的列可以删去。带 * 的列必须填写。"),
    ("日期", "写成 2022-03-01、2022/3/1 或 2022年3月1日，也可以用 Excel 日期。"),
    ("时间", "写成 8:30，也可以用 Excel 时间。"),
    ("站点", "写全称，或者写镇名；县公共法律服务中心可以写“县中心”。"),
    ("值班人员", "写姓名；有同名的，再写身份证号以区分。"),
    ("身份证号、银行账号", "先把整列设为“文本”再填写，否则 Excel 会丢失末几位。"),
    ("是、否", "写“是”或“否”。"),
    ("几个词写在一格", "用顿号隔开，例如“农民、妇女”。"),
    ("公式", "单元格里不能是公式：请粘贴为数值。"),
)


def write_template(target) -> None:
    """Write the template into a path or binary file."""
    sheets = [
        Sheet(
            title=table.name,
            name=table.name,
            plain=True,
            columns=[Column(column.header + ("*" if column.is_required else ""), width=16) for column in table.columns],
            rows=(),
        )
        for table in TABLES.values()
    ]
    write_workbook(sheets, target)

"""F33 双资金防重对照表 and F24 劳务报酬免税申报数据表 of case subsidies. Z-SUB-4, Z-PAY-4; domain.md 6."""

from collections import defaultdict

from common.id_numbers import mask_id_number
from common.money import ZERO
from common.workbooks.writing import Column, Sheet, file_name
from subsidies.exports.frame import XLSX, Download, foot, office_name, workbook
from subsidies.models import Payment
from subsidies.services.case_pages import same_provincial_numbers, year_of_cases

DOUBLE = (
    Column("序号", "int", 6),
    Column("案号", "text", 22),
    Column("省系统案号", "text", 16),
    Column("标注日期", "date", 12),
    Column("专项资金", "yuan", 13, total=True),
    Column("业务经费", "yuan", 13, total=True),
    Column("普通补贴", "text", 12),
    Column("季表", "text", 20),
    Column("状态", "text", 16),
    Column("结论", "text", 40),
)
TAX = (
    Column("序号", "int", 6),
    Column("姓名", "text", 12),
    Column("证件类型", "text", 12),
    Column("证件号码", "text", 22),
    Column("所得项目", "text", 14),
    Column("所得期间起", "date", 12),
    Column("所得期间止", "date", 12),
    Column("收入额", "yuan", 14, total=True),
    Column("免税收入", "yuan", 14, total=True),
    Column("应纳税额", "yuan", 12, total=True),
    Column("依据", "text", 46),
)
TAX_BASIS = "法律援助法第五十二条；财政部 税务总局公告2022年第25号"


def double_fund_workbook(county, year, *, by) -> Download:
    """F33: every case of the year with a mark, a claim or an ordinary subsidy, and whether any money would meet it twice."""
    found = year_of_cases(county=county, year=year)
    doubles = same_provincial_numbers([row.case.id for row in found], county)
    rows = []
    total = ZERO
    for row in sorted(found, key=lambda each: each.case.number):
        case = row.case
        if not (case.marked_on or row.claim or case.facts.is_ordinary_paid):
            continue
        total += case.share.total
        rows.append(
            [
                len(rows) + 1,
                case.number,
                case.facts.provincial_no,
                case.marked_on,
                case.special,
                case.operating,
                "已发" if case.facts.is_ordinary_paid else "没有",
                row.claim.list.label if row.claim and row.claim.list else "",
                row.words,
                verdict_of(case, row.claim, doubles.get(case.number, ())),
            ]
        )
    sheet = Sheet(
        title=f"{county.name}{year}年双资金防重对照表",
        columns=DOUBLE,
        rows=rows,
        heading=[
            f"编制单位：{office_name(county)}　　期间：{year}年",
            "同一案件专项资金与业务经费各至多一次，普通法律援助补贴已发的不再发放（方案 五（二）2）。",
        ],
        footer=foot(by),
        name="防重对照表",
    )
    return Download(file_name(county.name, "双资金防重对照表", str(year)), workbook([sheet]), XLSX, len(rows), total)


def verdict_of(case, claim, same=()) -> str:
    """What the columns come to; `same` are other marked cases that bear the same provincial number."""
    if same:
        return f"疑似重复：省系统案号与{'、'.join(same)}相同，请核对"
    if case.facts.is_ordinary_paid:
        return "重复：已列入季表，须退回或冲销" if claim and claim.list_id else "不再发放：已发普通补贴"
    if case.special and case.operating:
        return "不重复：专项资金与业务经费补足各一次"
    if case.special:
        return "不重复：专项资金一次"
    if case.operating:
        return "不重复：超出目标任务，业务经费一次"
    return "不发：" + "；".join(case.reasons) if case.reasons else "不发"


def tax_free_workbook(county, quarter, *, by, with_numbers=False) -> Download:
    """F24: what persons were paid for cases in a quarter, by payment date: exempt from tax, tax 0. Firms declare their own."""
    paid = Payment.objects.standing().filter(
        case_row__list__county=county, case_row__practitioner__isnull=False, paid_on__range=(quarter.first, quarter.last)
    )
    sums = defaultdict(lambda: ZERO)
    for payment in paid.select_related("case_row__practitioner"):
        sums[payment.case_row.practitioner] += payment.amount
    rows = []
    for person, amount in sorted(sums.items(), key=lambda item: (item[0].name, item[0].pk)):
        number = person.id_number if with_numbers else mask_id_number(person.id_number)
        rows.append(
            [
                len(rows) + 1,
                person.name,
                "居民身份证",
                number,
                "法律援助补贴",
                quarter.first,
                quarter.last,
                amount,
                amount,
                ZERO,
                TAX_BASIS,
            ]
        )
    sheet = Sheet(
        title=f"{county.name}{quarter.label}劳务报酬免税申报数据表（案件补贴）",
        columns=TAX,
        rows=rows,
        heading=[
            f"扣缴单位：{office_name(county)}　　期间：{quarter.label}（按支付日期）",
            "付给律师事务所、法律服务所的补贴由机构自行申报，不在本表。",
        ],
        footer=foot(by),
        name="免税申报",
    )
    return Download(
        file_name(county.name, "劳务报酬免税申报", str(quarter)), workbook([sheet]), XLSX, len(rows), sum(sums.values(), ZERO)
    )

"""Reports of the demonstration: some issued, one for the leader, one for a second person, one with blanks; information that is public."""

from datetime import date

from common.pdf import is_available
from performance.exports.reports import keep_issued_papers
from performance.services.reports import draft_report, issue_report, review_report, write_texts
from records.services import remember_day

TEXTS = {
    "work": "组织值班人员到庙会、集市宣讲 2 场，发放宣传材料 600 份；召开站点座谈会 1 次（演示）。",
    "checks": "电话、实地抽查各站点值班情况，重点看人员到岗、登记是否完整（演示）。",
    "rectification": "上期指出的登记缺项已经补正，值班制度已经上墙（演示）。",
    "problems": "偏远乡镇咨询量少，进度慢于时间；个别站点评价率偏低（演示）。",
    "next_steps": "柳树口镇、南岭镇增加下乡日；各站点请群众当场评价；月底前完成（演示）。",
    "introduction": "按法律援助法第五十八条公布。咨询按人次、案件按件统计；意见和建议请打公示上的监督电话（演示）。",
    "event": "某站点当天停电，值班改在村委会进行，没有影响群众咨询（演示）。",
    "handling": "已在站点门口张贴告示，并通知值班人员和文员（演示）。",
    "request": "无",
}


def add_reports(*, county, users, today: date) -> None:
    """The same services as in the office, on the days on which they would have been used."""
    at = {"county": county, "users": users}
    written(**at, kind="half_year", period="2022H1", day=date(2022, 7, 8), until="issued")
    written(**at, kind="information", period="2022H1", day=date(2022, 7, 20), until="issued")
    written(**at, kind="month", period="2022-07", day=date(2022, 8, 4), until="issued")
    written(**at, kind="month", period="2022-08", day=date(2022, 9, 5), until="reviewed")
    written(**at, kind="urgent", period="2022-09-22", day=date(2022, 9, 22), until="written", subject="巴公镇站点临时停电")
    remember_day(day=today)
    draft_report(county=county, kind="quarter", period="2022Q2", by=users["section"])


def written(*, county, users, kind, period, day, until, subject="") -> None:
    """One report, drafted and written by the first of the section, reviewed by the second, issued by the leader."""
    remember_day(day=day)
    report = draft_report(county=county, kind=kind, period=period, subject=subject, by=users["section"])
    report = write_texts(report_id=report.pk, version=report.version, texts=TEXTS, by=users["section"])
    if until in ("reviewed", "issued"):
        report = review_report(report_id=report.pk, version=report.version, by=users["section2"])
    if until == "issued" and is_available():  # its paper is kept, so it cannot be issued where no PDF can be made
        issue_report(report_id=report.pk, version=report.version, by=users["leader"], make_papers=keep_issued_papers)

"""The way of a report: drafted by the section, reviewed by another of it, issued by the leader, followed by a new version.

Plan 六（一）; J-PERF-4; safety.md §5. Each step is compare-and-set on status and version. What is issued is kept: figures,
words, paper and workbook. Public information is public from its issuing on, never before (LAF 58).
"""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import ACTIONS, Role, may
from common import clock
from common.dates import parse_day
from common.errors import Refused
from consultations.services.findings import abbreviation_of
from organizations.models import Post, Region
from performance.models import Report, ReportEvent
from performance.rules.kinds import INFORMATION, KINDS, URGENT, label_of
from performance.services.figures import figures_of
from programmes.models import DeadlineRule
from programmes.services.plans import plan_for
from records.services import next_number, notify, void_paper
from subsidies.services.refusals import told_in_words

Kind, Status = Report.Kind, Report.Status
WORDS = {"progress": "任务进度", "consultations": "咨询分类", "followups": "回访", "cases": "案件", "quality": "质量", "duty": "值班与考核",
         "rectification": "整改", "inspections": "检查", "fund": "资金"}  # fmt: skip
PROGRESS = ("time", "stations", "total", "months")


class ReportRefused(Refused):
    """The report does not take this step now, or not from this person."""


def span_of(kind: str, period: str) -> tuple[date, date]:
    """The days a report is about, from the text of its period. Raises ReportRefused with what is wrong with it."""
    if kind not in KINDS:
        raise ReportRefused("没有这种报告。")
    periods = KINDS[kind].periods
    try:
        if periods is None:
            day = parse_day(period)
            return day, day
        found = periods.parse(period)
    except ValueError as error:
        raise ReportRefused(str(error), field="period") from None
    if kind == Kind.HALF_YEAR and found.number == 2:
        raise ReportRefused("年中督查报告只写上半年；全年情况写在年底考核报告里。", field="period")
    return found.first, found.last


def due_of(kind: str, county: Region, last: date) -> date:
    """The day a report is due: so many calendar days after its last by the plan's limit, or the table's own. J-PERF-4."""
    plan = plan_for(county=county, day=last)
    rule = DeadlineRule.objects.in_force(plan, KINDS[kind].due, last)
    if rule is None:
        days = KINDS[kind].days
    else:
        days = -(-rule.amount // 24) if rule.unit == DeadlineRule.Unit.HOUR else rule.amount
    return date.fromordinal(last.toordinal() + days)


@transaction.atomic
def draft_report(*, county: Region, kind: str, period: str, by, subject: str = "", reason: str = "") -> Report:
    """Draft a report, or read the draft's figures again. After one was issued, the next version, with a reason.

    Refused while the period is not over, and once the report is reviewed.
    """
    require_right(by, "performance.draft_report")
    first, last = span_of(kind, period)
    subject = subject.strip() if kind == URGENT else ""
    if kind == URGENT and not subject:
        raise ReportRefused("没有写事由：请写明专报的是什么事。", field="subject")
    if last > clock.today() or kind != URGENT and last == clock.today():
        raise ReportRefused(f"{label_of(kind, first)}还没有结束：{last.month}月{last.day}日以后才能编制。", field="period")
    Region.objects.select_for_update().get(pk=county.pk)  # two officers at once make one draft
    report = Report.objects.about(county, kind, first, subject).first()
    if report is not None and report.status == Status.REVIEWED:
        raise ReportRefused(f"{report}{report.get_status_display()}，不能重新编制；需要修改的，请先退回。")
    now = clock.now()
    values = {
        "figures": figures_of(county=county, first=first, last=last, with_fund=kind == INFORMATION),
        "figures_at": now,
        "drafted_by": by,
        "drafted_at": now,
        "due_on": due_of(kind, county, last),
    }
    if report is not None and report.status == Status.DRAFT:
        with told_in_words():
            Report.objects.filter(pk=report.pk).update(version=F("version") + 1, **values)
        report.refresh_from_db()
        audit.record(by=by, action="performance.draft_report", on=report, after={"数据截至": now})
        return report
    if report is not None and not reason.strip():
        raise ReportRefused(f"{report}已经签发。要编制新版的，请写明原因。", field="reason")
    made = Report(
        county=county, kind=kind, first=first, last=last, subject=subject, revision=report.revision + 1 if report else 1,
        supersedes=report, revision_reason=reason.strip()[:300] if report else "", texts=report.texts if report else {}, **values,
    )  # fmt: skip
    with told_in_words():
        made.save(force_insert=True)
    ReportEvent.objects.create(report=made, to_status=Status.DRAFT, reason=made.revision_reason, by=by, at=now)
    audit.record(by=by, action="performance.draft_report", on=made, after={"报告": str(made)}, reason=made.revision_reason)
    return made


@transaction.atomic
def write_texts(*, report_id, version, texts: dict, by) -> Report:
    """The words a person writes beside the figures. Only in the draft, and only the sections of its kind."""
    require_right(by, "performance.draft_report")
    report = lock(report_id, Status.DRAFT, version)
    kept = {section.key: texts.get(section.key, "").strip() for section in report.rule.sections}
    with told_in_words():
        # Who writes the words is answerable for them, also where the program drafted the figures.
        Report.objects.filter(pk=report.pk).update(texts=kept, drafted_by=by, drafted_at=clock.now(), version=F("version") + 1)
    report.refresh_from_db()
    audit.record(by=by, action="performance.draft_report", on=report, after={"文字": "已修改"})
    return report


@transaction.atomic
def review_report(*, report_id, version, by, note="") -> Report:
    """A second person's review. From here on figures and words stand; refused where the figures are not those of today."""
    require_right(by, "performance.review_report")
    report = lock(report_id, Status.DRAFT, version)
    require_others(by, report.drafted_by_id)
    if report.blanks:
        raise ReportRefused(f"文字还没有写完：请编制人填写“{'”“'.join(report.blanks)}”，没有的写“无”。")
    require_current(report)
    return move(
        report, Status.REVIEWED, by=by, action="performance.review_report", reason=note, reviewed_by=by, reviewed_at=clock.now()
    )


@transaction.atomic
def send_back_report(*, report_id, version, reason, by) -> Report:
    """Back to the draft with a reason, by the reviewer's section or the leader, before it is issued."""
    require_right(by, "performance.send_back_report")
    report = lock(report_id, Status.REVIEWED, version)
    if not reason.strip():
        raise ReportRefused("没有写退回理由：请写明哪里需要修改。", field="reason")
    cleared = dict.fromkeys(("reviewed_by", "reviewed_at"))
    move(report, Status.DRAFT, by=by, action="performance.send_back_report", reason=reason.strip(), **cleared)
    tell([report.drafted_by], report, f"{report}被{by}退回：{reason.strip()}")
    return report


@transaction.atomic
def issue_report(*, report_id, version, by, make_papers) -> Report:
    """The leader issues it: number, paper and workbook are made from the frozen figures and kept; public information goes out.

    `make_papers(report, by=)` gives {"paper": IssuedPaper, "workbook": StoredFile}. The version before is superseded.
    """
    require_right(by, "performance.issue_report")
    report = lock(report_id, Status.REVIEWED, version)
    require_others(by, report.drafted_by_id, report.reviewed_by_id)
    before = report.supersedes
    if before is not None:
        before = Report.objects.select_for_update().get(pk=before.pk)
        move(before, Status.SUPERSEDED, by=by, action="performance.supersede_report", reason=report.revision_reason)
        void_paper(paper=before.paper, by=by, reason=f"由第 {report.revision} 版替代：{report.revision_reason}")
    report.number, report.issued_by, report.issued_at = number_for(report), by, clock.now()
    papers = make_papers(report, by=by)
    move(
        report, Status.ISSUED, by=by, action="performance.issue_report", number=report.number, issued_by=by,
        issued_at=report.issued_at, **papers,
    )  # fmt: skip
    tell([report.drafted_by, report.reviewed_by], report, f"{report}已签发，文号 {report.number}。")
    return report


def number_for(report) -> str:
    """泽惠报〔2022〕3号: counted through the county's year over all kinds."""
    year = clock.today().year
    number = next_number(series=f"report.{report.county_id}", year=year)
    return f"{abbreviation_of(report.county)}惠报〔{year}〕{number}号"


# --- guards and moves -------------------------------------------------------------------------------------------------


def require_right(by, action):
    if not may(by, action):
        raise ReportRefused(f"{by}的岗位没有“{ACTIONS[action].words}”的权限。")


def require_others(by, *holders):
    if by.pk in holders:
        raise ReportRefused("编制、复核、签发须由不同的人办理：请由另一人办理这一步。")


def lock(report_id, status, version) -> Report:
    report = Report.objects.select_for_update(of=("self",)).select_related("county", "supersedes").get(pk=report_id)
    if report.status != status:
        raise ReportRefused(f"{report}{report.get_status_display()}，这一步已经不能办理。请刷新页面再看。")
    if report.version != version:
        raise ReportRefused(f"{report}在打开页面之后有变动（现为第 {report.version} 次保存）。请刷新页面，看过再办。")
    return report


def require_current(report):
    """The figures that are reviewed are those of the records."""
    if changed := what_changed(report):
        raise ReportRefused(f"编制之后数据有变动（{'、'.join(changed)}）：请编制人刷新数据后再复核。")


def what_changed(report) -> list[str]:
    """The parts of a draft whose figures are not those of the records now."""
    now = figures_of(county=report.county, first=report.first, last=report.last, with_fund=report.kind == INFORMATION)
    changed = {"progress" if key in PROGRESS else key for key in now if now[key] != report.figures.get(key)}
    return [words for key, words in WORDS.items() if key in changed]


def move(report, to, *, by, action, reason="", **fields):
    """Move a locked report along its way, with event and audit (I15, I20)."""
    came_from, before = report.status, {"状态": report.get_status_display()}
    with told_in_words():
        Report.objects.filter(pk=report.pk).update(status=to, version=F("version") + 1, **fields)
        report.refresh_from_db()
        ReportEvent.objects.create(report=report, from_status=came_from, to_status=to, reason=reason[:500], by=by, at=clock.now())
    audit.record(by=by, action=action, on=report, before=before, after={"状态": report.get_status_display()}, reason=reason[:300])
    return report


def tell(people, report, text):
    for person in {each for each in people if each and not each.is_system}:
        notify(to=person, text=text[:300], url=reverse("report", args=[report.pk]))


# --- whose turn it is -------------------------------------------------------------------------------------------------

TURN = {Status.DRAFT: Role.SECTION, Status.REVIEWED: Role.LEADER}


def holders_of(role, county, day):
    """People who hold a post of that role over the county on a day."""
    posts = Post.objects.in_force_on(day).filter(role=role, region=county)
    return User.objects.people().active().filter(pk__in=posts.values("user"))

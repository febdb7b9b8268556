"""The way of a quarterly return: drafted by finance, reviewed by the section, signed by the leader, sent, answered by the city.

Plan 五（二） last paragraph; Z-RPT-1; safety.md §5. Each step is compare-and-set on status and version. What is signed is
kept: figures, workbook and letter. A return that comes back is followed by the next revision.
"""

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import ACTIONS, Role, may
from common import clock
from common.errors import Refused
from common.periods import Quarter
from organizations.models import Post, Region
from programmes import calendar
from programmes.rules.deadlines import remind_on
from records.services import notify
from subsidies.models import QuarterlyReturn, QuarterlyReturnEvent
from subsidies.services.quarterly_document import return_document
from subsidies.services.quarterly_figures import QuarterFigures, figures_of
from subsidies.services.refusals import told_in_words

Status = QuarterlyReturn.Status


class ReturnRefused(Refused):
    """The return does not take this step now, or not from this person."""


@transaction.atomic
def draft_return(*, county: Region, quarter: Quarter, by) -> QuarterlyReturn:
    """Draft a quarter's return, or refresh the draft's figures. After the city returned one, the next revision.

    Refused while the quarter is not over, and once the return is reviewed.
    """
    require_right(by, "subsidies.prepare_return")
    if quarter.last >= clock.today():
        raise ReturnRefused(f"{quarter.label}还没有结束：{quarter.last.month}月{quarter.last.day}日以后才能编制季度报告。")
    Region.objects.select_for_update().get(pk=county.pk)  # two officers at once make one draft
    report = QuarterlyReturn.objects.of_quarter(county, quarter).first()
    if report is not None and report.status not in (Status.DRAFT, Status.RETURNED):
        raise ReturnRefused(f"{report}{report.get_status_display()}，不能重新编制；需要修改的，请先退回。")
    figures = figures_of(county=county, quarter=quarter)
    now = clock.now()
    values = {"figures": return_document(figures), "figures_at": now, "prepared_by": by, "prepared_at": now,
              "due_on": figures.days.due_on, "late_after": figures.days.late_after}  # fmt: skip
    if report is None or report.status == Status.RETURNED:
        new = QuarterlyReturn(
            county=county, first=quarter.first, revision=report.revision + 1 if report else 1,
            problems=report.problems if report else "", next_steps=report.next_steps if report else "", **values,
        )  # fmt: skip
        with told_in_words():
            new.save(force_insert=True)
        QuarterlyReturnEvent.objects.create(report=new, to_status=Status.DRAFT, by=by, at=now)
        audit.record(by=by, action="subsidies.prepare_return", on=new, after={"季度": quarter.label, "第几次": new.revision})
        return new
    QuarterlyReturn.objects.filter(pk=report.pk).update(version=F("version") + 1, **values)
    report.refresh_from_db()
    audit.record(by=by, action="subsidies.prepare_return", on=report, after={"数据截至": now})
    return report


@transaction.atomic
def write_narrative(*, report_id, version, problems, next_steps, by) -> QuarterlyReturn:
    """The words of the report beside its figures: problems, and what comes next. Only in the draft."""
    require_right(by, "subsidies.prepare_return")
    report = lock(report_id, Status.DRAFT, version)
    report.problems, report.next_steps, report.version = problems.strip(), next_steps.strip(), report.version + 1
    with told_in_words():
        report.save(update_fields=["problems", "next_steps", "version"])
    audit.record(by=by, action="subsidies.prepare_return", on=report, after={"文字": "已修改"})
    return report


@transaction.atomic
def review_return(*, report_id, version, by, note="") -> QuarterlyReturn:
    """The section's review. From here on the figures stand; refused where they are not those of today any more."""
    require_right(by, "subsidies.review_return")
    report = lock(report_id, Status.DRAFT, version)
    require_others(by, report.prepared_by_id)
    if lacks_words(report):
        raise ReturnRefused("报告文字还没有写完：请编制人填写“存在的问题”和“下一步工作”，没有的写“无”。")
    require_current(report)
    return move(
        report, Status.REVIEWED, by=by, action="subsidies.review_return", reason=note, reviewed_by=by, reviewed_at=clock.now()
    )


@transaction.atomic
def send_back_return(*, report_id, version, reason, by) -> QuarterlyReturn:
    """Back to the draft with a reason, by the section or the leader, before it is signed."""
    if not (may(by, "subsidies.review_return") or may(by, "subsidies.sign_return")):
        require_right(by, "subsidies.review_return")
    report = lock(report_id, Status.REVIEWED, version)
    if not reason.strip():
        raise ReturnRefused("没有写退回理由：请写明哪里需要修改。", field="reason")
    cleared = dict.fromkeys(("reviewed_by", "reviewed_at"))
    move(report, Status.DRAFT, by=by, action="subsidies.send_back_return", reason=reason.strip(), **cleared)
    tell([report.prepared_by], report, f"{report}被{by}退回：{reason.strip()}")
    return report


@transaction.atomic
def sign_return(*, report_id, version, by, make_papers) -> QuarterlyReturn:
    """The leader signs: workbook and letter are made from the frozen figures and kept. I19.

    `make_papers(report, by=)` gives the two stored files as {"workbook": …, "letter": …}.
    """
    require_right(by, "subsidies.sign_return")
    report = lock(report_id, Status.REVIEWED, version)
    require_others(by, report.prepared_by_id, report.reviewed_by_id)
    require_current(report)
    report.signed_by, report.signed_at = by, clock.now()
    papers = make_papers(report, by=by)
    return move(report, Status.SIGNED, by=by, action="subsidies.sign_return", signed_by=by, signed_at=report.signed_at, **papers)


@transaction.atomic
def send_return(*, report_id, version, sent_on, by) -> QuarterlyReturn:
    """Finance notes the day on which it went to the city; it shows there from now on."""
    require_right(by, "subsidies.prepare_return")
    report = lock(report_id, Status.SIGNED, version)
    if sent_on > clock.today():
        raise ReturnRefused(f"报送日期 {sent_on} 在今天之后：请填写实际报送的日期。", field="sent_on")
    signed = report.signed_at.astimezone(clock.SHANGHAI).date()
    if sent_on < signed:
        raise ReturnRefused(f"报送日期 {sent_on} 早于签发日期 {signed}：请检查日期。", field="sent_on")
    return move(report, Status.SENT, by=by, action="subsidies.send_return", sent_on=sent_on, sent_by=by)


@transaction.atomic
def note_return(*, report_id, version, by) -> QuarterlyReturn:
    """The city takes note of it."""
    require_right(by, "subsidies.note_return")
    report = lock(report_id, Status.SENT, version)
    move(report, Status.NOTED, by=by, action="subsidies.note_return", answered_by=by, answered_at=clock.now())
    tell([report.prepared_by], report, f"{report}：市局已接收。")
    return report


@transaction.atomic
def return_to_county(*, report_id, version, reason, by) -> QuarterlyReturn:
    """The city returns it with a reason; what was signed stays as it is, a new revision follows."""
    require_right(by, "subsidies.note_return")
    report = lock(report_id, Status.SENT, version)
    if not reason.strip():
        raise ReturnRefused("没有写退回理由：请写明哪里需要修改。", field="reason")
    move(
        report, Status.RETURNED, by=by, action="subsidies.note_return", reason=reason.strip(), answered_by=by,
        answered_at=clock.now(), return_reason=reason.strip()[:500],
    )  # fmt: skip
    tell([report.prepared_by, report.signed_by], report, f"{report}被市局退回：{reason.strip()}")
    return report


def require_right(by, action):
    if not may(by, action):
        raise ReturnRefused(f"{by}的岗位没有“{ACTIONS[action].words}”的权限。")


def require_others(by, *holders):
    if by.pk in holders:
        raise ReturnRefused("编制、复核、签发须由不同的人办理：请由另一人办理这一步。")


def lock(report_id, status, version) -> QuarterlyReturn:
    report = QuarterlyReturn.objects.select_for_update(of=("self",)).select_related("county").get(pk=report_id)
    if report.status != status:
        raise ReturnRefused(f"{report}{report.get_status_display()}，这一步已经不能办理。请刷新页面再看。")
    if report.version != version:
        raise ReturnRefused(f"{report}在打开页面之后有变动（现为第 {report.version} 版）。请刷新页面，看过再办。")
    return report


def require_current(report):
    """The figures that are signed are those of the books: cash = ledger, due = rules (I19)."""
    if changed := what_changed(report):
        raise ReturnRefused(f"编制之后数据有变动（{'、'.join(changed)}）：请先退回，由编制人刷新数据。")


WORDS = {"special_fund": "资金收支", "duty_pay": "值班补贴", "case_subsidy": "案件补贴", "consultations": "咨询任务",
         "cases": "案件任务", "receipts": "资金到位"}  # fmt: skip


def what_changed(report) -> list[str]:
    """The parts of an unsigned return whose figures are not those of the books now."""
    now = return_document(figures_now(report))
    return [words for key, words in WORDS.items() if now.get(key) != report.figures.get(key)]


def figures_now(report) -> QuarterFigures:
    """The books of the return's quarter now. Money that waits counts its late days to the day of the draft: a night changes nothing."""
    as_of = report.figures_at.astimezone(clock.SHANGHAI).date()
    return figures_of(county=report.county, quarter=report.quarter, as_of=as_of)


def move(report, to, *, by, action, reason="", **fields):
    """Move a locked return along its way, with event and audit (I15, I20)."""
    came_from, before = report.status, {"状态": report.get_status_display()}
    with told_in_words():
        QuarterlyReturn.objects.filter(pk=report.pk).update(status=to, version=F("version") + 1, **fields)
        report.refresh_from_db()
        QuarterlyReturnEvent.objects.create(
            report=report, from_status=came_from, to_status=to, reason=reason[:500], by=by, at=clock.now()
        )
    audit.record(by=by, action=action, on=report, before=before, after={"状态": report.get_status_display()}, reason=reason[:300])
    return report


def tell(people, report, text):
    for person in {each for each in people if each}:
        notify(to=person, text=text[:300], url=reverse("quarterly-return", args=[report.pk]))


def remind_of_returns() -> int:
    """From the last working day before the 15th on, and once more when it is late, tell whose turn it is with an unsent return.

    Each is told once of each state. Gives how many were told. A day without the worker is made up for on the next.
    """
    today, told = clock.today(), 0
    for report in QuarterlyReturn.objects.filter(status__in=UNSENT).select_related("county"):
        if today < remind_on(report.due_on, calendar.around(report.due_on).is_working_day):
            continue
        state = "等填写报告文字" if lacks_words(report) else report.get_status_display()
        limit = f"已经过了最迟报送日 {report.late_after}" if today > report.late_after else f"应在 {report.due_on} 前报送"
        text = f"{report}{limit}，现在是“{state}”，请尽快办理。"
        for person in holders_of(turn_of(report), report.county, today):
            if not person.notices.filter(text=text).exists():
                notify(to=person, text=text, url=reverse("quarterly-return", args=[report.pk]), kind="reminder")
                told += 1
    return told


UNSENT = (Status.DRAFT, Status.REVIEWED, Status.SIGNED)


def lacks_words(report) -> bool:
    """A draft, often one that made itself, that finance has still to write its words to."""
    return report.status == Status.DRAFT and not (report.problems and report.next_steps)


def turn_of(report) -> Role:
    """Whose turn it is with a return that is not sent."""
    if report.status == Status.REVIEWED:
        return Role.LEADER
    return Role.FINANCE if report.status == Status.SIGNED or lacks_words(report) else Role.SECTION


def holders_of(role, county, day):
    """People who hold a post of that role over the county on a day."""
    posts = Post.objects.in_force_on(day).filter(role=role, region=county)
    return User.objects.people().active().filter(pk__in=posts.values("user"))

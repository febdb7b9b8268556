"""The demonstration's live cases: fifty that came from April to the demonstration's day, one in every state of the procedure.

Each story takes one case by the office's own services as far as it has come. They are told in the order in which they
came, so that the numbers of the cases follow the days.
"""

from collections.abc import Callable
from datetime import date

from consultations.models import Consultation
from desk.services.demo.case_work import CaseAtWork, Office, person_values
from desk.services.demo.cases import MATTERS, opponent_of
from legalaid.services import inbox, objections, undertaking
from legalaid.services.assigning import replace_undertaker, request_replacement, set_specialties
from legalaid.services.closing import archive_case, return_file, submit_file
from legalaid.services.online import register_online
from legalaid.services.papers import void_case_paper
from organizations.models import Station

Told = Callable[[Office, date], object]
STORIES: list[tuple[date, Told]] = []
TOWN = "巴公镇"


def came(month: int, day: int):
    """The story of the case that came that day."""

    def note(story: Told) -> Told:
        STORIES.append((date(2022, month, day), story))
        return story

    return note


def on(month: int, day: int) -> date:
    return date(2022, month, day)


# What the undertakers are known to be good at, and since when.
SPECIALTIES = {
    "朱示例": {"criminal": date(2016, 3, 1), "minors": date(2018, 3, 1)},
    "郑试用": {"criminal": date(2015, 6, 1)},
    "韩试用": {"criminal": date(2020, 9, 1)},
    "施试用": {"criminal": date(2017, 1, 1)},
    "赵示例": {"labour": date(2014, 7, 1), "traffic": date(2016, 1, 1), "criminal": date(2019, 5, 1)},
    "孔示例": {"labour": date(2012, 4, 1)},
    "谢虚构": {"labour": date(2018, 8, 1)},
    "周模拟": {"family": date(2013, 2, 1)},
    "褚样本": {"family": date(2017, 10, 1)},
    "何模拟": {"traffic": date(2011, 5, 1), "labour": date(2015, 5, 1)},
    "严样本": {"administrative": date(2019, 1, 1)},
}


def add_cases(office: Office) -> int:
    for name, since in SPECIALTIES.items():
        set_specialties(practitioner=office.undertaker(name), since=since, by=office.users["centre"])
    for day, story in sorted(STORIES, key=lambda told: told[0]):
        story(office, day)
    return len(STORIES)


def undertaken(office, kind, day, name, *, handler="centre", **how) -> CaseAtWork:
    """An application granted, assigned and begun in two weeks."""
    case = CaseAtWork.applied(office, kind, day, handler=handler, **how).taken_in(day)
    return case.assigned(case.after(day, 5), name).told_before(case.after(day, 5)).begun(case.after(day, 8))


def defended(office, kind, day, name, *, handler="centre") -> CaseAtWork:
    case = CaseAtWork.notified(office, kind, day, handler=handler).assigned(day, name)
    return case.told_before(day).defended(case.after(day, 2))


# --- archived, evaluated or waiting for it ----------------------------------------------------------------------------


@came(4, 25)
def wages_won(office, day):
    undertaken(office, "wages", day, "孔示例").finished(on(7, 5))


@came(4, 27)
def parent_supported(office, day):
    undertaken(office, "parent", day, "秦虚构", handler="centre2", is_green_channel=True).finished(on(7, 8))


@came(5, 5)
def young_thief_defended(office, day):
    defended(office, "young_thief", day, "朱示例", handler="centre2").finished(on(7, 12))


@came(5, 10)
def hit_on_the_road(office, day):
    undertaken(office, "traffic", day, "吴范例").finished(on(7, 14))


@came(5, 12)
def divorced_after_violence(office, day):
    undertaken(office, "divorce", day, "周模拟", handler="centre2").finished(on(7, 20))


@came(5, 16)
def hurt_at_work(office, day):
    undertaken(office, "injury", day, "何模拟").finished(on(7, 26))


@came(5, 18)
def sister_supported(office, day):
    undertaken(office, "care", day, "杨占位").finished(on(8, 16))


@came(5, 23)
def defendant_defended(office, day):
    defended(office, "defendant", day, "施试用", handler="centre2").finished(on(8, 22))


@came(5, 26)
def wages_won_by_our_lawyer(office, day):
    undertaken(office, "wages", day, "赵示例").finished(on(8, 30))


# --- the files of concluded cases -------------------------------------------------------------------------------------


@came(5, 30)
def archive_blocked_by_a_paper(office, day):
    """Everything is there but the notice of assignment."""
    case = CaseAtWork.applied(office, "pension", day).taken_in(day)
    case.assigned(case.after(day, 5), "姜占位", has_notice=False).told_before(case.after(day, 5)).begun(case.after(day, 8))
    case.concluded(on(8, 10)).entered(on(8, 12)).handed_in(on(8, 22)).checked(on(9, 1))


@came(6, 2)
def ready_for_the_archive(office, day):
    undertaken(office, "medical", day, "戚示例").concluded(on(8, 25)).entered(on(8, 29)).handed_in(on(9, 6)).checked(on(9, 20))


@came(6, 6)
def file_came_in(office, day):
    undertaken(office, "wages", day, "谢虚构").concluded(on(9, 2)).entered(on(9, 6)).handed_in(on(9, 20))


@came(6, 9)
def file_not_looked_at(office, day):
    """Handed in more than thirty days ago: the review is late."""
    defended(office, "deaf", day, "韩试用").concluded(on(8, 12)).entered(on(8, 16)).handed_in(on(8, 24))


@came(6, 13)
def file_sent_back(office, day):
    case = undertaken(office, "traffic", day, "赵示例").concluded(on(8, 18)).entered(on(8, 22)).handed_in(on(8, 31))
    office.on(on(9, 14))
    defects = ["约见笔录没有受援人签名（演示）", "结案报告表没有写办理结果（演示）"]
    return_file(case_id=case.pk, by=case.handler, day=on(9, 14), defects=defects)


@came(6, 16)
def file_overdue(office, day):
    """Concluded in the middle of August, the file of our lawyer has not come within thirty days."""
    undertaken(office, "injury", day, "赵示例").concluded(on(8, 15)).entered(on(8, 18))


@came(6, 20)
def just_concluded(office, day):
    undertaken(office, "parent", day, "卫假设", handler="centre2").concluded(on(9, 16))


# --- under way --------------------------------------------------------------------------------------------------------


@came(6, 23)
def our_lawyer_at_work(office, day):
    case = undertaken(office, "wages", day, "赵示例").noted(on(7, 18), "submit", "演示：向泽州县人民法院提交起诉状和证据目录。")
    case.noted(on(8, 9), "notice_to_client", "演示：电话告知已经立案。").noted(
        on(9, 15), "hearing", "演示：第一次开庭，质证完毕。"
    )


@came(6, 27)
def urgent_and_completed(office, day):
    """Aid before the papers: six days to the end of the limitation; completed two weeks later."""
    facts = {"ground": "near_limit", "limit_ends_on": on(7, 3), "papers_due_on": on(7, 12)}
    case = CaseAtWork.applied(office, "wages", day).step("grant_pre_aid", day, by="director", facts=facts, is_pre_aid=True)
    case.kept("grant_decision", day=day).assigned(on(6, 28), "金模拟").begun(on(6, 30))
    case.with_papers(on(7, 8)).kept("review_sheet", day=on(7, 8)).step("complete_pre_aid", on(7, 8))


@came(7, 1)
def complained_about(office, day):
    case = undertaken(office, "divorce", day, "褚样本")
    office.on(on(9, 21))
    objections.file_complaint(
        case=case.row, by=case.handler, about="person", filed_by=case.case.recipient, filed_on=on(9, 21),
        content="演示：承办人一个多月没有告知案件进展。",
    )  # fmt: skip


@came(7, 5)
def undertaker_replaced(office, day):
    case = undertaken(office, "care", day, "蒋模拟")
    office.on(on(8, 2))
    request_replacement(case_id=case.pk, by=case.handler, day=on(8, 2), ground="objective", reason="演示：承办人住院治疗。")
    office.on(on(8, 4))
    replace_undertaker(
        case_id=case.pk, lawyer_id=office.undertaker("冯示例").pk, by=case.handler, day=on(8, 4), ground="objective",
        reason="同所改派，熟悉扶养纠纷（演示）", end_reason="住院治疗（演示）", is_checked=True,
    )  # fmt: skip
    undertaking.accept_assignment(assignment_id=case.row.assignments.standing().get().pk, by=case.handler)
    case.begun(on(8, 8))


@came(7, 11)
def refusal_corrected(office, day):
    """Refused, objected to, corrected on the bureau's order, and under way since."""
    case = refused(office, "soldier", day, ground="not_in_scope", reason="演示：认为申请事项不属于援助范围。")
    row = objected(case, on(7, 25), "演示：请求发给抚恤金属于法律援助法31条3项。")
    office.on(on(7, 28))
    objections.decide_objection(
        objection=row, decision="order_correction", reason="演示：申请事项属于法律援助范围，责令改正。", day=on(7, 28),
        by=office.users["leader"],
    )  # fmt: skip
    case.step("correct_refusal", on(7, 29), by="director").kept("grant_decision", day=on(7, 29))
    case.assigned(on(8, 1), "严样本").begun(on(8, 4))


@came(7, 14)
def replacement_asked_for(office, day):
    """Asked for eleven days ago, to be decided within five."""
    case = undertaken(office, "victim", day, "邹样本")
    office.on(on(9, 15))
    request_replacement(
        case_id=case.pk, by=case.handler, day=on(9, 15), ground="client", reason="演示：受援人与承办人沟通不畅。",
        asked_by=case.case.recipient,
    )  # fmt: skip


@came(8, 8)
def engaged_by_our_lawyer(office, day):
    case = CaseAtWork.applied(office, "traffic", day).taken_in(day)
    case.assigned(on(8, 15), "赵示例").told_before(on(8, 15)).engaged(on(8, 18))


# --- ended before their time ------------------------------------------------------------------------------------------


@came(7, 18)
def terminated_and_archived(office, day):
    case = undertaken(office, "injury", day, "尤样本")
    facts = {"grounds": ["own_counsel"], "tells_objection": True}
    case.step(
        "terminate", on(8, 10), by="director", reason="演示：受援人自行委托律师。", facts=facts, termination_ground="own_counsel"
    )
    case.issued("termination_decision", on(8, 10), by="director", served_on=on(8, 11), reason="自行委托律师（演示）")
    office.on(on(8, 30))
    submit_file(case_id=case.pk, by=case.undertaker, day=on(8, 30))
    office.on(on(9, 5))
    archive_case(case_id=case.pk, by=case.handler, day=on(9, 5), retention="10年", location="演示档案柜 3 层")


@came(7, 21)
def objection_decided(office, day):
    case = refused(office, "traffic", day, ground="not_hardship", reason="演示：收入高于当地经济困难标准。")
    served = case.after(day, 6)
    case.issued("refusal_decision", case.after(day, 5), by="director", served_on=served, reason="收入高于标准（演示）")
    row = objected(case, on(8, 8), "演示：家庭支出大，应当认定为经济困难。")
    office.on(on(8, 11))
    objections.decide_objection(
        objection=row, decision="maintain", reason="演示：人均收入确实高于标准。", day=on(8, 11), by=office.users["leader"]
    )
    case.issued(
        "objection_decision", on(8, 11), by="leader", decision="维持原决定（演示）", reason="人均收入确实高于标准（演示）"
    )


@came(7, 25)
def deemed_withdrawn(office, day):
    case = CaseAtWork.applied(office, "traffic", day, handler="centre2").with_papers(day, but=("identity", "case_material"))
    case.asked_to_supply(on(7, 26), on(8, 10))
    case.step("deem_withdrawn", on(8, 12), reason="演示：期满没有补正。")


@came(7, 28)
def withdrawn(office, day):
    case = CaseAtWork.applied(office, "parent", day).accepted(day)
    case.step("withdraw", on(7, 29), reason="演示：本人来中心书面撤回，家庭已经和解。")


@came(8, 1)
def sent_elsewhere(office, day):
    facts = {"agency": "高平市法律援助中心（演示）", "ground": "litigation"}
    CaseAtWork.applied(office, "injury", day).step("redirect", on(8, 2), facts=facts, reason="演示：由高平市人民法院管辖。")


@came(8, 4)
def made_void(office, day):
    case = online(office, "wages", day)
    office.on(on(8, 5))
    inbox.dismiss(case_id=case.pk, version=case.version, by=office.users["centre"], reason="演示：重复提交，已经电话核对。")


@came(8, 29)
def objection_open(office, day):
    case = refused(office, "medical", day, ground="not_hardship", reason="演示：存款超过标准。")
    case.issued("refusal_decision", case.after(day, 5), by="director", served_on=on(9, 6), reason="存款超过标准（演示）")
    objected(case, on(9, 21), "演示：存款是手术费，不能计入。")


def refused(office, kind, day, *, ground, reason) -> CaseAtWork:
    case = CaseAtWork.applied(office, kind, day).accepted(day)
    case.reviewed(case.after(day, 2))
    facts = {"tells_objection": True}
    return case.step("refuse", case.after(day, 5), by="director", reason=reason, facts=facts, refusal_ground=ground)


def objected(case, day, content):
    case.office.on(day)
    return objections.file_objection(
        case=case.case, by=case.handler, filed_on=day, filed_by=case.case.recipient, content=content, way="in_person"
    )


# --- notices ----------------------------------------------------------------------------------------------------------


@came(9, 1)
def defence_agreed_to(office, day):
    case = CaseAtWork.notified(office, "deaf", day, handler="centre2").assigned(on(9, 2), "施试用").told_before(on(9, 2))
    case.own_step("meet", on(9, 5), "meeting_record").own_step("consent", on(9, 5), "agreement")


@came(9, 5)
def defence_declined(office, day):
    """The boy wants no defender; the court has been told to find out why."""
    case = CaseAtWork.notified(office, "young_thief", day, handler="centre2").assigned(on(9, 6), "朱示例")
    case.own_step("meet", on(9, 8), "meeting_record").kept("refusal_of_counsel", day=on(9, 8))
    case.step("decline", on(9, 9), facts={"organ_told_on": on(9, 9)}, reason="演示：本人表示由家人另行委托。")


@came(9, 14)
def defendant_met(office, day):
    case = CaseAtWork.notified(office, "defendant", day).assigned(on(9, 15), "赵示例")
    case.issued("official_letter", on(9, 15))
    case.own_step("meet", on(9, 19), "meeting_record")


@came(9, 19)
def notice_not_assigned(office, day):
    """Three days after the notice nobody is assigned."""
    CaseAtWork.notified(office, "young_thief", day)


@came(9, 23)
def notice_incomplete(office, day):
    CaseAtWork.notified(office, "deaf", day, papers=("notice_letter",))


# --- before the decision, and just after ------------------------------------------------------------------------------


@came(9, 2)
def checked_elsewhere(office, day):
    case = CaseAtWork.applied(office, "soldier", day, prefers_check=True).accepted(day)
    facts = {"agency": "陵川县法律援助中心（演示）", "items": ["户籍地家庭收入情况"]}
    case.step("review", on(9, 5)).step("cooperate", on(9, 6), facts=facts)


@came(9, 6)
def supplement_overdue(office, day):
    case = CaseAtWork.applied(office, "care", day, handler="centre2").with_papers(day, but=("group_proof", "case_material"))
    case.asked_to_supply(on(9, 7), on(9, 21))


@came(9, 7)
def assignment_declined(office, day):
    """The lawyer did not take it: the centre has to find another one."""
    case = CaseAtWork.applied(office, "parent", day).taken_in(day)
    case.assigned(on(9, 13), "柏模拟", is_accepted=False)
    office.on(on(9, 15))
    standing = case.row.assignments.standing().get()
    undertaking.decline_assignment(assignment_id=standing.pk, by=case.handler, reason="演示：与对方当事人是亲属。")


@came(9, 8)
def urgent_and_incomplete(office, day):
    """Aid before the papers, whose last day has passed."""
    facts = {"ground": "near_limit", "limit_ends_on": on(9, 13), "papers_due_on": on(9, 22)}
    case = CaseAtWork.applied(office, "wages", day).step("grant_pre_aid", day, by="director", facts=facts, is_pre_aid=True)
    case.assigned(on(9, 9), "水范例").engaged(on(9, 9))


@came(9, 13)
def granted_not_assigned(office, day):
    CaseAtWork.applied(office, "divorce", day, handler="centre2").taken_in(day)


@came(9, 15)
def decision_overdue(office, day):
    """Under review for the director; seven days are over. One receipt was made by mistake."""
    case = CaseAtWork.applied(office, "pension", day)
    receipt = case.issued("receipt", day)
    case.accepted(on(9, 16)).reviewed(on(9, 19))
    void_case_paper(row=receipt, by=case.handler, reason="演示：申请人姓名写错，作废。")


@came(9, 16)
def new_for_our_lawyer(office, day):
    """Assigned to our lawyer, who has not accepted yet; decision and notice are issued as papers."""
    case = CaseAtWork.applied(office, "injury", day).accepted(day)
    case.reviewed(on(9, 19)).step("grant", on(9, 21), by="director")
    case.issued("grant_decision", on(9, 21), by="director", served_on=on(9, 22))
    case.assigned(on(9, 23), "赵示例", is_accepted=False).issued("assignment_notice", on(9, 23))


@came(9, 16)
def supplement_running(office, day):
    """Came by post; the rest is due at the end of the month."""
    case = CaseAtWork.applied(office, "wages", day, channel="post").with_papers(day, but=("case_material", "group_proof"))
    case.asked_to_supply(on(9, 19), on(9, 30))
    case.issued("supplement_notice", on(9, 19), due_on=on(9, 30))


@came(9, 20)
def waits_for_the_director(office, day):
    CaseAtWork.applied(office, "child", day, handler="centre2").accepted(day).reviewed(on(9, 22))


@came(9, 21)
def also_waits_for_the_director(office, day):
    case = CaseAtWork.applied(office, "traffic", day).scanned("application", day, "签字的法律援助申请表（演示）")
    case.accepted(day).reviewed(on(9, 23))


@came(9, 22)
def from_a_consultation(office, day):
    """Who asked about her wages in a township applies there for aid; the centre took it over the next day."""
    asked = Consultation.objects.filter(station__short_name=TOWN, matter="labour", day__lt=day).exclude(client_name="匿名")
    record = asked.order_by("-day", "pk").first()
    case = handed_in(office, "wages", day, recipient=record.client_name, consultation_id=record.pk)
    taken_over(case, on(9, 23)).accepted(on(9, 23))


@came(9, 19)
def handed_in_and_received(office, day):
    taken_over(handed_in(office, "parent", day), on(9, 23), by="centre2")


def handed_in(office, kind, day, **more) -> CaseAtWork:
    """Handed in by the clerk of a township."""
    station = Station.objects.get(county=office.county, short_name=TOWN)
    return CaseAtWork.applied(office, kind, day, by=office.users["clerk"], station=station, channel="station", **more)


def taken_over(case, day, *, by="centre") -> CaseAtWork:
    case.office.on(day)
    inbox.take_over(case_id=case.pk, version=case.row.version, by=case.office.users[by], day=day)
    case.handler = case.office.users[by]
    return case


@came(9, 24)
def online_waiting(office, day):
    online(office, "child", day)


@came(9, 23)
def booked_by_telephone(office, day):
    CaseAtWork.applied(office, "medical", day, channel="phone_booking")


@came(9, 26)
def handed_in_today(office, day):
    handed_in(office, "traffic", day)


def online(office, kind, day):
    n, matter = office.next_person(), MATTERS[kind]
    office.on(day)
    values = person_values(n, matter) | {"opponent": opponent_of(n, matter), "hardship_claims": []}
    return register_online(county=office.county, values=values, uploads=[])

"""The papers of a case: format by date, numbers without gaps, what they print and hide, service, void. domain.md 3.7, 7.3, 7.5."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AuditEntry
from common import clock
from common.errors import Refused
from legalaid.forms.papers import PaperForm
from legalaid.models import AidCase, CasePaper, LegalHelp
from legalaid.rules import papers as rules
from legalaid.rules.paper_facts import BLANK, LABELS, NAMES, FileRow, HelpRow, NoteRow, PaperFacts
from legalaid.services import paper_printing, papers
from legalaid.services.help_papers import help_ledger_pdf, help_paper_pdf
from legalaid.services.paper_printing import blank_pdf, paper_pdf
from legalaid.services.supervising import questions
from legalaid.todo import papers as todo_papers
from legalaid.todo.papers import todo_items as served_todo
from programmes.models import DeadlineRule
from records.models import IssuedPaper, NumberSeries
from tests.legalaid.papers_world import PapersWorld, browser, reader, squeezed, text_of

A4 = (595.28, 841.89)
BEFORE, SINCE = date(2023, 11, 9), date(2023, 11, 10)


@pytest.fixture(autouse=True)
def september(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")


@pytest.fixture
def world(db):
    return PapersWorld()


@pytest.fixture
def lasting_world(transactional_db):
    return PapersWorld()


def refused(act, told):
    with pytest.raises(Refused) as refusal:
        act()
    assert told in str(refusal.value)


# --- the table


def test_the_day_of_the_paper_decides_its_format():
    assert rules.set_on(BEFORE).code == "2013" and rules.set_on(SINCE).code == "2023"
    assert rules.words_of("review_sheet", BEFORE) == "法律援助审批表"
    assert rules.words_of("review_sheet", SINCE) == "法律援助审查表"
    assert rules.words_of("hardship_statement", BEFORE) == "法律援助申请人经济状况证明表"
    assert rules.words_of("hardship_statement", SINCE) == "经济困难状况说明表"


def test_the_table_names_only_facts_states_and_rights_that_there_are():
    states = set(AidCase.State.values)
    from accounts.policy import ACTIONS

    for kind in rules.KINDS.values():
        assert {*kind.needs, *kind.must, *kind.asks} <= NAMES & set(LABELS), kind.code
        assert kind.states <= states and kind.makers <= set(ACTIONS) and kind.group in rules.GROUPS, kind.code
        assert kind.source in ("", "application", "notice")


def test_no_two_kinds_share_a_word_or_a_format_number():
    words = [kind.word for kind in rules.KINDS.values() if kind.word]
    formats = [kind.formats["2023"] for kind in rules.KINDS.values() if "2023" in kind.formats]
    assert len(words) == len(set(words)) and len(formats) == len(set(formats))
    # Made by the organs of the cases (24–27) or by the window of consultations (1); all others of the 32 are here.
    assert set(range(1, 33)) - set(formats) == {1, 24, 25, 26, 27}


def test_a_number_is_written_with_hexagonal_brackets():
    assert rules.document_number(prefix="泽援", word="决", year=2022, number=1) == "泽援决字〔2022〕第001号"
    assert rules.document_number(prefix="泽援", word="决", year=2022, number=1234) == "泽援决字〔2022〕第1234号"
    assert rules.default_prefix("泽州县") == "泽援"


# --- layout


FULL = PaperFacts(
    county="示例县", agency="示例县法律援助中心", agency_address="示例县府前街1号", agency_phone="0356-1234567", bureau="示例县司法局",
    government="示例县人民政府", handler="示例经办", number="例援决字〔2022〕第001号", issued_on=date(2022, 9, 26),
    case_number="例援民字〔2022〕第001号", case_type="民事诉讼代理", case_type_code="civil_litigation", channel="现场", stage="一审",
    cause="追索劳动报酬纠纷", summary="案情简介。" * 60, matter="确认劳动关系或支付劳动报酬（31条5项）", opponent="示例建筑工程有限公司",
    received_on=date(2022, 9, 1), decided_on=date(2022, 9, 5), assigned_on=date(2022, 9, 6), concluded_on=date(2022, 9, 20),
    archived_on=date(2022, 9, 25), archive_no="2022-001", retention="十年", result="部分支持", organ="示例县人民法院", notice_no="例法通〔2022〕8号",
    recipient="赵虚构", gender="男", ethnicity="汉族", birth_date=date(1975, 3, 5), id_number="14052519750305001X", phone="13800005678",
    household_address="示例省示例市示例县示例镇示例村12号", address="示例省示例市示例县示例镇示例村12号", health="腰部受伤", groups="农民工、农民",
    proxy_name="赵示例", proxy_kind="儿子", proxy_id_number="140525199803050012", hardship="免予核查", hardship_code="exempt",
    hardship_ground="进城务工人员请求支付劳动报酬", office="示例律师事务所", undertaker="承办示例", undertaker_licence="11405000000000001",
    undertaker_phone="0356-7654321", earlier_office="示例律师事务所", earlier_undertaker="原承办人", addressee="示例律师事务所",
    reason="承办人一个多月没有约见申请人，也没有按期递交起诉材料。" * 2, ground="申请事项不属于法律援助范围", items="身份证复印件\n欠条\n劳动关系证明",
    due_on=date(2022, 10, 8), days="5", opinion="建议给予法律援助。", decision="同意。", content="按时起诉、出庭。", place="示例看守所",
    answered_on=date(2022, 9, 27), about_title="给予法律援助决定书", about_number="例援决字〔2022〕第001号",
    files=tuple(FileRow(f"材料{n}", date(2022, 9, 1), str(n), 1) for n in range(1, 9)),
    notes=tuple(NoteRow(date(2022, 9, n), "会见、约见", "约见受援人，核对证据，告知诉讼风险。", "承办示例") for n in range(8, 13)),
    helps=(HelpRow("XB-1", date(2022, 9, 1), "示例看守所", "钱虚构", "盗窃罪", "示例县公安局", "侦查", "告知诉讼权利", "承办示例"),),
    pages="46",
)  # fmt: skip


@pytest.mark.parametrize("code", rules.KINDS)
def test_every_paper_is_one_sheet_of_a4_filled_and_blank(db, code):
    kind = rules.kind_of(code)
    offices = replace(BLANK, agency="示例县法律援助中心", bureau="示例县司法局")
    for content in (paper_pdf(kind, FULL, rules.SET_2023), blank_pdf(kind, rules.SET_2013, facts=offices)):
        pages = PdfReader(io.BytesIO(content)).pages
        assert len(pages) == 1
        size = sorted(float(side) for side in pages[0].mediabox[2:])
        assert size == pytest.approx(sorted(A4), abs=1)


@pytest.mark.parametrize("code", [code for code, kind in rules.KINDS.items() if kind.is_letter])
def test_a_letter_keeps_the_type_area_of_9704_and_carries_no_seal(db, code):
    """Nothing but the demonstration's mark stands outside 28 mm from the left and 37 mm from the top; no picture is drawn."""
    page = PdfReader(io.BytesIO(paper_pdf(rules.kind_of(code), FULL, rules.SET_2023))).pages[0]
    places = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: text.strip() and places.append((tm[4] * cm[0] + cm[4], text)))
    assert min(x for x, _text in places) >= 28 / 25.4 * 72 - 1
    assert not list(page.images)


def test_a_blank_form_has_lines_to_fill_and_room_for_a_fingerprint(db):
    kind = rules.kind_of("application")
    text = squeezed(PdfReader(io.BytesIO(blank_pdf(kind, rules.SET_2023))))
    assert "按指印" in text and "空白表，供手工填写" in text and "法律援助文书格式2" in text
    assert "None" not in text


DEFENCE = replace(FULL, case_type_code="criminal_defence", case_type="刑事辩护", cause="盗窃罪", is_notified=True, is_criminal=True)


def printed(code, facts):
    return squeezed(PdfReader(io.BytesIO(paper_pdf(rules.kind_of(code), facts, rules.SET_2013))))


@pytest.mark.parametrize(
    ("code", "of_a_claim", "of_a_defence"),
    [
        ("agreement", "代为承认、放弃、变更请求", "行使辩护人的权利"),
        ("agreement", "诉讼费、鉴定费", "鉴定费等依法由甲方负担"),
        ("authorization", "代为承认、放弃、变更诉讼请求", "行使辩护人的权利"),
        ("termination_letter", "不再担任其代理人", "不再担任其辩护人。"),
    ],
)
def test_a_paper_speaks_of_claims_in_a_civil_case_and_of_defence_in_a_criminal_one(db, code, of_a_claim, of_a_defence):
    civil, defence = printed(code, FULL), printed(code, DEFENCE)
    assert of_a_claim in civil and of_a_claim not in defence
    assert of_a_defence in defence and of_a_defence not in civil


def test_the_closing_report_of_a_defence_has_no_row_for_sums(db):
    assert "挽回损失" in printed("closing_report", FULL) and "挽回损失" not in printed("closing_report", DEFENCE)


def test_a_reason_ends_in_one_full_stop_however_it_was_typed(db):
    for reason in ("不属于援助范围", "不属于援助范围。", "不属于援助范围；"):
        assert "不属于援助范围。根据" in printed("refusal_decision", replace(FULL, reason=reason, ground=reason))
    assert "。。" not in printed("agreement", replace(FULL, powers="一般代理。"))


def test_what_is_added_to_the_progress_record_follows_what_is_there(db):
    text = printed("progress_record", replace(FULL, notes=FULL.notes[:1], content="电话告知开庭时间"))
    assert text.index("告知诉讼风险") < text.index("电话告知开庭时间") < text.index("向受援人通报的")


# --- issuing


def test_a_grant_decision_says_who_what_and_under_which_number(world):
    row = world.issue(world.case(), "grant_decision")
    assert row.number_text == "示援决字〔2022〕第001号" and row.template_set == "2013"
    text = text_of(row)
    for words in (
        "示例县法律援助中心",
        "给予法律援助决定书",
        "示援决字〔2022〕第001号",
        "赵虚构",
        "追索劳动报酬纠纷",
        "2022年9月1日",
        "2022年9月26日",
    ):
        assert words in text, words
    assert row.pages == 1


def test_numbers_run_on_per_word_and_restart_with_the_year(world, monkeypatch):
    first, second = world.issue(world.case(), "grant_decision"), world.issue(world.case(), "grant_decision")
    notice = world.issue(world.case(with_lawyer=True, state="assigned"), "assignment_notice")
    monkeypatch.setenv("TODAY", "2023-01-03")
    later = world.issue(world.case(), "grant_decision")
    numbers = [row.number_text for row in (first, second, notice, later)]
    assert numbers == ["示援决字〔2022〕第001号", "示援决字〔2022〕第002号", "示援指字〔2022〕第001号", "示援决字〔2023〕第001号"]


def test_the_neighbouring_countys_numbers_are_its_own(world):
    from organizations.models import Region

    neighbour = Region.objects.create(level="county", name="示范县", code="990102", parent=world.county.parent)
    ours, theirs = world.issue(world.case(), "grant_decision"), world.issue(world.case(county=neighbour), "grant_decision")
    # Both counties begin with the same letter; each counts from one, and neither is refused for the other's number.
    assert ours.number_text == theirs.number_text == "示援决字〔2022〕第001号"


def test_a_void_paper_keeps_its_number_and_file_and_the_next_takes_the_next(world):
    case = world.case()
    row = world.issue(case, "grant_decision")
    refused(lambda: papers.void_case_paper(row=row, by=world.centre, reason=" "), "没有填写作废原因")
    refused(lambda: papers.void_case_paper(row=row, by=world.lawyer, reason="写错"), "不能作废")
    papers.void_case_paper(row=row, by=world.centre, reason="受援人姓名写错")
    again = world.issue(case, "grant_decision")
    assert again.number_text == "示援决字〔2022〕第002号"
    row.refresh_from_db()
    assert row.is_void and row.paper.void_reason == "受援人姓名写错" and len(reader(row).pages) == 1


def test_what_is_in_force_is_issued_again_under_its_number_as_the_next_version(world):
    case = world.case()
    first = world.issue(case, "grant_decision")
    refused(lambda: world.issue(case, "grant_decision"), "已经制发")
    AidCase.objects.filter(pk=case.pk).update(cause="劳务合同纠纷")
    second = world.issue(case, "grant_decision", again_because="案由写错")
    assert (second.number_text, second.paper.version) == (first.number_text, 2)
    assert "劳务合同纠纷" in text_of(second) and first.number_text in text_of(second)
    assert CasePaper.objects.in_force().get(case=case) == second
    assert NumberSeries.objects.get(name=f"case.{world.county.pk}.决").last == 1


def test_a_paper_that_cannot_be_made_takes_no_number(world, monkeypatch):
    case = world.case()
    monkeypatch.setattr(papers, "paper_pdf", lambda *_: (_ for _ in ()).throw(Refused("坏了")))
    refused(lambda: world.issue(case, "grant_decision"), "坏了")
    monkeypatch.undo()
    monkeypatch.setenv("TODAY", "2022-09-26")
    assert world.issue(case, "grant_decision").number_text.endswith("第001号")
    assert IssuedPaper.objects.count() == 1


def test_officers_who_issue_at_the_same_moment_get_neighbouring_numbers(lasting_world):
    world, start = lasting_world, Barrier(4)
    cases = [world.case() for _ in range(4)]

    def issue(case):
        try:
            start.wait()
            return world.issue(case, "grant_decision").number_text
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(issue, cases))
    assert numbers == [f"示援决字〔2022〕第00{n}号" for n in (1, 2, 3, 4)]


def test_two_who_issue_the_same_decision_make_one(lasting_world):
    world, start = lasting_world, Barrier(2)
    case = world.case()

    def issue(_):
        try:
            start.wait()
            return str(world.issue(case, "grant_decision"))
        except Refused as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(issue, range(2)))
    assert CasePaper.objects.count() == 1 and sum("已经制发" in words and "原因" in words for words in told) == 1


@pytest.mark.parametrize(
    ("state", "kind", "by", "told"),
    [
        ("under_review", "grant_decision", "centre", "案件现在是“审查中”"),
        ("granted", "refusal_decision", "centre", "案件现在是“给予援助”"),
        ("granted", "grant_decision", "clerk", "您的岗位不能制发给予法律援助决定书"),
        ("granted", "grant_decision", "lawyer", "您的岗位不能制发"),
        ("assigned", "progress_record", "other", "不由您承办"),
        ("granted", "help_ledger", "centre", "不是案件的文书"),
        ("granted", "objection_decision", "director", "您的岗位不能制发"),
        ("granted", "love_letter", "centre", "没有“love_letter”这种文书"),
    ],
)
def test_the_wrong_state_post_or_person_makes_no_paper(world, state, kind, by, told):
    case = world.case(state=state, with_lawyer=state == "assigned")
    refused(lambda: world.issue(case, kind, by=world.people[by]), told)
    assert not CasePaper.objects.exists() and not NumberSeries.objects.filter(name__startswith="case.").exists()


def test_a_paper_needs_what_it_cannot_go_out_without(world):
    case = world.case(state="need_supplement")
    refused(lambda: world.issue(case, "supplement_notice", facts={"items": "身份证"}), "截止日期")
    row = world.issue(case, "supplement_notice", facts={"items": "身份证\n欠条", "due_on": date(2022, 10, 8)})
    assert "1.身份证2.欠条" in text_of(row) and "2022年10月8日" in text_of(row)
    assert row.said == {"items": "身份证\n欠条", "due_on": "2022-10-08"}


def test_a_paper_is_dated_neither_before_the_case_nor_in_the_future(world):
    case = world.case()
    refused(lambda: world.issue(case, "grant_decision", on=date(2022, 9, 27)), "不能晚于今天")
    refused(lambda: world.issue(case, "grant_decision", on=date(2022, 8, 31)), "不能早于申请")
    assert world.issue(case, "grant_decision", on=date(2022, 9, 5)).paper.issued_on == date(2022, 9, 5)


def test_notified_cases_have_no_decision_and_their_letter_speaks_of_the_notice(world):
    case = world.case(
        source="notice",
        type="criminal_defence",
        cause="盗窃罪",
        notice_no="例法通〔2022〕8号",
        state="assigned",
        with_lawyer=True,
    )
    refused(lambda: world.issue(case, "grant_decision"), "由办案机关通知")
    text = text_of(world.issue(case, "official_letter"))
    assert "例法通〔2022〕8号" in text and "第三十六条" in text and "承办示例" in text and "0356-7654321" in text


@pytest.mark.parametrize("kind", ["review_sheet", "cooperation_letter"])
def test_a_notified_case_is_not_reviewed_and_has_no_paper_of_a_review(world, kind):
    case = world.case(source="notice", type="criminal_defence", state="notice_received")
    refused(lambda: world.issue(case, kind, facts={"addressee": "高平", "items": "核实"}), "由办案机关通知")
    assert kind not in [each.code for _group, rows in papers.kinds_to_make(case, world.centre, on=clock.today()) for each, _name in rows]


def test_the_receipt_names_what_the_applicant_brought_not_what_came_later(world):
    case = world.case(state="concluded", with_lawyer=True)
    for kind, title in (("identity", "身份证复印件"), ("case_material", "欠条"), ("judgment", "判决书"), ("grant_decision", "决定书")):
        case.files.create(kind=kind, title=title, is_paper_only=True, added_by=world.centre, added_at=clock.now())
    text = text_of(world.issue(case, "receipt"))
    assert "身份证复印件" in text and "欠条" in text and "判决书" not in text and "决定书" not in text


def test_the_service_receipt_names_the_paper_that_waits_and_on_whom_it_is_served(world):
    case = world.case(state="assigned", with_lawyer=True)
    letter, notice = world.issue(case, "official_letter"), world.issue(case, "assignment_notice")
    assert "示例律师事务所" in text_of(world.issue(case, "service_receipt"))
    papers.serve_case_paper(row=notice, by=world.centre, day=date(2022, 9, 26), how="direct")
    text = text_of(world.issue(case, "service_receipt"))
    assert "示例县人民法院" in text and letter.number_text in text and "赵虚构" not in text


def test_the_alternatives_of_a_replacement_are_chosen_not_typed(world):
    form = PaperForm({"on": "2022-9-26", "decision": "四"}, kind=rules.kind_of("replacement_notice"), facts=FULL)
    assert not form.is_valid() and "decision" in form.errors


def test_the_objection_is_decided_by_the_leader_on_the_bureaus_paper(world):
    case = world.case(state="refused", refusal_ground="not_in_scope", refused_on=date(2022, 9, 5))
    decision = world.issue(case, "refusal_decision")
    facts = {"reason": "申请事项属于援助范围。", "decision": "责令给予法律援助。", "answered_on": date(2022, 9, 20)}
    text = text_of(world.issue(case, "objection_decision", by=world.leader, facts=facts))
    assert "示例县司法局" in text and decision.number_text in text and "第四十九条" in text


# --- what is hidden


def test_the_whole_identity_number_stands_only_where_the_official_form_has_it(world):
    case = world.case(state="assigned", with_lawyer=True)
    number = case.id_number
    assert number in text_of(world.issue(case, "application"))
    masked = text_of(world.issue(case, "review_sheet"))
    assert number not in masked and number[-4:] in masked
    for kind in ("grant_decision", "official_letter", "assignment_notice", "follow_up"):
        text = text_of(world.issue(case, kind))
        assert number not in text and "13800005678" not in text and not re.search(r"\d{17}[\dX]", text), kind


def test_what_was_said_with_a_step_and_asked_on_the_telephone_stands_in_the_paper_of_it(world):
    case = world.case(state="concluded", with_lawyer=True)
    for step, words in (("review", "建议给予法律援助。"), ("conclude", "判决支付工资二万元。")):
        case.events.create(
            step=step, words=step, to_state="concluded", day=date(2022, 9, 6), by=world.centre, at=clock.now(), reason=words
        )
    answers = {each.code: "no" if each.code == "charged" else "yes" for each in questions()}
    case.supervisions.create(
        kind="post_visit", way="phone", day=date(2022, 9, 7), content="满意", answers=answers, satisfaction="satisfied", by=world.centre, at=clock.now()
    )  # fmt: skip
    assert "建议给予法律援助。" in text_of(world.issue(case, "review_sheet"))
    assert "判决支付工资二万元。" in text_of(world.issue(case, "closing_report"))
    text = text_of(world.issue(case, "follow_up")).replace("\n", "").replace(" ", "")
    assert "宴请？是√否" in text and all(each.words in text for each in questions())


def test_the_preview_hides_the_number_that_the_paper_will_show(world):
    case = world.case(state="received", approved_on=None)
    page = browser(world.centre).get(reverse("case-paper-preview", args=[case.pk, "application"]))
    assert page.status_code == 200 and case.id_number not in page.content.decode()
    assert not CasePaper.objects.exists()


# --- in the browser


def test_a_person_without_the_case_finds_none_of_its_papers(world):
    case = world.case(state="assigned", with_lawyer=True)
    row = world.issue(case, "grant_decision")
    one, many = reverse("case-paper-download", args=[row.pk]), reverse("case-papers", args=[case.pk])
    for login, status in (("lawyer", 200), ("centre2", 200), ("other", 404), ("section", 403), ("leader", 403), ("clerk", 403)):
        assert browser(world.people[login]).get(one).status_code == status, login
        assert browser(world.people[login]).get(many).status_code == status, login
    AidCase.objects.filter(pk=case.pk).update(is_minor_case=True)
    assert browser(world.centre2).get(one).status_code == 404


def test_the_page_of_papers_is_a_fragment_for_the_case_and_a_page_without_javascript(world):
    case = world.case()
    row = world.issue(case, "grant_decision")
    address = reverse("case-papers", args=[case.pk])
    page = browser(world.centre).get(address).content.decode()
    part = browser(world.centre).get(address, headers={"hx-request": "true"}).content.decode()
    assert "<html" in page and "<html" not in part
    for told in (page, part):
        assert row.number_text in told and "未送达" in told and "指派通知书" in told


def test_what_a_step_makes_waits_until_it_is_in_force(world):
    case = world.case(state="assigned", with_lawyer=True)
    case.events.create(step="assign", words="指派", to_state="assigned", day=date(2022, 9, 6), by=world.centre, at=clock.now())
    waiting = lambda: [kind.code for kind, _name in papers.waiting_papers(case, world.centre, on=date(2022, 9, 26))]  # noqa: E731
    assert waiting() == ["assignment_notice", "official_letter"]
    row = world.issue(case, "assignment_notice")
    assert waiting() == ["official_letter"]
    assert "待制作" in browser(world.centre).get(reverse("case-papers", args=[case.pk])).content.decode()
    papers.void_case_paper(row=row, by=world.centre, reason="写错")
    assert waiting() == ["assignment_notice", "official_letter"]


def test_previewed_filled_in_and_issued(world):
    case = world.case(state="refused", refusal_ground="other", refused_on=date(2022, 9, 5))
    client, preview = browser(world.centre), reverse("case-paper-preview", args=[case.pk, "refusal_decision"])
    issue = reverse("case-paper-issue", args=[case.pk, "refusal_decision"])
    page = client.get(preview).content.decode()
    assert "还缺，不补不能制发" in page and "理由" in page
    page = client.post(preview, {"on": "2022-9-26", "reason": "诉讼时效已过"}).content.decode()
    assert page.count("诉讼时效已过") == 2 and not CasePaper.objects.exists()
    page = client.post(issue, {"on": "2022-9-26", "reason": ""}).content.decode()
    assert "还缺：理由" in page and not CasePaper.objects.exists()
    answer = client.post(issue, {"on": "2022-9-26", "reason": "诉讼时效已过"})
    assert answer.status_code == 302
    row = CasePaper.objects.get()
    assert "诉讼时效已过" in text_of(row) and row.number_text == "示援不字〔2022〕第001号"
    file = client.get(reverse("case-paper-download", args=[row.pk]))
    assert file["Content-Disposition"].startswith("attachment") and b"".join(file.streaming_content).startswith(b"%PDF")
    assert AuditEntry.objects.filter(action="legalaid.download_paper").count() == 1


def test_what_is_typed_cannot_become_markup(world):
    case = world.case(state="refused", refusal_ground="other", refused_on=date(2022, 9, 5))
    address = reverse("case-paper-preview", args=[case.pk, "refusal_decision"])
    page = browser(world.centre).post(address, {"on": "2022-9-26", "reason": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_paper_is_served_on_a_possible_day_with_its_receipt(world):
    row = world.issue(world.case(), "grant_decision", on=date(2022, 9, 20))
    client, address = browser(world.centre), reverse("case-paper-served", args=[row.pk])
    assert "不能早于文书日期" in client.post(address, {"served_on": "2022-9-19", "served_how": "direct"}).content.decode()
    assert "不能晚于今天" in client.post(address, {"served_on": "2022-9-27", "served_how": "direct"}).content.decode()
    bad = SimpleUploadedFile("回执.pdf", b"MZ not a pdf")
    assert (
        "不能接收这种文件"
        in client.post(address, {"served_on": "2022-9-21", "served_how": "post", "receipt": bad}).content.decode()
    )
    row.refresh_from_db()
    assert row.served_on is None
    scan = SimpleUploadedFile("回执.png", b"\x89PNG\r\n\x1a\n" + b"0" * 60)
    told = {"served_on": "2022-9-21", "served_how": "post", "served_to": "赵虚构", "receipt": scan}
    assert client.post(address, told).status_code == 302
    row.refresh_from_db()
    assert (row.served_on, row.served_how, row.served_to) == (date(2022, 9, 21), "post", "赵虚构") and row.receipt
    assert client.get(reverse("case-paper-receipt", args=[row.pk])).status_code == 200
    assert not CasePaper.objects.unserved().exists()


def test_what_has_not_arrived_waits_for_who_handles_the_case_until_it_is_noted(world):
    case = world.case(state="assigned", with_lawyer=True)
    letter = world.issue(case, "official_letter", on=date(2022, 9, 20))
    (item,) = served_todo(world.centre)
    assert (item.title, item.url) == ("送达文书 1 份", reverse("case-paper-served", args=[letter.pk]))
    notice = world.issue(case, "assignment_notice", on=date(2022, 9, 21))
    (item,) = served_todo(world.centre)
    assert (item.title, item.url) == ("送达文书 2 份", reverse("case-papers", args=[case.pk]))
    assert "法律援助公函、指派通知书" in item.detail
    assert [served_todo(who) for who in (world.centre2, world.director, world.lawyer, world.leader)] == [[], [], [], []]
    AidCase.objects.filter(pk=case.pk).update(handler=None)
    assert len(served_todo(world.centre2)) == 1
    papers.serve_case_paper(row=notice, by=world.centre, day=date(2022, 9, 26), how="direct")
    papers.void_case_paper(row=letter, by=world.centre, reason="写错机关")
    assert served_todo(world.centre2) == []


def test_what_is_signed_for_on_itself_what_stays_here_and_history_are_not_to_be_served(world):
    case = world.case(state="assigned", with_lawyer=True)
    world.issue(case, "receipt"), world.issue(case, "progress_record")
    assert served_todo(world.centre) == []
    world.issue(case, "official_letter")
    old = world.case(state="assigned", with_lawyer=True, is_history=True)
    world.issue(old, "official_letter")
    assert [case.number in item.detail for item in served_todo(world.centre)] == [True]


def test_many_unserved_cases_are_cut_short_in_the_list_of_work(world, monkeypatch):
    monkeypatch.setattr(todo_papers, "MOST", 1)
    for _ in range(3):
        world.issue(world.case(state="assigned", with_lawyer=True), "official_letter")
    assert [item.title for item in served_todo(world.centre)] == ["送达文书 1 份", "另有 2 件案件的文书没有登记送达"]


def test_a_served_termination_keeps_the_limit_for_telling_it(world):
    case = world.case(state="terminated", terminated_on=date(2022, 9, 22), termination_ground="asked", with_lawyer=True)
    rule = DeadlineRule.objects.create(
        code="termination_notice", name="送达终止决定", amount=3, unit="calendar_day", since="2018-01-01", law="办理程序规定39条"
    )
    running = case.deadlines.create(code="termination_notice", rule=rule, starts_on=date(2022, 9, 22), due_on=date(2022, 9, 25))
    row = world.issue(case, "termination_decision", on=date(2022, 9, 22))
    assert "有正当理由要求终止" in text_of(row) and "第四十八条" in text_of(row)
    papers.serve_case_paper(row=row, by=world.centre, day=date(2022, 9, 23), how="direct", to="赵虚构")
    running.refresh_from_db()
    assert running.met_on == date(2022, 9, 23)


def test_void_papers_and_records_are_not_served(world):
    case = world.case(state="assigned", with_lawyer=True)
    record = world.issue(case, "progress_record")
    refused(lambda: papers.serve_case_paper(row=record, by=world.centre, day=date(2022, 9, 26), how="direct"), "不需要送达")
    letter = world.issue(case, "official_letter")
    papers.void_case_paper(row=letter, by=world.centre, reason="写错机关")
    refused(lambda: papers.serve_case_paper(row=letter, by=world.centre, day=date(2022, 9, 26), how="direct"), "已经作废")


def test_the_whole_file_is_bound_cover_and_index_first_remarks_last_void_ones_left_out(world):
    case = world.case(state="file_accepted", with_lawyer=True, is_history=True)
    for kind in ("file_remarks", "grant_decision", "closing_report", "file_index", "file_cover"):
        world.issue(case, kind)
    gone = world.issue(case, "official_letter")
    papers.void_case_paper(row=gone, by=world.centre, reason="重复")
    answer = browser(world.lawyer).get(reverse("case-papers-bound", args=[case.pk]))
    pdf = PdfReader(io.BytesIO(answer.content))
    titles = [item.title.split()[0] for item in pdf.outline]
    assert titles == ["法律援助案件卷宗封面", "卷内目录", "给予法律援助决定书", "结案报告表", "卷内备考表"]
    assert len(pdf.pages) == 5 and "法律援助公函" not in squeezed(pdf)


def test_the_index_counts_the_pages_of_what_is_in_force(world):
    case = world.case(state="file_accepted", with_lawyer=True, is_history=True)
    world.issue(case, "grant_decision")
    case.files.create(kind="evidence", title="欠条", pages=3, is_paper_only=True, added_at="2022-09-01T00:00:00Z")
    text = text_of(world.issue(case, "file_index"))
    assert "给予法律援助决定书（示援决字〔2022〕第001号）2022-09-261" in text and "欠条2—4" in text
    assert "共4页" in text_of(world.issue(case, "file_cover"))


def test_a_case_without_papers_has_nothing_to_bind(world):
    case = world.case()
    client = browser(world.centre)
    answer = client.get(reverse("case-papers-bound", args=[case.pk]), follow=True)
    assert "还没有制发文书" in answer.content.decode()


def test_stations_print_blank_forms_of_today(world, monkeypatch):
    client = browser(world.clerk)
    page = client.get(reverse("paper-blanks")).content.decode()
    assert "法律援助审批表" in page and "文号代字" not in page
    monkeypatch.setenv("TODAY", "2023-11-10")
    assert "法律援助审查表" in client.get(reverse("paper-blanks")).content.decode()
    answer = client.get(reverse("paper-blank", args=["application"]))
    assert answer.content.startswith(b"%PDF") and client.get(reverse("paper-blank", args=["nothing"])).status_code == 404


def test_the_countys_own_prefix_holds_from_its_day_on(world):
    before = world.issue(world.case(), "grant_decision")
    client, address = browser(world.director), reverse("paper-prefix")
    assert "不含括号" in client.post(address, {"prefix": "示〔法〕援", "since": "2022-9-26"}).content.decode()
    assert client.post(address, {"prefix": "示法援", "since": "2022-9-26"}).status_code == 302
    after = world.issue(world.case(), "grant_decision")
    assert (before.number_text, after.number_text) == ("示援决字〔2022〕第001号", "示法援决字〔2022〕第002号")
    assert browser(world.centre).get(address).status_code == 403


def test_without_pdf_on_the_machine_nothing_is_numbered(world, monkeypatch):
    from common.pdf import PdfUnavailable

    def unavailable(*_):
        raise PdfUnavailable("这台服务器缺少 pango 组件")

    monkeypatch.setattr(paper_printing, "render_pdf", unavailable)
    case = world.case()
    address = reverse("case-paper-issue", args=[case.pk, "grant_decision"])
    page = browser(world.centre).post(address, {"on": "2022-9-26"}).content.decode()
    assert "缺少 pango" in page and not NumberSeries.objects.filter(name__startswith="case.").exists()


# --- the duty lawyers' own record


def test_a_legal_help_has_its_register_and_a_masked_line_in_the_ledger(world):
    row = LegalHelp(
        county=world.county, number="XB-2022-001", source="notice", asked_on=date(2022, 9, 2), person="钱虚构", cause="盗窃罪",
        stage="investigation", organ="public_security", organ_name="示例县公安局", place_kind="detention", place="示例县看守所",
        lawyer=world.advocate, given_on=date(2022, 9, 3), contents=["consultation", "coercive"], opinion="建议取保候审。",
    )  # fmt: skip
    register = squeezed(PdfReader(io.BytesIO(help_paper_pdf(row, "help_register"))))
    for words in ("钱虚构", "建议取保候审", "√法律咨询", "√申请变更强制措施", "√办案机关通知", "2022年9月3日"):
        assert words in register, words
    assert "√对案件处理" not in register
    ledger = squeezed(PdfReader(io.BytesIO(help_ledger_pdf([row], county=world.county, words="2022年9月"))))
    assert "钱虚构" not in ledger and "XB-2022-001" in ledger and "共1次" in ledger

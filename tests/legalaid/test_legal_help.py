"""Legal help by duty lawyers: its own record, its steps, the 24 hours, the ledger of format 29. domain.md §3.9."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
import time_machine
from pypdf import PdfReader

from accounts.models import AuditEntry
from common.clock import SHANGHAI
from legalaid.exports.legal_help import ledger_workbook
from legalaid.models import LegalHelp, LegalHelpEvent
from legalaid.rules.legal_help import STATES, STEPS, transfer_due, transfer_words
from legalaid.services import help_papers
from legalaid.services import legal_help as services
from legalaid.services.help_papers import HelpPaperRefused, help_ledger_pdf, help_paper_pdf
from legalaid.services.legal_help import HelpRefused, counts_of, end_for_defender, register_help, steps_for, take_step
from legalaid.todo.legal_help import todo_items
from tests.legalaid.provincial_world import World, id_number

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def april():
    with time_machine.travel(datetime(2022, 4, 6, 10, 0, tzinfo=SHANGHAI), tick=False):
        yield


@pytest.fixture
def world(db):
    made = World()
    made.duty_lawyer = made.practitioner(user=made.lawyer, name="李示例")
    made.other_lawyer = made.practitioner(user=made.lawyer2, name="周示例")
    return made


def asked(world, **facts):
    told = {"source": "request", "asked_on": date(2022, 4, 5), "person": "吴虚构", "cause": "盗窃罪", "stage": "investigation",
            "organ": "public_security", "organ_name": "泽州县公安局（演示）", "place_kind": "detention", "id_number": id_number(700)}  # fmt: skip
    return register_help(county=world.county, by=world.centre, **{**told, **facts})


def step(world, found, code, by=None, **facts):
    return take_step(pk=found.pk, version=None, code=code, by=by or world.centre, **facts)


def given(world, **facts):
    found = asked(world, lawyer=world.duty_lawyer, **facts)
    return step(world, found, "give", by=world.lawyer, contents=["consultation", "coercive"], opinion="建议取保候审")


# -- the table


def test_the_table_knows_only_its_states_and_every_state_is_reached():
    assert {state for each in STEPS.values() for state in each.since} <= {*STATES, ""}
    assert {each.to for each in STEPS.values()} - {""} == set(STATES)


def test_no_step_leads_out_of_the_ledger():
    assert [each.code for each in STEPS.values() if "logged" in each.since] == []


# -- its way


def test_a_help_goes_from_the_request_to_the_ledger(world):
    found = asked(world)
    assert (found.state, found.number) == ("requested", "法帮-2022-0001")
    step(world, found, "arrange", lawyer=world.duty_lawyer)
    step(world, found, "give", by=world.lawyer, contents=["consultation"], opinion="")
    found = step(world, found, "log", by=world.lawyer)
    assert (found.state, found.given_on, found.logged_on) == ("logged", date(2022, 4, 6), date(2022, 4, 6))
    assert list(LegalHelpEvent.objects.values_list("step", flat=True)) == ["request", "arrange", "give", "log"]


def test_a_notice_of_an_organ_begins_as_notified_and_numbers_have_no_gaps(world):
    assert asked(world, source="notice", notice_no="公（演）通〔2022〕1号").state == "notified"
    assert asked(world).number == "法帮-2022-0002"


def test_a_lawyer_who_writes_it_down_is_the_one_who_was_asked(world):
    found = register_help(county=world.county, by=world.lawyer, source="request", asked_on=date(2022, 4, 6), person="吴虚构",
                          cause="盗窃罪", stage="first_instance", organ="court", organ_name="法院", place_kind="court")  # fmt: skip
    assert (found.state, found.lawyer) == ("arranged", world.duty_lawyer)


def test_the_signing_of_a_plea_is_witnessed_only_in_a_plea_case_and_after_the_help(world):
    with pytest.raises(HelpRefused, match="不是认罪认罚案件"):
        step(world, given(world), "witness", by=world.lawyer)
    found = asked(world, is_plea=True, lawyer=world.duty_lawyer)
    with pytest.raises(HelpRefused, match="不能见证"):
        step(world, found, "witness", by=world.lawyer)
    step(world, found, "give", by=world.lawyer, contents=["procedure"])
    assert step(world, found, "witness", by=world.lawyer).state == "signing_witnessed"


@pytest.mark.parametrize(("contents", "opinion", "words"), [([], "", "至少选一项"), (["opinion"], " ", "请写明意见")])
def test_help_without_what_was_done_is_refused(world, contents, opinion, words):
    found = asked(world, lawyer=world.duty_lawyer)
    with pytest.raises(HelpRefused, match=words):
        step(world, found, "give", by=world.lawyer, contents=contents, opinion=opinion)


def test_help_that_was_not_given_is_not_logged(world):
    with pytest.raises(HelpRefused, match="不能登记工作台账"):
        step(world, asked(world, lawyer=world.duty_lawyer), "log")


def test_only_lawyers_are_duty_lawyers(world):
    worker = world.practitioner(kind="grassroots_worker")
    with pytest.raises(HelpRefused, match="应当是律师"):
        step(world, asked(world), "arrange", lawyer=worker)


@pytest.mark.parametrize(
    ("code", "day", "words"),
    [("arrange", date(2022, 4, 4), "早于"), ("arrange", date(2022, 4, 7), "在今天之后"), ("give", date(2022, 4, 4), "早于")],
)
def test_impossible_days_are_refused(world, code, day, words):
    found = asked(world, lawyer=world.duty_lawyer)
    facts = {"lawyer": world.duty_lawyer} if code == "arrange" else {"contents": ["consultation"]}
    with pytest.raises(HelpRefused, match=words):
        step(world, found, code, day=day, **facts)


def test_a_request_of_tomorrow_is_refused(world):
    with pytest.raises(HelpRefused, match="在今天之后"):
        asked(world, asked_on=date(2022, 4, 7))


def test_two_at_once_the_second_is_told_to_look_again(world):
    found = asked(world)
    step(world, found, "arrange", lawyer=world.duty_lawyer)
    with pytest.raises(HelpRefused, match="请刷新页面"):
        take_step(pk=found.pk, version=found.version, code="arrange", by=world.centre, lawyer=world.other_lawyer)


# -- the 24 hours of Legal Aid Law 39(2)


def test_the_24_hours_run_over_weekend_and_holiday():
    friday = datetime(2022, 9, 30, 17, 40, tzinfo=SHANGHAI)
    assert transfer_due(friday) == datetime(2022, 10, 1, 17, 40, tzinfo=SHANGHAI)


def test_what_the_24_hours_say():
    due = datetime(2022, 4, 6, 12, 0, tzinfo=SHANGHAI)
    hour = timedelta(hours=1)
    assert transfer_words(None, None, due) == ("", "mute")
    assert transfer_words(due, None, due - hour) == ("转交还剩 1 小时 0 分", "warn")
    assert transfer_words(due, None, due + 2 * hour) == ("转交已逾期 2 小时 0 分", "bad")
    assert transfer_words(due, due, due + hour) == ("已按时转交", "ok")
    assert transfer_words(due, due + hour, due + hour) == ("转交逾期 1 小时 0 分", "bad")


def test_an_application_is_passed_on_and_the_help_goes_on(world):
    found = asked(world, lawyer=world.duty_lawyer)
    with pytest.raises(HelpRefused, match="还没有登记收到"):
        step(world, found, "transfer", by=world.lawyer, transferred_to="法律援助中心")
    step(world, found, "take_application", by=world.lawyer, moment=datetime(2022, 4, 5, 16, 0, tzinfo=SHANGHAI))
    found = step(world, found, "transfer", by=world.lawyer, transferred_to="泽州县法律援助中心")
    assert (found.state, found.transfer_due_at) == ("transferred", datetime(2022, 4, 6, 16, 0, tzinfo=SHANGHAI))
    assert step(world, found, "give", by=world.lawyer, contents=["apply"]).state == "help_given"


def test_passing_on_after_the_help_does_not_undo_that_it_was_given(world):
    found = given(world)
    step(world, found, "take_application", by=world.lawyer, moment=datetime(2022, 4, 6, 9, 0, tzinfo=SHANGHAI))
    with pytest.raises(HelpRefused, match="请先转交"):
        step(world, found, "log", by=world.lawyer)
    assert step(world, found, "transfer", by=world.lawyer, transferred_to="中心").state == "help_given"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2022, 4, 6, 10, 1, tzinfo=SHANGHAI), "在现在之后"),
        (datetime(2022, 4, 4, 10, 1, tzinfo=SHANGHAI), "早于 2022-04-05"),
        (None, "没有填写收到申请的时间"),
    ],
)
def test_an_application_cannot_come_at_an_impossible_hour(world, moment, words):
    with pytest.raises(HelpRefused, match=words):
        step(world, asked(world, lawyer=world.duty_lawyer), "take_application", by=world.lawyer, moment=moment)


def test_an_application_that_waits_is_on_the_lawyers_list_with_its_hours(world):
    found = asked(world, lawyer=world.duty_lawyer)
    step(world, found, "take_application", by=world.lawyer, moment=datetime(2022, 4, 5, 9, 0, tzinfo=SHANGHAI))
    (item,) = [item for item in todo_items(world.lawyer) if "转交" in item.title]
    assert item.detail == "转交已逾期 1 小时 0 分"


# -- a defender ends it


def test_a_defender_assigned_later_ends_the_help_and_it_is_still_logged(world):
    found = given(world)
    case = world.case(700, type="criminal_defence", stage="investigation", assigned_on=date(2022, 4, 6), engaged_on=None)
    assert end_for_defender(case=case, by=world.centre, day=date(2022, 4, 6)) == [found]
    found.refresh_from_db()
    assert (found.ended_on, found.defender_case) == (date(2022, 4, 6), case)
    with pytest.raises(HelpRefused, match="已经终止"):
        step(world, found, "witness", by=world.lawyer)
    assert step(world, found, "log", by=world.lawyer).state == "logged"


def test_a_help_that_ends_before_it_is_given_is_logged_as_ended(world):
    found = asked(world, lawyer=world.duty_lawyer)
    step(world, found, "end", note="家属已委托辩护律师")
    assert step(world, found, "log").state == "logged"


@pytest.mark.parametrize("facts", [{"type": "civil_litigation"}, {"id_index": "0" * 64}])
def test_another_case_or_anothers_defender_ends_nothing(world, facts):
    found = given(world)
    case = world.case(700, **{"type": "criminal_defence", "stage": "investigation", **facts})
    assert end_for_defender(case=case, by=world.centre, day=date(2022, 4, 6)) == []
    assert not LegalHelp.objects.get(pk=found.pk).is_ended


def test_a_defender_is_pointed_out_to_the_centre(world):
    given(world)
    world.case(700, type="criminal_defence", stage="investigation", assigned_on=date(2022, 4, 6), engaged_on=None)
    assert any("终止值班律师帮助" in item.title for item in todo_items(world.centre))


def test_the_end_needs_a_reason(world):
    with pytest.raises(HelpRefused, match="没有写终止原因"):
        step(world, given(world), "end", note=" ")


# -- who


def test_centre_director_and_the_lawyer_see_it_nobody_else(world):
    found = given(world)
    seen = {
        name: LegalHelp.objects.visible_to(user).filter(pk=found.pk).exists()
        for name, user in (("centre", world.centre), ("director", world.director), ("lawyer", world.lawyer),
                           ("lawyer2", world.lawyer2), ("section", world.section), ("next", world.neighbour()))
    }  # fmt: skip
    assert seen == {"centre": True, "director": True, "lawyer": True, "lawyer2": False, "section": False, "next": False}


def test_another_lawyer_and_the_director_take_no_step(world):
    found = asked(world, lawyer=world.duty_lawyer)
    for user in (world.lawyer2, world.director):
        assert steps_for(found, user) == []
        with pytest.raises(HelpRefused):
            step(world, found, "give", by=user, contents=["consultation"])


def test_the_director_registers_nothing(world):
    with pytest.raises(HelpRefused, match="岗位不能"):
        register_help(county=world.county, by=world.director, source="request", asked_on=date(2022, 4, 6))


# -- counts and the ledger


def test_the_counts_are_of_people_and_kinds_of_help_in_one_query(world, django_assert_num_queries):
    given(world)
    asked(world)
    with django_assert_num_queries(1):
        told = counts_of(LegalHelp.objects.all())
    assert (told["total"], told["given"], told["consultation"], told["opinion"], told["open"]) == (2, 1, 1, 0, 2)


def test_the_ledger_holds_the_columns_of_format_29_and_hides_id_numbers(world):
    found = given(world)
    step(world, found, "take_application", by=world.lawyer, moment=datetime(2022, 4, 5, 9, 30, tzinfo=SHANGHAI))
    step(world, found, "transfer", by=world.lawyer, transferred_to="中心")
    content = ledger_workbook(LegalHelp.objects.all(), county=world.county, period="2022年", by=world.centre)
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [[cell.value for cell in row] for row in book["工作台账"].iter_rows()]
    (line,) = [row for row in rows if row[1] == found.number]
    header = next(row for row in rows if row[0] == "序号")
    told = dict(zip(header, line, strict=True))
    assert told["帮助内容"] == "法律咨询、帮助申请变更强制措施"
    assert told["24小时内转交"] == "否"
    assert told["身份证号"] == services.LegalHelp.objects.get().id_number[:3] + "***********" + id_number(700)[-4:]
    counts = {row[0].value: row[1].value for row in book["统计"].iter_rows()}
    assert (counts["登记"], counts["转交法律援助申请"]) == (1, 1)


# -- its papers


def test_each_paper_of_a_help_is_one_press_from_its_page(world, client):
    client.force_login(world.centre)
    found = asked(world, lawyer=world.duty_lawyer)
    page = client.get(f"/legal-help/{found.pk}/").content.decode()
    assert f"/legal-help/{found.pk}/request.pdf" in page and "register.pdf" not in page
    assert client.get(f"/legal-help/{found.pk}/register.pdf").url == f"/legal-help/{found.pk}/"
    step(world, found, "give", by=world.lawyer, contents=["consultation"], opinion="")
    assert f"/legal-help/{found.pk}/register.pdf" in client.get(f"/legal-help/{found.pk}/").content.decode()
    assert "/legal-help/ledger.pdf?place=detention" in client.get("/legal-help/?place=detention").content.decode()
    for address in (f"/legal-help/{found.pk}/register.pdf", "/legal-help/ledger.pdf"):
        answer = client.get(address)
        assert answer.content.startswith(b"%PDF") and "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(action="legalaid.print_legal_help", actor=world.centre).count() == 1


def test_a_form_of_request_bears_number_and_birth_a_notice_has_no_form(world, client):
    found = asked(world)
    text = PdfReader(io.BytesIO(help_paper_pdf(found, "help_request"))).pages[0].extract_text()
    born = found.id_number[6:14]
    assert found.id_number in "".join(text.split()) and f"{born[:4]}年{int(born[4:6])}月{int(born[6:])}日" in "".join(text.split())
    with pytest.raises(HelpPaperRefused, match="还没有这种文书"):
        help_paper_pdf(asked(world, source="notice", notice_no="公（演）通〔2022〕1号"), "help_request")


def test_another_lawyer_prints_nothing_of_it(world, client):
    found = given(world)
    client.force_login(world.lawyer2)
    assert client.get(f"/legal-help/{found.pk}/register.pdf").status_code == 404


def test_a_ledger_too_long_to_print_says_how_to_choose(world, monkeypatch):
    monkeypatch.setattr(help_papers, "MOST_IN_LEDGER", 1)
    asked(world), asked(world)
    with pytest.raises(HelpPaperRefused, match="按日期筛选"):
        help_ledger_pdf(LegalHelp.objects.order_by("pk"), county=world.county)

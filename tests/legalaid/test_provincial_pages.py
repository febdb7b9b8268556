"""Pages of the provincial system and of legal help, as those who use them see them."""

from datetime import date

import pytest

from accounts.models import AuditEntry
from legalaid.models import AidCase, LegalHelp, Reconciliation
from legalaid.services import reconciling
from legalaid.todo.provincial import todo_items
from tests.legalaid.provincial_world import World, id_number

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def april(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def as_user(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


# -- entries


def test_many_cases_are_entered_on_one_page(world, as_user):
    cases = [world.case(provincial_no="", provincial_entered_on=None) for _ in range(3)]
    sent = {}
    for number, case in enumerate(cases):
        sent |= {f"case-{case.pk}-version": 1, f"case-{case.pk}-number": f"X{number}" if number < 2 else "",
                 f"case-{case.pk}-day": "2022年4月1日" if number < 2 else ""}  # fmt: skip
    answer = as_user(world.centre).post("/provincial/", sent, follow=True)
    assert "已登记 2 件" in answer.text
    assert [case.provincial_no for case in AidCase.objects.order_by("pk")] == ["X0", "X1", ""]


def test_a_wrong_row_saves_none_and_is_marked(world, as_user):
    first, second = (world.case(provincial_no="", provincial_entered_on=None) for _ in range(2))
    sent = {f"case-{first.pk}-version": 1, f"case-{first.pk}-number": "X1", f"case-{first.pk}-day": "2022-4-1",
            f"case-{second.pk}-version": 1, f"case-{second.pk}-number": "X2", f"case-{second.pk}-day": "2022-4-31"}  # fmt: skip
    answer = as_user(world.centre).post("/provincial/", sent)
    assert "没有 31 日" in answer.text
    assert 'value="X1"' in answer.text
    assert not AidCase.objects.exclude(provincial_no="").exists()


def test_the_director_reads_and_does_not_enter(world, as_user):
    case = world.case(provincial_no="", provincial_entered_on=None)
    page = as_user(world.director).get("/provincial/")
    assert case.number in page.text
    assert "保存本页" not in page.text
    as_user(world.director).post(
        "/provincial/", {f"case-{case.pk}-version": 1, f"case-{case.pk}-number": "X1", f"case-{case.pk}-day": "2022-4-1"}
    )
    case.refresh_from_db()
    assert case.provincial_no == ""


def test_another_officers_criminal_case_is_not_on_the_page(world, as_user):
    world.case(type="criminal_defence", handler=world.centre2, number="刑-1", provincial_no="", provincial_entered_on=None)
    assert "刑-1" not in as_user(world.centre).get("/provincial/").text
    assert "刑-1" in as_user(world.centre2).get("/provincial/").text


def test_an_entry_is_corrected_on_its_own_page_with_a_reason(world, as_user):
    case = world.case()
    url, sent = f"/provincial/cases/{case.pk}/", {"number": "X9", "day": "2022-3-2", "version": 1}
    assert "写明原因" in as_user(world.centre).post(url, sent).text
    as_user(world.centre).post(url, {**sent, "reason": "抄错"})
    case.refresh_from_db()
    assert case.provincial_no == "X9"


def test_concluded_cases_without_entry_stand_in_the_list_of_open_work(world):
    world.case(concluded_on=date(2022, 3, 20), provincial_no="", provincial_entered_on=None)
    assert [item.title for item in todo_items(world.centre)] == ["录入省系统 1 件"]
    assert list(todo_items(world.director)) == []


# -- reconciliation


def test_from_the_file_to_two_signatures_in_the_browser(world, as_user):
    same, late = world.case(), world.case()
    upload = world.export(world.line(same), world.line(late, 录入时间="2022-03-20"))
    sent = {"system": "provincial", "quarter": "2022Q1", "first": "", "last": "", "file": upload}
    centre = as_user(world.centre)
    page = centre.post("/provincial/lists/new/", sent, follow=True)
    found = Reconciliation.objects.get()
    assert page.redirect_chain[-1][0] == f"/provincial/lists/{found.pk}/columns/"
    assert (found.first, found.last) == (date(2022, 1, 1), date(2022, 3, 31))
    columns = {**found.columns, "sheet": found.sheet, "row": 1, "depth": 1}
    page = centre.post(f"/provincial/lists/{found.pk}/columns/", columns, follow=True)
    assert page.status_code == 200
    page = centre.get(f"/provincial/lists/{found.pk}/?pile=differing")
    assert "采用对方的省系统录入日期" in page.text
    row = found.rows.get(pile="differing")
    page = centre.post(f"/provincial/lists/{found.pk}/rows/{row.pk}/take/", follow=True)
    assert "已采用对方的省系统录入日期" in page.text
    centre.post(f"/provincial/lists/{found.pk}/sign/")
    found.refresh_from_db()
    assert found.state == "centre_signed"
    reconciling.sign_by_director(pk=found.pk, by=world.director)
    assert "已签字" in as_user(world.director).get(f"/provincial/lists/{found.pk}/").text


def test_several_rows_get_one_word(world, as_user):
    world.case(), world.case()
    found = world.reconciled(("晋援20229999", "孙虚构", id_number(900), "继承", "2022-03-02", None))
    rows = list(found.rows.values_list("pk", flat=True))
    answer = as_user(world.centre).post(
        f"/provincial/lists/{found.pk}/fix/", {"row": rows, "fix": "mend_there", "note": "补录"}, follow=True
    )
    assert "已登记 3 行" in answer.text


def test_the_kept_file_is_given_out_only_after_the_password_and_written_down(world, as_user):
    found = world.reconciled(world.line(world.case()))
    answer = as_user(world.centre).post(f"/provincial/lists/{found.pk}/file/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/me/confirm/")
    assert not AuditEntry.objects.filter(action="legalaid.download_export").exists()


@pytest.mark.parametrize("path", ["", "columns/", "f36.xlsx", "f36.pdf", "void/"])
def test_a_list_of_another_county_is_not_found(world, as_user, path):
    found = world.reconciled(world.line(world.case()))
    assert as_user(world.neighbour()).get(f"/provincial/lists/{found.pk}/{path}").status_code == 404


def test_the_header_can_be_pointed_at(world, as_user):
    found = world.upload(world.export(("a", "b", "c"), headers=("甲", "乙", "丙"), title="某表"))
    page = as_user(world.centre).get(f"/provincial/lists/{found.pk}/columns/?row=2&depth=1")
    assert "A 列　甲" in page.text
    assert as_user(world.centre).get(f"/provincial/lists/{found.pk}/columns/?row=99", follow=True).status_code == 200


def test_an_unknown_pile_is_not_found(world, as_user):
    found = world.reconciled(world.line(world.case()))
    assert as_user(world.centre).get(f"/provincial/lists/{found.pk}/?pile=x").status_code == 404


def test_papers_are_given_out_as_files(world, as_user):
    world.aid_centre()
    found = world.reconciled(world.line(world.case()))
    for suffix in ("xlsx", "pdf"):
        answer = as_user(world.director).get(f"/provincial/lists/{found.pk}/f36.{suffix}")
        assert answer["Content-Disposition"].startswith("attachment")


# -- legal help


def test_a_request_is_registered_on_a_form_and_taken_to_the_ledger_by_the_lawyer(world, as_user):
    lawyer = world.practitioner(user=world.lawyer, name="李示例")
    sent = {"source": "request", "asked_on": "2022-4-5", "person": "吴虚构", "gender": "1", "cause": "盗窃罪", "stage": "investigation",
            "organ": "public_security", "organ_name": "泽州县公安局（演示）", "place_kind": "detention", "lawyer": lawyer.pk}  # fmt: skip
    page = as_user(world.centre).post("/legal-help/new/", sent, follow=True)
    found = LegalHelp.objects.get()
    assert page.redirect_chain[-1][0] == f"/legal-help/{found.pk}/"
    page = as_user(world.lawyer).post(
        f"/legal-help/{found.pk}/give/", {"day": "2022-4-6", "version": found.version, "contents": ["consultation"]}, follow=True
    )
    assert "提供法律帮助。" in page.text
    found.refresh_from_db()
    as_user(world.lawyer).post(f"/legal-help/{found.pk}/log/", {"day": "2022-4-6", "version": found.version})
    found.refresh_from_db()
    assert found.state == "logged"
    page = as_user(world.director).get("/legal-help/?q=吴")
    assert found.number in page.text
    assert "吴虚构" not in page.text
    assert as_user(world.centre).get("/legal-help/ledger.xlsx?since=2022-4-1").status_code == 200


def test_a_wrong_id_number_is_told_at_the_field(world, as_user):
    page = as_user(world.centre).post("/legal-help/new/", {"id_number": "140525198506150021"})
    assert "校验码" in page.text or "身份证号" in page.text
    assert not LegalHelp.objects.exists()


def test_the_director_is_told_that_she_does_not_register(world, as_user):
    page = as_user(world.director).get("/legal-help/new/", follow=True)
    assert "由法律援助中心经办人或者值班律师登记" in page.text


def test_another_lawyers_help_is_not_found(world, as_user):
    lawyer = world.practitioner(user=world.lawyer)
    world.practitioner(user=world.lawyer2)
    sent = {"source": "request", "asked_on": "2022-4-5", "person": "吴虚构", "gender": "1", "cause": "盗窃罪", "stage": "investigation",
            "organ": "public_security", "organ_name": "泽州县公安局（演示）", "place_kind": "detention", "lawyer": lawyer.pk}  # fmt: skip
    as_user(world.centre).post("/legal-help/new/", sent)
    found = LegalHelp.objects.get()
    assert as_user(world.lawyer2).get(f"/legal-help/{found.pk}/").status_code == 404
    assert as_user(world.lawyer).get(f"/legal-help/{found.pk}/").status_code == 200
    assert as_user(world.lawyer).get(f"/legal-help/{found.pk}/nonsense/").status_code == 404

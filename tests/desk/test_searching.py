"""One search box for everything a person may see, and nothing she may not."""

import pytest

from accounts.models import User
from common.periods import Quarter
from desk.services.searching import search_everything
from subsidies.services.returns import draft_return
from tests.performance.report_world import ReportWorld
from tests.subsidies.case_world import CaseWorld


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")
    return CaseWorld()


def case_of(world, name, **facts):
    case = world.case(**facts)
    type(case).objects.filter(pk=case.pk).update(recipient=name)
    return case


def found(user, text):
    return [(hit.kind, hit.title) for hit in search_everything(user, text)]


def test_a_case_is_found_by_number_and_name_by_those_who_see_it_only(world):
    case_of(world, "寻示例", number="泽援〔2022〕777号")
    for text in ("777", "寻示例"):
        assert [kind for kind, _ in found(world.people["director"], text)] == ["援助案件"]
        assert found(world.people["section"], text) == []
    assert "寻示例" in found(world.people["director"], "777")[0][1]


def test_the_name_in_a_criminal_case_is_masked_also_for_who_may_open_it(world):
    case_of(world, "寻示例", number="泽援〔2022〕778号", type="criminal_defence")
    [(_kind, title)] = found(world.people["director"], "778")
    assert "寻示例" not in title and title.startswith("寻")


def test_the_duty_of_a_day_is_found_by_writing_the_day(world):
    person = world.person("班示例")
    world.shift(person, world.bagong, "2022-03-07")
    assert ("班次", "03月07日 巴公镇") in found(world.people["section"], "2022-03-07")


@pytest.fixture
def reported(db, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")
    return ReportWorld()


@pytest.mark.parametrize("text", ["2022年3月", "2022-03", "3月 月报", "任务进展"])
def test_a_report_is_found_by_its_period_its_kind_and_its_title(reported, text):
    report = reported.draft()
    assert ("报告", str(report)) in found(reported.people["section"], text)
    assert ("报告", str(report)) not in found(reported.people["finance"], text), "a draft is the bureau's own"


def test_an_issued_report_is_found_by_its_number_by_the_city_too(reported):
    report = reported.issued()
    assert found(reported.people["city"], report.number) == [("报告", str(report))]
    assert found(reported.people["cashier"], report.number) == []


def test_words_of_the_plan_lead_to_its_clause_and_names_of_pages_to_the_page(world):
    section, finance = world.people["section"], world.people["finance"]
    assert "方案条款" in {kind for kind, _ in found(section, "不满意")}
    assert ("页面", "资金台账") in found(finance, "台账")
    assert ("页面", "用户") not in found(finance, "用户"), "pages of others are not offered"
    assert ("帮助", "补登") in found(section, "补登")


def test_a_quarter_leads_to_its_list_of_cases_and_its_return(world):
    draft_return(county=world.county, quarter=Quarter(2022, 1), by=world.people["finance"])
    kinds = [kind for kind, _ in found(world.people["finance"], "2022年第一季度")]
    assert "季度报告" in kinds
    assert "季度报告" not in [kind for kind, _ in found(world.people["centre"], "2022Q1")]


def test_every_role_has_the_box_on_every_page(client, world):
    for user in User.objects.filter(username__in=["treasury", "finance", "section"]):
        client.force_login(user)
        assert 'action="/search/"' in client.get("/todo/").text

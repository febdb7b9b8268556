"""One search box for everything a person may see, and nothing she may not."""

import pytest

from desk.services.searching import search_everything
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

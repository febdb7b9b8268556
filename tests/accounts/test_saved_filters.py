"""Filter values kept under a name: one's own, per list, and gone when dropped."""

import pytest

from accounts.models import SavedFilter
from accounts.services.filters import MOST, FilterRefused, drop_filter, keep_filter

LIST = "/base/audit/"


@pytest.fixture
def auditor(db, person):
    return person("auditor")


def test_kept_values_are_offered_above_their_list_and_nowhere_else(client, auditor, sign_in):
    sign_in(auditor)
    answer = client.post("/me/filters/", {"path": LIST, "query": "who=示例", "name": "示例的记录"})
    assert answer.status_code == 302 and answer["Location"].startswith(LIST)
    assert "示例的记录" in client.get(LIST).content.decode()
    assert "示例的记录" not in client.get("/me/").content.decode()


def test_the_same_name_takes_the_new_values(auditor):
    keep_filter(by=auditor, path=LIST, query="who=a", name="常用")
    keep_filter(by=auditor, path=LIST, query="who=b", name="常用")
    assert SavedFilter.objects.get().query == "who=b"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"path": LIST, "query": "who=a", "name": "  "}, "没有填写名称"),
        ({"path": "/nowhere/", "query": "who=a", "name": "常用"}, "找不到这个列表"),
        ({"path": LIST, "query": "", "name": "常用"}, "没有可以保存的条件"),
        ({"path": LIST, "query": "x" * 1001, "name": "常用"}, "没有可以保存的条件"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(auditor, values, told):
    with pytest.raises(FilterRefused, match=told):
        keep_filter(by=auditor, **values)


def test_a_list_keeps_twenty_at_most(auditor):
    for number in range(MOST):
        keep_filter(by=auditor, path=LIST, query="who=a", name=f"条件{number}")
    with pytest.raises(FilterRefused, match="最多保存 20 组"):
        keep_filter(by=auditor, path=LIST, query="who=a", name="又一组")


def test_nobody_drops_the_filter_of_somebody_else(auditor, person):
    kept = keep_filter(by=auditor, path=LIST, query="who=a", name="常用")
    assert drop_filter(by=person("leader"), pk=kept.pk) is None and SavedFilter.objects.exists()
    assert drop_filter(by=auditor, pk=kept.pk) and not SavedFilter.objects.exists()


def test_an_address_elsewhere_is_not_gone_back_to(client, auditor, sign_in):
    sign_in(auditor)
    answer = client.post("/me/filters/", {"path": "//evil.example/", "query": "a=1", "name": "x"})
    assert answer["Location"] == "/"

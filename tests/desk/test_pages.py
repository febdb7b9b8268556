"""The desk's pages: dashboard, to-do, search, import in the browser's words."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import may_open
from accounts.models import User
from desk.services.todo import todo_items
from records.models import ImportBatch, Notice
from records.services import notify
from tests.desk.test_import_errors import NOBODY, SHIFT, workbook

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture
def as_(login):
    def client(username):
        browser = Client()
        browser.force_login(login(username))
        return browser

    return client


def upload(content, name="三月.xlsx"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


def test_a_workbook_is_uploaded_looked_at_confirmed_and_taken_back(as_):
    section = as_("section")
    page = section.post(reverse("imports"), {"file": upload((DATA / "zezhou-2022-03.xlsx").read_bytes())}, follow=True)
    assert "检查通过，还没有导入" in page.text and "113" in page.text
    batch = ImportBatch.objects.get()
    page = section.post(reverse("import", args=[batch.pk]), {"confirmed_paper": ""}, follow=True)
    assert "已导入" in page.text
    page = section.post(reverse("import-take-back", args=[batch.pk]), {"reason": ""})
    assert "没有填写撤销原因" in page.text
    page = section.post(reverse("import-take-back", args=[batch.pk]), {"reason": "传错了"}, follow=True)
    assert "已撤销批次" in page.text


def test_errors_are_listed_by_sheet_row_and_column_and_marked_in_a_copy(as_):
    section = as_("section")
    wrong = workbook(**NOBODY, 排班=[SHIFT | {"站点": "没有的镇"}])
    page = section.post(reverse("imports"), {"file": upload(wrong)}, follow=True)
    assert "不能导入，有 1 处错误" in page.text and "没有这个站点" in page.text and "确认导入</button>" not in page.text
    marked = section.get(reverse("import-errors", args=[ImportBatch.objects.get().pk]))
    assert b"".join(marked.streaming_content).startswith(b"PK")


def test_something_that_is_no_workbook_is_refused_at_the_field(as_):
    page = as_("section").post(reverse("imports"), {"file": upload(b"hello", "a.xlsx")})
    assert "不能接收这种文件" in page.text and not ImportBatch.objects.exists()
    page = as_("section").post(reverse("imports"), {})
    assert "没有选择文件" in page.text


def test_the_template_can_be_filled_in_and_imported(as_, bring_in):
    content = b"".join(as_("section").get(reverse("import-template")).streaming_content)
    assert bring_in(content).is_good


def test_a_previewed_workbook_waits_in_the_list_of_its_uploader_and_vanishes_when_confirmed(as_, login):
    section = as_("section")
    section.post(reverse("imports"), {"file": upload(workbook(**NOBODY))})
    titles = [item.title for item in todo_items(login("section"))]
    assert any("三月" in title for title in titles)
    section.post(reverse("import", args=[ImportBatch.objects.get().pk]), {"confirmed_paper": ""})
    assert not any("三月" in item.title for item in todo_items(login("section")))


def test_the_dashboard_says_which_plan_is_missing(as_):
    assert "没有已载入的实施方案" in as_("section").get("/").text


def test_notices_are_read_and_marked(as_, login):
    notify(to=login("clerk"), text="演示通知", url="/todo/")
    clerk = as_("clerk")
    assert "演示通知" in clerk.get(reverse("todo")).text
    clerk.post(reverse("notices-read"))
    assert "未读" not in clerk.get(reverse("todo")).text


def test_who_opens_a_notice_has_read_it_and_is_where_it_leads(as_, login):
    notify(to=login("clerk"), text="演示通知", url="/consultations/")
    notify(to=login("clerk"), text="没有页面的通知")
    first, second = Notice.objects.order_by("pk")
    clerk = as_("clerk")
    assert f'href="{reverse("notice", args=[first.pk])}"' in clerk.get(reverse("todo")).text
    assert clerk.get(reverse("notice", args=[first.pk]))["Location"] == "/consultations/"
    assert clerk.get(reverse("notice", args=[second.pk]))["Location"] == reverse("todo")
    assert not Notice.objects.unread().filter(to=login("clerk")).exists()
    notify(to=login("clerk"), text="别人的通知", url="/todo/")
    assert as_("head").get(reverse("notice", args=[Notice.objects.latest("pk").pk])).status_code == 404
    assert Notice.objects.unread().count() == 1


def test_a_notice_whose_page_the_post_does_not_open_says_so_instead_of_leading_to_a_refusal(as_, login):
    notify(to=login("clerk"), text="演示通知", url="/ledger/")
    page = as_("clerk").get(reverse("notice", args=[Notice.objects.get().pk]), follow=True)
    assert page.redirect_chain == [(reverse("todo"), 302)]
    assert "“演示通知”说的页面，您的岗位现在不能打开" in page.text


def test_an_address_opens_for_whom_its_action_allows(login):
    assert may_open(login("finance"), "/ledger/?kind=payment") and may_open(login("clerk"), "/p/duty/")
    assert not may_open(login("clerk"), "/ledger/") and not may_open(login("finance"), "/no/such/page/")


def test_an_id_number_does_not_stay_in_the_address_of_a_search(as_):
    response = as_("section").get(reverse("search"), {"q": "14052519600101001X"})
    assert response.status_code == 302 and response["Location"] == reverse("search")


def test_a_name_is_found(as_, bring_in):
    bring_in(workbook(**NOBODY))
    assert "赵示例" in as_("section").get(reverse("search"), {"q": "赵示"}).text


@pytest.mark.parametrize("username", ["duty", "lawyer", "admin", "expert", "cashier"])
def test_everybody_has_a_first_page(as_, username):
    assert as_(username).get("/").status_code == 200


def test_the_badge_counts_only_what_is_mine(as_, login):
    assert as_("expert").get(reverse("todo-badge")).content == b""
    assert User.objects.filter(pk=login("expert").pk).exists()

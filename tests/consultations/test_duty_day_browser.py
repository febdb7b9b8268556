"""A whole duty day on a telephone of 360 pixels: code, drafts, the network gone and back, none at another turn, the day's sheet."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from consultations.models import Attendance, Consultation, ConsultationDraft, LateEntry
from consultations.services.day_codes import show_day_code

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}
NO_NETWORK = "net::ERR|htmx:(afterRequest|sendError)"


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-03-21")


@pytest.fixture
def duty(shift):
    """Lasts the whole of the business day, whatever the real time is."""
    return shift("2022-03-21", starts="00:00", ends="23:59")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


def enter(page, live_server, user):
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/login/")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", "seven quiet lanterns")
    page.click("main button[type=submit], .btn-primary[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


def faults(page):
    found = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{page.url} is wider than the telephone")
    return found


def tap(page, words):
    page.locator("label.pick", has_text=words).first.click()


def tell(page, question, answer="告知保留证据，先协商，协商不成再起诉"):
    page.fill("#id_question", question)
    page.fill("#id_answer", answer)


@pytest.mark.console(NO_NETWORK)
def test_a_whole_day_on_duty(page, live_server, duty, shift, clerk, bagong):
    idle = shift("2022-03-21", starts="00:00", ends="23:59")
    code = show_day_code(station=bagong, by=clerk).code
    page.set_viewport_size(PHONE)
    enter(page, live_server, duty.practitioner.user)

    # In with the code that hangs at the station.
    page.goto(f"{live_server.url}/checkin/")
    assert faults(page) == []
    page.click("summary:has-text('值班码')")
    page.fill("input[name=code]", code)
    page.click("button:has-text('用码签到')")
    assert "已用站点值班码签到" in page.inner_text("main")
    assert Attendance.objects.get().source == "code"

    # The first consultation is put aside half written, taken up again, and saved.
    page.click("a:has-text('登记咨询')")
    assert faults(page) == []
    tap(page, "劳动争议")
    tap(page, "拖欠工资")
    page.fill("#id_question", "包工头拖欠三个月的工钱怎么要")
    page.click("button:has-text('存为草稿')")
    page.goto(f"{live_server.url}/checkin/")
    page.click("a:has-text('接着填写')")
    assert page.input_value("#id_question") == "包工头拖欠三个月的工钱怎么要"
    assert page.locator("input[name=topic]:checked").get_attribute("value") == "labour.wages"
    page.check("#id_is_anonymous")
    tap(page, "当场解答")
    page.click("button:has-text('保存登记')")
    assert "还没有保存：缺 1 项，会扣 10 元" in page.inner_text("#incomplete")
    page.fill("#id_answer", "告知先收集考勤和聊天记录，再申请劳动仲裁")
    page.click("button:has-text('保存登记')")
    page.wait_for_selector("text=已保存，编号")
    assert not ConsultationDraft.objects.exists()

    # The second one is finished when the network is gone: it stays on the telephone and goes out when it is back.
    page.goto(f"{live_server.url}/consultations/new/")
    page.context.set_offline(True)
    page.fill("#id_client_name", "买买提·艾力")
    tap(page, "民间借贷")
    tell(page, "借给邻居两万元打了欠条到期不还")
    tap(page, "代拟文书")
    page.click("button:has-text('保存登记')")
    page.wait_for_selector("#queue >> text=待补传")
    assert Consultation.objects.count() == 1 and page.input_value("#id_question") == ""
    assert faults(page) == []
    page.context.set_offline(False)
    page.wait_for_selector("#queue >> text=已补传")
    late = Consultation.objects.get(client_name="买买提·艾力")
    assert late.late_entry.made_at <= late.late_entry.received_at and late.missing == []
    page.goto(f"{live_server.url}/consultations/{late.pk}/")
    assert "离线登记" in page.inner_text("main") and faults(page) == []
    page.reload()
    assert Consultation.objects.count() == 2

    # Out, before the end: it says what that costs and asks once more. The sheet to print shows both times.
    page.goto(f"{live_server.url}/checkin/")
    assert "今天已登记 2 人次" in page.inner_text("main")
    page.click("button:has-text('签退')")
    page.click("button:has-text('仍然现在签退')")
    page.wait_for_selector("text=已签退")
    sheet = page.request.get(f"{live_server.url}/attendance/today/{bagong.pk}/sheet.pdf")
    assert sheet.headers["content-type"] == "application/pdf" and sheet.body().startswith(b"%PDF")

    # Nobody came to the other turn: the clerk signs for it and writes the statement.
    enter(page, live_server, clerk)
    page.goto(f"{live_server.url}/attendance/today/")
    assert faults(page) == []
    name = idle.practitioner.name
    page.click(f"button[aria-label='为{name}签到']")
    page.click("button:has-text('声明本班次零咨询')")
    page.wait_for_selector("text=已声明零咨询")
    page.click(f"button[aria-label='为{name}签退']")
    page.wait_for_selector("text=已为")
    record = Attendance.objects.get(shift=idle)
    assert record.no_consultation and record.sign_out


@pytest.mark.console(NO_NETWORK)
def test_a_page_asked_for_without_a_network_is_the_offline_page_and_its_sign_in_is_a_note(page, live_server, duty):
    page.set_viewport_size(PHONE)
    enter(page, live_server, duty.practitioner.user)
    page.goto(f"{live_server.url}/checkin/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
    page.context.set_offline(True)
    page.goto(f"{live_server.url}/roster/")
    assert "没有网络" in page.inner_text("h1")
    assert duty.practitioner.name in page.inner_text("#offline-day")
    assert faults(page) == []
    page.click("button:has-text('离线签到')")
    page.wait_for_selector("#queue >> text=待补传")
    page.click("button:has-text('离线签到')")
    assert page.locator("#queue li").count() == 1
    tap(page, "婚姻家庭")
    page.check("#id_is_anonymous")
    tell(page, "夫妻分居两年想离婚怎么办理手续")
    tap(page, "当场解答")
    page.click("button:has-text('记在这台设备上')")
    assert page.locator("#queue li").count() == 2
    page.context.set_offline(False)
    page.goto(f"{live_server.url}/checkin/")
    page.wait_for_selector("#queue >> text=全部补传完毕")
    assert not Attendance.objects.exists()
    assert sorted(LateEntry.objects.values_list("kind", flat=True)) == ["consultation", "sign_in"]
    page.reload()
    assert "不计入考勤，第二天由文员补登" in page.inner_text("main")
    assert page.evaluate("localStorage.getItem('huimin.queue')") == "[]"


def test_the_draft_keeps_itself_every_half_minute(page, live_server, duty, clerk):
    enter(page, live_server, clerk)
    page.clock.install(time=datetime.datetime.now())
    page.goto(f"{live_server.url}/consultations/new/")
    page.fill("#id_question", "想问低保怎么申请要什么材料")
    page.clock.fast_forward(31_000)
    expect(page.locator("#draft-state")).to_contain_text("已存")
    assert ConsultationDraft.objects.count() == 1
    page.goto(f"{live_server.url}/consultations/new/")
    assert page.input_value("#id_question") == "想问低保怎么申请要什么材料"
    page.click("button:has-text('丢弃草稿')")
    page.wait_for_selector("text=已丢弃草稿")
    assert page.input_value("#id_question") == "" and not ConsultationDraft.objects.exists()


def test_numbers_on_the_keyboard_choose_chips(page, live_server, duty, clerk):
    enter(page, live_server, clerk)
    page.goto(f"{live_server.url}/consultations/new/")
    page.locator("input[name=matter]").first.focus()
    page.keyboard.press("1")
    page.keyboard.press("2")
    assert page.locator("input[name=matter]:checked").get_attribute("value") == "loan"
    page.fill("#id_question", "12 万元借款")  # digits in a text are text
    assert page.locator("input[name=matter]:checked").get_attribute("value") == "loan"
    page.locator("input[name=outcome]").first.focus()
    page.keyboard.press("4")
    assert page.locator("input[name=outcome]:checked").get_attribute("value") == "referred_legal_aid"


def test_a_consultation_is_written_without_javascript_in_large_type(browser, live_server, duty, clerk):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    clerk.font_large = True
    clerk.save(update_fields=["font_large"])
    enter(page, live_server, clerk)
    page.goto(f"{live_server.url}/consultations/new/")
    assert page.locator("html.hm-large").count() == 1
    tap(page, "土地权属")
    assert page.locator(".topics[data-matter=land_rights]").is_visible()
    assert not page.locator(".topics[data-matter=labour]").is_visible()
    tap(page, "宅基地")
    page.check("#id_is_anonymous")
    tell(page, "邻居盖房占了自家宅基地怎么办")
    tap(page, "当场解答")
    page.check("#id_advisor_signed")
    page.click("button:has-text('保存登记')")
    assert "已保存，编号" in page.inner_text("main")
    record = Consultation.objects.get()
    assert (record.matter, record.topic, record.missing) == ("land_rights", "homestead", [])
    context.close()


def test_the_pages_of_the_station_are_sound_in_large_type(page, live_server, duty, clerk, bagong):
    clerk.font_large = True
    clerk.save(update_fields=["font_large"])
    show_day_code(station=bagong, by=clerk)
    page.set_viewport_size(PHONE)
    enter(page, live_server, clerk)
    for path in ("attendance/today/", f"attendance/today/{bagong.pk}/code/", "consultations/new/", "consultations/doubtful/",
                 "consultations/handovers/", "consultations/", "consultations/progress/", "offline/"):  # fmt: skip
        page.goto(f"{live_server.url}/{path}")
        assert faults(page) == [], path

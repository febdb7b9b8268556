"""The bureau's month: a roster drawn by the solver and published, a roll called, a finding verified, the report printed.

One way from February's planning to April's report, by clicks, with a worker that really draws; what the way leaves on a
page is looked at, on a desk or on a telephone as it is used (every page as it stands: test_every_page.py).
"""

import re
from datetime import time, timedelta

import pytest
from playwright.sync_api import expect

from consultations.models import Finding, PublishedRoster, RollCall, RosterProposal, Shift
from organizations.models import Station
from performance.models import Report
from tests.journeys.chapters import read
from tests.journeys.ground import picture, practitioner
from tests.journeys.walking import PHONE, Walk

pytestmark = pytest.mark.slow


@pytest.fixture
def walk(page, live_server, new_county, worker, sign_in):
    """Six people, one of them with the demonstration's login of a person on duty; the county's centre open from eight to six."""
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    walk = Walk(page, live_server.url, sign_in).on(2, 22)
    for serial, surname in enumerate("赵钱孙李周吴", start=1):
        practitioner(
            new_county,
            f"{surname}示例",
            serial,
            login="duty" if serial == 1 else "",
            practice_certificate_no=f"114052022100000{serial:02}",
        )
    Station.objects.filter(county=new_county, kind="county_centre").update(
        opens_at=time(8), closes_at=time(18), lunch_minutes=120
    )
    return walk


def test_the_bureau_draws_a_roster_publishes_it_calls_a_roll_verifies_a_finding_and_prints_the_report(walk):
    draw_the_roster(walk)
    publish_it(walk)
    shift = Shift.objects.standing().filter(practitioner__user__username="duty", station__kind="township_station").first()
    anybody_reads_it(walk, shift)
    call_the_roll(walk, shift)
    the_person_answers(walk)
    somebody_else_verifies(walk)
    report_the_month(walk)
    print_it(walk)
    assert walk.looked_at == {}


def draw_the_roster(walk):
    walk.as_("section", "/roster/2022-03/?plan=1")
    walk.follow("自动排班")
    walk.press("生成方案")
    walk.follow("查看")
    walk.shows("已证明最优")
    walk.look()
    assert RosterProposal.objects.get().method == "solver"
    walk.page.get_by_role("button", name=re.compile("^全部采用")).click()
    walk.shows("已排")


def publish_it(walk):
    walk.go("/roster/2022-03/publish/")
    walk.press("公示第 1 版", says="已公示2022年3月值班表（第1版），已通知 1 人")
    assert PublishedRoster.objects.get().version == 1


def anybody_reads_it(walk, shift):
    """Without a login, on a telephone; the notice on the door is one sheet."""
    walk.on(shift.day.month, shift.day.day)
    walk.page.context.clear_cookies()
    walk.page.set_viewport_size(PHONE)
    walk.go("/p/duty/")
    walk.shows(shift.station.short_name, shift.practitioner.name)
    walk.look()
    walk.take("notice", "打印公示（PDF）")
    pages, text = read(walk.taken["notice"])
    assert pages == 1 and shift.practitioner.name in text


def call_the_roll(walk, shift):
    """The section looked by and nobody was there; the next morning it is written down with the photograph."""
    after = shift.day + timedelta(days=1)
    walk.on(after.month, after.day).as_("section", f"/spotcheck/new/?day={shift.day}", size=PHONE)
    walk.look()
    label = f"{shift.station.short_name} {shift.practitioner} {shift.starts_at:%H:%M}–{shift.ends_at:%H:%M}"
    walk.fill(shift=label, time=f"{shift.starts_at:%H}:40", excuse="门锁着，电话说在村里", photo=picture("spot"))
    walk.tick("现场", "不在岗")
    walk.press("保存抽查", says="转为考核事项待核实")
    assert RollCall.objects.get().photo and Finding.objects.get().state == "reported"


def the_person_answers(walk):
    walk.as_("duty", "/findings/mine/", size=PHONE)
    walk.follow("脱岗")
    walk.fill(statement="临时去村里送材料，没有请假。")
    walk.look()
    walk.press("提交说明", says="临时去村里送材料")


def somebody_else_verifies(walk):
    """Who called the roll is told why she may not decide; the second of the section does."""
    finding = Finding.objects.get()
    walk.as_("section", f"/findings/{finding.pk}/")
    expect(walk.page.get_by_role("button", name="作出结论")).to_have_count(0)
    walk.as_("section2", "/todo/")
    walk.follow("核实")
    walk.look()
    walk.tick("属实")
    walk.fill(decision="抽查记录和照片属实，本人承认没有请假。")
    walk.press("作出结论", says="核实属实")
    finding.refresh_from_db()
    assert (finding.state, finding.decided_by.username) == ("upheld", "section2")
    walk.go("/todo/")
    expect(walk.page.locator("main")).not_to_contain_text("核实考核事项")


def report_the_month(walk):
    """Drafted by one, reviewed by another, issued by the leader, each from the list of work."""
    walk.on(4, 6).as_("section", "/reports/")
    walk.press("编制2022年3月月报")
    walk.shows("目标任务完成进度表", "1 次，不在岗 1 次", "脱岗 1")
    walk.look()
    for box in walk.page.locator("form[action$='/texts/'] textarea").all():
        box.fill("示例文字。")
    walk.press("保存文字")
    for login, words, says in (
        ("section2", "复核通过，送局领导签发", "送局领导签发"),
        ("leader", "签发", "报告和数据表已经留存"),
    ):
        walk.as_(login, "/todo/")
        walk.follow("2022年3月月报")
        walk.press(words, says=says)


def print_it(walk):
    report = Report.objects.get()
    walk.as_("section", f"/reports/papers/{report.pk}/")
    walk.take("report", "打印报告（PDF）")
    _, text = read(walk.taken["report"])
    for words in (report.number.replace(" ", ""), "点名抽查1次，其中不在岗1次", "抽查脱岗1件", "示例文字", "目标任务完成进度表"):
        assert words in text, words

"""The pages: who may open which, what they keep after an error, what they never show."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry, User
from accounts.services import system_user
from common.encryption import keyed_index
from consultations.models import Shift
from organizations import services
from organizations.models import (
    Affiliation,
    BankAccount,
    Organization,
    PoolEntry,
    Post,
    Practitioner,
    PublicServantStatus,
    Region,
    Station,
    StatusProposal,
)
from organizations.search import search
from organizations.todo import todo_items

NUMBER = "140525198506150025"
ACCOUNT = "6228480000000001"
PHONE = "13800138000"


@pytest.fixture
def known(person, firm):
    """A person with every number there is."""
    return person(name="钱示例", id_number=NUMBER, phone=PHONE, bank_name="示例银行", account_no=ACCOUNT, organization=firm)


@pytest.fixture
def rows(known, section, station, firm, paper, person):
    """One row of everything an address may name."""
    waiting = person(name="孙待批", admitted=False)
    status = services.propose_status(
        practitioner_id=known.pk,
        since=known.pool_entries.get().since.replace(month=8),
        is_public_servant=True,
        evidence="录用通知",
        by=section,
    )
    change = services.propose_account(
        practitioner_id=known.pk, bank_name="另一银行", account_no="6228480000000002", by=section, upload=paper()
    )
    post = Post.objects.filter(user=section).get()
    return {
        "person": known.pk, "stay": waiting.pool_entries.get().pk, "status-proposal": status.pk, "bank-account": change.pk,
        "station": station.pk, "organization": firm.pk, "region": station.county_id, "post": post.pk,
    }  # fmt: skip


ALL = {
    "section",
    "leader",
    "clerk",
    "head",
    "duty",
    "centre",
    "director",
    "finance",
    "cashier",
    "treasury",
    "city",
    "auditor",
    "admin",
    "expert",
    "lawyer",
}
SEES_PEOPLE = {"section", "leader", "clerk", "head", "centre", "director", "finance", "cashier", "auditor"}
GET_PAGES = [
    ("people", None, SEES_PEOPLE),
    ("people-export", None, SEES_PEOPLE),
    ("person", "person", SEES_PEOPLE),
    ("person-new", None, {"section"}),
    ("person-edit", "person", {"section"}),
    ("person-id-number", "person", {"section"}),
    ("person-kind", "person", {"section"}),
    ("person-firm", "person", {"section"}),
    ("person-status", "person", {"section"}),
    ("person-pool", "person", {"section"}),
    ("person-account", "person", {"section"}),
    ("person-login", "person", {"section"}),
    ("person-merge", "person", {"section"}),
    ("person-statement", "person", {"section"}),
    ("person-account-form", "person", {"section"}),
    ("own-record", None, {"duty"}),
    ("proposals", None, {"section", "leader", "auditor"}),
    ("stay", "stay", {"section", "leader", "auditor"}),
    ("stay-stations", "stay", {"section"}),
    ("stay-leave", "stay", {"section"}),
    ("stay-admission", "stay", SEES_PEOPLE),
    ("status-proposal", "status-proposal", {"section", "leader", "auditor"}),
    ("bank-account", "bank-account", {"section", "leader", "auditor"}),
    ("bank-account-paper", "bank-account", {"section", "leader", "finance", "cashier", "auditor"}),
    ("bank-account-add-paper", "bank-account", {"section"}),
    ("stations", None, ALL - {"expert", "lawyer", "duty"}),
    ("station-new", None, {"section", "admin"}),
    ("station-edit", "station", {"section", "admin"}),
    ("organizations", None, ALL - {"expert", "lawyer", "duty"}),
    ("organization-edit", "organization", {"section", "admin"}),
    ("regions", None, ALL - {"expert", "lawyer", "duty"}),
    ("region-new", "region", {"section", "admin"}),
    ("region-edit", "region", {"section", "admin"}),
    ("posts", None, {"leader", "auditor", "admin"}),
    ("post", "post", {"leader", "auditor", "admin"}),
    ("post-new", None, {"admin"}),
    ("post-delegate", "post", {"admin"}),
    ("post-end", "post", {"admin"}),
]


@pytest.mark.parametrize(("name", "row", "roles"), GET_PAGES, ids=[page[0] for page in GET_PAGES])
def test_each_page_opens_for_the_roles_that_may_and_for_no_other(client, signed_in, user, rows, name, row, roles):
    url = reverse(name, args=[rows[row]] if row else [])
    client.logout()
    assert client.get(url).status_code == 302
    for role in sorted(ALL):
        status = signed_in(user(role)).get(url).status_code
        assert status == (200 if role in roles else 403), f"{role} {name}"


@pytest.mark.parametrize("suffix", ["pdf", "xlsx"])
@pytest.mark.parametrize("name", ["pool-list", "admission-sheet"])
def test_papers_of_the_pool_come_as_workbook_and_pdf(signed_in, section, rows, name, suffix):
    response = signed_in(section).get(reverse(name, args=[suffix]))
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    assert content.startswith(b"%PDF" if suffix == "pdf" else b"PK")
    assert signed_in(section).get(reverse(name, args=["docx"])).status_code == 404


FOREIGN = [(name, row, sorted(roles)[-1]) for name, row, roles in GET_PAGES if row]


@pytest.mark.parametrize(("name", "row", "role"), FOREIGN, ids=[name for name, *_ in FOREIGN])
def test_another_county_does_not_exist_for_those_who_have_no_post_there(signed_in, user, rows, other_county, name, row, role):
    foreign = user(role, region=other_county)
    assert signed_in(foreign).get(reverse(name, args=[rows[row]])).status_code == 404


@pytest.mark.parametrize("url", ["stay-decide", "status-decide", "bank-account-decide"])
def test_the_leader_of_another_county_decides_nothing_here(signed_in, user, rows, other_county, url):
    noun = {"stay-decide": "stay", "status-decide": "status-proposal", "bank-account-decide": "bank-account"}[url]
    leader = user("leader", region=other_county)
    assert signed_in(leader).post(reverse(url, args=[rows[noun]]), {"answer": "yes"}).status_code == 404


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_no_page_shows_a_whole_number(signed_in, user, rows):
    secrets = (NUMBER, ACCOUNT, PHONE, "6228480000000002")
    for name, row, roles in GET_PAGES:
        for role in sorted(roles & {"section", "leader", "finance", "clerk"})[:2]:
            response = signed_in(user(role)).get(reverse(name, args=[rows[row]] if row else []))
            content = b"".join(response.streaming_content) if response.streaming else response.content
            if content.startswith(b"PK"):
                book = load_workbook(io.BytesIO(content))
                content = str([[cell.value for cell in line] for line in book.active]).encode()
            if name == "person-edit":
                content = content.replace(PHONE.encode(), b"")  # the field in which the section changes it
            for secret in secrets:
                assert secret.encode() not in content, f"{name} shows {role} {secret}"
    assert b"140***********0025" in signed_in(user("clerk")).get(reverse("people")).content


def test_a_number_is_shown_in_answer_to_a_post_with_a_reason_and_logged_first(signed_in, section, known):
    url = reverse("person-reveal", args=[known.pk])
    client = signed_in(section)
    assert NUMBER not in client.get(url).content.decode()
    without = client.post(url, {"what": "id_number", "reason": ""})
    assert NUMBER not in without.content.decode()
    assert "没有填写查看理由" in without.content.decode()
    assert not AuditEntry.objects.filter(action="organizations.reveal").exists()
    for what, value in (("id_number", NUMBER), ("phone", PHONE), ("account", ACCOUNT)):
        response = client.post(url, {"what": what, "reason": "核对卷宗"})
        assert value in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        assert value not in response.wsgi_request.get_full_path()
    entries = AuditEntry.objects.filter(action="organizations.reveal")
    assert [entry.reason for entry in entries] == ["核对卷宗"] * 3
    assert NUMBER not in str(list(entries.values()))


def test_a_number_is_shown_only_after_the_password_was_just_given(signed_in, section, known):
    client = signed_in(section, fresh=False)
    response = client.post(reverse("person-reveal", args=[known.pk]), {"what": "id_number", "reason": "核对卷宗"})
    assert response.status_code == 302
    assert "/me/confirm/" in response["Location"]
    assert not AuditEntry.objects.filter(action="organizations.reveal").exists()


def test_twenty_numbers_an_hour_and_no_more(signed_in, section, known):
    client, url = signed_in(section), reverse("person-reveal", args=[known.pk])
    for _ in range(20):
        assert NUMBER in client.post(url, {"what": "id_number", "reason": "核对"}).content.decode()
    refused = client.post(url, {"what": "id_number", "reason": "核对"}).content.decode()
    assert NUMBER not in refused
    assert "一小时内最多查看 20 次" in refused
    assert AuditEntry.objects.filter(action="organizations.reveal").count() == 20


@pytest.mark.parametrize(
    ("role", "shown"),
    [("section", ["id_number", "phone", "account"]), ("centre", ["id_number", "phone"]), ("finance", ["id_number", "account"]),
     ("cashier", ["id_number", "account"]), ("clerk", []), ("leader", []), ("auditor", [])],
)  # fmt: skip
def test_each_role_sees_the_numbers_its_work_needs(user, known, role, shown):
    assert services.revealable(known, user(role)) == shown


def test_a_clerk_sees_the_number_of_who_is_on_duty_at_her_station_today(user, known, station, west, signed_in):
    shift = Shift.objects.create(
        station=station, day="2022-09-26", starts_at="09:00", ends_at="13:00", practitioner=known, created_by=system_user()
    )
    assert services.revealable(known, user("clerk", at=station)) == ["id_number", "phone"]
    assert services.revealable(known, user("clerk", at=west)) == []
    Shift.objects.filter(pk=shift.pk).update(day="2022-09-25")
    assert services.revealable(known, user("clerk", at=station)) == []
    assert signed_in(user("clerk", at=station)).get(reverse("person-reveal", args=[known.pk])).status_code == 403


def test_a_whole_number_is_found_through_the_body_never_through_the_address(signed_in, section, user, known, other_county):
    response = signed_in(section).post(reverse("person-find"), {"id_number": "１４０５２５１９８５０６１５００２５"})
    assert response["Location"] == reverse("person", args=[known.pk])
    hint = signed_in(section).get(reverse("people"), {"q": NUMBER}).content.decode()
    assert "按身份证号查找" in hint and "证件号不能写在这里" in hint
    foreign = signed_in(user("section", region=other_county)).post(reverse("person-find"), {"id_number": NUMBER})
    assert "没有这个身份证号" in foreign.content.decode()
    wrong = signed_in(section).post(reverse("person-find"), {"id_number": "140525198506150026"})
    assert "校验码不对" in wrong.content.decode()


# --- forms ------------------------------------------------------------------------------------------------------------


def values_of(html):
    return dict(re.findall(r'name="([a-z_]+)"[^>]*?value="([^"]*)"', html)) | {
        name: value for value, name in re.findall(r'value="([^"]*)"[^>]*?name="([a-z_]+)"', html)
    }


def test_a_person_is_registered_by_the_form(signed_in, section, county, firm, station):
    data = {
        "name": "周示例", "id_number": "１４０５２５１９８５０６１５００２５", "kind": "lawyer", "phone": PHONE, "organization": firm.pk,
        "county": county.pk, "since": "2022年9月1日", "stations": [station.pk], "bank_name": "示例银行", "account_no": "6228 4800 0000 0001",
        "practice_certificate_no": "1" * 17,
    }  # fmt: skip
    response = signed_in(section).post(reverse("person-new"), data, follow=True)
    made = Practitioner.objects.get()
    assert response.redirect_chain[-1][0] == reverse("person", args=[made.pk])
    assert "等待局领导批准入库" in response.content.decode()
    assert (made.id_number, made.phone, made.bank_accounts.get().account_no) == (NUMBER, PHONE, ACCOUNT)
    entry = made.pool_entries.get()
    assert (entry.state, str(entry.since), list(entry.stations.all())) == ("proposed", "2022-09-01", [station])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"id_number": "140525198506150026"}, "校验码不对"),
        ({"id_number": ""}, "没有填写身份证号"),
        ({"name": ""}, "没有填写姓名"),
        ({"kind": "retired_politlegal", "service_years": "4"}, "5 年以上"),
        ({"kind": "law_student"}, "法律职业资格"),
        ({"kind": "public_lawyer", "is_public_servant": "no"}, "公职律师是公职人员"),
        ({"service_years": "很久"}, "从业年限应为整数"),
        ({"since": "9月1日"}, "没有年份"),
        ({"phone": "123456"}, "联系电话"),
        ({"account_no": "123"}, "8 至 30 位"),
        ({"kind": "nonsense"}, "不在可选范围内"),
        ({"county": "999999"}, "不在可选范围内"),
        ({"stations": ["999999"]}, "不在可选范围内"),
    ],
)
def test_a_wrong_entry_is_explained_and_everything_typed_is_kept(signed_in, section, county, wrong, words):
    data = {"name": "周示例", "id_number": NUMBER, "kind": "lawyer", "county": county.pk, "since": "2022-9-1",
            "bank_name": "示例银行", "account_no": ACCOUNT, "remark": "备注一二三", **wrong}  # fmt: skip
    html = signed_in(section).post(reverse("person-new"), data).content.decode()
    assert html.count(words) >= 2, "in the summary and at the field"
    assert "处需要修改" in html
    assert "备注一二三" in html
    kept = values_of(html)
    for name in ("name", "id_number", "since", "bank_name", "account_no"):
        assert kept.get(name, "") == data[name], name
    assert not Practitioner.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("person-edit", {"name": "", "phone": "1"}, "没有填写姓名"),
        ("person-id-number", {"id_number": "1", "reason": "核对"}, "应为 18 位"),
        ("person-kind", {"kind": "law_teacher", "since": "2022-9-1", "evidence": "教师证"}, "法律职业资格"),
        ("person-kind", {"kind": "lawyer", "since": "2022-9-1", "evidence": "x"}, "已经是律师"),
        ("person-firm", {"since": "2020-1-1", "organization": ""}, "须在此之后"),
        ("person-status", {"is_public_servant": "no", "since": "2022-9-1", "evidence": "x"}, "不用再登记"),
        ("person-status", {"is_public_servant": "yes", "since": "2022-9-1", "evidence": ""}, "没有填写依据"),
        ("person-pool", {"since": "2022-9-1"}, "不能重叠"),
        ("person-account", {"bank_name": "另一银行", "account_no": "6228480000000002"}, "账户确认书"),
    ],
)
def test_each_verb_says_what_is_wrong(signed_in, section, known, county, name, data, words):
    before = AuditEntry.objects.count()
    data = {"county": county.pk, **data}
    html = signed_in(section).post(reverse(name, args=[known.pk]), data).content.decode()
    assert words in html
    assert AuditEntry.objects.count() == before


def test_a_paper_of_another_type_is_refused_at_its_field(signed_in, section, known):
    data = {"bank_name": "另一银行", "account_no": "6228480000000002", "paper": SimpleUploadedFile("a.pdf", b"MZ\x90\x00")}
    html = signed_in(section).post(reverse("person-account", args=[known.pk]), data).content.decode()
    assert "不能接收这种文件" in html
    assert not BankAccount.objects.to_decide().exists()


def test_proposals_are_decided_on_their_pages(signed_in, leader, rows):
    client = signed_in(leader)
    client.post(reverse("stay-decide", args=[rows["stay"]]), {"answer": "yes"})
    client.post(reverse("status-decide", args=[rows["status-proposal"]]), {"answer": "yes"})
    client.post(reverse("bank-account-decide", args=[rows["bank-account"]]), {"answer": "no", "opinion": "签名不符"})
    assert PoolEntry.objects.get(pk=rows["stay"]).state == "admitted"
    assert (
        Practitioner.objects.get(pk=rows["person"])
        .public_servant_status_on(PoolEntry.objects.first().since.replace(month=9))
        .is_public_servant
    )
    assert BankAccount.objects.get(pk=rows["bank-account"]).state == "refused"


def test_a_refusal_without_a_reason_and_no_answer_at_all_change_nothing(signed_in, leader, rows):
    client, url = signed_in(leader), reverse("stay-decide", args=[rows["stay"]])
    assert "没有填写不批准的理由" in client.post(url, {"answer": "no"}).content.decode()
    assert "没有选择同意或不同意" in client.post(url, {"opinion": "好"}).content.decode()
    assert PoolEntry.objects.get(pk=rows["stay"]).state == "proposed"


@pytest.mark.parametrize("url", ["stay-decide", "status-decide", "bank-account-decide", "post-confirm"])
def test_deciding_asks_for_the_password_again_and_only_by_post(signed_in, leader, rows, url):
    noun = {
        "stay-decide": "stay",
        "status-decide": "status-proposal",
        "bank-account-decide": "bank-account",
        "post-confirm": "post",
    }[url]
    address = reverse(url, args=[rows[noun]])
    assert signed_in(leader).get(address).status_code == 405
    response = signed_in(leader, fresh=False).post(address, {"answer": "yes"})
    assert "/me/confirm/" in response["Location"]


def test_leaving_the_pool_warns_of_shifts_that_are_planned(signed_in, section, known, station):
    Shift.objects.create(
        station=station, day="2022-10-08", starts_at="09:00", ends_at="13:00", practitioner=known, created_by=system_user()
    )
    url = reverse("stay-leave", args=[known.pool_entries.get().pk])
    html = signed_in(section).post(url, {"on": "2022-9-30", "reason": "调离"}, follow=True).content.decode()
    assert "还有 1 个班次" in html


def test_a_post_is_given_delegated_and_ended_on_its_pages(signed_in, user, leader, county):
    admin, holder, stand_in = user("admin"), user(), user()
    client = signed_in(admin)
    client.post(reverse("post-new"), {"user": holder.pk, "role": "finance", "region": county.pk, "since": "2022-9-1"})
    post = Post.objects.get(user=holder)
    assert not post.is_confirmed
    signed_in(leader).post(reverse("post-confirm", args=[post.pk]))
    post.refresh_from_db()
    assert (post.is_confirmed, post.confirmed_by) == (True, leader)
    client = signed_in(admin)
    data = {"to": stand_in.pk, "since": "2022-10-1", "until": "2022-10-10", "paper": "委〔2022〕3号"}
    client.post(reverse("post-delegate", args=[post.pk]), data)
    assert post.delegations.get().user == stand_in
    html = client.post(reverse("post-end", args=[post.pk]), {"on": "2022-9-30", "reason": ""}).content.decode()
    assert "没有填写离任原因" in html
    client.post(reverse("post-end", args=[post.pk]), {"on": "2022-9-30", "reason": "调离"})
    post.refresh_from_db()
    assert str(post.until) == "2022-09-30"
    assert not post.delegations.exists()


# --- places -----------------------------------------------------------------------------------------------------------


def test_stations_of_every_kind_are_kept(signed_in, section, county):
    for number, kind in enumerate(Station.Kind.values):
        data = {"name": f"站点{number}", "short_name": f"站{number}", "kind": kind, "county": county.pk, "order": "5",
                "opens_at": "8:30", "closes_at": "17:30", "lunch_minutes": "120", "is_active": "on", "phone": "0356-3033000"}  # fmt: skip
        assert signed_in(section).post(reverse("station-new"), data).status_code == 302, kind
    assert set(Station.objects.values_list("kind", flat=True)) == set(Station.Kind.values)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "没有填写站点名称"),
        ({"closes_at": "8:00"}, "结束时间须晚于开始时间"),
        ({"opens_at": "25:00"}, "时间"),
        ({"phone": "12"}, "联系电话少 9 位"),
        ({"name": "东镇公共法律服务工作站"}, "已有同名站点"),
        ({"lunch_minutes": "-5"}, "不能小于 0"),
    ],
)
def test_a_wrong_station_is_explained(signed_in, section, county, station, wrong, words):
    data = {"name": "新站", "short_name": "新", "kind": "other", "county": county.pk, "order": "5",
            "opens_at": "8:30", "closes_at": "17:30", "lunch_minutes": "0", **wrong}  # fmt: skip
    html = signed_in(section).post(reverse("station-new"), data).content.decode()
    assert words in html
    assert Station.objects.count() == 1


def test_organisations_keep_a_checked_code_and_one_name_in_a_place(signed_in, section, county, firm):
    data = {"name": "第二律师事务所", "kind": "law_firm", "region": county.pk, "uscc": "91350100M000100Y44", "is_active": "on"}
    assert "校验码不对" in signed_in(section).post(reverse("organization-new"), data).content.decode()
    data["uscc"] = "91350100m000100y43"
    assert signed_in(section).post(reverse("organization-new"), data).status_code == 302
    assert Organization.objects.get(name="第二律师事务所").uscc == "91350100M000100Y43"
    again = signed_in(section).post(reverse("organization-new"), data).content.decode()
    assert "本地已有同名机构" in again


def test_regions_grow_one_level_at_a_time_and_a_code_is_only_a_remark(signed_in, section, county, user):
    url = reverse("region-new", args=[county.pk])
    data = {"level": "township", "name": "北石店镇", "code": "140502100"}
    assert signed_in(section).post(url, data).status_code == 302
    assert "同一上级下已有这个名称" in signed_in(section).post(url, data).content.decode()
    assert "不在可选范围内" in signed_in(section).post(url, {"level": "village", "name": "甲村"}).content.decode()
    township = Region.objects.get(name="北石店镇")
    assert township.code == "140502100"
    html = signed_in(section).get(reverse("region", args=[county.pk])).content.decode()
    assert "北石店镇" in html
    assert reverse("region", args=[township.pk]) in html
    clerk = user("clerk")
    inside = signed_in(clerk).get(reverse("region", args=[county.pk])).content.decode()
    assert "北石店镇" in inside and reverse("region", args=[township.pk]) not in inside, "no link to a page that answers 404"
    tree = signed_in(section).get(reverse("regions")).content.decode()
    assert re.findall(r'class="deep-(\d)">(?:<a [^>]*>)?([^<]+)<', tree) == [("0", "示例省"), ("1", "示例市"), ("2", "示例县")]


# --- lists, search, to-do ---------------------------------------------------------------------------------------------


def test_the_list_filters_by_name_initials_kind_state_and_status(signed_in, section, person):
    person(name="张三"), person(name="李四", kind="public_lawyer"), person(name="王五", admitted=False)
    client = signed_in(section)

    def names(**query):
        html = client.get(reverse("people"), query).content.decode()
        return {name for name in ("张三", "李四", "王五") if f">{name}</a>" in html}

    assert names(q="张") == names(q="ZS") == names(q="zs") == {"张三"}
    assert names(kind="public_lawyer") == names(public="yes") == {"李四"}
    assert names(public="no") == {"张三", "王五"}
    assert names(state="proposed") == {"王五"}
    assert names(state="in") == {"张三", "李四"}
    assert names(q="赵") == set()


def test_the_export_holds_the_filtered_people_with_masked_numbers(signed_in, section, known, person):
    person(name="孙示例", kind="public_lawyer")
    response = signed_in(section).get(reverse("people-export"), {"kind": "lawyer"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    cells = [cell.value for line in sheet for cell in line]
    assert "钱示例" in cells and "孙示例" not in cells
    assert "140***********0025" in cells and NUMBER not in cells


def grow(county, by, prefix, count):
    """So many more people with firm, status and a stay in the pool."""
    firm, _ = Organization.objects.get_or_create(kind="law_firm", name="大所", region=county)
    people = Practitioner.objects.bulk_create(
        Practitioner(
            name=f"{prefix}{number}", id_number=NUMBER, id_index=keyed_index(f"{prefix}{number}"), kind="lawyer", initials="r"
        )
        for number in range(count)
    )
    since = {"since": "2022-01-01"}
    PoolEntry.objects.bulk_create(
        PoolEntry(practitioner=one, county=county, state="admitted", entered_by=by, **since) for one in people
    )
    Affiliation.objects.bulk_create(Affiliation(practitioner=one, organization=firm, **since) for one in people)
    PublicServantStatus.objects.bulk_create(
        PublicServantStatus(practitioner=one, is_public_servant=False, evidence="名册", confirmed_by=by, **since)
        for one in people
    )


@pytest.mark.parametrize("name", ["people", "people-export", "pool-list", "proposals"])
def test_a_list_asks_the_database_equally_often_for_ten_and_a_thousand_people(signed_in, section, county, name):
    client, url = signed_in(section), reverse(name, args=["xlsx"] if name == "pool-list" else [])
    counts = []
    for prefix, count in (("甲", 10), ("乙", 990)):
        grow(county, section, prefix, count)
        if name == "proposals":
            PoolEntry.objects.update(state="proposed")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            assert response.status_code == 200
            if response.streaming:
                b"".join(response.streaming_content)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_what_waits_is_in_the_to_do_of_who_may_decide_it_and_goes_when_done(rows, leader, section, user):
    waiting = {item.title: item.url for item in todo_items(leader)}
    assert waiting == {
        "审定入库（1 项）": reverse("stay", args=[rows["stay"]]),
        "审定公职身份（1 项）": reverse("status-proposal", args=[StatusProposal.objects.get().pk]),
        "审定收款账户变更（1 项）": reverse("bank-account", args=[BankAccount.objects.to_decide().get().pk]),
    }
    assert list(todo_items(section)) == []
    assert list(todo_items(user("clerk"))) == []
    services.decide_pool_entry(entry_id=rows["stay"], admit=True, by=leader)
    assert "审定入库（1 项）" not in {item.title for item in todo_items(User.objects.get(pk=leader.pk))}


def test_the_search_finds_people_stations_and_organisations_in_scope(known, section, user, other_county, station, firm):
    assert [hit.title for hit in search(section, "qsl")] == ["钱示例"]
    assert [hit.title for hit in search(section, NUMBER)] == ["钱示例"]
    assert {hit.kind for hit in search(section, "示例")} == {"服务人员", "机构"}
    assert [hit.kind for hit in search(section, "东镇")] == ["站点"]
    assert list(search(section, "")) == []
    assert list(search(user("section", region=other_county), "示例")) == []
    assert NUMBER not in str(list(search(section, "示例")))


def test_a_person_on_duty_sees_her_own_record_and_nothing_to_change(signed_in, user, known, section):
    duty = user("duty")
    assert "还没有关联到服务人员" in signed_in(duty).get(reverse("own-record")).content.decode()
    services.link_login(practitioner_id=known.pk, user=duty, by=section)
    html = signed_in(duty).get(reverse("own-record")).content.decode()
    assert "钱示例" in html and "************0001" in html
    assert reverse("person-edit", args=[known.pk]) not in html
    assert reverse("person-account", args=[known.pk]) not in html
    assert signed_in(duty).get(reverse("person", args=[known.pk])).status_code == 403


def test_stations_do_not_see_accounts(signed_in, user, known):
    assert "示例银行" not in signed_in(user("clerk")).get(reverse("person", args=[known.pk])).content.decode()
    assert "示例银行" in signed_in(user("finance")).get(reverse("person", args=[known.pk])).content.decode()

import io
import re
from pathlib import Path

import openpyxl
import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from accounts import audit, services
from accounts.models import AuditEntry, AuditSeal
from accounts.services.sealing import verify_audit

REFUSED = (IntegrityError, ProgrammingError)


def entry(**fields):
    return audit.record(
        by=None, **{"action": "accounts.signed_in", "on": "张示例", "before": {"状态": "甲"}, "after": {"状态": "乙"}, **fields}
    )


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


ATTACKS = {
    "save": lambda row: AuditEntry(
        **{field.attname: getattr(row, field.attname) for field in row._meta.fields} | {"reason": "另一个"}
    ).save(force_update=True),
    "update": lambda row: AuditEntry.objects.filter(pk=row.pk).update(actor_name="别人"),
    "bulk_update": lambda row: AuditEntry.objects.bulk_update([row], ["reason"]),
    "delete": lambda row: row.delete(),
    "delete all": lambda row: AuditEntry.objects.all().delete(),
    "raw update": lambda row: raw("UPDATE accounts_auditentry SET reason = 'x'"),
    "raw delete": lambda row: raw("DELETE FROM accounts_auditentry"),
    "truncate": lambda row: raw("TRUNCATE accounts_auditentry CASCADE"),
    "no triggers": lambda row: raw("ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL"),
    "drop": lambda row: raw("DROP TABLE accounts_auditseal"),
    "replica": lambda row: raw("SET session_replication_role = replica"),
    "seal": lambda row: AuditSeal.objects.update(digest="0" * 64),
    "seal delete": lambda row: AuditSeal.objects.all().delete(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_the_program_cannot_change_what_the_audit_log_says(attack):
    row = entry()
    services.seal_audit()
    with pytest.raises(REFUSED), transaction.atomic():
        attack(row)
    row.refresh_from_db()
    assert row.reason == ""
    assert verify_audit() is None


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditentry SET reason = 'x'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry CASCADE",
        "UPDATE accounts_auditseal SET digest = 'x'",
        "DELETE FROM accounts_auditseal",
    ],
)
def test_even_the_owner_of_the_tables_stumbles_over_the_triggers(sql):
    entry()
    services.seal_audit()
    with pytest.raises(IntegrityError, match="only grows"), connections["owner"].cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_chain_names_the_entry_that_an_owner_tampered_with():
    rows = [entry(reason=str(number)) for number in range(5)]
    assert services.seal_audit() == 5
    assert verify_audit() is None
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER USER")
        cursor.execute('UPDATE accounts_auditentry SET after = \'{"状态": "丙"}\' WHERE id = %s', [rows[2].pk])
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER USER")
    assert f"审计记录 {rows[2].pk}" in verify_audit()
    errors = io.StringIO()
    with pytest.raises(SystemExit) as exit:
        call_command("verify_audit", stderr=errors)
    assert exit.value.code == 1
    assert f"审计记录 {rows[2].pk}" in errors.getvalue()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_chain_notices_a_link_that_was_taken_out():
    for number in range(4):
        entry(reason=str(number))
    services.seal_audit()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditseal DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM accounts_auditseal WHERE position = 2")
        cursor.execute("ALTER TABLE accounts_auditseal ENABLE TRIGGER USER")
    assert "第 2 环缺失" in verify_audit()


@pytest.mark.django_db
def test_sealing_again_goes_on_where_it_stopped():
    entry()
    assert services.seal_audit() == 1
    entry()
    entry()
    assert services.seal_audit(limit=1) == 1
    assert services.seal_audit() == 1
    assert services.seal_audit() == 0
    assert list(AuditSeal.objects.values_list("position", flat=True)) == [1, 2, 3]
    assert verify_audit() is None


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_an_entry_committed_late_is_sealed_late_and_the_chain_holds():
    late = psycopg2.connect(
        **{k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "user", "password", "host", "port")}
    )
    with late.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_auditentry (at, actor_name, action, object_type, object_id, object_label, reason, request_id) "
            "VALUES (now(), '甲', 'x', '', '', '', '', '')"
        )
        entry()
        assert services.seal_audit() == 1
    late.commit()
    late.close()
    assert services.seal_audit() == 1
    assert verify_audit() is None


@pytest.mark.django_db
def test_an_act_that_fails_leaves_no_entry(person):
    user, admin = person(), person("admin")
    with pytest.raises(services.AccountError):
        services.disable_user(user_id=user.pk, reason=" ", by=admin)
    assert not AuditEntry.objects.filter(action="accounts.disable_user").exists()


@pytest.mark.django_db
def test_an_entry_tells_who_when_whence_before_and_after(client, person, sign_in):
    admin, user = person("admin", is_demo=True), person(phone="13800005678")
    sign_in(admin)
    client.post(f"/base/users/{user.pk}/edit/", {"name": "新名字", "phone": "13800009999"})
    row = AuditEntry.objects.get(action="accounts.edit_user")
    assert (row.actor, row.address, row.object_id) == (admin, "127.0.0.1", str(user.pk))
    assert row.before["姓名"] == user.name
    assert row.after == {"姓名": "新名字", "联系电话": "138****9999"}
    assert len(row.request_id) == 12


@pytest.mark.django_db
def test_many_entries_cost_one_statement(person, django_assert_num_queries):
    user = person()
    with django_assert_num_queries(1):
        audit.record_many({"by": user, "action": "accounts.edit_user", "on": user, "after": {"n": n}} for n in range(200))
    assert AuditEntry.objects.filter(actor=user).count() == 200


@pytest.mark.django_db
def test_the_audit_page_filters_by_person_action_object_and_day(client, person, sign_in):
    sign_in(person("auditor"))
    audit.record(by=person(name="甲某"), action="accounts.edit_user", on="第一件")
    audit.record(by=person(name="乙某"), action="accounts.disable_user", on="第二件")
    page = client.get("/base/audit/", {"who": "甲某"}).content.decode()
    assert "第一件" in page
    assert "第二件" not in page
    page = client.get("/base/audit/", {"action": "accounts.disable_user"}).content.decode()
    assert "第二件" in page
    assert "第一件" not in page
    page = client.get("/base/audit/", {"until": "2020-1-1"}).content.decode()
    assert "没有符合条件的审计记录" in page
    page = client.get("/base/audit/", {"since": "昨天"}).content.decode()
    assert "invalid-feedback" in page


@pytest.mark.django_db
def test_the_audit_page_offers_what_occurs_and_each_words_once(client, person, sign_in):
    sign_in(person("auditor"))
    for action, on in (
        ("organizations.propose_pool", "第一件"),
        ("organizations.admit_to_pool", "第二件"),
        ("accounts.edit_user", "第三件"),
    ):
        audit.record(by=None, action=action, on=on)
    occurring = audit.words_of("organizations.propose_pool")
    assert occurring == audit.words_of("organizations.admit_to_pool"), "two names of one meaning"
    page = client.get("/base/audit/", {"action": "organizations.admit_to_pool"}).content.decode()
    assert page.count(f">{occurring}</option>") == 1
    assert "看帮助</option>" not in page
    assert "第一件" in page and "第二件" in page and "第三件" not in page
    assert "日志里没有这种操作" in client.get("/base/audit/", {"action": "accounts.disable_user"}).content.decode()


@pytest.mark.django_db
def test_the_audit_page_leafs_by_keyset_without_counting(client, person, sign_in, django_assert_num_queries):
    auditor = person("auditor")
    sign_in(auditor)
    audit.record_many({"by": auditor, "action": "accounts.edit_user", "on": f"第 {n} 件。"} for n in range(120))
    seen = []
    address = "/base/audit/?action=accounts.edit_user"
    while address:
        answer = client.get(address)
        rows = answer.context["rows"]
        seen += [row.pk for row in rows]
        older = answer.context["older"]
        address = f"/base/audit/?action=accounts.edit_user&before={older}" if older else None
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.django_db
def test_the_exported_audit_log_is_text_and_says_who_took_it(client, person, sign_in):
    auditor = person("auditor")
    sign_in(auditor)
    audit.record(by=auditor, action="accounts.edit_user", on="=1+1", after={"状态": "乙"})
    answer = client.post("/base/audit/export/?action=accounts.edit_user")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "=1+1" in cells
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert AuditEntry.objects.filter(action="accounts.export_audit", actor=auditor).exists()


@pytest.mark.django_db
def test_an_entry_is_shown_side_by_side(client, person, sign_in):
    sign_in(person("leader", is_demo=True))
    row = entry()
    page = client.get(f"/base/audit/{row.pk}/").content.decode()
    assert "改动前" in page
    assert "甲" in page
    assert "乙" in page


def test_everything_the_program_writes_down_is_told_in_words():
    floors = ("accounts", "records", "organizations", "programmes", "consultations", "legalaid", "subsidies", "performance", "desk")
    written = set()
    for floor in floors:
        for path in Path(settings.BASE_DIR, floor).rglob("*.py"):
            written |= set(re.findall(r'action="([a-z]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    assert len(written) > 100
    assert {action for action in written if audit.words_of(action) == action} == set()

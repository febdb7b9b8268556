"""The program's role owns nothing and may not do what must never happen. safety.md §1.2."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError

from huimin.guard import refuse_unsafe_start, tables_owned_by_program, unapplied_migrations
from huimin.management.commands.setup_database import append_only_tables

pytestmark = pytest.mark.django_db


def privileges(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p "
            "WHERE has_table_privilege(current_user, %s, p)",
            [f'"{table}"'],
        )
        return {name for (name,) in cursor}


def tables():
    return [table for table in connection.introspection.table_names() if table != "django_migrations"]


def test_the_program_owns_no_table_and_nothing_is_due():
    assert tables_owned_by_program() == []
    assert unapplied_migrations() == []
    refuse_unsafe_start()


def test_the_program_may_read_and_write_rows_and_nothing_else():
    append_only = append_only_tables()
    assert {table: privileges(table) for table in tables()} == {
        table: {"SELECT", "INSERT"} | (set() if table in append_only else {"UPDATE", "DELETE"}) for table in tables()
    }


@pytest.mark.parametrize(
    "forbidden",
    [
        "TRUNCATE django_session CASCADE",
        "DROP TABLE django_session",
        "ALTER TABLE django_session DISABLE TRIGGER ALL",
        "ALTER TABLE django_session ADD COLUMN x int",
        "CREATE TABLE mine (x int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DELETE FROM django_migrations",
        "SET session_replication_role = replica",
        "SET ROLE huimin_owner",
    ],
)
def test_the_program_may_not_change_the_house(forbidden):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forbidden)


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_role_that_owns_its_tables_does_not_start(monkeypatch):
    monkeypatch.setattr("huimin.guard.connection", connections["owner"])
    with pytest.raises(ImproperlyConfigured, match="拥有"):
        refuse_unsafe_start()


@pytest.mark.django_db(databases=["default", "owner"])
def test_due_migrations_do_not_start():
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(ImproperlyConfigured, match="sessions.0001_initial"):
        patch.setattr("huimin.guard.connection", connections["owner"])
        refuse_unsafe_start()

"""Brings the database to the state that this version of the program needs: tables, then rights."""

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Migrates as the owner of the tables and gives the program's role its rights. Safe at any time."
    requires_system_checks = ()

    def handle(self, *args, **options):
        owner, program = connections["owner"], connections["default"].settings_dict["USER"]
        executor = MigrationExecutor(owner)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", database="owner", interactive=False, verbosity=options["verbosity"])
        if "cache" not in owner.introspection.table_names():
            call_command("createcachetable", "cache", database="owner", verbosity=0)
        if owner.settings_dict["USER"] == program:
            raise CommandError("DATABASE_URL 和 DATABASE_OWNER_URL 是同一个角色：程序的角色不能拥有表。")
        grant(owner, program)


def append_only_tables() -> set[str]:
    """Tables of models that say `append_only = True`: rows are added and never changed."""
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True) if getattr(model, "append_only", False)}


def grant(owner, program: str) -> None:
    """Rights of the program's role on every table and sequence of the schema; nobody else has any."""
    role = owner.ops.quote_name(program)
    append_only = append_only_tables()
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(
            "SELECT relname, has_table_privilege(%s, oid, 'UPDATE') OR has_table_privilege(%s, oid, 'DELETE'), "
            "has_table_privilege(%s, oid, 'INSERT'), has_table_privilege(%s, oid, 'TRUNCATE') "
            "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
            [program] * 4,
        )
        for table, may_change, may_insert, may_truncate in cursor.fetchall():
            name = owner.ops.quote_name(table)
            is_append_only = table in append_only or table == "django_migrations"
            if may_truncate or (is_append_only and may_change):
                cursor.execute(f"REVOKE ALL ON {name} FROM {role}")
            if table == "django_migrations":
                cursor.execute(f"GRANT SELECT ON {name} TO {role}")
            elif table in append_only:
                cursor.execute(f"GRANT SELECT, INSERT ON {name} TO {role}")
            elif not (may_change and may_insert) or may_truncate:
                cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {role}")

"""What web and worker refuse to start with, beyond what the settings refuse. safety.md §1.10."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from common import clock


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured when migrations are due or the program's role owns tables or is a superuser."""
    try:
        if due := unapplied_migrations():
            raise ImproperlyConfigured(f"数据库还差 {len(due)} 步迁移，第一步是 {due[0]}：请运行 manage.py setup_database。")
        if owned := tables_owned_by_program():
            raise ImproperlyConfigured(
                f"DATABASE_URL 的角色拥有 {len(owned)} 张表（或是超级用户）：请换用不拥有任何表的角色，表的所有者写在 DATABASE_OWNER_URL。"
            )
        if why := clock.why_today_is_refused():
            raise ImproperlyConfigured(why)
    finally:
        connection.close()  # the server forks after this


def unapplied_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def tables_owned_by_program() -> list[str]:
    """Tables that the program's role could alter: its own, those of a role it belongs to, all for a superuser."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = current_schema() AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'USAGE') ORDER BY 1"
        )
        return [name for (name,) in cursor]

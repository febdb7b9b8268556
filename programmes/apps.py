"""The fourth floor: what a plan says, which days are worked, which months are closed."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"
    verbose_name = "方案与日历"
    default_auto_field = "django.db.models.BigAutoField"

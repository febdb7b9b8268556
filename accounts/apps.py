from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = "用户与审计"
    default_auto_field = "django.db.models.BigAutoField"

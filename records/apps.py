from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    label = "records"
    verbose_name = "公文与任务"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class HuiminConfig(AppConfig):
    name = "huimin"
    verbose_name = "惠民"

    def ready(self):
        # Makes our Celery app the default one before any task is sent.
        from huimin import celery  # noqa: F401

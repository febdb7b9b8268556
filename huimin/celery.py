"""The Celery application. The schedule is in the settings, by name of task."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.settings")

app = Celery("huimin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_worker(**kwargs):
    from huimin.guard import refuse_unsafe_start

    refuse_unsafe_start()

from celery import shared_task

from accounts import services


@shared_task(name="accounts.tasks.seal_audit")
def seal_audit():
    return services.seal_audit()

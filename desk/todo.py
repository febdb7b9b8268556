"""What waits at the desk itself: workbooks that were checked and not yet brought in, and the tasks of the year."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from accounts.policy import may
from common import clock
from programmes.models import Obligation
from records.models import ImportBatch
from records.todo import TodoItem

SOON = timedelta(days=14)


def todo_items(user):
    yield from workbooks_of(user)
    yield from obligations_of(user)


def obligations_of(user):
    """Tasks of the year that are hers, or her post's while nobody is named: the late ones and those of the next two weeks."""
    if not may(user, "desk.keep_obligations"):
        return
    near = Obligation.objects.visible_to(user).open().filter(due_on__lte=clock.today() + SOON)
    for row in near.filter(Q(owner=user) | Q(owner=None, owner_role__in=user.roles))[:10]:
        detail = f"年度任务（方案 {row.clause}），办好后填凭据、点办结"
        yield TodoItem(f"办理：{row.title}", detail, row.get_absolute_url(), row.late_after, "list-checks")


def workbooks_of(user):
    if not may(user, "desk.import_workbook"):
        return
    waiting = ImportBatch.objects.filter(created_by=user, state=ImportBatch.State.PREVIEWED).select_related("file")
    for batch in waiting.order_by("-pk")[:5]:
        is_wrong = bool(batch.summary.get("errors"))
        yield TodoItem(
            title=f"{'改正' if is_wrong else '确认导入'}工作簿“{batch.file.name}”",
            detail=f"有 {batch.summary['errors']} 处错误，改正后重新上传" if is_wrong else "检查通过，还没有写入",
            url=reverse("import", args=[batch.pk]),
            icon="file-spreadsheet",
        )

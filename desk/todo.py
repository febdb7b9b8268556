"""What waits at the desk itself: workbooks that were checked and not yet brought in."""

from django.urls import reverse

from accounts.policy import may
from records.models import ImportBatch
from records.todo import TodoItem


def todo_items(user):
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

"""What waits for whom in quality evaluation: sheets to fill, reviewers to find, grades to confirm, things to mend. 五（二）2."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse

from accounts.policy import may
from common import clock
from legalaid.models import AidCase, FileReview, Rectification, ReviewBatch, SampledFile
from organizations.scope import counties_of
from records.todo import TodoItem

WAITING_DAYS = 30  # a file archived longer than this without evaluation is shown; the plan names no day


def todo_items(user):
    """Her open work. A handful of queries, whatever the number of files."""
    return [
        *sheets_to_fill(user),
        *batches_to_move(user),
        *cases_to_draw(user),
        *fixes_to_do(user),
        *fixes_to_confirm(user),
    ]


def sheets_to_fill(user):
    if not may(user, "legalaid.score_file"):
        return
    for review in FileReview.objects.visible_to(user).waiting().select_related("file__batch", "file__case"):
        batch = review.file.batch
        detail = f"{batch.number}，{review.file.case.get_type_display()}" + ("，第二轮" if review.round == 2 else "")
        yield TodoItem(f"评查 {review.file.case.number}", detail, reverse("review", args=[review.pk]), batch.due_on, "scale")


def batches_to_move(user):
    """Draws to confirm, free seats, grades to confirm, batches to close."""
    if not may(user, "legalaid.organize_reviews"):
        return
    states = SampledFile.State
    seated = Q(files__reviews__isnull=False) & ~Q(files__reviews__state="withdrawn")
    rows = ReviewBatch.objects.visible_to(user).filter(state__in=["drawn", "open"])
    rows = rows.annotate(
        drawn=Count("files", distinct=True),
        empty=Count("files", filter=Q(files__state=states.FIRST), distinct=True)
        - Count("files", filter=Q(files__state=states.FIRST) & seated, distinct=True),
        second=Count("files", filter=Q(files__state=states.SECOND), distinct=True)
        - Count("files", filter=Q(files__state=states.SECOND, files__reviews__round=2) & seated, distinct=True),
        scored=Count("files", filter=Q(files__state=states.SCORED), distinct=True),
        decided=Count("files", filter=Q(files__state=states.DECIDED), distinct=True),
    )
    for batch in rows:
        url = reverse("review-batch", args=[batch.pk])
        if batch.state == ReviewBatch.State.DRAWN:
            yield TodoItem(f"确认抽样：{batch.title}", f"抽中 {batch.drawn} 件，种子 {batch.seed}", url, None, "dices")
            continue
        if batch.empty:
            yield TodoItem(f"分配评查人：{batch.title}", f"{batch.empty} 件还没有评查人", url, batch.due_on, "users")
        if batch.second:
            yield TodoItem(f"分配第二轮评查人：{batch.title}", f"{batch.second} 件进入第二轮", url, batch.due_on, "users")
        if batch.scored:
            yield TodoItem(f"核定等次：{batch.title}", f"{batch.scored} 件已评完", url, batch.due_on, "stamp")
        if batch.decided == batch.drawn:
            yield TodoItem(f"结束评查批次：{batch.title}", f"{batch.drawn} 件全部核定", url, None, "check")


def cases_to_draw(user):
    """Archived files that nobody evaluates yet: without it they can be neither marked nor paid."""
    if not may(user, "legalaid.organize_reviews"):
        return
    limit = clock.today() - timedelta(days=WAITING_DAYS)
    for county in counties_of(user):
        waiting = AidCase.objects.of_county(county).filter(state="archived", archived_on__lt=limit, quality_grade="")
        if count := waiting.exclude(pk__in=SampledFile.objects.running().values("case")).count():
            detail = f"{county}：归档满 {WAITING_DAYS} 天还没有评查，不能标注"
            yield TodoItem(f"抽取 {count} 件归档案件评查", detail, reverse("review-batch-new"), None, "scale")


def fixes_to_do(user):
    if not may(user, "legalaid.rectify"):
        return
    rows = Rectification.objects.visible_to(user).filter(state=Rectification.State.OPEN).select_related("file__case")
    for fix in rows:
        title = f"整改 {fix.file.case.number}"
        yield TodoItem(title, fix.problem[:40], reverse("review-fix", args=[fix.pk]), fix.due_on, "wrench")


def fixes_to_confirm(user):
    if not may(user, "legalaid.review_administratively"):
        return
    rows = Rectification.objects.visible_to(user).filter(state=Rectification.State.DONE).exclude(done_by=user)
    for fix in rows.select_related("file__case", "done_by"):
        detail = f"{fix.done_by.name}：{fix.measure[:40]}"
        yield TodoItem(f"复核整改 {fix.file.case.number}", detail, reverse("review-fix", args=[fix.pk]), None, "wrench")

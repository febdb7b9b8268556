"""What this floor gives to 待办: a draft plan to confirm, a year without working calendar."""

from datetime import date

from django.urls import reverse

from accounts.policy import may
from common import clock
from programmes.context import missing_years
from programmes.models import PlanDraft
from records.todo import TodoItem


def todo_items(user):
    """Drafts that somebody else changed last, for who may confirm them; missing calendars, for who may enter them."""
    if may(user, "programmes.confirm_year"):
        drafts = PlanDraft.objects.visible_to(user).open().exclude(changed_by=user)
        for draft in drafts.select_related("source__region", "changed_by"):
            yield TodoItem(
                title=f"核对{draft.year}年方案草稿",
                detail=f"{draft.source.region}，{draft.changed_by} 最后修改",
                url=reverse("plan-draft-confirm", args=[draft.pk]),
                due_on=date(draft.year, 1, 1),
                icon="book-open",
            )
    if may(user, "programmes.edit_calendar"):
        for sentence in missing_years():
            year = int(sentence[:4])
            yield TodoItem(
                title=f"载入{year}年工作日历",
                detail="照国务院办公厅的放假通知填写",
                url=f"{reverse('calendar-open-year')}?year={year}",
                due_on=max(date(year, 1, 1), clock.today()),
                icon="calendar-days",
            )

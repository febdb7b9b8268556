"""Problems that wait for the station, for a second person, and signals that wait for a check."""

from django.urls import reverse

from accounts.policy import Role, may
from consultations.models import InspectionPoint, Signal
from records.todo import TodoItem

SHOWN = 10


def todo_items(user):
    return [*to_rectify(user), *to_confirm(user), *to_check(user)]


def to_rectify(user):
    """A head's own problems, each with its day."""
    heads = [post.station_id for post in user.posts_in_force if post.role == Role.HEAD and post.station_id]
    if not heads:
        return
    waiting = InspectionPoint.objects.filter(state=InspectionPoint.State.OPEN, inspection__station__in=heads)
    for point in waiting.select_related("inspection__station")[:SHOWN]:
        url = reverse("inspection-point", args=[point.pk])
        detail = f"{point.inspection.station.short_name}，{point.problem[:40]}"
        yield TodoItem(f"整改检查问题（{point.inspection.number}）", detail, url, point.due_on, "wrench")


def to_confirm(user):
    if not may(user, "consultations.confirm_rectification"):
        return
    waiting = InspectionPoint.objects.visible_to(user).filter(state=InspectionPoint.State.ANSWERED)
    waiting = waiting.exclude(answered_by=user)
    count = waiting.count()
    if count:
        url = f"{reverse('inspections')}?state=answered"
        if count == 1:
            url = reverse("inspection-point", args=[waiting.get().pk])
        yield TodoItem(f"确认整改 {count} 项", "由报送人以外的人确认", url, icon="clipboard-check")


def to_check(user):
    if not may(user, "consultations.handle_signals") or Role.SECTION not in user.roles:
        return
    waiting = Signal.objects.visible_to(user).unsettled().exclude(practitioner__user=user)
    count = waiting.count()
    if count:
        yield TodoItem(
            f"核查异常提示 {count} 条", "核查有结论的登记考核事项，没有的写明理由", reverse("signals"), icon="search-check"
        )

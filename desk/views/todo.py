"""The to-do list, its badge, and notices."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from desk.services.todo import forget_count, todo_count, todo_items
from records.models import Notice
from records.services import mark_notices_read


@require_safe
@allowed("desk.view_todo")
def todo(request):
    forget_count(request.user)
    notices = Notice.objects.visible_to(request.user)[:30]
    return render(request, "desk/todo.html", {"items": todo_items(request.user), "notices": notices})


@require_safe
@allowed("desk.view_todo")
def todo_badge(request):
    """The number alone, for the header; empty for none."""
    count = todo_count(request.user)
    return HttpResponse(str(count) if count else "")


@require_POST
@allowed("records.read_notices")
def notices_read(request):
    mark_notices_read(by=request.user)
    return redirect("todo")

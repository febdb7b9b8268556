"""The to-do list, its badge, and notices."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, may_open
from desk.services.todo import forget_count, todo_count, todo_items
from records.models import Notice
from records.services import mark_notices_read, switch_notices


@require_safe
@allowed("desk.view_todo")
def todo(request):
    forget_count(request.user)
    notices = Notice.objects.visible_to(request.user)[:30]
    off = set(request.user.notice_switches.values_list("kind", flat=True))
    switches = [(kind, kind.label, kind not in off) for kind in Notice.SWITCHABLE]
    facts = {"items": todo_items(request.user), "notices": notices, "switches": switches}
    return render(request, "desk/todo.html", facts)


@require_POST
@allowed("records.read_notices")
def notices_switch(request):
    """Which kinds of notices she wants."""
    switch_notices(by=request.user, wanted=request.POST.getlist("kind"))
    messages.success(request, "已保存：以后只收勾选的通知；办理结果和交办事项总会收到。")
    return redirect("todo")


@require_safe
@allowed("desk.view_todo")
def todo_badge(request):
    """The number alone, for the header; empty for none."""
    count = todo_count(request.user)
    return HttpResponse(str(count) if count else "")


@require_safe
@allowed("records.read_notices")
def notice(request, pk):
    """Open what a notice is about; who has opened it has read it."""
    found = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    if request.method == "GET":
        mark_notices_read(by=request.user, ids=[found.pk])
    if found.url and not may_open(request.user, found.url):
        messages.info(request, f"“{found.text}”说的页面，您的岗位现在不能打开。需要办理的，请联系系统管理员登记岗位。")
        return redirect("todo")
    return redirect(found.url if url_has_allowed_host_and_scheme(found.url, allowed_hosts=None) else "todo")


@require_POST
@allowed("records.read_notices")
def notices_read(request):
    mark_notices_read(by=request.user)
    return redirect("todo")

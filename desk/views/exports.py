"""导出中心: what one had exported, with state, link and expiry; asking for more, and for the same again."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed
from accounts.pages import page_of
from common.errors import Refused
from desk.models import ExportFile
from desk.services.export_centre import EXAMPLE, KINDS, ask_for_export, kinds_for
from organizations.scope import county_or_404
from records.services import file_response


@require_safe
@allowed("desk.export")
def exports(request):
    """One's own exports, the latest first, and the form for another."""
    rows = ExportFile.objects.visible_to(request.user).select_related("job", "file", "county")
    page = page_of(request, rows)
    now = timezone.now()
    for row in page:
        row.words = KINDS[row.kind].words if row.kind in KINDS else row.kind
        row.is_over = bool(row.expires_at and row.expires_at < now)
    is_under_way = any(row.file_id is None and row.job and not row.job.is_failed for row in page)
    kinds = [(key, kind.words, EXAMPLE[kind.span]) for key, kind in kinds_for(request.user).items()]
    typed = {"kind": request.GET.get("kind", ""), "period": request.GET.get("period", "")}
    facts = {"page": page, "kinds": kinds, "typed": typed, "is_under_way": is_under_way}
    return render(request, "desk/exports.html", facts)


@require_POST
@allowed("desk.export")
def export_new(request):
    """Ask for a file, or for one like an earlier one."""
    county = county_or_404(request.user)
    typed = {key: request.POST.get(key, "")[:12] for key in ("kind", "period")}
    try:
        ask_for_export(**typed, county=county, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('exports')}?{urlencode(typed)}")
    messages.success(request, "已开始导出，完成后在这里下载，也会通知您。")
    return redirect("exports")


@require_safe
@allowed("desk.export")
def export_file(request, pk):
    """The file itself, for whoever had it made, while it is kept and she may still have it."""
    row = get_object_or_404(ExportFile.objects.visible_to(request.user).select_related("file"), pk=pk)
    if row.file is None or row.kind not in kinds_for(request.user):
        raise Http404("文件还没有做好，或者您现在的岗位不能看。")
    if row.expires_at < timezone.now():
        messages.error(request, "文件已过期删除：点“再导一次”重新生成。")
        return redirect("exports")
    audit.record(by=request.user, action="desk.export", on=row, after={"下载": row.file.name})
    return file_response(row.file)

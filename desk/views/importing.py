"""Importing a workbook in the browser: upload → preview → confirm → take back."""

import io

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from common.errors import Refused
from common.workbooks.reading import Problem, mark_errors
from desk.exports.template import NOTES, write_template
from desk.forms.importing import ConfirmForm, TakeBackForm, UploadForm
from desk.services import importing
from organizations.scope import counties_of, county_or_404
from records.models import ImportBatch
from records.services.files import read_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 200


def batches_of(user):
    """The batches of the counties she works in."""
    codes = [county.code or county.name for county in counties_of(user)]
    return ImportBatch.objects.filter(kind=importing.KIND, county_code__in=codes).select_related("file", "created_by")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.import_workbook")
def imports(request):
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        try:
            batch, _outcome = importing.preview_workbook(
                upload=form.cleaned_data["file"], county=county_or_404(request.user), by=request.user
            )
        except Refused as error:
            form.add_error("file", str(error))
        else:
            return redirect("import", batch.pk)
    page = page_of(request, batches_of(request.user).order_by("-pk"))
    return render(request, "desk/imports.html", {"form": form, "page": page, "notes": NOTES})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.import_workbook")
def import_batch(request, pk):
    batch = get_object_or_404(batches_of(request.user), pk=pk)
    form = ConfirmForm(request.POST) if request.method == "POST" else ConfirmForm()
    outcome = None
    if request.method == "POST" and form.is_valid():
        try:
            outcome = importing.confirm_batch(batch=batch, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            if outcome.is_good:
                messages.success(request, f"已导入“{batch.file.name}”，批次 {batch.pk}。")
                return redirect("import", batch.pk)
            messages.error(request, "没有导入：预览之后数据有变动，请按下面的提示改正后重新上传。")
    if outcome is None and batch.state == ImportBatch.State.PREVIEWED:
        outcome = importing.check_batch(batch=batch, by=request.user)
    context = {"batch": batch, "form": form, "outcome": outcome, "most_shown": MOST_SHOWN}
    return render(request, "desk/import.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("desk.undo_import")
def import_take_back(request, pk):
    batch = get_object_or_404(batches_of(request.user), pk=pk)
    form = TakeBackForm(request.POST) if request.method == "POST" else TakeBackForm()
    if form.is_valid():
        try:
            importing.take_back(batch=batch, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已撤销批次 {batch.pk}，它新增和更新的内容都已还原。")
            return redirect("import", batch.pk)
    return render(request, "desk/import_take_back.html", {"batch": batch, "form": form})


@require_safe
@allowed("desk.import_workbook")
def import_errors(request, pk):
    """The uploaded workbook once more, with the wrong cells marked and explained."""
    batch = get_object_or_404(batches_of(request.user), pk=pk)
    outcome = importing.check_batch(batch=batch, by=request.user)
    marked = io.BytesIO()
    problems = [Problem(item.sheet, item.row, item.column, item.message) for item in outcome.problems]
    try:
        mark_errors(read_file(batch.file), problems, marked)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("import", batch.pk)
    marked.seek(0)
    return FileResponse(marked, as_attachment=True, filename=f"标出错误_{batch.file.name}", content_type=XLSX)


@require_safe
@allowed("desk.import_workbook")
def import_template(request):
    workbook = io.BytesIO()
    write_template(workbook)
    workbook.seek(0)
    return FileResponse(workbook, as_attachment=True, filename="惠民工程导入模板.xlsx", content_type=XLSX)

"""Documents of a case: bring one in, fetch it, look at a picture, take it out. Who may not see the case finds nothing here."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from common.errors import Refused
from legalaid.forms.files import CaseFileForm, RemoveFileForm
from legalaid.models import CaseFile
from legalaid.rules.materials import words_of
from legalaid.services.files import CaseFileRefused, add_case_file, remove_case_file, require_keeper
from legalaid.views.cases import case_of
from records.services import file_response
from records.services.files import read_file

# What a browser shows by itself without running anything of it.
PICTURES = ("image/png", "image/jpeg")


def file_of(request, pk) -> CaseFile:
    rows = CaseFile.objects.visible_to(request.user).standing().select_related("case", "stored")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.change_file")
def case_file_new(request, pk):
    case = case_of(request, pk)
    try:
        require_keeper(case, request.user)
    except CaseFileRefused as error:
        messages.error(request, str(error))
        return redirect("case", pk)
    initial = {name: request.GET[name] for name in ("kind", "group") if name in request.GET}
    form = CaseFileForm(request.POST or None, request.FILES or None, case=case, initial={"pages": 1, **initial})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = add_case_file(case=case, by=request.user, upload=said.pop("file"), **said)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已存入“{row.title}”。")
            return redirect("case-file-new", pk) if request.POST.get("more") else redirect("case", pk)
    return render(request, "legalaid/cases/file_form.html", {"form": form, "case": case})


@require_safe
@allowed("legalaid.view_cases")
def case_file_download(request, pk):
    row = file_of(request, pk)
    if row.stored is None:
        raise Http404("这份材料只有纸质原件。")
    return file_response(row.stored)


@require_safe
@allowed("legalaid.view_cases")
def case_file_preview(request, pk):
    """A picture in the browser, in a sandbox of its own; other kinds are fetched as files."""
    row = file_of(request, pk)
    if row.stored is None:
        raise Http404("这份材料只有纸质原件。")
    if row.stored.mime not in PICTURES:
        return file_response(row.stored)
    response = HttpResponse(read_file(row.stored), content_type=row.stored.mime)
    response["Content-Disposition"] = content_disposition_header(False, row.stored.name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@allowed("legalaid.change_file")
def case_file_remove(request, pk):
    row = file_of(request, pk)
    form = RemoveFileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_case_file(row=row, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已移出“{row.title}”。")
            return redirect("case", row.case_id)
    return render(request, "legalaid/cases/file_remove.html", {"form": form, "row": row, "kind": words_of(row.kind)})

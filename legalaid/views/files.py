"""Documents of a case: bring one in, fetch it, look at it, take it out. Who may not see the case finds nothing here."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from common.errors import Refused
from common.pdf_pages import MOST_PAGES, count_pages, draw_page
from legalaid.forms.files import CaseFileForm, RemoveFileForm
from legalaid.models import CaseFile
from legalaid.rules.materials import words_of
from legalaid.services.files import CaseFileRefused, add_case_file, remove_case_file, require_keeper
from legalaid.views.cases import case_of
from legalaid.views.closing import is_own
from records.services import file_response
from records.services.files import read_file

# What a browser shows by itself without running anything of it; a PDF is shown as pictures of its pages.
PICTURES = ("image/png", "image/jpeg")
PDF = "application/pdf"


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
    """A picture as it is, a PDF as a page of pictures; other kinds are fetched as files."""
    row = file_of(request, pk)
    if row.stored is None:
        raise Http404("这份材料只有纸质原件。")
    if row.stored.mime == PDF:
        return pages_of(request, row)
    if row.stored.mime not in PICTURES:
        return file_response(row.stored)
    return picture(read_file(row.stored), row.stored.mime, row.stored.name)


def pages_of(request, row):
    """The page that shows the pages; a PDF that cannot be drawn is offered for download, with the reason."""
    context = {"row": row, "kind": words_of(row.kind), "is_own": is_own(request.user), "most": MOST_PAGES}
    try:
        context["count"] = count_pages(read_file(row.stored))
    except Refused as error:
        context["refused"] = str(error)
    else:
        context["numbers"] = range(1, min(context["count"], MOST_PAGES) + 1)
    return render(request, "legalaid/cases/file_pages.html", context)


@require_safe
@allowed("legalaid.view_cases")
def case_file_page(request, pk, number):
    """One page of a PDF as a picture."""
    row = file_of(request, pk)
    if row.stored is None or row.stored.mime != PDF or not 1 <= number <= MOST_PAGES:
        raise Http404("没有这一页。")
    try:
        content = draw_page(read_file(row.stored), number)
    except Refused as error:
        raise Http404(str(error)) from None
    return picture(content, "image/jpeg", f"{number}.jpg")


def picture(content, mime, name):
    """A picture in a sandbox of its own, kept by nobody on the way."""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = content_disposition_header(False, name)
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

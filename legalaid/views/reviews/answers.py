"""How the pages of quality evaluation answer: a refusal as a message, a paper as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from common.errors import Refused
from common.pdf import PdfUnavailable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


def act(request, service):
    """What the service gives, or None with its refusal as a message."""
    try:
        return service()
    except Refused as error:
        messages.error(request, str(error))
        return None


def send(request, make, name, *fallback):
    """A file to keep: workbooks download, PDFs open; back with a sentence where this machine makes no PDF."""
    try:
        content = make()
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return redirect(*fallback)
    is_workbook = name.endswith(".xlsx")
    response = HttpResponse(content, content_type=XLSX if is_workbook else PDF)
    response["Content-Disposition"] = content_disposition_header(is_workbook, name)
    return response

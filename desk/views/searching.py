"""One box that looks everywhere she may look."""

import re

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from desk.services.searching import search_everything

PERSONAL = re.compile(r"[\d\s]{12,}[\dXx]?")


def looks_personal(text):
    """Whether somebody typed an ID or account number, which must not stand in an address (safety.md 1.8)."""
    return PERSONAL.fullmatch(text) is not None


@require_safe
@allowed("desk.search")
def search(request):
    text = request.GET.get("q", "").strip()[:50]
    if looks_personal(text):
        messages.warning(request, "这里不查身份证号和账号，以免留在地址里：请到“服务人员”页用“按身份证号查”。")
        return redirect("search")
    return render(request, "desk/search.html", {"text": text, "hits": search_everything(request.user, text)})

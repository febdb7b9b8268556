"""One box that looks everywhere she may look."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from desk.services.searching import search_everything


@require_safe
@allowed("desk.search")
def search(request):
    text = request.GET.get("q", "").strip()[:50]
    return render(request, "desk/search.html", {"text": text, "hits": search_everything(request.user, text)})

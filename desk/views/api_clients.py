"""数据接口: who reads it, a new client with its token told once, taking it back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from accounts.pages import page_of
from common import clock
from common.errors import Refused
from desk.forms.api_clients import ApiClientForm
from desk.models import ApiClient
from desk.services.api_clients import make_client, revoke_client


@require_safe
@allowed("accounts.manage_api_clients")
def api_clients(request):
    rows = ApiClient.objects.visible_to(request.user).select_related("region", "made_by")
    return render(request, "desk/api_clients.html", {"page": page_of(request, rows), "today": clock.today()})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("accounts.manage_api_clients")
@fresh_login
def api_client_new(request):
    """The token is shown on the answer to this very request and nowhere else."""
    form = ApiClientForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            client, token = make_client(**form.cleaned_data, by=request.user)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return render(request, "desk/api_client_made.html", {"client": client, "token": token})
    return render(request, "desk/api_client_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@allowed("accounts.manage_api_clients")
@fresh_login
def api_client_revoke(request, pk):
    client = get_object_or_404(ApiClient.objects.visible_to(request.user), pk=pk)
    try:
        revoke_client(client=client, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已停用“{client}”的口令。")
    return redirect("api-clients")

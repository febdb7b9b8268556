"""One's own account, large type, and the first administrator."""

from allauth.account.views import login as allauth_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.access import allowed, public
from accounts.adapters import needs_second_factor
from accounts.forms import FirstAdministratorForm, OwnDetailsForm
from accounts.models import User
from accounts.services.filters import drop_filter, keep_filter
from common.errors import Refused


@require_http_methods(["GET", "POST"])
@allowed("accounts.own_account")
def me(request):
    form = OwnDetailsForm(request.POST or None, initial={"phone": request.user.phone})
    if request.method == "POST" and form.is_valid():
        services.change_own_details(by=request.user, **form.cleaned_data)
        messages.success(request, "已保存联系电话。")
        return redirect("me")
    facts = {
        "form": form,
        "posts": request.user.posts_in_force,
        "has_second_factor": is_mfa_enabled(request.user),
        "needs_second_factor": needs_second_factor(request.user),
    }
    return render(request, "accounts/me.html", facts)


@require_POST
@public
def font(request):
    """Large type on or off: kept with the user, or in a cookie where nobody is signed in."""
    is_large = request.POST.get("large") == "1"
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(font_large=is_large)
    target = request.POST.get("next")
    if target is None:
        response = HttpResponse(status=204)
    else:
        is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
        response = redirect(target if is_ours else "/")
    response.set_cookie(
        "large", "1" if is_large else "0", max_age=31_536_000, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
    return response


@public
def login(request):
    if services.needs_first_administrator():
        return redirect("first-administrator")
    return allauth_login(request)


@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "POST"])
@public
def first_administrator(request):
    """Asked for once, when nobody but the system user exists; afterwards this page only leads to the login."""
    if not services.needs_first_administrator():
        return redirect("account_login")
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            fields = form.cleaned_data
            services.create_first_administrator(username=fields["username"], name=fields["name"], password=fields["password"])
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已建立管理员 {fields['name']}，请登录。")
            return redirect("account_login")
    return render(request, "accounts/first_administrator.html", {"form": form})


@require_POST
@allowed("accounts.own_account")
def filter_keep(request):
    """Keep the filter values of a list under a name, and go back to that list."""
    path, query = request.POST.get("path", ""), request.POST.get("query", "")
    try:
        kept = keep_filter(by=request.user, path=path, query=query, name=request.POST.get("name", ""))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已保存筛选“{kept}”，下次在列表上方点一下就用。")
    is_ours = url_has_allowed_host_and_scheme(path, allowed_hosts={request.get_host()})
    return redirect(f"{path}?{query}" if is_ours and query else "/")


@require_POST
@allowed("accounts.own_account")
def filter_drop(request, pk):
    kept = drop_filter(by=request.user, pk=pk)
    if kept:
        messages.success(request, f"已删除筛选“{kept}”。")
    return redirect(kept.path if kept else "/")

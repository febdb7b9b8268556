"""The administrator's pages of users."""

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.access import allowed, fresh_login
from accounts.forms import ReasonForm, UserFilter, UserForm
from accounts.models import User
from accounts.pages import chips_of, page_of
from common.errors import Refused


@require_safe
@allowed("accounts.manage_users")
def user_list(request):
    form = UserFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    users = User.objects.people().matching(chosen.get("q")).in_state(chosen.get("state"))
    facts = {"form": form, "page": page_of(request, users), "chips": chips_of(request, form)}
    return render(request, "accounts/user_list.html", facts)


@require_safe
@allowed("accounts.manage_users")
def user_detail(request, pk):
    user = get_object_or_404(User.objects.people(), pk=pk)
    facts = {
        "person": user,
        "has_second_factor": is_mfa_enabled(user),
        "sessions": UserSession.objects.filter(user=user).order_by("-last_seen_at"),
        "first_password": request.session.pop(f"first-password-{user.pk}", None),
    }
    return render(request, "accounts/user_detail.html", facts)


@require_http_methods(["GET", "POST"])
@allowed("accounts.manage_users")
@fresh_login
def user_create(request):
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = services.create_user(by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _show_password(request, user, password, f"已建立用户 {user.name}。")
    return render(request, "accounts/user_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@allowed("accounts.manage_users")
def user_edit(request, pk):
    user = get_object_or_404(User.objects.people(), pk=pk)
    form = UserForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        services.edit_user(user_id=pk, by=request.user, **form.cleaned_data)
        messages.success(request, f"已保存 {form.cleaned_data['name']} 的资料。")
        return redirect("user", pk=pk)
    return render(request, "accounts/user_form.html", {"form": form, "person": user})


@require_http_methods(["GET", "POST"])
@allowed("accounts.manage_users")
@fresh_login
def user_disable(request, pk):
    return _with_reason(request, pk, services.disable_user, "accounts/user_disable.html", "已停用 {name}，登录会话已结束。")


@require_http_methods(["GET", "POST"])
@allowed("accounts.manage_users")
@fresh_login
def user_reset_second_factor(request, pk):
    words = "已取消 {name} 的二次验证，下次登录时重新设置。"
    return _with_reason(request, pk, services.reset_second_factor, "accounts/user_reset_second_factor.html", words)


@require_POST
@allowed("accounts.manage_users")
@fresh_login
def user_enable(request, pk):
    return _act(request, pk, lambda: services.enable_user(user_id=pk, by=request.user), "已启用。")


@require_POST
@allowed("accounts.manage_users")
def user_end_sessions(request, pk):
    return _act(request, pk, lambda: services.end_sessions(user_id=pk, by=request.user), "已结束全部登录会话。")


@require_POST
@allowed("accounts.manage_users")
@fresh_login
def user_reset_password(request, pk):
    get_object_or_404(User.objects.people(), pk=pk)
    try:
        user, password = services.reset_password(user_id=pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("user", pk=pk)
    return _show_password(request, user, password, f"已重置 {user.name} 的密码，登录会话已结束。")


def _show_password(request, user, password, words):
    """The first password travels once, in the administrator's own session, to the next page."""
    request.session[f"first-password-{user.pk}"] = password
    messages.success(request, words)
    return redirect("user", pk=user.pk)


def _act(request, pk, service, words):
    get_object_or_404(User.objects.people(), pk=pk)
    try:
        service()
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("user", pk=pk)


def _with_reason(request, pk, service, template, words):
    user = get_object_or_404(User.objects.people(), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(user_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, words.format(name=user.name))
            return redirect("user", pk=pk)
    return render(request, template, {"form": form, "person": user})

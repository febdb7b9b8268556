"""Posts and delegations: entered by the administrator, those with money confirmed by the leader."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from accounts.models import User
from accounts.pages import chips_of, page_of
from common import clock
from common.errors import Refused
from organizations import forms, services
from organizations.models import Post
from organizations.views.people import show_refusal


@require_safe
@allowed("organizations.view_posts")
def posts(request):
    form = forms.PostFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = _rows(request).chosen(day=clock.today(), **chosen)
    holder = User.objects.people().filter(pk=request.GET["user"]).first() if request.GET.get("user", "").isdigit() else None
    if holder:
        rows = rows.filter(user=holder)
    facts = {
        "form": form,
        "page": page_of(request, rows.order_by("user__name", "role", "-since", "pk")),
        "chips": chips_of(request, form),
        "holder": holder,
        "today": clock.today(),
    }
    return render(request, "organizations/posts.html", facts)


@require_safe
@allowed("organizations.view_posts")
def post(request, pk):
    row = get_object_or_404(_rows(request), pk=pk)
    facts = {"post": row, "today": clock.today(), "delegations": row.delegations.select_related("user").order_by("-since")}
    return render(request, "organizations/post.html", facts)


@require_http_methods(["GET", "POST"])
@allowed("organizations.manage_posts")
@fresh_login
def post_create(request):
    form = forms.PostForm(request.POST or None, initial={"user": request.GET.get("user", "")})

    def save(data):
        row = services.add_post(by=request.user, **data)
        words = "已登记，立即生效。" if row.is_confirmed else "已登记，等待局领导确认后生效。"
        messages.success(request, words)
        return redirect("post", pk=row.pk)

    return _form(request, form, save, {"title": "登记岗位", "submit": "登记"})


@require_http_methods(["GET", "POST"])
@allowed("organizations.manage_posts")
@fresh_login
def post_delegate(request, pk):
    row = get_object_or_404(_rows(request), pk=pk)

    def save(data):
        made = services.delegate(post_id=row.pk, by=request.user, **data)
        messages.success(request, f"已登记委托{'。' if made.is_confirmed else '，等待局领导确认后生效。'}")
        return redirect("post", pk=made.pk)

    page = {"title": f"委托{row.user}的岗位", "submit": "登记委托", "lead": f"{row.get_role_display()}，{row.place}", "post": row}
    return _form(request, forms.DelegationForm(request.POST or None), save, page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.manage_posts")
@fresh_login
def post_end(request, pk):
    row = get_object_or_404(_rows(request), pk=pk)

    def save(data):
        services.end_post(post_id=row.pk, by=request.user, **data)
        messages.success(request, "已登记离任。")
        return redirect("post", pk=row.pk)

    page = {
        "title": f"结束{row.user}的岗位",
        "submit": "登记离任",
        "danger": True,
        "lead": f"{row.get_role_display()}，{row.place}",
        "note": "离任日期之后，本人和受托人都不再有这个岗位的权限；以前经手的记录不变。",
        "post": row,
    }
    return _form(request, forms.EndPostForm(request.POST or None, initial={"on": clock.today()}), save, page)


@require_POST
@allowed("organizations.confirm_posts")
@fresh_login
def post_confirm(request, pk):
    row = get_object_or_404(_rows(request), pk=pk)
    try:
        services.confirm_post(post_id=row.pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已确认{row.user}的{row.get_role_display()}岗位。")
    return redirect("post", pk=row.pk)


@require_http_methods(["GET", "POST"])
@allowed("organizations.confirm_posts")
@fresh_login
def post_refuse(request, pk):
    row = get_object_or_404(_rows(request).to_confirm(), pk=pk)

    def save(data):
        services.refuse_post(post_id=row.pk, by=request.user, **data)
        messages.success(request, f"没有同意{row.user}的{row.get_role_display()}岗位，登记已撤下。")
        return redirect("posts")

    page = {
        "title": f"不同意{row.user}的岗位",
        "submit": "不同意",
        "danger": True,
        "lead": f"{row.get_role_display()}，{row.place}",
        "post": row,
    }
    return _form(request, forms.RefusePostForm(request.POST or None), save, page)


def _rows(request):
    rows = Post.objects.visible_to(request.user)
    return rows.select_related("user", "region", "station", "organization", "delegated_from__user", "entered_by", "confirmed_by")


def _form(request, form, save, page):
    if request.method == "POST" and form.is_valid():
        try:
            return save(form.cleaned_data)
        except Refused as error:
            show_refusal(form, error)
    return render(request, "organizations/post_form.html", {"form": form, "page": page})

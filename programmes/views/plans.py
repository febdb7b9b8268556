"""The plan as people read it, and loading one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from common import clock
from programmes.forms.plans import PlanFileForm, PlanSearch
from programmes.models import Plan, PlanDraft
from programmes.services.loading import PlanRefused, load_plan
from programmes.services.plan_overview import overview_of


@require_safe
@allowed("programmes.view_plan")
def plan(request):
    """The plan of the business day for where the reader works, else the latest she may see."""
    plans = Plan.objects.visible_to(request.user)
    today = clock.today()
    chosen = plans.filter(starts_on__lte=today, ends_on__gte=today).first() or plans.first()
    return render(request, "programmes/no_plan.html") if chosen is None else _page(request, chosen)


@require_safe
@allowed("programmes.view_plan")
def plan_of(request, code):
    return _page(request, get_object_or_404(Plan.objects.visible_to(request.user), code=code))


@require_safe
@allowed("programmes.view_plan")
def plan_file(request, code):
    """The file as it was loaded, to read, keep or extend."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), code=code)
    response = HttpResponse(plan.text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{plan.code}.toml")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("programmes.load_plan")
def load(request):
    form = PlanFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            loaded = load_plan(content=form.cleaned_data["file"].read(), by=request.user)
        except PlanRefused as error:
            form.add_error("file", error.problems)
        else:
            messages.success(request, str(loaded))
            return redirect("plan-of", code=loaded.plan.code)
    return render(request, "programmes/plan_load.html", {"form": form})


def _page(request, plan):
    form = PlanSearch(request.GET)
    search = form.cleaned_data["q"] if form.is_valid() else ""
    facts = {
        "plan": plan,
        "plans": Plan.objects.visible_to(request.user),
        "form": form,
        "search": search,
        "overview": overview_of(plan=plan, day=clock.today(), search=search),
        "draft": PlanDraft.objects.open().filter(source=plan).first(),
    }
    return render(request, "programmes/plan.html", facts)

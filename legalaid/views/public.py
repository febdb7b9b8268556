"""Pages without a login: applying online, and asking how far it has got. Z-CASE-8; safety.md §2."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import public
from common.errors import Refused
from consultations.views.limits import limited
from legalaid.forms.public import OnlineForm, ProgressForm
from legalaid.services.online import NOT_FOUND, aid_counties, apply_online, centre_of, progress

CODE = "aid_code"  # in the visitor's session, for the page after sending


@require_http_methods(["GET", "POST"])
@public
@never_cache
@limited("aid-apply-page", 30)
def apply(request):
    """申请法律援助."""
    counties = aid_counties()
    if not counties:
        return render(request, "legalaid/public/nowhere.html")
    form = OnlineForm(request.POST or None, request.FILES or None, counties=counties)
    if form.is_valid():
        address = audit.origin.get().address or ""
        try:
            case = apply_online(county=form.chosen_county, values=form.values(), uploads=form.cleaned_data["files"], address=address)
        except Refused as error:
            field = "files" if error.field == "file" else error.field
            form.add_error(field if field in form.fields else None, str(error))
        else:
            request.session[CODE] = [case.query_code, case.county_id]
            return redirect("public-aid-done")
    only = counties[0] if len(counties) == 1 else None
    context = {"form": form, "county": only, "centre": centre_of(only)}
    return render(request, "legalaid/public/apply.html", context)


@require_safe
@public
@never_cache
@limited("aid-apply-page", 30)
def applied(request):
    """The query code, once more as long as the visitor's session lasts; nothing of the person."""
    code, county = request.session.get(CODE) or ("", None)
    if not code:
        return redirect("public-aid")
    found = next((each for each in aid_counties() if each.pk == county), None)
    context = {"code": f"{code[:4]} {code[4:8]} {code[8:]}", "county": found, "centre": centre_of(found)}
    return render(request, "legalaid/public/applied.html", context)


@require_http_methods(["GET", "POST"])
@public
@never_cache
@limited("case-progress", 20)
def case_progress(request):
    """进度查询: the step only."""
    form = ProgressForm(request.POST or None)
    context = {"form": form, "county": None, "found": None}
    if form.is_valid():
        found = progress(**form.cleaned_data)
        if found is None:
            context["not_found"] = NOT_FOUND
        else:
            case, words, next_ = found
            context |= {"found": words, "next": next_, "county": case.county, "centre": centre_of(case.county)}
            context["form"] = ProgressForm()
    return render(request, "legalaid/public/progress.html", context)

"""Public pages of the whole house: start, how to get help, large type, the week's poster. No login, no cookie unless asked for."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import public
from common import clock
from common.errors import Refused
from common.workbooks.writing import file_name
from consultations.services.public_duty import public_counties, publication_stamp
from consultations.views.limits import limited
from consultations.views.places import office_of, send_file
from consultations.views.published import published
from desk.exports.poster import SIZES, poster
from desk.services.public_pages import public_week
from records.services import installation

A_YEAR = 31_536_000


def county_asked_for(request):
    """The county of ?county=, or the only one; None where one has to be chosen. 404 for one that published nothing."""
    counties, wanted = public_counties(), request.GET.get("county", "")
    if not wanted:
        return (counties[0] if len(counties) == 1 else None), counties
    county = next((each for each in counties if str(each.pk) == wanted), None)
    if county is None:
        raise Http404("这个县没有公示。")
    return county, counties


@require_safe
@public
@limited("start", 60)
@published("start", stamp=publication_stamp, query=("county",))
def start(request):
    """首页: where to go this week, what to bring, how to apply, rate, complain."""
    county, counties = county_asked_for(request)
    facts = {"county": county, "counties": counties, "week": public_week(county, clock.today()) if county else None}
    return render(request, "desk/public/start.html", facts)


@require_safe
@public
@limited("help-page", 60)
@published("help-page", stamp=publication_stamp, query=())
def help_page(request):
    """办事指南与无障碍说明."""
    counties = public_counties()
    return render(request, "desk/public/help.html", {"county": counties[0] if len(counties) == 1 else None})


@require_safe
@public
@limited("duty-paper", 20)
def poster_pdf(request, size):
    """The week's poster, A4 or A3. 404 where nothing was published."""
    county, _counties = county_asked_for(request)
    if county is None or size not in SIZES:
        raise Http404("没有可以打印的公示。")
    week = public_week(county, clock.today())
    try:
        content = poster(week, size=size, office=office_of(county), is_demo=installation().is_demo)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("public-start")
    return send_file(content, file_name(county.name, "值班海报", f"{week.first}", SIZES[size], suffix=".pdf"), "application/pdf")


@csrf_exempt  # the pages that show it set no cookie, so they carry no token; it changes nothing but the size of letters
@require_POST
@public
@limited("font", 60)
def font(request):
    """Large type on or off for who reads without a login. The one cookie a reader gets, and only by asking for it."""
    target = request.POST.get("next", "")
    response = redirect(target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else "public-start")
    is_large = request.POST.get("large") == "1"
    response.set_cookie("large", "1" if is_large else "0", max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.HTTPS)
    return response

"""帮助: how this page is used, what it rests on, and the whole handbook."""

from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from accounts.access import allowed
from common import clock
from desk.services import handbook
from organizations.scope import county_of
from programmes.models import Plan


@require_safe
@allowed("accounts.read_help")
def help_page(request):
    topic, back = handbook.topic_for(request.GET.get("on", "")[:60]), request.GET.get("back", "")
    county = county_of(request.user)
    plan = Plan.objects.covering(county, clock.today()).first() if county else None
    facts = {
        "sections": handbook.sections_of(topic),
        "clauses": handbook.clauses_of(topic, plan),
        "plan": plan,
        "whole": handbook.whole(),
        "back": back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "",
    }
    return render(request, "desk/help.html", facts)

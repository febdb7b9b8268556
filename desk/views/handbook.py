"""帮助: how this page is used, what it rests on, and the whole handbook."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from common import clock
from desk.services import handbook
from organizations.scope import county_of
from programmes.models import Plan


@require_safe
@allowed("accounts.read_help")
def help_page(request):
    topic = handbook.topic_for(request.GET.get("on", "")[:60])
    county = county_of(request.user)
    plan = Plan.objects.covering(county, clock.today()).first() if county else None
    facts = {
        "sections": handbook.sections_of(topic),
        "clauses": handbook.clauses_of(topic, plan),
        "plan": plan,
        "whole": handbook.whole(),
    }
    return render(request, "desk/help.html", facts)

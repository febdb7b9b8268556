"""How often each station is on duty, and deciding it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from common import clock
from common.errors import Refused
from organizations.models import Station
from programmes.forms.frequencies import FrequencyForm
from programmes.models import StationFrequency
from programmes.services import frequencies


@require_safe
@allowed("programmes.view_plan")
def frequency_list(request):
    stations = stations_shown_to(request.user).active().select_related("county__parent__parent")
    rows = frequencies.frequency_rows(stations=stations, day=clock.today())
    return render(request, "programmes/frequencies.html", {"rows": rows})


def stations_shown_to(user):
    """The stations of her post; whoever has none there (on duty, expert) reads those of her county, as the public does."""
    visible = Station.objects.visible_to(user)
    return visible if visible.exists() else Station.objects.filter(county__in=[post.region_id for post in user.posts_in_force])


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("programmes.set_frequency")
def frequency(request, pk):
    station = get_object_or_404(Station.objects.visible_to(request.user), pk=pk)
    form = FrequencyForm(request.POST or None, initial={"policy": "weekly", "since": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            row = frequencies.set_frequency(station=station, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{station}从{row.since}起{row.get_policy_display()}。")
            return redirect("frequencies")
    history = StationFrequency.objects.filter(station=station).select_related("decided_by")
    return render(request, "programmes/frequency.html", {"form": form, "station": station, "history": history})

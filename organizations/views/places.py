"""Stations, organisations and the region tree."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from organizations import forms, services
from organizations.models import Organization, PoolEntry, Post, Region, Station
from organizations.services.places import BELOW
from organizations.views.people import show_refusal


@require_safe
@allowed("organizations.view")
def stations(request):
    form = forms.PlaceFilter(request.GET, kinds=Station.Kind.choices)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = Station.objects.visible_to(request.user).chosen(**chosen).select_related("county", "region", "organization")
    facts = {"form": form, "page": page_of(request, rows), "chips": chips_of(request, form)}
    return render(request, "organizations/stations.html", facts)


@require_safe
@allowed("organizations.view")
def station(request, pk):
    rows = Station.objects.visible_to(request.user).select_related("county", "region", "organization")
    row = get_object_or_404(rows, pk=pk)
    today = clock.today()
    limited = PoolEntry.objects.admitted_on(today).filter(stations=row)
    facts = {
        "station": row,
        "posts": Post.objects.in_force_on(today).filter(station=row).select_related("user"),
        "named": limited.select_related("practitioner").order_by("practitioner__name")[:50],
    }
    return render(request, "organizations/station.html", facts)


STATION_FIELDS = (
    "name", "short_name", "kind", "county", "region", "organization", "order", "address", "phone", "supervision_phone",
    "opens_at", "closes_at", "lunch_minutes", "is_active",
)  # fmt: skip
ORGANIZATION_FIELDS = ("name", "short_name", "kind", "region", "uscc", "licence_no", "address", "phone", "leader", "is_active")


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit")
def station_create(request):
    county = Region.objects.counties().visible_to(request.user).first()
    initial = {"county": county, "order": 100, "opens_at": "08:30", "closes_at": "12:30", "lunch_minutes": 0, "is_active": True}
    form = forms.StationForm(request.POST or None, user=request.user, initial=initial)
    return _place_form(request, form, Station(), services.save_station, "station", {"title": "新建站点", "back": "stations"})


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit")
def station_edit(request, pk):
    row = get_object_or_404(Station.objects.visible_to(request.user), pk=pk)
    initial = {field: getattr(row, field) for field in STATION_FIELDS}
    form = forms.StationForm(request.POST or None, user=request.user, initial=initial)
    return _place_form(
        request, form, row, services.save_station, "station", {"title": f"修改{row.short_name}", "back": "stations"}
    )


@require_safe
@allowed("organizations.view")
def organizations(request):
    form = forms.PlaceFilter(request.GET, kinds=Organization.Kind.choices)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = Organization.objects.visible_to(request.user).chosen(**chosen).select_related("region")
    facts = {"form": form, "page": page_of(request, rows.order_by("kind", "name", "pk")), "chips": chips_of(request, form)}
    return render(request, "organizations/organizations.html", facts)


@require_safe
@allowed("organizations.view")
def organization(request, pk):
    row = get_object_or_404(Organization.objects.visible_to(request.user).select_related("region"), pk=pk)
    facts = {"organization": row, "stations": row.stations.visible_to(request.user)[:50]}
    if may(request.user, "organizations.view_accounts"):
        facts["accounts"] = row.accounts.select_related("proposed_by", "decided_by")
    return render(request, "organizations/organization.html", facts)


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit")
def organization_create(request):
    form = forms.OrganizationForm(request.POST or None, user=request.user, initial={"is_active": True})
    page = {"title": "新建机构", "back": "organizations"}
    return _place_form(request, form, Organization(), services.save_organization, "organization", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit")
def organization_edit(request, pk):
    row = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    initial = {field: getattr(row, field) for field in ORGANIZATION_FIELDS}
    form = forms.OrganizationForm(request.POST or None, user=request.user, initial=initial)
    page = {"title": f"修改{row}", "back": "organizations"}
    return _place_form(request, form, row, services.save_organization, "organization", page)


@require_safe
@allowed("organizations.view")
def regions(request):
    """The tree down to the counties; what lies in a county stands on its own page."""
    seen = Region.objects.visible_to(request.user).filter(level__in=["province", "city", "county"])
    rows = {row.pk: row for row in seen.select_related("parent__parent").annotate(below=Count("children", distinct=True))}
    for row in list(rows.values()):
        while row.parent_id and row.parent_id not in rows:
            row = row.parent
            rows[row.pk] = row
    by_parent = {}
    for row in sorted(rows.values(), key=lambda row: (row.code, row.name)):
        by_parent.setdefault(row.parent_id, []).append(row)
    tree = [(depth, row) for root in by_parent.get(None, []) for depth, row in _walk(root, by_parent, 0)]
    return render(request, "organizations/regions.html", {"tree": tree, "may_open": set(seen.values_list("pk", flat=True))})


def _walk(row, by_parent, depth):
    yield depth, row
    for child in by_parent.get(row.pk, []):
        yield from _walk(child, by_parent, depth + 1)


@require_safe
@allowed("organizations.view")
def region(request, pk):
    row = get_object_or_404(Region.objects.visible_to(request.user).select_related("parent__parent__parent__parent"), pk=pk)
    children = row.children.annotate(below=Count("children")).order_by("code", "name", "pk")
    page = page_of(request, children)
    seen = Region.objects.visible_to(request.user).filter(pk__in=[child.pk for child in page])
    facts = {"region": row, "page": page, "levels": BELOW[row.level], "may_open": set(seen.values_list("pk", flat=True))}
    return render(request, "organizations/region.html", facts)


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit")
def region_create(request, pk):
    parent = get_object_or_404(Region.objects.visible_to(request.user), pk=pk)
    levels = BELOW[parent.level]
    form = forms.RegionForm(request.POST or None, levels=levels, initial={"level": levels[0].value if levels else ""})

    def save(*, region, by, **data):
        return services.save_region(region=region, by=by, parent=parent, **data)

    page = {"title": f"在{parent}下新建", "back": "regions", "parent": parent}
    return _place_form(request, form, Region(), save, "region", page)


@require_http_methods(["GET", "POST"])
@allowed("organizations.edit")
def region_edit(request, pk):
    row = get_object_or_404(Region.objects.visible_to(request.user).select_related("parent"), pk=pk)
    levels = BELOW[row.parent.level] if row.parent else (Region.Level.PROVINCE,)
    initial = {"level": row.level, "name": row.name, "alias": row.alias, "code": row.code}
    form = forms.RegionForm(request.POST or None, levels=levels, initial=initial)
    return _place_form(request, form, row, services.save_region, "region", {"title": f"修改{row}", "back": "regions"})


BACK_WORDS = {"stations": "机构站点", "organizations": "机构", "regions": "行政区划"}


def _place_form(request, form, row, service, noun, page):
    if request.method == "POST" and form.is_valid():
        try:
            saved = service(**{noun: row}, by=request.user, **form.cleaned_data)
        except Refused as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"已保存{saved}。")
            return redirect(noun, pk=saved.pk)
    return render(
        request, "organizations/place_form.html", {"form": form, "page": {**page, "back_words": BACK_WORDS[page["back"]]}}
    )

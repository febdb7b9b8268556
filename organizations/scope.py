"""Where a signed-in person works: the counties her posts reach, and the one a page shows first."""

from django.http import Http404

from organizations.models import Region
from organizations.models.places import within


def counties_of(user):
    """Every county in which the user holds a post or which lies in a region of hers, by code."""
    counties = Region.objects.counties()
    if user.is_system:
        return counties
    regions = {post.region_id for post in user.posts_in_force}
    return counties.filter(within(regions, "self")).order_by("code", "name")


def county_of(user) -> Region | None:
    """The county that pages show her first; None when no post of hers is in force anywhere."""
    return counties_of(user).select_related("parent__parent").first()


def county_or_404(user, code=None) -> Region:
    """The county of that code if she may see it; without a code the one her pages show first. Http404 otherwise."""
    county = counties_of(user).filter(code=code).first() if code else county_of(user)
    if county is None:
        raise Http404("没有可以查看的县。")
    return county


def regions_of(user, *roles):
    """Ids of the regions in which the user holds a post of one of these roles."""
    return {post.region_id for post in user.posts_in_force if post.role in roles}

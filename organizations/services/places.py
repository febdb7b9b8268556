"""Stations, organisations and regions: kept by the section and the administrator."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from common.errors import Refused
from common.id_numbers import check_uscc
from organizations.models import Organization, Region, Station


class PlaceRefused(Refused):
    """A place that is not kept so, with the reason."""


@transaction.atomic
def save_station(*, station: Station, by: User, **facts) -> Station:
    """Enter or change a station. Raises PlaceRefused with the field that is wrong."""
    return _save(station, facts, by, "station")


@transaction.atomic
def save_organization(*, organization: Organization, by: User, **facts) -> Organization:
    """Enter or change an organisation. Raises PlaceRefused with the field that is wrong."""
    if facts.get("uscc"):
        try:
            facts["uscc"] = check_uscc(facts["uscc"])
        except ValueError as error:
            raise PlaceRefused(str(error), field="uscc") from None
    return _save(organization, facts, by, "organization")


BELOW = {
    Region.Level.PROVINCE: (Region.Level.CITY, Region.Level.COUNTY),
    Region.Level.CITY: (Region.Level.COUNTY,),
    Region.Level.COUNTY: (Region.Level.TOWNSHIP,),
    Region.Level.TOWNSHIP: (Region.Level.VILLAGE,),
    Region.Level.VILLAGE: (),
}


@transaction.atomic
def save_region(*, region: Region, by: User, **facts) -> Region:
    """Enter or change a region. Its code is a remark: it need not begin with its parent's (domain.md 1.2)."""
    level, parent = facts.get("level", region.level), facts.get("parent", region.parent)
    if parent is not None and level not in BELOW[parent.level]:
        raise PlaceRefused(f"{parent.get_level_display()}下面不能直接是{Region.Level(level).label}：请改正层级。", field="level")
    return _save(region, facts, by, "region")


def _save(row, facts, by, noun):
    is_new = row.pk is None
    before = {} if is_new else _told(type(row).objects.get(pk=row.pk))
    for field, value in facts.items():
        setattr(row, field, value.strip() if isinstance(value, str) else value)
    try:
        row.full_clean()
    except ValidationError as error:
        field, found = next(iter(error.error_dict.items()))
        is_taken = found[0].code in ("unique", "unique_together")
        sentence = TAKEN[noun] if is_taken else found[0].messages[0]
        raise PlaceRefused(sentence, field="name" if is_taken or field == "__all__" else field) from None
    row.save()
    changed = audit.changes(before, _told(row))
    if changed:
        action = f"organizations.{'add' if is_new else 'edit'}_{noun}"
        audit.record(by=by, action=action, on=row, before=None if is_new else changed[0], after=changed[1])
    return row


TAKEN = {
    "station": "本县已有同名站点：请换一个名称。",
    "organization": "本地已有同名机构：请换一个名称。",
    "region": "同一上级下已有这个名称：请换一个名称。",
}


def _told(row) -> dict:
    return {
        field.verbose_name: str(getattr(row, field.name) or "") for field in row._meta.concrete_fields if not field.primary_key
    }

"""Zezhou's places exactly as annex 1 has them: the annex governs over the code list (domain.md 1.2)."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from accounts.services import system_user
from organizations.models import Region, Station
from programmes.services.loading import load_plan

PLAN = Path(__file__).resolve().parents[2] / "programmes/plans/zezhou-2022.toml"
TOWNS = (
    "北石店镇 巴公镇 高都镇 金村镇 山河镇 大箕镇 周村镇 北义城镇 大阳镇 下村镇 大东沟镇 犁川镇 晋庙铺镇 柳树口镇 南岭镇 川底镇"
)  # fmt: skip


@pytest.fixture
def zezhou(db):
    return load_plan(content=PLAN.read_bytes(), by=system_user()).plan.region


def test_the_seventeen_units_are_those_of_the_annex_in_its_order(zezhou):
    stations = list(Station.objects.in_county(zezhou))
    assert [station.name for station in stations] == [
        "泽州县公共法律服务中心", *(f"{town}公共法律服务工作站" for town in TOWNS.split())
    ]  # fmt: skip
    assert [station.kind for station in stations] == ["county_centre"] + ["township_station"] * 16


def test_a_town_lies_where_the_annex_puts_it_whatever_its_code_says(zezhou):
    town = Region.objects.get(name="北石店镇")
    assert town.parent == zezhou
    assert town.code == "140502100"
    assert not Region.objects.filter(name="南村镇").exists()
    assert [region.name for region in (zezhou.parent.parent, zezhou.parent, zezhou)] == ["山西省", "晋城市", "泽州县"]


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE organizations_region SET parent_id = NULL WHERE level = 'county'", "only_provinces_have_no_parent"),
        ("UPDATE organizations_region SET name = '巴公镇' WHERE name = '高都镇'", "name_once_under_its_parent"),
        ("UPDATE organizations_station SET closes_at = opens_at", "closes_after_it_opens"),
        ("UPDATE organizations_station SET name = '同名'", "name_once_in_a_county"),
    ],
)
def test_the_database_keeps_the_tree_and_the_stations_in_form(zezhou, sql, name):
    with pytest.raises(DatabaseError, match=name), connection.cursor() as cursor:
        cursor.execute(sql)

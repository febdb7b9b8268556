"""Eligibility at scale: what the service says of thousands of cases is what SQL says that knows nothing of it, in as many queries as for a few."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from benchmarks import eligibility, gen
from legalaid.models import AidCase
from programmes.models import Plan
from subsidies.models import BureauDecision

pytestmark = pytest.mark.usefixtures("cases_stand_anywhere")


@pytest.fixture
def bench(db):
    counties = [county.pk for county in eligibility.fill_cases(counties=4, each=190, seed=7)]
    return counties, Plan.objects.get(code=f"bench-{gen.YEAR}")


@pytest.mark.rule("Z-SUB-3")
def test_the_service_and_the_sql_say_the_same_of_every_case(bench):
    counties, plan = bench
    assert eligibility.unlike(plan, counties) == []
    found = eligibility.by_service(plan, counties)
    assert len(found) > 700
    # Whatever the dice have given, all kinds of answers are among them.
    assert {case.share.place for case in found} >= set(range(136))
    assert any(case.operating and not case.special for case in found)
    assert len({reason for case in found for reason in case.reasons}) > 12


@pytest.mark.rule("Z-CASE-3")
def test_they_still_say_the_same_when_the_bureau_has_decided(bench):
    counties, plan = bench
    dice, by = random.Random(3), gen.users_of_the_bench()[0]
    cases = AidCase.objects.filter(county__in=counties).order_by("pk")
    for _ in range(2):  # the later decision holds
        made = BureauDecision.objects.bulk_create(
            [
                BureauDecision(
                    case=case,
                    is_included=dice.random() < 0.6,
                    reason="测算",
                    document_no="测算",
                    decided_by=by,
                    decided_at=gen.AT,
                )
                for case in cases
                if dice.random() < 0.7
            ]
        )
        audit.record_many({"by": by, "action": "subsidies.decide_scope", "on": decision} for decision in made)
    assert eligibility.unlike(plan, counties) == []


def test_a_province_costs_as_many_queries_as_a_county(bench):
    counties, plan = bench

    def queries(ids):
        with CaptureQueriesContext(connection) as caught:
            eligibility.by_service(plan, ids)
        return len(caught)

    assert queries(counties) == queries(counties[:1])

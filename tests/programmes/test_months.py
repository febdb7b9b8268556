"""A county's months: who closes, who reopens, what a closed month refuses."""

from datetime import date
from threading import Thread

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError

from accounts.models import AuditEntry
from common.periods import YearMonth
from programmes.models import Month, MonthEvent
from programmes.services.months import (
    MonthClosed,
    MonthError,
    close_month,
    first_open_month,
    lock_month,
    lock_open_month,
    open_proposal,
    propose_reopening,
    reopen_month,
    require_open,
)

MARCH = YearMonth(2022, 3)


@pytest.fixture
def march(county):
    return lock_month(county=county, year_month=MARCH)


@pytest.fixture
def closed_march(march, somebody):
    return close_month(month_id=march.pk, by=somebody("cashier"))


def test_a_month_is_made_once_when_it_is_first_asked_for(county, march):
    assert lock_month(county=county, year_month=MARCH) == march
    assert (Month.objects.count(), march.label, march.last) == (1, "2022年3月", date(2022, 3, 31))
    assert Month.objects.for_day(county, date(2022, 3, 17)) == march
    assert Month.objects.for_day(county, date(2022, 4, 1)) is None


def test_an_open_month_and_one_nobody_has_opened_may_be_changed(march):
    require_open(march)
    require_open(None)


@pytest.mark.rule("I6")
def test_a_closed_month_refuses_and_names_who_closed_it_and_what_to_do(closed_march, county):
    with pytest.raises(
        MonthClosed, match=r"泽州县2022年3月已由示例cashier于\d{4}-\d\d-\d\d结账，不能再改。.*未结账的月份.*申请重开"
    ):
        require_open(closed_march)
    with pytest.raises(MonthClosed):
        lock_open_month(county=county, day=date(2022, 3, 31))
    assert lock_open_month(county=county, day=date(2022, 4, 1)).period == YearMonth(2022, 4)


def test_a_late_fact_is_booked_in_the_first_open_month(closed_march, county, somebody):
    april = lock_month(county=county, year_month=YearMonth(2022, 4))
    close_month(month_id=april.pk, by=closed_march.closed_by)
    assert first_open_month(county=county, on_or_after=date(2022, 3, 9)).period == YearMonth(2022, 5)
    assert first_open_month(county=county, on_or_after=date(2022, 2, 9)).period == YearMonth(2022, 2)


def test_a_month_is_closed_once(closed_march):
    with pytest.raises(MonthError, match="2022年3月已经结账"):
        close_month(month_id=closed_march.pk, by=closed_march.closed_by)
    assert closed_march.closed_count == 1


def test_reopening_takes_a_proposal_with_a_reason_and_a_second_person(closed_march, somebody):
    finance, leader = somebody("finance"), somebody("leader")
    month = closed_march.pk
    with pytest.raises(MonthError, match="没有重开申请"):
        reopen_month(month_id=month, reason="同意", by=leader)
    with pytest.raises(MonthError, match="没有写理由"):
        propose_reopening(month_id=month, reason=" ", by=finance)
    propose_reopening(month_id=month, reason="漏登一个班次", by=finance)
    with pytest.raises(MonthError, match="已经有人申请"):
        propose_reopening(month_id=month, reason="再提一次", by=finance)
    with pytest.raises(MonthError, match="不能审定自己提出的"):
        reopen_month(month_id=month, reason="同意", by=finance)
    with pytest.raises(MonthError, match="没有写理由"):
        reopen_month(month_id=month, reason="", by=leader)
    reopened = reopen_month(month_id=month, reason="同意", by=leader)
    require_open(reopened)
    assert open_proposal(reopened) is None
    assert list(reopened.events.values_list("action", "by__username", "proposed_by__username", "reason")) == [
        ("closed", "cashier", None, ""),
        ("reopening_proposed", "finance", None, "漏登一个班次"),
        ("reopened", "leader", "finance", "同意"),
    ]
    assert close_month(month_id=month, by=closed_march.closed_by).closed_count == 2


def test_an_open_month_is_not_reopened(march, somebody):
    with pytest.raises(MonthError, match="没有结账"):
        propose_reopening(month_id=march.pk, reason="试试", by=somebody("finance"))


@pytest.mark.rule("I20")
def test_each_act_on_a_month_is_in_the_audit(closed_march, somebody):
    propose_reopening(month_id=closed_march.pk, reason="漏登", by=somebody("finance"))
    reopen_month(month_id=closed_march.pk, reason="同意", by=somebody("leader"))
    acts = AuditEntry.objects.filter(object_type="programmes.Month").order_by("pk")
    assert list(acts.values_list("action", "reason")) == [
        ("programmes.close_month", ""),
        ("programmes.propose_reopening", "漏登"),
        ("programmes.reopen_month", "同意"),
    ]


# -- by whatever path --------------------------------------------------------------------------------------------------


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_the_database_refuses_impossible_months(county, march, system):
    refused(lambda: Month.objects.create(county=county, first="2022-05-02"))
    refused(lambda: Month.objects.bulk_create([Month(county=county, first="2022-03-01")]))
    refused(lambda: Month.objects.update(state="closed"))
    refused(march.delete)
    refused(lambda: Month.objects.update(first="2022-04-01"))
    refused(lambda: Month.objects.filter(pk=march.pk)._raw_delete("default"))


@pytest.mark.rule("I15")
def test_the_history_of_a_month_is_not_rewritten(closed_march, system):
    event = closed_march.events.get()
    event.reason = "改"
    refused(event.save)
    refused(event.delete)
    refused(lambda: MonthEvent.objects.update(reason="改"))
    refused(lambda: MonthEvent.objects.all()._raw_delete("default"))
    # A second person reopens, or nobody does.
    same = MonthEvent(month=closed_march, action="reopened", by=system, proposed_by=system, at=event.at, reason="同意")
    refused(same.save)
    refused(lambda: Month.objects.update(closed_count=0))


@pytest.mark.django_db(transaction=True)
def test_two_people_opening_a_month_at_once_get_the_same_row(county):
    found, errors = [], []

    def ask():
        try:
            with transaction.atomic():
                found.append(lock_month(county=county, year_month=MARCH).pk)
        except Exception as error:  # a thread's error must reach the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(found) == 8 and len(set(found)) == 1


def test_months_are_seen_from_their_county_only(closed_march, county, somebody, bagong):
    from organizations.models import Region

    other = Region.objects.create(level="county", name="示例县", parent=county.parent)
    head = somebody("head", station=bagong)
    assert [
        Month.objects.visible_to(user).count() for user in (closed_march.closed_by, head, somebody("section", region=other))
    ] == [1, 1, 0]

"""The demonstration is the same year wherever it is loaded: every figure, name and day of it."""

import pytest
from django.db import transaction

from consultations.models import Consultation, Finding, Shift
from legalaid.models import AidCase, CaseDeadline, CaseEvent, FileReview
from records.services import forget_remembered_day
from subsidies.models import CaseMark, ClaimPart, LedgerEntry, PayRow, QuarterlyReturn
from tests import databases


def figures():
    return (
        list(Shift.objects.order_by("pk").values_list("day", "station__name", "practitioner__name")),
        list(Finding.objects.order_by("pk").values_list("shift__day", "kind", "state", "times")),
        list(Consultation.objects.order_by("pk").values_list("number", "question", "rating")),
        list(PayRow.objects.order_by("pk").values_list("sheet__month__first", "name", "payable")),
        list(LedgerEntry.objects.order_by("fund__kind", "sequence").values_list("day", "amount", "balance")),
        list(AidCase.objects.order_by("pk").values_list("number", "recipient", "state", "undertaker", "concluded_on")),
        list(CaseEvent.objects.order_by("pk").values_list("case__number", "step", "day", "by__username", "reason")),
        list(CaseDeadline.objects.order_by("pk").values_list("case__number", "code", "due_on", "met_on")),
        list(CaseMark.objects.order_by("pk").values_list("case__number", "state", "marked_on", "local_standard")),
        list(ClaimPart.objects.order_by("pk").values_list("claim__case__number", "list__quarter", "kind", "amount", "row__name")),
        list(FileReview.objects.order_by("pk").values_list("file__case__number", "reviewer__username", "state", "total")),
        [told["case_subsidy"] for told in QuarterlyReturn.objects.order_by("first").values_list("figures", flat=True)],
    )


@pytest.mark.slow
def test_loading_it_again_gives_the_same_year(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with transaction.atomic():
            counts = databases.load_year()
            again = figures()
            transaction.set_rollback(True)
        forget_remembered_day()
        with databases.demo_year():
            assert figures() == again
            assert (Consultation.objects.count(), AidCase.objects.count()) >= (counts["咨询"], counts["案件"])

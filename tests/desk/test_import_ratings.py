"""A workbook that comes after the person has rated herself: her own word stays."""

from io import BytesIO

import pytest

from common.errors import Refused
from consultations.models import Consultation, Rating
from consultations.services.ratings import give_rating, make_ticket
from desk.services.importing import confirm_batch, preview_workbook, take_back
from tests.desk.test_import_errors import NOBODY, RECORD, SHIFT, complaints, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_bagong(bring_in):
    """at_bagong(满意度="满意"): a workbook with the one record."""
    return lambda **cells: bring_in(workbook(**NOBODY, 排班=[SHIFT], 咨询登记=[RECORD | cells]))


@pytest.fixture
def rated(at_bagong, login):
    assert at_bagong().is_good
    slip = make_ticket(consultation_id=Consultation.objects.get().pk, by=login("clerk"))
    give_rating(ticket_id=slip.ticket.pk, word="basic", way="scan")


def test_another_word_is_an_error_at_its_cell(rated, at_bagong):
    [(sheet, row, header, message)] = complaints(at_bagong(满意度="非常满意"))
    assert (sheet, row, header) == ("咨询登记", 2, "满意度") and "咨询人已经自己评价“基本满意”" in message
    assert Consultation.objects.get().rating == "basic"


@pytest.mark.parametrize("cells", [{}, {"满意度": "基本满意"}, {"满意度": None, "答复意见": "说明了法律规定、步骤和要准备的材料"}])
def test_a_blank_cell_or_the_same_word_leaves_it(rated, at_bagong, cells):
    assert at_bagong(**cells).is_good
    assert Consultation.objects.get().rating == "basic" == Rating.objects.get().word


def test_an_import_whose_people_have_rated_meanwhile_is_not_taken_back(county, login):
    upload = BytesIO(workbook(**NOBODY, 排班=[SHIFT], 咨询登记=[RECORD]))
    upload.name = "三月.xlsx"
    batch, _ = preview_workbook(upload=upload, county=county, by=login("section"))
    confirm_batch(batch=batch, by=login("section"))
    slip = make_ticket(consultation_id=Consultation.objects.get().pk, by=login("clerk"))
    give_rating(ticket_id=slip.ticket.pk, word="basic", way="scan")
    batch.refresh_from_db()
    with pytest.raises(Refused):
        take_back(batch=batch, by=login("section"), reason="传错了月份")
    assert Rating.objects.count() == 1

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry
from records import services
from records.models import IssuedPaper, NumberSeries, StoredFile
from records.services import PaperRefused

PDF = b"%PDF-1.7 example"


def issued(by, **options) -> IssuedPaper:
    return services.issue_paper(
        **{"kind": "notice", "title": "值班公示", "content": PDF, "by": by, "issued_on": date(2022, 3, 1), **options}
    )


def test_numbers_follow_each_other_in_each_series_and_year(db):
    given = [services.next_number(series="voucher", year=2022) for _ in range(3)]
    assert given == [1, 2, 3]
    assert services.next_number(series="voucher", year=2023) == 1
    assert services.next_number(series="paper", year=2022) == 1


def test_an_act_that_is_rolled_back_gives_its_number_back(db):
    services.next_number(series="voucher", year=2022)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert services.next_number(series="voucher", year=2022) == 2
        raise RuntimeError
    assert services.next_number(series="voucher", year=2022) == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_twenty_numbers_without_gap():
    given, barrier = [], threading.Barrier(20)

    def take():
        try:
            barrier.wait()
            given.append(services.next_number(series="voucher", year=2022))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 21))


@pytest.mark.parametrize(
    "attack",
    [
        lambda series: series.update(last=9),
        lambda series: series.update(last=0),
        lambda series: series.update(year=2021),
        lambda series: series.delete(),
        lambda series: NumberSeries.objects.create(name="new", year=2022, last=7),
        lambda series: NumberSeries.objects.bulk_create([NumberSeries(name="new", year=2022, last=7)]),
    ],
)
def test_the_database_lets_no_number_be_skipped_or_given_twice(db, attack):
    services.next_number(series="voucher", year=2022)
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(NumberSeries.objects.filter(name="voucher"))


def test_a_paper_is_numbered_kept_and_audited(anna, boris):
    paper = issued(anna, on=boris)
    assert (paper.number, paper.version, str(paper)) == ("notice-2022-0001", 1, "值班公示 notice-2022-0001")
    assert services.read_file(paper.file) == PDF and paper.file.mime == "application/pdf"
    assert list(IssuedPaper.objects.about(boris)) == [paper]
    assert AuditEntry.objects.filter(action="records.issue_paper", actor=anna).exists()


def test_a_paper_may_be_drawn_with_its_number_on_it(anna):
    paper = issued(anna, content=lambda number: b"%PDF-" + number.encode())
    assert services.read_file(paper.file) == b"%PDF-notice-2022-0001"


def test_a_number_given_by_hand_is_used_once(anna):
    issued(anna, number="泽司〔2022〕8号")
    with pytest.raises(PaperRefused, match="已经用过"):
        issued(anna, number="泽司〔2022〕8号")


def test_a_new_version_makes_the_old_one_void(anna, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-03-05")
    old = issued(anna)
    new = services.reissue_paper(paper=old, content=PDF + b"2", by=anna, reason="换班后重新公示")
    old.refresh_from_db()
    assert (old.state, old.void_reason, new.number, new.version) == ("void", "换班后重新公示", old.number, 2)
    assert (new.issued_on, list(IssuedPaper.objects.in_force())) == (date(2022, 3, 5), [new])


def test_void_needs_a_reason_and_happens_once(anna):
    paper = issued(anna)
    with pytest.raises(PaperRefused, match="作废原因"):
        services.void_paper(paper=paper, by=anna, reason=" ")
    services.void_paper(paper=paper, by=anna, reason="印错")
    with pytest.raises(PaperRefused, match="已经作废"):
        services.void_paper(paper=paper, by=anna, reason="再来一次")


@pytest.mark.parametrize(
    "attack",
    [
        lambda papers: papers.update(title="改"),
        lambda papers: papers.update(number="1"),
        lambda papers: papers.update(state="void", void_reason="x", voided_at="2022-03-01T00:00Z", title="改"),
        lambda papers: papers.update(state="void"),
        lambda papers: papers.delete(),
    ],
)
def test_the_database_lets_nobody_change_an_issued_paper(anna, attack):
    issued(anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(IssuedPaper.objects.all())


def test_a_void_paper_does_not_come_back(anna):
    services.void_paper(paper=issued(anna), by=anna, reason="印错")
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedPaper.objects.update(state="issued", void_reason="", voided_at=None)


@pytest.mark.parametrize("attack", [lambda files: files.update(sha256="0"), lambda files: files.delete()])
def test_the_card_of_a_file_is_never_changed(anna, attack):
    issued(anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(StoredFile.objects.all())

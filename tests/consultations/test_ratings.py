"""Rating: a ticket that works once, four words nobody changes, 不满意 that somebody else verifies. Z-CON-3, Z-DED-3; safety.md §2."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from accounts.models import AuditEntry
from common.errors import Refused
from consultations.models import Consultation, Finding, Rating, RatingTicket
from consultations.rules.ratings import Tally, digits_of, grouped, mean_of, pooled
from consultations.services.findings import decide_finding, hear, report_finding
from consultations.services.ratings import (
    TicketGone,
    device_key,
    give_rating,
    hash_of_code,
    make_ticket,
    open_ticket,
    ticket_of_code,
    verify_rating,
)
from consultations.services.satisfaction import satisfaction_of
from consultations.services.withdrawals import void_consultation
from records.models import Notice
from tests.consultations.rating_world import consulted, slip_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-15 10:00")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def duty(shift):
    return shift("2022-03-15", times=("09:00", "13:00"))


@pytest.fixture
def record(duty, clerk):
    return consulted(duty, clerk)


@pytest.fixture
def rate(record, clerk):
    """rate("satisfied"): the person says so by the QR code."""

    def say(word, **options):
        slip = slip_for(record, clerk)
        return give_rating(ticket_id=open_ticket(token=slip.token).pk, word=word, **{"way": "scan", **options})

    return say


# --- the ticket -------------------------------------------------------------------------------------------------------


def test_token_and_code_are_kept_as_hashes_only(record, clerk):
    slip = slip_for(record, clerk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM consultations_ratingticket t")
        kept = cursor.fetchall()[0][0]
        cursor.execute("SELECT coalesce(before::text, '') || coalesce(after::text, '') || reason FROM accounts_auditentry")
        told = "".join(row[0] for row in cursor.fetchall())
    assert slip.token not in kept + told and slip.code not in kept + told
    assert len(slip.code) == 8 and len(slip.token) == 32


def test_a_ticket_works_once(record, clerk):
    slip = slip_for(record, clerk)
    give_rating(ticket_id=open_ticket(token=slip.token).pk, word="satisfied", way="scan")
    record.refresh_from_db()
    assert record.rating == "satisfied" and Rating.objects.get().get_word_display() == "满意"
    for again in (lambda: open_ticket(token=slip.token), lambda: ticket_of_code(code=slip.code, address="10.0.0.1")):
        with pytest.raises(TicketGone):
            again()
    with pytest.raises(TicketGone):
        give_rating(ticket_id=slip.ticket.pk, word="dissatisfied", way="scan")
    assert Rating.objects.get().word == "satisfied"


def test_a_ticket_ends_after_fifteen_days(record, clerk, at):
    slip = slip_for(record, clerk)
    at("2022-03-30 09:59")
    assert open_ticket(token=slip.token)
    at("2022-03-30 10:01")
    with pytest.raises(TicketGone):
        open_ticket(token=slip.token)
    with pytest.raises(TicketGone):
        give_rating(ticket_id=slip.ticket.pk, word="satisfied", way="scan")


@pytest.mark.parametrize("wrong", ["", "x", "0" * 32, "％００", "a" * 5000, "💐", "' OR 1=1 --"])
def test_a_tampered_token_or_code_is_gone(record, clerk, wrong):
    slip_for(record, clerk)
    with pytest.raises(TicketGone):
        open_ticket(token=wrong)
    with pytest.raises(TicketGone):
        ticket_of_code(code=wrong, address="10.0.0.1")


def test_unknown_used_expired_and_replaced_tickets_are_told_in_the_same_words(record, clerk, at, duty):
    told = set()
    unknown, replaced = "0" * 32, slip_for(record, clerk).token
    used = slip_for(record, clerk)
    give_rating(ticket_id=used.ticket.pk, word="basic", way="scan")
    late = slip_for(consulted(duty, clerk), clerk).token
    at("2022-04-30 10:00")
    for token in (unknown, replaced, used.token, late):
        with pytest.raises(TicketGone) as gone:
            open_ticket(token=token)
        told.add(str(gone.value))
    assert len(told) == 1


def test_a_new_ticket_puts_the_old_one_out_of_use(record, clerk):
    old, new = slip_for(record, clerk), slip_for(record, clerk)
    with pytest.raises(TicketGone):
        open_ticket(token=old.token)
    assert open_ticket(token=new.token).pk == new.ticket.pk
    assert RatingTicket.objects.standing().count() == 1


def test_nothing_is_made_for_a_void_or_rated_record_or_by_a_stranger(record, clerk, user, dayang, rate):
    with pytest.raises(Refused, match="只能请本站的咨询人评价"):
        make_ticket(consultation_id=record.pk, by=user("clerk", station=dayang))
    rate("satisfied")
    with pytest.raises(Refused, match="只评价一次"):
        make_ticket(consultation_id=record.pk, by=clerk)
    Consultation.objects.filter(pk=record.pk).update(is_void=True)
    with pytest.raises(Refused, match="已经作废"):
        make_ticket(consultation_id=record.pk, by=clerk)


def test_a_record_made_void_meanwhile_takes_no_rating(record, clerk):
    slip = slip_for(record, clerk)
    void_consultation(consultation_id=record.pk, reason="重复登记", by=clerk)
    with pytest.raises(TicketGone):
        open_ticket(token=slip.token)
    with pytest.raises(TicketGone):
        give_rating(ticket_id=slip.ticket.pk, word="satisfied", way="scan")


def test_a_code_is_typed_with_blanks_and_full_width_digits(record, clerk):
    slip = slip_for(record, clerk)
    typed = "　".join("０１２３４５６７８９"[int(digit)] for digit in slip.code)
    assert ticket_of_code(code=typed, address="10.0.0.1").pk == slip.ticket.pk
    assert digits_of("1234 5678") == "12345678" and grouped("12345678") == "1234 5678"


def test_whoever_looks_for_codes_finds_the_door_shut_but_others_do_not(record, clerk):
    slip = slip_for(record, clerk)
    for number in range(20):
        with pytest.raises(TicketGone):
            ticket_of_code(code=f"{number:08d}", address="10.0.0.9")
    with pytest.raises(TicketGone):
        ticket_of_code(code=slip.code, address="10.0.0.9")
    assert ticket_of_code(code=slip.code, address="10.0.0.1")


def test_one_code_is_not_tried_on_and_on(record, clerk):
    for _ in range(6):
        with pytest.raises(TicketGone):
            ticket_of_code(code="00000001", address="10.0.0.1")
    RatingTicket.objects.filter(pk=slip_for(record, clerk).ticket.pk).update(code_hash=hash_of_code("00000001"))
    with pytest.raises(TicketGone):
        ticket_of_code(code="00000001", address="10.0.0.2")


# --- the rating -------------------------------------------------------------------------------------------------------


def test_emoji_and_rare_characters_are_kept_and_numbers_masked(rate):
    given = rate("satisfied", words="谢谢👍㛃䶮·买买提，身份证140525198506150025，卡6222021234567890128")
    kept = Rating.objects.get().words
    assert "👍" in kept and "㛃䶮·买买提" in kept
    assert "140525198506150025" not in kept and "140***********0025" in kept
    assert "身份证号" in given.warning


def test_ten_thousand_characters_are_refused_in_words(rate):
    with pytest.raises(Refused, match="意见有 10000 个字，最多 500 个字"):
        rate("satisfied", words="好" * 10_000)
    assert not Rating.objects.exists()


def test_a_fifth_word_is_refused(rate):
    with pytest.raises(Refused, match="还没有选满意度"):
        rate("excellent")


def test_nobody_changes_a_rating_not_even_the_database(rate, record):
    rate("dissatisfied")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Rating.objects.update(word="very_satisfied")
    with pytest.raises(IntegrityError, match="不能改写"), transaction.atomic():
        Consultation.objects.filter(pk=record.pk).update(rating="very_satisfied")
    Consultation.objects.filter(pk=record.pk).update(rating="dissatisfied", party_count=2)


def test_a_rating_by_the_ticket_of_another_consultation_is_refused_by_the_database(record, clerk, duty):
    other = consulted(duty, clerk)
    slip = slip_for(record, clerk)
    with pytest.raises(IntegrityError, match="评价码与咨询记录不符"), transaction.atomic():
        Rating.objects.create(consultation=other, ticket=slip.ticket, word="satisfied", way="scan", given_at=slip.ticket.made_at)


def test_a_rating_may_still_come_when_the_month_is_closed(record, clerk, close, at):
    slip = slip_for(record, clerk)
    at("2022-03-28 10:00")
    close("2022-03")
    give_rating(ticket_id=open_ticket(token=slip.token).pk, word="dissatisfied", way="scan")
    assert Finding.objects.get().booked_in.label == "2022年4月"


def test_the_audit_knows_the_rating_and_not_the_person(rate):
    rate("satisfied", words="态度很好")
    entry = AuditEntry.objects.get(action="consultations.give_rating")
    assert entry.after["满意度"] == "满意" and entry.address is None and "态度" not in str(entry.after)


def at_once(acts):
    def run(act):
        try:
            return act()
        except Refused as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_fifty_ratings_with_one_ticket_at_once_are_one(record, clerk):
    slip = slip_for(record, clerk)
    words = ["very_satisfied", "dissatisfied"] * 25
    results = at_once([lambda word=word: give_rating(ticket_id=slip.ticket.pk, word=word, way="scan") for word in words])
    assert sum(isinstance(result, TicketGone) for result in results) == 49
    assert Rating.objects.count() == 1
    record.refresh_from_db()
    assert record.rating == Rating.objects.get().word


@pytest.mark.django_db(transaction=True)
def test_fifty_people_rating_at_once_lose_nothing(duty, clerk):
    slips = [slip_for(consulted(duty, clerk), clerk) for _ in range(50)]
    words = ["very_satisfied", "satisfied", "basic", "dissatisfied", "satisfied"] * 10
    acts = [
        lambda slip=slip, word=word: give_rating(ticket_id=slip.ticket.pk, word=word, way="scan")
        for slip, word in zip(slips, words, strict=True)
    ]
    assert not [result for result in at_once(acts) if isinstance(result, Exception)]
    assert Rating.objects.count() == 50 == Consultation.objects.exclude(rating="").count()
    assert Finding.objects.filter(kind="dissatisfied").count() == 10


# --- 不满意 -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DED-3")
def test_dissatisfaction_becomes_a_finding_that_the_person_answers_and_somebody_else_decides(rate, duty, record, user):
    officer = user("section")
    rate("dissatisfied", words="没有听我说完")
    finding = Finding.objects.get()
    assert (finding.kind, finding.source, finding.state, finding.shift) == ("dissatisfied", "rating", "reported", duty)
    assert finding.consultation_no == record.number and "没有听我说完" in finding.remark
    assert Notice.objects.filter(to=duty.practitioner.user).exists() and Notice.objects.filter(to=officer).exists()
    hear(finding_id=finding.pk, statement="当时人多，解释得快了些", by=duty.practitioner.user)
    decided = decide_finding(finding_id=finding.pk, is_upheld=True, decision="录音可以证明", by=officer)
    assert decided.state == "upheld"


@pytest.mark.rule("Z-DED-3")
def test_neither_the_lawyer_nor_who_registered_the_consultation_decides(rate, duty, user, clerk, county):
    rate("dissatisfied")
    finding = Finding.objects.get()
    with pytest.raises(Refused, match="本人不能核实"):
        decide_finding(finding_id=finding.pk, is_upheld=False, decision="没有的事", by=duty.practitioner.user)
    with pytest.raises(Refused, match="咨询记录是您登记的"):
        decide_finding(finding_id=finding.pk, is_upheld=False, decision="没有的事", by=clerk)
    finding.state, finding.decided_by, finding.decided_at = "dropped", clerk, finding.reported_at
    with pytest.raises(IntegrityError, match="登记人不能核实"), transaction.atomic():
        finding.save()


@pytest.mark.rule("Z-DED-3")
def test_a_complaint_known_before_and_a_rating_are_one_fact(rate, duty, record, user):
    report_finding(shift_id=duty.pk, kind="complaint", consultation_no=record.number, remark="来电投诉", by=user("section"))
    rate("dissatisfied")
    assert Finding.objects.get().kind == "complaint"


@pytest.mark.parametrize("word", ["very_satisfied", "satisfied", "basic"])
def test_the_other_three_words_are_no_finding(rate, word):
    rate(word)
    assert not Finding.objects.exists()


def test_a_rating_without_a_shift_is_kept_and_brought_to_be_verified_later(duty, clerk, user, record):
    Consultation.objects.filter(pk=record.pk).update(shift=None)
    slip = slip_for(record, clerk)
    given = give_rating(ticket_id=slip.ticket.pk, word="dissatisfied", way="scan")
    assert not Finding.objects.exists()
    officer = user("section")
    with pytest.raises(Refused, match="没有对应的班次"):
        verify_rating(rating_id=given.rating.pk, by=officer)
    Consultation.objects.filter(pk=record.pk).update(shift=duty)
    assert verify_rating(rating_id=given.rating.pk, by=officer).kind == "dissatisfied"
    with pytest.raises(Refused, match="已经登记为考核事项"):
        verify_rating(rating_id=given.rating.pk, by=officer)


def test_a_shift_that_takes_no_finding_does_not_lose_the_rating(rate, duty, user):
    officer = user("section")
    type(duty).objects.filter(pk=duty.pk).update(is_cancelled=True, override_reason="演示")
    rate("dissatisfied")
    assert Rating.objects.count() == 1 and not Finding.objects.exists()
    assert Notice.objects.filter(to=officer, text__contains="没能自动登记核实").exists()


# --- rates ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-3")
def test_rates_by_hand():
    small, large = Tally(10, 2, 1, 1, 1), Tally(100, 40, 40, 15, 5)
    assert (small.rated, small.response, small.satisfaction, small.strict) == (5, 50, 80, 60)
    assert (large.response, large.satisfaction, large.strict) == (100, 95, 80)
    total = pooled([small, large])
    assert total == Tally(110, 42, 41, 16, 6)
    assert round(total.satisfaction, 2) == 94.29 and mean_of([small.satisfaction, large.satisfaction]) == 87.5
    nobody = Tally(3)
    assert (nobody.satisfaction, nobody.strict, nobody.response) == (None, None, 0) and Tally().response is None
    assert mean_of([None, 80.0, None]) == 80 and mean_of([None]) is None


@pytest.mark.rule("Z-CON-3")
def test_the_board_pools_the_county_and_averages_the_stations(county, shift, clerk, user, bagong, dayang):
    away = user("clerk", station=dayang)
    words = {bagong: ["very_satisfied", "dissatisfied"], dayang: ["satisfied"] * 7 + ["basic"]}
    for station, said in words.items():
        duty = shift("2022-03-15", station=station)
        for word in [*said, ""]:
            Consultation.objects.filter(pk=consulted(duty, away if station == dayang else clerk).pk).update(rating=word)
    found = satisfaction_of(county=county, first=shift("2022-03-01").day.replace(day=1), last=shift("2022-03-31").day)
    by_name = {each.station.short_name: each for each in found.stations}
    assert by_name["巴公镇"].tally.satisfaction == 50 and by_name["巴公镇"].is_below and by_name["巴公镇"].target == 95
    assert by_name["大阳镇"].tally.strict == 87.5 and not by_name["大阳镇"].is_below
    assert (found.total.satisfaction, found.mean, found.strict_mean) == (90, 75, 68.75)
    assert [each.station.short_name for each in found.below] == ["巴公镇"]
    assert found.total.asked == 12 and len(found.stations) == 17


def test_where_a_rating_came_from_is_kept_as_a_hash_for_the_signals(record, clerk):
    slip = make_ticket(consultation_id=record.pk, by=clerk, device=device_key("10.0.0.1", "Tablet/1.0"))
    give_rating(ticket_id=slip.ticket.pk, word="satisfied", way="scan", device=device_key("10.0.0.2", "Phone/1.0"))
    row = Rating.objects.select_related("ticket").get()
    assert row.device != row.ticket.device and {len(row.device), len(row.ticket.device)} == {64}
    assert device_key("10.0.0.2", "Phone/1.0") == row.device and "10.0.0" not in row.device

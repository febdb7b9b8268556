"""Calling people back: a draw anybody can do again, calls with every outcome, a result apart from the person's own rating. Z-ORG-4; F22."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from accounts.services import system_user
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Consultation, DutyComplaint, FollowUp, FollowUpDraw
from consultations.rules.followups import Candidate, draw, due_on, may_give_up, place, size_of
from consultations.services.complaints import complain_of_follow_up
from consultations.services.followups import (
    add_by_hand,
    concerns_of,
    draw_for_job,
    draw_missed,
    draw_month,
    drop_follow_up,
    give_up,
    is_reproducible,
    note_try,
    record_answers,
    reveal_phone,
    script,
)
from consultations.services.satisfaction import follow_ups_of
from records.models import JobRun
from records.services import run_job
from tests.consultations.rating_world import consulted

MARCH = YearMonth(2022, 3)
FINE = {"present": "yes", "patient": "yes", "clear": "yes", "charged": "no", "solved": "yes"}
candidates = st.lists(
    st.builds(Candidate, st.text("0123456789", min_size=1, max_size=6), st.integers(1, 6), st.sampled_from("abcdefghij")),
    unique_by=lambda each: each.number, max_size=60,
)  # fmt: skip


# --- the draw, pure ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-ORG-4")
@given(frame=candidates, seed=st.text(max_size=8), percent=st.integers(10, 100), order=st.randoms())
@settings(max_examples=200, deadline=None)
def test_a_tenth_at_least_and_one_at_each_station_whatever_the_order_of_rows(frame, seed, percent, order):
    drawn = draw(frame, seed, percent)
    shuffled = list(frame)
    order.shuffle(shuffled)
    assert draw(shuffled, seed, percent) == drawn
    assert len({each.number for each in drawn}) == len(drawn) and set(drawn) <= set(frame)
    assert 100 * len(drawn) >= percent * len(frame)
    for station in {each.station for each in frame}:
        there = sum(each.station == station for each in frame)
        assert sum(each.station == station for each in drawn) == size_of(there, percent)


def test_the_draw_of_a_known_seed_never_changes():
    """As worked out by hand: printf '20220401:泽咨〔2022〕巴公-0001' | sha256sum."""
    frame = [Candidate(f"泽咨〔2022〕巴公-{number:04}", 1, str(number)) for number in range(1, 31)]
    assert place("20220401", frame[0].number)[:8] == "284fde5e"
    assert [each.number[-2:] for each in draw(frame, "20220401")] == ["19", "10", "08"]


def test_one_telephone_is_called_once_while_there_are_others():
    same = [Candidate(f"a{number}", 1, "same") for number in range(15)]
    others = [Candidate(f"b{number}", 1, f"phone {number}") for number in range(5)]
    for seed in map(str, range(30)):
        drawn = draw(same + others, seed)
        assert len(drawn) == 2 and len({each.phone for each in drawn}) == 2
    assert len(draw(same, "x", 100)) == 15


def test_when_people_are_to_be_called_and_when_a_number_is_given_up():
    day = datetime.date
    assert due_on(day(2022, 3, 1)) == day(2022, 4, 20) and due_on(day(2022, 12, 1)) == day(2023, 1, 20)
    assert not may_give_up([day(2022, 4, 1)] * 3) and not may_give_up([day(2022, 4, 1), day(2022, 4, 2)])
    assert may_give_up([day(2022, 4, 1), day(2022, 4, 1), day(2022, 4, 2)])


# --- the draw, kept ---------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def march(shift, clerk, user, dayang, at):
    """Eleven people with a telephone at 巴公镇, one at 大阳镇; one without, one void, one of February."""
    at("2022-03-20 10:00")
    duty, away = shift("2022-03-15"), shift("2022-03-16", station=dayang)
    rows = [consulted(duty, clerk, client_phone=f"138123456{number:02}") for number in range(11)]
    rows.append(consulted(away, user("clerk", station=dayang), client_phone="13912345678"))
    consulted(duty, clerk, client_phone="")
    void = consulted(duty, clerk)
    Consultation.objects.filter(pk=void.pk).update(is_void=True)
    consulted(shift("2022-02-15"), clerk)
    at("2022-04-01 09:00")
    return rows


pytestmark = pytest.mark.django_db


@pytest.mark.rule("Z-ORG-4")
def test_a_month_is_drawn_once_and_can_be_drawn_again_by_anybody(county, march, section):
    made = draw_month(county=county, month=MARCH, by=section, seed="20220401")
    assert len(made.frame) == 12 and made.follow_ups.count() == 3
    assert {each.consultation.station.short_name for each in made.follow_ups.all()} == {"巴公镇", "大阳镇"}
    assert {each.due_on for each in made.follow_ups.all()} == {datetime.date(2022, 4, 20)}
    assert is_reproducible(made) and made.seed == "20220401"
    with pytest.raises(Refused, match="已经抽取过"):
        draw_month(county=county, month=MARCH, by=section)
    entry = AuditEntry.objects.get(action="consultations.draw_follow_ups")
    assert entry.after["种子"] == "20220401" and entry.after["抽中"] == "3 人次"


def test_a_draw_that_was_tampered_with_shows(county, march, section):
    made = draw_month(county=county, month=MARCH, by=section)
    with pytest.raises(ProgrammingError), transaction.atomic():
        FollowUpDraw.objects.update(seed="another")
    left_out = next(row for row in march if not FollowUp.objects.filter(consultation=row).exists())
    made.follow_ups.filter(consultation__station=left_out.station).first()
    row = made.follow_ups.filter(consultation__station=left_out.station).first()
    FollowUp.objects.filter(pk=row.pk).update(consultation=left_out)
    assert not is_reproducible(made)


def test_a_month_that_is_not_over_and_too_small_a_share_are_refused(county, march, section, clerk):
    with pytest.raises(Refused, match="还没有结束"):
        draw_month(county=county, month=YearMonth(2022, 4), by=section)
    with pytest.raises(Refused, match="比例应在"):
        draw_month(county=county, month=MARCH, by=section, percent=9)
    with pytest.raises(Refused, match="由司法局业务股办理"):
        draw_month(county=county, month=MARCH, by=clerk)


def test_an_empty_month_is_drawn_too_so_that_the_job_ends(county, at, section):
    at("2022-05-01 09:00")
    assert draw_month(county=county, month=YearMonth(2022, 4), by=section).frame == []
    assert draw_missed() == 0


def test_on_the_first_the_job_draws_the_month_before_and_never_twice(county, march, django_capture_on_commit_callbacks):
    assert draw_missed() == 1 and draw_missed() == 1  # the same job, given back
    job = JobRun.objects.get(kind="draw_follow_ups")
    run_job(job_id=job.pk, work=draw_for_job)
    job.refresh_from_db()
    assert job.state == "done" and "12 人次中抽中 3 人次，种子" in job.message
    assert draw_missed() == 0
    assert FollowUpDraw.objects.get().drawn_by == system_user()


# --- the calls --------------------------------------------------------------------------------------------------------


@pytest.fixture
def call(county, march, section):
    """Somebody drawn at 巴公镇."""
    made = draw_month(county=county, month=MARCH, by=section, seed="20220401")
    return made.follow_ups.filter(consultation__station__short_name="巴公镇").first()


@pytest.fixture
def answer(call, clerk):
    def say(by=None, **changes):
        said = {"way": "phone", "day": datetime.date(2022, 4, 1), "answers": FINE, "satisfaction": "satisfied", **changes}
        return record_answers(follow_up_id=call.pk, by=by or clerk, **said)

    return say


def test_what_she_says_on_the_telephone_leaves_her_own_rating_alone(answer, call):
    Consultation.objects.filter(pk=call.consultation_id).update(rating="very_satisfied")
    row, warning = answer(satisfaction="dissatisfied", opinion="等了很久，证件140525198506150025也没看")
    assert row.state == "done" and "140***********0025" in row.opinion and "身份证号" in warning
    assert Consultation.objects.get(pk=call.consultation_id).rating == "very_satisfied"
    assert concerns_of(row) == ["对服务不满意"]
    [line] = [each for each in follow_ups_of(FollowUp.objects.all()) if each.station == call.consultation.station]
    assert (line.said.satisfaction, line.own.satisfaction, line.worse, line.drawn) == (0, 100, 1, 2)
    assert line.answered == 50


def test_the_figures_count_neither_who_was_not_reached_as_a_rating_nor_a_void_record_as_a_call(answer, call, clerk):
    other = call.draw.follow_ups.exclude(pk=call.pk).get(consultation__station=call.consultation.station)
    Consultation.objects.filter(pk__in=[call.consultation_id, other.consultation_id]).update(rating="dissatisfied")
    answer()

    def figures():
        return next(each for each in follow_ups_of(FollowUp.objects.all()) if each.station == call.consultation.station)

    assert (figures().own.dissatisfied, figures().said.satisfied, figures().answered) == (1, 1, 50)
    Consultation.objects.filter(pk=other.consultation_id).update(is_void=True, void_reason="重复")
    drop_follow_up(follow_up_id=other.pk, by=clerk)
    assert (figures().drawn, figures().answered) == (1, 100)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answers": {**FINE, "clear": ""}}, "还有 1 个问题"),
        ({"answers": {}}, "还有 5 个问题"),
        ({"satisfaction": ""}, "没有选择满意度"),
        ({"day": datetime.date(2022, 4, 2)}, "回访日期应在"),
        ({"day": datetime.date(2022, 3, 1)}, "回访日期应在"),
        ({"way": "pigeon"}, "没有选择回访方式"),
        ({"opinion": "好" * 10_000}, "意见有 10000 个字"),
    ],
)
def test_half_a_record_is_refused_in_words(answer, changes, words):
    with pytest.raises(Refused, match=words):
        answer(**changes)


def test_nobody_asks_about_her_own_advice_nor_at_a_strange_station(answer, call, user, dayang):
    with pytest.raises(Refused, match="您自己解答的"):
        answer(by=call.consultation.practitioner.user)
    with pytest.raises(Refused, match="只能回访本站"):
        answer(by=user("clerk", station=dayang))


@pytest.mark.parametrize(
    ("result", "state"), [("wrong", "wrong"), ("refused", "refused"), ("busy", "open"), ("no_answer", "open")]
)
def test_every_outcome_of_a_call_is_kept_with_its_try(call, clerk, answer, result, state):
    row = note_try(follow_up_id=call.pk, result=result, by=clerk, note="停机")
    assert row.state == state and row.tries.get().note == "停机"
    if state != "open":
        with pytest.raises(Refused, match="已经登记为"):
            answer()


def test_a_number_is_given_up_after_three_tries_on_two_days(call, clerk, at):
    for moment in ("2022-04-01 09:00", "2022-04-01 15:00", "2022-04-02 10:00"):
        with pytest.raises(Refused, match="还不能记为联系不上"):
            give_up(follow_up_id=call.pk, by=clerk)
        at(moment)
        note_try(follow_up_id=call.pk, result="no_answer", by=clerk)
    assert give_up(follow_up_id=call.pk, by=clerk).state == "unreached"


def test_the_number_is_written_down_before_it_is_shown(call, clerk):
    assert reveal_phone(follow_up_id=call.pk, by=clerk).startswith("138123456")
    entry = AuditEntry.objects.get(action="consultations.reveal_phone")
    assert entry.actor == clerk and "138123456" not in str(entry.after) + entry.object_label


def test_numbers_are_not_read_out_by_the_hundred(call, clerk):
    for _ in range(60):
        reveal_phone(follow_up_id=call.pk, by=clerk)
    with pytest.raises(Refused, match="请稍后再试"):
        reveal_phone(follow_up_id=call.pk, by=clerk)


def test_a_record_made_void_is_not_called_and_may_be_taken_off_the_list(call, clerk):
    with pytest.raises(Refused, match="没有作废"):
        drop_follow_up(follow_up_id=call.pk, by=clerk)
    Consultation.objects.filter(pk=call.consultation_id).update(is_void=True)
    with pytest.raises(Refused, match="不再回访"):
        reveal_phone(follow_up_id=call.pk, by=clerk)
    assert drop_follow_up(follow_up_id=call.pk, by=clerk).state == "dropped"


def test_somebody_may_be_called_for_a_reason_beside_the_draw_once(call, march, clerk):
    row = next(each for each in march if not FollowUp.objects.filter(consultation=each).exists())
    assert add_by_hand(consultation_id=row.pk, reason="本人要求回复", by=clerk).draw is None
    with pytest.raises(Refused, match="已经列入回访"):
        add_by_hand(consultation_id=row.pk, reason="再问一次", by=clerk)


@pytest.mark.rule("Z-DED-3")
def test_what_she_complains_of_on_the_telephone_becomes_a_complaint_once(answer, call, clerk):
    answer()
    with pytest.raises(Refused, match="没有反映问题"):
        complain_of_follow_up(follow_up_id=call.pk, by=clerk)
    FollowUp.objects.filter(pk=call.pk).update(answers={**FINE, "charged": "yes"}, opinion="收了一百块")
    complaint = complain_of_follow_up(follow_up_id=call.pk, by=clerk).complaint
    assert complaint.get_channel_display() == "回访" and "收了一百块" in complaint.content and "收钱" in complaint.content
    assert complaint.consultation == call.consultation and DutyComplaint.objects.count() == 1
    with pytest.raises(Refused, match="已经登记为投诉"):
        complain_of_follow_up(follow_up_id=call.pk, by=clerk)


def test_the_database_wants_every_closed_call_with_its_person(call):
    for changes in ({"state": "done"}, {"state": "refused"}, {"satisfaction": "satisfied"}, {"draw": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FollowUp.objects.filter(pk=call.pk).update(**changes)


def test_the_script_has_five_questions_with_words_of_their_own():
    assert len(script().questions) == 5 and {each.code for each in script().questions} == set(FINE)
    assert all(each.concern in ("yes", "no") and each.yes != each.no for each in script().questions)

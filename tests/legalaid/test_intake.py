"""Taking cases in: applications, notices, hand-ins, doubts, taking over, mending. domain.md 3.1 A1–A2, 3.3, 3.4; LAF 38–44."""

import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import AuditEntry
from common import clock
from common.errors import Refused
from consultations.models import Handover
from consultations.services.handovers import answer_handover, follow_outcome
from legalaid.models import AidCase, CaseEvent
from legalaid.rules.procedure import State
from legalaid.services import inbox
from legalaid.services import intake as services
from legalaid.services.intake import Doubtful, NoReason
from legalaid.services.steps import move_case, take_back
from records.models import NumberSeries
from tests.legalaid.intake_world import TODAY, IntakeWorld, number

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def september(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")


@pytest.fixture
def world(db):
    return IntakeWorld()


def deadline(case, code):
    return case.deadlines.filter(code=code).first()


def keys(error):
    return [doubt.key.split(":")[0] for doubt in error.value.doubts]


# --- an application -------------------------------------------------------------------------------------------------------


def test_an_application_over_the_counter_is_received_numbered_and_its_seven_days_run(world):
    case = world.application()
    assert (case.state, case.number, case.handler) == ("received", "泽法援〔2022〕001号", world.centre)
    assert (case.type, case.basis, case.hardship) == ("civil_litigation", "laf_31", "exempt")
    assert "42条3项" in case.hardship_ground
    assert deadline(case, "aid_decision").due_on == date(2022, 10, 8)  # seven days end in the holidays and move on
    assert len(case.query_code) == 10
    assert case.applicant.gender == "1"
    assert case.applicant.birth_date == date(1985, 6, 15)
    assert case.events.get().step == "receive"


def test_numbers_have_no_gaps_also_when_an_application_is_refused_half_way(world):
    world.application()
    with pytest.raises(Refused):
        world.application(id_number=number(serial=1), proxy_name="代理演", proxy_relation="", confirmed=frozenset())
    with pytest.raises(Doubtful):
        world.application(id_number=number(serial=1), groups=["woman"])
    assert world.application(id_number=number(serial=1)).number == "泽法援〔2022〕002号"


def test_a_number_that_a_workbook_brought_in_is_passed_over(world):
    first = world.application()
    AidCase.objects.filter(pk=first.pk).update(number="泽法援〔2022〕002号")
    assert world.application(id_number=number(serial=1)).number == "泽法援〔2022〕003号"


@pytest.mark.parametrize("channel", ["onsite", "post", "home_visit", "transfer"])
def test_what_comes_with_its_papers_is_received_at_once(world, channel):
    assert world.application(channel=channel).state == "received"


def test_a_booking_by_telephone_is_registered_and_takes_no_number_of_a_case(world):
    case = world.application(channel="phone_booking")
    assert (case.state, case.number) == ("registered", "泽法援登〔2022〕001号")
    assert deadline(case, "aid_decision") is None
    inbox.take_over(case_id=case.pk, version=case.version, by=world.centre)
    case.refresh_from_db()
    assert (case.state, case.number) == ("received", "泽法援〔2022〕001号")
    assert deadline(case, "aid_decision")
    assert case.events.last().facts["登记号"] == "泽法援登〔2022〕001号"


def test_taking_the_receipt_back_leaves_the_case_its_number_so_that_none_is_lost(world):
    case = world.application(channel="phone_booking")
    inbox.take_over(case_id=case.pk, version=case.version, by=world.centre)
    case.refresh_from_db()
    take_back(case, by=world.centre, reason="点错了")
    case.refresh_from_db()
    assert (case.state, case.number) == ("registered", "泽法援〔2022〕001号")
    inbox.take_over(case_id=case.pk, version=case.version, by=world.centre)
    case.refresh_from_db()
    assert case.number == "泽法援〔2022〕001号"


def test_a_date_of_tomorrow_is_refused_at_its_field(world):
    with pytest.raises(Refused) as error:
        world.application(day=date(2022, 9, 27))
    assert error.value.field == "day"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"birth_date": date(1985, 6, 16)}, "birth_date"),
        ({"gender": "2"}, "gender"),
        ({"id_number": "110105194912310021"}, "id_number"),
        ({"id_kind": "old_resident", "id_number": "1405251985061"}, "id_number"),
        ({"id_kind": "other", "id_number": "无"}, "id_number"),
        ({"id_number": ""}, "id_number"),
        ({"groups": ["farmer", "woman"]}, "primary_group"),
        ({"type": "criminal_defence"}, "type"),
        ({"stage": "investigation"}, "stage"),
        ({"proxy_name": "孙演示"}, "proxy_relation"),
    ],
)
def test_facts_that_contradict_each_other_are_refused_at_their_field_and_nothing_is_kept(world, more, field):
    with pytest.raises(Refused) as error:
        world.application(**more)
    assert error.value.field == field
    assert not AidCase.objects.exists()
    assert not NumberSeries.objects.filter(name__startswith="legalaid.").exists()


def test_other_papers_than_the_identity_card_are_kept_as_written(world):
    case = world.application(id_kind="passport", id_number="e 1234567", birth_date=date(1990, 1, 1))
    assert case.id_number == "E1234567"
    assert case.applicant.birth_date == date(1990, 1, 1)


@pytest.mark.rule("Z-CASE-1")
def test_a_minor_is_a_minor_until_the_end_of_the_eighteenth_birthday(world):
    def is_minor_case(born, serial):
        case = world.application(id_number=number(born, serial=serial), groups=["farmer"], guardian="监护演示")
        return case.is_minor_case

    assert is_minor_case("20040926", 1)
    assert not is_minor_case("20040925", 2)


def test_numbers_typed_into_free_text_are_masked_before_they_are_kept(world):
    case = world.application(summary=f"对方身份证 {number('19700101')}")
    assert number("19700101") not in case.summary
    assert "140***" in case.summary


def test_the_huimin_basis_follows_the_matter_unless_somebody_says_otherwise(world):
    assert world.application(matter="n04", groups=[]).basis == "laf_32"
    assert world.application(id_number=number(serial=1), basis="shanxi_9").basis == "shanxi_9"


# --- who may ----------------------------------------------------------------------------------------------------------------


def test_a_station_hands_in_and_the_application_waits_for_the_centre(world):
    case = world.application(by=world.clerk, station=world.bagong, channel="station", matter="", type="", stage="")
    assert (case.state, case.handler, case.station) == ("registered", None, world.bagong)
    assert list(inbox.waiting(world.centre)) == [case]
    assert list(AidCase.objects.handed_in_by(world.clerk)) == [case]
    assert list(AidCase.objects.handed_in_by(world.clerk2)) == []
    assert list(AidCase.objects.visible_to(world.clerk)) == []


def test_a_station_only_hands_in_for_itself_and_never_receives(world):
    with pytest.raises(Refused):
        world.application(by=world.clerk, station=world.dayang)
    with pytest.raises(Refused):
        world.application(by=world.clerk)
    assert world.application(by=world.clerk, station=world.bagong, channel="onsite").state == "registered"


@pytest.mark.parametrize("who", ["director", "section", "lawyer", "duty"])
def test_nobody_else_opens_a_case(world, who):
    with pytest.raises(Refused):
        world.application(by=getattr(world, who))
    assert not AidCase.objects.exists()


def test_the_centre_of_the_next_county_opens_no_case_here(world):
    neighbour = world.county.parent.children.create(level="county", name="演示邻县", code="140599")
    stranger = world.user("centre", "stranger", region=neighbour)
    with pytest.raises(Refused):
        world.application(by=stranger)


# --- a consultation becomes an application ----------------------------------------------------------------------------------


def test_a_consultation_becomes_one_case_and_both_know_of_each_other(world):
    consultation = world.consultation()
    case = world.application(consultation_id=consultation.pk)
    assert consultation.aid_case == case
    assert case.events.get().facts["来源咨询"] == str(consultation)
    with pytest.raises(Refused, match="已经转为援助申请"):
        world.application(consultation_id=consultation.pk, id_number=number(serial=3))


def test_the_consultation_reads_that_its_application_was_taken_and_what_was_decided(world):
    consultation = world.consultation()
    handover = follow_outcome(consultation, world.clerk)
    case = world.application(by=world.clerk, station=world.bagong, consultation_id=consultation.pk)
    assert Handover.objects.get().state == "open"
    inbox.take_over(case_id=case.pk, version=case.version, by=world.centre)
    handover.refresh_from_db()
    assert (handover.state, handover.result) == ("taken", "")
    case.refresh_from_db()
    move_case(case, "withdraw", by=world.centre, day=TODAY, reason="本人书面撤回")
    handover.refresh_from_db()
    assert (handover.state, handover.result, handover.closed_on) == ("done", "申请人撤回", TODAY)


def test_what_has_become_an_application_is_answered_by_its_case_and_by_no_hand(world):
    consultation = world.consultation()
    handover = follow_outcome(consultation, world.clerk)
    world.application(by=world.clerk, station=world.bagong, consultation_id=consultation.pk)
    with pytest.raises(Refused, match="跟着案件走"):
        answer_handover(handover_id=handover.pk, state="done", day=TODAY, result="当事人不申请", by=world.clerk)
    handover.refresh_from_db()
    assert (handover.state, handover.result) == ("open", "")


def test_of_a_sensitive_case_the_consultation_reads_only_that_it_was_decided(world):
    consultation = world.consultation(matter="criminal")
    handover = follow_outcome(consultation, world.clerk)
    case = world.application(matter="c24", groups=[], stage="investigation", consultation_id=consultation.pk)
    move_case(case, "withdraw", by=world.centre, day=TODAY, reason="本人书面撤回")
    handover.refresh_from_db()
    assert (handover.state, handover.result) == ("done", "援助中心已作出决定")


def test_a_void_consultation_or_one_of_another_station_becomes_no_case(world):
    with pytest.raises(Refused, match="作废"):
        world.application(consultation_id=world.consultation(is_void=True, void_reason="重复").pk)
    elsewhere = world.consultation(station=world.dayang)
    with pytest.raises(Refused, match="没有找到"):
        world.application(by=world.clerk, station=world.bagong, consultation_id=elsewhere.pk)


def in_threads(*acts):
    """Run each in a thread with a connection of its own; what each gave or raised, in order."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        barrier.wait()
        try:
            found[index] = act()
        except Refused as error:
            found[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_turn_one_consultation_at_once_make_one_case():
    world = IntakeWorld()
    colleague = world.user("clerk", "colleague", station=world.bagong)
    consultation = world.consultation()

    def turn(by, serial):
        return lambda: world.application(
            by=by, station=world.bagong, channel="station", consultation_id=consultation.pk, id_number=number(serial=serial)
        )

    found = in_threads(turn(world.clerk, 1), turn(colleague, 2))
    assert sorted(type(each).__name__ for each in found) == ["AidCase", "IntakeRefused"]
    assert AidCase.objects.filter(consultation=consultation).count() == 1
    assert NumberSeries.objects.get(name__startswith="legalaid.registration").last == 1


@pytest.mark.django_db(transaction=True)
def test_one_application_sent_twice_at_once_is_kept_once():
    world = IntakeWorld()
    found = in_threads(world.application, world.application)
    assert sorted(type(each).__name__ for each in found) == ["AidCase", "Doubtful"]
    assert AidCase.objects.count() == 1


# --- doubts -----------------------------------------------------------------------------------------------------------------


def test_the_same_person_with_the_same_matter_is_told_before_saving_and_kept_with_a_reason(world):
    first = world.application()
    with pytest.raises(Doubtful) as error:
        world.application()
    assert keys(error) == ["duplicate"]
    shown = frozenset(doubt.key for doubt in error.value.doubts)
    with pytest.raises(NoReason):
        world.application(confirmed=shown)
    again = world.application(confirmed=shown, reason="二审另计一件", stage="second_instance")
    assert first.number in again.events.get().facts["核对过的提示"][0]
    assert again.events.get().reason == "二审另计一件"


def test_a_doubt_that_came_up_after_the_page_was_shown_is_not_confirmed_with_the_others(world):
    world.application(groups=["farmer"])
    with pytest.raises(Doubtful) as error:
        world.application()
    shown = frozenset(doubt.key for doubt in error.value.doubts)
    with pytest.raises(Doubtful):
        world.application(confirmed=shown, reason="另一件事", groups=["woman"])


def test_who_applies_against_a_client_of_the_centre_is_a_conflict_of_interest(world):
    opponent = number("19700101")
    other = world.application(recipient="孙演示", id_number=opponent, opponent="")
    with pytest.raises(Doubtful) as error:
        world.application(opponent="孙演示", opponent_id_number=opponent)
    assert keys(error) == ["opponent_is_client"]
    assert other.number in str(error.value.doubts[0].words)
    assert error.value.doubts[0].is_conflict


def test_a_clerk_is_told_nothing_of_the_centres_other_cases_and_the_centre_is_when_it_takes_over(world):
    opponent = number("19700101")
    world.application(recipient="孙演示", id_number=opponent, opponent="")
    case = world.application(by=world.clerk, station=world.bagong, opponent="孙演示", opponent_id_number=opponent)
    with pytest.raises(Doubtful) as error:
        inbox.take_over(case_id=case.pk, version=case.version, by=world.centre)
    assert keys(error) == ["opponent_is_client"]


def test_a_case_that_is_not_ones_own_to_see_is_not_named_in_a_conflict(world):
    opponent = number("19700101")
    hidden = world.notice(by=world.centre2, recipient="孙演示", id_number=opponent, groups=[], matter="c25_4")
    with pytest.raises(Doubtful) as error:
        world.application(opponent="孙演示", opponent_id_number=opponent)
    words = "".join(doubt.words for doubt in error.value.doubts)
    assert hidden.number not in words
    assert "不对您公开" in words


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"groups": ["woman"]}, "group"),
        ({"groups": ["elderly"]}, "group"),
        ({"hardship_claims": ["no_livelihood"]}, "claim"),
        ({"organ_name": "高平市人民法院"}, "elsewhere"),
        ({"id_number": number("20100101"), "groups": ["minor"]}, "guardian"),
    ],
)
def test_what_looks_wrong_in_the_facts_is_told_and_not_refused(world, more, key):
    with pytest.raises(Doubtful) as error:
        world.application(**more)
    assert keys(error) == [key]
    shown = frozenset(doubt.key for doubt in error.value.doubts)
    assert world.application(**more, confirmed=shown, reason="已经核对").pk


# --- twenty-four hours ------------------------------------------------------------------------------------------------------


def test_an_application_from_custody_is_to_be_passed_on_within_24_hours_holidays_included(world):
    handed = datetime(2022, 9, 25, 15, 30, tzinfo=SHANGHAI)
    case = world.application(
        channel="phone_booking", applied_in_custody_at=handed, matter="c24", groups=[], stage="investigation"
    )
    limit = deadline(case, "application_transfer")
    assert limit.due_at == datetime(2022, 9, 26, 15, 30, tzinfo=SHANGHAI)
    assert limit.met_on is None
    inbox.take_over(case_id=case.pk, version=case.version, by=world.centre)
    limit.refresh_from_db()
    assert limit.met_on == TODAY


def test_an_application_from_custody_that_is_received_at_once_has_met_its_limit(world):
    case = world.application(channel="transfer", applied_in_custody_at=datetime(2022, 9, 25, 15, 30, tzinfo=SHANGHAI))
    assert deadline(case, "application_transfer").met_on == TODAY


# --- a notice ---------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CASE-5")
def test_a_notice_with_its_papers_is_accepted_and_so_approved_the_same_day(world):
    case = world.notice()
    assert (case.state, case.approved_on, case.handler) == ("notice_received", TODAY, world.centre)
    assert (case.basis, case.hardship, case.is_minor_case) == ("cpl_278", "not_applicable", True)
    assert deadline(case, "notice_assignment").due_on == date(2022, 9, 29)
    assert {file.kind for file in case.files.all()} == {"notice_letter", "charge_document"}


@pytest.mark.rule("Z-CASE-5")
def test_a_notice_without_its_papers_is_approved_when_they_come_and_its_three_days_run_all_the_same(world, monkeypatch):
    case = world.notice(papers=frozenset({"notice_letter"}))
    assert (case.state, case.approved_on) == ("notice_incomplete", None)
    assert "起诉书副本" in case.events.last().reason
    assert deadline(case, "notice_assignment").due_on == date(2022, 9, 29)
    monkeypatch.setenv("TODAY", "2022-09-27")
    move_case(case, "organ_supplied", by=world.centre, day=date(2022, 9, 27))
    assert case.approved_on == date(2022, 9, 27)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"organ": "public_security"}, "stage"),
        ({"organ": "procuratorate"}, "stage"),
        ({"matter": "c24"}, "matter"),
        ({"organ": ""}, "stage"),
    ],
)
def test_an_organ_notifies_of_its_own_stage_by_an_article_that_knows_a_notice(world, more, field):
    with pytest.raises(Refused) as error:
        world.notice(**more)
    assert error.value.field == field


def test_a_notice_whose_category_the_facts_contradict_is_told(world):
    with pytest.raises(Doubtful) as error:
        world.notice(id_number=number("19900101"), groups=[])
    assert keys(error) == ["not_minor"]
    with pytest.raises(Doubtful) as error:
        world.notice(matter="c25p2", procedure="fast_track")
    assert keys(error) == ["duty_lawyer"]


def test_only_the_centre_takes_a_notice(world):
    for who in (world.clerk, world.director):
        with pytest.raises(Refused):
            world.notice(by=who)


# --- taken over, dismissed, handed over ---------------------------------------------------------------------------------------


def test_of_two_officers_who_take_one_hand_in_the_second_reads_who_was_first(world):
    case = world.application(by=world.clerk, station=world.bagong)
    inbox.take_over(case_id=case.pk, version=case.version, by=world.centre)
    with pytest.raises(Refused, match="演示centre"):
        inbox.take_over(case_id=case.pk, version=case.version, by=world.centre2)
    case.refresh_from_db()
    assert case.handler == world.centre


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_take_a_hand_in_once():
    world = IntakeWorld()
    case = world.application(by=world.clerk, station=world.bagong)
    take = lambda by: lambda: inbox.take_over(case_id=case.pk, version=case.version, by=by)  # noqa: E731
    found = in_threads(take(world.centre), take(world.centre2))
    assert sorted(type(each).__name__ for each in found) == ["AidCase", "IntakeRefused"]
    assert CaseEvent.objects.filter(case=case, step="receive").count() == 1


def test_a_registration_is_made_void_with_a_reason_and_a_received_case_is_not(world):
    spam = world.application(by=world.clerk, station=world.bagong)
    with pytest.raises(Refused, match="原因"):
        inbox.dismiss(case_id=spam.pk, version=spam.version, by=world.centre, reason=" ")
    inbox.dismiss(case_id=spam.pk, version=spam.version, by=world.centre, reason="重复提交")
    spam.refresh_from_db()
    assert spam.state == "dismissed"
    case = world.application(id_number=number(serial=1))
    with pytest.raises(Refused):
        inbox.dismiss(case_id=case.pk, version=case.version, by=world.centre, reason="重复提交")


def test_a_void_registration_raises_no_doubt_about_the_next_application(world):
    spam = world.application(by=world.clerk, station=world.bagong)
    inbox.dismiss(case_id=spam.pk, version=spam.version, by=world.centre, reason="重复提交")
    assert world.application().number == "泽法援〔2022〕001号"


def test_a_case_is_handed_to_a_colleague_of_the_centre_with_a_reason(world):
    case = world.application(matter="c24", groups=[], stage="investigation")
    with pytest.raises(Refused):
        inbox.hand_over(case_id=case.pk, version=case.version, to=world.clerk, by=world.centre, reason="休假")
    with pytest.raises(Refused):
        inbox.hand_over(case_id=case.pk, version=case.version, to=world.centre2, by=world.centre, reason="")
    inbox.hand_over(case_id=case.pk, version=case.version, to=world.centre2, by=world.centre, reason="休假")
    assert not AidCase.objects.visible_to(world.centre).exists()
    assert AidCase.objects.visible_to(world.centre2).get().handler == world.centre2
    assert AuditEntry.objects.get(action="legalaid.hand_over").after == {"经办人": "演示centre2"}


# --- mending ----------------------------------------------------------------------------------------------------------------


def change(case, by, **values):
    options = {name: values.pop(name) for name in ("confirmed", "reason", "version") if name in values}
    options.setdefault("version", case.version)
    return inbox.edit_case(case_id=case.pk, values=values, by=by, **options)


def test_facts_are_mended_before_and_after_stand_masked_in_the_audit(world):
    case = world.application()
    corrected = number(serial=7)
    change(case, world.centre, recipient="钱演示", id_number=corrected, phone="13900000002")
    entry = AuditEntry.objects.get(action="legalaid.edit_case")
    assert set(entry.after) == {"申请人", "证件号码", "联系电话"}
    assert entry.before["联系电话"] == "138****0001"
    assert corrected not in str(entry.after)
    case.refresh_from_db()
    assert case.recipient == "钱演示"
    assert AidCase.objects.matching("钱演示").get() == case
    assert case.events.last().words == "修改案件信息"


def test_mending_works_out_again_what_follows_from_the_facts(world):
    case = world.application()
    changed = change(case, world.centre, matter="n04", groups=["farmer"], primary_group="", basis="")
    assert (changed.hardship, changed.basis, changed.primary_group) == ("no_condition", "laf_32", "farmer")


def test_a_doubt_that_only_the_change_gives_is_to_be_confirmed_and_an_old_one_is_not_asked_again(world):
    case = world.application(groups=["woman"], confirmed=Everything(), reason="证件登记有误")
    change(case, world.centre, cause="劳动报酬")
    case.refresh_from_db()
    with pytest.raises(Doubtful) as error:
        change(case, world.centre, organ_name="高平市人民法院")
    assert keys(error) == ["elsewhere"]


class Everything(frozenset):
    def __contains__(self, key):
        return True


def test_what_a_colleague_changed_meanwhile_is_not_written_over(world):
    case = world.application()
    change(case, world.centre, cause="劳动报酬")
    with pytest.raises(Refused):
        change(case, world.centre2, cause="工资", version=1)


def test_nothing_is_mended_once_the_case_is_concluded_or_ended(world):
    case = world.application()
    move_case(case, "withdraw", by=world.centre, day=TODAY, reason="申请人自行和解")
    with pytest.raises(Refused, match="不能再改"):
        change(case, world.centre, cause="劳动报酬")
    assert not set(inbox.EDITABLE) & {*State.TAIL, *State.ENDED}


def test_a_change_that_changes_nothing_leaves_no_trace(world):
    case = world.application()
    change(case, world.centre, cause=case.cause)
    assert case.events.count() == 1
    assert not AuditEntry.objects.filter(action="legalaid.edit_case").exists()


# --- papers -----------------------------------------------------------------------------------------------------------------


def test_what_an_application_lacks_follows_from_groups_hardship_and_proxy(world):
    case = world.application(
        groups=["migrant_worker", "disabled"], primary_group="disabled", proxy_name="孙演示", proxy_relation="配偶"
    )
    codes = [each.code for each in services.papers_missing(case)]
    assert codes == ["application:", "identity:", "case_material:", "proxy_proof:", "hardship_proof:", "group_proof:disabled",
                     "group_proof:migrant_worker"]  # fmt: skip
    services.note_papers(case=case, codes=frozenset({"identity:", "group_proof:disabled"}), by=world.centre)
    assert [each.code for each in services.papers_missing(case)] == [
        "application:", "case_material:", "proxy_proof:", "hardship_proof:", "group_proof:migrant_worker"
    ]  # fmt: skip


def test_a_commitment_needs_its_statement_and_the_same_paper_is_not_registered_twice(world):
    case = world.application(groups=["farmer"])
    assert {"hardship_statement:", "commitment:"} <= {each.code for each in services.papers_missing(case)}
    services.note_papers(case=case, codes=frozenset({"commitment:"}), by=world.centre)
    assert services.note_papers(case=case, codes=frozenset({"commitment:"}), by=world.centre) == []


def test_doubts_are_read_in_a_constant_number_of_queries(world, django_assert_max_num_queries):
    for serial in range(12):
        told = {"id_number": number(serial=serial + 10), "recipient": f"演示{serial}人", "opponent": "虚构公司"}
        world.application(**told, confirmed=Everything(), reason="核对过")
    with django_assert_max_num_queries(15), pytest.raises(Doubtful) as error:
        world.application(id_number=number(serial=50), opponent="虚构公司")
    assert len(error.value.doubts) == 12


# --- the database ---------------------------------------------------------------------------------------------------------


def copy_of(case, **facts):
    """A case that nobody opened."""
    facts = {"number": "泽法援〔2022〕990号", "query_code": None, "consultation": None, "pk": None} | facts
    return AidCase(**{field.name: getattr(case, field.name) for field in AidCase._meta.fields} | facts)


def inserted(row):
    def raw():
        fields = [field for field in AidCase._meta.concrete_fields if not field.primary_key]
        names = ", ".join(f'"{field.column}"' for field in fields)
        values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO legalaid_aidcase ({names}) VALUES ({', '.join(['%s'] * len(fields))})", values)

    return {"save": row.save, "bulk_create": lambda: AidCase.objects.bulk_create([row]), "raw SQL": raw}


@pytest.mark.parametrize("way", ["save", "bulk_create", "raw SQL"])
@pytest.mark.parametrize("state", ["granted", "concluded", "quality_passed", "terminated"])
def test_no_case_begins_in_the_middle_of_the_procedure(world, way, state):
    row = copy_of(world.application(), state=state)
    with pytest.raises(IntegrityError, match=f"案件不能从“{state}”开始"), transaction.atomic():
        inserted(row)[way]()


def test_a_case_that_begins_without_its_first_step_is_refused_at_the_end(world):
    row = copy_of(world.application())
    with pytest.raises(IntegrityError, match="没有记下第一步"), transaction.atomic():
        row.save()
        connection.check_constraints()


def test_a_case_that_begins_without_an_audit_entry_is_refused_at_the_end(world):
    row = copy_of(world.application())
    with pytest.raises(IntegrityError, match="没有写审计记录"), transaction.atomic():
        row.save()
        CaseEvent.objects.create(
            case=row, step="receive", words="接收申请", to_state="received", day=TODAY, by=world.centre, at=clock.now()
        )
        connection.check_constraints()


def test_history_begins_wherever_the_workbook_tells(world):
    row = copy_of(world.application(), state="quality_passed", is_history=True)
    row.save()
    connection.check_constraints()
    assert AidCase.objects.get(pk=row.pk).state == "quality_passed"


def test_ages_count_on_the_day_of_the_application_also_when_the_centre_received_it_later(world, monkeypatch):
    """Seventeen when the station took it in, eighteen when the centre did: a minor's case it stays, also after a correction."""
    born = "20040925"
    monkeypatch.setenv("TODAY", "2022-09-20")
    case = world.application(
        by=world.clerk, station=world.bagong, day=date(2022, 9, 20), groups=["minor"], guardian="样监护", id_number=number(born)
    )
    monkeypatch.setenv("TODAY", "2022-09-28")
    case = inbox.take_over(case_id=case.pk, version=case.version, by=world.centre, day=date(2022, 9, 28))
    assert case.received_on == date(2022, 9, 28) and case.is_minor_case
    case = inbox.edit_case(case_id=case.pk, version=case.version, values={"cause": "抚养费纠纷"}, by=world.centre)
    case.refresh_from_db()
    assert case.is_minor_case

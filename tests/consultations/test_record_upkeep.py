"""Records found, corrected, merged, doubted, pointed on; what people type that must not stay. Issue 4, item 2."""

import datetime
import importlib
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from common.errors import Refused
from consultations.models import Consultation, ConsultationRevision, Finding, Handover
from consultations.models.searching import tidy_name
from consultations.rules.topics import FOCUS_AREAS, TOPICS, focus_counts, focus_of
from consultations.services.complaints import file_complaint
from consultations.services.consultations import edit_consultation, register_consultation
from consultations.services.handovers import address_handover, answer_handover
from consultations.services.progress import focus_of_county, progress_of
from consultations.services.ratings import give_rating
from consultations.services.record_preview import doubtful_records, preview
from consultations.services.withdrawals import merge_consultations, restore_consultation, void_consultation
from tests.consultations.rating_world import slip_for

pytestmark = pytest.mark.django_db
ID_NUMBER = "14052519600101001X"


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-20 10:00")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def values(shift):
    mine = shift("2022-03-15", times=("09:00", "13:00"))

    def make(**changes):
        return {
            "station": mine.station, "practitioner": mine.practitioner, "day": mine.day, "time": datetime.time(9, 30),
            "channel": "onsite", "client_name": "甲某某", "client_phone": "13812345678", "client_id_number": "", "client_gender": "",
            "groups": [], "party_count": 1, "matter": "labour", "topic": "wages", "question": "工程款拖欠工资八个月怎么办",
            "answer": "告知先申请劳动仲裁并准备证据", "outcome": "answered", "advisor_signed": True, **changes,
        }  # fmt: skip

    return make


@pytest.fixture
def register(values, clerk):
    return lambda **changes: register_consultation(values=values(**changes), by=clerk, keep_incomplete=True)


# --- topics -----------------------------------------------------------------------------------------------------------


def test_every_matter_has_a_second_level_and_every_code_fits_its_column():
    assert set(TOPICS) == set(Consultation.Matter.values)
    assert all(len(code) <= 40 and words for topics in TOPICS.values() for code, words in topics.items())


def test_without_a_script_the_second_level_of_each_matter_is_shown():
    style = (Path(settings.BASE_DIR) / "static/css/consulting.css").read_text(encoding="utf-8")
    shown = re.findall(r'\[name="matter"\]\[value="(\w+)"\]:checked\) \.topics\[data-matter="(\w+)"\]', style)
    assert {a for a, b in shown if a == b} == set(Consultation.Matter.values)


@pytest.mark.rule("Z-DUTY-4")
def test_the_five_focus_areas_stay_countable(register, county):
    for matter in ("schooling", "medical", "support", "loan"):
        register(matter=matter, topic="")
    counts = dict(focus_of_county(county, progress_of(county=county)))
    assert counts == {"征地拆迁": 0, "土地权属": 0, "婚姻家庭": 1, "入学就医": 2, "社会保障": 0}
    assert focus_counts({matter: 1 for matter in Consultation.Matter.values}) == {
        area: len(matters) for area, matters in FOCUS_AREAS.items()
    }
    assert focus_of("loan") == ""


def test_a_topic_of_another_matter_does_not_stay(register):
    assert register(matter="loan", topic="wages").topic == ""


def test_the_list_is_narrowed_to_a_focus_area(register, clerk, signed_in):
    kept, other = register(matter="medical"), register(matter="loan")
    page = signed_in(clerk).get(reverse("consultations"), {"matter": "area:入学就医"}).text
    assert str(kept) in page and str(other) not in page


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [("欧阳", True), ("oyjg", True), ("OY", True), ("5678", True), ("138 1234 5678", True), ("001X", True), ("００１ｘ", True),
     (ID_NUMBER, True), ("14052519600101001x", True), ("1234", False), ("yj", False), ("0019", False), ("13812345679", False)],
)  # fmt: skip
def test_a_record_is_found_by_what_people_remember(typed, is_found, register):
    register(client_name="欧阳建国", client_id_number=ID_NUMBER)
    register(client_name="匿名", client_phone="")
    assert [each.client_name for each in Consultation.objects.matching(typed)] == (["欧阳建国"] if is_found else [])


def test_no_number_stands_in_the_table_in_the_clear(register):
    register(client_id_number=ID_NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM consultations_consultation")
        row = str(cursor.fetchone())
    assert ID_NUMBER not in row and "13812345678" not in row and "'5678'" not in row


def test_the_last_four_of_a_telephone_and_of_an_id_number_have_different_keys(register):
    record = register(client_phone="13812340012", client_id_number="140525198506150025")
    other = register(client_phone="13812340025", client_id_number="")
    assert record.client_id_tail != other.client_phone_tail
    assert set(Consultation.objects.matching("0025")) == {record, other}


def test_the_migration_makes_the_keys_of_what_is_there(register):
    record = register(client_name="赵一曼")
    Consultation.objects.update(client_initials="", client_phone_tail="")
    module = importlib.import_module("consultations.migrations.0008_topics_keys_handovers_and_station_days")
    module.make_keys(apps, type("Editor", (), {"connection": connection}))
    assert list(Consultation.objects.matching("zym")) == list(Consultation.objects.matching("5678")) == [record]


# --- what people type -------------------------------------------------------------------------------------------------


def test_masking_is_told_and_nothing_unmasked_is_kept(values, clerk, signed_in):
    seen = preview(values=values(answer=f"已核对 {ID_NUMBER} 的材料"), by=clerk)
    assert seen.numbers_in_text == ("身份证号",)
    record = register_consultation(
        values=values(question=f"本人 {ID_NUMBER} 工资被拖欠", answer=f"{ID_NUMBER} 已登记在册"), by=clerk
    )
    assert set(record.masked) == {"身份证号"}
    everything = str(list(Consultation.objects.values())) + str(list(AuditEntry.objects.values()))
    assert ID_NUMBER not in everything


@pytest.mark.parametrize(
    "name", ["㛃䶮", "买买提·艾力·吐尔逊江", "😀先生", "𠮷野", "O'Brien", "<b>甲</b>", "张 三", "㐂" * 50]
)  # fmt: skip
def test_rare_names_are_kept_shown_and_found(name, register, clerk, signed_in):
    record = register(client_name=name)
    assert Consultation.objects.get(pk=record.pk).client_name == name
    assert list(Consultation.objects.matching(name[:4])) == [record]
    page = signed_in(clerk).get(reverse("consultation", args=[record.pk])).text
    assert "<b>甲</b>" not in page


@pytest.mark.parametrize("dot", ["•", "・", "‧", ".", "·", " · "])
def test_whatever_dot_is_typed_the_name_is_one(dot):
    assert tidy_name(f"买买提{dot}艾力") == "买买提·艾力"
    assert tidy_name("A.B") == "A.B"


def test_ten_thousand_characters_are_kept_and_one_more_is_refused_in_words(values, clerk, signed_in):
    text = "长" * 9_998 + "😀䶮"
    register_consultation(values=values(question=text), by=clerk)
    assert Consultation.objects.get().question == text
    data = {"question": "长" * 10_001, "matter": "labour"}
    page = signed_in(clerk).post(reverse("consultation-new"), data).text
    assert "咨询内容太长：最多 10000 个字，现在 10001 个" in page
    assert "长" * 10_001 in page and 'maxlength="10000"' not in page, "what was pasted is neither lost nor cut off by the browser"
    assert signed_in(clerk).get(reverse("consultation-paper", args=[Consultation.objects.get().pk])).status_code == 200


def test_the_id_number_says_the_gender_and_contradictions_are_told(values, clerk, signed_in):
    given = values()
    data = {"station": given["station"].pk, "practitioner": given["practitioner"].pk, "day": "2022-03-15", "client_id_number": ID_NUMBER,
            "client_gender": "female", "keep_incomplete": "1"}  # fmt: skip
    client = signed_in(clerk)
    assert "性别与身份证号不一致" in client.post(reverse("consultation-new"), data).text
    client.post(reverse("consultation-new"), data | {"client_gender": ""})
    record = Consultation.objects.get()
    assert (record.client_gender, record.client_id_number) == ("male", ID_NUMBER)
    page = client.get(reverse("consultation", args=[record.pk])).text
    assert "140***********001X" in page and ID_NUMBER not in page


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_later_correction_needs_a_reason_and_keeps_what_stood_there(register, values, clerk, at, signed_in):
    record = register()
    at("2022-03-21 10:00")
    with pytest.raises(Refused, match="没有写更正原因"):
        edit_consultation(consultation_id=record.pk, values=values(matter="loan"), by=clerk)
    edit_consultation(
        consultation_id=record.pk, values=values(matter="loan", answer="告知收集转账记录后起诉"), by=clerk, reason="核对纸质表"
    )
    told = json.loads(ConsultationRevision.objects.get().changes)
    assert told["咨询类别"] == ["劳动争议", "民间借贷"] and told["答复意见"][0] == "告知先申请劳动仲裁并准备证据"
    page = signed_in(clerk).get(reverse("consultation", args=[record.pk])).text
    assert "核对纸质表" in page and "<del>劳动争议</del>" in page


def test_filling_a_gap_and_mending_todays_own_slip_need_none(register, values, clerk, user, bagong, at):
    gap = register(answer="")
    edit_consultation(consultation_id=gap.pk, values=values(answer=""), by=clerk, keep_incomplete=True)
    assert not ConsultationRevision.objects.exists()
    edit_consultation(consultation_id=gap.pk, values=values(answer="", matter="loan"), by=clerk, keep_incomplete=True)
    at("2022-03-21 10:00")
    edit_consultation(consultation_id=gap.pk, values=values(matter="loan", topic=""), by=user("clerk", station=bagong))
    assert Consultation.objects.get().missing == []


def test_no_correction_is_written_over(register, values, clerk):
    record = register()
    edit_consultation(consultation_id=record.pk, values=values(matter="loan"), by=clerk)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ConsultationRevision.objects.update(reason="别的")


# --- merging ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-4")
def test_of_two_doubles_one_stays_and_counts_and_undoing_gives_both_back(register, clerk, county):
    keep, double = register(client_phone=""), register(client_name="匿名", groups=["farmer"])
    merge_consultations(keep_id=keep.pk, duplicate_id=double.pk, reason="同一人登记两次", by=clerk)
    keep.refresh_from_db()
    double.refresh_from_db()
    assert progress_of(county=county).total.done == 1
    assert (double.is_void, double.merged_into, double.void_reason) == (True, keep, f"与 {keep} 重复：同一人登记两次")
    assert (keep.client_phone, keep.groups) == ("13812345678", ["farmer"])
    assert list(Consultation.objects.matching("5678").filter(is_void=False)) == [keep]
    restore_consultation(consultation_id=double.pk, by=clerk)
    keep.refresh_from_db()
    assert progress_of(county=county).total.done == 2
    assert (keep.client_phone, keep.client_phone_tail, keep.groups) == ("", "", [])


def test_what_must_not_be_lost_keeps_a_double_from_being_merged(register, clerk, shift, user):
    keep, double = register(), register(outcome="referred_mediation")
    answer_handover(handover_id=double.handovers.get().pk, state="taken", day=double.day, result="", by=clerk)
    with pytest.raises(Refused, match="转办已有回音：请改为保留"):
        merge_consultations(keep_id=keep.pk, duplicate_id=double.pk, reason="x", by=clerk)
    rated = register()
    Consultation.objects.filter(pk=rated.pk).update(rating="satisfied")
    with pytest.raises(Refused, match="已有群众评价"):
        merge_consultations(keep_id=keep.pk, duplicate_id=rated.pk, reason="x", by=clerk)
    void_consultation(consultation_id=rated.pk, reason="x", by=clerk)
    with pytest.raises(Refused, match="已经作废"):
        merge_consultations(keep_id=keep.pk, duplicate_id=rated.pk, reason="x", by=clerk)


@pytest.mark.rule("Z-CON-3")
@pytest.mark.parametrize("by_whom", ["clerk", "adviser"])
def test_nobody_strikes_out_whoever_was_not_satisfied(register, clerk, signed_in, by_whom):
    record, other = register(), register()
    by = clerk if by_whom == "clerk" else record.practitioner.user
    give_rating(ticket_id=slip_for(record, clerk).ticket.pk, word="dissatisfied", way="scan")
    with pytest.raises(Refused, match="已经登记了考核事项，不能作废"):
        void_consultation(consultation_id=record.pk, reason="写错了", by=by)
    Finding.objects.all().delete()
    with pytest.raises(Refused, match="咨询人已经评价，不能作废"):
        void_consultation(consultation_id=record.pk, reason="写错了", by=by)
    Consultation.objects.filter(pk=other.pk).update(rating="satisfied")
    with pytest.raises(Refused, match=f"请改为保留 {record}"):
        merge_consultations(keep_id=other.pk, duplicate_id=record.pk, reason="重复", by=clerk)
    page = signed_in(clerk).get(reverse("consultation-void", args=[record.pk])).text
    assert "咨询人已经评价，不能作废" in page and "<textarea" not in page


def test_a_record_somebody_complained_of_or_that_became_an_application_stands(register, clerk):
    record = register()
    file_complaint(values={"consultation": record, "content": "不耐烦"}, by=clerk)
    with pytest.raises(Refused, match="提出过投诉，不能作废"):
        void_consultation(consultation_id=record.pk, reason="写错了", by=clerk)


def test_two_days_two_stations_one_record_and_a_stranger_are_refused(register, values, clerk, user, shift, dayang):
    keep = register()
    shift("2022-03-16", person=keep.practitioner)
    later = register(day=datetime.date(2022, 3, 16))
    for pair, words in (((keep, later), "不是同一天"), ((keep, keep), "同一条记录")):
        with pytest.raises(Refused, match=words):
            merge_consultations(keep_id=pair[0].pk, duplicate_id=pair[1].pk, reason="x", by=clerk)
    with pytest.raises(Refused, match="只能登记本站"):
        merge_consultations(keep_id=keep.pk, duplicate_id=later.pk, reason="x", by=user("clerk", station=dayang))
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=later.pk).update(merged_into=keep)


def test_a_closed_month_is_neither_merged_nor_parted(register, clerk, close):
    keep, double, third = register(), register(), register()
    merge_consultations(keep_id=keep.pk, duplicate_id=double.pk, reason="重复", by=clerk)
    close("2022-03")
    with pytest.raises(Refused, match="结账"):
        merge_consultations(keep_id=keep.pk, duplicate_id=third.pk, reason="重复", by=clerk)
    with pytest.raises(Refused, match="结账"):
        restore_consultation(consultation_id=double.pk, by=clerk)


# --- doubts -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-4")
def test_the_list_of_doubts_names_the_later_of_two_and_its_twin(register, clerk, signed_in):
    first = register(question="第一次来问工资的事情怎么办")
    second = register(question="第二次来问工资的事情怎么办", client_phone="", client_id_number=ID_NUMBER)
    third = register(question="第三次来问工资的事情怎么办", client_id_number=ID_NUMBER)
    found = {each.record: each for each in doubtful_records(Consultation.objects.all())}
    assert set(found) == {third}
    assert found[third].twin == first and len(found[third].words) == 2
    page = signed_in(clerk).get(reverse("consultations-doubtful"), {"since": "2022-03-01"}).text
    assert f"{reverse('consultation-merge', args=[first.pk])}?duplicate={third.pk}" in page
    assert f">{second}</a>" not in page.split("<tbody>")[1].split("同一")[0]


@pytest.mark.rule("Z-CON-4")
def test_made_up_looking_records_are_listed_and_all_count(register, county):
    for minute in range(7):
        register(time=datetime.time(9, minute), client_phone="", question=f"第{minute}位群众来问低保怎么申请")
    register(time=datetime.time(7, 0), client_phone="", question="下班以后登记的一条咨询记录")
    found = doubtful_records(Consultation.objects.all())
    assert len(found) == 8 and progress_of(county=county).total.done == 8
    assert all("一小时内" in each.words[0] or "不在班次" in each.words[0] for each in found)


def test_another_stations_visit_is_told_by_its_day_only(register, values, user, dayang, shift):
    register(question="邻居打架受伤要赔偿的私事")
    theirs = shift("2022-03-16", station=dayang)
    seen = preview(
        values=values(station=dayang, practitioner=theirs.practitioner, day=theirs.day), by=user("clerk", station=dayang)
    )
    assert seen.earlier == [] and seen.elsewhere == [datetime.date(2022, 3, 15)]


# --- hand-overs -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DUTY-4")
def test_a_record_that_points_on_opens_its_hand_over_and_one_that_does_not_takes_it_away(register, values, clerk):
    record = register(outcome="referred_mediation")
    handover = record.handovers.get()
    assert (handover.kind, handover.to, handover.state) == ("mediation", "巴公镇人民调解委员会", "open")
    edit_consultation(consultation_id=record.pk, values=values(outcome="petition_assist"), by=clerk)
    assert [each.kind for each in record.handovers.all()] == ["petition"]
    edit_consultation(consultation_id=record.pk, values=values(outcome="answered"), by=clerk)
    assert not record.handovers.exists()


def test_a_hand_over_goes_from_taken_to_its_result_and_no_further(register, clerk):
    handover = register(outcome="referred_mediation").handovers.get()
    address_handover(handover_id=handover.pk, to="巴公镇东四义村调委会", note=f"请调解，当事人 {ID_NUMBER}", by=clerk)
    day = datetime.date(2022, 3, 16)
    with pytest.raises(Refused, match="没有写结果"):
        answer_handover(handover_id=handover.pk, state="done", day=day, result=" ", by=clerk)
    with pytest.raises(Refused, match="日期应在 2022-03-15 和今天之间"):
        answer_handover(handover_id=handover.pk, state="taken", day=datetime.date(2022, 3, 14), result="", by=clerk)
    answer_handover(handover_id=handover.pk, state="taken", day=day, result="", by=clerk)
    with pytest.raises(Refused, match="不能再登记未接收"):
        answer_handover(handover_id=handover.pk, state="declined", day=day, result="x", by=clerk)
    with pytest.raises(Refused, match="不能再改"):
        address_handover(handover_id=handover.pk, to="别处", note="", by=clerk)
    answer_handover(handover_id=handover.pk, state="done", day=day, result="达成调解协议", by=clerk)
    with pytest.raises(Refused, match="已经登记“已有结果”"):
        answer_handover(handover_id=handover.pk, state="declined", day=day, result="x", by=clerk)
    handover.refresh_from_db()
    assert ID_NUMBER not in handover.note and not Handover.objects.open().exists()


def test_the_fate_is_written_on_its_page_by_the_station_alone(register, clerk, user, dayang, signed_in):
    handover = register(outcome="petition_assist").handovers.get()
    address = reverse("handover", args=[handover.pk])
    assert signed_in(user("clerk", station=dayang)).get(address).status_code == 404
    section = signed_in(user("section"))
    page = section.get(address).text
    assert "甲**" not in page and "甲*某" in page and "登记回音</button>" not in page
    section.post(address, {"act": "fate", "state": "taken", "day": "2022-03-16"})
    handover.refresh_from_db()
    assert handover.state == "open"
    client = signed_in(clerk)
    assert "没有写结果" in client.post(address, {"act": "fate", "state": "done", "day": "2022-03-16"}).text
    client.post(address, {"act": "fate", "state": "done", "day": "2022-3-16", "result": "已答复信访人"})
    assert str(handover.consultation) not in client.get(reverse("handovers")).text.split("<tbody>")[-1]
    assert "已答复信访人" in client.get(reverse("handovers"), {"state": "all"}).text
    assert client.get(reverse("handover-paper", args=[handover.pk]))["Content-Type"] == "application/pdf"


def test_a_hand_over_without_an_answer_waits_in_the_to_do_list(register, clerk, user, dayang, at):
    from consultations.todo.consultations import todo_items

    register(outcome="referred_mediation")
    at("2022-03-24 10:00")
    assert any("跟进没有回音的转办 1 件" in item.title for item in todo_items(clerk))
    assert not any("转办" in item.title for item in todo_items(user("clerk", station=dayang)))


def test_the_list_of_hand_overs_asks_the_same_few_questions_for_many(register, clerk, signed_in, django_assert_max_num_queries):
    client = signed_in(clerk)
    for n in range(12):
        register(outcome="referred_legal_aid", question=f"第 {n} 位群众问怎样申请法律援助")
    client.get(reverse("handovers"))
    with django_assert_max_num_queries(14):
        assert client.get(reverse("handovers")).text.count("待接收") >= 12

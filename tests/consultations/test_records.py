"""Consultation records: complete or not, numbered, found twice, checked once, counted against targets. Z-CON-1…5, Z-DED-1."""

import datetime
import tomllib
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from common.errors import Refused
from consultations.models import Consultation, Finding
from consultations.rules.records import Nearby, doubts, missing_items, suggest_legal_aid
from consultations.services.consultations import Incomplete, edit_consultation, register_consultation
from consultations.services.progress import progress_of
from consultations.services.record_checks import check_many, check_record
from consultations.services.record_preview import preview
from consultations.services.signals import limits
from consultations.services.withdrawals import restore_consultation, void_consultation

pytestmark = pytest.mark.django_db
EXAMPLES = tomllib.loads((Path(__file__).parent / "missing_items.toml").read_text(encoding="utf-8"))["example"]
COMPLETE = {
    "shift": "a shift",
    "time": datetime.time(9, 30),
    "channel": "onsite",
    "client_name": "甲某某",
    "matter": "labour",
    "question": "工程款拖欠工资八个月怎么办",
    "answer": "告知先申请劳动仲裁并准备证据",
    "outcome": "answered",
    "advisor_signed": True,
}


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-20 10:00")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def values(shift):
    """The columns of a complete record of a shift at 巴公镇; values(answer="")."""
    mine = shift("2022-03-15", times=("09:00", "13:00"))

    def make(**changes):
        place = {"station": mine.station, "practitioner": mine.practitioner, "day": mine.day}
        rest = {name: value for name, value in COMPLETE.items() if name != "shift"}
        return {**place, **rest, "client_phone": "13812345678", "groups": [], "party_count": 1, **changes}

    return make


@pytest.mark.rule("Z-DED-1")
@pytest.mark.rule("Z-CON-5")
@pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])
def test_what_is_missing_by_the_worked_examples(example):
    example = dict(example)
    expected = example.pop("missing")
    del example["name"]
    assert missing_items({**COMPLETE, **example}) == expected


def test_a_record_is_numbered_by_its_station_and_year(values, clerk):
    numbers = [register_consultation(values=values(), by=clerk).number for _ in range(2)]
    assert numbers == ["泽咨〔2022〕巴公-0001", "泽咨〔2022〕巴公-0002"]
    record = Consultation.objects.first()
    assert record.shift is not None and record.missing == []


@pytest.mark.rule("Z-DED-1")
def test_an_incomplete_record_is_kept_only_when_the_writer_says_so(values, clerk):
    with pytest.raises(Incomplete, match="缺 1 项：答复意见"):
        register_consultation(values=values(answer=""), by=clerk)
    assert not Consultation.objects.exists()
    record = register_consultation(values=values(answer=""), by=clerk, keep_incomplete=True)
    assert record.missing == ["答复意见"] and record.number.endswith("0001")


def test_mending_a_record_takes_the_lack_away_and_keeps_the_number(values, clerk):
    record = register_consultation(values=values(answer=""), by=clerk, keep_incomplete=True)
    mended = edit_consultation(consultation_id=record.pk, values=values(), by=clerk)
    assert mended.missing == [] and mended.number == record.number


def test_the_audit_keeps_no_troubles_and_no_telephones(values, clerk):
    record = register_consultation(values=values(answer=""), by=clerk, keep_incomplete=True)
    edit_consultation(consultation_id=record.pk, values=values(), by=clerk)
    kept = str(list(AuditEntry.objects.filter(object_type="consultations.Consultation").values_list("before", "after")))
    assert "14 字" in kept
    for secret in ("13812345678", "甲某某", "拖欠", "仲裁"):
        assert secret not in kept


@pytest.mark.rule("Z-CON-1")
def test_a_void_record_counts_no_more_and_a_group_counts_once(values, clerk, county):
    record = register_consultation(values=values(party_count=5), by=clerk)
    register_consultation(values=values(), by=clerk)
    assert progress_of(county=county).total.done == 2
    with pytest.raises(Refused, match="没有写作废原因"):
        void_consultation(consultation_id=record.pk, reason="", by=clerk)
    void_consultation(consultation_id=record.pk, reason="重复登记", by=clerk)
    assert progress_of(county=county).total.done == 1


@pytest.mark.rule("Z-CON-1")
def test_making_a_record_void_by_mistake_is_taken_back(values, clerk, county, user, dayang):
    record = register_consultation(values=values(), by=clerk)
    with pytest.raises(Refused, match="没有作废，不用恢复"):
        restore_consultation(consultation_id=record.pk, by=clerk)
    void_consultation(consultation_id=record.pk, reason="重复登记", by=clerk)
    with pytest.raises(Refused, match="只能登记本站"):
        restore_consultation(consultation_id=record.pk, by=user("clerk", station=dayang))
    restored = restore_consultation(consultation_id=record.pk, by=clerk)
    assert (restored.number, restored.void_reason) == (record.number, "")
    assert progress_of(county=county).total.done == 1
    assert AuditEntry.objects.filter(after={"作废": "否"}, reason="撤销作废（原因曾为：重复登记）").exists()


def test_nobody_writes_for_another_station(values, user, dayang, shift):
    for stranger in (user("clerk", station=dayang), user("section"), user("duty")):
        with pytest.raises(Refused, match="只能登记本站"):
            register_consultation(values=values(), by=stranger)


def test_the_adviser_writes_her_own(values):
    own = values()
    assert register_consultation(values=own, by=own["practitioner"].user).recorded_by == own["practitioner"].user


def test_a_closed_month_takes_no_record_and_no_change(values, clerk, close):
    record = register_consultation(values=values(), by=clerk)
    void = register_consultation(values=values(), by=clerk)
    void_consultation(consultation_id=void.pk, reason="重复登记", by=clerk)
    close("2022-03")
    for act in (
        lambda: register_consultation(values=values(), by=clerk),
        lambda: edit_consultation(consultation_id=record.pk, values=values(answer="改一改答复内容试试看"), by=clerk),
        lambda: void_consultation(consultation_id=record.pk, reason="x", by=clerk),
        lambda: restore_consultation(consultation_id=void.pk, by=clerk),
    ):
        with pytest.raises(Refused, match="结账"):
            act()


# --- before saving ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DED-1")
def test_what_a_lack_costs_is_the_plans_word(values, clerk):
    seen = preview(values=values(answer="", outcome=""), by=clerk)
    assert (seen.missing, str(seen.cost), seen.clause) == (
        {"answer": "答复意见", "outcome": "处理方式"},
        "10.00",
        "五（二）1（1）",
    )
    assert preview(values=values(), by=clerk).cost is None


@pytest.mark.rule("Z-CON-4")
def test_doubtful_records_are_named_and_not_refused(values, clerk):
    first = register_consultation(values=values(), by=clerk)
    seen = preview(values=values(time=datetime.time(8, 0)), by=clerk)
    words = "".join(seen.doubts)
    assert f"同一电话当天已有同类咨询（{first.number}）" in words
    assert f"咨询内容与 {first.number} 完全相同" in words
    assert "登记时间 08:00 不在班次 09:00–13:00 之内" in words
    assert seen.earlier == [first]
    register_consultation(values=values(time=datetime.time(8, 0)), by=clerk)


@pytest.mark.rule("Z-CON-4")
def test_too_many_records_within_an_hour_are_doubtful(values, clerk):
    for minute in range(6):
        register_consultation(values=values(time=datetime.time(9, minute), question=f"第{minute}位群众问低保怎样申请"), by=clerk)
    assert any("一小时内登记了 7 条" in doubt for doubt in preview(values=values(), by=clerk).doubts)


@pytest.mark.rule("Z-CON-4")
def test_how_many_an_hour_may_hold_is_said_in_one_place_for_the_form_and_for_the_nightly_signals(values, clerk):
    for minute in range(limits().an_hour - 1):
        register_consultation(values=values(time=datetime.time(9, minute), question=f"第{minute}位群众问低保怎样申请"), by=clerk)

    def is_warned():
        return any("一小时内" in doubt for doubt in preview(values=values(), by=clerk).doubts)

    assert not is_warned(), "as many as the limit says are in order"
    register_consultation(values=values(time=datetime.time(9, 29), question="最后一位群众问低保怎样申请"), by=clerk)
    assert is_warned()


@pytest.mark.rule("Z-CON-4")
def test_an_hour_is_an_hour_and_not_the_one_before_with_the_one_after():
    def near(text):
        return Nearby("x", datetime.time.fromisoformat(text), "labour", "", "", True)

    around = [near(text) for text in ("09:01", "09:20", "09:40", "10:20", "10:40", "10:59")]
    assert doubts(near("10:00"), None, around, most_an_hour=4) == []
    assert doubts(near("10:00"), None, around, most_an_hour=3) == ["同一值班人员一小时内登记了 4 条，请核对时间。"]


def test_a_special_group_with_a_matter_of_the_law_is_pointed_to_legal_aid():
    found = suggest_legal_aid(["migrant_worker"], "labour")
    assert found.basis == "《法律援助法》第三十一条第五项、第四十二条第三项"
    assert suggest_legal_aid([], "labour") is None
    assert suggest_legal_aid(["migrant_worker"], "loan") is None
    assert "第四十二条第一项" in suggest_legal_aid(["elderly"], "support").basis


# --- the bureau's check -----------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DED-1")
def test_a_record_is_faulted_once_ever_however_much_it_lacks(values, clerk, user):
    record = register_consultation(values=values(answer="", outcome=""), by=clerk, keep_incomplete=True)
    finding = check_record(consultation_id=record.pk, remark="", by=user("section"))
    assert (finding.kind, finding.times, finding.state, finding.consultation_no) == (
        "record_defect",
        1,
        "reported",
        record.number,
    )
    assert finding.remark == "缺 2 项：答复意见、处理方式"
    with pytest.raises(Refused, match="同一记录只计一次"):
        check_record(consultation_id=record.pk, remark="", by=user("section"))


def test_a_complete_record_is_faulted_only_in_words(values, clerk, user):
    record = register_consultation(values=values(), by=clerk)
    with pytest.raises(Refused, match="写明哪里不规范"):
        check_record(consultation_id=record.pk, remark=" ", by=user("section"))
    assert check_record(consultation_id=record.pk, remark="答非所问", by=user("section")).remark == "不规范；答非所问"


def test_a_record_without_a_shift_cannot_be_charged(values, clerk, user):
    record = register_consultation(values=values(day=datetime.date(2022, 3, 16)), by=clerk, keep_incomplete=True)
    assert record.missing == ["班次"]
    done, refused = check_many(consultation_ids=[record.pk], by=user("section"))
    assert not done and "没有对应的班次" in refused[0]
    assert not Finding.objects.exists()


# --- progress ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-CON-2")
def test_progress_stands_beside_the_working_days_that_have_passed(county, values, clerk):
    register_consultation(values=values(), by=clerk)
    progress = progress_of(county=county, day=datetime.date(2022, 3, 31))
    assert (progress.days_passed, progress.days_of_year) == (21 + 16 + 23, 249)
    assert (progress.total.target, progress.total.done) == (4400, 1)
    bagong = next(each for each in progress.stations if each.station.short_name == "巴公镇")
    assert (bagong.target, bagong.done, round(bagong.percent, 3)) == (240, 1, 0.417)
    assert len(progress.stations) == 17


@pytest.mark.rule("Z-CON-3")
def test_satisfaction_is_pooled_and_none_without_a_rating(county, values, clerk):
    assert progress_of(county=county).total.satisfaction is None
    for rating in ("very_satisfied", "satisfied", "dissatisfied", "basic", ""):
        record = register_consultation(values=values(), by=clerk)
        Consultation.objects.filter(pk=record.pk).update(rating=rating)
    assert progress_of(county=county).total.satisfaction == 75.0


# --- the form ---------------------------------------------------------------------------------------------------------


def typed(values, **changes):
    data = {
        "station": values["station"].pk,
        "practitioner": values["practitioner"].pk,
        "day": "2022-3-15",
        "time": "9:30",
        "channel": "onsite",
        "client_name": "甲某某",
        "client_phone": "",
        "matter": "labour",
        "question": COMPLETE["question"],
        "answer": COMPLETE["answer"],
        "outcome": "answered",
        "advisor_signed": "on",
    }
    return {**data, **changes}


def test_the_form_tells_what_is_wrong_and_keeps_every_word(values, clerk, signed_in):
    client = signed_in(clerk)
    data = typed(values(), client_phone="1380000000", day="2022-13-01", question="工程款拖欠工资八个月")
    page = client.post(reverse("consultation-new"), data).content.decode()
    assert "没有保存，有 2 处需要修改" in page
    assert "联系电话少 1 位" in page
    for kept in ("1380000000", "2022-13-01", "工程款拖欠工资八个月", "甲某某"):
        assert kept in page
    assert not Consultation.objects.exists()


@pytest.mark.rule("Z-DED-1")
def test_the_form_asks_before_it_keeps_an_incomplete_record(values, clerk, signed_in):
    client = signed_in(clerk)
    data = typed(values(), answer="")
    page = client.post(reverse("consultation-new"), data).content.decode()
    assert "缺 1 项，会扣 10 元" in page and "仍按缺项保存" in page
    assert not Consultation.objects.exists()
    client.post(reverse("consultation-new"), {**data, "keep_incomplete": "1"})
    assert Consultation.objects.get().missing == ["答复意见"]


def test_anonymous_is_ticked_and_complete(values, clerk, signed_in):
    signed_in(clerk).post(reverse("consultation-new"), typed(values(), client_name="", is_anonymous="on"))
    record = Consultation.objects.get()
    assert (record.client_name, record.missing) == ("匿名", [])


def test_the_panel_answers_while_one_types(values, clerk, signed_in):
    register_consultation(values=values(), by=clerk)
    data = typed(values(), client_phone="13812345678", groups=["migrant_worker"], answer="")
    page = signed_in(clerk).post(reverse("consultation-check"), data).content.decode()
    for words in ("缺 1 项，会扣 10 元", "泽咨〔2022〕巴公-0001", "第四十二条第三项"):
        assert words in page
    assert Consultation.objects.count() == 1


def test_a_telephone_left_blank_while_mending_stays(values, clerk, signed_in):
    record = register_consultation(values=values(), by=clerk)
    client = signed_in(clerk)
    page = client.get(reverse("consultation-edit", args=[record.pk])).content.decode()
    assert "138****5678" in page and "13812345678" not in page
    client.post(reverse("consultation-edit", args=[record.pk]), typed(values(), matter="loan"))
    record.refresh_from_db()
    assert (record.client_phone, record.matter) == ("13812345678", "loan")


def test_a_clerk_cannot_slip_in_another_station(values, clerk, dayang, signed_in):
    page = signed_in(clerk).post(reverse("consultation-new"), typed(values(), station=dayang.pk)).content.decode()
    assert "不在您的岗位范围内" in page
    assert not Consultation.objects.exists()

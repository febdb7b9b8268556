"""Opening next year from this year's plan."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from programmes.models import Plan, PlanDraft
from programmes.services.loading import PlanRefused, load_plan
from programmes.services.years import DraftError, change_draft, confirm_draft, drop_draft, open_next_year


@pytest.fixture
def section(somebody):
    return somebody("section")


@pytest.fixture
def leader(somebody):
    return somebody("leader")


@pytest.fixture
def draft(plan, section):
    return open_next_year(plan=plan, by=section)


def change(draft, by, changed, **fields):
    draft.refresh_from_db()
    asked = {"name": "泽州县2023年方案", "document_no": "泽政办〔2023〕1号", "version": draft.version} | fields
    return change_draft(draft_id=draft.pk, changed=changed, by=by, **asked)


def test_a_draft_is_not_in_force(draft, county):
    assert Plan.objects.count() == 1
    assert not Plan.objects.covering(county, date(2023, 1, 1)).exists()


def test_next_year_begins_as_this_one_ended(draft, leader):
    plan = confirm_draft(draft_id=draft.pk, version=1, by=leader).plan
    assert (plan.code, plan.year, plan.starts_on) == ("zezhou-2023", 2023, date(2023, 1, 1))
    terms = plan.terms_on(date(2023, 1, 1))
    assert terms["duty.rate.township_station"].value == Decimal("300.00")
    assert terms["case.window.concluded_to"].value == date(2023, 12, 31)
    assert terms["reading.D31"].why
    assert sum(plan.targets.consultations().values_list("value", flat=True)) == 4400
    assert plan.region.stations.count() == 17


def test_typed_values_are_in_force_after_the_confirmation_and_this_years_stay(draft, section, leader, plan):
    change(
        draft,
        section,
        {
            "duty.rate.township_station": "320.00",
            "reading.D31": "false",
            "case.window.approved_from": "2022-11-01",
            "unit:泽州县公共法律服务中心": "800",
            "organization:泽州县法律援助中心": "140",
        },
    )
    new = confirm_draft(draft_id=draft.pk, version=2, by=leader).plan
    terms = new.terms_on(date(2023, 5, 1))
    assert (new.name, new.document_no) == ("泽州县2023年方案", "泽政办〔2023〕1号")
    assert [terms[key].value for key in ("duty.rate.township_station", "reading.D31", "consultation.total", "case.total")] == [
        Decimal("320.00"), False, 4440, 140,
    ]  # fmt: skip
    assert terms["case.window.approved_from"].value == date(2022, 11, 1)
    assert Plan.objects.get(pk=plan.pk).terms_on(date(2022, 5, 1))["duty.rate.township_station"].value == Decimal("300.00")


def test_who_changed_the_draft_last_does_not_confirm_it(draft, section, leader):
    with pytest.raises(DraftError, match="不能自己确认"):
        confirm_draft(draft_id=draft.pk, version=1, by=section)
    change(draft, leader, {"duty.rate.township_station": "320.00"})
    with pytest.raises(DraftError, match="不能自己确认"):
        confirm_draft(draft_id=draft.pk, version=2, by=leader)
    assert confirm_draft(draft_id=draft.pk, version=2, by=section).is_new


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"duty.rate.township_station": "320"},
            "值班补贴标准（乡镇公共法律服务工作站）应写成两位小数的金额，如 50.00，现在是“320”",
        ),
        ({"duty.month_void.absences": "三"}, "当月不予发放的脱岗次数应是整数"),
        ({"case.window.approved_from": "2022-13-01"}, "批准起始日应写成 2023-01-01 这样的日期"),
        ({"reading.D31": "maybe"}, "应选是或否"),
        ({"reading.D1": "year"}, "程序不认识“year”"),
        ({"unit:泽州县公共法律服务中心": "很多"}, "泽州县公共法律服务中心的目标任务应是整数"),
        ({"fund.forward_working_days": "7"}, "与 [deadline.fund_forward] 的数量不一致"),
    ],
)
def test_wrong_input_is_refused_and_the_draft_stays(draft, section, changed, sentence):
    before = draft.text
    with pytest.raises(PlanRefused) as caught:
        change(draft, section, changed)
    assert sentence in str(caught.value)
    draft.refresh_from_db()
    assert draft.text == before and draft.version == 1


def test_a_draft_somebody_else_changed_meanwhile_is_not_overwritten(draft, section, leader):
    change(draft, leader, {"duty.rate.township_station": "320.00"})
    with pytest.raises(DraftError, match="草稿刚被别人改过"):
        change(draft, section, {"duty.rate.township_station": "310.00"}, version=1)


def test_there_is_one_draft_for_a_year_and_none_for_a_loaded_one(draft, plan, section, leader):
    with pytest.raises(DraftError, match="草稿已经有人在编制"):
        open_next_year(plan=plan, by=section)
    drop_draft(draft_id=draft.pk, version=1, by=section)
    again = open_next_year(plan=plan, by=section)
    with pytest.raises(DraftError, match="已作废"):
        confirm_draft(draft_id=draft.pk, version=1, by=leader)
    confirm_draft(draft_id=again.pk, version=1, by=leader)
    with pytest.raises(DraftError, match="2023年的方案已经载入"):
        open_next_year(plan=plan, by=section)


def test_next_year_takes_over_a_value_that_an_extended_file_brought_in(plan, section, leader, zezhou_file):
    for until in ("2022-07-01", "2022-10-01"):
        wider = zezhou_file.replace(b'2022-01-01 = "300.00"', f'2022-01-01 = "300.00"\n{until} = "330.00"'.encode())
        load_plan(content=wider, by=section)
    load_plan(content=zezhou_file.replace(b'2022-01-01 = "200.00"', b'2022-01-01 = "200.00"\n2022-11-01 = "210.00"'), by=section)
    draft = open_next_year(plan=Plan.objects.get(pk=plan.pk), by=section)
    terms = confirm_draft(draft_id=draft.pk, version=1, by=leader).plan.terms_on(date(2023, 1, 1))
    assert [terms[f"duty.rate.{kind}"].value for kind in ("county_centre", "township_station")] == [
        Decimal("210.00"),
        Decimal("330.00"),
    ]


def test_the_year_after_next_is_opened_from_the_next(draft, section, leader):
    plan = confirm_draft(draft_id=draft.pk, version=1, by=leader).plan
    later = open_next_year(plan=plan, by=section)
    assert confirm_draft(draft_id=later.pk, version=1, by=leader).plan.code == "zezhou-2024"


def test_each_change_is_in_the_audit_with_before_and_after(draft, section):
    change(draft, section, {"duty.rate.township_station": "320.00"}, name=PlanDraft.objects.get().source.name, document_no="")
    entry = AuditEntry.objects.filter(action="programmes.open_year").first()
    assert entry.before["值班补贴标准（乡镇公共法律服务工作站）"] == "300.00"
    assert entry.after["值班补贴标准（乡镇公共法律服务工作站）"] == "320.00"

"""The day a case is concluded, by type and stage. domain.md 3.6."""

from datetime import date

import pytest

from legalaid.models import AidCase
from legalaid.rules.conclusion import conclusion_for, faults

DAY = date(2022, 6, 1)


@pytest.mark.parametrize(
    ("type", "stage", "events"),
    [
        ("criminal_defence", "investigation", ["收到起诉意见书", "收到撤销案件的文书"]),
        ("criminal_litigation", "investigation", ["收到起诉意见书", "收到撤销案件的文书"]),
        ("criminal_defence", "prosecution_review", ["收到起诉书", "收到不起诉决定书"]),
        ("criminal_defence", "first_instance", ["收到判决书", "收到裁定书", "收到调解书"]),
        ("criminal_litigation", "second_instance", ["收到判决书", "收到裁定书", "收到调解书"]),
        ("criminal_defence", "death_review", ["收到判决书", "收到裁定书", "收到调解书"]),
        ("civil_litigation", "first_instance", ["收到判决书", "收到裁定书", "收到调解书"]),
        ("administrative_litigation", "retrial", ["收到判决书", "收到裁定书", "收到调解书"]),
        ("labour_arbitration", "arbitration", ["收到仲裁裁决书", "收到复议决定书", "收到仲裁调解书"]),
        ("administrative_litigation", "reconsideration", ["收到仲裁裁决书", "收到复议决定书", "收到仲裁调解书"]),
        ("non_litigation", "other", ["达成和解、调解协议", "义务人开始履行（没有书面协议）", "收到处理决定"]),
        ("civil_litigation", "mediation", ["达成和解、调解协议", "义务人开始履行（没有书面协议）", "收到处理决定"]),
    ],
)
def test_each_kind_of_case_ends_by_its_own_events(type, stage, events):
    assert [each.words for each in conclusion_for(type, stage).events] == events


def test_every_type_in_every_stage_has_events_whose_results_the_case_knows():
    for type in AidCase.Type.values:
        for stage in AidCase.Stage.values:
            for event in conclusion_for(type, stage).events:
                assert set(event.results) <= set(AidCase.Result.values), event


def wrong(type="civil_litigation", stage="first_instance", event="judgment", **said):
    said = {"day": DAY, "number": "（2022）晋0525民初1号", "result": "won", "begun_on": None, "last_hearing_on": None, **said}
    return [(each.field, each.words) for each in faults(conclusion_for(type, stage), event, **said)]


def test_a_judgment_with_day_number_and_result_is_a_conclusion():
    assert wrong() == []


def test_a_day_before_the_work_began_or_before_a_hearing_is_not():
    assert wrong(begun_on=date(2022, 6, 2))[0][0] == "day"
    assert "开庭" in wrong(last_hearing_on=date(2022, 6, 2))[0][1]
    assert wrong(begun_on=DAY, last_hearing_on=DAY) == []


def test_a_paper_has_a_number_an_agreement_needs_none():
    assert wrong(number=" ")[0][0] == "document_no"
    assert wrong("non_litigation", "other", "agreement", number="", result="settled") == []


def test_the_result_fits_the_event():
    assert wrong(event="mediation")[0][0] == "result"
    assert wrong(event="mediation", result="mediated") == []
    assert wrong("criminal_defence", result="mediated")[0][0] == "result"
    assert wrong("criminal_defence", "prosecution_review", "not_prosecuted", result="") != []


def test_passing_on_to_the_next_stage_has_no_result():
    assert wrong("criminal_defence", "investigation", "opinion", result="") == []
    assert wrong("criminal_defence", "investigation", "opinion", result="lighter")[0][0] == "result"


def test_an_event_of_another_kind_of_case_is_refused_with_those_of_this_one():
    [(field, words)] = wrong(event="award")
    assert field == "event" and "收到判决书" in words

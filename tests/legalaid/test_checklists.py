"""What a file must hold, by kind of case, as data. domain.md 3.8."""

from datetime import date

import pytest

from legalaid.models import AidCase
from legalaid.rules import checklists as rules
from legalaid.rules.materials import KINDS
from legalaid.rules.papers import KINDS as PAPERS
from legalaid.services.closing import editions, retentions

DAY = date(2022, 6, 1)


def shape(type="civil_litigation", stage="first_instance", marks=("application", "hardship", "assigned"), is_terminated=False):
    return rules.Shape(type, stage, is_terminated, frozenset(marks))


def list_of(**fields):
    return rules.list_for(editions(), shape(**fields), DAY)


@pytest.mark.parametrize(
    ("type", "stage", "code"),
    [
        ("civil_litigation", "first_instance", "civil"),
        ("administrative_litigation", "second_instance", "civil"),
        ("state_compensation", "other", "civil"),
        ("labour_arbitration", "arbitration", "arbitration"),
        ("non_litigation", "mediation", "non_litigation"),
        ("criminal_defence", "investigation", "criminal_investigation"),
        ("criminal_defence", "prosecution_review", "criminal_prosecution"),
        ("criminal_litigation", "prosecution_review", "criminal_prosecution"),
        ("criminal_defence", "first_instance", "criminal_trial"),
        ("criminal_defence", "death_review", "criminal_trial"),
        ("criminal_litigation", "first_instance", "criminal_agency"),
    ],
)
def test_each_kind_of_case_has_its_list(type, stage, code):
    assert list_of(type=type, stage=stage).code == code


def test_a_terminated_case_has_its_own_whatever_its_type():
    for type in AidCase.Type.values:
        assert list_of(type=type, is_terminated=True).code == "terminated"


def test_no_case_is_without_a_list():
    for type in AidCase.Type.values:
        for stage in AidCase.Stage.values:
            assert list_of(type=type, stage=stage).items


def test_lists_speak_only_of_papers_materials_and_records_that_exist():
    records = {"note": {"report", "notice_to_client"}, "supervision": {"pre_notice", "mid_supervision", "post_visit"}}
    for each in editions():
        for item in each.items:
            assert item.code in KINDS, f"{each.code}: {item.code}"
            for source in item.any_of:
                kind, _, name = source.partition(":")
                known = {"file": set(KINDS), "paper": set(PAPERS), **records}[kind]
                assert name.removesuffix(":served") in known, f"{each.code}: {source}"


def missing(found=(), step="filing", party="", **fields):
    lines = rules.judge(list_of(**fields), shape(**fields), {source: ["有"] for source in found})
    return [item.code for item in rules.missing_before(lines, step, party=party)]


def test_a_civil_file_lacks_on_hand_in_what_the_undertaker_brings():
    assert missing() == ["agreement", "meeting_record", "pleading", "opinion", "judgment", "progress_record", "closing_report"]
    assert missing() == missing(party="undertaker")


def test_it_is_archived_with_the_papers_of_the_office_besides_and_verified_with_the_three_records():
    more = set(missing(step="archive")) - set(missing())
    assert more == {"application", "identity", "hardship_proof", "review_sheet", "grant_decision", "assignment_notice"}
    assert set(missing(step="quality")) - set(missing(step="archive")) == {"pre_notice", "mid_supervision", "follow_up"}


def test_a_notified_defence_asks_for_the_letter_and_for_no_application_nor_hardship_proof():
    notice = {"type": "criminal_defence", "marks": ("notice", "assigned")}
    lacking = missing(step="archive", **notice)
    assert "notice_letter" in lacking and "file_reading_notes" in lacking
    assert not {"application", "identity", "hardship_proof", "grant_decision", "review_sheet"} & set(lacking)


def test_a_proxy_is_asked_for_only_where_there_is_one():
    assert "proxy_proof" not in missing(step="archive")
    assert "proxy_proof" in missing(step="archive", marks=("application", "proxy", "hardship"))


@pytest.mark.parametrize(
    ("source", "item"),
    [
        ("file:closing_report", "closing_report"), ("paper:closing_report", "closing_report"), ("note:report", "progress_record"),
        ("note:notice_to_client", "progress_record"), ("paper:application", "application"), ("file:commitment", "hardship_proof"),
        ("supervision:post_visit", "follow_up"),
    ],
)  # fmt: skip
def test_a_paper_brought_in_an_issued_one_or_a_record_counts(source, item):
    assert item in missing(step="quality") and item not in missing(found=[source], step="quality")


def test_a_note_of_a_meeting_is_no_signed_record_of_it():
    assert "meeting_record" in missing(found=["note:meet"])


def test_a_later_edition_holds_from_its_day():
    old = list_of()
    new = rules.Checklist(**{**vars(old), "since": date(2023, 9, 1), "items": old.items[:3]})
    assert rules.list_for([*editions(), new], shape(), date(2023, 8, 31)).since == old.since
    assert rules.list_for([*editions(), new], shape(), date(2023, 9, 1)).items == old.items[:3]


@pytest.mark.parametrize(
    "data",
    [
        {"code": "", "items": [{"code": "a", "words": "甲"}]},
        {"code": "x", "items": []},
        {"code": "x", "items": [{"code": "a", "words": "甲"}, {"code": "a", "words": "乙"}]},
        {"code": "x", "items": [{"code": "a", "words": "甲", "party": "nobody"}]},
        {"code": "x", "items": [{"code": "a", "words": "甲", "before": "never"}]},
        {"code": "x", "items": [{"code": "a", "words": "甲", "any_of": ["rumour:a"]}]},
    ],
)
def test_a_list_that_is_written_wrong_is_refused(data):
    with pytest.raises(ValueError, match="案卷清单"):
        rules.checklist_of({"words": "试", "since": DAY, "basis": "试", **data})


def test_criminal_files_are_proposed_a_longer_term_and_only_listed_terms_can_be_chosen():
    terms, choices = retentions()
    assert rules.retention_for(terms, "criminal_defence") == "30年"
    assert rules.retention_for(terms, "civil_litigation") == "10年"
    assert {each.words for each in terms} <= set(choices)

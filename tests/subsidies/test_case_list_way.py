"""A quarter of case subsidies from the marks to the cash book: list, signature, review, check, approval, payment, and back."""

from datetime import date
from decimal import Decimal

import pytest

from common.errors import Refused
from common.periods import Quarter
from consultations.services.merging import merge_practitioners
from legalaid.models import AidCase
from subsidies.models import CaseClaim, CaseList, ClaimPart, LedgerEntry, PayChain, Payment
from subsidies.services.case_approval import (
    approve_case_list,
    check_case_list,
    put_forward,
    review_case_list,
    send_back_case,
    send_back_case_list,
    submit_case_list,
)
from subsidies.services.case_drafting import choose_payee, draft_case_list
from subsidies.services.case_figures import judge_cases
from subsidies.services.case_payment import pay_case_rows, record_returned_case_transfer
from subsidies.services.chains import decide_chain
from subsidies.services.checking import check_books
from subsidies.services.funds import decide_reversal, propose_reversal
from subsidies.services.payment import Receipt
from tests.subsidies.case_world import CaseWorld


@pytest.fixture
def world(db):
    return CaseWorld()


def amounts(case_list):
    claims = case_list.claims.select_related("case").prefetch_related("parts")
    return {claim.case.number: (claim.special, claim.operating) for claim in claims}


@pytest.mark.rule("Z-SUB-5")
def test_a_quarter_goes_from_marks_to_the_cash_books_of_both_funds(world):
    world.fill()
    world.case("2022-03-01", number="A", standard="1500.00")
    world.case("2022-03-02", number="B", firm=world.other_firm)
    world.case("2022-03-03", number="C")
    case_list = world.list()
    assert amounts(case_list) == {"A": (1000, 500), "B": (1000, 0), "C": (1000, 0)}
    assert (case_list.special_total, case_list.operating_total) == (3000, 500)
    rows = {(row.name, row.fund.kind): (row.cases, row.amount) for row in case_list.rows.all()}
    assert rows == {
        ("虚构律师事务所", "special"): (2, 2000),
        ("虚构律师事务所", "operating"): (1, 500),
        ("样例法律服务所", "special"): (1, 1000),
    }
    case_list = world.list_to("paid", case_list=case_list)
    assert case_list.status == "paid"
    assert (world.fund.balance, world.operating.balance) == (Decimal("197000.00"), Decimal("199500.00"))
    assert world.fund.committed == world.operating.committed == 0
    memos = set(LedgerEntry.objects.filter(kind="payment").values_list("memo", flat=True))
    assert "2022年第一季度案件补贴 虚构律师事务所（2 件）" in memos
    assert check_books() == []


@pytest.mark.rule("Z-SUB-3")
def test_redrafting_equal_facts_gives_an_equal_list_and_a_handed_in_one_is_not_drafted_again(world):
    world.cases(3)
    first = world.list()
    before = amounts(first)
    again = world.list()
    assert again.pk == first.pk and again.version == first.version + 1
    assert amounts(again) == before
    world.list_to("submitted", case_list=again)
    with pytest.raises(Refused, match="没有要列入的案件"):
        world.list()
    world.case("2022-03-20", number="late")
    second = world.list()
    assert second.batch == 2 and list(amounts(second)) == ["late"]


@pytest.mark.rule("Z-SUB-3")
def test_a_mark_of_an_earlier_day_that_appears_late_does_not_move_what_was_handed_in(world, monkeypatch):
    monkeypatch.setattr("subsidies.services.case_figures.PlanRules.target", 1)
    world.case("2022-03-05", number="first")
    world.list_to("submitted")
    world.case("2022-03-01", number="earlier", standard="1500.00")
    second = world.list()
    assert amounts(second) == {"earlier": (0, 1500)}
    assert {case.number: case.share.is_fixed for case in judge_cases(county=world.county, year=2022)} == {
        "earlier": False,
        "first": True,
    }


@pytest.mark.rule("Z-SUB-5")
def test_the_next_quarters_list_takes_what_the_last_one_left(world):
    world.case("2022-03-05", number="A")
    world.case("2022-04-05", number="B")
    assert list(amounts(world.list("2022Q2"))) == ["A", "B"]
    with pytest.raises(Refused, match="还没有到"):
        world.list("2022Q3")


@pytest.mark.rule("Z-SUB-6")
def test_the_person_is_paid_where_there_is_no_firm_or_where_the_centre_says_so(world):
    person = world.person("卫虚构")
    world.case("2022-03-01", number="firm")
    world.case("2022-03-02", number="person", office=None, undertaking_office="", undertaker="卫虚构", lawyer=person)
    case_list = world.list()
    payees = {claim.case.number: claim.payee for claim in case_list.claims.all()}
    assert payees == {"firm": world.firm, "person": person}
    claim = case_list.claims.get(case__number="firm")
    choose_payee(claim_id=claim.pk, choice="person", by=world.people["centre"])
    assert set(case_list.rows.values_list("name", "cases")) == {("卫虚构", 2)}
    assert world.list().claims.get(pk=claim.pk).practitioner == person


@pytest.mark.rule("Z-SUB-6")
def test_a_case_without_a_known_payee_keeps_the_list_with_the_centre(world):
    world.case("2022-03-01", number="A", office=None, undertaking_office="没有登记的所", undertaker="没有登记的人")
    case_list = world.list()
    with pytest.raises(Refused, match="A没有收款人"):
        submit_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["director"])


def test_a_draft_that_the_facts_have_left_behind_is_not_signed(world):
    case = world.case("2022-03-01", number="A")
    world.case("2022-03-02", number="B")
    case_list = world.list()
    AidCase.objects.filter(pk=case.pk).update(quality_grade="fail")
    with pytest.raises(Refused, match="A在编制之后有变动"):
        submit_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["director"])
    assert list(amounts(world.list())) == ["B"]


def test_a_case_whose_quality_is_revoked_on_the_way_must_be_sent_back(world):
    case = world.case("2022-03-01", number="A")
    world.case("2022-03-02", number="B")
    case_list = world.list_to("submitted")
    AidCase.objects.filter(pk=case.pk).update(quality_grade="fail")
    with pytest.raises(Refused, match="A（质量核验不合格）"):
        review_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["section"])
    send_back_case(
        list_id=case_list.pk, version=case_list.version, case_id=case.pk, reason="复评不合格", by=world.people["section"]
    )
    case_list.refresh_from_db()
    assert review_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["section"]).status == "reviewed"


@pytest.mark.parametrize(("status", "who"), [("submitted", "section"), ("reviewed", "finance"), ("checked", "leader")])
@pytest.mark.rule("Z-SUB-5")
def test_a_single_case_is_sent_back_and_the_others_go_on(world, status, who):
    world.fill()
    case = world.case("2022-03-01", number="A", standard="1500.00")
    world.case("2022-03-02", number="B")
    case_list = world.list_to(status)
    send_back_case(list_id=case_list.pk, version=case_list.version, case_id=case.pk, reason="缺裁判文书", by=world.people[who])
    case_list.refresh_from_db()
    assert case_list.status == status and amounts(case_list) == {"B": (1000, 0)}
    assert (case_list.special_total, case_list.operating_total) == (1000, 0)
    claim = CaseClaim.objects.get(case=case)
    assert claim.is_held and claim.held_reason == "缺裁判文书" and not claim.parts.exists()
    event = case_list.events.get(case=case)
    assert (event.by, event.reason) == (world.people[who], "缺裁判文书")
    with pytest.raises(Refused, match="没有要列入"):
        world.list()
    put_forward(claim_id=claim.pk, by=world.people["centre"])
    assert amounts(world.list()) == {"A": (1000, 500)}
    assert world.list_to("paid", case_list=case_list).status == "paid"
    assert check_books() == []


def test_only_who_has_the_list_before_her_sends_a_case_back(world):
    case = world.case()
    case_list = world.list_to("submitted")
    for who in ("centre", "director", "finance", "leader", "cashier"):
        with pytest.raises(Refused, match="您现在不能退回"):
            send_back_case(list_id=case_list.pk, version=case_list.version, case_id=case.pk, reason="x", by=world.people[who])
    with pytest.raises(Refused, match="没有写退回理由"):
        send_back_case(list_id=case_list.pk, version=case_list.version, case_id=case.pk, reason=" ", by=world.people["section"])


def test_a_list_sent_back_whole_is_drafted_again_and_tells_who_worked_on_it(world):
    world.fill()
    world.cases(2)
    case_list = world.list_to("checked")
    send_back_case_list(list_id=case_list.pk, version=case_list.version, reason="标准有误", by=world.people["leader"])
    case_list.refresh_from_db()
    assert case_list.status == "draft" and case_list.submitted_by is None and case_list.checked_by is None
    assert world.list().pk == case_list.pk
    assert world.list_to("approved", case_list=CaseList.objects.get()).status == "approved"


@pytest.mark.rule("Z-SUB-5")
def test_no_step_is_taken_twice_or_by_the_wrong_hands(world):
    world.fill()
    world.cases(2)
    people = world.people
    case_list = world.list()
    old = case_list.version
    for step, who in (
        (submit_case_list, "centre"), (submit_case_list, "section"), (review_case_list, "director"), (check_case_list, "section"),
        (approve_case_list, "finance"),
    ):  # fmt: skip
        with pytest.raises(Refused, match="权限"):
            step(list_id=case_list.pk, version=old, by=people[who])
    submit_case_list(list_id=case_list.pk, version=old, by=people["director"])
    with pytest.raises(Refused, match="不能办理"):
        submit_case_list(list_id=case_list.pk, version=old, by=people["director"])
    with pytest.raises(Refused, match="有变动"):
        review_case_list(list_id=case_list.pk, version=old, by=people["section"])


def test_hands_stay_apart_in_offices_of_five_four_and_three(world):
    world.fill()
    world.cases(2)
    for login, role in (("director", "centre"), ("section", "director"), ("finance", "section"), ("leader", "finance")):
        world.post(world.people[login], role)
    case_list = world.list(by="director")
    with pytest.raises(Refused, match="不能再由您签报"):
        submit_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["director"])
    case_list = submit_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["section"])
    with pytest.raises(Refused, match="不能再由您复核"):
        review_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["section"])
    case_list = review_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["finance"])
    with pytest.raises(Refused, match="不能再由您审核"):
        check_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["finance"])
    send_back_case_list(list_id=case_list.pk, version=case_list.version, reason="换四人制", by=world.people["finance"])
    decide_chain(county=world.county, people=PayChain.People.FOUR, since=date(2022, 4, 1), reason="局发〔2022〕1号",
                 by=world.people["leader"])  # fmt: skip
    case_list = world.list_to("submitted", case_list=world.list())
    case_list = review_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["finance"])
    case_list = check_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["finance"])
    assert case_list.status == "checked"


@pytest.mark.rule("Z-FUND-2")
def test_an_approval_needs_its_money_in_each_fund(world):
    world.fill(special="5000.00", operating="0.00")
    world.case(standard="1500.00")
    case_list = world.list_to("checked")
    with pytest.raises(Refused, match="法律援助业务经费不够.*差 500.00 元"):
        approve_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["leader"])
    world.fill(special="0.00", operating="500.00")
    assert world.list_to("approved", case_list=case_list).status == "approved"
    assert (world.fund.free, world.operating.free) == (4000, 0)


def test_one_receipt_number_may_serve_both_funds_and_each_keeps_its_own_entry(world):
    world.fill()
    world.case(standard="1500.00")
    case_list = world.list_to("approved")
    receipts = [Receipt(row.pk, "R-1") for row in case_list.rows.all()]
    paid = pay_case_rows(list_id=case_list.pk, receipts=receipts, paid_on=date(2022, 4, 6), by=world.people["cashier"])
    assert paid.status == "paid"
    assert sorted(Payment.objects.values_list("receipt_no", "amount")) == [("R-1", 500), ("R-1", 1000)]
    assert set(LedgerEntry.objects.filter(kind="payment").values_list("fund__kind", "amount")) == {
        ("special", -1000), ("operating", -500)
    }  # fmt: skip


@pytest.mark.rule("Z-PAY-3")
def test_what_cannot_be_paid_is_refused_by_name(world):
    world.fill()
    world.firm.accounts.update(state="replaced")
    world.case()
    case_list = world.list_to("approved")
    row = case_list.rows.get()

    def pay(day=date(2022, 4, 6), **told):
        pay_case_rows(list_id=case_list.pk, receipts=[Receipt(row.pk, "R-1", **told)], paid_on=day, by=world.people["cashier"])

    with pytest.raises(Refused, match="虚构律师事务所没有使用中的收款账户"):
        pay()
    with pytest.raises(Refused, match="是机构，不能付现金"):
        pay(method="cash")
    with pytest.raises(Refused, match="早于审批日期"):
        pay(date(2022, 4, 5), method="cheque")
    with pytest.raises(Refused, match="权限"):
        pay_case_rows(list_id=case_list.pk, receipts=[], paid_on=date(2022, 4, 6), by=world.people["finance"])
    pay(method="cheque")
    with pytest.raises(Refused, match="已经支付"):
        pay(method="cheque")


def test_a_returned_transfer_goes_back_to_its_fund_and_is_paid_again(world):
    world.fill()
    world.case(standard="1500.00")
    case_list = world.list_to("paid")
    payment = Payment.objects.get(case_row__fund=world.operating)
    record_returned_case_transfer(
        payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="户名不符", by=world.people["cashier"]
    )
    assert world.operating.balance == Decimal("200000.00") and world.operating.committed == 500
    assert world.fund.committed == 0
    case_list.refresh_from_db()
    assert case_list.status == "paid"
    world.pay_list(case_list)
    assert world.operating.balance == Decimal("199500.00") and world.operating.committed == 0
    assert check_books() == []


def test_a_reversed_payment_of_a_case_counts_as_returned(world):
    world.fill()
    world.case()
    world.list_to("paid")
    payment = Payment.objects.get()
    proposal = propose_reversal(entry_id=payment.entry.pk, reason="付错了账户", by=world.people["finance"])
    decide_reversal(proposal_id=proposal.pk, accept=True, by=world.people["leader"])
    payment.refresh_from_db()
    assert payment.state == "returned" and world.fund.committed == 1000
    assert check_books() == []


@pytest.mark.rule("Z-SUB-3")
def test_the_136th_case_is_paid_from_operating_funds(world):
    world.fill()
    world.cases(136, "2022-03-01", standard="1200.00")
    case_list = world.list()
    assert case_list.parts.filter(kind="special").count() == 135
    assert ClaimPart.objects.get(kind="local_full").amount == 1200
    assert (case_list.special_total, case_list.operating_total) == (Decimal("135000.00"), Decimal("28200.00"))
    assert world.list_to("paid", case_list=case_list).status == "paid"
    world.case("2022-03-02", number="137")
    assert amounts(draft_case_list(county=world.county, quarter=Quarter(2022, 1), by=world.people["centre"])) == {
        "137": (0, 1000)
    }
    assert check_books() == []


@pytest.mark.rule("Z-CASE-10", "Z-SUB-4")
def test_two_cases_with_one_provincial_number_are_not_both_paid_by_any_path(world):
    world.fill()
    first = world.case("2022-03-01", number="A", provincial_no="晋〔2022〕7号")
    second = world.case("2022-03-02", number="B", provincial_no="晋[2022] 7号")  # the same number, written otherwise
    case_list = world.list()
    director, centre = world.people["director"], world.people["centre"]
    with pytest.raises(Refused, match="A、B的省系统案号相同"):
        submit_case_list(list_id=case_list.pk, version=case_list.version, by=director)
    send_back_case(list_id=case_list.pk, version=case_list.version, case_id=second.pk, reason="同一件", by=centre)
    case_list.refresh_from_db()
    world.list_to("paid", case_list=case_list)
    put_forward(claim_id=CaseClaim.objects.get(case=second).pk, by=centre)
    again = world.list()  # in a batch of its own
    with pytest.raises(Refused, match="A、B的省系统案号相同"):
        submit_case_list(list_id=again.pk, version=again.version, by=director)
    assert Payment.objects.filter(case_row__list__claims__case=first).count() == 1
    assert check_books() == []


@pytest.mark.rule("Z-CASE-10", "Z-SUB-4")
def test_a_case_whose_twin_had_an_ordinary_subsidy_is_not_paid(world):
    world.case("2022-03-01", number="A", provincial_no="SX-7")
    world.case(None, number="B", provincial_no="SX-7", paid=True)
    case_list = world.list()
    with pytest.raises(Refused, match="A、B的省系统案号相同"):
        submit_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["director"])


def test_the_books_tell_of_a_number_that_was_given_to_a_second_case_after_the_payment(world):
    world.fill()
    world.case("2022-03-01", number="A", provincial_no="SX-7")
    other = world.case("2022-03-02", number="B")
    world.list_to("paid")
    AidCase.objects.filter(pk=other.pk).update(provincial_no="SX-7")
    assert [finding for finding in check_books() if "重复列入季表：A、B" in finding]


def merge(world, keep, duplicate):
    return merge_practitioners(keep=keep, duplicate=duplicate, reason="同一人登记了两次", by=world.people["section"])


@pytest.mark.rule("Z-SUB-6")
def test_two_records_of_one_undertaker_become_one_and_her_cases_and_their_money_follow(world):
    world.fill()
    keep, duplicate = world.person("卫虚构"), world.person("卫虚构")
    alone = {"office": None, "undertaking_office": "", "undertaker": "卫虚构", "lawyer": duplicate}
    case = world.case("2022-03-01", number="A", **alone)
    case_list = world.list()
    assert case_list.rows.get().practitioner == duplicate
    merge(world, keep, duplicate)
    case.refresh_from_db()
    assert case.lawyer == keep
    with pytest.raises(Refused, match="A在编制之后有变动"):
        submit_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["director"])
    case_list = world.list_to("paid", case_list=world.list())
    assert case_list.rows.get().practitioner == keep and Payment.objects.get().account.practitioner == keep
    assert check_books() == []


def test_a_record_that_a_list_on_its_way_still_owes_is_not_merged(world):
    world.fill()
    keep, duplicate = world.person("卫虚构"), world.person("卫虚构")
    world.case("2022-03-01", office=None, undertaking_office="", undertaker="卫虚构", lawyer=duplicate)
    case_list = world.list_to("submitted")
    with pytest.raises(Refused, match="还没有付给卫虚构"):
        merge(world, keep, duplicate)
    world.list_to("paid", case_list=case_list)
    merge(world, keep, duplicate)
    assert case_list.rows.get().practitioner == duplicate  # what was paid stays as it was booked
    assert check_books() == []


def test_a_draft_whose_payee_has_changed_is_not_signed(world):
    case = world.case("2022-03-01", number="A")
    case_list = world.list()
    AidCase.objects.filter(pk=case.pk).update(office=world.other_firm, undertaking_office=world.other_firm.name)
    with pytest.raises(Refused, match="A在编制之后有变动"):
        submit_case_list(list_id=case_list.pk, version=case_list.version, by=world.people["director"])

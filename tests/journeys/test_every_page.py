"""Every page of a living county, as each role, on desk and phone: nothing for axe, no sideways scroll, no small print, no complaint."""

import pytest

from consultations.models import (
    Consultation,
    DutyComplaint,
    Finding,
    FollowUp,
    FollowUpDraw,
    InspectionPoint,
    Rating,
    RollCallDraw,
    Shift,
    Signal,
)
from legalaid.models import AidCase, CaseFile, Complaint, FileReview, Objection, Rectification, ReviewBatch
from organizations.models import Station
from performance.models import Report
from programmes.models import Obligation
from subsidies.models import BankStatement, CaseList, CaseMark, QuarterlyReturn
from tests.journeys.walking import DESK, PHONE, faults

pytestmark = pytest.mark.slow


def pages_of():
    """Login → paths. Each page once, with the role that works on it."""
    station = Station.objects.get(short_name="巴公镇").pk
    shift = Shift.objects.filter(station=station, day__month=9).first().pk
    finding = Finding.objects.filter(state="reported").first().pk
    record = Consultation.objects.filter(station=station).first().pk
    complaint = DutyComplaint.objects.get(state="received").pk
    statement = BankStatement.objects.get().pk
    draft, issued = (Report.objects.filter(status=status).first().pk for status in ("draft", "issued"))
    return {
        "section": [
            "/", "/todo/", "/search/?q=示例", "/imports/", "/roster/2022-09/", "/roster/2022-10/", "/roster/2022-10/plan/",
            "/roster/2022-10/publish/", f"/roster/2022-10/fill/{station}/", "/roster/coverage/", "/roster/changes/",
            f"/roster/shift/{shift}/", "/attendance/", f"/attendance/{shift}/", "/attendance/settle/", "/spotcheck/", "/spotcheck/new/",
            "/spotcheck/draw/", f"/spotcheck/draw/{RollCallDraw.objects.latest('pk').pk}/", "/inspections/", "/inspections/records/",
            "/inspections/new/", f"/inspections/points/{InspectionPoint.objects.latest('pk').pk}/", "/signals/",
            f"/signals/{Signal.objects.latest('pk').pk}/", "/obligations/", f"/obligations/{Obligation.objects.latest('pk').pk}/",
            "/roster/coverage/history/",
            "/findings/", f"/findings/{finding}/", "/station-months/", f"/station-months/{station}/2022-08/", "/consultations/",
            "/consultations/ratings/", f"/consultations/ratings/{Rating.objects.get(word='dissatisfied').pk}/", "/consultations/ratings/board/",
            "/consultations/ratings/complaints/", f"/consultations/ratings/complaints/{complaint}/", "/consultations/ratings/complaints/new/",
            f"/consultations/ratings/complaints/{complaint}/accept/", f"/consultations/ratings/complaints/{complaint}/refuse/",
            "/consultations/followups/", "/consultations/followups/?state=done", "/consultations/followups/statistics/",
            "/consultations/followups/draw/", f"/consultations/followups/draw/{FollowUpDraw.objects.latest('pk').pk}/",
            "/consultations/incomplete/", "/consultations/progress/", f"/consultations/{record}/", "/pay/duty/", "/pay/duty/2022-08/",
            "/pay/duty/2022-08/compare/", "/ledger/", "/ledger/receipts/", "/ledger/balance/", "/base/people/", "/base/people/new/",
            "/reports/", "/reports/papers/new/", "/reports/progress/2022-08/", f"/reports/papers/{draft}/", f"/reports/papers/{issued}/",
            "/base/people/proposals/", "/base/stations/", "/plan/", "/base/calendar/2022/", "/base/frequency/", "/months/",
        ],
        "clerk": [
            "/", "/attendance/today/", "/consultations/new/", f"/roster/shift/{shift}/swap/", "/findings/new/",
            f"/consultations/{record}/rating/", f"/consultations/followups/{FollowUp.objects.open().latest('pk').pk}/",
        ],
        "head": ["/", f"/station-months/{station}/2022-08/"],
        "duty": ["/", "/checkin/", "/pay/mine/", "/findings/mine/", "/roster/calendar/"],
        "leader": ["/", "/pay/duty/2022-07/", "/ledger/reversals/", "/pay/chain/", "/base/posts/"],
        "finance": ["/", "/exports/", "/help/?on=ledger&back=/ledger/", "/ledger/bank/", f"/ledger/bank/{statement}/", "/ledger/bank/new/", "/ledger/receipts/new/"],
        "cashier": ["/", "/pay/batches/2022-07/"],
        "city": ["/", "/pay/duty/"],
        "admin": ["/", "/base/users/", "/base/users/new/", "/base/posts/new/", "/base/audit/", "/me/"],
        None: ["/p/", "/p/help/", "/p/info/", "/p/duty/", "/p/rate/", "/p/complaint/", "/p/complaint/progress/", "/login/"],
    }  # fmt: skip


def case_pages_of():
    """The pages of legal aid and its money, each with who works on it, on cases in the states that matter."""

    def case(state, **facts):
        return AidCase.objects.filter(state=state, is_history=False, **facts).order_by("pk").first().pk

    own = {
        state: case(state, lawyer__user__username="lawyer") for state in ("assigned", "in_progress", "file_returned", "concluded")
    }
    blocked, ready = AidCase.objects.filter(state="file_accepted").order_by("pk").values_list("pk", flat=True)
    waiting, marked = case("under_review"), CaseMark.objects.to_sign().get().case_id
    paid, draft = (CaseList.objects.filter(status=status).latest("pk").pk for status in ("paid", "draft"))
    filed, complaint = Objection.objects.get(state="filed").pk, Complaint.objects.get().pk
    fix = Rectification.objects.get(state="open", file__grade="fail").pk
    sheet = FileReview.objects.waiting().filter(reviewer__username="expert").first().pk
    scan = CaseFile.objects.get(stored__mime="application/pdf", case__handler__username="centre").pk
    batches = ReviewBatch.objects.order_by("pk").values_list("pk", flat=True)
    return {
        "centre": [
            "/", "/todo/", "/cases/", "/cases/inbox/", "/cases/deadlines/", "/cases/supervisions/", "/cases/objections/", "/cases/undertakers/",
            "/cases/new/", "/cases/notice/new/", f"/cases/{waiting}/", f"/cases/{case('in_progress')}/", f"/cases/{case('terminated')}/",
            f"/cases/{case('granted')}/assign/", f"/cases/{case('registered', handler=None)}/take/", f"/cases/{blocked}/archive/",
            f"/cases/{ready}/archive/", f"/cases/{case('file_submitted')}/close/check/", f"/cases/{case('quality_passed')}/dossier/",
            f"/cases/{case('need_supplement')}/steps/supply/", f"/cases/complaints/{complaint}/", f"/cases/{case('refused')}/papers/",
            f"/cases/files/{scan}/preview/", f"/cases/{case('quality_passed')}/review/", "/provincial/", "/provincial/lists/", "/reviews/", "/reviews/fixes/", f"/reviews/fixes/{fix}/", "/legal-help/",
            "/pay/marks/", "/pay/cases/", f"/pay/cases/{draft}/", f"/cases/{case('quality_passed')}/mark/",
        ],
        "director": ["/", "/cases/", f"/cases/{waiting}/steps/grant/", f"/cases/{waiting}/steps/refuse/", f"/cases/{marked}/mark/"],
        "lawyer": ["/", "/cases/mine/", "/legal-help/", *(f"/cases/mine/{pk}/" for pk in own.values()),
                   f"/cases/{own['in_progress']}/notes/new/", f"/cases/{own['in_progress']}/conclude/", f"/cases/{own['file_returned']}/close/"],
        "expert": ["/", "/reviews/mine/", f"/reviews/{sheet}/"],
        "clerk": ["/cases/handed-in/"],
        "leader": ["/cases/objections/", f"/cases/objections/{filed}/"],
        "section": ["/reviews/", *(f"/reviews/batches/{pk}/" for pk in batches), f"/pay/cases/{paid}/"],
        "finance": ["/reports/quarterly/", *(f"/reports/quarterly/{report.pk}/" for report in QuarterlyReturn.objects.all()), "/reports/annual/"],
        "cashier": ["/pay/cases/", f"/pay/cases/{paid}/pay/"],
        "city": ["/reports/quarterly/"],
        None: ["/p/aid/", "/p/case/"],
    }  # fmt: skip


def test_every_page_is_sound_on_a_desk_and_on_a_phone(page, live_server, living_county, sign_in):
    page.set_default_timeout(60_000)
    wrong = {}
    for login, paths in [*pages_of().items(), *case_pages_of().items()]:
        if login:
            sign_in(login)
        else:
            page.context.clear_cookies()
        for path in paths:
            response = page.goto(live_server.url + path)
            found = [] if response.ok else [f"status {response.status}"]
            for name, size in (("phone", PHONE), ("desk", DESK)):
                page.set_viewport_size(size)
                found += [f"{name}: {fault}" for fault in faults(page)]
            if found:
                wrong[f"{login} {path}"] = found
    assert wrong == {}

"""Every address × every role × reading and writing, in a living county, and again from a neighbouring one.

The policy table says who may; the addresses carry the action they need. An address that the table does not know
fails here, as does one that answers a stranger, or breaks.
"""

import logging
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import AuditEntry, SavedFilter, User
from accounts.policy import ACTIONS, Role, may
from accounts.services import system_user
from consultations.models import (
    Attendance,
    Consultation,
    CriticismNotice,
    DutyComplaint,
    DutyLeave,
    Finding,
    FollowUp,
    FollowUpDraw,
    Handover,
    Inspection,
    InspectionPoint,
    Rating,
    RectificationStep,
    RollCall,
    RollCallDraw,
    RosterProposal,
    Settlement,
    Shift,
    ShiftChange,
    Signal,
    SwapOffer,
)
from desk.models import ApiClient, ExportFile
from legalaid.models import (
    AidCase,
    CaseFile,
    CaseNote,
    CasePaper,
    Complaint,
    FileReview,
    LegalHelp,
    Objection,
    Reconciliation,
    Rectification,
    ReviewBatch,
    SampledFile,
)
from organizations.models import BankAccount, Organization, OrganizationAccount, PoolEntry, Post, Practitioner, Region, Station
from performance.models import Report
from programmes.models import Obligation
from records.models import ImportBatch, JobRun, Notice
from subsidies.models import (
    BankStatement,
    CaseClaim,
    CaseList,
    FundMovement,
    LedgerEntry,
    Payment,
    PayRow,
    QuarterlyReturn,
    ReversalProposal,
)

pytestmark = pytest.mark.slow
ROLES = ["section", "section2", "leader", "clerk", "head", "duty", "centre", "director", "expert", "lawyer", "finance",
         "cashier", "treasury", "city", "admin"]  # fmt: skip
# Of which table the number in an address is: by the longest fitting beginning of the address's name.
TABLES = {
    "attendance": Shift, "no-consultation": Shift, "sign": Shift, "contest": Shift, "calendar": None, "frequency": Station,
    "person": Practitioner, "bank-account": BankAccount, "status": None, "stay": PoolEntry, "post": Post, "station": Station,
    "organization": Organization, "organization-account": OrganizationAccount, "organization-account-new": Organization, "region": Region, "user": User, "audit": AuditEntry, "consultation": Consultation,
    "criticism": CriticismNotice, "finding": Finding, "import": ImportBatch, "job": JobRun, "bank-statement": BankStatement,
    "bank-agree": BankStatement, "bank-match": BankStatement, "entry": LedgerEntry, "receipt": FundMovement,
    "reversal": ReversalProposal, "public-duty": Region, "pay-row": PayRow, "payment": Payment, "recovery": PayRow,
    "pay-objection": None, "plan": None, "shift-change": ShiftChange, "shift": Shift,
    "swap-offer": SwapOffer, "duty-leave": DutyLeave, "roster-proposal": RosterProposal, "roll-call": RollCall,
    "settlement": Settlement, "my-pay": None,
    "rating": Rating, "duty-complaint": DutyComplaint, "followup": FollowUp, "followup-draw": FollowUpDraw,
    "roll-call-draw": RollCallDraw, "inspection": Inspection, "inspection-point": InspectionPoint, "inspection-point-new": Inspection,
    "rectification-proof": RectificationStep, "signal": Signal, "obligation": Obligation,
    "report": Report, "report-new": None, "report-draft": None, "public-info": Report, "quarterly-return": QuarterlyReturn, "fund-year": None, "api-client": ApiClient,
    "export": ExportFile, "filter": SavedFilter, "notice": Notice,
    "hand-in": AidCase, "handover": Handover, "day-code": Station, "day-sheet": Station,
    "case-mark": AidCase, "case-money": AidCase, "case-list": CaseList, "case-claim": CaseClaim,
    "review": FileReview, "review-batch": ReviewBatch, "review-file": SampledFile, "review-fix": Rectification,
    "provincial": Reconciliation, "provincial-case": AidCase, "legal-help": LegalHelp,
    "case": AidCase, "case-file": CaseFile, "case-file-new": AidCase, "case-file-check": AidCase, "objection": Objection, "complaint": Complaint,
    "my-case": AidCase, "case-note-strike": CaseNote, "specialty": Practitioner,
    "case-paper": CasePaper, "case-papers": AidCase, "case-paper-preview": AidCase, "case-paper-issue": AidCase,
}  # fmt: skip
WORDS = {"quarter": "2022Q2", "number": 1, "document": 1, "issued": 1, "paper": "grant_decision", "code": "zezhou-2022", "day": "2022-09-26", "suffix": "pdf", "name": "months", "width": "wide", "size": "a4", "kind": "late",
         "token": "0" * 32, "year": 2022, "line": 1, "station": None, "county": None}  # fmt: skip
# Not guarded by the table: the framework's own way in and out.
READ_ONCE = {"account_logout"}


@dataclass(frozen=True)
class Address:
    name: str
    path: str
    action: str | None
    is_public: bool | None
    number_of: type | None


def patterns(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield pattern, prefix


def table_of(name):
    fitting = [start for start in TABLES if name.startswith(start)]
    return TABLES[max(fitting, key=len)] if fitting else None


def addresses():
    """Every address with its arguments filled from the demonstration."""
    found = []
    station, county = Station.objects.get(short_name="巴公镇"), Region.objects.counties().get()
    for pattern, prefix in patterns():
        view, name = pattern.callback, pattern.name
        path, table = prefix + str(pattern.pattern), table_of(name)
        for argument, converter in pattern.pattern.converters.items():
            if argument == "pk":
                row = table.objects.order_by("pk").last() if table else None
                value = row.pk if row else 1
            elif argument == "month":
                value = "2022-08"
            else:
                value = {"station": station.pk, "county": county.pk}.get(argument) or WORDS[argument]
            path = path.replace(f"<{name_of(converter)}:{argument}>", str(value))
        assert "<" not in path, path
        found.append(
            Address(
                name,
                "/" + path,
                getattr(view, "action", None),
                getattr(view, "is_public", None),
                table if "pk" in pattern.pattern.converters else None,
            )
        )
    return found


def name_of(converter):
    known = {"IntConverter": "int", "StringConverter": "str", "SlugConverter": "slug"}
    return known.get(type(converter).__name__, "month")


@pytest.fixture(scope="module")
def county(demo_year, django_db_blocker):
    """A living county; what is changed in it is rolled back with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Region.objects.counties().get(code="140525")
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def quiet():
    """Refusals are what is asked for here; their log would drown what is wrong."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def doors(county):
    return addresses()


def ask(client, method, path):
    """One request, undone afterwards. Anything it breaks is a 500 here, not an exception."""
    with transaction.atomic():
        response = getattr(client, method)(path)
        if hasattr(response, "streaming_content"):
            for _chunk in response.streaming_content:
                pass
        transaction.set_rollback(True)
    return response


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def to_login(response):
    return response.status_code == 302 and response["Location"].startswith(settings.LOGIN_URL)


def test_every_address_carries_its_action_or_says_that_it_is_public(doors):
    assert [door.name for door in doors if door.is_public is None] == []
    assert [door.name for door in doors if not door.is_public and door.action not in ACTIONS] == []


def test_every_action_that_an_address_needs_is_held_by_some_role(doors):
    assert [door.name for door in doors if door.action and not ACTIONS[door.action].roles] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_reaches_only_public_addresses(doors, method):
    client = Client(raise_request_exception=False)
    wrong = [
        f"{door.path} {response.status_code}"
        for door in doors
        if not door.is_public and not to_login(response := ask(client, method, door.path)) and response.status_code != 405
    ]
    assert wrong == []


def test_public_addresses_answer_a_stranger_without_breaking(doors):
    client = Client(raise_request_exception=False)
    statuses = {door.path: ask(client, "get", door.path).status_code for door in doors if door.is_public}
    assert {path: status for path, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("login", ROLES)
def test_a_role_does_what_the_table_allows_and_nothing_else(doors, login, method):
    """Not allowed: 403. Allowed: anything but 403 for want of right and 500."""
    user = User.objects.get(username=login)
    client, wrong = signed_in(user), []
    for door in doors:
        if door.is_public or door.name in READ_ONCE:
            continue
        status = ask(client, method, door.path).status_code
        is_allowed = may(user, door.action)
        if status >= 500 or (not is_allowed and status not in (403, 405)):
            wrong.append(f"{method} {door.path} ({door.action}): {status}")
    assert wrong == []


def neighbour(county, role):
    """Somebody who holds the same post in the next county."""
    next_county, _ = Region.objects.get_or_create(
        level=Region.Level.COUNTY, name="演示邻县", parent=county.parent, defaults={"code": "140599"}
    )
    user = User.objects.create_user(f"neighbour-{role}", "a long enough password", name="邻县演示", is_demo=True)
    station = None
    if role in (Role.CLERK, Role.HEAD):
        station, _ = Station.objects.get_or_create(
            county=next_county, name="演示邻镇公共法律服务工作站", defaults={"short_name": "演示邻镇", "kind": "township_station"}
        )
    Post.objects.create(user=user, role=role, region=next_county, station=station, since="2022-01-01", is_confirmed=True,
                        entered_by=system_user(), confirmed_by=None)  # fmt: skip
    return user


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CITY, Role.ADMIN)])
def test_somebody_from_the_next_county_finds_none_of_this_countys_rows(county, doors, role):
    """Out of scope is 404, on every address that names a row of a county."""
    shared = {User, AuditEntry, Region, None}
    with transaction.atomic():
        client, wrong = signed_in(neighbour(county, role)), []
        for door in doors:
            if door.is_public or door.number_of in shared or not may(client_user(client), door.action):
                continue
            for method in ("get", "post"):
                status = ask(client, method, door.path).status_code
                if status not in (403, 404, 405) and not is_reauthentication(status):
                    wrong.append(f"{method} {door.path} ({door.action}): {status}")
        transaction.set_rollback(True)
    assert wrong == []


def client_user(client):
    return User.objects.get(pk=client.session["_auth_user_id"])


def is_reauthentication(status):
    """The password is asked for before anything is looked up."""
    return status == 302


def test_the_addresses_with_rows_are_really_tried_with_rows(doors):
    """Most tables hold something, or the tests above would only ever meet 404."""
    empty = sorted({door.number_of.__name__ for door in doors if door.number_of and not door.number_of.objects.exists()})
    assert empty == ["ImportBatch"]


def test_the_clerk_of_one_station_sees_no_shift_record_or_consultation_of_another(county):
    client = signed_in(User.objects.get(username="clerk"))
    elsewhere = Station.objects.get(short_name="高都镇")
    paths = [
        f"/attendance/{Attendance.objects.filter(shift__station=elsewhere).first().shift_id}/",
        f"/consultations/{Consultation.objects.filter(station=elsewhere).first().pk}/",
        f"/findings/{Finding.objects.filter(shift__station=elsewhere).first().pk}/",
        f"/roster/shift/{Shift.objects.filter(station=elsewhere).first().pk}/",
    ]
    assert [ask(client, "get", path).status_code for path in paths] == [404, 404, 404, 404]


@pytest.mark.parametrize("login", ["clerk", "head", "duty", "lawyer", "centre", "admin"])
def test_nobody_but_those_who_pay_and_watch_sees_other_peoples_yuan(county, login):
    client = signed_in(User.objects.get(username=login))
    assert {
        ask(client, "get", path).status_code for path in ("/pay/duty/", "/pay/duty/2022-08/", "/ledger/", "/pay/batches/2022-08/")
    } == {403}


@pytest.mark.parametrize("role", [Role.SECTION, Role.LEADER, Role.FINANCE])
def test_naming_another_county_in_the_address_shows_nothing_of_it(county, role):
    """Months are named by their date alone; which county is meant may be asked for, but only one's own is given."""
    paths = ["/pay/duty/", "/pay/duty/2022-08/", "/pay/duty/2022-07/compare/", "/pay/batches/2022-07/", "/ledger/", "/roster/2022-09/",
             "/roster/coverage/", "/station-months/?month=2022-08", "/months/", "/attendance/", "/"]  # fmt: skip
    names = {
        *Practitioner.objects.values_list("name", flat=True),
        *Station.objects.in_county(county).values_list("short_name", flat=True),
    }
    with transaction.atomic():
        client, shown = signed_in(neighbour(county, role)), {}
        for path in paths:
            response = ask(client, "get", f"{path}{'&' if '?' in path else '?'}county={county.pk}")
            if response.status_code == 200 and (found := [name for name in names if name in response.text]):
                shown[path] = found[:3]
        transaction.set_rollback(True)
    assert shown == {}


def scoped_models():
    """Every table whose queryset knows who may see which row. Regions and plans reach over counties on purpose."""
    return [
        model
        for model in apps.get_models()
        if hasattr(model._default_manager, "visible_to") and model.__name__ not in ("Region", "Plan")
    ]


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model.__name__)
def test_no_queryset_shows_a_row_of_this_county_to_the_section_of_the_next(county, model):
    with transaction.atomic():
        user = neighbour(county, Role.SECTION)
        rows = model.objects.visible_to(user)
        if model is Post:  # her own, and those of the city over both counties
            rows = rows.filter(region=county)
        seen = list(rows[:3])
        transaction.set_rollback(True)
    assert seen == []

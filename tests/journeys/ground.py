"""What a case needs before it begins: undertakers of a firm with an account, somebody on duty, money in both funds."""

import io
from datetime import date, time
from decimal import Decimal

from PIL import Image, ImageDraw

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common.id_numbers import check_digit
from consultations.models import Shift
from desk.services.demo.open_work import PAPER
from legalaid.services.assigning import set_specialties
from organizations.models import Organization, PoolEntry, Post, Station
from organizations.services.organization_accounts import decide_organization_account, propose_organization_account
from organizations.services.people import link_login, register_practitioner
from organizations.services.pool import decide_pool_entry
from records.services import keep_file, remember_day
from subsidies.models import Fund, FundMovement
from subsidies.services.funds import enter_movement, fund_of
from tests.databases import DEMO_PASSWORD as PASSWORD

FIRM = "示例律师事务所"


def user(login):
    return User.objects.get(username=login)


def id_number(born, serial):
    """A formally right number of nobody: who was born on that day never got this sequence."""
    stem = f"140525{born:%Y%m%d}{900 + serial:03}"
    return stem + check_digit(stem)


def picture(words):
    """A photograph as a phone takes it."""
    image = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(image).text((40, 40), words, fill="black")
    content = io.BytesIO()
    image.save(content, "PNG")
    return {"name": f"{words}.png", "mimeType": "image/png", "buffer": content.getvalue()}


def practitioner(county, name, serial, *, login="", kind="lawyer", **facts):
    """Registered by the section, admitted by the leader, with her login linked."""
    person = register_practitioner(
        name=name, id_number=id_number(date(1980, 5, 17), serial), kind=kind, county=county, by=user("section"),
        since=date(2022, 1, 1), phone=f"1380000{serial:04}", **facts,
    )  # fmt: skip
    decide_pool_entry(entry_id=PoolEntry.objects.get(practitioner=person).pk, admit=True, by=user("leader"))
    if login:
        link_login(practitioner_id=person.pk, user=user(login), by=user("section"))
    return person


def firm_with_account(county):
    firm = Organization.objects.create(kind="law_firm", name=FIRM, region=county, phone="0356-7654321")
    proof = keep_file(content=PAPER, name="账户确认书.pdf", purpose="bank-account", by=user("section"))
    account = propose_organization_account(
        organization_id=firm.pk, holder=FIRM, bank_name="示例银行泽州支行", account_no="6222000000000001", by=user("section"), paper=proof
    )
    decide_organization_account(account_id=account.pk, accept=True, by=user("leader"))
    return firm


def second_expert(county):
    """Peer evaluation asks for two; the demonstration has one login."""
    expert = User.objects.create_user("expert2", PASSWORD, name="尤演示", is_demo=True)
    Post.objects.create(
        user=expert, role=Role.EXPERT, region=county, since=date(2022, 1, 1), is_confirmed=True, entered_by=user("admin")
    )


def lay_ground(county, *, day):
    """On `day`: a firm of two lawyers, one of them good at labour and crime; somebody on duty in 巴公镇; money that came in January."""
    remember_day(day=day)
    Organization.objects.filter(kind="aid_centre", region=county).update(phone="0356-1234567", address="泽州县某街1号")
    second_expert(county)
    firm = firm_with_account(county)
    lawyer = practitioner(county, "卫示例", 1, login="lawyer", organization=firm, practice_certificate_no="11405201010000001")
    practitioner(county, "许示例", 2, organization=firm, practice_certificate_no="11405202210000002")
    long_ago = date(2015, 3, 1)
    set_specialties(practitioner=lawyer, since={"labour": long_ago, "criminal": long_ago, "minors": long_ago}, by=user("director"))
    adviser = practitioner(county, "吴示例", 3, login="duty", kind="grassroots_worker")
    Shift.objects.create(
        station=Station.objects.get(short_name="巴公镇"), day=day, starts_at=time(9), ends_at=time(17), lunch_minutes=60,
        practitioner=adviser, created_by=system_user(),
    )  # fmt: skip
    for number, kind, amount in ((1, Fund.Kind.SPECIAL, "100000.00"), (2, Fund.Kind.OPERATING, "50000.00")):
        enter_movement(
            fund=fund_of(county=county, kind=kind), kind=FundMovement.Kind.FORWARDED, day=date(2022, 1, 20), amount=Decimal(amount),
            document_no=f"演示〔2022〕{number}号", by=user("finance"),
        )  # fmt: skip

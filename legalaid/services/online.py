"""Applying without a login, and asking how far it has got: random code, uniform answers, nothing of the person given back. Z-CASE-8; safety.md §2."""

import hashlib
import hmac

from django.db import transaction

from accounts.services import system_user
from common import clock
from common.id_numbers import check_phone
from consultations.services.brakes import counted_in
from legalaid.models import AidCase
from legalaid.rules.application_papers import Needed
from legalaid.services.intake import keep_paper, open_application
from legalaid.services.intake_facts import IntakeRefused
from organizations.models import Organization, Region
from records.services import store_file

PICTURES = frozenset({"application/pdf", "image/jpeg", "image/png"})
MOST_FILES = 3
# From one address: room for a village's shared line, none for a machine.
SUBMISSIONS_AN_HOUR = 12
# One code, asked with the wrong phone again and again.
TRIES_OF_A_CODE = 6
QUARTER_OF_AN_HOUR = 900


class TooMany(IntakeRefused):
    """Too much from one address for the moment."""


def aid_counties() -> list[Region]:
    """The counties whose aid centre takes applications."""
    centres = Organization.objects.active().filter(kind=Organization.Kind.AID_CENTRE)
    return list(Region.objects.counties().filter(pk__in=centres.values("region")).order_by("code", "name"))


def centre_of(county: Region | None) -> Organization | None:
    """The aid centre of a county: whom to call."""
    if county is None:
        return None
    return Organization.objects.active().filter(region=county, kind=Organization.Kind.AID_CENTRE).first()


def apply_online(*, county: Region, values: dict, uploads=(), address: str = "") -> AidCase:
    """Register what somebody wrote on the public page. Nobody has looked at it yet: no doubt is raised and none is answered.

    Raises TooMany from one address, IntakeRefused for what cannot be kept, UploadRefused for a file.
    """
    if not counted_in(f"aid-apply:{address or 'nowhere'}", most=SUBMISSIONS_AN_HOUR, seconds=3600):
        raise TooMany("这个网络刚提交了很多申请，请过一小时再试，或者拨打 12348。")
    return register_online(county=county, values=values, uploads=list(uploads)[:MOST_FILES])


@transaction.atomic
def register_online(*, county: Region, values: dict, uploads: list) -> AidCase:
    """All of it or nothing: a file that is refused leaves no half application."""
    told = {**values, "channel": AidCase.Channel.ONLINE}
    case = open_application(county=county, values=told, by=system_user(), reason="网上提交，待援助中心核对")
    for index, upload in enumerate(uploads, 1):
        stored = store_file(upload=upload, by=None, purpose="legalaid.online", accept=PICTURES)
        keep_paper(case, Needed("case_material", "", f"网上提交的材料 {index}"), by=None, day=clock.today(), stored=stored)
    return case


# What a citizen is told of each state: the step, and what comes next.
PLAIN = {
    "registered": ("已提交，等待查看", "法律援助中心看到后会和您联系。请保持电话畅通。"),
    "received": ("已收到申请", "工作人员正在看材料。"),
    "need_supplement": ("需要补材料", "请按通知书补交材料；不清楚缺什么的，打电话问法律援助中心。"),
    "accepted": ("已受理", "正在审查是否符合条件。"),
    "under_review": ("正在审查", "收到申请后 7 日内作出决定，补材料的时间不算。"),
    "cooperating": ("正在审查", "正在请外地协助核实，这段时间不算在 7 日内。"),
    "granted": ("同意给予法律援助", "3 日内为您指派律师或者其他法律援助人员。"),
    "refused": ("决定不予法律援助", "理由写在决定书里；不同意的，可以向司法局提出异议。"),
    "notice_received": ("已收到通知", "正在指派律师。"),
    "notice_incomplete": ("已收到通知", "正在请办案机关补齐材料。"),
    "assigned": ("已指派办理人员", "办理人员会和您联系。"),
    "engaged": ("已签委托", "办理人员正在准备。"),
    "first_met": ("律师已会见", "正在准备辩护。"),
    "consented": ("正在办理", "有进展会告诉您。"),
    "client_refused": ("正在核实", "办案机关正在了解情况。"),
    "in_progress": ("正在办理", "有进展会告诉您，也可以直接问办理人员。"),
    "deemed_withdrawn": ("已按撤回处理", "在规定时间内没有补材料。需要的话可以重新申请。"),
    "withdrawn": ("已撤回", "需要的话可以重新申请。"),
    "redirected": ("请向别处申请", "这件事不归本县法律援助中心管，应向哪里申请请打电话问法律援助中心。"),
    "dismissed": ("没有登记成功", "可能是重复提交，或者没有联系上您。请打电话问法律援助中心。"),
    "terminated": ("已终止法律援助", "理由写在决定书里；不同意的，可以向司法局提出异议。"),
}
DONE = ("已经办结", "法律援助中心可能会打电话回访，听取您的意见。")
NOT_FOUND = "没有查到。请核对查询码，以及申请时留的手机号（或者证件号码的后 4 位）。"


def progress(*, code: str, secret: str) -> tuple[AidCase, str, str] | None:
    """The step of an application and what comes next, for who knows its code and the telephone or the last four of the ID number.

    None for every way of not finding it, too many tries of one code included: the answers do not differ.
    """
    code = "".join(char for char in code if char.isdigit())[:20]
    if not counted_in(
        f"case-progress:{hashlib.sha256(code.encode()).hexdigest()[:32]}", most=TRIES_OF_A_CODE, seconds=QUARTER_OF_AN_HOUR
    ):
        return None
    case = AidCase.objects.filter(query_code=code).select_related("applicant", "county").first() if len(code) == 10 else None
    if not knows(case, secret):
        return None
    words, next_ = PLAIN.get(case.state, DONE)
    return case, words, next_


def knows(case: AidCase | None, secret: str) -> bool:
    """Whether the secret is a telephone of the application or the last four of its ID number. Always compares three times."""
    plain = "".join(secret.split()).upper()
    try:
        phone = check_phone(plain)
    except ValueError:
        phone = "no telephone"
    applicant = case.applicant if case else None
    known = (applicant.phone, applicant.proxy_phone) if applicant else ("", "")
    by_phone = [hmac.compare_digest(phone.encode(), each.encode()) for each in known]
    # “身份不明” has no last four that only its bearer knows.
    last_four = case.id_number[-4:].upper() if case and case.id_tail_index else ""
    by_number = len(plain) == 4 and hmac.compare_digest(plain.encode(), last_four.encode())
    return case is not None and (any(by_phone) or by_number)

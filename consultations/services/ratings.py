"""Asking the person who was advised, and taking her word: a ticket for one rating, the rating, what follows from 不满意.

Z-CON-3, Z-DED-3; safety.md §2. Token and code are random and kept as hashes; whoever makes a ticket sees them once.
"""

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common import clock
from common.encryption import keyed_index
from common.errors import Refused
from common.free_text import mask_numbers
from consultations.models import Consultation, Finding, Rating, RatingTicket
from consultations.rules.ratings import CODE_DIGITS, LONGEST_WORDS, VALID_DAYS, digits_of
from consultations.services.brakes import counted_in, is_over
from consultations.services.consultations import lock_record
from consultations.services.findings import report_finding
from organizations.models import Post
from records.services import notify

# One code typed again and again, and wrong codes from one address: room for a station's shared line, none for a machine
# that looks for one of the few open codes among a hundred million.
TRIES_OF_A_CODE, WRONG_CODES_OF_AN_ADDRESS, QUARTER_OF_AN_HOUR = 6, 20, 900
GONE = "这个评价码现在不能用。可能是输错了、已经评价过，或者过了有效期。"


class RatingRefused(Refused):
    """No ticket can be made for that consultation, or nothing can be rated like that."""


class TicketGone(RatingRefused):
    """Unknown, used, replaced or out of date: nobody learns which (safety.md §2)."""

    def __init__(self):
        super().__init__(GONE)


@dataclass(frozen=True)
class Slip:
    """What the person is given: seen once, never stored."""

    ticket: RatingTicket
    token: str
    code: str


# --- tickets ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_ticket(*, consultation_id: int, by: User, device: str = "") -> Slip:
    """A new token and code for a consultation; what was made before does not work any more.

    Raises RatingRefused where there is nothing to rate: void, rated already, not this user's station or own consultation.
    """
    record = lock_record(consultation_id)
    require_own(record, by)
    if record.is_void:
        raise RatingRefused("这条记录已经作废，不能请人评价。")
    if record.rating:
        raise RatingRefused("这次咨询已经有评价：一次咨询只评价一次。")
    now = clock.real_now()
    RatingTicket.objects.filter(consultation=record).standing().update(revoked_at=now)
    token, code = secrets.token_urlsafe(24), free_code()
    ticket = RatingTicket.objects.create(
        consultation=record,
        token_hash=keyed_index(f"rating-token:{token}"),
        code_hash=hash_of_code(code),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=VALID_DAYS),
        device=device,
    )
    audit.record(by=by, action="consultations.ask_for_rating", on=record, after={"评价码": f"{VALID_DAYS} 天内有效"})
    return Slip(ticket, token, code)


def require_own(record, by):
    """Station staff ask for their station, a person on duty for her own consultations."""
    if record.station_id not in by.post_stations and record.practitioner.user_id != by.pk:
        raise RatingRefused("只能请本站的咨询人评价。")


def free_code() -> str:
    """Eight random digits that no standing ticket has."""
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if not RatingTicket.objects.standing().filter(code_hash=hash_of_code(code)).exists():
            return code


def hash_of_code(code: str) -> str:
    return keyed_index(f"rating-code:{code}")


def device_key(address: str | None, agent: str) -> str:
    """The device a rating came from: a keyed hash of address and browser, good for comparing and nothing else."""
    return keyed_index(f"device:{address or ''}|{agent[:400]}")


# --- what the person does ---------------------------------------------------------------------------------------------


def open_ticket(*, token: str) -> RatingTicket:
    """The ticket of a token that still works. Raises TicketGone, alike for every reason."""
    return first_open(token_hash=keyed_index(f"rating-token:{token[:200]}"))


def ticket_of_code(*, code: str, address: str | None) -> RatingTicket:
    """The ticket of a code somebody typed. Raises TicketGone, alike for every reason, too many tries included."""
    digits = digits_of(code)[:40]
    wrong = f"rating-wrong:{address or 'nowhere'}"
    if is_over(wrong, most=WRONG_CODES_OF_AN_ADDRESS) or not counted_in(
        f"rating-code:{hash_of_code(digits)}", most=TRIES_OF_A_CODE, seconds=QUARTER_OF_AN_HOUR
    ):
        raise TicketGone
    try:
        return first_open(code_hash=hash_of_code(digits))
    except TicketGone:
        counted_in(wrong, most=WRONG_CODES_OF_AN_ADDRESS, seconds=QUARTER_OF_AN_HOUR)
        raise


def first_open(**wanted) -> RatingTicket:
    tickets = RatingTicket.objects.open_at(clock.real_now()).filter(consultation__rating="", **wanted)
    ticket = tickets.select_related("consultation__station__county").first()
    if ticket is None:
        raise TicketGone
    return ticket


@dataclass(frozen=True)
class Given:
    """A rating that was taken, and what to tell the person about her words."""

    rating: Rating
    warning: str


@transaction.atomic
def give_rating(*, ticket_id: int, word: str, words: str = "", way: str, device: str = "") -> Given:
    """Take the person's word, once. 不满意 becomes a finding that somebody else verifies (Z-DED-3).

    Raises TicketGone where the ticket was used or replaced meanwhile; RatingRefused without a word or with too many.
    """
    if word not in Consultation.Rating.values:
        raise RatingRefused("还没有选满意度：请在四个里选一个。", field="word")
    if len(words) > LONGEST_WORDS:
        raise RatingRefused(f"意见有 {len(words)} 个字，最多 {LONGEST_WORDS} 个字：请写短一些。", field="words")
    ticket = RatingTicket.objects.select_for_update().filter(pk=ticket_id).first()
    if ticket is None:
        raise TicketGone
    record = lock_record(ticket.consultation_id)
    now = clock.real_now()
    if ticket.used_at or ticket.revoked_at or ticket.expires_at <= now or record.is_void or record.rating:
        raise TicketGone
    masked = mask_numbers(words.strip())
    rating = Rating.objects.create(
        consultation=record, ticket=ticket, word=word, words=masked.text, way=way, device=device, given_at=clock.now()
    )
    ticket.used_at = now
    ticket.save(update_fields=["used_at"])
    record.rating = word
    record.save(update_fields=["rating"])
    with unseen():
        after = {"满意度": rating.get_word_display(), "方式": rating.get_way_display()}
        audit.record(by=None, action="consultations.give_rating", on=record, after=after)
        if word == Consultation.Rating.DISSATISFIED:
            bring_to_be_verified(record, rating)
    return Given(rating, masked.warning)


# --- what follows from 不满意 ------------------------------------------------------------------------------------------


def bring_to_be_verified(record, rating) -> None:
    """Whatever is wrong with the record or its shift must not lose the person her word: the section brings it later by hand."""
    try:
        follow_dissatisfaction(record, rating)
    except Refused:
        text = f"{record.station.short_name}有一条“不满意”评价（{record}）没能自动登记核实，请处理。"
        tell_section(record.station.county, text, url=reverse("rating", args=[rating.pk]))


def follow_dissatisfaction(record, rating) -> Finding | None:
    """The finding of a dissatisfied rating: the standing one about the consultation, or a new one. None without a shift.

    A rating and a complaint about one consultation are one fact (contract §3.5, reading D6).
    """
    known = fact_about(record)
    if known or record.shift_id is None:
        return known
    said = f"：{rating.words[:200]}" if rating.words else ""
    finding = report_finding(
        shift_id=record.shift_id,
        kind=Finding.Kind.DISSATISFIED,
        source=Finding.Source.RATING,
        consultation_no=str(record),
        remark=f"咨询人评价“不满意”（{rating.get_way_display()}，{rating.given_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}）{said}",
        by=system_user(),
    )
    tell_section(record.station.county, f"{record.station.short_name}有一条“不满意”评价要核实（{record}）。", finding)
    return finding


def fact_about(record) -> Finding | None:
    """The last word on what citizens complained of in this consultation, unless it was dropped."""
    found = Finding.objects.standing().filter(
        consultation_no=str(record), kind__in=(Finding.Kind.DISSATISFIED, Finding.Kind.COMPLAINT)
    )
    return found.exclude(state=Finding.State.DROPPED).order_by("pk").first()


@transaction.atomic
def verify_rating(*, rating_id: int, by: User) -> Finding:
    """Bring a dissatisfied rating to be verified whose consultation had no shift when it came. Raises RatingRefused."""
    rating = Rating.objects.select_related("consultation").filter(pk=rating_id).first()
    if rating is None or rating.word != Consultation.Rating.DISSATISFIED:
        raise RatingRefused("只有“不满意”的评价要核实。")
    record = lock_record(rating.consultation_id)
    if findings_about(record).exists():
        raise RatingRefused("这条评价已经登记为考核事项。")
    if record.practitioner.user_id == by.pk:
        raise RatingRefused("评价的是您本人，请由业务股另一人登记。")
    finding = follow_dissatisfaction(record, rating)
    if finding is None:
        raise RatingRefused(f"{record}没有对应的班次：请先让站点补上班次，再登记核实。")
    audit.record(by=by, action="consultations.report_finding", on=finding, reason="评价时记录没有班次，补登")
    return finding


def findings_about(record):
    """Every standing finding on what citizens said about this consultation, dropped ones too."""
    return Finding.objects.standing().filter(
        consultation_no=str(record), kind__in=(Finding.Kind.DISSATISFIED, Finding.Kind.COMPLAINT)
    )


def tell_section(county, text, finding=None, url=""):
    """A notice to every officer of the county's section."""
    posts = Post.objects.in_force_on(clock.today()).filter(role=Role.SECTION, region=county)
    for user in User.objects.active().filter(posts__in=posts).distinct():
        notify(to=user, text=text, url=url or reverse("finding", args=[finding.pk]))


@contextmanager
def unseen():
    """Acts of the person who rates are written down without her address: she was promised that nobody sees who she is."""
    here = audit.origin.get()
    token = audit.origin.set(audit.Origin(request_id=here.request_id))
    try:
        yield
    finally:
        audit.origin.reset(token)

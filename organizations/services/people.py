"""Who gives legal service: entering them, changing what is known, moving to another firm. Z-DUTY-1, Z-DUTY-2."""

from datetime import date, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from common.encryption import keyed_index
from common.errors import Refused
from common.id_numbers import birth_date_of, check_id_number, check_phone, gender_of, mask_id_number, mask_phone
from common.initials import initials
from organizations import rules
from organizations.models import Affiliation, Organization, Practitioner, Region
from organizations.services import accounts, pool
from organizations.services.statuses import set_public_servant_status


class PeopleRefused(Refused):
    """A change of a person that is not done, with the reason."""


TEXTS = ("practice_certificate_no", "qualification_no", "retired_from", "remark")
EDITABLE = ("name", "phone", "service_years", "retired_on", *TEXTS)


@transaction.atomic
def register_practitioner(
    *,
    name: str,
    id_number: str,
    kind: str,
    county: Region,
    by: User,
    since: date | None = None,
    stations=(),
    organization: Organization | None = None,
    is_public_servant: bool | None = None,
    evidence: str = "",
    bank_name: str = "",
    account_no: str = "",
    reason: str = "",
    **facts,
) -> Practitioner:
    """Enter a person and propose her for the county's pool from `since` on; the leader decides. Z-DUTY-1…3.

    `facts` are phone, service_years, retired_on and the texts of TEXTS. Without `is_public_servant` the kind decides.
    Somebody another county knows already by name and ID number is only proposed for this county's pool.
    Raises PeopleRefused with the field that is wrong.
    """
    since = since or clock.today()
    number = _checked_number(id_number)
    values = _checked({"name": name, **facts})
    _require_proofs(kind, values)
    if problem := rules.public_servant_problem(kind, is_public_servant):
        raise PeopleRefused(problem, field="is_public_servant")
    known = Practitioner.objects.filter(id_index=keyed_index(number)).first()
    if known is not None:
        return _from_another_county(known, values["name"], county, since=since, stations=stations, reason=reason, by=by)
    person = Practitioner.objects.create(
        id_number=number, id_index=keyed_index(number), kind=kind, initials=initials(values["name"]), **_born(number), **values
    )
    audit.record(by=by, action="organizations.register_person", on=person, after=told(person), reason=reason)
    if organization is not None:
        Affiliation.objects.create(practitioner=person, organization=organization, since=since)
    is_public = rules.is_public_by_kind(kind) if is_public_servant is None else is_public_servant
    evidence = evidence.strip() or f"登记为{person.get_kind_display()}"
    set_public_servant_status(practitioner=person, since=since, is_public_servant=is_public, evidence=evidence, by=by)
    pool.propose_pool_entry(practitioner=person, county=county, since=since, stations=stations, reason=reason, by=by)
    if account_no.strip():
        accounts.enter_first_account(practitioner=person, holder=person.name, bank_name=bank_name, account_no=account_no, by=by)
    return person


@transaction.atomic
def edit_practitioner(*, practitioner_id: int, by: User, reason: str = "", **facts) -> Practitioner:
    """Change name, phone, proofs and remark; kind, firm, status, ID number and account have verbs of their own."""
    person = locked_person(practitioner_id)
    values = _checked(facts)
    before = told(person)
    for field, value in values.items():
        setattr(person, field, value)
    person.initials = initials(person.name)
    _require_proofs(person.kind, {field: getattr(person, field) for field in EDITABLE})
    person.save()
    if changed := audit.changes(before, told(person)):
        audit.record(by=by, action="organizations.edit_person", on=person, before=changed[0], after=changed[1], reason=reason)
    return person


@transaction.atomic
def correct_id_number(*, practitioner_id: int, id_number: str, reason: str, by: User) -> Practitioner:
    """Put right a number that was entered wrongly; birth date and gender follow it."""
    person = locked_person(practitioner_id)
    number = _checked_number(id_number)
    if not reason.strip():
        raise PeopleRefused("没有填写更正原因：请写明依据，例如“核对身份证原件”。", field="reason")
    index = keyed_index(number)
    if index == person.id_index:
        raise PeopleRefused("新号码与现在的号码相同：不用更正。", field="id_number")
    other = Practitioner.objects.filter(id_index=index).first()
    if other is not None:
        raise PeopleRefused(f"这个身份证号已登记给{other}：如果是同一人，请合并重复人员。", field="id_number")
    before = mask_id_number(person.id_number)
    person.id_number, person.id_index = number, index
    for field, value in _born(number).items():
        setattr(person, field, value)
    person.save()
    audit.record(
        by=by,
        action="organizations.correct_id_number",
        on=person,
        before={"身份证号": before},
        after={"身份证号": mask_id_number(number)},
        reason=reason,
    )
    return person


@transaction.atomic
def change_kind(*, practitioner_id: int, kind: str, since: date, evidence: str, by: User, **proofs) -> Practitioner:
    """Another kind from a day on. Becoming a public servant by it counts from that day; ceasing to be one is decided apart.

    Z-DUTY-1, Z-DUTY-2. Raises PeopleRefused.
    """
    person = locked_person(practitioner_id)
    if kind == person.kind:
        raise PeopleRefused(f"{person}已经是{person.get_kind_display()}：请选择新的类别。", field="kind")
    if not evidence.strip():
        raise PeopleRefused("没有填写依据：请写明证件或文件。", field="evidence")
    before = told(person)
    person.kind = kind
    for field, value in _checked(proofs).items():
        setattr(person, field, value)
    _require_proofs(kind, {field: getattr(person, field) for field in EDITABLE})
    person.save()
    changed = audit.changes(before, told(person))
    audit.record(
        by=by,
        action="organizations.change_kind",
        on=person,
        before=changed[0],
        after={**changed[1], "自": since},
        reason=evidence,
    )
    status = person.public_servant_status_on(since)
    if rules.is_public_by_kind(kind) and not (status and status.is_public_servant):
        set_public_servant_status(practitioner=person, since=since, is_public_servant=True, evidence=evidence, by=by)
    return person


@transaction.atomic
def change_firm(*, practitioner_id: int, organization: Organization | None, since: date, by: User, reason: str = "") -> None:
    """Belong to another organisation from a day on, or to none; the earlier membership ends the day before."""
    person = locked_person(practitioner_id)
    current = person.affiliations.select_related("organization").order_by("-since").first()
    if current and current.until is None:
        if organization is not None and current.organization_id == organization.pk:
            raise PeopleRefused(f"{person}现在就在{organization}：请选择另一家单位。", field="organization")
        if since <= current.since:
            raise PeopleRefused(f"{person}自 {current.since} 起在{current.organization}：变动日期须在此之后。", field="since")
        current.until = since - timedelta(days=1)
        current.save(update_fields=["until"])
    elif current and since <= current.until:
        raise PeopleRefused(f"{person}到 {current.until} 为止在{current.organization}：变动日期须在此之后。", field="since")
    elif organization is None:
        raise PeopleRefused(f"{person}现在没有所属单位：请选择新单位。", field="organization")
    if organization is not None:
        Affiliation.objects.create(practitioner=person, organization=organization, since=since)
    audit.record(
        by=by,
        action="organizations.change_firm",
        on=person,
        before={"所属单位": str(current.organization) if current else ""},
        after={"所属单位": str(organization or ""), "自": since},
        reason=reason,
    )


@transaction.atomic
def link_login(*, practitioner_id: int, user: User | None, by: User) -> Practitioner:
    """Say which login is hers, so that she sees her own shifts and pay. None takes it away."""
    person = locked_person(practitioner_id)
    if user is not None and user.pk == by.pk:
        raise PeopleRefused("不能把自己的登录关联到服务人员：请由另一位业务股人员办理。", field="user")
    if user is not None and Practitioner.objects.filter(user=user).exclude(pk=person.pk).exists():
        raise PeopleRefused(f"登录用户{user}已关联另一位服务人员：请先取消那里的关联。", field="user")
    before, person.user = person.user, user
    person.save(update_fields=["user"])
    audit.record(
        by=by,
        action="organizations.link_login",
        on=person,
        before={"登录用户": str(before or "")},
        after={"登录用户": str(user or "")},
    )
    return person


def locked_person(practitioner_id: int) -> Practitioner:
    """The person's row, locked; refused where it was merged into another."""
    person = Practitioner.objects.select_for_update().get(pk=practitioner_id)
    if person.merged_into_id:
        raise PeopleRefused(f"{person}的这条记录已并入另一条：请在保留的记录上办理。")
    return person


def proofs_of(person: Practitioner, *, has_organization: bool) -> rules.Proofs:
    """What the rules ask about a stored person."""
    return rules.Proofs(
        kind=person.kind,
        service_years=person.service_years,
        qualification_no=person.qualification_no,
        retired_from=person.retired_from,
        retired_on=person.retired_on,
        practice_certificate_no=person.practice_certificate_no,
        has_organization=has_organization,
        remark=person.remark,
    )


def told(person: Practitioner) -> dict:
    """The person in the words of an audit entry, personal numbers masked."""
    words = {
        "姓名": person.name,
        "身份证号": mask_id_number(person.id_number),
        "人员类别": person.get_kind_display(),
        "联系电话": mask_phone(person.phone) if person.phone else "",
        "从业年限": person.service_years,
        "退休日期": person.retired_on,
    }
    return words | {Practitioner._meta.get_field(field).verbose_name: getattr(person, field) for field in TEXTS}


def _from_another_county(known, name, county, *, since, stations, reason, by):
    if known.merged_into_id:
        known = known.merged_into
    if known.name != name:
        raise PeopleRefused("这个身份证号已登记给另一个姓名：请核对号码和姓名。", field="id_number")
    if known.pool_entries.filter(county=county).exclude(state="refused").exists():
        raise PeopleRefused(f"{known}已经登记过：请在人员列表中查找，不要重复登记。", field="id_number")
    pool.propose_pool_entry(practitioner=known, county=county, since=since, stations=stations, reason=reason, by=by)
    return known


def _checked_number(text: str) -> str:
    try:
        return check_id_number(text)
    except ValueError as error:
        raise PeopleRefused(str(error), field="id_number") from None


def _checked(facts: dict) -> dict:
    unknown = set(facts) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not facts of a person: {sorted(unknown)}")
    values = {field: value.strip() if isinstance(value, str) else value for field, value in facts.items()}
    if "name" in values and not values["name"]:
        raise PeopleRefused("没有填写姓名：请填写。", field="name")
    if values.get("phone"):
        try:
            values["phone"] = check_phone(values["phone"])
        except ValueError as error:
            raise PeopleRefused(str(error), field="phone") from None
    return values


def _require_proofs(kind: str, values: dict) -> None:
    if kind not in Practitioner.Kind.values:
        raise PeopleRefused("没有选择人员类别：请选择。", field="kind")
    proofs = rules.Proofs(
        kind=kind, service_years=values.get("service_years"), qualification_no=values.get("qualification_no") or ""
    )
    for field, problem in rules.missing_proofs(proofs):
        raise PeopleRefused(problem, field=field)


def _born(number: str) -> dict:
    is_man = gender_of(number) == "男"
    gender = Practitioner.Gender.MALE if is_man else Practitioner.Gender.FEMALE
    return {"birth_date": birth_date_of(number), "gender": gender}

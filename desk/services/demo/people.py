"""The demonstration's people: forty practitioners of every kind, none of whom exists."""

from dataclasses import dataclass
from datetime import date

from common.encryption import keyed_index
from common.id_numbers import birth_date_of, check_digit
from common.initials import initials
from organizations.models import Affiliation, BankAccount, Organization, PoolEntry, Practitioner, PublicServantStatus

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
GIVEN = ("示例", "虚构", "样本", "假设", "模拟", "范例", "试用", "占位")
Kind = Practitioner.Kind
# The first four are on duty at the centre in turn, one of them a public lawyer; two by two the towns follow; the last rest.
KINDS = (
    [Kind.LAWYER] * 3
    + [Kind.PUBLIC_LAWYER]
    + [Kind.LAWYER, Kind.GRASSROOTS_WORKER] * 7
    + [Kind.LAWYER, Kind.RETIRED_POLITLEGAL] * 3
    + [Kind.LAWYER, Kind.LAW_TEACHER] * 2
    + [Kind.LAWYER, Kind.LAW_STUDENT, Kind.OTHER_NON_PUBLIC, Kind.GRASSROOTS_WORKER]
    + [Kind.LAWYER] * 7
    + [Kind.PUBLIC_LAWYER]
)
OFFICES = (
    ("示例律师事务所", Organization.Kind.LAW_FIRM),
    ("演示律师事务所", Organization.Kind.LAW_FIRM),
    ("样本律师事务所", Organization.Kind.LAW_FIRM),
    ("示例法律服务所", Organization.Kind.GRASSROOTS_OFFICE),
    ("演示学院", Organization.Kind.COLLEGE),
)
OFFICE_OF = {
    Kind.LAWYER: (0, 1, 2),
    Kind.GRASSROOTS_WORKER: (3,),
    Kind.LAW_TEACHER: (4,),
    Kind.LAW_STUDENT: (4,),
}
SINCE = date(2022, 1, 1)


@dataclass(frozen=True)
class Person:
    name: str
    kind: str
    id_number: str
    place: int


def roll() -> list[Person]:
    """The forty, always the same."""
    return [Person(f"{SURNAMES[n]}{GIVEN[n % len(GIVEN)]}", kind, id_number(n), n) for n, kind in enumerate(KINDS)]


def id_number(n: int) -> str:
    """A formally right number of a person who does not exist: nobody born on these days got these sequences."""
    stem = f"140525{1958 + n % 40}{1 + n % 12:02}{1 + n % 28:02}{900 + n:03}"
    return stem + check_digit(stem)


def add_people(*, county, section, leader, at) -> list[Practitioner]:
    """Everybody with pool entry, status, office and account. A few things wait for a decision."""
    offices = [
        Organization.objects.create(region=county, name=name, kind=kind, phone=f"0356-00002{n:02}", address=f"泽州县演示街{n + 11}号")
        for n, (name, kind) in enumerate(OFFICES)
    ]
    people = []
    for person in roll():
        row = Practitioner.objects.create(
            name=person.name,
            initials=initials(person.name),
            id_number=person.id_number,
            id_index=keyed_index(person.id_number),
            birth_date=birth_date_of(person.id_number),
            gender=Practitioner.Gender.MALE if int(person.id_number[16]) % 2 else Practitioner.Gender.FEMALE,
            kind=person.kind,
            phone=f"1390000{person.place:04}",
            service_years=8 if person.kind == Kind.RETIRED_POLITLEGAL else None,
            retired_from="演示机关，民事审判" if person.kind == Kind.RETIRED_POLITLEGAL else "",
            qualification_no=f"演示A2022{person.place:04}" if person.kind in (Kind.LAW_TEACHER, Kind.LAW_STUDENT) else "",
            practice_certificate_no=f"1140520220000{person.place:04}" if person.kind == Kind.LAWYER else "",
        )
        PoolEntry.objects.create(
            practitioner=row, county=county, since=SINCE, state=PoolEntry.State.ADMITTED, reason="演示数据",
            entered_by=section, decided_by=leader, decided_at=at,
        )  # fmt: skip
        PublicServantStatus.objects.create(
            practitioner=row, since=SINCE, is_public_servant=person.kind in Practitioner.PUBLIC_KINDS,
            evidence="演示数据", confirmed_by=leader,
        )  # fmt: skip
        if choices := OFFICE_OF.get(person.kind):
            Affiliation.objects.create(practitioner=row, organization=offices[choices[person.place % len(choices)]], since=SINCE)
        number = f"62220000000{person.place:08}"
        BankAccount.objects.create(
            practitioner=row, holder=row.name, bank_name="示例银行泽州支行", account_no=number,
            account_index=keyed_index(number), state=BankAccount.State.CONFIRMED, is_first=True,
            proposed_by=section, proposed_at=at,
        )  # fmt: skip
        people.append(row)
    return people

"""Sheet 值班人员 of the workbook (contract.md 3), and the directory by which other sheets name stations and people."""

from dataclasses import dataclass
from datetime import timedelta

from common.encryption import keyed_index
from common.errors import Refused
from common.id_numbers import birth_date_of, gender_of
from common.initials import initials
from common.workbooks import tables
from common.workbooks.tables import Column, Row, Table
from organizations.models import (
    Affiliation,
    BankAccount,
    Organization,
    PoolEntry,
    Practitioner,
    PublicServantStatus,
    Region,
    Station,
)
from records.importing import ImportRun, twice_in_file

KIND_WORDS = {label: value for value, label in Practitioner.Kind.choices}
COLLEGE_KINDS = (Practitioner.Kind.LAW_TEACHER, Practitioner.Kind.LAW_STUDENT)

PEOPLE = Table(
    "值班人员",
    (
        Column("姓名", tables.text(50), is_required=True),
        Column("身份证号", tables.id_number, is_required=True, mask=tables.masked_id),
        Column("人员类别", tables.one_of(KIND_WORDS), is_required=True),
        Column("是否公职人员", tables.yes_or_no),
        Column("所属单位", tables.text(100), default=""),
        Column("执业证号", tables.text(40), default=""),
        Column("法律职业资格证号", tables.text(40), default=""),
        Column("从业年限", tables.whole_number(0, 80)),
        Column("联系电话", tables.digits_text, default="", mask=tables.masked_digits),
        Column("入库日期", tables.day),
        Column("开户行", tables.text(100), default=""),
        Column("银行账号", tables.account_number, default="", mask=tables.masked_account),
    ),
)


def import_people(run: ImportRun, rows: list[Row], *, default_since, today) -> None:
    """Admit or update the people of the sheet. Key: 身份证号. A blank 入库日期 is the plan's first day."""
    unique = twice_in_file(run, rows, lambda row: row["身份证号"])
    named = Practitioner.objects.filter(id_index__in=[keyed_index(number) for number in unique]).prefetch_related(
        "public_servant_history", "pool_entries", "affiliations__organization", "bank_accounts"
    )
    known = {person.id_index: person for person in named}
    for number, row in unique.items():
        if not is_whole(run, row):
            continue
        person = known.get(keyed_index(number))
        if person is None:
            admit(run, row, default_since)
        else:
            update(run, row, person, default_since, today)


def is_whole(run: ImportRun, row: Row) -> bool:
    """The proofs that a kind of person needs. Z-DUTY-1, Z-DUTY-2, plan 四（一）3."""
    before = len(run.problems)
    kind = row["人员类别"]
    if kind == Practitioner.Kind.RETIRED_POLITLEGAL and (row["从业年限"] is None or row["从业年限"] < 5):
        run.wrong(row, "从业年限", "政法机关退休人员须从事相关业务 5 年以上：请填写年限，不足 5 年的不能入库（四（一）3）。")
    if kind in COLLEGE_KINDS and not row["法律职业资格证号"]:
        run.wrong(row, "法律职业资格证号", "高校法律专业师生须通过法律职业资格考试：请填写证号（四（一）3）。")
    if kind == Practitioner.Kind.PUBLIC_LAWYER and row["是否公职人员"] is False:
        run.wrong(row, "是否公职人员", "公职律师是公职人员：请填写“是”或改正人员类别。")
    if row["银行账号"] and not row["开户行"]:
        run.wrong(row, "开户行", "填写了银行账号，没有填写开户行：请补上。")
    return len(run.problems) == before


def is_public(row: Row) -> bool:
    """Contract 3.2: blank means that 公职律师 and 法律援助机构人员 are, all others are not."""
    stated = row["是否公职人员"]
    return stated if stated is not None else row["人员类别"] in Practitioner.PUBLIC_KINDS


def admit(run: ImportRun, row: Row, default_since) -> None:
    number, since = row["身份证号"], row["入库日期"] or default_since
    person = Practitioner.objects.create(
        id_number=number,
        id_index=keyed_index(number),
        birth_date=birth_date_of(number),
        gender=Practitioner.Gender.MALE if gender_of(number) == "男" else Practitioner.Gender.FEMALE,
        **columns_of(row),
    )
    made = [
        person,
        PoolEntry.objects.create(
            practitioner=person, county=run.county, since=since, state=PoolEntry.State.ADMITTED,
            reason="工作簿导入", entered_by=run.by,
        ),
        PublicServantStatus.objects.create(
            practitioner=person, since=since, is_public_servant=is_public(row), evidence=EVIDENCE, confirmed_by=run.by
        ),
    ]  # fmt: skip
    if row["所属单位"]:
        organization = organization_named(run, row["所属单位"])
        made.append(Affiliation.objects.create(practitioner=person, organization=organization, since=since))
    if row["银行账号"]:
        made.append(new_account(run, row, person, is_first=True))
    run.added(made)
    run.count(row, is_new=True)


EVIDENCE = "工作簿“值班人员”表，经司法局导入确认"


def update(run: ImportRun, row: Row, person: Practitioner, default_since, today) -> None:
    """Bring a known person up to date; a changed account waits for a second person and the payee's paper."""
    words = []
    if person.merged_into_id:
        run.wrong(row, "身份证号", f"{person}已并入另一条记录：请删除这一行。")
        return
    if run.update(person, **columns_of(row)):
        words.append("基本信息")
    status = latest(person.public_servant_history.all())
    if status is None or status.is_public_servant != is_public(row):
        words.append("公职身份")
        if status:
            run.update(status, is_public_servant=is_public(row), evidence=EVIDENCE, confirmed_by=run.by)
    since = row["入库日期"] or default_since
    entry = latest(entry for entry in person.pool_entries.all() if entry.county_id == run.county.pk and entry.state != "refused")
    if entry is None:
        run.added([PoolEntry.objects.create(
            practitioner=person, county=run.county, since=since, state=PoolEntry.State.ADMITTED,
            reason="工作簿导入", entered_by=run.by,
        )])  # fmt: skip
        words.append("入库")
    elif row["入库日期"] and run.update(entry, since=since):
        words.append("入库日期")
    if change_firm(run, row, person, today):
        words.append("所属单位")
    if change_account(run, row, person):
        words.append("银行账号（待另一人确认）")
    run.count(row, is_changed=bool(words), words=f"{person} {'、'.join(words)}")


def latest(dated):
    """Of rows dated by `since`, the last; None where there is none."""
    return max(dated, key=lambda row: row.since, default=None)


def columns_of(row: Row) -> dict:
    return {
        "name": row["姓名"],
        "initials": initials(row["姓名"]),
        "kind": row["人员类别"],
        "practice_certificate_no": row["执业证号"],
        "qualification_no": row["法律职业资格证号"],
        "service_years": row["从业年限"],
        "phone": row["联系电话"],
    }


def change_firm(run: ImportRun, row: Row, person: Practitioner, today) -> bool:
    if not row["所属单位"]:
        return False
    current = latest(person.affiliations.all())
    if current and current.organization.name == row["所属单位"]:
        return False
    organization = organization_named(run, row["所属单位"])
    if current and current.since >= today:
        return run.update(current, organization=organization)
    if current and current.until is None:
        run.update(current, until=today - timedelta(days=1))
    run.added([Affiliation.objects.create(practitioner=person, organization=organization, since=today)])
    return True


def change_account(run: ImportRun, row: Row, person: Practitioner) -> bool:
    number = row["银行账号"]
    accounts = [item for item in person.bank_accounts.all() if item.state in ("confirmed", "proposed")]
    if not number or any(
        account.account_index == keyed_index(number) and account.bank_name == row["开户行"] for account in accounts
    ):
        return False
    run.added([new_account(run, row, person, is_first=not accounts)])
    return True


def new_account(run: ImportRun, row: Row, person: Practitioner, *, is_first: bool) -> BankAccount:
    """The first account came with the person and is in use; any later one is only proposed (safety.md 5)."""
    return BankAccount.objects.create(
        practitioner=person,
        holder=person.name,
        bank_name=row["开户行"],
        account_no=row["银行账号"],
        account_index=keyed_index(row["银行账号"]),
        state=BankAccount.State.CONFIRMED if is_first else BankAccount.State.PROPOSED,
        is_first=is_first,
        proposed_by=run.by,
        proposed_at=run.at,
    )


KINDS_BY_NAME = (
    ("律师事务所", Organization.Kind.LAW_FIRM),
    ("法律服务所", Organization.Kind.GRASSROOTS_OFFICE),
    ("法律援助中心", Organization.Kind.AID_CENTRE),
    ("司法所", Organization.Kind.JUDICIAL_OFFICE),
    ("司法局", Organization.Kind.JUSTICE_BUREAU),
    ("公证处", Organization.Kind.NOTARY),
    ("法院", Organization.Kind.COURT),
    ("检察院", Organization.Kind.PROCURATORATE),
    ("学院", Organization.Kind.COLLEGE),
    ("大学", Organization.Kind.COLLEGE),
)


def organization_named(run: ImportRun, name: str) -> Organization:
    """The organisation of that name in the county, made if nobody knows it; its kind is read from its name."""
    organization = Organization.objects.filter(region=run.county, name=name).first()
    if organization is None:
        kind = next((kind for ending, kind in KINDS_BY_NAME if ending in name), Organization.Kind.OTHER)
        organization = Organization.objects.create(region=run.county, name=name, kind=kind)
        run.added([organization])
    return organization


class UnknownCounty(Refused):
    """No county of that code or name is loaded."""


def county_by_code(code: str) -> Region:
    """The county that a command names by code or name."""
    counties = Region.objects.counties()
    county = counties.filter(code=code).first() if code else None
    county = county or counties.filter(name=code).first()
    if county is None:
        raise UnknownCounty(f"没有代码为“{code}”的县：请先用 load_plan 载入该县的实施方案。")
    return county


STATION_WORDS = ("公共法律服务工作站", "公共法律服务中心", "公共法律服务站")


@dataclass
class Directory:
    """How a workbook names stations and people: short names allowed, people by name, by ID number where two share one."""

    stations: dict[str, Station]
    people: dict[str, list[Practitioner]]

    @classmethod
    def of(cls, county) -> "Directory":
        """Everything a county's workbook may name: two queries."""
        stations: dict[str, Station] = {}
        centres = []
        for station in Station.objects.in_county(county).active():
            stations[station.name] = station
            stations.setdefault(station.short_name, station)
            for words in STATION_WORDS:
                stations.setdefault(station.name.removesuffix(words), station)
            if station.kind == Station.Kind.COUNTY_CENTRE:
                centres.append(station)
        if len(centres) == 1:
            stations.setdefault("县中心", centres[0])
        people: dict[str, list[Practitioner]] = {}
        entries = PoolEntry.objects.filter(county=county).exclude(state=PoolEntry.State.REFUSED)
        for person in Practitioner.objects.current().filter(pk__in=entries.values("practitioner")).order_by("pk"):
            people.setdefault(person.name, []).append(person)
        return cls(stations, people)

    def station(self, run: ImportRun, row: Row) -> Station | None:
        name = tables.plain_text(row["站点"]).replace(" ", "")
        station = self.stations.get(name)
        if station is None:
            run.wrong(row, "站点", "本县没有这个站点：请写全称或简称，例如“巴公镇”“县中心”。")
        return station

    def person(self, run: ImportRun, row: Row) -> Practitioner | None:
        """The person a row names by 值班人员 and, where given or needed, 身份证号."""
        namesakes = self.people.get(row["值班人员"], [])
        number = row["身份证号"]
        if number:
            found = [person for person in namesakes if person.id_index == keyed_index(number)]
            if not found:
                run.wrong(row, "身份证号", "值班人员库里没有这个姓名和身份证号的人：请核对，或先在“值班人员”表中登记。")
                return None
            return found[0]
        if not namesakes:
            run.wrong(row, "值班人员", "值班人员库里没有这个人：请核对姓名，或先在“值班人员”表中登记。")
            return None
        if len(namesakes) > 1:
            run.wrong(row, "身份证号", f"有 {len(namesakes)} 个人叫“{row['值班人员']}”：请填写身份证号以区分。")
            return None
        return namesakes[0]

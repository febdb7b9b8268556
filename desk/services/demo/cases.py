"""Whom the demonstration's cases are about: invented people, matters, courts, firms, the aid centre. Nobody of them exists."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts import audit
from common.encryption import keyed_index
from common.id_numbers import check_digit
from desk.services.demo.people import GIVEN, SURNAMES
from organizations.models import Affiliation, Organization, Practitioner


@dataclass(frozen=True)
class Matter:
    """A kind of case: whose, about what, by which basis."""

    cause: str
    group: str
    matter: str
    basis: str
    born: int = 1980
    gender: str = "1"
    type: str = "civil_litigation"
    stage: str = "first_instance"
    hardship: str = "commitment"
    organ: str = ""
    procedure: str = ""
    result: str = "won"

    @property
    def is_notice(self):
        return bool(self.organ)


MATTERS = {
    "wages": Matter("追索劳动报酬纠纷", "migrant_worker", "m05", "laf_31", hardship="exempt"),
    "injury": Matter("工伤保险待遇纠纷", "migrant_worker", "m07", "laf_31", born=1976, result="partly"),
    "parent": Matter("赡养费纠纷", "elderly", "m04", "laf_31", born=1948, gender="2", result="mediated"),
    "child": Matter("抚养费纠纷", "minor", "m04", "laf_31", born=2012, gender="2"),
    "divorce": Matter("离婚纠纷（家庭暴力）", "woman", "n04", "laf_32", born=1986, gender="2", hardship="no_condition"),
    "traffic": Matter("机动车交通事故责任纠纷", "farmer", "m07", "laf_31", born=1971, result="partly"),
    "pension": Matter("养老保险待遇纠纷", "elderly", "m02", "laf_31", born=1955),
    "care": Matter("扶养费纠纷", "disabled", "m04", "laf_31", born=1969, gender="2", result="mediated"),
    "medical": Matter("医疗损害责任纠纷", "woman", "m07", "laf_31", born=1979, gender="2", result="settled"),
    "soldier": Matter("抚恤金待遇纠纷", "military", "m03", "laf_31", born=1966),
    "victim": Matter(
        "故意伤害罪（附带民事诉讼代理）", "woman", "c29", "laf_29", born=1990, gender="2", type="criminal_litigation", result="partly"
    ),
    "young_thief": Matter(
        "盗窃罪（未成年人）", "minor", "c25_1", "cpl_278", born=2005, type="criminal_defence", hardship="not_applicable", organ="court",
        procedure="ordinary", result="probation",
    ),
    "deaf": Matter(
        "诈骗罪（听力残疾人）", "disabled", "c25_2", "cpl_35", born=1984, type="criminal_defence", hardship="not_applicable",
        organ="court", procedure="ordinary", result="lighter",
    ),
    "defendant": Matter(
        "故意伤害罪", "farmer", "c25p2", "laf_25_2", born=1988, type="criminal_defence", hardship="not_applicable", organ="court",
        procedure="ordinary", result="lighter",
    ),
    "prosecuted": Matter(
        "盗窃罪（未成年人，审查起诉阶段）", "minor", "c25_1", "cpl_278", born=2005, type="criminal_defence", stage="prosecution_review",
        hardship="not_applicable", organ="procuratorate", result="not_prosecuted",
    ),
    "arbitration": Matter(
        "追索劳动报酬争议（仲裁）", "migrant_worker", "m05", "laf_31", type="labour_arbitration", stage="arbitration", hardship="exempt",
        result="award",
    ),
}  # fmt: skip
COURTS = {"court": "泽州县人民法院（演示）", "procuratorate": "泽州县人民检察院（演示）"}
AGENCY = "泽州县法律援助中心"
AGENCY_LAWYER = "尹示例"


# What the county pays for a case by its own standard, in yuan; the special fund gives the first thousand of it.
LOCAL_STANDARD = {"criminal_defence": "2000.00", "criminal_litigation": "1500.00", "civil_litigation": "1500.00"}
STANDARD_OF_OTHERS = "800.00"


def standard_of(type_: str) -> Decimal:
    return Decimal(LOCAL_STANDARD.get(type_, STANDARD_OF_OTHERS))


def recipient_name(n: int) -> str:
    """A name that nobody in the pool bears: the surname in turn, another given name than there."""
    return SURNAMES[n % len(SURNAMES)] + GIVEN[(n + 3 + n // len(SURNAMES)) % len(GIVEN)]


def opponent_of(n: int, matter: Matter) -> str:
    """The other side: a firm that does not exist, or somebody of the family who does not either."""
    if matter.matter in ("m05", "m07", "m02", "m03"):
        return f"{SURNAMES[n % len(SURNAMES)]}氏虚构{('建筑', '物流', '食品', '机械')[(n + n // len(SURNAMES)) % 4]}有限公司"
    return recipient_name(n + 50)


def identity(n: int, *, born: int, gender: str) -> str:
    """A formally right number of nobody: born on a 30th, on which none of the pool was."""
    month = (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)[n % 11]
    stem = f"140525{born}{month:02}30{900 + 2 * (n % 49) + (gender == '1'):03d}"
    return stem + check_digit(stem)


def add_agency(*, county, section) -> Practitioner:
    """The aid centre with its telephone, and its own lawyer, who is paid nothing for a case."""
    agency, _ = Organization.objects.update_or_create(
        region=county,
        name=AGENCY,
        kind=Organization.Kind.AID_CENTRE,
        defaults={"phone": "0356-0000148", "address": "泽州县演示街1号", "leader": "陈演示"},
    )
    number = identity(400, born=1983, gender="1")
    person = Practitioner.objects.create(
        name=AGENCY_LAWYER, initials="YSL", id_number=number, id_index=keyed_index(number), birth_date=date(1983, 5, 30), gender="1",
        kind=Practitioner.Kind.AGENCY_STAFF, qualification_no="演示A20220400", phone="13900000400",
    )  # fmt: skip
    Affiliation.objects.create(practitioner=person, organization=agency, since=date(2022, 1, 1))
    audit.record(by=section, action="organizations.edit", on=agency, after={"名称": agency.name})
    return person

"""The hardship review as a decision table: the first row that fits says how, by which clause, with which papers. domain.md §3.4.

Pure. Legal Aid Law (LAF) 25, 32, 34, 36, 41, 42; Shanxi regulation 16; the Jilin plan of 2018 (J-PRI-1).
"""

from collections.abc import Callable
from dataclasses import dataclass

NOT_APPLICABLE, NO_CONDITION, EXEMPT = "not_applicable", "no_condition", "exempt"
SHARED_CHECK, COMMITMENT = "shared_check", "commitment"

# What an applicant may state; ticked in the form, kept with the case.
CLAIMS = {
    "no_livelihood": "无固定生活来源的未成年人、老年人、残疾人",
    "assistance": "社会救助、司法救助或者优抚对象",
    "migrant_pay": "进城务工人员请求支付劳动报酬或者工伤事故人身损害赔偿",
    "by_law": "法律、法规、规章规定免予核查的其他人员",
    "local": "《山西省法律援助条例》第十六条列举的人员",
}
NEEDING_A_LIVELIHOOD = frozenset({"minor", "elderly", "disabled"})
WAGES, INJURY = "m05", "m07"


@dataclass(frozen=True)
class Facts:
    """What the table looks at. `prefers_check`: the office checks by information sharing instead of taking a commitment."""

    is_notified: bool = False
    matter: str = ""
    groups: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    prefers_check: bool = False


@dataclass(frozen=True)
class Row:
    """One row: its order, the mode it gives, why, by which clause, and the papers that prove it."""

    order: int
    code: str
    mode: str
    words: str
    clause: str
    evidence: tuple[str, ...]
    fits: Callable[[Facts], bool]

    @property
    def needs_statement(self) -> bool:
        """Whether 经济困难状况说明表 is among the papers of the application."""
        return self.mode in (SHARED_CHECK, COMMITMENT)

    @property
    def ground(self) -> str:
        """The row in one line, as the case keeps it."""
        return f"{self.words}（{self.clause}）"


_PROOF_OF_SITUATION = {
    "n01": ("英雄烈士证明", "近亲属关系证明"),
    "n02": ("见义勇为的证明材料",),
    "n03": ("再审改判无罪的判决书",),
    "n04": ("报警记录、告诫书、伤情诊断、妇联或者村（居）委会证明之一",),
    "n05": ("符合该项情形的证明材料",),
}


def _claims(code: str) -> Callable[[Facts], bool]:
    return lambda facts: code in facts.claims


def _is_migrant_for_pay(facts: Facts) -> bool:
    """Wages are always meant; of the damages of LAF 31(7) only those of an accident at work, which somebody must state."""
    if "migrant_worker" not in facts.groups:
        return False
    return facts.matter == WAGES or (facts.matter == INJURY and "migrant_pay" in facts.claims)


def asks_for(item: str) -> Callable[[Facts], bool]:
    """Whether an application asks for that item of art. 32."""
    return lambda facts: facts.matter == item


TABLE: tuple[Row, ...] = (
    Row(
        1, "notified", NOT_APPLICABLE, "办案机关通知辩护，不审查经济困难状况", "法律援助法25、36条",
        ("通知辩护公函",), lambda facts: facts.is_notified,
    ),
    *(
        Row(
            2, f"situation_{item}", NO_CONDITION, "援助事项不受经济困难条件限制", f"法律援助法32条{int(item[1:])}项",
            papers, asks_for(item),
        )
        for item, papers in _PROOF_OF_SITUATION.items()
    ),
    Row(
        3, "no_livelihood", EXEMPT, "无固定生活来源的未成年人、老年人、残疾人等特定群体，免予核查", "法律援助法42条1项",
        ("无固定生活来源的证明", "年龄证明或者残疾人证"),
        lambda facts: "no_livelihood" in facts.claims and bool(facts.groups & NEEDING_A_LIVELIHOOD),
    ),
    Row(
        3, "assistance", EXEMPT, "社会救助、司法救助或者优抚对象，免予核查", "法律援助法42条2项",
        ("低保证、特困供养证、优抚证或者法院司法救助决定书之一",), _claims("assistance"),
    ),
    Row(
        3, "migrant_pay", EXEMPT, "进城务工人员请求支付劳动报酬或者工伤赔偿，免予核查", "法律援助法42条3项",
        ("劳动合同、工资记录、欠条等务工证明之一",), _is_migrant_for_pay,
    ),
    Row(
        3, "by_law", EXEMPT, "法律、法规、规章规定的其他人员，免予核查", "法律援助法42条4项",
        ("符合该规定的证明材料",), _claims("by_law"),
    ),
    Row(
        4, "registered_poor", EXEMPT, "建档立卡贫困户，免予核查", "吉林省2018年方案 三（一）3",
        ("建档立卡登记证明（扶贫手册）",), lambda facts: "registered_poor" in facts.groups,
    ),
    Row(
        4, "local", EXEMPT, "地方性法规规定的人员，免予核查", "山西省法律援助条例16条",
        ("符合该条的证明材料",), _claims("local"),
    ),
    Row(
        5, "shared_check", SHARED_CHECK, "通过信息共享查询核查经济困难状况", "法律援助法34、41条",
        ("经济困难状况说明表", "核查授权"), lambda facts: facts.prefers_check,
    ),
    Row(
        5, "commitment", COMMITMENT, "由申请人作个人诚信承诺", "法律援助法34、41条",
        ("经济困难状况说明表", "个人诚信承诺书"), lambda facts: True,
    ),
)  # fmt: skip


def decide(facts: Facts) -> Row:
    """The first row of the table that fits; the last one fits everybody."""
    return next(row for row in TABLE if row.fits(facts))


def contradicted_claims(facts: Facts) -> list[str]:
    """Claims that the person's groups or matter do not bear, in words a clerk can act on."""
    words = []
    if "no_livelihood" in facts.claims and not facts.groups & NEEDING_A_LIVELIHOOD:
        words.append("选了“无固定生活来源”，但没有选未成年人、老年人或者残疾人。")
    if "migrant_pay" in facts.claims and "migrant_worker" not in facts.groups:
        words.append("选了“进城务工人员请求劳动报酬或者工伤赔偿”，但群体里没有农民工。")
    if "migrant_pay" in facts.claims and facts.matter not in (WAGES, INJURY):
        words.append("选了“进城务工人员请求劳动报酬或者工伤赔偿”，但援助事项不是劳动报酬或者人身损害赔偿。")
    return words


# J-PRI-1: what a registered poor person is given before others.
FIVE_PRIORITIES = ("优先接待", "优先受理", "优先指派", "优先承办", "优先回访")


def priorities_of(groups: frozenset[str]) -> tuple[str, ...]:
    """The five priorities for a registered poor person, nothing for others."""
    return FIVE_PRIORITIES if "registered_poor" in groups else ()

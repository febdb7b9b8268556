"""Which papers an application or a notice comes with, and which of them are missing: named once, all together. LAF 41–43, FC17 art. 4.

Pure. Kinds are those of `legalaid.rules.materials`.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from legalaid.rules.groups import PROVED_BY_ID, WORDS
from legalaid.rules.hardship import COMMITMENT, NO_CONDITION, Row
from legalaid.rules.materials import KINDS, proof_of

# What an organ sends besides its letter, by stage.
CHARGE_DOCUMENTS = {
    "investigation": "采取强制措施决定书副本",
    "prosecution_review": "起诉意见书副本",
    "first_instance": "起诉书副本",
    "second_instance": "一审判决书、上诉状或者抗诉书副本",
    "retrial": "申诉立案通知书或者再审决定书副本",
    "death_review": "死刑判决、裁定副本",
}


class Needed(NamedTuple):
    """One paper: its kind, the group it proves, and its name as the applicant is told it."""

    kind: str
    group: str
    words: str

    @property
    def code(self) -> str:
        return f"{self.kind}:{self.group}"


def of_application(row: Row, groups: Iterable[str], *, has_identity_card: bool, has_proxy: bool) -> list[Needed]:
    """The papers of an application whose hardship is judged by this row of the table."""
    needed = [
        Needed("application", "", "法律援助申请表（申请人签名或者按指印）"),
        Needed("identity", "", "申请人身份证明"),
        Needed("case_material", "", KINDS["case_material"]),
    ]
    if has_proxy:
        needed.append(Needed("proxy_proof", "", KINDS["proxy_proof"]))
    if row.needs_statement:
        needed.append(Needed("hardship_statement", "", KINDS["hardship_statement"]))
    if row.mode == COMMITMENT:
        needed.append(Needed("commitment", "", KINDS["commitment"]))
    elif not row.needs_statement:
        of = "免予核查的证明" if row.mode != NO_CONDITION else "不受经济困难条件限制的证明"
        needed.append(Needed("hardship_proof", "", f"{of}：{'、'.join(row.evidence)}"))
    for group in groups:
        proof = proof_of(group)
        if proof and not (has_identity_card and group in PROVED_BY_ID) and proof[0] == "group_proof":
            needed.append(Needed("group_proof", group, f"{WORDS[group]}证明：{proof[1]}{'之一' if '、' in proof[1] else ''}"))
    return needed


def of_notice(stage: str) -> list[Needed]:
    """The papers an organ sends with its notice."""
    charge = CHARGE_DOCUMENTS.get(stage, KINDS["charge_document"])
    return [Needed("notice_letter", "", KINDS["notice_letter"]), Needed("charge_document", "", charge)]


def missing(needed: Iterable[Needed], there: Collection[tuple[str, str]]) -> list[Needed]:
    """Those of them that the file does not hold yet; `there` are (kind, group) of its papers."""
    held = {(kind, group if kind == "group_proof" else "") for kind, group in there}
    return [each for each in needed if (each.kind, each.group) not in held]

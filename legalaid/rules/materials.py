"""What lies in the file of a case, by kind: the codes of the checklists (legalaid/checklists), and a few that no list asks for.

domain.md 3.1 A2, 3.8, 4.9.
"""

from collections.abc import Collection

from legalaid.rules.groups import PROOFS, PROVED_BY_ID

KINDS = {
    "application": "法律援助申请表",
    "identity": "申请人身份证明",
    "group_proof": "特殊群体证明",
    "hardship_statement": "经济困难状况说明表",
    "commitment": "个人诚信承诺书",
    "hardship_proof": "免予核查、不受经济困难条件限制的证明",
    "proxy_proof": "代理人身份、代理权证明",
    "case_material": "与申请事项有关的案件材料",
    "supplement": "补正材料",
    "notice_letter": "通知辩护公函",
    "charge_document": "起诉意见书、起诉书、判决书等副本",
    "review_sheet": "法律援助审查表",
    "grant_decision": "给予法律援助决定书",
    "assignment_notice": "指派通知书",
    "official_letter": "法律援助公函",
    "agreement": "委托协议、授权委托书",
    "meeting_record": "会见、约见笔录",
    "file_reading_notes": "阅卷笔录",
    "evidence": "证据材料、调查取证记录",
    "pleading": "起诉、答辩、仲裁申请等文书",
    "summons": "出庭通知、传票",
    "hearing_record": "庭审笔录",
    "mediation_record": "调解、协商记录",
    "opinion": "辩护词、代理词、书面意见",
    "judgment": "判决书、裁定书、调解书、裁决书",
    "outcome": "结案的其他文书、协议",
    "progress_record": "承办情况通报、报告记录",
    "closing_report": "结案报告表",
    "pre_notice": "案前告知记录",
    "mid_supervision": "案中监督记录",
    "follow_up": "受援人回访记录表",
    "organ_opinion": "办案机关对承办质量的意见",
    "service_receipt": "送达回证",
    "refusal_of_counsel": "本人拒绝辩护的书面材料",
    "withdrawal": "撤回申请的书面材料",
    "objection": "异议材料",
    "replacement": "更换法律援助人员的申请",
    "termination_decision": "终止法律援助决定书",
    "termination_letter": "终止法律援助公函",
    "other": "其他材料",
}
# What an applicant hands over with the application or when asked for more: the receipt names these, not what came later.
BROUGHT = frozenset(
    {
        "application", "identity", "group_proof", "hardship_statement", "commitment", "hardship_proof", "proxy_proof", "case_material",
        "supplement", "other",
    }
)  # fmt: skip
# Any of these shows why and how the economic situation was judged, by the mode of review (domain.md 3.4).
HARDSHIP_PROOFS: dict[str, tuple[str, ...]] = {
    "no_condition": ("hardship_proof",),
    "exempt": ("hardship_proof", "group_proof"),
    "shared_check": ("hardship_statement", "hardship_proof"),
    "commitment": ("commitment", "hardship_statement", "hardship_proof"),
}


def words_of(kind: str) -> str:
    """The kind in words; a kind of another time or office stands as it was written."""
    return KINDS.get(kind, kind)


def proof_of(group: str) -> tuple[str, str] | None:
    """What proves a group: (kind of file, its words); None where nothing is to be shown."""
    if group in PROVED_BY_ID:
        return "identity", "、".join(PROOFS[group])
    return ("group_proof", "、".join(PROOFS[group])) if group in PROOFS else None


def lacks_hardship_proof(mode: str, kinds: Collection[str]) -> str:
    """What is missing for this mode of review, in words; empty when one of the papers is there or none is needed."""
    wanted = HARDSHIP_PROOFS.get(mode, ())
    if not wanted or any(kind in kinds for kind in wanted):
        return ""
    return "或者".join(KINDS[kind] for kind in wanted)

"""The matters of Legal Aid Law 31 and 32 and the criminal routes: which case types fit, which Huimin basis, and why. Z-CASE-3.

Pure. What is suggested is explained and may be overruled by the person who knows the case.
"""

from typing import NamedTuple

CRIMINAL_TYPES = frozenset({"criminal_defence", "criminal_litigation"})
_CIVIL = frozenset({"civil_litigation", "non_litigation"})
_LABOUR = _CIVIL | {"labour_arbitration"}
_WITH_ADMINISTRATIVE = _CIVIL | {"administrative_litigation"}

TYPES_OF: dict[str, frozenset[str]] = {
    "m01": frozenset({"state_compensation"}),
    "m02": _LABOUR | {"administrative_litigation"},
    "m03": _WITH_ADMINISTRATIVE,
    "m04": _CIVIL,
    "m05": _LABOUR,
    "m06": _CIVIL,
    "m07": _LABOUR | {"administrative_litigation"},
    "m08": _WITH_ADMINISTRATIVE,
    "m09": _LABOUR | {"administrative_litigation", "state_compensation"},
    "n01": _CIVIL,
    "n02": _CIVIL,
    "n03": frozenset({"state_compensation"}),
    "n04": _CIVIL | {"criminal_litigation"},
    "n05": _LABOUR | {"administrative_litigation", "state_compensation"},
    "c24": frozenset({"criminal_defence"}),
    "c25_1": frozenset({"criminal_defence"}),
    "c25_2": frozenset({"criminal_defence"}),
    "c25_3": frozenset({"criminal_defence"}),
    "c25_4": frozenset({"criminal_defence"}),
    "c25_5": frozenset({"criminal_defence"}),
    "c25_6": frozenset({"criminal_defence"}),
    "c25_7": frozenset({"criminal_defence"}),
    "c25p2": frozenset({"criminal_defence"}),
    "c28": frozenset({"criminal_defence", "criminal_litigation"}),
    "c29": frozenset({"criminal_litigation"}),
    "c33": frozenset({"civil_litigation", "administrative_litigation", *CRIMINAL_TYPES}),
}  # fmt: skip
# Routes that begin with a notice of an organ; all others begin with an application.
NOTICE_MATTERS = ("c25_1", "c25_2", "c25_3", "c25_4", "c25_5", "c25_6", "c25_7", "c25p2", "c28")
APPLICATION_MATTERS = tuple(matter for matter in TYPES_OF if matter not in NOTICE_MATTERS)

COURT_STAGES = ("first_instance", "second_instance", "retrial")
STAGES_OF: dict[str, tuple[str, ...]] = {
    "civil_litigation": (*COURT_STAGES, "mediation", "enforcement", "other"),
    "criminal_defence": ("investigation", "prosecution_review", *COURT_STAGES, "death_review", "other"),
    "criminal_litigation": ("investigation", "prosecution_review", *COURT_STAGES, "other"),
    "administrative_litigation": (*COURT_STAGES, "reconsideration", "enforcement", "other"),
    "state_compensation": (*COURT_STAGES, "reconsideration", "other"),
    "non_litigation": ("mediation", "reconsideration", "enforcement", "other"),
    "labour_arbitration": ("arbitration", "mediation", "other"),
}
# Which stages an organ's own notice can be about.
STAGES_OF_ORGAN: dict[str, tuple[str, ...]] = {
    "court": (*COURT_STAGES, "death_review", "other"),
    "procuratorate": ("prosecution_review", "other"),
    "public_security": ("investigation", "other"),
    "state_security": ("investigation", "other"),
}
# What a consultation of that category is most often about, once it becomes an application.
MATTER_OF_CONSULTATION = {
    "labour": "m05", "work_injury": "m07", "traffic": "m07", "medical": "m07", "support": "m04", "social_security": "m02",
    "criminal": "c24",
}  # fmt: skip
CAUSES = {"m05": "追索劳动报酬纠纷", "m04": "抚养费、赡养费纠纷", "n04": "离婚纠纷（家庭暴力）"}
# The usual type of a matter, where nothing else is known.
USUAL_TYPE = {
    "m01": "state_compensation",
    "n03": "state_compensation",
    "c28": "criminal_litigation",
    "c29": "criminal_litigation",
}


class Basis(NamedTuple):
    """A suggested Huimin basis and the sentence that says why."""

    code: str
    why: str


def usual_type(matter: str) -> str:
    if matter in USUAL_TYPE:
        return USUAL_TYPE[matter]
    return "criminal_defence" if matter.startswith("c") else "civil_litigation"


def suggested_basis(matter: str, stage: str = "", procedure: str = "") -> Basis:
    """The Huimin basis that the matter points to. Readings D16 (24, 28, 33 are not listed), D39 (29 before trial)."""
    if matter.startswith("m"):
        return Basis("laf_31", f"援助事项是法律援助法第三十一条第{int(matter[1:])}项，方案四（二）2直接列举。")
    if matter.startswith("n"):
        return Basis("laf_32", f"援助事项是法律援助法第三十二条第{int(matter[1:])}项，方案四（二）2直接列举。")
    if matter == "c25_1":
        return Basis("cpl_278", "未成年人没有委托辩护人的，依刑事诉讼法第二百七十八条通知；惠民工程只计审判阶段。")
    if matter in ("c25_2", "c25_3", "c25_4"):
        return Basis("cpl_35", "依刑事诉讼法第三十五条通知辩护；惠民工程只计审判阶段。")
    if matter.startswith("c25_"):
        return Basis("laf_25_1", "依法律援助法第二十五条第一款通知辩护；惠民工程只计审判阶段。")
    if matter == "c25p2":
        return _optional_notice(stage, procedure)
    if matter == "c29":
        more = "" if stage in COURT_STAGES else "审判以前的阶段是否计入，由司法局业务股认定（口径 D39）。"
        return Basis("laf_29", "被害人、自诉人、附带民事诉讼原告人的代理，法律援助法第二十九条。" + more)
    if matter in ("c24", "c28", "c33"):
        return Basis("not_listed", "方案四（二）2没有列举这一条，是否计入惠民工程由司法局业务股认定（口径 D16）。")
    return Basis("not_listed", "还没有选择援助事项。")


def _optional_notice(stage: str, procedure: str) -> Basis:
    if stage in ("second_instance", "retrial") or (stage == "first_instance" and procedure in ("", "ordinary")):
        return Basis("laf_25_2", "普通程序一审、二审或者审判监督程序的其他被告人，法律援助法第二十五条第二款。")
    if procedure in ("summary", "fast_track"):
        return Basis("not_listed", "简易、速裁程序由值班律师提供法律帮助，不属于方案列举的通知辩护（方案四（二）2）。")
    return Basis("not_listed", "法律援助法第二十五条第二款只指审判阶段的被告人。")


def misfit(matter: str, type_: str, stage: str) -> tuple[str, str] | None:
    """(field, sentence) for a type or stage that cannot go with the matter; None when they agree."""
    if matter and type_ and type_ not in TYPES_OF[matter]:
        return "type", "案件类型与援助事项不相符：请按援助事项重新选择案件类型。"
    if type_ and stage and stage not in STAGES_OF[type_]:
        return "stage", "办理阶段与案件类型不相符：请重新选择。"
    return None

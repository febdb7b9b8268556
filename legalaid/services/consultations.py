"""What becomes of the application is told to the consultation it came from: its hand-over is answered by the steps of the case.

The station reads there that the centre has taken the application and how it decided; of a sensitive case only that it decided.
"""

from accounts.services import system_user
from common import clock
from consultations.models import Handover
from consultations.services.handovers import answer_handover
from legalaid.models import AidCase

TAKEN, DONE, DECLINED = Handover.State.TAKEN, Handover.State.DONE, Handover.State.DECLINED
# Step → what the hand-over becomes and its result in words.
ANSWERS = {
    "receive": (TAKEN, ""),
    "grant": (DONE, "给予法律援助"),
    "grant_pre_aid": (DONE, "先行提供法律援助"),
    "refuse": (DONE, "不予法律援助"),
    "deem_withdrawn": (DONE, "视为撤回申请"),
    "withdraw": (DONE, "申请人撤回"),
    "redirect": (DONE, "告知向有管辖权的机构申请"),
    "dismiss": (DECLINED, "登记作废"),
}


def answer_consultation(case: AidCase, step: str) -> None:
    """Answer the hand-over to legal aid that the case came by, when this step is an answer and nobody has given one."""
    if case.consultation_id is None or case.is_history or step not in ANSWERS:
        return
    state, words = ANSWERS[step]
    awaited = Handover.OPEN_STATES if state == DONE else (Handover.State.OPEN,)
    waiting = Handover.objects.filter(
        consultation=case.consultation_id, consultation__is_void=False, kind=Handover.Kind.LEGAL_AID, state__in=awaited
    )
    result = "援助中心已作出决定" if words and case.is_sensitive else words
    for handover in waiting:
        answer_handover(handover_id=handover.pk, state=state, day=clock.today(), result=result, by=system_user())

"""What follows of case subsidies when two records of one person become one (consultations.services.merging asks each floor above).

A draft is drafted again: its signature is refused while a payee has changed. What was handed in names its payee until it is paid.
"""

from common.errors import Refused
from subsidies.models import CaseList, CasePayRow


class MergeRefused(Refused):
    """The record is being paid from a list that does not change any more."""


def follow(*, keep, duplicate) -> dict[str, int]:
    """Nothing moves. Refused while a list that was handed in still owes the duplicate."""
    handed_in = CasePayRow.objects.filter(practitioner=duplicate, amount__gt=0).exclude(list__status=CaseList.Status.DRAFT)
    paid = handed_in.filter(payments__state="paid")
    owed = handed_in.exclude(pk__in=paid.values("pk")).select_related("list__county").first()
    if owed:
        raise MergeRefused(f"{owed.list}还没有付给{owed.name}：请等支付结束，或者退回这些案件后再合并。", field="duplicate")
    return {}

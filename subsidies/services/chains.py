"""How many people hold the steps of a county's pay sheets, since when. design.md 5."""

from django.db import transaction

from accounts import audit
from subsidies.models import PayChain
from subsidies.services.refusals import MoneyRefused, told_in_words
from subsidies.services.sheets import require_right


class ChainRefused(MoneyRefused):
    """The distribution of posts cannot be decided this way."""


@transaction.atomic
def decide_chain(*, county, people, since, reason, by):
    """Decide the chain from a day on. Sheets drafted before keep the one they were drafted under until they are redrafted."""
    require_right(by, "subsidies.set_chain")
    if not reason.strip():
        raise ChainRefused("没有写依据：请写明批准文件或会议纪要。", field="reason")
    if people not in PayChain.People.values:
        raise ChainRefused("岗位分工只能是五人、四人或三人制。", field="people")
    before = PayChain.objects.filter(county=county).first()
    if before and since <= before.since:
        raise ChainRefused(f"已有 {before.since} 起的分工，新的起始日期要在它之后。", field="since")
    with told_in_words():
        chain = PayChain.objects.create(county=county, people=people, since=since, reason=reason.strip(), decided_by=by)
    audit.record(
        by=by,
        action="subsidies.set_chain",
        on=chain,
        before={"岗位分工": str(before or PayChain.People.FIVE.label)},
        after={"岗位分工": str(chain), "起始日期": since},
        reason=reason.strip(),
    )
    return chain

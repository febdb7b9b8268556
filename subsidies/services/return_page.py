"""What the page of a quarterly return shows around its figures: the steps, the acts of this reader, quarters without one."""

from dataclasses import dataclass

from accounts.policy import may
from common import clock
from common.periods import Quarter
from programmes.models import Plan
from subsidies.models import QuarterlyReturn

Status = QuarterlyReturn.Status


@dataclass(frozen=True)
class Step:
    """One step of the way: its words, its state on the page (done, now, bad, or nothing), who and when."""

    words: str
    state: str
    who: str


WAY = (
    ("编制", Status.DRAFT, "prepared"),
    ("复核", Status.REVIEWED, "reviewed"),
    ("签发", Status.SIGNED, "signed"),
    ("报送市局", Status.SENT, "sent"),
    ("市局接收", Status.NOTED, "answered"),
)
# Until where the way was gone, by the state the return is in.
DONE = {Status.DRAFT: 0, Status.REVIEWED: 2, Status.SIGNED: 3, Status.SENT: 4, Status.NOTED: 5, Status.RETURNED: 4}


def steps_of(report: QuarterlyReturn) -> list[Step]:
    done = DONE[report.status]
    found = []
    for place, (words, _status, who) in enumerate(WAY):
        state = "done" if place < done else "now" if place == done else ""
        if place == done and report.status == Status.RETURNED:
            words, state = "市局退回", "bad"
        found.append(Step(words, state, held(report, who) if place < done or state == "bad" or place == 0 else ""))
    return found


def held(report, who) -> str:
    """Who held a step, and when."""
    person = getattr(report, f"{who}_by")
    if person is None:
        return ""
    when = report.sent_on if who == "sent" else getattr(report, f"{who}_at").astimezone(clock.SHANGHAI).date()
    return f"{person} {when}"


# State → (act, right, words of the button); the others' turn is told by the steps.
ACTS = {
    Status.DRAFT: (("review", "subsidies.review_return"), ("refresh", "subsidies.prepare_return")),
    Status.REVIEWED: (("sign", "subsidies.sign_return"), ("send-back", "subsidies.send_back_return")),
    Status.SIGNED: (("send", "subsidies.prepare_return"),),
    Status.SENT: (("note", "subsidies.note_return"),),
    Status.RETURNED: (("refresh", "subsidies.prepare_return"),),
}
HOLDERS = {"review": ("prepared_by_id",), "sign": ("prepared_by_id", "reviewed_by_id")}


def acts_of(report: QuarterlyReturn, user) -> dict[str, str]:
    """The acts this reader's posts allow now, each with why she may not all the same (empty when she may). I14."""
    found = {}
    for act, action in ACTS.get(report.status, ()):
        if may(user, action):
            clash = user.pk in [getattr(report, name) for name in HOLDERS.get(act, ())]
            found[act] = "编制、复核、签发须由不同的人办理：请由另一人办理这一步。" if clash else ""
    return found


def quarters_without(county) -> list[Quarter]:
    """Quarters of the county's plans that are over and have no standing return, the latest first."""
    today = clock.today()
    standing = set(QuarterlyReturn.objects.filter(county=county).exclude(status=Status.RETURNED).values_list("first", flat=True))
    found = set()
    for plan in Plan.objects.filter(region=county, starts_on__lte=today):
        quarter = Quarter.of(plan.starts_on)
        while quarter.last < today and quarter.last <= plan.ends_on:
            found.add(quarter)
            quarter = quarter.next()
    return sorted((quarter for quarter in found if quarter.first not in standing), reverse=True)

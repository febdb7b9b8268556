"""Records that lack something: the station mends them, the bureau checks them."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.policy import Role, may
from common import clock
from common.periods import YearMonth
from consultations.models import Consultation, Finding
from consultations.todo.attendance import closed_counties
from records.todo import TodoItem


def todo_items(user):
    if not may(user, "consultations.write_consultation") and Role.SECTION not in user.roles:
        return []
    this = YearMonth.of(clock.today())
    waiting = Consultation.objects.visible_to(user).counted().incomplete().between(this.previous().first, clock.today())
    for period in (this.previous(), this):
        waiting = waiting.exclude(day__range=(period.first, period.last), station__county__in=closed_counties(period))
    if Role.SECTION in user.roles:
        faulted = Finding.objects.filter(kind=Finding.Kind.RECORD_DEFECT, consultation_no=OuterRef("number"))
        waiting = waiting.exclude(Exists(faulted)).exclude(shift=None)
    count = waiting.count()
    if not count:
        return []
    url = f"{reverse('consultations-incomplete')}?since={this.previous().first}"
    words = "检查缺项的咨询记录" if Role.SECTION in user.roles else "补齐缺项的咨询记录"
    return [TodoItem(f"{words} {count} 条", "缺项一份记录扣一次", url, icon="file-exclamation-point")]

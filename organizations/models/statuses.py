"""Proposals that somebody is, or is no longer, a public servant; the leader decides. Z-DUTY-2, plan 四（一）3."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from organizations.models.people import Practitioner


class StatusProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(practitioner__in=Practitioner.objects.visible_to(user))

    def to_decide(self):
        return self.filter(state=StatusProposal.State.PROPOSED)


class StatusProposal(models.Model):
    """A change of public-servant status that waits for the leader (safety.md 5). Z-DUTY-2, plan 四（一）3."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待审定"
        ACCEPTED = "accepted", "已审定"
        REFUSED = "refused", "未同意"

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="status_proposals")
    since = models.DateField("起始日期")
    is_public_servant = models.BooleanField("公职人员")
    evidence = models.CharField("依据", max_length=200)
    paper = models.ForeignKey(
        "records.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明材料"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    opinion = models.CharField("审定意见", max_length=200, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = StatusProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "公职身份变更"
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner"], condition=Q(state="proposed"), name="status_proposal_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="status_proposal_decided_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} 自{self.since}{'是' if self.is_public_servant else '不是'}公职人员"

"""Corrections of consultation records, word by word."""

from django.conf import settings
from django.db import models

from common.encryption import EncryptedTextField
from consultations.models.consultations import Consultation


class RevisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(consultation__in=Consultation.objects.visible_to(user))


class ConsultationRevision(models.Model):
    """One correction: what stood there before and after, who, when, why. Encrypted: it holds people's troubles."""

    append_only = True

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="revisions", verbose_name="咨询记录")
    reason = models.CharField("更正原因", max_length=200, blank=True)
    changes = EncryptedTextField("更正内容")
    revised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更正人")
    revised_at = models.DateTimeField("更正时间")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "咨询记录更正"
        ordering = ["-revised_at", "-pk"]

    def __str__(self):
        return f"{self.consultation} 更正"

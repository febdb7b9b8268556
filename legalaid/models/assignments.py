"""Who undertakes a case, why, and until when. domain.md §3.2; LAF 43, 55; PR23 24–27."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from legalaid.models.cases import AidCase
from organizations.models import Organization, Practitioner


class SpecialtyQuerySet(models.QuerySet):
    def of(self, practitioner_ids):
        return self.filter(practitioner__in=practitioner_ids)


class Specialty(models.Model):
    """What a person is good at, with the day from which the practice counts (three years: LAF 26)."""

    class Field(models.TextChoices):
        CRIMINAL = "criminal", "刑事辩护"
        MINORS = "minors", "未成年人案件"
        LABOUR = "labour", "劳动争议"
        FAMILY = "family", "婚姻家庭"
        TRAFFIC = "traffic", "交通事故、人身损害"
        ADMINISTRATIVE = "administrative", "行政、国家赔偿"
        CIVIL = "civil", "其他民事"

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="specialties", verbose_name="人员")
    field = models.CharField("专长", max_length=20, choices=Field.choices)
    since = models.DateField("从业起始日")

    objects = SpecialtyQuerySet.as_manager()

    class Meta:
        verbose_name = "专长"
        ordering = ["practitioner", "field"]
        constraints = [models.UniqueConstraint(fields=["practitioner", "field"], name="specialty_once_a_person")]

    def __str__(self):
        return f"{self.practitioner} {self.get_field_display()}"


class AssignmentQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(ended_on=None)


class Assignment(models.Model):
    """One person of one firm for one case. At most one stands; the earlier ones stay as history."""

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="assignments", verbose_name="案件")
    office = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="承办机构")
    lawyer = models.ForeignKey(Practitioner, models.PROTECT, related_name="assignments", verbose_name="承办人")
    is_agency_staff = models.BooleanField("法律援助机构人员", default=False)
    assigned_on = models.DateField("指派日期")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="指派人")
    assigned_at = models.DateTimeField("登记时间")
    reason = models.CharField("指派理由", max_length=300)
    # What the program suggested then, best first: who, points and why.
    suggestions = models.JSONField("当时的推荐", default=list, blank=True)
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    ended_on = models.DateField("更换日期", null=True, blank=True)
    end_reason = models.CharField("更换理由", max_length=300, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "指派"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on=None), name="assignment_one_standing_a_case"),
            models.CheckConstraint(condition=~Q(reason=""), name="assignment_says_why"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | (Q(ended_on__gte=F("assigned_on")) & ~Q(end_reason="")),
                name="assignment_ends_after_it_began_with_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.case} → {self.lawyer}"

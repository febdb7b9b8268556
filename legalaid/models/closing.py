"""The closed file of a case: what was found complete when, and where it is kept. domain.md 3.8; PR23 42*; reading D41.

A case is archived only with a check of its file that found nothing missing: a trigger asks for it (migration of closing).
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from legalaid.models.cases import AidCase
from organizations.models import Region


class FileCheck(models.Model):
    """The checklist of a case as it was found on a day, item by item. Written anew each time, never changed."""

    append_only = True

    case = models.ForeignKey(AidCase, models.PROTECT, related_name="file_checks", verbose_name="案件")
    checklist = models.CharField("清单", max_length=60)
    day = models.DateField("日期")
    # Each item with its code, words and what was found under it.
    items = models.JSONField("逐项", default=list)
    missing = models.JSONField("缺项", default=list, blank=True)
    is_complete = models.BooleanField("齐全")
    # What it rests on: taken out of the file or made void later, the check holds no more.
    files = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="材料")
    papers = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="文书")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="检查人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "案卷检查"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(is_complete=False) | Q(missing=[]), name="file_check_complete_lacks_nothing"),
        ]

    def __str__(self):
        return f"{self.case} {self.day}"


class Archive(models.Model):
    """One case, one file (一案一卷): its number in the year of the conclusion, for how long it is kept and where."""

    case = models.OneToOneField(AidCase, models.PROTECT, related_name="archive", verbose_name="案件")
    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    year = models.PositiveSmallIntegerField("年度")
    sequence = models.PositiveIntegerField("顺序号")
    number = models.CharField("归档号", max_length=60)
    check_of_file = models.ForeignKey(FileCheck, models.PROTECT, related_name="+", verbose_name="案卷检查")
    day = models.DateField("归档日期")
    retention = models.CharField("保管期限", max_length=20)
    location = models.CharField("存放位置", max_length=100)
    pages = models.PositiveSmallIntegerField("页数", default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="归档人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "归档"
        ordering = ["county", "year", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["county", "year", "sequence"], name="archive_sequence_once"),
            models.UniqueConstraint(fields=["county", "number"], name="archive_number_once"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="archive_counts_from_one"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(retention="") & ~Q(location=""), name="archive_says_where"),
        ]

    def __str__(self):
        return self.number

"""The working calendar: one row per day of a loaded year, seeded from the State Council's notices, editable."""

from django.db import models


class CalendarYear(models.Model):
    """A year whose working days are known. A year without a row falls back to Monday to Friday, with a warning."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    source = models.CharField("依据", max_length=200)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "日历年度"
        ordering = ["year"]

    def __str__(self):
        return f"{self.year}年"


class CalendarDayQuerySet(models.QuerySet):
    def between(self, first, last):
        return self.filter(day__range=(first, last))

    def working(self):
        return self.filter(is_working=True)


class CalendarDay(models.Model):
    """Whether a day is worked. `is_edited` days were changed by a person and are never overwritten by a seed."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("工作日")
    name = models.CharField("节日或说明", max_length=50, blank=True)
    year = models.ForeignKey(CalendarYear, models.PROTECT, related_name="days", verbose_name="年度")
    is_edited = models.BooleanField("人工修改", default=False)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = "日历日"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {'工作日' if self.is_working else '休息日'}"

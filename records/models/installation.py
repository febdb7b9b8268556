"""What this database is: a county's books, or a demonstration with a day of its own."""

from django.db import models
from django.db.models import Q


class Installation(models.Model):
    """The only row of its table."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_demo = models.BooleanField("演示数据", default=False)
    demo_today = models.DateField("演示日期", null=True, blank=True)

    class Meta:
        verbose_name = "安装信息"
        verbose_name_plural = "安装信息"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_installation"),
            models.CheckConstraint(
                condition=Q(is_demo=True) | Q(demo_today__isnull=True), name="only_a_demonstration_remembers_a_day"
            ),
        ]

    def __str__(self):
        return "演示安装" if self.is_demo else "正式安装"

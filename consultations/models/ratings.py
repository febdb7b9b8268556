"""What people who were advised say of the service: a ticket for one rating, and the rating. Z-CON-3, Z-DED-3; domain.md 4.5."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from consultations.models.consultations import Consultation
from organizations.models.places import within
from organizations.scope import regions_of


class RatingTicketQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(consultation__in=Consultation.objects.visible_to(user))

    def standing(self):
        """Neither used nor replaced; perhaps out of date."""
        return self.filter(used_at=None, revoked_at=None)

    def open_at(self, moment):
        """Those a rating may still be given with."""
        return self.standing().filter(expires_at__gt=moment, consultation__is_void=False)


class RatingTicket(models.Model):
    """The right to rate one consultation once. Token and short code exist only as hashes (safety.md §2).

    `made_at` and `expires_at` are real time, whatever day a demonstration remembers. `device` is the hash of the
    address and browser it was made on: a rating that comes from the very same one is looked at (domain.md 1.12).
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="rating_tickets", verbose_name="咨询记录")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="生成人")
    made_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("有效期至")
    device = models.CharField(max_length=64, blank=True, editable=False)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    objects = RatingTicketQuerySet.as_manager()

    class Meta:
        verbose_name = "评价码"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(used_at=None, revoked_at=None), name="rating_ticket_one_stands"
            ),
            models.UniqueConstraint(
                fields=["code_hash"], condition=Q(used_at=None, revoked_at=None), name="rating_ticket_code_is_free"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="rating_ticket_expires_later"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(revoked_at=None), name="rating_ticket_used_or_revoked"),
        ]

    def __str__(self):
        return f"{self.consultation} 评价码"


class RatingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau sees its county's ratings, station staff those of their stations; nobody those of herself alone."""
        if user.is_system:
            return self
        bureau = regions_of(user, Role.SECTION, Role.LEADER)
        return self.filter(within(bureau, "consultation__station__county") | Q(consultation__station__in=user.post_stations))


class Rating(models.Model):
    """One person's own word on one consultation: given once, never changed by anybody."""

    append_only = True

    class Way(models.TextChoices):
        SCAN = "scan", "扫码"
        CODE = "code", "输入评价码"
        SCREEN = "screen", "站点屏幕"

    consultation = models.OneToOneField(Consultation, models.PROTECT, related_name="own_rating", verbose_name="咨询记录")
    ticket = models.OneToOneField(RatingTicket, models.PROTECT, related_name="rating", verbose_name="评价码")
    word = models.CharField("满意度", max_length=15, choices=Consultation.Rating.choices)
    words = models.TextField("意见", blank=True)
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    device = models.CharField(max_length=64, blank=True, editable=False)
    given_at = models.DateTimeField("评价时间")

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = "服务评价"
        ordering = ["-given_at", "-pk"]
        indexes = [models.Index(fields=["-given_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(word__in=["very_satisfied", "satisfied", "basic", "dissatisfied"]),
                name="rating_is_one_of_the_four_words",
            ),
        ]

    def __str__(self):
        return f"{self.consultation} {self.get_word_display()}"

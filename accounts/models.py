"""Who signs in, and what they did.

A user is never deleted: papers and audit entries name her for ever. She is disabled instead.
"""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.policy import WHOLE_REGION_ROLES
from common import clock


class UserQuerySet(models.QuerySet):
    def people(self):
        """Everybody but the system user, who nobody signs in as."""
        return self.filter(is_system=False)

    def active(self):
        return self.filter(is_active=True)

    def in_state(self, state):
        """`active`, `disabled`, or everything else for all."""
        if state in ("active", "disabled"):
            return self.filter(is_active=state == "active")
        return self

    def matching(self, text):
        """Users whose login, name or phone holds `text`."""
        text = (text or "").strip()
        if not text:
            return self
        return self.filter(Q(username__icontains=text) | Q(name__icontains=text) | Q(phone__icontains=text))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username, password=None, **fields):
        """A user with a hashed password; without one she cannot sign in until it is set."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. What she may do comes from her posts, never from flags here."""

    username = models.CharField(
        "登录名",
        max_length=64,
        unique=True,
        validators=[UnicodeUsernameValidator(message="登录名只能用文字、数字和 @ . + - _。")],
        error_messages={"unique": "已经有人用这个登录名，请换一个。"},
    )
    name = models.CharField("姓名", max_length=50)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示用户", default=False)
    is_system = models.BooleanField("系统用户", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    font_large = models.BooleanField("大字", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_system"],
                condition=Q(is_system=True),
                name="one_system_user",
            ),
        ]

    def __str__(self):
        return self.name or self.username

    @cached_property
    def posts_in_force(self):
        """Her posts on the business day, her own and those delegated to her.

        Read through the reverse relation of `organizations.Post`, which lies on a higher floor.
        """
        if self.is_system or not self.pk:
            return ()
        posts = self.posts.in_force_on(clock.today())
        return tuple(posts.select_related("region", "station", "organization"))

    @property
    def roles(self):
        """The roles she holds on the business day."""
        return frozenset(post.role for post in self.posts_in_force)

    @property
    def post_regions(self):
        """Ids of the regions whose whole business her posts let her see."""
        return frozenset(post.region_id for post in self.posts_in_force if post.role in WHOLE_REGION_ROLES)

    @property
    def post_stations(self):
        """Ids of the stations at which she holds a post."""
        return frozenset(post.station_id for post in self.posts_in_force if post.station_id)


class SavedFilter(models.Model):
    """A set of filter values that a person keeps for one list. Her own; nobody else sees it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name="用户")
    path = models.CharField("列表", max_length=200)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=1000)

    class Meta:
        verbose_name = "保存的筛选"
        ordering = ["path", "name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "path", "name"], name="saved_filter_name_once_a_list"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_says_something"),
        ]

    def __str__(self):
        return self.name


# One step along the index for each action, however many entries there are.
ACTIONS_OF_THE_LOG = """
WITH RECURSIVE found AS (
    (SELECT action FROM accounts_auditentry ORDER BY action LIMIT 1)
    UNION ALL
    SELECT (SELECT action FROM accounts_auditentry WHERE action > found.action ORDER BY action LIMIT 1) FROM found
    WHERE found.action IS NOT NULL)
SELECT action FROM found WHERE action IS NOT NULL
"""


class AuditEntryQuerySet(models.QuerySet):
    def actions(self) -> list[str]:
        """The names of all actions that the log holds, in order."""
        with connection.cursor() as cursor:
            cursor.execute(ACTIONS_OF_THE_LOG)
            return [name for (name,) in cursor.fetchall()]

    def chosen(self, *, who="", action=(), what="", since=None, until=None):
        """Entries of a person, actions, an object (label, kind or number) and the days from `since` to `until`."""
        entries = self
        if who:
            entries = entries.filter(actor_name__icontains=who)
        if action:
            entries = entries.filter(action__in=action)
        if what:
            entries = entries.filter(Q(object_label__icontains=what) | Q(object_type__icontains=what) | Q(object_id=what))
        if since:
            entries = entries.filter(at__gte=_midnight(since))
        if until:
            entries = entries.filter(at__lt=_midnight(until + datetime.timedelta(days=1)))
        return entries


class AuditEntry(models.Model):
    """One act of one person, written in the transaction of the act and never changed (safety.md §1.9)."""

    append_only = True

    at = models.DateTimeField("时间", default=timezone.now)
    actor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="audit_entries",
        verbose_name="操作人",
    )
    actor_name = models.CharField("操作人姓名", max_length=120)
    address = models.GenericIPAddressField("来源地址", null=True)
    action = models.CharField("操作", max_length=80)
    object_type = models.CharField("对象类型", max_length=80, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)
    object_label = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("改动前", null=True)
    after = models.JSONField("改动后", null=True)
    reason = models.TextField("理由", blank=True)
    request_id = models.CharField("请求编号", max_length=40, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["at"]),
            models.Index(fields=["action", "-id"]),
            models.Index(fields=["object_type", "object_id"]),
        ]

    def __str__(self):
        return f"{self.actor_name} {self.action} {self.object_label}"

    @property
    def compared(self):
        """(key, before, after) for each value that is told, as people read it."""
        before, after = _as_dict(self.before), _as_dict(self.after)
        return [(key, _readable(before.get(key)), _readable(after.get(key))) for key in {**before, **after}]

    @property
    def changed_words(self):
        """The change in one line."""
        told = [f"{key}：{old} → {new}" if old != "—" else f"{key}：{new}" for key, old, new in self.compared]
        return "；".join(told) or self.reason


class AuditSeal(models.Model):
    """The link of one entry in the hash chain. Apart from the entry, so that entries need no update.

    `position` orders the chain: entries may be committed out of the order of their ids.
    """

    append_only = True

    position = models.BigIntegerField("序号", primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal", verbose_name="审计记录")
    digest = models.CharField("链值", max_length=64)
    sealed_at = models.DateTimeField("封存时间", default=timezone.now)

    class Meta:
        verbose_name = "审计封存"
        verbose_name_plural = "审计封存"
        ordering = ["position"]

    def __str__(self):
        return f"{self.position} {self.digest[:12]}"


def _midnight(day):
    return datetime.datetime.combine(day, datetime.time.min, clock.SHANGHAI)


def _as_dict(values):
    if values is None:
        return {}
    return values if isinstance(values, dict) else {"内容": values}


def _readable(value):
    if value is None or value == "":
        return "—"
    if value is True or value is False:
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_readable(each) for each in value) or "—"
    if isinstance(value, dict):
        return "，".join(f"{key} {_readable(each)}" for key, each in value.items())
    return str(value)

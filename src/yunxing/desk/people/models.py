"""Person, post and unit are three things (design: ecosystem 1.2). Roles hang on dated posts; the journal and the outbox stand here too.

No invariant rests on a conditional constraint: databases of the narrow lane drop them silently. What must be unique is unique for every row.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yunxing.desk.scoping import ScopedModel, is_system
from yunxing.values.scope import Scope


class Role(models.TextChoices):
    """What a post allows. The last three are the administrators: nobody holds two, none sees business figures."""

    COMMAND = "command", _("指挥部")
    DEPARTMENT = "department", _("市直部门")
    COUNTY = "county", _("县（市、区）")
    ENTERPRISE = "enterprise", _("企业")
    ANALYST = "analyst", _("研判人员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
BUSINESS = frozenset(Role) - ADMINISTRATORS


class Unit(models.Model):
    """An organisation: an office, a county or district, a city-run zone, an enterprise, an institution. `code` is its registry or plan id."""

    class Kind(models.TextChoices):
        """What the unit is."""

        CITY = "city", _("市")
        OFFICE = "office", _("部门")
        COUNTY = "county", _("县（市、区）")
        ZONE = "zone", _("市属开发区")
        ENTERPRISE = "enterprise", _("企业")
        INSTITUTION = "institution", _("机构")

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    short_name = models.CharField(max_length=40, blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField(default=date(1949, 10, 1))
    valid_to = models.DateField(null=True, blank=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.short_name or self.name


class User(AbstractUser):
    """An account of a person (or of an enterprise's agent). What it may do is said by its posts, never by the account."""

    first_name = None  # type: ignore[assignment]  # a Chinese name is one field
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60, blank=True, default="")
    phone = models.CharField(_("办公电话"), max_length=30, blank=True, default="")
    mobile = models.CharField(_("手机（接收短信）"), max_length=30, blank=True, default="")
    must_change_password = models.BooleanField(default=True)
    password_changed_on = models.DateField(null=True, blank=True)
    current_session = models.CharField(max_length=40, blank=True, default="")
    is_synthetic = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The person's name, else the account's."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """The same: Chinese names are not shortened."""
        return self.get_full_name()


class PostQuerySet(models.QuerySet["Post"]):
    """Posts, chosen by day."""

    def on(self, day: date) -> PostQuerySet:
        """Those in force on `day`; the last day counts."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Post(models.Model):
    """A person holds a role in a unit from `since` to `until` (both days included; no `until`: open)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    reason = models.CharField(max_length=200, blank=True, default="")
    is_head = models.BooleanField(_("单位负责人"), default=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["user", "since", "id"]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_role_display()}"


class ExternalIdentity(models.Model):
    """A subject of an outside identity provider bound to an account. A claim never grants a role."""

    class Kind(models.TextChoices):
        """Whose login it is; a legal person's login is used by an agent whose authority ends on a day."""

        PERSON = "person", _("自然人")
        LEGAL = "legal", _("法人")

    provider = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERSON)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="identities")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="identities")
    agent_until = models.DateField(null=True, blank=True)
    bound_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "subject"], name="people_identity_once")]

    def __str__(self) -> str:
        return f"{self.provider}:{self.subject}"


class JournalHead(models.Model):
    """The one row that holds the journal's last link. A writer locks it, so that the chain never forks; kept beside the entries, outside their triggers."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=80, default="")

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"


class JournalEntry(models.Model):
    """One act (ecosystem 1.3): who, in which post, from where, what, with which result. Appended by `journal.record`, never changed:
    triggers of the database refuse UPDATE and DELETE, and each entry's digest covers the one before it.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    person = models.CharField(max_length=150, blank=True, db_index=True)
    person_name = models.CharField(max_length=60, blank=True)
    post = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    session = models.CharField(max_length=80, blank=True)
    act = models.CharField(max_length=40, db_index=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=12)
    before_digest = models.CharField(max_length=80, blank=True)
    after_digest = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    request = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=80)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.act} {self.object_kind}:{self.object_id}"


class Message(models.Model):
    """A message to be delivered, written in the transaction of what it tells of. `dedupe_key` makes a second writing of the same news a no-op."""

    class State(models.TextChoices):
        """Waiting; sent by a channel, delivered, read as far as the channel tells; every channel failed (the sender's to-do)."""

        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        DELIVERED = "delivered", _("已送达")
        READ = "read", _("已读")
        FAILED = "failed", _("发送失败")

    dedupe_key = models.CharField(max_length=120, unique=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages_to")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="messages_from")
    template = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)
    channels = models.JSONField(default=list)
    not_before = models.DateTimeField(default=timezone.now)
    written_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_by = models.CharField(max_length=20, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=200, blank=True, default="")
    trouble = models.CharField(max_length=400, blank=True, default="")
    doubt = models.CharField(max_length=20, blank=True, default="")  # the channel whose answer was lost: it may have delivered
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.template} → {self.recipient_id} ({self.state})"


class Attempt(models.Model):
    """One try of an outside channel: when, by which, how it ended. So that "why did nobody hear of it" has an answer."""

    class Outcome(models.TextChoices):
        """Taken; refused; the answer was lost."""

        SENT = "sent", _("已发送")
        REFUSED = "refused", _("被拒绝")
        IN_DOUBT = "in_doubt", _("回执丢失")

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attempts")
    channel = models.CharField(max_length=20)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    words = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.message_id} {self.channel}: {self.outcome}"


class Notice(ScopedModel):
    """An in-site message in a person's box: what the in-site channel delivers. Only its own person ever reads it."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.PROTECT, related_name="notice")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    title = models.CharField(max_length=200)
    link = models.CharField(max_length=300, blank=True, default="")
    arrived_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-arrived_at"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The notices of the scope's own person; the system, which delivers them, sees all."""
        return ~Q(pk__in=[]) if is_system(scope) else Q(user__username=scope.person)


class Lease(models.Model):
    """Who may do a job that only one worker does at a time, and until when. A row, since not every database skips locked rows."""

    job = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80, blank=True, default="")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.job}: {self.holder} until {self.until}"

"""Person, post and unit are three things (design: ecosystem 1.2). Roles hang on dated posts; the journal and the outbox stand here too.

No invariant rests on a conditional constraint: databases of the narrow lane drop them silently. What must be unique is unique for every row.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
    must_change_password = models.BooleanField(default=True)
    password_changed_on = models.DateField(null=True, blank=True)
    current_session = models.CharField(max_length=40, blank=True, default="")
    is_synthetic = models.BooleanField(default=False)

    REQUIRED_FIELDS: list[str] = []

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

"""Writing accounts and posts. Each act checks who does it, writes in one transaction, and is recorded in the journal.

Three administrators (ecosystem 1.3): the system administrator opens and closes accounts and grants nothing; the security administrator
grants and withdraws posts, never to itself; the audit administrator reads the journal. Nobody holds two of the three, nor one of them
together with a business post.
"""

from __future__ import annotations

import secrets
import string
import unicodedata
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.people import journal
from yunxing.desk.people.models import ADMINISTRATORS, ExternalIdentity, Post, Role, Unit, User
from yunxing.values.errors import Refusal


def must_hold(user: User, role: Role) -> None:
    """Refuse unless the user is active and holds the role today."""
    if user.is_active and Post.objects.on(timezone.localdate()).filter(user=user, role=role).exists():
        return
    raise Refusal(_("此操作须由%(role)s办理。") % {"role": role.label})


def initial_password() -> str:
    """A first password of 14 characters in three classes, without letters that are mistaken for others. It must be changed at first sign-in."""
    letters = "".join(one for one in string.ascii_letters + string.digits if one not in "0O1lI5S")
    while True:
        made = "".join(secrets.choice(letters) for _index in range(14))
        if any(c.islower() for c in made) and any(c.isupper() for c in made) and any(c.isdigit() for c in made):
            return made


@transaction.atomic
def open_account(*, by: User, username: str, name: str, phone: str = "", email: str = "") -> tuple[User, str]:
    """A new account without any post, and its first password, which is shown once and stored nowhere."""
    must_hold(by, Role.SYSTEM_ADMIN)
    if User.objects.filter(username=username).exists():
        raise Refusal(_("账户“%(username)s”已存在，请换一个账户名。") % {"username": username})
    password = initial_password()
    user = User(username=username, name=name, phone=phone, email=email, must_change_password=True)
    user.set_password(password)
    user.full_clean()
    user.save()
    journal.record("account_open", kind="account", object_id=username, after=_account(user))
    return user, password


@transaction.atomic
def reset_password(*, by: User, user: User) -> str:
    """A fresh first password for someone who lost his; sessions of the account end."""
    must_hold(by, Role.SYSTEM_ADMIN)
    if by == user:
        raise Refusal(_("本人密码请在“修改密码”中更改。"))
    password = initial_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    journal.record("password_reset", kind="account", object_id=user.username)
    return password


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """The user's own new password, checked against the rules; from now on it need not be changed."""
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_on = timezone.localdate()
    user.save(update_fields=["password", "must_change_password", "password_changed_on"])
    journal.record("password_change", kind="account", object_id=user.username)


@transaction.atomic
def set_mobile(*, user: User, number: str) -> None:
    """The number that text messages go to, eleven digits; empty: none. It stands in no journal and is shown masked."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", number) if one not in " -")
    if plain and not (len(plain) == 11 and plain.isdecimal() and plain.isascii()):
        raise Refusal(_("手机号应为 11 位数字，现为 %(count)s 位。") % {"count": len(plain)})
    user.mobile = plain
    user.save(update_fields=["mobile"])
    journal.record("mobile_change", kind="account", object_id=user.username)


@transaction.atomic
def grant(
    *, by: User, user: User, unit: Unit, role: Role, since: date, until: date | None = None, reason: str = "", is_head: bool = False
) -> Post:
    """The user gets a post. Refused: to oneself, by anyone but a security administrator, and whatever would join two separate powers."""
    must_hold(by, Role.SECURITY_ADMIN)
    if by == user:
        raise Refusal(_("安全管理员不能给本人授权，请由另一名安全管理员办理。"))
    if until is not None and until < since:
        raise Refusal(_("截止日期早于起始日期。"))
    post = _place(user=user, unit=unit, role=role, since=since, until=until, by=by, reason=reason)
    if is_head:
        post.is_head = True
        post.save(update_fields=["is_head"])
    journal.record("grant", kind="post", object_id=post.pk, after=_post(post), reason=reason)
    return post


@transaction.atomic
def withdraw(*, by: User, post: Post, on: date, reason: str = "") -> Post:
    """The post ends: `on` is the first day without it. A post that had not begun ends before it begins and so never was in force."""
    must_hold(by, Role.SECURITY_ADMIN)
    if post.user == by:
        raise Refusal(_("安全管理员不能更改本人的授权。"))
    before = _post(post)
    post.until = on - timedelta(days=1)
    post.save(update_fields=["until"])
    journal.record("withdraw", kind="post", object_id=post.pk, before=before, after=_post(post), reason=reason)
    return post


def _place(*, user: User, unit: Unit, role: Role, since: date, until: date | None, by: User | None, reason: str) -> Post:
    """Write the post if no separate powers would meet. The account's row is locked, so two grants at once cannot pass each other."""
    User.objects.select_for_update().get(pk=user.pk)
    meeting = Post.objects.filter(user=user).filter(Q(until__isnull=True) | Q(until__gte=since))
    if until is not None:
        meeting = meeting.filter(since__lte=until)
    for other in meeting:
        if other.role == role and (other.unit_id == unit.pk or role in ADMINISTRATORS):
            raise Refusal(_("%(user)s 在此期间已任“%(post)s”。") % {"user": user, "post": other})
        if other.role != role and {other.role, str(role)} & ADMINISTRATORS:
            message = _("%(user)s 在此期间已任“%(post)s”，不能兼任%(role)s：三类管理员互相分离，且不兼业务岗位。")
            raise Refusal(message % {"user": user, "post": other, "role": role.label})
    post = Post(user=user, unit=unit, role=role, since=since, until=until, granted_by=by, reason=reason)
    post.full_clean()
    post.save()
    return post


@transaction.atomic
def found(*, unit: Unit, system: User, security: User, audit: User, since: date) -> None:
    """The first three administrators of an installation, from the command line. Refused once a security administrator was ever appointed."""
    if Post.objects.filter(role=Role.SECURITY_ADMIN).exists():
        raise Refusal(_("安全管理员已存在，授权请由安全管理员办理。"))
    for user, role in ((system, Role.SYSTEM_ADMIN), (security, Role.SECURITY_ADMIN), (audit, Role.AUDIT_ADMIN)):
        post = _place(user=user, unit=unit, role=role, since=since, until=None, by=None, reason="")
        journal.record("grant", kind="post", object_id=post.pk, after=_post(post), reason="installation")


@transaction.atomic
def bind_identity(
    *, by: User, user: User, provider: str, subject: str, unit: Unit | None = None, until: date | None = None
) -> ExternalIdentity:
    """An outside identity now signs in as `user`; with a `unit` it is a legal person's login, used by an agent up to `until`. It grants nothing."""
    must_hold(by, Role.SYSTEM_ADMIN)
    if ExternalIdentity.objects.filter(provider=provider, subject=subject).exists():
        raise Refusal(_("该外部身份已绑定其他账户。"))
    if unit is not None and until is None:
        raise Refusal(_("法人登录须写明经办人授权截止日期。"))
    kind = ExternalIdentity.Kind.LEGAL if unit else ExternalIdentity.Kind.PERSON
    bound = ExternalIdentity.objects.create(provider=provider, subject=subject, kind=kind, user=user, unit=unit, agent_until=until)
    journal.record("identity_bind", kind="account", object_id=user.username, reason=provider)
    return bound


def _account(user: User) -> dict[str, Any]:
    return {"username": user.username, "name": user.name, "active": user.is_active}


def _post(post: Post) -> dict[str, Any]:
    return {
        "user": post.user.username,
        "unit": post.unit.code,
        "role": post.role,
        "since": post.since.isoformat(),
        "until": post.until.isoformat() if post.until else None,
        "head": post.is_head,
    }

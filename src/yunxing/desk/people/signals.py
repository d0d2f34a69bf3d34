"""Signing in, failing to, and signing out are recorded whoever causes them: the framework tells of them by signals."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from yunxing.desk.people import journal
from yunxing.desk.people.acting import Actor, current_actor
from yunxing.desk.people.models import User
from yunxing.values.digest import digest


def _from(request: HttpRequest | None, user: User | None, username: str = "") -> Actor:
    known = current_actor()
    session = getattr(getattr(request, "session", None), "session_key", None)
    return Actor(
        person=user.username if user else username,
        name=user.name if user else "",
        address=getattr(request, "address", known.address),
        session=digest(session.encode()) if session else "",
        request=getattr(request, "id", known.request),
    )


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:  # noqa: ARG001  # the signal passes it
    """Record the sign-in, and remember its session so that a setting may allow only one."""
    user.current_session = request.session.session_key or ""
    user.save(update_fields=["current_session"])
    journal.record("sign_in", kind="account", object_id=user.username, actor=_from(request, user))


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:  # noqa: ARG001
    """Record the sign-out."""
    if user is not None:
        journal.record("sign_out", kind="account", object_id=user.username, actor=_from(request, user))


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:  # noqa: ARG001
    """Record the failure: the name tried, never the password."""
    tried = str(credentials.get("username", ""))
    journal.record("sign_in", kind="account", object_id=tried, result="failed", actor=_from(request, None, tried))


@receiver(user_locked_out)
def locked(sender: Any, request: HttpRequest, username: str | None, **_kwargs: Any) -> None:  # noqa: ARG001
    """Record that an account or an address was locked."""
    journal.record("lock", kind="account", object_id=username or "", result="refused", actor=_from(request, None, username or ""))

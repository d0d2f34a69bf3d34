"""What happens around every request: who acts is known, the scope is active, a page that is not for him is refused and recorded."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from yunxing.desk.people import journal
from yunxing.desk.people.access import ANY_ACCOUNT, NeedsRole, roles_for
from yunxing.desk.people.acting import Actor, acting_for
from yunxing.desk.people.models import ADMINISTRATORS, Role, User
from yunxing.desk.people.selectors import Standing, standing_of, whom_to_ask
from yunxing.desk.scoping import acting_in
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, Refusal, ScopeError

Next = Callable[[HttpRequest], HttpResponseBase]
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class StandingMiddleware:
    """Sets `request.standing`, `request.address`, `request.id`; keeps the idle clock; activates scope and actor for the view."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request as the person who sent it, or as nobody."""
        asked: Any = request
        asked.id = _request_id(request)
        asked.address = address_of(request)
        asked.standing = None
        actor = Actor(address=asked.address, request=asked.id)
        if not request.user.is_authenticated:
            with acting_for(actor):
                response = self.get_response(request)
        else:
            user = request.user
            if settings.INSTALLATION.login.single_session and user.current_session != request.session.session_key:
                logout(request)
                return redirect_to_login(request.get_full_path())
            _keep_alive(request)
            standing = standing_of(user, timezone.localdate(), request.session.get("post"))
            asked.standing = standing
            with acting_for(_actor(actor, standing, request.session.session_key)), acting_in(standing.scope):
                response = self.get_response(request)
        response["X-Request-ID"] = asked.id
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"  # a shared counter PC keeps no figures behind the back button
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Before the view: a new account changes its password, one without a post waits, one with another post is refused."""
        standing: Standing | None = getattr(request, "standing", None)
        roles = roles_for(view)
        if standing is None or roles == ANY_ACCOUNT:
            return None
        if password_is_due(standing.user):
            return redirect("people:password")
        if standing.post is None:
            return render(request, "people/waiting.html", {"ask": whom_to_ask()}, status=403)
        if not standing.holds(roles):
            # everyone signs in at the root; who has no business on the overview goes to his own first page (screens §2)
            return redirect(landing_of(standing)) if request.path_info == "/" and request.method == "GET" else refused(request, roles)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A view's refusal becomes a page: a missing role 403 with whom to ask, bad input 400, another refusal 409; scope faults are bugs."""
        if isinstance(exception, NeedsRole):
            return refused(request, exception.roles)
        if isinstance(exception, Refusal) and not isinstance(exception, ScopeError):
            status = 400 if isinstance(exception, BadInput) else 409
            return render(request, "people/refusal.html", {"refusal": exception}, status=status)
        return None


def landing_of(standing: Standing) -> str:
    """The name of the first page of a person who does not land on the overview: an administrator's, or one's own account."""
    return "people:admin" if standing.holds(ADMINISTRATORS) else "people:mine"


def refused(request: HttpRequest, roles: frozenset[str]) -> HttpResponse:
    """The page of a refusal (screens 10.3): which role is needed, which post the person has, whom to ask. It is recorded."""
    journal.record("refusal", kind="page", object_id=request.path, result="refused", reason=" ".join(sorted(roles)))
    needed = [Role(role).label for role in Role.values if role in roles]
    context = {"needed": needed, "standing": getattr(request, "standing", None), "ask": whom_to_ask()}
    return render(request, "people/refused.html", context, status=403)


def password_is_due(user: User) -> bool:
    """Whether the password must be changed before anything else: it is a first one, or older than the setting allows."""
    days: int = settings.INSTALLATION.login.password_days
    if user.must_change_password:
        return True
    if days == 0:
        return False
    return user.password_changed_on is None or (timezone.localdate() - user.password_changed_on).days >= days


def address_of(request: HttpRequest) -> str:
    """The sender's address (v4 or v6). A forwarded header counts only when the request came from a named proxy, and only its last foreign hop."""
    peer = _as_address(request.META.get("REMOTE_ADDR", ""))
    trusted = set(settings.INSTALLATION.web.trusted_proxies)
    if peer not in trusted:
        return peer
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        found = _as_address(hop.strip())
        if found and found not in trusted:
            return found
    return peer


def _as_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def axes_address(request: HttpRequest) -> str:
    """The address that the lock after failures counts by: the same one the journal holds."""
    return address_of(request)


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    behind_proxy = request.META.get("REMOTE_ADDR", "") in settings.INSTALLATION.web.trusted_proxies
    return given if behind_proxy and REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _actor(actor: Actor, standing: Standing, session: str | None) -> Actor:
    return Actor(
        person=standing.user.username,
        name=standing.user.name,
        post=str(standing.post or ""),
        address=actor.address,
        session=digest((session or "").encode()),
        request=actor.request,
    )


def _keep_alive(request: HttpRequest) -> None:
    """Move the end of the session forward at most once a minute: fewer writes, and the idle limit still holds to the minute."""
    minute = int(timezone.now().timestamp()) // 60
    if request.session.get("seen") != minute:
        request.session["seen"] = minute

"""Who may open a page. A view says so with `needs(...)` or `open_to_all`; one that says nothing takes any business post and no administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from yunxing.desk.people.models import BUSINESS, Role, User
from yunxing.desk.people.selectors import Standing

View = TypeVar("View", bound=Callable[..., Any])
ANY_ACCOUNT = frozenset({"*"})


class NeedsRole(PermissionDenied):
    """The page or act needs one of `roles`; shown with the post the person has and whom to ask (screens 10.3)."""

    def __init__(self, roles: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(roles)))
        self.roles = roles


def needs(*roles: Role) -> Callable[[View], View]:
    """The view takes only people who act in a post with one of `roles`."""

    def mark(view: View) -> View:
        view.needed_roles = frozenset(str(role) for role in roles)  # type: ignore[attr-defined]
        return view

    return mark


def any_account(view: View) -> View:
    """The view takes every signed-in person, also one without a post: his own password, signing out."""
    view.needed_roles = ANY_ACCOUNT  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """The view takes anyone, signed in or not."""
    view.needed_roles = ANY_ACCOUNT  # type: ignore[attr-defined]
    return login_not_required(view)


def roles_for(view: Callable[..., Any]) -> frozenset[str]:
    """The roles a view takes; by default every business role."""
    marked = getattr(view, "needed_roles", None) or getattr(getattr(view, "view_class", None), "needed_roles", None)
    return marked if isinstance(marked, frozenset) else frozenset(str(role) for role in BUSINESS)


def me(request: HttpRequest) -> User:
    """The signed-in person."""
    return cast("User", request.user)


def standing(request: HttpRequest) -> Standing:
    """The standing that the middleware found."""
    found: Standing = request.standing  # type: ignore[attr-defined]
    return found

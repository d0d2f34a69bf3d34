"""Reading accounts, units and posts: who someone is on a day, what he may see, whom to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yunxing.desk.people.models import ADMINISTRATORS, Post, Role, Unit, User
from yunxing.values.scope import ALL, PUBLIC, Scope

# the order in which a person with several posts is first seen
ORDER = list(Role)
SENSITIVE, INTERNAL = 3, 2


@dataclass(frozen=True)
class Standing:
    """A signed-in person on a day: all posts in force, the one acted in, and its scope."""

    user: User
    posts: tuple[Post, ...]
    post: Post | None
    scope: Scope

    @property
    def role(self) -> str:
        """The role of the post acted in; empty without one."""
        return self.post.role if self.post else ""

    def holds(self, roles: Iterable[str]) -> bool:
        """Whether the post acted in has one of `roles`."""
        return self.post is not None and self.post.role in frozenset(roles)


def posts_on(user: User, on: date) -> list[Post]:
    """The user's posts in force on the day, the widest first."""
    found = Post.objects.on(on).filter(user=user).select_related("unit", "unit__parent")
    return sorted(found, key=lambda post: (ORDER.index(Role(post.role)), post.since, post.pk))


def standing_of(user: User, on: date, chosen: int | None = None) -> Standing:
    """Who the user is on the day; `chosen` is the post he wants to act in, ignored when it is not his or not in force; else his widest.

    Several posts are never added up: units × parties of two posts together would open what neither opens.
    """
    posts = posts_on(user, on) if user.is_active else []
    post = next((one for one in posts if one.pk == chosen), posts[0] if posts else None)
    return Standing(user=user, posts=tuple(posts), post=post, scope=scope_of_post(post) if post else _nothing(user))


def _nothing(user: User) -> Scope:
    return Scope(PUBLIC.units, PUBLIC.offices, PUBLIC.parties, PUBLIC.levels, user.username)


def scope_of_post(post: Post) -> Scope:
    """What a post opens (screens §2). Administrators see no business figure by virtue of their role."""
    nobody: frozenset[str] = frozenset()
    person = post.user.username
    if post.role in ADMINISTRATORS:
        return Scope(nobody, nobody, nobody, 1, person)
    if post.role == Role.COMMAND:
        return Scope(ALL, ALL, ALL, SENSITIVE, person)
    if post.role == Role.ANALYST:
        return Scope(ALL, ALL, nobody, INTERNAL, person)  # city data; enterprises by name only where granted
    if post.role == Role.ENTERPRISE:
        reports_through = frozenset({post.unit.parent.code}) if post.unit.parent else nobody
        return Scope(reports_through, nobody, frozenset({post.unit.code}), SENSITIVE, person)
    below = codes_below(post.unit)
    if post.role == Role.COUNTY:
        return Scope(below, nobody, ALL, SENSITIVE, person)
    return Scope(nobody, below, nobody, INTERNAL, person)  # a department: its own measures and registries; of the rest published totals


def codes_below(unit: Unit) -> frozenset[str]:
    """The codes of the unit and of every unit under it."""
    found, level = {unit.code}, [unit.pk]
    while level:
        children = list(Unit.objects.filter(parent__in=level).exclude(code__in=found).values_list("pk", "code"))
        found |= {code for _pk, code in children}
        level = [pk for pk, _code in children]
    return frozenset(found)


def whom_to_ask(on: date | None = None) -> list[User]:
    """Those who grant: the security administrators in force, to be named on a page that refuses."""
    holding = Post.objects.on(on or timezone.localdate()).filter(role=Role.SECURITY_ADMIN, user__is_active=True)
    return list(User.objects.filter(posts__in=holding).distinct())


def accounts() -> list[User]:
    """All accounts, for the administrators."""
    return list(User.objects.prefetch_related("posts__unit").order_by("-is_active", "username"))

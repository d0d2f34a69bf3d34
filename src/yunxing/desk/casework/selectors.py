"""What the desk reads of cases, within the active scope. Lists run by keyset along (due, id): any page costs the same, however long the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from yunxing.desk.casework.models import Case
from yunxing.engines.cases.duplicates import NEAR, Alike, alike

FILTERS = frozenset(
    {"definition", "state", "owner", "lead", "handler", "unit", "party", "subject", "is_open", "grade", "definition__in", "state__in"}
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cases; `after` is the key the next page begins after, empty on the last."""

    cases: tuple[Case, ...]
    after: str


def page_of_cases(filters: Mapping[str, Any], *, after: str = "", size: int = 50, due_before: datetime | None = None) -> Page:
    """Cases that the scope sees, by their next due instant. `filters` are lookups of `FILTERS`; `due_before` keeps what is due earlier."""
    found = cases_where(filters)
    if due_before is not None:
        found = found.filter(due__lt=due_before)
    if after:
        due, name = _key(after)
        found = found.filter(due__gte=due).filter(Q(due__gt=due) | Q(id__gt=name))
    rows = tuple(found.order_by("due", "id")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, f"{rows[-1].due.isoformat()}|{rows[-1].id}" if more else "")


def cases_where(filters: Mapping[str, Any]) -> QuerySet[Case]:
    """The cases the scope sees that fit; an unknown lookup is a bug of the caller."""
    unknown = set(filters) - FILTERS
    assert not unknown, unknown
    found: QuerySet[Case] = Case.objects.filter(**filters)
    return found


def _key(after: str) -> tuple[datetime, str]:
    due, _, name = after.partition("|")
    return datetime.fromisoformat(due), name


def alike_cases(
    text: str, *, party: str = "", subject: str = "", since: datetime, least: Fraction = NEAR, besides: str = ""
) -> list[Alike]:
    """Cases of the same party or subject, open or opened since, whose text is near: the same request perhaps. Nearest first."""
    about = Q(party=party) if party else Q(subject=subject)
    found = Case.objects.filter(about).filter(Q(is_open=True) | Q(opened__gte=since)).exclude(id=besides)
    return alike(text, [(one.id, f"{one.title} {one.words}") for one in found.only("id", "title", "words")[:500]], least=least)


def lately(now: datetime, days: int = 90) -> datetime:
    """Since when an ended case still counts as the same request perhaps."""
    return now - timedelta(days=days)

"""Reading the registry for pages: who is on a list on a day, search by name, code and pinyin initials, and pages that go on from the last row shown.

A page asks for the rows after (or before) one row in the order of name and id, so that the ten-thousandth page costs what the first costs.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from yunxing.desk.reporting.catalogue import catalogue, owned_rosters, too_sensitive
from yunxing.desk.reporting.models import Membership, Party, PartyAlias, PartyState, RegistryChange
from yunxing.desk.scoping import current_scope, is_desk
from yunxing.engines.registry.naming import folded, looks_like_initials
from yunxing.values.scope import ALL

SIZES = (25, 50, 100)
ABOUT = 100_000  # from this count on a page says 约
COUNTED = 10_000  # a search counts so far and then says 超过
FEW = 2_000  # a list of no more members is looked up by them, a longer one party by party in the order of names
CODE = 6  # so many letters and digits may be the beginning of a code
LAST = "\uffff"  # sorts behind every character of a code


@dataclass(frozen=True)
class Asked:
    """What a page of parties asks for. `after` and `before` are places in the order (`cursor`)."""

    kind: str
    day: date
    filters: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    before: str = ""
    rows: int = 25
    narrowed: Mapping[str, frozenset[str]] = field(default_factory=dict)  # ids that a filter keeps which stands in no column of its own

    def without(self, name: str) -> Asked:
        """The same without one filter, from the beginning."""
        return replace(self, filters={key: value for key, value in self.filters.items() if key != name}, after="", before="")


@dataclass(frozen=True)
class Page:
    """Rows, how many there are in all (`more`: more than that), and the cursors of the next and the previous page (empty: none)."""

    rows: list[Party]
    total: int
    next: str
    previous: str
    more: bool = False


@dataclass(frozen=True)
class Hint:
    """For an empty page: the filter whose removal brings most rows back, its value, and how many that would be."""

    name: str
    value: str
    rows: int


def parties(asked: Asked) -> Page:
    """One page of the parties that the active scope sees, in the order of name and id."""
    found = _matching(asked)
    if asked.filters.get("q"):
        searched = _searched(asked, found)
        if searched is not None:
            return searched
    total = _total(asked, found)
    place = _place(asked.after or asked.before)
    if asked.before and place:
        before = found.filter(Q(name__lt=place[0]) | Q(name=place[0], id__lt=place[1])).order_by("-name", "-id")
        taken = list(before[: asked.rows + 1])
        rows = taken[: asked.rows][::-1]
        more_before, more_after = len(taken) > asked.rows, bool(rows)
    else:
        after = found.filter(Q(name__gt=place[0]) | Q(name=place[0], id__gt=place[1])) if place else found
        taken = list(after.order_by("name", "id")[: asked.rows + 1])
        rows = taken[: asked.rows]
        more_before, more_after = bool(place and rows), len(taken) > asked.rows
    following, before_it = cursor(rows[-1]) if rows and more_after else "", cursor(rows[0]) if rows and more_before else ""
    return Page(rows, min(total, COUNTED) if _costly(asked) else total, following, before_it, more=_costly(asked) and total > COUNTED)


def _costly(asked: Asked) -> bool:
    """Whether to count all would look at very many rows: a search, and a list beside other filters or within an area."""
    told = {name for name, value in asked.filters.items() if value}
    return "q" in told or ("roster" in told and (told != {"roster"} or not _whole()))


def _whole() -> bool:
    scope = current_scope()
    return scope.units is ALL and scope.parties is ALL


def _total(asked: Asked, found: QuerySet[Party]) -> int:
    """How many there are; of what is costly to count only so far that it is known to be more than `COUNTED`."""
    if _costly(asked):
        return found.order_by()[: COUNTED + 1].count()
    roster = asked.filters.get("roster", "")
    members = _members(roster, asked.day) if roster else None
    return found.count() if members is None or members[: FEW + 1].count() <= FEW else members.count()


def _searched(asked: Asked, found: QuerySet[Party]) -> Page | None:
    """One look over the names in their order answers how many there are and which are on the page; None when there are more than are counted."""
    order = [(str(name), str(pk)) for name, pk in found.order_by("name", "id").values_list("name", "pk")[: COUNTED + 1]]
    if len(order) > COUNTED:
        return None
    place = _place(asked.after or asked.before)
    if asked.before and place:
        last = sum(one < place for one in order)
        first = max(0, last - asked.rows)
    else:
        first = sum(one <= place for one in order) if place else 0
        last = min(first + asked.rows, len(order))
    held = Party.objects.in_bulk([pk for _name, pk in order[first:last]])
    rows = [held[pk] for _name, pk in order[first:last]]
    return Page(rows, len(order), cursor(rows[-1]) if rows and last < len(order) else "", cursor(rows[0]) if rows and first else "")


def cursor(party: Party) -> str:
    """The place of a row in the order, as a word for an address."""
    return base64.urlsafe_b64encode(f"{party.name}\n{party.pk}".encode()).decode().rstrip("=")


def _place(word: str) -> tuple[str, str] | None:
    try:
        name, _line, id_ = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode().partition("\n")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (name, id_) if word and id_ else None


def _matching(asked: Asked) -> QuerySet[Party]:
    found = Party.objects.filter(kind=asked.kind)
    for name, value in asked.filters.items():
        if value:
            found = found.filter(_condition(name, value, asked))
    return found


def _condition(name: str, value: str, asked: Asked) -> Q:
    if name in asked.narrowed:
        return Q(pk__in=sorted(asked.narrowed[name]))
    if name == "q":
        return matching(value)
    if name == "roster":
        members = _members(value, asked.day)
        few = members[: FEW + 1].count() <= FEW
        return Q(pk__in=members.values("party")) if few else Q(Exists(members.filter(party=OuterRef("pk"))))
    return Q(**{name: value})


def _members(roster: str, day: date) -> QuerySet[Membership]:
    """A list's terms of a day for the condition of a query of parties, which is scoped itself; none of a list above the person's level."""
    members = on_day(models_of(Membership).filter(roster=roster), day)
    return members.none() if roster in too_sensitive(current_scope()) else members


def matching(word: str) -> Q:
    """Parties whose name or short name holds the word, or whose initials do; whose code begins with it, and then those alone; an old id of a merge
    leads to its party.
    """
    text = folded(word)
    if not text:
        return Q(name__contains=word.strip()) if word.strip() else Q()
    if not looks_like_initials(word):
        return _plain_match(word)
    code = _code(word)
    former = Q(pk__in=list(PartyAlias.objects.filter(known_to=None, alias=code).values_list("party", flat=True)))
    begins = Q(pk__gte=code, pk__lt=code + LAST)
    if len(code) >= CODE and any(one.isdigit() for one in code) and models_of(Party).filter(begins).exists():
        return begins | former
    return _plain_match(word) | former


def on_day(members: QuerySet[Membership], day: date) -> QuerySet[Membership]:
    """The memberships valid on a day, both ends included."""
    return members.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))


def hint(asked: Asked) -> Hint | None:
    """Which active filter to take away from an empty page."""
    tried = [Hint(name, value, _matching(asked.without(name)).count()) for name, value in asked.filters.items() if value]
    best = max(tried, key=lambda one: one.rows, default=None)
    return best if best and best.rows else None


def names_elsewhere(asked: Asked, limit: int = 20) -> list[dict[str, str]]:
    """Parties outside the scope whose name or code holds the searched word: one line, name and unit only. Nothing for analysts, whose names are masked."""
    scope, word = current_scope(), asked.filters.get("q", "")
    if len(folded(word)) < 2 or not is_desk(scope) or scope.units is ALL:
        return []
    outside = models_of(Party).filter(kind=asked.kind).filter(_plain_match(word)).exclude(pk__in=Party.objects.values("pk"))
    return [{"name": name, "unit": unit} for name, unit in outside.order_by("name", "id").values_list("name", "unit")[:limit]]


def _plain_match(word: str) -> Q:
    """Few comparisons a row: a search of very many parties looks at each, in one index. Chinese words stand in names alone, Latin ones in codes and
    initials too.
    """
    text, code = folded(word), _code(word)
    ways = _holds("folded", text)
    return ways | _holds("initials", text) | Q(pk__gte=code, pk__lt=code + LAST) if looks_like_initials(word) else ways


def _holds(column: str, text: str) -> Q:
    """The column holds the text: by position, which costs half of a comparison by pattern."""
    return Q(GreaterThan(StrIndex(column, Value(text)), 0))


def _code(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().upper()


def models_of(model: Any) -> QuerySet[Any]:
    """The rows of a model outside every scope: only for what is open to the desk, the name of a party (level 1)."""
    return QuerySet(model)


def name_only(id_: str, kind: str) -> dict[str, str] | None:
    """Name and unit of a party outside the scope, for a desk role that may know names; None for others and when there is none."""
    scope = current_scope()
    if not is_desk(scope) or scope.units is ALL:
        return None
    row = models_of(Party).filter(pk=id_, kind=kind).values("name", "unit").first()
    return dict(row) if row else None


def party(id_: str, kind: str) -> Party | None:
    """The party the scope sees under an id, also an id that a merge gave up; None otherwise."""
    found: Party | None = Party.objects.filter(pk=id_, kind=kind).first()
    if found is None:
        alias = PartyAlias.objects.filter(alias=id_, known_to=None).first()
        found = Party.objects.filter(pk=alias.party, kind=kind).first() if alias else None
    return found


def ids_of(id_: str) -> list[str]:
    """Every id under which the party's facts and cases may stand: its own, then those merged into it, to any depth."""
    found, level = [id_], [id_]
    while level:
        level = list(models_of(PartyAlias).filter(party__in=level, known_to=None).exclude(alias__in=found).values_list("alias", flat=True))
        found += level
    return found


def rosters_of(id_: str) -> list[Membership]:
    """A party's memberships that the scope sees, the newest first."""
    return list(Membership.objects.filter(party=id_).order_by("-valid_from", "roster"))


def history_of(id_: str) -> list[PartyState]:
    """Every state of the party that was ever believed, the newest first."""
    return list(PartyState.objects.filter(party__in=ids_of(id_)).order_by("-known_from", "-from_day"))


def changes_of(ids: set[str]) -> dict[str, RegistryChange]:
    """Acts by id."""
    return {one.pk: one for one in RegistryChange.objects.filter(pk__in=ids)}


def counts(day: date) -> dict[str, int]:
    """How many members every list has on a day, of those the scope sees."""
    from django.db.models import Count

    sensitive = sorted(too_sensitive(current_scope()))
    members = models_of(Membership).exclude(roster__in=sensitive) if _whole() else Membership.objects.all()
    return dict(on_day(members, day).values("roster").annotate(n=Count("id")).order_by().values_list("roster", "n"))


def may_edit(roster: str) -> bool:
    """Whether the person in scope may put a list back: the command's staff, who see all, and the office that keeps it."""
    scope = current_scope()
    whole = scope.units is ALL and scope.parties is ALL and scope.offices is ALL
    return whole or roster in owned_rosters(scope)


def may_see(roster: str) -> bool:
    """Whether the list is there for the person: of no higher level than the scope's, or kept by its office."""
    scope, kept = current_scope(), catalogue().rosters.get(roster)
    return kept is not None and (scope.sees_level(kept.level) or roster in owned_rosters(scope))

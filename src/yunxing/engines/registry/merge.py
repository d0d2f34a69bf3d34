"""Two parties that are one: what becomes of their states and memberships. Nothing is lost: the merged id lives on as an alias of the one that stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from yunxing.engines.registry.history import united
from yunxing.engines.registry.parties import Membership, Party
from yunxing.values.errors import BadInput


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge does: the party that stays as it then is, its memberships anew, the memberships given up, and fields on which the two differ."""

    keep: Party
    drop: Party
    kept: Party
    members: tuple[Membership, ...]
    given_up: tuple[Membership, ...]
    differences: tuple[tuple[str, str, str], ...]


def plan_merge(keep: Party, drop: Party, members: Iterable[Membership]) -> Merge:
    """Merge `drop` into `keep`: what `keep` leaves empty is taken from `drop`, memberships that share days become one, the earlier registration counts.

    BadInput for two kinds, or a party with itself.
    """
    if keep.id == drop.id:
        raise BadInput(f"{keep.id} cannot be merged with itself.")
    if keep.kind != drop.kind:
        raise BadInput(f"{keep.id} is {keep.kind} and {drop.id} is {drop.kind}; only parties of one kind can be one.")
    theirs = [one for one in members if one.party in (keep.id, drop.id)]
    moved = sorted((replace(one, party=keep.id) for one in theirs), key=lambda one: (one.roster, one.valid_from))
    whole = [one for _roster, group in groupby(moved, key=lambda one: one.roster) for one in united(list(group))]
    standing = {one.key: one for one in theirs if one.party == keep.id}
    new = tuple(one for one in whole if standing.get(one.key) != one)
    gone = tuple(one for one in theirs if one.party == drop.id or one.key not in {other.key for other in whole})
    return Merge(keep, drop, _filled(keep, drop), new, gone, tuple(_differences(keep, drop)))


def _filled(keep: Party, drop: Party) -> Party:
    plain = {name: getattr(keep, name) or getattr(drop, name) for name in ("short_name", "unit", "region", "industry", "size", "parent")}
    open_ended = keep.valid_to is None or drop.valid_to is None
    last = None if open_ended else max(day for day in (keep.valid_to, drop.valid_to) if day is not None)
    attributes = {**drop.attributes, **keep.attributes}
    return replace(keep, **plain, valid_from=min(keep.valid_from, drop.valid_from), valid_to=last, attributes=attributes)


def _differences(keep: Party, drop: Party) -> Iterable[tuple[str, str, str]]:
    for name in ("name", "short_name", "unit", "region", "industry", "size", "parent"):
        ours, others = str(getattr(keep, name)), str(getattr(drop, name))
        if ours and others and ours != others:
            yield name, ours, others
    for name in sorted(keep.attributes.keys() & drop.attributes.keys()):
        if keep.attributes[name] != drop.attributes[name]:
            yield name, str(keep.attributes[name]), str(drop.attributes[name])


def resolved(aliases: Mapping[str, str], party: str) -> str:
    """The id under which a party is known now: aliases followed to their end.

    >>> resolved({"a": "b", "b": "c"}, "a"), resolved({}, "a")
    ('c', 'a')
    """
    seen = {party}
    while party in aliases:
        party = aliases[party]
        if party in seen:
            raise BadInput(f"the aliases of {party} run in a circle")
        seen.add(party)
    return party


def every_id(aliases: Mapping[str, str], party: str) -> tuple[str, ...]:
    """All ids under which a party's facts, memberships and cases may stand: its own first, then those merged into it, in order."""
    end = resolved(aliases, party)
    return (end, *sorted(alias for alias in aliases if alias != end and resolved(aliases, alias) == end))

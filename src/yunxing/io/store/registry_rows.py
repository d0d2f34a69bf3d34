"""Rows of the registry's tables as values and back; the one place that knows the order of columns."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from yunxing.engines.registry.history import Segment
from yunxing.engines.registry.naming import folded, initials
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.store import dialect

FIELDS = ("id", "kind", "name", "short_name", "unit", "region", "industry", "size", "parent", "valid_from", "valid_to", "attributes")
PARTY = ", ".join(FIELDS)
MEMBER = "roster, party, valid_from, valid_to, reason, attributes"
STATE = f"party, {', '.join(FIELDS[1:])}, from_day, to_day"
WHOLE = f"{PARTY}, folded, initials"


def places(count: int) -> str:
    """`%s, %s, …`."""
    return ", ".join(["%s"] * count)


def party_values(party: Party) -> tuple[Any, ...]:
    """The values of `PARTY`."""
    attributes = json.dumps(dict(party.attributes), ensure_ascii=False, sort_keys=True)
    first = (party.id, party.kind, party.name, party.short_name, party.unit, party.region, party.industry, party.size, party.parent)
    return (*first, party.valid_from, party.valid_to, attributes)


def whole_values(party: Party) -> tuple[Any, ...]:
    """The values of `WHOLE`: with the name as it is searched, the short name behind it where it is another."""
    name, short = folded(party.name), folded(party.short_name)
    searched = name if short in name else f"{name}\n{short}"
    return (*party_values(party), searched[:200], initials(party.short_name or party.name))


def state_values(segment: Segment) -> tuple[Any, ...]:
    """The values of `STATE`."""
    return (*party_values(segment.party), segment.from_day, segment.to_day)


def member_values(member: Membership) -> tuple[Any, ...]:
    """The values of `MEMBER`."""
    attributes = json.dumps(dict(member.attributes), ensure_ascii=False, sort_keys=True)
    return member.roster, member.party, member.valid_from, member.valid_to, member.reason, attributes


def party_of(row: tuple[Any, ...]) -> Party:
    """A party from a row of `PARTY`."""
    names = FIELDS[:9]
    plain = {name: value or "" for name, value in zip(names, row, strict=False)}
    return Party(**plain, valid_from=_day(row[9]), valid_to=dialect.as_date(row[10]), attributes=dialect.as_json(row[11]) or {})


def segment_of(row: tuple[Any, ...]) -> Segment:
    """A segment from a row of `STATE`."""
    return Segment(party_of(row[:12]), _day(row[12]), dialect.as_date(row[13]))


def member_of(row: tuple[Any, ...]) -> Membership:
    """A membership from a row of `MEMBER`."""
    return Membership(row[0], row[1], _day(row[2]), dialect.as_date(row[3]), row[4] or "", dialect.as_json(row[5]) or {})


def _day(value: Any) -> date:
    day = dialect.as_date(value)
    assert day is not None  # the column is NOT NULL
    return day

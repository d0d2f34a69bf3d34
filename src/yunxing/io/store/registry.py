"""The registry in the relational store: `reporting_party` and `reporting_membership`, read and written by SQL.

The tables are made by the desk's migrations (`desk.setup.prepare`). Writing is idempotent: the same registry twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.store import dialect

_PARTY = "id, kind, name, short_name, unit, region, industry, size, parent, valid_from, valid_to, attributes"
_MEMBER = "roster, party, valid_from, valid_to, reason"


class Written(NamedTuple):
    """How many were added, changed and already so."""

    added: int
    changed: int
    unchanged: int


def read_parties(connection: Any, *, kind: str | None = None, on: date | None = None) -> dict[str, Party]:
    """Parties by id, in id order; of one kind and valid on a day when given."""
    sql = f"select {_PARTY} from reporting_party" + (" where kind = %s" if kind else "") + " order by id"
    found = [_party(row) for row in dialect.rows(connection, sql, (kind,) if kind else ())]
    return {party.id: party for party in found if on is None or party.valid_on(on)}


def read_memberships(connection: Any, *, roster: str | None = None, on: date | None = None) -> list[Membership]:
    """Memberships in the order roster, party, first day; of one roster and valid on a day when given."""
    sql = f"select {_MEMBER} from reporting_membership" + (" where roster = %s" if roster else "") + " order by roster, party, valid_from"
    found = [_membership(row) for row in dialect.rows(connection, sql, (roster,) if roster else ())]
    return [member for member in found if on is None or member.valid_on(on)]


def write_parties(connection: Any, parties: Iterable[Party]) -> Written:
    """Add or change parties by id, in the caller's transaction or one of its own."""
    with dialect.transaction(connection):
        known = read_parties(connection)
        given = {party.id: party for party in parties}
        new = [party for party in given.values() if party.id not in known]
        other = [party for party in given.values() if party.id in known and known[party.id] != party]
        dialect.executemany(connection, f"insert into reporting_party ({_PARTY}) values ({_places(12)})", [_values(p) for p in new])
        sql = (
            "update reporting_party set kind = %s, name = %s, short_name = %s, unit = %s, region = %s, industry = %s, size = %s, parent = %s,"
            " valid_from = %s, valid_to = %s, attributes = %s where id = %s"
        )
        dialect.executemany(connection, sql, [(*_values(p)[1:], p.id) for p in other])
    return Written(len(new), len(other), len(given) - len(new) - len(other))


def write_memberships(connection: Any, memberships: Iterable[Membership]) -> Written:
    """Add memberships, or change the end and reason of those that begin on the same day."""
    with dialect.transaction(connection):
        known = {(m.roster, m.party, m.valid_from): m for m in read_memberships(connection)}
        given = {(m.roster, m.party, m.valid_from): m for m in memberships}
        new = [m for key, m in given.items() if key not in known]
        other = [m for key, m in given.items() if key in known and known[key] != m]
        sql = f"insert into reporting_membership ({_MEMBER}) values ({_places(5)})"
        dialect.executemany(connection, sql, [(m.roster, m.party, m.valid_from, m.valid_to, m.reason) for m in new])
        sql = "update reporting_membership set valid_to = %s, reason = %s where roster = %s and party = %s and valid_from = %s"
        dialect.executemany(connection, sql, [(m.valid_to, m.reason, m.roster, m.party, m.valid_from) for m in other])
    return Written(len(new), len(other), len(given) - len(new) - len(other))


def _places(count: int) -> str:
    return ", ".join(["%s"] * count)


def _values(party: Party) -> tuple[Any, ...]:
    attributes = json.dumps(dict(party.attributes), ensure_ascii=False, sort_keys=True)
    first = (party.id, party.kind, party.name, party.short_name, party.unit, party.region, party.industry, party.size, party.parent)
    return (*first, party.valid_from, party.valid_to, attributes)


def _party(row: tuple[Any, ...]) -> Party:
    valid_from = dialect.as_date(row[9])
    assert valid_from is not None  # the column is NOT NULL
    names = ("id", "kind", "name", "short_name", "unit", "region", "industry", "size", "parent")
    plain = dict(zip(names, row, strict=False))
    return Party(**plain, valid_from=valid_from, valid_to=dialect.as_date(row[10]), attributes=dialect.as_json(row[11]) or {})


def _membership(row: tuple[Any, ...]) -> Membership:
    valid_from = dialect.as_date(row[2])
    assert valid_from is not None  # the column is NOT NULL
    return Membership(row[0], row[1], valid_from, dialect.as_date(row[3]), row[4])

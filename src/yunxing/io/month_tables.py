"""The tables a closing month is computed from, inside one DuckDB: facts as of a day with the day each cell was first known, parties, memberships.

Engines build Ibis expressions on `facts`, `party` and `membership`; `run` executes them. Nothing leaves DuckDB that is not asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol
from weakref import ref

from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.tables import batches, connect_tables, month_of, readable
from yunxing.values.codes import SizeClass
from yunxing.values.period import day_number


class Further(Protocol):
    """Some items of a form in further periods: `engines.indicators.reads.Also` is one."""

    @property
    def form(self) -> str:
        """The form."""

    @property
    def items(self) -> frozenset[str]:
        """Of it these items."""

    @property
    def periods(self) -> frozenset[str]:
        """In these periods."""


@dataclass(frozen=True, slots=True)
class MonthTables:
    """Ibis tables on one connection. `known_at` is when the newest fact considered was known (UTC), None without facts."""

    connection: Any
    facts: Any
    party: Any
    membership: Any
    known_at: datetime | None
    count: int
    kept: list[Any] = field(default_factory=list)

    def run(self, expression: Any) -> Any:
        """The expression's rows as an Arrow table."""
        return self.connection.to_pyarrow(expression)

    def keep(self, expression: Any) -> Any:
        """The expression computed once; what it takes is given back when nobody refers to it any more, at the latest with the connection."""
        cached = expression.cache()
        self.kept.append(ref(cached.op()))
        return cached

    def release(self) -> None:
        """Give back whatever `keep` still holds: after the connection is closed Ibis could only complain, at the end of an interrupted program."""
        from ibis.expr.types import CachedTable

        for held in self.kept:
            operation = held()
            if operation is not None:
                CachedTable(operation).release()


@contextmanager
def open_month(
    home: Path,
    *,
    forms: Collection[str],
    periods: Collection[str],
    day: date | datetime | None,
    parties: Iterable[Party],
    members: Iterable[Membership],
    aliases: Mapping[str, str] | None = None,
    also: Iterable[Further] = (),
) -> Iterator[MonthTables]:
    """The tables for the facts of those forms and periods, and `also` some items of a form in further periods: for each cell the highest version known on `day` (a day counts whole; None: all).

    Facts that stand under an id given up in a merge (`aliases`) count as those of the party that stays; of a cell that both reported, its own is kept.
    """
    import ibis

    raw = connect_tables()
    try:
        raw.execute("set timezone = 'UTC'")
        _load_facts(raw, home, forms, periods, day, tuple(also))
        if aliases:
            _follow(raw, aliases)
        raw.register("party_rows", party_table(parties))
        raw.register("membership_rows", membership_table(members))
        raw.execute("create table party as select * from party_rows")
        raw.execute("create table membership as select * from membership_rows")
        newest, count = raw.execute("select max(known_at), count(*) from facts").fetchone()
        connection = ibis.duckdb.from_connection(raw)
        known = newest.astimezone(UTC) if newest is not None else None
        facts, party, membership = (connection.table(name) for name in ("facts", "party", "membership"))
        tables = MonthTables(connection, facts, party, membership, known, count)
        try:
            yield tables
        finally:
            tables.release()
    finally:
        raw.close()


def _load_facts(
    raw: Any, home: Path, forms: Collection[str], periods: Collection[str], day: date | datetime | None, also: Sequence[Further]
) -> None:
    from yunxing.engines.facts.table import CELL, day_end, empty

    found = dict.fromkeys(batches(home, forms=forms, months={month_of(period) for period in periods}))
    for one in also:
        found |= dict.fromkeys(batches(home, forms={one.form}, months={month_of(period) for period in one.periods}))
    files = list(found)
    if not files:
        raw.register("no_facts", empty().to_arrow())
        raw.execute("create table facts as select *, known_at as first_known_at from no_facts")
        return
    either = ["(list_contains(?, form) and list_contains(?, period))"]
    parameters: list[Any] = [[str(path) for path in files], sorted(forms), sorted(periods)]
    for one in also:
        either.append("(form = ? and list_contains(?, item) and list_contains(?, period))")
        parameters += [one.form, sorted(one.items), sorted(one.periods)]
    conditions = [f"({' or '.join(either)})"]
    if day is not None:
        exact = isinstance(day, datetime)
        conditions.append("known_at <= ?" if exact else "known_at < ?")
        parameters.append(day if exact else day_end(day))
    cell = ", ".join(CELL)
    with readable(files):
        raw.execute(
            f"create table facts as select * exclude (newest) from (select *, min(known_at) over (partition by {cell}) as first_known_at,"
            f" row_number() over (partition by {cell} order by version desc, submission) as newest"
            f" from read_parquet(?) where {' and '.join(conditions)}) where newest = 1",
            parameters,
        )


def _follow(raw: Any, aliases: Mapping[str, str]) -> None:
    import pyarrow as pa

    from yunxing.engines.facts.table import CELL
    from yunxing.engines.registry.merge import resolved

    raw.register("alias_rows", pa.table({"alias": list(aliases), "stays": [resolved(aliases, one) for one in aliases]}))
    cell = ", ".join(name if name != "party" else "coalesce(stays, party)" for name in CELL)
    raw.execute(
        "create or replace table facts as select * exclude (best, alias, stays) replace (coalesce(stays, party) as party) from ("
        f"select *, row_number() over (partition by {cell} order by stays is not null, party) as best"
        " from facts left join alias_rows on facts.party = alias_rows.alias) where best = 1"
    )


def party_table(parties: Iterable[Party]) -> Any:
    """Parties as the statistics read them: `annual_plan` (fen), `preparatory`, `min_days`, and planned days as numbers, out of the attributes; null where a kind has none."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in PARTY_TYPES}
    for party in sorted(parties, key=lambda one: one.id):
        plain = {
            "annual_plan": _whole(party.attributes, "annual_plan_fen"),
            "preparatory": bool(party.attributes.get("is_preparatory", False)),
            "min_days": _whole(party.attributes, "min_days"),
            "small": int(party.size in SMALL) if party.size else None,
            "planned_start": _day(party.attributes, "planned_start"),
            "planned_finish": _day(party.attributes, "planned_finish"),
        }
        for name, values in columns.items():
            values.append(plain[name] if name in plain else getattr(party, name))
    types = {"text": pa.string(), "day": pa.date32(), "whole": pa.int64(), "flag": pa.bool_()}
    return pa.table(columns, schema=pa.schema([(name, types[kind]) for name, kind in PARTY_TYPES.items()]))


SMALL = (SizeClass.small.value, SizeClass.micro.value)
PARTY_TYPES = {
    "id": "text", "kind": "text", "name": "text", "short_name": "text", "unit": "text", "region": "text", "industry": "text", "size": "text", "parent": "text",
    "valid_from": "day", "valid_to": "day", "annual_plan": "whole", "preparatory": "flag", "min_days": "whole",
    "planned_start": "whole", "planned_finish": "whole", "small": "whole",
}  # fmt: skip


def _whole(attributes: Mapping[str, Any], name: str) -> int | None:
    value = attributes.get(name)
    return None if value is None or value == "" else int(value)


def _day(attributes: Mapping[str, Any], name: str) -> int | None:
    """An ISO day of an attribute as days since 1970-01-01; None when it is not there."""
    value = attributes.get(name)
    return day_number(date.fromisoformat(str(value))) if value else None


def membership_table(members: Iterable[Membership]) -> Any:
    """Memberships as the statistics read them."""
    import pyarrow as pa

    kept = sorted(members, key=lambda one: (one.roster, one.party, one.valid_from))
    columns = {name: [getattr(one, name) for one in kept] for name in ("roster", "party", "valid_from", "valid_to")}
    days = {"valid_from", "valid_to"}
    return pa.table(columns, schema=pa.schema([(name, pa.date32() if name in days else pa.string()) for name in columns]))

"""The registry's history: what was believed when, and for which days. Rows are added and ended, never altered or taken away.

`record` writes one act (an import, an edit, a merge) into the history and into the tables of what holds now, in one transaction. `as_known` is the one
query "as on day D, as known at instant K". `undo` takes an act back: what it began ends, what it ended begins again; the act stays in the history.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from yunxing.engines.registry.history import Segment, amend
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.store import dialect
from yunxing.io.store.registry_rows import (
    MEMBER,
    PARTY,
    STATE,
    WHOLE,
    member_of,
    member_values,
    party_of,
    places,
    segment_of,
    state_values,
    whole_values,
)  # fmt: skip
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

Effective = tuple[Party, date | None]  # a party's new state and the day from which it holds; None: a correction of the newest
_BELIEF = "known_from, opened, closed"
ALIAS = "alias, party"
_TABLES = {"reporting_party_state": (STATE, 14), "reporting_member_state": (MEMBER, 6), "reporting_alias": (ALIAS, 2)}


class Written(NamedTuple):
    """How many were added, changed and already so."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Act:
    """Who changes the registry, when, how (`import edit merge undo`) and on what ground. Without an instant: now."""

    at: datetime | None = None
    person: str = ""
    act: str = "import"
    source: str = ""
    source_day: date | None = None
    note: str = ""
    undoes: str = ""

    @property
    def instant(self) -> datetime:
        """When, in UTC."""
        return (self.at or datetime.now(UTC)).astimezone(UTC)


class Recorded(NamedTuple):
    """What an act did; `change` is its id, empty when nothing changed."""

    change: str
    parties: Written
    memberships: Written


class Change(NamedTuple):
    """One act of the history."""

    id: str
    at: datetime
    person: str
    act: str
    source: str
    source_day: date | None
    note: str
    counts: dict[str, int]
    undoes: str


def record(
    connection: Any,
    act: Act,
    parties: Iterable[Effective] = (),
    memberships: Iterable[Membership] = (),
    dropped: Iterable[Membership] = (),
    aliases: Iterable[tuple[str, str]] = (),
) -> Recorded:
    """Write one act: parties with the day from which they hold, memberships (added, or changed by their first day), memberships that are wrong
    altogether, and ids given up for others. Nothing is written when nothing changes. BadInput when the act is older than what it changes.
    """
    with dialect.transaction(connection):
        given, members, gone, names = list(parties), list(memberships), list(dropped), list(aliases)
        found = _Changes(connection, given, members, gone, names)
        if not found:
            return Recorded("", found.parties, found.memberships)
        change = _begin(connection, act, found)
        instant = act.instant
        _end(connection, "reporting_party_state", found.ended_states, change, instant)
        _end(connection, "reporting_member_state", found.ended_members, change, instant)
        _add(connection, "reporting_party_state", [state_values(one) for one in found.new_states], change, instant)
        _add(connection, "reporting_member_state", [member_values(one) for one in found.new_members], change, instant)
        _add(connection, "reporting_alias", names, change, instant)
        _project(connection, {one.party.id for one in found.new_states} | {alias for alias, _party in names})
        _project_members(connection, found.touched_members)
        return Recorded(change, found.parties, found.memberships)


class _Changes:
    """What an act changes, against what is believed now: rows (by number) to end, and new ones."""

    def __init__(
        self,
        connection: Any,
        parties: list[Effective],
        members: list[Membership],
        dropped: list[Membership],
        aliases: list[tuple[str, str]],
    ) -> None:
        self.ended_states: list[int] = []
        self.new_states: list[Segment] = []
        self.ended_members: list[int] = []
        self.new_members: list[Membership] = []
        self.touched_members: set[tuple[str, str]] = set()
        self.aliases = aliases
        given_up = {alias for alias, _party in aliases}
        standing = _states(connection, {party.id for party, _since in parties} | given_up)
        added = changed = same = 0
        for party, since in parties:
            held = standing.get(party.id, [])
            old, new = amend([segment for _row, segment in held], party, since)
            self.ended_states += [row for row, segment in held if segment in old and row >= 0]
            if any(row < 0 for row, _segment in held):  # the same party twice in one act
                self.new_states = [one for one in self.new_states if (-1, one) not in held or one not in old]
            self.new_states += new
            added, changed, same = added + (not held), changed + bool(held and new), same + (not new)
            standing[party.id] = [(row, segment) for row, segment in held if segment not in old] + [(-1, one) for one in new]
        self.ended_states += [row for alias in given_up for row, _segment in standing.get(alias, [])]
        self.parties = Written(added, changed, same)
        self._members(connection, members, dropped)

    def _members(self, connection: Any, members: list[Membership], dropped: list[Membership]) -> None:
        known = _members(connection, {one.party for one in (*members, *dropped)})
        added = changed = same = 0
        for one in members:
            row, held = known.get(one.key, (None, None))
            if held == one:
                same += 1
                continue
            self.ended_members += [] if row is None else [row]
            self.new_members.append(one)
            self.touched_members.add((one.roster, one.party))
            added, changed = added + (row is None), changed + (row is not None)
        for one in dropped:
            row, _held = known.get(one.key, (None, None))
            if row is not None and row not in self.ended_members:
                self.ended_members.append(row)
                self.touched_members.add((one.roster, one.party))
                changed += 1
        self.memberships = Written(added, changed, same)

    def __bool__(self) -> bool:
        return bool(self.ended_states or self.new_states or self.ended_members or self.new_members or self.aliases)

    def content(self) -> Any:
        """What names the act: the same content at the same instant by the same person is the same act."""
        return [[list(map(str, state_values(one))) for one in self.new_states], [list(map(str, member_values(one))) for one in self.new_members],
                sorted(self.ended_states), sorted(self.ended_members), self.aliases]  # fmt: skip


def _begin(connection: Any, act: Act, found: _Changes) -> str:
    instant = act.instant
    late = _latest(connection, found)
    if late is not None and instant < late:
        raise BadInput(f"名录变更的登记时间 {instant} 早于被更改内容的登记时间 {late}；请核对系统时间。")
    facts = {"at": instant.isoformat(), "person": act.person, "act": act.act, "source": act.source, "content": found.content()}
    change = "R-" + digest(facts).partition(":")[2][:16]
    counts = {f"parties_{name}": value for name, value in found.parties._asdict().items()}
    counts |= {f"members_{name}": value for name, value in found.memberships._asdict().items()} | {"merged": len(found.aliases)}
    sql = f"insert into reporting_change (id, at, person, act, source, source_day, note, counts, undoes) values ({places(9)})"
    told = json.dumps(counts, sort_keys=True)
    dialect.execute(
        connection, sql, (change, instant, act.person, act.act, act.source[:255], act.source_day, act.note[:255], told, act.undoes)
    )
    return change


def _latest(connection: Any, found: _Changes) -> datetime | None:
    """The newest instant among the rows that would end."""
    newest: list[datetime] = []
    for table, ids in (("reporting_party_state", found.ended_states), ("reporting_member_state", found.ended_members)):
        for some in _batches(ids):
            row = dialect.row(connection, f"select max(known_from) from {table} where id in ({places(len(some))})", some)
            newest += [instant for instant in [dialect.as_instant(row[0] if row else None)] if instant is not None]
    return max(newest, default=None)


def _batches(ids: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), 500):
        yield list(ids[start : start + 500])


def _states(connection: Any, ids: Collection[str]) -> dict[str, list[tuple[int, Segment]]]:
    """The segments believed now, with their row numbers, by party. Of very many parties the whole table is read at once."""
    sql = f"select id, {STATE} from reporting_party_state where known_to is null"
    if len(ids) > 2000:
        rows = [row for row in dialect.rows(connection, sql) if row[1] in ids]
    else:
        rows = [
            row for some in _batches(sorted(ids)) for row in dialect.rows(connection, f"{sql} and party in ({places(len(some))})", some)
        ]
    found: dict[str, list[tuple[int, Segment]]] = {}
    for row in rows:
        found.setdefault(str(row[1]), []).append((int(row[0]), segment_of(row[1:])))
    return found


def _members(connection: Any, ids: Collection[str]) -> dict[tuple[str, str, date], tuple[int, Membership]]:
    sql = f"select id, {MEMBER} from reporting_member_state where known_to is null"
    if len(ids) > 2000:
        rows = [row for row in dialect.rows(connection, sql) if row[2] in ids]
    else:
        rows = [
            row for some in _batches(sorted(ids)) for row in dialect.rows(connection, f"{sql} and party in ({places(len(some))})", some)
        ]
    members = [(int(row[0]), member_of(row[1:])) for row in rows]
    return {member.key: (number, member) for number, member in members}


def _end(connection: Any, table: str, ids: list[int], change: str, instant: datetime) -> None:
    dialect.executemany(connection, f"update {table} set known_to = %s, closed = %s where id = %s", [(instant, change, row) for row in ids])


def _add(connection: Any, table: str, rows: Sequence[Sequence[Any]], change: str, instant: datetime) -> None:
    columns, count = _TABLES[table]
    sql = f"insert into {table} ({columns}, {_BELIEF}) values ({places(count + 3)})"
    dialect.executemany(connection, sql, [(*row, instant, change, "") for row in rows])


def _project(connection: Any, ids: Collection[str]) -> None:
    """What holds now, made anew for those parties from the newest of their segments; a party without any is no longer one."""
    states = _states(connection, ids)
    gone = [(one,) for one in sorted(ids)]
    newest = [max((segment for _row, segment in held), key=lambda one: one.from_day).party for _id, held in sorted(states.items())]
    dialect.executemany(connection, "delete from reporting_party where id = %s", gone)
    dialect.executemany(connection, f"insert into reporting_party ({WHOLE}) values ({places(14)})", [whole_values(one) for one in newest])


def _project_members(connection: Any, pairs: Collection[tuple[str, str]]) -> None:
    known = _members(connection, {party for _roster, party in pairs})
    rows = [member_values(member) for _row, member in known.values() if (member.roster, member.party) in pairs]
    dialect.executemany(connection, "delete from reporting_membership where roster = %s and party = %s", sorted(pairs))
    dialect.executemany(connection, f"insert into reporting_membership ({MEMBER}) values ({places(6)})", rows)


def as_known(connection: Any, day: date, known: datetime, *, kind: str | None = None) -> dict[str, Party]:
    """The parties that exist on `day`, in the state of that day, as the platform knew it at the instant `known`; of one kind when given."""
    sql = (
        f"select {PARTY.replace('id', 'party', 1)} from reporting_party_state where known_from <= %s and (known_to is null or known_to > %s)"
        " and from_day <= %s and (to_day is null or to_day >= %s) and valid_from <= %s and (valid_to is null or valid_to >= %s)"
    )
    given: list[Any] = [known, known, day, day, day, day]
    rows = dialect.rows(connection, sql + (" and kind = %s" if kind else "") + " order by party", given + ([kind] if kind else []))
    return {str(row[0]): party_of(row) for row in rows}


def newest_as_known(connection: Any, known: datetime) -> dict[str, Party]:
    """Every party in the newest state it was known in at an instant: what an export of that instant showed."""
    sql = (
        f"select {STATE} from reporting_party_state where known_from <= %s and (known_to is null or known_to > %s) order by party, from_day"
    )
    return {segment.party.id: segment.party for segment in map(segment_of, dialect.rows(connection, sql, (known, known)))}


def members_as_known(connection: Any, roster: str, known: datetime, day: date | None = None) -> list[Membership]:
    """The memberships of a roster as known at an instant, those of one day when given, in the order of party and first day."""
    sql = f"select {MEMBER} from reporting_member_state where roster = %s and known_from <= %s and (known_to is null or known_to > %s)"
    given: list[Any] = [roster, known, known]
    if day is not None:
        sql += " and valid_from <= %s and (valid_to is null or valid_to >= %s)"
        given += [day, day]
    return [member_of(row) for row in dialect.rows(connection, sql + " order by party, valid_from", given)]


def changes(connection: Any, *, roster: str | None = None, party: str | None = None, limit: int = 200) -> list[Change]:
    """The acts of the history, the newest first: all, those that touched a roster or one of its members (its versions), or those that touched a party."""
    sql = "select id, at, person, act, source, source_day, note, counts, undoes from reporting_change"
    given: list[Any] = []
    if roster:
        members = "select party from reporting_member_state where roster = %s"
        parts = [f"select {column} from reporting_member_state where roster = %s" for column in ("opened", "closed")]
        parts += [f"select {column} from reporting_party_state where party in ({members})" for column in ("opened", "closed")]
        sql, given = f"{sql} where id in ({' union '.join(parts)})", [roster] * 4
    elif party:
        tables = ("reporting_member_state", "reporting_party_state", "reporting_alias")
        parts = [f"select {column} from {table} where party = %s" for table in tables for column in ("opened", "closed")]
        sql, given = f"{sql} where id in ({' union '.join(parts)})", [party] * len(parts)
    rows = dialect.rows(connection, f"{sql} order by at desc, id desc limit {int(limit)}", given)
    return [_change(row) for row in rows]


def rosters_of(connection: Any, change: str) -> set[str]:
    """The rosters whose memberships an act began or ended."""
    sql = "select distinct roster from reporting_member_state where opened = %s or closed = %s"
    return {str(row[0]) for row in dialect.rows(connection, sql, (change, change))}


def change_of(connection: Any, change: str) -> Change | None:
    """One act by its id."""
    sql = "select id, at, person, act, source, source_day, note, counts, undoes from reporting_change where id = %s"
    row = dialect.row(connection, sql, (change,))
    return _change(row) if row else None


def _change(row: tuple[Any, ...]) -> Change:
    at = dialect.as_instant(row[1])
    assert at is not None  # the column is NOT NULL
    return Change(
        row[0], at, row[2] or "", row[3], row[4] or "", dialect.as_date(row[5]), row[6] or "", dialect.as_json(row[7]) or {}, row[8] or ""
    )


def undo(connection: Any, change: str, act: Act) -> str:
    """Take an act back and give the id of the act that does so: what it began ends, what it ended begins again.

    BadInput when there is no such act, when it was taken back already, and when a later act changed what it wrote: take that one back first.
    """
    with dialect.transaction(connection):
        if change_of(connection, change) is None:
            raise BadInput(f"没有变更 {change}；名录的变更见 yunxing registry changes。")
        if dialect.row(connection, "select 1 from reporting_change where undoes = %s", (change,)):
            raise BadInput(f"变更 {change} 已经撤销过。")
        later = sorted({str(row[0]) for table in _TABLES for row in dialect.rows(
            connection, f"select closed from {table} where opened = %s and known_to is not null", (change,))})  # fmt: skip
        if later:
            raise BadInput(f"变更 {change} 写入的内容后来又被 {'、'.join(later)} 更改；请先撤销后来的变更。")
        begun, ended = (
            {table: _rows(connection, table, "opened", change) for table in _TABLES},
            {table: _rows(connection, table, "closed", change) for table in _TABLES},
        )
        instant = act.instant
        given = asdict(act) | {"act": "undo", "undoes": change, "at": instant}
        facts = {"undoes": change, "at": instant.isoformat(), "person": act.person}
        name = "U-" + digest(facts).partition(":")[2][:16]
        counts = json.dumps({"ended": sum(map(len, begun.values())), "restored": sum(map(len, ended.values()))}, sort_keys=True)
        sql = f"insert into reporting_change (id, at, person, act, source, source_day, note, counts, undoes) values ({places(9)})"
        dialect.execute(
            connection, sql, (name, instant, act.person, "undo", given["source"][:255], act.source_day, act.note[:255], counts, change)
        )
        for table in _TABLES:
            _end(connection, table, [row[0] for row in begun[table]], name, instant)
            _add(connection, table, [row[1:] for row in ended[table]], name, instant)
        touched = [*begun["reporting_party_state"], *ended["reporting_party_state"]]
        _project(connection, {str(row[1]) for row in touched} | {str(row[1]) for row in begun["reporting_alias"]})
        pairs = {(str(row[1]), str(row[2])) for row in (*begun["reporting_member_state"], *ended["reporting_member_state"])}
        _project_members(connection, pairs)
        return name


def _rows(connection: Any, table: str, column: str, change: str) -> list[tuple[Any, ...]]:
    columns, _count = _TABLES[table]
    rows = dialect.rows(connection, f"select id, {columns} from {table} where {column} = %s order by id", (change,))
    return [
        tuple(json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else value for value in row) for row in rows
    ]


def by_party(members: Iterable[Membership]) -> dict[str, list[Membership]]:
    """Memberships by party."""
    ordered = sorted(members, key=lambda one: (one.party, one.roster, one.valid_from))
    return {party: list(group) for party, group in groupby(ordered, key=lambda one: one.party)}


def merged_by(connection: Any, change: str) -> list[tuple[Any, ...]]:
    """Alias and party of the merges that this act made and that still stand."""
    return dialect.rows(connection, "select alias, party from reporting_alias where opened = %s and known_to is null", [change])

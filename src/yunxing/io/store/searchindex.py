"""The index of exact search in the relational store: `library_entry` holds the texts, `library_pairs` their pairs.

On SQLite the pairs are a contentless FTS5 table and a phrase is asked for as its tokens in a row, which is exact. On PostgreSQL and its
relatives they are rows (pair, entry) of a plain table, which every one of them has; some pairs of the phrase propose texts, and the same
statement looks into the text. Both give all and only the texts that hold the phrase. Everything here can be made anew from the texts: `rebuild`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final, NamedTuple

from yunxing.engines.search.entry import Clause, Effect, Entry
from yunxing.engines.search.fold import BREAK, fold
from yunxing.engines.search.pairs import PAIR_BITS, as_number, of_phrase, tokens
from yunxing.engines.search.query import Filters, Query
from yunxing.engines.search.spans import holds
from yunxing.io.store import dialect
from yunxing.values.digest import digest

NONE_ASKED: Final = "a search needs at least one phrase or filter"
_COLUMNS: Final = (
    "kind, code, title, number, mark, number_year, number_in_year, issuers, offices, place, day,"
    " since, ended_after, partly, amended, clauses, body, folded, digest"
)
_MANY: Final = 400
_PROPOSING: Final = 4  # pairs of a phrase that propose texts where there is no full-text index


class Found(NamedTuple):
    """One entry that answers: its row, what it is, its title and day."""

    id: int
    kind: str
    key: str
    title: str
    day: date | None


class Stored(NamedTuple):
    """An entry as it stands in the index."""

    id: int
    entry: Entry
    whole: str


def create(vendor: str) -> list[str]:
    """The statements that make the table of pairs; a migration runs them."""
    if vendor == "sqlite":
        return ["CREATE VIRTUAL TABLE library_pairs USING fts5(pairs, content='', tokenize='ascii', prefix='6')"]
    return [
        "CREATE TABLE library_pairs (pair bigint NOT NULL, entry bigint NOT NULL, PRIMARY KEY (pair, entry))",
        "CREATE INDEX library_pairs_entry ON library_pairs (entry)",
    ]


def put(connection: Any, entries: Iterable[Entry]) -> int:
    """Write the entries, replacing those of the same kind and key; how many were new or other than before. One transaction; the same again changes nothing."""
    changed = 0
    with dialect.transaction(connection):
        for entry in entries:
            changed += _put(connection, entry)
    return changed


def drop(connection: Any, kind: str, keys: Iterable[str]) -> int:
    """Take entries out of the index; how many were there."""
    gone = 0
    with dialect.transaction(connection):
        for key in keys:
            found = dialect.row(connection, "select id, folded from library_entry where kind = %s and code = %s", [kind, key])
            if found is not None:
                _forget_pairs(connection, *found)
                dialect.execute(connection, "delete from library_entry where id = %s", [found[0]])
                gone += 1
    return gone


def rebuild(connection: Any) -> int:
    """Make all pairs anew from the texts that are there; how many texts."""
    with dialect.transaction(connection):
        if dialect.vendor(connection) == "sqlite":
            dialect.execute(connection, "insert into library_pairs (library_pairs) values ('delete-all')")
        else:
            dialect.execute(connection, "delete from library_pairs")
        known = [number for (number,) in dialect.rows(connection, "select id from library_entry order by id")]
        for number in known:
            row = dialect.row(connection, "select folded from library_entry where id = %s", [number])
            _write_pairs(connection, number, str(row[0]) if row else "")
    return len(known)


def keys(connection: Any, kind: str) -> dict[str, str]:
    """Key → digest of the entries of a kind."""
    return dict(dialect.rows(connection, "select code, digest from library_entry where kind = %s", [kind]))


def ids(connection: Any, query: Query, *, today: date, ended: bool = True) -> list[int]:
    """The rows of all and only the entries that answer, unordered. With `ended` false, documents whose force has ended are left out.

    ValueError when the query asks for nothing.
    """
    if not query.terms and not query.filters.named():
        raise ValueError(NONE_ASKED)
    conditions, values = _filters(query.filters, today, ended=ended)
    asked, of_asked = _asked(connection, query)
    found = [row[0] for row in dialect.rows(connection, _select(connection, "e.id", asked, conditions), [*of_asked, *values])]
    if query.strict or (query.near != "document" and len(query.terms) > 1):
        return [number for number, folded, raw in _texts(connection, found) if holds(query, folded, raw)]
    return found


def ranked(connection: Any, query: Query, *, today: date, ended: bool = True, most: int = 10_000) -> list[Found]:
    """What `ids` gives, best first: BM25 over the phrases, then the newer document, then the title."""
    numbers = ids(connection, query, today=today, ended=ended)[:most]
    if not numbers:
        return []
    score = _scores(connection, query.terms, numbers) if query.terms else {}
    found = [
        Found(row[0], row[1], row[2], row[3], dialect.as_date(row[4])) for row in _rows(connection, "id, kind, code, title, day", numbers)
    ]
    return sorted(found, key=lambda one: (-score.get(one.id, 0.0), -(one.day or date.min).toordinal(), one.title, one.id))


def keywords(connection: Any, text: str, *, today: date, most: int = 100) -> list[Found]:
    """Ranked keyword search: entries that hold any two neighbouring characters of the text, the most telling first. Empty for less than two characters."""
    wanted = sorted({part[i : i + 2] for part in fold(text).split(BREAK) for i in range(len(part) - 1)})
    if not wanted:
        return []
    score: dict[int, float] = {}
    for pair in wanted:
        query = Query((pair,))
        numbers = ids(connection, query, today=today)
        for number, value in _scores(connection, (pair,), numbers).items():
            score[number] = score.get(number, 0.0) + value
    best = sorted(score, key=lambda number: (-score[number], number))[:most]
    rows = {
        row[0]: Found(row[0], row[1], row[2], row[3], dialect.as_date(row[4]))
        for row in _rows(connection, "id, kind, code, title, day", best)
    }
    return [rows[number] for number in best]


def fetch(connection: Any, numbers: Sequence[int]) -> list[Stored]:
    """The entries of these rows, in the order asked; those that are gone are left out."""
    read = {row[0]: _stored(row) for row in _rows(connection, f"id, {_COLUMNS}", numbers)}
    return [read[number] for number in numbers if number in read]


def _put(connection: Any, entry: Entry) -> bool:
    body = entry.whole()
    row = _row(entry, body)
    before = dialect.row(connection, "select id, digest, folded from library_entry where kind = %s and code = %s", [entry.kind, entry.key])
    if before is not None and before[1] == row[-1]:
        return False
    if before is None:
        places = ", ".join(["%s"] * len(row))
        dialect.execute(connection, f"insert into library_entry ({_COLUMNS}) values ({places})", row)
        found = dialect.row(connection, "select id from library_entry where kind = %s and code = %s", [entry.kind, entry.key])
        number = found[0] if found else 0
    else:
        number = before[0]
        _forget_pairs(connection, number, before[2])
        setting = ", ".join(f"{name} = %s" for name in _COLUMNS.split(", "))
        dialect.execute(connection, f"update library_entry set {setting} where id = %s", [*row, number])
    _write_pairs(connection, number, row[-2])
    return True


def _row(entry: Entry, body: str) -> list[Any]:
    number, effect = entry.parsed, entry.effect
    values = [
        entry.kind,
        entry.key,
        entry.title[:300],
        entry.number[:80] or "-",
        (fold(number.mark) if number and number.mark else "-")[:60],
        number.year if number else None,
        number.number if number else None,
        _lines(entry.issuers),
        _lines(entry.offices),
        entry.place or "-",
        entry.day,
        effect.since,
        effect.until,
        effect.partly,
        effect.amended,
        json.dumps([list(asdict(clause).values()) for clause in entry.clauses], ensure_ascii=False),
        body,
        fold(body) or BREAK,
    ]
    return [*values, digest([str(value) for value in values])]


def _lines(names: Iterable[str]) -> str:
    """Folded names, each between line ends, so that one statement finds any of them."""
    return BREAK + BREAK.join(fold(name) for name in names) + BREAK


def _stored(row: Sequence[Any]) -> Stored:
    from yunxing.engines.search.numbers import doc_number

    day, since, until, partly, amended = (dialect.as_date(value) for value in row[11:16])
    clauses = tuple(Clause(*one) for one in dialect.as_json(row[16]))
    printed = "" if row[4] == "-" else row[4]
    issuers, offices = (tuple(name for name in row[at].split(BREAK) if name) for at in (8, 9))
    entry = Entry(row[1], row[2], row[3], row[17], printed, doc_number(printed) if printed else None, issuers, offices,
                  "" if row[10] == "-" else row[10], day, Effect(since, until, partly, amended), clauses)  # fmt: skip
    return Stored(row[0], entry, row[17])


def _write_pairs(connection: Any, number: int, folded: str) -> None:
    if dialect.vendor(connection) == "sqlite":
        dialect.execute(connection, "insert into library_pairs (rowid, pairs) values (%s, %s)", [number, " ".join(tokens(folded))])
        return
    held = {as_number(token) for token in tokens(folded)}
    dialect.executemany(connection, "insert into library_pairs (pair, entry) values (%s, %s)", [(pair, number) for pair in sorted(held)])


def _forget_pairs(connection: Any, number: int, folded: str) -> None:
    if dialect.vendor(connection) == "sqlite":
        dialect.execute(
            connection,
            "insert into library_pairs (library_pairs, rowid, pairs) values ('delete', %s, %s)",
            [number, " ".join(tokens(folded))],
        )
        return
    dialect.execute(connection, "delete from library_pairs where entry = %s", [number])


def _asked(connection: Any, query: Query) -> tuple[list[str], list[Any]]:
    """The conditions of the phrases, and their values."""
    if dialect.vendor(connection) == "sqlite":
        return _asked_of_fts(query)
    conditions: list[str] = []
    values: list[Any] = []
    for term in query.terms:
        if len(term) == 1:
            first = ord(term) << PAIR_BITS
            conditions.append("e.id in (select entry from library_pairs where pair >= %s and pair < %s)")
            values += [first, first + (1 << PAIR_BITS)]
            continue
        for pair in _spread(sorted({as_number(token) for token in of_phrase(term)})):
            conditions.append("e.id in (select entry from library_pairs where pair = %s)")
            values.append(pair)
        if len(term) > 2:  # the pairs are there, in whatever order; the text has the last word
            conditions.append("position(%s in e.folded) > 0")
            values.append(term)
    for term in query.without:
        conditions.append("position(%s in e.folded) = 0")
        values.append(term)
    return conditions, values


def _spread(pairs: list[int]) -> list[int]:
    """A few of the pairs, from all over the list."""
    step = max(1, -(-len(pairs) // _PROPOSING))
    return pairs[::step]


def _asked_of_fts(query: Query) -> tuple[list[str], list[Any]]:
    if not query.terms:
        return ["instr(e.folded, %s) = 0" for _ in query.without], list(query.without)
    phrases = [_phrase(term) for term in query.terms]
    wanted = f"({' AND '.join(phrases)})" + "".join(f" NOT {_phrase(term)}" for term in query.without)
    return ["library_pairs match %s"], [wanted]


def _phrase(term: str) -> str:
    held = of_phrase(term)
    return f"{held[0]}*" if len(term) == 1 else f'"{" ".join(held)}"'


def _select(connection: Any, columns: str, asked: list[str], conditions: list[str]) -> str:
    where = " and ".join([*asked, *conditions]) or "1 = 1"
    if dialect.vendor(connection) == "sqlite" and asked and "match" in asked[0]:
        if not conditions and columns == "e.id":
            return f"select rowid from library_pairs where {where}"
        return f"select {columns} from library_pairs cross join library_entry e on e.id = library_pairs.rowid where {where}"
    return f"select {columns} from library_entry e where {where}"


def _filters(filters: Filters, today: date, *, ended: bool) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []

    def add(condition: str, *given: Any) -> None:
        conditions.append(condition)
        values.extend(given)

    if filters.kind:
        add("e.kind = %s", filters.kind)
    for column, wanted in (("issuers", filters.issuer), ("offices", filters.office)):
        if wanted:
            add(f"e.{column} like %s escape '\\'", f"%{_plain(fold(wanted))}%")
    if filters.place:
        add("e.place like %s escape '\\'", f"{_plain(_region(filters.place))}%")
    if filters.since:
        add("e.day >= %s", filters.since)
    if filters.until:
        add("e.day <= %s", filters.until)
    number = filters.number
    if number is not None:
        for column, part in (
            ("mark", fold(number.mark) if number.mark else None),
            ("number_year", number.year),
            ("number_in_year", number.number),
        ):
            if part is not None:
                add(f"e.{column} = %s", part)
    if filters.valid_on:
        add("(e.since is null or e.since <= %s)", filters.valid_on)
        add("(e.ended_after is null or e.ended_after >= %s)", filters.valid_on)
    elif not ended and filters.status is None:
        add("(e.ended_after is null or e.ended_after >= %s)", today)
    if filters.status:
        condition, count = _STATES[filters.status]
        add(condition, *[filters.valid_on or today] * count)
    return conditions, values


_BEGUN = "(e.since is null or e.since <= %s) and (e.ended_after is null or e.ended_after >= %s)"
_WHOLE = f"{_BEGUN} and (e.partly is null or e.partly > %s)"
_AS_MADE = f"{_WHOLE} and (e.amended is null or e.amended > %s)"
_STATES: Final = {
    "not_yet": ("e.since > %s", 1),
    "ended": ("(e.since is null or e.since <= %s) and e.ended_after < %s", 2),
    "partly_ended": (f"{_BEGUN} and e.partly <= %s", 3),
    "amended": (f"{_WHOLE} and e.amended <= %s", 4),
    "in_force": (f"{_AS_MADE} and e.ended_after is not null", 4),
    "unstated": (f"{_AS_MADE} and e.ended_after is null", 4),
}


def _plain(text: str) -> str:
    """The text with the signs of LIKE made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _region(code: str) -> str:
    """The part of a region code that the codes of its parts begin with: without the zeros in pairs at its end."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def _texts(connection: Any, numbers: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    for row in _rows(connection, "id, folded, body", numbers):
        yield row[0], row[1], row[2]


def _rows(connection: Any, columns: str, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    for at in range(0, len(numbers), _MANY):
        some = numbers[at : at + _MANY]
        places = ", ".join(["%s"] * len(some))
        yield from dialect.rows(connection, f"select {columns} from library_entry where id in ({places})", list(some))


def _scores(connection: Any, terms: Sequence[str], numbers: Sequence[int]) -> dict[int, float]:
    """BM25 of each row over the phrases: FTS5's own on SQLite, the same formula over the texts elsewhere."""
    if dialect.vendor(connection) == "sqlite":
        wanted = " AND ".join(map(_phrase, terms))
        return dict(
            dialect.rows(connection, "select rowid, -bm25(library_pairs) from library_pairs where library_pairs match %s", [wanted])
        )
    from yunxing.engines.search.rank import bm25

    total, letters = dialect.rows(connection, "select count(*), coalesce(sum(length(folded)), 0) from library_entry")[0]
    texts = {number: folded for number, folded, _raw in _texts(connection, numbers)}
    held = [dialect.rows(connection, _count_of(term), [term])[0][0] for term in terms]
    return {number: bm25(text, terms, held, total, int(letters) / max(total, 1)) for number, text in texts.items()}


def _count_of(term: str) -> str:
    return "select count(*) from library_entry where position(%s in folded) > 0" if term else "select 0"

"""One search, whoever asks: the entries that answer, each read again in its text, with the clauses and sentences where the phrases stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yunxing.engines.search.entry import Clause, State
from yunxing.engines.search.fold import fold
from yunxing.engines.search.query import Query
from yunxing.engines.search.spans import Mark, excerpt, holds, marks
from yunxing.io.store import searchindex
from yunxing.io.store.searchindex import Found, Stored


@dataclass(frozen=True, slots=True)
class Passage:
    """Where phrases stand: the clause (None outside all), the words around them, and the marked parts of those words as (start, end)."""

    clause: Clause | None
    words: str
    marked: tuple[tuple[int, int], ...]
    start: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that answers, its state on the day asked for, and its passages, the first ones."""

    kind: str
    key: str
    title: str
    number: str
    day: date | None
    state: State
    passages: tuple[Passage, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits. `total` counts all that the asker may see; `ended` those left out because their force has ended; `dropped` must be 0:
    entries the index proposed and the text denied. `helps` names the filters without which there would be hits, with their count.
    """

    total: int
    hits: tuple[Hit, ...]
    ended: int = 0
    dropped: int = 0
    helps: tuple[tuple[str, int], ...] = ()


def search(
    connection: Any,
    query: Query,
    *,
    today: date,
    ended: bool = False,
    start: int = 0,
    count: int = 25,
    allowed: Callable[[Sequence[Found]], list[Found]] = list,
) -> Answer:
    """The page of hits from `start`. `allowed` keeps of what was found what the asker may see; it is asked before anything is counted or shown."""
    found = allowed(searchindex.ranked(connection, query, today=today, ended=ended))
    hidden = 0 if ended else len(allowed(searchindex.ranked(connection, query, today=today))) - len(found)
    hits, dropped = _read(connection, query, [one.id for one in found[start : start + count]], today)
    helps = () if found else _helps(connection, query, today, allowed)
    return Answer(len(found), hits, hidden, dropped, helps)


def _read(connection: Any, query: Query, numbers: Sequence[int], today: date) -> tuple[tuple[Hit, ...], int]:
    hits, dropped = [], 0
    for stored in searchindex.fetch(connection, numbers):
        if holds(query, fold(stored.whole), stored.whole):
            hits.append(_hit(stored, query, today))
        else:
            dropped += 1
    return tuple(hits), dropped


def _hit(stored: Stored, query: Query, today: date, most: int = 5) -> Hit:
    entry = stored.entry
    places = passages(stored.whole, entry.clauses, marks(query, stored.whole))
    state = entry.effect.on(query.filters.valid_on or today)
    return Hit(entry.kind, entry.key, entry.title, entry.number, entry.day, state, tuple(places[:most]), max(0, len(places) - most))


def passages(text: str, clauses: Sequence[Clause], found: Sequence[Mark]) -> list[Passage]:
    """The marks gathered into sentences, each with its clause. The title that stands before a text shifts nothing: clauses count in the text itself."""
    begins = [clause.start for clause in clauses]
    gathered: dict[tuple[int, int], list[Mark]] = {}
    for mark in found:
        around = next((span for span in gathered if span[0] <= mark.start and mark.end <= span[1]), None) or excerpt(text, mark)
        gathered.setdefault(around, []).append(mark)
    made = []
    for (start, end), inside in gathered.items():
        at = bisect_right(begins, inside[0].start) - 1
        clause = clauses[at] if at >= 0 and inside[0].start < clauses[at].end else None
        made.append(Passage(clause, text[start:end], tuple((mark.start - start, mark.end - start) for mark in inside), start))
    return made


def _helps(connection: Any, query: Query, today: date, allowed: Callable[[Sequence[Found]], list[Found]]) -> tuple[tuple[str, int], ...]:
    """For a search without hits: each filter whose removal alone would bring some, the most helpful first."""
    counts = []
    for name in query.filters.named():
        wider = replace(query, filters=replace(query.filters, **{name: None}))
        if wider.terms or wider.filters.named():
            counts.append((name, len(allowed(searchindex.ranked(connection, wider, today=today)))))
    return tuple(sorted(((name, count) for name, count in counts if count), key=lambda one: -one[1]))

"""Documents of the policy library and what staff noted of their force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from yunxing.engines.search.effect import EffectFact
from yunxing.io.store import dialect
from yunxing.values.errors import BadInput

NONE: Final = "-"
NOTES: Final = ("ends", "partly_ends", "amended")
LEVELS: Final = ("national", "province", "city", "county")
_COLUMNS: Final = "code, title, number, day, place, level, address, sha256, confirmed, body, plan, added_by, added"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands in the library. `plan` is the importer's JSON (its offsets count in `body`); texts that are unknown are empty."""

    code: str
    title: str
    body: str
    plan: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""
    day: date | None = None
    place: str = ""
    level: str = ""
    address: str = ""
    sha256: str = ""
    confirmed: bool = False
    added_by: str = ""
    added: datetime | None = None


def write(connection: Any, document: Document) -> bool:
    """Add the document unless its text is there already; True when it was added. `BadInput` when another text has its code."""
    with dialect.transaction(connection):
        there = dialect.row(connection, "select code from library_document where sha256 = %s", [document.sha256])
        if there is not None:
            return False
        other = dialect.row(connection, "select title from library_document where code = %s", [document.code])
        if other is not None:
            raise BadInput(f"{document.code}: found another text under this code ({other[0]}), expected a new one; give it with --code.")
        values = [
            document.code, document.title[:300], document.number[:80] or NONE, document.day, document.place or NONE, document.level or NONE,
            document.address or NONE, document.sha256, document.confirmed, document.body, json.dumps(document.plan, ensure_ascii=False),
            document.added_by or NONE, document.added,
        ]  # fmt: skip
        dialect.execute(connection, f"insert into library_document ({_COLUMNS}) values ({', '.join(['%s'] * len(values))})", values)
        _touch(connection)
    return True


def replace_plan(connection: Any, code: str, plan: Mapping[str, Any], *, confirmed: bool) -> None:
    """Put what a person corrected in the place of what was read; the text stays as it is."""
    values = [json.dumps(plan, ensure_ascii=False), confirmed, code]
    with dialect.transaction(connection):
        dialect.execute(connection, "update library_document set plan = %s, confirmed = %s where code = %s", values)
        _touch(connection)


def read(connection: Any, code: str) -> Document | None:
    """One document; None when there is none of this code."""
    found = dialect.row(connection, f"select {_COLUMNS} from library_document where code = %s", [code])
    return None if found is None else _document(found)


def code_of(connection: Any, sha256: str) -> str | None:
    """The code under which this text is kept; None when it is not."""
    found = dialect.row(connection, "select code from library_document where sha256 = %s", [sha256])
    return None if found is None else str(found[0])


def read_all(connection: Any) -> list[Document]:
    """All documents, the newest first."""
    rows = dialect.rows(connection, f"select {_COLUMNS} from library_document")
    return sorted(map(_document, rows), key=lambda one: (one.day or date.min, one.code), reverse=True)


def note(connection: Any, document: str, fact: EffectFact, *, person: str, at: datetime) -> None:
    """Keep what staff know of a document's force. `BadInput` for an unknown kind, a day that is none or a missing ground."""
    if fact.kind not in NOTES:
        raise BadInput(f"效力：found {fact.kind!r}, expected one of {', '.join(NOTES)}.")
    try:
        day = date.fromisoformat(fact.value)
    except ValueError as error:
        raise BadInput(f"日期：found {fact.value!r}, expected a day such as 2022-06-01.") from error
    if not fact.sentence.strip():
        raise BadInput("依据：found nothing, expected the document or sentence that says so · 请写明依据。")
    values = [document, fact.kind, day, fact.sentence.strip(), person, at, False]
    columns = "document, kind, day, said, person, at, taken_back"
    with dialect.transaction(connection):
        dialect.execute(connection, f"insert into library_effect ({columns}) values (%s, %s, %s, %s, %s, %s, %s)", values)
        _touch(connection)


def take_back(connection: Any, number: int) -> None:
    """A note of staff counts no more; it stays to be read."""
    with dialect.transaction(connection):
        dialect.execute(connection, "update library_effect set taken_back = %s where id = %s", [True, number])
        _touch(connection)


def mark(connection: Any, kind: str) -> int:
    """How far a reader of a growing table has come; 0 before the first time. The row is locked by being written, so that two take turns."""
    dialect.insert_new(connection, "insert into library_mark (kind, mark) values (%s, 0)", [kind])
    dialect.execute(connection, "update library_mark set mark = mark where kind = %s", [kind])
    found = dialect.row(connection, "select mark from library_mark where kind = %s", [kind])
    return int(found[0]) if found else 0


def set_mark(connection: Any, kind: str, value: int) -> None:
    """The reader has come so far."""
    dialect.execute(connection, "update library_mark set mark = %s where kind = %s", [value, kind])


def events_after(connection: Any, mark: int, limit: int) -> list[tuple[Any, ...]]:
    """Number and case of the events after one, in their order."""
    return dialect.rows(connection, "select id, case_id from casework_event where id > %s order by id limit %s", [mark, limit])


def cases_of(connection: Any, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Id, title, words and instant of opening of these cases."""
    places = ", ".join(["%s"] * len(ids))
    return dialect.rows(connection, f"select id, title, words, opened from casework_case where id in ({places})", ids)


def issued_bulletins(connection: Any) -> list[tuple[Any, ...]]:
    """Id, title, number and day of the bulletins that were issued."""
    return dialect.rows(connection, "select id, title, number, issued_on from room_issue where state = 'issued'")


def _touch(connection: Any) -> None:
    """One more change of the library."""
    set_mark(connection, "library", mark(connection, "library") + 1)


def notes(connection: Any) -> dict[str, list[EffectFact]]:
    """What staff noted, by document, in the order it was entered; what was taken back is left out."""
    found: dict[str, list[EffectFact]] = {}
    rows = dialect.rows(connection, "select document, kind, day, said, taken_back from library_effect order by id")
    for document, kind, day, said, taken_back in rows:
        if not taken_back:
            found.setdefault(document, []).append(EffectFact(kind, str(dialect.as_date(day)), "", said))
    return found


def _document(row: Sequence[Any]) -> Document:
    code, title, number, day, place, level, address, sha256, confirmed, body, plan, added_by, added = row
    number, place, level, address, added_by = ("" if one in (NONE, None) else one for one in (number, place, level, address, added_by))
    return Document(code, title, body, dialect.as_json(plan), number, dialect.as_date(day), place, level, address, sha256, bool(confirmed), added_by, dialect.as_instant(added))  # fmt: skip

"""Parties as pages name them: a few by id, or found by a piece of their name. Small reads; the whole registry is `io.store.registry`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.io.store import dialect


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party in one line: id, kind, name, the unit it reports through, its industry division."""

    id: str
    kind: str
    name: str
    unit: str
    industry: str


COLUMNS = "id, kind, name, unit, industry"


def named(connection: Any, ids: Iterable[str]) -> dict[str, PartyLine]:
    """The lines of these parties; one that the registry does not know is left out."""
    wanted = sorted({one for one in ids if one})
    found: dict[str, PartyLine] = {}
    for start in range(0, len(wanted), 400):
        chunk = wanted[start : start + 400]
        places = ", ".join(["%s"] * len(chunk))
        for row in dialect.rows(connection, f"SELECT {COLUMNS} FROM reporting_party WHERE id IN ({places})", chunk):
            found[str(row[0])] = _line(row)
    return found


def found_by(
    connection: Any, piece: str, *, kind: str = "enterprise", units: Sequence[str] | None = None, limit: int = 20
) -> list[PartyLine]:
    """Parties whose name or id holds the piece, by name; of these units when they are named (none named: none found)."""
    if units is not None and not units:
        return []
    like = "%" + piece.strip().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    sql = f"SELECT {COLUMNS} FROM reporting_party WHERE kind = %s AND (name LIKE %s ESCAPE '!' OR id LIKE %s ESCAPE '!')"
    values: list[Any] = [kind, like, like]
    if units is not None:
        sql += f" AND unit IN ({', '.join(['%s'] * len(units))})"
        values += list(units)
    return [_line(row) for row in dialect.rows(connection, f"{sql} ORDER BY name, id LIMIT {int(limit)}", values)]


def _line(row: Sequence[Any]) -> PartyLine:
    return PartyLine(*(str(one or "") for one in row))

"""The workbooks that came in and the batches they became: `reporting_submission` and `reporting_import`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from yunxing.io.store import dialect


@dataclass(frozen=True, slots=True)
class Submission:
    """One workbook that came in. Counts: parties in rows, added, revised and unchanged in facts, blocked, held and warned in rows."""

    digest: str
    file_name: str
    form: str
    unit: str
    period: str
    received: datetime
    state: str
    parties: int = 0
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    blocked: int = 0
    held: int = 0
    warned: int = 0
    problems: str = "[]"
    annotated: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """One batch of accepted facts and until when it may be undone."""

    batch: str
    form: str
    period: str
    facts: int
    imported: datetime
    undo_until: datetime
    undone: datetime | None = None


_SUBMISSION = tuple(field.name for field in fields(Submission))
_IMPORT = tuple(field.name for field in fields(Import))


def _replace(connection: Any, table: str, names: Sequence[str], row: tuple[Any, ...]) -> None:
    """Insert, or update the row of the same primary key (the first name)."""
    sql = f"insert into {table} ({', '.join(names)}) values ({', '.join(['%s'] * len(names))})"
    if not dialect.insert_new(connection, sql, row):
        settings = ", ".join(f"{name} = %s" for name in names[1:])
        dialect.execute(connection, f"update {table} set {settings} where {names[0]} = %s", (*row[1:], row[0]))


def write_submissions(connection: Any, submissions: Sequence[Submission], imports: Sequence[Import] = ()) -> None:
    """Write both in one transaction; the same workbook again replaces its row."""
    with dialect.transaction(connection):
        for one in imports:
            _replace(connection, "reporting_import", _IMPORT, tuple(getattr(one, name) for name in _IMPORT))
        for each in submissions:
            _replace(connection, "reporting_submission", _SUBMISSION, tuple(getattr(each, name) for name in _SUBMISSION))


def read_submissions(connection: Any, *, period: str | None = None) -> list[Submission]:
    """Submissions in the order period, form, unit, time; of one period when given."""
    sql = f"select {', '.join(_SUBMISSION)} from reporting_submission" + (" where period = %s" if period else "")
    found = dialect.rows(connection, sql + " order by period, form, unit, received", (period,) if period else ())
    return [Submission(**{**dict(zip(_SUBMISSION, row, strict=True)), "received": _instant(row[5])}) for row in found]


def read_imports(connection: Any) -> dict[str, Import]:
    """Batches by id, in the order they were taken in."""
    found = dialect.rows(connection, f"select {', '.join(_IMPORT)} from reporting_import order by imported, batch")
    return {row[0]: Import(row[0], row[1], row[2], row[3], _instant(row[4]), _instant(row[5]), dialect.as_instant(row[6])) for row in found}


def _instant(value: Any) -> datetime:
    instant = dialect.as_instant(value)
    assert instant is not None  # the column is NOT NULL
    return instant

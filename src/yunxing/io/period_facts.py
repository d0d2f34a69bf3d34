"""One item of one form for every party: the newest value known, of a period or of several days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.io.tables import batches, connect_tables, readable


def values_of(
    home: Path, form: str, items: Sequence[str], periods: Sequence[str], *, day: date | None = None
) -> dict[tuple[str, str, str], int]:
    """`{(party, item, period): value}` of what was reported (role `value`), the newest version known on `day` (None: now). Absent values are left out."""
    from yunxing.engines.facts.table import day_end

    files = batches(home, forms=[form])
    if not files or not items or not periods:
        return {}
    given: list[Any] = [[str(path) for path in files], form, list(items), list(periods)]
    known = ""
    if day is not None:
        known = " and known_at < ?"
        given.append(day_end(day))
    sql = (
        "select party, item, period, value from (select *, row_number() over (partition by party, item, period, as_reported order by version desc, submission) as newest"
        f" from read_parquet(?) where form = ? and role = 'value' and list_contains(?, item) and list_contains(?, period){known})"
        " where newest = 1 and value is not null order by party, item, period, as_reported"
    )
    connection = connect_tables()
    try:
        with readable(files):
            rows = connection.execute(sql, given).fetchall()
    finally:
        connection.close()
    return {(str(party), str(item), str(period)): int(value) for party, item, period, value in rows}


def last_period(home: Path, form: str, *, day: date | None = None) -> str:
    """The last period that a form has facts for, known on `day`; empty for none. A batch has no period after its month, so the newest month known ends it."""
    from yunxing.engines.facts.table import day_end

    by_month: dict[str, list[Path]] = {}
    for path in batches(home, forms=[form]):
        by_month.setdefault(path.name.partition(".")[0], []).append(path)
    found = ""
    connection = connect_tables()
    try:
        for month in ["all", *sorted(by_month.keys() - {"all"}, reverse=True)]:  # batches of no month of their own count as every month
            files = by_month.get(month, [])
            if not files:
                continue
            given: list[Any] = [[str(path) for path in files], form, *([day_end(day)] if day is not None else [])]
            known = " and known_at < ?" if day is not None else ""
            with readable(files):
                row = connection.execute(f"select max(period) from read_parquet(?) where form = ?{known}", given).fetchone()
            found = max(found, str(row[0]) if row and row[0] else "")
            if month != "all" and found[:7] >= month:
                break
    finally:
        connection.close()
    return found

"""The facts of a few parties out of the append-only table: what a file about one enterprise or project shows. Only their row groups are read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.io.tables import batches, connect_tables, readable


def facts_of_parties(
    home: Path, parties: Collection[str], *, forms: Collection[str] | None = None, day: date | None = None
) -> list[dict[str, Any]]:
    """The newest version known on `day` (None: now) of every cell of those parties, as dictionaries in the order of the cells.

    `parties` are all ids under which the party's facts may stand (`registry merge`): of a cell that two of them reported, the first id's is kept.
    """
    from yunxing.engines.facts.table import CELL, day_end

    order = list(parties)
    files = batches(home, forms=forms)
    if not files or not order:
        return []
    conditions, given = ["list_contains(?, party)"], [order]
    if day is not None:
        conditions.append("known_at < ?")
        given.append(day_end(day))  # type: ignore[arg-type]  # parameters of several types
    cell = ", ".join(CELL)
    sql = (
        f"select * exclude (newest) from (select *, row_number() over (partition by {cell} order by version desc, submission) as newest"
        f" from read_parquet(?) where {' and '.join(conditions)}) where newest = 1 order by {cell}"
    )
    connection = connect_tables()
    try:
        with readable(files):
            rows = connection.execute(sql, [[str(path) for path in files], *given]).pl().to_dicts()
    finally:
        connection.close()
    return _one_a_cell(rows, order, [name for name in CELL if name != "party"])


def _one_a_cell(rows: list[dict[str, Any]], order: list[str], cell: list[str]) -> list[dict[str, Any]]:
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda one: order.index(one["party"])):
        kept.setdefault(tuple(row[name] for name in cell), row)
    return [kept[key] for key in sorted(kept, key=lambda one: tuple(map(str, one)))]

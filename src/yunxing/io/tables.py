"""The facts store: one Parquet file per accepted batch, appended to for ever, read through DuckDB.

A batch is named `<month>.<form>.<hash>`: its month and form stand in the name, so that a month reads only itself and the twelve before it,
and the hash is that of its rows, so that the same batch twice is one file. An undone batch has a mark beside it and is read by nobody.
"""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yunxing.io.files import write_atomic
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput, Fault

if TYPE_CHECKING:
    import polars as pl

FOLDER = ("tables", "facts")


def connect_tables() -> Any:
    """An in-memory DuckDB that fetches nothing from a network."""
    import duckdb

    return duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": 2})


def facts_folder(home: Path) -> Path:
    """Where the batches lie."""
    return home.joinpath(*FOLDER)


def month_of(period: str) -> str:
    """The month a period code ends in: `2022-01..09` → `2022-09`, `2022-09-30` → `2022-09`.

    >>> month_of("2022-01..09"), month_of("2022-09-30"), month_of("2022-09")
    ('2022-09', '2022-09', '2022-09')
    """
    return f"{period[:4]}-{period[-2:]}" if ".." in period else period[:7]


def month_column() -> pl.Expr:
    """`month_of` as an expression over the column `period`."""
    import polars as pl

    period = pl.col("period")
    spanned = pl.concat_str(period.str.slice(0, 5), period.str.slice(-2, 2))
    return pl.when(period.str.contains("..", literal=True)).then(spanned).otherwise(period.str.slice(0, 7))


def append_batch(home: Path, month: str, form: str, rows: pl.DataFrame) -> str:
    """Write the rows as one batch and give its id; atomic, and the same rows twice are one file."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd", statistics=True)
    content = buffer.getvalue()
    batch = f"{month}.{form}.{digits(content)[:24]}"
    path = facts_folder(home) / f"{batch}.parquet"
    if not path.exists():
        write_atomic(path, content)
    path.with_suffix(".undone").unlink(missing_ok=True)
    return batch


def undo_batch(home: Path, batch: str) -> None:
    """Mark a batch as undone; its file stays. BadInput when there is no such batch."""
    path = facts_folder(home) / f"{batch}.parquet"
    if not path.exists():
        raise BadInput(f"没有批次 {batch}。")
    write_atomic(path.with_suffix(".undone"), b"")


def batches(home: Path, *, forms: Collection[str] | None = None, months: Collection[str] | None = None) -> list[Path]:
    """The files of those forms and months (all when None), in name order; a batch with no month of its own counts as every month."""
    folder, found = facts_folder(home), []
    if not folder.is_dir():
        return []
    with os.scandir(folder) as inside:
        names = {one.name for one in inside}
    for name in sorted(name for name in names if name.endswith(".parquet")):
        month, form, _ = name.split(".", 2)
        wanted = (forms is None or form in forms) and (months is None or month in months or month == "all")
        if wanted and f"{name.removesuffix('.parquet')}.undone" not in names:
            found.append(folder / name)
    return found


@contextmanager
def readable(files: Sequence[Path]) -> Iterator[None]:
    """Around a query over these Parquet files: when it fails because one is damaged, `BadInput` names every damaged one."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        faults = [fault for path in files for fault in _damage(path)]
        if faults:
            raise BadInput.from_faults(faults) from error
        raise


def _damage(path: Path) -> list[Fault]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_table(path, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        fix = "put it back from a backup (yunxing restore), or delete this file and import its workbooks again"
        return [
            Fault(str(path), "", f"a damaged table 表文件已损坏 ({str(error).splitlines()[0][:120]})", "Parquet as it was written", fix=fix)
        ]
    return []


def months_before(month: str, count: int) -> list[str]:
    """The month and the `count` months before it, oldest first.

    >>> months_before("2022-02", 2)
    ['2021-12', '2022-01', '2022-02']
    """
    last = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last - count, last + 1)]


def facts_as_of(
    home: Path,
    day: date | None = None,
    forms: Collection[str] | None = None,
    periods: Collection[str] | None = None,
) -> pl.DataFrame:
    """For each cell the highest version known on `day` (None: now), of those forms and periods (all when None), in the order of the cells.

    Columns: `engines.facts.table.SCHEMA`. Reads only the batches whose name holds a month in which one of the periods ends.
    """
    from yunxing.engines.facts.table import SCHEMA, empty

    months = None if periods is None else {month_of(period) for period in periods}
    files = batches(home, forms=forms, months=months)
    if not files:
        return empty()
    connection = connect_tables()
    try:
        with readable(files):
            return _query(connection, files, day, forms, periods).pl().select(list(SCHEMA)).cast(SCHEMA)
    finally:
        connection.close()


def facts_of_months(home: Path, form: str, months: Collection[str], *, party: str | None = None) -> pl.DataFrame:
    """The newest facts of a form in the batches of those months, of one party when named, in the order of the cells; what the checks of a month look back at."""
    from yunxing.engines.facts.table import SCHEMA, empty

    files = batches(home, forms={form}, months=months)
    if not files:
        return empty()
    connection = connect_tables()
    try:
        with readable(files):
            return _query(connection, files, None, {form}, None, party).pl().select(list(SCHEMA)).cast(SCHEMA)
    finally:
        connection.close()


def every_version(home: Path, form: str, month: str) -> pl.DataFrame:
    """Every version of every cell in the batches of a form and month, superseded ones included."""
    from yunxing.engines.facts.table import SCHEMA, empty

    files = batches(home, forms={form}, months={month})
    if not files:
        return empty()
    connection = connect_tables()
    try:
        with readable(files):
            return (
                connection.execute("select * from read_parquet(?)", [[str(path) for path in files]]).pl().select(list(SCHEMA)).cast(SCHEMA)
            )
    finally:
        connection.close()


def submissions_of(home: Path, form: str, month: str) -> frozenset[str]:
    """The digests of every workbook from which a fact of the form and month was taken, superseded versions included."""
    files = batches(home, forms={form}, months={month})
    if not files:
        return frozenset()
    connection = connect_tables()
    try:
        with readable(files):
            found = connection.execute("select distinct submission from read_parquet(?)", [[str(path) for path in files]]).fetchall()
    finally:
        connection.close()
    return frozenset(row[0] for row in found)


def cells_of(home: Path, form: str, month: str, submissions: Collection[str]) -> pl.DataFrame:
    """The cells those workbooks have reported already, in any version (columns of a cell, and `submission`): the same workbook says nothing twice."""
    import polars as pl

    from yunxing.engines.facts.table import CELL

    columns = [*CELL, "submission"]
    files = batches(home, forms={form}, months={month})
    if not files:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    connection = connect_tables()
    try:
        sql = f"select distinct {', '.join(columns)} from read_parquet(?) where list_contains(?, submission)"
        return connection.execute(sql, [[str(path) for path in files], sorted(submissions)]).pl().cast(dict.fromkeys(columns, pl.String))
    finally:
        connection.close()


def versions(home: Path, facts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every version ever reported of the cells of `facts`, as plain rows in no order; an undone batch is not read."""
    from yunxing.engines.facts.table import CELL

    files = batches(home, forms={str(one["form"]) for one in facts}, months={month_of(str(one["period"])) for one in facts})
    if not files:
        return []
    connection = connect_tables()
    try:
        with readable(files):
            sql = "select * from read_parquet(?) where list_contains(?, party) and list_contains(?, item) and list_contains(?, period)"
            given = [sorted({str(one[name]) for one in facts}) for name in ("party", "item", "period")]
            found: list[dict[str, Any]] = connection.execute(sql, [[str(path) for path in files], *given]).pl().to_dicts()
    finally:
        connection.close()
    wanted = {tuple(one[name] for name in CELL) for one in facts}
    return [one for one in found if tuple(one[name] for name in CELL) in wanted]


def _query(
    connection: Any,
    files: list[Path],
    day: date | None,
    forms: Collection[str] | None,
    periods: Collection[str] | None,
    party: str | None = None,
) -> Any:
    from yunxing.engines.facts.table import CELL, day_end

    conditions, parameters = ["true"], [[str(path) for path in files]]
    given: list[tuple[str, Any]] = []
    if day is not None:
        given.append(("known_at < ?", day_end(day)))
    if forms is not None:
        given.append(("list_contains(?, form)", sorted(forms)))
    if periods is not None:
        given.append(("list_contains(?, period)", sorted(periods)))
    if party is not None:
        given.append(("party = ?", party))
    conditions += [condition for condition, _ in given]
    parameters += [value for _, value in given]
    cell = ", ".join(CELL)
    sql = (
        f"select * exclude (newest) from (select *, row_number() over (partition by {cell} order by version desc, submission) as newest"
        f" from read_parquet(?) where {' and '.join(conditions)}) where newest = 1 order by {cell}"
    )
    return connection.execute(sql, parameters)

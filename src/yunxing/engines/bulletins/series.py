"""Tables over time and over parts: the last months of the city side by side, and what pulled a rate up or down."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from yunxing.engines.bulletins.board import Board, told
from yunxing.engines.bulletins.figures import FigureMaker
from yunxing.engines.bulletins.model import Block, Cell, Column, Table, Text
from yunxing.engines.bulletins.template import Contributions, Trend
from yunxing.engines.indicators.rows import Row
from yunxing.values.period import Month, YearToDate


def trend_table(part: Trend, board: Board, maker: FigureMaker) -> Iterable[Block]:
    """One line a month, the oldest first. January is told with February; a month without any of the figures is left out, a single gap is told."""
    rows: list[tuple[Cell, ...]] = []
    for back in range(part.months - 1, -1, -1):
        month = board.month.plus(-back)
        if month.month == 1:
            continue
        found = [board.city(column.indicator, column.stat, back=back) for column in part.columns]
        if all(told(row) is None for row in found):
            continue
        cells: list[Cell] = [(Text(_label(month, cumulative=any(column.stat.startswith("cumulative") for column in part.columns))),)]
        cells += [(maker.of_row(row, column.form),) for row, column in zip(found, part.columns, strict=True)]
        rows.append(tuple(cells))
    if rows:
        columns = (Column("时间", 16, "left"), *(Column(column.title, 14) for column in part.columns))
        yield Table(f"{maker.section}_{part.id}", part.title, columns, tuple(rows), part.remark)


def _label(month: Month, *, cumulative: bool) -> str:
    if cumulative or month.month == 2:
        return YearToDate(month.year, month.month).label("zh")
    return month.label("zh")


def contributions_table(part: Contributions, board: Board, maker: FigureMaker) -> Iterable[Block]:
    """The strongest pulls upward, the strongest first, then the strongest downward, the strongest last; equals in the order of their codes.

    Who contributed nothing, or did not report, is not listed.
    """
    names = {unit.code: unit.name for unit in board.units} if part.by == "unit" else dict(board.industries)
    period = board.periods(part.stat)[0]
    found = [
        row
        for row in board.rows
        if (row.indicator, row.scope_kind, row.stat, row.period) == (part.indicator, part.by, part.stat, period) and told(row)
    ]
    found.sort(key=lambda row: (-_pull(row), row.scope))
    up = [row for row in found if _pull(row) > 0][: part.limit]
    down = [row for row in found if _pull(row) < 0][-part.limit :]
    rows = [
        ((Text("拉高" if _pull(row) > 0 else "拉低"),), (Text(names.get(row.scope, row.scope)),), (maker.of_row(row, "points"),))
        for row in (*up, *down)
    ]
    if rows:
        columns = (Column("方向", 8), Column("县区" if part.by == "unit" else "行业", 34, "left"), Column("拉动", 16))
        yield Table(f"{maker.section}_{part.id}", part.title, columns, tuple(rows), part.remark)


def _pull(row: Row) -> Fraction:
    return told(row) or Fraction(0)

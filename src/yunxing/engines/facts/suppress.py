"""Small cells are not told: which cells of a published table are kept back, so that no respondent's figure can be read or solved from the others.

A table has rows (reporting units), columns (industries; one column alone when there is none) and their totals, under the name `TOTAL`. Primary: fewer
than `least` respondents, or the largest above `largest` of the cell, or the two largest at or above `two`. Secondary: for every cell kept back, three
more that form a rectangle with it (in a table of one column: one more), each of at least `protect` of its value in every period, so that the
cell may be `protect` larger or smaller and every total published still fits. One pattern holds for all periods of a table, since a cumulative less the one
before it is the month. Source: the confidentiality rules of the statistics design; dominance as in official practice. A `tests` lane solves the tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

TOTAL = ""  # the name of a margin: all rows, all columns
Reason = Literal["primary", "secondary"]
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """When a cell tells too much. `largest` is a share that must be exceeded, `two` and `protect` are reached by equality."""

    least: int = 3
    largest: Fraction = Fraction(4, 5)
    two: Fraction = Fraction(9, 10)
    protect: Fraction = Fraction(1, 10)


OURS = Disclosure()


@dataclass(frozen=True, slots=True)
class Pattern:
    """The cells kept back of one table, in every period of it. Cells without respondents tell nothing and are not in it."""

    hidden: Mapping[Cell, Reason]

    def hides(self, row: str = TOTAL, column: str = TOTAL) -> bool:
        """Whether the cell is kept back; `TOTAL` names a margin."""
        return (row, column) in self.hidden


NOTHING = Pattern({})


def pattern(figures: pl.DataFrame, rule: Disclosure = OURS) -> Pattern:
    """The cells to keep back of the table made of `figures` (columns `row`, `column`, `period`, `party`, `value` int64), margins included.

    All periods whose figures are published together belong in one call: the months and cumulatives of a year. A party counts in a period when it has a
    value there, zero too; dominance is by absolute values.
    """
    if not figures.height:
        return NOTHING
    rows, columns = (sorted(figures[name].unique()) for name in ("row", "column"))
    if len(columns) == 1:
        columns = []  # one column is its own total
    tables = [_table(some, rows, columns, rule) for (_period,), some in sorted(figures.group_by("period"), key=lambda pair: str(pair[0]))]
    return _Search([*rows, TOTAL], [*columns, TOTAL], tables, rule).run()


@dataclass(frozen=True, slots=True)
class _Table:
    """One period: absolute sums, respondents and what is primary, by row and column with the totals last."""

    size: np.ndarray
    count: np.ndarray
    primary: np.ndarray


def _table(figures: pl.DataFrame, rows: Sequence[str], columns: Sequence[str], rule: Disclosure) -> _Table:
    """The cells of one period. Values of a party in one cell are added; sizes are sums of absolute values."""
    import numpy as np
    import polars as pl

    shape = len(rows) + 1, len(columns) + 1
    size = np.zeros(shape, dtype=object)
    count, first, second = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=object), np.zeros(shape, dtype=object)
    place_row = {name: at for at, name in enumerate(rows)}
    place_column = {name: at for at, name in enumerate(columns)}
    spread = [("row", "column")] if columns else []
    for keys in [*spread, ("row",), *([("column",)] if columns else []), ()]:
        by = [*keys, "party"]
        own = figures.group_by(by).agg(pl.col("value").sum().abs().alias("size"))
        grouped = own.group_by(list(keys)) if keys else own.with_columns(pl.lit(0).alias("all")).group_by("all")
        told = grouped.agg(
            pl.col("size").sum().alias("sum"), pl.len().alias("n"), pl.col("size").top_k(2).sort(descending=True).alias("top")
        )
        for line in told.iter_rows(named=True):
            at = (
                place_row[line["row"]] if "row" in keys else len(rows),
                place_column[line["column"]] if "column" in keys else len(columns),
            )
            size[at], count[at], first[at] = int(line["sum"]), line["n"], int(line["top"][0])
            second[at] = int(line["top"][1]) if len(line["top"]) > 1 else 0
    few = (count > 0) & (count < rule.least)
    one = np.array(first * rule.largest.denominator > size * rule.largest.numerator, dtype=bool)
    pair = np.array((first + second) * rule.two.denominator >= size * rule.two.numerator, dtype=bool)
    return _Table(size, count, few | ((count > 0) & np.array(size > 0, dtype=bool) & (one | pair)))


class _Search:
    """Finds the cells that protect the primary ones, largest first, taking from the smallest that are large enough."""

    def __init__(self, rows: list[str], columns: list[str], tables: list[_Table], rule: Disclosure) -> None:
        import numpy as np

        self.rows, self.columns, self.tables, self.rule = rows, columns, tables, rule
        self.primary = np.logical_or.reduce([table.primary for table in tables])
        self.hidden = self.primary.copy()
        self.filled = np.logical_or.reduce([table.count > 0 for table in tables])
        self.weight = np.sum([table.size for table in tables], axis=0)

    def run(self) -> Pattern:
        """Every hidden cell gets its protection; a protecting cell is protected by the same rectangle."""
        import numpy as np

        places = sorted(zip(*np.nonzero(self.primary), strict=True), key=lambda at: -int(self.weight[at]))
        for row, column in places:
            self._protect(int(row), int(column))
        told: dict[Cell, Reason] = {}
        for row, column in zip(*np.nonzero(self.hidden), strict=True):
            told[self.rows[row], self.columns[column]] = "primary" if self.primary[row, column] else "secondary"
        return Pattern(told)

    def _protect(self, row: int, column: int) -> None:
        """Hide the cheapest cells that let this one be larger and smaller by `protect` of itself in every period."""
        import numpy as np

        large = self._large_enough(row, column)
        cost = np.where(self.hidden, 0.0, self.weight.astype(float) + 1.0)
        # totals are what a table is read for: any inner cell is given up before them
        cost[-1, :] += np.where(self.hidden[-1, :], 0.0, 1e30)
        cost[:, -1] += np.where(self.hidden[:, -1], 0.0, 1e30)
        if len(self.columns) == 1:
            able = large[:, 0].copy()
            able[row] = False
            if able.any():
                self.hidden[int(np.argmin(np.where(able, cost[:, 0], np.inf))), 0] = True
            else:
                self.hidden[:, 0] |= self.filled[:, 0]
            return
        whole = large & large[row, :][None, :] & large[:, column][:, None]
        whole[row, :] = False
        whole[:, column] = False
        if not whole.any():
            # nothing can protect it: the whole table, totals too, stays back
            self.hidden |= self.filled
            return
        price = cost + cost[row, :][None, :] + cost[:, column][:, None]
        other = np.unravel_index(int(np.argmin(np.where(whole, price, np.inf))), whole.shape)
        for at in (other, (row, other[1]), (other[0], column)):
            self.hidden[at] = True

    def _large_enough(self, row: int, column: int) -> Any:
        """Cells that hold respondents and at least `protect` of the cell's size in every period."""
        import numpy as np

        share = self.rule.protect
        enough = self.filled.copy()
        for table in self.tables:
            need = int(table.size[row, column]) * share.numerator
            enough &= np.array(table.size * share.denominator >= need, dtype=bool)
        return enough

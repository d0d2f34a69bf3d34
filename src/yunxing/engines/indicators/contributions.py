"""What every enterprise adds to the city's growth, as one table: half a million lines are columns, never objects.

Lines are exact: `points_num / points_den` percentage points of the city's growth, from `current` against `base` in the stored unit. Summed over any set of
enterprises (county, industry, named ones) they give that set's points; over all of them the computed growth. Printed lines are rounded together by largest
remainder, so that they add to the printed total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from yunxing.values.quantity import half_up

TEXTS = ("indicator", "period", "scope", "party")
WHOLE = ("points_num", "points_den", "current", "base")
ORDER = [("indicator", "ascending"), ("period", "ascending"), ("scope", "ascending"), ("party", "ascending")]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one enterprise adds to the city's growth: `points_num`/`points_den` percentage points, from `current` against `base` (stored units)."""

    indicator: str
    period: str
    scope: str
    party: str
    points_num: int
    points_den: int
    current: int
    base: int

    @property
    def points(self) -> Fraction:
        """Exactly."""
        return Fraction(self.points_num, self.points_den)


@dataclass(frozen=True)
class Contributions:
    """The table of contributions, as Arrow; None for none."""

    arrow: Any = None
    _series: dict[tuple[str, str], list[Contribution]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of_period(cls, indicator: str, period: str, scope: str, lines: Any) -> Contributions:
        """The lines of one indicator and period: an Arrow table with `party, points_num, points_den, current, base`."""
        import pyarrow as pa

        def same(text: str) -> Any:
            return pa.DictionaryArray.from_arrays(pa.nulls(lines.num_rows, pa.int8()).fill_null(0), pa.array([text])).cast(pa.string())

        columns = {"indicator": same(indicator), "period": same(period), "scope": same(scope)}
        columns |= {name: lines[name].cast(pa.string() if name == "party" else pa.int64()) for name in ("party", *WHOLE)}
        return cls(pa.table(columns, schema=schema()))

    @classmethod
    def of_rows(cls, rows: Iterable[Contribution]) -> Contributions:
        """The same from single lines, for small tables."""
        import pyarrow as pa

        kept = list(rows)
        return cls(pa.table({name: [getattr(row, name) for row in kept] for name in (*TEXTS, *WHOLE)}, schema=schema()))

    @classmethod
    def together(cls, tables: Iterable[Contributions]) -> Contributions:
        """All lines in one table."""
        import pyarrow as pa

        kept = [one.arrow for one in tables if one.arrow is not None and one.arrow.num_rows]
        return cls(pa.concat_tables(kept) if kept else None)

    def __len__(self) -> int:
        return 0 if self.arrow is None else int(self.arrow.num_rows)

    def table(self) -> Any:
        """Sorted by indicator, period, scope and party: what is written. A line twice is an error of a statistic."""
        table = schema().empty_table() if self.arrow is None else self.arrow.sort_by(ORDER)
        _check_once(table)
        return table

    def of(self, indicator: str, period: str) -> list[Contribution]:
        """The lines of one indicator and period, by party."""
        if self.arrow is None:
            return []
        key = (indicator, period)
        if key not in self._series:
            import pyarrow.compute as pc

            here = pc.and_(pc.equal(self.arrow["indicator"], indicator), pc.equal(self.arrow["period"], period))
            found = [Contribution(**plain) for plain in self.arrow.filter(here).to_pylist()]
            self._series[key] = sorted(found, key=lambda one: one.party)
        return self._series[key]


def schema() -> Any:
    """The columns of `contributions.parquet`."""
    import pyarrow as pa

    return pa.schema([*((name, pa.string()) for name in TEXTS), *((name, pa.int64()) for name in WHOLE)])


def _check_once(table: Any) -> None:
    """Two lines of one enterprise would count it twice. The table is sorted, so equals are neighbours."""
    import pyarrow.compute as pc

    if table.num_rows < 2:
        return
    first, second = table.slice(0, table.num_rows - 1), table.slice(1)
    same = pc.equal(first["party"], second["party"])
    for name in ("period", "indicator", "scope"):
        same = pc.and_(same, pc.equal(first[name], second[name]))
    twice = second.filter(same)
    if twice.num_rows:
        one = twice.slice(0, 1).to_pylist()[0]
        raise ValueError(f"{one['party']} contributes twice to {one['indicator']} in {one['period']}")


def largest_remainder(parts: Mapping[str, Fraction], places: int) -> dict[str, Fraction]:
    """The parts rounded to `places` decimals so that they add to the rounded total: what is missing goes to the largest remainders, by name among equals.

    >>> [str(one) for one in largest_remainder({"A": Fraction(800, 175), "B": Fraction(500, 175), "E": Fraction(200, 175)}, 1).values()]
    ['23/5', '29/10', '11/10']
    """
    unit = 10**places
    scaled = {name: part * unit for name, part in parts.items()}
    total = half_up(sum(scaled.values(), Fraction(0)))
    floors = {name: part.numerator // part.denominator for name, part in scaled.items()}
    short = total - sum(floors.values())
    for name in sorted(scaled, key=lambda name: (floors[name] - scaled[name], name))[:short]:
        floors[name] += 1
    return {name: Fraction(floors[name], unit) for name in parts}

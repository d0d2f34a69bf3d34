"""What every trace stands on: a closed month's tables looked up by row, by roster and by cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.indicators.formula import REGISTRY_ITEMS
from yunxing.engines.indicators.rows import Row, row_from
from yunxing.values.codes import SizeClass
from yunxing.values.errors import BadInput
from yunxing.values.period import day_number, parse_month, parse_period
from yunxing.values.quantity import format_number

Fact = dict[str, Any]
SMALL = (SizeClass.small.value, SizeClass.micro.value)


class Source(Protocol):
    """A closed month: `io.snapshots.Snapshot` is one."""

    @property
    def month(self) -> str:
        """The month's code."""

    @property
    def definitions(self) -> list[dict[str, Any]]:
        """The cards of the indicators."""

    def table(self, name: str) -> Any:
        """A table of the closed month as Arrow."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a figure: a term of its formula, an enterprise's line of a bridge or of points. `value` is exact, in `unit`; None where it is absent."""

    name: str
    value: Fraction | None
    unit: str
    party: str = ""


@dataclass(frozen=True, slots=True)
class Traced:
    """A figure and where it comes from. `recomputed` is its value from `facts` alone; None where it has no value or stands on other figures (then `facts` is theirs).

    `parts` are what it is put together from: the terms of a formula, or the enterprises whose lines add up to it.
    """

    row: Row
    card: Mapping[str, Any]
    formula_zh: str
    formula_en: str
    facts: tuple[Fact, ...]
    recomputed: Fraction | None
    parts: tuple[Part, ...] = ()

    @property
    def cells(self) -> tuple[tuple[str, str, str], ...]:
        """Where the facts stood: (submission, sheet, cell)."""
        return tuple((one["submission"], one["sheet"], one["cell"]) for one in self.facts)


class Trail:
    """What the tracers look things up in."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.month = parse_month(source.month)
        self._forms: dict[str, list[Fact]] = {}

    @cached_property
    def cards(self) -> dict[str, dict[str, Any]]:
        """The indicators' cards by id."""
        return {one["id"]: one for one in self.source.definitions}

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The month's rows by name."""
        names = ("indicator", "scope_kind", "scope", "period", "stat")
        return {"/".join(one[name] for name in names): one for one in self.source.table("indicators").to_pylist()}

    def row(self, row_id: str) -> Row:
        """The row of that name. BadInput when the month has none."""
        found = self.maybe(row_id)
        if found is None:
            raise BadInput(
                f"the closed month {self.source.month} has no figure {row_id!r}; a figure is named indicator/scope_kind/scope/period/stat"
            )
        return found

    def maybe(self, row_id: str) -> Row | None:
        """The row of that name, None when the month has none."""
        found = self.rows.get(row_id)
        return row_from(found) if found is not None else None

    def beside(self, row: Row, stat: str) -> Row:
        """The same scope's and period's row of another stat."""
        return self.row(f"{row.indicator}/{row.scope_kind}/{row.scope}/{row.period}/{stat}")

    def newest(self, indicator: str) -> date:
        """The last day of the newest report an indicator was computed for: the closing month's, or the last quarter's of a quarterly form."""
        return max(parse_period(one["period"]).end for one in self.rows.values() if one["indicator"] == indicator)

    @cached_property
    def registry(self) -> list[dict[str, Any]]:
        """The registry at the month's end, with what formulas read of it as whole numbers."""
        found: list[dict[str, Any]] = self.source.table("registry").to_pylist()
        for one in found:
            attributes = json.loads(one["attributes"] or "{}")
            for name in REGISTRY_ITEMS:
                one[name] = _registry_value(name, one, attributes)
        return found

    def members(self, roster: str, row: Row) -> set[str]:
        """The members of the roster at the month's end that lie in the row's scope."""
        return {one["id"] for one in self.registry if roster in one["rosters"].split(",") and _inside(one, row)}

    def facts(
        self, form: str, items: Iterable[str], periods: Iterable[str], *, as_reported: str = "", parties: set[str] | None = None
    ) -> list[Fact]:
        """The facts of those items and periods, as rows."""
        import pyarrow.compute as pc

        table = self.source.table("facts")
        keep = pc.and_(
            pc.equal(table["form"], form), pc.and_(pc.is_in(table["item"], _array(items)), pc.is_in(table["period"], _array(periods)))
        )
        if as_reported:
            keep = pc.and_(keep, pc.equal(table["as_reported"], as_reported))
        found: list[Fact] = table.filter(keep).to_pylist()
        return [one for one in found if parties is None or one["party"] in parties]

    def form(self, form: str) -> list[Fact]:
        """Every fact of a form in the closed month."""
        if form not in self._forms:
            import pyarrow.compute as pc

            table = self.source.table("facts")
            self._forms[form] = table.filter(pc.equal(table["form"], form)).to_pylist()
        return self._forms[form]


def _inside(one: Mapping[str, Any], row: Row) -> bool:
    places = {"unit": one["unit"], "industry": one["industry"], "party": one["id"], "cell": one["unit"] + CELL_MARK + one["industry"]}
    return row.scope_kind == "city" or places.get(row.scope_kind) == row.scope


def _registry_value(name: str, one: Mapping[str, Any], attributes: Mapping[str, Any]) -> int | None:
    if name == "small":
        return int(one["size"] in SMALL) if one["size"] else None
    value = attributes.get("annual_plan_fen" if name == "annual_plan" else name)
    if value is None or value == "":
        return None
    return day_number(date.fromisoformat(str(value))) if name.startswith("planned") else int(value)


def _array(values: Iterable[str]) -> Any:
    import pyarrow as pa

    return pa.array(sorted(set(values)), pa.string())


def present(facts: Iterable[Fact], role: str = "value") -> dict[str, int]:
    """Party → value, held and absent ones left out."""
    return {one["party"]: one["value"] for one in facts if one["role"] == role and one["value"] is not None and not one["held"]}


def said(number: Fraction | int) -> str:
    """A number inside a formula: whole ones whole, others with four decimals.

    >>> said(1500), said(Fraction(1, 3))
    ('1,500', '0.3333')
    """
    return format_number(Fraction(number), 0 if Fraction(number).denominator == 1 else 4)

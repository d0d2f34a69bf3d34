"""All indicators of one month: each definition's statistic builds table expressions, the given executor runs them, exact rows come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yunxing.engines.indicators.contributions import Contributions
from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.indicators.rows import Row
from yunxing.values.period import Month


@dataclass(frozen=True, slots=True)
class FormRule:
    """What the statistics need to know of a form: whether January and February are one period, its cycle, and the due days of the closing month."""

    jan_feb: bool
    cycle: str = "month"
    due: Mapping[str, date] = field(default_factory=dict)


def kept_here(expression: Any) -> Any:
    """The expression computed once, on the engine it belongs to."""
    return expression.cache()


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a month is computed from.

    `facts`, `party` and `membership` are Ibis tables; `run` executes an expression and returns an Arrow table. Facts hold one row a cell, as of the
    chosen day, with `first_known_at` beside the contract's columns. `keep` computes an expression once and gives it back as a table on the same engine. Party: `id, unit, region, industry, valid_from, valid_to` (dates, null when open),
    `annual_plan` (fen), `preparatory`, `min_days`, `planned_start`, `planned_finish` (days since 1970-01-01). Membership: `roster, party, valid_from, valid_to`.
    """

    month: Month
    facts: Any
    party: Any
    membership: Any
    run: Callable[[Any], Any]
    forms: Mapping[str, FormRule]
    keep: Callable[[Any], Any] = kept_here

    def jan_feb(self, form: str) -> bool:
        """Whether the form reports January and February together; an unknown form is an error of the pack."""
        return self.forms[form].jan_feb

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        """The rows of an expression as plain dictionaries."""
        found: list[dict[str, Any]] = self.run(expression).to_pylist()
        return found


@dataclass(frozen=True, slots=True)
class Figures:
    """What the statistics give: the rows of `indicators.parquet`, and the contributions of `contributions.parquet`."""

    rows: tuple[Row, ...]
    contributions: Contributions = field(default_factory=Contributions)


Statistic = Callable[[Indicator, Inputs], Figures]


def compute(definitions: Iterable[Indicator], inputs: Inputs) -> Figures:
    """Every definition's rows for the closing month, in no particular order (the table functions sort). Formulas are taken together: their facts are read once."""
    from yunxing.engines.indicators import statistics

    rows: list[Row] = []
    contributions: list[Contributions] = []
    asked = list(definitions)
    together = [one for one in asked if one.statistic == "formula"]
    if together:
        rows += statistics.formulas(together, inputs).rows
    for definition in (one for one in asked if one.statistic != "formula"):
        found = statistics.STATISTICS[definition.statistic](definition, inputs)
        rows += found.rows
        contributions.append(found.contributions)
    return Figures(tuple(rows), Contributions.together(contributions))

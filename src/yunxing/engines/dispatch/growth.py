"""Entry into statistics (升规纳统): who qualifies, by which route, and how far the year will come. A run-rate is a forecast and never a qualification.

Only the statistics system admits a firm; nothing here changes a statistical figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yunxing.engines.dispatch.definition import Pipeline
from yunxing.values.errors import BadInput

Route = Literal["monthly", "annual", "not_yet"]


@dataclass(frozen=True, slots=True)
class EntryRule:
    """The line in fen, how new a firm must be for the monthly route, and from which month of the year before it must have been producing."""

    line_fen: int
    near_share: Fraction
    registered_years: int
    commissioned_month: int
    source: str


def qualifying(vat_fen: int | None, revenue_fen: int | None) -> int | None:
    """The smaller of VAT sales and main revenue, in fen: both must reach the line. None while one is absent."""
    return None if vat_fen is None or revenue_fen is None else min(vat_fen, revenue_fen)


def qualifies(rule: EntryRule, vat_fen: int | None, revenue_fen: int | None) -> bool:
    """Whether the smaller of both has reached the line; the line itself is enough."""
    smaller = qualifying(vat_fen, revenue_fen)
    return smaller is not None and smaller >= rule.line_fen


def route(
    rule: EntryRule,
    *,
    vat_fen: int | None,
    revenue_fen: int | None,
    new_built: bool,
    registered: dt.date | None,
    commissioned: dt.date | None,
    on: dt.date,
) -> Route:
    """Monthly for a newly built unit that registered within the years before `on` and has produced since the month of the year before; else annual.

    `on` is the last day of the reference month. A commissioning before the registration is BadInput.
    """
    if registered and commissioned and commissioned < registered:
        raise BadInput(f"投产 {commissioned} 早于注册 {registered}：请核实两个日期（commissioned before registered）。")
    if not qualifies(rule, vat_fen, revenue_fen):
        return "not_yet"
    if not new_built or registered is None or commissioned is None:
        return "annual"
    earliest = _years_before(on, rule.registered_years)
    producing_from = dt.date(on.year - 1, rule.commissioned_month, 1)
    return "monthly" if registered >= earliest and producing_from <= commissioned <= on else "annual"


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return dt.date(day.year - years, 2, 28)


def run_rate(so_far: int, months: int) -> Fraction:
    """What the year would come to at the pace of its first months. A forecast only.

    >>> run_rate(1800, 9)
    Fraction(2400, 1)
    """
    if not 1 <= months <= 12:
        raise BadInput(f"{months} months of a year; expected 1 to 12.")
    return Fraction(so_far * 12, months)


def near_line(rule: EntryRule, vat_fen: int | None, revenue_fen: int | None) -> bool:
    """Whether the smaller of both lies within the near share of the line and below it."""
    smaller = qualifying(vat_fen, revenue_fen)
    return smaller is not None and rule.near_share * rule.line_fen <= smaller < rule.line_fen


def forecast(pipeline: Pipeline, counts: Mapping[str, int]) -> Fraction:
    """The expected number at year end: items of each stage times the stage's weight; a stage without weight counts nothing."""
    return sum((one.weight * counts.get(one.id, 0) for one in pipeline.stages if one.weight is not None), Fraction(0))

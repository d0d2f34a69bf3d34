"""The generic statistics by name. A new kind is one module with one function and one line here (docs/recipes/add_an_indicator.md)."""

from __future__ import annotations

from yunxing.engines.indicators.compute import Statistic
from yunxing.engines.indicators.definition import Kind
from yunxing.engines.indicators.statistic_formula import formula, formulas
from yunxing.engines.indicators.statistic_growth import comparable_growth
from yunxing.engines.indicators.statistic_index import weighted_index
from yunxing.engines.indicators.statistic_party import party_change, party_value
from yunxing.engines.indicators.statistic_reporting import completeness, timeliness
from yunxing.engines.indicators.statistic_stock import stock_days
from yunxing.engines.indicators.statistic_target import distinct_in_year, sum_to_target

__all__ = ["STATISTICS", "formulas"]

STATISTICS: dict[Kind, Statistic] = {
    "comparable_growth": comparable_growth,
    "sum_to_target": sum_to_target,
    "stock_days": stock_days,
    "distinct_in_year": distinct_in_year,
    "completeness": completeness,
    "timeliness": timeliness,
    "party_change": party_change,
    "party_value": party_value,
    "formula": formula,
    "weighted_index": weighted_index,
}

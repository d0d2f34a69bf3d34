"""What an indicator is: its card as a city writes it, and the generic statistic that computes it. Data of a pack; here only the shape.

The card's fields are those a city's monitoring office fills by hand (名称、含义、触警阈值、触警措施、优良阈值、更新频率、来源、统计期、责任单位、协同单位).
People come from the offices, never from the card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from typing import Any, Literal

from yunxing.engines.indicators.formula import Figure, Term
from yunxing.values.quantity import Comparator, holds
from yunxing.values.stored import Printing, printing

Kind = Literal[
    "comparable_growth", "sum_to_target", "stock_days", "distinct_in_year", "completeness", "timeliness", "party_change", "party_value", "formula", "weighted_index",
]  # fmt: skip
ScopeKind = Literal["city", "unit", "industry", "cell", "party", "detail"]
DueOf = Literal["reporter", "county", "city"]

CITY = "city"  # the scope id of the whole place; its name is the pack's
CELL_MARK = "."  # a cell is one industry in one unit: `<unit>.<industry>`


@dataclass(frozen=True, slots=True)
class Target:
    """A promise of the plan: `value` in the item's stored unit (fen, kg, firms), inclusive unless the comparator is strict."""

    commitment: str
    value: Fraction
    text: str
    comparator: Comparator = Comparator.ge


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of the card: `value` in the indicator's unit, and which side of it counts."""

    comparator: Comparator
    value: Fraction
    text: str

    def reached(self, value: Fraction) -> bool:
        """Whether `value`, unrounded, lies on the named side; `ge` and `le` include the limit.

        >>> Threshold(Comparator.lt, Fraction(7), "7 天").reached(Fraction(696, 100))
        True
        """
        return holds(value, self.comparator, self.value)


@dataclass(frozen=True, slots=True)
class Shown:
    """How a figure of the indicator's own unit is printed: the card's choice of unit and decimals. Rates, points and counts of reports have their own."""

    unit: str
    unit_en: str
    places: int

    def printed(self, value: Fraction, stored: str) -> Printing:
        """The figure as it is printed."""
        return printing(value, stored, self.unit, self.places)

    def text(self, value: Fraction, stored: str, language: str = "zh") -> str:
        """Digits and unit, rounded half-up for display: `418.00亿元`, `8.6%`, `-3.3个百分点`.

        >>> Shown("亿元", "hundred million yuan", 2).text(Fraction(418_0000_0000_00), "fen")
        '418.00亿元'
        """
        return self.printed(value, stored).text(language)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a pack.

    `statistic` names the generic function; `form` and `item` the facts; `roster` whose facts count; `scopes` at which levels a row is made.
    `unit` is the unit of the headline figure (`%`, `fen`, `kg`, `days`, `firms`). `headline` is the `stat` a card shows.
    `history` counts the periods before the closing one that are computed too (for trends). `other` is a second item of the statistic
    (the use beside the stock). `due` says whose due day timeliness is measured by. `published` names the public series that
    carries the official growth of a scope. `terms` and `figures` are those of a `formula`. `weight` is the item whose value of last year weighs the reporters (completeness), or whose
    totals of the base year weigh the industries (a `weighted_index`, with `base_year`, `chained`, or declared shares `weights`, and a published price series `deflator`).
    """

    id: str
    name: str
    name_en: str
    meaning: str
    meaning_en: str
    formula: str
    formula_en: str
    statistic: Kind
    form: str
    item: str
    unit: str
    headline: str
    scopes: tuple[ScopeKind, ...]
    roster: str
    office: str
    frequency: str
    source: str
    period: str
    shown: Shown
    coordinating: tuple[str, ...] = ()
    alarm: Threshold | None = None
    alarm_action: str = ""
    good: Threshold | None = None
    target: Target | None = None
    other: str = ""
    weight: str = ""
    roles: tuple[str, ...] = ("value",)
    history: int = 0
    due: DueOf = "county"
    limits: Mapping[str, int] = field(default_factory=dict)
    published: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    figures: tuple[Figure, ...] = ()
    base_year: int = 0
    chained: bool = False
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    deflator: str = ""

    def limit(self, name: str, default: int) -> int:
        """A whole-number parameter of the statistic (`trailing`, `carry`, `covered`), or its default."""
        return self.limits.get(name, default)

    def card(self) -> dict[str, Any]:
        """The card as plain data, for a closed month's `definitions.json`: what a page shows without the pack."""
        plain: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            plain[name] = _plain(value)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return [value.numerator, value.denominator]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value.value if isinstance(value, Comparator) else value

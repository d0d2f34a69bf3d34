"""`weighted_index`: growth of the parts (industries) put together by weights of a base year, linked over the years to one series.

Of each industry the relative c/b′ stands on the same enterprises as everywhere (this year's figure over last year's as restated). A link of a year is Σ w·c/b′ over Σ w, the same
period of last year = 100; the index is the product of the links since the base year = 100, period by period of the year, so January–September is compared with January–September.
Weights are the base year's December totals of `weight`, by the industry each had then (or fixed shares, `weights`); `chained` weighs each link by the year before it instead, so that an industry that grew into the
city counts as it now does. An industry without a weight enters with the next weighting; one whose enterprises did not report is left out and lowers the covered share.

Rows: `index`, `link` (上年同期 = 100), with a price index beside `real_link`; industries: `relative`, `weight` %, `points` (add up to link − 100 exactly). Earlier reports: `index`.
Source: production indices with weights fixed in a base year; the chain form is that of annually linked volume indices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators import panel
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.contributions import largest_remainder
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.formula import DECIMALS, Ratio
from yunxing.engines.indicators.rows import NOT_APPLICABLE, NOT_REPORTED, Row, figure, missing
from yunxing.engines.indicators.window import Slot, slot, slots
from yunxing.values.period import Month

PUBLIC, PER_PUBLISHED = "public_series", 10_000
ROUNDED = "连乘后保留九位小数"
Key = tuple[int, int, str, str]  # year, month, scope kind, scope
Sums = Mapping[Key, Mapping[str, tuple[int, int]]]  # by industry: this year's and last year's figure of those that have both
Weights = Mapping[tuple[int, str, str], Mapping[str, Fraction]]  # year, scope kind, scope → by industry


@dataclass(frozen=True, slots=True)
class Link:
    """One year's step of the index: each part's relative and share of the weight, and how much of the weight is behind it."""

    relatives: Mapping[str, Fraction]
    shares: Mapping[str, Fraction]
    covered: Fraction

    @property
    def value(self) -> Fraction:
        """The link, the same period of last year = 100."""
        return 100 * sum((self.shares[one] * self.relatives[one] for one in self.shares), Fraction(0))

    def points(self, part: str) -> Fraction:
        """What a part adds to link − 100."""
        return 100 * self.shares[part] * (self.relatives[part] - 1)


def link_of(sums: Mapping[str, tuple[int, int]], weights: Mapping[str, Fraction]) -> Link | None:
    """The link of one scope and year; None where no part has both a weight and a relative on a positive base.

    >>> one = link_of({"a": (108, 100), "b": (98, 100), "c": (104, 100)}, {"a": Fraction(40), "b": Fraction(35), "c": Fraction(25)})
    >>> one.value, one.points("a"), one.points("b"), one.covered
    (Fraction(207, 2), Fraction(16, 5), Fraction(-7, 10), Fraction(1, 1))
    """
    whole = sum((weight for weight in weights.values() if weight > 0), Fraction(0))
    relatives = {part: Fraction(now, base) for part, (now, base) in sums.items() if base > 0 and weights.get(part, Fraction(0)) > 0}
    here = sum((weights[part] for part in relatives), Fraction(0))
    if not here:
        return None
    return Link(relatives, {part: weights[part] / here for part in relatives}, here / whole)


def weight_year(definition: Indicator, year: int) -> int:
    """The year whose figures weigh the link of `year`: the base year, or the year before when the index is chained."""
    return year - 1 if definition.chained else definition.base_year


def years_read(definition: Indicator, month: Month) -> list[int]:
    """The years linked up to the closing month."""
    return list(range(definition.base_year + 1, month.year + 1))


def codes_read(definition: Indicator, month: Month) -> set[str]:
    """Every period code the index reads: the same reports of all linked years, and the December totals that weigh."""
    years = years_read(definition, month)
    read = [month, *(month.plus(-back) for back in range(1, definition.history + 1))]
    found = {f"{year}-01..{at.month:02d}" for year in years for at in read if at.month > 1}
    return found | {f"{weight_year(definition, year)}-01..12" for year in years if not definition.weights}


def weighted_index(definition: Indicator, inputs: Inputs) -> Figures:
    """The index of each scope. January of a form that joins January and February gives one absent city row."""
    window = slots(inputs.month, jan_feb=inputs.jan_feb(definition.form), history=definition.history)
    if not window:
        return Figures((missing(definition.id, ("city", CITY), inputs.month.code, "index", "index", NOT_APPLICABLE, "1—2月合并统计"),))
    reports = [one for one in window if one.month.year >= definition.base_year]
    sums, weights = _sums(definition, inputs, reports), _weights(definition, inputs)
    price = _prices(definition, inputs, window[0])
    rows: list[Row] = []
    for kind, scope in sorted({key[2:] for key in sums} | {("city", CITY)}):
        for index, report in enumerate(reports):
            links = [
                link_of(
                    sums.get((year, report.month.month, kind, scope), {}), weights.get((weight_year(definition, year), kind, scope), {})
                )
                for year in years_read(definition, report.month)
            ]
            rows += _scope_rows(definition, (kind, scope), report, links, closing=index == 0, price=price)
    return Figures(tuple(rows))


def _scope_rows(
    definition: Indicator, scope: tuple[str, str], report: Slot, links: Sequence[Link | None], *, closing: bool, price: Fraction | None
) -> list[Row]:
    period, basis = report.cumulative, f"{definition.roster}@{report.cumulative}"
    if any(one is None for one in links):
        return [missing(definition.id, scope, period, "index", "index", NOT_REPORTED, "没有可比的行业数或权数", basis=basis)]
    known = [one for one in links if one is not None]
    value = Fraction(100)
    for one in known:
        value = value * one.value / 100
    kept, exact = Ratio(value.numerator, value.denominator).fitted()
    rest: dict[str, Any] = {"basis": basis}
    if known:
        covered, _ = Ratio(known[-1].covered.numerator, known[-1].covered.denominator).fitted()
        rest |= {"covered_num": covered.num, "covered_den": covered.den}
    rows = [figure(definition.id, scope, period, "index", kept.num, kept.den, "index", reason="" if exact else ROUNDED, **rest)]
    if not closing or not known:
        return rows
    newest = known[-1]
    rows.append(_row(definition, scope, period, "link", newest.value, "index", rest))
    if price is not None and scope[0] == "city":
        rows.append(_row(definition, scope, period, "real_link", deflated(newest.value, price), "index", rest))
    if scope[0] == "city" and "industry" in definition.scopes:
        parts = kept_points(newest)
        for part in sorted(newest.relatives):
            here = ("industry", part)
            rows.append(_row(definition, here, period, "relative", 100 * newest.relatives[part], "index", {"basis": basis}))
            rows.append(_row(definition, here, period, "weight", 100 * newest.shares[part], "%", {"basis": basis}))
            rows.append(_row(definition, here, period, "points", parts[part], "points", {"basis": basis}))
    return rows


def kept_points(link: Link) -> dict[str, Fraction]:
    """The points of every part so that they add to the link as it is kept, minus 100: at nine decimals by largest remainder where the exact parts are too large to store."""
    exact = {part: link.points(part) for part in link.shares}
    fit = [Ratio(one.numerator, one.denominator).fitted()[1] for one in (*exact.values(), link.value)]
    if all(fit):
        return exact
    return largest_remainder(exact, DECIMALS)


def deflated(index: Fraction, price: Fraction) -> Fraction:
    """An index at current prices with the price taken out (both with the same period of last year = 100): single deflation.

    >>> deflated(Fraction(120), Fraction(120)), deflated(Fraction(1200 * 22, 1000) / Fraction(22, 100), Fraction(120))
    (Fraction(100, 1), Fraction(100, 1))
    """
    return 100 * index / price


def _row(definition: Indicator, scope: tuple[str, str], period: str, stat: str, value: Fraction, unit: str, rest: Mapping[str, Any]) -> Row:
    kept, exact = Ratio(value.numerator, value.denominator).fitted()
    return figure(definition.id, scope, period, stat, kept.num, kept.den, unit, reason="" if exact else ROUNDED, **rest)


def _kinds(definition: Indicator) -> list[str]:
    return [kind for kind in ("city", "unit") if kind == "city" or kind in definition.scopes]


def _sums(definition: Indicator, inputs: Inputs, reports: Sequence[Slot]) -> dict[Key, dict[str, tuple[int, int]]]:
    """What each industry has this year and had last year, for every linked year and every report, at city and unit."""
    wanted = sorted({(year, one.month.month) for one in reports for year in years_read(definition, one.month)})
    found = [one for at in wanted if (one := slot(Month(*at), jan_feb=inputs.jan_feb(definition.form))) is not None]
    if not found:
        return {}
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    pairs = panel.pairs(inputs.facts, inputs.membership, inputs.party, slots=found, **asked)
    pairs = pairs.filter(pairs.current.notnull() & pairs.base.notnull())
    each = panel.by_scope(pairs, _kinds(definition))
    totals = each.group_by("slot", "scope_kind", "scope", "industry").agg(now=each.current.sum(), base=each.base.sum())
    sums: dict[Key, dict[str, tuple[int, int]]] = {}
    for plain in inputs.rows(totals):
        at = found[plain["slot"]].month
        key = (at.year, at.month, str(plain["scope_kind"]), str(plain["scope"]))
        sums.setdefault(key, {})[str(plain["industry"] or "")] = (int(plain["now"]), int(plain["base"]))
    return sums


class _Shares(dict[tuple[int, str, str], Mapping[str, Fraction]]):
    """Declared shares hold for every year and scope."""

    def __init__(self, shares: Mapping[str, Fraction]) -> None:
        super().__init__()
        self._shares = shares

    def get(self, _key: object, _default: object = None) -> Any:
        return self._shares


def _weights(definition: Indicator, inputs: Inputs) -> Weights:
    """The weights by year, scope and industry: the December totals of the weighing years, or the declared shares."""
    if definition.weights:
        return _Shares(definition.weights)
    years = sorted({weight_year(definition, year) for year in years_read(definition, inputs.month)})
    ends = [one for year in years if (one := slot(Month(year, 12), jan_feb=inputs.jan_feb(definition.form))) is not None]
    if not ends:
        return {}
    year_of = {one.cumulative: one.month.year for one in ends}
    f = inputs.facts
    f = f.filter(f.form == definition.form, f.item == definition.weight, f.role == panel.VALUE, f.as_reported == "cumulative")
    f = f.filter(f.period.isin(sorted(year_of)), f.value.notnull(), ~f.held)
    each = panel.by_scope(f.select("period", "unit", "industry", "value"), _kinds(definition))
    found: dict[tuple[int, str, str], dict[str, Fraction]] = {}
    for plain in inputs.rows(each.group_by("period", "scope_kind", "scope", "industry").agg(weight=each.value.sum())):
        key = (year_of[plain["period"]], str(plain["scope_kind"]), str(plain["scope"]))
        found.setdefault(key, {})[str(plain["industry"] or "")] = Fraction(int(plain["weight"]))
    return found


def _prices(definition: Indicator, inputs: Inputs, at: Slot) -> Fraction | None:
    """The published price index of the closing report (上年同期 = 100); None when the card names none or it is not published yet."""
    if not definition.deflator:
        return None
    f = inputs.facts
    f = f.filter(f.form == PUBLIC, f.party == definition.deflator, f.period == at.cumulative, f.role == "value", f.value.notnull(), ~f.held)
    found = inputs.rows(f.select("value"))
    return Fraction(int(found[0]["value"]), PER_PUBLISHED) if found and found[0]["value"] > 0 else None

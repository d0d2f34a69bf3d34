"""`comparable_growth`: year-on-year on the same enterprises, month, quarter and cumulative, with contributions that add up and the bridge between two totals.

Rows of the closing period, at each scope: `cumulative`, `cumulative_base`, `cumulative_yoy`, `cumulative_points` (to the city), `cumulative_share` (贡献率); the same of
the month (`value`, `base`, `yoy`, `points`, `share`) and, when it ends one, of the quarter; `unexplained` where a rate was published; the estimate for late reporters; and the bridge
`bridge_growth … bridge_stored`. Of earlier periods: `cumulative_yoy` and `yoy` only. A cell is one industry in one unit; it has rows from five members on, and no bridge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators import panel
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.contributions import Contributions
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.estimates import estimate_rows
from yunxing.engines.indicators.growth import signed_words
from yunxing.engines.indicators.rows import NOT_APPLICABLE, NOT_REPORTED, UNDEFINED, Row, figure, missing
from yunxing.engines.indicators.window import Slot, slots
from yunxing.values.quantity import half_up

# stat names by flavour: total, base, growth, points to the city's growth, share of the city's growth, published − computed
NAMES = {
    "cumulative": ("cumulative", "cumulative_base", "cumulative_yoy", "cumulative_points", "cumulative_share", "cumulative_unexplained"),
    "month": ("value", "base", "yoy", "points", "share", "unexplained"),
    "quarter": ("quarter", "quarter_base", "quarter_yoy", "quarter_points", "quarter_share", "quarter_unexplained"),
}
BRIDGE = ("growth", "restatement", "entry", "exits", "unreported", "total", "stored")
SHARE_LEAST = Fraction(1, 10)  # under a tenth of a point of growth a contribution rate says nothing: 「—」
Published = Mapping[tuple[str, str], int]


@dataclass
class _City:
    """The city's own sums by slot and flavour, which points and shares are taken against."""

    base: dict[tuple[int, str], int] = field(default_factory=dict)
    grown: dict[tuple[int, str], int] = field(default_factory=dict)


def comparable_growth(definition: Indicator, inputs: Inputs) -> Figures:
    """Growth of `definition.item` over its roster. January of a form that joins January and February gives one absent city row."""
    window = slots(inputs.month, jan_feb=inputs.jan_feb(definition.form), history=definition.history)
    if not window:
        return Figures((missing(definition.id, ("city", CITY), inputs.month.code, "yoy", "%", NOT_APPLICABLE, "1—2月合并统计"),))
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    pairs = inputs.keep(panel.pairs(inputs.facts, inputs.membership, inputs.party, slots=window, **asked))
    published = published_rates(definition, inputs, window)
    rows: list[Row] = []
    city = _City()
    sums = inputs.rows(panel.sums(pairs, [kind for kind in (*panel.SCOPES, "cell") if kind == CITY or kind in definition.scopes]))
    for plain in (one for one in sums if one["scope_kind"] == CITY):
        for flavour in panel.FLAVOURS:
            base = int(plain[f"{flavour}_base"] or 0)
            city.base[plain["slot"], flavour] = base
            city.grown[plain["slot"], flavour] = int(plain[f"{flavour}_current"] or 0) - base
    for plain in (one for one in sums if one["scope_kind"] in definition.scopes):
        rows += scope_rows(definition, plain["scope_kind"], plain, window[plain["slot"]], city=city, published=published)
    rows += bridge_rows(definition, inputs, pairs, window[0])
    if definition.limit("estimate", 0):
        rows += estimate_rows(definition, inputs, pairs, window[0])
    if not any(row.scope_kind == "city" for row in rows):
        rows.append(missing(definition.id, ("city", CITY), window[0].cumulative, "cumulative_yoy", "%", NOT_REPORTED, "名录中没有单位"))
    return Figures(tuple(rows), contributions(definition, pairs, window[0], city, inputs))


def scope_rows(definition: Indicator, kind: str, plain: Mapping[str, Any], slot: Slot, *, city: _City, published: Published) -> list[Row]:
    """The rows of one scope and report, flavour by flavour."""
    small = kind == "cell" and plain["due"] < definition.limit("cell_least", 5)
    if small:
        return []  # cells of a few enterprises swing by one of them and would give it away
    rows: list[Row] = []
    for flavour, period in (("cumulative", slot.cumulative), ("month", slot.single), ("quarter", slot.quarter)):
        late = plain["slot"] != 0
        if period is None or (late and (flavour == "quarter" or (kind == "cell" and flavour != "month"))):
            continue
        if flavour == "quarter" and not plain["quarter_n"]:
            continue  # no cumulative figures on one basis at both ends: the months and totals tell what is known
        rows += growth_rows(definition, (kind, plain["scope"]), plain, flavour, period, city=city, published=published)
    return rows


def growth_rows(
    definition: Indicator, scope: tuple[str, str], plain: Mapping[str, Any], flavour: str, period: str, *, city: _City, published: Published
) -> list[Row]:
    """The rows of one scope, period and flavour from its sums. A base that is not positive, or a fall into loss, gives no percentage: words, with the totals shown."""
    total_name, base_name, growth_name, points_name, share_name, gap_name = NAMES[flavour]
    covered_num, covered_den, counted = covered(plain, flavour)
    rest: dict[str, Any] = {"covered_num": covered_num, "covered_den": covered_den, "basis": f"{definition.roster}@{period}"}
    rate = published.get((scope[1], period))
    if not plain[f"{flavour}_n"]:
        return [missing(definition.id, scope, period, growth_name, "%", NOT_REPORTED, "全部未报", published=rate, **rest)]
    current, base = int(plain[f"{flavour}_current"]), int(plain[f"{flavour}_base"])
    words = signed_words(current, base)
    if words is not None:
        why = "上年同期数为零，不计算增速" if words == "—" else words
        rows = [missing(definition.id, scope, period, growth_name, "%", UNDEFINED, why, published=rate, **rest)]
    else:
        rows = [
            figure(definition.id, scope, period, growth_name, 100 * (current - base), base, "%", reason=counted, published=rate, **rest)
        ]
        if rate is not None:
            gap = Fraction(rate, 100) - Fraction(100 * (current - base), base)
            said = {**rest, "reason": "企业数据未解释部分：公布增速减企业数据增速，不分摊到企业"}
            rows.append(figure(definition.id, scope, period, gap_name, gap.numerator, gap.denominator, "points", **said))
    if plain["slot"] != 0:
        return rows[:1]
    rows.append(figure(definition.id, scope, period, total_name, current, 1, definition.unit, reason=counted, **rest))
    rows.append(figure(definition.id, scope, period, base_name, base, 1, definition.unit, reason=counted, **rest))
    city_base, grown = city.base.get((0, flavour), 0), city.grown.get((0, flavour), 0)
    if city_base > 0:
        rows.append(figure(definition.id, scope, period, points_name, 100 * (current - base), city_base, "points", reason=counted, **rest))
        rows.append(share_row(definition, scope, period, share_name, (current - base, grown, city_base), rest))
    return rows


def share_row(
    definition: Indicator, scope: tuple[str, str], period: str, name: str, parts: tuple[int, int, int], rest: Mapping[str, Any]
) -> Row:
    """The contribution rate (贡献率), 100·pull/total growth; 「—」 where the city moved by less than 0.1 point. `parts`: its growth, the city's, the city's base."""
    mine, grown, base = parts
    if abs(Fraction(100 * grown, base)) < SHARE_LEAST:
        return missing(definition.id, scope, period, name, "%", UNDEFINED, "全市增速不足0.1个百分点，不计算贡献率", **rest)
    return figure(definition.id, scope, period, name, 100 * mine, grown, "%", **rest)


def covered(plain: Mapping[str, Any], flavour: str = "cumulative") -> tuple[int, int, str]:
    """The covered share: by last year's value, or by count where some member's value of last year is unknown (then the words say so)."""
    if plain["unweighted"] or not plain["weight"] or plain["weight"] <= 0:
        n = plain[f"{flavour}_n"]
        return int(n or 0), int(plain["due"]), "按户数计覆盖面" if n != plain["due"] else ""
    return int(plain[f"{flavour}_in"] or 0), int(plain["weight"]), ""


def bridge_rows(definition: Indicator, inputs: Inputs, pairs: Any, slot: Slot) -> list[Row]:
    """The bridge in units at every scope; nothing where no total of last year is stored."""
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    moved = inputs.keep(panel.moves(pairs, inputs.facts, inputs.membership, inputs.party, slot=slot, **asked))
    rows: list[Row] = []
    kinds = [kind for kind in panel.SCOPES if kind in definition.scopes]
    now, then = ({(one["scope_kind"], one["scope"]): one for one in inputs.rows(side)} for side in panel.bridge(moved, kinds))
    if not any(one["stored"] for one in then.values()):
        return []
    blank = dict.fromkeys(BRIDGE, 0)
    for scope in sorted({*now, *then}):
        plain = {**blank, **now.get(scope, {}), **then.get(scope, {})}
        rows += [figure(definition.id, scope, slot.cumulative, f"bridge_{part}", int(plain[part]), 1, definition.unit) for part in BRIDGE]
    return rows


def contributions(definition: Indicator, pairs: Any, slot: Slot, city: _City, inputs: Inputs) -> Contributions:
    """Each enterprise's points of the city's growth in the closing period, month, quarter and cumulative; they add to it exactly."""
    found: dict[str, Contributions] = {}
    for flavour, period in (("cumulative", slot.cumulative), ("month", slot.single), ("quarter", slot.quarter)):
        base = city.base.get((0, flavour), 0)
        # in the first report of a year the month is the cumulative period: one set of lines is enough
        if period is not None and period not in found and base > 0:
            lines = inputs.run(panel.contributions(pairs, flavour, base))
            found[period] = Contributions.of_period(definition.id, period, CITY, lines)
    return Contributions.together(found.values())


def published_rates(definition: Indicator, inputs: Inputs, window: Sequence[Slot]) -> dict[tuple[str, str], int]:
    """Published growth in 0.01 %, by (scope, period): facts of role `growth_published` whose party is a unit, an industry or the city, or the card's published series.

    A card's `published = { "city" = "dataset/series" }` names the series of `public_series` that carries the official rate of a scope; it is kept there in 0.0001 of a percent.
    """
    periods = [code for one in window for code in (one.cumulative, one.single, one.quarter) if code]
    f = inputs.facts.filter(inputs.facts.role == "growth_published", inputs.facts.value.notnull(), ~inputs.facts.held)
    f = f.filter(f.period.isin(periods))
    own = f.filter(f.form == definition.form, f.item == definition.item)
    found = {(one["party"], one["period"]): int(one["value"]) for one in inputs.rows(own.select("party", "period", "value"))}
    scopes = {series: scope for scope, series in definition.published.items()}
    if scopes:
        public = f.filter(f.form == PUBLIC, f.party.isin(sorted(scopes)))
        for one in inputs.rows(public.select("party", "period", "value")):
            found[scopes[one["party"]], one["period"]] = half_up(Fraction(one["value"], PER_PUBLISHED))
    return found


PUBLIC, PER_PUBLISHED = "public_series", 100

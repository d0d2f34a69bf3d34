"""What late reporters would add: a line of its own beside the computed growth, never mixed into it and never spread over enterprises.

A member that has not reported this period but did report the one before is carried on at its own pace: ĉ = b·(c of the report before)/(b′ of the report before), where b is
what it reported a year ago. Rounded half up to the stored unit. Who has no such figures is not guessed; the covered share says how much is missing.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators.compute import Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.panel import RESTATED, VALUE, cells
from yunxing.engines.indicators.rows import Row, figure
from yunxing.engines.indicators.window import Slot
from yunxing.values.quantity import half_up


def late(definition: Indicator, inputs: Inputs, pairs: Any, slot: Slot) -> list[dict[str, Any]]:
    """The late reporters that can be carried on: `party, unit, industry, stored, current, base` (of the report before)."""
    if slot.before is None:
        return []
    p = pairs.filter(pairs.slot == 0, pairs.current.isnull(), pairs.stored > 0)
    found = p.select("party", "unit", "industry", "stored")
    for prefix, role in (("c", VALUE), ("b", RESTATED)):
        side = cells(inputs.facts, definition.form, definition.item, role, "cumulative", prefix)
        side = side.filter(side[f"{prefix}_period"] == slot.before, side[f"{prefix}_value"].notnull())
        found = found.join(side, found.party == side[f"{prefix}_party"]).drop(f"{prefix}_party", f"{prefix}_period", f"{prefix}_basis")
    return inputs.rows(found.filter(found.b_value > 0))


def carried(stored: int, current: int, base: int) -> int:
    """Last year's figure at the pace of the report before, rounded half up.

    >>> carried(100, 90, 80), carried(3, 1, 2)
    (113, 2)
    """
    return half_up(Fraction(stored * current, base))


def estimate_rows(definition: Indicator, inputs: Inputs, pairs: Any, slot: Slot) -> list[Row]:
    """`estimate_firms`, `estimate` and `estimate_base` in units, by scope; nothing where nobody is late. At the city the growth with them, `estimated_yoy`, and their points."""
    lines = late(definition, inputs, pairs, slot)
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in lines:
        for kind, scope in (("city", CITY), ("unit", one["unit"]), ("industry", one["industry"])):
            if kind in definition.scopes:
                total = sums[kind, scope]
                total[0] += 1
                total[1] += carried(one["stored"], one["c_value"], one["b_value"])
                total[2] += one["stored"]
    rows: list[Row] = []
    for scope, (firms, current, base) in sorted(sums.items()):
        said: dict[str, Any] = {"reason": f"含{firms}户未报企业的估计数：按上期同比推算"}
        rows.append(figure(definition.id, scope, slot.cumulative, "estimate_firms", firms, 1, "firms"))
        rows.append(figure(definition.id, scope, slot.cumulative, "estimate", current, 1, definition.unit, **said))
        rows.append(figure(definition.id, scope, slot.cumulative, "estimate_base", base, 1, definition.unit, **said))
    if ("city", CITY) in sums:
        rows += _with_estimates(definition, inputs, pairs, slot, sums["city", CITY])
    return rows


def _with_estimates(definition: Indicator, inputs: Inputs, pairs: Any, slot: Slot, late_sums: list[int]) -> list[Row]:
    """The city's growth with the estimates in it, and how many of its points they are: reported points + estimated points = that growth, exactly."""
    p = pairs.filter(pairs.slot == 0, pairs.current.notnull(), pairs.base.notnull())
    whole = inputs.rows(p.agg(current=p.current.sum(), base=p.base.sum()))[0]
    firms, current, base = late_sums
    all_current, all_base = int(whole["current"] or 0) + current, int(whole["base"] or 0) + base
    said: dict[str, Any] = {"reason": f"含{firms}户未报企业的估计数：按上期同比推算"}
    at = (definition.id, ("city", CITY), slot.cumulative)
    return [
        figure(*at, "estimated_yoy", 100 * (all_current - all_base), all_base, "%", **said),
        figure(*at, "estimate_points", 100 * (current - base), all_base, "points", **said),
    ]

"""`party_change` and `party_value`: one enterprise's own month, against its own month before or as it is.

`change` rows keep their parts: num = 100·(current − previous), den = previous, so current and previous are read back from the row. `value` rows are the
reported month. `repeats` counts the history periods in which an enterprise repeated its last month to all digits (its habit);
`change_year_before` is what the same month did a year ago, where the history reaches that far (its season).
"""

from __future__ import annotations

from collections import Counter

from yunxing.engines.indicators.changes import changes
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.indicators.rows import NOT_REPORTED, UNDEFINED, Row, figure, missing
from yunxing.engines.indicators.window import slots


def party_change(definition: Indicator, inputs: Inputs) -> Figures:
    """Month on month in percent, for every member with a like period before it; none in March, after January–February."""
    window = slots(inputs.month, jan_feb=inputs.jan_feb(definition.form), history=definition.history)
    if not window or window[0].previous is None:
        return Figures(())
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    table = inputs.rows(changes(inputs.facts, inputs.membership, inputs.party, slots=window, **asked))
    habit = Counter(one["party"] for one in table if one["slot"] and one["current"] and one["current"] == one["previous"])
    year_before = next((index for index, one in enumerate(window) if one.month == inputs.month.year_before()), None)
    seasonal = {
        one["party"]: (one["current"], one["previous"])
        for one in table
        if one["slot"] == year_before and one["current"] is not None and (one["previous"] or 0) > 0
    }
    rows: list[Row] = []
    for one in table:
        if one["slot"]:
            continue
        scope, period = ("party", one["party"]), one["single"]
        current, previous = one["current"], one["previous"]
        if current is None:
            rows.append(missing(definition.id, scope, period, "change", "%", NOT_REPORTED, "本月未报"))
        elif previous is None or previous <= 0:
            rows.append(missing(definition.id, scope, period, "change", "%", UNDEFINED, "上月没有可比数"))
        else:
            rows.append(figure(definition.id, scope, period, "change", 100 * (current - previous), previous, "%"))
            if current == previous:
                rows.append(figure(definition.id, scope, period, "repeats", habit[one["party"]], 1, "periods"))
            if one["party"] in seasonal:
                now, before = seasonal[one["party"]]
                rows.append(figure(definition.id, scope, period, "change_year_before", 100 * (now - before), before, "%"))
    return Figures(tuple(rows))


def party_value(definition: Indicator, inputs: Inputs) -> Figures:
    """The reported month of every member that reported one."""
    window = slots(inputs.month, jan_feb=inputs.jan_feb(definition.form), history=0)
    if not window:
        return Figures(())
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    table = inputs.rows(changes(inputs.facts, inputs.membership, inputs.party, slots=window, **asked))
    return Figures(
        tuple(
            figure(definition.id, ("party", one["party"]), one["single"], "value", one["current"], 1, definition.unit)
            for one in table
            if one["current"] is not None
        )
    )

"""`completeness` and `timeliness` of a form, in reporters (`share`) and in shares of last year's value (`value_share`), by city, unit and industry.

Rows: `due` and `received` (reporters), `share` % of reporters and `value_share` %. The weight is the item `weight` a year before: restated where the reporter gave it, else
as stored; where a member's weight is unknown there is no share by value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yunxing.engines.indicators import reporting
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.panel import SCOPES, cells
from yunxing.engines.indicators.rows import NOT_APPLICABLE, UNDEFINED, Row, figure, missing
from yunxing.engines.indicators.window import Slot, slot


def completeness(definition: Indicator, inputs: Inputs) -> Figures:
    """Accepted / due."""
    return _shares(definition, inputs, "accepted")


def timeliness(definition: Indicator, inputs: Inputs) -> Figures:
    """In time / due."""
    return _shares(definition, inputs, "in_time")


def _shares(definition: Indicator, inputs: Inputs, column: str) -> Figures:
    import ibis

    rule = inputs.forms[definition.form]
    at = slot(inputs.month, jan_feb=rule.jan_feb)
    if at is None:
        return Figures((missing(definition.id, ("city", CITY), inputs.month.code, "share", "%", NOT_APPLICABLE, "1—2月合并统计"),))
    expression = reporting.received(
        inputs.facts, inputs.membership, inputs.party,
        form=definition.form, roster=definition.roster, slot=at, due_on=rule.due[definition.due], weights=_weights(definition, inputs, at),
    )  # fmt: skip
    table = ibis.memtable(inputs.run(expression))
    rows: list[Row] = []
    for kind in (kind for kind in SCOPES if kind in definition.scopes):
        for plain in inputs.rows(reporting.sums(table, kind, column)):
            rows += share_rows(definition, (kind, plain["scope"]), at.single, plain, rule.due[definition.due].isoformat())
    if not rows:
        rows.append(missing(definition.id, ("city", CITY), at.single, "share", "%", NOT_APPLICABLE, "名录中没有单位"))
    return Figures(tuple(rows))


def _weights(definition: Indicator, inputs: Inputs, at: Slot) -> Any:
    """Last year's value of each party: columns `w_party`, `weight`."""
    import ibis

    restated = cells(inputs.facts, definition.form, definition.weight, "last_year_restated", "cumulative", "r")
    stored = cells(inputs.facts, definition.form, definition.weight, "value", "cumulative", "s")
    restated = restated.filter(restated.r_period == at.cumulative, restated.r_value.notnull())
    stored = stored.filter(stored.s_period == at.year_before, stored.s_value.notnull())
    both = restated.select(w_party="r_party", rank=ibis.literal(1), weight="r_value").union(
        stored.select(w_party="s_party", rank=ibis.literal(2), weight="s_value")
    )
    return both.group_by("w_party").agg(weight=both.weight.argmin(both["rank"]))


def share_rows(definition: Indicator, scope: tuple[str, str], period: str, plain: Mapping[str, Any], due_on: str) -> list[Row]:
    """The rows of one scope; the basis names the due day that was used."""
    due, n = int(plain["due"]), int(plain["n"] or 0)
    rows = [
        figure(definition.id, scope, period, "due", due, 1, "reporters", basis=due_on),
        figure(definition.id, scope, period, "received", n, 1, "reporters", basis=due_on),
        figure(definition.id, scope, period, "share", 100 * n, due, "%", basis=due_on),
    ]
    if plain["unweighted"] or not plain["weight"] or plain["weight"] <= 0:
        rows.append(missing(definition.id, scope, period, "value_share", "%", UNDEFINED, "部分单位没有上年数，无法按产值计", basis=due_on))
    else:
        rows.append(
            figure(definition.id, scope, period, "value_share", 100 * int(plain["weight_in"] or 0), int(plain["weight"]), "%", basis=due_on)
        )
    return rows

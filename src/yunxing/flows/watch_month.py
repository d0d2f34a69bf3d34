"""Statistical rules of a closing month: which facts they read, what people wished, what is kept of the replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from yunxing.engines.indicators.compute import Inputs
from yunxing.engines.indicators.reads import Also
from yunxing.engines.indicators.window import slot
from yunxing.engines.signals.detect import Party
from yunxing.engines.signals.history import history, months_read
from yunxing.engines.signals.rule import STATISTICAL, Rule
from yunxing.engines.signals.watch import Watched, Wishes, watch
from yunxing.io.store import marks
from yunxing.values.period import JanFeb, Month

if TYPE_CHECKING:
    from yunxing.flows.close_month import Plan


def _read(plan: Plan) -> list[str]:
    """The indicators whose party figures statistical rules read."""
    return sorted({rule.reads for rule in plan.rules if rule.test in STATISTICAL})


def far(plan: Plan, month: Month) -> list[Also]:
    """The month figures that statistical rules read from years back."""
    definitions = {one.id: one for one in plan.indicators}
    read = [definitions[name] for name in _read(plan)]
    periods = frozenset(code for one in months_read(month) for code in (one.code, JanFeb(one.year).code))
    forms = {one.form for one in read}
    return [Also(form, frozenset(one.item for one in read if one.form == form), periods) for form in sorted(forms)]


def watched(plan: Plan, inputs: Inputs, parties: Mapping[str, Party], wishes: Wishes) -> Watched:
    """What the statistical rules of the plan find in the closing month."""
    definitions = {one.id: one for one in plan.indicators}
    histories = {}
    for name in _read(plan):
        if slot(inputs.month, jan_feb=inputs.jan_feb(definitions[name].form)) is not None:
            histories[name] = history(definitions[name], inputs)
    return watch(plan.rules, definitions, histories, {party: (one.unit, one.industry) for party, one in parties.items()}, wishes)


def wishes_of(connection: Any) -> Wishes:
    """Budgets and marks in force in the store."""
    return Wishes(marks.budgets(connection), frozenset(marks.right_candidates(connection)))


def wishes_from(said_: Mapping[str, Any]) -> Wishes:
    """Budgets and marks as a closed month's manifest says them."""
    return Wishes(dict(said_.get("set", {})), frozenset(said_.get("right", ())))


def said(rules: Iterable[Rule], found: Watched, wishes: Wishes) -> dict[str, Any]:
    """What the manifest says of thresholds: by rule the budget and the threshold in 0.0001; the budgets people set; the candidates marked right."""
    told = {}
    for rule in rules:
        if rule.id in found.thresholds:
            threshold = found.thresholds[rule.id]
            told[rule.id] = {
                "budget": wishes.budget(rule),
                "threshold": None if threshold == float("inf") else round(threshold * 10_000),
                "years": round(found.years[rule.id] * 10_000),
            }
    return {"rules": told, "set": dict(sorted(wishes.budgets.items())), "right": sorted(wishes.right)}


def candidates_table(found: Watched) -> Any:
    """`candidates.parquet`: what some budget would have raised in the year up to the month: rule, scope, period, score in 0.0001."""
    import pyarrow as pa

    rows = [
        {"rule": rule, "scope": one.scope, "period": one.period, "score": round(one.score * 10_000)}
        for rule, candidates in sorted(found.candidates.items())
        for one in sorted(candidates, key=lambda one: (one.period, one.scope))
    ]
    text = pa.string()
    return pa.Table.from_pylist(rows, schema=pa.schema([("rule", text), ("scope", text), ("period", text), ("score", pa.int64())]))

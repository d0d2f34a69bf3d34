"""`formula`: the terms of a card taken from its form's rows, and its figures computed from them, at each of its scopes.

Each figure is a row of its own stat. Reports before the closing one give the headline figure only. A scope whose members sent nothing is not reported, never 0; the covered share counts the
members that have a row. Days, and events of the year, are read for the closing month alone. A quarterly form gives the newest quarter that has ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.engines.indicators import terms
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.formula import Figure, Lost, Over, Term, evaluate, names
from yunxing.engines.indicators.panel import slot_table
from yunxing.engines.indicators.rows import NOT_APPLICABLE, NOT_REPORTED, Row, figure, missing
from yunxing.engines.indicators.terms import Report
from yunxing.engines.indicators.window import Slot, slot, slots
from yunxing.values.period import Month

YEARLY: tuple[Over, ...] = ("cumulative", "year", "events")
ROUNDED = "数值过大，保留九位小数"


@dataclass(frozen=True, slots=True)
class _Window:
    """The reports of a form up to the closing month: `asked` of them are computed, the others only stand in a year."""

    slots: list[Slot]
    asked: int


def formula(definition: Indicator, inputs: Inputs) -> Figures:
    """The figures of `definition`. January of a form that joins January and February gives one absent city row."""
    window = window_of(definition, inputs)
    headline = next(one for one in definition.figures if one.stat == definition.headline)
    if window is None:
        at = (definition.id, ("city", CITY), inputs.month.code)
        return Figures((missing(*at, headline.stat, headline.unit, NOT_APPLICABLE, "1—2月合并统计"),))
    kinds: dict[str, list[Term]] = defaultdict(list)
    for term in definition.terms:
        kinds[kind_of(term.over)].append(term)
    tables = [(_placed(definition, inputs, window, kind, part), part) for kind, part in kinds.items()]
    rows: list[Row] = []
    for scope in definition.scopes:
        values = _values(definition, inputs, tables, scope)
        expected = _due(definition, inputs, window, scope)
        for slot_index, name in sorted({*values, *expected}):
            at = window.slots[slot_index]
            rows += scope_rows(definition, (scope, name), at, slot_index, values.get((slot_index, name)), expected.get((slot_index, name)))
    if not any((row.scope_kind, row.stat) == ("city", headline.stat) for row in rows):
        period = period_of(definition, headline, window.slots[0])
        rows.append(missing(definition.id, ("city", CITY), period, headline.stat, headline.unit, NOT_REPORTED, "没有报送"))
    return Figures(tuple(rows))


def kind_of(over: Over) -> str:
    """Terms over the month and over the cumulative figures read the same rows."""
    return "report" if over in ("month", "cumulative") else over


def window_of(definition: Indicator, inputs: Inputs) -> _Window | None:
    """The reports to compute, the newest first, and further ones back to the January of the oldest; None when the closing month has no report."""
    rule = inputs.forms[definition.form]
    daily = any(one.over in ("days", "last_day", "events") for one in definition.terms)
    history = 0 if daily else definition.history
    if rule.cycle == "quarter":
        found = quarters(inputs.month, history)
    else:
        found = slots(inputs.month, jan_feb=rule.jan_feb, history=history + 12)
    return _Window(found, history + 1) if found else None


def quarters(month: Month, history: int) -> list[Slot]:
    """The newest quarter that has ended by the month, and those before it.

    >>> [one.cumulative for one in quarters(Month(2022, 8), 2)]
    ['2022-01..06', '2022-01..03', '2021-01..12']
    """
    last = month.plus(-(month.month % 3))
    found = (slot(last.plus(-3 * back), jan_feb=False) for back in range(history + 1))
    return [one for one in found if one is not None]


def _placed(definition: Indicator, inputs: Inputs, window: _Window, kind: str, part: Sequence[Term]) -> Any:
    items = {term.read(item) for term in part for item in term.items}
    table = terms.rows(inputs.facts, definition.form, items, reports_of(kind, window.slots, window.asked, inputs.month))
    if kind == "last_day":
        table = terms.last_days(table)
    placed = terms.placed(table, inputs.membership, inputs.party, definition.roster, slot_table(window.slots[: window.asked]))
    return inputs.keep(placed)


def reports_of(kind: str, found: Sequence[Slot], asked: int, month: Month) -> list[Report]:
    """The reports whose rows a kind of term reads."""
    if kind in ("days", "last_day"):
        return terms.daily(month.start, month.end)
    if kind == "year":
        return terms.of_year(found, asked)
    if kind == "events":
        months = [Month(month.year, number) for number in range(1, month.month + 1)]
        return [Report(0, one.code, (one.code,)) for one in months]
    return terms.monthly(found[:asked])


def _values(
    definition: Indicator, inputs: Inputs, tables: Sequence[tuple[Any, Sequence[Term]]], scope: str
) -> dict[tuple[int, str], dict[str, int | None]]:
    """The terms by slot and scope; `reported` is the most of what the tables say."""
    found: dict[tuple[int, str], dict[str, int | None]] = {}
    for table, part in tables:
        for plain in inputs.rows(terms.taken(terms.scoped(table, scope), part)):
            values = found.setdefault((int(plain["slot"]), str(plain["scope"])), {one.name: _nothing(one) for one in definition.terms})
            values |= {one.name: plain[f"t_{one.name}"] for one in part}
            values["reported"] = max(int(plain["reported"]), int(values.get("reported") or 0))
    return found


def _nothing(term: Term) -> int | None:
    """What a term is where its table has no row: none counted, nothing summed."""
    return 0 if term.take in ("count", "distinct") else None


def _due(definition: Indicator, inputs: Inputs, window: _Window, scope: str) -> dict[tuple[int, str], int]:
    if not definition.roster or scope not in ("city", "unit", "industry"):
        return {}
    expression = terms.due(inputs.membership, inputs.party, definition.roster, slot_table(window.slots[: window.asked]), scope)
    return {(int(plain["slot"]), str(plain["scope"])): int(plain["due"]) for plain in inputs.rows(expression)}


def scope_rows(
    definition: Indicator, scope: tuple[str, str], at: Slot, index: int, values: Mapping[str, int | None] | None, due: int | None
) -> list[Row]:
    """The rows of one scope and report: every figure of the closing report, the headline of an earlier one."""
    rows = []
    reported = int((values or {}).get("reported") or 0)
    rest = {"covered_num": reported, "covered_den": due} if due else {}
    basis = f"{definition.roster}@{at.cumulative}" if definition.roster else ""
    for one in definition.figures:
        if index and one.stat != definition.headline:
            continue
        period = period_of(definition, one, at)
        if not reported or values is None:
            if one.stat == definition.headline:
                rows.append(missing(definition.id, scope, period, one.stat, one.unit, NOT_REPORTED, "没有报送", basis=basis, **rest))
            continue
        rows.append(figure_row(definition, one, scope, period, values, {**rest, "basis": basis}))
    return rows


def figure_row(
    definition: Indicator, one: Figure, scope: tuple[str, str], period: str, values: Mapping[str, int | None], rest: Mapping[str, Any]
) -> Row:
    """One figure from its terms, exact; or its absence with the reason."""
    found = evaluate(one.formula, values)
    if isinstance(found, Lost):
        return missing(definition.id, scope, period, one.stat, one.unit, found.absence, found.reason, **rest)
    kept, exact = found.fitted()
    reason = "" if exact else ROUNDED
    return figure(definition.id, scope, period, one.stat, kept.num, kept.den, one.unit, reason=reason, **rest)


def period_of(definition: Indicator, one: Figure, at: Slot) -> str:
    """The period a figure stands under: cumulative where any of its terms is one of the year, else the report's own."""
    used = names(one.formula)
    over = {term.over for term in definition.terms if term.name in used}
    return at.cumulative if over & set(YEARLY) else at.single

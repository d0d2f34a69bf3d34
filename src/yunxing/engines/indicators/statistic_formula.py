"""`formula`: the terms of a card taken from its form's rows, and its figures computed from them, at each of its scopes.

Each figure is a row of its own stat. Reports before the closing one give the headline figure only. A scope whose members sent nothing is not reported, never 0; the covered share counts the
members that have a row. Days, and events of the year, are read for the closing month alone. A quarterly form gives the newest quarter that has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yunxing.engines.indicators import terms
from yunxing.engines.indicators.compute import Figures, Inputs
from yunxing.engines.indicators.definition import CITY, Indicator
from yunxing.engines.indicators.formula import Figure, Lost, Over, Term, evaluate, names
from yunxing.engines.indicators.rows import NOT_APPLICABLE, NOT_REPORTED, Row, figure, missing
from yunxing.engines.indicators.terms import Group, Report
from yunxing.engines.indicators.window import Slot, slot, slots
from yunxing.values.period import Month

YEARLY: tuple[Over, ...] = ("cumulative", "year", "events")
ROUNDED = "数值过大，保留九位小数"


@dataclass(frozen=True, slots=True)
class _Window:
    """The reports of a form up to the closing month: `asked` of them are computed, the others only stand in a year."""

    slots: list[Slot]
    asked: int


Values = dict[str, int | None]
Key = tuple[str, int, str, str]  # indicator, slot, scope kind, scope


def formula(definition: Indicator, inputs: Inputs) -> Figures:
    """The figures of one definition."""
    return formulas([definition], inputs)


def formulas(definitions: Sequence[Indicator], inputs: Inputs) -> Figures:
    """The figures of all definitions together: their facts are read once. January of a form that joins January and February gives one absent city row."""
    rows: list[Row] = []
    windows: dict[str, _Window] = {}
    for one in definitions:
        window = window_of(one, inputs)
        if window is None:
            headline = headline_of(one)
            where = (one.id, ("city", CITY), inputs.month.code)
            rows.append(missing(*where, headline.stat, headline.unit, NOT_APPLICABLE, "1—2月合并统计"))
        else:
            windows[one.id] = window
    present = [one for one in definitions if one.id in windows]
    if present:
        values, expected = _values(present, windows, inputs)
        for one in present:
            rows += indicator_rows(one, windows[one.id], values, expected)
    return Figures(tuple(rows))


def indicator_rows(
    definition: Indicator, window: _Window, values: Mapping[Key, Values], expected: Mapping[tuple[str, date, str, str], int]
) -> list[Row]:
    """Every row of one definition, from the terms by scope and how many reporters were due."""
    rows: list[Row] = []
    mine = {key[1:]: found for key, found in values.items() if key[0] == definition.id}
    ends = {one.end: index for index, one in enumerate(window.slots[: window.asked])}
    due: dict[tuple[int, str, str], int] = {
        (ends[end], kind, scope): count
        for (roster, end, kind, scope), count in expected.items()
        if roster == definition.roster and end in ends and kind in definition.scopes
    }
    for slot_index, kind, name in sorted({*mine, *due}):
        if slot_index < window.asked:
            key = (slot_index, kind, name)
            rows += scope_rows(definition, (kind, name), window.slots[slot_index], slot_index, mine.get(key), due.get(key))
    headline = headline_of(definition)
    if "city" in definition.scopes and not any((row.scope_kind, row.stat) == ("city", headline.stat) for row in rows):
        period = period_of(definition, headline, window.slots[0])
        rows.append(missing(definition.id, ("city", CITY), period, headline.stat, headline.unit, NOT_REPORTED, "没有报送"))
    return rows


def headline_of(definition: Indicator) -> Figure:
    """The figure a card shows."""
    return next(one for one in definition.figures if one.stat == definition.headline)


def kind_of(over: Over) -> str:
    """Terms over the month and over the cumulative figures read the same rows."""
    return "report" if over in ("month", "cumulative") else over


def window_of(definition: Indicator, inputs: Inputs) -> _Window | None:
    """The reports to compute, the newest first, and further ones back to the January of the oldest; None when the closing month has no report."""
    rule = inputs.forms[definition.form]
    daily = any(one.over in ("days", "last_day", "events") for one in definition.terms)
    history = 0 if daily else definition.history
    quarterly = rule.cycle == "quarter"
    found = quarters(inputs.month, history) if quarterly else slots(inputs.month, jan_feb=rule.jan_feb, history=history + 12)
    return _Window(found, history + 1) if found else None


def quarters(month: Month, history: int) -> list[Slot]:
    """The newest quarter that has ended by the month, and those before it.

    >>> [one.cumulative for one in quarters(Month(2022, 8), 2)]
    ['2022-01..06', '2022-01..03', '2021-01..12']
    """
    last = month.plus(-(month.month % 3))
    found = (slot(last.plus(-3 * back), jan_feb=False) for back in range(history + 1))
    return [one for one in found if one is not None]


def reports_of(kind: str, window: _Window, month: Month) -> list[Report]:
    """The reports whose rows a kind of term reads."""
    if kind in ("days", "last_day"):
        return terms.daily(month.start, month.end)
    if kind == "year":
        return terms.of_year(window.slots, window.asked)
    if kind == "events":
        months = [Month(month.year, number) for number in range(1, month.month + 1)]
        return [Report(0, one.code, (one.code,), month.end) for one in months]
    return terms.monthly(window.slots[: window.asked])


def groups_of(definitions: Sequence[Indicator], windows: Mapping[str, _Window], month: Month) -> list[Group]:
    """The terms of all definitions, those together that read the same rows. A term's column is named by its place in the group."""
    found: dict[tuple[str, str, str], list[tuple[Indicator, Term]]] = {}
    for one in definitions:
        for term in one.terms:
            found.setdefault((one.form, one.roster, kind_of(term.over)), []).append((one, term))
    groups = []
    for number, ((form, roster, kind), asked) in enumerate(sorted(found.items())):
        longest = max((windows[one.id] for one, _ in asked), key=lambda window: window.asked)
        named = tuple((f"{one.id}__{term.name}", term) for one, term in asked)
        groups.append(Group(number, form, roster, kind, named, tuple(reports_of(kind, longest, month))))
    return groups


def _values(
    definitions: Sequence[Indicator], windows: Mapping[str, _Window], inputs: Inputs
) -> tuple[dict[Key, Values], dict[tuple[str, date, str, str], int]]:
    """The terms of every definition by slot and scope, and the reporters due. `reported` is the most of what a definition's groups say."""
    groups = groups_of(definitions, windows, inputs.month)
    ends = {one.end for window in windows.values() for one in window.slots[: window.asked]}
    rosters = {one.roster for one in groups if one.roster}
    on = inputs.keep(terms.on_days(inputs.membership, inputs.party, rosters, ends | {inputs.month.end})) if rosters else None
    cells = inputs.keep(terms.cells(inputs.facts, groups, on))
    registry = terms.held_by_registry(inputs.party)
    blank: dict[str, Values] = {one.id: dict.fromkeys(term.name for term in one.terms) for one in definitions}
    found: dict[Key, Values] = {}
    for group in groups:
        mine = [one for one in definitions if (one.form, one.roster) == (group.form, group.roster)]
        scopes = [kind for kind in terms.SCOPES if any(kind in one.scopes for one in mine)]
        for plain in inputs.rows(terms.taken(terms.wide(cells, group, registry), group.terms, scopes)):
            for one in mine:
                if plain["scope_kind"] not in one.scopes:
                    continue
                values = found.setdefault((one.id, int(plain["slot"]), plain["scope_kind"], str(plain["scope"])), dict(blank[one.id]))
                named = {term.name: f"{one.id}__{term.name}" for term in one.terms}
                values.update({name: plain[column] for name, column in named.items() if column in plain})
                values["reported"] = max(int(plain["reported"]), int(values.get("reported") or 0))
    due = inputs.rows(terms.due(on, ("city", "unit", "industry"))) if on is not None else []
    return found, {(one["m_roster"], one["m_end"], one["scope_kind"], str(one["scope"])): int(one["due"]) for one in due}


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

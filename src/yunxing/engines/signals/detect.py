"""Thresholds on indicator rows → signals. Pure: rows, rules and names in; records out, each with its evidence, words, owner and deadline.

A figure whose covered share is under 80 % is provisional, and no trend signal opens on it. At most one signal stands for a kind, indicator and scope: the gravest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from statistics import median
from typing import Any

from yunxing.engines.indicators.contributions import Contributions
from yunxing.engines.indicators.definition import Indicator, Threshold
from yunxing.engines.indicators.rows import Row
from yunxing.engines.signals.blame import blame
from yunxing.engines.signals.rule import STATISTICAL, Rule
from yunxing.engines.signals.shares import Shared, shares
from yunxing.engines.signals.signal import Evidence, Signal
from yunxing.engines.signals.watch import Found, Watched
from yunxing.engines.signals.words import fill, number_evidence
from yunxing.values.period import Month, parse_period
from yunxing.values.workdays import Calendar

COVERED_LEAST = Fraction(80, 100)  # platform default: below it a figure is 初步 and opens no trend signal


@dataclass(frozen=True, slots=True)
class Party:
    """What the words and the contributions need of a party."""

    name: str
    unit: str
    industry: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a rule may look at. `names` gives the printed name of a (scope kind, scope); parties' names come from `parties`."""

    month: Month
    known_on: date
    calendar: Calendar
    definitions: Mapping[str, Indicator]
    rows: Sequence[Row]
    contributions: Contributions = field(default_factory=Contributions)
    parties: Mapping[str, Party] = field(default_factory=dict)
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    watched: Watched = field(default_factory=Watched)

    def name_of(self, kind: str, scope: str) -> str:
        """The printed name of a scope; its id when nobody gave one."""
        if kind == "party" and scope in self.parties:
            return self.parties[scope].name
        return self.names.get((kind, scope), scope)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired: the newest row, the rows it rests on (oldest first), and how far beyond the limit.

    `graded` is what the severity is graded by, the row's value where None; `parts` are the contributions where the detector itself knows them.
    """

    row: Row
    rows: tuple[Row, ...]
    score: Fraction
    extra: tuple[Evidence, ...] = ()
    graded: Fraction | None = None
    parts: tuple[dict[str, Any], ...] = ()


def detect(rules: Iterable[Rule], situation: Situation) -> list[Signal]:
    """All signals of the month, the gravest first; one for each kind, indicator and scope."""
    by_series: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in situation.rows:
        by_series[row.indicator, row.stat].append(row)
    found: dict[str, Signal] = {}
    for rule in rules:
        if situation.month.month < rule.first_month:
            continue
        rows = [row for row in by_series[rule.indicator, rule.stat] if row.scope_kind in rule.scopes]
        for hit in TESTS[rule.test](rule, rows, situation):
            signal = _record(rule, hit, situation)
            kept = found.get(signal.key)
            if kept is None or (signal.severity, signal.score) > (kept.severity, kept.score):
                found[signal.key] = signal
    return sorted(found.values(), key=lambda one: (-one.severity, one.id))


def _closing(row: Row, month: Month) -> bool:
    """Whether the row's period ends with the closing month (a day does not count)."""
    period = parse_period(row.period)
    return period.kind != "day" and period.end == month.end


def _limit(rule: Rule, rows: Sequence[Row], situation: Situation) -> list[Hit]:
    usual = season(rule, situation, rule.threshold) if rule.season else set()
    peers = peer_medians(rule, rows, situation) if rule.peers else {}
    hits = []
    for row in rows:
        value = row.value
        if value is None or row.scope in usual or not _closing(row, situation.month) or not rule.threshold.reached(value):
            continue
        middle = peers.get(situation.parties[row.scope].industry) if row.scope in situation.parties else None
        if middle is None:
            hits.append(Hit(row, (row,), abs(value - rule.threshold.value)))
        elif rule.threshold.reached(value - middle):  # what the whole industry did in the month is its season, not this one's sign
            definition = situation.definitions[rule.indicator]
            said = number_evidence("peers", f"rule:{rule.id}", middle, "%", row.period, definition)
            hits.append(Hit(row, (row,), abs(value - rule.threshold.value), (said,)))
    return hits


def peer_medians(rule: Rule, rows: Sequence[Row], situation: Situation) -> dict[str, Fraction]:
    """The median change of each industry in the closing month, where at least `reporters` of its parties have one."""
    found: dict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        if row.value is not None and row.scope in situation.parties and _closing(row, situation.month):
            found[situation.parties[row.scope].industry].append(row.value)
    return {industry: median(values) for industry, values in found.items() if len(values) >= rule.reporters}


def season(rule: Rule, situation: Situation, limit: Threshold) -> set[str]:
    """The parties whose change of the same month a year before reached the limit too."""
    return {
        row.scope
        for row in situation.rows
        if row.indicator == rule.reads and row.stat == "change_year_before" and row.value is not None and limit.reached(row.value)
    }


def _repeat(rule: Rule, rows: Sequence[Row], situation: Situation) -> list[Hit]:
    """`rows` are the `repeats` rows, made only where the month equals the last one: their value is how often that happened before."""
    changes = {(row.indicator, row.scope): row for row in situation.rows if row.stat == "change" and row.indicator == rule.indicator}
    hits = []
    for row in rows:
        same = changes.get((row.indicator, row.scope))
        if row.value is not None and same is not None and row.value <= rule.habit and same.den:
            hits.append(Hit(same, (same,), Fraction(0)))
    return hits


def _run(rule: Rule, rows: Sequence[Row], situation: Situation) -> list[Hit]:
    """The last `periods` reports all beyond the limit; an absent or provisional one breaks the run. The first period is where the run began."""
    by_scope: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_scope[row.scope_kind, row.scope].append(row)
    hits = []
    for series in by_scope.values():
        series.sort(key=lambda row: parse_period(row.period).end)
        run: list[Row] = []
        for row in reversed(series):
            if row.value is None or not rule.threshold.reached(row.value) or _provisional(row):
                break
            run.insert(0, row)
        if len(run) >= rule.periods and _closing(run[-1], situation.month):
            score = abs((run[-1].value or Fraction(0)) - rule.threshold.value)
            hits.append(Hit(run[-1], tuple(run[-rule.periods :]), score, ()) if len(run) == rule.periods else _long(rule, run, score))
    return hits


def _long(rule: Rule, run: list[Row], score: Fraction) -> Hit:
    """A run longer than asked: the evidence is its newest part, and its length is said by the first period."""
    return Hit(run[-1], (run[0], *run[-rule.periods :]) if len(run) > rule.periods else tuple(run), score)


def _provisional(row: Row) -> bool:
    covered = row.covered
    return covered is not None and covered < COVERED_LEAST


def _misses_target(rule: Rule, rows: Sequence[Row], situation: Situation) -> list[Hit]:
    definition = situation.definitions[rule.indicator]
    hits = []
    for row in rows:
        value, target = row.value, definition.target
        if value is None or target is None or not _closing(row, situation.month):
            continue
        short = 100 * (target.value - value) / target.value
        if not rule.threshold.reached(short):
            continue
        shown = definition.shown
        extra = (
            number_evidence("short", row.id, short, "%", row.period, definition, comparison=f"{rule.threshold.comparator.value} {rule.threshold.text}"),
            Evidence("target", f"commitment:{target.commitment}", target.value, definition.unit, row.period,
                     shown.text(target.value, definition.unit), shown.text(target.value, definition.unit, "en")),
        )  # fmt: skip
        hits.append(Hit(row, (row,), short - rule.threshold.value, extra))
    return hits


def _detected(rule: Rule, _rows: Sequence[Row], situation: Situation) -> list[Hit]:
    """What a statistical detector found (`watch`), as hits."""
    definition = situation.definitions[rule.indicator]
    growth = {(row.scope_kind, row.scope): row for row in situation.rows if row.indicator == rule.indicator and row.stat == "yoy"}
    hits = []
    for one in situation.watched.found.get(rule.id, ()):
        row, extra = one.row, list(_places(rule, one, situation))
        level = growth.get((row.scope_kind, row.scope))
        if level is not None and level.value is not None and level.period == row.period:
            extra.append(number_evidence("yoy", level.id, level.value, level.unit, row.period, definition))
        hits.append(Hit(row, (row,), one.score, tuple(extra), one.graded))
    return hits


def _share(rule: Rule, _rows: Sequence[Row], situation: Situation) -> list[Hit]:
    """The same anomaly in a large share of an area's or an industry's reporters."""
    mine = [row for row in situation.rows if row.indicator == rule.reads and row.scope_kind == "party" and row.value is not None]
    changes = {row.scope: row for row in mine if row.stat == "change" and _closing(row, situation.month)}
    habits = {row.scope for row in mine if row.stat == "change_year_before"}
    places = {party: (one.unit, one.industry, one.name) for party, one in situation.parties.items()}
    if rule.each is None or not changes:
        return []
    found = shares(rule, changes, season(rule, situation, rule.each), habits, places)
    return [Hit(one.row, (one.row,), one.score, _places(rule, one, situation), one.graded, one.parts) for one in found]


def _places(rule: Rule, one: Found | Shared, situation: Situation) -> tuple[Evidence, ...]:
    """The figures a detector gives its words, as evidence of the rule; the shortfall is what the rule's limit is held against."""
    definition = situation.definitions[rule.indicator]
    limit = f"{rule.threshold.comparator.value} {rule.threshold.text}"
    return tuple(
        number_evidence(name, f"rule:{rule.id}", value, unit, one.row.period, definition, comparison=limit if name == "shortfall" else "")
        for name, (value, unit) in one.places.items()
    )


TESTS: dict[str, Callable[[Rule, Sequence[Row], Situation], list[Hit]]] = {
    "limit": _limit,
    "repeat": _repeat,
    "run": _run,
    "misses_target": _misses_target,
    "breach": _detected,
    "spread": _detected,
    "share": _share,
}


def _record(rule: Rule, hit: Hit, situation: Situation) -> Signal:
    definition = situation.definitions[rule.indicator]
    evidence = [*_figures(rule, hit, definition), *hit.extra]
    due = situation.calendar.add(situation.known_on, rule.deadline)
    graded = (
        next((one.value for one in hit.extra if one.name == "short"), hit.row.value or Fraction(0)) if hit.graded is None else hit.graded
    )
    unit = "%" if rule.test in ("misses_target", "breach", "spread", "share") else "periods" if rule.test == "repeat" else hit.row.unit
    evidence.append(number_evidence("threshold", f"rule:{rule.id}", rule.threshold.value, unit, hit.row.period, definition))
    name = situation.name_of(hit.row.scope_kind, hit.row.scope)
    return Signal(
        kind=rule.kind,
        sign=rule.sign,
        indicator=rule.indicator,
        scope_kind=hit.row.scope_kind,
        scope=hit.row.scope,
        first_period=hit.rows[0].period,
        period=hit.row.period,
        score=hit.score,
        severity=rule.grade(graded),
        rule=rule.id,
        words_zh=fill(rule.words, name, hit.row.period, evidence, rule=rule, language="zh"),
        words_en=fill(rule.words_en, name, hit.row.period, evidence, rule=rule, language="en"),
        owner=rule.owner,
        deadline=due.date,
        provisional=due.provisional,
        evidence=tuple(evidence),
        contributions=hit.parts or (blame(hit.row, situation.contributions, situation.parties) if hit.row.scope_kind != "party" else ()),
        case=rule.case,
    )


def _figures(rule: Rule, hit: Hit, definition: Indicator) -> list[Evidence]:
    """The rows of the hit as evidence: `value` for the newest, `before_1 …` for earlier ones, and the two sides of a change."""
    comparison = "" if rule.test in STATISTICAL else f"{rule.threshold.comparator.value} {rule.threshold.text}"
    found = []
    for back, row in enumerate(reversed(hit.rows)):
        name = "value" if back == 0 else f"before_{back}"
        found.append(number_evidence(name, row.id, row.value or Fraction(0), row.unit, row.period, definition, comparison=comparison))
    row = hit.row
    if row.stat == "change" and row.num is not None and row.den is not None:
        current, previous = row.den + Fraction(row.num, 100), Fraction(row.den)
        found.append(number_evidence("current", row.id, current, definition.unit, row.period, definition))
        found.append(number_evidence("previous", row.id, previous, definition.unit, row.period, definition))
        found.append(number_evidence("drop", row.id, abs(row.value or Fraction(0)), "%", row.period, definition))
    return found

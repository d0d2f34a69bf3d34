"""Statistical rules of a month: what the detectors score, where the budget puts the threshold, and what that raises.

Every threshold is set by replaying the last year of history at the rule's budget; what lies so far off that no calm year holds it does not count. The moments that history would have raised at some budget are kept as candidates,
so that a person can try another budget and see what would come and go. People's marks enter: alarms marked right do not count against the budget.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators.definition import CELL_MARK, Indicator
from yunxing.engines.indicators.rows import Row, figure
from yunxing.engines.signals.budget import SILENT, Candidate, within_budget
from yunxing.engines.signals.history import History, numbered
from yunxing.engines.signals.incipient import fresh
from yunxing.engines.signals.rule import STATISTICAL, Rule
from yunxing.engines.signals.screening import screened
from yunxing.engines.signals.spread import spreading

LOWEST = 2.0  # a candidate's score: no budget reaches further down
LEAST = {"breach": 3.0, "spread": 2.0}  # no budget, however large, calls less than this an alarm
CERTAIN = {"breach": 8.0, "spread": 8.0}  # this far off no calm year goes: a matter to explain, never counted as a false alarm
SURENESS = 1.28  # nine calm years of ten stay within the budget
STANDS = 6  # reports for which an alarm stands and is not raised again by a weaker one


@dataclass(frozen=True, slots=True)
class Found:
    """What a statistical rule found about one scope in the closing month: the row it rests on and the figures of its words, exact."""

    row: Row
    score: Fraction
    graded: Fraction
    places: Mapping[str, tuple[Fraction, str]]  # name: value and unit


@dataclass(frozen=True, slots=True)
class Watched:
    """Of all statistical rules: what is raised, the candidates of the last year, the threshold of each rule, how many years were replayed."""

    found: Mapping[str, tuple[Found, ...]] = field(default_factory=dict)
    candidates: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    years: Mapping[str, float] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that the findings rest on, each once."""
        return tuple({one.row.id: one.row for found in self.found.values() for one in found}.values())


@dataclass(frozen=True, slots=True)
class Wishes:
    """What people set: budgets by rule (alarms a year for the whole city) in place of the pack's, and the candidates marked right."""

    budgets: Mapping[str, int] = field(default_factory=dict)
    right: Collection[str] = ()

    def budget(self, rule: Rule) -> int:
        """The budget in force."""
        return self.budgets.get(rule.id, rule.budget)


def expected_of(budget: float) -> float:
    """The alarms a year to aim at, so that nine calm years of ten stay within the budget: x + 1.28·√x = budget.

    >>> round(expected_of(24), 1), expected_of(0)
    (18.5, 0.0)
    """
    root = (-SURENESS + math.sqrt(SURENESS**2 + 4 * budget)) / 2
    return root * root


def watch(
    rules: Iterable[Rule],
    definitions: Mapping[str, Indicator],
    histories: Mapping[str, History],
    places: Mapping[str, tuple[str, str]],
    wishes: Wishes | None = None,
) -> Watched:
    """Run every statistical rule. `histories` by the indicator a rule reads; `places` is (unit, industry) of a party."""
    wanted = wishes or Wishes()
    found: dict[str, tuple[Found, ...]] = {}
    candidates: dict[str, tuple[Candidate, ...]] = {}
    thresholds: dict[str, float] = {}
    years: dict[str, float] = {}
    for rule in rules:
        past = histories.get(rule.reads)
        if rule.test not in STATISTICAL or past is None or not past.judged or not past.parties:
            continue
        scored = DETECTORS[rule.test](rule, past, places)
        candidates[rule.id], years[rule.id] = scored.candidates, past.years
        thresholds[rule.id] = threshold_of(rule, scored.candidates, past.years, wanted.budget(rule), wanted.right)
        raised = {one.scope for one in scored.candidates if one.score >= thresholds[rule.id] and one.period == past.periods[-1]}
        found[rule.id] = tuple(scored.told(scope, definitions[rule.indicator]) for scope in sorted(raised))
    return Watched(found, candidates, thresholds, years)


def threshold_of(rule: Rule, candidates: Iterable[Candidate], years: float, budget: int, right: Collection[str] = ()) -> float:
    """The lowest threshold at which history keeps the budget; what lies too far off for any calm year does not count against it."""
    allowed = expected_of(budget)
    if not allowed or not years:
        return SILENT
    doubtful = [one for one in candidates if one.score < CERTAIN[rule.test]]
    return min(within_budget(doubtful, years, allowed, right, LEAST[rule.test]), CERTAIN[rule.test])


@dataclass(frozen=True, slots=True)
class Scored:
    """The candidates of a rule, and how one of the closing month is told."""

    candidates: tuple[Candidate, ...]
    told: Callable[[str, Indicator], Found]


def candidate_key(rule: str, scope: str, period: str) -> str:
    """What tells a candidate apart."""
    return f"{rule}/{scope}/{period}"


def _candidates(
    rule: Rule, scopes: list[str], periods: tuple[str, ...], columns: tuple[int, ...], score: Any, deep: Any
) -> tuple[Candidate, ...]:
    """The moments whose score and shortfall reach the lowest that counts; an alarm that stands is one."""
    import numpy as np

    alarm = fresh(score, STANDS)
    kept = np.argwhere(np.nan_to_num(alarm, nan=-1) >= LOWEST)
    return tuple(
        Candidate(
            candidate_key(rule.id, scopes[at], periods[columns[where]]),
            scopes[at],
            periods[columns[where]],
            round(float(alarm[at, where]), 4),
        )
        for at, where in kept
        if deep[at, where]
    )


def _breach(rule: Rule, past: History, places: Mapping[str, tuple[str, str]]) -> Scored:
    """A party's month far under what its past and its peers lead to expect."""
    import numpy as np

    columns = tuple(past.judged)
    industries = numbered([places.get(party, ("", ""))[1] for party in past.parties])
    judged = screened(past.values, industries, past.season, columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        shortfall = 100 * (past.values[:, columns] / judged.expected - 1)
    deep = np.where(np.isfinite(shortfall), shortfall, -100.0) <= float(rule.threshold.value)
    scopes = list(past.parties)
    at = {party: row for row, party in enumerate(past.parties)}

    def told(party: str, definition: Indicator) -> Found:
        row, value = at[party], past.exact[party]
        expected = judged.expected[row, -1]
        whole = round(float(expected)) if np.isfinite(expected) and expected > 0 else 0
        score = Fraction(round(-100 * float(judged.score[row, -1])), 100)
        short = Fraction(100 * (value - whole), whole) if whole else Fraction(-100)
        figures = {"expected": (Fraction(whole), definition.unit), "shortfall": (abs(short), "%")}
        return Found(figure(rule.indicator, ("party", party), past.periods[-1], "value", value, 1, definition.unit), score, short, figures)

    return Scored(_candidates(rule, scopes, past.periods, columns, -judged.score, deep), told)


def _spread(rule: Rule, past: History, places: Mapping[str, tuple[str, str]]) -> Scored:
    """An industry of a place that falls behind the same industry elsewhere."""
    import numpy as np

    columns = tuple(past.judged)
    home = [places.get(party, ("", "")) for party in past.parties]
    units, kinds = sorted({one[0] for one in home}), sorted({one[1] for one in home})
    judged = spreading(past.values, [kinds.index(one[1]) for one in home], [units.index(one[0]) for one in home], columns)
    scopes = [f"{units[unit]}{CELL_MARK}{kinds[kind]}" for unit, kind in judged.places]
    shortfall = 100 * np.expm1(np.nan_to_num(judged.shortfall))
    at = {scope: row for row, scope in enumerate(scopes)}

    def told(scope: str, _definition: Indicator) -> Found:
        row = at[scope]
        firms, behind, span = (int(table[row, -1]) for table in (judged.firms, judged.behind, judged.span))
        short = Fraction(round(100 * shortfall[row, -1]), 100)
        figures = {
            "shortfall": (abs(short), "%"),
            "firms": (Fraction(firms), "firms"),
            "behind": (Fraction(behind), "firms"),
            "span": (Fraction(span), "periods"),
        }
        score = Fraction(round(100 * float(judged.score[row, -1])), 100)
        return Found(
            figure(rule.indicator, ("cell", scope), past.periods[-1], "behind_share", 100 * behind, firms, "%"), score, short, figures
        )

    return Scored(_candidates(rule, scopes, past.periods, columns, judged.score, shortfall <= float(rule.threshold.value)), told)


DETECTORS: dict[str, Callable[[Rule, History, Mapping[str, tuple[str, str]]], Scored]] = {"breach": _breach, "spread": _spread}

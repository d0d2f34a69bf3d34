"""The same anomaly in many: how large a share of an area's or an industry's reporters fell, and who they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from yunxing.engines.indicators.definition import CELL_MARK, CITY
from yunxing.engines.indicators.rows import Row, figure
from yunxing.engines.signals.blame import NAMED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yunxing.engines.signals.rule import Rule

HABIT_KNOWN = Fraction(1, 2)  # of the reporters must have the same month a year before, or nobody can tell a season from a sign


@dataclass(frozen=True, slots=True)
class Shared:
    """One scope whose share reached the threshold: its row, how far beyond, the figures of its words, and the parties that make it."""

    row: Row
    score: Fraction
    graded: Fraction
    places: Mapping[str, tuple[Fraction, str]]
    parts: tuple[dict[str, Any], ...]


def shares(
    rule: Rule, changes: Mapping[str, Row], seasonal: set[str], habits: set[str], places: Mapping[str, tuple[str, str, str]]
) -> list[Shared]:
    """Every scope of the rule with enough reporters fallen. `changes` is the closing month's change row by party; `seasonal` who did the same a year before;
    `habits` whose same month a year before is known; `places` (unit, industry, name) by party.
    """
    assert rule.each is not None
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for party in sorted(changes):
        unit, industry, _name = places.get(party, ("", "", ""))
        scopes = {"city": CITY, "unit": unit, "industry": industry, "cell": f"{unit}{CELL_MARK}{industry}"}
        for level in rule.scopes:
            if scopes.get(level):
                groups[level, scopes[level]].append(party)
    found = []
    for (kind, scope), reporters in groups.items():
        known = sum(party in habits for party in reporters)
        if len(reporters) < rule.reporters or known < HABIT_KNOWN * len(reporters):
            continue
        fallen = [one for one in reporters if one not in seasonal and rule.each.reached(changes[one].value or Fraction(0))]
        share = Fraction(100 * len(fallen), len(reporters))
        if not rule.threshold.reached(share):
            continue
        first = changes[reporters[0]]
        row = figure(rule.indicator, (kind, scope), first.period, "fallen_share", 100 * len(fallen), len(reporters), "%")
        figures = {
            "fallen": (Fraction(len(fallen)), "firms"),
            "reporters": (Fraction(len(reporters)), "firms"),
            "each": (rule.each.value, "%"),
        }
        parts = _parts(fallen, reporters, changes, places)
        found.append(Shared(row, share - rule.threshold.value, share, figures, parts))
    return found


def _parts(
    fallen: list[str], reporters: list[str], changes: Mapping[str, Row], places: Mapping[str, tuple[str, str, str]]
) -> tuple[dict[str, Any], ...]:
    """The fallen, the largest loss first, and the rest in one line: points of the scope's total of the month before. They add up exactly."""
    before = {one: changes[one].den or 0 for one in reporters}
    now = {one: before[one] + Fraction(changes[one].num or 0, 100) for one in reporters}
    total = sum(before.values())
    if total <= 0:
        return ()
    named = sorted(fallen, key=lambda one: (now[one] - before[one], one))[:NAMED]
    rest = [one for one in reporters if one not in named]
    lines = [_line(one, places[one][2] if one in places else one, now[one], before[one], total) for one in named]
    if rest:
        lines.append(_line("", f"其余{len(rest)}户", sum((now[one] for one in rest), Fraction(0)), sum(before[one] for one in rest), total))
    return tuple(lines)


def _line(party: str, name: str, now: Fraction, before: int, total: int) -> dict[str, Any]:
    points = 100 * (now - before) / total
    return {
        "party": party,
        "name": name,
        "current": int(now),
        "base": before,
        "points_num": points.numerator,
        "points_den": points.denominator,
    }

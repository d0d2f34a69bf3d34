"""Alarms of detectors on plain series as records: kind, subject, period, evidence, rule, severity by budget, words in both languages, owner and deadline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from yunxing.engines.signals import exact
from yunxing.engines.signals.budget import series_threshold, starts
from yunxing.engines.signals.incipient import CAUSES, Scored
from yunxing.engines.signals.trend import Trended
from yunxing.values.period import parse_month
from yunxing.values.workdays import Calendar

QUIET = {"incipient": 0, "trend": 3}  # months of quiet before an alarm begins anew
SEVERER = (0.4, 0.1)  # a share of the budget under which an alarm is of severity 2, and 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. `evidence` holds the numbers the words are filled from."""

    kind: str
    subject: str
    period: str
    rule: str
    score: float
    threshold: float
    severity: int
    evidence: dict[str, float | str]
    words_zh: str
    words_en: str
    owner: str
    deadline: str

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers, and within how many working days after the month's end."""

    owner: str
    days: int
    calendar: Calendar

    def deadline(self, period: str) -> date:
        """The day by which an alarm of the month is answered."""
        return self.calendar.add(parse_month(period).end, self.days).date


def alarms(found: Scored | Trended, budget: float, answering: Answering) -> list[Alarm]:
    """Every alarm that a budget of false alarms a series-year raises, oldest first; the threshold is the lowest that history keeps within it."""
    kind = "incipient" if isinstance(found, Scored) else "trend"
    levels = [series_threshold(found.score, budget * share, QUIET[kind]) for share in (1.0, *SEVERER)]
    begun = starts(found.score, levels[0], QUIET[kind])
    raised = [_alarm(found, kind, row, column, levels, answering) for row, column in _cells(begun)]
    return sorted(raised, key=lambda one: (one.period, one.subject))


def _cells(table: Any) -> Iterator[tuple[int, int]]:
    import numpy as np

    for row, column in np.argwhere(table):
        yield int(row), int(column)


def _alarm(found: Scored | Trended, kind: str, row: int, column: int, levels: list[float], answering: Answering) -> Alarm:
    panel = found.panel
    period, name = panel.month(row, column), panel.names[row]
    score = float(found.score[row, column])
    rule, evidence, words = _breach(found, row, column) if isinstance(found, Scored) else _turn(found, row, column)
    label = parse_month(period)
    return Alarm(
        kind,
        name,
        period,
        rule,
        round(score, 4),
        round(levels[0], 4),
        1 + sum(score >= level for level in levels[1:]),
        evidence,
        f"{name}：{label.label('zh')}{words[0]}",
        f"{name}: {label.label('en')}: {words[1]}",
        answering.owner,
        answering.deadline(period).isoformat(),
    )


def _breach(found: Scored, row: int, column: int) -> tuple[str, dict[str, float | str], tuple[str, str]]:
    cause = CAUSES[int(found.cause[row, column])]
    value, expected = float(found.panel.values[row, column]), float(found.expected[row, column])
    evidence: dict[str, float | str] = {"value": value}
    if math.isfinite(expected):  # an exact rule may speak before anything can be expected
        evidence["expected"] = expected
    if cause == "unit":
        factor = exact.factor_words(int(found.factor[row, column]))
        evidence["factor"] = factor
        return cause, evidence, (f"为预计值的{factor}，请核实计量单位", f"{factor} of what was expected; check the unit")
    if cause == "stale":
        return (
            cause,
            evidence,
            (
                f"数值{value:g}与上期完全相同，请核实是否沿用旧数",
                f"{value:g}, equal to the report before to all digits; check whether it was copied",
            ),
        )
    if cause == "copy":
        return (
            cause,
            evidence,
            (f"数值{value:g}与上年同期完全相同，请核实", f"{value:g}, equal to the same month of last year to all digits; check it"),
        )
    side = ("低于", "below") if value < expected else ("高于", "above")
    return (
        cause,
        evidence,
        (
            f"数值{value:g}，{side[0]}预计值{expected:.6g}，超出往常波动",
            f"{value:g}, {side[1]} the expected {expected:.6g} by more than usual",
        ),
    )


def _turn(found: Trended, row: int, column: int) -> tuple[str, dict[str, float | str], tuple[str, str]]:
    import numpy as np

    slope = 100 * float(np.expm1(found.slope[row, column]))
    share = float(found.spread_6[column])
    evidence: dict[str, float | str] = {"six_month_change_percent": round(slope, 2)}
    words = (f"近三月均值比半年前变动{slope:.1f}%", f"the mean of three months is {slope:.1f} % on half a year before")
    if np.isfinite(share):
        evidence["declining_share_percent"] = round(100 * share, 1)
        words = (f"{words[0]}，同组{100 * share:.0f}%的序列下行", f"{words[1]}, and {100 * share:.0f} % of the series with it decline")
    return "turning", evidence, words

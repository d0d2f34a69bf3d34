"""After a month is closed: each closed case of a signal gets the verdict of the next figure, and a matter that came back is opened anew.

A signal's case closes with an outcome; the first later month that has the figure confirms or refutes it, as one event on the closed case. The key that allows one open
case for a kind, indicator and scope is free again once the case has ended, so that a later alarm opens a case of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from yunxing.engines.cases.case import SYSTEM, Case
from yunxing.engines.cases.outcome import judge
from yunxing.engines.cases.step import Decision, act
from yunxing.io.store import case_log, case_signals
from yunxing.io.store.case_rows import read_cases


@dataclass(frozen=True, slots=True)
class Judgements:
    """How many closed cases the month confirmed and refuted, and how many matters may be opened anew."""

    confirmed: int
    refuted: int
    freed: int


def judge_outcomes(
    connection: Any, month: str, signals: Iterable[Mapping[str, Any]], figures: Iterable[tuple[str, str, str]], now: datetime
) -> Judgements:
    """Judge every closed case of a signal that has no verdict of a month as late as `month`.

    `signals` are the month's signals (kind, indicator, scope_kind, scope); `figures` the (indicator, scope_kind, scope) that have a value in it.
    """
    present = {(one["kind"], one["indicator"], one["scope_kind"], one["scope"]) for one in signals}
    known = set(figures)
    counted = {"confirmed": 0, "refuted": 0}
    decisions: list[Decision] = []
    for case in read_cases(connection, case_signals.ended_with_signal(connection)).values():
        decided = _judged(connection, case, month, present, known, now)
        if decided is not None:
            counted[str(decided.case.data["verdict"])] += 1
            decisions.append(decided)
    case_log.record_many(connection, decisions)
    return Judgements(counted["confirmed"], counted["refuted"], case_signals.free_ended(connection))


def _judged(
    connection: Any, case: Case, month: str, present: set[tuple[Any, ...]], known: set[tuple[str, str, str]], now: datetime
) -> Decision | None:
    signal = case.data.get("signal") or {}
    if not signal or str(case.data.get("verdict_month", "")) >= month:
        return None
    key = tuple(str(signal.get(name, "")) for name in ("kind", "indicator", "scope_kind", "scope"))
    definition = case_log.definition_of(connection, case.definition, case.version)
    judged = judge(definition, case, month, present=key in present, figure=key[1:] in known)
    if judged is None:
        return None
    data = {**case.data, "verdict": judged.verdict, "verdict_month": month}
    after = replace(case, data=MappingProxyType(data))
    given = {"verdict": judged.verdict, "month": month, "words_en": judged.words_en}
    decided = act(definition, case, "verdict", SYSTEM, now, words=judged.words, given=given, after=after)
    return decided if isinstance(decided, Decision) else None

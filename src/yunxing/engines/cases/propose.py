"""Signals → proposed cases. A proposal is no order: a person accepts it, and only then is anything owed. Pure and stable by content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yunxing.engines.cases.definition import Definition
from yunxing.engines.signals.signal import Signal
from yunxing.values.digest import digits


def propose(
    signals: Iterable[Signal], definitions: Mapping[str, Definition], units: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """One proposed case for each signal whose rule names a definition, by id; the rows of `cases.json`.

    The subject is the signal's scope, the lead is the signal's owner; the evidence goes with it. `units` gives a party's reporting unit.
    """
    found = []
    for signal in signals:
        if not signal.case:
            continue
        definition = definitions[signal.case]
        origin = f"signal:{signal.id}"
        found.append(
            {
                "id": case_id(definition.id, origin),
                "definition": definition.id,
                "version": definition.version,
                "definition_hash": definition.hash,
                "title": definition.title,
                "title_en": definition.title_en,
                "subject": f"{signal.scope_kind}:{signal.scope}",
                "unit": _unit(signal, units or {}),
                "state": definition.first,
                "owner": signal.owner,
                "origin": origin,
                "words_zh": signal.words_zh,
                "words_en": signal.words_en,
                "severity": signal.severity,
                "signal": {
                    "id": signal.id,
                    "kind": signal.kind,
                    "indicator": signal.indicator,
                    "scope_kind": signal.scope_kind,
                    "scope": signal.scope,
                    "period": signal.period,
                    "rule": signal.rule,
                    "figures": [one.plain() for one in signal.evidence],
                },
                "clocks": [
                    {"name": one.name, "limit": one.limit.text, "due": signal.deadline.isoformat(), "provisional": signal.provisional}
                    for one in definition.clocks[:1]
                ],
            }
        )
    return sorted(found, key=lambda one: str(one["id"]))


def case_id(definition: str, origin: str) -> str:
    """Stable by content: the same signal proposes the same case in every run."""
    return "C-" + digits([definition, origin])[:20]


def _unit(signal: Signal, units: Mapping[str, str]) -> str:
    if signal.scope_kind == "unit":
        return signal.scope
    if signal.scope_kind == "cell":
        return signal.scope.partition(".")[0]
    return units.get(signal.scope, "") if signal.scope_kind == "party" else ""

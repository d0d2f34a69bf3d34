"""The words of a signal: a template filled from its evidence alone, so that every number in them can be re-read and compared."""

from __future__ import annotations

import string
from collections.abc import Sequence
from fractions import Fraction

from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.signals.rule import Rule
from yunxing.engines.signals.signal import Evidence
from yunxing.values.errors import BadInput
from yunxing.values.period import Language, parse_period

FIXED = ("scope", "period", "threshold", "periods")


def number_evidence(name: str, row: str, value: Fraction, unit: str, period: str, definition: Indicator, comparison: str = "") -> Evidence:
    """One number with the forms in which it is printed: the indicator's own places for its unit, one decimal for rates and points."""
    return Evidence(
        name, row, value, unit, period, definition.shown.text(value, unit), definition.shown.text(value, unit, "en"), comparison
    )


def fill(template: str, scope: str, period: str, evidence: Sequence[Evidence], *, rule: Rule, language: Language) -> str:
    """The sentence. Places: `{scope}`, `{period}`, `{periods}`, the names of the evidence (`{threshold}` among them), and `{name_period}` for an evidence's period."""
    places: dict[str, str] = {
        "scope": scope,
        "period": parse_period(period).label(language),
        "periods": str(rule.periods),
    }
    for one in evidence:
        places[one.name] = one.zh if language == "zh" else one.en
        places[f"{one.name}_period"] = parse_period(one.period).label(language)
    unknown = sorted(places_of(template) - set(places))
    if unknown:
        raise BadInput(f"the words of signal {rule.id} name {', '.join(unknown)}; its evidence has {', '.join(sorted(places))}")
    return template.format(**places)


def places_of(template: str) -> set[str]:
    """The names of the places in a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}

"""The one record of a signal, whichever detector found it, and the rows of `signals.parquet`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.values.digest import digits

OPEN = "new"
INT_COLUMNS = {"score_num", "score_den", "severity", "probability"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number a signal rests on: the row of `indicators.parquet` it stands in, the exact value, and the two forms in which the words print it."""

    name: str
    row: str
    value: Fraction
    unit: str
    period: str
    zh: str
    en: str
    comparison: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON; the value as numerator and denominator."""
        return {
            "name": self.name,
            "row": self.row,
            "num": self.value.numerator,
            "den": self.value.denominator,
            "unit": self.unit,
            "period": self.period,
            "zh": self.zh,
            "en": self.en,
            "comparison": self.comparison,
        }


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. `score` is the distance beyond the limit, in the indicator's unit; `provisional` marks a deadline counted past the last holiday notice."""

    kind: str
    sign: str
    indicator: str
    scope_kind: str
    scope: str
    first_period: str
    period: str
    score: Fraction
    severity: int
    rule: str
    words_zh: str
    words_en: str
    owner: str
    deadline: date
    provisional: bool
    evidence: tuple[Evidence, ...]
    contributions: tuple[dict[str, Any], ...] = ()
    case: str = ""
    probability: int | None = None
    state: str = OPEN

    @property
    def id(self) -> str:
        """Stable by content: the same rule, scope and first period give the same id in every run."""
        parts = [self.rule, self.kind, self.indicator, self.scope_kind, self.scope, self.first_period]
        return "S-" + digits(parts)[:20]

    @property
    def key(self) -> str:
        """What at most one signal may be open for: kind, indicator and scope."""
        return f"{self.kind}/{self.indicator}/{self.scope_kind}/{self.scope}"

    def row(self) -> dict[str, Any]:
        """The columns of `signals.parquet`."""
        evidence = {"figures": [one.plain() for one in self.evidence], "contributions": list(self.contributions), "case": self.case}
        return {
            "id": self.id,
            "kind": self.kind,
            "sign": self.sign,
            "indicator": self.indicator,
            "scope_kind": self.scope_kind,
            "scope": self.scope,
            "first_period": self.first_period,
            "period": self.period,
            "score_num": self.score.numerator,
            "score_den": self.score.denominator,
            "severity": self.severity,
            "probability": self.probability,
            "rule": self.rule,
            "words_zh": self.words_zh,
            "words_en": self.words_en,
            "owner": self.owner,
            "deadline": self.deadline.isoformat(),
            "provisional": self.provisional,
            "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
            "state": self.state,
        }


SIGNAL_COLUMNS = (
    "id", "kind", "sign", "indicator", "scope_kind", "scope", "first_period", "period", "score_num", "score_den", "severity", "probability", "rule",
    "words_zh", "words_en", "owner", "deadline", "provisional", "evidence", "state",
)  # fmt: skip


def signals_table(signals: Iterable[Signal]) -> Any:
    """The signals as an Arrow table: the gravest first, then by id."""
    import pyarrow as pa

    rows = [one.row() for one in sorted(signals, key=lambda one: (-one.severity, one.id))]
    types = {name: pa.int64() if name in INT_COLUMNS else pa.bool_() if name == "provisional" else pa.string() for name in SIGNAL_COLUMNS}
    return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))

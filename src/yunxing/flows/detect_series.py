"""A file of series through a detector: scores in the format of the scorer, and records of the alarms a budget raises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yunxing.engines.signals.incipient import CAUSES, Scored, scored
from yunxing.engines.signals.records import Alarm, Answering, alarms
from yunxing.engines.signals.trend import Trended, trended
from yunxing.io.files import write_atomic
from yunxing.io.series_files import read_panel, write_scores
from yunxing.values.workdays import Calendar

Kind = Literal["incipient", "trend"]
BUDGETS = {"incipient": 0.25, "trend": 0.2}  # false alarms a series-year
DEADLINES = {"incipient": 3, "trend": 5}  # working days
HEADERS = {"incipient": ("series", "month", "score", "rule", "expected"), "trend": ("series", "month", "score", "slope", "spread")}


@dataclass(frozen=True, slots=True)
class Detected:
    """What was written: how many series, how many scored months, and the alarms of the budget."""

    series: int
    scored: int
    alarms: tuple[Alarm, ...]


def detect_series(
    kind: Kind, source: Path, out: Path, *, records: Path | None = None, budget: float | None = None, owner: str = ""
) -> Detected:
    """Score every month of `source` into `out`; with `records`, the alarms of `budget` (false alarms a series-year) as one JSON object a line."""
    panel = read_panel(source)
    found = scored(panel) if kind == "incipient" else trended(panel)
    rows = list(_rows(found))
    write_scores(out, HEADERS[kind], rows)
    raised: list[Alarm] = []
    if records is not None:
        raised = alarms(found, BUDGETS[kind] if budget is None else budget, Answering(owner, DEADLINES[kind], Calendar()))
        text = "".join(json.dumps(one.plain(), ensure_ascii=False, sort_keys=True) + "\n" for one in raised)
        write_atomic(records, text.encode("utf-8"))
    return Detected(len(panel.names), len(rows), tuple(raised))


def _rows(found: Scored | Trended) -> Iterator[tuple[str, ...]]:
    import numpy as np

    panel = found.panel
    for row, column in np.argwhere(np.isfinite(found.score)):
        head = (panel.names[row], panel.month(int(row), int(column)), f"{found.score[row, column]:.7g}")
        if isinstance(found, Scored):
            yield (*head, CAUSES[found.cause[row, column]] if found.score[row, column] > 0 else "", f"{found.expected[row, column]:.7g}")
        else:
            yield (*head, f"{found.slope[row, column]:.7g}", f"{found.spread_6[column]:.7g}")

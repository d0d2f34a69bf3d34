"""The past of every party as one table: what statistical rules read. Rows are the members of the closing month, columns the reports up to it, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.engines.indicators.changes import changes
from yunxing.engines.indicators.compute import Inputs
from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.indicators.window import slots
from yunxing.values.period import Month

REPORTS = 45  # how far back: two seasons and a year of errors to judge by, and a year to replay
MONTHS_BACK = 50  # the same in months: eleven reports of a form that takes January and February together fill twelve


@dataclass(frozen=True, slots=True)
class History:
    """`values[i, j]` is the month `periods[j]` of `parties[i]`, NaN where it was not reported; `exact` gives the closing month's whole numbers."""

    parties: tuple[str, ...]
    periods: tuple[str, ...]
    season: int
    values: Any
    exact: Mapping[str, int]
    span: int = 0  # reports that are judged; 0: one year

    @property
    def years(self) -> float:
        """Years of the replay: the reports that have a year and one report before them."""
        return len(self.judged) / self.season

    @property
    def judged(self) -> range:
        """The columns of the last year (or span) that history can judge: not the first season and a report of the whole history."""
        last = len(self.periods)
        return range(max(self.season + 1, last - (self.span or self.season)), last)


def months_read(month: Month) -> list[Month]:
    """Every month a history may read, oldest first."""
    return [month.plus(-back) for back in range(MONTHS_BACK, -1, -1)]


def history(definition: Indicator, inputs: Inputs) -> History:
    """The month figures of the definition's item, for who is on its roster at the closing month's end."""
    import numpy as np

    merged = inputs.jan_feb(definition.form)
    window = slots(inputs.month, jan_feb=merged, history=REPORTS)
    season = 11 if merged else 12
    if not window:
        return History((), (), season, np.empty((0, 0)), {})
    asked = {"form": definition.form, "item": definition.item, "roster": definition.roster}
    found = inputs.run(changes(inputs.facts, inputs.membership, inputs.party, slots=window, **asked).select("slot", "party", "current"))
    slot, party, value = (found[name].to_pylist() for name in ("slot", "party", "current"))
    now = {one for one, at in zip(party, slot, strict=True) if at == 0}
    parties = tuple(sorted(now))
    row = {one: at for at, one in enumerate(parties)}
    table = np.full((len(parties), len(window)), np.nan)
    exact: dict[str, int] = {}
    for one, at, figure in zip(party, slot, value, strict=True):
        if one in row and figure is not None:
            table[row[one], len(window) - 1 - at] = figure
            if at == 0:
                exact[one] = figure
    return _trimmed(History(parties, tuple(one.single for one in reversed(window)), season, table, exact))


def _trimmed(found: History) -> History:
    """Without the reports before anyone reported."""
    import numpy as np

    known = np.isfinite(found.values).any(axis=0)
    first = int(known.argmax()) if known.any() else len(known)
    return History(found.parties, found.periods[first:], found.season, found.values[:, first:], found.exact)


def numbered(names: Sequence[str]) -> list[int]:
    """Each name as a number, equal names alike."""
    seen: dict[str, int] = {}
    return [seen.setdefault(name, len(seen)) for name in names]

"""A permit's two clocks: what the plan promises and what the law allows, both in working days, both paused only by what the law names.

The day of acceptance is not counted; the day of pausing is not counted, the day of resuming is (`values.workdays.Calendar.between`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from yunxing.values.errors import BadInput
from yunxing.values.workdays import Calendar, DueDate

Pause = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Used:
    """One clock of one permit: working days allowed and used, the day it is due with the pauses so far, and whether it holds."""

    name: str
    allowed: int
    used: int
    due: DueDate
    decided: bool

    @property
    def missed_by(self) -> int:
        """Working days beyond the limit; 0 when it holds."""
        return max(0, self.used - self.allowed)

    @property
    def left(self) -> int:
        """Working days left; negative once missed."""
        return self.allowed - self.used


def used(
    calendar: Calendar, name: str, allowed: int, accepted: dt.date, until: dt.date, pauses: Sequence[Pause] = (), *, decided: bool
) -> Used:
    """The clock from acceptance to the decision (or to the day asked). Pauses that overlap, or a decision before acceptance, are BadInput."""
    if until < accepted:
        raise BadInput(f"作出决定 {until} 早于受理 {accepted}（decided before accepted）。")
    ordered = sorted(pauses)
    for (_start, end), (start, _end) in pairwise(ordered):
        if start < end:
            raise BadInput(f"两次暂停重叠：一次到 {end}，另一次从 {start} 起（overlapping pauses）。")
    days = calendar.between(accepted, until, ordered)
    return Used(name, allowed, days, due(calendar, accepted, allowed, ordered), decided)


def due(calendar: Calendar, accepted: dt.date, allowed: int, pauses: Sequence[Pause] = ()) -> DueDate:
    """The day on which the limit ends, each ended pause moved behind: every pause gives back exactly the working days it took."""
    day = calendar.add(accepted, allowed)
    for start, end in sorted(pauses):
        if start <= day.date:
            taken = calendar.between(start - dt.timedelta(days=1), end - dt.timedelta(days=1))
            day = calendar.add(day.date, taken)
    return day


def accepted_on(calendar: Calendar, received: dt.date, told: dt.date | None, days: int) -> tuple[dt.date, bool]:
    """When an application counts as accepted, and whether by silence.

    Nothing was asked for within `days` working days after receipt: it is deemed accepted on the day of receipt. `told` is the day of the one
    notice of what is missing; the application then starts anew when it is completed, so this function is asked with that new receipt.
    """
    last = calendar.add(received, days).date
    return (received, True) if told is None or told > last else (told, False)


@dataclass(frozen=True, slots=True)
class Summary:
    """Of decided permits: how many, median and ninetieth percentile of working days used, how many missed the limit, the share that was paused."""

    count: int
    median: Fraction | None
    ninetieth: int | None
    missed: int
    paused_share: Fraction | None


def summary(permits: Iterable[tuple[Used, bool]]) -> Summary:
    """The summary of decided permits; each with whether it was ever paused. The ninetieth percentile is the nearest rank."""
    decided = [(one, paused) for one, paused in permits if one.decided]
    days = sorted(one.used for one, _paused in decided)
    if not days:
        return Summary(0, None, None, 0, None)
    middle = len(days) // 2
    median = Fraction(days[middle]) if len(days) % 2 else Fraction(days[middle - 1] + days[middle], 2)
    rank = -(-9 * len(days) // 10)
    paused_share = Fraction(sum(paused for _one, paused in decided), len(decided))
    return Summary(len(days), median, days[rank - 1], sum(one.missed_by > 0 for one, _paused in decided), paused_share)

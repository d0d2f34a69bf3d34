"""Planned and actual days of stages: how early, how late, what is overdue, what stands still. Days are calendar days unless a name says working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yunxing.engines.dispatch.definition import Pipeline, Slips

Colour = Literal["", "blue", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage of one item: the day it was planned for and the day it was entered; either may be absent."""

    stage: str
    planned: dt.date | None
    actual: dt.date | None

    @property
    def lead_days(self) -> int | None:
        """Planned minus actual: positive is early (早), negative late; None while one of them is absent.

        >>> Milestone("started", dt.date(2022, 6, 30), dt.date(2022, 6, 20)).lead_days
        10
        """
        return None if self.planned is None or self.actual is None else (self.planned - self.actual).days

    def late_days(self, day: dt.date) -> int:
        """By how many days the planned day has passed on `day` without the stage being entered; 0 when it has not."""
        if self.planned is None or self.actual is not None:
            return 0
        return max(0, (day - self.planned).days)


def colour_of(slips: Slips | None, late_days: int) -> Colour:
    """The colour of a milestone that is so many days late: strictly more than the bound; none without bounds."""
    if slips is None:
        return ""
    for name, bound in (("red", slips.red), ("yellow", slips.yellow), ("blue", slips.blue)):
        if late_days > bound:
            return name  # type: ignore[return-value]
    return ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item stands on a day: days in its stage, the next milestone, how late the latest due one is and its colour, total lead of what was reached."""

    age_days: int | None
    next_stage: str
    next_planned: dt.date | None
    late_days: int
    late_stage: str
    colour: Colour
    lead_days: int | None


def standing(pipeline: Pipeline, stage: str, milestones: Iterable[Milestone], day: dt.date) -> Standing:
    """The standing on `day`. An item that has come to an end is late for nothing.

    Late is counted on the stages still ahead of the present one (all of the way for an item that stands aside and has not ended).
    """
    known = {one.stage: one for one in milestones}
    here = known.get(stage)
    age = (day - here.actual).days if here and here.actual else None
    lead = here.lead_days if here else None
    if stage in pipeline.ends:
        return Standing(age, "", None, 0, "", "", lead)
    ahead = [known.get(one.id, Milestone(one.id, None, None)) for one in pipeline.ahead(stage)]
    following = next((one for one in ahead if one.actual is None), None)
    late = max((one for one in ahead), key=lambda one: one.late_days(day), default=None)
    days = late.late_days(day) if late else 0
    return Standing(
        age,
        following.stage if following else "",
        following.planned if following else None,
        days,
        late.stage if late and days else "",
        colour_of(pipeline.slips, days),
        lead,
    )


def schedule_gap(done: int, plan: int, month: int) -> Fraction | None:
    """Share of the year's plan done minus the share of the year gone (时序进度), in percentage points; None without a plan.

    >>> schedule_gap(16_050, 41_800, 5)
    Fraction(-1025, 314)
    """
    if plan <= 0:
        return None
    return 100 * (Fraction(done, plan) - Fraction(month, 12))


def stands_still(at: Standing, gap: Fraction | None, gap_bound: Fraction, *, aside: bool) -> bool:
    """Whether an item is to be looked at: it stands aside unfinished, a milestone is red, or its schedule gap is below the bound (strictly)."""
    return aside or at.colour == "red" or (gap is not None and gap < gap_bound)


def counts_by_stage(pipeline: Pipeline, stages: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many items stand at each stage, in the pipeline's order; zero where none does."""
    return [(one.id, stages.get(one.id, 0)) for one in pipeline.stages]

"""Figures of items on their way: the working days that permits took, measured by the pipeline's own clocks against promise and law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch.models import Milestone
from yunxing.desk.dispatch.panels import clocks_of
from yunxing.desk.dispatch.place import desk_day, walked
from yunxing.desk.room import live
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.dispatch.permits import Used
from yunxing.packs.pipelines import FigureEntry, load_figures


@dataclass(frozen=True, slots=True)
class Timed:
    """One item with the clock that is promised and the one of the law; `on` is the day it was decided, None while it is under way."""

    on: date | None
    unit: str
    promise: Used
    law: Used | None


@lru_cache(maxsize=2)
def _figures(folder: Path) -> Mapping[str, FigureEntry]:
    return load_figures(folder)


def timed(pipeline: Pipeline, figure: FigureEntry, year: int) -> list[Timed]:
    """The items the scope sees whose promised clock stopped in the year, in the order of their days, then those whose clock still runs."""
    cases = list(Case.objects.filter(definition=pipeline.case_kind))
    units = {one.id: one.unit for one in cases}
    limit = next(one for one in pipeline.limits if one.name == figure.clock)
    stopped: dict[str, date] = {}
    for one in Milestone.objects.filter(case_id__in=list(units), stage__in=limit.stops, actual__isnull=False):
        stopped[one.case_id] = min(one.actual, stopped.get(one.case_id, one.actual))
    found = []
    for id_, (clocks, _pauses) in clocks_of(pipeline, cases).items():
        by_name = {one.name: one for one in clocks}
        promise = by_name.get(figure.clock)
        on = stopped.get(id_) if promise is not None and promise.decided else None
        if promise is not None and (on is None or on.year == year):
            found.append(Timed(on, units[id_], promise, by_name.get(figure.law)))
    return sorted(found, key=lambda one: (one.on or date.max, one.unit))


def light_of(items: Sequence[Timed]) -> str:
    """Green while every item, decided or not, is within the promise, amber where the law alone is kept, red where neither is; none without any."""
    if not items:
        return "none"
    if any(one.law is not None and one.law.missed_by for one in items):
        return "red"
    return "amber" if any(one.promise.missed_by for one in items) else "green"


@live.counted_by
def counted(name: str) -> live.Live | None:
    """The city's figure of this year: the longest measured time, beside it how many kept promise and law."""
    figure = _figures(pack_in_force().folder).get(name)
    pipeline = walked().get(f"pipeline_{figure.of}") if figure else None
    if figure is None or pipeline is None:
        return None
    with acting_as_system("live-figures"):
        items = timed(pipeline, figure, desk_day().year)
    decided, running = [one for one in items if one.on], [one for one in items if one.on is None]
    words = _("今年办结 %(n)s 件，承诺时限内 %(k)s 件，法定时限内 %(l)s 件；在办 %(r)s 件，其中已超承诺 %(o)s 件") % {
        "n": len(decided),
        "k": sum(not one.promise.missed_by for one in decided),
        "l": sum(one.law is None or not one.law.missed_by for one in decided),
        "r": len(running),
        "o": sum(one.promise.missed_by > 0 for one in running),
    }
    longest = max((one.promise.used for one in decided), default=None)
    value = _("今年还没有办结的") if longest is None else _("办结最长 %(n)s 个工作日") % {"n": longest}
    return live.Live(value, light_of(items), words, reverse("dispatch:board", args=[pipeline.id]))


def months_of(pipeline: Pipeline, year: int) -> tuple[list[str], list[tuple[str | int, ...]]]:
    """The board's table of a pipeline with such a figure: by month of decision how many, the median and the longest time, who kept what; empty for others."""
    figure = next((one for one in _figures(pack_in_force().folder).values() if one.of == pipeline.id), None)
    if figure is None:
        return [], []
    by_month: dict[str, list[Timed]] = {}
    for one in timed(pipeline, figure, year):
        if one.on is not None:
            by_month.setdefault(f"{one.on:%Y-%m}", []).append(one)
    rows: list[tuple[str | int, ...]] = []
    for month, group in by_month.items():
        days = sorted(one.promise.used for one in group)
        median = days[(len(days) - 1) // 2]
        late = sum(one.law is not None and one.law.missed_by > 0 for one in group)
        rows.append((month, len(group), median, days[-1], sum(not one.promise.missed_by for one in group), len(group) - late))
    return [_("办结月份"), _("办结"), _("中位工作日"), _("最长工作日"), _("承诺时限内"), _("法定时限内")], rows

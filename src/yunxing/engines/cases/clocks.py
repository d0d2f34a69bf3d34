"""The clocks of a case: start, stop, pause, resume, extend, and recompute when a holiday notice comes. Pure; the calendar is passed in.

A day clock ends when the office closes on its due day (民法典 art. 203). On pausing, day p is not counted and the day of resuming is; a clock that is past due
is not paused, since a pause cures no lateness. Whether something was late is answered with the calendar the clock was computed with.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from yunxing.engines.cases.case import Case, Clock
from yunxing.engines.cases.definition import Definition, Limit, UnitOfTime, rung_terms
from yunxing.values.office_hours import WorkingTime, instant, local

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """When a rung of a clock's ladder falls due: its number on that clock from 0, and the instant."""

    number: int
    at: dt.datetime


def known_on(time: WorkingTime, now: dt.datetime) -> dt.date:
    """Up to which day the calendar in use knows the holiday notices."""
    return time.calendar.known_on or local(now)[0]


def due_after(unit: UnitOfTime, since: dt.datetime, span: int, time: WorkingTime) -> tuple[dt.datetime, bool]:
    """The instant `span` after the anchor `since`, and whether it is provisional (暂定). Of a day clock the anchor's day itself is not counted."""
    if unit == "working_day":
        added = time.calendar.add(local(since)[0], span)
        return time.closing(added.date), added.provisional
    if unit == "office_second":
        end = time.after(since, span)
        return end, time.calendar.provisional(local(end)[0])
    if unit == "second":
        return since + dt.timedelta(seconds=span), False
    day = time.calendar.next_workday(local(since)[0] + span * ONE_DAY)
    return time.closing(day), time.calendar.provisional(day)


def due_of(limit: Limit, at: dt.datetime, time: WorkingTime) -> tuple[dt.datetime, bool]:
    """When a limit that starts at `at` ends, and whether that is provisional (暂定)."""
    return due_after(limit.unit, anchor(limit.unit, at, time), limit.amount, time)


def anchor(unit: UnitOfTime, at: dt.datetime, time: WorkingTime) -> dt.datetime:
    """From where a limit that starts at `at` is counted: the day of receipt for working days, else the instant."""
    return instant(time.receipt_day(at), 0) if unit == "working_day" else at


def start(definition: Definition, case: Case, name: str, at: dt.datetime, time: WorkingTime, *, office: str = "") -> Case:
    """The clock runs from `at`. One that runs or is paused already goes on as it is: a second start never gives more time."""
    before = case.clock(name, office)
    if before is not None and before.ticking:
        return case
    limit = definition.clock(name).limit_for(case.grade)
    since = anchor(limit.unit, at, time)
    due, provisional = due_after(limit.unit, since, limit.amount, time)
    number = 1 if before is None else before.round + (before.state != "proposed")
    clock = Clock(name, office, number, limit.unit, limit.amount, at, since, limit.amount, due, "running", known_on(time, at), provisional)
    return case.with_clock(clock)


def stop(case: Case, name: str, at: dt.datetime, *, office: str = "") -> Case:
    """The clock is met, or missed when `at` lies after its due instant. One that does not run stays as it is."""
    clock = case.clock(name, office)
    if clock is None or not clock.ticking:
        return case
    late = clock.state == "running" and at > clock.due
    return case.with_clock(replace(clock, state="missed" if late else "met", stopped=at, remaining=None, paused=None))


def drop(case: Case, name: str, at: dt.datetime, *, office: str = "") -> Case:
    """The clock ends without a verdict, unless it is past due already: then it was missed."""
    clock = case.clock(name, office)
    if clock is None or not (clock.ticking or clock.state == "proposed"):
        return case
    late = clock.state == "running" and at > clock.due
    return case.with_clock(replace(clock, state="missed" if late else "cancelled", stopped=at, remaining=None, paused=None))


def cancel_all(case: Case, at: dt.datetime) -> Case:
    """Every clock that still runs ends without a verdict, but one that is past due was missed."""
    for clock in case.clocks:
        case = drop(case, clock.name, at, office=clock.office)
    return case


def pause(case: Case, name: str, at: dt.datetime, time: WorkingTime, *, office: str = "") -> Case:
    """The clock stands still from `at` on; what remains is kept exactly. A clock past due runs on."""
    clock = case.clock(name, office)
    if clock is None or clock.state != "running" or at > clock.due:
        return case
    return case.with_clock(replace(clock, state="paused", paused=at, remaining=_left(clock, at, time)))


def _left(clock: Clock, at: dt.datetime, time: WorkingTime) -> int:
    if clock.unit == "working_day":
        return time.calendar.between(_day_before(clock, at), local(clock.due)[0])
    if clock.unit == "office_second":
        return time.between(at, clock.due)
    if clock.unit == "second":
        return int((clock.due - at).total_seconds())
    return (local(clock.due)[0] - _day_before(clock, at)).days


def _day_before(clock: Clock, at: dt.datetime) -> dt.date:
    """The last day that does not count: the one before `at`, and never one before the anchor, whose own day is not counted anyway."""
    return max(local(at)[0] - ONE_DAY, local(clock.since)[0])


def resume(case: Case, name: str, at: dt.datetime, time: WorkingTime, *, office: str = "") -> Case:
    """The clock runs on from `at` with exactly what remained."""
    clock = case.clock(name, office)
    if clock is None or clock.state != "paused" or clock.remaining is None:
        return case
    since = at if clock.unit in ("office_second", "second") else instant(_day_before(clock, at), 0)
    return case.with_clock(
        _counted(replace(clock, state="running", remaining=None, paused=None, since=since, span=clock.remaining), time, at)
    )


def _counted(clock: Clock, time: WorkingTime, now: dt.datetime) -> Clock:
    due, provisional = due_after(clock.unit, clock.since, clock.span, time)
    return replace(clock, due=due, provisional=provisional, known_on=max(known_on(time, now), clock.known_on))


def extend(case: Case, name: str, limit: Limit, time: WorkingTime, now: dt.datetime, *, office: str = "") -> Case:
    """A longer limit for a running clock: what it exceeds the old one by is added. A limit of another unit or no longer one changes nothing."""
    clock = case.clock(name, office)
    if clock is None or not clock.ticking or limit.unit != clock.unit or limit.amount <= clock.budget:
        return case
    more = limit.amount - clock.budget
    if clock.remaining is not None:
        return case.with_clock(replace(clock, budget=limit.amount, remaining=clock.remaining + more))
    return case.with_clock(_counted(replace(clock, budget=limit.amount, span=clock.span + more), time, now))


def recount(case: Case, time: WorkingTime, now: dt.datetime) -> Case:
    """The case after a new holiday notice: its running clocks counted anew from where they are counted. The same case when nothing moves.

    A clock past due stays past due, by what was known then; paused clocks keep what remains.
    """
    for clock in case.clocks:
        if clock.state == "running" and clock.due >= now:
            again = _counted(clock, time, now)
            if (again.due, again.provisional) != (clock.due, clock.provisional):
                case = case.with_clock(again)
    return case


def ladder(definition: Definition, clock: Clock, time: WorkingTime) -> tuple[Step, ...]:
    """When the rungs of a running clock fall due, in order; none for a clock that does not run."""
    if clock.state != "running":
        return ()
    found = []
    for number, rung in enumerate(definition.rungs(clock.name)):
        kind, amount = rung_terms(rung.at)
        if kind == "due":
            at = clock.due
        elif kind == "after":
            at = time.closing(time.calendar.add(local(clock.due)[0], amount).date)
        elif clock.unit == "working_day":
            at = time.after(clock.due, -(clock.budget * time.hours.seconds * amount // 100))
        elif clock.unit == "office_second":
            at = time.after(clock.due, -(clock.budget * amount // 100))
        else:
            seconds = clock.budget * (1 if clock.unit == "second" else 86_400) * amount // 100
            at = clock.due - dt.timedelta(seconds=seconds)
        found.append(Step(number, at))
    return tuple(found)


def left(clock: Clock, now: dt.datetime, time: WorkingTime) -> int:
    """Seconds at work left until the clock is due; negative when it is past due. A paused clock has what remained when it was paused."""
    if clock.state == "paused" and clock.remaining is not None:
        whole = {"working_day": time.hours.seconds, "day": time.hours.seconds}.get(clock.unit, 1)
        return clock.remaining * whole
    return time.between(now, clock.due)

"""Clocks in words (screens 6.8): what is left, until when, and how it was counted: days off skipped, days worked in their place, pauses with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yunxing.desk.casework.acting import pick, working_time
from yunxing.engines.cases import clocks
from yunxing.engines.cases.case import Clock
from yunxing.engines.cases.definition import Definition
from yunxing.values.office_hours import BEIJING, WorkingTime

SOON_PERCENT = 25
DAYS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ClockWords:
    """One clock ready for the page. `light` is green, amber under a quarter left, red past due; `counted` are the lines on how it was counted."""

    title: str
    office: str
    words: str
    until: str
    light: str
    state: str
    source: str
    counted: tuple[str, ...] = field(default=())
    provisional: bool = False
    due: datetime | None = None


def light_of(clock: Clock, now: datetime, time: WorkingTime) -> str:
    """The light of a clock at this moment."""
    if clock.state == "missed" or (clock.state == "running" and now > clock.due):
        return "red"
    if clock.state != "running":
        return "green" if clock.state == "met" else "none"
    whole = time.between(clock.started, clock.due)
    return "amber" if whole <= 0 or clocks.left(clock, now, time) * 100 < whole * SOON_PERCENT else "green"


def span_words(seconds: int, time: WorkingTime) -> str:
    """So many seconds at work in working days and hours: 「1 个工作日 4 小时」; the last hour in minutes, never nothing."""
    days, rest = divmod(abs(seconds), time.hours.seconds)
    hours, rest = divmod(rest, 3600)
    minutes = -(-rest // 60)
    parts = []
    if days:
        parts.append(ngettext("%(n)s 个工作日", "%(n)s 个工作日", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours})
    if not parts:
        parts.append(ngettext("%(n)s 分钟", "%(n)s 分钟", max(minutes, 1)) % {"n": max(minutes, 1)})
    return " ".join(parts)


def moment(at: datetime, now: datetime) -> str:
    """An instant as people say it: month, day and time, with the year when it is another one."""
    here = at.astimezone(BEIJING)
    if here.year != now.astimezone(BEIJING).year:
        return _("%(y)s年%(m)s月%(d)s日 %(t)s") % {"y": here.year, "m": here.month, "d": here.day, "t": f"{here:%H:%M}"}
    return _("%(m)s月%(d)s日 %(t)s") % {"m": here.month, "d": here.day, "t": f"{here:%H:%M}"}


def left_words(clock: Clock, now: datetime, time: WorkingTime) -> str:
    """What is left, or by how much it is over."""
    if clock.state == "met":
        return _("按时完成")
    if clock.state == "cancelled":
        return _("已终止计时")
    if clock.state == "missed":
        over = time.between(clock.due, clock.stopped) if clock.stopped else 0
        return _("超期 %(span)s 完成") % {"span": span_words(over, time)}
    seconds = clocks.left(clock, now, time)
    if clock.state == "paused":
        return _("已暂停，尚余 %(span)s") % {"span": span_words(seconds, time)}
    if now > clock.due:
        return _("已超期 %(span)s") % {"span": span_words(seconds, time)}
    return _("剩余 %(span)s") % {"span": span_words(seconds, time)}


def words_of(definition: Definition, clock: Clock, now: datetime, *, office: str = "", pauses: Sequence[str] = ()) -> ClockWords:
    """A clock of a case in words."""
    spec = definition.clock(clock.name)
    time = working_time(definition)
    running = clock.state in ("running", "proposed")
    return ClockWords(
        title=pick(spec.title, spec.title_en),
        office=office,
        words=left_words(clock, now, time),
        until=_("%(when)s 前") % {"when": moment(clock.due, now)} if running else "",
        light=light_of(clock, now, time),
        state=clock.state,
        source=spec.source,
        counted=(*counted(clock, now, time), *(pauses if spec.name == main_clock(definition) else ())),
        provisional=clock.provisional,
        due=clock.due,
    )


def main_clock(definition: Definition) -> str:
    """The clock that pauses concern: the one that an edge pauses, else the first."""
    paused = [name for edge in definition.edges for name in edge.pauses]
    return paused[0] if paused else (definition.clocks[0].name if definition.clocks else "")


def counted(clock: Clock, now: datetime, time: WorkingTime) -> tuple[str, ...]:
    """How it was counted: from when, how much, which days between were off or worked out of turn."""
    lines = [_("自 %(when)s 起算，限 %(limit)s") % {"when": moment(clock.since, now), "limit": limit_words(clock, time)}]
    first, last = clock.since.astimezone(BEIJING).date(), clock.due.astimezone(BEIJING).date()
    off, worked = odd_days(first, last, time)
    if off:
        lines.append(_("跳过节假日：%(days)s") % {"days": days_words(off)})
    if worked:
        lines.append(_("计入调休上班日：%(days)s") % {"days": days_words(worked)})
    if clock.provisional:
        lines.append(_("所跨年度的放假安排尚未公布，暂按周一至周五计算"))
    return tuple(lines)


def limit_words(clock: Clock, time: WorkingTime) -> str:
    """A limit in words."""
    if clock.unit == "working_day":
        return ngettext("%(n)s 个工作日", "%(n)s 个工作日", clock.budget) % {"n": clock.budget}
    if clock.unit == "day":
        return ngettext("%(n)s 个自然日", "%(n)s 个自然日", clock.budget) % {"n": clock.budget}
    if clock.unit == "office_second":
        return _("%(span)s（办公时间）") % {"span": span_words(clock.budget, time)}
    hours = clock.budget // 3600
    return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}


def odd_days(first: date, last: date, time: WorkingTime) -> tuple[list[date], list[date]]:
    """The weekdays off, and the weekend days worked, after `first` up to `last`; at most a year of them is looked at."""
    off, worked = [], []
    for n in range(1, min((last - first).days, 366) + 1):
        day = first + timedelta(days=n)
        works = time.calendar.is_workday(day)
        if day.weekday() < 5 and not works:
            off.append(day)
        elif day.weekday() >= 5 and works:
            worked.append(day)
    return off, worked


def days_words(days: Sequence[date]) -> str:
    """Days in a row, the first dozen."""
    shown = "、".join(f"{day.month}-{day.day}" for day in days[:DAYS_SHOWN])
    return shown + (" …" if len(days) > DAYS_SHOWN else "")

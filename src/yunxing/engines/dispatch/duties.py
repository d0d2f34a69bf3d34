"""What the plan asks of each office this month: derived from the measures, the activities, the milestones and the papers; done or not, by working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from yunxing.engines.dispatch.definition import Pipeline
from yunxing.values.period import Month, Quarter
from yunxing.values.workdays import Calendar

DutyKind = Literal["progress", "activity", "milestone", "paper", "bulletin", "matter"]
State = Literal["done", "open", "late"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing an office owes in a month. `about` leads to it: a measure's number, an item's or a kind's id; `due` is the last day, included."""

    id: str
    office: str
    kind: DutyKind
    clause: str
    zh: str
    en: str
    about: str
    due: dt.date
    state: State
    late_days: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """One measure and the offices of its bracket."""

    number: int
    title: str
    title_en: str
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """A milestone or matter of one item that is planned for a day."""

    item: str
    office: str
    clause: str
    title: str
    stage: str
    stage_en: str
    planned: dt.date
    actual: dt.date | None
    matter: bool = False
    stage_id: str = ""


def duties(
    month: Month,
    day: dt.date,
    calendar: Calendar,
    *,
    carriers: Iterable[Carrier],
    progress_days: int,
    reported: Iterable[tuple[int, str]],
    activities: Iterable[Pipeline],
    held: Mapping[str, Sequence[dt.date]],
    owed: Iterable[Owed],
    bulletin: tuple[str, str, int, bool] | None = None,
) -> list[Duty]:
    """The month's duties as they stand on `day`, by office, due day and id.

    Progress on a measure is due `progress_days` working days after the month's end, from every office of its bracket; `reported` are the pairs
    (measure, office) that came. `held` are the days on which activities of a kind were held. `bulletin` is (office, clause, day of the following
    month, issued): a due day that is not worked moves to the next working day.
    """
    limit = calendar.add(month.end, progress_days).date
    came = set(reported)
    found = [
        _duty(f"progress/{one.number}/{office}", office, "progress", f"{one.number}/0", words, str(one.number), limit, day, calendar, done)
        for one in carriers
        for office in one.offices
        for words in [(f"报第 {one.number} 条“{one.title}”进展", f"report progress on measure {one.number}, {one.title_en}")]
        for done in [(one.number, office) in came]
    ]
    for kind in activities:
        found += _activity(kind, month, day, calendar, held.get(kind.case_kind, ()))
    for one in owed:
        if Month.of(one.planned) == month or (one.actual is None and one.planned < month.start):
            due = calendar.next_workday(one.planned)
            words = (f"{one.title}：{one.stage}", f"{one.title}: {one.stage_en}")
            name: DutyKind = "matter" if one.matter else "milestone"
            identity = f"{name}/{one.item}/{one.stage_id or one.stage_en}"
            found.append(_duty(identity, one.office, name, one.clause, words, one.item, due, day, calendar, one.actual is not None))
    if bulletin:
        office, clause, of_month, issued = bulletin
        due = calendar.next_workday(month.next().start.replace(day=of_month))
        words = ("印发月通报", "issue the monthly bulletin")
        found.append(_duty("bulletin", office, "bulletin", clause, words, month.code, due, day, calendar, issued))
    return sorted(found, key=lambda one: (one.office, one.due, one.id))


def _activity(kind: Pipeline, month: Month, day: dt.date, calendar: Calendar, held: Sequence[dt.date]) -> Iterator[Duty]:
    for start, end, zh, en in windows(kind, month):
        done = any(start <= one <= end for one in held)
        words = (f"{kind.title}（{zh}至少一次）", f"{kind.title_en} (at least once {en})")
        yield _duty(f"{kind.claim}/{end}", kind.owner, "activity", kind.clause, words, kind.id, end, day, calendar, done)


def windows(kind: Pipeline, month: Month) -> list[tuple[dt.date, dt.date, str, str]]:
    """The windows that end in this month and in which the kind of activity is asked for: the month, the quarter at its last month, each holiday."""
    if kind.every == "month":
        return [(month.start, month.end, "本月", "in the month")]
    if kind.every == "quarter" and month.month % 3 == 0:
        quarter = Quarter(month.year, month.month // 3)
        return [(quarter.start, quarter.end, "本季", "in the quarter")]
    return [(one.start, one.end, one.title, f"at {one.title_en}") for one in kind.holidays if Month.of(one.end) == month]


def months_without(held: Iterable[dt.date], months: Iterable[Month]) -> list[Month]:
    """The months in which nothing was held: the indicator of a promise kept month by month."""
    seen = {Month.of(one) for one in held}
    return [one for one in months if one not in seen]


def _duty(
    id_: str,
    office: str,
    kind: DutyKind,
    clause: str,
    words: tuple[str, str],
    about: str,
    due: dt.date,
    day: dt.date,
    calendar: Calendar,
    done: bool,
) -> Duty:
    late = 0 if done else max(0, calendar.between(due, day)) if day > due else 0
    state: State = "done" if done else "late" if day > due else "open"
    return Duty(id_, office, kind, clause, words[0], words[1], about, due, state, late)


def slip_colour(late_days: int, yellow: int, red: int) -> Literal["", "yellow", "red"]:
    """The colour of the slip an office may be sent for a duty that is so many working days late: the bound itself is enough; none below."""
    return "red" if late_days >= red else "yellow" if late_days >= yellow else ""

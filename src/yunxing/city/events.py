"""What goes wrong in the synthetic city: drawn at the pack's yearly rates, with the pack's own planted story on top.

A `Plan` is drawn before any figure is made; the parts of the city then carry it out, and `truth.py` writes down what they did. Months are
indices of `Settings.index`. Streams are taken by year, so that an event does not depend on the range that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yunxing.city.chance import stream
from yunxing.city.population import Population
from yunxing.city.settings import Planted, Settings

REPORTED = tuple(range(1, 12))  # places in a year of the months with a report of their own: February (for two months) to December


@dataclass(frozen=True, slots=True)
class FirmEvent:
    """Something at one enterprise from `month` on for `months`; `size` is the share of output lost, or 0."""

    kind: str
    firm: int
    month: int
    months: int
    size: float
    planted: bool = False


@dataclass(frozen=True, slots=True)
class CellEvent:
    """An industry of one unit shrinks by `size` a month."""

    unit: int
    industry: int
    month: int
    months: int
    size: float
    planted: bool = False


@dataclass(frozen=True, slots=True)
class PlaceEvent:
    """Something of a unit (a late workbook, a coal shortage at one of its sites, a stalled project) in `month`; `pick` is 0 ≤ pick < 1."""

    kind: str
    unit: int | None
    month: int
    months: int
    pick: float
    planted: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All events, in the order of their months."""

    firms: tuple[FirmEvent, ...]
    cells: tuple[CellEvent, ...]
    places: tuple[PlaceEvent, ...]

    def of(self, kind: str) -> list[FirmEvent]:
        """The events of one kind at enterprises."""
        return [event for event in self.firms if event.kind == kind]

    def at(self, kind: str) -> list[PlaceEvent]:
        """The events of one kind at units."""
        return [event for event in self.places if event.kind == kind]


FIRM_KINDS = ("stoppage", "unit_slip", "stale_repeat", "letter_o", "late_report")
PLACE_KINDS = ("project_stall", "coal_shortage", "late_workbook")


def draw_plan(settings: Settings, people: Population, firms: int, seed: int) -> Plan:
    """The events of every year of the city. Rates of enterprises scale with `firms`; those of units, projects and sites do not."""
    taken: set[tuple[int, int]] = set()  # (enterprise, year): at most one event each, so that every event can be told apart
    story = [event for planted in settings.planted if (event := _plant(settings, people, planted, seed, taken)) is not None]
    at_firms = [event for event in story if isinstance(event, FirmEvent)]
    cells = [event for event in story if isinstance(event, CellEvent)]
    places = [event for event in story if isinstance(event, PlaceEvent)]
    carried = dict.fromkeys(FIRM_KINDS, 0)
    for year in range(settings.first.year, settings.last.year + 1):
        january = (year - settings.origin) * 12
        for kind in FIRM_KINDS:
            rng = stream(seed, f"{kind} {year}")
            carried[kind] += settings.events.get(kind, 0) * firms
            number, carried[kind] = divmod(carried[kind], settings.firms)
            for _ in range(number):
                event = _at_firm(people, kind, january, taken, rng)
                if event:
                    at_firms.append(event)
        rng = stream(seed, f"decline {year}")
        for _ in range(settings.events.get("decline", 0) * firms // settings.firms):
            cell = _cell(people, january + int(rng.integers(1, 10)), {(cell.unit, cell.industry) for cell in cells}, rng)
            if cell:
                cells.append(cell)
        for kind in PLACE_KINDS:
            rng = stream(seed, f"{kind} {year}")
            for _ in range(settings.events.get(kind, 0)):
                month = january + int(rng.integers(4, 10) if kind == "project_stall" else rng.choice(REPORTED))
                places.append(PlaceEvent(kind, None, month, int(rng.integers(3, 6)), float(rng.random())))
    return Plan(
        tuple(sorted(at_firms, key=lambda event: (event.month, event.kind, event.firm))),
        tuple(sorted(cells, key=lambda event: (event.month, event.unit, event.industry))),
        tuple(sorted(places, key=lambda event: (event.month, event.kind, event.pick))),
    )


def _at_firm(people: Population, kind: str, january: int, taken: set[tuple[int, int]], rng: Any) -> FirmEvent | None:
    """One event at a random enterprise: never a giant for a stoppage, on the list from last year through the event."""
    import numpy as np

    month = january + int(rng.choice(REPORTED[3:] if kind == "stale_repeat" else REPORTED))
    months = int(rng.integers(1, 5)) if kind == "stoppage" else 1
    able = people.on_list(january) & people.on_list(month + months) & (people.born < january - 12)
    if kind == "stoppage":
        able &= people.giant == 0
    pool = [int(place) for place in np.flatnonzero(able) if (int(place), january) not in taken]
    if not pool:
        return None
    firm = pool[int(rng.integers(len(pool)))]
    taken.add((firm, january))
    size = float(rng.choice([0.6, 0.75, 1.0])) if kind == "stoppage" else 0.0
    return FirmEvent(kind, firm, month, months, size)


def _cell(people: Population, month: int, used: set[tuple[int, int]], rng: Any) -> CellEvent | None:
    """A random unit and industry with at least eight enterprises that are no giants, and without a decline so far."""
    import numpy as np

    cells = np.stack([people.unit, people.industry])[:, people.on_list(month) & (people.giant == 0)]
    pairs, counts = np.unique(cells, axis=1, return_counts=True)
    able = [(int(unit), int(industry)) for (unit, industry), count in zip(pairs.T, counts, strict=True) if count >= 8]
    able = [pair for pair in able if pair not in used]
    if not able:
        return None
    unit, industry = able[int(rng.integers(len(able)))]
    return CellEvent(unit, industry, month, 8, 0.03)


def _plant(
    settings: Settings, people: Population, planted: Planted, seed: int, taken: set[tuple[int, int]]
) -> FirmEvent | CellEvent | PlaceEvent | None:
    """One planted event, at the largest fitting enterprise that is no giant; a city too small for it goes without."""
    import numpy as np

    year, number = planted.month.split("-")
    month = (int(year) - settings.origin) * 12 + int(number) - 1
    unit, january = settings.unit_at(planted.unit), month - month % 12
    if planted.kind in PLACE_KINDS:
        pick = float(stream(seed, f"planted {planted.kind} {planted.month}").random())
        return PlaceEvent(planted.kind, unit, month, planted.months, pick, planted=True)
    able = people.on_list(january) & people.on_list(month + planted.months) & (people.unit == unit) & (people.born < january - 12)
    if planted.industry:
        able &= people.industry == settings.industry_at(planted.industry)
    if planted.kind == "decline":
        return (
            CellEvent(unit, settings.industry_at(planted.industry), month, planted.months, planted.size, planted=True)
            if able.sum() >= 3
            else None
        )
    able &= people.giant == 0
    pool = [int(place) for place in np.flatnonzero(able) if (int(place), january) not in taken]
    if not pool:
        return None
    firm = max(pool, key=lambda place: (float(people.size[place]), -place))
    taken.add((firm, january))
    return FirmEvent(planted.kind, firm, month, planted.months, planted.size, planted=True)

"""Rosters and ladders of enterprises: the panel of key enterprises, the seed bank, listings, admissions above scale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from yunxing.city.chance import stream
from yunxing.city.population import MONTHLY, Population
from yunxing.city.settings import Settings


@dataclass(frozen=True, slots=True)
class Listing:
    """An enterprise listed or admitted to a board; `raised` in whole 万元."""

    firm: int
    on: date
    board: str
    raised: int


@dataclass(frozen=True, slots=True)
class Admission:
    """An enterprise admitted to the above-scale list."""

    firm: int
    on: date
    route: str  # monthly or annual


@dataclass(frozen=True, slots=True)
class Ladder:
    """`panel`: year → enterprises; `seeds`: enterprises of the seed bank with the day they entered."""

    panel: dict[int, tuple[int, ...]]
    seeds: tuple[tuple[int, date], ...]
    listings: tuple[Listing, ...]
    admissions: tuple[Admission, ...]


def climb(settings: Settings, people: Population, output: Any, seed: int) -> Ladder:
    """All ladders of all years. `output` is the monthly output that ranks the panel."""
    years = range(settings.first.year, settings.last.year + 1)
    panel = {year: _panel(settings, people, output, year) for year in years}
    seeds = _seeds(settings, people, seed)
    admissions = tuple(
        Admission(firm, day, "monthly" if people.route[firm] == MONTHLY else "annual")
        for firm, day in enumerate(people.admitted)
        if day is not None
    )
    return Ladder(panel, seeds, _listings(settings, people, seeds, seed), tuple(sorted(admissions, key=lambda a: (a.on, a.firm))))


def _panel(settings: Settings, people: Population, output: Any, year: int) -> tuple[int, ...]:
    """The largest enterprises by last year's output, with the largest of every industry among them."""
    import numpy as np

    january = (year - settings.origin) * 12
    here = np.flatnonzero(people.on_list(january))
    if not len(here):
        return ()
    last = output[here, january - 12 : january].sum(axis=1)
    order = here[np.lexsort((here, -last))]
    first = {int(people.industry[firm]): int(firm) for firm in reversed(order)}
    chosen = sorted(first.values(), key=lambda firm: int(np.flatnonzero(order == firm)[0]))[: settings.panel]
    for firm in order:
        if len(chosen) >= settings.panel:
            break
        if int(firm) not in chosen:
            chosen.append(int(firm))
    return tuple(sorted(chosen))


def _seeds(settings: Settings, people: Population, seed: int) -> tuple[tuple[int, date], ...]:
    """Middling enterprises in the reserve: neither giants nor the smallest half."""
    import numpy as np

    rng = stream(seed, "seed bank")
    able = np.flatnonzero((people.giant == 0) & (people.entered < 0) & (people.left > settings.length))
    able = able[people.size[able] >= np.median(people.size[able])] if len(able) else able
    chosen = rng.permutation(able)[: min(settings.seed_bank, len(able))]
    origin = settings.origin
    return tuple((int(firm), date(origin + int(rng.integers(0, 5)), int(rng.integers(1, 13)), 15)) for firm in chosen)


def _listings(settings: Settings, people: Population, seeds: tuple[tuple[int, date], ...], seed: int) -> tuple[Listing, ...]:
    """The listings of city.toml, each by another enterprise of the seed bank, the largest first; as many as the bank can give."""
    rng = stream(seed, "listings")
    waiting = sorted((firm for firm, _ in seeds), key=lambda firm: (-float(people.size[firm]), firm))
    found: list[Listing] = []
    for year, planned in settings.listings.items():
        for month, board in planned:
            day, money = date(year, month, int(rng.integers(5, 27))), int(rng.integers(30, 180)) * 1000
            entered = dict(seeds)
            able = [firm for firm in waiting if entered[firm] < day]
            if able:
                waiting.remove(able[0])
                found.append(Listing(able[0], day, board, 0 if board == "NEEQ" else money))
    return tuple(found)

"""Coal sites day by day and ports month by month. All sites are made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yunxing.city.chance import stream
from yunxing.city.events import Plan
from yunxing.city.settings import Settings
from yunxing.values.period import Month


@dataclass(frozen=True, slots=True)
class Shortage:
    """What the event plan did to a site: receipts cut from `first` to `last`; days of stock fell under the minimum on `breached`."""

    site: int
    first: date
    last: date
    breached: tuple[date, ...]
    lowest: float
    planted: bool


@dataclass(frozen=True, slots=True)
class Coal:
    """Tonnes by site and day, from the first day of the first reportable month."""

    start: date
    opening: Any
    receipts: Any
    use: Any
    loss: Any
    closing: Any
    heat: Any
    shortages: tuple[Shortage, ...]

    def days(self, month: Month) -> range:
        """The places of a month's days."""
        first = (month.start - self.start).days
        return range(first, first + (month.end - month.start).days + 1)


def burn(settings: Settings, plan: Plan, seed: int) -> Coal:
    """Stocks that are steered towards the target, and run down where the plan cuts receipts. Opening + receipts − use − loss = closing, to the tonne."""
    import numpy as np

    start, sites = settings.first.start, settings.coal_sites
    length = (settings.last.end - start).days + 1
    rng = stream(seed, "coal")
    months = np.array([(start + timedelta(days=day)).month - 1 for day in range(length)])
    season = np.array([settings.seasons[site.season] for site in sites])[:, months] / 1000
    daily = np.array([site.daily for site in sites], dtype=float)
    use = np.rint(daily[:, None] * season * np.exp(rng.normal(0, 0.03, season.shape))).astype(np.int64)
    luck = np.exp(rng.normal(0, 0.35, use.shape))
    cuts = _cuts(settings, plan, start, length)
    allowed = np.ones(use.shape)
    for site, first, last, _ in cuts:
        allowed[site, first : last + 1] = 0.06
    target = settings.coal_target_days
    stock = np.rint(daily * season[:, 0] * target).astype(np.int64)
    opening, receipts, loss, closing = (np.zeros_like(use) for _ in range(4))
    for day in range(length):
        need = daily * season[:, day]
        held = stock / need
        wanted = need * np.clip(1 + 0.12 * (target - held), 0, 2.2) * luck[:, day]
        wanted = np.where(held < settings.coal_min_days + 4, np.maximum(wanted, need * 1.5), wanted)
        spared = np.where(
            held < settings.coal_min_days - 2.5, np.maximum(allowed[:, day], 0.9 * need / np.maximum(wanted, 1)), allowed[:, day]
        )  # lent by others
        opening[:, day] = stock
        receipts[:, day] = np.rint(wanted * spared)
        loss[:, day] = np.rint(need * 0.001)
        use[:, day] = np.minimum(use[:, day], stock + receipts[:, day] - loss[:, day])
        stock = stock + receipts[:, day] - use[:, day] - loss[:, day]
        closing[:, day] = stock
    heat = np.rint(settings.coal_heat + rng.normal(0, 120, use.shape)).astype(np.int64)
    found = tuple(_shortage(settings, start, cut, use, closing) for cut in cuts)
    return Coal(start, opening, receipts, use, loss, closing, heat, tuple(shortage for shortage in found if shortage.breached))


def days_of_stock(use: Any, closing: Any, day: int) -> float:
    """Closing stock by the mean use of the last seven days, this one included."""
    last = use[max(0, day - 6) : day + 1]
    return float(closing[day] * len(last) / last.sum()) if last.sum() else float("inf")


def _cuts(settings: Settings, plan: Plan, start: date, length: int) -> list[tuple[int, int, int, bool]]:
    """Site, first and last day of each cut. A planted cut begins early in its month, so that the month ends short of coal."""
    cuts: list[tuple[int, int, int, bool]] = []
    for event in plan.at("coal_shortage"):
        able = [place for place, site in enumerate(settings.coal_sites) if event.unit in (None, settings.unit_at(site.unit))]
        if not able:
            continue
        site = able[int(event.pick * len(able))]
        first = (settings.month(event.month).start - start).days
        first += 12 if event.planted else int(event.pick * 1000) % 20
        last = first + (17 if event.planted else 11 + int(event.pick * 10000) % 4)
        if last < length and all(other != site or last + 45 < begun or ended + 45 < first for other, begun, ended, _ in cuts):
            cuts.append((site, first, last, event.planted))
    return cuts


def _shortage(settings: Settings, start: date, cut: tuple[int, int, int, bool], use: Any, closing: Any) -> Shortage:
    site, first, last, planted = cut
    until = min(use.shape[1], last + 10)
    held = {day: days_of_stock(use[site], closing[site], day) for day in range(first, until)}
    low = [day for day, days in held.items() if days < settings.coal_min_days]
    return Shortage(
        site,
        start + timedelta(days=first),
        start + timedelta(days=last),
        tuple(start + timedelta(days=day) for day in low),
        min(held.values()),
        planted,
    )


@dataclass(frozen=True, slots=True)
class Quays:
    """Port traffic by area and month: foreign and all cargo in whole 100 t (0.01 万吨), calls."""

    foreign: Any
    throughput: Any
    calls: Any


def load_ships(settings: Settings, seed: int) -> Quays:
    """Monthly traffic with a trend, a weak winter and noise."""
    import numpy as np

    rng = stream(seed, "ports")
    months = np.arange(settings.length)
    weather = np.array([0.9, 0.85, 1.0, 1.02, 1.05, 1.03, 1.0, 0.98, 1.03, 1.05, 1.06, 1.03])[months % 12]
    years = (months - settings.index(settings.reference)) / 12
    shape = len(settings.ports), settings.length
    grown = (1 + np.array([port.growth for port in settings.ports]))[:, None] ** years[None, :]
    foreign = np.array([port.foreign_year for port in settings.ports])[:, None] / 12 * grown * weather * np.exp(rng.normal(0, 0.08, shape))
    through = (
        np.array([port.throughput_year for port in settings.ports])[:, None] / 12 * grown * weather * np.exp(rng.normal(0, 0.04, shape))
    )
    through = np.maximum(through, foreign)
    calls = through / np.array([port.ship for port in settings.ports])[:, None]
    return Quays(*(np.rint(part).astype(np.int64) for part in (foreign / 100, through / 100, calls)))

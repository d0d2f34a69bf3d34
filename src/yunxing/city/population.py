"""Who is in the city: made enterprises with their unit, industry, size, and the months they are on the above-scale list.

Every name holds the pack's word for "synthetic" and a running number; every code carries the pack's mark where a registry would write
letters it never gives, and is valid by its check characters (GB 32100, GB 11714). No enterprise here exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yunxing.city.chance import largest_remainder, stream
from yunxing.city.settings import Settings
from yunxing.values.codes import organisation_with_check, usci_with_check

NEVER = 1 << 20  # a month index beyond every range
FLOOR = 2200.0  # 万元 a year: just above the line of 2000
SIGMA = 1.05  # spread of the logarithm of size below the giants
HOME_WEIGHT = 6.0
LISTED, MONTHLY, ANNUAL, CANDIDATE = range(4)


@dataclass(frozen=True, slots=True)
class Population:
    """Columns of enterprises, one place each. Month columns are indices of `Settings.index`."""

    usci: tuple[str, ...]
    name: tuple[str, ...]
    unit: Any  # place in settings.units
    industry: Any  # place in settings.industries
    size: Any  # 万元 of revenue a year at the reference year's level
    giant: Any  # 1 for the largest of its industry, 2 for the next; 0 for the many
    route: Any  # LISTED at the origin, MONTHLY, ANNUAL or CANDIDATE
    entered: Any  # first month on the list
    left: Any  # first month off the list again
    born: Any  # first month of production
    admitted: tuple[date | None, ...]  # day of admission to the list
    heads: Any  # staff at the reference

    def __len__(self) -> int:
        return len(self.usci)

    def on_list(self, month: int) -> Any:
        """Which enterprises are on the above-scale list in the month."""
        return (self.entered <= month) & (month < self.left)


def populate(settings: Settings, firms: int, seed: int) -> Population:
    """`firms` enterprises on the list in the reference month, with those that came and went before and after, and the near candidates."""
    import numpy as np

    rng = stream(seed, "population")
    entries, exits = _turnover(settings, firms, rng)
    reference = settings.index(settings.reference)
    start = firms - sum(1 for when, *_ in entries if when <= reference) + sum(1 for when in exits if when <= reference)
    near = settings.near * firms // settings.firms
    matrix = unit_matrix(settings)
    unit, industry, giant = _places(settings, matrix, start, rng)
    drawn = rng.choice(matrix.size, size=len(entries) + near, p=(matrix / matrix.sum()).ravel())
    size = np.concatenate(
        [
            _sizes(settings, industry, giant, firms, rng),
            np.exp(rng.normal(np.log(3300.0), 0.35, len(entries))).clip(2050, 20000),
            rng.uniform(1200, 1990, near),
        ]
    )
    unit = np.concatenate([unit, drawn // matrix.shape[1]])
    industry = np.concatenate([industry, drawn % matrix.shape[1]])
    giant = np.concatenate([giant, np.zeros(len(drawn), dtype=np.int64)])
    entered = np.array([-1] * start + [when for when, *_ in entries] + [NEVER] * near, dtype=np.int64)
    route = np.array([LISTED] * start + [route for _, route, _ in entries] + [CANDIDATE] * near, dtype=np.int64)
    left = _leavers(exits, entered, size, giant, rng)
    born = np.where(route == MONTHLY, entered - rng.integers(3, 9, len(entered)), -12)
    heads_of = np.array([industry.heads for industry in settings.industries], dtype=float)[industry]
    heads = np.maximum(8, (heads_of * (size / 10000) ** 0.92 * np.exp(rng.normal(0, 0.3, len(size)))).astype(np.int64))
    serials = rng.permutation(len(size)) + 1
    return Population(
        usci=tuple(_code(settings, place, int(serial)) for place, serial in zip(unit, serials, strict=True)),
        name=tuple(_name(settings, place, kind, int(serial)) for place, kind, serial in zip(unit, industry, serials, strict=True)),
        unit=unit,
        industry=industry,
        size=size,
        giant=giant,
        route=route,
        entered=entered,
        left=left,
        born=born,
        admitted=(None,) * start + tuple(day for _, _, day in entries) + (None,) * near,
        heads=heads,
    )


def unit_matrix(settings: Settings) -> Any:
    """The share of enterprises in each unit (rows) and industry (columns), with both margins of city.toml (iterative fitting)."""
    import numpy as np

    rows = np.array([unit.firms for unit in settings.units])
    columns = np.array([industry.firms for industry in settings.industries])
    homes = [[HOME_WEIGHT if unit.code in industry.homes else 1.0 for industry in settings.industries] for unit in settings.units]
    matrix = np.array(homes) * rows[:, None] * columns[None, :]
    for _ in range(60):
        matrix *= (rows / matrix.sum(axis=1))[:, None]
        matrix *= (columns / matrix.sum(axis=0))[None, :]
    return matrix


def _turnover(settings: Settings, firms: int, rng: Any) -> tuple[list[tuple[int, int, date]], list[int]]:
    """Admissions as (first month on the list, route, day admitted) and the months of exits, in order; counts scale with the city."""
    entries: list[tuple[int, int, date]] = []
    exits: list[int] = []
    carried = {"annual": 0, "monthly": 0, "exits": 0}

    def scaled(key: str, count: int) -> int:
        carried[key] += count * firms
        whole, carried[key] = divmod(carried[key], settings.firms)
        return int(whole)

    for year in settings.turnover:
        january = (year.year - settings.origin) * 12
        for _ in range(scaled("monthly", year.monthly)):
            month = int(rng.integers(2, 11))  # March to November: the list opens after the festival
            day = date(year.year, month + 1, 1) + timedelta(days=int(rng.integers(14, 27)))
            entries.append((january + month + 1, MONTHLY, day))
        for _ in range(scaled("annual", year.annual)):
            day = date(year.year, int(rng.integers(11, 13)), 1) + timedelta(days=int(rng.integers(9, 27)))
            entries.append((january + 12, ANNUAL, day))
        gone = scaled("exits", year.exits)
        exits += [january if rng.random() < 0.7 else january + int(rng.integers(3, 12)) for _ in range(gone)]
    return sorted(entries), sorted(exits)


def _places(settings: Settings, matrix: Any, count: int, rng: Any) -> tuple[Any, Any, Any]:
    """Unit, industry and rank among the giants of the first enterprises: giants at their seats, the others by the matrix."""
    import numpy as np

    unit: list[int] = []
    industry: list[int] = []
    giant: list[int] = []
    for kind, number in enumerate(largest_remainder(matrix.sum(axis=0), count)):
        described = settings.industries[kind]
        seats = [settings.unit_at(seat) for seat in described.seats[: min(described.giants, number)]]
        cells = largest_remainder(matrix[:, kind], number)
        for seat in seats:
            cells[seat if cells[seat] else max(range(len(cells)), key=cells.__getitem__)] -= 1
        many = [place for place, held in enumerate(cells) for _ in range(held)]
        unit += seats + [many[int(place)] for place in rng.permutation(len(many))]
        industry += [kind] * number
        giant += list(range(1, len(seats) + 1)) + [0] * len(many)
    return np.array(unit, dtype=np.int64), np.array(industry, dtype=np.int64), np.array(giant, dtype=np.int64)


def _sizes(settings: Settings, industry: Any, giant: Any, firms: int, rng: Any) -> Any:
    """Yearly revenue in 万元: a few giants share `giants_share` of their industry (falling as a power of the rank), the rest is log-normal."""
    import numpy as np

    size = np.full(len(industry), FLOOR)
    draws = np.exp(rng.normal(0.0, SIGMA, len(industry)))
    total = settings.mean_revenue * firms
    for kind, described in enumerate(settings.industries):
        top = np.flatnonzero((industry == kind) & (giant > 0))
        rest = np.flatnonzero((industry == kind) & (giant == 0))
        whole = total * described.revenue
        weights = giant[top] ** -0.8
        if len(top):
            size[top] = np.maximum(FLOOR, whole * described.giants_share * weights / weights.sum())
        wanted, scale = whole * (1 - described.giants_share), 1.0
        for _ in range(40):  # the floor takes from the rest: find the scale at which they add up
            scale *= wanted / max(FLOOR, np.maximum(FLOOR, draws[rest] * scale).sum()) if len(rest) else 1.0
        size[rest] = np.maximum(FLOOR, draws[rest] * scale)
    return size


def _leavers(exits: list[int], entered: Any, size: Any, giant: Any, rng: Any) -> Any:
    """The month each enterprise leaves: small ones more often, never the largest, never within a year of entry."""
    import numpy as np

    left = np.full(len(entered), NEVER, dtype=np.int64)
    largest = int(np.argmax(size))
    for month in exits:
        able = np.flatnonzero((entered <= month - 12) & (left == NEVER))
        able = able[able != largest]
        small = able[giant[able] == 0]
        pool = small if len(small) else able
        if len(pool):
            weights = 1 / size[pool]
            left[int(rng.choice(pool, p=weights / weights.sum()))] = month
    return left


def _code(settings: Settings, unit: int, serial: int) -> str:
    return usci_with_check(f"91{settings.units[unit].region}{organisation_with_check(f'{settings.code_mark}{serial:06d}')}")


def _name(settings: Settings, unit: int, industry: int, serial: int) -> str:
    return f"{settings.units[unit].short}{settings.word}{settings.industries[industry].word}{serial:04d}厂"

"""Quotas of foreign projects under measure 12: duty-free imports within the confirmed total, and the province's land.

Amounts are US cents and fen; rates exact fractions. Sources: plan 156/12/2–3; the authority's bounds and the land reward are pack data with their documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from yunxing.values.errors import BadInput


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of equipment on the confirmation's list: its value at the border (CIF) in US cents, and whether a catalogue excludes it."""

    id: str
    cif_cents: int
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Exempted:
    """What of a line is free of customs duty and what pays it; the two make the line. `left` is the quota after it."""

    line: ImportLine
    free: int
    taxed: int
    left: int


def within_confirmed(total: int, used: int, lines: Sequence[ImportLine]) -> list[Exempted]:
    """Lines in the order of import against the confirmed total: Σ free ≤ total, and the line that crosses it is split; an excluded line pays in full.

    Errors: `BadInput` for a total below 0, more used than the total, a line not above 0, or a line that stands twice.

    >>> [(one.free, one.taxed, one.left) for one in within_confirmed(100, 30, [ImportLine("a", 50), ImportLine("b", 40)])]
    [(50, 0, 20), (20, 20, 0)]
    """
    ids = [line.id for line in lines]
    if not 0 <= used <= total or any(line.cif_cents <= 0 for line in lines) or len(set(ids)) < len(ids):
        raise BadInput(
            f"imports against a confirmed total of {total} with {used} used: every line above 0 and once, and used within the total"
        )
    left, found = total - used, []
    for line in lines:
        free = 0 if line.excluded else min(left, line.cif_cents)
        left -= free
        found.append(Exempted(line, free, line.cif_cents - free, left))
    return found


def fen_of(cents: int, exchange: Fraction) -> int:
    """US cents in fen at a rate of yuan for a dollar, half up."""
    if cents < 0 or exchange <= 0:
        raise BadInput(f"{cents} cents at {exchange} yuan; the rate is above 0")
    return int(cents * exchange + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Saved:
    """What a free import saves, in fen: the customs duty, and with it the value-added tax on that duty. VAT on the goods is still due."""

    duty: int
    vat_with_duty: int
    vat_without: int

    @property
    def total(self) -> int:
        """Duty and the tax on it."""
        return self.duty + self.vat_with_duty - self.vat_without


def duty_saved(cif_cents: int, exchange: Fraction, duty_rate: Fraction, vat_rate: Fraction) -> Saved:
    """The savings of a free line, every tax half up to the fen.

    >>> duty_saved(2_000_000_00, Fraction("6.70"), Fraction(8, 100), Fraction(13, 100))
    Saved(duty=107200000, vat_with_duty=188136000, vat_without=174200000)
    """
    value = fen_of(cif_cents, exchange)
    half = Fraction(1, 2)
    duty = int(value * duty_rate + half)
    return Saved(duty, int((value + duty) * vat_rate + half), int(value * vat_rate + half))


@dataclass(frozen=True, slots=True)
class Authority:
    """Who confirms a project: the province from `start` (included) to `end` (not included), both in US cents."""

    start: int
    end: int
    clause: str


def confirmed_by(total_cents: int, authority: Authority) -> str:
    """`province`, `below` or `above`; the amount of `end` itself is above, though the notice's 以下 would include it: it is flagged there.

    >>> bounds = Authority(30_000_000_00, 300_000_000_00, "12/2b")
    >>> confirmed_by(30_000_000_00, bounds), confirmed_by(29_999_999_99, bounds), confirmed_by(300_000_000_00, bounds)
    ('province', 'below', 'above')
    """
    if total_cents < authority.start:
        return "below"
    return "province" if total_cents < authority.end else "above"


@dataclass(frozen=True, slots=True)
class LandReward:
    """The bounds of a project that may use the province's land, in US cents, both included, and what it may use in m²."""

    total_from: int
    arrived_from: int
    area: int
    clause: str


def land_quota(total_cents: int, arrived_cents: int | None, rule: LandReward) -> int | None:
    """The m² a project may ask of the province's quota: 0 when it does not qualify, None while the money's arrival is not known."""
    if total_cents < rule.total_from:
        return 0
    if arrived_cents is None:
        return None
    return rule.area if arrived_cents >= rule.arrived_from else 0

"""What the generating units can give (measure 5): availability by the reliability states, output lost by cause, supply by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class UnitDay:
    """A coal-power unit on a day, in minutes of each state and kilowatt-hours lost by cause."""

    unit: str
    name: str
    nominal_kw: int
    service: int
    reserve: int
    planned: int
    unplanned: int
    lost: Mapping[str, int]

    @property
    def minutes(self) -> int:
        """The minutes reported."""
        return self.service + self.reserve + self.planned + self.unplanned

    @property
    def available_kw(self) -> Fraction:
        """The mean output that could be had: nominal, less the time out of use, less what was lost while running."""
        if not self.minutes or not self.nominal_kw:
            return Fraction(0)
        up = Fraction(self.service + self.reserve, self.minutes)
        lost = Fraction(sum(self.lost.values()) * 60, self.minutes)
        return max(Fraction(0), self.nominal_kw * up - lost)

    @property
    def state(self) -> str:
        """What the unit mostly is: unplanned, planned, derated, service or reserve."""
        if self.unplanned > 0:
            return "unplanned"
        if self.planned * 2 > self.minutes:
            return "planned"
        if sum(self.lost.values()) > 0:
            return "derated"
        return "service" if self.service >= self.reserve else "reserve"


def equivalent_availability(period: int, planned: Fraction, unplanned: Fraction, derated: Fraction) -> Fraction:
    """EAF of DL/T 793: the hours of a period less those out of use and the equivalent hours of deratings, as a share of the period.

    >>> round(float(equivalent_availability(720, Fraction(0), Fraction(24), Fraction(60 * 50, 300))) * 100, 2)
    95.28
    """
    return (period - planned - unplanned - derated) / Fraction(period)

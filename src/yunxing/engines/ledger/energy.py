"""Energy of a county and a year under measure 16: standard coal, what is counted and what is not, intensity, the exemption, the price of quota.

Energy is in 0.01 tce (int), GDP in fen, electricity in kWh; ratios are exact fractions and are compared unrounded. What the readings rest on: 156/16/2 takes
new renewables out of the total and new feedstock energy out of dual control altogether; 156/16/3 exempts counties that over-fulfil (超额: strictly)
the intensity target *and* the coal target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from yunxing.engines.ledger.splits import Split
from yunxing.values.errors import BadInput

CENTI = 100
"""Parts of a ton of standard coal: amounts are counted in 0.01 tce."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """What one unit of a fuel weighs in tce; `basis` is `heat` (当量值) or `equivalent` (等价值) for electricity, empty for other fuels."""

    id: str
    unit: str
    tce: Fraction
    basis: str = ""


def standard_coal(amounts: Mapping[str, Fraction | int], coefficients: Mapping[str, Coefficient]) -> Fraction:
    """The tce of a mix of fuels, exact. Errors: `BadInput` for an unknown fuel, an amount below 0, or two bases of electricity in one total.

    >>> table = {"raw_coal": Coefficient("raw_coal", "t", Fraction("0.7143")), "coke": Coefficient("coke", "t", Fraction("0.9714"))}
    >>> standard_coal({"raw_coal": 10000, "coke": 500}, table)
    Fraction(76287, 10)
    """
    unknown = sorted(set(amounts) - set(coefficients))
    if unknown:
        raise BadInput(f"no coefficient for {', '.join(unknown)}; the table has {', '.join(sorted(coefficients))}")
    below = sorted(name for name, amount in amounts.items() if amount < 0)
    if below:
        raise BadInput(f"an amount below 0: {', '.join(below)}")
    bases = {coefficients[name].basis for name, amount in amounts.items() if coefficients[name].basis and amount}
    if len(bases) > 1:
        raise BadInput(f"one total mixes the bases {', '.join(sorted(bases))}; take one of them")
    return sum((Fraction(amount) * coefficients[name].tce for name, amount in amounts.items()), Fraction(0))


def in_centi(tce: Fraction) -> int:
    """Tons as 0.01 tce, half up: the one rounding, where a figure enters the ledger."""
    if tce < 0:
        raise BadInput(f"{tce} tce is below 0")
    return int(tce * CENTI + Fraction(1, 2))


def increment(kilowatts: int, hours: int, coefficient: Coefficient) -> int:
    """The yearly increment of a renewable project in 0.01 tce: capacity × full-load hours × the coefficient of 10,000 kWh.

    >>> increment(100_000, 1200, Coefficient("electricity", "万千瓦时", Fraction("1.229"), "heat"))
    1474800
    """
    if kilowatts <= 0 or hours <= 0:
        raise BadInput(f"{kilowatts} kW for {hours} h; both are above 0")
    return in_centi(Fraction(kilowatts * hours, 10_000) * coefficient.tce)


def renewable_shares(total: int, split: Split, county: str) -> dict[str, int]:
    """An increment between the city and the project's county: the key `county_of_project` of the rule becomes that county's code."""
    return {county if name == "county_of_project" else name: share for name, share in split.of(total).items()}


@dataclass(frozen=True, slots=True)
class CountyYear:
    """Energy of a county in a year: total use, of it feedstock and new renewables (all in 0.01 tce), and GDP at constant prices in fen."""

    county: str
    year: int
    total: int
    feedstock: int
    renewable_new: int
    gdp_fen: int

    def __post_init__(self) -> None:
        """Nothing below 0, the excluded parts within the total, GDP above 0."""
        if min(self.total, self.feedstock, self.renewable_new) < 0 or self.gdp_fen <= 0:
            raise BadInput(f"{self.county} {self.year}: energy is not below 0 and GDP is above 0")
        if self.feedstock + self.renewable_new > self.total:
            raise BadInput(
                f"{self.county} {self.year}: feedstock {self.feedstock} and new renewables {self.renewable_new} exceed the total {self.total}"
            )

    @property
    def intensity(self) -> Fraction:
        """(E − F) / GDP. Feedstock is outside dual control; new renewables still count in intensity."""
        return Fraction(self.total - self.feedstock, self.gdp_fen)

    @property
    def assessed_total(self) -> int:
        """E − F − R: what the total-consumption control sees, in 0.01 tce."""
        return self.total - self.feedstock - self.renewable_new


def drop(base: CountyYear, now: CountyYear) -> Fraction:
    """1 − I/I₀ as a fraction (0.0638 = 6.38 %); feedstock is taken from both years. Errors: `BadInput` for two counties or a base without energy."""
    if base.county != now.county or base.intensity == 0:
        raise BadInput(f"a drop compares one county with itself on a base above 0; found {base.county} and {now.county}")
    return 1 - now.intensity / base.intensity


@dataclass(frozen=True, slots=True)
class Assessment:
    """One county's year: the drop and the coal cut against their targets, whether the total is assessed, and what the total is."""

    county: str
    drop: Fraction
    drop_target: Fraction
    coal_cut: Fraction
    coal_target: Fraction
    exempt: bool
    assessed_total: int
    cap: int | None

    @property
    def within_cap(self) -> bool | None:
        """Whether the total holds; None where it is exempt or no cap was set."""
        return None if self.exempt or self.cap is None else self.assessed_total <= self.cap


def is_exempt(drop: Fraction, drop_target: Fraction, coal_cut: Fraction, coal_target: Fraction, *, strict: bool = True) -> bool:
    """Over-fulfilled both → exempt. `strict` is the reading of 超额; with False equality suffices (完成).

    >>> is_exempt(Fraction("3.20"), Fraction("3.20"), Fraction(51), Fraction(50)), is_exempt(Fraction("3.21"), Fraction("3.20"), Fraction("50.01"), Fraction(50))
    (False, True)
    """
    if strict:
        return drop > drop_target and coal_cut > coal_target
    return drop >= drop_target and coal_cut >= coal_target


def assess_county(
    base: CountyYear,
    now: CountyYear,
    *,
    drop_target: Fraction,
    coal_cut: Fraction,
    coal_target: Fraction,
    cap: int | None = None,
    strict: bool = True,
) -> Assessment:
    """A county's year against its targets; rates are fractions (3.2 % is 0.032), coal in any one unit."""
    reached = drop(base, now)
    return Assessment(
        now.county,
        reached,
        drop_target,
        coal_cut,
        coal_target,
        is_exempt(reached, drop_target, coal_cut, coal_target, strict=strict),
        now.assessed_total,
        cap,
    )


def county_year(county: str, year: int, values: Mapping[str, int | None]) -> CountyYear | None:
    """A county's year from its report: energy in kg of standard coal, product in fen; None where a part is missing. Half kilograms round up at 0.01 tce.

    >>> county_year("A", 2022, {"energy_total": 1_000_000, "feedstock": 100_000, "new_renewables": None, "gdp_constant": 5000}).assessed_total
    90000
    """
    total, feedstock, gdp = (values.get(name) for name in ("energy_total", "feedstock", "gdp_constant"))
    if total is None or feedstock is None or gdp is None or gdp <= 0:
        return None
    kilograms = Fraction(1, 1000)
    return CountyYear(
        county,
        year,
        in_centi(total * kilograms),
        in_centi(feedstock * kilograms),
        in_centi((values.get("new_renewables") or 0) * kilograms),
        gdp,
    )


def quota_price(amount: int, fen_per_tce: int) -> int:
    """What quota used on application costs, in fen: 0.01 tce × price of a ton, half up to the fen.

    >>> quota_price(5000 * 100, 200_00)
    100000000
    """
    if amount < 0 or fen_per_tce < 0:
        raise BadInput(f"{amount} at {fen_per_tce}; neither is below 0")
    return int(Fraction(amount * fen_per_tce, CENTI) + Fraction(1, 2))

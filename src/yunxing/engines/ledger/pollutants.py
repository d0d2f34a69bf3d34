"""Pollutant quotas under measure 17: replacement ratios, own cuts first, the county's balance, drawing in advance, and the gate before production.

Amounts are kg a year (int), so that a thousandth of a ton is exact; ratios are exact fractions. Sources: plan 156/17/1–3; the replacement ratios are
pack data with their own document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from yunxing.values.errors import BadInput, Fault

Origin = Literal["own_cut", "county_pool", "future_cut"]
ORIGINS: tuple[Origin, ...] = ("own_cut", "county_pool", "future_cut")
Kind = Literal["closure", "facility", "project", "voluntary"]
KINDS: tuple[Kind, ...] = ("closure", "facility", "project", "voluntary")


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which pollutants a missed standard doubles: `multiple` for each pollutant of `affects` in a year after `standard` was missed."""

    id: str
    standard: str
    affects: tuple[str, ...]
    multiple: Fraction
    clause: str


def ratios(pollutants: Sequence[str], missed: Iterable[str], rules: Sequence[Replacement]) -> dict[str, Fraction]:
    """The ratio of each pollutant: 1, or the largest multiple of the rules whose standard was missed in the year before the approval.

    Errors: `BadInput` for a standard that no rule knows.
    """
    failed = set(missed)
    unknown = sorted(failed - {rule.standard for rule in rules})
    if unknown:
        raise BadInput(f"no replacement rule knows the standard {', '.join(unknown)}")
    active = [rule for rule in rules if rule.standard in failed]
    return {name: max([Fraction(1), *(rule.multiple for rule in active if name in rule.affects)]) for name in pollutants}


def needs(emissions: Mapping[str, int], of: Mapping[str, Fraction]) -> dict[str, int]:
    """need = emission × ratio, in kg; a part of a kg counts as a whole one, so that nothing is left unreplaced.

    Errors: `BadInput` for a pollutant outside the list or an emission below 0.

    >>> needs({"NOx": 20_000, "COD": 8_000}, {"NOx": Fraction(2), "COD": Fraction(1)})
    {'NOx': 40000, 'COD': 8000}
    """
    unknown = sorted(set(emissions) - set(of))
    if unknown or any(amount < 0 for amount in emissions.values()):
        raise BadInput(f"emissions name pollutants of the list ({', '.join(of)}) and are not below 0; found {dict(emissions)}")
    return {name: -int(-(amount * of[name]) // 1) for name, amount in emissions.items()}


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a need is met, in the order of the rule: kg from each origin, and what nobody covers."""

    parts: tuple[tuple[Origin, int], ...]
    missing: int

    def of(self, origin: Origin) -> int:
        """The kg from one origin."""
        return dict(self.parts).get(origin, 0)


def draw(need: int, available: Mapping[Origin, int], order: Sequence[Origin] = ORIGINS) -> Drawn:
    """A need drawn in order: the firm's own voluntary cuts first (156/17/3), then the county's pool (17/1), then future cuts in advance (17/2).

    Errors: `BadInput` for a need or an availability below 0.

    >>> draw(40_000, {"own_cut": 12_000, "county_pool": 90_000})
    Drawn(parts=(('own_cut', 12000), ('county_pool', 28000)), missing=0)
    """
    if need < 0 or any(amount < 0 for amount in available.values()):
        raise BadInput(f"a need of {need} from {dict(available)}: nothing may be below 0")
    parts: list[tuple[Origin, int]] = []
    left = need
    for origin in order:
        given = min(left, available.get(origin, 0))
        if given:
            parts.append((origin, given))
            left -= given
    return Drawn(tuple(parts), left)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reduction comes from: its firm and county, what it is, when it is planned and verified, and kg planned and verified."""

    id: str
    firm: str
    county: str
    kind: Kind
    pollutant: str
    planned_kg: int
    planned_done: date
    verified_kg: int | None = None
    verified_on: date | None = None
    baseline_kg: int | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True)
class AdvanceRule:
    """Bounds of drawing in advance: the five-year plan's last day and the kinds of sources; with their clause."""

    clause: str
    planned_until: date
    kinds: tuple[Kind, ...]


def source_faults(source: Source, county: str, *, production: date | None, rule: AdvanceRule, used_by: str = "") -> list[Fault]:
    """Why a planned reduction may not be drawn on by a project of `county` that starts producing on `production`. All reasons at once.

    Another county's source needs the city's decision; the plan must be done within the five-year plan and before production.
    """
    faults = []
    if source.county != county and not source.decision:
        faults.append(Fault(source.id, "county", source.county, f"a source in {county}, or the city's decision on record", "156/17/1"))
    if source.kind not in rule.kinds:
        faults.append(Fault(source.id, "kind", source.kind, f"one of {', '.join(rule.kinds)}", rule.clause))
    if source.planned_done > rule.planned_until:
        faults.append(Fault(source.id, "planned_done", source.planned_done.isoformat(), f"{rule.planned_until} or before", rule.clause))
    if production is not None and source.planned_done >= production:
        faults.append(
            Fault(source.id, "planned_done", source.planned_done.isoformat(), f"before production starts on {production}", rule.clause)
        )
    if source.planned_kg <= 0 or (source.baseline_kg is not None and source.planned_kg > source.baseline_kg):
        faults.append(Fault(source.id, "planned_kg", str(source.planned_kg), f"above 0 and at most the permitted {source.baseline_kg} kg"))
    if used_by:
        faults.append(Fault(source.id, "source", f"used by {used_by}", "a source that no other project uses"))
    return faults


@dataclass(frozen=True, slots=True)
class Advance:
    """One drawing in advance: what was borrowed and what verified reductions have paid back, in kg of one pollutant."""

    project: str
    pollutant: str
    borrowed: int
    repaid: int

    @property
    def outstanding(self) -> int:
        """What is still owed; 0 once everything is paid back."""
        return max(0, self.borrowed - self.repaid)


def shortfall(promised: int, verified: int | None) -> int:
    """What a verified reduction lacks of what was drawn on it; before it is verified, all of it."""
    return promised if verified is None else max(0, promised - verified)


def may_start(advances: Iterable[Advance]) -> bool:
    """The gate of 156/17/2: no production while any advance is unrealised, however small.

    >>> may_start([Advance("P-1", "NOx", 10_000, 9_000)]), may_start([Advance("P-1", "NOx", 10_000, 10_000)])
    (False, True)
    """
    return all(one.outstanding == 0 for one in advances)


def county_balance(verified: int, used: int, reserved: int) -> int:
    """Σ verified − Σ used − Σ reserved. Errors: `BadInput` when it is below 0: the county has given away what it does not have."""
    left = verified - used - reserved
    if left < 0:
        raise BadInput(f"a county's balance of {verified} verified − {used} used − {reserved} reserved is {left} kg; it is never below 0")
    return left

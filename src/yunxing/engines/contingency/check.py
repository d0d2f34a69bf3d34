"""The independent checker: it reads the units, options and requirements as they were given and shares no code with what builds or solves the model.

Two readers of one law. `judged` reads a document in exact rationals. `verdict` reads the columns of a built problem. Both say the same (tests).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from yunxing.engines.contingency.problem import Ints, Problem

TOLERANCE = Fraction(1, 10**9)
FINE = 9  # more decimals than this are measurements, not counts: they are held to the tolerance


@dataclass(frozen=True, slots=True)
class Missed:
    """A requirement that does not hold: what it asks, what the plan gives, by how much it misses."""

    resource: str
    asked: Fraction
    given: Fraction
    side: str  # min or max

    @property
    def short(self) -> Fraction:
        """The amount missing or in excess."""
        return abs(self.asked - self.given)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found. A plan counts only when `holds`."""

    holds: bool
    objective: Fraction
    missed: tuple[Missed, ...] = ()
    faults: tuple[str, ...] = ()


def judged(document: Mapping[str, Any], chosen: Mapping[str, str]) -> Verdict:
    """The verdict on a plan (unit id → option id) from the document alone. Whole numbers and short decimals exactly, longer decimals to 1e-9."""
    faults: list[str] = []
    total = Fraction(0)
    sums: dict[str, Fraction] = {}
    rough: dict[str, Fraction] = {}
    known: set[str] = set()
    for unit in document["units"]:
        name = str(unit["id"])
        known.add(name)
        picked = [option for option in unit["options"] if str(option["id"]) == chosen.get(name)]
        if len(picked) != 1:
            faults.append(f"unit {name}: {chosen.get(name)!r} is not one of its options")
            continue
        total += _exact(picked[0]["value"])
        for resource, amount in picked[0].get("effect", {}).items():
            sums[resource] = sums.get(resource, Fraction(0)) + _exact(amount)
            rough[resource] = rough.get(resource, Fraction(0)) + abs(_exact(amount))
    faults += [f"unit {name} is not in the problem" for name in chosen if name not in known]
    fine = _fine_resources(document)
    missed = []
    for one in document.get("requirements", ()):
        given = sums.get(one["resource"], Fraction(0))
        for side, sign in (("min", 1), ("max", -1)):
            if one.get(side) is None:
                continue
            asked = _exact(one[side])
            allowed = (
                TOLERANCE * max(abs(asked), rough.get(one["resource"], Fraction(0)), Fraction(1))
                if one["resource"] in fine
                else Fraction(0)
            )
            if sign * (asked - given) > allowed:
                missed.append(Missed(one["resource"], asked, given, side))
    return Verdict(not faults and not missed, total, tuple(missed), tuple(faults))


def _fine_resources(document: Mapping[str, Any]) -> set[str]:
    """The resources with an amount of more than nine decimals."""
    fine = {one["resource"] for one in document.get("requirements", ()) if any(_is_fine(one.get(side)) for side in ("min", "max"))}
    for unit in document["units"]:
        for option in unit["options"]:
            fine.update(resource for resource, amount in option.get("effect", {}).items() if _is_fine(amount))
    return fine


def _is_fine(number: Any) -> bool:
    if number is None or isinstance(number, int):
        return False
    exponent = Decimal(str(number)).normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > FINE


def _exact(number: Any) -> Fraction:
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


def verdict(problem: Problem, choice: Ints) -> Verdict:
    """The verdict on a choice of options from the problem's columns: one option of its own for each unit, every bound, the value."""
    faults = []
    if len(choice) != len(problem.units):
        return Verdict(False, Fraction(0), (), (f"{len(choice)} options for {len(problem.units)} units",))
    outside = np.flatnonzero((choice < problem.first[:-1]) | (choice >= problem.first[1:]))
    if len(outside):
        faults.append(f"unit {problem.units[int(outside[0])]}: the option is not its own")
        return Verdict(False, Fraction(0), (), tuple(faults))
    entries = problem.effects.indptr
    sums = np.zeros(len(problem.resources))
    lengths = entries[choice + 1] - entries[choice]
    at = np.repeat(entries[choice] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(int(lengths.sum()))
    np.add.at(sums, problem.effects.indices[at], problem.effects.data[at])
    missed = []
    for row, given in enumerate(sums.tolist()):
        for side, bound, sign in (("min", problem.lower[row], 1), ("max", problem.upper[row], -1)):
            if np.isfinite(bound) and sign * (bound - given) > problem.slack[row]:
                scale = problem.scale[row]
                missed.append(Missed(problem.resources[row], Fraction(float(bound)) * scale, Fraction(given) * scale, side))
    return Verdict(not missed, problem.objective(choice), tuple(missed), ())

"""A choice among options in columns: exactly one option for each unit, and sums of their effects within the requirements.

The arrays are canonical: units and the options inside a unit are sorted by id, resources by (rank, id), each row of whole numbers is divided by its
greatest common divisor. So the same input in any order, or in other units, gives the same arrays, the same plan and the same digest.
Rows of whole numbers are held exactly: every partial sum stays below 2**53, where a float is an exact integer. Rows with more than nine decimals
(`whole` is false) are held to a relative 1e-9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

Sense = Literal["min", "max"]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
EXACT = 2**53
PLACES = 9
ROUGH = 1e-9


@dataclass(frozen=True)
class Problem:
    """What is to be chosen. `value` is always minimised; `value_scale` (negative for a maximum) turns it back into the problem's own units.

    `first[u]:first[u + 1]` are the options of unit u; `effects` has a row for each option and a column for each resource; `lower` and `upper` bound
    the sums, infinite where there is no bound. All amounts are multiples of `scale[r]`. Where not all can be kept, `ranks` says which row goes first (0).
    """

    sense: Sense
    units: tuple[str, ...]
    options: tuple[str, ...]
    first: Ints
    value: Floats
    value_scale: Fraction
    value_whole: bool
    resources: tuple[str, ...]
    scale: tuple[Fraction, ...]
    whole: Flags
    lower: Floats
    upper: Floats
    effects: sparse.csr_array
    ranks: Ints

    @cached_property
    def unit_of(self) -> Ints:
        """The unit of each option."""
        return np.repeat(np.arange(len(self.units)), np.diff(self.first))

    @cached_property
    def by_resource(self) -> sparse.csc_array:
        """The effects by resource."""
        return self.effects.tocsc()

    @cached_property
    def size(self) -> Floats:
        """How large each row is: the largest of its bounds and 1, for comparing shortfalls of unlike rows."""
        bounds = np.where(np.isfinite(self.lower), np.abs(self.lower), 0), np.where(np.isfinite(self.upper), np.abs(self.upper), 0)
        return np.maximum(np.maximum(*bounds), 1.0)

    @cached_property
    def slack(self) -> Floats:
        """What a row may lack and still hold: nothing for whole numbers, a relative 1e-9 otherwise."""
        top = np.zeros(len(self.resources))
        if self.effects.nnz:
            np.add.at(top, self.effects.indices, np.abs(self.effects.data))
        return np.where(self.whole, 0.0, ROUGH * np.maximum(self.size, np.minimum(top, 1e3 * self.size)))

    @cached_property
    def digest(self) -> str:
        """`sha256:…` over everything that a plan depends on, in canonical order."""
        taken = hashlib.sha256()
        for words in (self.units, self.options, self.resources):
            taken.update("\x1f".join(words).encode() + b"\x1e")
        matrix = self.effects
        for array in (
            self.first,
            self.value,
            self.lower,
            self.upper,
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int64),
            matrix.data,
            self.ranks,
        ):
            taken.update(np.ascontiguousarray(array).tobytes())
        return "sha256:" + taken.hexdigest()

    def objective(self, choice: Ints) -> Fraction:
        """The value of a choice (an option for each unit) in the problem's own units; exact for whole values."""
        return Fraction(float(self.value[choice].sum())) * self.value_scale

    def own(self, value: float) -> Fraction:
        """A minimised value or bound in the problem's own units."""
        return Fraction(value) * self.value_scale

    def activity(self, choice: Ints) -> Floats:
        """The sums of a choice by resource."""
        return np.asarray(self.effects[choice].sum(axis=0), dtype=np.float64).ravel()

    def shortfall(self, activity: Floats) -> Floats:
        """By how much each row misses its bounds; 0 where it holds."""
        missing: Floats = np.maximum(np.maximum(self.lower - activity, activity - self.upper), 0.0)
        return np.where(missing <= self.slack, 0.0, missing)

    def cheapest(self, cost: Floats) -> Ints:
        """The option of least `cost` for each unit; of equals the first by id."""
        least = np.minimum.reduceat(cost, self.first[:-1])
        hits = np.flatnonzero(cost == least[self.unit_of])
        _, at = np.unique(self.unit_of[hits], return_index=True)
        return np.asarray(hits[at], dtype=np.int64)


def plan_digest(problem: Problem, choice: Ints) -> str:
    """`sha256:…` over the chosen option of every unit."""
    words = "\x1f".join(f"{unit}\x1e{problem.options[option]}" for unit, option in zip(problem.units, choice.tolist(), strict=True))
    return "sha256:" + hashlib.sha256(words.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement before it is made canonical: the bounds of one resource, its rank when not all can be kept (0 is kept first),
    and whether a bound is fine: measured, with more than nine decimals.
    """

    resource: str
    least: Fraction | None = None
    most: Fraction | None = None
    rank: int = 0
    fine: bool = False


def build(
    sense: Sense,
    units: Sequence[str],
    counts: Ints,
    options: Sequence[str],
    values: npt.NDArray[Any],
    effects: tuple[Ints, Ints, npt.NDArray[Any]],
    rows: Sequence[Row],
) -> Problem:
    """The canonical problem. `counts[u]` options of unit u stand one after the other in `options` and `values`; `effects` are (option, row, amount).

    Numbers are integers (int64 arrays or object arrays of int) or Decimals. Every unit has an option; ids are unique.
    """
    owner = np.repeat(np.arange(len(units)), counts)
    unit_rank = _ranks(units)
    option_order = np.lexsort((_ranks(options), unit_rank[owner])) if len(options) else np.zeros(0, dtype=np.int64)
    unit_order = np.argsort(unit_rank, kind="stable")
    row_order = sorted(range(len(rows)), key=lambda at: (rows[at].rank, rows[at].resource))
    new_option, new_row = _inverse(option_order), _inverse(np.array(row_order, dtype=np.int64))
    at_option, at_row, amounts = effects
    data = np.zeros(len(amounts))
    scales, whole, lower, upper = [], np.ones(len(rows), dtype=np.bool_), np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
    by_row = np.argsort(at_row, kind="stable")
    edges = np.searchsorted(at_row[by_row], np.arange(len(rows) + 1))
    for old in row_order:
        mine, new = by_row[edges[old] : edges[old + 1]], int(new_row[old])
        data[mine], scale, whole[new] = scaled(amounts[mine])
        whole[new] = whole[new] and not rows[old].fine
        if not data[mine].any():
            scale = _common(rows[old])
        scales.append(scale)
        lower[new], upper[new] = _bounds(rows[old], scale, bool(whole[new]))
    value, value_scale, value_whole = scaled(values)
    matrix = sparse.csr_array((data, (new_option[at_option], new_row[at_row])), shape=(len(options), len(rows)))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    sign = 1 if sense == "min" else -1
    return Problem(
        sense, tuple(units[at] for at in unit_order.tolist()), tuple(options[at] for at in option_order.tolist()),
        np.concatenate([[0], np.cumsum(np.asarray(counts)[unit_order])]).astype(np.int64), sign * value[option_order] + 0.0, sign * value_scale, value_whole,
        tuple(rows[at].resource for at in row_order), tuple(scales), whole, lower, upper, matrix,
        np.array([rows[at].rank for at in row_order], dtype=np.int64),
    )  # fmt: skip


def _ranks(ids: Sequence[str]) -> Ints:
    """The place of each id in sorted order; equal ids share one."""
    if not len(ids):
        return np.zeros(0, dtype=np.int64)
    return np.unique(np.asarray(ids, dtype=object).astype(str), return_inverse=True)[1].astype(np.int64)


def _inverse(order: Ints) -> Ints:
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.arange(len(order))
    return found


def scaled(numbers: npt.NDArray[Any]) -> tuple[Floats, Fraction, bool]:
    """The numbers as whole multiples of one scale, exactly; or as plain floats with scale 1 and False when they need more than nine decimals or 2**53."""
    if numbers.dtype != object:
        total, divisor = (
            float(np.abs(numbers).astype(np.float64).sum()),
            int(np.gcd.reduce(numbers.astype(np.int64))) if len(numbers) else 0,
        )
        if total < EXACT:
            return numbers.astype(np.float64) / (divisor or 1), Fraction(divisor or 1), True
        numbers = numbers.astype(object)
    plain = numbers.tolist()
    places = max((max(0, -_exponent(one)) for one in plain if isinstance(one, Decimal)), default=0)
    if places <= PLACES:
        ten = 10**places
        wholes = [int(one * ten) for one in plain]
        divisor = gcd(*wholes) or 1
        if sum(map(abs, wholes)) // divisor < EXACT:
            return np.array([one // divisor for one in wholes], dtype=np.float64), Fraction(divisor, ten), True
    return np.array([float(one) for one in plain], dtype=np.float64), Fraction(1), False


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _common(row: Row) -> Fraction:
    """The scale of a row that nothing moves: what its bounds are both multiples of, so that they too are the same in any units; 1 without bounds."""
    one, two = row.least or Fraction(0), row.most or Fraction(0)
    return Fraction(gcd(one.numerator * two.denominator, two.numerator * one.denominator), one.denominator * two.denominator) or Fraction(1)


def _bounds(row: Row, scale: Fraction, whole: bool) -> tuple[float, float]:
    """The bounds in multiples of the scale: a minimum is rounded up and a maximum down, since only whole multiples occur."""
    least, most = -np.inf, np.inf
    if row.least is not None:
        least = float(-(-row.least // scale) if whole else row.least / scale)
    if row.most is not None:
        most = float(row.most // scale if whole else row.most / scale)
    return float(least), float(most)

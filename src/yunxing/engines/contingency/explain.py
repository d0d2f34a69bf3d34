"""What a plan cannot do, in words: which requirement is short by how much, what even all together could give, and what to relax."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from yunxing.engines.contingency.dual import reduced, signed
from yunxing.engines.contingency.problem import Floats, Ints, Problem


@dataclass(frozen=True, slots=True)
class Short:
    """A requirement that the best effort misses: what it asks, what the plan gives, and the furthest that any plan could go for this row alone."""

    resource: str
    side: str  # min or max
    asked: Fraction
    given: Fraction
    reachable: Fraction

    @property
    def short(self) -> Fraction:
        """What is missing (or in excess)."""
        return abs(self.asked - self.given)

    @property
    def alone(self) -> bool:
        """Whether the row cannot be kept even if it were the only one."""
        return self.reachable < self.asked if self.side == "min" else self.reachable > self.asked

    @property
    def relax_to(self) -> Fraction:
        """The bound with which the best effort would be a plan."""
        return self.given

    def words(self) -> str:
        """One sentence in Chinese, one in English."""
        zh = (
            f"{self.resource} 需{'不少于' if self.side == 'min' else '不超过'} {written(self.asked)}，最好的方案为 {written(self.given)}，"
            f"{'缺' if self.side == 'min' else '超'} {written(self.short)}"
        )
        zh += f"；即使只顾这一项，最多也只能到 {written(self.reachable)}" if self.alone else "；单独可以满足，与其他要求相互冲突"
        zh += f"。放宽到 {written(self.relax_to)} 即可成立。"
        en = (
            f" {self.resource} must be {'at least' if self.side == 'min' else 'at most'} {written(self.asked)}; the best effort gives {written(self.given)}, "
            f"{'short' if self.side == 'min' else 'over'} by {written(self.short)}"
        )
        en += (
            f"; even alone it cannot pass {written(self.reachable)}"
            if self.alone
            else "; alone it could hold, it conflicts with the others"
        )
        return zh + en + f". With {written(self.relax_to)} the plan would hold."


def shorts(problem: Problem, choice: Ints) -> list[Short]:
    """Every requirement that a choice misses, the first rank first."""
    activity = problem.activity(choice)
    missing = problem.shortfall(activity)
    found = []
    for row in np.flatnonzero(missing).tolist():
        up = activity[row] < problem.lower[row]
        scale = problem.scale[row]
        asked = problem.lower[row] if up else problem.upper[row]
        found.append(
            Short(
                problem.resources[row],
                "min" if up else "max",
                Fraction(float(asked)) * scale,
                Fraction(float(activity[row])) * scale,
                Fraction(furthest(problem, row, up=up)) * scale,
            )
        )
    return found


def furthest(problem: Problem, row: int, *, up: bool) -> float:
    """The largest (or smallest) sum of a row over all plans."""
    column = np.zeros(len(problem.options))
    entries = problem.by_resource[:, [row]]
    column[entries.indices] = entries.data
    edge = np.maximum.reduceat(column, problem.first[:-1]) if up else np.minimum.reduceat(column, problem.first[:-1])
    return float(edge.sum())


@dataclass(frozen=True, slots=True)
class Binding:
    """A requirement that holds the plan back: the worth of one more unit of it (its multiplier) and the unit that would be taken next."""

    resource: str
    worth: float
    next_unit: str
    next_option: str
    next_cost: float


def binding(problem: Problem, choice: Ints, y: Floats, most: int = 10) -> list[Binding]:
    """The requirements with a price, the dearest first, each with the change that a tighter bound would take next: 「再多 20 MW，只能动 …」."""
    if len(y) != len(problem.resources):
        return []
    y = signed(problem, y)
    cost = reduced(problem, y)
    found = []
    weight = np.abs(y) * problem.size
    for row in np.argsort(-weight, kind="stable")[:most].tolist():
        if y[row] == 0:
            continue
        column = np.zeros(len(problem.options))
        entries = problem.by_resource[:, [row]]
        column[entries.indices] = entries.data
        here = choice[problem.unit_of]
        progress = (column - column[here]) * (1 if y[row] > 0 else -1)
        useful = np.flatnonzero(progress > 0)
        if not len(useful):
            continue
        rate = (cost[useful] - cost[here[useful]]) / progress[useful]
        at = int(useful[np.argmin(rate)])
        price = float(problem.value_scale) * float(y[row]) / float(problem.scale[row])
        unit = int(problem.unit_of[at])
        found.append(
            Binding(
                problem.resources[row],
                price,
                problem.units[unit],
                problem.options[at],
                float(problem.own(problem.value[at] - problem.value[here[at]])),
            )
        )
    return found


def written(number: Fraction) -> str:
    """A number for a sentence: whole, or with at most four decimals."""
    if number.denominator == 1:
        return f"{number.numerator:,}"
    return f"{float(number):,.4f}".rstrip("0").rstrip(".")

"""The arrivals plan of the city's coal sites, rolled daily: a plan at once, a better one until the deadline, with a bound; and what it means in days of stock."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from yunxing.engines.contingency.coal import Coal, Course, columns_of, course, faults_of, greedy_trains, model, trains_of
from yunxing.engines.contingency.problem import Floats
from yunxing.io.solvers.solve import LinearAnswer, solve_linear


@dataclass(frozen=True)
class Supplied:
    """Trains by site, mine and day of loading, what follows from them, and what is proven."""

    coal: Coal
    trains: Floats
    course: Course
    answer: LinearAnswer

    @property
    def lowest_days(self) -> list[Fraction | None]:
        """By site the fewest days of stock at any day's end; None for a site that does not burn."""
        found: list[Fraction | None] = []
        for site, mean in enumerate(self.coal.mean.tolist()):
            found.append(Fraction(int(self.course.stock[site].min()), mean) if mean > 0 else None)
        return found


def supply(coal: Coal, *, seconds: float, gap: float = 0.01) -> Supplied:
    """The plan. A solver's plan counts only when the balance, computed day by day, and every capacity accept it."""

    def accept(x: Floats) -> tuple[Floats, float] | None:
        trains = trains_of(coal, x)
        return None if faults_of(coal, trains) else (trains, course(coal, trains).total)

    answer = solve_linear(model(coal), columns_of(coal, greedy_trains(coal)), accept, seconds=seconds, gap=gap)
    return Supplied(coal, answer.x, course(coal, answer.x), answer)

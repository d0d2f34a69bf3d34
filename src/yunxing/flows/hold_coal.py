"""The arrivals plan of the city's coal sites, rolled daily: a plan at once, a better one until the deadline, with a bound; and what it means in days of stock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from yunxing.engines.contingency.coal import Coal, Course, columns_of, course, faults_of, greedy_trains, model, trains_of
from yunxing.engines.contingency.coal_steady import columns_with, moved, pinned, steadied
from yunxing.engines.contingency.problem import Floats
from yunxing.engines.contingency.steady import most_of
from yunxing.io.solvers.solve import LinearAnswer, solve_linear


@dataclass(frozen=True)
class Announced:
    """Trains announced before, by site, mine and day of the plan at hand; the first `firm` days are committed."""

    trains: Floats
    firm: int


@dataclass(frozen=True)
class Supplied:
    """Trains by site, mine and day of loading, what follows from them, and what is proven; `dearer` is fen more than the best plan, for moving fewer trains."""

    coal: Coal
    trains: Floats
    course: Course
    answer: LinearAnswer
    dearer: float = 0.0

    @property
    def lowest_days(self) -> list[Fraction | None]:
        """By site the fewest days of stock at any day's end; None for a site that does not burn."""
        found: list[Fraction | None] = []
        for site, mean in enumerate(self.coal.mean.tolist()):
            found.append(Fraction(int(self.course.stock[site].min()), mean) if mean > 0 else None)
        return found


def supply(coal: Coal, *, seconds: float, gap: float = 0.01, before: Announced | None = None) -> Supplied:
    """The plan. A solver's plan counts only when the balance, computed day by day, and every capacity accept it.

    With trains announced before, the plan that moves the fewest of them among those dearer by at most a thousandth.
    """

    def accept(x: Floats) -> tuple[Floats, float] | None:
        trains = trains_of(coal, x)
        return None if faults_of(coal, trains) else (trains, course(coal, trains).total)

    linear, first = model(coal), greedy_trains(coal)
    if before is None:
        answer = solve_linear(linear, columns_of(coal, first), accept, seconds=seconds, gap=gap)
        return Supplied(coal, answer.x, course(coal, answer.x), answer)
    # what was announced, with later trains made to fit: often all that is needed, and else a plan to begin from
    same = solve_linear(pinned(coal, linear, before.trains), columns_of(coal, first), accept, seconds=0.15 * seconds, gap=gap).x
    answer = solve_linear(linear, columns_of(coal, same), accept, seconds=0.45 * seconds, gap=gap)
    return _steadied(Supplied(coal, answer.x, course(coal, answer.x), answer), before, same, 0.4 * seconds)


def _steadied(best: Supplied, before: Announced, same: Floats, seconds: float) -> Supplied:
    """The plan that moves the fewest announced trains; the proof of the cost stays that of the best, its gap counted from the cost taken."""
    from yunxing.engines.contingency.dual import gap_of

    coal, most = best.coal, most_of(best.course.total)

    def accept(x: Floats) -> tuple[Floats, float] | None:
        trains = trains_of(coal, x)
        fits = not faults_of(coal, trains) and course(coal, trains).total <= most
        return (trains, moved(coal, before.trains, trains, before.firm)) if fits else None

    start = same if course(coal, same).total <= most else best.trains
    first = columns_with(coal, before.trains, start)
    calm = solve_linear(steadied(coal, model(coal), before.trains, most, before.firm), first, accept, seconds=seconds, gap=0.0)
    done = course(coal, calm.x)
    gap = gap_of(done.total, best.answer.bound)
    proof = replace(best.answer, x=calm.x, objective=done.total, gap=gap, status="optimal" if gap <= 0 else "feasible")
    return Supplied(coal, calm.x, done, proof, done.total - best.course.total)

"""Problems, lines, users and sites for the tests of contingency, and the slow obvious reference: brute force in exact rationals."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from yunxing.engines.contingency.curtail import Law, Lines
from yunxing.engines.contingency.power import Day, Users
from yunxing.engines.contingency.problem import Ints, Problem

CUTS = {
    "B": {"yellow": (0, 10, 30), "orange": (0, 30, 50), "red": (0, 30, 50)},
    "C": {"yellow": (0, 30), "orange": (0, 50), "red": (30, 50, 100)},
    "D": {"yellow": (0, 50), "orange": (30, 50, 100), "red": (50, 100)},
}


def knapsack(count: int, rows: int, seed: int) -> dict[str, Any]:
    """A multi-dimensional knapsack in the manner of Chu and Beasley: half of all fits."""
    draw = random.Random(seed)
    weight = [[draw.randint(1, 1000) for _ in range(count)] for _ in range(rows)]
    worth = [sum(row[at] for row in weight) // rows + int(500 * draw.random()) for at in range(count)]
    units = [
        {
            "id": f"x{at}",
            "options": [{"id": "0", "value": 0}, {"id": "1", "value": worth[at], "effect": {f"r{n}": weight[n][at] for n in range(rows)}}],
        }
        for at in range(count)
    ]
    return {"sense": "max", "units": units, "requirements": [{"resource": f"r{n}", "max": sum(weight[n]) // 2} for n in range(rows)]}


def generalised_assignment(agents: int, jobs: int, seed: int) -> dict[str, Any]:
    """Type C: every job on one agent, agents of 80 % of the mean load."""
    draw = random.Random(seed)
    load = [[draw.randint(5, 25) for _ in range(jobs)] for _ in range(agents)]
    units = [
        {"id": f"j{j}", "options": [{"id": f"a{i}", "value": draw.randint(10, 50), "effect": {f"r{i}": load[i][j]}} for i in range(agents)]}
        for j in range(jobs)
    ]
    return {
        "sense": "min",
        "units": units,
        "requirements": [{"resource": f"r{i}", "max": 8 * sum(load[i]) // (10 * agents)} for i in range(agents)],
    }


def tight_assignment(agents: int, jobs: int, seed: int) -> dict[str, Any]:
    """Type D, the hard one: what costs little takes much."""
    draw = random.Random(seed)
    load = [[draw.randint(1, 100) for _ in range(jobs)] for _ in range(agents)]
    units = [
        {
            "id": f"j{j}",
            "options": [
                {"id": f"a{i}", "value": 111 - load[i][j] + draw.randint(-10, 10), "effect": {f"r{i}": load[i][j]}} for i in range(agents)
            ],
        }
        for j in range(jobs)
    ]
    return {
        "sense": "min",
        "units": units,
        "requirements": [{"resource": f"r{i}", "max": 8 * sum(load[i]) // (10 * agents)} for i in range(agents)],
    }


def assignment(count: int, seed: int) -> tuple[dict[str, Any], np.ndarray]:
    """Everyone on one place, every place taken once: equalities written as min = max. With the matrix for a reference."""
    cost = np.random.default_rng(seed).integers(1, 100, (count, count))
    units = [
        {"id": f"p{i}", "options": [{"id": f"t{j}", "value": int(cost[i, j]), "effect": {f"t{j}": 1}} for j in range(count)]}
        for i in range(count)
    ]
    return {"sense": "min", "units": units, "requirements": [{"resource": f"t{j}", "min": 1, "max": 1} for j in range(count)]}, cost


def brute(document: dict[str, Any]) -> tuple[Any, list[dict[str, str]]]:
    """The best value over all plans that keep every requirement (None for none), and all such plans."""
    sign = 1 if document["sense"] == "min" else -1
    best, good = None, []
    for choice in itertools.product(*[unit["options"] for unit in document["units"]]):
        sums: dict[str, Fraction] = {}
        for option in choice:
            for resource, amount in option.get("effect", {}).items():
                sums[resource] = sums.get(resource, Fraction(0)) + Fraction(str(amount))
        held = all(
            (one.get("min") is None or sums.get(one["resource"], Fraction(0)) >= Fraction(str(one["min"])))
            and (one.get("max") is None or sums.get(one["resource"], Fraction(0)) <= Fraction(str(one["max"])))
            for one in document["requirements"]
        )
        if held:
            value = sum((Fraction(str(option["value"])) for option in choice), Fraction(0))
            good.append({str(unit["id"]): str(option["id"]) for unit, option in zip(document["units"], choice, strict=True)})
            best = value if best is None or sign * value < sign * best else best
    return best, good


def choices(problem: Problem) -> list[Ints]:
    """All choices of a small problem, one option a unit."""
    spans = [range(int(first), int(last)) for first, last in itertools.pairwise(problem.first.tolist())]
    return [np.array(one, dtype=np.int64) for one in itertools.product(*spans)]


numbers = st.one_of(st.integers(-40, 60), st.integers(-400, 600).map(lambda n: n / 10))


@st.composite
def small_documents(draw: Any) -> dict[str, Any]:
    """Problems of at most twelve options, with negative values, decimals, empty effects, equalities and none at all."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    resources = ["a", "b", "c"][: draw(st.integers(0, 3))]
    units = []
    for at, size in enumerate(sizes):
        options = []
        for n in range(size):
            effect = {name: draw(numbers) for name in resources if draw(st.booleans())}
            options.append({"id": f"o{n}", "value": draw(numbers), "effect": effect})
        units.append({"id": f"u{at}", "options": options})
    touched = sorted({name for unit in units for option in unit["options"] for name in option["effect"]})
    requirements = []
    for name in touched:
        low, high = sorted([draw(numbers), draw(numbers)])
        kind = draw(st.sampled_from(["min", "max", "both", "equal", "none"]))
        if kind == "equal":
            units_of = [option["effect"].get(name, 0) for unit in units for option in unit["options"]]
            low = high = draw(st.sampled_from(units_of))
        bounds = {
            "min": {"min": low},
            "max": {"max": high},
            "both": {"min": low, "max": high},
            "equal": {"min": low, "max": low},
            "none": None,
        }[kind]
        if bounds is not None:
            requirements.append({"resource": name, **bounds})
    return {"sense": draw(st.sampled_from(["min", "max"])), "units": units, "requirements": requirements}


def shuffled(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same problem with units, options, effects and requirements in another order."""
    draw = random.Random(seed)

    def mixed(items: list[Any]) -> list[Any]:
        return draw.sample(items, len(items))

    units = [
        {"id": u["id"], "options": [{**o, "effect": dict(mixed(list(o.get("effect", {}).items())))} for o in mixed(u["options"])]}
        for u in mixed(document["units"])
    ]
    return {"requirements": mixed(document["requirements"]), "units": units, "sense": document["sense"]}


def some_lines(firms: int = 12, seed: int = 1) -> Lines:
    """Lines of every grade in three counties; the first firm protected, the second with a guaranteed load."""
    draw = np.random.default_rng(seed)
    base = np.stack([draw.integers(200, 4000, firms), draw.integers(500, 9000, firms)], axis=1)
    return Lines(
        [f"F{n:03d}" for n in range(firms)], ["1"] * firms, [f"K{n % 3}" for n in range(firms)], [str(24 + n % 2) for n in range(firms)],
        [("A", "B", "C", "D", "lead")[n % 5] for n in range(firms)], base.astype(np.int64), draw.integers(10**6, 9 * 10**7, firms).astype(np.int64),
        np.array([-1 if n != 1 else 70 for n in range(firms)], dtype=np.int64), ["保障" if n == 0 else "" for n in range(firms)],
    )  # fmt: skip


def some_law(lines: Lines, **more: Any) -> Law:
    """Three levels, two pollutants, shares that the grades can reach."""
    society = lines.base.sum(axis=0)
    shares = {"yellow": Fraction(5, 100), "orange": Fraction(10, 100), "red": Fraction(15, 100)}
    settings = {"spread": None, "fair_on": "nox", "same_in_group": False, **more}
    return Law(
        ("yellow", "orange", "red"),
        ("so2", "nox"),
        society,
        shares,
        CUTS,
        frozenset({"A", "lead"}),
        {"yellow": 6, "orange": 4, "red": 1},
        **settings,
    )


def some_users(count: int = 30, seed: int = 1, feeders: int = 4) -> Users:
    """Users with something to shift and to avoid; the first protected, the second needing a day's notice."""
    draw = np.random.default_rng(seed)
    load = draw.integers(100, 3000, count)
    safety = load * draw.integers(5, 30, count) // 100
    spare = load - safety
    notice = np.full(count, 60, dtype=np.int64)
    notice[1] = 10_000
    return Users(
        [f"U{n:03d}" for n in range(count)], ["1"] * count, [f"K{n % 3}" for n in range(count)], [f"L{n % feeders}" for n in range(count)], load,
        spare * draw.integers(0, 30, count) // 100, spare * draw.integers(10, 60, count) // 100, safety, draw.integers(50, 900, count), notice,
        ["医院"] + [""] * (count - 1),
    )  # fmt: skip


def some_day(users: Users, gap: float, blocks: int = 24, *, feeders: bool = False) -> Day:
    """A day whose demand peaks in the evening, short by `gap` of its peak in the hours 17 to 21."""
    peak = int(users.load.sum())
    shape = np.full(blocks, 70, dtype=np.int64)
    per = blocks // 24
    shape[17 * per : 21 * per] = 100
    demand = peak * shape // 100
    supply = np.full(blocks, int(peak * (1 - gap)), dtype=np.int64)
    names = tuple(sorted(set(users.feeder)))
    load = np.zeros((len(names), blocks), dtype=np.int64)
    for name, one in zip(users.feeder, users.load.tolist(), strict=True):
        load[names.index(name)] += one * shape // 100
    limit = load.max(axis=1) * (97 if feeders else 120) // 100
    windows = ((16 * per, 19 * per), (18 * per, 22 * per), (16 * per, 22 * per))
    return Day(demand, supply, Fraction(24, blocks), windows, names, load, limit)

"""Arrivals and lending of coal: gathered, lent, planned, told in days of stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from yunxing.engines.contingency.coal import Coal, Loan, days_of, lend, model
from yunxing.flows.contingency_inputs import Stocked, coal_inputs
from yunxing.flows.hold_coal import Supplied, supply
from yunxing.flows.plan_changes import announced, coal_changes
from yunxing.flows.plan_proof import Progress, millionths, quiet, sealed
from yunxing.packs.contingency import Contingency, days
from yunxing.values.digest import digest


def hold_coal(
    home: Path,
    connection: Any,
    rules: Contingency,
    asked: Mapping[str, Any],
    day: date,
    floor: Fraction,
    progress: Progress = quiet,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Arrivals and lending. `asked`: `cut` (percent of trains that do not come), `cold` (percent of usual use), `seconds`."""
    progress("reading")
    cut, cold = Fraction(str(asked.get("cut", 0))) / 100, Fraction(str(asked.get("cold", 100))) / 100
    given = coal_inputs(home, connection, rules, day, floor, cut=cut, cold=cold)
    progress("solving")
    loans = loans_of(given, rules)
    coal = lent(given.coal, loans)
    trains = announced(before, coal, given.day, days(rules.coal.committed)) if before else None
    done = supply(coal, seconds=float(asked.get("seconds") or rules.coal.seconds), gap=0.01, before=trains)
    found = coal_result(given, done, loans, rules, floor)
    if trains is not None:
        found["changes"] = coal_changes(coal, trains, done.trains, given.names, found["mines"], int(done.dearer))
    return sealed(found)


def loans_of(given: Stocked, rules: Contingency) -> list[Loan]:
    """Who lends to whom today, so that the floor holds until the first train can come."""
    coal = given.coal
    until = [floor + int(lag) + 1 for floor, lag in zip(coal.floor, coal.travel.min(axis=1), strict=True)]
    return lend(
        list(coal.sites), coal.stock.tolist(), coal.mean.tolist(), until, list(given.counties), rich=Fraction(days(rules.coal.rich))
    )


def lent(coal: Coal, loans: Sequence[Loan]) -> Coal:
    """The sites after the loans."""
    stock, place = coal.stock.copy(), {site: at for at, site in enumerate(coal.sites)}
    for one in loans:
        stock[place[one.lender]] -= one.kilograms
        stock[place[one.borrower]] += one.kilograms
    return replace(coal, stock=stock, yard=np.maximum(coal.yard, stock))


def coal_result(given: Stocked, done: Supplied, loans: Sequence[Loan], rules: Contingency, floor: Fraction) -> dict[str, Any]:
    """The result: by site days of stock now, at their fewest, after ten and thirty days; trains by day; loans; the city's days as Σ stock ÷ Σ use."""
    coal, course = given.coal, done.course
    committed = days(rules.coal.committed)
    sites: list[dict[str, Any]] = []
    for at, site in enumerate(coal.sites):
        mean = max(1, int(coal.mean[at]))
        stocks = [int(one) for one in course.stock[at]]
        below = next((n + 1 for n, one in enumerate(stocks) if one < coal.keep[at]), None)
        sites.append(
            {
                "party": site, "name": given.names[at], "unit": given.counties[at], "stock": int(coal.stock[at]), "mean": mean, "floor": str(coal.floor[at]),
                "days": int(coal.stock[at]) * 100 // mean, "lowest": min(stocks) * 100 // mean, "day10": stocks[min(9, len(stocks) - 1)] * 100 // mean,
                "day30": stocks[min(29, len(stocks) - 1)] * 100 // mean, "below_on": below, "unmet": int(course.unmet[at].sum()), "carried": site in given.carried,
                "course": [one * 100 // mean for one in stocks],
            }
        )  # fmt: skip
    trains = [
        {"day": d + 1, "party": coal.sites[s], "name": given.names[s], "unit": given.counties[s], "mine": coal.mines[m], "trains": round(float(done.trains[s, m, d])),
         "arrives": d + 1 + int(coal.travel[s, m]), "committed": d < committed}
        for d in range(coal.near) for s in range(len(coal.sites)) for m in range(len(coal.mines)) if done.trains[s, m, d] > 0.5
    ]  # fmt: skip
    city = days_of(int(coal.stock.sum()), int(coal.mean.sum()))
    names = dict(zip(coal.sites, given.names, strict=True))
    answer = done.answer
    return {
        "kind": "coal",
        "day": given.day.isoformat(),
        "floor": str(floor),
        "city_days": int((city or Fraction(0)) * 100),
        "rows": sites,
        "trains": trains,
        "mines": {one.id: one.title for one in rules.coal.mine},
        "loans": [
            {"lender": one.lender, "lender_name": names[one.lender], "borrower": one.borrower, "borrower_name": names[one.borrower],
             "kilograms": one.kilograms, "lender_days": int(one.lender_days * 100), "borrower_days": int(one.borrower_days * 100)}
            for one in loans
        ],
        "freight": int(course.freight),
        "counties": [],
        "proof": {
            "status": answer.status, "gap": millionths(answer.gap), "objective": int(answer.objective), "bound": int(answer.bound), "bound_by": answer.bound_by,
            "solver": answer.solver, "milliseconds": int(answer.seconds * 1000), "cut_by": answer.cut_by, "method": answer.method,
            "input_hash": _linear_digest(done), "plan_hash": digest([[one["day"], one["party"], one["mine"], one["trains"]] for one in trains]),
        },
        "verdict": {"holds": not any(one["below_on"] for one in sites), "faults": []},
        "short": [
            {"words": f"{one['name']}：第 {one['below_on']} 日低于 {one['floor']} 天，最低 {one['lowest'] / 100:.2f} 天。"} for one in sites if one["below_on"]
        ],
    }  # fmt: skip


def _linear_digest(done: Supplied) -> str:
    return model(done.coal).digest

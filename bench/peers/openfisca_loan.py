"""The loan discount of `bench/entitlements.py` in OpenFisca-Core, as its users write rules. Run by that case where OpenFisca-Core is installed.

It imports nothing of this project: OpenFisca-Core is AGPL and lives in an environment of its own (OPENFISCA_PYTHON names its interpreter). One JSON
line for OpenFisca as it is shipped (float32) and one for the same with 64-bit numbers: seconds of one case with its trace, seconds of a bulk run, the
memory of the process after it, amounts that differ from exact whole-number arithmetic, and rows with an unknown input, which OpenFisca answers as if it were 0 or no.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable, config

PERIOD = "2022-08"
YEAR_1970 = np.datetime64("1970-01-01")
STARTS = [18647, 18981, 19012, 19226, 19528, 19590, 19926, 20017]
RATES = [385, 380, 370, 365, 355, 345, 335, 310]  # 0.01 %
SHARE, CEILING = 35, 2_000_000_000  # percent; fen
LOAN = build_entity(key="loan", plural="loans", label="a loan", is_person=True)


def variable(name: str, kind: type, formula: Any = None) -> type[Variable]:
    """A variable of a loan, monthly, as OpenFisca wants it: a class."""
    body = {"value_type": kind, "entity": LOAN, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), body | ({"formula": formula} if formula else {}))


def days(loan: Any, period: Any) -> Any:
    """Days of interest."""
    return np.minimum(loan("loan_to", period), loan("as_of", period)) - loan("loan_from", period)


def discount(loan: Any, period: Any) -> Any:
    """The discount by the formula, in yuan, rounded to the fen."""
    place = np.searchsorted(STARTS, loan("notice_on", period), side="right") - 1
    rate = np.array(RATES)[place] / 10_000
    return np.floor(loan("principal", period) * loan("days", period) * rate * SHARE / 100 / 360 * 100 + 0.5) / 100


def amount(loan: Any, period: Any) -> Any:
    """The amount in yuan where every condition holds."""
    left = np.maximum(CEILING / 100 - loan("earlier", period), 0)
    least = np.minimum(np.minimum(loan("discount", period), loan("interest", period)), left)
    held = loan("renovation", period) * loan("major", period) * (loan("loan_from", period) <= loan("as_of", period))
    return held * np.logical_not(loan("other", period)) * least


def system() -> TaxBenefitSystem:
    """The rule as a tax and benefit system."""
    found = TaxBenefitSystem([LOAN])
    for name in ("principal", "interest", "earlier"):
        found.add_variable(variable(name, float))
    for name in ("loan_from", "loan_to", "notice_on", "as_of"):
        found.add_variable(variable(name, int))
    for name in ("renovation", "major", "other"):
        found.add_variable(variable(name, bool))
    found.add_variable(variable("days", int, days))
    found.add_variable(variable("discount", float, discount))
    found.add_variable(variable("amount", float, amount))
    return found


def rows(number: int) -> dict[str, Any]:
    """The loans of the case: money in fen, days since 1970-01-01; `_unknown` where an input was not reported."""
    i = np.arange(number, dtype=np.int64)
    day = lambda text: int((np.datetime64(text) - YEAR_1970).astype(int))  # noqa: E731
    return {
        "principal": i * 7_919_000_003 % (2 * 10**12),
        "interest": i * 1_000_003 % (5 * 10**9) * (i % 11 != 0),  # not reported: OpenFisca knows 0 alone
        "earlier": i % 3 * 10**8,
        "loan_from": day("2021-06-01") + i % 700,
        "loan_to": day("2021-06-01") + i % 700 + 365,
        "notice_on": day("2022-01-25") + i % 300,
        "as_of": np.full(number, day("2022-12-31")),
        "renovation": i % 5 != 0,
        "major": (i % 3 != 0) & (i % 7 != 0),  # not reported: OpenFisca knows False alone
        "other": i % 13 == 0,
        "_unknown": (i % 11 == 0) | (i % 7 == 0),
    }


def exact(given: dict[str, Any]) -> Any:
    """The amounts in whole fen; −1 where an input is unknown."""
    span = np.minimum(given["loan_to"], given["as_of"]) - given["loan_from"]
    rate = np.array(RATES, dtype=np.int64)[np.searchsorted(STARTS, given["notice_on"], side="right") - 1]
    top, below = given["principal"] * np.maximum(span, 0), 360 * 10_000 * 100
    # rate and share taken out by their common divisor, so that the product stays in int64
    number = top * (rate // 5) * (SHARE // 5)
    by = np.minimum((number + below // 50) // (below // 25), np.minimum(given["interest"], np.maximum(CEILING - given["earlier"], 0)))
    held = given["renovation"] & given["major"] & (given["loan_from"] <= given["as_of"]) & ~given["other"]
    return np.where(given["_unknown"], -1, np.where(held, by, 0))


def bulk(the_system: TaxBenefitSystem, given: dict[str, Any]) -> tuple[float, Any]:
    """Seconds and the amounts of many loans at once, without a trace."""
    start = time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(the_system, count=len(given["_unknown"]))
    for name, values in given.items():
        if not name.startswith("_"):
            simulation.set_input(name, PERIOD, values / 100 if name in ("principal", "interest", "earlier") else values)
    found = simulation.calculate("amount", PERIOD)
    return time.perf_counter() - start, found


def one(the_system: TaxBenefitSystem, given: dict[str, Any], at: int = 1) -> float:
    """Seconds of one loan, from its inputs to the amount with the trace: the shortest of several."""
    person = {}
    for name, values in given.items():
        if not name.startswith("_"):
            value = values[at].item()
            person[name] = {PERIOD: value / 100 if name in ("principal", "interest", "earlier") else value}
    best = float("inf")
    for _ in range(30):
        start = time.perf_counter()
        simulation = SimulationBuilder().build_from_entities(the_system, {"loans": {"one": person}})
        simulation.trace = True
        simulation.calculate("amount", PERIOD)
        simulation.tracer.computation_log.lines()
        best = min(best, time.perf_counter() - start)
    return best


def measured(bits: int, number: int) -> dict[str, Any]:
    """One way of running it."""
    if bits == 64:
        config.VALUE_TYPES[float]["dtype"] = np.float64
        config.VALUE_TYPES[int]["dtype"] = np.int64
    the_system, given = system(), rows(number)
    seconds, found = bulk(the_system, given)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    right = exact(given)
    fen = np.rint(found.astype(np.float64) * 100).astype(np.int64)
    known = right >= 0
    return {
        "version": version("openfisca-core"),
        "as": "as shipped" if bits == 32 else "patched to 64 bits",
        "one": one(the_system, given),
        "bulk": seconds,
        "rows": number,
        "memory": memory,
        "wrong": int((fen[known] != right[known]).sum()),
        "unknown": int((~known).sum()),
        "fen": int(right[known].sum()),
    }


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measured(int(sys.argv[2]), int(sys.argv[1]))))
    else:
        for bits in ("32", "64"):
            subprocess.run([sys.executable, __file__, sys.argv[1] if len(sys.argv) > 1 else "1000000", bits], check=True)

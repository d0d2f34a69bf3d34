"""A problem in a file, solved in a process of its own, and the answer as a document that says what is proven."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from yunxing.engines.contingency.check import judged
from yunxing.engines.contingency.document import chosen_of, problem_of, read_document
from yunxing.engines.contingency.explain import shorts
from yunxing.engines.contingency.problem import Problem, plan_digest
from yunxing.io.solvers.solve import Answer, solve
from yunxing.values.errors import BadInput


def solve_document(path: Path, *, seconds: float, gap: float = 0.0, memory: int, started: float | None = None) -> dict[str, Any]:
    """The plan for the problem in a file. Errors: BadInput with every fault of the file."""
    document = read_document(path)
    problem = problem_of(document, str(path))
    answer = solve(problem, seconds=seconds, gap=gap, memory=memory, started=started)
    return plan_of(document, problem, answer)


def plan_of(document: dict[str, Any], problem: Problem, answer: Answer) -> dict[str, Any]:
    """The answer as a document; a plan that the checker of the document itself refuses is never called feasible."""
    chosen = chosen_of(problem, answer.choice)
    found = judged(document, chosen) if chosen or not problem.units else None
    holds = found is not None and found.holds
    if answer.status in ("optimal", "feasible") and not holds:
        raise BadInput(f"the plan does not stand before the checker: {found}")  # unreachable while both readers agree
    feasible = answer.status in ("optimal", "feasible")
    worth = 1.0 if answer.status == "infeasible" else float(problem.value_scale)  # what proves that there is no plan has no value in it
    return {
        "status": answer.status,
        "sense": problem.sense,
        "objective": number(found.objective) if found is not None else None,
        "bound": number(problem.own(answer.bound)) if abs(answer.bound) < 1e300 else None,
        "gap": answer.gap if feasible and answer.gap < 1e300 else None,
        "seconds": round(answer.seconds, 3),
        "choice": chosen,
        "units": len(problem.units),
        "bound_by": answer.bound_by,
        "multipliers": {
            problem.resources[at]: float(value / float(problem.scale[at]) * worth)
            for at, value in enumerate(answer.multipliers.tolist())
            if value
        },
        "short": [
            {
                "resource": one.resource,
                "side": one.side,
                "asked": number(one.asked),
                "given": number(one.given),
                "short": number(one.short),
                "reachable": number(one.reachable),
                "words": one.words(),
            }
            for one in (shorts(problem, answer.choice) if len(answer.choice) == len(problem.units) and not feasible else [])
        ],
        "solver": answer.solver,
        "method": answer.method,
        "cut_by": answer.cut_by,
        "first_plan_seconds": round(answer.first_seconds, 3) if feasible else None,
        "input_hash": problem.digest,
        "plan_hash": plan_digest(problem, answer.choice) if len(answer.choice) == len(problem.units) else None,
        "notes": list(answer.notes),
    }


def number(value: Fraction) -> int | float:
    """A rational as JSON has it: whole where it is."""
    return value.numerator if value.denominator == 1 else float(value)

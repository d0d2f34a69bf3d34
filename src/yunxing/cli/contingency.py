"""`yunxing contingency …`: solve a problem of options and requirements, with a proven bound; compile and replay the plans of a pack."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from yunxing.cli.context import JsonOption, emit
from yunxing.values.errors import BadInput, DoesNotHold

app = typer.Typer(no_args_is_help=True)


@app.command()
def solve(
    problem: Annotated[Path, typer.Argument(help="PROBLEM.json: sense, units with options, requirements")],
    *,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="PLAN.json to write; default standard output")] = None,
    seconds: Annotated[float, typer.Option(help="the deadline; the best plan by then is written, never none")] = 30.0,
    gap: Annotated[float, typer.Option(help="stop when the proven relative gap is at most this, such as 0.001")] = 0.0,
    memory: Annotated[int, typer.Option(help="what a solver may hold, in MiB")] = 3072,
    json: JsonOption = False,
) -> None:
    """Choose one option for each unit so that every requirement holds and the value is best. Exit 1 when no plan holds: the best effort is written."""
    from yunxing.flows.solve_document import solve_document

    if not 0 < seconds <= 86_400:
        raise BadInput(f"--seconds: found {seconds}, expected more than 0 and at most 86400.")
    if not 0 <= gap < 1:
        raise BadInput(f"--gap: found {gap}, expected 0 up to 1, such as 0.001 for 0.1 %.")
    if memory < 256:
        raise BadInput(f"--memory: found {memory}, expected at least 256 MiB.")
    plan = solve_document(problem, seconds=seconds, gap=gap, memory=memory * 2**20, started=_begun())
    if out is not None:
        from yunxing.io.files import write_atomic

        write_atomic(out, _text(plan))
    shown: dict[str, Any] = plan if out is None else {key: value for key, value in plan.items() if key != "choice"}
    emit(shown, as_json=json or out is None, lines=told(plan))
    if plan["status"] in ("infeasible", "unknown"):
        raise DoesNotHold(
            "\n".join(
                [
                    "没有满足全部要求的方案 no plan keeps every requirement"
                    if plan["status"] == "infeasible"
                    else "时限内没有找到满足全部要求的方案 no plan that keeps every requirement was found in time",
                    *[one["words"] for one in plan["short"]],
                ]
            )
        )


def _begun() -> float:
    """When the command began, so that the deadline counts what was spent on reading."""
    return time.monotonic()


def _text(plan: dict[str, Any]) -> bytes:
    import json as json_module

    return (json_module.dumps(plan, ensure_ascii=False, indent=1) + "\n").encode()


def told(plan: dict[str, Any]) -> list[str]:
    """The plan for a person."""
    gap = "—" if plan["gap"] is None else f"{100 * plan['gap']:.4f} %"
    return [
        f"{plan['status']} · 目标值 objective {plan['objective']} · 界 bound {plan['bound']} ({plan['bound_by']}) · 差距 gap {gap}",
        f"{plan['units']} units · {plan['seconds']:.2f} s · {plan['solver']} · {plan['method']} · {plan['cut_by']}",
        plan["plan_hash"],
        *plan["notes"],
    ]

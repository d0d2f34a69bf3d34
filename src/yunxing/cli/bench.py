"""`yunxing bench [NAME]`: time the cases of `bench/`. They stand in the repository, not in the wheel: a measurement needs its own tree beside it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from yunxing.cli.context import JsonOption, emit
from yunxing.values.errors import BadInput, nearest

CASES = Path(__file__).resolve().parents[3] / "bench"


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(bench)


def bench(
    name: Annotated[str | None, typer.Argument(help="one case; default all, one after the other")] = None,
    as_json: JsonOption = False,
) -> None:
    """Time the benchmark cases beside their peers; each prints its own figures."""
    cases = {path.stem: path for path in sorted(CASES.glob("*.py"))}
    if not cases:
        raise BadInput(f"{CASES}: found no benchmark cases, expected a checkout of the source (the wheel does not carry them).")
    if name is not None and name not in cases:
        near = nearest(name, cases)
        raise BadInput(f"bench: found {name!r}, expected one of {', '.join(cases)}." + (f" Did you mean {near!r}?" if near else ""))
    results = []
    for case in [name] if name else list(cases):
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, str(cases[case])], capture_output=True, text=True, check=False)
        taken = f"{time.perf_counter() - begun:.1f}"
        results.append({"case": case, "exit": done.returncode, "seconds": taken, "lines": done.stdout.splitlines(), "errors": done.stderr})
        if not as_json:
            emit({}, as_json=False, lines=[f"== {case} ({taken} s)", *done.stdout.splitlines(), *done.stderr.splitlines()])
    if as_json:
        emit({"cases": results}, as_json=True)
    if any(one["exit"] for one in results):
        raise typer.Exit(1)

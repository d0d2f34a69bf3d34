"""Plans when coal, power or clean air is short: gather, solve, check, and tell the result as one document that pages, sheets and cases read.

A result holds whole numbers and words only, so that it has a digest: money in fen, loads in kW, weights in grams or kilograms, shares in millionths.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from yunxing.flows.coal_result import hold_coal
from yunxing.flows.compile_list import compile_list
from yunxing.flows.plan_proof import Progress, quiet
from yunxing.flows.power_result import hold_power
from yunxing.io.solvers.workers import standing_by
from yunxing.packs.contingency import Contingency, days
from yunxing.values.errors import BadInput


def hold(
    home: Path,
    connection: Any,
    rules: Contingency,
    kind: str,
    asked: Mapping[str, Any],
    day: date,
    *,
    floor: Fraction,
    progress: Progress = quiet,
    before: Mapping[str, Any] | None = None,
    kept: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The result of a scenario of a kind (pollution, power, coal). `asked` is what the form gave; `floor` the plan's days of coal.

    `before` is the result in force, of the same kind: the plan then changes as little of it as it can, and says what and why (`changes`).
    `kept` holds what several scenarios held at one time read alike (the same home and day); a dictionary that begins empty.
    """
    with standing_by():  # the solver's process begins while the inputs are read
        return _held(home, connection, rules, kind, asked, day, floor, progress, before, kept)


def _held(
    home: Path,
    connection: Any,
    rules: Contingency,
    kind: str,
    asked: Mapping[str, Any],
    day: date,
    floor: Fraction,
    progress: Progress,
    before: Mapping[str, Any] | None,
    kept: dict[str, Any] | None,
) -> dict[str, Any]:
    if before is not None and before["kind"] != kind:
        raise BadInput(f"the plan to begin from: found one of kind {before['kind']!r}, expected {kind!r}.")
    if kind == "pollution":
        return compile_list(home, connection, rules, asked, day, progress, before, kept)
    if kind == "power":
        return hold_power(home, connection, rules, asked, day, progress, before, kept)
    if kind == "coal":
        return hold_coal(home, connection, rules, asked, day, floor, progress, before)
    raise BadInput(f"the kind of a scenario: found {kind!r}, expected pollution, power or coal.")


def floor_of(pack: Any, rules: Contingency) -> Fraction:
    """The plan's days of coal, from the commitment that the pack names."""
    found = next((one for one in pack.commitments if one.id == rules.coal.commitment), None)
    if found is None:
        raise BadInput(f"the commitment {rules.coal.commitment!r}: found none, expected one of commitments.toml.")
    return Fraction(days(found.value))

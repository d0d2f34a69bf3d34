"""The latent detector on files: series and yearly targets in, after each month the probability of missing the target out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yunxing.engines.forecast.shortfall import Outlook, Progress, Promise, outlooks
from yunxing.engines.forecast.timeline import Line
from yunxing.io.forecast_files import read_lines, read_targets, write_rows
from yunxing.values.errors import BadInput, Fault

HEADER = ("series", "year", "origin", "prob", "reached", "expected", "needed_a_month", "pace_a_month")


def detect_latent(source: Path, targets: Path, out: Path, *, progress: Progress = lambda _done, _total: None) -> list[Outlook]:
    """Write, for every target and every month from March to November that the series knows, the probability of missing it.

    Errors: `BadInput` for a faulty file, a target of an unknown series, or a series that is not reported month by month. Nothing is written then.
    """
    lines = read_lines(source)
    wanted = read_targets(targets)
    faults = [
        Fault(str(targets), f"line {number}", repr(name), f"a series of {source.name}")
        for number, name, _, _ in wanted
        if name not in lines
    ]
    asked = {name for _, name, _, _ in wanted} & lines.keys()
    faults += [
        Fault(str(source), f"series {name}", f"reported by {lines[name].way}", "single months, January and February apart", fix="give the months themselves")
        for name in sorted(asked) if lines[name].way != "month"
    ]  # fmt: skip
    if faults:
        raise BadInput.from_faults(faults)
    found = outlooks(_months(lines), [Promise(name, year, target) for _, name, year, target in wanted], progress=progress)
    write_rows(out, HEADER, (_row(one) for one in found))
    return found


def _months(lines: Mapping[str, Line]) -> dict[str, tuple[int, tuple[float, ...]]]:
    return {name: (line.first, line.values) for name, line in lines.items()}


def _row(one: Outlook) -> tuple[object, ...]:
    head = (one.promise.series, one.promise.year, one.month, f"{one.missing:.6f}")
    return (*head, one.reached, one.expected, one.needed, one.pace)

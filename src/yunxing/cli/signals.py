"""`yunxing signals …`: run a detector on a file of series."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yunxing.cli.context import JsonOption, emit
from yunxing.values.errors import BadInput

app = typer.Typer(no_args_is_help=True)


class Kind(StrEnum):
    """The detectors: two score the months of plain series, the third says after each month how likely a yearly target is missed."""

    incipient = "incipient"
    trend = "trend"
    latent = "latent"


@app.callback()
def signals() -> None:
    """Detectors of early signs, on any file of series."""


@app.command()
def detect(
    kind: Annotated[
        Kind,
        typer.Argument(
            help="incipient: the first abnormal month; trend: decline ahead of the headline; latent: a yearly target will be missed"
        ),
    ],
    series: Annotated[Path, typer.Argument(help="CSV with the columns series, month, value; .gz is read too")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="the scores: series, month, score and what they rest on")],
    records: Annotated[Path | None, typer.Option("--records", help="the alarms as one JSON object a line")] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="false alarms a series-year for --records; default 0.25 incipient, 0.2 trend")
    ] = None,
    targets: Annotated[Path | None, typer.Option("--targets", help="latent: CSV with the columns series, year, target")] = None,
    owner: Annotated[str, typer.Option("--owner", help="the office that answers the alarms of --records")] = "",
    json: JsonOption = False,
) -> None:
    """Score every month from the months up to it; a later month never changes an earlier score."""
    if kind is Kind.latent:
        _latent(series, targets, out, json=json)
        return
    if targets is not None:
        raise BadInput("--targets: only the latent detector has targets; leave the option out.")
    from yunxing.flows.detect_series import detect_series

    done = detect_series("incipient" if kind is Kind.incipient else "trend", series, out, records=records, budget=budget, owner=owner)
    lines = [f"{done.series} series, {done.scored} scored months → {out}"]
    if records is not None:
        lines.append(f"{len(done.alarms)} alarms → {records}")
    told = {"series": done.series, "scored": done.scored, "out": str(out), "alarms": len(done.alarms) if records else None}
    emit(told, as_json=json, lines=lines)


def _latent(series: Path, targets: Path | None, out: Path, *, json: bool) -> None:
    """After March to November of each target's year, the probability of missing it: `series, year, origin, prob`."""
    from yunxing.cli.forecast import bar
    from yunxing.flows.detect_latent import detect_latent

    if targets is None:
        raise BadInput("signals detect latent: found no targets, expected --targets FILE with the columns series, year, target.")
    with bar("潜在 · latent") as progress:
        found = detect_latent(series, targets, out, progress=progress)
    years = {(one.promise.series, one.promise.year) for one in found}
    told = {"targets": len(years), "rows": len(found), "out": str(out)}
    emit(told, as_json=json, lines=[f"{len(years)} targets, {len(found)} months → {out}"])

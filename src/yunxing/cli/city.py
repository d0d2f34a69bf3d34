"""`yunxing city …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yunxing.cli.context import JsonOption, PackOption, emit, errors, month_given

if TYPE_CHECKING:
    from yunxing.flows.simulate_city import Simulated

app = typer.Typer(no_args_is_help=True)


@app.callback()
def city() -> None:
    """The synthetic city: made enterprises, projects and sites, plainly labelled, for demonstrations and tests."""


@app.command()
def simulate(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="folder to write; new, empty or an earlier simulation")],
    first: Annotated[str, typer.Option("--from", help="first month, such as 2020-01")],
    last: Annotated[str, typer.Option("--to", help="last month, such as 2022-09")],
    seed: Annotated[int, typer.Option("--seed", help="the same seed gives the same bytes")] = 156,
    firms: Annotated[int | None, typer.Option("--firms", help="above-scale enterprises; default the pack's number")] = None,
    books_from: Annotated[
        str | None, typer.Option("--books-from", help="older months come as one archive a unit and form, read like a folder")
    ] = None,
    pack: PackOption = None,
    json: JsonOption = False,
) -> None:
    """Make a synthetic city and write its register, its monthly workbooks, when each was received, and the truth."""
    from rich.progress import Progress

    from yunxing.flows.simulate_city import simulate_city
    from yunxing.packs.find import find_pack

    months = month_given(first, "--from"), month_given(last, "--to")
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("合成数据 · synthetic workbooks", total=None)
        done = simulate_city(
            find_pack(pack),
            out,
            seed=seed,
            first=months[0],
            last=months[1],
            firms=firms,
            books_from=None if books_from is None else month_given(books_from, "--books-from"),
            progress=lambda written, total: bar.update(task, completed=written, total=total),
        )
    emit(_summary(done), as_json=json, lines=_lines(done))


def _summary(done: Simulated) -> dict[str, object]:
    return {
        "label": "合成数据 · synthetic data",
        "folder": str(done.folder),
        "seed": done.seed,
        "firms": done.firms,
        "from": done.first.code,
        "to": done.last.code,
        "workbooks": done.workbooks,
        "rows": done.rows,
        "events": done.events,
    }


def _lines(done: Simulated) -> list[str]:
    return [
        f"合成数据 · synthetic data: {done.firms} enterprises, {done.first.code} to {done.last.code}, seed {done.seed}",
        f"{done.workbooks} workbooks with {done.rows} rows, {done.events} planted events, in {done.folder}",
    ]

"""`yunxing month …`: close a month, reproduce it from the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, errors, month_given, open_store

if TYPE_CHECKING:
    from yunxing.flows.close_month import Closed
    from yunxing.flows.reproduce_month import Reproduced

app = typer.Typer(no_args_is_help=True)
MonthArgument = Annotated[str, typer.Argument(help="the month, such as 2022-09")]
DIFFERENCES_SHOWN = 10


@app.callback()
def month() -> None:
    """A month's figures, signals, proposed cases and bulletin, sealed in one folder."""


@app.command()
def close(
    month: MonthArgument,
    *,
    as_of: Annotated[
        str, typer.Option("--as-of", help="use only what was known at the end of this day (2022-10-12); default: everything")
    ] = "",
    home: HomeOption = None,
    pack: PackOption = None,
    json: JsonOption = False,
) -> None:
    """Close a month; running it again changes nothing, and after a late revision the month is closed anew beside the old one."""
    from rich.progress import Progress

    from yunxing.flows.close_month import close_month
    from yunxing.packs.pack import load_pack

    wanted, day = month_given(month), day_given(as_of, "--as-of") if as_of else None
    with open_store(home) as (folder, connection), Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(f"关账 {wanted.code}", total=5)

        def step(name: str) -> None:
            bar.update(task, advance=1, description=f"关账 {wanted.code} · {name}")

        closed = close_month(folder, load_pack(pack), wanted, connection, as_of=day, progress=step)
    emit(_closed(closed), as_json=json, lines=_closed_lines(closed))


@app.command()
def reproduce(month: MonthArgument, *, home: HomeOption = None, pack: PackOption = None, json: JsonOption = False) -> None:
    """Recompute a closed month from the facts; exit 0 when the hash is the same, else 1 with the first rows that differ."""
    from yunxing.flows.reproduce_month import reproduce_month
    from yunxing.packs.pack import load_pack

    wanted = month_given(month)
    with open_store(home) as (folder, connection):
        again = reproduce_month(folder, load_pack(pack), wanted, connection)
    emit(_again(again), as_json=json, lines=_again_lines(again))
    if not again.same:
        raise typer.Exit(1)


def _closed(closed: Closed) -> dict[str, Any]:
    manifest = closed.snapshot.manifest
    return {
        "month": closed.snapshot.month,
        "snapshot": manifest["snapshot"],
        "as_of": manifest["as_of"],
        "folder": str(closed.snapshot.folder),
        "new": closed.recorded.new,
        "supersedes": closed.before.manifest["snapshot"] if closed.before else "",
        "signals": closed.signals,
        "cases": closed.cases,
        "opened": closed.recorded.opened,
        "joined": closed.recorded.joined,
        "withdrawn": closed.recorded.withdrawn,
        "differences": [str(one) for one in _differences(closed)],
    }


def _closed_lines(closed: Closed) -> list[str]:
    state = "" if closed.recorded.new else "（未变，已关账 · unchanged, closed before）"
    lines = [
        f"{closed.snapshot.month} 已关账 · closed {state}",
        f"快照 snapshot {closed.snapshot.hash[:16]}…  数据截至 as of {closed.snapshot.manifest['as_of']}",
        f"信号 signals {closed.signals}（新 new {closed.recorded.opened}，并入 joined {closed.recorded.joined}），拟立事项 proposed cases {closed.cases}",
        str(closed.snapshot.folder),
    ]
    found = _differences(closed)
    if closed.before is not None:
        lines.append(f"与此前关账不同 · differs from the snapshot {closed.before.hash[:16]}…:")
        lines += [f"  {one}" for one in found[:DIFFERENCES_SHOWN]]
        if len(found) > DIFFERENCES_SHOWN:
            lines.append(f"  … {len(found) - DIFFERENCES_SHOWN} more rows")
    return lines


def _differences(closed: Closed) -> list[Any]:
    from yunxing.flows.reproduce_month import differences

    return [] if closed.before is None else list(differences(closed.before, closed.snapshot))


def _again(again: Reproduced) -> dict[str, Any]:
    return {
        "month": again.snapshot.month,
        "same": again.same,
        "snapshot": again.snapshot.manifest["snapshot"],
        "recomputed": f"sha256:{again.hash}",
        "files": list(again.files),
        "rows": [str(one) for one in again.rows],
        "pack_changed": again.pack_changed,
    }


def _again_lines(again: Reproduced) -> list[str]:
    if again.same:
        return [f"{again.snapshot.month} 可重现 · reproduced: {again.hash}"]
    lines = [f"{again.snapshot.month} 不能重现 · differs: {again.snapshot.hash[:16]}… is now {again.hash[:16]}…"]
    if again.pack_changed:
        lines.append("方案包在关账后已改动 · the pack has changed since the month was closed")
    lines.append(f"不同的文件 · files that differ: {', '.join(again.files)}")
    return [*lines, *(f"  {one}" for one in again.rows)]

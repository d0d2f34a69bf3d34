"""`yunxing forecast`: any file of series to forecasts with bands of measured coverage."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yunxing.cli.context import JsonOption, day_given, emit, errors

if TYPE_CHECKING:
    from yunxing.engines.forecast.series import Progress


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(forecast)


def forecast(
    series: Annotated[
        Path,
        typer.Argument(metavar="SERIES.csv", help="columns series, month, value (and basis, known_at); .gz is read too", dir_okay=False),
    ],
    *,
    horizon: Annotated[int, typer.Option("--horizon", help="periods ahead, 1 to 120")] = 12,
    out: Annotated[Path, typer.Option("-o", "--out", help="the CSV to write: series, month, mean, lo80, hi80, lo95, hi95")],
    as_of: Annotated[str, typer.Option("--as-of", help="use only what was known on this day (column known_at)")] = "",
    sums: Annotated[Path | None, typer.Option("--sums", help="CSV with total, part: these series must add up")] = None,
    festival: Annotated[
        bool, typer.Option("--festival/--no-festival", help="let a monthly series take Spring Festival into account if that helped it")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Forecast months, January–February and the months after it, years to date or quarters; bands of 80 and 95 % are measured on earlier forecasts."""
    from yunxing.flows.forecast_series import forecast_file

    day = day_given(as_of, "--as-of") if as_of else None
    with bar("预测 · forecasting") as progress:
        done = forecast_file(series, horizon, out, as_of=day, sums=sums, festival=festival, progress=progress)
    lines = [f"已写出 {out}：{done.series} 个序列，{done.rows} 行。"]
    for way, (eighty, ninety_five, tested) in done.covered.items():
        shares = (
            f"80% 区间实测覆盖 {eighty:.1%}，95% 区间 {ninety_five:.1%}（{tested} 次回测）"
            if tested
            else "历史太短，区间用开发数据的误差分布，未能实测"
        )
        lines.append(f"  {way}：{shares}")
    if done.festival:
        lines.append(f"  计入春节因素：{'、'.join(done.festival[:20])}{'……' if len(done.festival) > 20 else ''}")
    if done.coherent:
        lines.append(f"  合计一致：{done.coherent}")
    covered = {way: {"80": _or_none(one[0]), "95": _or_none(one[1]), "tested": one[2]} for way, one in done.covered.items()}
    told = {
        "out": str(out),
        "series": done.series,
        "rows": done.rows,
        "covered": covered,
        "festival": list(done.festival),
        "sums": done.coherent,
    }
    emit(told, as_json=as_json, lines=lines)


def _or_none(share: float) -> float | None:
    return None if math.isnan(share) else round(share, 4)


@contextmanager
def bar(words: str) -> Iterator[Progress]:
    """A progress bar on the error stream, where somebody watches."""
    from rich.progress import Progress as Bar

    with Bar(console=errors, transient=True, disable=not errors.is_terminal) as shown:
        task = shown.add_task(words, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)

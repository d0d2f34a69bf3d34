"""Forecasts and the latent detector on the development series, beside plain baselines and statsforecast's own models, in one run.

For each of them: sMAPE, MASE, OWA against Naive2, coverage and mean width of the 80 and 95 % bands, and series per CPU-second with bands (ours) or without (theirs).
Series are split in two halves by a hash of their name; our choices were made on the first half, so the second is the one to look at. Needs the development data
($YUNXING_SHARED/data/monitoring); says so and ends where it is absent. Writes scores.csv, forecasts.csv and SVG plots to $YUNXING_BENCH_OUT, else .build/bench/forecast.
BENCH_SERIES limits the number of series (for a quick look).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from yunxing.engines.forecast.intervals import bands
from yunxing.engines.forecast.rows import stacked
from yunxing.engines.forecast.shortfall import Promise, outlooks

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared")) / "data" / "monitoring"
OUT = Path(os.environ.get("YUNXING_BENCH_OUT", ROOT / ".build" / "bench" / "forecast"))
MOST = int(os.environ.get("BENCH_SERIES", "100000"))
SETS = (("M3 monthly industry", "m3_monthly_dev.csv.gz", ("INDUSTRY",), 12), ("M3 monthly, all", "m3_monthly_dev.csv.gz", (), 12),
        ("M1 monthly industry", "m1_monthly_dev.csv.gz", ("INDUST",), 12), ("M3 quarterly", "m3_quarterly_dev.csv.gz", (), 4))  # fmt: skip
HEADER = (
    "set",
    "model",
    "series",
    "smape",
    "mase",
    "owa",
    "owa_first_half",
    "owa_second_half",
    "cover80",
    "cover95",
    "width80",
    "width95",
    "per_cpu_second",
)


class Series:
    """One series: its past, its future, and the half it belongs to."""

    def __init__(self, row: dict[str, str], season: int) -> None:
        self.name, self.kind = row["id"], row["type"]
        self.past, self.real = (np.array(row[name].split(), dtype=float) for name in ("train", "test"))
        self.season = season
        self.half = int(hashlib.md5(self.name.encode(), usedforsecurity=False).hexdigest(), 16) % 2
        self.start = int(row["start_year"] or 0) * 12 + int(row["start_sub"] or 1) - 1
        self.naive = float(np.mean(np.abs(self.past[season:] - self.past[:-season])))


def load(name: str, kinds: Sequence[str], season: int) -> list[Series]:
    with io.TextIOWrapper(gzip.open(DATA / name), encoding="utf-8") as lines:
        return [one for row in csv.DictReader(lines) if not kinds or row["type"] in kinds for one in [Series(row, season)]][:MOST]


def errors(said: Any, one: Series) -> tuple[float, float]:
    missed = np.abs(said - one.real)
    return 200 * float(np.mean(missed / (np.abs(said) + np.abs(one.real)))), float(np.mean(missed)) / one.naive


def naive2(one: Series) -> Any:
    """The last value, with a multiplicative season where a 90 % test finds one: the yardstick of the M competitions."""
    y, m, n = one.past, one.season, len(one.past)
    away = y - y.mean()
    r = np.array([(away[k:] * away[: n - k]).sum() / (away**2).sum() for k in range(1, m + 1)])
    season = np.ones(m)
    if n >= 3 * m and abs(r[-1]) > 1.645 * np.sqrt((1 + 2 * (r[:-1] ** 2).sum()) / n):
        middle = np.convolve(y, np.r_[0.5, np.ones(m - 1), 0.5] / m, "valid")
        ratio, at = y[m // 2 : m // 2 + len(middle)] / middle, (np.arange(len(middle)) + m // 2) % m
        season = np.array([ratio[at == k].mean() for k in range(m)])
        season /= season.mean()
    return y[-1] / season[(n - 1) % m] * season[(n + np.arange(len(one.real))) % m]


def seasonal_naive(one: Series) -> Any:
    return one.past[-one.season + np.arange(len(one.real)) % one.season]


def theirs(season: int) -> dict[str, Callable[[], Any]]:
    from statsforecast.models import AutoCES, AutoETS, AutoTheta, DynamicOptimizedTheta

    return {"AutoETS": lambda: AutoETS(season_length=season), "AutoTheta": lambda: AutoTheta(season_length=season),
            "AutoCES": lambda: AutoCES(season_length=season), "DynamicOptimizedTheta": lambda: DynamicOptimizedTheta(season_length=season)}  # fmt: skip


def scored(label: str, model: str, series: list[Series], said: list[Any], seconds: float, sides: Any = None) -> list[Any]:
    yard = np.array([errors(naive2(one), one) for one in series])
    own = np.array([errors(forecast, one) for forecast, one in zip(said, series, strict=True)])
    half = np.array([one.half for one in series])

    def owa(chosen: Any) -> float:
        return float((own[chosen].mean(axis=0) / yard[chosen].mean(axis=0)).mean()) if chosen.any() else float("nan")

    row = [label, model, len(series), *own.mean(axis=0), owa(half >= 0), owa(half == 0), owa(half == 1)]
    real, unit = np.stack([one.real for one in series]), np.array([one.naive for one in series])[:, None]
    for low, high in sides or ():
        row.append(float(((real >= low) & (real <= high)).mean()))
    row += ["", ""] if sides is None else [float(((high - low) / unit).mean()) for low, high in sides]
    row[8:8] = ["", ""] if sides is None else []
    return [*row, len(series) / seconds if seconds else ""]


def forecasts(label: str, name: str, kinds: Sequence[str], season: int) -> tuple[list[list[Any]], list[Series], Any]:
    series = load(name, kinds, season)
    rows = [
        scored(label, "Naive2", series, [naive2(one) for one in series], 0.0),
        scored(label, "SeasonalNaive", series, [seasonal_naive(one) for one in series], 0.0),
    ]
    begun = time.process_time()
    made = bands(stacked([one.past for one in series]), season=season, horizon=len(series[0].real))
    seconds = time.process_time() - begun
    if len(series) <= 200:
        said: dict[str, list[Any]] = {}
        for model, make in theirs(season).items():
            make().forecast(series[0].past, 2)  # compiled before it is timed
            begun = time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                said[model] = [make().forecast(one.past, len(one.real))["mean"] for one in series]
            rows.append(scored(label, model, series, said[model], time.process_time() - begun))
        three = [np.median([said[model][at] for model in ("AutoETS", "AutoTheta", "AutoCES")], axis=0) for at in range(len(series))]
        rows.append(scored(label, "median of ETS, Theta, CES", series, three, sum(len(series) / row[-1] for row in rows[2:5])))
    sides = [(made.low80, made.high80), (made.low95, made.high95)]
    rows.append(scored(label, "yunxing", series, list(made.mean), seconds, sides))
    return rows, series, made


def latent() -> list[list[Any]]:
    """Targets as the scorer of the design makes them; Brier and calibration after March, June, September and November, by half."""
    series = [one for one in load("m3_monthly_dev.csv.gz", ("INDUSTRY", "MICRO", "MACRO"), 12) if one.start >= 1901 * 12]
    months, promises, real, halves = {}, [], {}, {one.name: one.half for one in series}
    for one in series:
        values = np.r_[one.past, one.real]
        if (values <= 0).any():
            continue
        months[one.name] = (one.start, values)
        first = -(-one.start // 12)
        years = {first + k: values[(first + k) * 12 - one.start :][:12] for k in range((one.start + len(values)) // 12 - first)}
        totals = {year: part.sum() for year, part in years.items() if len(part) == 12}
        for year, whole in totals.items():
            if all(year - k in totals for k in (1, 2, 3)):
                growth = np.mean([totals[year - 1] / totals[year - 2], totals[year - 2] / totals[year - 3]]) - 1
                promises.append(Promise(one.name, year, float(totals[year - 1] * (1 + min(0.15, max(0.02, growth))))))
                real[one.name, year] = whole < promises[-1].target
    begun = time.process_time()
    found = outlooks(months, promises)
    seconds = time.process_time() - begun
    rows = []
    for month in (3, 6, 9, 11):
        for half in (0, 1):
            chosen = [one for one in found if one.month == month and halves[one.promise.series] == half]
            p, y = (
                np.array([one.missing for one in chosen]),
                np.array([real[one.promise.series, one.promise.year] for one in chosen], dtype=float),
            )
            bins = np.clip((p * 10).astype(int), 0, 9)
            off = sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any())
            rows.append(
                [
                    f"after month {month}",
                    ("first half", "second half")[half],
                    len(chosen),
                    float(np.mean((p - y) ** 2)),
                    float(off),
                    float(y.mean() * (1 - y.mean())),
                ]
            )
    print(f"latent: {len(promises)} series-years, {len(found) / seconds:.0f} probabilities a CPU-second")
    return rows


def fan(one: Series, made: Any, at: int) -> str:
    """One series with its bands as SVG."""
    past, steps = one.past[-48:], len(one.real)
    values = np.r_[past, one.real, made.low95[at], made.high95[at]]
    low, high = float(values.min()), float(values.max())

    def point(place: int, value: float) -> str:
        return f"{40 + place * 660 / (47 + steps):.1f},{250 - (value - low) / (high - low or 1) * 220:.1f}"

    def line(first: int, part: Sequence[float]) -> str:
        return " ".join(point(first + k, float(value)) for k, value in enumerate(part))

    def area(lower: Any, upper: Any) -> str:
        return line(48, upper[at]) + " " + " ".join(reversed(line(48, lower[at]).split()))

    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 280" font-family="sans-serif" font-size="12"><rect width="720" height="280" fill="#fff"/>'
            f'<text x="40" y="18">{one.name} · {one.kind}: past, forecast with 80 and 95 % bands, what came</text>'
            f'<polygon points="{area(made.low95, made.high95)}" fill="#1f5fae" opacity=".12"/><polygon points="{area(made.low80, made.high80)}" fill="#1f5fae" opacity=".22"/>'
            f'<polyline points="{line(48 - len(past), past)}" fill="none" stroke="#222"/><polyline points="{line(48, made.mean[at])}" fill="none" stroke="#1f5fae" stroke-width="2"/>'
            f'<polyline points="{line(48, one.real)}" fill="none" stroke="#8a5a00" stroke-dasharray="4 3"/></svg>')  # fmt: skip


def bars(rows: list[list[Any]]) -> str:
    """OWA of the models of the first set as SVG bars; shorter is better, 1 is Naive2."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {0}" font-family="sans-serif" font-size="13"><rect width="720" height="{0}" fill="#fff"/>'.format(
            40 + 26 * len(rows)
        )
    ]
    parts.append(f'<text x="10" y="20">{rows[0][0]}: OWA (1 = Naive2), all · second half of the series</text>')
    for at, row in enumerate(rows):
        y, colour = 34 + 26 * at, "#1f5fae" if row[1] == "yunxing" else "#9ab"
        parts.append(f'<text x="10" y="{y + 14}">{row[1]}</text><rect x="230" y="{y}" width="{row[5] * 330:.0f}" height="18" fill="{colour}"/>'
                     f'<text x="{240 + row[5] * 330:.0f}" y="{y + 14}">{row[5]:.3f} · {row[7]:.3f}</text>')  # fmt: skip
    return "".join([*parts, "</svg>"])


def main() -> int:
    if not DATA.is_dir():
        print(f"{DATA}: found no development data, expected it there or under $YUNXING_SHARED; nothing was measured.")
        return 0
    OUT.mkdir(parents=True, exist_ok=True)
    table: list[list[Any]] = []
    print("  ".join(HEADER))
    for number, (label, name, kinds, season) in enumerate(SETS):
        rows, series, made = forecasts(label, name, kinds, season)
        table += rows
        for row in rows:
            print(
                "  ".join("—" if cell in ("", None) else f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in row),
                flush=True,
            )
        if number == 0:
            (OUT / "owa.svg").write_text(bars(rows), encoding="utf-8")
            for at in range(0, len(series), max(1, len(series) // 6)):
                (OUT / f"fan-{series[at].name}.svg").write_text(fan(series[at], made, at), encoding="utf-8")
    with (OUT / "scores.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEADER, *table])
    found = latent()
    with (OUT / "latent.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("after", "half", "n", "brier", "calibration_error", "brier_of_base_rate"), *found])
    for row in found:
        print("  ".join(f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row))
    print(f"plots and tables: {OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

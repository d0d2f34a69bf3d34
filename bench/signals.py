"""Detectors of signals beside plain baselines: development series (recall at equal false alarms), the synthetic city (20 seeds), 500,000 enterprises. CSV and SVG.

`python bench/signals.py [SEEDS] [OUT]`, default 20 seeds into ./.build/bench/signals. The development series and the scorer are read from $YUNXING_SHARED (default
../shared); without them that part is left out and said so. Everything else needs no data.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from yunxing.city.settings import settings_of
from yunxing.engines.signals.incipient import scored
from yunxing.engines.signals.panel import Panel
from yunxing.engines.signals.screening import screened
from yunxing.engines.signals.trend import trended
from yunxing.flows.score_city import calm, recall, score_city
from yunxing.io.series_files import read_panel, write_scores
from yunxing.packs.city import city_tables, load_city
from yunxing.packs.find import find_pack
from yunxing.packs.signals import load_signals

DATA_SEEDS = 8
CITY_FIRST, CITY_YEARS = 2021, 3
COLOURS = ("#1f5fae", "#8a5a00", "#56657a", "#9a3b3b", "#3b7a57", "#7a56a0", "#333333")


def tool(folder: Path, name: str) -> Any:
    """A script of the scorer as a module."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows_of(panel: Panel, score: Any) -> list[dict[str, str]]:
    return [
        {"series": panel.names[row], "month": panel.month(int(row), int(at)), "score": f"{score[row, at]:.7g}"}
        for row, at in np.argwhere(np.isfinite(score))
    ]


def baseline(function: Any, panel: Panel, *, two: bool) -> Any:
    """A plain detector run series by series."""
    found = np.full(panel.values.shape, np.nan)
    for row, values in enumerate(panel.values):
        known = np.isfinite(values)
        with np.errstate(all="ignore"):
            found[row, known] = np.asarray(function(values[known], two), dtype=float)
    return found


def development(shared: Path, out: Path) -> None:
    """Recall at equal false alarms per series-year, ours beside the plain detectors, over eight seeds; half A was looked at while weights were set, half B was not."""
    folder = shared / "bench" / "monitoring"
    score, plain = tool(folder, "score"), tool(folder, "baselines")
    table: list[list[object]] = []
    for seed in range(1, DATA_SEEDS + 1):
        place = out / "problems" / str(seed)
        sys.argv = ["make_truth", str(shared / "data" / "monitoring"), str(place), "--seed", str(seed)]
        tool(folder, "make_truth").main()
        table += _scored("incipient", score, plain, place, seed)
        if seed == 1:
            table += _scored("trend", score, plain, place, seed)
    write_scores(
        out / "development.csv", ("kind", "seed", "detector", "half", "budget", "false_alarms", "recall", "lead", "by_type"), table
    )
    for kind in ("incipient", "trend"):
        curves: dict[str, dict[float, list[float]]] = {}
        for row in table:
            if row[0] == kind and row[3] == "all":
                curves.setdefault(str(row[2]), {}).setdefault(float(str(row[4])), []).append(float(str(row[6])))
        means = {name: {budget: float(np.mean(values)) for budget, values in points.items()} for name, points in curves.items()}
        (out / f"{kind}.svg").write_text(chart(means, f"{kind}: recall by false alarms a series-year"), encoding="utf-8")
        for name, points in sorted(means.items(), key=lambda one: -one[1].get(0.25, one[1].get(0.2, 0))):
            print(f"{kind:9} {name:26}", "  ".join(f"{budget}: {value:.3f}" for budget, value in sorted(points.items())))


def _scored(kind: str, score: Any, plain: Any, place: Path, seed: int) -> list[list[object]]:
    panel = read_panel(place / f"{kind}_series.csv")
    series, truth = score.rd(place / f"{kind}_series.csv"), score.rd(place / f"{kind}_truth.csv")
    detectors: dict[str, Any] = {}
    begun = time.process_time()
    detectors["yunxing"] = rows_of(panel, scored(panel).score) if kind == "incipient" else _trend_rows(panel)
    print(f"{kind} seed {seed}: {len(panel.names)} series in {time.process_time() - begun:.2f} CPU seconds")
    chosen = plain.INC if kind == "incipient" else plain.TRD
    for name, function in chosen.items():
        if not name.startswith("stl"):
            detectors[name] = rows_of(panel, baseline(function, panel, two=kind == "incipient"))
    found: list[list[object]] = []
    halves = {"all": set(panel.names), "A": set(panel.names[::2]), "B": set(panel.names[1::2])}
    for name, rows in detectors.items():
        for half, kept in halves.items():
            parts = [[one for one in table if one["series"] in kept] for table in (truth, series, rows)]
            for budget, one in getattr(score, kind)(*parts)["at_budget"].items():
                if one:
                    lead = one.get("median_lead_months", "")
                    found.append(
                        [
                            kind,
                            seed,
                            name,
                            half,
                            budget,
                            one["fa_per_series_year"],
                            one.get("recall", one.get("recall_by_headline")),
                            lead,
                            one.get("by_type", ""),
                        ]
                    )
    return found


def _trend_rows(panel: Panel) -> list[dict[str, str]]:
    found = trended(panel)
    return rows_of(found.panel, found.score)


def city(seeds: int, out: Path) -> None:
    """Planted events of the synthetic city, found within two reports at the pack's budgets; and the alarms of a city with nothing planted."""
    pack = find_pack(None)
    settings, rules = settings_of(city_tables(load_city(pack))), load_signals(pack)
    outcomes, calm_years, lines = [], [], []
    for seed in range(1, seeds + 1):
        one, quiet = (score_city(world, rules, settings.firms, seed, CITY_FIRST, CITY_YEARS) for world in (settings, calm(settings)))
        outcomes += one.outcomes
        calm_years += [sum(quiet.alarms[rule][year] for rule in quiet.alarms) for year in range(CITY_YEARS)]
        lines += [
            [seed, rule, CITY_FIRST + year, one.budgets[rule], one.alarms[rule][year], quiet.alarms[rule][year]]
            for rule in one.alarms
            for year in range(CITY_YEARS)
        ]
    write_scores(out / "city_alarms.csv", ("seed", "rule", "year", "budget", "alarms", "alarms_calm"), lines)
    counted, figures = recall(outcomes), recall(outcomes, figures=True)
    table = [
        [kind, size or "all", planted, hit, f"{hit / planted:.3f}", f"{figures[kind, size][0] / planted:.3f}"]
        for (kind, size), (hit, planted) in counted.items()
    ]
    write_scores(out / "city_recall.csv", ("kind", "size", "planted", "found", "recall", "recall_statistical"), table)
    budget = sum(one.budgets.values())
    for row in table:
        print(f"city {row[0]:14} {row[1]:14} {row[3]:5} of {row[2]:5} within two reports: {row[4]} (statistical rules alone {row[5]})")
    within = sum(year <= budget for year in calm_years)
    print(
        f"calm city: {np.mean(calm_years):.1f} alarms a year of a budget of {budget} for the whole city; {within} of {len(calm_years)} years within it, most {max(calm_years)}"
    )
    bars = {f"{kind} {size}": hit / planted for (kind, size), (hit, planted) in counted.items()}
    (out / "city.svg").write_text(bar_chart(bars, "planted events found within two months"), encoding="utf-8")


def screening(rows: int) -> None:
    """One month of very many enterprises, beside a plain year-on-year sigma over the same table."""
    draw = np.random.default_rng(1)
    groups = draw.integers(0, 31, rows)
    values = np.exp(
        draw.normal(8, 1.5, (rows, 1)) + np.cumsum(draw.normal(0.003, 0.02, (rows, 60)), axis=1) + draw.normal(0, 0.05, (rows, 60))
    )
    begun, cpu = time.perf_counter(), time.process_time()
    found = screened(values, groups, 12)
    ours, ours_cpu = time.perf_counter() - begun, time.process_time() - cpu
    begun = time.perf_counter()
    change = np.log(values[:, 12:] / values[:, :-12])
    sigma = (change[:, -1] - change[:, :-1].mean(axis=1)) / change[:, :-1].std(axis=1, ddof=1)
    plain = time.perf_counter() - begun
    print(
        f"screening {rows:,} enterprises × 60 months: {ours:.1f} s ({ours_cpu:.1f} s CPU), plain sigma of year on year {plain:.1f} s; judged {np.isfinite(found.score).mean():.1%}, {np.isfinite(sigma).mean():.1%}"
    )


def chart(curves: dict[str, dict[float, float]], title: str) -> str:
    """Recall over the budget as lines, one a detector."""
    budgets = sorted({budget for points in curves.values() for budget in points})
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 420" font-family="sans-serif" font-size="13"><text x="20" y="24">{title}</text>'
    ]
    spot = {budget: 60 + n * 380 / max(len(budgets) - 1, 1) for n, budget in enumerate(budgets)}
    lines += [f'<text x="{x:.0f}" y="400" text-anchor="middle">{budget}</text>' for budget, x in spot.items()]
    lines += [
        f'<text x="14" y="{380 - 320 * step / 4:.0f}">{step / 4}</text><line x1="50" x2="450" y1="{376 - 320 * step / 4:.0f}" y2="{376 - 320 * step / 4:.0f}" stroke="#ddd"/>'
        for step in range(5)
    ]
    for n, (name, points) in enumerate(sorted(curves.items(), key=lambda one: -max(one[1].values()))):
        colour = "#c02020" if name == "yunxing" else COLOURS[n % len(COLOURS)]
        path = " ".join(f"{spot[budget]:.0f},{376 - 320 * value:.0f}" for budget, value in sorted(points.items()))
        lines.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/><text x="470" y="{60 + 22 * n}" fill="{colour}">{name}</text>'
        )
    return "\n".join([*lines, "</svg>\n"])


def bar_chart(bars: dict[str, float], title: str) -> str:
    """Shares as bars."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {50 + 22 * len(bars)}" font-family="sans-serif" font-size="13"><text x="20" y="24">{title}</text>'
    ]
    for n, (name, value) in enumerate(bars.items()):
        y = 44 + 22 * n
        lines.append(
            f'<text x="20" y="{y + 12}">{name}</text><rect x="220" y="{y}" width="{340 * value:.0f}" height="14" fill="#1f5fae"/><text x="{226 + 340 * value:.0f}" y="{y + 12}">{value:.3f}</text>'
        )
    return "\n".join([*lines, "</svg>\n"])


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(".build") / "bench" / "signals"
    out.mkdir(parents=True, exist_ok=True)
    shared = Path(os.environ.get("YUNXING_SHARED", "../shared"))
    rows = int(os.environ.get("YUNXING_BENCH_ROWS", "500000"))
    screening(rows)
    if (shared / "bench" / "monitoring" / "score.py").is_file():
        development(shared, out)
    else:
        print(f"{shared}: no development series and no scorer there; that part is left out")
    city(seeds, out)
    print(f"CSV and SVG in {out}")


if __name__ == "__main__":
    main()

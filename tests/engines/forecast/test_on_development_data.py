"""The bars on real series nobody here made: forecasts, bands, Spring Festival, replay of vintages. They read the development data and skip where it is absent."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from yunxing.engines.forecast.combine import point_forecasts
from yunxing.engines.forecast.festival import decide, festival_forecasts
from yunxing.engines.forecast.intervals import bands
from yunxing.engines.forecast.rows import stacked
from yunxing.io.forecast_files import read_lines

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared")) / "data" / "monitoring"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the development data is not at {DATA}; set YUNXING_SHARED"),
]
SEASON, HORIZON = 12, 18


def read(name: str) -> Iterator[dict[str, str]]:
    with io.TextIOWrapper(gzip.open(DATA / name), encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def industry() -> tuple[list[np.ndarray], np.ndarray]:
    rows = [row for row in read("m3_monthly_dev.csv.gz") if row["type"] == "INDUSTRY"]
    return [np.array(row["train"].split(), dtype=float) for row in rows], np.array([row["test"].split() for row in rows], dtype=float)


@pytest.mark.slow
def test_industry_is_forecast_better_than_the_libraries_and_covered_as_said() -> None:
    """MASE of the median of ETS, Theta and CES on these series is .894; a constant wide band would fail the width."""
    past, real = industry()
    made = bands(stacked(past), season=SEASON, horizon=HORIZON)
    unit = np.array([np.mean(np.abs(one[SEASON:] - one[:-SEASON])) for one in past])[:, None]
    assert float((np.abs(made.mean - real) / unit).mean()) <= 0.87
    assert 0.93 <= float(((real >= made.low95) & (real <= made.high95)).mean()) <= 0.97
    assert 0.77 <= float(((real >= made.low80) & (real <= made.high80)).mean()) <= 0.84
    assert float(((made.high95 - made.low95) / unit).mean()) <= 4.8


def trade(name: str) -> tuple[int, np.ndarray]:
    rows = [row for row in read("china_trade_nsa_1983_2005_plus_cpi_iip_unemp.csv.gz") if row["series"] == name]
    year, month = int(rows[0]["month"][:4]), int(rows[0]["month"][5:7])
    return year * 12 + month - 1, np.array([float(row["value"]) for row in rows])


@pytest.mark.parametrize(("name", "bound"), [("exp", 0.98), ("imp", 0.94), ("cpi", 1.0)])
def test_spring_festival_helps_trade_and_leaves_prices_alone(name: str, bound: float) -> None:
    """January–March of 2000 to 2005, each year decided and forecast from the December before."""
    first, values = trade(name)
    errors = np.zeros(2)
    for year in range(2000, 2006):
        end = year * 12 - 1
        past, real = values[None, : end - first + 1], values[end - first + 1 : end - first + 4]
        decision = decide(past, np.array([end]))
        with_it = festival_forecasts(past, np.array([end]), horizon=3, decision=decision)[0]
        errors += [
            np.abs(with_it - real).sum() / real.sum(),
            np.abs(point_forecasts(past, season=SEASON, horizon=3)[0] - real).sum() / real.sum(),
        ]
    assert errors[0] <= bound * errors[1] + 1e-12


def test_a_replay_gives_every_vintage_cell_for_cell(tmp_path: Path) -> None:
    """Ten real-time vintages in one file with the day each became known: as of each day, exactly that vintage, whatever was revised later."""
    rows = [row for row in read("frbny_vintages_dev.csv.gz") if row["date"] >= "2012-01" and row["value"] not in ("", "NA", "NaN", "nan")]
    name = next(row["variable"] for row in rows)
    rows = [row for row in rows if row["variable"] == name]
    vintages = sorted({row["vintage"][:10] for row in rows})
    path = tmp_path / "vintages.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(("series", "month", "value", "known_at"))
        lines.writerows((name, row["date"][:7], row["value"], row["vintage"][:10]) for row in rows)
    assert len(vintages) == 10
    for vintage in vintages:
        line = read_lines(path, as_of=date.fromisoformat(vintage))[name]
        expected = {row["date"][:7]: float(row["value"]) for row in rows if row["vintage"][:10] == vintage}
        held = {
            f"{(line.first + k) // 12:04d}-{(line.first + k) % 12 + 1:02d}": value
            for k, value in enumerate(line.values)
            if np.isfinite(value)
        }
        assert held == expected

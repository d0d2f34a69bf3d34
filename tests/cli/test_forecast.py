"""`yunxing forecast` and `yunxing signals detect latent` as a user types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from yunxing.cli import app
from yunxing.cli.outermost import run
from yunxing.values.period import Month

RUN = CliRunner()
COUNTIES = ("a", "b", "c")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six years of three counties and their city, monthly, each value known on the tenth of the month after."""
    folder, draw, at = tmp_path_factory.mktemp("series"), np.random.default_rng(1), np.arange(72)
    low = {
        name: np.round(100 * (k + 1) * np.exp(0.004 * at + 0.1 * np.sin(at / 6 * np.pi) + 0.03 * draw.standard_normal(72)), 3)
        for k, name in enumerate(COUNTIES)
    }
    rows = [("city", sum(low.values())), *low.items()]
    with (folder / "s.csv").open("w", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(("series", "month", "value", "known_at"))
        for name, values in rows:
            for step, value in enumerate(values):
                month = Month(2016, 1).plus(step)
                lines.writerow((name, month.code, f"{value:.6f}", f"{month.next().code}-10"))
    (folder / "sums.csv").write_text("total,part\n" + "".join(f"city,{name}\n" for name in COUNTIES))
    (folder / "t.csv").write_text("series,year,target\na,2021,1400\nb,2021,9999\n")
    return folder


def said(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_writes_the_columns_of_the_contract(files: Path, tmp_path: Path) -> None:
    answer = RUN.invoke(app, ["forecast", str(files / "s.csv"), "--horizon", "3", "-o", str(tmp_path / "o.csv"), "--json"])
    assert answer.exit_code == 0, answer.output
    rows = said(tmp_path / "o.csv")
    assert list(rows[0]) == ["series", "month", "mean", "lo80", "hi80", "lo95", "hi95"]
    assert [(row["series"], row["month"]) for row in rows[:4]] == [
        ("city", "2022-01"),
        ("city", "2022-02"),
        ("city", "2022-03"),
        ("a", "2022-01"),
    ]
    for row in rows:
        edges = [float(row[name]) for name in ("lo95", "lo80", "mean", "hi80", "hi95")]
        assert edges == sorted(edges)
    told = json.loads(answer.stdout)
    assert told["covered"]["month"]["tested"] > 0
    assert told["rows"] == len(rows) == 12


def test_the_same_file_gives_the_same_bytes(files: Path, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        RUN.invoke(app, ["forecast", str(files / "s.csv"), "-o", str(tmp_path / name)])
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_sums_hold_in_every_month_to_come(files: Path, tmp_path: Path) -> None:
    answer = RUN.invoke(
        app, ["forecast", str(files / "s.csv"), "--horizon", "4", "--sums", str(files / "sums.csv"), "-o", str(tmp_path / "o.csv")]
    )
    assert answer.exit_code == 0, answer.output
    by: dict[str, dict[str, float]] = {}
    for row in said(tmp_path / "o.csv"):
        by.setdefault(row["month"], {})[row["series"]] = float(row["mean"])
    for month in by.values():
        assert month["city"] == pytest.approx(sum(month[name] for name in COUNTIES), rel=1e-8)


def test_a_replay_equals_a_run_on_what_was_known(files: Path, tmp_path: Path) -> None:
    rows = [row for row in said(files / "s.csv") if row["known_at"] <= "2021-03-15"]
    with (tmp_path / "cut.csv").open("w", newline="") as out:
        lines = csv.DictWriter(out, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    RUN.invoke(app, ["forecast", str(files / "s.csv"), "--as-of", "2021-03-15", "-o", str(tmp_path / "then.csv")])
    RUN.invoke(app, ["forecast", str(tmp_path / "cut.csv"), "-o", str(tmp_path / "cut-out.csv")])
    assert (tmp_path / "then.csv").read_bytes() == (tmp_path / "cut-out.csv").read_bytes()
    assert said(tmp_path / "then.csv")[0]["month"] == "2021-03"


def test_a_city_that_is_not_the_sum_is_refused_and_nothing_written(files: Path, tmp_path: Path) -> None:
    text = (files / "s.csv").read_text().replace("a,2019-05,", "a,2019-05,9")
    (tmp_path / "s.csv").write_text(text)
    code = run(app, ["forecast", str(tmp_path / "s.csv"), "--sums", str(files / "sums.csv"), "-o", str(tmp_path / "o.csv")])
    assert code == 2
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize("horizon", ["0", "121", "-3"])
def test_a_horizon_out_of_bounds_is_refused(files: Path, tmp_path: Path, horizon: str) -> None:
    assert run(app, ["forecast", str(files / "s.csv"), "--horizon", horizon, "-o", str(tmp_path / "o.csv")]) == 2


def test_a_missing_file_and_a_broken_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("no.csv", "bad.csv"):
        assert run(app, ["forecast", str(tmp_path / name), "-o", str(tmp_path / "o.csv")]) == 2


def test_latent_writes_what_the_scorer_reads(files: Path, tmp_path: Path) -> None:
    answer = RUN.invoke(
        app, ["signals", "detect", "latent", str(files / "s.csv"), "--targets", str(files / "t.csv"), "-o", str(tmp_path / "l.csv")]
    )
    assert answer.exit_code == 0, answer.output
    rows = said(tmp_path / "l.csv")
    assert [(row["series"], row["origin"]) for row in rows[:2]] == [("a", "3"), ("a", "4")]
    assert len(rows) == 18
    assert all(float(row["prob"]) > 0.98 for row in rows if row["series"] == "b")
    assert {"reached", "expected", "needed_a_month", "pace_a_month"} <= set(rows[0])


def test_latent_asks_for_targets_and_the_others_refuse_them(files: Path, tmp_path: Path) -> None:
    assert run(app, ["signals", "detect", "latent", str(files / "s.csv"), "-o", str(tmp_path / "l.csv")]) == 2
    assert (
        run(app, ["signals", "detect", "trend", str(files / "s.csv"), "--targets", str(files / "t.csv"), "-o", str(tmp_path / "l.csv")])
        == 2
    )


def test_a_target_of_nobody_is_refused_with_its_line(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("series,year,target\nnobody,2021,5\n")
    assert (
        run(app, ["signals", "detect", "latent", str(files / "s.csv"), "--targets", str(tmp_path / "t.csv"), "-o", str(tmp_path / "l.csv")])
        == 2
    )
    assert "line 2" in capsys.readouterr().err

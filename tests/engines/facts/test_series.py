"""Published series: kept as published, growth never computed, what was not published is not there."""

from __future__ import annotations

import csv
import gzip
import io
import os
from pathlib import Path

import polars as pl
import pytest

from facts_cast import NOW
from yunxing.engines.facts.series import is_series, series_facts
from yunxing.engines.facts.table import SCHEMA

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared")) / "data" / "monitoring" / "china_official_monthly_to_2021.csv.gz"


def row(series: str = "同比增长", day: str = "2021-03-01", value: str = "0.141", dataset: str = "industrial_value_added") -> dict[str, str]:
    return {"dataset": dataset, "series": series, "date": day, "value": value, "unit": "%"}


def facts(*rows: dict[str, str]) -> pl.DataFrame:
    published = series_facts(rows, submission="sha256:1", known_at=NOW)
    assert published.problems == []
    return published.facts


@pytest.mark.parametrize(
    ("series", "day", "role", "period", "as_reported"),
    [
        ("同比增长", "2021-03-01", "growth_published", "2021-03", "month"),
        ("累计增长", "2021-02-01", "growth_published", "2021-01..02", "cumulative"),
        ("累计增长", "2021-12-01", "growth_published", "2021-01..12", "cumulative"),
        ("累计", "2021-01-01", "value", "2021-01", "cumulative"),
        ("PMI", "2021-01-01", "value", "2021-01", "month"),
        ("服务业生产指数(当月同比增速%)", "2021-05-01", "growth_published", "2021-05", "month"),
    ],
)
def test_a_series_says_what_it_is(series, day, role, period, as_reported):
    fact = facts(row(series, day)).row(0, named=True)

    assert (fact["role"], fact["period"], fact["as_reported"]) == (role, period, as_reported)
    assert (fact["origin"], fact["form"], fact["party"]) == ("public", "public_series", f"industrial_value_added/{series}")


@pytest.mark.parametrize(
    ("text", "stored"), [("0.141", 1410), ("51.3", 513000), ("-0.0005", -5), ("1e-05", 0), ("0.00005", 1), ("-0.00005", -1)]
)
def test_values_are_kept_in_ten_thousandths(text, stored):
    assert facts(row(value=text))["value"].to_list() == [stored]


def test_bad_rows_are_all_named_and_the_good_ones_stay():
    published = series_facts([row(day="2021-13-01"), row(value="n/a"), row(), row(), row(value="0.2")], submission="s", known_at=NOW)

    assert [(problem.rule, problem.effect, problem.row) for problem in published.problems] == [
        ("no_day", "block", 1), ("bad_value", "block", 2), ("duplicate_row", "warn", 4), ("duplicate_row", "block", 5),
    ]  # fmt: skip
    assert published.facts.height == 1
    assert published.facts.schema == SCHEMA


def test_only_such_a_header_is_one():
    assert is_series(["dataset", "series", "date", "value", "unit"])
    assert not is_series(["统一社会信用代码", "单位名称"])
    assert not is_series([])


@pytest.mark.shared
@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL.name} is not under $YUNXING_SHARED")
def test_the_real_series_hold_no_january_of_value_added_and_only_the_cumulative_of_february():
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(REAL.read_bytes()).decode())))
    published = series_facts(rows, submission="sha256:1", known_at=NOW)
    added = published.facts.filter(pl.col("party").str.starts_with("industrial_value_added"))

    assert published.rows == len(rows)
    assert not any(problem.effect == "block" for problem in published.problems)
    assert not added.filter(pl.col("period").str.ends_with("-01")).height
    assert not added.filter(pl.col("period").str.ends_with("-02")).height
    assert added.filter(pl.col("period") == "2021-01..10")["value"].to_list() == [1090]

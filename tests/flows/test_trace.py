"""Every figure of a closed month walks back to its cells, and its facts alone give its value again."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.small_city import two_years
from yunxing.engines.indicators.rows import row_from
from yunxing.engines.indicators.trace import Trail, figure, traced
from yunxing.flows.close_month import close_month
from yunxing.io.snapshots import Snapshot
from yunxing.packs.pack import load_pack
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
ON_OTHERS = {"planned", "plan_share", "plan_gap", "value_share", "due", "received", "repeats", "change_year_before"}


@pytest.fixture
def closed(home, connection) -> Snapshot:
    two_years(home, connection, Month(2022, 9), firms=6)
    return close_month(home, load_pack(PACK), Month(2022, 9), connection, bulletin=False).snapshot


def test_the_facts_of_every_figure_of_the_month_give_its_value_again(closed):
    """The third oracle: not the expressions, not the tests' reference, but the cells that the source drawer lists."""
    count, seen = 0, set()
    trail = Trail(closed)
    for plain in closed.table("indicators").to_pylist():
        row = row_from(plain)
        ours = row.period in ("2022-09", "2022-01..09", "2022-09-30", "2022Q3")
        if not ours or row.value is None or row.stat in ON_OTHERS:
            continue
        found = traced(trail, row.id)
        assert found.recomputed == row.value, row.id
        assert found.formula_zh, row.id
        assert found.formula_en, row.id
        count += 1
        seen.add((row.indicator, row.stat))
    assert count > 60
    # formulas have a test of their own, on every form: tests/engines/indicators/test_formula.py
    assert {indicator for indicator, _ in seen} >= {one["id"] for one in closed.definitions if one["statistic"] != "formula"} - {
        "profit_growth"
    }
    assert {stat for _, stat in seen} >= {"bridge_growth", "bridge_stored", "cumulative_share", "quarter_yoy", "quarter_points"}


def test_the_drawer_names_submission_sheet_and_cell(closed):
    found = figure(closed, "output_growth/unit/371602/2022-01..09/cumulative_yoy")

    assert len(found.facts) == 4  # two enterprises, this year's and last year's figure
    assert set(found.cells) == {("sha256:" + "0" * 64, "表1", "C7")}
    assert found.card["name"] == "规上工业总产值增速"
    assert found.formula_zh.startswith("100 ×（")


def test_the_formula_holds_the_numbers_of_the_row(closed):
    found = figure(closed, "project_investment/city/city/2022-01..09/gap")

    assert found.formula_zh == "100 × 2,430,000,000,000 ÷ 4,180,000,000,000 − 100 × 9 ÷ 12"


def test_a_figure_that_is_not_there_is_refused(closed):
    for name in ("output_growth/city/city/2022-01..09/nothing", "output_growth"):
        with pytest.raises(BadInput, match="has no figure"):
            figure(closed, name)

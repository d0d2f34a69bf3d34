"""`plan status`: what of the plan ran in a closed month, told from what the month left, never from what exists."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pack_cast import PLAN, change
from yunxing.flows.plan_status import status_of
from yunxing.packs.pack import load_pack
from yunxing.packs.status import status
from yunxing.values.errors import BadInput


def closed(home, month, *, listings=True, bulletin=True, older=None):
    """A closed month as small as it can be."""
    folder = home / "tables" / "closed" / month / "ab12"
    folder.mkdir(parents=True)
    (folder.parent / "current").write_text("ab12", encoding="ascii")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "cases.json").write_text(json.dumps([{"definition": "coal_shortage"}]), encoding="utf-8")
    rows = [
        {"indicator": "coal_days", "scope_kind": "city", "scope": "city", "period": month, "stat": "value", "num": 9, "den": 1},
        {
            "indicator": "listings",
            "scope_kind": "city",
            "scope": "city",
            "period": older or month,
            "stat": "cumulative",
            "num": 3 if listings else None,
            "den": 1,
        },
        {
            "indicator": "above_scale_entries",
            "scope_kind": "city",
            "scope": "city",
            "period": f"{month[:4]}-01..{month[5:]}",
            "stat": "cumulative",
            "num": 0,
            "den": 1,
        },
        {"indicator": "project_investment", "scope_kind": "unit", "scope": "u", "period": month, "stat": "value", "num": 1, "den": 1},
    ]
    tables = {
        "indicators": pa.Table.from_pylist(rows),
        "facts": pa.table({"form": ["coal_day", "coal_day", "listing_month"]}),
        "registry": pa.table({"rosters": ["above_scale,panel_100", "", "coal_sites"]}),
        "signals": pa.table({"rule": ["coal_days_floor"]}),
    }
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    if bulletin:
        (folder / "bulletin").mkdir()
        (folder / "bulletin" / "bulletin.json").write_text("{}", encoding="utf-8")


@pytest.fixture
def found(tmp_path, plan):
    closed(tmp_path, "2022-09")
    return {part.clause: part for part in status_of(tmp_path, plan, "2022-09").parts}


def test_a_part_ran_when_all_that_executes_it_left_a_trace(found):
    assert found["18/2b"].state == "ran"
    assert found["25/1b"].state == "ran"
    assert found["18/2b"].evidence["indicator:listings"] == "2022-09 有数 has a value"
    assert found["18/2b"].evidence["form:listing_month"] == "1 条事实 facts"


def test_what_is_planned_keeps_a_part_from_having_run_wholly(tmp_path):
    """The plan with one part put back to what is only intended."""
    folder = Path(shutil.copytree(PLAN, tmp_path / PLAN.name))
    change(folder, "measures.toml", 'executed_by = ["chain:map_and_lists"]', 'executed_by = ["planned:chain:another_map"]')
    closed(tmp_path, "2022-09")
    found = {part.clause: part for part in status_of(tmp_path, load_pack(folder), "2022-09").parts}

    assert found["7/1b"].state == "planned"
    assert found["7/1b"].evidence == {}


def test_what_exists_and_left_nothing_is_quiet_not_done(found):
    """A value for a county alone is none for the city; absent is not zero."""
    assert found["1/1c"].state == "quiet"
    assert "no trace" in found["1/1c"].evidence["indicator:project_investment"]


def test_a_rule_assessed_on_application_is_not_told_by_month(found):
    assert found["18/3"].state == "elsewhere"
    assert "on application" in found["18/3"].evidence["policy:m18_listing_stages"]


def test_the_narrative_sentence_stays_narrative(found):
    assert found["18/5"].state == "narrative"


def test_a_signal_that_found_nothing_has_still_run(found):
    assert found["26/1c"].state == "ran"
    assert found["26/1c"].evidence["signal:output_fall"] == "0 条信号 signals"


def test_an_absent_value_is_no_trace(tmp_path, plan):
    closed(tmp_path, "2022-10", listings=False, bulletin=False)
    found = {part.clause: part for part in status_of(tmp_path, plan, "2022-10").parts}

    assert found["18/2b"].state == "partly"
    assert found["25/1b"].state == "quiet"


def test_no_event_is_an_answer_when_the_count_has_a_value(found):
    """Nobody was admitted in the month: the form of admissions is empty and the count says so."""
    assert found["27/1b"].state == "ran"
    assert "no event" in found["27/1b"].evidence["form:growth_point_month"]


def test_a_figure_of_an_earlier_month_is_no_trace_of_this_one(tmp_path, plan):
    closed(tmp_path, "2022-10", older="2022-09")
    found = {part.clause: part for part in status_of(tmp_path, plan, "2022-10").parts}

    assert found["18/2b"].evidence["indicator:listings"].endswith("no trace in the month")


def test_counts_add_up_to_the_plan(tmp_path, plan):
    closed(tmp_path, "2022-09")
    found = status_of(tmp_path, plan, "2022-09")

    assert sum(found.counts.values()) == 137
    assert json.loads(json.dumps(found.to_json()))["counts"]["narrative"] == 1
    assert found.lines()[0] == "binzhou_2022_156 · 2022-09 · sha256:ab12"


def test_a_month_that_is_not_closed_names_the_closed_ones(tmp_path, plan):
    closed(tmp_path, "2022-09")
    with pytest.raises(BadInput, match="closed months: 2022-09"):
        status_of(tmp_path, plan, "2022-10")
    with pytest.raises(BadInput):
        status_of(tmp_path, plan, "2022Q3")


def test_a_pack_with_nothing_built_is_all_planned(template):
    states = {part.state for part in status(load_pack(template), "2030-04", "sha256:00", {}).parts}

    assert states == {"planned", "narrative"}

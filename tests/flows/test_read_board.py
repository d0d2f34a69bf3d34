"""What of a closed month and of the plan reaches the bulletin, and what does not."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import bulletin_cast as cast
from yunxing.flows.read_board import _bound, _day, read_board
from yunxing.io.snapshots import Snapshot, parquet_bytes, write
from yunxing.packs.pack import load_pack
from yunxing.values.quantity import Comparator

PACK = load_pack(cast.LIBRARY.parent.parent)


def closed(home: Path, **tables: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Snapshot:
    """September with some tables edited."""
    first = cast.close(home / "first")
    files = {}
    for path in first.folder.glob("*.parquet"):
        rows = pq.read_table(io.BytesIO(path.read_bytes()))
        edit = tables.get(path.stem)
        files[path.name] = parquet_bytes(pa.Table.from_pylist(edit(rows.to_pylist()), schema=rows.schema) if edit else rows)
    return write(home / "second", "2022-09", files, {"as_of": "2022-10-15T17:00:00+00:00", "synthetic": False})


def test_the_day_of_the_data_is_that_of_the_city_clock(tmp_path: Path) -> None:
    """17:00 UTC is one in the morning of the next day in the city."""
    board = read_board(closed(tmp_path), PACK)
    assert board.as_of == "2022-10-16"
    assert not board.synthetic


def test_the_digest_is_that_of_the_figures_and_not_of_the_folder(tmp_path: Path) -> None:
    """The folder's hash counts the bulletin too, so the bulletin cannot name it."""
    first = closed(tmp_path)
    tables = {path.name: path.read_bytes() for path in first.folder.glob("*.parquet")}

    def also(folder: Path) -> None:
        (folder / "more.json").write_bytes(b"{}")

    snapshot = write(tmp_path / "third", "2022-09", tables, {"as_of": "2022-10-15T17:00:00+00:00"}, also)
    assert read_board(snapshot, PACK).snapshot == snapshot.manifest["figures"] == first.manifest["figures"]
    assert snapshot.manifest["figures"] != snapshot.manifest["snapshot"]


def test_signals_that_were_closed_are_not_told(tmp_path: Path) -> None:
    board = read_board(
        closed(tmp_path, signals=lambda rows: [row | {"state": "closed" if n else "new"} for n, row in enumerate(rows)]), PACK
    )
    assert [signal.id for signal in board.signals] == ["s1"]


def test_an_owner_that_is_no_office_keeps_its_words(tmp_path: Path) -> None:
    board = read_board(closed(tmp_path, signals=lambda rows: [row | {"owner": "某县工信局"} for row in rows]), PACK)
    assert {signal.owner for signal in board.signals} == {"某县工信局"}


def test_the_rows_a_signal_rests_on_come_from_its_evidence(tmp_path: Path) -> None:
    evidence = json.dumps({"figures": [{"row": "a/b/c/d/e"}, {"name": "no row"}], "contributions": []})
    board = read_board(closed(tmp_path, signals=lambda rows: [row | {"evidence": evidence} for row in rows[:1]]), PACK)
    assert board.signals[0].rows == ("a/b/c/d/e",)


def test_only_projects_of_the_key_list_are_told(tmp_path: Path) -> None:
    board = read_board(
        closed(
            tmp_path, registry=lambda rows: [row | {"rosters": "key_projects" if n == 0 else "seed_bank"} for n, row in enumerate(rows)]
        ),
        PACK,
    )
    assert len(board.projects) == 1


def test_enterprises_are_no_projects(tmp_path: Path) -> None:
    board = read_board(closed(tmp_path, registry=lambda rows: [row | {"kind": "enterprise"} for row in rows]), PACK)
    assert board.projects == ()


@pytest.mark.parametrize(
    ("facts", "started"),
    [
        ([("stage", 0)], False),
        ([("stage", 1)], False),
        ([("stage", 2)], True),
        ([("stage", 7)], True),  # suspended: it had begun
        ([("started_on", 19000)], True),
        ([("started_on", None)], None),
        ([("stage", 1), ("started_on", 19000)], True),
        ([("started_on", 19000), ("stage", 1)], True),
        ([("investment", 5)], None),
        ([], None),
    ],
)
def test_when_a_project_has_started(tmp_path: Path, facts: list[tuple[str, int | None]], started: bool | None) -> None:
    """A start that was reported outweighs the stage; without a report of either nothing is known."""
    rows = [{"form": "project_month", "item": item, "party": "p000", "value": value} for item, value in facts]
    board = read_board(closed(tmp_path, facts=lambda _: rows), PACK)
    assert {project.party: project.started for project in board.projects}["p000"] is started


def test_the_stage_of_another_form_says_nothing_of_a_project(tmp_path: Path) -> None:
    rows = [{"form": "enterprise_month", "item": "stage", "party": "p000", "value": 3}]
    board = read_board(closed(tmp_path, facts=lambda _: rows), PACK)
    assert board.projects[0].started is None


def test_units_stand_in_the_order_of_the_plan_with_their_short_names(tmp_path: Path) -> None:
    board = read_board(closed(tmp_path), PACK)
    assert [(unit.code, unit.name) for unit in board.units] == [(unit.id, unit.label) for unit in PACK.regions.units]


def test_promises_are_in_the_stored_unit_and_keep_their_comparator(tmp_path: Path) -> None:
    board = read_board(closed(tmp_path), PACK)
    found = {c.id: (Fraction(c.num, c.den), c.unit, c.comparator) for c in board.commitments}
    assert found["investment_year"] == (418 * cast.YI, "fen", Comparator.ge)
    assert found["port_foreign_cargo"] == (25 * cast.WAN_TONS, "kg", Comparator.ge)
    assert found["coal_days_floor"] == (7, "days", Comparator.ge)
    assert found["above_scale_year"] == (200, "firms", Comparator.ge)


def test_what_binds_a_rule_is_no_promise_with_a_light() -> None:
    caps = [one for one in PACK.commitments if one.kind in ("cap", "rate", "amount", "threshold")]
    assert caps
    assert all(_bound(one) is None for one in caps)


def test_indicators_are_told_by_the_names_of_their_cards(tmp_path: Path) -> None:
    board = read_board(closed(tmp_path), PACK)
    assert board.names["output_growth"]
    assert set(board.names) >= {"project_investment", "coal_days", "listings"}


def test_rows_about_single_enterprises_are_not_read(tmp_path: Path) -> None:
    """A bulletin is published: what is about one enterprise stays in the closed month."""
    snapshot = closed(tmp_path, indicators=lambda rows: [*rows, rows[0] | {"scope_kind": "party", "scope": "secret"}])
    assert "secret" not in {row.scope for row in read_board(snapshot, PACK).rows}


def test_a_unit_that_did_not_report_makes_the_bulletin_provisional(tmp_path: Path) -> None:
    whole = closed(tmp_path / "a", indicators=lambda rows: [row for row in rows if row["absence"] is None])
    part = closed(tmp_path / "b")
    assert [read_board(one, PACK).provisional for one in (whole, part)] == [False, True]


@pytest.mark.parametrize(
    ("value", "day"),
    [("2022-09-30", date(2022, 9, 30)), ("2022-09-30T00:00:00", date(2022, 9, 30)), (0, date(1970, 1, 1)), ("", None), (None, None)],
)
def test_days_of_the_registry(value: object, day: date | None) -> None:
    assert _day(value) == day

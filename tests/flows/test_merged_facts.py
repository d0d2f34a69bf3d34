"""Facts follow a merge: what stood under the id given up counts as the party's that stays, in a closed month and in its file."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.small_city import City, two_years
from yunxing.engines.facts.table import SCHEMA
from yunxing.flows.close_month import Plan, compute_month
from yunxing.flows.registry_books import merge_parties, undo_change
from yunxing.io import tables
from yunxing.io.month_tables import open_month
from yunxing.io.party_facts import facts_of_parties
from yunxing.io.store import dialect, registry
from yunxing.io.store.registry_history import Act
from yunxing.packs.pack import load_pack
from yunxing.values.period import Month

SEPTEMBER = Month(2022, 9)
PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
FIRM, FORMER = "E001", "X001"


def split(home: Path, connection: Any) -> City:
    """The small city in which one firm's reports up to June 2022 stand under an id it had before."""
    city = City(6)
    at = Month(2021, 1)
    while at <= SEPTEMBER:
        city.month(at)
        at = at.next()
    for (month, _form), rows in city.rows.items():
        for row in rows:
            if row["party"] == FIRM and month <= "2022-06":
                row["party"] = FORMER
    city.write(home, connection)
    before = next(one for one in city.parties() if one.id == FIRM)
    registry.write_parties(connection, [replace(before, id=FORMER, name="示例旧名")])
    return city


def figures(home: Path, connection: Any) -> list[Any]:
    computed = compute_month(home, Plan.of(load_pack(PACK)), SEPTEMBER, connection)
    return sorted((path, content) for path, content in computed.files.items() if path.startswith(("indicators", "contributions")))


def test_after_the_merge_the_month_is_as_if_there_had_been_one_id(home, tmp_path):
    """Every figure and every contribution equal those of a city where the firm never had another id; undone, they are apart again."""
    whole = Path(shutil.copytree(home, tmp_path / "whole"))
    with dialect.connected(whole) as connection:
        two_years(whole, connection, SEPTEMBER, 6)
        expected = figures(whole, connection)
    with dialect.connected(home) as connection:
        split(home, connection)
        apart = figures(home, connection)
        _merge, change = merge_parties(connection, FIRM, FORMER, act=Act(None, "", "merge"))
        assert figures(home, connection) == expected != apart
        undo_change(connection, change, at=datetime.now(UTC), person="")
        assert figures(home, connection) == apart


def test_of_a_cell_both_reported_the_own_is_kept(home, connection):
    """The survivor's own report wins, whatever its version; among two former ids the first by name."""
    city = City(2)
    city.month(SEPTEMBER)
    own = next(one for one in city.rows["2022-09", "enterprise_month"] if one["party"] == FIRM and one["item"] == "electricity")
    rows = [own | {"value": 11}, own | {"party": FORMER, "value": 99, "version": 3}, own | {"party": "X002", "value": 98},
            own | {"party": FORMER, "item": "stop_days", "value": 4}, own | {"party": "X002", "item": "stop_days", "value": 5}]  # fmt: skip
    tables.append_batch(home, "2022-09", "enterprise_month", pl.DataFrame(rows, schema=SCHEMA))
    read = {"forms": {"enterprise_month"}, "periods": {"2022-09"}, "day": None, "parties": [], "members": []}
    with open_month(home, **read, aliases={FORMER: FIRM, "X002": FORMER}) as month:
        found = {(row["party"], row["item"]): row["value"] for row in month.run(month.facts).to_pylist()}

    assert found == {(FIRM, "electricity"): 11, (FIRM, "stop_days"): 4}
    alike = {(row["item"], row["value"]) for row in facts_of_parties(home, [FIRM, FORMER, "X002"])}
    assert alike == {("electricity", 11), ("stop_days", 4)}


def test_a_partys_facts_are_its_own_and_as_known_on_a_day(home, connection):
    city = two_years(home, connection, SEPTEMBER, 3)
    rows = facts_of_parties(home, [FIRM], forms={"enterprise_month"})

    assert {row["party"] for row in rows} == {FIRM}
    expected = {(one["item"], one["period"], one["as_reported"], one["role"]): one["value"]
                for reports in city.rows.values() for one in reports if one["party"] == FIRM and one["form"] == "enterprise_month"}  # fmt: skip
    assert {(one["item"], one["period"], one["as_reported"], one["role"]): one["value"] for one in rows} == expected
    early = facts_of_parties(home, [FIRM], forms={"enterprise_month"}, day=date(2021, 3, 31))
    assert {row["period"][:4] for row in early} == {"2021"}
    assert len(early) < len(rows)
    assert facts_of_parties(home, []) == facts_of_parties(home, ["nobody"]) == []


@pytest.mark.parametrize("day", [date(2022, 6, 30), date(2022, 9, 30)])
def test_a_firm_belongs_in_each_month_to_the_unit_it_had_then(connection, day):
    """A change of unit from July on leaves June's registry as it was (`parties_at` is what closing reads)."""
    from yunxing.io.store.registry_history import record

    city = City(2)
    registry.write_parties(connection, city.parties())
    moved = replace(city.parties()[0], unit="371603")
    record(connection, Act(), [(moved, date(2022, 7, 1))])

    assert registry.parties_at(connection, day)["E000"].unit == ("371603" if day.month > 6 else city.unit(0))

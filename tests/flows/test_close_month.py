"""Closing a month: the same facts give the same hash, a revision closes anew beside the old one, and nothing is recorded twice."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.small_city import FALLING, City, two_years
from yunxing.engines.facts.table import SCHEMA
from yunxing.flows.close_month import close_month
from yunxing.flows.reproduce_month import differences, reproduce_month
from yunxing.io import snapshots, tables
from yunxing.io.store import dialect, room
from yunxing.packs.pack import Pack, load_pack
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

SEPTEMBER = Month(2022, 9)
PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACK)


def revise(home: Path, city: City, party: str, value: int) -> None:
    """A late correction of September's cumulative output, known on 20 October."""
    old = next(
        one
        for one in city.rows["2022-09", "enterprise_month"]
        if one["party"] == party and one["period"] == "2022-01..09" and one["role"] == "value"
    )
    late = old | {"value": value, "version": 2, "known_at": datetime(2022, 10, 20, tzinfo=UTC), "submission": "sha256:" + "1" * 64}
    tables.append_batch(home, "2022-09", "enterprise_month", pl.DataFrame([late], schema=SCHEMA))


def figures_only(*given, **named):
    """Closing without a bulletin: the same figures, in less time."""
    return close_month(*given, bulletin=False, **named)


def count(connection, table: str) -> int:
    return int(dialect.rows(connection, f"select count(*) from {table}")[0][0])


def test_a_closed_month_holds_what_the_contract_says(home, connection, pack):
    two_years(home, connection, SEPTEMBER)
    closed = close_month(home, pack, SEPTEMBER, connection)
    names = {path.relative_to(closed.snapshot.folder).as_posix() for path in closed.snapshot.folder.rglob("*") if path.is_file()}

    assert {
        "manifest.json",
        "indicators.parquet",
        "contributions.parquet",
        "facts.parquet",
        "registry.parquet",
        "signals.parquet",
        "cases.json",
    } <= names
    assert {"definitions.json", "bulletin/bulletin.json", "bulletin/figures.json", "bulletin/bulletin-2022-09.docx"} <= names
    manifest = closed.snapshot.manifest
    assert manifest["snapshot"] == f"sha256:{closed.snapshot.folder.name}"
    assert manifest["pack"]["id"] == "binzhou_2022_156"
    assert manifest["as_of"] == "2022-10-06T02:00:00+00:00"
    assert closed.snapshot.bulletin()["snapshot"] == manifest["figures"]
    rules = sorted(one["rule"] for one in closed.snapshot.table("signals").to_pylist())
    assert rules == ["coal_days_floor", "output_decline", "output_decline", "target_gap"]
    decline = next(one for one in closed.snapshot.table("signals").to_pylist() if one["rule"] == "output_decline")
    assert json.loads(decline["evidence"])["contributions"][0]["party"] == FALLING


def test_closing_again_changes_nothing(home, connection, pack):
    two_years(home, connection, SEPTEMBER)
    first = figures_only(home, pack, SEPTEMBER, connection)
    before = {name: count(connection, name) for name in TABLES}
    again = figures_only(home, pack, SEPTEMBER, connection)

    assert again.snapshot.hash == first.snapshot.hash
    assert (first.recorded.new, again.recorded.new) == (True, False)
    assert {name: count(connection, name) for name in TABLES} == before
    assert before["room_closed_month"] == 1
    assert before["room_signal"] == before["room_open_signal"] == before["casework_case"] == first.signals == 4


TABLES = ("room_closed_month", "room_signal", "room_open_signal", "casework_case", "casework_event", "casework_clock")


def test_the_hash_does_not_depend_on_the_order_or_the_number_of_batches(home, connection, pack, tmp_path):
    city = two_years(home, connection, SEPTEMBER)
    one = figures_only(home, pack, SEPTEMBER, connection).snapshot.hash
    for path in tables.facts_folder(home).glob("*.parquet"):
        path.unlink()
    for (month, form), rows in sorted(city.rows.items(), reverse=True):
        for part in (rows[::2][::-1], rows[1::2]):
            if part:
                tables.append_batch(home, month, form, pl.DataFrame(part, schema=SCHEMA))

    assert figures_only(home, pack, SEPTEMBER, connection).snapshot.hash == one


def test_a_late_revision_closes_the_month_beside_the_old_snapshot_and_says_what_changed(home, connection, pack):
    city = two_years(home, connection, SEPTEMBER)
    first = figures_only(home, pack, SEPTEMBER, connection)
    revise(home, city, "E000", 1)
    second = figures_only(home, pack, SEPTEMBER, connection)

    assert second.before == first.snapshot
    assert {one.hash for one in snapshots.snapshots_of(home, "2022-09")} == {first.snapshot.hash, second.snapshot.hash}
    changed = list(differences(first.snapshot, second.snapshot))
    assert any(one.key == "output_growth/city/city/2022-01..09/cumulative_yoy" for one in changed)
    assert all("E000" in one.key for one in changed if one.table == "facts")
    assert room.standing_months(connection) == [("2022-09", second.snapshot.manifest["snapshot"])]
    assert count(connection, "room_closed_month") == 2
    assert snapshots.latest(home, "2022-09") == second.snapshot


def test_what_was_known_on_a_day_gives_the_old_hash_after_a_revision(home, connection, pack):
    city = two_years(home, connection, SEPTEMBER)
    first = figures_only(home, pack, SEPTEMBER, connection)
    revise(home, city, "E000", 1)
    figures_only(home, pack, SEPTEMBER, connection)
    back = figures_only(home, pack, SEPTEMBER, connection, as_of=date(2022, 10, 12))

    assert back.snapshot.hash == first.snapshot.hash
    assert room.standing_months(connection) == [("2022-09", first.snapshot.manifest["snapshot"])]


def test_a_revision_that_takes_a_signal_back_withdraws_it_and_frees_its_place(home, connection, pack):
    city = two_years(home, connection, SEPTEMBER)
    figures_only(home, pack, SEPTEMBER, connection)
    rows = [
        one | {"value": 90_000_000, "version": 2, "known_at": datetime(2022, 10, 20, tzinfo=UTC)}
        for one in city.rows["2022-09", "coal_day"]
        if one["party"] == "S801" and one["item"] == "closing"
    ]
    tables.append_batch(home, "2022-09", "coal_day", pl.DataFrame(rows, schema=SCHEMA))
    closed = figures_only(home, pack, SEPTEMBER, connection)

    assert closed.recorded.withdrawn == 1
    assert count(connection, "room_open_signal") == 3
    states = dict(dialect.rows(connection, "select rule, state from room_signal where rule = %s", ("coal_days_floor",)))
    assert states == {"coal_days_floor": "withdrawn"}


def test_a_signal_that_goes_on_stays_one_signal_and_its_case_hears_of_it(home, connection, pack):
    """August and September both find the county falling: one open signal, one case, two events."""
    two_years(home, connection, SEPTEMBER)
    figures_only(home, pack, Month(2022, 8), connection)
    figures_only(home, pack, SEPTEMBER, connection)
    keys = [row[0] for row in dialect.rows(connection, "select key from room_open_signal")]

    assert len(keys) == len(set(keys))
    case = dialect.rows(connection, "select id, ver from casework_case where definition = %s order by id", ("quarterly_talk",))
    assert [ver for _, ver in case] == [1, 1]
    events = dialect.rows(connection, "select ver, edge from casework_event where case_id = %s order by ver", (case[0][0],))
    assert events == [(0, "open"), (1, "hear_again")]


def test_reproduce_gives_the_same_hash_and_after_a_change_the_first_differing_rows(home, connection, pack):
    city = two_years(home, connection, SEPTEMBER)
    close_month(home, pack, Month(2022, 8), connection)
    closed = close_month(home, pack, SEPTEMBER, connection)
    again = reproduce_month(home, pack, SEPTEMBER, connection)
    assert (again.same, again.files, again.rows) == (True, (), ())

    revise(home, city, "E000", 1)  # known later than the month's as_of: changes nothing
    assert reproduce_month(home, pack, SEPTEMBER, connection).same

    for path in tables.batches(home, forms=["enterprise_month"], months=["2022-09"]):
        frame = pl.read_parquet(path)
        path.unlink()
        tables.append_batch(
            home, "2022-09", "enterprise_month", frame.with_columns(value=pl.col("value") + (pl.col("party") == "E001").cast(pl.Int64))
        )
    broken = reproduce_month(home, pack, SEPTEMBER, connection)
    assert not broken.same
    assert broken.snapshot == closed.snapshot
    assert "indicators.parquet" in broken.files
    assert broken.rows[0].table == "indicators"
    assert "→" in str(broken.rows[0])
    assert not list(snapshots.closed_folder(home).glob(".partial-*"))


def test_a_month_without_facts_is_refused_and_says_what_to_do(home, connection, pack):
    with pytest.raises(BadInput, match="yunxing facts import"):
        close_month(home, pack, SEPTEMBER, connection)
    with pytest.raises(BadInput, match="yunxing month close 2022-09"):
        reproduce_month(home, pack, SEPTEMBER, connection)


def test_january_and_february_close(home, connection, pack):
    """January has no enterprises' report and no bulletin; February closes the two months together."""
    two_years(home, connection, Month(2022, 2))
    january = close_month(home, pack, Month(2022, 1), connection)
    february = close_month(home, pack, Month(2022, 2), connection)
    row = next(
        one
        for one in february.snapshot.rows("output_growth")
        if one["scope"] == "city" and one["stat"] == "cumulative_yoy" and one["period"] == "2022-01..02"
    )

    assert january.snapshot.bulletin() is None
    assert row["num"] is not None
    assert february.snapshot.bulletin()["title"].count("1—2月") == 1


def test_a_snapshot_is_read_in_fifty_milliseconds(home, connection, pack):
    """The overview page reads the figures of all scopes but the single enterprises."""
    two_years(home, connection, SEPTEMBER)
    figures_only(home, pack, SEPTEMBER, connection)
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        snapshot = snapshots.latest(home)
        rows, cards, signals = snapshot.rows(), snapshot.definitions, snapshot.table("signals").to_pylist()
        taken.append(time.perf_counter() - begun)
        assert rows
        assert len(cards) == len(pack.load_section("indicators"))
        assert signals

    assert min(taken) < 0.05  # the best of five: other work on the machine is not what is measured


def test_an_unknown_table_is_refused_with_the_known_ones(home, connection, pack):
    two_years(home, connection, Month(2022, 3))
    snapshot = figures_only(home, pack, Month(2022, 3), connection).snapshot
    with pytest.raises(BadInput, match="contributions, facts, indicators, panel, registry, signals"):
        snapshot.table("indicator")
    assert json.loads((snapshot.folder / "cases.json").read_text(encoding="utf-8")) == snapshot.cases

"""The facts store: appended to for ever, the same batch twice is one file, a month reads only its own files, an undone batch is read by nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_cast import A, B, built, enterprise, history, taken
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.table import SCHEMA, as_of
from yunxing.io import tables
from yunxing.io.files import content_path, keep, keep_all, write_atomic
from yunxing.values.errors import BadInput
from yunxing.values.period import parse_period

FORM = "enterprise_month"


def facts(month: int = 9, output: str = "100.00", version: int = 1, day: int = 5) -> pl.DataFrame:
    rows = taken(built(FORM, [Row(A, "甲", enterprise(output))], month=month))[0].facts
    known = pl.lit(datetime(2022, 10, day, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC"))
    return rows.with_columns(pl.lit(version, pl.Int32).alias("version"), known.alias("known_at"))


def test_a_batch_is_named_by_its_month_form_and_content(tmp_path):
    first = tables.append_batch(tmp_path, "2022-09", FORM, facts())
    again = tables.append_batch(tmp_path, "2022-09", FORM, facts())

    assert first == again
    assert first.startswith("2022-09.enterprise_month.")
    assert len(list(tables.facts_folder(tmp_path).iterdir())) == 1


def test_what_is_read_is_what_polars_reads(tmp_path):
    """DuckDB's as-of equals the engine's own on the same rows."""
    parts = [facts(), facts(output="101.00", version=2, day=8), facts(month=8)]
    for month, part in zip(("2022-09", "2022-09", "2022-08"), parts, strict=True):
        tables.append_batch(tmp_path, month, FORM, part)

    for day in (date(2022, 10, 4), date(2022, 10, 5), date(2022, 10, 7), date(2022, 10, 8), None):
        read = tables.facts_as_of(tmp_path, day)
        assert read.schema == SCHEMA
        assert read.equals(as_of(pl.concat(parts), day))


def test_forms_and_periods_are_picked(tmp_path):
    tables.append_batch(tmp_path, "2022-09", FORM, facts())
    tables.append_batch(tmp_path, "2022-08", FORM, facts(month=8))

    september = tables.facts_as_of(tmp_path, None, [FORM], ["2022-09", "2022-01..09"])
    assert set(september["period"]) == {"2022-09", "2022-01..09"}
    assert tables.facts_as_of(tmp_path, None, ["coal_day"]).height == 0
    assert tables.facts_of_months(tmp_path, FORM, ["2022-08"]).height == 13
    assert tables.facts_of_months(tmp_path, FORM, []).height == 0


def test_a_month_opens_only_its_own_files(tmp_path):
    tables.append_batch(tmp_path, "2022-09", FORM, facts())
    write_atomic(tables.facts_folder(tmp_path) / f"2021-01.{FORM}.broken.parquet", b"not a parquet file")

    assert tables.facts_as_of(tmp_path, None, [FORM], ["2022-09"]).height == 6


def test_an_empty_store_holds_nothing(tmp_path):
    assert tables.facts_as_of(tmp_path).height == 0
    assert tables.facts_as_of(tmp_path).schema == SCHEMA


def test_an_undone_batch_is_read_by_nobody_and_comes_back_when_sent_again(tmp_path):
    batch = tables.append_batch(tmp_path, "2022-09", FORM, facts())
    tables.undo_batch(tmp_path, batch)
    assert tables.facts_as_of(tmp_path).height == 0

    tables.append_batch(tmp_path, "2022-09", FORM, facts())
    assert tables.facts_as_of(tmp_path).height == 13
    with pytest.raises(BadInput, match="没有批次"):
        tables.undo_batch(tmp_path, "2022-09.none.0")


@given(st.sampled_from(["2022-09", "2022-01..09", "2022-01..02", "2022-09-30"]))
def test_a_period_is_filed_under_the_month_it_ends_in(code: str):
    end = parse_period(code).end

    assert tables.month_of(code) == f"{end.year}-{end.month:02d}"
    assert pl.DataFrame({"period": [code]}).select(tables.month_column())["period"].to_list() == [tables.month_of(code)]


@given(st.integers(1, 12), st.integers(0, 30))
def test_the_months_before_are_consecutive(month: int, count: int):
    found = tables.months_before(f"2022-{month:02d}", count)

    assert len(found) == count + 1
    assert found[-1] == f"2022-{month:02d}"
    assert found == sorted(found)
    assert len(set(found)) == len(found)


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    """A crash while writing leaves the old file and no litter."""
    path = tmp_path / "x"
    write_atomic(path, b"old")

    def crash(_):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", crash)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert path.read_bytes() == b"old"


def test_files_are_kept_by_content(tmp_path):
    named = keep(tmp_path, b"abc")

    assert keep_all(tmp_path, [b"abc"] * 5) == [named] * 5
    assert content_path(tmp_path, named).read_bytes() == b"abc"
    assert content_path(tmp_path, named).parts[-3:] == ("sha256", named[7:9], named[7:])
    with pytest.raises(BadInput):
        content_path(tmp_path, "sha256:../../x")


def test_the_store_fetches_nothing_from_a_network():
    connection = tables.connect_tables()

    settings = dict(connection.execute("select name, value from duckdb_settings() where name like 'auto%extensions'").fetchall())
    assert settings == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def test_two_parties_keep_their_own_versions(tmp_path):
    both = history(FORM, {9: [Row(A, "甲", enterprise()), Row(B, "乙", enterprise("7.00"))]})
    tables.append_batch(tmp_path, "2022-09", FORM, both)

    assert tables.facts_as_of(tmp_path)["party"].n_unique() == 2

"""What did we know on day D: on revisions, absences and real-time vintages; on a command line too. 合成数据 where not said otherwise."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from facts_cast import A, B, built, enterprise, taken
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.table import CELL, SCHEMA, as_of, empty, next_versions
from yunxing.flows.known_on import Asked, known_on, learned_between, versions_of, write_facts
from yunxing.io import tables
from yunxing.values.errors import BadInput

FORM, ROOT = "enterprise_month", Path(__file__).resolve().parents[2]


def store(home: Path, day: int, *rows: Row, month: int = 9) -> None:
    """A month's rows become known on that day of October 2022."""
    facts = taken(built(FORM, list(rows), month=month))[0].facts
    known = pl.lit(datetime(2022, 10, day, 1, tzinfo=UTC)).cast(SCHEMA["known_at"])
    code = f"2022-{month:02d}"
    fresh, _, _ = next_versions(facts.with_columns(known.alias("known_at")), tables.facts_of_months(home, FORM, [code]))
    tables.append_batch(home, code, FORM, fresh)


@pytest.fixture
def home(tmp_path):
    store(tmp_path, 5, Row(A, "甲", enterprise("100.00")), Row(B, "乙", {**enterprise("50.00"), "tax/value/cumulative": "未报"}))
    store(tmp_path, 5, Row(A, "甲", enterprise("99.00", cumulative="800.00")), month=8)
    store(tmp_path, 12, Row(A, "甲", enterprise("100.30"), cause="漏报一车间"))
    store(tmp_path, 20, Row(B, "乙", enterprise("50.00")))
    return tmp_path


def value(facts: pl.DataFrame, party: str, item: str, kind: str = "month") -> tuple[int | None, str | None]:
    row = facts.filter(
        (pl.col("party") == party) & (pl.col("item") == item) & (pl.col("as_reported") == kind) & (pl.col("role") == "value")
    )
    return row["value"][0], row["absence"][0]


@pytest.mark.parametrize(
    ("day", "output", "tax"),
    [
        (5, 100_00, (None, "not_reported")),
        (11, 100_00, (None, "not_reported")),
        (12, 100_30, (None, "not_reported")),
        (20, 100_30, (2500_0000, None)),
    ],
)
def test_each_day_has_its_own_answer(home, day, output, tax):
    facts = known_on(home, date(2022, 10, day), Asked(periods=["2022-09", "2022-01..09"]))

    assert value(facts, A, "output")[0] == output * 10**4
    assert value(facts, B, "tax", "cumulative") == tax


def test_before_anything_was_known_there_is_nothing(home):
    assert known_on(home, date(2022, 10, 4)).height == 0
    assert known_on(home, None).equals(known_on(home, date(2023, 1, 1)))


def test_facts_are_picked_by_form_period_item_party_and_unit(home):
    both = Asked(items=["output"], parties=[A])
    assert set(known_on(home, None, both)["period"]) == {"2022-08", "2022-09", "2022-01..08", "2022-01..09"}
    assert known_on(home, None, Asked(units=["BZ-BH"])).height == 0
    assert known_on(home, None, Asked(forms=["coal_day"])).height == 0
    assert known_on(home, None, Asked(periods=["2022-08"]))["period"].unique().to_list() == ["2022-08"]


def test_a_second_key_comes_with_its_party(tmp_path):
    rows = taken(built(FORM, [Row(A, "甲", enterprise())]))[0].facts
    tables.append_batch(tmp_path, "2022-09", FORM, rows.with_columns((pl.col("party") + "/BANK-01").alias("party")))

    assert known_on(tmp_path, None, Asked(parties=[A])).height == rows.height
    assert known_on(tmp_path, None, Asked(parties=["BANK-01"])).height == 0


def test_what_was_learned_stands_beside_what_it_replaced(home):
    learned = learned_between(home, date(2022, 10, 5), date(2022, 10, 12))
    by = {(row["party"], row["item"], row["as_reported"], row["role"]): row for row in learned.iter_rows(named=True)}

    assert by[A, "output", "month", "value"]["old_value"] == 100 * 10**6
    assert by[A, "output", "month", "value"]["value"] == 100_30 * 10**4
    assert {party for party, *_ in by} == {A}
    tax = learned_between(home, date(2022, 10, 12), date(2022, 10, 20)).row(0, named=True)
    assert (tax["item"], tax["old_absence"], tax["value"]) == ("tax", "not_reported", 25 * 10**6)
    assert learned_between(home, date(2022, 10, 20), date(2022, 10, 31)).height == 0
    assert learned_between(home, date(2022, 10, 1), date(2022, 10, 5))["old_version"].null_count() > 0


def test_a_cells_history_is_old_to_new_with_its_cause(home):
    history = versions_of(home, FORM, "output", A, "2022-09", as_reported="month")

    assert history["value"].to_list() == [100 * 10**6, 100_30 * 10**4]
    assert history["cause"].to_list() == ["", "漏报一车间"]
    assert history["version"].to_list() == [1, 2]
    assert versions_of(home, FORM, "output", "NOBODY", "2022-09").height == 0


def test_files_hold_every_column_and_open_in_a_spreadsheet(home, tmp_path):
    facts = known_on(home, None)
    write_facts(facts, tmp_path / "a.csv")
    write_facts(facts, tmp_path / "a.parquet")

    assert (tmp_path / "a.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), list(rows[0])) == (facts.height, list(SCHEMA))
    assert pl.read_parquet(tmp_path / "a.parquet").equals(facts)
    with pytest.raises(BadInput, match=r"csv"):
        write_facts(facts, tmp_path / "a.xlsx")


def _vintages() -> dict[str, list[tuple[str, str, str]]]:
    shared = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared"))
    path = shared / "data" / "monitoring" / "frbny_vintages_dev.csv.gz"
    if not path.exists():
        pytest.skip(f"the real-time vintages are not at {path}; set YUNXING_SHARED")
    found: dict[str, list[tuple[str, str, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["vintage"], []).append((row["variable"], row["date"][:7], row["value"]))
    return found


@pytest.mark.shared
def test_the_real_time_vintages_are_replayed_cell_by_cell(tmp_path):
    """Ten published vintages of 29 series go in one after the other; as of each day the store answers with that vintage, no cell more or less."""
    published = _vintages()
    plain: dict[str, Any] = {
        "form": "public_series", "item": "value", "role": "value", "unit": "", "region": "", "industry": "", "as_reported": "month", "words": None,
        "basis": "published", "origin": "public", "status": "reported", "held": False, "cause": "", "version": 0, "submission": "s", "sheet": "csv", "cell": "A1",
    }  # fmt: skip
    latest = empty()
    for vintage, rows in sorted(published.items()):
        known = datetime.fromisoformat(f"{vintage}T04:00:00+00:00")
        given = pl.DataFrame(
            {
                "party": [row[0] for row in rows],
                "period": [row[1] for row in rows],
                "value": [round(float(row[2]) * 10_000) for row in rows],
            }
        ).with_columns(
            pl.lit(None, pl.String).alias("absence"),
            *(pl.lit(value).alias(name) for name, value in plain.items()),
            pl.lit(known).alias("known_at"),
        )
        given = given.select(list(SCHEMA)).cast(SCHEMA)
        gone = latest.filter(pl.col("absence").is_null()).join(given.select(CELL), on=CELL, how="anti")
        withdrawn = gone.with_columns(
            pl.lit(None, pl.Int64).alias("value"),
            pl.lit("undefined").alias("absence"),
            pl.lit(known).cast(SCHEMA["known_at"]).alias("known_at"),
        )
        fresh, _, _ = next_versions(pl.concat([given, withdrawn]), latest)
        tables.append_batch(tmp_path, "all", "public_series", fresh)
        latest = as_of(pl.concat([latest, fresh]), None)

    for vintage, rows in published.items():
        answer = known_on(tmp_path, date.fromisoformat(vintage)).filter(pl.col("absence").is_null())
        assert {(row[0], row[1]): row[2] for row in answer.select("party", "period", "value").iter_rows()} == {
            (name, month): round(float(text) * 10_000) for name, month, text in rows
        }


@pytest.mark.parametrize(
    ("said", "absence"),
    [("不适用", "not_applicable"), ("—", "not_applicable"), ("未报", "not_reported"), ("保密", "suppressed"), ("未到期", "not_due")],
)
def test_every_kind_of_absence_goes_the_whole_way_and_zero_is_none_of_them(tmp_path, said, absence):
    """From the cell through checks, store and day to a written file; a sum over it has no figure for it, and zero stays a figure."""
    rows = [Row(A, "甲", {**enterprise(), "tax/value/cumulative": said}), Row(B, "乙", {**enterprise("50.00"), "tax/value/cumulative": 0})]
    store(tmp_path, 5, *rows)
    facts = known_on(tmp_path, date(2022, 10, 5), Asked(items=["tax"]))

    assert value(facts, A, "tax", "cumulative") == (None, absence)
    assert value(facts, B, "tax", "cumulative") == (0, None)
    assert facts["value"].sum() == 0
    assert facts["value"].null_count() == 1
    write_facts(facts, tmp_path / "tax.csv")
    assert absence in (tmp_path / "tax.csv").read_text(encoding="utf-8-sig")
    store(tmp_path, 6, Row(A, "甲", {**enterprise(), "tax/value/cumulative": said}))
    assert learned_between(tmp_path, date(2022, 10, 5), date(2022, 10, 6), Asked(items=["tax"])).height == 0, "said again it is no news"

"""The last period that a form has: the newest known on a day, batches without a month of their own included, undone ones not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from yunxing.io import tables
from yunxing.io.period_facts import last_period

FORM = "coal_day"


def put(home, month, period, day=5, form=FORM):
    known = datetime(2022, 10, day, 1, tzinfo=UTC)
    rows = pl.DataFrame({"form": [form], "period": [period], "known_at": [known]}, schema_overrides={"known_at": pl.Datetime("us", "UTC")})
    return tables.append_batch(home, month, form, rows)


def test_a_home_without_facts_has_no_last_period(tmp_path):
    assert last_period(tmp_path, FORM) == ""


@pytest.mark.parametrize(
    ("given", "last"),
    [
        ([("2022-08", "2022-08-31"), ("2022-09", "2022-09-30")], "2022-09-30"),
        ([("2022-08", "2022-08"), ("2022-09", "2022-01..09")], "2022-08"),
        ([("2022-06", "2022Q2"), ("2022-09", "2022Q3")], "2022Q3"),
        ([("2022-09", "2022-09"), ("all", "2022-10")], "2022-10"),
        ([("2022-09", "2022-09"), ("all", "2022-07")], "2022-09"),
        ([("2021-12", "2021-12"), ("2022-02", "2022-01..02")], "2022-01..02"),
    ],
)
def test_the_last_period_is_the_greatest_of_all_batches(tmp_path, given, last):
    """Whatever order the batches are looked at in, it is the greatest code over all of them."""
    for month, period in given:
        put(tmp_path, month, period)
    put(tmp_path, "2022-12", "2022-12", form="port_month")

    assert last == max(period for _month, period in given)
    assert last_period(tmp_path, FORM) == last


def test_what_was_not_known_on_the_day_does_not_count(tmp_path):
    put(tmp_path, "2022-08", "2022-08", day=3)
    put(tmp_path, "2022-09", "2022-09", day=9)

    assert [last_period(tmp_path, FORM, day=date(2022, 10, day)) for day in (2, 3, 8, 9)] == ["", "2022-08", "2022-08", "2022-09"]


def test_an_undone_batch_is_read_by_nobody(tmp_path):
    put(tmp_path, "2022-08", "2022-08")
    tables.undo_batch(tmp_path, put(tmp_path, "2022-09", "2022-09"))

    assert last_period(tmp_path, FORM) == "2022-08"

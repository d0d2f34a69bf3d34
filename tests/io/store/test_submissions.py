"""What came in, kept by the digest of its bytes: written once, replaced when it comes again, batches with their window to undo."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from yunxing.io.store import dialect
from yunxing.io.store.submissions import Import, Submission, read_imports, read_submissions, write_submissions

NOW = datetime(2022, 10, 5, 2, 0, tzinfo=UTC)
ONE = Submission(
    "sha256:" + "a" * 64,
    "九月.xlsx",
    "enterprise_month",
    "371681",
    "2022-09",
    NOW,
    "partial",
    20,
    240,
    0,
    0,
    1,
    problems='[{"cell": "C8"}]',
    batch="b1",
)
BATCH = Import("b1", "enterprise_month", "2022-09", 240, NOW, NOW + timedelta(hours=24))


@pytest.fixture
def connection(tmp_path: Path):
    """The two tables as plain SQL, so that these tests need no Django; `test_import_registry` holds their columns to the models."""
    opened = dialect.connect(tmp_path)
    text = ["file_name", "form", "unit", "period", "state", "problems", "annotated", "batch"]
    number = ["parties", "added", "revised", "unchanged", "blocked", "held", "warned"]
    columns = [f"{name} text" for name in text] + [f"{name} integer" for name in number]
    dialect.execute(opened, f"create table reporting_submission (digest text primary key, received text, {', '.join(columns)})")
    dialect.execute(
        opened,
        "create table reporting_import (batch text primary key, form text, period text, facts integer, imported text, undo_until text, undone text)",
    )
    yield opened
    opened.close()


def test_what_is_written_is_read_back(connection):
    write_submissions(connection, [ONE], [BATCH])

    assert read_submissions(connection) == [ONE]
    assert read_imports(connection) == {"b1": BATCH}


def test_the_same_workbook_again_replaces_its_row(connection):
    write_submissions(connection, [ONE])
    write_submissions(connection, [replace(ONE, state="accepted", blocked=0)])

    assert [one.state for one in read_submissions(connection)] == ["accepted"]


def test_submissions_are_picked_by_period_and_sorted(connection):
    other = replace(ONE, digest="sha256:" + "b" * 64, period="2022-08")
    late = replace(ONE, digest="sha256:" + "c" * 64, received=NOW + timedelta(days=1))
    write_submissions(connection, [late, ONE, other])

    assert read_submissions(connection) == [other, ONE, late]
    assert read_submissions(connection, period="2022-08") == [other]


def test_both_are_written_or_neither(connection):
    dialect.execute(connection, "drop table reporting_submission")

    with pytest.raises(sqlite3.OperationalError):
        write_submissions(connection, [ONE], [BATCH])
    assert read_imports(connection) == {}


def test_an_undone_batch_says_when(connection):
    write_submissions(connection, [], [BATCH])
    write_submissions(connection, [], [replace(BATCH, undone=NOW + timedelta(hours=1))])

    assert read_imports(connection)["b1"].undone == NOW + timedelta(hours=1)

"""Looking at many files: every upload has a result in the order sent, nothing is written, and saving writes what was counted and chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facts_cast import FAR, FORMS, PARTIES, UNITS, A, B, C, built, enterprise
from yunxing.engines.facts.layout import Row
from yunxing.engines.registry.parties import Membership
from yunxing.flows.import_facts import undo_import
from yunxing.flows.intake import Upload, laid_out, look, save, with_ending
from yunxing.io import files, tables
from yunxing.io.books.write import book_bytes
from yunxing.io.store import dialect, registry, submissions

NOW = datetime(2022, 10, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def registered(home: Path, connection: Any) -> Path:
    registry.write_parties(connection, PARTIES.values())
    registry.write_memberships(connection, [Membership("above_scale", one, PARTIES[one].valid_from) for one in (A, B, C, FAR)])
    return home


def upload(
    home: Path, name: str, *rows: Row, content: bytes = b"", unit: tuple[str, str] = ("371681", "邹平市"), kind: str = "xlsx"
) -> Upload:
    """A file kept by content, as the desk keeps an accepted upload."""
    made = content or book_bytes(built("enterprise_month", list(rows), unit=unit))
    return Upload(name, kind, files.keep(home, made))


def row(party: str = A, output: str = "100.00", **cells: Any) -> Row:
    return Row(party, "合成", enterprise(output, **cells))


def looked(home: Path, *uploads: Upload, allowed=lambda _unit, _form: True):
    return look(home, uploads, FORMS, UNITS, now=NOW, allowed=allowed)


def saved(home: Path, *uploads: Upload, whole: bool = True, chosen: set[int] | None = None):
    return save(home, uploads, FORMS, UNITS, now=NOW, whole=whole, chosen=set(range(len(uploads))) if chosen is None else chosen)


def test_every_upload_has_one_result_in_the_order_sent(registered):
    """A good one, an unreadable one, a letter, a twin: four entries, each under the name it was sent by."""
    good = upload(registered, "某县/九月.xlsx", row())
    entries = looked(
        registered, upload(registered, "坏.xlsx", content=b"PK\x03\x04broken"), good, upload(registered, "信.docx", content=b"PK\x05\x06", kind="docx"),
        Upload("副本.xlsx", "xlsx", good.digest),
    )  # fmt: skip

    assert [entry["name"] for entry in entries] == ["坏.xlsx", "某县/九月.xlsx", "信.docx", "副本.xlsx"]
    assert [entry["state"] for entry in entries] == ["refused", "accepted", "refused", "same"]
    assert [entry["can_save"] for entry in entries] == [False, True, False, False]
    assert all(entry["faults"] for entry in entries if entry["state"] != "accepted")


def test_files_of_one_name_from_two_folders_stay_apart(registered):
    """Their results and their annotated copies are their own."""
    entries = looked(
        registered, upload(registered, "甲/月报.xlsx", row(A, tax__value__cumulative="x")), upload(registered, "乙/月报.xlsx", row(B, tax__value__cumulative="y"))
    )  # fmt: skip

    assert [entry["problems"][0]["found"] for entry in entries] == ["x", "y"]
    assert entries[0]["annotated"] != entries[1]["annotated"]
    assert [entry["annotated_name"] for entry in entries] == ["月报.xlsx", "月报.xlsx"]


def test_looking_writes_no_fact_no_batch_and_no_submission(registered, connection):
    """Only annotated copies, by content."""
    looked(registered, upload(registered, "a.xlsx", row(), row(B, tax__value__cumulative="x")))

    assert not (registered / "tables").exists() or not list((registered / "tables").rglob("*.parquet"))
    assert submissions.read_submissions(connection) == []
    assert submissions.read_imports(connection) == {}


@pytest.mark.parametrize("whole", [True, False])
def test_saving_writes_what_looking_counted(registered, whole):
    """Whole: only the file without an error; else the rows without errors of the other one too."""
    uploads = [upload(registered, "a.xlsx", row()), upload(registered, "b.xlsx", row(B), row(C, tax__value__cumulative="x"))]
    entries = looked(registered, *uploads)
    report = saved(registered, *uploads, whole=whole)
    counted = sum(entry["added"] for entry in entries if entry["whole_file"] or not whole)

    assert report.total("added") == counted == tables.facts_as_of(registered).height
    assert entries[1]["blocked"] == 1


def test_only_the_chosen_files_are_saved(registered):
    """By their place in what was sent."""
    uploads = [upload(registered, "a.xlsx", row(A)), upload(registered, "b.xlsx", row(B)), upload(registered, "c.xlsx", row(C))]
    saved(registered, *uploads, chosen={1})

    assert set(tables.facts_as_of(registered)["party"]) == {B}


def test_what_was_saved_is_found_by_its_moment_and_taken_back(registered, connection):
    """The batches carry the instant of the import; taking them back leaves nothing."""
    report = saved(registered, upload(registered, "a.xlsx", row(A)))
    kept = {name: one.imported for name, one in submissions.read_imports(connection).items()}
    for name in report.batches:
        undo_import(registered, name, NOW + timedelta(hours=1))

    assert kept == dict.fromkeys(report.batches, NOW)
    assert tables.facts_as_of(registered).height == 0


def test_a_foreign_file_tells_nothing_but_its_own_name(registered):
    """Neither counts nor problems nor a copy; a file of one's own beside it is looked at as ever."""
    foreign = upload(registered, "别县.xlsx", row(FAR, tax__value__cumulative="x"), unit=("BZ-BH", "北海经济开发区"))
    entries = looked(registered, foreign, upload(registered, "a.xlsx", row(A)), allowed=lambda unit, _form: unit == "371681")

    assert entries[0]["state"] == "foreign"
    assert (entries[0]["problems"], entries[0]["annotated"], entries[0]["rows"], entries[0]["unit"]) == ([], "", 0, "")
    assert entries[1]["added"] == 13


def test_progress_is_told(registered):
    """A callback for a page that waits."""
    told = []
    look(
        registered,
        [upload(registered, "a.xlsx", row())],
        FORMS,
        UNITS,
        now=NOW,
        allowed=lambda _u, _f: True,
        progress=lambda *step: told.append(step),
    )

    assert told


def test_an_ending_that_no_reader_takes_is_mended_and_a_hidden_name_is_seen(registered, tmp_path):
    """The reader passes over dot files and unknown endings; an upload is never passed over."""
    assert with_ending(Upload("~$月报.xlsx", "xlsx", "")) == "$月报.xlsx"
    assert with_ending(Upload("月报", "csv", "")) == "月报.csv"
    assert with_ending(Upload(".xlsx", "xlsx", "")) == "xlsx.xlsx"
    one = upload(registered, "月报.数据", row())
    laid_out(registered, [one, one], tmp_path / "in")
    assert [path.name for path in sorted((tmp_path / "in").rglob("*")) if path.is_file()] == ["月报.数据.xlsx"]


def test_a_flow_works_in_the_connection_it_is_given(registered, connection):
    """`dialect.using`: inside, a flow takes the given store and leaves it open; outside, the home's own."""
    with dialect.using(connection):
        with dialect.connected(registered) as inside:
            assert inside is connection
        assert dialect.rows(connection, "select count(*) from reporting_party")
    with dialect.connected(registered) as outside:
        assert outside is not connection

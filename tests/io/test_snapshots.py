"""Closed months on disk: written whole or not at all, named by their content, read without the database."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from yunxing.io import snapshots
from yunxing.io.snapshots import Snapshot, closed_months, closing, fill, latest, parquet_bytes, snapshots_of, to_json, write
from yunxing.values.errors import BadInput

HEAD = {"as_of": "2022-10-06T02:00:00+00:00", "pack": {"id": "p", "digest": "sha256:00"}, "engine": "0", "inputs": {}}
ROWS = [
    {"indicator": "a", "scope_kind": kind, "scope": scope, "period": "2022-09", "stat": "value", "num": 1, "den": 1}
    for kind, scope in (("city", "city"), ("unit", "u1"), ("industry", "32"), ("cell", "u1.32"), ("party", "E1"))
]


def files(**more: bytes) -> dict[str, bytes]:
    return {
        "indicators.parquet": parquet_bytes(pa.Table.from_pylist(ROWS)),
        "definitions.json": to_json([]),
        "cases.json": to_json([]),
        **more,
    }


def test_the_folder_is_named_by_the_digest_over_its_files_and_the_manifest_says_it(tmp_path):
    with closing(tmp_path):
        snapshot = write(tmp_path, "2022-09", files(), HEAD)

    assert snapshot.manifest["snapshot"] == f"sha256:{snapshot.hash}"
    assert snapshots.digest_of(snapshot.manifest["files"]) == snapshot.manifest["snapshot"]
    assert (snapshot.month, latest(tmp_path), closed_months(tmp_path)) == ("2022-09", snapshot, ["2022-09"])


def test_the_same_content_again_is_the_same_folder_and_other_content_stands_beside_it(tmp_path):
    with closing(tmp_path):
        one = write(tmp_path, "2022-09", files(), HEAD)
        made = one.folder.stat().st_mtime_ns
        again = write(tmp_path, "2022-09", files(), HEAD | {"as_of": "2022-11-01T00:00:00+00:00"})
        other = write(tmp_path, "2022-09", files(**{"cases.json": to_json([{"id": "C"}])}), HEAD)

    assert again == one
    assert one.folder.stat().st_mtime_ns == made
    assert one.manifest["as_of"] == HEAD["as_of"]
    assert latest(tmp_path, "2022-09") == other
    assert {one.hash for one in snapshots_of(tmp_path, "2022-09")} == {one.hash, other.hash}


def test_word_and_pdf_do_not_count_for_the_hash_and_the_words_of_the_bulletin_do(tmp_path):
    def also(words: str, face: bytes):
        def writes(folder: Path) -> None:
            (folder / "bulletin").mkdir()
            (folder / "bulletin" / "bulletin.json").write_text(words, encoding="utf-8")
            for name in ("b.docx", "b.pdf", "manifest.json"):
                (folder / "bulletin" / name).write_bytes(face)

        return writes

    with closing(tmp_path):
        one = write(tmp_path, "2022-09", files(), HEAD, also("{}", b"1"))
        other_font = write(tmp_path, "2022-09", files(), HEAD, also("{}", b"2"))
        other_words = write(tmp_path, "2022-09", files(), HEAD, also("[]", b"1"))

    assert one == other_font
    assert one != other_words
    assert {"bulletin/b.pdf", "bulletin/b.docx"} <= set(one.manifest["files"])
    assert other_words.bulletin() == []
    assert Snapshot(one.folder).bulletin() == {}


def test_what_is_written_into_a_closing_month_can_name_its_figures(tmp_path):
    seen = {}

    def also(folder: Path) -> None:
        seen.update(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))

    with closing(tmp_path):
        snapshot = write(tmp_path, "2022-09", files(), HEAD, also)

    assert seen["figures"] == snapshot.manifest["figures"]
    assert "snapshot" not in seen


def test_a_failure_while_writing_leaves_no_month_and_the_next_run_clears_up(tmp_path):
    def fails(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"), closing(tmp_path):
        write(tmp_path, "2022-09", files(), HEAD, fails)
    assert latest(tmp_path) is None
    assert list(snapshots.closed_folder(tmp_path).glob(".partial-*"))

    stray = snapshots.closed_folder(tmp_path) / "2022-09" / ".current.abc.part"
    stray.parent.mkdir()
    stray.write_bytes(b"")
    with closing(tmp_path):
        pass
    assert not list(snapshots.closed_folder(tmp_path).glob(".partial-*"))
    assert not stray.exists()


def test_one_process_closes_at_a_time(tmp_path):
    """A second one waits for the first: it cannot clear away a folder that is being written."""
    done = threading.Event()

    def second() -> None:
        with closing(tmp_path):
            done.set()

    with closing(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        assert not done.wait(0.2)
    other.join(10)
    assert done.is_set()


def test_pages_read_city_units_and_industries_and_not_every_enterprise(tmp_path):
    with closing(tmp_path):
        snapshot = write(tmp_path, "2022-09", files(), HEAD)

    assert {row["scope_kind"] for row in snapshot.rows()} == {"city", "unit", "industry"}
    assert snapshot.rows("b") == []
    assert len(snapshot.rows("a")) == 3
    assert snapshot.table("indicators", ["scope"]).num_rows == 5
    assert snapshot.bulletin() is None


def test_months_without_a_snapshot_are_none_and_a_missing_table_is_named(tmp_path):
    assert latest(tmp_path) is None
    assert latest(tmp_path, "2022-09") is None
    assert closed_months(tmp_path) == []
    with closing(tmp_path):
        snapshot = write(tmp_path, "2022-09", files(), HEAD)
    with pytest.raises(BadInput, match="has no table 'signal'; it has indicators"):
        snapshot.table("signal")


def test_the_months_are_in_order_and_the_newest_is_the_latest(tmp_path):
    with closing(tmp_path):
        for month in ("2022-09", "2021-12", "2022-08"):
            write(tmp_path, month, files(), HEAD)

    assert closed_months(tmp_path) == ["2021-12", "2022-08", "2022-09"]
    assert latest(tmp_path).month == "2022-09"


def test_parquet_has_one_byte_form_for_one_content():
    """Chunks, metadata and nullability of the columns leave no trace."""
    table = pa.Table.from_pylist(ROWS)
    chunked = pa.concat_tables([table.slice(0, 2), table.slice(2)]).replace_schema_metadata({"made": "elsewhere"})

    assert parquet_bytes(table) == parquet_bytes(chunked)


def test_a_folder_is_filled_once(tmp_path):
    fill(tmp_path / "a", "2022-09", files(), HEAD)
    with pytest.raises(FileExistsError):
        fill(tmp_path / "a", "2022-09", files(), HEAD)

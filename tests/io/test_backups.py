"""Backup and restore: one archive, checked byte by byte, whole or not at all."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import tarfile
import threading

import pytest

from yunxing.io.backups import FORMAT, MANIFEST, backup, restore
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, DoesNotHold, Refusal


@pytest.fixture
def home(tmp_path):
    """A home folder with a store in WAL mode, tables, files, settings, and what is left out."""
    home = tmp_path / "home"
    for name, content in {
        "settings.toml": 'secret_key = "x"\n',
        "tables/facts/b1.parquet": "facts",
        "files/sha256/ab/abc": "upload",
        "static/made-anew.css": "x",
        ".settings-temporary": "x",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(content)
    with sqlite3.connect(home / "desk.sqlite3") as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE t (n INTEGER)")
        store.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(100)])
    store.close()
    return home


def count(home):
    store = sqlite3.connect(home / "desk.sqlite3")
    try:
        return store.execute("SELECT count(*) FROM t").fetchone()[0]
    finally:
        store.close()


def tree(home):
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def altered(file, change):
    """Write the archive again with its entries changed."""
    with tarfile.open(file) as archive:
        entries = {entry.name: archive.extractfile(entry).read() for entry in archive}
    change(entries)
    with tarfile.open(file, "w:gz") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def test_what_was_there_comes_back(home, tmp_path):
    """All but what is made anew; the archive is its owner's alone, as it holds the key."""
    file = tmp_path / "b.tgz"
    digests = backup(home, file)
    restored = restore(file, tmp_path / "new")

    assert restored == digests
    assert set(digests) == {"desk.sqlite3", "settings.toml", "tables/facts/b1.parquet", "files/sha256/ab/abc"}
    assert count(tmp_path / "new") == 100
    assert (tmp_path / "new/files/sha256/ab/abc").read_text() == "upload"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new/settings.toml").stat().st_mode) == 0o600


def test_rows_still_in_the_write_ahead_log_are_in_the_backup(home, tmp_path):
    """Copying the file alone would lose them."""
    writer = sqlite3.connect(home / "desk.sqlite3")
    writer.execute("INSERT INTO t VALUES (100)")
    writer.commit()
    try:
        backup(home, tmp_path / "b.tgz")
    finally:
        writer.close()
    restore(tmp_path / "b.tgz", tmp_path / "new")

    assert count(tmp_path / "new") == 101


def test_a_backup_while_others_write_is_one_moment(home, tmp_path):
    """Rows are written in pairs; the copy never holds half a pair."""
    stop = threading.Event()

    def write():
        with sqlite3.connect(home / "desk.sqlite3", timeout=20) as store:
            n = 1000
            while not stop.is_set():
                store.execute("INSERT INTO t VALUES (?)", (n,))
                store.execute("INSERT INTO t VALUES (?)", (n,))
                store.commit()
                n += 1
        store.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for n in range(3):
            backup(home, tmp_path / f"b{n}.tgz")
    finally:
        stop.set()
        thread.join()
    for n in range(3):
        restore(tmp_path / f"b{n}.tgz", tmp_path / f"new{n}")
        assert count(tmp_path / f"new{n}") % 2 == 0


def test_an_existing_home_is_not_overwritten_unless_asked_and_then_kept(home, tmp_path):
    backup(home, tmp_path / "b.tgz")
    (home / "later.txt").write_text("later")
    before = tree(home)

    with pytest.raises(Refusal, match="--replace"):
        restore(tmp_path / "b.tgz", home)
    assert tree(home) == before
    restore(tmp_path / "b.tgz", home, replace=True)
    assert not (home / "later.txt").exists()
    assert (tmp_path / "home.before-1" / "later.txt").read_text() == "later"


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries.update({"settings.toml": b"other"}),
        lambda entries: entries.pop("tables/facts/b1.parquet"),
        lambda entries: entries.update({"extra.txt": b"x"}),
    ],
    ids=["changed", "missing", "added"],
)
def test_an_archive_that_is_not_what_its_manifest_says_changes_nothing(home, tmp_path, change):
    """The wrong files are named, and the home stays as it was: no folder is left half restored."""
    file = tmp_path / "b.tgz"
    backup(home, file)
    altered(file, change)
    before = tree(home)

    with pytest.raises(DoesNotHold, match=r"settings|facts|extra"):
        restore(file, home, replace=True)
    assert tree(home) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tgz", "home"]


@pytest.mark.parametrize("bad", [b"", b"not an archive", None], ids=["empty", "text", "absent"])
def test_what_is_no_backup_is_refused_with_its_name(tmp_path, bad):
    file = tmp_path / "b.tgz"
    if bad is not None:
        file.write_bytes(bad)

    with pytest.raises(BadInput, match=r"b\.tgz"):
        restore(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_archive_cut_short_is_refused(home, tmp_path):
    file = tmp_path / "b.tgz"
    backup(home, file)
    file.write_bytes(file.read_bytes()[:-200])

    with pytest.raises(Refusal):
        restore(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/outside.txt", "a/../../outside.txt"])
def test_no_entry_leaves_the_home_folder(tmp_path, name):
    file = tmp_path / "b.tgz"
    content = b"x"
    with tarfile.open(file, "w:gz") as archive:
        for entry_name, held in {
            name: content,
            MANIFEST: json.dumps({"format": FORMAT, "files": {name: digest(content)}}).encode(),
        }.items():
            entry = tarfile.TarInfo(entry_name)
            entry.size = len(held)
            archive.addfile(entry, io.BytesIO(held))

    with pytest.raises(BadInput, match="not a file inside"):
        restore(file, tmp_path / "new")
    assert not (tmp_path / "outside.txt").exists()


def test_a_backup_into_the_home_itself_or_of_nothing_is_refused(home, tmp_path):
    with pytest.raises(BadInput, match="inside the home"):
        backup(home, home / "b.tgz")
    with pytest.raises(BadInput, match="no folder"):
        backup(tmp_path / "none", tmp_path / "b.tgz")


def test_a_failed_backup_leaves_the_older_one(home, tmp_path, monkeypatch):
    """Written beside and renamed: a cut never destroys yesterday's backup."""
    file = tmp_path / "b.tgz"
    backup(home, file)
    kept = file.read_bytes()
    monkeypatch.setattr("yunxing.io.backups._store_copy", lambda _path: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        backup(home, file)
    assert file.read_bytes() == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tgz", "home"]

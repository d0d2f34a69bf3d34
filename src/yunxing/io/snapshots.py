"""Closed months: immutable folders `tables/closed/<month>/<hash>`, written whole or not at all, and read fast.

A month is written into a folder `.partial-…`, flushed to the disk and renamed; the folder's name is the digest over its files in name order
(Word and PDF left out: they are set from `bulletin.json`, with the fonts the machine has). Beside the folders
of a month stands `current`, the hash of the newest one. A lock lets one process close at a time, so that what a killed one left is surely rubbish.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from yunxing.io.files import sync_folder, write_atomic
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, DoesNotHold, Fault

FOLDER = ("tables", "closed")
MANIFEST = "manifest.json"
CURRENT = "current"
PARTIAL = ".partial-"
TYPESET = (".docx", ".pdf")
TYPESET_LIST = ("bulletin/manifest.json",)  # the digests of the typeset files


@dataclass(frozen=True)
class Snapshot:
    """One closed month. Files are read when asked for; nothing of it ever changes."""

    folder: Path

    @property
    def month(self) -> str:
        """The month's code, `2022-09`."""
        return self.folder.parent.name

    @property
    def hash(self) -> str:
        """The digest over its files, hexadecimal."""
        return self.folder.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Month, as_of, snapshot, pack, engine version, inputs, files."""
        found: dict[str, Any] = self.json(MANIFEST)
        return found

    @cached_property
    def definitions(self) -> list[dict[str, Any]]:
        """The indicators' cards as they stood when the month was closed."""
        found: list[dict[str, Any]] = self.json("definitions.json")
        return found

    @cached_property
    def cases(self) -> list[dict[str, Any]]:
        """The cases proposed."""
        found: list[dict[str, Any]] = self.json("cases.json")
        return found

    def table(self, name: str, columns: list[str] | None = None) -> Any:
        """A table by its name (`indicators`, `contributions`, `signals`, `facts`, `registry`) as Arrow; of some columns when given."""
        import pyarrow.parquet as pq

        path = self.folder / f"{name}.parquet"
        if not path.exists():
            known = ", ".join(sorted(one.stem for one in self.folder.glob("*.parquet")))
            raise BadInput(f"the closed month {self.month} has no table {name!r}; it has {known}")
        with _whole(path):
            return pq.read_table(path, columns=columns, use_threads=False)

    def has(self, name: str) -> bool:
        """Whether the closed month has a table of that name; months closed before a table existed have none."""
        return (self.folder / f"{name}.parquet").exists()

    def rows(self, *indicators: str) -> list[dict[str, Any]]:
        """The indicator rows of those indicators (all when none is named) about the city, a unit or an industry, as plain dictionaries."""
        import pyarrow.parquet as pq

        kept: list[Any] = [("scope_kind", "in", ["city", "unit", "industry"])]
        if indicators:
            kept.append(("indicator", "in", list(indicators)))
        path = self.folder / "indicators.parquet"
        with _whole(path):
            found: list[dict[str, Any]] = pq.read_table(path, filters=kept, use_threads=False).to_pylist()
        return found

    def bulletin(self) -> dict[str, Any] | None:
        """The bulletin's model, or None when the month was closed without one."""
        path = self.folder / "bulletin" / "bulletin.json"
        return self.json("bulletin/bulletin.json") if path.exists() else None

    def json(self, name: str) -> Any:
        """A JSON file of the folder."""
        path = self.folder / name
        with _whole(path):
            return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Around the reading of a closed month's file: a damaged or missing one is `BadInput` with its path."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowException, FileNotFoundError, ValueError) as error:
        found = "no file" if isinstance(error, FileNotFoundError) else f"a damaged file ({(str(error).splitlines() or [''])[0][:120]})"
        fix = "put the home folder back from a backup (yunxing restore), or delete this closed month's folder and close the month again"
        raise BadInput.from_faults([Fault(str(path), "", found, "the file as it was sealed 关账文件已损坏", fix=fix)]) from error


def check_sealed(snapshot: Snapshot) -> None:
    """Hold every file of a closed month against its manifest, and the manifest against the folder's name; `DoesNotHold` names what was altered."""
    stated: dict[str, str] = snapshot.manifest["files"]
    folder = snapshot.folder
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST}
    found = {name: digest(path.read_bytes()) for name, path in there.items()}
    wrong = sorted(name for name in {*found, *stated} if found.get(name) != stated.get(name))
    sealed = digest_of({name: named for name, named in stated.items() if is_figure(name)}).partition(":")[2]
    if sealed != snapshot.hash:
        wrong.append(MANIFEST)
    if wrong:
        raise DoesNotHold(
            f"{folder}: found {', '.join(wrong)} altered since the month was closed, expected the files as they were sealed 关账后文件被改动. "
            "To mend it: put the home folder back from a backup (yunxing restore), or delete this folder and close the month again."
        )


def closed_folder(home: Path) -> Path:
    """Where closed months lie."""
    return home.joinpath(*FOLDER)


def closed_months(home: Path) -> list[str]:
    """The months that are closed, oldest first."""
    return sorted(path.parent.name for path in closed_folder(home).glob(f"*/{CURRENT}"))


def latest(home: Path, month: str | None = None) -> Snapshot | None:
    """The newest snapshot of a month (of the newest closed month when None); None when there is none."""
    if month is None:
        months = closed_months(home)
        if not months:
            return None
        month = months[-1]
    pointer = closed_folder(home) / month / CURRENT
    try:
        return Snapshot(pointer.parent / pointer.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None


def snapshots_of(home: Path, month: str) -> list[Snapshot]:
    """Every snapshot of a month, the superseded ones too, in the order of their hashes."""
    folder = closed_folder(home) / month
    return [Snapshot(path.parent) for path in sorted(folder.glob(f"*/{MANIFEST}")) if not path.parent.name.startswith(".")]


@contextmanager
def closing(home: Path) -> Iterator[None]:
    """Hold the lock of closing, and clear away what a killed process left. Another process waits."""
    folder = closed_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left)
        for pointer in folder.glob(f"*/.{CURRENT}.*.part"):
            pointer.unlink()
        yield


def write(
    home: Path, month: str, files: Mapping[str, bytes], head: Mapping[str, Any], also: Callable[[Path], None] | None = None
) -> Snapshot:
    """Write one closed month and point `current` at it; call it inside `closing`. The same content again is the same folder.

    `files` are the tables and JSON files by name. `head` is the manifest without `figures`, `snapshot` and `files`. `also` writes more into the folder (the
    bulletin) before it is sealed; it finds a manifest whose `figures` is the digest of `files` alone, to name in its text.
    """
    partial = closed_folder(home) / f"{PARTIAL}{month}-{os.getpid()}"
    sealed = fill(partial, month, files, head, also)
    target = closed_folder(home) / month / sealed.partition(":")[2]
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(partial)
    else:
        partial.replace(target)
        sync_folder(target.parent)
    write_atomic(target.parent / CURRENT, f"{target.name}\n".encode("ascii"))
    return Snapshot(target)


def fill(folder: Path, month: str, files: Mapping[str, bytes], head: Mapping[str, Any], also: Callable[[Path], None] | None = None) -> str:
    """Write a closed month's files into a new folder, flushed to the disk, and give its digest. Nothing points at the folder yet."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        _write_flushed(folder / name, content)
    manifest = {**head, "month": month, "figures": digest_of({name: digest(content) for name, content in files.items()})}
    if also is not None:
        (folder / MANIFEST).write_bytes(to_json(manifest))
        also(folder)
        (folder / MANIFEST).unlink()
    listed = {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()}
    sealed = digest_of({name: named for name, named in listed.items() if is_figure(name)})
    _write_flushed(folder / MANIFEST, to_json({**manifest, "snapshot": sealed, "files": listed}))
    _flush_all(folder)
    return sealed


def digest_of(files: Mapping[str, str]) -> str:
    """The digest over files' digests in name order."""
    return digest([[name, files[name]] for name in sorted(files)])


def is_figure(name: str) -> bool:
    """Whether a file counts for the hash: all but what is typeset from them. Which fonts a machine has does not change a month's figures.

    >>> is_figure("indicators.parquet"), is_figure("bulletin/bulletin.json"), is_figure("bulletin/bulletin-2022-09.pdf")
    (True, True, False)
    """
    return name not in TYPESET_LIST and not name.endswith(TYPESET)


def to_json(value: Any) -> bytes:
    """Readable JSON, one byte form: sorted keys, UTF-8, a newline at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def parquet_bytes(table: Any) -> bytes:
    """The table as Parquet, one byte form for one content and one version of the library."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    plain = table.replace_schema_metadata(None).combine_chunks()
    pq.write_table(
        plain.cast(pa.schema([field.with_nullable(True) for field in plain.schema])),
        buffer,
        compression="zstd",
        version="2.6",
        store_schema=True,
    )
    return buffer.getvalue()


def _write_flushed(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())


def _flush_all(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    sync_folder(folder)

"""Backup and restore of a home folder: one archive with a manifest of digests.

The relational store is copied first (SQLite's backup API gives one moment of it), the files after it: files are only ever added, so whatever
the copied rows point to is in the archive. The archive is written whole or not at all, and so is the restored folder.
"""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yunxing.io.files import written_whole
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, DoesNotHold

STORE = "desk.sqlite3"
MANIFEST = "manifest.json"
FORMAT = "yunxing-backup-1"
LEFT_OUT = frozenset({"static"})  # made anew by `yunxing serve`


def backup(home: Path, file: Path) -> dict[str, str]:
    """Write the home folder to `file` (mode 0600: it holds the secret key) and give the digests by name."""
    if not home.is_dir():
        raise BadInput(f"{home}: found no folder, expected the home folder to back up; name it with --home.")
    if file.resolve().is_relative_to(home.resolve()):
        raise BadInput(f"{file}: the backup would lie inside the home folder it copies; choose a place outside {home}.")
    digests: dict[str, str] = {}
    with written_whole(file, secret=True) as stream, tarfile.open(fileobj=stream, mode="w:gz", compresslevel=3) as archive:
        for name, content in _contents(home):
            digests[name] = digest(content)
            _add(archive, name, content)
        manifest = {"format": FORMAT, "files": digests}
        _add(archive, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return digests


def _contents(home: Path) -> Iterator[tuple[str, bytes]]:
    if (home / STORE).exists():
        yield STORE, _store_copy(home / STORE)
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home)
        passing = name.parts[0] in LEFT_OUT or name.name.startswith((".", STORE))
        if path.is_file() and not path.is_symlink() and not passing:
            yield name.as_posix(), path.read_bytes()


def _store_copy(store: Path) -> bytes:
    """One consistent moment of the store, also while others write to it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / STORE
        source, target = sqlite3.connect(store), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        return copy.read_bytes()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def restore(file: Path, home: Path, *, replace: bool = False) -> dict[str, str]:
    """Make `home` what the archive holds, after every digest was checked. An existing home is refused unless `replace`; then it is kept beside.

    The new folder is complete before it takes its name, so a cut leaves either the old home or the new one.
    """
    if not file.is_file():
        raise BadInput(f"{file}: found no file, expected a backup made by `yunxing backup`.")
    occupied = home.exists() and any(home.iterdir())
    if occupied and not replace:
        raise BadInput(f"{home} is not empty. Restore into another folder with --home, or say --replace to keep the present one beside it.")
    home.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=home.parent, prefix=f".{home.name}-restoring-"))
    try:
        digests = _unpack(file, fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if occupied:
        home.replace(_beside(home))
    elif home.exists():
        home.rmdir()
    fresh.replace(home)
    return digests


def _beside(home: Path) -> Path:
    numbers = (home.with_name(f"{home.name}.before-{n}") for n in range(1, 1_000_000))
    return next(path for path in numbers if not path.exists())


def _unpack(file: Path, fresh: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    manifest: dict[str, object] = {}
    try:
        with tarfile.open(file, "r:gz") as archive:
            for entry in archive:
                reader = archive.extractfile(entry)
                if reader is None or not _is_inside(entry.name, fresh):
                    raise BadInput(f"{file}: the entry {entry.name!r} is not a file inside the home folder.")
                content = reader.read()
                if entry.name == MANIFEST:
                    manifest = json.loads(content)
                    continue
                found[entry.name] = digest(content)
                target = fresh / entry.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                target.chmod(0o600)
    except FileNotFoundError as missing:
        raise BadInput(f"{file}: found no file, expected a backup made by `yunxing backup`.") from missing
    except (tarfile.TarError, EOFError, OSError, ValueError) as broken:
        raise BadInput(f"{file}: found {broken}, expected a whole backup made by `yunxing backup`.") from broken
    if manifest.get("format") != FORMAT:
        raise BadInput(f"{file}: found no manifest of the form {FORMAT}, expected a backup made by `yunxing backup`.")
    expected = manifest["files"]
    if expected != found:
        wrong = sorted(name for name in {*found, *dict(expected)} if found.get(name) != dict(expected).get(name))  # type: ignore[call-overload]
        raise DoesNotHold(f"{file}: these files are not what the manifest says: {', '.join(wrong)}. Take another copy of the backup.")
    return found


def _is_inside(name: str, folder: Path) -> bool:
    return not name.startswith("/") and (folder / name).resolve().is_relative_to(folder.resolve())

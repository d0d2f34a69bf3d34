"""Files written whole or not at all, and the folder of files by content (`files/sha256/<ab>/<hash>`)."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from yunxing.values.digest import digest, parse_digest


def write_atomic(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write beside the target, flush to the disk, rename: a reader sees the old file or the new one, never half of one."""
    with written_whole(path, secret=secret) as target:
        target.write(content)


@contextlib.contextmanager
def written_whole(path: Path, *, secret: bool = False, unless_there: bool = False) -> Iterator[BinaryIO]:
    """A stream beside the target that takes its place at the end, or is gone when something fails.

    `secret`: readable by its owner only (mode 0600), from the first byte on. `unless_there`: a file that stands there already stays, also
    when two processes race.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        temporary.chmod(0o600 if secret else 0o644)
        if unless_there:
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        else:
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def content_path(home: Path, named: str) -> Path:
    """Where a file of that digest is kept."""
    algorithm, hexadecimal = parse_digest(named)
    return home / "files" / algorithm / hexadecimal[:2] / hexadecimal


def keep(home: Path, content: bytes) -> str:
    """Keep a file by its content and give its digest; the same content twice is one file."""
    named = digest(content)
    path = content_path(home, named)
    if not path.exists():
        write_atomic(path, content)
    return named


def keep_all(home: Path, contents: Sequence[bytes]) -> list[str]:
    """Keep many files; their flushes to the disk overlap."""
    if len(contents) < 4:
        return [keep(home, content) for content in contents]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda content: keep(home, content), contents))

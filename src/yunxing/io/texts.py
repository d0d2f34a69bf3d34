"""Attached official texts in the home folder: `texts/<pack id>.txt` and, beside it, the clause spans as `.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from yunxing.io.files import write_atomic
from yunxing.values.errors import BadInput


def text_path(home: Path, pack_id: str) -> Path:
    """Where the attached text of a pack stands."""
    return home / "texts" / f"{pack_id}.txt"


def read_source(path: Path) -> bytes:
    """The bytes of a file that a user names; BadInput when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: found no readable file ({error.strerror}), expected the official text as a UTF-8 text file.") from error


def write_text(home: Path, pack_id: str, raw: bytes, spans: dict[str, Any]) -> Path:
    """Keep the text unchanged and its spans; both are replaced whole, the spans last. Writing the same again changes nothing."""
    path = text_path(home, pack_id)
    for target, content in ((path, raw), (path.with_suffix(".json"), (json.dumps(spans, ensure_ascii=False, indent=1) + "\n").encode())):
        if not (target.is_file() and target.read_bytes() == content):
            write_atomic(target, content)
    return path


def read_text(home: Path, pack_id: str) -> bytes | None:
    """The attached text; None when none was attached."""
    path = text_path(home, pack_id)
    return path.read_bytes() if path.is_file() else None

"""What parties declared with their documents: one JSON file for each workbook taken in, appended to for ever, read newest first.

`tables/declared/<hash>.json`; `<hash>.undone` beside it takes it back. A cell is party, column, the value as written, the document it rests on, its day
and the place it was read from. The same workbook twice is one file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from yunxing.io.files import write_atomic
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput

FOLDER = Path("tables") / "declared"


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared cell. `party` is empty for what a round says to everybody."""

    party: str
    column: str
    value: str
    document: str
    day: date
    place: str


def keep(home: Path, cells: Iterable[Declared]) -> str:
    """Write the cells of one workbook and give the batch's id; what was taken back counts again."""
    rows = [{**asdict(cell), "day": cell.day.isoformat()} for cell in sorted(cells, key=lambda one: (one.party, one.column, one.day))]
    content = json.dumps(rows, ensure_ascii=False, indent=0).encode()
    batch = digits(content)[:24]
    path = home / FOLDER / f"{batch}.json"
    if not path.exists():
        write_atomic(path, content)
    path.with_suffix(".undone").unlink(missing_ok=True)
    return batch


def undo(home: Path, batch: str) -> None:
    """Take a batch back; its file stays. Errors: `BadInput` when there is none."""
    path = home / FOLDER / f"{batch}.json"
    if not batch.isalnum() or not path.exists():
        raise BadInput(f"found no declared batch {batch}, expected the id that `entitlements declare` printed")
    write_atomic(path.with_suffix(".undone"), b"")


def known(home: Path, on: date) -> Mapping[str, Mapping[str, Declared]]:
    """By party and column, the newest cell whose document is of the day or earlier; of two of one day, that of the later batch id."""
    found: dict[str, dict[str, Declared]] = {}
    for path in sorted((home / FOLDER).glob("*.json")):
        if path.with_suffix(".undone").exists():
            continue
        for row in json.loads(path.read_text(encoding="utf-8")):
            cell = Declared(**{**row, "day": date.fromisoformat(row["day"])})
            held = found.setdefault(cell.party, {}).get(cell.column)
            if cell.day <= on and (held is None or held.day <= cell.day):
                found[cell.party][cell.column] = cell
    return found

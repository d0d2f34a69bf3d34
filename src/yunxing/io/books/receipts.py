"""When each workbook really came in, from a list beside the workbooks: CSV with the columns `file` and `received_at` (an instant with its zone)."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

from yunxing.engines.facts.sheet import Book
from yunxing.values.errors import BadInput, Fault

NAME = "submissions.csv"
COLUMNS = ("file", "received_at")


def is_receipts(book: Book) -> bool:
    """Whether a book is such a list and not a form."""
    return book.kind == "csv" and bool(book.sheets[0].rows) and set(COLUMNS) <= set(book.sheets[0].rows[0])


def read_receipts(path: Path) -> dict[str, datetime]:
    """File name → the instant it was received. All faults at once."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    received: dict[str, datetime] = {}
    faults = []
    for number, row in enumerate(rows, start=2):
        instant = _instant(row.get("received_at") or "")
        if not row.get("file") or instant is None:
            found = f"{row.get('file')} {row.get('received_at')}"
            faults.append(Fault(str(path), f"第 {number} 行", found, "文件名和带时区的时刻，如 2022-10-05T01:30:00Z"))
        else:
            received[str(row["file"])] = instant
    if faults:
        raise BadInput.from_faults(faults)
    return received


def synthetic_receipts(folder: Path) -> dict[str, datetime]:
    """The receipts of a simulated city's folder, empty for any other: only rows that all say they are synthetic may set the time."""
    path = folder / NAME
    if not path.is_file():
        return {}
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    return read_receipts(path) if rows and all(row.get("label") for row in rows) else {}


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None

"""Files of series: `series,month,value` in, scores out. Plain CSV or gzip, UTF-8."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from yunxing.engines.signals.panel import Panel, Reading, panel_of
from yunxing.io.files import write_atomic
from yunxing.values.errors import BadInput, Fault

COLUMNS = ("series", "month", "value")


def read_panel(path: Path) -> Panel:
    """The series of a file. Errors: `BadInput` when it is no such file, with every line whose value is no finite number or whose month does not fit."""
    faults: list[Fault] = []
    try:
        panel = panel_of(_readings(path, faults), str(path))
    except BadInput as error:
        if not faults:
            raise
        faults += error.faults
    if faults:
        raise BadInput.from_faults(faults)
    return panel


def _readings(path: Path, faults: list[Fault]) -> Iterator[Reading]:
    if not path.is_file():
        raise BadInput(f"{path}: found no file, expected a CSV file with the columns {', '.join(COLUMNS)}.")
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: found a file that cannot be read ({error}), expected UTF-8 text.") from error
    lines = csv.DictReader(io.StringIO(text, newline=""))
    try:
        yield from _lines(path, lines, faults)
    except csv.Error as error:
        raise BadInput(
            f"{path}, line {lines.line_num + 1}: found a line that is no CSV ({error}), expected {', '.join(COLUMNS)}."
        ) from error


def _lines(path: Path, lines: csv.DictReader[str], faults: list[Fault]) -> Iterator[Reading]:
    missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        raise BadInput(f"{path}, line 1: found the columns {', '.join(lines.fieldnames or ()) or 'none'}, expected {', '.join(COLUMNS)}.")
    for one in lines:
        number = lines.line_num
        try:
            value = float(one["value"] or "")
        except ValueError:
            value = float("nan")
        if not abs(value) < float("inf"):
            faults.append(
                Fault(str(path), f"line {number}, value", repr(one["value"]), "a finite number; leave a month that was not reported out")
            )
            continue
        yield Reading(one["series"] or "", one["month"] or "", value, number)


def write_scores(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file, whole or not at all."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(header)
    lines.writerows(rows)
    write_atomic(path, text.getvalue().encode("utf-8"))

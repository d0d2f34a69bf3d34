"""CSV of series in, CSV of forecasts out. Every fault of a file is found at once, each with its line."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yunxing.engines.forecast.timeline import Line, Point, line_of, number_of, way_of
from yunxing.io.files import write_atomic
from yunxing.values.errors import BadInput, Fault
from yunxing.values.period import Period, parse_period

COLUMNS = ("series", "month", "value")
OUT_COLUMNS = ("series", "month", "mean", "lo80", "hi80", "lo95", "hi95")
SUM_COLUMNS = ("total", "part")
TARGET_COLUMNS = ("series", "year", "target")
LONGEST = 100  # years between the first and the last value of a series: beyond it a year was mistyped
MONTH_FIX = "write a month as 2022-09, January–February as 2022-01..02, a year to date as 2022-01..09, a quarter as 2022Q3"


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    series: str
    period: Period
    value: float
    basis: str
    known: date | None


def read_lines(path: Path, *, as_of: date | None = None) -> dict[str, Line]:
    """The series of a file, in the file's order.

    Columns `series, month, value`; further ones allowed are `basis` (panel or definition, by which years to date are not subtracted across a break) and `known_at` (a
    day). With `as_of`, of each period the newest value known on that day counts, and later ones do not exist. Errors: `BadInput` with every fault.
    """
    faults: list[Fault] = []
    rows = list(_rows(path, faults, needs_known=as_of is not None))
    by_series: dict[str, dict[Period, _Row]] = {}
    for row in rows:
        if as_of is not None and row.known is not None and row.known > as_of:
            continue
        held = by_series.setdefault(row.series, {})
        before = held.get(row.period)
        if before is not None and (as_of is None or before.known == row.known):
            faults.append(Fault(str(path), f"line {row.number}, month", f"{row.period.code} of {row.series} a second time (line {before.number})",
                                "one value a period" + ("" if as_of is None else " and day"), fix="delete one of the two lines"))  # fmt: skip
            continue
        if before is None or (row.known or date.min) > (before.known or date.min):
            held[row.period] = row
    lines = {name: line for name, held in by_series.items() if (line := _line(path, name, held, faults)) is not None}
    if faults:
        raise BadInput.from_faults(faults)
    if not lines:
        what = f"no value known by {as_of}" if as_of else "no line below the header"
        raise BadInput(f"{path}: found {what}, expected at least one series with a value.")
    return lines


def _line(path: Path, name: str, held: Mapping[Period, _Row], faults: list[Fault]) -> Line | None:
    try:
        way = way_of(held)
        places = [number_of(one, way) for one in held]
        if max(places) - min(places) > LONGEST * 12:
            first = min(held.values(), key=lambda row: row.period.start)
            faults.append(Fault(str(path), f"line {first.number}, month", f"{first.period.code}, more than {LONGEST} years before the last of {name}",
                                "a series of at most a century", fix="check the year"))  # fmt: skip
            return None
        return line_of(Point(row.period, row.value, row.basis) for row in held.values())
    except BadInput as bad:
        numbers = sorted(row.number for row in held.values())
        faults.append(
            Fault(str(path), f"lines {numbers[0]}–{numbers[-1]}, series {name}", str(bad), "one way of reporting a series", fix=MONTH_FIX)
        )
        return None


def _rows(path: Path, faults: list[Fault], *, needs_known: bool) -> Iterator[_Row]:
    wanted = (*COLUMNS, "known_at") if needs_known else COLUMNS
    for number, one in _records(path, wanted):
        where = f"line {number}"
        series = (one["series"] or "").strip()
        if not series:
            faults.append(Fault(str(path), f"{where}, series", "nothing", "the name of the series"))
            continue
        period, value, known = _period(path, where, one["month"], faults), _value(path, where, one["value"], faults), None
        if needs_known:
            try:
                known = date.fromisoformat((one["known_at"] or "").strip()[:10])
            except ValueError:
                faults.append(Fault(str(path), f"{where}, known_at", repr(one["known_at"]), "a day such as 2022-10-12"))
                continue
        if period is not None and value is not None:
            yield _Row(number, series, period, value, (one.get("basis") or "").strip(), known)


def _period(path: Path, where: str, text: str | None, faults: list[Fault]) -> Period | None:
    try:
        return parse_period((text or "").strip())
    except BadInput:
        faults.append(Fault(str(path), f"{where}, month", repr(text), "a period", fix=MONTH_FIX))
        return None


def _value(path: Path, where: str, text: str | None, faults: list[Fault], column: str = "value") -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if math.isfinite(value) and abs(value) < 1e100:
        return value
    faults.append(
        Fault(str(path), f"{where}, {column}", repr(text), "a finite number", fix="leave a month that was not reported out; it is not zero")
    )
    return None


def _records(path: Path, wanted: Iterable[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The lines of a CSV with its header checked. Errors: `BadInput` when it cannot be read, or lacks a column."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: found byte {error.start} that is not UTF-8, expected UTF-8 text; save the file as “CSV UTF-8”.") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise BadInput(f"{path}: found a broken gzip file ({error}), expected CSV, plain or gzip.") from error
    lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in lines.fieldnames or ()]
        missing = [name for name in wanted if name not in header]
        if missing:
            raise BadInput(
                f"{path}, line 1: found the columns {', '.join(header) or 'none'}, expected {', '.join(wanted)}; {', '.join(missing)} is missing."
            )
        if len(set(header)) != len(header):
            raise BadInput(f"{path}, line 1: found a column twice in {', '.join(header)}, expected each once.")
        lines.fieldnames = header
        for one in lines:
            yield lines.line_num, one
    except csv.Error as error:
        raise BadInput(f"{path}, line {lines.line_num}: found what is no CSV ({error}), expected {', '.join(wanted)}.") from error


def read_sums(path: Path, series: Iterable[str]) -> dict[str, list[str]]:
    """Which series are sums of which, from a CSV with the columns `total, part`. Errors: `BadInput` with every line that names an unknown series."""
    known, faults, sums = set(series), [], dict[str, list[str]]()
    for number, one in _records(path, SUM_COLUMNS):
        pair = [(one[name] or "").strip() for name in SUM_COLUMNS]
        unknown = [name for name in pair if name not in known]
        faults += [Fault(str(path), f"line {number}", repr(name), "a series of the file of series") for name in unknown]
        if not unknown:
            sums.setdefault(pair[0], []).append(pair[1])
    if faults:
        raise BadInput.from_faults(faults)
    return sums


def read_targets(path: Path) -> list[tuple[int, str, int, float]]:
    """Yearly targets, each with its line: (line, series, year, target) from the columns `series, year, target`. Errors: `BadInput` with every faulty line."""
    faults: list[Fault] = []
    found: dict[tuple[str, int], tuple[int, str, int, float]] = {}
    for number, one in _records(path, TARGET_COLUMNS):
        where, name = f"line {number}", (one["series"] or "").strip()
        year, target = (one["year"] or "").strip(), _value(path, where, one["target"], faults, "target")
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            faults.append(Fault(str(path), f"{where}, year", repr(one["year"]), "a year such as 2022"))
        elif target is not None and target <= 0:
            faults.append(Fault(str(path), f"{where}, target", repr(one["target"]), "a target above zero"))
        elif (name, int(year)) in found:
            faults.append(
                Fault(str(path), where, f"a target of {name} for {year} a second time (line {found[name, int(year)][0]})", "one a year")
            )
        elif target is not None:
            found[name, int(year)] = (number, name, int(year), target)
    if faults:
        raise BadInput.from_faults(faults)
    return list(found.values())


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A CSV file, whole or not at all; numbers with ten digits."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(header)
    lines.writerows([f"{cell:.10g}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    write_atomic(path, text.getvalue().encode("utf-8"))

"""Dated lists that policies look things up in (`policies/catalogues/<id>.toml`): customs codes, catalogues, recognised names.

A list has number and date of the document it comes from; a sample, taken while the real list is not at hand, says so and is shown so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import lcm
from pathlib import Path
from typing import Literal

from pydantic import Field

from yunxing.engines.entitlements.policy import FIRST_DAY, LAST_DAY, Column, Entry, Listing
from yunxing.engines.entitlements.tree import Type
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_money, parse_rate
from yunxing.values.period import day_number

FOLDER = "catalogues"
RATE_STEPS = 1_000_000
"""A column of type rate holds whole steps of 0.0001 %."""


class LineData(Strict):
    """A line: its key, the days it holds (both included; absent is without end), a value where the list gives one."""

    key: str
    title: str = ""
    from_: date | None = Field(None, alias="from")
    to: date | None = None
    value: str | int | None = None


class ListingFile(Strict):
    """A list. `match = "begins"`: a text is on it when it begins with a key, the longest key counts; `whole`: when it is a key."""

    title: str
    title_en: str
    number: str
    issued: date
    source: str
    sample: bool = False
    match: Literal["whole", "begins"] = "whole"
    entry: tuple[LineData, ...]


def load_listings(folder: Path) -> Mapping[str, Listing]:
    """Every list beside the policies of this folder. Errors: `PackFault` with all faults of all lists."""
    home = folder if (folder / FOLDER).is_dir() else folder.parent
    files = sorted((home / FOLDER).glob("*.toml"))
    return _read(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=16)
def _read(files: tuple[tuple[Path, int, int], ...]) -> Mapping[str, Listing]:
    found: dict[str, Listing] = {}
    faults: list[Fault] = []
    for file, _, _ in files:
        data = load(file, ListingFile)
        try:
            found[file.stem] = _listing(file, data, faults)
        except BadInput as refused:
            faults.append(Fault(str(file), "entry", refused.message, "values of one unit: all money, all rates, all counts, or none"))
    if faults:
        raise PackFault(faults)
    return found


def _listing(file: Path, data: ListingFile, faults: list[Fault]) -> Listing:
    entries, kinds = [], set()
    for line in data.entry:
        kind, value = _value(line.value)
        kinds.add(kind)
        span = (day_number(line.from_) if line.from_ else FIRST_DAY, day_number(line.to) if line.to else LAST_DAY)
        if span[0] > span[1]:
            faults.append(Fault(str(file), f"entry › {line.key}", f"from {line.from_} to {line.to}", "a first day not after the last"))
        entries.append(Entry(line.key, value, *span, line.title))
    faults += _overlaps(file, entries)
    if len(kinds) != 1:
        raise BadInput(f"found {', '.join(sorted(str(kind) for kind in kinds)) or 'no line'}")
    denominator = lcm(*(entry.value.denominator for entry in entries if entry.value is not None), 1)
    return Listing(
        file.stem, data.title, data.title_en, data.number, data.issued, data.source, tuple(entries), data.match == "whole", data.sample,
        kinds.pop(), denominator,
    )  # fmt: skip


def _value(written: str | int | None) -> tuple[Type, Fraction | None]:
    if written is None:
        return Type.FLAG, None
    if isinstance(written, int):
        return Type.COUNT, Fraction(written)
    return (Type.RATE, parse_rate(written)) if written.endswith(("%", "‰")) else (Type.FEN, Fraction(parse_money(written)))


def _overlaps(file: Path, entries: Sequence[Entry]) -> list[Fault]:
    lines = sorted(entries, key=lambda entry: (entry.key, entry.starts))
    return [
        Fault(str(file), f"entry › {b.key}", "two lines that hold on the same day", "lines of one key that follow each other")
        for a, b in pairwise(lines)
        if a.key == b.key and b.starts <= a.ends
    ]


def named_listing(name: str, listings: Mapping[str, Listing]) -> Listing:
    """The list of this id. Errors: `BadInput` naming those there are."""
    if name not in listings:
        guess = nearest(name, listings)
        known = ", ".join(sorted(listings)) or "none"
        raise BadInput(f"no list {name!r} in policies/catalogues, found {known}" + (f"; did you mean {guess!r}?" if guess else ""))
    return listings[name]


def text_column(name: str, lists: Sequence[str], listings: Mapping[str, Listing], titles: Mapping[str, object]) -> Column:
    """A column looked up in these lists (`type = "text zero_duty negative"`). Errors: `BadInput` when they compare keys in two ways."""
    if not lists:
        raise BadInput("a text names the lists it is looked up in, such as 'text zero_duty'")
    named = [named_listing(one, listings) for one in lists]
    if len({one.whole for one in named}) != 1:
        raise BadInput("one column is looked up in lists of one kind of match, whole or begins")
    keys = tuple(sorted({entry.key for one in named for entry in one.entries}))
    return Column(name, Type.TEXT, -1, len(keys) - 1, keys, whole=named[0].whole, **titles)  # type: ignore[arg-type]

"""Where a column's value comes from, and what is read out of it: a registry's text as a flag or a code, a reported number, a declared cell.

Pure: what the registry, the lists, the facts, the ledger and the documents hold is handed in. What none of them says stays unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from yunxing.engines.entitlements.intake import read_value
from yunxing.engines.entitlements.policy import Column
from yunxing.engines.entitlements.tree import Type
from yunxing.values.errors import BadInput
from yunxing.values.period import day_of

Kind = Literal["registry", "fact", "list", "declared", "round", "ledger"]
_UNKNOWN, _AS_FOUND = "unknown", "as found"


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what a source's words mean: any of `found` (all words when empty) gives this value; `unknown` gives none, `as found` the words themselves."""

    found: tuple[str, ...]
    gives: str


@dataclass(frozen=True, slots=True)
class Feed:
    """One column's source: kind and what of it, how its words are read, and what it means that the source is there and says nothing of a party."""

    column: str
    kind: Kind
    what: str
    means: tuple[Told, ...] = ()
    absent: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A value as the source has it, since when, and where it stands there."""

    value: Any
    day: date | None = None
    place: str = ""


def meaning(means: Sequence[Told], words: str) -> str | None:
    """What the words mean by the first line that fits; None where no line does.

    A line's word fits when it is the same, when it ends in `*` and the words begin so, or when it is a span of divisions.

    >>> lines = [Told(("13..43",), "yes"), Told((), "no")]
    >>> meaning(lines, "2614"), meaning(lines, "51"), meaning([Told(("92*",), "yes")], "9137")
    ('yes', 'no', None)
    """
    return next((line.gives for line in means if not line.found or any(_fits(one, words) for one in line.found)), None)


def _fits(one: str, words: str) -> bool:
    low, span, high = one.partition("..")
    if span:
        return words[:2].isdigit() and int(low) <= int(words[:2]) <= int(high)
    return words.startswith(one[:-1]) if one.endswith("*") else words == one


def value_of(column: Column, means: Sequence[Told], found: Any) -> Any:
    """The value in the type of a profile frame: fen, days as dates, codes and texts by name, flags, None for unknown.

    Errors: `BadInput` in words where what was found cannot be this column's value.
    """
    if found is None or found == "":
        return None
    if means:
        said = meaning(means, _words(found))
        return None if said is None or said == _UNKNOWN else typed(column, found if said == _AS_FOUND else said)
    return typed(column, found)


def _words(found: Any) -> str:
    return found.isoformat() if isinstance(found, date) else ("yes" if found else "no") if isinstance(found, bool) else str(found)


def typed(column: Column, found: Any) -> Any:
    """One value as a profile frame holds it. Errors: `BadInput`."""
    if column.type in (Type.CODE, Type.TEXT):
        text = str(found)
        if column.type is Type.CODE and text not in column.options:
            raise BadInput(f"found {text!r}, expected one of {', '.join(column.options)}")
        return text
    value = read_value(column, found)
    if value is None:
        return None
    if column.type is Type.FLAG:
        return bool(value)
    return day_of(value) if column.type is Type.DATE else value

"""Where in a TOML file a value stands, so that every fault names its line.

`tomllib` gives no positions; a second, simple pass over the lines follows table heads and keys. It reads files that `tomllib` has accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Place = tuple[str | int, ...]

_HEAD = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=\s*(.*)$")
_NAME = re.compile(r"[\w-]+|\"([^\"]*)\"|'([^']*)'")


@dataclass(frozen=True, slots=True)
class Lines:
    """The line of every table and key of one TOML text, by its path (`("measure", 17, "part", 2, "zh")`)."""

    places: dict[Place, int]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Read the positions of a TOML text."""
        places: dict[Place, int] = {(): 1}
        counts: dict[Place, int] = {}
        table: Place = ()
        closing: str | None = None  # the sign that ends a value running over lines
        for number, line in enumerate(text.splitlines(), start=1):
            if closing is not None:
                closing = None if closing in line else closing
                continue
            head = _HEAD.match(line)
            if head:
                table = _table(head[2], array=head[1] == "[[", counts=counts)
                places.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key:
                place: Place = (*table, *_names(key[1]))
                places.setdefault(place, number)
                _inline(place, key[2], number, places)
                closing = _runs_on(key[2])
        return cls(places)

    def of_place(self, place: Place) -> int | None:
        """The line of the place, or of the nearest table around it; None in an empty file."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.places:
                return self.places[place[:end]]
        return None


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(found[1] or found[2] or found[0] for found in _NAME.finditer(dotted))


def _table(dotted: str, *, array: bool, counts: dict[Place, int]) -> Place:
    """The path of a table head: an array on the way means its latest item."""
    path: Place = ()
    names = _names(dotted)
    for depth, name in enumerate(names):
        path = (*path, name)
        if array and depth == len(names) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _inline(place: Place, value: str, number: int, places: dict[Place, int]) -> None:
    """Keys of an inline table on the same line."""
    if value.startswith("{"):
        for found in re.finditer(r"(?:^\{|,)\s*([\w-]+|\"[^\"]*\")\s*=", value):
            places.setdefault((*place, *_names(found[1])), number)


def _runs_on(value: str) -> str | None:
    for quote in ('"""', "'''"):
        if value.count(quote) == 1:
            return quote
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|#.*$", "", value)
    if bare.count("[") > bare.count("]"):
        return "]"
    return None

"""A problem as a document (JSON): read strictly, every fault at once with its place; and a plan written back.

Form: `{"sense": "min"|"max", "units": [{"id", "options": [{"id", "value", "effect": {resource: number}}]}], "requirements": [{"resource", "min"?, "max"?}]}`.
Exactly one option is chosen for each unit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from yunxing.engines.contingency.problem import PLACES, Ints, Problem, Row, Sense, build
from yunxing.values.errors import BadInput, Fault, nearest

SHOWN = 50
LARGEST = Decimal("1e15")


def parse(text: str, name: str = "the problem") -> dict[str, Any]:
    """The JSON text with its decimals kept exactly. NaN, Infinity and text that is no JSON are BadInput with the line."""

    def refuse(word: str) -> NoReturn:
        line = next((n for n, row in enumerate(text.splitlines(), 1) if word in row), 1)
        raise BadInput.from_faults(
            [Fault(name, f"line {line}", word, "a finite number", fix="leave a missing bound out instead of writing it")]
        )

    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=_no_twice(name))
    except json.JSONDecodeError as error:
        raise BadInput.from_faults([Fault(name, f"line {error.lineno}, column {error.colno}", error.msg, "a problem in JSON")]) from error
    except RecursionError as error:
        raise BadInput.from_faults([Fault(name, "", "tables nested too deep", "a problem in JSON")]) from error
    if not isinstance(found, dict):
        raise BadInput.from_faults([Fault(name, "", type(found).__name__, "an object with sense, units and requirements")])
    return found


def _no_twice(name: str) -> Any:
    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise BadInput.from_faults([Fault(name, f"the key {twice!r}", "it stands twice in one object", "each key once")])
        return table

    return made


def read_document(path: Path) -> dict[str, Any]:
    """The document of a file (`parse`)."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"), str(path))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise BadInput(f"{path}: found no file, expected a problem in JSON.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: found bytes that are not UTF-8 ({error.reason}), expected a problem in JSON.") from error


@dataclass
class _Reading:
    """What has been read so far, and every fault."""

    name: str
    faults: list[Fault]

    def wrong(self, place: str, found: object, expected: str, fix: str = "") -> None:
        self.faults.append(Fault(self.name, place, str(found), expected, fix=fix))

    def number(self, value: Any, place: str) -> int | Decimal | None:
        """A finite number of at most 1e15; None with a fault otherwise."""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self.wrong(place, "nothing" if value is None else repr(value)[:60], "a number")
            return None
        if isinstance(value, float):
            value = Decimal(repr(value))
        if isinstance(value, Decimal) and not value.is_finite():
            self.wrong(place, value, "a finite number", "leave a missing bound out instead of writing it")
            return None
        if abs(value) > LARGEST:
            self.wrong(place, value, "a number of at most 1e15", "count in a larger unit")
            return None
        found: int | Decimal = value
        return found

    def name_of(self, value: Any, place: str) -> str | None:
        """An id: text that is not empty, or a whole number."""
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.wrong(place, "nothing" if value is None else repr(value)[:60], "an id: a text that is not empty")
        return None

    def only(self, table: Mapping[str, Any], known: set[str], place: str) -> None:
        """No other keys than the known."""
        for key in table:
            if key not in known and not key.startswith("_") and key not in ("name", "note", "title", "comment", "description"):
                near = nearest(str(key), known)
                self.wrong(
                    place, f"the unknown key {key!r}", "one of " + ", ".join(sorted(known)), f"did you mean {near!r}?" if near else ""
                )

    def list_of(self, value: Any, place: str) -> list[Any]:
        """A list; a fault otherwise."""
        if isinstance(value, list | tuple):
            return list(value)
        self.wrong(place, "nothing" if value is None else type(value).__name__, "a list")
        return []


def problem_of(document: Mapping[str, Any], name: str = "the problem") -> Problem:
    """The canonical problem of a document. BadInput with every fault: not finite, named twice, empty, unknown."""
    reading = _Reading(name, [])
    reading.only(document, {"sense", "units", "requirements"}, "the document")
    sense = document.get("sense")
    if sense not in ("min", "max"):
        reading.wrong("sense", "nothing" if sense is None else repr(sense), '"min" or "max"')
    rows = _requirements(reading, reading.list_of(document.get("requirements", []), "requirements"))
    units, counts, options, values, effects, touched = _units(
        reading, document.get("units"), {row.resource: at for at, row in enumerate(rows)}
    )
    for row in rows:
        if row.resource not in touched and not reading.faults:
            near = nearest(row.resource, touched)
            reading.wrong(
                f"requirements, resource {row.resource!r}", "a resource that no option has an effect on", "a resource of the options",
                f"did you mean {near!r}?" if near else "",
            )  # fmt: skip
    if reading.faults:
        shown = reading.faults[:SHOWN]
        more = len(reading.faults) - len(shown)
        if more:
            shown.append(Fault(name, "", f"{more} more faults", "none"))
        raise BadInput.from_faults(shown)
    return build(_sense(sense), units, counts, options, _column(values), effects, rows)


def _sense(sense: Any) -> Sense:
    return "max" if sense == "max" else "min"


def _column(numbers: list[int | Decimal]) -> Any:
    """An int64 column where all are whole and small, else one of objects."""
    if all(type(one) is int for one in numbers) and sum(abs(int(one)) for one in numbers) < 2**53:
        return np.array(numbers, dtype=np.int64)
    return np.array([*numbers, None], dtype=object)[:-1]


def _units(reading: _Reading, found: Any, row_of: dict[str, int]) -> tuple[list[str], Ints, list[str], list[int | Decimal], Any, set[str]]:
    units: list[str] = []
    counts: list[int] = []
    options: list[str] = []
    values: list[int | Decimal] = []
    at_option: list[int] = []
    at_row: list[int] = []
    amounts: list[int | Decimal] = []
    touched: set[str] = set()
    seen: set[str] = set()
    for n, unit in enumerate(reading.list_of(found, "units"), 1):
        place = f"units › {n}"
        if not isinstance(unit, dict):
            reading.wrong(place, type(unit).__name__, "an object with id and options")
            continue
        reading.only(unit, {"id", "options"}, place)
        id_ = reading.name_of(unit.get("id"), f"{place} › id")
        if id_ is not None and id_ in seen:
            reading.wrong(f"{place} › id", f"{id_!r} a second time", "each unit once")
        seen.add(id_ or "")
        given = reading.list_of(unit.get("options"), f"{place} ({id_}) › options")
        if isinstance(unit.get("options"), list) and not given:
            reading.wrong(f"{place} ({id_}) › options", "no option", "at least one option: exactly one is chosen for each unit")
        mine: set[str] = set()
        for m, option in enumerate(given, 1):
            where = f"{place} ({id_}) › options › {m}"
            if not isinstance(option, dict):
                reading.wrong(where, type(option).__name__, "an object with id, value and effect")
                continue
            if len(option.keys() & {"id", "value", "effect"}) < len(option):
                reading.only(option, {"id", "value", "effect"}, where)
            name = reading.name_of(option.get("id"), f"{where} › id")
            if name in mine:
                reading.wrong(f"{where} › id", f"{name!r} a second time", "each option of a unit once")
            mine.add(name or "")
            value = reading.number(option.get("value"), f"{where} › value")
            effect = option.get("effect", {})
            if not isinstance(effect, dict):
                reading.wrong(f"{where} › effect", type(effect).__name__, "an object of resources and numbers")
                effect = {}
            for resource, amount in effect.items():
                number = reading.number(amount, f"{where} › effect › {resource}")
                touched.add(resource)
                if number and resource in row_of:
                    at_option.append(len(options))
                    at_row.append(row_of[resource])
                    amounts.append(number)
            options.append(name or "")
            values.append(value or 0)
        units.append(id_ or "")
        counts.append(len(given))
    effects = np.array(at_option, dtype=np.int64), np.array(at_row, dtype=np.int64), _column(amounts)
    return units, np.array(counts, dtype=np.int64), options, values, effects, touched


def _requirements(reading: _Reading, given: list[Any]) -> list[Row]:
    """The rows, two requirements of one resource made one."""
    rows: dict[str, Row] = {}
    for n, one in enumerate(given, 1):
        place = f"requirements › {n}"
        if not isinstance(one, dict):
            reading.wrong(place, type(one).__name__, "an object with resource, min and max")
            continue
        reading.only(one, {"resource", "min", "max"}, place)
        name = one.get("resource")
        if not isinstance(name, str) or not name:
            reading.wrong(f"{place} › resource", "nothing" if name is None else repr(name), "the name of a resource")
            continue
        bounds = {key: reading.number(one[key], f"{place} ({name}) › {key}") for key in ("min", "max") if one.get(key) is not None}
        least, most = (None if bounds.get(key) is None else Fraction(str(bounds[key])) for key in ("min", "max"))
        if not bounds:
            reading.wrong(f"{place} ({name})", "neither min nor max", "a min, a max or both")
        if least is not None and most is not None and least > most:
            reading.wrong(f"{place} ({name})", f"min {one['min']} above max {one['max']}", "a min that is at most the max")
        before = rows.get(name)
        if before is not None:
            least = max((x for x in (least, before.least) if x is not None), default=None)
            most = min((x for x in (most, before.most) if x is not None), default=None)
        fine = any(isinstance(one, Decimal) and _places(one) > PLACES for one in bounds.values()) or (before is not None and before.fine)
        rows[name] = Row(name, least, most, fine=fine)
    return list(rows.values())


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def chosen_of(problem: Problem, choice: Ints) -> dict[str, str]:
    """The option id chosen for each unit id."""
    return {unit: problem.options[option] for unit, option in zip(problem.units, choice.tolist(), strict=True)}

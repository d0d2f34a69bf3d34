"""Read a pack's TOML strictly: no floats, no unknown keys, every problem located by file, line and nearest valid key.

Convention P1: a number that is money, a rate or a quantity is text with its unit ("2000 万元", "35%", "7 天"); counts are integers; floats are refused.
Convention P2: an unknown key, a missing key and a value of another type are faults; nothing is converted or dropped silently.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from yunxing.packs.lines import Lines, Place
from yunxing.values.errors import BadInput, Fault, nearest


class Strict(BaseModel):
    """Base of every pack file's schema: immutable, no unknown keys, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Schema = TypeVar("Schema", bound=Strict)


class PackFault(BadInput):
    """A pack file that cannot be used; `faults` holds every problem found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        kept = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in kept), kept)


def _no_float(text: str) -> NoReturn:
    raise ValueError(f'the number {text} has a decimal point; write it as text with its unit, such as "{text} 万元" or "{text}%"')


def read_toml(path: Path) -> dict[str, Any]:
    """The file as plain tables. A syntax error, a float or bytes that are not UTF-8 are a located fault."""
    return _tables(path, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as missing:
        raise PackFault([Fault(str(path), "the file", "nothing", "a pack file")]) from missing
    except UnicodeDecodeError as error:
        raise PackFault([Fault(str(path), f"byte {error.start}", "bytes that are not UTF-8", "a file saved as UTF-8")]) from error


def _tables(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_no_float)
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        found = re.search(r"at line (\d+)", str(error)) or re.search(r"the number (\S+) has a decimal", str(error))
        line = _line_of_float(text, found[1]) if found and "decimal" in found[0] else found and found[1]
        raise PackFault([Fault(str(path), f"line {line}" if line else "the file", str(error), "valid TOML without floats")]) from error


def _line_of_float(text: str, number: str) -> int | None:
    for at, line in enumerate(text.splitlines(), start=1):
        if re.search(rf"[=,\[\s]{re.escape(number)}\s*(?:[,\]}}#]|$)", line):
            return at
    return None


def load(path: Path, schema: type[Schema], prepare: Callable[[dict[str, Any]], dict[str, Any]] | None = None) -> Schema:
    """The file checked against `schema`, its tables first put through `prepare`. All faults are collected and raised at once as `PackFault`."""
    return cast("Schema", _loaded(path, _text(path), schema, prepare))


@lru_cache(maxsize=1024)  # what is read is immutable, and one month asks for the same forty files hundreds of times
def _loaded(path: Path, text: str, schema: type[Strict], prepare: Callable[[dict[str, Any]], dict[str, Any]] | None) -> Strict:
    tables = _tables(path, text)
    if prepare is not None:
        tables = prepare(tables)
    try:
        # In JSON mode a TOML array may fill a tuple and an ISO text a date, while strictness still refuses "7" for 7.
        return schema.model_validate_json(json.dumps(tables, default=_iso), strict=True)
    except ValidationError as error:
        lines = Lines.of(text)
        raise PackFault([_locate(path, lines, schema, dict(problem)) for problem in error.errors(include_url=False)]) from error


def _iso(value: object) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"TOML gives no {type(value).__name__}")


def _locate(path: Path, lines: Lines, schema: type[Strict], problem: dict[str, Any]) -> Fault:
    where: Place = tuple(part for part in problem["loc"] if part != "[key]")
    place = located(lines, where)
    if problem["type"] == "extra_forbidden":
        name = str(where[-1])
        valid = _keys_at(schema, where[:-1])
        guess = nearest(name, valid)
        expected = f"one of: {', '.join(sorted(valid))}" if valid else "no such key"
        return Fault(str(path), place, f"unknown key {name!r}", expected, fix=f"did you mean {guess!r}?" if guess else "")
    found = "nothing" if problem["type"] == "missing" else repr(problem.get("input"))[:80]
    return Fault(str(path), place, found, problem["msg"])


def located(lines: Lines, where: Place) -> str:
    """`line 12, measure › 17 › part › 2` for a fault's place; items are counted from 1, as people count."""
    words = " › ".join(str(part + 1) if isinstance(part, int) else part for part in where)
    line = lines.of_place(where)
    return f"line {line}, {words}" if line else words


def _keys_at(schema: type[BaseModel], where: Place) -> list[str]:
    """The valid keys of the table that the path leads to."""
    current: Any = schema
    for part in where:
        if isinstance(part, int):
            continue
        fields = getattr(current, "model_fields", None)
        if fields is None or part not in fields:
            nested = _inner_model(current)
            if nested is None:
                return []
            current = nested
            continue
        current = fields[part].annotation
        current = _inner_model(current) or current
    return list(getattr(current, "model_fields", {}))


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _inner_model(inner)
        if found is not None:
            return found
    return None

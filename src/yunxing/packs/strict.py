"""Read a pack's TOML strictly: no floats, no unknown keys, every problem located by file, line and nearest valid key.

Convention P1: a number that is money, a rate or a quantity is text with its unit ("2000 万元", "35%", "7 天"); counts are integers; floats are refused.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from yunxing.values.errors import BadInput, Fault, nearest


class Strict(BaseModel):
    """Base of every pack file's schema: immutable, no unknown keys, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Schema = TypeVar("Schema", bound=Strict)


class PackFault(BadInput):
    """A pack file that cannot be used; `faults` holds every problem found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"the number {text} has a decimal point; write it as text with its unit, such as \"{text} 万元\" or \"{text}%\"")


def read_toml(path: Path) -> dict[str, Any]:
    """The file as plain tables. A syntax error, a float or bytes that are not UTF-8 are a located fault."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=_no_float)
    except FileNotFoundError as missing:
        raise PackFault([Fault(str(path), "the file", "nothing", "a pack file")]) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        found = re.search(r"at line (\d+)", str(error))
        raise PackFault([Fault(str(path), f"line {found[1]}" if found else "the file", str(error), "valid TOML without floats")]) from error


def load(path: Path, schema: type[Schema]) -> Schema:
    """The file checked against `schema`. All faults are collected and raised at once as `PackFault`."""
    tables = read_toml(path)
    try:
        # TOML arrays arrive as lists; JSON mode turns them into the tuples frozen schemas declare.
        return schema.model_validate(tables, strict=False)
    except ValidationError as error:
        text = path.read_text(encoding="utf-8")
        raise PackFault([_locate(path, text, schema, dict(problem)) for problem in error.errors()]) from error


def _locate(path: Path, text: str, schema: type[Strict], problem: dict[str, Any]) -> Fault:
    where = [part for part in problem["loc"] if part != "[key]"]
    names = [str(part) for part in where if isinstance(part, str)]
    place = " › ".join(str(part) for part in where)
    line = _line_of(text, where)
    if line:
        place = f"line {line}, {place}"
    if problem["type"] == "extra_forbidden":
        valid = _keys_at(schema, where[:-1])
        guess = nearest(names[-1], valid) if names else None
        expected = f"one of: {', '.join(sorted(valid))}" if valid else "no such key"
        return Fault(str(path), place, f"unknown key {names[-1]!r}", expected, fix=f"did you mean {guess!r}?" if guess else "")
    found = "nothing" if problem["type"] == "missing" else repr(problem.get("input"))[:80]
    return Fault(str(path), place, found, problem["msg"])


def _line_of(text: str, where: list[str | int]) -> int | None:
    """The line that the path points to: tables and array-of-table items are counted, then the key is looked for."""
    lines = text.splitlines()
    at, end = 0, len(lines)
    for part, index in zip(where, [*where[1:], None], strict=True):
        if not isinstance(part, str):
            continue
        heads = [i for i in range(at, end) if re.match(rf"\s*\[\[?\s*([\w.\"-]+\.)?\"?{re.escape(part)}\"?\s*[\].]", lines[i])]
        if heads:
            at = heads[min(index, len(heads) - 1)] if isinstance(index, int) else heads[0]
            later = [i for i in range(at + 1, len(lines)) if re.match(r"\s*\[\[", lines[i])]
            end = later[0] if isinstance(index, int) and later else len(lines)
            continue
        keys = [i for i in range(at, end) if re.search(rf"(^|[\s{{,.])\"?{re.escape(part)}\"?\s*=", lines[i])]
        if keys:
            at = keys[0]
    return at + 1 if lines else None


def _keys_at(schema: type[BaseModel], where: list[str | int]) -> list[str]:
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

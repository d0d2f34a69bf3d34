"""What a pack holds besides the plan itself: which ids exist, in which file and on which line, and which loader reads each kind.

Each kind of thing has a place (`KINDS`) and each file format a loader in a module of its own (`LOADERS`). A kind whose loader is not part of
the program yet is still found by its ids; its files are then not checked in depth, and `pack check` says so.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yunxing.packs.lines import Lines
from yunxing.packs.strict import read_toml


@dataclass(frozen=True, slots=True)
class Kind:
    """Where the ids of one kind stand: a glob of files, and the array that lists them; without an array the file's name is the id."""

    prefix: str
    glob: str
    arrays: tuple[str, ...] = ()


KINDS: tuple[Kind, ...] = (
    Kind("form", "forms/*.toml"),
    Kind("indicator", "indicators.toml", ("indicator", "indicators")),
    Kind("indicator", "pipelines/*.toml", ("figure",)),
    Kind("signal", "signals.toml", ("signal", "signals", "rule", "rules")),
    Kind("case", "cases.toml", ("case",)),
    Kind("case", "cases/*.toml", ("case",)),
    Kind("pool", "pools.toml", ("pool", "pools")),
    Kind("pool", "quotas/*.toml", ("pool",)),
    Kind("policy", "policies/*.toml"),
    Kind("relation", "relations.toml", ("relation",)),
    Kind("list", "lists/rosters.toml", ("list",)),
    Kind("list", "lists/generated.toml", ("list",)),
    Kind("policy", "quotas/*.toml", ("assessment",)),
    Kind("document", "documents.toml", ("document",)),
    Kind("pipeline", "pipelines/*.toml", ("pipeline",)),
    Kind("activity", "activities.toml", ("activity",)),
    Kind("contingency", "contingency/*.toml", ("contingency",)),
    Kind("chain", "chains.toml", ("view",)),
    Kind("matching", "matching/*.toml", ("matching",)),
    Kind("signal", "matching/credit.toml", ("signal",)),
)


@dataclass(frozen=True, slots=True)
class Loader:
    """The function that reads one section of a pack: `module.function(folder / relative, *sections it needs)`."""

    section: str
    module: str
    function: str
    relative: str = "."
    needs: tuple[str, ...] = ()


LOADERS: tuple[Loader, ...] = (
    Loader("forms", "yunxing.packs.forms", "load_forms"),
    Loader("indicators", "yunxing.packs.indicators", "load_indicators"),
    Loader("signals", "yunxing.packs.signals", "load_signals", needs=("indicators",)),
    Loader("cases", "yunxing.packs.cases", "load_cases"),
    Loader("bulletin", "yunxing.packs.bulletin", "load_kinds", "bulletin"),
    Loader("policies", "yunxing.packs.policies", "load_policies"),
    Loader("relations", "yunxing.packs.relations", "load_relations"),
    Loader("pools", "yunxing.packs.pools", "load_pools"),
    Loader("quotas", "yunxing.packs.quotas", "load_quotas"),
    Loader("city", "yunxing.packs.city", "load_city"),
    Loader("city_lists", "yunxing.packs.city_lists", "load_city_lists"),
    Loader("registers", "yunxing.packs.registers", "load_registers"),
    Loader("generated", "yunxing.packs.generated", "load_generated"),
    Loader("messages", "yunxing.packs.messages", "load_messages"),
    Loader("pipelines", "yunxing.packs.pipelines", "load_pipelines"),
    Loader("activities", "yunxing.packs.activities", "load_activities"),
    Loader("command", "yunxing.packs.command", "load_command"),
    Loader("emergency", "yunxing.packs.command", "load_emergency"),
    Loader("walked", "yunxing.packs.activities", "load_walked"),
    Loader("contingency", "yunxing.packs.contingency", "load_contingency"),
    Loader("chains", "yunxing.packs.chains", "load_chains"),
    Loader("matching", "yunxing.packs.matching", "load_matching"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that exists in a pack: its id with the prefix, its file and its line."""

    id: str
    file: Path
    line: int


def entries(folder: Path) -> Iterator[Entry]:
    """Every id of the pack. A file that is not TOML is PackFault."""
    for kind in KINDS:
        for path in sorted(folder.glob(kind.glob)):
            if not kind.arrays:
                if "." not in path.stem:  # m02_loan_interest.examples.toml is no policy
                    yield Entry(f"{kind.prefix}:{path.stem}", path, 1)
                continue
            tables = read_toml(path)
            lines = Lines.of(path.read_text(encoding="utf-8"))
            for array in kind.arrays:
                yield from _in_array(kind.prefix, array, tables.get(array), path, lines)


def _in_array(prefix: str, array: str, items: Any, path: Path, lines: Lines) -> Iterator[Entry]:
    if isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, dict) and isinstance(item.get("id"), str):
                yield Entry(f"{prefix}:{item['id']}", path, lines.of_place((array, index)) or 1)
    elif isinstance(items, dict):
        for name in items:
            yield Entry(f"{prefix}:{name}", path, lines.of_place((array, name)) or 1)


def loader_of(section: str) -> Callable[[Path], Any] | None:
    """The function that reads a section of a pack folder; None when the program has no such loader yet."""
    found = next((loader for loader in LOADERS if loader.section == section), None)
    if found is None or importlib.util.find_spec(found.module) is None:
        return None
    function = getattr(importlib.import_module(found.module), found.function)
    needed = [loader_of(name) for name in found.needs]

    def read(folder: Path) -> Any:
        return function(folder / found.relative, *[need(folder) for need in needed if need])

    return read


def present(folder: Path, section: str) -> bool:
    """Whether the pack has files for the section."""
    names = {
        "forms": "forms/*.toml",
        "bulletin": "bulletin/*.toml",
        "policies": "policies/*.toml",
        "quotas": "quotas/*.toml",
        "registers": "lists/rosters.toml",
        "generated": "lists/generated.toml",
        "pipelines": "pipelines/*.toml",
        "walked": "pipelines/*.toml",
        "contingency": "contingency/*.toml",
        "matching": "matching/*.toml",
    }
    return any(folder.glob(names.get(section, f"{section}.toml")))

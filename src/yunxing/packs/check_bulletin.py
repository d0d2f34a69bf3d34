"""Hold the sentence libraries of a pack (`bulletin/*.toml`) to its commitments and indicators: what a sentence, a condition or a table names, exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from yunxing.engines.bulletins.template import ITS
from yunxing.packs.check_plan import did_you_mean, fault
from yunxing.packs.pack import Pack
from yunxing.packs.strict import read_toml
from yunxing.values.errors import Fault

_SLOT = re.compile(r"(?:\{|^(?:not )?)([a-z_]+)\.[a-z_]+")
_OWN = {"count", "target"}  # words of a slot that are no indicator
Place = tuple[str | int, ...]


def bulletin_faults(pack: Pack) -> Iterator[Fault]:
    """Every commitment and indicator that a library names and the pack does not have, with its place and the nearest name."""
    commitments = {one.id for one in pack.commitments}
    indicators = {id_.removeprefix("indicator:") for id_ in pack.entries if id_.startswith("indicator:")}
    for path in sorted((pack.folder / "bulletin").glob("*.toml")):
        tables, where = read_toml(path), f"bulletin/{path.name}"
        for place, name in _texts(tables, "commitment"):
            if name not in commitments:
                yield fault(pack, where, place, f"the commitment {name!r}", "an id of commitments.toml", did_you_mean(name, commitments))
        for place, name in _indicators(tables) if indicators else ():
            if name not in indicators:
                yield fault(pack, where, place, f"the indicator {name!r}", "an id of indicators.toml", did_you_mean(name, indicators))


def _indicators(tables: Any) -> Iterator[tuple[Place, str]]:
    yield from ((place, name) for place, name in _texts(tables, "indicator") if name)
    yield from _texts(tables, "indicators")
    for place, text in (*_texts(tables, "text"), *_texts(tables, "when")):
        yield from ((place, slot[1].removeprefix(ITS)) for slot in _SLOT.finditer(text) if slot[1] not in _OWN)


def _texts(tables: Any, key: str, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text under that key, alone or in a list, however deep."""
    inner: Iterable[tuple[str | int, Any]] = (
        tables.items() if isinstance(tables, dict) else enumerate(tables) if isinstance(tables, list) else ()
    )
    for name, value in inner:
        if name == key and isinstance(value, str):
            yield (*place, name), value
        elif name == key and isinstance(value, list):
            yield from (((*place, name, n), text) for n, text in enumerate(value) if isinstance(text, str))
        else:
            yield from _texts(value, key, (*place, name))

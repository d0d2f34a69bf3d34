"""Lists that are worked out instead of kept: `lists/generated.toml`. Strict; what a list names exists, and every fault is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from yunxing.packs.documents import Id, Level
from yunxing.packs.forms import load_forms
from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.registers import load_registers
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault, nearest

FILE = "lists/generated.toml"
Made = Literal["entitled_not_applied", "reported_without"]
NEEDS: dict[Made, frozenset[str]] = {
    "entitled_not_applied": frozenset({"policies"}),
    "reported_without": frozenset({"roster", "form", "has", "lacks"}),
}


class Generated(Strict):
    """One list: who keeps an eye on it, how sensitive it is, and how it is made of what is held. `small`: small and micro enterprises alone."""

    id: Id
    title: Words
    title_en: Words
    clause: ClauseText
    owner: Words
    level: Level
    group: str = ""
    made_of: Made
    policies: tuple[Id, ...] = ()
    roster: str = ""
    form: str = ""
    has: str = ""
    lacks: str = ""
    small: bool = False


class GeneratedFile(Strict):
    """`lists/generated.toml`."""

    list: tuple[Generated, ...] = ()


def load_generated(folder: Path) -> dict[str, Generated]:
    """The worked-out lists of a pack by id; none when it has no such file. Errors: `PackFault` with every fault."""
    path = folder / FILE
    if not path.exists():
        return {}
    rows = load(path, GeneratedFile).list
    faults = [Fault(str(path), f"list › {row.id}", found, expected) for row in rows for found, expected in _faults(folder, row)]
    kept = load_registers(folder).rosters
    ids = [row.id for row in rows]
    faults += [
        Fault(str(path), f"list › {id_}", "the id a second time", "each id once") for id_ in {one for one in ids if ids.count(one) > 1}
    ]
    faults += [Fault(str(path), f"list › {id_}", "an id of lists/rosters.toml", "an id of its own") for id_ in ids if id_ in kept]
    if faults:
        raise PackFault(faults)
    return {row.id: row for row in rows}


def _faults(folder: Path, row: Generated) -> Iterator[tuple[str, str]]:
    """What is missing, superfluous or leads nowhere."""
    given = {name for name in ("policies", "roster", "form", "has", "lacks") if getattr(row, name)}
    if given != NEEDS[row.made_of]:
        yield ", ".join(sorted(given)) or "nothing", f"{row.made_of} takes {', '.join(sorted(NEEDS[row.made_of]))}"
        return
    rules = {path.stem for path in (folder / "policies").glob("*.toml") if "." not in path.stem}
    for name in row.policies:
        if name not in rules:
            yield name, f"a file of policies/ (nearest: {nearest(name, rules) or 'none'})"
    if row.made_of == "reported_without":
        rosters, forms = load_registers(folder).rosters, load_forms(folder)
        if row.roster not in rosters:
            yield row.roster, f"a list of lists/rosters.toml (nearest: {nearest(row.roster, rosters) or 'none'})"
        if row.form not in forms:
            yield row.form, f"a form (nearest: {nearest(row.form, forms) or 'none'})"
            return
        items = {one.id for one in forms[row.form].items}
        for name in (row.has, row.lacks):
            if name not in items:
                yield name, f"an item of {row.form} (nearest: {nearest(name, items) or 'none'})"

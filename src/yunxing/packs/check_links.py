"""Hold the files of a pack to each other: what one names, another defines, and a number told twice is the same number.

These checks read plain tables, so that they stay true whatever a section's loader makes of its file; a file the pack does not have is not missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yunxing.packs.check_bulletin import bulletin_faults
from yunxing.packs.check_plan import did_you_mean, fault
from yunxing.packs.pack import Pack
from yunxing.packs.plan import bare
from yunxing.packs.profile import ProfileFile
from yunxing.packs.strict import PackFault, load, read_toml
from yunxing.values.citation import parse_clause
from yunxing.values.errors import BadInput, Fault

# The keys under which a section names a body: by its id, or by its name.
_BODIES = (
    ("indicators.toml", "indicator", ("office", "coordinating")),
    ("signals.toml", "signal", ("owner",)),
    ("pools.toml", "pool", ("owner",)),
)


def link_faults(pack: Pack) -> list[Fault]:
    """Every name that leads nowhere, and every number that two files tell differently. Files that cannot be read are told by their loaders."""
    try:
        return [*_bodies(pack), *_reviewers(pack), *_targets(pack), *bulletin_faults(pack), *_pools(pack), *_profile(pack), *_city(pack)]
    except PackFault:
        return []


def _tables(pack: Pack, file: str, array: str) -> list[dict[str, Any]]:
    path = pack.folder / file
    found = read_toml(path).get(array, []) if path.exists() else []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _bodies(pack: Pack) -> Iterator[Fault]:
    names = {name for office in pack.offices.values() for name in office.all_names} | set(pack.offices)
    for file, array, keys in _BODIES:
        for at, table in enumerate(_tables(pack, file, array)):
            for key in keys:
                named = table.get(key, [])
                for one in [named] if isinstance(named, str) else named:
                    if one not in names:
                        yield fault(
                            pack, file, (array, at, key), f"the office {one!r}", "an id or a name of offices.toml", did_you_mean(one, names)
                        )


def _reviewers(pack: Pack) -> Iterator[Fault]:
    """The office that reviews a form is an office of the plan; a form that names none is reviewed by the command office."""
    for path in sorted((pack.folder / "forms").glob("*.toml")):
        office = read_toml(path).get("office", "")
        if office and office not in pack.offices:
            file = f"forms/{path.name}"
            yield fault(pack, file, ("office",), f"the office {office!r}", "an id of offices.toml", did_you_mean(str(office), pack.offices))


def _targets(pack: Pack) -> Iterator[Fault]:
    """An indicator's target is its commitment's number, and the commitment is shown by that indicator."""
    known = {one.id: one for one in pack.commitments}
    for at, table in enumerate(_tables(pack, "indicators.toml", "indicator")):
        target = table.get("target")
        if not isinstance(target, dict):
            continue
        where = ("indicator", at, "target")
        one = known.get(str(target.get("commitment")))
        if one is None:
            name = str(target.get("commitment"))
            yield fault(pack, "indicators.toml", where, f"the commitment {name!r}", "an id of commitments.toml", did_you_mean(name, known))
            continue
        if target.get("value") != one.value:
            yield fault(pack, "indicators.toml", where, f"{target.get('value')!r}", f"{one.value!r}, as the commitment {one.id} has it")
        if bare(one.shown_by) != f"indicator:{table.get('id')}":
            yield fault(
                pack,
                "indicators.toml",
                where,
                f"{table.get('id')}, while {one.id} is shown by {one.shown_by}",
                "the indicator that commitments.toml names",
            )


def _pools(pack: Pack) -> Iterator[Fault]:
    for at, table in enumerate(_tables(pack, "pools.toml", "pool")):
        for name in table.get("policies", ()):
            if f"policy:{name}" not in pack.entries:
                known = [id_.removeprefix("policy:") for id_ in pack.entries if id_.startswith("policy:")]
                yield fault(
                    pack, "pools.toml", ("pool", at, "policies"), f"the policy {name!r}", "a file of policies/", did_you_mean(name, known)
                )
        yield from _clause(pack, at, str(table.get("clause", "")))


def _clause(pack: Pack, at: int, text: str) -> Iterator[Fault]:
    try:
        clause = parse_clause(text)
    except BadInput as refused:
        yield fault(pack, "pools.toml", ("pool", at, "clause"), f"{text!r}", str(refused))
        return
    if clause.document == pack.document.short_number and not any(
        (p.measure, p.sentence) == (clause.measure, clause.sentence) for p in pack.parts
    ):
        yield fault(pack, "pools.toml", ("pool", at, "clause"), text, "a clause of measures.toml")


def _profile(pack: Pack) -> Iterator[Fault]:
    """Every column that a rule reads has a source; every list or form a source names exists."""
    path = pack.folder / "profile.toml"
    profile = load(path, ProfileFile) if path.exists() else ProfileFile()
    known = {column.name for column in profile.column}
    for file in sorted((pack.folder / "policies").glob("*.toml")):
        if "." in file.stem:
            continue
        for name in read_toml(file).get("columns", {}):
            if name not in known:
                relative = file.relative_to(pack.folder).as_posix()
                yield fault(
                    pack,
                    relative,
                    ("columns", name),
                    f"the column {name!r}",
                    "a column of profile.toml, which says where it comes from",
                    did_you_mean(name, known),
                )
    items = _items(pack.folder)
    for at, column in enumerate(profile.column):
        kind, _, rest = column.source.partition(":")
        roster, _, of_members = rest.partition(".")
        missing = (kind == "list" and f"list:{roster}" not in pack.entries) or (kind == "fact" and rest not in items)
        missing |= (
            kind == "list" and bool(of_members) and not any(roster in item.list and item.id == of_members for item in pack.rosters.item)
        )
        missing |= kind == "registry" and rest not in {item.id for item in pack.rosters.item}
        if missing:
            valid = {*(id_ for id_ in pack.entries if id_.startswith("list:")), *(f"fact:{item}" for item in items)}
            yield fault(
                pack,
                "profile.toml",
                ("column", at, "source"),
                f"{column.source!r}",
                "a list, an item of a form or a registry column of the pack",
                did_you_mean(column.source, valid),
            )


def _items(folder: Path) -> set[str]:
    """`form.item` for every item of every form."""
    found: set[str] = set()
    for path in sorted((folder / "forms").glob("*.toml")):
        tables = read_toml(path)
        rows = tables.get("items", tables.get("item", []))
        found |= {f"{path.stem}.{row['id']}" for row in rows if isinstance(row, dict) and "id" in row}
    return found


def _city(pack: Pack) -> Iterator[Fault]:
    """The simulated city reports by the plan's own units."""
    units = [unit.id for unit in pack.regions.units]
    rows = _tables(pack, "city.toml", "units")
    for at, row in enumerate(rows):
        id_ = str(row.get("id", row.get("code", "")))
        if id_ not in units:
            yield fault(
                pack, "city.toml", ("units", at), f"the unit {id_!r}", "a reporting unit of lists/regions.toml", did_you_mean(id_, units)
            )

"""The registry's catalogue of a pack: kinds, rosters and columns of `lists/rosters.toml` as the engine reads them, and what does not fit together there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yunxing.engines.registry.catalogue import Catalogue, Choice, Column, PartyKind, RosterKind, Threshold
from yunxing.engines.registry.parties import KINDS
from yunxing.packs.documents import KindRow, RegistryItem, RostersFile
from yunxing.packs.lines import Lines
from yunxing.packs.strict import PackFault, load, located
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_money

FILE = "lists/rosters.toml"
COMMON = ("id", "kind", "name", "short_name", "unit", "region", "industry", "size", "parent", "valid_from", "valid_to")
_BUILT_IN = (
    KindRow(id="enterprise", title="企业", title_en="Enterprise", code="usci", open_to="unit",
            common=("short_name", "unit", "region", "industry", "size", "parent")),
    KindRow(id="project", title="项目", title_en="Project", open_to="unit", common=("short_name", "unit", "region", "industry", "parent")),
    KindRow(id="site", title="场所", title_en="Site", open_to="unit", common=("short_name", "unit", "region", "industry", "parent")),
    KindRow(id="office", title="单位", title_en="Office", open_to="desk", common=("short_name", "unit")),
)  # fmt: skip
assert tuple(one.id for one in _BUILT_IN) == KINDS


def load_registers(folder: Path) -> Catalogue:
    """The catalogue of the pack in `folder`; a pack without the file has the built-in kinds and no rosters. PackFault with every fault."""
    path = folder / FILE
    read = load(path, RostersFile) if path.exists() else RostersFile()
    found = list(_faults(path, read))
    if found:
        raise PackFault(found)
    return catalogue_of(read)


def catalogue_of(read: RostersFile) -> Catalogue:
    """The file's tables as the engine's values."""
    common = {item.id: _column(item, common=True) for item in read.item if item.party == "all" or (item.id in COMMON and not item.list)}
    own = {row.id: row for row in read.kind}
    kinds = {}
    for row in [*(own.pop(one.id, one) for one in _BUILT_IN), *own.values()]:
        columns = [common.get(name, Column(name, name, name, common=True)) for name in row.common]
        columns += [_column(item) for item in read.item if item.party == row.id and item.id not in COMMON]
        kinds[row.id] = PartyKind(row.id, row.title, row.title_en, row.code, row.open_to, tuple(columns))
    rosters = {
        row.id: RosterKind(
            row.id, row.title, row.title_en, row.party, row.owner, row.clause or "", row.level, row.personal, row.retain,
            tuple(_column(item) for item in read.item if row.id in item.list), row.group, row.expected,
        )
        for row in read.list
    }  # fmt: skip
    steps = [Threshold(row.since, parse_money(row.revenue), row.source) for row in read.above_scale]
    return Catalogue(kinds, rosters, tuple(sorted(steps, key=lambda one: one.since)))


def _column(item: RegistryItem, *, common: bool = False) -> Column:
    choices = tuple(Choice(one.id, one.title, one.title_en) for one in item.choice)
    return Column(
        item.id, item.title, item.title_en, item.type, item.unit, choices, item.of or "", item.check or "",
        item.required, item.level, item.personal, common,
    )  # fmt: skip


def _faults(path: Path, read: RostersFile) -> Iterator[Fault]:
    """A kind, roster or column twice, a kind or roster that is not there, two columns with one head in one sheet, a threshold that is no money."""
    lines = Lines.of(path.read_text(encoding="utf-8")) if path.exists() else Lines.of("")

    def fault(array: str, at: int, key: str, found: str, expected: str) -> Fault:
        return Fault(str(path), located(lines, (array, at, key)), found, expected)

    kinds = {*KINDS, *(row.id for row in read.kind)}
    rosters = [row.id for row in read.list]
    for array, ids in (("kind", [row.id for row in read.kind]), ("list", rosters)):
        for at, id_ in enumerate(ids):
            if ids.index(id_) != at:
                yield fault(array, at, "id", id_, "each id once")
    for at, row in enumerate(read.list):
        if row.party not in kinds:
            yield fault("list", at, "party", row.party, f"a kind of this file (nearest: {nearest(row.party, kinds) or 'none'})")
    for at, item in enumerate(read.item):
        if item.party not in {None, "all", *kinds}:
            yield fault("item", at, "party", str(item.party), f"a kind of this file (nearest: {nearest(str(item.party), kinds) or 'none'})")
        if item.of is not None and item.of not in kinds:
            yield fault("item", at, "of", item.of, f"a kind of this file (nearest: {nearest(item.of, kinds) or 'none'})")
        for roster in item.list:
            if roster not in rosters:
                yield fault("item", at, "list", roster, f"a list of this file (nearest: {nearest(roster, rosters) or 'none'})")
    for at, step in enumerate(read.above_scale):
        try:
            parse_money(step.revenue)
        except BadInput as bad:
            yield fault("above_scale", at, "revenue", step.revenue, str(bad))
            return
    yield from _same_heads(path, read)


def _same_heads(path: Path, read: RostersFile) -> Iterator[Fault]:
    catalogue = catalogue_of(read)
    for roster in catalogue.rosters.values():
        kind = catalogue.kinds.get(roster.kind)
        heads: dict[str, str] = {}
        for column in (*(kind.columns if kind else ()), *roster.columns):
            for word in {column.head, column.id}:
                if heads.setdefault(word, column.id) != column.id:
                    yield Fault(
                        str(path), f"list {roster.id}", f"two columns headed {word}", "each column of a sheet with a head of its own"
                    )

"""Lists by workbook: a roster goes out, is edited, is looked at, and comes in as one act that can be taken back.

store ─► `export_roster` ─► a person's workbook ─► `preview_book` (nothing written) ─► `import_book` (one act) ─► `undo_change`

The same steps serve the command line and the desk's import page; what they give is the same everywhere (`Preview`, `Imported`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from yunxing.engines.facts.sheet import Book, CellValue, Sheet
from yunxing.engines.registry.catalogue import Catalogue, Column
from yunxing.engines.registry.compare import Entry, Outcome, World, compare, rows_of
from yunxing.engines.registry.merge import Merge, plan_merge, resolved
from yunxing.engines.registry.parties import Membership, Party
from yunxing.engines.registry.sheets import MARK, SINCE, Layout, build_sheets, detail_of, field_of, layout_of, read_sheets, target_of
from yunxing.engines.registry.typed import shown
from yunxing.flows.follow_merge import follow_merge, take_back
from yunxing.io.books import read
from yunxing.io.store import dialect, registry
from yunxing.io.store import registry_history as history
from yunxing.packs.pack import Pack
from yunxing.packs.registers import load_registers
from yunxing.values.codes import RegionTable
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, Fault


@dataclass(frozen=True)
class Terms:
    """What a registry's workbooks are read against: the pack's kinds and rosters, its units and regions."""

    catalogue: Catalogue
    units: Mapping[str, str]
    regions: RegionTable | None = None

    @classmethod
    def of(cls, pack: Pack) -> Terms:
        """Of a pack."""
        return cls(load_registers(pack.folder), {unit.id: unit.name for unit in pack.regions.units}, pack.regions.table)


@dataclass(frozen=True)
class Preview:
    """What a workbook would do to one list; nothing is written. `counts` has new, changed, joined, left, redated, unchanged, absent, faults, warnings."""

    file: str
    digest: str
    target: str
    title: str
    outcome: Outcome

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Row by row, what becomes of it."""
        return tuple(self.outcome.entries)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault at once, with sheet, row and column."""
        return tuple(self.outcome.faults)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Heads of columns that nobody knows."""
        return tuple(self.outcome.ignored)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return self.outcome.counts

    @property
    def may_write(self) -> bool:
        """Whether the import may be confirmed: something changes and nothing blocks."""
        return self.outcome.changes and not self.outcome.blocked


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written: the act's id by which it can be taken back, empty when nothing changed."""

    change: str
    preview: Preview
    parties: history.Written
    memberships: history.Written


def export_roster(connection: Any, terms: Terms, target: str, *, day: date | None, at: datetime, note: str = "") -> Book:
    """The workbook of a roster (members of `day`; all terms ever, without one) or of a kind (`kind:<id>`), as known at `at`, to be edited and put back."""
    layout = layout_of(terms.catalogue, target)
    parties = registry.read_parties(connection, kind=layout.kind.id)
    held: list[tuple[Party, Membership | None]]
    if layout.roster:
        members = registry.read_memberships(connection, roster=layout.roster.id)
        held = list(rows_of(parties, members, day))
    else:
        held = [(party, None) for party in sorted(parties.values(), key=lambda one: (one.unit, one.name, one.id))]
    kept = f"{layout.roster.owner} · " if layout.roster else ""
    told = f"{note + ' · ' if note else ''}{kept}{len(held)} 行 · {day.isoformat() + ' 在册' if day else '全部'} · 导出 {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return build_sheets(layout, held, day=day or at.date(), known=at, note=told, units=terms.units)


def one_member(connection: Any, terms: Terms, target: str, party: str, *, day: date) -> list[tuple[Column, str]] | None:
    """One member of a roster on a day, as the row of its workbook in text: column by column what would stand in the cell. None when it is not on it."""
    layout = layout_of(terms.catalogue, target)
    assert layout.roster is not None
    held = registry.read_some(connection, [party]).get(party)
    member = next((one for one in registry.read_memberships(connection, roster=layout.roster.id, party=party) if one.valid_on(day)), None)
    if held is None or member is None:
        return None
    mine = [(column, None if column is SINCE else shown(field_of(held, column), column)) for column in layout.party]
    theirs = [(column, shown(detail_of(member, column), column)) for column in layout.member]
    return [(column, "" if cell is None else str(cell)) for column, cell in (*mine, *theirs)]


def member_book(terms: Terms, target: str, given: Mapping[str, str], *, day: date, known: datetime) -> Book:
    """A workbook of one row with only the columns given, as if it had been exported at `known` and edited: what `preview_book` judges like any other."""
    layout = layout_of(terms.catalogue, target)
    columns = [one for one in layout.columns if one.id in given]
    heads: list[CellValue] = [one.head for one in columns]
    row: list[CellValue] = [given[one.id] or None for one in columns]
    sheet = Sheet(layout.title[:31], [[layout.title], [None], [None], heads, row], head=(3, 3), body=4)
    mark = Sheet(MARK, [["target", layout.target], ["day", day.isoformat()], ["known", known.isoformat()]], hidden=True)
    return Book([sheet, mark])


def preview_book(connection: Any, terms: Terms, name: str, content: bytes, *, day: date, target: str = "", whole: bool = False) -> Preview:
    """What the workbook would change. BadInput when it cannot be read at all or says nowhere which list it is for."""
    book = read.read_bytes(name, content)
    aim = target or target_of(book, terms.catalogue)
    if not aim:
        fault = Fault(name, "", "看不出是哪个名录", "从本系统导出的工作簿，或以名录名称为表名", fix="选择名录后再导入")
        raise BadInput.from_faults([fault])
    layout = layout_of(terms.catalogue, aim)
    return Preview(name, digest(content), layout.target, layout.title, _compared(connection, terms, layout, book, day=day, whole=whole))


def _compared(connection: Any, terms: Terms, layout: Layout, book: Book, *, day: date, whole: bool) -> Outcome:
    said = read_sheets(book, layout)
    roster = layout.roster.id if layout.roster else ""
    at = said.known if said.target == layout.target else None
    world = World(
        parties=registry.read_parties(connection),
        members=registry.read_memberships(connection, roster=roster) if roster else [],
        base_parties=history.newest_as_known(connection, at) if at else None,
        base_members=history.members_as_known(connection, roster, at) if at and roster else None,
        aliases={alias: resolved(registry.read_aliases(connection), alias) for alias in registry.read_aliases(connection)},
        units=terms.units,
        regions=terms.regions,
        day=day,
    )
    return compare(layout, said, terms.catalogue, world, file=book.name, whole=whole)


def import_book(
    connection: Any, terms: Terms, name: str, content: bytes, *, day: date, act: history.Act, target: str = "", whole: bool = False
) -> Imported:
    """Write what `preview_book` shows, in one transaction, as one act. BadInput with every fault when one blocks; then nothing is written."""
    with dialect.transaction(connection):
        seen = preview_book(connection, terms, name, content, day=day, target=target, whole=whole)
        if seen.outcome.blocked:
            raise BadInput.from_faults(seen.faults)
        found = seen.outcome
        done = history.record(connection, act, found.parties, found.members, found.dropped)
    return Imported(done.change, seen, done.parties, done.memberships)


def import_files(
    home: Path, terms: Terms, paths: list[Path], *, day: date, act: history.Act, target: str = "", whole: bool = False
) -> list[Imported]:
    """Several workbooks, each an act of its own; the faults of all are told at once and then none is written."""
    books = [(name, content) for name, content in read.contents(paths)]
    refused = [fault for _name, content in books if isinstance(content, BadInput) for fault in content.faults]
    with dialect.connected(home) as connection:
        readable = [(name, content) for name, content in books if isinstance(content, bytes)]
        for name, content in readable:
            try:
                seen = preview_book(connection, terms, name, content, day=day, target=target, whole=whole)
            except BadInput as bad:
                refused += list(bad.faults) or [Fault(name, "", str(bad), "名录工作簿")]
            else:
                refused += [fault for fault in seen.faults if fault.severity == "block"]
        if refused:
            raise BadInput.from_faults(refused)
        with dialect.transaction(connection):
            return [
                import_book(connection, terms, name, content, day=day, act=act, target=target, whole=whole) for name, content in readable
            ]


def undo_change(connection: Any, change: str, *, at: datetime, person: str, note: str = "") -> str:
    """Take an act back: an import, an edit or a merge; cases that followed a merge go back with it. Gives the id of the act that does so; BadInput says why it cannot be."""
    with dialect.transaction(connection):
        merged = history.merged_by(connection, change)
        taken = history.undo(connection, change, history.Act(at, person, "undo", note=note))
        for drop, keep in merged:
            take_back(connection, str(keep), str(drop), at)
    return taken


def merge_parties(connection: Any, keep: str, drop: str, *, act: history.Act, write: bool = True) -> tuple[Merge, str]:
    """Merge the party `drop` into `keep`: its id becomes an alias, its memberships and cases move, what `keep` lacks is taken over. Without `write` only shown.

    BadInput for unknown ids, an id that was merged before, or parties of two kinds. `undo_change` takes it back.
    """
    with dialect.transaction(connection):
        held = registry.read_some(connection, [keep, drop])
        missing = [one for one in (keep, drop) if one not in held]
        if missing:
            known = registry.read_aliases(connection)
            said = "；".join(f"{one} 已并入 {known[one]}" if one in known else f"没有登记 {one}" for one in missing)
            raise BadInput(f"{said}。请核对编号。")
        members = [one for party in (keep, drop) for one in registry.read_memberships(connection, party=party)]
        merge = plan_merge(held[keep], held[drop], members)
        if not write:
            return merge, ""
        children = [party for party in registry.read_parties(connection).values() if party.parent == drop]
        moved = [(merge.kept, None), *((replace(child, parent=keep), None) for child in children)]
        done = history.record(connection, act, moved, merge.members, merge.given_up, [(drop, keep)])
        follow_merge(connection, keep, drop, act.instant)
    return merge, done.change

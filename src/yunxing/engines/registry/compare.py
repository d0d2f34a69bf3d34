"""What an edited sheet changes: every row held against what the registry holds now and against what it held when the sheet was written.

Three views decide each cell: the file's, the registry's at the instant of the export (base), the registry's now. A cell left as exported changes
nothing, whatever happened since; a cell changed by both sides is a fault that names both values. The same sheet a second time changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from yunxing.engines.registry.catalogue import Catalogue, Column
from yunxing.engines.registry.history import overlaps
from yunxing.engines.registry.lifecycle import faults as lifecycle_faults
from yunxing.engines.registry.naming import folded
from yunxing.engines.registry.parties import Membership, Party
from yunxing.engines.registry.sheets import MEMBER_MARKS, NAME, Given, Layout, ReadBook, detail_of, field_of
from yunxing.engines.registry.typed import Value, printed
from yunxing.values.codes import RegionTable, check_usci, industry_of
from yunxing.values.errors import BadInput, Fault

ACTIONS = ("new", "changed", "joined", "left", "redated", "unchanged", "absent")
ABOVE_SCALE = "above_scale"
WHOLE_REASON = "名单更新移出"


@dataclass(frozen=True, slots=True)
class Detail:
    """One cell that changes: the column's title, what the registry holds, what it will hold."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What becomes of one row (or of a member that the sheet does not mention: `absent`, or `left` when the sheet is the whole list)."""

    place: str
    party: str
    name: str
    action: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class World:
    """What a sheet is held against: parties and memberships of the roster now, and as known when the sheet was written; codes valid by date."""

    parties: Mapping[str, Party]
    members: Sequence[Membership]
    base_parties: Mapping[str, Party] | None
    base_members: Sequence[Membership] | None
    aliases: Mapping[str, str]
    units: Mapping[str, str]
    regions: RegionTable | None
    day: date


@dataclass
class Outcome:
    """What the sheet would change, and every fault. Nothing is to be written while a fault blocks."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    parties: list[tuple[Party, date | None]] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    dropped: list[Membership] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        """Whether a fault forbids to write."""
        return any(one.severity == "block" for one in self.faults)

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.parties or self.members or self.dropped)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each action, and how many faults and warnings."""
        found = Counter(entry.action for entry in self.entries)
        stop = sum(one.severity == "block" for one in self.faults)
        return {name: found[name] for name in ACTIONS} | {"faults": stop, "warnings": len(self.faults) - stop}


def compare(layout: Layout, read: ReadBook, catalogue: Catalogue, world: World, *, file: str, whole: bool = False) -> Outcome:
    """Hold every row against the registry. `whole`: members of the day whom the sheet does not mention leave the roster the day before `world.day`."""
    found = Outcome(faults=list(read.faults), ignored=list(read.ignored))
    return _Comparison(layout, catalogue, world, file, found).run(read, whole=whole)


class _Comparison:
    """One run over the rows of a workbook."""

    def __init__(self, layout: Layout, catalogue: Catalogue, world: World, file: str, found: Outcome) -> None:
        self.layout, self.catalogue, self.world, self.file, self.found = layout, catalogue, world, file, found
        self.members = {one.key: one for one in world.members}
        self.base = None if world.base_members is None else {one.key: one for one in world.base_members}
        self.mentioned: set[tuple[str, str, date]] = set()
        self.given: dict[str, Party] = {}  # parties of this file as they will be
        self.places: dict[tuple[str, object], str] = {}
        self.dates: set[tuple[str, date | None]] = set()  # the terms that the rows name
        self.faulty: set[str] = set()  # parties of rows with a fault: not told to be absent

    def run(self, read: ReadBook, *, whole: bool) -> Outcome:
        rows = [(given, self._identified(given)) for given in read.rows]
        ids = {id_ for _given, id_ in rows}
        self.dates = {(id_, _day(given.member.get("_joined"))) for given, id_ in rows}
        for given, id_ in rows:
            before = len(self.found.faults)
            known = set(ids) | self.world.parties.keys()
            party, details = self._party(given, id_, known)
            if id_ and not self.layout.roster:
                self._once(given, id_, None)
            member, action, more = self._member(given, id_) if self.layout.roster else (None, "", ())
            if any(one.severity == "block" for one in self.found.faults[before:]) or party is None:
                self.faulty.add(id_)
                continue
            self._keep(given, party, member, action, (*details, *more))
        if self.layout.roster:
            self._absent(read, whole=whole)
            self._together()
        return self.found

    def fault(self, given: Given, column: str, found: str, expected: str, fix: str = "", *, warn: bool = False) -> None:
        """One fault at a cell of the row."""
        self.found.faults.append(Fault(self.file, given.where(column), found, expected, fix=fix, severity="warn" if warn else "block"))

    def _identified(self, given: Given) -> str:
        """The id of the row: given, or of a name already known in the kind, or made from the name where ids are our own."""
        if given.id:
            return self.world.aliases.get(given.id, given.id)
        name = str(given.party.get("name") or "")
        kind = self.layout.kind
        same = [one.id for one in self.world.parties.values() if one.kind == kind.id and name and folded(one.name) == folded(name)]
        if len(same) == 1:
            return same[0]
        if kind.code == "own" and name:
            return f"{kind.id.upper().replace('_', '-')}-{sha256(folded(name).encode()).hexdigest()[:8].upper()}"
        self.fault(given, "id", "空", "编号（统一社会信用代码）" if kind.code == "usci" else "编号或名称", "补填编号")
        return ""

    # -- the party

    def _party(self, given: Given, id_: str, known: set[str]) -> tuple[Party | None, tuple[Detail, ...]]:
        if not id_:
            return None, ()
        old = self.world.parties.get(id_)
        if old is not None and old.kind != self.layout.kind.id:
            self.fault(given, "id", f"{id_}（{old.name}）已登记为另一类主体", self.layout.kind.title)
            return None, ()
        if old is None and id_ not in self.given:
            self._check_code(given, id_)
        start = self.given.get(id_) or old
        blank = start is None
        party = start or Party(
            id_, self.layout.kind.id, "", "", "", "", "", "", "", _day(given.party.get("valid_from")) or self._begun(given),
            attributes={"synthetic": True} if str(given.party.get("name") or "").find("合成") >= 0 else {},
        )  # fmt: skip
        base = self.world.base_parties.get(id_) if self.world.base_parties is not None else old
        details = []
        for column in self.layout.party:
            if column.id in given.party and column.id != "id":
                value = self._decided(given, column, given.party[column.id], (party, base), blank=blank)
                if value is not _KEPT:
                    details.append(Detail(column.head, _words(field_of(party, column), column), _words(value, column)))
                    party = _with(party, column, value)
        self._check_party(given, party, old, known)
        return party, tuple(details)

    def _begun(self, given: Given) -> date:
        return _day(given.member.get("_joined")) or self.world.day

    def _decided(self, given: Given, column: Column, value: Value, sides: tuple[Party, Party | None], *, blank: bool) -> Any:
        """The value to write, or `_KEPT`: a cell as it was, as exported, or empty where nothing may be empty."""
        party, base = sides
        now = field_of(party, column)
        if _same(value, now):
            return _KEPT
        if value is None and (column is NAME or column.id == "valid_from"):
            if column is NAME:
                self.fault(given, column.id, "空", "名称", "补填名称")
            return _KEPT
        if blank or base is None:
            return value
        then = field_of(base, column)
        if _same(value, then):
            return _KEPT
        if not _same(then, now):
            self.fault(
                given, column.id, f"表中“{_words(value, column)}”，导出时“{_words(then, column)}”，现为“{_words(now, column)}”",
                "导出后没有被他人改过的值", "重新导出后再改",
            )  # fmt: skip
            return _KEPT
        return value

    def _check_code(self, given: Given, id_: str) -> None:
        if self.layout.kind.code != "usci":
            return
        checked = check_usci(id_)
        if checked.status == "valid":
            return
        old_number = len(id_) == 15 and id_.isdigit()
        warn = checked.status == "suspect" or old_number
        expected = "18 位统一社会信用代码" if old_number or checked.status == "malformed" else "校验位相符的统一社会信用代码"
        self.fault(given, "id", id_, expected, "换成 18 位代码，旧注册号可填入旧号列" if old_number else "核对统一社会信用代码", warn=warn)

    def _check_party(self, given: Given, party: Party, old: Party | None, known: set[str]) -> None:
        for column in self.layout.party:
            value = field_of(party, column)
            if column.required and value in (None, "") and not (column is NAME and "name" in given.party):
                self.fault(given, column.id, "空", column.head, "补填")
            if value in (None, ""):
                continue
            if column.type == "party" and str(value) not in known:
                self.fault(given, column.id, str(value), "已登记的编号", "先登记，或核对编号")
            if old is None or value != field_of(old, column):
                self._check_common(given, column, str(value))
        if party.valid_to is not None and party.valid_to < party.valid_from:
            self.fault(given, "valid_to", party.valid_to.isoformat(), f"不早于登记起日 {party.valid_from}")
        if given.since is not None and given.since < party.valid_from:
            self.fault(given, "_since", given.since.isoformat(), f"不早于登记起日 {party.valid_from}")

    def _check_common(self, given: Given, column: Column, value: str) -> None:
        day = given.since or self.world.day
        if column.id == "unit" and column.common and value not in self.world.units:
            self.fault(given, "unit", value, "填报单位代码：" + "、".join(f"{code} {name}" for code, name in self.world.units.items()))
        if column.id == "region" and column.common and self.world.regions and self.world.regions.get(value, day) is None:
            now = self.world.regions.current(value, day)
            self.fault(given, "region", value, f"{day} 有效的行政区划代码", f"已改为 {now.code} {now.name}" if now else "核对代码")
        if column.id == "industry" and column.common:
            try:
                industry_of(value)
            except BadInput:
                self.fault(given, "industry", value, "GB/T 4754 工业大类 06—46", "核对行业代码", warn=True)

    # -- the membership

    def _member(self, given: Given, id_: str) -> tuple[Membership | None, str, tuple[Detail, ...]]:
        roster = self.layout.roster
        assert roster is not None  # only rosters have members
        if not given.member:
            return None, "", ()
        joined = _day(given.member.get("_joined"))
        held = self.members.get((roster.id, id_, joined)) if joined else None
        standing = [one for one in self.members.values() if one.party == id_ and one.valid_on(self.world.day)]
        redated = None
        if held is None and joined is None:
            if len(standing) != 1:
                self.fault(given, "_joined", "空", "列入日期，如 2022-01-01", "补填列入日期")
                return None, "", ()
            held = standing[0]
        elif held is None and len(standing) == 1 and self.base is not None and standing[0].key in self.base:
            last = _day(given.member.get("_left"))
            free = (id_, standing[0].valid_from) not in self.dates and (last is None or last >= standing[0].valid_from)
            redated = standing[0] if free else None
        start = held or redated or Membership(roster.id, id_, joined or self.world.day)
        self._once(given, id_, joined or start.valid_from)
        self.mentioned |= {start.key} if held or redated else set()
        return self._changed(given, start, joined or start.valid_from, held=held, redated=redated)

    def _once(self, given: Given, id_: str, joined: date | None) -> None:
        first = self.places.setdefault((id_, joined), given.where("id"))
        if first != given.where("id"):
            self.fault(given, "id", f"{id_} 与 {first} 重复", "一个成员一行" if joined else "一个主体一行", "只保留一行")

    def _changed(
        self, given: Given, start: Membership, joined: date, *, held: Membership | None, redated: Membership | None
    ) -> tuple[Membership | None, str, tuple[Detail, ...]]:
        base = self.base.get(start.key) if self.base is not None else (held or redated)
        member = replace(start, valid_from=joined)
        details = [Detail("列入日期", start.valid_from.isoformat(), joined.isoformat())] if redated else []
        for column in self.layout.member:
            if column.id not in given.member or column.id == "_joined":
                continue
            value, now = given.member[column.id], detail_of(member, column)
            if _same(value, now) or (base is not None and _same(value, detail_of(base, column))):
                continue
            if base is not None and not _same(detail_of(base, column), now):
                self.fault(
                    given,
                    column.id,
                    f"表中“{_words(value, column)}”，现为“{_words(now, column)}”",
                    "导出后没有被他人改过的值",
                    "重新导出后再改",
                )
                continue
            details.append(Detail(column.head, _words(now, column), _words(value, column)))
            member = _with_detail(member, column, value)
        for column in self.layout.member:
            if column.required and column.id not in MEMBER_MARKS and member.attributes.get(column.id) in (None, ""):
                self.fault(given, column.id, "空", column.head, "补填")
        if member.valid_to is not None and member.valid_to < member.valid_from:
            self.fault(given, "_left", member.valid_to.isoformat(), f"不早于列入日期 {member.valid_from}")
        if redated:
            self.found.dropped.append(redated)
            return member, "redated", tuple(details)
        if held is None:
            return member, "joined", tuple(details)
        ended = member.valid_to is not None and held.valid_to is None
        return (member if details else None), ("left" if ended else "changed" if details else "unchanged"), tuple(details)

    # -- all rows together

    def _keep(self, given: Given, party: Party, member: Membership | None, action: str, details: tuple[Detail, ...]) -> None:
        old = self.world.parties.get(party.id)
        if party != (self.given.get(party.id) or old):
            self.given[party.id] = party
            self.found.parties = [(one, since) for one, since in self.found.parties if one.id != party.id]
            self.found.parties.append((party, given.since if old is not None else None))
        if member is not None:
            self.found.members.append(member)
        if old is None:
            action = "new"
        elif action in ("", "unchanged"):
            action = "changed" if details else "unchanged"
        self.found.entries.append(Entry(given.where("id"), party.id, party.name, action, details))

    def _absent(self, read: ReadBook, *, whole: bool) -> None:
        if not read.rows or (read.faults and not whole):
            return
        for one in self.world.members:
            if one.key in self.mentioned or not one.valid_on(self.world.day) or one.party in self.faulty:
                continue
            name = self.world.parties[one.party].name if one.party in self.world.parties else one.party
            if whole and one.valid_from < self.world.day:
                gone = replace(one, valid_to=self.world.day - timedelta(days=1), reason=WHOLE_REASON)
                self.found.members.append(gone)
                self.found.entries.append(Entry("", one.party, name, "left", (Detail("移出日期", "—", str(gone.valid_to)),)))
            else:
                self.found.entries.append(Entry("", one.party, name, "absent"))

    def _together(self) -> None:
        """Terms of one party on the roster may not share a day; the above-scale list has rules of its own."""
        gone = {one.key for one in self.found.dropped}
        after = {key: one for key, one in self.members.items() if key not in gone} | {one.key: one for one in self.found.members}
        touched = {one.party for one in self.found.members}
        mine = [one for one in after.values() if one.party in touched]
        if self.layout.roster and self.layout.roster.id == ABOVE_SCALE:
            for party in sorted(touched):
                self.found.faults += lifecycle_faults([one for one in mine if one.party == party])
            return
        for earlier, later in overlaps(mine):
            self.found.faults.append(
                Fault(
                    self.file, later.party, f"{earlier.valid_from} 列入的一段与 {later.valid_from} 列入的一段重叠", "同一主体在同一名录上不重叠的在册期",
                    fix="先填写前一段的移出日期",
                )
            )  # fmt: skip


_KEPT: Any = object()


def _same(first: object, second: object) -> bool:
    return _plain(first) == _plain(second)


def _plain(value: object) -> object:
    return None if value in (None, "") else value.isoformat() if isinstance(value, date) else value


def _words(value: object, column: Column) -> str:
    return printed(value.isoformat() if isinstance(value, date) else value, column)


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _with(party: Party, column: Column, value: Value) -> Party:
    if column.common:
        plain: dict[str, Any] = {column.id: _day(value) if column.type == "date" else value or ""}
        return replace(party, **plain)
    attributes = {key: held for key, held in party.attributes.items() if key != column.id}
    return replace(party, attributes=attributes if value is None else {**attributes, column.id: value})


def _with_detail(member: Membership, column: Column, value: Value) -> Membership:
    if column.id == "_left":
        return replace(member, valid_to=_day(value))
    if column.id == "_reason":
        return replace(member, reason=str(value or ""))
    attributes = {key: held for key, held in member.attributes.items() if key != column.id}
    return replace(member, attributes=attributes if value is None else {**attributes, column.id: value})


def rows_of(parties: Mapping[str, Party], members: Sequence[Membership], day: date | None) -> Iterator[tuple[Party, Membership]]:
    """The rows of a roster's sheet: its members of a day (all terms, without one), in the order of their units and names."""
    held = [(parties[one.party], one) for one in members if one.party in parties and (day is None or one.valid_on(day))]
    yield from sorted(held, key=lambda pair: (pair[0].unit, pair[0].name, pair[0].id, pair[1].valid_from))

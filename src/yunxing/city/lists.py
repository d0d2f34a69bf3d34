"""The lists of the registry filled with made rows, as the pack's `city_lists.toml` describes them. Every name holds the pack's word for "synthetic".

Works for any list of any pack: columns are filled by their type, with the words and ranges that the description gives; what it does not describe stays
empty, except choices and links to other parties, which are drawn. The same seed gives the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from yunxing.city.chance import stream
from yunxing.city.make import City
from yunxing.city.register import PARTY_COLUMNS, Cell, Table
from yunxing.engines.registry.catalogue import Catalogue, Column, RosterKind
from yunxing.values.period import Month

PERSON = "person"
STEP = {"money": 10**6, "rate": 100, "count": 1}  # stored units in one printed unit
EXISTING = ("enterprise", "project", "site")


@dataclass(frozen=True, slots=True)
class ListPlan:
    """How one list is filled: names for rows of its own kind, or `pick` from who is there (`largest`, `roster:<id>`); the days on which rows join, and
    the share of the first ones that leave on the last of those days. `values` gives words, a range `low..high`, or `person`, by column.
    """

    roster: str
    names: tuple[str, ...] = ()
    count: int | None = None
    pick: str = ""
    joined: tuple[date, ...] = ()
    leave: float = 0.0
    values: Mapping[str, Any] = field(default_factory=dict)
    real: bool = False  # public names that are facts and not made, such as customs modes


def fill_lists(city: City, catalogue: Catalogue, plans: Iterable[ListPlan], tables: Mapping[str, Table], last: Month) -> dict[str, Table]:
    """The register's tables with the rows of all planned lists that are known by the end of `last`: a table `lists` more, and longer `rosters`."""
    return _Filling(city, catalogue, tables, last.end).run(plans)


class _Filling:
    """One run: parties known so far by kind, rows to add."""

    def __init__(self, city: City, catalogue: Catalogue, tables: Mapping[str, Table], end: date) -> None:
        self.city, self.catalogue, self.end = city, catalogue, end
        self.tables = {name: (columns, [list(row) for row in rows]) for name, (columns, rows) in tables.items()}
        self.made: list[list[Cell]] = []
        self.rows = {str(row[0]): row for name in ("enterprises", "projects", "sites", "further") for row in self.tables[name][1]}
        self.by_kind: dict[str, list[str]] = {}
        for id_, row in self.rows.items():
            self.by_kind.setdefault(str(row[1]), []).append(id_)
        sizes = sorted(
            (-float(json.loads(str(row[11])).get("revenue_fen", 0)), id_) for id_, row in self.rows.items() if row[1] == "enterprise"
        )
        self.largest = [id_ for _size, id_ in sizes]

    def run(self, plans: Iterable[ListPlan]) -> dict[str, Table]:
        for plan in plans:
            self._fill(plan, self.catalogue.roster(plan.roster))
        tables: dict[str, Table] = {name: (columns, [tuple(row) for row in rows]) for name, (columns, rows) in self.tables.items()}
        columns, rosters = tables["rosters"]
        tables["rosters"] = (columns, sorted(rosters, key=lambda row: (str(row[0]), str(row[1]), str(row[2]))))
        return {**{name: table for name, table in tables.items() if name != "rosters"}, "lists": (PARTY_COLUMNS, [tuple(row) for row in self.made]),
                "rosters": tables["rosters"]}  # fmt: skip

    def _fill(self, plan: ListPlan, roster: RosterKind) -> None:
        rng = stream(self.city.seed, f"list:{roster.id}")
        standing = [row for row in self.tables["rosters"][1] if row[0] == roster.id]
        if not plan.names and not plan.pick:
            self._decorate(plan, roster, standing, rng)
            return
        ids = self._picked(plan, rng) if plan.pick else self._new(plan, roster, rng)
        first, latest = plan.joined[0], plan.joined[-1]
        for place, id_ in enumerate(ids):
            joined = plan.joined[place * len(plan.joined) // len(ids)]
            if joined > self.end:
                continue
            gone = joined == first != latest and latest <= self.end and rng.random() < plan.leave
            attributes = self._values(roster.columns, plan, rng, place)
            left = latest - timedelta(days=1) if gone else None
            self.tables["rosters"][1].append([roster.id, id_, joined, left, "名单更新移出" if gone else "", _json(attributes)])

    def _picked(self, plan: ListPlan, rng: Any) -> list[str]:
        if plan.pick.startswith("roster:"):
            name = plan.pick.removeprefix("roster:")
            able = [str(row[1]) for row in self.tables["rosters"][1] if row[0] == name and row[3] is None]
        else:
            able = list(self.largest)
        count = len(able) if plan.count is None else min(plan.count, len(able))
        chosen = range(count) if plan.pick == "largest" else sorted(int(at) for at in rng.permutation(len(able))[:count])
        return [able[at] for at in chosen]

    def _new(self, plan: ListPlan, roster: RosterKind, rng: Any) -> list[str]:
        settings, kind = self.city.settings, self.catalogue.kind(roster.kind)
        common = {column.id for column in kind.columns if column.common}
        count = plan.count or len(plan.names)
        ids = []
        for place in range(count):
            round_, at = divmod(place, len(plan.names))
            name = plan.names[at] + (f"{round_ + 1}" if round_ else "")
            name = name if plan.real else f"{settings.word}{name}"
            unit = settings.units[int(rng.integers(len(settings.units)))].code if "unit" in common else ""
            id_ = f"{settings.code_mark}-{kind.id.upper().replace('_', '-')}-{place + 1:03d}"
            attributes = self._values([one for one in kind.columns if not one.common], plan, rng, place)
            attributes |= {} if plan.real else {"synthetic": True}
            short = name if "short_name" in common else ""
            joined = plan.joined[place * len(plan.joined) // count]
            if joined <= self.end:
                self.made.append([id_, kind.id, name, short, unit, "", "", "", None, joined, None, _json(attributes)])
                self.by_kind.setdefault(kind.id, []).append(id_)
            ids.append(id_)
        return ids

    def _decorate(self, plan: ListPlan, roster: RosterKind, standing: list[list[Cell]], rng: Any) -> None:
        """Details of members that are there already, and of the members themselves for the columns described."""
        kind = self.catalogue.kind(roster.kind)
        told = [one for one in kind.columns if not one.common and one.id in plan.values]
        for place, row in enumerate(standing):
            row[5] = _json({**json.loads(str(row[5] or "{}")), **self._values(roster.columns, plan, rng, place)})
            party = self.rows[str(row[1])]
            party[11] = _json({**json.loads(str(party[11])), **self._values(told, plan, rng, place)})

    def _values(self, columns: Sequence[Column], plan: ListPlan, rng: Any, place: int) -> dict[str, Any]:
        found = {column.id: self._value(column, plan.values.get(column.id), rng, place) for column in columns}
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, column: Column, told: Any, rng: Any, place: int) -> Any:
        if column.type == "choice":
            options = list(told) if told else [one.id for one in column.choices]
            return options[int(rng.integers(len(options)))]
        if column.type == "party":
            able = self.by_kind.get(column.of, [])
            return able[int(rng.integers(len(able)))] if able else None
        if column.type == "phone":
            return f"000-{int(rng.integers(10**7)):07d}"
        if told is None:
            return None
        if told == PERSON:
            return f"{self.city.settings.word}{_SURNAMES[int(rng.integers(len(_SURNAMES)))]}某"
        if isinstance(told, str) and ".." in told:
            return _between(column, told, rng)
        words = [told] if isinstance(told, str) else list(told)
        return words[place % len(words)]


_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡"


def _between(column: Column, told: str, rng: Any) -> Any:
    low, high = told.split("..")
    if column.type == "date":
        first, last = date.fromisoformat(low), date.fromisoformat(high)
        return (first + timedelta(days=int(rng.integers((last - first).days + 1)))).isoformat()
    step = STEP[column.type]
    return int(rng.integers(int(low), int(high) + 1)) * step


def _json(attributes: Mapping[str, object]) -> str:
    return json.dumps(attributes, ensure_ascii=False, sort_keys=True)

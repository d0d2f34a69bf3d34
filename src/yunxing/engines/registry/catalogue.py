"""Which kinds of party and which rosters a registry has, and the columns of each: all of it data of a pack.

A kind says which code its parties carry and which of the common columns it uses; a roster says of which kind its members are, who keeps it and
what it records about a membership (who answers for a project, what a bank takes as collateral). Columns are typed, so that a workbook goes out and in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from yunxing.values.errors import BadInput, nearest

ColumnType = Literal["text", "date", "money", "count", "rate", "flag", "choice", "party", "phone"]
CodeRule = Literal["usci", "own"]
CORE = (
    "short_name",
    "unit",
    "region",
    "industry",
    "size",
    "parent",
)  # common columns that a kind may use; id, name and the days always stand


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a column of choices."""

    id: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind or of a roster.

    `type` money is kept in fen and printed in 万元, rate in 0.01 % and printed in percent, date as ISO text, flag as true or false, party as the id of a
    party of kind `of`. `check` names a rule of codes (`project_code`). `level` 1 open to 4 highly sensitive; `personal` whether a natural person may be recognised.
    """

    id: str
    title: str
    title_en: str
    type: ColumnType = "text"
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    of: str = ""
    check: str = ""
    required: bool = False
    level: int = 2
    personal: bool = False
    common: bool = False  # a field of every party, not an attribute

    @property
    def head(self) -> str:
        """The head of the column in a workbook: its title, with the unit in which figures stand."""
        unit = {"money": "万元", "rate": "%"}.get(self.type, self.unit)
        return f"{self.title}（{unit}）" if unit else self.title


@dataclass(frozen=True, slots=True)
class PartyKind:
    """A kind of party. `open_to` is the lowest word of who may see its rows: `unit` those of the party's reporting unit, `desk` every desk role."""

    id: str
    title: str
    title_en: str
    code: CodeRule
    open_to: Literal["unit", "desk"]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class RosterKind:
    """A roster: members of one kind, kept by an office, as a clause asks. `columns` are those of a membership."""

    id: str
    title: str
    title_en: str
    kind: str
    owner: str
    clause: str
    level: int
    personal: bool
    retain: str
    columns: tuple[Column, ...] = ()
    group: str = ""
    expected: int | None = None  # the number of members the plan names


@dataclass(frozen=True, slots=True)
class Threshold:
    """The yearly revenue in fen from which an industrial enterprise is above scale, from a day on."""

    since: date
    revenue: int
    source: str


@dataclass(frozen=True)
class Catalogue:
    """All kinds and rosters of a registry, and the steps of the above-scale line, oldest first."""

    kinds: Mapping[str, PartyKind]
    rosters: Mapping[str, RosterKind]
    thresholds: tuple[Threshold, ...] = ()

    def roster(self, id_: str) -> RosterKind:
        """The roster of that id or title; BadInput with the nearest known one."""
        found = self.rosters.get(id_) or next((one for one in self.rosters.values() if one.title == id_), None)
        if found is None:
            guess = nearest(id_, self.rosters)
            raise BadInput(f"没有名录 {id_}" + (f"，是不是 {guess}？" if guess else "。") + f"现有：{'、'.join(self.rosters)}。")
        return found

    def kind(self, id_: str) -> PartyKind:
        """The kind of that id; BadInput with the nearest known one."""
        found = self.kinds.get(id_)
        if found is None:
            guess = nearest(id_, self.kinds)
            raise BadInput(f"没有主体类别 {id_}" + (f"，是不是 {guess}？" if guess else "。") + f"现有：{'、'.join(self.kinds)}。")
        return found

    @cached_property
    def open_kinds(self) -> frozenset[str]:
        """The kinds whose rows every desk role sees."""
        return frozenset(one.id for one in self.kinds.values() if one.open_to == "desk")

    def owned_by(self, offices: frozenset[str]) -> frozenset[str]:
        """The rosters that these offices keep."""
        return frozenset(one.id for one in self.rosters.values() if one.owner in offices)

    def threshold(self, day: date) -> Threshold | None:
        """The above-scale line in force on a day; None before the first step."""
        return next((one for one in reversed(self.thresholds) if one.since <= day), None)

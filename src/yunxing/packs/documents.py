"""Papers the city promised to issue, and the registry's lists: `documents.toml` and `lists/rosters.toml`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.strict import Strict

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Level = Annotated[int, Field(ge=1, le=4)]
Origin = Literal["statistics", "dispatch", "administrative", "public"]


class Promised(Strict):
    """A paper: the clause that promises it, the body that issues it, by when, how often, and how far it is."""

    id: Id
    title: Words
    title_en: Words
    clause: ClauseText
    owner: Words
    cycle: Literal["once", "month", "quarter", "year"]
    due: dt.date | None = None
    due_day: Annotated[int, Field(ge=1, le=28)] | None = None
    status: Literal["promised", "drafting", "issued", "recurring"]
    link: str | None = None


class DocumentsFile(Strict):
    """`documents.toml`."""

    document: tuple[Promised, ...] = ()


class KindRow(Strict):
    """A kind of party: which code its parties carry (`usci`, or an id of our own), which common columns it uses, who may see its rows."""

    id: Id
    title: Words
    title_en: Words
    code: Literal["usci", "own"] = "own"
    open_to: Literal["unit", "desk"] = "desk"
    common: tuple[Literal["short_name", "unit", "region", "industry", "size", "parent"], ...] = ()


class Roster(Strict):
    """A list of the registry: who keeps it, how sensitive membership is, how long it is kept after leaving. `party` is a kind of party.

    `level` 1 open, 2 internal, 3 sensitive, 4 highly sensitive; `personal` whether a natural person may be recognised. `group` gathers lists on the
    page of all lists. `expected` is the number that the plan names and that the list must reach; it is shown beside the count, never filled in.
    """

    id: Id
    title: Words
    title_en: Words
    clause: ClauseText | None = None
    owner: Words
    party: Id
    level: Level
    origin: Origin
    personal: bool
    retain: Words
    group: str = ""
    expected: Annotated[int, Field(ge=1)] | None = None


class ChoiceRow(Strict):
    """One answer of a column of choices."""

    id: Id
    title: Words
    title_en: Words


class RegistryItem(Strict):
    """A column of the registry with its level, origin, whether it is personal, and how long it is kept.

    It belongs to a kind of party (`party`, `all` for every one) or to a membership (`list`, the ids of the rosters that record it).
    """

    id: Id
    party: Id | None = None
    list: tuple[Id, ...] = ()
    title: Words
    title_en: Words
    level: Level
    origin: Origin
    personal: bool
    retain: Words
    source: Annotated[str, Field(pattern=r"^(collect|derived|shared:.+)$")]
    type: Literal["text", "date", "money", "count", "rate", "flag", "choice", "party", "phone"] = "text"
    unit: str = ""
    choice: tuple[ChoiceRow, ...] = ()
    of: Id | None = None
    check: Literal["project_code"] | None = None
    required: bool = False

    @model_validator(mode="after")
    def _belongs(self) -> RegistryItem:
        if (self.party is None) == (not self.list):
            raise ValueError("say either party (a kind, or all) or list (rosters), not both and not neither")
        if (self.type == "choice") != bool(self.choice):
            raise ValueError("a column of type choice lists its choices, and no other column does")
        if (self.type == "party") != (self.of is not None):
            raise ValueError("a column of type party says of which kind, and no other column does")
        return self


class ThresholdRow(Strict):
    """The yearly revenue from which an industrial enterprise is above scale, from a day on, with the rule that says so."""

    since: dt.date
    revenue: Words
    source: Words


class RostersFile(Strict):
    """`lists/rosters.toml`."""

    kind: tuple[KindRow, ...] = ()
    list: tuple[Roster, ...] = ()
    item: tuple[RegistryItem, ...] = ()
    above_scale: tuple[ThresholdRow, ...] = ()

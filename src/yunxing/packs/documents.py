"""Papers the city promised to issue, and the registry's lists: `documents.toml` and `lists/rosters.toml`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

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


class Roster(Strict):
    """A list of the registry: who keeps it, how sensitive membership is, how long it is kept after leaving.

    `level` 1 open, 2 internal, 3 sensitive, 4 highly sensitive; `personal` whether a natural person may be recognised.
    """

    id: Id
    title: Words
    title_en: Words
    clause: ClauseText | None = None
    owner: Words
    party: Literal["enterprise", "project", "site", "office"]
    level: Level
    origin: Origin
    personal: bool
    retain: Words


class RegistryItem(Strict):
    """A column of the registry with its level, origin, whether it is personal, and how long it is kept."""

    id: Id
    party: Literal["enterprise", "project", "site", "office", "all"]
    title: Words
    title_en: Words
    level: Level
    origin: Origin
    personal: bool
    retain: Words
    source: Annotated[str, Field(pattern=r"^(collect|derived|shared:.+)$")]


class RostersFile(Strict):
    """`lists/rosters.toml`."""

    list: tuple[Roster, ...] = ()
    item: tuple[RegistryItem, ...] = ()

"""A pipeline: the stages that a project, a firm, a permit or a promise is walked through, as data of a pack.

A pipeline is one kind of case (`engines.cases`) with more said about it: which stages lie on the straight way, which fields an item has and when
each is asked, what is compared before a stage may be entered, and when a late milestone is coloured. An activity and a promised document are
pipelines too, with a light table of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

FieldType = Literal["money", "count", "date", "text", "choice", "flag"]
Kind = Literal["pipeline", "activity", "document"]
By = Literal["office", "county", "room"]
OFFICE: By = "office"
COUNTY: By = "county"
ROOM: By = "room"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is written down of an item: money in fen, counts as whole numbers in `unit`, days as ISO text, flags as 0 or 1.

    `at` names the stage that cannot be entered while the field is empty. `level` is its openness, 1 to 4.
    """

    id: str
    title: str
    title_en: str
    type: FieldType
    level: int
    unit: str = ""
    options: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold to enter `to`: the fact compared with a number or with another fact. A fact that is absent does not hold."""

    to: str
    fact: str
    comparator: str
    value: int | None
    against: str
    clause: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `early` is the plan's word for being ahead here; `weight` the share of items in it that a forecast counts."""

    id: str
    title: str
    title_en: str
    aside: bool = False
    evidence: str = ""
    early: str = ""
    limit_days: int | None = None
    limit_source: str = ""
    weight: Fraction | None = None
    by: tuple[By, ...] = (OFFICE,)


@dataclass(frozen=True, slots=True)
class Step:
    """One move from any of `sources` to a stage; `pauses` and `resumes` name clocks."""

    name: str
    title: str
    title_en: str
    sources: tuple[str, ...]
    to: str
    by: tuple[By, ...]
    needs: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """Another number of days for items whose field has that value; the last that fits is taken."""

    field: str
    equals: int | str
    days: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A clock in working days that starts on entering one of `starts` and stops on entering one of `stops`."""

    name: str
    title: str
    title_en: str
    days: int
    source: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    variants: tuple[Variant, ...] = ()

    def days_for(self, fields: Mapping[str, Any]) -> int:
        """The working days that an item with these fields has."""
        fitting = [one.days for one in self.variants if fields.get(one.field) == one.equals]
        return fitting[-1] if fitting else self.days


@dataclass(frozen=True, slots=True)
class Tier:
    """From this number on (included), who answers."""

    start: int
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Slips:
    """From how many days late (strictly more) a milestone is blue, yellow, red, and what that rests on."""

    blue: int
    yellow: int
    red: int
    source: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """A window of days for which an activity is promised."""

    title: str
    title_en: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline of a pack. The first stage is where an item begins; `good` are the stages that count as success."""

    id: str
    version: int
    kind: Kind
    title: str
    title_en: str
    clause: str
    owner: str
    subject: str
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    ends: tuple[str, ...]
    good: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    guards: tuple[Guard, ...] = ()
    limits: tuple[Limit, ...] = ()
    pause_reasons: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    tier_fact: str = ""
    tier_source: str = ""
    slips: Slips | None = None
    roster: str = ""
    commitment: str = ""
    board: str = ""
    planned_dates: bool = False
    plan_sheet: bool = False
    takers: str = ""
    every: str = ""
    every_source: str = ""
    holidays: tuple[Holiday, ...] = ()
    opens: str = ""

    @property
    def case_kind(self) -> str:
        """The id under which its items stand among the cases: `pipeline_listing`."""
        return f"{self.kind}_{self.id}"

    @property
    def claim(self) -> str:
        """The id that a measure names: `pipeline:listing`."""
        return f"{self.kind}:{self.id}"

    @property
    def way(self) -> tuple[Stage, ...]:
        """The straight way, without what stands aside."""
        return tuple(one for one in self.stages if not one.aside)

    @property
    def first(self) -> str:
        """Where an item begins."""
        return self.stages[0].id

    def stage(self, id_: str) -> Stage:
        """The stage of that id; KeyError when the pipeline has none."""
        for one in self.stages:
            if one.id == id_:
                return one
        raise KeyError(id_)

    def step(self, name: str) -> Step:
        """The step of that name; KeyError when the pipeline has none."""
        for one in self.steps:
            if one.name == name:
                return one
        raise KeyError(name)

    def steps_from(self, stage: str) -> tuple[Step, ...]:
        """The steps that lead out of a stage, the straight one first."""
        return tuple(one for one in self.steps if stage in one.sources)

    def guards_of(self, stage: str) -> tuple[Guard, ...]:
        """What is compared before the stage is entered."""
        return tuple(one for one in self.guards if one.to == stage)

    def asked_at(self, stage: str) -> tuple[Field, ...]:
        """The fields that must be filled to enter the stage."""
        return tuple(one for one in self.fields if one.at == stage)

    def ahead(self, stage: str) -> tuple[Stage, ...]:
        """The stages of the straight way after this one; all of them when it stands aside."""
        ids = [one.id for one in self.way]
        return self.way[ids.index(stage) + 1 :] if stage in ids else self.way

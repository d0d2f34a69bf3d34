"""What `quotas/*.toml` may hold: one schema for every file of the folder, so that a city divides them as it likes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from yunxing.engines.ledger.auction import Price, Rule, Ties
from yunxing.engines.ledger.pollutants import Kind, Origin
from yunxing.engines.ledger.quota_book import Ask, Assessed, Does, Holder
from yunxing.packs.plan import Words
from yunxing.packs.strict import Strict

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
UnitId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=30)]
Bound = Literal["ge", "le", "gt", "lt", "eq"]


class BookRow(Strict):
    """A book of the ledger: closed period by period, apart from the others."""

    id: Id
    title: Words


class UnitRow(Strict):
    """A unit of account, and how it is printed."""

    id: UnitId
    title: Words
    title_en: Words
    asset: Words
    printed: Words
    printed_en: Words
    scale: Annotated[int, Field(ge=1)]
    places: Annotated[int, Field(ge=0, le=9)]
    vintage: str = ""
    expires: dt.date | None = None


class PoolRow(Strict):
    """A pool with the clause it carries out, its owner and whose accounts are its store."""

    id: Id
    title: Words
    title_en: Words
    clause: Words
    owner: Words
    book: Id
    units: Annotated[tuple[UnitId, ...], Field(min_length=1)]
    holders: tuple[Holder, ...]
    basis: Literal["plan", "document", "assumption"]
    note: Words
    note_en: Words
    may_exceed: bool = False


class ActRow(Strict):
    """Something that may be done with a pool."""

    id: Id
    pool: Id
    title: Words
    title_en: Words
    clause: Words
    does: Does
    source: Holder
    target: Holder
    asks: Annotated[tuple[Ask, ...], Field(min_length=1)]
    by: Annotated[tuple[Words, ...], Field(min_length=1)]
    target_pool: str = ""
    split: str = ""
    purposes: tuple[Words, ...] = ()
    purposes_en: tuple[Words, ...] = ()


class SplitRow(Strict):
    """Shares of a whole, as fractions in text."""

    id: Id
    clause: Words
    shares: dict[str, Words]
    tie_to: Words
    commitment: str = ""
    basis: Words


class CountyShareRow(Strict):
    """Which part of the place's side the city bears in this county."""

    county: Words
    city: Words
    basis: Words


class NumberRow(Strict):
    """A number that a rule takes: a rate, a price, an area."""

    id: Id
    clause: Words
    value: Words
    commitment: str = ""
    basis: Words


class ThresholdRow(Strict):
    """A bound with its comparator."""

    id: Id
    title: Words
    title_en: Words
    clause: Words
    comparator: Bound
    value: Words
    commitment: str = ""
    basis: Words


class DrawRow(Strict):
    """In which order a need of pollutants is met."""

    clause: Words
    order: Annotated[tuple[Origin, ...], Field(min_length=1)]
    into: Id
    event: Literal["start_up"]
    pools: dict[Origin, Id]
    pollutants: dict[str, UnitId]


class OutputRow(Strict):
    """Which answers to an item of a form say that a project produces."""

    form: Id
    item: Id
    options: Annotated[tuple[Id, ...], Field(min_length=1)]


class AdvanceRow(Strict):
    """What may be drawn on in advance; `until` names the threshold with the last planned day, `output` the report that says the gate was passed by."""

    clause: Words
    until: Id
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    output: OutputRow | None = None


class ReplacementRow(Strict):
    """Which pollutants a missed standard multiplies."""

    id: Id
    standard: Words
    affects: Annotated[tuple[Words, ...], Field(min_length=1)]
    multiple: Words
    clause: Words
    basis: Words


class CoefficientRow(Strict):
    """The standard coal of one unit of a fuel."""

    id: Id
    unit: Words
    tce: Words
    basis: Literal["", "heat", "equivalent"] = ""


class LandItemRow(Strict):
    """A control indicator of standard land."""

    id: Id
    title: Words
    title_en: Words
    comparator: Literal["ge", "le"]
    unit: str


class AssessmentRow(Strict):
    """A test that the ledgers apply to things or counties: what it does and which items or form it reads (`pipeline:…`, `form:…`)."""

    id: Id
    title: Words
    title_en: Words
    clause: Words
    does: Assessed
    reads: Annotated[str, Field(pattern=r"^(pipeline|form):[a-z][a-z0-9_]*$")]
    note: Words
    note_en: Words


class EnergyTargetRow(Strict):
    """What a county has to reach in a year: the fall of its intensity, the cut of its coal, perhaps a cap on its total."""

    county: Words
    year: Annotated[int, Field(ge=2000, le=2100)]
    drop: Words
    coal_cut: Words
    cap: str = ""
    basis: Words


class TermRow(Strict):
    """Four eyes and holding time of a book above an amount; `delay` counts office minutes."""

    book: Id
    above: Words
    unit: str
    kind: str = ""
    approvers: Annotated[int, Field(ge=0, le=2)]
    delay: Annotated[int, Field(ge=0)] = 0
    hours: str = ""
    valid_from: dt.date
    clause: Words


class AuctionRow(Strict):
    """What auctions of a pool announce; `reserve` names the threshold of the reserve price."""

    pool: Id
    unit: UnitId
    money_pool: Id
    money_unit: UnitId
    rule: Rule
    price: Price
    ties: Ties
    reserve: Id
    bidder_cap_share: str = ""
    clause: Words
    basis: Words


class QuotasFile(Strict):
    """One file of `quotas/`."""

    book: tuple[BookRow, ...] = ()
    unit: tuple[UnitRow, ...] = ()
    pool: tuple[PoolRow, ...] = ()
    act: tuple[ActRow, ...] = ()
    split: tuple[SplitRow, ...] = ()
    county_share: tuple[CountyShareRow, ...] = ()
    number: tuple[NumberRow, ...] = ()
    threshold: tuple[ThresholdRow, ...] = ()
    draw: DrawRow | None = None
    advance: AdvanceRow | None = None
    replacement: tuple[ReplacementRow, ...] = ()
    coefficient: tuple[CoefficientRow, ...] = ()
    land_item: tuple[LandItemRow, ...] = ()
    assessment: tuple[AssessmentRow, ...] = ()
    energy_target: tuple[EnergyTargetRow, ...] = ()
    term: tuple[TermRow, ...] = ()
    auction: tuple[AuctionRow, ...] = ()


class Held(Strict):
    """A value, and whether it stands in the relation to the bound."""

    value: Words
    holds: bool
    note: str = ""


class ThresholdExample(Strict):
    """Below, at and above one bound."""

    of: Id
    below: Held
    at: Held
    above: Held


class SplitExample(Strict):
    """A total and its shares in smallest parts."""

    of: Id
    total: int
    gives: dict[str, int]


class CappedExample(Strict):
    """A payment of which one side is capped."""

    of: Id
    side: Words
    total: int
    remaining: int
    gives: dict[Literal["capped", "other", "uncovered"], int]


class TaskExample(Strict):
    """A provincial land task, the city's, and perhaps its handing on by stocks."""

    provincial: int
    city: int
    stocks: dict[str, int] = {}
    counties: dict[str, int] = {}


class CoalExample(Strict):
    """A mix of fuels and its standard coal."""

    mix: dict[str, int]
    tce: Words


class NeedExample(Strict):
    """Emissions, the standards missed the year before, and what must be replaced."""

    missed: tuple[Words, ...]
    emission: dict[str, int]
    need: dict[str, int]


class ExamplesFile(Strict):
    """One file of `quotas/examples/`."""

    threshold: tuple[ThresholdExample, ...] = ()
    split: tuple[SplitExample, ...] = ()
    capped: tuple[CappedExample, ...] = ()
    task: tuple[TaskExample, ...] = ()
    coal: tuple[CoalExample, ...] = ()
    need: tuple[NeedExample, ...] = ()

"""The plan as data: the document, its bodies, its 28 measures in parts, its numbers. Types of `pack.toml`, `offices.toml`, `measures.toml`, `commitments.toml`.

A *part* is one promise of one sentence (137 rows in the first plan). A *clause* inside a pack is written `18/3` or, where a sentence promises
several things, `18/3a`; citations from outside put the document before it: `156/18/3`. A measure's heading is its sentence 0.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from yunxing.packs.numbers import values_of
from yunxing.packs.strict import Strict
from yunxing.values.citation import Clause, parse_clause
from yunxing.values.quantity import Comparator

Words = Annotated[str, Field(min_length=1)]
ClauseText = Annotated[str, Field(pattern=r"^\d{1,3}/\d{1,2}[a-z]?$")]
Claim = Annotated[
    str,
    Field(
        pattern=r"^(planned:)?(indicator|form|list|policy|relation|pool|signal|case|pipeline|document|activity|matching|chain|contingency):[a-z][a-z0-9_]*$"
    ),
]
Theme = Literal["foundation", "text", "facts", "signals", "entitlements", "ledger", "cases", "contingency", "desk"]
LeadBasis = Literal["explicit", "sole", "decided", "none"]
Bracket = Literal["joint", "sole", "lead", "bare", "led", "listed", "none"]
Role = Literal["lead", "shared", "responsible"]
Kind = Literal["target", "floor", "cap", "rate", "amount", "threshold", "split", "count", "capacity", "period"]

PLANNED = "planned:"
HERE = "plan"  # the document of a clause inside its own pack; Pack.cite puts the number there
ROLES: dict[Bracket, Role] = {
    "joint": "shared", "sole": "responsible", "lead": "lead", "bare": "responsible", "led": "shared", "listed": "responsible", "none": "responsible",
}  # fmt: skip
SEVERAL: tuple[Bracket, ...] = ("joint", "led", "listed")
PROMISES = ("target", "floor")  # what carries a light; a cap or a rate binds a rule instead


def clause_key(text: str) -> Clause:
    """The address of a clause as a pack writes it, inside the plan at hand.

    >>> clause_key("18/3a").measure, clause_key("18/3a").sentence, clause_key("18/3a").part
    (18, 3, 'a')
    """
    return parse_clause(f"{HERE}/{text}")


def short(clause: Clause) -> str:
    """The clause as a pack writes it: `18/3a`."""
    return f"{clause.measure}/{clause.sentence}{clause.part}"


# ---- pack.toml ----
class InForce(Strict):
    """From when to when the plan is in force; no end stated is no end kept (未载明有效期)."""

    from_: dt.date = Field(alias="from")
    to: dt.date | None = None


class OfficialText(Strict):
    """The hash of the official text and what must be counted in it. `layout` says who divides it: `numbered` is one measure a line, `1.` over all
    sections; `imported` is whatever the importer reads.
    """

    layout: Literal["numbered", "imported"] = "numbered"
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    measures: int
    sentences: int
    office_mentions: int


class Cited(Strict):
    """Another document that the plan names."""

    title: Words
    number: str | None = None
    issuer: Words
    relation: Literal["carries_out", "to_be_issued", "repeals", "refers"]
    clause: ClauseText | None = None


class Synthetic(Strict):
    """What in the pack is not official, and the label it wears wherever it is seen."""

    demonstration_data: bool
    label: Words
    label_en: Words


class Document(Strict):
    """`pack.toml`: the plan as a document."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    number: Words
    short_number: Words
    title: Words
    title_en: Words
    short_title: Words
    short_title_en: Words
    place: Words
    place_en: Words
    city_region: Words
    date: dt.date
    signatories: tuple[str, ...]
    addressees: Words
    plan_year: int
    in_force: InForce
    official_text: OfficialText
    cites: tuple[Cited, ...] = ()
    narrative: dict[ClauseText, Words] = {}
    synthetic: Synthetic


# ---- offices.toml ----
class Successor(Strict):
    """The body that took over; `confirmed = false` marks general knowledge that a city still has to confirm."""

    name: Words
    from_: dt.date | None = Field(default=None, alias="from")
    confirmed: bool = False


class Office(Strict):
    """A body that carries work of the plan. `short` is the name brackets print; `unit` the reporting unit it answers for, if it has one."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$")]
    name: Words
    short: Words
    names: tuple[str, ...] = ()
    name_en: Words
    kind: Literal["city", "county", "zone", "province", "command", "company"]
    signatory: bool
    clause: ClauseText | None = None
    unit: str | None = None
    why: str = ""
    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None
    successor: tuple[Successor, ...] = ()

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every name the body is met under."""
        return (self.name, self.short, *self.names)


class OfficesFile(Strict):
    """`offices.toml`."""

    office: tuple[Office, ...] = ()


# ---- measures.toml ----
class Section(Strict):
    """A section of the plan and the first and last measure in it."""

    number: Words
    title: Words
    title_en: Words
    measures: tuple[int, int]


class Part(Strict):
    """One promise: our wording, and what executes it, or why it promises nothing."""

    clause: ClauseText
    zh: Words
    en: Words
    themes: tuple[Theme, ...]
    executed_by: tuple[Claim, ...] = ()
    narrative: str | None = None

    @cached_property
    def key(self) -> Clause:
        """Where it stands."""
        return clause_key(self.clause)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of thing that execute it, in order, each once."""
        return tuple(dict.fromkeys(bare(claim).partition(":")[0] for claim in self.executed_by))

    @property
    def built(self) -> tuple[str, ...]:
        """What executes it today."""
        return tuple(claim for claim in self.executed_by if not claim.startswith(PLANNED))

    @property
    def planned(self) -> tuple[str, ...]:
        """What a later step builds, without the word planned."""
        return tuple(bare(claim) for claim in self.executed_by if claim.startswith(PLANNED))


class Measure(Strict):
    """One of the measures: who is answerable in the order of the bracket, and its parts. `printed` is its number in the text where that is another."""

    number: int
    printed: str = ""
    section: Words
    title: Words
    title_en: Words
    heading: Words
    offices: tuple[str, ...]
    words: Bracket
    lead: str | None = None
    lead_basis: LeadBasis
    part: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its promises in order."""
        return self.part

    @property
    def responsible(self) -> tuple[tuple[str, Role], ...]:
        """The bodies of the bracket with their role, in its order."""
        return tuple((office, "lead" if self.words == "led" and at == 0 else ROLES[self.words]) for at, office in enumerate(self.offices))


class MeasuresFile(Strict):
    """`measures.toml`."""

    section: tuple[Section, ...]
    measure: tuple[Measure, ...]


# ---- commitments.toml ----
class Commitment(Strict):
    """A number of the plan with its unit, comparator, day and the short phrase it rests on."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    clause: ClauseText
    kind: Kind
    title: Words
    title_en: Words
    verb: Words
    comparator: Literal["eq", "le", "ge", "lt", "gt", "approx", "range"]
    value: Words
    said_as: str | None = None
    due: dt.date | None = None
    shown_by: Claim
    quote: Words

    @cached_property
    def key(self) -> Clause:
        """Where it stands."""
        return clause_key(self.clause)

    @property
    def comparison(self) -> Comparator:
        """The comparator as a value."""
        return Comparator(self.comparator)

    @property
    def numbers(self) -> frozenset[Fraction]:
        """The numbers of the value: one, or two of a split or a range."""
        return values_of(_split_unit(self.value)[0])

    @property
    def amount(self) -> Fraction | None:
        """The single number of the value in its printed unit; None for a split or a range."""
        numbers = self.numbers
        return next(iter(numbers)) if len(numbers) == 1 else None

    @property
    def unit(self) -> str:
        """The unit as printed, such as 亿元 or 万吨/年; empty for a split."""
        return _split_unit(self.value)[1]

    @property
    def indicator(self) -> str | None:
        """The id of the indicator that shows it today, without its prefix."""
        prefix, _, name = self.shown_by.partition(":")
        return name if prefix == "indicator" else None

    @property
    def is_promise(self) -> bool:
        """Whether it carries a light: a target or a floor. 力争 makes a missed one a report, not an accusation."""
        return self.kind in PROMISES


class NotCommitment(Strict):
    """A number that promises nothing, and why. `head` and `tail` stand for the text before the first and after the last measure,
    `between` for the headings between measures.
    """

    clause: Annotated[str, Field(pattern=r"^(\d{1,3}/\d{1,2}|head|tail|between)$")]
    quote: Words
    reason: Words


class CommitmentsFile(Strict):
    """`commitments.toml`."""

    commitment: tuple[Commitment, ...] = ()
    not_commitment: tuple[NotCommitment, ...] = ()


def bare(claim: str) -> str:
    """The id without the word planned.

    >>> bare("planned:case:quarterly_talk")
    'case:quarterly_talk'
    """
    return claim.removeprefix(PLANNED)


def _split_unit(value: str) -> tuple[str, str]:
    found = re.fullmatch(r"([\d.:\-]*)\s*(.*)", value)
    return (found[1], found[2]) if found else ("", value)

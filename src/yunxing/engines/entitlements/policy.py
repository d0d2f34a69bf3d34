"""A policy as the engine holds it: its columns, parameters, conditions and amount, each with the clause it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from yunxing.engines.entitlements.tree import Node, Steps, Type

Certainty = Literal["formula", "ceiling", "discretion"]
Kind = Literal["fen", "relief", "deferral", "credit", "exemption", "watch"]
"""What a grant is: money paid, tax not levied, a payment put off, a loan or guarantee opened, a right without an amount, or a benefit that
others give and that is only watched. Sums never mix them."""
Status = Literal["verified", "unverified", "expected"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column a rule reads: its type and the range its values are promised to lie in. `options` are the names of a code's values."""

    name: str
    type: Type
    low: int
    high: int
    options: tuple[str, ...] = ()
    title: str = ""
    title_en: str = ""
    may_change: bool = False
    whole: bool = False  # of a text: it must be a key, not only begin with one
    denominator: int = 1  # of a rate: the steps in 1


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number or a condition comes from: a clause with the quoted phrase, or another published source."""

    cites: str = ""
    quote: str = ""
    source: str = ""


FIRST_DAY, LAST_DAY = -719162, 2932896  # 0001-01-01 and 9999-12-31: a span without an end


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: a key (whole, or the first characters of a text), the days it holds, both included, and a value where it has one."""

    key: str
    value: Fraction | None = None
    starts: int = FIRST_DAY
    ends: int = LAST_DAY
    title: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A dated list by customs code, catalogue number or name: number and date of the document, whether it is only a sample, its lines."""

    id: str
    title: str
    title_en: str
    number: str
    issued: date
    source: str
    entries: tuple[Entry, ...]
    whole: bool = True
    sample: bool = False
    type: Type = Type.FLAG  # of the values; FLAG where the list only says who is on it
    denominator: int = 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the text: constant (`value`), a dated series or bands (`table`), or promised and not yet published (`awaits`)."""

    name: str
    type: Type
    source: Source
    value: Fraction | None = None
    table: Steps | None = None
    table_kind: Literal["", "series", "band", "list"] = ""
    input_type: Type = Type.FEN
    denominator: int = 1
    awaits: str = ""
    written: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()  # of bands: the phrase behind each
    listing: Listing | None = None
    title: str = ""
    title_en: str = ""
    unverified: str = ""  # what must still be checked; the number is then an estimate and is never paid on


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition's words: clause and quote, and what it means in both languages."""

    source: Source
    title: str = ""
    title_en: str = ""
    unverified: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A decision the text leaves open: the question, what was chosen, by whom, since when."""

    question: str
    choice: str
    by: str
    since: date
    question_en: str = ""
    choice_en: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the data files say of a policy, before its rule is traced."""

    id: str
    title: str
    title_en: str
    party: str
    certainty: Certainty
    origin: str
    once: str
    starts: date
    ends: date | None
    columns: Mapping[str, Column]
    parameters: Mapping[str, Parameter]
    conditions: Mapping[str, ConditionText]
    row_checks: tuple[tuple[str, str], ...] = ()  # (a, b): the row is refused where both are known and a > b
    readings: tuple[Reading, ...] = ()
    step_titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    result: Kind = "fen"
    pays_to: str = ""
    awaits: str = ""  # the law that is not at hand: nobody is told yes before it is

    @property
    def status(self) -> Status:
        """`expected` where a number is still to be published, `unverified` where one rests on no source that was read, else `verified`.

        Only a verified policy is paid: an estimate may be shown, never promised.
        """
        if self.awaits or any(parameter.awaits for parameter in self.parameters.values()):
            return "expected"
        return "unverified" if self._to_check else "verified"

    @property
    def awaited(self) -> tuple[str, ...]:
        """What is missing or to be checked, in the words of the data file."""
        awaited = [self.awaits, *(one.awaits for one in self.parameters.values())]
        return tuple(dict.fromkeys(text for text in [*awaited, *self._to_check] if text))

    @property
    def _to_check(self) -> list[str]:
        samples = [one.listing.title for one in self.parameters.values() if one.listing and one.listing.sample]
        said = [one.unverified for one in self.parameters.values()] + [one.unverified for one in self.conditions.values()]
        return [f"{title}:样表,待换正式清单" for title in samples] + [text for text in said if text]


@dataclass(frozen=True, slots=True)
class Policy:
    """A traced policy: the sheet, the conditions in order, and the amount they open. `ranges` are what was proved of each node."""

    sheet: Sheet
    conditions: tuple[tuple[str, Node], ...]
    amount: Node
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rule: Callable[..., Any] | None = field(default=None, compare=False, repr=False)  # to trace it anew under changed numbers
    without: frozenset[str] = frozenset()  # conditions an overlay leaves out

    @property
    def id(self) -> str:
        """The policy's id, as in the pack."""
        return self.sheet.id

    def roots(self) -> tuple[Node, ...]:
        """The conditions, then the amount."""
        return (*(node for _, node in self.conditions), self.amount)

    def in_force(self, day: date) -> bool:
        """Whether an application of this day falls under the policy; both ends are included."""
        return self.sheet.starts <= day and (self.sheet.ends is None or day <= self.sheet.ends)

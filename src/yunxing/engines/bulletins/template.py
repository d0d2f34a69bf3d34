"""The sentence library: sentences with slots and conditions, as plain values. `packs/bulletin.py` reads them from `bulletin/monthly.toml`.

A slot is `{indicator.stat:form}` (the city's figure in the words of `form`), `{indicator.stat:rank…}` and so on, or a word of the month:
`{span}` 2022年1—9月, `{span_short}` 1—9月, `{previous_span}` 1—8月, `{month}` 9月, `{year}`, `{quarter}` 三季度, `{quarters}` 前三季度, `{next_month}` 10月,
`{next_span}`, `{as_of}`, or a counted list: `{count.not_started:count}`. A condition is `indicator.stat` (it has a value), `not indicator.stat`, or a comparison with a whole number or decimal.
In a letter about one reporting unit (`about = "unit"`) `{about}` is its name, and `{its_indicator.stat:form}` its own figure (form `rank`: its place among the units).
A sentence is a list of choices; the first whose conditions hold is said; when none holds nothing is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yunxing.engines.indicators.lights import TOLERANCE_POINTS, Pace
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

SLOT = re.compile(r"\{([a-z_]+)(?:\.([a-z_]+))?(?::([a-z_]+))?\}")
Disclosure = Literal["public", "on_request", "withheld"]  # 主动公开、依申请公开、不予公开
_CONDITION = re.compile(r"^(not )?([a-z_]+)\.([a-z_]+)(?: (>=|<=|>|<|==) (-?\d+(?:\.\d+)?))?$")
WORDS = ("span", "span_short", "previous_span", "month", "year", "next_month", "next_span", "as_of", "quarter", "quarters", "about")
ITS = "its_"  # a slot or condition on the figure of the unit that a letter is about
QUARTER = "quarter"  # the statistic of a slot that is the sum of a quarter: the cumulative sum less that of the quarter before


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a figure (`stat` set) or for a word of the month."""

    name: str
    stat: str
    form: str


@dataclass(frozen=True, slots=True)
class Condition:
    """When a choice is said. `operator` empty: the value is there (`negated`: is not there)."""

    name: str
    stat: str
    negated: bool = False
    operator: str = ""
    bound: Fraction = Fraction(0)

    def holds(self, value: Fraction | None) -> bool:
        """Whether it holds for the value; a comparison with what is absent never holds."""
        if not self.operator:
            return (value is None) == self.negated
        if value is None:
            return False
        above, level = value > self.bound, value == self.bound
        held = {">": above, ">=": above or level, "<": not above and not level, "<=": not above, "==": level}[self.operator]
        return held != self.negated


@dataclass(frozen=True, slots=True)
class Choice:
    """One wording of a sentence and when it is said."""

    text: str
    when: tuple[Condition, ...] = ()

    @property
    def parts(self) -> tuple[str | Slot, ...]:
        """The text cut at its slots."""
        return parse_text(self.text)


Sentence = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph of sentences, with an own heading of the second level or none."""

    sentences: tuple[Sentence, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """The city's figures of the last months side by side: one line a month, one column a statistic."""

    id: str
    title: str
    columns: tuple[RankColumn, ...]
    months: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Contributions:
    """What pulled an indicator up and down: the `limit` largest and the `limit` smallest contributions (拉动, in points) by unit or by industry."""

    id: str
    title: str
    indicator: str
    by: Literal["unit", "industry"]
    stat: str
    limit: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LightRule:
    """One promise's line in the table of lights. `pace` linear: target × month / 12 (时序进度); level: the comparator holds or not."""

    commitment: str
    stat: str
    form: str
    pace: Pace
    tolerance: Fraction = TOLERANCE_POINTS


@dataclass(frozen=True, slots=True)
class Lights:
    """The table of promises and their lights."""

    title: str
    rules: tuple[LightRule, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RankColumn:
    """A column of a ranking table; `rank` adds the place beside it."""

    title: str
    indicator: str
    stat: str
    form: str
    rank: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """Reporting units side by side, sorted by the first ranked column; those without a value last, without a place."""

    id: str
    title: str
    columns: tuple[RankColumn, ...]
    chart: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SignalList:
    """The table of signals, the graver first, at most `limit`; of the named indicators only, where some are named."""

    title: str
    limit: int
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The list of key projects that should have started by the month's end and did not."""

    title: str
    limit: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule of praise or criticism over reporting units. All the tests that are given must hold; comparisons are unrounded.

    `best`/`worst`: the place from the top or from the end; `at_least` (inclusive) and `below` (strict): the value itself; `below_city`: points under the city's figure;
    `absent`: the unit did not report.
    """

    text: str
    item: str
    indicator: str
    stat: str
    form: str
    best: int = 0
    worst: int = 0
    at_least: Fraction | None = None
    below: Fraction | None = None
    below_city: Fraction | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Praise (通报表扬) or criticism (通报批评): one paragraph; `none` is said when no unit meets any rule."""

    heading: str
    rules: tuple[Verdict, ...]
    none: str


Part = Prose | Lights | Ranking | SignalList | NotStarted | Verdicts | Trend | Contributions


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A first-level section: its parts in order."""

    id: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class AttachmentPlan:
    """An attachment: a title and its parts."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class BulletinPlan:
    """The whole library of one kind of bulletin: who issues it, to whom, and what is said."""

    mark: str
    number: str
    title: str
    issuer: str
    printer: str
    remark: str
    recipients: tuple[str, ...]
    copies: tuple[str, ...]
    sections: tuple[SectionPlan, ...]
    attachments: tuple[AttachmentPlan, ...]
    issue_day: int = 20
    kind: str = "monthly"
    name: str = "月通报"
    name_en: str = "Monthly bulletin"
    every: Literal["month", "quarter", "need"] = "month"
    disclosure: Disclosure = "on_request"
    disclosure_reason: str = ""
    about: Literal["", "unit"] = ""  # a letter to one reporting unit: written for each that is chosen
    number_form: str = ""  # 某工运〔{year}〕{n}号; empty where the office numbers its documents elsewhere

    def written_for(self, month: Month) -> bool:
        """Whether a document of this kind is written for the month: a quarter's for its last month only; none for January alone."""
        return month.month % 3 == 0 if self.every == "quarter" else month.month != 1


def parse_text(text: str) -> tuple[str | Slot, ...]:
    """A text cut at its slots; a brace that is no slot, or an unknown word, is refused with the text around it.

    >>> parse_text("{span}，增长{output.yoy:growth}。")[1:3]
    ('，增长', Slot(name='output', stat='yoy', form='growth'))
    """
    parts: list[str | Slot] = []
    at = 0
    for found in SLOT.finditer(text):
        parts.append(text[at : found.start()])
        name, stat, form = found[1], found[2] or "", found[3] or ""
        if not stat and name not in WORDS:
            raise BadInput(f"the sentence {text!r} has the slot {found[0]}, expected {{indicator.stat:form}} or one of {', '.join(WORDS)}")
        if stat and not form:
            raise BadInput(f"the sentence {text!r} has the slot {found[0]} without a form, expected {{{name}.{stat}:form}}")
        parts.append(Slot(name, stat, form))
        at = found.end()
    parts.append(text[at:])
    for part in parts:
        if isinstance(part, str) and re.search(r"[{}]", part):
            raise BadInput(f"the sentence {text!r} has a brace that opens no slot near {part!r}")
    return tuple(part for part in parts if part != "")


def parse_condition(text: str) -> Condition:
    """A condition from its words.

    >>> parse_condition("output.yoy >= 0").operator, parse_condition("not output.yoy").negated
    ('>=', True)
    """
    found = _CONDITION.match(text)
    if found is None:
        raise BadInput(f"the condition {text!r} cannot be read; expected 'indicator.stat', 'not indicator.stat' or 'indicator.stat >= 0'")
    negated, name, stat, operator, bound = found.groups()
    return Condition(name, stat, bool(negated), operator or "", Fraction(bound or 0))

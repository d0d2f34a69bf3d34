"""`matching/*.toml`: which two sides are brought together by which conditions and points, each with its source; and when a fall of credit is suspected.

Read strictly: a condition on a column that is not there, a test that does not suit a column's type, a kind that nothing joins, an example that does not
come out are faults with their line. What a clause leaves to another paper is marked `expected = true`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from yunxing.engines.matching.credit import Example, WithdrawalRule, suspected
from yunxing.engines.matching.kind import COMMON, Column, For, Hard, Kind, Part, Test, Type
from yunxing.engines.matching.market import Side, Ties
from yunxing.engines.matching.shortlist import joined_by
from yunxing.packs.command import Id
from yunxing.packs.lines import Lines
from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.strict import PackFault, Strict, load, located
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_money, parse_rate

FOLDER = "matching"
CREDIT = "credit.toml"
Percent = Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")]


class ColumnEntry(Strict):
    """A column of a side."""

    id: Id
    title: Words
    title_en: Words
    type: Type
    unit: str = ""
    required: bool = False


class HardEntry(Strict):
    """A hard condition of a pair."""

    id: Id
    title: Words
    title_en: Words
    test: Test
    need: str = ""
    offer: str = ""
    source: Words
    expected: bool = False
    any: str = ""
    absent: Literal["fails", "passes"] = "fails"


class PartEntry(Strict):
    """A part of the score."""

    id: Id
    title: Words
    title_en: Words
    test: Test
    need: str = ""
    offer: str = ""
    points: int = Field(ge=1, le=1000)
    source: Words
    of: For = "both"
    expected: bool = False
    any: str = ""
    low: int = 0
    high: int = 0


class NamedEntry(Strict):
    """A step or a reason, by id."""

    id: Id
    title: Words
    title_en: Words


class DrawEntry(Strict):
    """Needs read from a report: `quota` and `columns` are items of the form (a value divided by `step`), `less` is taken off the quota, `detail` names the column of the second key."""

    form: Id
    quota: str = ""
    less: str = ""
    step: int = Field(default=1, ge=1)
    detail: str = ""
    details: dict[str, str] = {}
    columns: dict[str, str] = {}
    least: int = Field(default=1, ge=1)


class MadeEntry(Strict):
    """How a demonstration fills a side: members of a list, or names of its own; words, ranges `low..high` and yes in percent by column. Every row is labelled."""

    side: Side
    roster: str = ""
    kind: str = ""
    names: tuple[str, ...] = ()
    count: int = Field(ge=1, le=500)
    values: dict[str, str | tuple[str, ...]] = {}
    attributes: dict[str, str] = {}
    assumption: Words


class KindEntry(Strict):
    """One `[[matching]]`."""

    id: Id
    title: Words
    title_en: Words
    clause: ClauseText
    owner: Words
    source: Words
    need_title: Words
    need_title_en: Words
    offer_title: Words
    offer_title_en: Words
    unit: Words
    proposer: Side = "need"
    ties: Ties = "value"
    keep: int = Field(ge=1, le=1000)
    paired_once: bool = True
    consent: bool = False
    indifferent: tuple[Side, ...] = ()
    answer_days: int = Field(default=0, ge=0, le=250)
    need: Annotated[tuple[ColumnEntry, ...], Field(min_length=1)]
    offer: Annotated[tuple[ColumnEntry, ...], Field(min_length=1)]
    hard: Annotated[tuple[HardEntry, ...], Field(min_length=1)]
    part: Annotated[tuple[PartEntry, ...], Field(min_length=1)]
    draw: DrawEntry | None = None
    made: tuple[MadeEntry, ...] = ()


class KindsFile(Strict):
    """`matching/<any>.toml`: kinds, and the closed lists of steps and refusal reasons that all kinds share."""

    matching: tuple[KindEntry, ...] = ()
    step: tuple[NamedEntry, ...] = ()
    refusal: tuple[NamedEntry, ...] = ()


class ExampleEntry(Strict):
    """One example of the rule on withdrawn credit."""

    before: Words
    now: Words
    others_before: Words
    others_now: Words
    overdue: Words = "0 元"
    baseline: bool = True
    suspected: bool


class CreditEntry(Strict):
    """`[[signal]]` of `credit.toml`."""

    id: Id
    title: Words
    title_en: Words
    clause: ClauseText
    owner: Words
    seen_by: tuple[Words, ...] = ()
    case: Id
    source: Words
    expected: bool = False
    form: Id
    balance: Id
    overdue: Id
    baseline: Id
    bank_form: Id
    bank_loans: Id
    months: int = Field(ge=1, le=24)
    fall: Percent
    others_fall: Percent
    several: int = Field(ge=2, le=100)
    example: Annotated[tuple[ExampleEntry, ...], Field(min_length=3)]


class FacilityEntry(Strict):
    """`[[facility]]`: a central-bank facility by bank: what was lent, what was funded, the share of the principal that it funds."""

    id: Id
    title: Words
    title_en: Words
    form: Id
    lent: Id
    funded: Id
    share: Percent
    source: Words


class CreditFile(Strict):
    """`matching/credit.toml`."""

    signal: tuple[CreditEntry, ...]
    facility: tuple[FacilityEntry, ...] = ()


@dataclass(frozen=True)
class Matching:
    """The section: kinds in the files' order by id, how their needs are drawn and how a demonstration fills them, and the watch over credit."""

    kinds: dict[str, Kind]
    draws: dict[str, DrawEntry]
    made: dict[str, tuple[MadeEntry, ...]]
    credit: CreditEntry | None
    facilities: tuple[FacilityEntry, ...]

    @property
    def withdrawal(self) -> WithdrawalRule:
        """The rule on withdrawn credit; BadInput when the pack has none."""
        if self.credit is None:
            raise BadInput(f"{FOLDER}/{CREDIT}: found none, expected the rule on withdrawn credit.")
        return rule_of(self.credit)


def load_matching(pack: Path) -> Matching:
    """The section of a pack. Errors: `PackFault` with every fault of all files."""
    folder, faults = pack / FOLDER, []
    kinds: dict[str, Kind] = {}
    entries: dict[str, KindEntry] = {}
    files = [(path, load(path, KindsFile)) for path in sorted(folder.glob("*.toml")) if path.name != CREDIT]
    steps = tuple((one.id, one.title, one.title_en) for _path, file in files for one in file.step)
    refusals = tuple((one.id, one.title, one.title_en) for _path, file in files for one in file.refusal)
    for path, file in files:
        lines = Lines.of(path.read_text(encoding="utf-8"))
        for at, entry in enumerate(file.matching):
            if entry.id in kinds:
                faults.append(Fault(str(path), located(lines, ("matching", at)), f"the id {entry.id!r} a second time", "each id once"))
            kinds[entry.id], entries[entry.id] = kind_of(entry, steps, refusals), entry
            faults += _kind_faults(path, lines, at, entry, kinds[entry.id])
    for name, found in (("step", steps), ("refusal", refusals)):
        ids = [one[0] for one in found]
        faults += [
            Fault(str(folder), name, f"the id {one!r} a second time", "each id once")
            for one in sorted({one for one in ids if ids.count(one) > 1})
        ]
        if not ids:
            faults.append(Fault(str(folder), name, "none", "a closed list that all kinds share"))
    credit = load(folder / CREDIT, CreditFile) if (folder / CREDIT).exists() else CreditFile(signal=())
    faults += [fault for at, one in enumerate(credit.signal) for fault in _credit_faults(folder / CREDIT, at, one)]
    if faults:
        raise PackFault(faults)
    draws = {name: one.draw for name, one in entries.items() if one.draw is not None}
    return Matching(kinds, draws, {name: one.made for name, one in entries.items()}, next(iter(credit.signal), None), credit.facility)


def kind_of(entry: KindEntry, steps: tuple[tuple[str, str, str], ...] = (), refusals: tuple[tuple[str, str, str], ...] = ()) -> Kind:
    """An entry as the engine takes it."""
    plain = {
        name: getattr(entry, name)
        for name in (
            "id",
            "title",
            "title_en",
            "clause",
            "owner",
            "need_title",
            "need_title_en",
            "offer_title",
            "offer_title_en",
            "unit",
            "proposer",
            "ties",
            "keep",
            "paired_once",
            "consent",
            "indifferent",
            "answer_days",
        )
    }
    return Kind(
        **plain, needs=tuple(Column(**one.model_dump()) for one in entry.need), offers=tuple(Column(**one.model_dump()) for one in entry.offer),
        hard=tuple(Hard(**one.model_dump()) for one in entry.hard), parts=tuple(Part(**one.model_dump()) for one in entry.part), steps=steps, refusals=refusals,
    )  # fmt: skip


LISTED = {"in": ("text", "list"), "holds": ("list", "text"), "meets": ("list", "list"), "shared": ("list", "list")}
COMPARED = ("at_most", "at_least", "near", "covers")


def _kind_faults(path: Path, lines: Lines, at: int, entry: KindEntry, kind: Kind) -> Iterator[Fault]:
    where = located(lines, ("matching", at))
    for side in ("need", "offer"):
        ids = [one.id for one in getattr(entry, side)]
        for one in sorted({one for one in ids if ids.count(one) > 1 or one in (*COMMON, "unit")}):
            yield Fault(str(path), f"{where}, {side}", f"the column {one!r}", "each column once, and none with the name of a common column")
    scored: tuple[tuple[str, tuple[HardEntry | PartEntry, ...]], ...] = (("hard", entry.hard), ("part", entry.part))
    for array, rows in scored:
        for place, row in enumerate(rows):
            said = located(lines, ("matching", at, array, place))
            for found, expected in _test_faults(kind, row):
                yield Fault(str(path), said, f"{entry.id}, {row.id}: {found}", expected)
    for array, rows in scored:
        ids = [one.id for one in rows]
        for one in sorted({one for one in ids if ids.count(one) > 1}):
            yield Fault(str(path), where, f"{entry.id}, {array}: the id {one!r} a second time", "each condition and each part once")
    try:
        joined_by(kind)
    except BadInput as error:
        yield Fault(str(path), where, error.message.rstrip("."), "a kind that does not cross everybody with everybody")
    for made in entry.made:
        known = {*kind.columns(made.side), "quota", "prefer", "refuse", "consent"}
        for name in sorted({*made.values, *made.attributes} - known):
            yield Fault(
                str(path),
                where,
                f"{entry.id}: made for the column {name!r}",
                f"a column of its {made.side} (nearest: {nearest(name, known)})",
            )
        if not made.roster and not made.names:
            yield Fault(str(path), where, f"{entry.id}: made rows without a list and without names", "one of the two")
    if entry.draw is not None:
        for name in sorted({*entry.draw.columns, *([entry.draw.detail] if entry.draw.detail else [])} - set(kind.columns("need"))):
            yield Fault(str(path), where, f"{entry.id}: drawn for the column {name!r}", "a column of its need")


def _test_faults(kind: Kind, row: HardEntry | PartEntry) -> Iterator[tuple[str, str]]:
    sides = {"need": row.need, "offer": row.offer}
    types: dict[str, Any] = {}
    for side, name in sides.items():
        columns = kind.columns("need" if side == "need" else "offer")
        if name and name not in columns:
            yield f"the column {name!r}", f"a column of its {side} (nearest: {nearest(name, columns) or 'none'})"
            return
        types[side] = columns[name].type if name else None
    if row.test in ("yes", "more", "less"):
        if (types["need"] is None) == (types["offer"] is None):
            yield f"{row.test} of {row.need!r} and {row.offer!r}", "a column of one side alone"
        elif row.test == "yes" and "flag" not in types.values():
            yield "yes of a column that is no flag", "a flag"
    elif None in types.values():
        yield f"{row.test} of {row.need!r} and {row.offer!r}", "a column of each side"
    elif row.test in LISTED and (types["need"], types["offer"]) != LISTED[row.test]:
        yield f"{row.test} of {types['need']} and {types['offer']}", " and ".join(LISTED[row.test])
    elif row.test in COMPARED and (types["need"] != types["offer"] or types["need"] not in ("money", "count", "rate", "day")):
        yield f"{row.test} of {types['need']} and {types['offer']}", "two numbers of one type"
    elif row.test == "equal" and (types["need"] != types["offer"] or types["need"] == "list"):
        yield f"equal of {types['need']} and {types['offer']}", "two columns of one type that is no list"
    if isinstance(row, HardEntry) and row.test in ("shared", "near", "covers", "more", "less"):
        yield f"the graded test {row.test}", "a test that holds or does not hold"
    if isinstance(row, PartEntry) and row.test in ("more", "less") and row.low >= row.high:
        yield f"from {row.low} to {row.high}", "a range that rises"
    if row.any and row.test not in ("in", "holds", "meets"):
        yield f"any with the test {row.test}", "in, holds or meets"


def rule_of(entry: CreditEntry) -> WithdrawalRule:
    """The rule as the engine takes it."""
    return WithdrawalRule(entry.months, parse_rate(entry.fall), parse_rate(entry.others_fall), entry.several)


def _credit_faults(path: Path, at: int, entry: CreditEntry) -> Iterator[Fault]:
    """Examples that do not come out, and a threshold without examples just below, at and above it."""
    lines = Lines.of(path.read_text(encoding="utf-8"))
    rule = rule_of(entry)
    falls, others = [], []
    for place, one in enumerate(entry.example):
        said = located(lines, ("signal", at, "example", place))
        try:
            before, now, others_before, others_now, overdue = (
                parse_money(getattr(one, name)) for name in ("before", "now", "others_before", "others_now", "overdue")
            )
        except BadInput as error:
            yield Fault(str(path), said, error.message.rstrip("."), "amounts such as 1000 万元")
            continue
        found = suspected(rule, Example(before, now, others_before, others_now, overdue, one.baseline))
        if found != one.suspected:
            yield Fault(str(path), said, f"the rule gives {found}", f"{one.suspected}, as the example says")
        if before:
            falls.append(Fraction(before - now, before))
        if others_before:
            others.append(Fraction(others_before - others_now, others_before))
    for name, least, seen in (("fall", rule.fall, falls), ("others_fall", rule.others_fall, others)):
        if not (any(one < least for one in seen) and least in seen and any(one > least for one in seen)):
            yield Fault(
                str(path),
                located(lines, ("signal", at)),
                f"{entry.id}: the examples do not stand on both sides of {name} and on it",
                "one below, one at, one above each threshold",
            )

"""A table wanted today (临时报表): which of its cells the store already fills, from where and since when, and which few must be asked.

A request is columns × rows for one period. A column is a registered item (of a form, or of the ad hoc form) in one role; a row is a reporting unit or one
party. Under a unit a summable item is the sum over the unit's members of the item's roster, so that only the members without a figure are asked, never the
whole unit again. What is held is never asked: also an answer to an earlier request, also a reported absence (不适用, 保密). 未报 is no answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from yunxing.engines.facts.form import Form, Item
from yunxing.engines.facts.units import unit_of

FORM = "adhoc_request"  # the ad hoc form; answers are its facts, of origin dispatch
YOY = "yoy"
SUMMED = frozenset({"money", "volume", "count"})
Key = tuple[str, str, str, str, str]  # form, item, role, party, as_reported


@dataclass(frozen=True, slots=True)
class AskColumn:
    """One column of a request: an item of a form in a role, and how it is reported. Role `yoy` is the growth of the comparable members, in percent."""

    form: str
    item: Item
    role: str
    as_reported: str
    period: str
    roster: str = ""
    title: str = ""

    @property
    def id(self) -> str:
        """`enterprise_month.output.value.cumulative`: the column's name for mapping and for memory."""
        return f"{self.form}.{self.item.id}.{self.role}.{self.as_reported}"

    @property
    def unit(self) -> str:
        """The unit printed in its head."""
        return "%" if self.role == YOY else self.item.unit

    @property
    def per(self) -> int:
        """Stored units in one printed unit."""
        found = unit_of(self.item.unit) if self.item.numeric else None
        return found.per if found else 1

    @property
    def summable(self) -> bool:
        """Whether members' figures may be added up under their unit."""
        return self.item.type in SUMMED and bool(self.roster)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles whose facts the column stands on."""
        return ("value", "last_year_restated") if self.role == YOY else (self.role,)


@dataclass(frozen=True, slots=True)
class AskRow:
    """One row: a reporting unit (no party), or one party that reports through it."""

    id: str
    title: str
    unit: str
    party: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """One figure that nobody has reported yet: of whom, which, through which unit it is asked."""

    form: str
    item: str
    role: str
    party: str
    as_reported: str
    period: str
    unit: str

    @property
    def cell(self) -> str:
        """One text for the cell: the same figure is asked once, however many requests want it."""
        return f"{self.form}|{self.item}|{self.role}|{self.party}|{self.as_reported}|{self.period}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell of the table. `value` in the printed unit, exact; `have` of `of` figures stand behind it; `facts` are theirs, newest version."""

    value: Fraction | None = None
    words: str = ""
    absence: str = ""
    have: int = 0
    of: int = 0
    facts: tuple[Mapping[str, Any], ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing has to be asked for it."""
        return not self.missing

    @property
    def known_at(self) -> datetime | None:
        """When the youngest of its figures became known."""
        return max((fact["known_at"] for fact in self.facts), default=None)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: columns, rows, and the members of each roster by unit."""

    columns: Sequence[AskColumn]
    rows: Sequence[AskRow]
    members: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)

    def parties(self, column: AskColumn, row: AskRow) -> Sequence[str]:
        """Of whom the figures of a cell are: the party, the unit's members, or the unit itself."""
        if row.party:
            return (row.party,)
        return self.members.get((column.roster, row.unit), ()) if column.summable else (row.unit,)


def alias(form: str, item: str) -> str:
    """The item of the ad hoc form under which an answer for a registered item is kept.

    >>> alias("enterprise_month", "output"), alias("adhoc_request", "new-1")
    ('enterprise_month.output', 'new-1')
    """
    return item if form == FORM else f"{form}.{item}"


def held(
    facts: Sequence[Mapping[str, Any]], form: str, item: str, role: str, *, party: str, as_reported: str, period: str
) -> Mapping[str, Any] | None:
    """The fact that answers one figure among `facts`; the slow reference of `index`."""
    found = [
        fact
        for fact in facts
        if (fact["form"], fact["item"]) in ((form, item), (FORM, alias(form, item)))
        and (fact["role"], fact["party"], fact["as_reported"], fact["period"]) == (role, party, as_reported, period)
        and answers(fact)
    ]
    return min(found, key=lambda fact: fact["form"] == FORM and form != FORM, default=None)


def answers(fact: Mapping[str, Any]) -> bool:
    """Whether a fact says something: a value, words, or why there is none; 「未报」 and 「未到期」 say nothing."""
    return fact["value"] is not None or bool(fact["words"]) or fact["absence"] not in (None, "", "not_reported", "not_due")


def index(facts: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str, str, str], Mapping[str, Any]]:
    """Facts by (`form.item`, role, party, as_reported, period). The reported form goes before the ad hoc one: it was reviewed."""
    found: dict[tuple[str, str, str, str, str], Mapping[str, Any]] = {}
    for fact in sorted(facts, key=lambda fact: fact["form"] != FORM):  # the ad hoc form first, so that the other overwrites it
        if answers(fact):
            name = fact["item"] if fact["form"] == FORM else f"{fact['form']}.{fact['item']}"
            found[name, fact["role"], fact["party"], fact["as_reported"], fact["period"]] = fact
    return found


def fill(ask: Ask, facts: Sequence[Mapping[str, Any]], returned: Collection[str] = ()) -> list[list[Filled]]:
    """The table as far as it is known, cell by cell with what is missing. Answers in `returned` (`Missing.cell`) count as not given."""
    known = index([fact for fact in facts if fact["form"] != FORM or answer_cell(fact) not in returned])
    return [[_cell(ask, column, row, known) for column in ask.columns] for row in ask.rows]


def answer_cell(fact: Mapping[str, Any]) -> str:
    """The cell that an answer was given for."""
    form, dot, item = str(fact["item"]).rpartition(".")
    return "|".join((form if dot else FORM, item, fact["role"], fact["party"], fact["as_reported"], fact["period"]))


def _cell(ask: Ask, column: AskColumn, row: AskRow, known: Mapping[tuple[str, str, str, str, str], Mapping[str, Any]]) -> Filled:
    name = alias(column.form, column.item.id)
    parties = ask.parties(column, row)
    present: list[list[Mapping[str, Any]]] = []
    missing: list[Missing] = []
    for party in parties:
        found = [known.get((name, role, party, column.as_reported, column.period)) for role in column.roles]
        missing += [
            Missing(column.form, column.item.id, role, party, column.as_reported, column.period, row.unit)
            for role, fact in zip(column.roles, found, strict=True)
            if fact is None
        ]
        if all(fact is not None for fact in found):
            present.append([fact for fact in found if fact is not None])
    behind = Filled(have=len(present), of=len(parties), facts=tuple(fact for facts in present for fact in facts), missing=tuple(missing))
    if not parties:
        return replace(behind, absence="not_applicable")
    return _valued(column, behind, present)


def _valued(column: AskColumn, cell: Filled, present: Sequence[Sequence[Mapping[str, Any]]]) -> Filled:
    """The cell's value from the figures that are there. Figures in question are kept out, as they are out of every total."""
    sure = [facts for facts in present if not any(fact["held"] for fact in facts) and all(fact["value"] is not None for fact in facts)]
    if not sure:
        said = next((fact for facts in present for fact in facts), None)
        if said is None:
            return cell
        if said["held"]:
            return replace(cell, words="待确认")
        return replace(cell, words=said["words"] or "", absence=said["absence"] or "")
    if column.role == YOY:
        now, last = (sum(facts[side]["value"] for facts in sure) for side in (0, 1))
        return replace(cell, value=Fraction(100 * (now - last), last)) if last > 0 else replace(cell, absence="undefined")
    if not column.item.numeric:
        return replace(cell, words=answer_words(sure[0][0], column.item))
    return replace(cell, value=Fraction(sum(facts[0]["value"] for facts in sure), column.per))


def answer_words(fact: Mapping[str, Any], item: Item) -> str:
    """A choice, a day or a flag in words."""
    from yunxing.engines.facts.cells import printed

    if item.type == "flag":
        return "是" if fact["value"] else "否"
    return printed(int(fact["value"]), item)


def gaps(table: Sequence[Sequence[Filled]]) -> list[Missing]:
    """What must be asked: every missing figure once, in the order of the table."""
    return list(dict.fromkeys(one for row in table for cell in row for one in cell.missing))


def completeness(table: Sequence[Sequence[Filled]]) -> tuple[int, int]:
    """Figures that are there, and figures the whole table stands on; each once, however many cells show it."""
    there = {
        (fact["form"], fact["item"], fact["role"], fact["party"], fact["as_reported"], fact["period"])
        for row in table
        for cell in row
        for fact in cell.facts
    }
    return len(there), len(there) + len(gaps(table))


def new_item(id_: str, title: str, type_: str, unit: str, *, level: int, basis: str, stored: str) -> Item:
    """An item that no form has: it says its level and on what basis it may be asked, and is of origin dispatch."""
    return Item(
        id=id_, title=title, title_en=title, type=type_, unit=unit, stored=stored, reported=("month",), level=level, origin="dispatch",  # type: ignore[arg-type]
        personal=False, examples=("12",) if type_ != "text" else (), retain="2 年", source="collect", may_be_negative=True, help=basis,
    )  # fmt: skip


def columns_of(form: Form, period: str, cumulative: str) -> list[AskColumn]:
    """Every column that a form offers to a request: its items as they are reported, last year's where the form has it, and the growth of both.

    `period` is the month's code, `cumulative` that of January to the month.
    """
    found = []
    names = {"month": "本月", "cumulative": "累计", "day": "当日", "event": ""}
    for item in form.items:
        for kind in item.reported:
            if kind in ("day", "event"):
                continue  # a day's or an event's figure has no place in a table of one period
            when = cumulative if kind == "cumulative" else period
            label = f"{item.title}·{names[kind]}" if len(item.reported) > 1 else item.title
            found.append(AskColumn(form.id, item, "value", kind, when, form.roster, label))
            if item.last_year:
                found.append(AskColumn(form.id, item, "last_year_restated", kind, when, form.roster, f"{label}·上年同期"))
                found.append(AskColumn(form.id, item, YOY, kind, when, form.roster, f"{label}·同比"))
    return found

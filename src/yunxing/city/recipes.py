"""How the figures of further forms are made: each item of a form has a recipe, each roster its members. Plain values; they come from the pack.

A recipe knows no form: it makes one column of numbers, a row a party (and second key) and a month. Amounts are in the item's printed unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from yunxing.values.period import Month, parse_month

ItemKind = Literal["flow", "stock", "level", "share", "rest", "quotient", "choice", "stage", "flag", "date"]
FaultKind = Literal["unit_slip", "letter_o", "stale", "above_whole"]


@dataclass(frozen=True, slots=True)
class ItemRecipe:
    """One item. `flow`: a monthly amount, summed for cumulatives; `stock`: a level at the month's end; `level`: between `low` and `high`;
    `share`: of another item, between `low` and `high`; `rest`: of `of` less `less`; `quotient`: `scale` × cumulative `of` ÷ cumulative `less[0]`;
    `choice` and `flag`: one answer of `weights` for a row; `stage`: the next answer every few months; `date`: a day near the month's end, or that of `days`.
    `falls`: rows whose stock stands at a share of itself from a month on: something that happened, and no mistake.
    """

    id: str
    kind: ItemKind
    base: float = 0.0
    spread: float = 0.5
    growth: float = 0.06
    noise: float = 0.02
    seasonal: bool = False
    places: int = 2
    of: str = ""
    less: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    scale: int = 1
    weights: Mapping[str, float] | None = None
    days: Mapping[str, str] | None = None
    falls: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MemberRecipe:
    """A party of a roster that is not an enterprise or a project of the city."""

    name: str
    unit: str
    industry: str
    weight: float
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RosterRecipe:
    """Who is on a roster: `members` made here, the `firms` largest of `industries` (after the first `skip`), or `projects` of such firms."""

    id: str
    kind: str
    prefix: str
    members: tuple[MemberRecipe, ...]
    firms: int
    skip: int
    industries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormRecipe:
    """One form: whose rows, from which month, with which second keys (`picks` of them a row; 0: all), in which months alone, and its items."""

    form: str
    roster: str
    first: Month
    details: tuple[str, ...]
    picks: int
    months: tuple[int, ...]
    detail_months: Mapping[str, int]
    items: tuple[ItemRecipe, ...]
    sender: str = ""
    jan_feb: bool = False
    cycle: str = "month"
    detail_roster: str = ""

    def sent(self, month: Month) -> bool:
        """Whether a workbook of the month is sent."""
        if month < self.first or (self.months and month.month not in self.months) or (self.jan_feb and month.month == 1):
            return False
        if self.detail_months:
            return month.month in self.detail_months.values()
        return self.cycle != "quarter" or month.month % 3 == 0


@dataclass(frozen=True, slots=True)
class FaultRecipe:
    """One mistake in one cell of a month: a slipped unit, the letter O for a zero, last month's figure, a part above its whole."""

    form: str
    month: Month
    row: int
    item: str
    kind: FaultKind


@dataclass(frozen=True, slots=True)
class Recipes:
    """Everything the further forms are made of."""

    rosters: tuple[RosterRecipe, ...] = ()
    forms: tuple[FormRecipe, ...] = ()
    faults: tuple[FaultRecipe, ...] = ()


def recipes_of(tables: Mapping[str, Any], forms: Mapping[str, Any]) -> Recipes:
    """The recipes of the pack's tables, with what their forms say of sender, cycle and second key (`forms`: the pack's forms by id)."""
    return Recipes(
        tuple(_roster(table) for table in tables["rosters"]),
        tuple(_form(table, forms[table["id"]]) for table in tables["forms"]),
        tuple(FaultRecipe(t["form"], parse_month(t["month"]), t["row"], t["item"], t["kind"]) for t in tables["faults"]),
    )


def _roster(table: Mapping[str, Any]) -> RosterRecipe:
    members = tuple(MemberRecipe(**{name: one[name] for name in MemberRecipe.__dataclass_fields__}) for one in table["members"])
    return RosterRecipe(table["id"], table["kind"], table["prefix"], members, table["firms"], table["skip"], tuple(table["industries"]))


def _item(table: Mapping[str, Any]) -> ItemRecipe:
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return ItemRecipe(**plain)


def _form(table: Mapping[str, Any], form: Any) -> FormRecipe:
    options = () if form.detail is None else tuple(option.id for option in form.detail.options)
    items = tuple(_item(one) for one in table["items"])
    return FormRecipe(
        form=form.id,
        roster=form.roster,
        first=parse_month(table["first"]),
        details=options,
        picks=table["picks"],
        months=tuple(table["months"]),
        detail_months=table["detail_months"],
        items=items,
        sender=form.sender,
        jan_feb=form.jan_feb,
        cycle=form.cycle,
        detail_roster="" if form.detail is None else form.detail.roster,
    )

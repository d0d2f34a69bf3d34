"""Forms: what is asked, of whom, in which unit, and what a good answer looks like. Data of a pack; here only their shape.

A form is filled once a month by each reporting unit: one row a party (and, on a daily form, a day). Every item carries its level (1 公开,
2 内部, 3 敏感, 4 高敏; mapped by the city to GB/T 43697-2024), origin, whether it is personal, how long it is kept, and whether it is
collected or shared: one table drives masks, search, export and journals. A survey without its legal heading may be refused by the respondent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Subject = Literal["enterprise", "project", "site", "unit", "bank", "cluster"]
Cycle = Literal["month", "quarter", "day", "event"]
Kind = Literal["survey", "dispatch", "administrative"]
Origin = Literal["statistics", "dispatch", "administrative", "public"]
ItemType = Literal["money", "volume", "count", "rate", "flag", "choice", "date", "text"]
Reported = Literal["month", "cumulative", "day", "event"]
Role = Literal["value", "last_year_restated", "growth_published"]
Effect = Literal["block", "warn", "hold"]
CheckKind = Literal[
    "difference", "carry", "balance", "not_above", "parts_make", "parts_within", "total", "quotient", "ratio", "within_registry"
]

NUMERIC: tuple[ItemType, ...] = ("money", "volume", "count", "rate")
TOLERANCE = Fraction(1, 200)  # 0.5 %, the reporting rules' habit; a check may set its own


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice. Its index in `Item.options` is what the store keeps, so options are only ever appended."""

    id: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked. `unit` is printed, `stored` is the unit of the int64 in the store (fen, kg, kWh, 0.01%, days since 1970-01-01, 0/1, option index)."""

    id: str
    title: str
    title_en: str
    type: ItemType
    unit: str
    stored: str
    reported: tuple[Reported, ...]
    level: int
    origin: Origin
    personal: bool
    retain: str
    source: str
    last_year: bool = False
    required: bool = True
    may_be_negative: bool = False
    may_fall: bool = False
    stale_warns: bool = False
    unit_slip_holds: bool = False
    growth_warns: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    range_effect: Effect = "block"
    options: tuple[Option, ...] = ()
    examples: tuple[str, ...] = ()
    help: str = ""

    @property
    def numeric(self) -> bool:
        """Whether the value is a number (not a date, choice, flag or text)."""
        return self.type in NUMERIC


@dataclass(frozen=True, slots=True)
class Check:
    """A check across cells of one row, or between a row and the one before it.

    `difference`: month = cumulative − last cumulative. `carry`: `items[0]` = last row's `items[1]`. `balance`: `items[0]` + receipts − … = `items[-1]`, signs
    in `signs`. `not_above`: `items[0]` ≤ `items[1]`. `parts_make`: `items[0]` = Σ of the others. `parts_within`: Σ of the others ≤ `items[0]`.
    `total`: `low` ≤ Σ ≤ `high`, in the printed unit. `quotient`: `items[0]` = `scale` × `items[1]` ÷ `items[2]` in printed units. `ratio`: `items[0]` ÷
    `items[1]` lies within `band` times (or one `band`-th of) its own median of the twelve months before.
    `within_registry`: each of `items` ≤ `scale` × what the registry holds of the party under `registry` (a yard's size, a project's whole investment), both in
    stored units; a party of which the registry knows nothing is not asked. `tolerance` is a share, `least` an amount in the printed unit; the larger of the two allows.
    """

    id: str
    kind: CheckKind
    items: tuple[str, ...]
    effect: Effect
    says: str
    says_en: str
    signs: tuple[int, ...] = ()
    tolerance: Fraction = TOLERANCE
    least: Decimal = Decimal(0)
    low: Decimal | None = None
    high: Decimal | None = None
    band: int = 0
    scale: int = 1
    registry: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """The second key of a row: by what a party's figures are split (bank, process, occupation). Its ids are those of `options`, or parties on `roster`.

    A fact of such a row has the party `<party>/<detail id>`; unit, region and industry are those of the party before the stroke.
    """

    title: str
    title_en: str
    options: tuple[Option, ...] = ()
    roster: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Days of the following month; each moves to the next working day."""

    reporter: int
    county: int
    city: int


@dataclass(frozen=True, slots=True)
class Legal:
    """The heading a respondent may ask for: 表号, 制定机关, 批准（备案）文号, 有效期至. An expired form closes itself."""

    code: str
    issuer: str
    approval: str
    valid_until: date
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the template: an item in one role and one kind of period."""

    item: Item
    role: Role
    as_reported: Reported

    @property
    def key(self) -> str:
        """`output/value/month`: the key in rows and on the hidden sheet."""
        return f"{self.item.id}/{self.role}/{self.as_reported}"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a pack. `version` counts its layouts; `jan_feb` says that January and February are reported together, as one period.

    `office`: the office that reviews what the counties accepted; empty: the command office. `sender`: the office that sends one workbook for the whole
    city; empty when each reporting unit sends its own. A form of cycle `quarter` is due
    for March, June, September and December: its cumulative figures run from January, its others stand at the quarter's end.
    """

    id: str
    code: str
    title: str
    title_en: str
    subject: Subject
    cycle: Cycle
    jan_feb: bool
    reporter: str
    due: Due
    legal: Legal
    items: tuple[Item, ...]
    checks: tuple[Check, ...] = ()
    version: int = 1
    roster: str = ""
    note: str = ""
    office: str = ""  # the office that reviews what the counties accepted; empty: the command office
    sender: str = ""
    detail: Detail | None = None
    clauses: tuple[str, ...] = ()

    def item(self, item_id: str) -> Item:
        """The item of that id; KeyError when the form has none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def columns(self, *, first_of_year: bool = False) -> tuple[Column, ...]:
        """The columns of the template in printed order.

        In the January–February period of a `jan_feb` form an item has its cumulative column only; one asked by month alone
        keeps that column, which then holds both months.
        """
        columns = []
        for item in self.items:
            kinds = item.reported
            if first_of_year and self.jan_feb and "cumulative" in kinds:
                kinds = ("cumulative",)
            for kind in kinds:
                columns.append(Column(item, "value", kind))
                if item.last_year:
                    columns.append(Column(item, "last_year_restated", kind))
        return tuple(columns)

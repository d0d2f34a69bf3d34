"""How each unit fills in its workbook: the habits that make one county's file unlike another's, none of them an error.

Merged heads or single ones, another order of columns, 元 or 千元 for 万元, thousands marks, full-width digits, units in the cells, blanks after
names, further columns, a total row, lines below the table. Every one of them must be read without a question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from yunxing.city.chance import stream
from yunxing.city.make import City
from yunxing.city.parcels import FORMS, Parcel, money_unit
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import Row, Style
from yunxing.engines.facts.sheet import CellValue

TOUCHED = 0.02  # share of rows with a blank too many
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")  # the full-width forms
LAST_YEAR_FIRST = (
    "output/last_year_restated/month",
    "output/value/month",
    "output/last_year_restated/cumulative",
    "output/value/cumulative",
)


def style(city: City, form: Form, parcel: Parcel, rows: list[Row]) -> Style:
    """The layout of the unit's workbook. Units that use another unit of money write numbers only."""
    place = parcel.unit
    if place < 0 or parcel.form not in FORMS:
        return Style(synthetic=True)  # offices, and units on the further forms, fill in the platform's own template
    keys = [column.key for column in form.columns()]
    order: tuple[str, ...] = ()
    if place % 3 == 1:
        order = tuple(dict.fromkeys(key for key in (*LAST_YEAR_FIRST, *keys) if key in keys))
    elif place % 3 == 2:
        order = tuple(reversed(keys))
    foot = ("填表人：合成用户    审核人：合成用户", f"说明：{city.settings.label}，仅供演示。") if place % 2 == 0 else ()
    total = _total(form, rows) if place % 5 == 0 and form.subject != "site" and form.cycle == "month" else {}
    return Style(
        merged_head=place % 4 != 3,
        order=order,
        units=_units(form, place),
        extra=("行业代码", "备注") if form.id == "enterprise_month" and place % 2 else (),
        foot=foot,
        total=total,
        keys=place % 3 == 0,
        synthetic=True,
    )


def untidy(city: City, form: Form, parcel: Parcel, rows: list[Row]) -> list[Row]:
    """The same rows in the unit's handwriting. A cell that already holds text (a typing error) is left as it is."""
    if parcel.form not in FORMS:
        return rows
    rng = stream(city.seed, f"hand {parcel.form} {parcel.unit} {parcel.month.code} {parcel.number}")
    blanks = (rng.random(len(rows)) < TOUCHED).tolist()
    write = None if _units(form, parcel.unit) else _handwriting(form, parcel.unit)
    marked = (rng.random(len(rows)) < (0.25 if write else 0)).tolist()
    numbers = {f"{item.id}/": item.unit for item in form.items if item.type in ("money", "volume")}
    done = []
    for row, blank, mark in zip(rows, blanks, marked, strict=True):
        fresh = row
        if mark and write:
            cells = {key: _written(key, value, numbers, write) for key, value in row.values.items()}
            fresh = replace(fresh, values=cells)
        if blank:
            fresh = replace(fresh, name=f"{row.name}  ", party=f"{row.party} ")
        done.append(fresh)
    return done


def _units(form: Form, place: int) -> dict[str, str]:
    """Some units print money in 元 or 千元."""
    other = money_unit(place)
    if other == "万元" or form.id not in ("enterprise_month", "project_month"):
        return {}
    return {item.id: other for item in form.items if item.type == "money"}


def _handwriting(form: Form, place: int) -> Callable[[Decimal, str], str] | None:
    """How the unit types some of its numbers as text; None for those that leave them numbers."""
    if form.cycle == "event":
        return None
    return {1: _thousands, 2: _wide, 4: _with_unit, 7: _trailing}.get(place)


def _thousands(value: Decimal, _unit: str) -> str:
    return f"{value:,}"


def _wide(value: Decimal, _unit: str) -> str:
    return f"{value:f}".translate(WIDE)


def _with_unit(value: Decimal, unit: str) -> str:
    return f"{value:f}{unit}"


def _trailing(value: Decimal, _unit: str) -> str:
    return f" {value:f} "


def _written(key: str, value: CellValue, numbers: dict[str, str], write: Callable[[Decimal, str], str]) -> CellValue:
    unit = numbers.get(key[: key.index("/") + 1])
    if unit is None or isinstance(value, bool) or not isinstance(value, Decimal | int):
        return value
    return write(Decimal(value), unit)


def _total(form: Form, rows: list[Row]) -> dict[str, CellValue]:
    """The 合计 row over the money columns: what a spreadsheet's sum gives, which passes over text."""
    items = {item.id for item in form.items if item.type == "money"}
    sums: dict[str, Decimal] = {}
    for row in rows:
        for key, value in row.values.items():
            if key[: key.index("/")] in items and isinstance(value, Decimal | int):
                sums[key] = sums.get(key, Decimal(0)) + value
    return dict(sums)

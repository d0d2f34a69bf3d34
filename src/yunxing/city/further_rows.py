"""Rows of the further forms as they are typed: the figures of `further.py` in the columns of a form, with the mistakes the recipes plant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yunxing.city.daily import continuity_rows, power_rows
from yunxing.city.further import Further, Member, Sheet
from yunxing.city.recipes import FaultRecipe, ItemRecipe
from yunxing.city.settings import Settings
from yunxing.engines.facts.form import Column, Form
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.sheet import CellValue
from yunxing.values.period import Month

DAILY = {"power_unit_day": power_rows, "continuity_day": continuity_rows}


def further_rows(settings: Settings, further: Further, seed: int, form: Form, unit: int, month: Month) -> list[Row]:
    """The rows of a form and month: those of one unit (its place), or all of them (−1)."""
    if form.id in DAILY:
        members = [one for one in further.rosters.get(form.roster, ()) if unit in (-1, one.unit)]
        return DAILY[form.id](settings, seed, members, month)
    sheet = further.sheets[form.id]
    index, columns = settings.index(month), form.columns(first_of_year=form.jan_feb and month.month == 2)
    recipes = {item.id: item for item in sheet.recipe.items}
    chosen = [place for place, (member, key) in enumerate(sheet.rows) if unit in (-1, member.unit) and _reports(sheet, member, key, month)]
    faults = [fault for fault in further.recipes.faults if fault.form == form.id and fault.month == month]
    typed = {
        column.key: _cells(settings, sheet, recipes[column.item.id], column, chosen, index)
        for column in columns
        if column.item.id in recipes
    }
    rows = []
    for at, place in enumerate(chosen):
        member, key = sheet.rows[place]
        cells = {name: values[at] for name, values in typed.items()}
        for fault in faults:
            if fault.row == place:
                _spoil(cells, fault, columns)
        rows.append(Row(member.id, member.name, cells, detail=key))
    return rows


def _reports(sheet: Sheet, member: Member, key: str, month: Month) -> bool:
    """Whether the row is due: the member on its roster that year, a holiday's key in its month alone."""
    if member.years is not None and month.year not in member.years:
        return False
    return not sheet.recipe.detail_months or sheet.recipe.detail_months.get(key) == month.month


def _cells(settings: Settings, sheet: Sheet, item: ItemRecipe, column: Column, chosen: list[int], index: int) -> list[CellValue]:
    """One column of cells, in the item's printed unit."""
    table = sheet.columns[item.id]
    if column.role == "last_year_restated":
        index -= 12
    if item.kind == "date":
        return [_day(settings, item, sheet.rows[place][1], index, int(table[place, index])) for place in chosen]
    if item.kind in ("choice", "stage"):
        return [column.item.options[int(table[place, index])].title for place in chosen]
    if item.kind == "flag":
        return ["是" if table[place, index] else "否" for place in chosen]
    first = index
    if item.id in sheet.flows:
        january = index - index % 12
        both = index - 1 if sheet.recipe.jan_feb and index % 12 == 1 else index
        first = january if column.as_reported == "cumulative" else both
    sums = table[chosen, first : index + 1].sum(axis=1).tolist() if chosen else []
    return [value if not item.places else Decimal(value).scaleb(-item.places) for value in sums]


def _day(settings: Settings, item: ItemRecipe, key: str, index: int, before: int) -> date:
    if item.days:
        fixed = date.fromisoformat(item.days[key])
        return fixed.replace(year=settings.month(index).year)
    return settings.month(index).end - timedelta(days=before)


def _spoil(cells: dict[str, CellValue], fault: FaultRecipe, columns: tuple[Column, ...]) -> None:
    """A planted mistake in one item of a row."""
    for column in columns:
        value = cells.get(column.key)
        if column.item.id != fault.item or column.role != "value" or not isinstance(value, int | Decimal):
            continue
        if fault.kind == "unit_slip":
            cells[column.key] = Decimal(value) * 10_000
        elif fault.kind == "above_whole":
            cells[column.key] = Decimal(value) * 50 + 1
        elif fault.kind == "letter_o":
            cells[column.key] = f"{value}".replace("0", "O", 1) if "0" in f"{value}" else f"{value}O"


def planted(further: Further, settings: Settings, first: Month, last: Month) -> list[dict[str, Any]]:
    """The mistakes of the months, for `truth.json`."""
    found: list[dict[str, Any]] = []
    for fault in further.recipes.faults:
        sheet = further.sheets.get(fault.form)
        if sheet is None or not first <= fault.month <= last or fault.row >= len(sheet.rows):
            continue
        member, key = sheet.rows[fault.row]
        about: Mapping[str, Any] = {"id": member.id, "name": member.name, "detail": key}
        found.append(
            {
                "kind": fault.kind,
                "form": fault.form,
                "item": fault.item,
                "period": fault.month.code,
                "subject": about,
                "label": settings.label,
            }
        )
    return found

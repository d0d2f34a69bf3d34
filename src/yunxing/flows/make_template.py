"""The template of a form for one reporting unit and month, with the rows the unit is responsible for already in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod, Row, Style, build_book, form_period
from yunxing.engines.facts.sheet import CellValue
from yunxing.engines.facts.units import unit_of
from yunxing.engines.registry.parties import Party, on_roster
from yunxing.io import tables
from yunxing.io.books import write_book
from yunxing.io.store import dialect, registry
from yunxing.values.errors import BadInput, nearest

if TYPE_CHECKING:
    import polars as pl

SHORT_LIST = 8  # second keys of which every party gets a row


def subjects(parties: Mapping[str, Party], units: Mapping[str, str]) -> dict[str, Party]:
    """The parties with the reporting units among them, who are themselves the subjects of some forms (`subject = "unit"`)."""
    own = {code: Party(code, "office", name, name, code, "", "", "", "", date.min) for code, name in units.items()}
    return {**own, **parties}


def make_template(home: Path, form: Form, month: tuple[int, int], unit: str, *, units: Mapping[str, str], out: Path) -> int:
    """Write the template to `out` and give its number of rows. `unit` is a code or a name, of the form's sending office where it has one.

    Rows are those the sender answers for; last period's figures stand beside them in grey, keys are locked, cells ask about what does not fit.
    """
    known = {form.sender: units.get(form.sender, form.sender)} if form.sender else units
    code = unit if unit in known else next((code for code, name in known.items() if name == unit), None)
    if code is None:
        guess = nearest(unit, [*known, *known.values()])
        raise BadInput(
            f"《{form.title}》没有填报单位 {unit}" + (f"，是不是 {guess}？" if guess else f"；现有：{'、'.join(known.values())}。")
        )
    period = form_period(form, *month)
    rows, last = template_rows(form, period, code, home, units), last_figures(form, period, home)
    style = Style(last=last if rows else {}, locked=form.cycle != "event")
    write_book(build_book(form, period, (code, known[code]), rows, style), out)
    return len(rows)


def template_rows(form: Form, period: FormPeriod, unit: str, home: Path, units: Mapping[str, str] | None = None) -> list[Row]:
    """The sender's parties on the form's roster at the end of the period, in the order of their ids; one row a day on a daily form, none on an event form.

    Second keys: all of a short list, those of the period before where it is long.
    """
    if form.cycle == "event":
        return []
    if form.subject == "unit":
        parties = [one for one in subjects({}, units or {unit: unit}).values() if form.sender or one.id == unit]
        return [row for party in parties for row in _rows(form, period, party, frozenset())]
    if not form.roster:
        return []
    with dialect.connected(home) as connection:
        members = on_roster(registry.read_memberships(connection, roster=form.roster), form.roster, period.end)
        own = [one for one in registry.read_parties(connection).values() if one.id in members and (form.sender or one.unit == unit)]
    known = frozenset(last_facts(form, period, home)["party"]) if form.detail is not None else frozenset()
    return [row for party in own for row in _rows(form, period, party, known)]


def last_facts(form: Form, period: FormPeriod, home: Path) -> pl.DataFrame:
    """The newest facts of the period before on this form: values as reported, nothing held."""
    import polars as pl

    back = 3 if form.cycle == "quarter" else 2 if form.jan_feb and period.month == 2 else 1
    before = period.year * 12 + period.month - 1 - back
    facts = tables.facts_of_months(home, form.id, [f"{before // 12:04d}-{before % 12 + 1:02d}"])
    return facts.filter((pl.col("role") == "value") & ~pl.col("held"))


def last_figures(form: Form, period: FormPeriod, home: Path) -> dict[str, dict[str, CellValue]]:
    """Column key → subject → what was reported for the period before, in the printed unit; nothing on daily and event forms."""
    if form.cycle in ("day", "event"):
        return {}
    items = {item.id: item for item in form.items if item.numeric}
    found: dict[str, dict[str, CellValue]] = {}
    for item_id, kind, party, value in last_facts(form, period, home).select("item", "as_reported", "party", "value").iter_rows():
        unit = unit_of(items[item_id].unit) if item_id in items else None
        if unit is not None and value is not None:
            found.setdefault(f"{item_id}/value/{kind}", {})[party] = Decimal(value) / unit.per
    return found


def _rows(form: Form, period: FormPeriod, party: Party, known: frozenset[str]) -> list[Row]:
    if form.detail is not None:
        options = [option.id for option in form.detail.options]
        before = sorted(one.partition("/")[2] for one in known if one.partition("/")[0] == party.id)
        keys = before or (options if 0 < len(options) <= SHORT_LIST else [""])
        return [Row(party.id, party.name, detail=key) for key in keys]
    if form.cycle != "day":
        return [Row(party.id, party.name)]
    days = (period.end - period.start).days + 1
    return [Row(party.id, party.name, day=period.start + timedelta(days=n)) for n in range(days)]

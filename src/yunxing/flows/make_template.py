"""The template of a form for one reporting unit and month, with the rows the unit is responsible for already in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod, Row, build_book, form_period
from yunxing.engines.registry.parties import Party, on_roster
from yunxing.io.books import write_book
from yunxing.io.store import dialect, registry
from yunxing.values.errors import BadInput, nearest


def subjects(parties: Mapping[str, Party], units: Mapping[str, str]) -> dict[str, Party]:
    """The parties with the reporting units among them, who are themselves the subjects of some forms (`subject = "unit"`)."""
    own = {code: Party(code, "office", name, name, code, "", "", "", "", date.min) for code, name in units.items()}
    return {**own, **parties}


def make_template(home: Path, form: Form, month: tuple[int, int], unit: str, *, units: Mapping[str, str], out: Path) -> int:
    """Write the template to `out` and give its number of rows. `unit` is a code or a name; rows are the unit's parties on the form's roster."""
    code = unit if unit in units else next((code for code, name in units.items() if name == unit), None)
    if code is None:
        guess = nearest(unit, [*units, *units.values()])
        raise BadInput(f"没有填报单位 {unit}" + (f"，是不是 {guess}？" if guess else f"；现有：{'、'.join(units.values())}。"))
    period = form_period(form, *month)
    rows = template_rows(form, period, code, home)
    write_book(build_book(form, period, (code, units[code]), rows), out)
    return len(rows)


def template_rows(form: Form, period: FormPeriod, unit: str, home: Path) -> list[Row]:
    """The unit's parties on the form's roster at the end of the period, in the order of their ids; one row a day on a daily form, none on an event form."""
    if form.cycle == "event" or not form.roster:
        return []
    with dialect.connected(home) as connection:
        members = on_roster(registry.read_memberships(connection, roster=form.roster), form.roster, period.end)
        parties = [party for party in registry.read_parties(connection).values() if party.unit == unit and party.id in members]
    return [row for party in parties for row in _rows(form, period, party)]


def _rows(form: Form, period: FormPeriod, party: Party) -> list[Row]:
    if form.cycle != "day":
        return [Row(party.id, party.name)]
    days = (period.end - period.start).days + 1
    return [Row(party.id, party.name, day=period.start + timedelta(days=n)) for n in range(days)]

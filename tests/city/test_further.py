"""The further forms of the synthetic city: every workbook is read back to the cell, keeps its form's checks, and the planted mistakes are found. 合成数据."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.city.make import City, make_city
from yunxing.city.parcels import FORMS as FIRST_FORMS
from yunxing.city.parcels import Parcel, parcels
from yunxing.city.recipes import recipes_of
from yunxing.city.register import register
from yunxing.city.reports import rows
from yunxing.engines.facts.accept import accept
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.match import Matched, match_book
from yunxing.engines.facts.reading import read_rows
from yunxing.engines.facts.table import empty, next_versions
from yunxing.engines.facts.units import unit_of
from yunxing.flows.make_template import subjects
from yunxing.flows.simulate_city import parcel_book
from yunxing.packs.city_forms import load_city_forms
from yunxing.values.period import Month

PACK = Path(__file__).resolve().parents[2] / "plans" / "binzhou_2022_156"
FIRST, LAST = Month(2022, 2), Month(2022, 9)


@pytest.fixture(scope="module")
def wide(settings, forms) -> City:
    """A city of 400 enterprises that reports on every form."""
    return make_city(settings, 400, 156, recipes_of(load_city_forms(PACK / "city_forms.toml", forms), forms))


@pytest.fixture(scope="module")
def known(wide):
    """The registry's parties and the units, as an import sees them."""
    from datetime import date

    from yunxing.engines.registry.parties import Party

    tables = register(wide, FIRST, LAST)
    found = {}
    for name in ("enterprises", "projects", "sites", "further"):
        for row in tables[name][1]:
            text = [str(cell or "") for cell in row[:9]]
            found[text[0]] = Party(*text, date(2010, 1, 1))
    return subjects(found, {unit.code: unit.name for unit in wide.settings.units})


def sent(wide: City) -> list[Parcel]:
    return [parcel for parcel in parcels(wide, FIRST, LAST) if parcel.form not in FIRST_FORMS]


def test_every_form_with_a_recipe_is_sent_and_every_required_item_is_filled(wide, forms):
    parcels_sent = sent(wide)

    assert {parcel.form for parcel in parcels_sent} == {recipe.form for recipe in wide.further.recipes.forms}
    assert set(forms) - set(FIRST_FORMS) - {"public_series"} == {parcel.form for parcel in parcels_sent}
    for parcel in parcels_sent:
        form = forms[parcel.form]
        first = form.jan_feb and parcel.month.month == 2
        needed = {column.key for column in form.columns(first_of_year=first) if column.item.required}
        for row in rows(wide, form, parcel):
            assert needed <= set(row.values), (parcel.form, parcel.month)


def test_offices_send_one_workbook_and_quarters_have_four_months_of_the_year(wide, forms):
    for parcel in sent(wide):
        form = forms[parcel.form]
        assert bool(parcel.sender) == bool(form.sender)
        assert parcel.code(wide) == (form.sender or wide.settings.units[parcel.unit].code)
        assert form.cycle != "quarter" or parcel.month.month % 3 == 0
        assert not (form.jan_feb and parcel.month.month == 1)
    names = [parcel.file(wide) for parcel in parcels(wide, FIRST, LAST)]
    assert len(names) == len(set(names))


def taken(wide: City, forms, known, form_id: str, months: list[Month]):
    """A form's months through reading, checks and acceptance, as an import takes them; problems and the newest facts."""
    import polars as pl

    problems, latest = [], empty()
    for month in months:
        readings = []
        for parcel in sent(wide):
            if parcel.form != form_id or parcel.month != month:
                continue
            book, counted = parcel_book(wide, forms[form_id], parcel)
            matched = match_book(book, forms, {unit.code: unit.name for unit in wide.settings.units})
            assert isinstance(matched, Matched), matched
            reading = read_rows(matched, known, submission=parcel.file(wide), known_at=parcel.received)
            assert (reading.rows, reading.blank) == (counted, 0)
            readings.append(reading)
        if readings:
            fresh, _, _ = next_versions(accept(readings, look_back(latest)).facts, latest)
            latest = pl.concat([latest, fresh])
            problems += [(month.code, problem) for reading in readings for problem in reading.problems]
    return problems, latest


EVERY = [Month(2022, month) for month in range(1, 10)]


@pytest.mark.parametrize(
    "form_id",
    sorted(
        {
            "bank_month",
            "loan_balance_month",
            "trade_month",
            "efficiency_quarter",
            "labour_month",
            "rail_month",
            "panel_month",
            "renovation_month",
        }
    ),
)
def test_workbooks_keep_their_checks_and_the_planted_mistakes_are_found(wide, forms, known, form_id):
    problems, facts = taken(wide, forms, known, form_id, EVERY)
    planted = {(fault.month.code, fault.kind) for fault in wide.further.recipes.faults if fault.form == form_id}
    found = {"unit_slip": "unit_slip", "letter_o": "bad_value", "above_whole": "not_above"}

    hard = {(month, problem.rule) for month, problem in problems if problem.effect != "warn"}
    assert hard == {(month, found[kind]) for month, kind in planted}, [
        problem.sentence("en") for _, problem in problems if problem.effect != "warn"
    ]
    assert facts.height > 0


def test_daily_rows_of_power_units_make_whole_days(wide, forms, known):
    problems, facts = taken(wide, forms, known, "power_unit_day", [Month(2022, 7)])

    assert [problem.sentence("en") for _, problem in problems] == []
    assert facts["party"].n_unique() == 14
    assert facts["period"].n_unique() == 31


def test_every_cell_is_the_figure_the_city_made(wide, forms, known):
    """Months add up to their cumulative, last year's is the sum of its own months, to the last stored unit."""
    month = Month(2022, 9)
    _, facts = taken(wide, forms, known, "trade_month", [month])
    stored = {(f["party"], f["item"], f["role"], f["as_reported"]): f["value"] for f in facts.iter_rows(named=True)}
    sheet, index = wide.further.sheets["trade_month"], wide.settings.index(month)

    for place, (member, _) in enumerate(sheet.rows):
        for item, table in sheet.columns.items():
            per = unit_of(forms["trade_month"].item(item).unit).per // 100
            assert stored[member.id, item, "value", "cumulative"] == int(table[place, index - 8 : index + 1].sum()) * per
            if (member.id, item, "last_year_restated", "cumulative") in stored:
                assert stored[member.id, item, "last_year_restated", "cumulative"] == int(table[place, index - 20 : index - 11].sum()) * per
        assert stored[member.id, "exports", "value", "month"] == int(sheet.columns["exports"][place, index]) * 10**4


def test_figures_are_plausible(wide, forms):
    def column(form: str, item: str, month: Month = LAST) -> list[Fraction]:
        parcel = next(one for one in sent(wide) if one.form == form and one.month == month)
        key = next(column.key for column in forms[form].columns() if column.item.id == item and column.role == "value")
        return [Fraction(row.values[key]) for row in rows(wide, forms[form], parcel) if isinstance(row.values.get(key), int | Decimal)]

    insured = column("trade_firm_month", "insured_exports")
    assert Fraction(1, 6) < Fraction(sum(one > 0 for one in insured), len(insured)) < Fraction(3, 5)
    assert 0 in column("hiring_month", "hiring_events"), "some unit held no event: measure 20/4 has something to show"
    for share, of in (("local_purchases", "purchases"),):
        parts, whole = column("chain_quarter", share), column("chain_quarter", of)
        assert Fraction(1, 5) < sum(parts) / sum(whole) < Fraction(7, 10)
    classes = zip(*(column("efficiency_quarter", item) for item in ("intensity", "benchmark", "baseline")), strict=True)
    kinds = {"benchmark" if a <= b else "baseline" if a <= c else "above" for a, b, c in classes}
    assert len(kinds) >= 2


def test_the_same_seed_gives_the_same_figures_and_no_recipes_change_nothing_else(settings, forms, wide):
    again = make_city(settings, 400, 156, recipes_of(load_city_forms(PACK / "city_forms.toml", forms), forms))
    plain = make_city(settings, 400, 156)

    for form, sheet in wide.further.sheets.items():
        for item, table in sheet.columns.items():
            assert (table == again.further.sheets[form].columns[item]).all()
    assert plain.people.usci == wide.people.usci
    assert (plain.months.output == wide.months.output).all()
    assert plain.further.sheets == {}


def test_the_register_knows_everyone_who_reports_once(wide, known):
    tables = register(wide, FIRST, LAST)
    ids = [row[0] for name in ("enterprises", "projects", "sites", "further") for row in tables[name][1]]
    reporters = {row.party for parcel in sent(wide) if parcel.month == LAST for row in _rows(wide, parcel)}

    assert len(ids) == len(set(ids))
    assert reporters <= set(ids) | {unit.code for unit in wide.settings.units}
    assert all(wide.settings.word in str(row[2]) for row in tables["further"][1])


def _rows(wide: City, parcel: Parcel) -> list[Row]:
    from yunxing.packs.forms import load_form

    return rows(wide, load_form(PACK / "forms" / f"{parcel.form}.toml"), parcel)

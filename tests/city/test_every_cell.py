"""Every cell of a month of the whole city, read back by the platform's own reader, is the generator's figure to the fen.

The slow, obvious reference of workbooks: integers of the generator on one side, what stands in the store after reading on the other.
"""

from datetime import UTC, date, datetime

import pytest

from yunxing.city.habits import style, untidy
from yunxing.city.parcels import members, mistakes, parcels
from yunxing.city.register import register
from yunxing.city.reports import rows
from yunxing.engines.facts.accept import read_rows
from yunxing.engines.facts.layout import build_book, form_period
from yunxing.engines.facts.match import match_book
from yunxing.engines.registry.parties import Party
from yunxing.io.books import book_bytes, read
from yunxing.values.period import Month

FEN = 10_000  # fen to 0.01 万元
KNOWN = datetime(2022, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def parties(city):
    found = {}
    for name, (columns, lines) in register(city, Month(2022, 1), Month(2022, 9)).items():
        if name != "rosters":
            for line in lines:
                row = dict(zip(columns, line, strict=True))
                plain = {key: row[key] or "" for key in ("name", "short_name", "unit", "region", "industry", "size", "parent")}
                found[row["id"]] = Party(id=row["id"], kind=row["kind"], valid_from=row["valid_from"], valid_to=row["valid_to"], **plain)
    return found


def read_back(city, forms, parties, parcel):
    """Party (and day) → column → stored value, through bytes."""
    form, unit = forms[parcel.form], city.settings.units[parcel.unit]
    typed = rows(city, form, parcel)
    period = form_period(form, parcel.month.year, parcel.month.month)
    book = build_book(form, period, (unit.code, unit.name), untidy(city, form, parcel, typed), style(city, form, parcel, typed))
    again = read.read_bytes("book.xlsx", book_bytes(book))
    matched = match_book(again, forms, {one.code: one.name for one in city.settings.units})
    assert not isinstance(matched, list), matched
    assert (matched.form.id, matched.unit, matched.period.code) == (form.id, unit.code, period.code)
    reading = read_rows(matched, parties, submission="sha256:0", known_at=KNOWN)
    keys = zip(reading.about["party"], reading.about["day"], strict=True)
    return reading, {key: {column: values[place] for column, values in reading.values.items()} for place, key in enumerate(keys)}


def of(city, form, month):
    return [parcel for parcel in parcels(city, month, month) if parcel.form == form and parcel.number == 0]


@pytest.mark.parametrize("month", [Month(2022, 2), Month(2022, 6)])
def test_enterprises(city, forms, parties, month):
    """All units, all enterprises: output, revenue, profit, tax, power and staff."""
    index = city.settings.index(month)
    january = index - index % 12
    first = index - 1 if month.month == 2 else index
    made, checked = city.months, 0
    for parcel in of(city, "enterprise_month", month):
        wrong = mistakes(city, parcel.unit, month)
        _, cells = read_back(city, forms, parties, parcel)
        by_party = {key[0]: value for key, value in cells.items()}
        for firm in members(city, parcel.unit, month):
            if firm in wrong:
                continue
            got = by_party[city.people.usci[firm]]
            assert got["output/value/cumulative"] == int(made.output[firm, january : index + 1].sum()) * FEN
            assert got["revenue/value/cumulative"] == int(made.revenue[firm, january : index + 1].sum()) * FEN
            assert got["profit/value/cumulative"] == int(made.profit[firm, january : index + 1].sum()) * FEN
            assert got["tax/value/cumulative"] == int(made.tax[firm, january : index + 1].sum()) * FEN
            assert got["electricity/value/month"] == int(made.electricity[firm, first : index + 1].sum())
            assert got["employees/value/month"] == int(made.employees[firm, index])
            assert got["stop_days/value/month"] == int(made.stop_days[firm, first : index + 1].sum())
            if month.month > 2:
                assert got["output/value/month"] == int(made.output[firm, index]) * FEN
            checked += 1
    assert checked > 1900


def test_last_year_is_restated_to_the_fen(city, forms, parties):
    month = Month(2022, 6)
    index = city.settings.index(month)
    restated = 0
    for parcel in of(city, "enterprise_month", month)[:4]:
        wrong = mistakes(city, parcel.unit, month)
        _, cells = read_back(city, forms, parties, parcel)
        by_party = {key[0]: value for key, value in cells.items()}
        for firm in members(city, parcel.unit, month):
            if firm in wrong:
                continue
            factor = city.months.restated[firm, index // 12]
            wanted = sum(round(float(value) * factor) for value in city.months.output[firm, index - 17 : index - 11])
            assert by_party[city.people.usci[firm]]["output/last_year_restated/cumulative"] == pytest.approx(wanted * FEN, abs=3 * FEN)
            restated += factor != 1
    assert restated > 20


def test_projects(city, forms, parties):
    month = Month(2022, 8)
    index = city.settings.index(month)
    stages = [option.id for option in forms["project_month"].item("stage").options]
    checked = 0
    for parcel in of(city, "project_month", month):
        _, cells = read_back(city, forms, parties, parcel)
        by_party = {key[0]: value for key, value in cells.items()}
        for place in city.works.listed(2022):
            project = city.works.projects[place]
            if project.unit != parcel.unit:
                continue
            got = by_party[project.id]
            assert got["investment/value/month"] == int(city.works.invested[place, index]) * 10**6
            assert got["investment/value/cumulative"] == int(city.works.invested[place, index - 7 : index + 1].sum()) * 10**6
            assert got["progress/value/cumulative"] == int(city.works.progress[place, index]) * 10
            assert stages[got["stage/value/month"]] == city.works.stage(place, index, city.settings.origin)
            checked += 1
    assert checked == 182


def test_coal(city, forms, parties):
    month = Month(2022, 9)
    for parcel in of(city, "coal_day", month):
        reading, cells = read_back(city, forms, parties, parcel)
        sites = [n for n, site in enumerate(city.settings.coal_sites) if site.unit == city.settings.units[parcel.unit].code]
        assert len(cells) == 30 * len(sites)
        closing = sorted(int(city.coal.closing[site, day]) * 1000 for site in sites for day in city.coal.days(month))
        assert sorted(values["closing/value/day"] for values in cells.values()) == closing
        assert not reading.problems


def test_ports(city, forms, parties):
    month = Month(2022, 9)
    index = city.settings.index(month)
    total = 0
    for parcel in of(city, "port_month", month):
        _, cells = read_back(city, forms, parties, parcel)
        total += sum(values["foreign_cargo/value/cumulative"] for values in cells.values())
    assert total == int(city.quays.foreign[:, index - 8 : index + 1].sum()) * 100_000  # 100 t in kg


@pytest.mark.parametrize(
    ("form", "column"), [("growth_point_month", "admitted_on/value/event"), ("listing_month", "listed_on/value/event")]
)
def test_events_keep_their_day(city, forms, parties, form, column):
    month = Month(2022, 8)
    wanted = city.ladder.admissions if form == "growth_point_month" else city.ladder.listings
    days = sorted((event.on - date(1970, 1, 1)).days for event in wanted if Month.of(event.on) == month)
    found = [values[column] for parcel in of(city, form, month) for values in read_back(city, forms, parties, parcel)[1].values()]

    assert days
    assert sorted(found) == days


def test_a_month_of_the_city_raises_no_question_but_the_planted(city, forms, parties):
    month = Month(2022, 6)
    for parcel in parcels(city, month, month):
        reading, _ = read_back(city, forms, parties, parcel)
        letters = [event for event in mistakes(city, parcel.unit, month).values() if event.kind == "letter_o"]
        expected = len(letters) if parcel.form == "enterprise_month" and parcel.number == 0 else 0
        assert len(reading.problems) == expected, [problem.sentence() for problem in reading.problems]

"""Fast arrays against plain loops, and what must hold of any city whatever its seed and size."""

import importlib.util
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.city.dynamics import festival_factor
from yunxing.city.make import make_city
from yunxing.city.parcels import members, parcels
from yunxing.city.population import HOME_WEIGHT, unit_matrix
from yunxing.city.register import _runs, register
from yunxing.city.sites import days_of_stock
from yunxing.city.truth import truth
from yunxing.values.codes import check_usci
from yunxing.values.period import Month

spec = importlib.util.spec_from_file_location("city_slow", Path(__file__).with_name("slow.py"))
assert spec is not None
assert spec.loader is not None
slow = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slow)

few = hypothesis.settings(max_examples=12, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
seeds, sizes = st.integers(0, 2**63 - 1), st.integers(1, 60)


def test_the_matrix_of_units_and_industries(settings):
    weights = [[HOME_WEIGHT if unit.code in industry.homes else 1.0 for industry in settings.industries] for unit in settings.units]
    wanted = slow.fitted([unit.firms for unit in settings.units], [industry.firms for industry in settings.industries], weights)

    assert unit_matrix(settings) == pytest.approx(np.array(wanted), abs=1e-9)


def test_the_festival_day_by_day(settings):
    factor = festival_factor(settings)
    for year in range(settings.first.year, settings.last.year + 1):
        for month in (1, 2, 3):
            wanted = slow.festival_days_lost(
                settings.festival_days, settings.festival_before, settings.festival_after, settings.festival_depth, year, month
            )
            assert factor[(year - settings.origin) * 12 + month - 1] == pytest.approx(wanted)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 1000)), min_size=1, max_size=30))
def test_days_of_stock(days):
    use, closing = [use for use, _ in days], [stock for _, stock in days]
    for day in range(len(days)):
        assert days_of_stock(np.array(use), np.array(closing), day) == pytest.approx(slow.days_of_stock(use, closing, day))


@given(st.dictionaries(st.integers(2018, 2026), st.frozensets(st.integers(0, 5)).map(tuple), max_size=9))
def test_runs_of_years(years):
    found = _runs(years)

    assert found == {
        firm: slow.runs([year for year, firms in years.items() if firm in firms])
        for firm in sorted({f for fs in years.values() for f in fs})
    }


def test_growth_is_the_ratio_of_sums_the_workbooks_give(city, forms):
    """The growth a reader computes from the rows sent is that of the arrays, for enterprises that restate nothing."""
    from yunxing.city.reports import figures

    month = Month(2022, 6)
    index = city.settings.index(month)
    firms = [f for f in members(city, 6, month) if city.months.restated[f, index // 12] == 1]
    sent = [
        (float(row["output/value/cumulative"]), float(row["output/last_year_restated/cumulative"])) for row in figures(city, firms, month)
    ]
    arrays = city.months.output[firms][:, index - 5 : index + 1].sum() / city.months.output[firms][:, index - 17 : index - 11].sum() - 1

    assert slow.comparable_growth(sent) == pytest.approx(arrays, abs=1e-9)


@few
@given(seeds, sizes)
def test_any_city_holds_together(settings, seed, firms):
    """Number on the list, valid codes, coal that balances, money that is not negative."""
    city = make_city(settings, firms, seed)

    assert int(city.people.on_list(settings.index(settings.reference)).sum()) == firms
    assert all(check_usci(code).status == "valid" for code in city.people.usci)
    assert len(set(city.people.usci)) == len(city.people)
    assert city.months.output.min() >= 0
    assert (city.coal.opening + city.coal.receipts - city.coal.use - city.coal.loss == city.coal.closing).all()
    assert city.coal.closing.min() >= 0
    assert (city.works.invested.sum(axis=1) <= city.works.total).all()
    assert all(len(city.works.listed(year)) == settings.projects for year in range(2018, 2027))


@few
@given(seeds, sizes, st.integers(12, 118), st.integers(0, 8))
def test_any_range_of_any_city_can_be_told(settings, seed, firms, start, length):
    """Register, schedule and truth agree with each other for whatever months are asked for."""
    city = make_city(settings, firms, seed)
    first, last = settings.month(start), settings.month(min(settings.length - 1, start + length))
    tables = register(city, first, last)
    parties = {row[0] for name in ("enterprises", "projects", "sites") for row in tables[name][1]}
    sent = parcels(city, first, last)
    told = truth(city, first, last, sent)
    names = {parcel.file(city) for parcel in sent}

    assert {row[1] for row in tables["rosters"][1]} <= parties
    assert all(first <= parcel.month <= last for parcel in sent)
    for parcel in sent:
        if parcel.form == "enterprise_month":
            assert {city.people.usci[firm] for firm in members(city, parcel.unit, parcel.month)} <= parties
    for event in told["events"]:
        assert event["periods"]
        assert {event[key] for key in ("workbook", "sent_again") if key in event} <= names
        if event["subject"]["kind"] in {"enterprise", "project", "site"}:
            assert event["subject"]["id"] in parties


@few
@given(seeds)
def test_a_seed_is_a_city(settings, seed):
    one, again = make_city(settings, 8, seed), make_city(settings, 8, seed)

    assert one.people.usci == again.people.usci
    assert (one.months.profit == again.months.profit).all()
    assert (one.coal.closing == again.coal.closing).all()
    assert one.plan == again.plan

"""Coal to the tonne, shortages where they were planted and nowhere else; ports."""

from datetime import date, timedelta

import numpy as np
import pytest

from yunxing.city.events import Plan
from yunxing.city.sites import burn, days_of_stock


def test_stock_balances_to_the_tonne_every_day(city):
    coal = city.coal

    assert (coal.opening + coal.receipts - coal.use - coal.loss == coal.closing).all()
    assert (coal.opening[:, 1:] == coal.closing[:, :-1]).all()


def test_nothing_is_negative(city):
    for table in (city.coal.receipts, city.coal.use, city.coal.loss, city.coal.closing):
        assert table.min() >= 0


def test_without_events_no_site_ever_falls_under_its_minimum(settings):
    coal = burn(settings, Plan((), (), ()), 156)
    for site in range(len(settings.coal_sites)):
        assert min(days_of_stock(coal.use[site], coal.closing[site], day) for day in range(coal.use.shape[1])) >= settings.coal_min_days


def test_the_days_under_the_minimum_are_those_of_the_truth_and_no_others(city):
    """Slow reference: every site and day looked at."""
    coal, start = city.coal, city.coal.start
    found = {
        (site, start + timedelta(days=day))
        for site in range(len(city.settings.coal_sites))
        for day in range(coal.use.shape[1])
        if days_of_stock(coal.use[site], coal.closing[site], day) < city.settings.coal_min_days
    }

    assert found == {(shortage.site, day) for shortage in coal.shortages for day in shortage.breached}
    assert len(coal.shortages) >= 12


def test_the_planted_month_ends_short_of_coal(city):
    shortage = next(one for one in city.coal.shortages if one.planted)

    assert date(2022, 9, 30) in shortage.breached
    assert city.settings.coal_sites[shortage.site].unit == "371602"
    assert 3 < shortage.lowest < city.settings.coal_min_days


def test_a_shortage_never_looks_like_a_slip_of_the_unit(city):
    """A tenth of the usual stock would be taken for a typing error: others lend coal before that."""
    for shortage in city.coal.shortages:
        usual = sorted(city.coal.closing[shortage.site].tolist())[city.coal.closing.shape[1] // 2]
        assert city.coal.closing[shortage.site].min() > 0.15 * usual
        assert shortage.lowest > 3


def test_use_stays_within_what_a_site_can_burn(city):
    """A reviewer refuses use above 1.3 times the design and stock above the yard."""
    for place, site in enumerate(city.settings.coal_sites):
        peak = site.daily * max(city.settings.seasons[site.season]) / 1000
        assert city.coal.use[place].max() <= 1.15 * peak * 1.3
        assert city.coal.closing[place].max() <= 45 * peak


def test_heat_value_is_that_of_coal(city):
    assert city.coal.heat.min() >= 2000
    assert city.coal.heat.max() <= 7500


@pytest.mark.parametrize(("day", "expected"), [(0, 10.0), (1, 80 * 2 / 30), (7, 40 * 7 / 130)])
def test_days_of_stock_use_the_mean_of_at_most_seven_days(day, expected):
    use = np.array([10, 20, 20, 20, 20, 20, 20, 10])
    closing = np.array([100, 80, 0, 0, 0, 0, 0, 40])

    assert days_of_stock(use, closing, day) == pytest.approx(expected)


def test_a_site_that_burns_nothing_lasts_forever():
    assert days_of_stock(np.array([0, 0]), np.array([5, 5]), 1) == float("inf")


def test_foreign_cargo_is_part_of_all_cargo_and_the_year_is_near_its_target(city):
    quays = city.quays
    start = (2022 - city.settings.origin) * 12

    assert (quays.foreign <= quays.throughput).all()
    assert quays.calls.min() > 0
    assert 225_000 <= quays.foreign[:, start : start + 12].sum() * 100 <= 285_000

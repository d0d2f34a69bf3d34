"""Panel, seed bank, listings, admissions."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from yunxing.city.ladder import climb
from yunxing.city.make import make_city
from yunxing.city.population import ANNUAL, MONTHLY


@pytest.mark.parametrize("year", range(2018, 2027))
def test_the_panel_has_a_hundred_enterprises_and_every_industry(city, year):
    panel = city.ladder.panel[year]

    assert len(set(panel)) == city.settings.panel == 100
    assert len({int(city.people.industry[firm]) for firm in panel}) == len(city.settings.industries)


def test_the_panel_is_on_the_list_in_january(city):
    for year, panel in city.ladder.panel.items():
        assert city.people.on_list((year - city.settings.origin) * 12)[list(panel)].all()


def test_the_panel_is_the_largest_but_for_one_of_each_industry(city):
    """Slow reference: sort all by last year's output; whoever is passed over is smaller than every panel firm that is not its industry's first."""
    year = 2022
    january = (year - city.settings.origin) * 12
    here = [int(firm) for firm in np.flatnonzero(city.people.on_list(january))]
    last = {firm: int(city.months.output[firm, january - 12 : january].sum()) for firm in here}
    first = {}
    for firm in sorted(here, key=lambda firm: (-last[firm], firm)):
        first.setdefault(int(city.people.industry[firm]), firm)
    panel = set(city.ladder.panel[year])

    assert set(first.values()) <= panel
    smallest = min(last[firm] for firm in panel - set(first.values()))
    assert all(last[firm] <= smallest for firm in here if firm not in panel)


def test_the_panel_holds_most_of_the_output(city):
    january = (2022 - city.settings.origin) * 12
    year = city.months.output[:, january : january + 9].sum(axis=1)

    assert 0.5 < year[list(city.ladder.panel[2022])].sum() / year[city.people.on_list(january)].sum() < 0.85


def test_the_seed_bank_holds_middling_enterprises(city):
    firms = [firm for firm, _ in city.ladder.seeds]

    assert len(set(firms)) == city.settings.seed_bank
    assert (city.people.giant[firms] == 0).all()
    assert city.people.size[firms].min() > np.median(city.people.size[city.people.entered < 0]) * 0.9


def test_listings_are_those_of_the_pack(city):
    for year, planned in city.settings.listings.items():
        found = [(one.on.month, one.board) for one in city.ladder.listings if one.on.year == year]
        assert found == list(planned)


def test_an_enterprise_is_listed_once_and_from_the_bank(city):
    firms = [one.firm for one in city.ladder.listings]
    entered = dict(city.ladder.seeds)

    assert len(firms) == len(set(firms))
    assert all(entered[one.firm] < one.on for one in city.ladder.listings)


def test_admission_to_neeq_raises_nothing_and_a_listing_something(city):
    for one in city.ladder.listings:
        assert (one.raised == 0) == (one.board == "NEEQ")
        assert one.raised % 1000 == 0


def test_the_plans_year_reaches_four_listings_only_in_its_last_month(city):
    days = sorted(one.on for one in city.ladder.listings if one.on.year == 2022)

    assert len(days) == 4
    assert days[-1] >= date(2022, 12, 1)


def test_admissions_are_in_order_of_day_and_by_route(city):
    admissions = city.ladder.admissions
    routes = Counter((one.on.year, one.route) for one in admissions)

    assert [one.on for one in admissions] == sorted(one.on for one in admissions)
    for year in city.settings.turnover:
        assert (routes[year.year, "monthly"], routes[year.year, "annual"]) == (year.monthly, year.annual)


def test_annual_admissions_come_in_two_months_and_monthly_ones_after_the_festival(city):
    for one in city.ladder.admissions:
        assert one.on.month in ((11, 12) if one.route == "annual" else range(3, 12))
        assert city.people.route[one.firm] == (ANNUAL if one.route == "annual" else MONTHLY)


def test_a_city_of_one_has_a_panel_of_one_and_no_listing_it_cannot_give(settings):
    city = make_city(settings, 1, 9)

    assert all(panel == (0,) for panel in city.ladder.panel.values())
    assert len(city.ladder.listings) <= 1


def test_climbing_again_gives_the_same_ladder(city):
    assert climb(city.settings, city.people, city.months.output, city.seed) == city.ladder

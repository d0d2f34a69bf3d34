"""Who is in the city: numbers, shares, concentration, codes and names that can belong to nobody."""

import re

import numpy as np
import pytest

from yunxing.city.dynamics import planned_growth
from yunxing.city.make import make_city
from yunxing.city.population import CANDIDATE, MONTHLY, NEVER, populate, unit_matrix
from yunxing.values.codes import check_usci
from yunxing.values.errors import BadInput


def at_reference(city):
    return city.people.on_list(city.settings.index(city.settings.reference))


@pytest.mark.parametrize("firms", [1, 2, 5, 16, 37, 90, 400, 2019])
def test_the_list_holds_as_many_enterprises_as_were_asked_for(settings, firms):
    people = populate(settings, firms, 3)

    assert int(people.on_list(settings.index(settings.reference)).sum()) == firms


def test_a_city_of_one_keeps_its_enterprise_through_all_years(settings):
    people = populate(settings, 1, 3)

    assert len(people) == 1
    assert all(people.on_list(month).sum() == 1 for month in range(settings.length))


def test_the_matrix_has_both_margins_of_the_pack(settings):
    """Slow reference: the margins are summed by hand."""
    matrix = unit_matrix(settings)

    for row, unit in enumerate(settings.units):
        assert sum(matrix[row, :]) == pytest.approx(unit.firms, abs=1e-6)
    for column, industry in enumerate(settings.industries):
        assert sum(matrix[:, column]) == pytest.approx(industry.firms, abs=1e-6)


def test_enterprises_are_spread_over_units_and_industries_as_the_pack_says(city):
    here = at_reference(city)
    for place, unit in enumerate(city.settings.units):
        assert (city.people.unit[here] == place).mean() == pytest.approx(unit.firms, abs=0.02), unit.code
    for place, industry in enumerate(city.settings.industries):
        assert (city.people.industry[here] == place).mean() == pytest.approx(industry.firms, abs=0.015), industry.code


def test_industries_gather_where_they_are_at_home(city):
    here = at_reference(city)
    aluminium = city.settings.industry_at("32")
    homes = [city.settings.unit_at(code) for code in city.settings.industries[aluminium].homes]
    inside = np.isin(city.people.unit, homes)

    assert inside[here & (city.people.industry == aluminium)].mean() > 1.5 * inside[here].mean()


def test_revenue_is_shared_over_industries_as_the_pack_says(city):
    here = at_reference(city)
    total = city.people.size[here].sum()
    for place, industry in enumerate(city.settings.industries):
        share = city.people.size[here & (city.people.industry == place)].sum() / total
        assert share == pytest.approx(industry.revenue, abs=0.025), industry.code


def test_a_few_giants_hold_much_and_the_many_little(city):
    """Concentration of a city of this kind: the ten largest hold two fifths, half of the enterprises less than a tenth."""
    size = np.sort(city.people.size[at_reference(city)])[::-1]

    assert 0.35 <= size[:10].sum() / size.sum() <= 0.55
    assert size[len(size) // 2 :].sum() / size.sum() < 0.12
    assert size[0] / np.median(size) > 200


def test_mean_size_is_the_packs(city):
    size = city.people.size[at_reference(city)]

    assert size.mean() == pytest.approx(city.settings.mean_revenue, rel=0.05)


def test_giants_sit_where_the_pack_puts_them(city):
    for place, industry in enumerate(city.settings.industries):
        giants = (city.people.giant > 0) & (city.people.industry == place)
        order = np.argsort(city.people.giant[giants])
        seats = [city.settings.units[unit].code for unit in city.people.unit[giants][order]]
        assert seats == list(industry.seats[: industry.giants]), industry.code


def test_every_code_is_valid_and_carries_the_mark(city):
    codes = city.people.usci

    assert all(check_usci(code).status == "valid" for code in codes)
    assert all(code[8:10] == city.settings.code_mark for code in codes)
    assert len(set(codes)) == len(codes)


def test_every_name_says_that_it_is_synthetic(city):
    names = city.people.name

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"\w+合成\w+\d{4,}厂", name) for name in names)


def test_the_region_of_a_code_is_the_region_of_the_unit(city):
    for code, unit in zip(city.people.usci, city.people.unit, strict=True):
        assert code[2:8] == city.settings.units[unit].region


def test_admissions_of_the_year_are_those_of_the_pack(city):
    for year in city.settings.turnover:
        admitted = [day for day in city.people.admitted if day and day.year == year.year]
        assert len(admitted) == year.annual + year.monthly


def test_a_monthly_admission_is_on_the_list_the_month_after(city):
    people, settings = city.people, city.settings
    for firm in np.flatnonzero(people.route == MONTHLY):
        day = people.admitted[firm]
        assert day is not None
        assert people.entered[firm] == (day.year - settings.origin) * 12 + day.month


def test_nobody_leaves_within_a_year_of_entering(city):
    gone = city.people.left < NEVER

    assert gone.any()
    assert (city.people.left[gone] - city.people.entered[gone] >= 12).all()


def test_exits_are_the_packs(city):
    years = city.people.left[city.people.left < NEVER] // 12 + city.settings.origin
    for year in city.settings.turnover:
        assert int((years == year.year).sum()) == year.exits


def test_candidates_stand_below_the_line_and_off_the_list(city):
    near = city.people.route == CANDIDATE

    assert int(near.sum()) == city.settings.near
    assert (city.people.size[near] < 2000).all()
    assert not any(city.people.on_list(month)[near].any() for month in range(city.settings.length))


def test_another_seed_makes_another_city(settings, town):
    other = make_city(settings, 90, 6)

    assert other.people.usci != town.people.usci
    assert (other.months.output[:, 70].sum()) != (town.months.output[:, 70].sum())


@pytest.mark.parametrize(("firms", "seed"), [(0, 1), (-3, 1), (10**9, 1), (5, -1), (5, 2**63)])
def test_bad_numbers_are_refused(settings, firms, seed):
    with pytest.raises(BadInput, match="not"):
        make_city(settings, firms, seed)


def test_growth_of_the_origin_year_is_unknown_and_taken_as_none(settings):
    growth = planned_growth(settings)

    assert not growth[:12].any()
    assert growth[settings.index(settings.reference)] == settings.path[2022][2]

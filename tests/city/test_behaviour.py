"""Does the made city behave like one? Statistics over all enterprises and years, and plain rules scored against the truth."""

import numpy as np
import pytest

from yunxing.city.chance import stream
from yunxing.city.dynamics import _apart, _wave, move
from yunxing.city.events import Plan
from yunxing.city.population import ANNUAL, LISTED, NEVER
from yunxing.city.projects import _plans


@pytest.fixture(scope="module")
def settled(city):
    """Enterprises on the list from first to last, without any event; their monthly growth on a year before, in logs."""
    quiet = move(city.settings, city.people, Plan((), (), ()), city.seed)
    firms = np.flatnonzero((city.people.route == LISTED) & (city.people.left == NEVER))
    output = np.log(quiet.output[firms] + 1.0)
    return firms, output[:, 12:] - output[:, :-12], quiet


def common(growth, groups):
    """How much of the growth of enterprises is shared within their groups: variance of group means over mean variance."""
    centred = growth - growth.mean(axis=0)
    means = np.stack([centred[groups == group].mean(axis=0) for group in np.unique(groups)])
    return means.var(axis=1).mean() / centred.var(axis=1).mean()


def test_enterprises_of_an_industry_move_together(city, settled):
    firms, growth, _ = settled
    industries = city.people.industry[firms]
    shuffled = stream(1, "shuffle").permutation(industries)

    assert common(growth, industries) > 3 * common(growth, shuffled)


def test_enterprises_of_a_unit_move_together_a_little(city, settled):
    firms, growth, _ = settled
    units = city.people.unit[firms]
    shuffled = stream(1, "shuffle").permutation(units)

    assert common(growth, units) > 1.5 * common(growth, shuffled)


def test_small_enterprises_swing_more_than_giants(city, settled):
    firms, growth, _ = settled
    giant = city.people.giant[firms] > 0

    assert growth[~giant].std(axis=1).mean() > 1.5 * growth[giant].std(axis=1).mean()


def test_month_to_month_an_enterprise_seldom_moves_by_a_fifth(city, settled):
    """Outside the festival's months: the plain rule of the plan (power −20 %) should not fire on quiet enterprises."""
    firms, _, quiet = settled
    power = np.log(quiet.electricity[firms] + 1.0)
    change = np.diff(power, axis=1)
    months = np.arange(1, city.settings.length) % 12
    steady = change[:, np.isin(months, (4, 5, 6, 7, 8, 9, 10, 11))]

    assert (steady < np.log(0.8)).mean() < 0.004


def test_every_season_of_the_pack_shows_in_its_industries(city, settled):
    """The mean month of an industry's year follows its season: correlation over March to December, where no festival disturbs."""
    firms, _, quiet = settled
    for place, industry in enumerate(city.settings.industries):
        rows = quiet.output[firms][city.people.industry[firms] == place].astype(float)
        years = rows[:, 24:].reshape(len(rows), -1, 12)[:, :, 2:]
        shape = (years / years.mean(axis=2, keepdims=True)).mean(axis=(0, 1))
        season = np.array(city.settings.seasons[industry.season][2:], dtype=float)
        if season.std() > 30:
            assert np.corrcoef(shape, season)[0, 1] > 0.7, industry.code


def test_prices_lift_output_more_than_power(city, settled):
    """In the dear year 2021 output per kWh rises: electricity must not follow the planned growth of money."""
    firms, _, quiet = settled
    years = [slice((year - city.settings.origin) * 12, (year - city.settings.origin) * 12 + 12) for year in (2020, 2021)]
    output = [quiet.output[firms][:, year].sum() for year in years]
    power = [quiet.electricity[firms][:, year].sum() for year in years]

    assert output[1] / output[0] > 1.1
    assert power[1] / power[0] < output[1] / output[0] - 0.02


def test_a_grown_firm_grows_before_it_is_admitted(city, settled):
    _, _, quiet = settled
    grown = np.flatnonzero((city.people.route == ANNUAL) & (city.people.entered > 40) & (city.people.entered < 90))
    before = np.array([quiet.output[firm, city.people.entered[firm] - 12 : city.people.entered[firm]].sum() for firm in grown])
    earlier = np.array([quiet.output[firm, city.people.entered[firm] - 24 : city.people.entered[firm] - 12].sum() for firm in grown])

    assert before.sum() / earlier.sum() > 1.2


def test_a_leaver_fades_before_it_leaves(city, settled):
    _, _, quiet = settled
    leavers = np.flatnonzero((city.people.left > 40) & (city.people.left < 100) & (city.people.entered < 0))
    last = np.array([quiet.output[firm, city.people.left[firm] - 6 : city.people.left[firm]].sum() for firm in leavers])
    year = np.array([quiet.output[firm, city.people.left[firm] - 18 : city.people.left[firm] - 12].sum() for firm in leavers])

    assert len(leavers) > 100
    assert last.sum() / year.sum() < 0.9


class TestPlainRulesAgainstTheTruth:
    """A scorer needs events that can be found and a city that is otherwise quiet."""

    def found(self, city, hits):
        on = np.stack([city.people.on_list(month) for month in range(city.settings.length)], axis=1)
        return {(int(f), int(m)) for f, m in zip(*(hits & on).nonzero(), strict=True) if m >= 12}

    def planted(self, city):
        months = {}
        for event in city.plan.of("stoppage"):
            for month in range(event.month, min(city.settings.length, event.month + event.months)):
                months[event.firm, month] = event
        return months

    def test_days_stopped_are_exactly_the_stoppages(self, city):
        found = self.found(city, city.months.stop_days > 3)

        assert found == {key for key in self.planted(city) if city.people.on_list(key[1])[key[0]] and key[1] >= 12}

    def test_a_fall_of_half_finds_the_first_month_of_most_stoppages(self, city):
        fall = np.zeros(city.months.output.shape, dtype=bool)
        fall[:, 1:] = city.months.output[:, 1:] < 0.5 * city.months.output[:, :-1]
        fall[:, [month for month in range(city.settings.length) if month % 12 < 3]] = False  # January and February are one report
        found = self.found(city, fall)
        begun = {(event.firm, event.month) for event in city.plan.of("stoppage") if event.month % 12 >= 3}
        false = found - begun

        assert len(begun & found) / len(begun) > 0.9
        assert len(false) < 0.1 * len(begun)

    def test_power_falls_with_the_first_month_of_every_stoppage(self, city):
        for event in city.plan.of("stoppage"):
            assert city.months.electricity[event.firm, event.month] < 0.8 * city.months.electricity[event.firm, event.month - 1]

    def test_declining_cells_grow_slower_than_their_industry(self, city):
        """Six months in, against the other units of the same industry."""
        slower = 0
        for cell in city.plan.cells:
            month = min(city.settings.length - 1, cell.month + 6)
            listed = city.people.on_list(month) & city.people.on_list(month - 12) & (city.people.industry == cell.industry)
            inside, outside = listed & (city.people.unit == cell.unit), listed & (city.people.unit != cell.unit)
            rate = [
                city.months.output[some, month].sum() / max(1, city.months.output[some, month - 12].sum()) for some in (inside, outside)
            ]
            slower += rate[0] < rate[1]
        assert slower / len(city.plan.cells) > 0.8


def test_a_wave_keeps_its_spread_from_the_first_month_to_the_last():
    wave = _wave(stream(1, "wave"), (4000, 60), 0.9, 2.0)

    assert wave[:, 0].std() == pytest.approx(2.0, rel=0.05)
    assert wave[:, -1].std() == pytest.approx(2.0, rel=0.05)
    assert np.corrcoef(wave[:, -2], wave[:, -1])[0, 1] == pytest.approx(0.9, abs=0.03)


def test_equal_neighbours_are_set_apart_by_one_unit_and_zeros_stay():
    table = np.array([[5, 5, 5, 0, 0, 7]])
    _apart(table)

    assert table.tolist() == [[5, 6, 5, 0, 0, 7]]


def test_a_copy_of_last_year_is_set_apart_too():
    table = np.array([[9, *range(20, 31), 9]])
    _apart(table)

    assert table[0, 12] == 10


def test_plans_keep_the_named_cap_the_largest_and_add_up(settings):
    """Slow check of one made year: two named, one that would be too large, two small."""
    wanted = np.array([1.0, 1.0, 100.0, 2.0, 2.0])
    fixed = np.array([50_000.0, 30_000.0, np.nan, np.nan, np.nan])
    plans = _plans(settings, wanted, fixed, 600_000.0)

    assert plans[:2].tolist() == [50_000, 30_000]
    assert plans[2] == settings.largest_plan == 260_000
    assert plans[3] == plans[4] == 130_000
    assert plans.sum() == 600_000


def test_a_project_without_works_in_the_year_has_no_plan(settings):
    plans = _plans(settings, np.array([0.0, 1.0]), np.array([np.nan, np.nan]), 1000.0)

    assert plans.tolist() == [0, 1000]

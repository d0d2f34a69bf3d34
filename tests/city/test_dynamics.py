"""How the enterprises move: the planned path, seasons, the festival, and every planted event visible in the figures."""

from datetime import date

import numpy as np
import pytest

from yunxing.city.dynamics import festival_factor, move
from yunxing.city.events import FirmEvent, Plan
from yunxing.city.population import MONTHLY


@pytest.fixture(scope="module")
def quiet(city):
    """The same city without any event."""
    return move(city.settings, city.people, Plan((), (), ()), city.seed)


def growth(city, months, year):
    """Growth of a year on the comparable panel: a slow sum over months, enterprises on the list in each month."""
    start = (year - city.settings.origin) * 12
    current = base = 0
    for month in range(start, start + 12):
        here = city.people.on_list(month)
        current += int(months.output[here, month].sum())
        base += int(months.output[here, month - 12].sum())
    return current / base - 1


def planned(city, months, year):
    """The year's growth that the quarters of the path give, weighted with the base of their months."""
    start = (year - city.settings.origin) * 12
    base = [int(months.output[city.people.on_list(month), month - 12].sum()) for month in range(start, start + 12)]
    return sum(weight * city.settings.path[year][month // 3] for month, weight in enumerate(base)) / sum(base)


@pytest.mark.parametrize("year", [2018, 2019, 2020, 2021, 2022, 2023])
def test_without_events_the_city_grows_on_its_planned_path(city, quiet, year):
    """Within half a point: noise of the month and of the enterprises makes the rest."""
    assert growth(city, quiet, year) == pytest.approx(planned(city, quiet, year), abs=0.005)


@pytest.mark.parametrize("year", [2019, 2021, 2022])
def test_events_move_the_city_by_less_than_a_point_and_a_half(city, quiet, year):
    gap = growth(city, quiet, year) - growth(city, city.months, year)

    assert 0 <= gap < 0.015


def test_figures_do_not_depend_on_the_events_of_others(city, quiet):
    """A firm without event, outside every shrinking cell, has the same output with and without the plan."""
    touched = {event.firm for event in city.plan.firms}
    cells = {(cell.unit, cell.industry) for cell in city.plan.cells}
    free = [f for f in range(len(city.people)) if f not in touched and (city.people.unit[f], city.people.industry[f]) not in cells]

    assert len(free) > 300
    assert (city.months.output[free] == quiet.output[free]).all()


def test_a_stoppage_takes_output_and_power_and_counts_days(city, quiet):
    stoppages = city.plan.of("stoppage")
    assert len(stoppages) > 100
    for event in stoppages[:40]:
        months = slice(event.month, event.month + event.months)
        want = quiet.output[event.firm, months] * (1 - event.size)
        assert city.months.output[event.firm, months] == pytest.approx(want, rel=0.45, abs=20)
        assert (city.months.stop_days[event.firm, months] > 0).all()
        assert city.months.electricity[event.firm, months].sum() < 0.5 * quiet.electricity[event.firm, months].sum() + 5


def test_a_decline_grows_from_month_to_month_and_stays(city, quiet):
    cell = next(cell for cell in city.plan.cells if cell.planted)
    inside = (city.people.unit == cell.unit) & (city.people.industry == cell.industry) & city.people.on_list(cell.month)
    inside[[event.firm for event in city.plan.firms]] = False
    left = city.months.output[inside].sum(axis=0) / np.maximum(1, quiet.output[inside].sum(axis=0))

    kept = 1 - cell.size
    assert left[cell.month] == pytest.approx(kept, abs=0.02)
    assert left[cell.month + cell.months - 1] == pytest.approx(kept**cell.months, abs=0.03)
    assert left[cell.month + cell.months + 3] == pytest.approx(kept**cell.months, abs=0.03)


def test_a_stale_repeat_is_equal_to_all_digits(city):
    stale = city.plan.of("stale_repeat")
    assert len(stale) > 50
    for event in stale:
        for table in (city.months.output, city.months.electricity):
            assert table[event.firm, event.month] == table[event.firm, event.month - 1]


def test_nothing_repeats_but_what_was_planted(city):
    """Two equal figures by chance would be a false alarm of the data itself. A slow look at every enterprise and month."""
    planted = {(event.firm, event.month) for event in city.plan.of("stale_repeat")}
    for table in (city.months.output, city.months.electricity):
        same = (table[:, 1:] == table[:, :-1]) & (table[:, 1:] > 0)
        found = {(int(firm), int(month) + 1) for firm, month in zip(*same.nonzero(), strict=True)}
        assert found == planted


def test_the_festival_takes_from_the_months_it_falls_in(settings):
    factor = festival_factor(settings)
    january = (2020 - settings.origin) * 12

    assert date(2020, 1, 25) in settings.festival_days
    assert factor[january] < 0.9  # 25 January 2020
    assert factor[january + 1] < 0.9
    assert factor[january + 5] == 1.0


def test_a_late_festival_reaches_march(settings):
    assert festival_factor(settings)[(2018 - settings.origin) * 12 + 2] < 1  # 16 February 2018: its second week ends in March


def test_heat_is_made_in_winter(city):
    """Power and heat: January to February against June to July, per month."""
    firms = city.people.industry == city.settings.industry_at("44")
    start = (2021 - city.settings.origin) * 12
    winter = city.months.output[firms, start : start + 2].sum()
    summer = city.months.output[firms, start + 4 : start + 6].sum()

    assert winter > 1.2 * summer


def test_a_new_plant_has_no_figures_before_it_is_born(city):
    new = np.flatnonzero(city.people.route == MONTHLY)
    assert len(new) > 100
    for firm in new[:50]:
        born = max(0, int(city.people.born[firm]))
        assert city.months.output[firm, :born].sum() == 0
        assert city.months.output[firm, born + 10 : born + 13].sum() > 0 or born + 13 > city.settings.length


def test_amounts_that_cannot_be_negative_are_not(city):
    for table in (
        city.months.output,
        city.months.revenue,
        city.months.tax,
        city.months.electricity,
        city.months.shortage,
        city.months.stop_days,
    ):
        assert table.min() >= 0
        assert table.dtype == np.int64
    assert city.months.profit.min() < 0  # some lose money


def test_profit_to_revenue_is_that_of_the_industries(city):
    start = (2022 - city.settings.origin) * 12
    year = slice(start, start + 12)
    wanted = sum(industry.margin * industry.revenue for industry in city.settings.industries)

    assert city.months.profit[:, year].sum() / city.months.revenue[:, year].sum() == pytest.approx(wanted, abs=0.012)


def test_one_firm_in_twelve_restates_last_year(city):
    share = (city.months.restated != 1).mean()

    assert share == pytest.approx(city.settings.restated_share, abs=0.01)


def test_an_event_of_any_size_leaves_something_to_count(city):
    """A full stop of a single made event: output is zero, idle power is not."""
    firm = int(np.flatnonzero((city.people.giant == 0) & (city.people.entered < 0) & (city.people.left > 100))[0])
    stopped = move(city.settings, city.people, Plan((FirmEvent("stoppage", firm, 60, 2, 1.0),), (), ()), city.seed)

    assert stopped.output[firm, 60:62].tolist() == [0, 0]
    assert stopped.stop_days[firm, 60:62].tolist() == [30, 30]
    assert stopped.output[firm, 59] > 0

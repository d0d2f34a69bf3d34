"""The plan of events: rates, the planted story, one event a firm and year."""

import pytest

from yunxing.city.events import FIRM_KINDS, draw_plan


@pytest.mark.parametrize("kind", FIRM_KINDS)
def test_events_come_at_the_packs_yearly_rate(city, kind):
    years = city.settings.last.year - city.settings.first.year + 1
    planted = sum(one.kind == kind for one in city.settings.planted)

    assert len(city.plan.of(kind)) == city.settings.events[kind] * years + planted


def test_an_enterprise_has_at_most_one_event_a_year(city):
    """So that every alarm can be told apart."""
    seen = [(event.firm, event.month // 12) for event in city.plan.firms]

    assert len(seen) == len(set(seen))


def test_events_happen_to_enterprises_that_report_then(city):
    for event in city.plan.firms:
        assert city.people.on_list(event.month)[event.firm]
        assert event.month % 12 != 0  # no report in January


def test_everything_the_pack_plants_is_carried_out(city):
    for planted in city.settings.planted:
        month = city.settings.index(type(city.settings.first)(int(planted.month[:4]), int(planted.month[5:])))
        unit = city.settings.unit_at(planted.unit)
        at_firms = [e for e in city.plan.firms if e.planted and e.kind == planted.kind and e.month == month]
        cells = [c for c in city.plan.cells if c.planted and planted.kind == "decline" and c.month == month and c.unit == unit]
        places = [p for p in city.plan.places if p.planted and p.kind == planted.kind and p.month == month and p.unit == unit]
        assert len([e for e in at_firms if city.people.unit[e.firm] == unit]) + len(cells) + len(places) == 1, planted


def test_no_giant_stops(city):
    assert all(city.people.giant[event.firm] == 0 for event in city.plan.of("stoppage"))


def test_no_cell_declines_twice(city):
    cells = [(cell.unit, cell.industry) for cell in city.plan.cells]

    assert len(cells) == len(set(cells))


def test_a_small_town_has_events_in_proportion(settings, town):
    assert len(town.plan.of("late_report")) == settings.events["late_report"] * 9 * 90 // settings.firms
    assert {event.kind for event in town.plan.firms if event.planted} <= set(FIRM_KINDS)


def test_drawing_again_draws_the_same(city):
    assert draw_plan(city.settings, city.people, city.firms, city.seed) == city.plan
    assert draw_plan(city.settings, city.people, city.firms, city.seed + 1) != city.plan

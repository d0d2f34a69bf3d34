"""Key projects: lists, plans, S-curves, stalls."""

import itertools

import numpy as np
import pytest


def of_year(city, year):
    start = (year - city.settings.origin) * 12
    return slice(start, start + 12)


@pytest.mark.parametrize("year", range(2018, 2027))
def test_every_year_has_its_list_of_projects(city, year):
    assert len(city.works.listed(year)) == city.settings.projects


@pytest.mark.parametrize("year", range(2018, 2027))
def test_annual_plans_add_up_to_the_years_plan(city, year):
    wanted = next(one.planned for one in city.settings.project_years if one.year == year)

    assert int(city.works.plan[:, year - city.settings.origin].sum()) == pytest.approx(wanted, abs=200)  # 182 roundings of a 万元


@pytest.mark.parametrize("year", range(2018, 2027))
def test_the_year_carries_out_the_share_the_pack_plans(city, year):
    """Stalls take a little."""
    table = next(one for one in city.settings.project_years if one.year == year)
    done = int(city.works.invested[:, of_year(city, year)].sum()) / table.planned

    assert table.done - 0.03 <= done <= table.done + 0.001


def test_the_year_of_the_plan_misses_its_target(city):
    target = next(one for one in city.settings.targets if one.indicator == "project_investment")

    assert target.value == 4_180_000
    assert city.works.invested[:, of_year(city, 2022)].sum() < 0.95 * target.value


def test_only_listed_projects_that_are_no_preparation_get_money(city):
    for place, project in enumerate(city.works.projects):
        for year in range(city.settings.first.year, city.settings.last.year + 1):
            spent = int(city.works.invested[place, of_year(city, year)].sum())
            if year not in project.years or year in project.preparatory:
                assert spent == 0, project.id


def test_nothing_is_spent_before_the_start_or_after_the_finish(city):
    for place, project in enumerate(city.works.projects):
        spent = np.flatnonzero(city.works.invested[place])
        if len(spent):
            assert spent[0] >= max(0, project.start)
            assert spent[-1] < project.finish


def test_investment_stays_within_the_total(city):
    """A reviewer refuses more than 110 % of the total investment."""
    assert (city.works.invested.sum(axis=1) <= city.works.total).all()
    assert city.works.invested.min() >= 0


def test_progress_never_falls_and_ends_at_all(city):
    assert (np.diff(city.works.progress, axis=1) >= 0).all()
    done = city.works.invested.sum(axis=1) > 0
    assert (city.works.progress[done, -1] == 1000).all()


def test_works_follow_an_s_curve(city):
    """The middle third of a long project takes more than its first and more than its last."""
    thirds = np.zeros(3)
    for place, project in enumerate(city.works.projects):
        length = project.finish - project.start
        if project.named or length < 18 or project.finish > city.settings.length or len(project.years) < 2:
            continue
        cuts = [project.start + length * part // 3 for part in range(4)]
        thirds += [city.works.invested[place, max(0, a) : b].sum() for a, b in itertools.pairwise(cuts)]

    assert thirds[1] > thirds[0]
    assert thirds[1] > thirds[2]


def test_stages_only_move_forward(city):
    order = ["preparatory", "started", "under_construction", "completed", "commissioned"]
    for place, project in enumerate(city.works.projects[:200]):
        months = [m for year in project.years for m in range(of_year(city, year).start, of_year(city, year).stop)]
        ranks = [order.index(city.works.stage(place, month, city.settings.origin)) for month in months]
        assert ranks == sorted(ranks), project.id


def test_a_stalled_project_gets_nothing_while_it_stalls_and_something_before(city):
    assert len(city.works.stalls) > 30
    for stall in city.works.stalls:
        assert city.works.invested[stall.project, stall.first : stall.last + 1].sum() == 0
        assert city.works.invested[stall.project, stall.first - 1] > 0
        assert stall.last - stall.first + 1 >= 2


def test_the_planted_stall_is_where_the_pack_plants_it(city):
    planted = next(one for one in city.settings.planted if one.kind == "project_stall")
    stall = next(one for one in city.works.stalls if one.planted)

    assert city.settings.units[city.works.projects[stall.project].unit].code == planted.unit
    assert city.settings.month(stall.first).code == planted.month


def test_the_four_named_kinds_have_a_stand_in_that_is_no_real_enterprise(city):
    named = [project for project in city.works.projects if project.named]

    assert len(named) == len(city.settings.named) == 4
    for project in named:
        assert "合成" in project.name
        assert project.owner is not None
        assert "合成" in city.people.name[project.owner]


def test_a_list_is_in_part_carried_over(city):
    for year in range(2019, 2027):
        both = set(city.works.listed(year)) & set(city.works.listed(year - 1))
        assert 0.25 <= len(both) / city.settings.projects <= 0.5


def test_ids_and_names_are_not_given_twice(city):
    assert len({project.id for project in city.works.projects}) == len(city.works.projects)
    assert len({project.name for project in city.works.projects}) == len(city.works.projects)


def test_a_small_town_has_all_its_projects_too(town):
    """`--firms` scales enterprises only: the list of projects and its target are the plan's."""
    assert len(town.works.listed(2022)) == town.settings.projects

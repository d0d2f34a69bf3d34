"""The register: every party once, rosters with dates, nothing of the future."""

import json
import re
from datetime import date

import pytest

from yunxing.city.register import PARTY_COLUMNS, ROSTER_COLUMNS, register, size_class
from yunxing.engines.registry.parties import REASONS
from yunxing.values.period import Month

FIRST, LAST = Month(2020, 1), Month(2022, 9)


@pytest.fixture(scope="module")
def tables(city):
    return register(city, FIRST, LAST)


def rows(tables, name):
    columns, lines = tables[name]
    return [dict(zip(columns, line, strict=True)) for line in lines]


def on(tables, roster, day):
    return {
        row["party"]
        for row in rows(tables, "rosters")
        if row["roster"] == roster and row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
    }


def test_the_sheets_have_the_columns_of_the_registry(tables):
    assert list(tables) == ["enterprises", "projects", "sites", "further", "rosters"]
    assert all(tables[name][0] == PARTY_COLUMNS for name in ("enterprises", "projects", "sites", "further"))
    assert tables["rosters"][0] == ROSTER_COLUMNS


def test_every_party_stands_once_and_every_member_is_a_party(tables):
    parties = [row["id"] for name in ("enterprises", "projects", "sites", "further") for row in rows(tables, name)]

    assert len(parties) == len(set(parties))
    assert {row["party"] for row in rows(tables, "rosters")} <= set(parties)


def test_rosters_and_reasons_are_those_the_platform_knows(tables):
    assert {row["roster"] for row in rows(tables, "rosters")} == {
        "above_scale",
        "panel_100",
        "key_projects",
        "seed_bank",
        "coal_sites",
        "ports",
    }
    assert {row["reason"] for row in rows(tables, "rosters")} <= set(REASONS)


@pytest.mark.parametrize(("day", "firms"), [(date(2022, 9, 30), 2019)])
def test_the_list_on_the_reference_day_is_the_number_asked_for(tables, day, firms):
    assert len(on(tables, "above_scale", day)) == firms


def test_the_list_of_each_month_is_that_of_the_figures(city, tables):
    for month in (Month(2020, 2), Month(2021, 1), Month(2021, 7), Month(2022, 9)):
        figures = {city.people.usci[firm] for firm in city.people.on_list(city.settings.index(month)).nonzero()[0]}
        assert on(tables, "above_scale", month.end) == figures


def test_a_hundred_key_enterprises_with_every_industry(city, tables):
    panel = on(tables, "panel_100", date(2022, 9, 30))
    industries = {row["id"]: row["industry"] for row in rows(tables, "enterprises")}

    assert len(panel) == 100
    assert {industries[party] for party in panel} == {industry.code for industry in city.settings.industries}


def test_rosters_have_their_numbers(city, tables):
    assert len(on(tables, "key_projects", date(2022, 9, 30))) == 182
    assert len(on(tables, "coal_sites", date(2022, 9, 30))) == len(city.settings.coal_sites) == 12
    assert len(on(tables, "ports", date(2022, 9, 30))) == 2
    listed = [listing for listing in city.ladder.listings if listing.on < date(2022, 9, 30)]
    assert len(on(tables, "seed_bank", date(2022, 9, 30))) == city.settings.seed_bank - len(listed)


def test_nothing_after_the_last_month_is_told(tables):
    for row in rows(tables, "rosters"):
        assert row["valid_from"] <= date(2022, 10, 1)
        assert row["valid_to"] is None or row["valid_to"] <= LAST.end


def test_who_left_before_the_first_month_is_not_in_it(city, tables):
    gone = {city.people.usci[firm] for firm in range(len(city.people)) if city.people.left[firm] <= city.settings.index(FIRST)}

    assert gone
    assert not gone & {row["id"] for row in rows(tables, "enterprises")}


def test_projects_have_code_plan_and_total_in_fen(tables):
    for row in rows(tables, "projects"):
        attributes = json.loads(row["attributes"])
        assert re.fullmatch(r"\d{2}(0[1-9]|1[0-2])-\d{6}-\d{2}-\d{2}-\d{6}", attributes["project_code"])
        assert attributes["total_investment_fen"] % 1_000_000 == 0
        assert attributes["annual_plan_fen"] == list(attributes["annual_plans_fen"].values())[-1]
        assert attributes["planned_start"] < attributes["planned_finish"]
        assert attributes["synthetic"] is True


def test_the_plans_of_the_year_add_up_near_the_target(tables):
    listed = on(tables, "key_projects", date(2022, 9, 30))
    plans = [json.loads(row["attributes"])["annual_plan_fen"] for row in rows(tables, "projects") if row["id"] in listed]

    assert sum(plans) / 10**10 == pytest.approx(426, abs=0.05)  # 亿元, around the 418 of the plan


def test_a_preparatory_project_has_no_plan_for_the_year(tables):
    listed = on(tables, "key_projects", date(2022, 9, 30))
    found = [json.loads(row["attributes"]) for row in rows(tables, "projects") if row["id"] in listed]
    preparatory = [attributes for attributes in found if attributes["is_preparatory"]]

    assert 3 <= len(preparatory) <= 25
    assert all(attributes["annual_plan_fen"] == 0 for attributes in preparatory)


def test_every_party_is_marked_synthetic(tables):
    for name in ("enterprises", "projects", "sites"):
        for row in rows(tables, name):
            assert json.loads(row["attributes"])["synthetic"] is True
            assert "合成" in row["name"]


@pytest.mark.parametrize(
    ("staff", "fen", "size"), [(1000, 40000 * 10**6, "large"), (250, 90000 * 10**6, "small"), (19, 90000 * 10**6, "micro")]
)
def test_sizes_are_the_statistical_classes(staff, fen, size):
    assert size_class(staff, fen).value == size


def test_a_city_of_one_has_a_register(settings):
    from yunxing.city.make import make_city

    tables = register(make_city(settings, 1, 4), FIRST, LAST)

    assert len(rows(tables, "enterprises")) == 1
    assert on(tables, "panel_100", date(2022, 9, 30)) == on(tables, "above_scale", date(2022, 9, 30))

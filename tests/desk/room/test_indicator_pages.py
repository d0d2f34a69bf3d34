"""Indicator pages: filters, ranks, who pulls how much, each list adding up to the growth itself; nothing of a party to who may not see it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from desk.room.month_cast import MONTH, SPAN
from yunxing.desk.room import indicator_pages, indicator_tables
from yunxing.desk.room.indicator_pages import Asked, measures_of, moved, rows_of
from yunxing.engines.facts.takeaway import TEXT_LIMIT, said

pytestmark = pytest.mark.django_db


def page_of(month, member="command", name="output_growth", area=""):
    return indicator_pages.indicator_page(month.board, month.pack, month.scopes[member], name, area)


def test_the_list_has_every_indicator_with_figure_light_and_office(month):
    """In the order of the month's cards; each figure leads to its source; what is in the plan names its measures."""
    lines = rows_of(month.board, month.pack, Asked())

    assert [one["id"] for one in lines] == list(month.board.cards)
    growth = lines[0]
    assert (growth["figure"], growth["light"], growth["published"]) == ("-1.9%", "red", "")
    assert f"output_growth%2Fcity%2Fcity%2F{SPAN.replace('..', '..')}" in growth["source"]
    assert all(one["measures"] == measures_of(month.pack).get(one["id"], []) for one in lines)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (Asked(light="red"), lambda one: one["light"] == "red"),
        (Asked(words="投资"), lambda one: "投资" in one["title"]),
        (Asked(measure="1"), lambda one: 1 in one["measures"]),
        (Asked(office="IIT"), lambda one: True),
        (Asked(office="nobody"), lambda one: False),
        (Asked(words="<b>没有"), lambda one: False),
    ],
)
def test_the_filters_keep_exactly_what_they_say(month, asked, kept):
    """Against the whole list filtered by hand."""
    everything = rows_of(month.board, month.pack, Asked())

    assert [one["id"] for one in rows_of(month.board, month.pack, asked)] == [one["id"] for one in everything if kept(one)]


def test_ranks_of_the_units_and_how_they_moved(month):
    """By the unrounded figure, the highest first; the one without a figure has no rank."""
    lines = page_of(month)["units"]
    ranked = [one for one in lines if one["rank"]]

    assert [one["rank"] for one in ranked] == sorted(one["rank"] for one in ranked)
    assert [one["value"] for one in ranked] == sorted((one["value"] for one in ranked), reverse=True)
    assert moved(3, 1) == "↑2"
    assert moved(1, 4) == "↓3"
    assert moved(2, 2) == "→"
    assert moved(None, 2) == moved(2, None) == ""


def test_the_pull_of_counties_industries_and_enterprises_adds_up_to_the_growth(month):
    """785 against 800: −1.875 points, by county, by industry, and by name with the rest."""
    page = page_of(month)
    whole = Fraction(100 * (785 - 800), 800)

    assert sum(one["points"] for one in page["by_unit"]) == whole
    assert sum(one["points"] for one in page["by_industry"]) == whole
    assert sum(one["points"] for one in page["by_party"]) == whole
    assert page["points_total"] == "-1.88"
    assert next(one["title"] for one in page["by_party"]) == "企业E3"
    assert {one["title"]: one["count"] for one in page["by_industry"]}


def test_the_strongest_enterprises_are_named_and_the_rest_is_counted(month, monkeypatch):
    """Two shown, six counted; the sum of both is the growth."""
    monkeypatch.setattr(indicator_pages, "ENTERPRISES_SHOWN", 2)
    page = page_of(month)

    assert len(page["by_party"]) == 2
    assert "6" in page["party_note"]


@pytest.mark.parametrize(("member", "names"), [("command", 8), ("county", 4), ("analyst", 0), ("bureau", 0)])
def test_an_enterprise_is_named_only_to_who_may_see_it(month, member, names):
    """A county its own four; an analyst and an office none, and the number of all."""
    page = page_of(month, member)

    assert len(page["by_party"]) == names
    assert page["party_note"]
    if member == "county":
        assert {one["title"] for one in page["by_party"]} == {"企业E1", "企业E2", "企业E3", "企业E4"}


def test_the_pull_of_a_county_with_one_enterprise_is_confidential_and_cannot_be_subtracted(month):
    """Two of the list are hidden, so that total minus the others tells none of them."""
    hidden = [one for one in page_of(month, "county")["by_unit"] if one["points"] is None]

    assert len(hidden) >= 2
    assert all(one["text"] == "保密" for one in hidden)
    assert all(one["points"] is not None for one in page_of(month)["by_unit"])


def test_an_area_shows_its_own_series_and_a_confidential_one_nothing(month):
    """The chosen county's periods; of a county of one enterprise neither chart nor table."""
    own = page_of(month, "county", area=month.units[0])
    secret = page_of(month, "county", area=month.units[2])

    assert own["area"] != ""
    assert secret["series"] == []
    assert secret["trend"].rows == []


def test_an_indicator_that_the_month_does_not_have_is_none(month):
    """The view answers 404."""
    assert page_of(month, name="nothing") is None


def test_a_sum_has_no_pull_and_still_a_page(month):
    """An indicator without contributions shows its series, target and clause."""
    page = page_of(month, name="project_investment")

    assert (page["by_unit"], page["by_party"], page["party_note"]) == ([], [], "")
    assert page["series"]
    assert page["reason"].startswith("目标")


def test_what_leaves_is_what_was_seen(month):
    """As many rows as filtered; the page's workbook has city, units, industries and the named enterprises; the text fits a chat."""
    lines = rows_of(month.board, month.pack, Asked(light="red"))
    listed = indicator_tables.list_table(month.board, lines, Asked(light="red"))
    one = indicator_tables.indicator_table(month.board, page_of(month))
    hidden = indicator_tables.indicator_table(month.board, page_of(month, "analyst"))

    assert len(listed.rows) == len(lines)
    assert listed.filters == [("灯", "red")]
    assert [row[0] for row in one.rows].count("企业") == 8
    assert one.level == 3
    assert (hidden.level, [row[0] for row in hidden.rows].count("企业")) == (2, 0)
    assert "保密" in str(indicator_tables.indicator_table(month.board, page_of(month, "county")).rows)
    for table in (listed, one, hidden):
        assert len(said(table)) <= TEXT_LIMIT
    assert {value for _label, value in one.series if value is not None}


def test_the_list_page_in_a_month_without_completeness(month):
    """The state line says how complete the month is."""
    assert indicator_pages.completeness(month.board).endswith("%")
    assert indicator_pages.completeness(month.board, "nowhere") == ""
    assert MONTH in indicator_pages.indicator_href(month.board, "output_growth")

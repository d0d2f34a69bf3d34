"""What stands beside a headline: both paces of a target, the two-year average, the links and parts of an index; nothing where the month has nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from yunxing.desk.room import pace
from yunxing.desk.room.board import Card
from yunxing.desk.room.figures import printed
from yunxing.engines.indicators.rows import figure
from yunxing.values.period import Month

OVER = "2022-01..09"


class Board:
    """A closed month as far as these lines read it."""

    def __init__(self, *rows):
        self.month, self.parties = Month(2022, 9), {}
        self.rows = {(row.indicator, row.scope_kind, row.scope, row.period, row.stat): row for row in rows}

    def shown(self, row):
        return printed(row.value, row.unit)


def city(stat, num, unit, *, den=1, period=OVER, indicator="entries", **rest):
    return figure(indicator, ("city", "city"), period, stat, num, den, unit, **rest)


def lines(*rows, statistic="distinct_in_year"):
    board = Board(*rows)
    card = Card({"id": rows[0].indicator, "statistic": statistic, "name": "x"})
    return {one["name"]: one for one in pace.lines(board, card, rows[0])}


def test_both_paces_stand_beside_a_target_with_the_year_at_that_pace():
    """54 of 200: 48 points behind the calendar, 1.5 ahead of what past years had done by September."""
    found = lines(
        city("cumulative", 54, "firms"),
        city("time_schedule", 900, "%", den=12),
        city("gap", -48, "points"),
        city("forecast", 72, "firms"),
        city("seasonal_schedule", 51, "%", den=2, basis="years@2021,2020"),
        city("seasonal_gap", 3, "points", den=2),
        city("seasonal_forecast", 211, "firms"),
    )

    assert found["时序进度"]["text"] == "75.0%，慢 48.0 个百分点；照此全年 72 家"
    assert found["按往年进度"]["text"] == "25.5%，快 1.5 个百分点；照此全年 211 家"
    assert found["按往年进度"]["note"] == "由2021、2020年学得"
    assert found["时序进度"]["note"] == ""
    assert "gap" in found["按往年进度"]["source"]


def test_a_month_without_past_years_tells_the_linear_pace_alone():
    found = lines(city("cumulative", 54, "firms"), city("time_schedule", 75, "%"), city("gap", -48, "points"))

    assert list(found) == ["时序进度"]
    assert "照此全年" not in found["时序进度"]["text"]


def test_two_years_growth_is_averaged_geometrically_beside_it():
    rows = (city("cumulative_yoy", 21, "%"), city("cumulative_yoy", 0, "%", period="2021-01..09"))
    found = lines(*rows, statistic="comparable_growth")

    assert found["两年平均"]["text"] == "10.0%"
    assert found["两年平均"]["note"] == "上年同期 0.0%"


@pytest.mark.parametrize(
    "rows", [(city("cumulative_yoy", 21, "%"),), (city("share", 21, "%"), city("share", 5, "%", period="2021-01..09"))]
)
def test_no_average_without_last_years_growth_or_of_what_is_no_growth(rows):
    assert "两年平均" not in lines(*rows, statistic="comparable_growth")


def test_an_index_tells_its_link_and_what_is_left_without_the_price():
    found = lines(
        city("index", 1079, "index", den=10),
        city("link", 1079, "index", den=10),
        city("real_link", 1034, "index", den=10),
        statistic="weighted_index",
    )

    assert {name: one["text"] for name, one in found.items()} == {"上年同期=100": "107.9", "扣除价格因素，上年同期=100": "103.4"}


def test_the_parts_of_an_index_stand_by_what_they_add_and_others_have_none(month):
    rows = [city("index", 95, "index", indicator="output_index")]
    for code, weight, relative, points in (("17", 25, 50, Fraction(-25, 2)), ("32", 75, 110, Fraction(15, 2))):
        for stat, value, unit in (
            ("weight", Fraction(weight), "%"),
            ("relative", Fraction(relative), "index"),
            ("points", points, "points"),
        ):
            rows.append(figure("output_index", ("industry", code), OVER, stat, value.numerator, value.denominator, unit))
    board = Board(*rows)
    parts = pace.index_parts(
        board, month.pack, Card({"id": "output_index", "statistic": "weighted_index", "name": "x"}), rows[0], month.scopes["command"]
    )

    assert [(one["weight"], one["relative"], one["points"]) for one in parts] == [("75.0%", "110.0", "7.50"), ("25.0%", "50.0", "-12.50")]
    assert (
        pace.index_parts(
            board, month.pack, Card({"id": "output_index", "statistic": "formula", "name": "x"}), rows[0], month.scopes["command"]
        )
        == []
    )


def test_nothing_stands_beside_a_figure_that_is_not_there():
    board = Board(city("time_schedule", 75, "%"))
    assert pace.lines(board, Card({"id": "entries", "statistic": "distinct_in_year", "name": "x"}), None) == []


@pytest.mark.parametrize(
    ("secret", "who", "hidden"),
    [({"17"}, "analyst", {"17", "32"}), ({"17", "32"}, "analyst", {"17", "32"}), (set(), "analyst", set()), ({"17"}, "command", set()), ({"17"}, "county", {"17", "32"})],
)  # fmt: skip
def test_an_industry_of_few_firms_shows_its_weight_alone(month, monkeypatch, secret, who, hidden):
    """Where one is kept back the lightest other is too, since the points add up to the link; a county's own scope opens no other county's firms."""
    weights = {"17": 20, "32": 30, "26": 50}
    rows = [city("index", 95, "index", indicator="output_index")]
    for code, weight in weights.items():
        for stat, value, unit in (("weight", weight, "%"), ("relative", 90, "index"), ("points", -weight, "points")):
            rows.append(figure("output_index", ("industry", code), OVER, stat, value, 1, unit))
    board = Board(*rows)
    monkeypatch.setattr(board, "is_confidential_industry", lambda _card, industry, _scope: industry in secret, raising=False)
    card = Card({"id": "output_index", "statistic": "weighted_index", "name": "x", "roster": "above_scale"})
    parts = pace.index_parts(board, month.pack, card, rows[0], month.scopes[who])
    shown = {one["weight"] for one in parts if one["points"] == "保密"}

    assert shown == {f"{weights[code]}.0%" for code in hidden}
    assert all((one["relative"], one["source"]) == ("保密", "") for one in parts if one["points"] == "保密")
    assert len(parts) == 3

"""The board of one closed month: rows by name, ranks, shades, lights, and what is confidential."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.room.month_cast import MONTH, SPAN, total_growth
from yunxing.desk.room.board import ranks, shades, worst

numbers = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.none() | st.fractions(-100, 100, max_denominator=9), max_size=12)


@given(numbers)
def test_ranks_count_who_is_strictly_better(values):
    """A place is one more than the number of larger values; so ties share the better place and who has no value has none."""
    for name, rank in ranks(values).items():
        own = values[name]
        if own is None:
            assert rank is None
        else:
            assert rank == 1 + sum(other is not None and other > own for other in values.values())


def test_two_equal_values_share_the_second_place():
    """1, 2, 2, 4."""
    values = {"a": Fraction(9), "b": Fraction(7), "c": Fraction(7), "d": Fraction(1), "e": None}

    assert ranks(values) == {"a": 1, "b": 2, "c": 2, "d": 4, "e": None}


@given(numbers)
def test_shades_never_part_equal_values_and_never_turn_the_order(values):
    """A larger value is never in a lower class; equal values are in one; 0 is for those without a value alone."""
    shade = shades(values)
    known = {name: value for name, value in values.items() if value is not None}
    for one, own in known.items():
        assert 1 <= shade[one] <= 4
        for two, other in known.items():
            if own == other:
                assert shade[one] == shade[two]
            if own > other:
                assert shade[one] <= shade[two]
    assert all(shade[name] == 0 for name in values.keys() - known.keys())


def test_ten_different_values_fill_all_four_classes():
    """The map is not one colour."""
    assert set(shades({str(n): Fraction(n) for n in range(10)}).values()) == {1, 2, 3, 4}


def test_the_headline_is_the_newest_row_of_the_cards_statistic(month):
    """Of the city's growth rows the one of January to September, exactly as stored."""
    row = month.board.headline("output_growth")

    assert row.period == SPAN
    assert row.value == total_growth()
    assert [one.period for one in month.board.series("output_growth")] == ["2022-01..06", "2022-01..07", "2022-01..08", SPAN]
    assert month.board.headline("project_investment").stat == "cumulative"
    assert month.board.headline("stop_days") is None  # its rows are about parties


def test_a_unit_without_a_row_is_not_a_unit_with_zero(month):
    """Seven units report nothing: they are absent from the map's values."""
    assert set(month.board.units("output_growth")) == set(month.units[:3])
    assert month.board.shown(None).text == "未报"


@pytest.mark.parametrize(
    "key",
    [
        "output_growth",
        "output_growth/city/city",
        "output_growth/city/city/2022-01..09/none",
        "a/b/c/d/e/f",
        "",
        f"stop_days/party/E9/{MONTH}/value",
    ],
)
def test_a_key_that_names_no_row_finds_none(month, key):
    """A guessed or broken address is no error."""
    assert month.board.row(key) is None


def test_a_key_finds_rows_of_every_kind_of_scope(month):
    """City, unit, cell and party rows are found by their names, and the name found is the name asked."""
    keys = [
        f"output_growth/city/city/{SPAN}/cumulative_yoy",
        f"output_growth/cell/{month.units[0]}.26/{MONTH}/yoy",
        f"stop_days/party/E1/{MONTH}/value",
    ]

    assert [month.board.row(key).id for key in keys] == keys


@pytest.mark.parametrize(
    ("kind", "scope", "place"),
    [("unit", 0, 0), ("cell", 0, 0), ("party", "E5", 1), ("party", "E9", None), ("city", "city", None), ("industry", "26", None)],
)
def test_whose_a_figure_is(month, kind, scope, place):
    """The reporting unit of a unit, of a cell, of a party; none of the city, an industry or a stranger."""
    name = {("unit", 0): month.units[0], ("cell", 0): f"{month.units[0]}.26"}.get((kind, scope), scope)

    assert month.board.unit_of(kind, name) == ("" if place is None else month.units[place])


def test_a_unit_of_one_enterprise_is_confidential_to_others_only(month):
    """Fewer than three enterprises: command staff sees it, another county and an analyst do not; counts of reports tell nothing and stay open."""
    growth, complete = month.board.cards["output_growth"], month.board.cards["completeness"]
    alone, three, four = month.units[2], month.units[1], month.units[0]

    for member, hidden in {"command": False, "analyst": True, "county": True, "bureau": True}.items():
        assert month.board.is_confidential(growth, alone, month.scopes[member]) is hidden, member
        assert not month.board.is_confidential(complete, alone, month.scopes[member])
        assert not month.board.is_confidential(growth, three, month.scopes[member])
    # the city's total less the others would tell the lone one: a second unit stays back with it
    assert [month.board.is_confidential(growth, four, month.scopes[member]) for member in ("command", "analyst", "bureau")] == [
        False,
        True,
        True,
    ]


def test_lights_follow_target_or_alarm(month):
    """Investment 71 % at three quarters of the year is amber; a falling growth and 7.2 days of coal stand on the two sides of their alarms."""
    assert month.board.light("project_investment") == "amber"
    assert month.board.light("output_growth") == "red"
    assert month.board.light("coal_days") == "green"
    assert month.board.light("completeness") == "red"
    assert month.board.light("stop_days") == "none"


@given(st.lists(st.sampled_from(["none", "green", "amber", "red"])))
def test_the_worst_light_is_one_of_them_and_none_is_worse(lights):
    """Red before amber before green before none; of nothing, none."""
    order = ["none", "green", "amber", "red"]

    assert worst(lights) == order[max((order.index(one) for one in lights), default=0)]

"""A chart is never the only bearer of a figure: option, sentence and table come from one list of points."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.desk.room.charts import SPARK_HEIGHT, SPARK_WIDTH, Point, spark, trend

series = st.lists(st.none() | st.fractions(-(10**6), 10**6, max_denominator=100), max_size=20)


def points_of(values):
    return [Point(f"p{n}", value, "未报") for n, value in enumerate(values)]


def moves(path: str) -> list[tuple[str, float, float]]:
    return [(command, float(x), float(y)) for command, x, y in re.findall(r"([ML])(-?[\d.]+) (-?[\d.]+)", path)]


@given(series)
def test_a_spark_has_a_step_for_every_known_point_and_stays_in_its_box(values):
    """Known points in order from left to right, inside the box; a line only between neighbours that are both known."""
    known = [n for n, value in enumerate(values) if value is not None]
    steps = moves(spark(points_of(values)))
    if len(known) < 2:
        assert steps == []
        return
    assert len(steps) == len(known)
    for (command, x, y), at in zip(steps, known, strict=True):
        assert 0 <= x <= SPARK_WIDTH
        assert 0 <= y <= SPARK_HEIGHT
        assert abs(x - SPARK_WIDTH * at / (len(values) - 1)) < 0.06
        assert command == ("L" if at - 1 in known else "M")


@given(series)
def test_a_higher_value_is_never_drawn_lower(values):
    """Up is up: the order of the heights is the order of the values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return
    heights = [y for _command, _x, y in moves(spark(points_of(values)))]
    for one, y in zip(known, heights, strict=True):
        for two, z in zip(known, heights, strict=True):
            if one > two:
                assert y <= z


def test_a_flat_series_is_a_line_and_not_a_division_by_zero():
    """All values equal."""
    assert len(moves(spark(points_of([Fraction(5)] * 4)))) == 4


@given(series)
def test_table_and_chart_hold_the_same_numbers(values):
    """Row by row: the label, the drawn number to six decimals, and the word of absence where nothing is drawn."""
    made = trend(points_of(values), unit="%", places=2, sentence="一句话")
    drawn = made.option["series"][0]["data"]

    assert [label for label, _ in made.rows] == made.option["xAxis"]["data"]
    assert made.sentence == "一句话"
    for (_label, text), number, value in zip(made.rows, drawn, values, strict=True):
        if value is None:
            assert (text, number) == ("未报", None)
        else:
            assert number == pytest.approx(float(value), abs=1e-6)
            assert float(text.replace(",", "")) == pytest.approx(number, abs=0.005001)


def test_the_target_is_a_dotted_line_with_its_value_in_words():
    """Screens 5.1: amber, dotted; and the option never asks for HTML tooltips or motion."""
    made = trend(points_of([Fraction(1), Fraction(2)]), unit="亿元", places=0, sentence="", target=Fraction(418), target_word="目标")
    line = made.option["series"][0]["markLine"]

    assert line["data"] == [{"yAxis": 418.0}]
    assert line["lineStyle"]["type"] == "dotted"
    assert line["label"]["formatter"] == "目标 418"
    assert made.option["tooltip"]["renderMode"] == "richText"
    assert made.option["animation"] is False
    assert "markLine" not in trend(points_of([Fraction(1)]), unit="", places=0, sentence="").option["series"][0]

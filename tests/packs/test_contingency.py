"""`contingency/*.toml`: what is read, and a fault planted wherever one can stand."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.packs.contingency import days, grams, load_contingency, percent
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput

PLAN = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
POLLUTION, POWER, COAL = "contingency/pollution.toml", "contingency/power.toml", "contingency/coal.toml"


@pytest.fixture
def copy(tmp_path):
    """A copy of the section that a test may damage."""
    shutil.copytree(PLAN / "contingency", tmp_path / "contingency")
    return tmp_path


def test_the_section_of_the_first_plan_is_read_whole():
    """Six entries that the measures name, levels with their shares, one version of the criteria a day."""
    found = load_contingency(PLAN)

    assert sorted(found.entries) == [
        "coal_arrivals",
        "pollution_by_grade",
        "pollution_least_loss",
        "pollution_orders",
        "power_drill",
        "power_plans",
    ]
    assert [one.least for one in found.power.levels()] == [Fraction(20, 100), Fraction(10, 100), Fraction(5, 100), Fraction(0)]
    assert [found.criteria_on(day).id for day in (date(2022, 5, 27), date(2022, 11, 30), date(2022, 12, 1))] == ["n2019", "n2019", "sd2022"]
    assert found.criteria_on(date(2018, 1, 1)) is None
    assert found.power.season[0].spans()[0] == (10, 13)


def test_numbers_with_units_are_whole():
    assert (days("7 天"), grams("3500 吨"), grams("0.02 千克"), grams("5 克"), percent("35%")) == (7, 3_500_000_000, 20, 5, 35)
    for read, text in ((days, "7 吨"), (grams, "3500"), (grams, "0.0001 克"), (percent, "0.5%")):
        with pytest.raises(BadInput, match="expected"):
            read(text)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (POLLUTION, 'share = "30%"', 'share = "5%"', "shares that fall"),
        (POLLUTION, 'fair_on = "nox"', 'fair_on = "pm"', "one of the pollutants"),
        (POLLUTION, 'red = ["0%", "20%", "30%", "50%"]', "red = []", "a level without cuts"),
        (POLLUTION, 'red = ["0%", "20%", "30%", "50%"]', 'red = ["0%", "20%"]', "do not fall as the level rises"),
        (POLLUTION, 'free_grades = ["a", "lead"]', 'free_grades = ["a", "b"]', "both free and cut"),
        (POLLUTION, '{ days = [500], level = "red" }', '{ days = [499], level = "red" }', "as its example says"),
        (POLLUTION, '{ level = "red", peak = 500 }', '{ level = "violet", peak = 500 }', "'violet'"),
        (POLLUTION, "in_force_until = 2022-11-30", "in_force_until = 2022-12-05", "in force on the same day"),
        (POLLUTION, 'id = "orange"', 'id = "amber"', "yellow, orange, red"),
        (POWER, 'least = "5%"', 'least = "15%"', "bounds falling"),
        (POWER, "98, 100, 97", "98, 99, 97", "100 % in the peak hour"),
        (POWER, '"10:00-13:00"', '"13:00-10:00"', "ends before it begins"),
        (POWER, 'safety = "60%"', 'safety = "95%"', "more to give up"),
        (POWER, 'industry = "*"', 'industry = "99"', 'industry = "*"'),
        (COAL, 'committed = "3 天"', 'committed = "30 天"', "committed ≤ whole"),
        (COAL, 'travel = "4 天"', 'travel = "70 天"', "less than the horizon"),
        (COAL, 'lot = "3500 吨"', 'lot = "3500"', "a number with its unit"),
        (COAL, 'id = "coal_arrivals"', 'id = "power_plans"', "stands twice"),
        (COAL, "rail = 60", "rails = 60", "did you mean 'rail'"),
    ],
)
def test_what_the_section_may_not_be(copy, file, old, new, said):
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(PackFault) as caught:
        load_contingency(copy)

    assert said in str(caught.value)
    assert "contingency" in str(caught.value)

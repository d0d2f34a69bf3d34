"""Forms and their units: which columns a month has, what a unit is worth, what cannot be converted."""

from __future__ import annotations

import pytest

from facts_cast import FORMS
from yunxing.engines.facts.form import NUMERIC
from yunxing.engines.facts.units import convertible, unit_of


def test_january_and_february_together_have_the_cumulative_columns_only():
    form = FORMS["enterprise_month"]
    later = [column.key for column in form.columns()]
    first = [column.key for column in form.columns(first_of_year=True)]

    assert "output/value/month" in later
    assert "output/value/month" not in first
    assert "electricity/value/month" in first
    assert [key for key in later if key in first] == first


def test_last_years_figure_stands_beside_each_kind_it_restates():
    keys = [column.key for column in FORMS["enterprise_month"].columns()]

    assert keys[:4] == [
        "output/value/month",
        "output/last_year_restated/month",
        "output/value/cumulative",
        "output/last_year_restated/cumulative",
    ]
    assert not any(key.startswith("tax/last") for key in keys)


def test_an_item_is_found_by_its_id():
    assert FORMS["coal_day"].item("closing").title == "期末库存"
    with pytest.raises(KeyError):
        FORMS["coal_day"].item("nothing")


@pytest.mark.parametrize(
    ("name", "stored", "per"),
    [
        ("元", "fen", 100),
        ("万元", "fen", 10**6),
        ("亿元", "fen", 10**10),
        ("吨", "kg", 1000),
        ("万吨", "kg", 10**7),
        ("万千瓦时", "kWh", 10**4),
        ("度", "kWh", 1),
        ("%", "0.01%", 100),
        ("人", "1", 1),
        ("万人", "1", 10**4),
        ("千卡/千克", "1", 1),
        ("公布单位", "0.0001", 10**4),
    ],
)
def test_units_are_worth_whole_stored_units(name, stored, per):
    unit = unit_of(name)

    assert unit is not None
    assert (unit.stored, unit.per) == (stored, per)


@pytest.mark.parametrize(
    ("printed", "declared"), [("吨", "万元"), ("人", "户"), ("克", "吨"), ("美元", "万元"), ("", "万元"), ("无此单位", "万元")]
)
def test_unlike_units_are_never_converted(printed, declared):
    assert convertible(printed, declared) is None


@pytest.mark.parametrize("form", FORMS.values(), ids=str)
def test_every_item_carries_its_marks(form):
    """Level, origin, personal, retention, source and an example; the legal heading says that it is a sample."""
    assert form.legal.code
    assert "示例" in form.legal.approval
    for item in form.items:
        assert 1 <= item.level <= 4
        assert item.retain
        assert item.source
        assert item.examples
        assert item.numeric is (item.type in NUMERIC)

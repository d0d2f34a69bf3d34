"""The hand of each unit: different to look at, the same to read."""

import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest

from yunxing.city.habits import style, untidy
from yunxing.city.parcels import parcels
from yunxing.city.reports import rows
from yunxing.engines.facts.layout import build_book, form_period
from yunxing.values.period import Month
from yunxing.values.quantity import parse_number

MONTH = Month(2022, 5)


@pytest.fixture(scope="module")
def sent(city, forms):
    return [(p, rows(city, forms[p.form], p)) for p in parcels(city, MONTH, MONTH) if p.form == "enterprise_month" and not p.number]


def test_units_do_not_fill_in_alike(city, forms, sent):
    looks = [style(city, forms[p.form], p, typed) for p, typed in sent]

    assert len({(look.merged_head, look.order, tuple(look.units), look.extra, look.foot, look.keys) for look in looks}) >= 7
    assert {look.merged_head for look in looks} == {True, False}
    assert {look.keys for look in looks} == {True, False}
    assert all(look.synthetic for look in looks)


def test_no_column_stands_twice(city, forms, sent):
    for parcel, typed in sent:
        order = style(city, forms[parcel.form], parcel, typed).order
        assert len(order) == len(set(order))


def test_handwriting_changes_no_value(city, forms, sent):
    """Every number in text is the number it was, once unit, marks and widths are taken off."""
    written = 0
    for parcel, typed in sent:
        for before, after in zip(typed, untidy(city, forms[parcel.form], parcel, typed), strict=True):
            assert after.party.strip() == before.party
            assert after.name.strip() == before.name
            for key, value in before.values.items():
                seen = after.values[key]
                if isinstance(value, Decimal) and isinstance(seen, str):
                    bare = unicodedata.normalize("NFKC", seen).strip().removesuffix("万元").removesuffix("万千瓦时")
                    assert parse_number(bare) == value
                    written += 1
                else:
                    assert seen == value
    assert written > 500


@pytest.mark.parametrize("mark", [",", "１", "万元", " "])
def test_every_habit_is_somewhere(city, forms, sent, mark):
    text = [
        value
        for parcel, typed in sent
        for row in untidy(city, forms[parcel.form], parcel, typed)
        for value in row.values.values()
        if isinstance(value, str)
    ]

    assert any(mark in value for value in text)


def test_a_total_row_is_the_sum_of_what_stands_above_it(city, forms, sent):
    totalled = [(style(city, forms[p.form], p, typed).total, typed) for p, typed in sent if p.unit % 5 == 0]
    assert totalled
    for total, typed in totalled:
        good = [row.values["output/value/cumulative"] for row in typed if not isinstance(row.values["output/value/cumulative"], str)]
        assert total["output/value/cumulative"] == sum(good)


def test_the_label_stands_on_every_sheet_with_rows(city, forms):
    for parcel in parcels(city, MONTH, MONTH):
        form = forms[parcel.form]
        typed = rows(city, form, parcel)
        unit = city.settings.units[parcel.unit]
        book = build_book(form, form_period(form, 2022, 5), (unit.code, unit.name), typed, style(city, form, parcel, typed))
        assert "合成数据" in str(book.sheets[0].rows[0][0])
        assert any("synthetic data" in str(cell) for line in book.sheets[0].rows[:6] for cell in line)


def test_the_hand_of_a_workbook_does_not_depend_on_others(city, forms, sent):
    parcel, typed = sent[1]

    assert untidy(city, forms[parcel.form], parcel, typed) == untidy(city, forms[parcel.form], parcel, typed)
    assert untidy(city, forms[parcel.form], replace(parcel, number=1), typed) != untidy(city, forms[parcel.form], parcel, typed)

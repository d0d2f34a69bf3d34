"""Limits by what the registry holds: equal and the tolerance pass, above asks for a cause, who is not registered with such a number is not asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts_cast import FORMS, NOW, PACK, PARTIES, built, laid
from yunxing.engines.facts.accept import accept
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.reading import read_rows
from yunxing.engines.facts.relations import _whole
from yunxing.engines.facts.table import empty
from yunxing.packs.forms import load_form
from yunxing.packs.strict import PackFault

SITE = "COAL-01"


def day(cause: str = "", **tonnes: object) -> Row:
    stock = {"opening": 100, "receipts": 0, "use": 10, "loss": 0, "closing": 90} | tonnes
    cells: dict[str, Any] = {f"{name}/value/day": value for name, value in stock.items()}
    return Row(SITE, "厂", cells, day=date(2022, 9, 6), cause=cause)


def asked(row: Row, **attributes: object) -> list[tuple[str, str]]:
    """(item's title, expected) of every question about a limit by the registry."""
    parties = {**PARTIES, SITE: replace(PARTIES[SITE], attributes=attributes)}
    reading = read_rows(laid(built("coal_day", [row])), parties, submission="sha256:1", known_at=NOW)
    accept([reading], look_back(empty()))
    return [(one.title, one.expected[0]) for one in reading.problems if one.rule == "within_registry"]


def test_a_stock_above_the_yard_asks_for_a_cause_and_names_what_is_registered():
    assert [expected for _title, expected in asked(day(opening=200, closing=190), yard_max_t=150)] == ["不大于登记的 150 吨"] * 2


@pytest.mark.parametrize(("closing", "questions"), [("100", 0), ("105", 0), ("105.1", 1), ("106", 1)])
def test_equal_and_the_tolerance_of_five_percent_pass(closing, questions):
    row = day(opening=90, receipts=Decimal(closing) - 90, use=0, closing=Decimal(closing))

    assert len(asked(row, yard_max_t=100)) == questions


def test_a_written_cause_answers_it():
    over = {"opening": 200, "closing": 190}
    assert len(asked(day(**over), yard_max_t=150)) == 2
    assert asked(day("部分堆存在港口外场", **over), yard_max_t=150) == []


@pytest.mark.parametrize("held", [{}, {"yard_max_t": None}, {"yard_max_t": ""}, {"yard_max_t": "很大"}])
def test_who_has_no_such_number_registered_is_not_asked(held):
    assert asked(day(opening=99999, closing=99989), **held) == []


def test_use_is_held_against_the_design_with_its_own_tolerance():
    assert asked(day(opening=100, use=11, closing=89), design_daily_t=10) == []
    assert len(asked(day(opening=100, use=12, closing=88), design_daily_t=10)) == 1


def test_a_registry_value_is_read_as_a_whole_number_or_not_at_all():
    assert [_whole(one) for one in (5, "5", "", None, "5.5", "x", True)] == [5, 5, None, None, None, None, None]


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 400), st.integers(1, 300))
def test_the_columns_equal_the_plain_rule(closing, yard):
    """In kilograms: above the yard, and by more than a twentieth of it."""
    row = day(opening=0, receipts=closing, use=0, closing=closing)
    over = closing > yard and 100 * (closing - yard) > 5 * yard

    assert len(asked(row, yard_max_t=yard)) == over


def test_the_check_needs_its_column_and_no_other_check_has_one(tmp_path):
    text = (PACK / "forms" / "coal_day.toml").read_text(encoding="utf-8")
    for broken, said in (
        (text.replace('registry = "yard_max_t"\n', ""), "registry ''"),
        (text.replace('kind = "carry"', 'kind = "carry"\nregistry = "yard_max_t"'), "registry 'yard_max_t'"),
    ):
        file = tmp_path / "coal_day.toml"
        file.write_text(broken, encoding="utf-8")
        with pytest.raises(PackFault, match=said):
            load_form(file)


def test_the_forms_of_the_plan_use_it():
    found = {(form.id, check.registry) for form in FORMS.values() for check in form.checks if check.kind == "within_registry"}
    assert {("coal_day", "yard_max_t"), ("coal_day", "design_daily_t"), ("project_month", "total_investment_fen")} <= found
    assert isinstance(empty(), pl.DataFrame)

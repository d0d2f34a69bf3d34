"""Words of a source become values of a column, or nothing; never a guess."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engines.entitlements.small import sheet
from yunxing.engines.entitlements.feeds import Told, meaning, typed, value_of
from yunxing.values.errors import BadInput

YES_NO = (Told(("13..43",), "yes"), Told((), "no"))


@pytest.mark.parametrize(
    ("words", "gives"), [("13", "yes"), ("4399", "yes"), ("12", "no"), ("44", "no"), ("C13", "no"), ("1", "no"), ("", "no")]
)
def test_a_span_of_divisions_holds_both_its_ends(words: str, gives: str) -> None:
    assert meaning(YES_NO, words) == gives


def test_the_first_line_that_fits_decides_and_none_is_unknown() -> None:
    lines = [Told(("92*",), "yes"), Told(("9*",), "no")]
    assert [meaning(lines, one) for one in ("9212", "9112", "5211", "9")] == ["yes", "no", None, "no"]


@pytest.mark.parametrize(
    ("column", "found", "value"),
    [
        ("money", 1800, 1800), ("money", "18 万元", 18_000_000), ("start", date(2022, 4, 2), date(2022, 4, 2)), ("start", "2022-04-02", date(2022, 4, 2)),
        ("flag", True, True), ("flag", "否", False), ("board", "b", "b"), ("count", 5, 5), ("hs", "8471", "8471"), ("money", None, None), ("money", "", None),
        ("money", 0, 0), ("flag", False, False),
    ],
)  # fmt: skip
def test_what_was_found_has_the_columns_type_and_nothing_is_not_zero(column: str, found: Any, value: Any) -> None:
    assert value_of(sheet().columns[column], (), found) == value
    assert type(value_of(sheet().columns[column], (), found)) is type(value)


def test_means_may_give_a_value_the_words_themselves_or_nothing() -> None:
    columns = sheet().columns
    raised = (Told(("0",), "unknown"), Told((), "as found"))
    assert value_of(columns["money"], raised, 0) is None
    assert value_of(columns["money"], raised, 7) == 7
    assert value_of(columns["flag"], YES_NO, "2614") is True
    assert value_of(columns["flag"], (Told(("x",), "yes"),), "y") is None
    assert value_of(columns["flag"], (Told(("yes",), "no"),), True) is False
    assert value_of(columns["flag"], (Told(("2022-04-02",), "yes"),), date(2022, 4, 2)) is True


@pytest.mark.parametrize(
    ("column", "found", "says"), [("board", "z", "expected one of a, b, c"), ("money", 1.5, "the float"), ("start", "soon", "found")]
)
def test_what_cannot_be_the_columns_value_is_refused(column: str, found: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        typed(sheet().columns[column], found)

"""Measure 12: duty-free imports within the confirmed total, the authority's bounds, the province's land."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.ledger.foreign import Authority, ImportLine, LandReward, confirmed_by, duty_saved, fen_of, land_quota, within_confirmed
from yunxing.values.errors import BadInput

BOUNDS = Authority(30_000_000_00, 300_000_000_00, "12/2b")
REWARD = LandReward(50_000_000_00, 10_000_000_00, 133_333, "12/3b")


def test_the_handbooks_two_million_dollars() -> None:
    """2,000,000 USD at 6.70 and 8 %: duty 1,072,000; VAT 1,881,360 with it, 1,742,000 without; 1,211,360 saved in all."""
    saved = duty_saved(2_000_000_00, Fraction("6.70"), Fraction(8, 100), Fraction(13, 100))
    assert (saved.duty, saved.vat_with_duty, saved.vat_without, saved.total) == (107_200_000, 188_136_000, 174_200_000, 121_136_000)


def test_the_import_that_crosses_the_total_is_split() -> None:
    lines = [ImportLine("1", 60), ImportLine("2", 50), ImportLine("3", 5)]
    assert [(one.free, one.taxed) for one in within_confirmed(100, 0, lines)] == [(60, 0), (40, 10), (0, 5)]
    assert [(one.free, one.taxed) for one in within_confirmed(100, 40, lines[:1])] == [(60, 0)]  # exactly the total


def test_an_excluded_line_pays_and_uses_nothing() -> None:
    found = within_confirmed(100, 0, [ImportLine("1", 60, excluded=True), ImportLine("2", 100)])
    assert [(one.free, one.taxed, one.left) for one in found] == [(0, 60, 100), (100, 0, 0)]


@given(st.integers(0, 1000), st.lists(st.tuples(st.integers(1, 300), st.booleans()), max_size=8))
def test_what_is_free_never_exceeds_the_total(total: int, pairs: list[tuple[int, bool]]) -> None:
    lines = [ImportLine(str(number), cif, excluded) for number, (cif, excluded) in enumerate(pairs)]
    found = within_confirmed(total, 0, lines)
    assert sum(one.free for one in found) == min(total, sum(line.cif_cents for line in lines if not line.excluded))
    assert all(one.free + one.taxed == one.line.cif_cents for one in found)
    assert sum(0 < one.free < one.line.cif_cents for one in found) <= 1


@pytest.mark.parametrize(
    ("total", "by"),
    [
        (29_999_999_99, "below"),
        (30_000_000_00, "province"),
        (30_000_000_01, "province"),
        (299_999_999_99, "province"),
        (300_000_000_00, "above"),
        (300_000_000_01, "above"),
    ],
)
def test_the_province_confirms_from_thirty_million_on(total: int, by: str) -> None:
    assert confirmed_by(total, BOUNDS) == by


@pytest.mark.parametrize(
    ("total", "arrived", "area"),
    [
        (50_000_000_00, 10_000_000_00, 133_333),
        (49_999_999_99, 10_000_000_00, 0),
        (50_000_000_00, 9_999_999_99, 0),
        (60_000_000_00, None, None),
        (10_000_000_00, None, 0),
    ],
)
def test_both_bounds_are_inclusive_and_what_is_not_known_is_not_zero(total: int, arrived: int | None, area: int | None) -> None:
    assert land_quota(total, arrived, REWARD) == area


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: within_confirmed(10, 11, []),
        lambda: within_confirmed(-1, 0, []),
        lambda: within_confirmed(10, 0, [ImportLine("1", 0)]),
        lambda: within_confirmed(10, 0, [ImportLine("1", 1), ImportLine("1", 2)]),
        lambda: fen_of(-1, Fraction(1)),
        lambda: fen_of(1, Fraction(0)),
    ],
)
def test_what_does_not_fit_is_refused(wrong) -> None:
    with pytest.raises(BadInput):
        wrong()

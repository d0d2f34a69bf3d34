"""A firm beside its peers: the lower middle value, the share not above, and no comparison of fewer than five. 合成数据."""

from __future__ import annotations

import pytest

from desk.room.month_cast import PACK
from yunxing.desk.room import party_figures
from yunxing.desk.room.figure_pages import forms_of
from yunxing.desk.room.party_figures import Month, beside_peers, median, month_value, percentile, value_of, wan
from yunxing.desk.room.party_pages import annual_plan, money, pace_light

WAN = 10**6


def cell(value: int | None, *, held: bool = False, item: str = "output", reported: str = "month", role: str = "value"):
    return {(item, reported, role): {"value": value, "held": held, "absence": None if value is not None else "not_reported"}}


@pytest.mark.parametrize(("values", "middle"), [([3], 3), ([1, 2], 1), ([9, 1, 5], 5), ([4, 1, 2, 3], 2)])
def test_the_median_is_a_value_somebody_reported(values, middle):
    assert median(values) == middle
    assert median(values) in values


@pytest.mark.parametrize(("value", "share"), [(0, 0), (1, 33), (2, 66), (3, 100), (9, 100)])
def test_the_share_not_above_includes_the_equal_and_rounds_down(value, share):
    assert percentile(value, [1, 2, 3]) == share


@pytest.mark.parametrize(("peers", "compared"), [(4, 0), (5, 5)])
def test_fewer_than_five_peers_are_not_compared(monkeypatch, peers, compared):
    everyone = {"F": cell(80 * WAN), **{f"P{n}": cell(n * WAN) for n in range(peers)}, "held": cell(1, held=True), "none": cell(None)}
    monkeypatch.setattr(party_figures, "of_board", lambda *_: everyone)
    (row,) = beside_peers(None, forms_of(PACK), "F", set(everyone))

    assert (row.value, row.peers) == ("80 万元", compared)
    assert row.percentile == ("100%" if compared else "—")
    assert row.median == ("2 万元" if compared else "同业不足 5 户")


def test_an_absent_or_held_value_is_none_and_never_zero():
    assert value_of(cell(None), "output", "month") is None
    assert value_of(cell(5, held=True), "output", "month") is None
    assert value_of({}, "output", "month") is None
    assert value_of(cell(0), "output", "month") == 0
    assert wan(None) is None


def test_january_and_february_together_give_the_value_of_both():
    both = Month("2022-02", "2022年1—2月", cell(7, reported="cumulative"))
    march = Month("2022-03", "2022年3月", cell(7, reported="cumulative"))

    assert month_value(both, "output") == 7
    assert month_value(march, "output") is None


@pytest.mark.parametrize(
    ("done", "plan", "found"),
    [(None, 100, "none"), (75, 100, "green"), (70, 100, "amber"), (69, 100, "red"), (5, None, "none"), (5, 0, "none")],
)
def test_the_light_of_a_project_is_that_of_a_promise(done, plan, found):
    assert pace_light(done, plan, 9) == found


def test_the_years_plan_is_that_years_and_money_is_printed_in_wan():
    plans = {"annual_plans_fen": {"2021": 5 * WAN, "2022": 7 * WAN}, "annual_plan_fen": 9 * WAN}

    assert [annual_plan(plans, year) for year in (2021, 2022, 2023)] == [5 * WAN, 7 * WAN, 9 * WAN]
    assert annual_plan({}, 2022) is None
    assert (money(123 * WAN), money(None), money(True), money(0)) == ("123.00", "—", "—", "0.00")

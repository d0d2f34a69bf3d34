"""The cells that a closed month keeps back: with the lone unit a second one, in every period, found once. 合成数据."""

from __future__ import annotations

from yunxing.desk.room.confidential import hides, month_pattern


def test_a_lone_unit_stays_back_with_a_second_one_and_the_city_is_told(month):
    found = month_pattern(month.board.snapshot, "enterprise_month", "output")
    kept = {cell: reason for cell, reason in found.hidden.items() if not cell[1]}

    assert kept[month.units[2], ""] == "primary"
    assert sum(reason == "secondary" for reason in kept.values()) >= 1
    assert not hides(month.board.snapshot, "enterprise_month", "output")


def test_the_pattern_is_found_once_and_asks_nothing_of_items_without_parties(month):
    one = month_pattern(month.board.snapshot, "enterprise_month", "output")

    assert month_pattern(month.board.snapshot, "enterprise_month", "output") is one
    assert month_pattern(month.board.snapshot, "enterprise_month", "nothing_of_the_kind").hidden == {}
    assert month_pattern(month.board.snapshot, "coal_day", "closing").hidden == {}

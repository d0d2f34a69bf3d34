"""S1: cards, map, trend, matrix, and what is confidential to whom."""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import parse_qs, urlsplit

import pytest

from desk.room.month_cast import SPAN
from yunxing.desk.room import overview
from yunxing.desk.room.overview import Choice


def page_of(month, member="command", indicator="output_growth", area=""):
    return overview.overview(month.board, month.pack, month.scopes[member], Choice("2022-09", indicator, area))


def test_an_address_keeps_what_it_does_not_change():
    """Period, indicator and area stand in the query; changing one keeps the others; an empty one is left out."""
    choice = Choice("2022-09", "coal_days", "X")

    assert parse_qs(urlsplit(choice.href(i="other")).query) == {"p": ["2022-09"], "i": ["other"], "a": ["X"]}
    assert parse_qs(urlsplit(choice.href(a="")).query) == {"p": ["2022-09"], "i": ["coal_days"]}


def test_four_cards_with_figure_light_reason_and_source(month):
    """The pinned ones first; each has the printed figure of its row and a way to its source."""
    cards = page_of(month)["cards"]

    assert [card["title"] for card in cards] == ["产值增速", "投资完成额", "电煤可用天数", "报送完整率"]
    assert [(card["figure"], card["unit"], card["light"]) for card in cards] == [
        ("-1.9", "%", "red"), ("297.00", "亿元", "amber"), ("7.2", "天", "green"), ("87.5", "%", "red"),
    ]  # fmt: skip
    assert cards[1]["reason"] == "目标 418 亿元，完成 71.1%，慢于时序进度 3.9 个百分点"
    assert cards[0]["reason"] == "警戒线 0%"
    assert all(card["source"] for card in cards)
    assert [card["current"] for card in cards] == [True, False, False, False]


def test_a_missing_figure_says_so(month):
    """An indicator without any row: 「未报」, no light, and no 0."""
    card = overview.kpi(month.board, month.board.cards["stop_days"], Choice("2022-09", "stop_days"))

    assert (card["figure"], card["light"], card["missing"], card["reason"]) == ("未报", "none", True, "本期没有报送")
    assert card["spark"] == ""


def test_the_state_line_counts_reports(month):
    """As of when, how complete, how many are missing; the amber strip says it is preliminary."""
    assert overview.state_line(month.board) == "数据截止 2022-10-07 · 报送完整率 87.5%（应报 8 户，已报 7 户，未报 1 户）"
    assert "87.5%" in overview.provisional_line(month.board)


def test_every_unit_has_a_tile_and_only_known_values_a_rank(month):
    """Nobody is missing from the map; units without a value have neither rank nor class."""
    page = page_of(month)
    tiles = {tile["title"]: tile for tile in page["tiles"]}
    ranks = [tile["rank"] for tile in page["tiles"]]

    assert len(tiles) == len(month.pack.regions.units)
    assert [rank for rank in ranks if rank] == [2, 1, 3]
    assert {tile["shade"] for tile in page["tiles"] if tile["rank"] is None} == {0}
    assert [tile["rank"] for tile in page["ranked"]][:4] == [1, 2, 3, None]
    assert len({(tile["x"], tile["y"]) for tile in page["tiles"]}) == len(tiles)


def test_a_confidential_unit_has_no_number_rank_shade_or_link(month):
    """To another county the unit of one enterprise is 「保密」 and does not shift the others' ranks by its own."""
    hidden = page_of(month, "analyst")["tiles"][2]
    shown = page_of(month, "command")["tiles"][2]

    assert (hidden["figure"], hidden["rank"], hidden["shade"], hidden["source"]) == ("保密", None, 0, "")
    assert shown["figure"] == "-50.0%"
    assert page_of(month, "county", area=month.units[2])["trend"].rows == []


def test_an_area_filters_signals_and_names_the_trend(month):
    """The chosen unit's signals, its name over the trend, its tile marked, and a way back."""
    page = page_of(month, area=month.units[0])

    assert {one["id"] for one in page["signals"]} == {"S-cell", "S-own"}
    assert month.pack.regions.units[0].name in page["trend_title"]
    assert page["tiles"][0]["current"] is True
    assert "a=" not in page["chosen"]["whole_city"]


def test_the_trend_says_its_last_step_in_words(month):
    """Down by the exact difference of the two newest periods, rounded; a gap is the word of absence."""
    made = page_of(month)["trend"]

    assert made.sentence == "2022年1—9月产值增速为 -1.9%，比2022年1—8月回落 10.9 个百分点。"
    assert [text for _label, text in made.rows] == ["未报", "8.0", "9.0", "-1.9"]
    assert made.option["series"][0]["data"][0] is None


def test_the_citys_target_stands_on_the_citys_trend(month):
    """418 亿元 as a dotted line; for a unit there is none, because the promise is the city's."""
    made = page_of(month, indicator="project_investment")["trend"]

    assert made.option["series"][0]["markLine"]["data"] == [{"yAxis": 418.0}]
    assert made.sentence == "2022年1—9月投资完成额为 297.00 亿元，比2022年1—8月提高 36.00 亿元。"


def test_an_unreported_newest_period_is_said_first(month):
    """The sentence does not speak of an older period as if it were now."""
    points = [overview.Point("甲", Fraction(1)), overview.Point("乙", Fraction(2)), overview.Point("丙", None)]

    assert overview.said(month.board.cards["coal_days"], points, points[:2], "天", 1) == "丙电煤可用天数未报；最近一期是 乙。"


def test_the_matrix_has_every_measure_with_shape_and_word(month):
    """28 dots; the measure of the investment promise carries its light, one without figures the hollow circle."""
    dots = page_of(month)["matrix"]

    assert [dot["number"] for dot in dots] == [one.number for one in month.pack.measures]
    assert {dot["shape"] for dot in dots} <= {"●", "◆", "▼", "○"}
    assert all(dot["word"] for dot in dots)
    assert {dot["number"]: dot["light"] for dot in dots}[1] == "amber"


@pytest.mark.parametrize(("num", "den", "provisional"), [(79, 100, True), (80, 100, False), (None, None, False)])
def test_provisional_means_less_than_four_fifths(month, num, den, provisional):
    """The bound itself is final."""
    from dataclasses import replace

    row = replace(month.board.row(f"output_growth/city/city/{SPAN}/cumulative_yoy"), covered_num=num, covered_den=den)

    assert overview.is_provisional(row) is provisional
    assert overview.is_provisional(None) is False

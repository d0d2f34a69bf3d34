"""The page of the year's targets: figures of the outlook in words, bands in the picture, names only for those who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from desk.room.month_cast import Month
from yunxing.desk.room import target_pages
from yunxing.desk.room.board import Board

YI = 10**10  # fen in 亿元
NAME = "project_investment"


def outlook(**more: Any) -> dict[str, Any]:
    plain = {
        "indicator": NAME, "period": "2022-01..09", "method": "projects", "target": [418 * YI, 1], "reached": 297 * YI, "expected": 390 * YI,
        "bands": {"80": [375 * YI, 405 * YI], "95": [367 * YI, 413 * YI]}, "probability": 1200, "months_left": 3, "needed": [121 * YI, 3], "pace": [33 * YI, 1],
        "parts": [{"party": party, "plan": 10 * YI, "done": 4 * YI, "asked": 7 * YI, "expected": 6 * YI} for party in ("P1", "P2", "nobody")],
    }  # fmt: skip
    return plain | more


@pytest.fixture
def board(month: Month) -> Board:
    """The hand-made month with an outlook, as a board of its own."""
    own = Board(month.board.snapshot)
    own.__dict__["outlooks"] = {NAME: outlook()}
    own.__dict__["parties"] = {"P1": {"name": "项目一", "unit": month.units[0]}, "P2": {"name": "项目二", "unit": month.units[1]}}
    return own


@pytest.fixture(autouse=True)
def closed_months(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other month is closed."""
    monkeypatch.setattr(target_pages, "board_of", lambda _code: None)


def test_a_month_without_outlooks_has_none(month: Month) -> None:
    assert month.board.outlooks == {}
    assert target_pages.lines_of(month.board) == []
    assert target_pages.lines_of(None) == []


def test_a_promise_in_one_line(board: Board) -> None:
    line = target_pages.line_of(board, NAME)
    assert line is not None
    assert line["probability"] == "12%"
    assert line["level"] == "red"
    assert line["expected"] == "390.00 亿元"
    assert line["band"] == "375.00 亿元—405.00 亿元"
    assert line["needed"] == "今后每月 40.33 亿元，至今每月 33.00 亿元，为至今的 1.2 倍"


def test_the_same_in_english(board: Board) -> None:
    with translation.override("en"):
        line = target_pages.line_of(board, NAME)
    assert line is not None
    assert "a month from now" in line["needed"]
    assert "hundred million yuan" in line["expected"]


@pytest.mark.parametrize(
    ("probability", "words", "level"),
    [(0, "0%", "red"), (30, "<1%", "red"), (3333, "33%", "red"), (3334, "33%", "amber"), (6666, "67%", "amber"), (6667, "67%", "green"), (9960, ">99%", "green"), (10_000, "100%", "green")],
)  # fmt: skip
def test_probabilities_in_words_and_colour(probability: int, words: str, level: str) -> None:
    assert target_pages.percent(probability) == words
    assert target_pages.level(probability) == level


def test_a_target_that_is_reached_needs_no_pace(board: Board) -> None:
    board.outlooks[NAME] = outlook(needed=[0, 1])
    line = target_pages.line_of(board, NAME)
    assert line is not None
    assert line["needed"] == "已完成"


def test_the_page_names_every_promise_with_its_clause(board: Board, month: Month) -> None:
    page = target_pages.targets_page(board, month.pack, month.scopes["command"])
    (block,) = page["blocks"]
    assert block["clause"].endswith("1/1c")
    assert block["target"] == "418.00 亿元"
    assert [row["probability"] for row in block["months"]] == ["12%"]
    assert [row["name"] for row in block["parts"]["rows"]] == ["项目一", "项目二", "nobody"]
    assert block["parts"]["rows"][0]["short"] == "4.00 亿元"


def test_projects_outside_the_scope_are_counted_and_not_named(board: Board, month: Month) -> None:
    parts = target_pages.targets_page(board, month.pack, month.scopes["enterprise"])["blocks"][0]["parts"]
    assert [row["name"] for row in parts["rows"]] == ["项目一"]
    assert parts["hidden"] == 2


def test_the_picture_holds_target_band_and_what_was_done(board: Board) -> None:
    trend = target_pages.chart(board, board.cards[NAME], outlook())
    lows, spread, expected, done = (one["data"] for one in trend.option["series"])
    assert (done[7], done[8], done[9]) == (261.0, 297.0, None)
    assert lows[8] == expected[8] == 297.0
    assert (lows[11], lows[11] + spread[11], expected[11]) == (375.0, 405.0, 390.0)
    assert trend.option["yAxis"]["max"] > 418
    assert trend.rows[-1] == ("预计全年", "390.00（375.00—405.00）")
    assert "12%" in trend.sentence

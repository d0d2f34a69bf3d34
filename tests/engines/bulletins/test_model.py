"""The bulletin as a value: headings are counted as documents count them, runs join, JSON is plain and complete."""

from __future__ import annotations

import json
from datetime import date

import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Bulletin, Figure, Text, chinese_ordinal, heading_number, joined, official_date, plain
from yunxing.packs.bulletin import load_bulletin
from yunxing.values.digest import canonical_json

FIGURE = Figure("a_001", "yi", "value", ("k",), 1, 1, "fen", "1.00亿元")


@pytest.fixture(scope="module")
def bulletin() -> Bulletin:
    return compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED, number="某工运〔2022〕9号")


@pytest.mark.parametrize(
    ("count", "words"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (19, "十九"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_ordinals(count: int, words: str) -> None:
    assert chinese_ordinal(count) == words


def test_ordinals_are_all_different() -> None:
    assert len({chinese_ordinal(n) for n in range(1, 100)}) == 99


@pytest.mark.parametrize("count", [0, -1, 100])
def test_what_cannot_be_counted_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 99"):
        chinese_ordinal(count)


@pytest.mark.parametrize(("level", "words"), [(1, "三、"), (2, "（三）"), (3, "3."), (4, "（3）")])
def test_four_levels_of_headings(level: int, words: str) -> None:
    assert heading_number(level, 3) == words


def test_a_date_has_no_leading_zero() -> None:
    assert official_date(date(2022, 1, 2)) == "2022年1月2日"


def test_neighbouring_texts_join_and_empty_ones_vanish() -> None:
    assert joined([Text("a"), Text(""), Text("b"), FIGURE, Text(""), FIGURE, Text("c")]) == (Text("ab"), FIGURE, FIGURE, Text("c"))


def test_joining_keeps_the_words() -> None:
    runs = (Text("a"), Text("b"), FIGURE)
    assert plain(joined(runs)) == plain(runs) == "ab1.00亿元"


def test_the_json_holds_everything_and_no_float(bulletin: Bulletin) -> None:
    stated = bulletin.to_json()
    assert json.loads(canonical_json(stated)) == json.loads(json.dumps(stated))
    named = {run["figure"] for section in stated["sections"] for block in section["blocks"] for run in _runs(block) if "figure" in run}
    named |= {
        run["figure"] for attachment in stated["attachments"] for block in attachment["blocks"] for run in _runs(block) if "figure" in run
    }
    assert named == {figure.id for figure in bulletin.figures()}
    assert stated["number"] == "某工运〔2022〕9号"
    assert stated["label"] == "合成数据"


def _runs(block: dict) -> list[dict]:
    return block["runs"] if block["kind"] == "paragraph" else [run for row in block["rows"] for cell in row for run in cell]


def test_sections_say_how_much_is_missing(bulletin: Bulletin) -> None:
    missing = {section.id: section.missing for section in bulletin.sections}
    assert missing["ranking"] == 2  # the unit that did not report: its growth and its place
    assert sum(missing.values()) == 2


def test_the_title_is_one_line_for_machines_and_two_on_the_page(bulletin: Bulletin) -> None:
    assert bulletin.title_lines == ("关于2022年1—9月", "全市工业经济运行情况的通报")
    assert bulletin.title == "关于2022年1—9月全市工业经济运行情况的通报"


def test_two_bulletins_of_equal_words_are_equal(bulletin: Bulletin) -> None:
    again = compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED, number="某工运〔2022〕9号")
    assert again == bulletin

"""A table that leaves a page: its shape is checked, its text never exceeds the limit and never cuts a sentence, its cells print as the page prints them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.facts.takeaway import ELLIPSIS, TEXT_LIMIT, Column, Table, printed, row_sentences, said
from yunxing.values.scope import ALL, Scope

COLUMNS = [Column("企业"), Column("产值", "万元", "number", 2), Column("备注", level=3)]
TABLE = Table(
    "firms",
    "甲县产值",
    COLUMNS,
    [["甲企业", Fraction(1234567, 100), None], ["乙企业", "未报", "停产"]],
    as_of="2022-10-07",
    source="企业月报",
)


def test_a_cell_prints_as_the_page_prints_it():
    """Threes, the column's decimals, rounded half up; nothing is a dash; a day is a day; a word stays a word."""
    money = COLUMNS[1]

    assert printed(Fraction(12345675, 1000), money) == "12,345.68"
    assert printed(Decimal("-3.1"), money) == "-3.10"
    assert printed(7, money) == "7.00"
    assert printed("保密", money) == "保密"
    assert printed(None, money) == printed("", money) == "—"
    assert printed(date(2022, 9, 30), COLUMNS[0]) == "2022-09-30"
    assert printed(datetime(2022, 9, 30, 8, 5), COLUMNS[0]) == "2022-09-30 08:05"


def test_rows_of_another_width_and_keys_that_repeat_are_refused():
    """A table that would put a figure under another head is a bug, and is found when it is made."""
    with pytest.raises(ValueError, match="row 1 has 2 cells, expected 3"):
        replace(TABLE, rows=[["a", 1, None], ["b", 2]])
    with pytest.raises(ValueError, match="1 keys for 2 rows"):
        replace(TABLE, keys=["a"])
    with pytest.raises(ValueError, match="expected one of its own for each"):
        replace(TABLE, keys=["a", "a"])


def test_only_a_table_with_named_rows_and_something_to_change_comes_back():
    """Both are needed."""
    editable = [*COLUMNS[:2], Column("备注", editable=True)]

    assert not TABLE.can_come_back
    assert not replace(TABLE, keys=["a", "b"]).can_come_back
    assert not replace(TABLE, columns=editable).can_come_back
    assert replace(TABLE, columns=editable, keys=["a", "b"]).can_come_back


def test_a_column_above_the_persons_level_stays_behind():
    """The rows keep their other cells; who sees the level gets the table itself."""
    low, high = Scope(ALL, ALL, ALL, 2, "a"), Scope(ALL, ALL, ALL, 3, "b")

    assert [column.title for column in TABLE.within(low).columns] == ["企业", "产值"]
    assert TABLE.within(low).rows[1] == ["乙企业", "未报"]
    assert TABLE.within(high) is TABLE


def test_the_text_ends_with_as_of_and_source():
    """What a leader pastes into a chat says when and where from."""
    text = said(TABLE)

    assert text == "甲县产值：甲企业：产值12,345.67万元，备注—。乙企业：产值未报，备注停产。数据截至2022-10-07。来源：企业月报。".replace(
        "甲企业：", "甲企业"
    ).replace("乙企业：", "乙企业")
    assert said(replace(TABLE, synthetic=True)).endswith("（合成数据）")
    assert row_sentences(replace(TABLE, columns=[Column("企业")], rows=[["甲"]])) == ["甲。"]


SENTENCES = st.lists(st.text("甲乙丙丁0123456789", min_size=1, max_size=120).map(lambda words: words + "。"), max_size=12)


@given(SENTENCES, st.integers(60, TEXT_LIMIT))
def test_the_text_fits_and_no_sentence_is_cut(sentences, limit):
    """At most the limit; what stands between title and tail is a prefix of whole sentences; a mark says that something was left out."""
    table = replace(TABLE, words=sentences or ["无。"])
    text = said(table, limit)
    tail = "数据截至2022-10-07。来源：企业月报。"

    assert len(text) <= limit
    assert text.startswith("甲县产值：")
    assert text.endswith(tail)
    body = text.removeprefix("甲县产值：").removesuffix(tail)
    kept = body.removesuffix(ELLIPSIS)
    whole = ["".join(table.words[:n]) for n in range(len(table.words) + 1)]
    assert kept in whole
    assert (body != kept) == (kept != whole[-1]), "the mark stands exactly where something is missing"


def test_a_title_longer_than_the_limit_gives_way_to_as_of_and_source():
    """The tail is what makes a figure usable; the title is cut before it."""
    text = said(replace(TABLE, title="很长的表名" * 80))

    assert len(text) <= TEXT_LIMIT
    assert text.endswith("数据截至2022-10-07。来源：企业月报。")
    assert ELLIPSIS in text

"""The long picture: as wide as a phone, as high as its rows, every figure as the page prints it, the person's mark on what is sensitive."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.facts.takeaway import Column, Table
from yunxing.io.books.takeaway import Taken
from yunxing.io.documents import long_picture
from yunxing.io.documents.fonts import NoFonts
from yunxing.io.documents.long_picture import COLUMNS, PPI, ROWS, picture_bytes, picture_data, runs, watermark_bytes
from yunxing.io.documents.pdf import NotSet

TAKEN = Taken("张三", "甲局", datetime(2022, 10, 8, 9, 0))
TABLE = Table(
    "t", "甲县产值", [Column("企业"), Column("产值", "万元", "number", 2)], [["甲企业", Fraction(123456, 100)], ["乙企业", "未报"]],
    as_of="2022-10-07", source="企业月报", words=["增长 2.0%。"], filters=[("单位", "甲县")],
)  # fmt: skip


def size(png: bytes) -> tuple[int, int]:
    """Width and height as the file's head states them."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])  # type: ignore[return-value]


def data(table: Table):
    return picture_data(table, TAKEN, long_picture._fonts(""))


def test_it_is_as_wide_as_a_phone_and_grows_with_its_rows():
    """1080 pixels at three a point; more rows, more height; only one page."""
    short, long = picture_bytes(TABLE, TAKEN), picture_bytes(replace(TABLE, rows=TABLE.rows * 20), TAKEN)

    assert size(short)[0] == size(long)[0] == 360 * PPI // 72
    assert size(long)[1] > size(short)[1] * 2


def test_figures_are_printed_as_on_the_page_and_absences_stay_words():
    """Threes and decimals of the column; unit in the head; as-of, source, filters and who took it at the foot."""
    made = data(TABLE)

    assert made["rows"] == [["甲企业", "1,234.56"], ["乙企业", "未报"]]
    assert [one["title"] for one in made["head"]] == ["企业", "产值（万元）"]
    assert made["state"] == "数据截至 2022-10-07"
    assert made["foot"] == ["来源：企业月报", "单位：甲县", "张三 · 甲局 · 2022-10-08 09:00 导出"]


def test_what_does_not_fit_is_said_to_be_left_out():
    """No row and no column disappears silently."""
    many = replace(TABLE, rows=[["甲", n] for n in range(ROWS + 5)])
    wide = replace(TABLE, columns=[Column(f"列{n}") for n in range(COLUMNS + 2)], rows=[["x"] * (COLUMNS + 2)])

    assert len(data(many)["rows"]) == ROWS
    assert "另有 5 行" in data(many)["more"]
    assert f"列{COLUMNS}、列{COLUMNS + 1}" in data(wide)["more"]
    assert data(TABLE)["more"] == ""


@pytest.mark.parametrize(("level", "mark"), [(1, ""), (2, ""), (3, TAKEN.mark), (4, TAKEN.mark)])
def test_the_mark_lies_under_level_three_and_four(level, mark):
    """Name, unit and minute; lower levels stay clean, and the foot names the person anyway."""
    assert data(replace(TABLE, level=level))["mark"] == mark
    assert TAKEN.mark in data(replace(TABLE, level=level))["foot"][-1]


def test_synthetic_data_says_so():
    """Also when the picture travels alone."""
    assert data(replace(TABLE, synthetic=True))["foot"][-1].endswith("合成数据")


def test_a_chart_is_drawn_from_the_same_points_and_names_both_ends():
    """The picture with a series is higher, and the ends are printed as figures."""
    series = [("1月", Fraction(1)), ("2月", None), ("3月", Fraction(3)), ("4月", Fraction(5, 2))]
    charted = replace(TABLE, series=series, series_unit="%")

    assert size(picture_bytes(charted, TAKEN))[1] > size(picture_bytes(TABLE, TAKEN))[1]
    assert data(charted)["points"] == [["1月", "1.00%"], ["3月", "3.00%"], ["4月", "2.50%"]]


VALUES = st.lists(st.one_of(st.none(), st.fractions(-1000, 1000)), max_size=15)


@given(VALUES)
def test_the_line_breaks_where_there_is_no_figure_and_stays_in_its_box(values):
    """As many drawn points as known values, in order; no run bridges an absence; all in the unit square."""
    made = runs([(str(n), value) for n, value in enumerate(values)])
    known = [value for value in values if value is not None]
    breaks = sum(1 for before, after in pairwise(values) if before is not None and after is None)

    if len(known) < 2:
        assert made == []
        return
    assert sum(len(run) for run in made) == len(known)
    assert len(made) == breaks + (values[-1] is not None)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for run in made for x, y in run)
    assert max(y for run in made for _, y in run) in (0.0, 1.0)


def test_words_of_typst_in_a_title_are_only_words():
    """What a person typed is data, never markup: no file is read, nothing is run."""
    nasty = replace(TABLE, title='#read("/etc/passwd") *a* _b_ $x$ \\', words=["#panic()。"], rows=[["[#sys]", 1]])

    assert size(picture_bytes(nasty, TAKEN))[0] == 1080
    assert size(watermark_bytes('#panic() "x" \\'))[0] > 0


def test_without_chinese_fonts_nothing_is_set(tmp_path):
    """A folder that is not there is named; an empty picture is never made."""
    with pytest.raises(NoFonts, match="fonts_dir"):
        picture_bytes(TABLE, TAKEN, fonts_dir=str(tmp_path / "none"))


def test_what_typst_refuses_is_a_refusal_with_a_way_out():
    """The person is told what to do instead."""
    with pytest.raises(NotSet, match="导出 Excel"):
        long_picture._png("#panic()", {}, long_picture._fonts(""))
    with pytest.raises(NotSet, match="several pages"):
        long_picture._png("#pagebreak()", {}, long_picture._fonts(""))

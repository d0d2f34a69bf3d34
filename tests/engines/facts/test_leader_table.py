"""The leader's own table: rows and columns known by their words wherever they stand, never two for one, and filled without touching anything else."""

from __future__ import annotations

import io
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font, PatternFill

from yunxing.engines.facts.leader_table import Laid, Offered, growth_of, guess, head_texts, in_unit, likeness, same_place, score, signature
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.io.books.leader import Put, can_be_filled, filled
from yunxing.io.books.read import read_bytes
from yunxing.values.errors import BadInput

OUTPUT, GROWTH, TAX = "f.output.value.cumulative", "f.output.yoy.cumulative", "f.tax.value.cumulative"
COLUMNS = [
    Offered(OUTPUT, ("工业总产值·累计", "工业总产值"), "万元"),
    Offered(GROWTH, ("工业总产值·累计·同比", "工业总产值同比", "工业总产值增速"), "%"),
    Offered(TAX, ("应交税金",), "万元"),
]
ROWS = [
    Offered("A", ("甲山县", "甲山")),
    Offered("B", ("乙水区", "乙水")),
    Offered("Z", ("丙城经济技术开发区", "经开区")),
    Offered("total", ("合计",)),
]


def book(*rows, merges=(), name="表") -> Book:
    return Book([Sheet(name, [list(row) for row in rows], merges=list(merges))], name="领导.xlsx")


PLAIN = (
    ["2022年三季度工业情况表", None, None, None],
    ["地区", "工业总产值（亿元）", "增幅（%）", "税金（万元）"],
    ["全市", None, None, None],
    ["甲山", None, None, None],
    ["2. 乙水区", None, None, None],
    ["经开区", None, None, None],
)


def test_a_plain_table_is_laid_by_its_words():
    """Heads with units, short names, numbering, 全市 as the total, 「增幅」 as the growth of what stands at its left."""
    laid = guess(book(*PLAIN, merges=[(0, 0, 0, 3)]), COLUMNS, ROWS)

    assert laid == Laid("表", 1, 0, {1: OUTPUT, 2: GROWTH, 3: TAX}, {2: "total", 3: "A", 4: "B", 5: "Z"}, {1: "亿元", 2: "%", 3: "万元"})


def test_two_head_rows_with_merged_groups():
    """The group's words count for every column under it."""
    rows = (
        ["序号", "单位", "工业总产值", None, "税金"],
        [None, None, "累计（亿元）", "同比（%）", "（万元）"],
        [1, "甲山县", None, None, None],
        [2, "乙水区", None, None, None],
    )
    laid = guess(book(*rows, merges=[(0, 2, 0, 3), (0, 0, 1, 0), (0, 1, 1, 1)]), COLUMNS, ROWS)

    assert (laid.head, laid.label) == (1, 1)
    assert laid.columns == {2: OUTPUT, 3: GROWTH, 4: TAX}
    assert laid.rows == {2: "A", 3: "B"}


def test_a_column_is_given_once_and_an_unlike_one_not_at_all():
    """Two heads that say the same: the likest takes it; a head of another matter is left for the person."""
    rows = (["地区", "工业总产值", "工业总产值（万元）", "天气"], ["甲山县", None, None, None], ["乙水区", None, None, None])
    laid = guess(book(*rows), COLUMNS, ROWS)

    assert list(laid.columns.values()).count(OUTPUT) == 1
    assert 3 not in laid.columns


def test_a_unit_of_another_dimension_speaks_against_a_name():
    """「工业总产值（户）」 is hardly the money."""
    assert score("工业总产值（户）", COLUMNS[0]) < score("工业总产值（亿元）", COLUMNS[0])


def test_a_table_without_the_rows_is_not_laid():
    """Nothing is guessed where no row is known; a hidden sheet is not looked at."""
    assert guess(book(["别的", "表"], ["某处", 1]), COLUMNS, ROWS) is None
    hidden = book(*PLAIN)
    hidden.sheets[0].hidden = True
    assert guess(hidden, COLUMNS, ROWS) is None
    assert guess(Book([Sheet("空", [])]), COLUMNS, ROWS) is None


def test_the_sheet_with_most_of_the_table_is_taken():
    """A cover sheet that names one place does not win."""
    two = book(["说明", None], ["甲山县", None], name="封面")
    two.sheets.append(book(*PLAIN).sheets[0])

    assert guess(two, COLUMNS, ROWS).sheet == "表"


@pytest.mark.parametrize(("said", "name", "same"), [("甲山县", "甲山县", True), ("甲山", "甲山县", True), ("3、甲山县", "甲山县", True), ("甲", "甲山县", False), ("乙山县", "甲山县", False), ("", "甲山县", False)])  # fmt: skip
def test_a_place_is_known_by_its_name_alone(said, name, same):
    """Also shortened or numbered; never by a part of it."""
    assert same_place(said, name) == same


@given(st.text("甲乙丙丁戊（）亿元 ", max_size=12), st.text("甲乙丙丁戊（）亿元 ", max_size=12))
def test_likeness_is_a_share_and_the_same_both_ways_when_equal(one, two):
    """Between 0 and 1; a name is like itself."""
    assert 0 <= likeness(one, two) <= 1
    assert likeness(one, one) in (0, 1)


def test_the_same_blank_next_month_has_the_same_signature():
    """Another month in the title and figures already typed in change nothing; another column does."""
    later = [list(row) for row in PLAIN]
    later[0][0] = "2022年四季度工业情况表".replace("四", "三")
    later[3][1] = 12.5
    other = [[*row, "备注" if number == 1 else None] for number, row in enumerate(PLAIN)]

    assert signature(book(*PLAIN)) == signature(book(*later))
    assert signature(book(*PLAIN)) == signature(book(["2023年三季度工业情况表", None, None, None], *PLAIN[1:]))
    assert signature(book(*PLAIN)) != signature(book(*other))


def test_units_are_converted_exactly_and_only_within_a_dimension():
    """亿元 from 万元; an unknown unit or another dimension leaves the figure as it is."""
    assert in_unit(Fraction(12345), "万元", "亿元") == Fraction(12345, 10_000)
    assert in_unit(Fraction(5), "户", "亿元") == 5
    assert in_unit(Fraction(5), "万元", "") == 5
    assert growth_of(TAX) == "f.tax.yoy.cumulative"
    assert head_texts(book(*PLAIN, merges=[(0, 0, 0, 3)]).sheets[0], 1)[1].startswith("工业总产值")


def workbook() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "表"
    for row in PLAIN:
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet["A1"].font = Font(size=18, bold=True)
    sheet["B4"].number_format = "0.00"
    sheet["B4"].fill = PatternFill("solid", fgColor="FFFFEE00")
    sheet["B3"] = "=SUM(B4:B6)"
    sheet.column_dimensions["B"].width = 33
    made.create_sheet("别的").append(["不动", 7])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_filled_it_keeps_formats_formulas_and_everything_else():
    """Numbers in the unit of the head, a word where there is none; the formula stays and is named; widths, fonts, fills, other sheets are as they were."""
    content = workbook()
    laid = guess(read_bytes("a.xlsx", content), COLUMNS, ROWS)
    cells = {("A", OUTPUT): Put(Fraction(25000), "万元"), ("B", OUTPUT): Put("保密"), ("Z", OUTPUT): Put(None), ("A", GROWTH): Put(Fraction(1, 3), "%"), ("total", OUTPUT): Put(Fraction(1), "万元")}  # fmt: skip
    done, left = filled(content, laid, cells)
    before, after = openpyxl.load_workbook(io.BytesIO(content)), openpyxl.load_workbook(io.BytesIO(done))
    sheet = after["表"]

    assert (sheet["B4"].value, sheet["B5"].value, sheet["B6"].value) == (2.5, "保密", None)
    assert sheet["C4"].value == pytest.approx(1 / 3)
    assert sheet["B3"].value == "=SUM(B4:B6)"
    assert left == ["表 B3：有公式，未改动"]
    assert sheet["A1"].font.size == 18
    assert (sheet["B4"].number_format, sheet["B4"].fill.fgColor.rgb) == ("0.00", "FFFFEE00")
    assert sheet.column_dimensions["B"].width == 33
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:D1"]
    assert [[cell.value for cell in row] for row in after["别的"].iter_rows()] == [
        [cell.value for cell in row] for row in before["别的"].iter_rows()
    ]


def test_what_would_lose_something_is_refused_with_a_way_out():
    """Text boxes, and formats that cannot be written back."""
    with pytest.raises(BadInput, match="文本框"):
        can_be_filled(Book([], name="a.xlsx", has_drawings=True))
    with pytest.raises(BadInput, match="另存为"):
        can_be_filled(Book([], name="a.xls", kind="xls"))

"""A table as a workbook: real numbers, frozen head, a cover that says what it is; and it comes back with exactly the cells that were changed."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import openpyxl
import pytest

from yunxing.engines.facts.takeaway import Column, Table
from yunxing.io.books import takeaway
from yunxing.io.books.read import read_bytes
from yunxing.io.books.takeaway import COVER, HEAD_ROWS, KEYS, Change, Taken, book_bytes, put_back, same, sheet_name, table_bytes
from yunxing.values.errors import BadInput

TAKEN = Taken("张三", "甲局", datetime(2022, 10, 8, 9, 0))
COLUMNS = [
    Column("企业"),
    Column("产值", "万元", "number", 2, note="现价"),
    Column("联系人", editable=True),
    Column("开工", kind="date", editable=True),
    Column("计划", "万元", "number", 2, editable=True),
]
TABLE = Table(
    "firms",
    "甲县[产值]",
    COLUMNS,
    [["甲企业", Fraction(123456, 100), "王", date(2022, 9, 30), Fraction(1, 3)], ["乙企业", "未报", None, None, None], ["丙企业", Fraction(5), "李", None, 7]],
    as_of="2022-10-07",
    source="企业月报",
    filters=[("单位", "甲县")],
    definitions=[("产值", "工业总产值")],
    keys=["k1", "k2", "k3"],
    level=3,
)  # fmt: skip


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def returned(change) -> list[Change]:
    """What comes back after `change` was done to the data sheet in a spreadsheet program."""
    workbook = opened(table_bytes(TABLE, TAKEN))
    change(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return put_back(read_bytes("甲县产值.xlsx", buffer.getvalue()), TABLE)


def test_numbers_are_numbers_days_are_days_and_an_absence_is_its_word():
    """Row by row as the table holds it; units in the head; nothing is text that should be summed."""
    sheet = opened(table_bytes(TABLE, TAKEN))["甲县 产值"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD_ROWS)]

    assert rows[0][:5] == ["企业", "产值（万元）", "联系人", "开工", "计划（万元）"]
    assert rows[1][:3] == ["甲企业", 1234.56, "王"]
    assert rows[1][3] == datetime(2022, 9, 30)
    assert rows[2][:5] == ["乙企业", "未报", None, None, None]
    assert sheet["B4"].number_format == "#,##0.00"
    assert sheet.freeze_panes == "B4"


def test_the_cover_says_what_it_is_for_whom_and_when():
    """As-of, source, level, person, filters, definitions, notes of columns; the data sheet is the one that opens."""
    workbook = opened(table_bytes(TABLE, TAKEN))
    lines = {row[0].value: row[1].value for row in workbook[COVER].iter_rows(min_row=3)}

    assert lines["数据截至"] == "2022-10-07"
    assert lines["导出人"] == "张三 · 甲局"
    assert lines["级别"] == "敏感"
    assert lines["筛选：单位"] == "甲县"
    assert lines["口径：产值"] == "工业总产值"
    assert lines["列：产值（万元）"] == "现价"
    assert "放回" in lines
    assert workbook.active.title == "甲县 产值"
    assert "合成数据" not in lines
    assert "合成数据" in {row[0].value for row in opened(table_bytes(replace(TABLE, synthetic=True), TAKEN))[COVER].iter_rows(min_row=3)}


def test_level_three_is_marked_on_every_printed_page_and_lower_levels_are_not():
    """Name, unit and minute in the head of the page and under the cells; the footer carries them always."""
    picture = (  # the smallest PNG
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
    )
    marked, plain = table_bytes(TABLE, TAKEN, background=picture), table_bytes(replace(TABLE, level=2), TAKEN, background=picture)

    assert "张三" in opened(marked)["甲县 产值"].oddHeader.center.text
    assert not opened(plain)["甲县 产值"].oddHeader.center.text
    assert "张三" in opened(plain)["甲县 产值"].oddFooter.left.text
    assert len(marked) > len(plain)


def test_the_same_table_gives_the_same_bytes():
    """So that a file can be named by its content."""
    assert table_bytes(TABLE, TAKEN) == table_bytes(TABLE, TAKEN)


def test_unchanged_it_brings_back_nothing():
    """Also a number that a double cannot hold exactly is no change."""
    assert returned(lambda workbook: None) == []


def test_only_what_was_changed_comes_back_wherever_its_row_stands():
    """Rows sorted by a person keep their keys; a text, a day and a number changed are three changes, each with its place."""

    def change(workbook):
        sheet = workbook["甲县 产值"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD_ROWS + 1)]
        rows.reverse()
        for number, row in enumerate(rows, start=HEAD_ROWS + 1):
            for place, value in enumerate(row, start=1):
                sheet.cell(number, place, value)
        sheet["C5"] = "赵"  # 乙企业, still in the middle
        sheet["D4"] = datetime(2022, 8, 1)  # 丙企业 now stands first
        sheet["E4"] = 8.5

    changes = returned(change)

    assert [(one.key, one.column, one.before, one.after, one.cell) for one in changes] == [
        ("k3", "开工", None, date(2022, 8, 1), "D4"),
        ("k3", "计划", 7, 8.5, "E4"),
        ("k2", "联系人", None, "赵", "C5"),
    ]


def test_columns_may_stand_in_any_order_and_one_may_be_missing():
    """By head; what is not there changes nothing."""

    def change(workbook):
        sheet = workbook["甲县 产值"]
        for number in range(HEAD_ROWS, HEAD_ROWS + 4):
            sheet.cell(number, 1).value, sheet.cell(number, 3).value = sheet.cell(number, 3).value, sheet.cell(number, 1).value
        sheet["A4"] = "新人"
        sheet.delete_cols(2)

    assert [(one.key, one.column, one.after, one.cell) for one in returned(change)] == [("k1", "联系人", "新人", "A4")]


def test_a_changed_figure_that_may_not_be_changed_is_refused_with_its_place():
    """All of them at once; nothing is silently dropped."""

    def change(workbook):
        workbook["甲县 产值"]["A4"] = "改名"
        workbook["甲县 产值"]["B6"] = 6

    with pytest.raises(BadInput) as refusal:
        returned(change)
    assert [(fault.place, fault.found) for fault in refusal.value.faults] == [("甲县 产值 A4", "改名"), ("甲县 产值 B6", "6.0")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda workbook: workbook.remove(workbook[KEYS]), "没有隐藏页"),
        (lambda workbook: workbook[KEYS].cell(1, 1, "{"), "隐藏页被改动"),
        (lambda workbook: workbook[KEYS].cell(1, 1, "[]"), "隐藏页被改动"),
        (lambda workbook: workbook["甲县 产值"].cell(4, 6, "k9"), "增删过行"),
        (lambda workbook: workbook["甲县 产值"].delete_rows(5), "增删过行"),
        (lambda workbook: workbook["甲县 产值"].cell(7, 1, "新增的企业"), "增删过行"),
    ],
)
def test_a_workbook_whose_rows_are_not_those_that_left_is_refused(change, words):
    """A key altered, a row taken out or added by hand: nothing of it is written."""
    with pytest.raises(BadInput, match=words):
        returned(change)


def test_another_tables_workbook_is_refused():
    """It says which table it is and where it belongs."""
    content = table_bytes(replace(TABLE, id="other"), TAKEN)

    with pytest.raises(BadInput, match="other"):
        put_back(read_bytes("a.xlsx", content), TABLE)


def test_a_row_that_is_gone_from_the_platform_is_named():
    """Between export and return a row was removed."""
    now = replace(TABLE, rows=TABLE.rows[:2], keys=TABLE.keys[:2])

    with pytest.raises(BadInput, match="k3"):
        put_back(read_bytes("a.xlsx", table_bytes(TABLE, TAKEN)), now)


def test_random_changes_come_back_cell_for_cell(tmp_path):
    """Against the obvious reference: a dictionary of the cells that were changed."""
    rng = random.Random(7)
    columns = [Column("名称"), *(Column(f"数{n}", "吨", "number", 3, editable=True) for n in range(4))]
    rows = [[f"行{n}", *(rng.choice([None, Fraction(rng.randrange(10**9), 1000)]) for _ in range(4))] for n in range(50)]
    table = Table("many", "许多", columns, rows, keys=[f"r{n}" for n in range(50)])
    workbook = opened(table_bytes(table, TAKEN))
    wanted = {}
    for _ in range(40):
        row, place = rng.randrange(50), rng.randrange(1, 5)
        value = rng.randrange(10**6) / 1000
        if not same(rows[row][place], value, columns[place]):
            wanted[f"r{row}", columns[place].id] = value
            workbook["许多"].cell(HEAD_ROWS + 1 + row, place + 1, value)
    workbook.save(tmp_path / "a.xlsx")
    changes = put_back(read_bytes("a.xlsx", (tmp_path / "a.xlsx").read_bytes()), table)

    assert {(one.key, one.column): one.after for one in changes} == wanted


def test_a_table_longer_than_a_sheet_is_split_and_says_so(monkeypatch):
    """No row is lost; the cover names the number of sheets; it still comes back."""
    monkeypatch.setattr(takeaway, "SHEET_ROWS", 2)
    content = table_bytes(TABLE, TAKEN)
    workbook = opened(content)

    assert workbook.sheetnames == [COVER, "甲县 产值 1", "甲县 产值 2", KEYS]
    assert "2 张工作表" in str([row[1].value for row in workbook[COVER].iter_rows()])
    assert put_back(read_bytes("a.xlsx", content), TABLE) == []


def test_an_empty_table_is_still_a_workbook():
    """Head and cover, no rows, nothing to put back."""
    empty = replace(TABLE, rows=[], keys=[])
    sheet = opened(table_bytes(empty, TAKEN))["甲县 产值"]

    assert sheet.max_row == HEAD_ROWS
    assert sheet_name("") == "表"


def test_a_book_of_several_tables_has_a_sheet_for_each_behind_one_cover():
    """Equal titles get a number; the same tables give the same bytes; nothing of it comes back."""
    one = Table("a", "甲表", [Column("名称"), Column("数", "家", "number")], [["甲", 3], ["乙", None]])
    other = Table("b", "乙表", [Column("名称")], [])
    content = book_bytes([one, other, one], TAKEN)

    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["说明", "甲表", "乙表", "甲表 2"]
    assert [cell.value for cell in book["甲表"][4]] == ["甲", 3]
    assert [cell.value for cell in book["甲表"][5]] == ["乙", None]
    assert book["乙表"].max_row == 3, "title, line and head of an empty table"
    assert book.active.title == "甲表"
    assert content == book_bytes([one, other, one], TAKEN)

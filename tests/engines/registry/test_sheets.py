"""A list as a sheet and the sheet read back: heads however ordered and written, every fault at its cell, the mark that says what the workbook is for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_cast import CATALOGUE, DAY, UNITS, A, firm, instant, on_key, project
from yunxing.engines.facts.sheet import Book, CellValue, Sheet
from yunxing.engines.registry.parties import REASONS, Membership, Party
from yunxing.engines.registry.sheets import HEAD_ROWS, MARK, build_sheets, detail_of, field_of, layout_of, read_sheets, target_of
from yunxing.values.errors import BadInput

KEY, FIRMS = layout_of(CATALOGUE, "key"), layout_of(CATALOGUE, "kind:enterprise")


def book(*rows: list[CellValue], name: str = "表") -> Book:
    return Book([Sheet(name, [list(row) for row in rows])], name="名单.xlsx")


def built(rows: list[tuple[Party, Membership | None]], target: str = "key") -> Book:
    return build_sheets(layout_of(CATALOGUE, target), rows, day=DAY, known=instant(3), note="合成数据", units=UNITS)


# ---- what a sheet holds


def test_a_list_has_the_columns_of_its_kind_then_those_of_the_membership() -> None:
    heads = [one.head for one in KEY.columns]

    assert heads[:2] == ["编号", "名称"]
    assert heads[-5:] == ["列入日期", "移出日期", "变动原因", "责任人", "电话"]
    assert heads.index("变更生效日") < heads.index("列入日期")
    assert len(set(heads)) == len(heads)
    assert (KEY.title, KEY.target) == ("重点项目", "roster:key")


def test_a_kind_is_a_sheet_without_membership() -> None:
    assert FIRMS.member == ()
    assert FIRMS.roster is None
    assert (FIRMS.title, FIRMS.target) == ("企业", "kind:enterprise")


@pytest.mark.parametrize("target", ["nothing", "roster:nothing", "kind:nothing", ""])
def test_a_target_nobody_knows_is_refused_with_what_there_is(target: str) -> None:
    with pytest.raises(BadInput, match="现有"):
        layout_of(CATALOGUE, target)


def test_the_sheet_says_how_to_change_it_and_offers_the_answers() -> None:
    made = built([(project(), on_key())])
    sheet = made.sheets[0]
    heads = [str(one) for one in sheet.rows[3]]

    assert sheet.rows[0] == ["重点项目"]
    assert "不要删行" in str(sheet.rows[2][0])
    assert sheet.choices[heads.index("阶段")] == ("前期", "在建")
    assert sheet.choices[heads.index("点名")] == ("是", "否")
    assert sheet.choices[heads.index("报送单元")] == ("U1", "U2")
    assert heads.index("变动原因") not in sheet.choices
    assert (sheet.head, sheet.body) == ((3, 3), 4)


def test_the_list_above_scale_offers_its_reasons() -> None:
    sheet = built([(firm(), None)], "above_scale").sheets[0]

    assert sheet.choices[[str(one) for one in sheet.rows[3]].index("变动原因")] == tuple(one for one in REASONS if one)


def test_codes_are_written_as_text_and_figures_as_figures() -> None:
    sheet = built([(project(attributes={"total": 12_340_000, "staff": 7, "start": "2022-03-01"}), on_key())]).sheets[0]
    kind = {str(head): sheet.formats[at] for at, head in enumerate(sheet.rows[3])}
    cells = dict(zip([str(one) for one in sheet.rows[3]], sheet.rows[4], strict=True))

    assert (kind["编号"], kind["电话"], kind["阶段"]) == ("@", "@", "@")
    assert (kind["开工"], kind["列入日期"]) == ("yyyy-mm-dd", "yyyy-mm-dd")
    assert kind["总投资（万元）"].startswith("0.")
    assert str(cells["总投资（万元）"]) == "12.34"
    assert (cells["用工（人）"], cells["开工"], cells["股比（%）"]) == (7, date(2022, 3, 1), None)


def test_a_row_of_a_party_that_is_not_on_the_list_leaves_the_membership_empty() -> None:
    sheet = built([(project(), None)]).sheets[0]

    assert sheet.rows[4][-5:] == [None] * 5


def test_the_hidden_mark_says_for_what_of_when_and_written_when() -> None:
    made = built([])
    read = read_sheets(made, KEY)

    assert made.sheets[1].hidden
    assert (read.target, read.day, read.known) == ("roster:key", DAY, instant(3))
    assert read.rows == []
    assert not read.faults


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2022-09-30", "yesterday"),
        ("31. Dec", "2022-10-01T00:00:00+00:00"),
        ("", "2022-10-01T00:00:00+00:00"),
        ("2022-09-30", "0001-01-01T00:00:00+23:00"),
    ],
)
def test_a_damaged_mark_is_a_fault_and_never_a_crash(day: str, known: str) -> None:
    made = built([(project(), on_key())])
    made.sheets[1].rows = [["target", "roster:key"], ["day", day], ["known", known]]
    read = read_sheets(made, KEY)

    (fault,) = read.faults
    assert MARK in fault.place
    assert "重新导出" in fault.fix
    assert read.known is None
    assert len(read.rows) == 1  # the rows are still read, so that their faults are told too


# ---- for which list a workbook is


@pytest.mark.parametrize(
    ("made", "target"),
    [
        (book(["x"], name="重点项目"), "roster:key"),
        (book(["x"], name="key"), "roster:key"),
        (book([" 培训目录 "]), "roster:courses"),
        (book(["别的表"]), ""),
        (Book([], name="空.xlsx"), ""),
    ],
)
def test_a_workbook_without_a_mark_is_known_by_its_sheet_or_title(made: Book, target: str) -> None:
    assert target_of(made, CATALOGUE) == target


def test_the_mark_counts_before_the_name_of_the_sheet() -> None:
    made = built([])
    made.sheets[0].name = "培训目录"

    assert target_of(made, CATALOGUE) == "roster:key"


# ---- heads


def test_columns_stand_in_any_order_under_title_id_or_english() -> None:
    for heads in (
        ["名称", "编号", "列入日期"],
        ["Name", "Id", "Joined on"],
        ["name", "id", "joined"],
        ["企业名称", "统一社会信用代码", "列入日期"],
    ):
        read = read_sheets(book(list(heads), ["合成甲", "P-1", "2022-01-01"]), KEY)
        (row,) = read.rows
        assert (row.id, row.party["name"], row.member["_joined"]) == ("P-1", "合成甲", "2022-01-01"), heads


def test_a_head_may_stand_below_titles_and_notes_but_not_anywhere() -> None:
    heads: list[CellValue] = ["编号", "名称", "列入日期"]
    low = read_sheets(book(*([["说明"]] * (HEAD_ROWS - 1)), heads, ["P-1", "合成甲", None]), KEY)
    lower = read_sheets(book(*([["说明"]] * HEAD_ROWS), heads, ["P-1", "合成甲", None]), KEY)

    assert [one.id for one in low.rows] == ["P-1"]
    assert lower.rows == []
    assert "没有找到表头" in lower.faults[0].found


def test_a_sheet_of_names_alone_needs_two_more_columns_to_be_taken_for_one() -> None:
    assert read_sheets(book(["名称", "责任人"], ["合成甲", "合成乙"]), KEY).rows == []
    assert len(read_sheets(book(["名称", "责任人", "列入日期"], ["合成甲", "合成乙", None]), KEY).rows) == 1


def test_a_missing_head_says_which_columns_there_must_be() -> None:
    (fault,) = read_sheets(book(["别的", "什么"]), KEY).faults

    assert fault.file == "名单.xlsx"
    assert all(head in fault.expected for head in ("编号", "名称", "列入日期", "责任人"))
    assert "导出" in fault.fix


def test_what_nobody_knows_is_told_and_left_alone() -> None:
    read = read_sheets(book(["编号", "名称", "随手记", ""], ["P-1", "合成甲", "x", "y"]), KEY)

    assert read.ignored == ["随手记"]
    assert dict(read.rows[0].party) == {"name": "合成甲"}


def test_a_column_twice_is_a_fault_that_names_it() -> None:
    read = read_sheets(book(["编号", "名称", "备注", "备注"], ["P-1", "合成甲", "一", "二"]), KEY)

    assert [one.found for one in read.faults] == ["两列“备注”"]
    assert "第 1 行" in read.faults[0].place


# ---- rows


def test_empty_rows_are_no_rows_and_the_others_keep_their_place() -> None:
    read = read_sheets(book(["编号", "名称"], ["P-1", "合成甲"], [None, "  "], [], ["P-2", "合成乙"]), KEY)

    assert [(one.id, one.row) for one in read.rows] == [("P-1", 1), ("P-2", 4)]
    assert read.rows[1].where("name") == "工作表“表” B5（名称）"
    assert read.rows[1].where("no column") == "工作表“表” 第 5 行"


def test_a_word_of_text_in_a_column_nobody_knows_makes_no_row() -> None:
    assert read_sheets(book(["编号", "名称", "随手记"], [None, None, "合计"]), KEY).rows == []


@pytest.mark.parametrize(
    ("cell", "id_"),
    [(" p-1 ", "P-1"), ("ｐ－１", "P-1"), (371600000000001.0, "371600000000001"), (None, ""), ("91371600ma3c00003x", "91371600MA3C00003X")],
)
def test_an_id_is_read_in_one_form(cell: CellValue, id_: str) -> None:
    assert read_sheets(book(["编号", "名称"], [cell, "合成甲"]), KEY).rows[0].id == id_


def test_every_unreadable_cell_of_a_row_is_told_and_the_row_stays() -> None:
    read = read_sheets(book(["编号", "名称", "总投资（万元）", "用工（人）", "列入日期"], ["P-1", "合成甲", "很多", "几个", "去年"]), KEY)

    assert [one.place.split(" ")[1] for one in read.faults] == ["C2（总投资（万元））", "D2（用工（人））", "E2（列入日期）"]
    assert [one.found for one in read.faults] == ["很多", "几个", "去年"]
    assert set(read.rows[0].party) == {"name"}


def test_the_day_from_which_a_change_holds_is_no_field_of_the_party() -> None:
    read = read_sheets(book(["编号", "名称", "变更生效日"], ["P-1", "合成甲", "2022年7月1日"], ["P-2", "合成乙", None]), KEY)

    assert [one.since for one in read.rows] == [date(2022, 7, 1), None]
    assert "_since" not in read.rows[0].party


def test_every_sheet_with_a_head_is_read_and_the_mark_is_not() -> None:
    two = Book([Sheet("甲", [["编号", "名称"], ["P-1", "合成甲"]]), Sheet("说明", [["看下表"]]), Sheet("乙", [["名称", "编号"], ["合成乙", "P-2"]]),
                Sheet(MARK, [["编号", "名称"], ["P-9", "x"]])], name="b.xlsx")  # fmt: skip
    read = read_sheets(two, KEY)

    assert [(one.sheet, one.id) for one in read.rows] == [("甲", "P-1"), ("乙", "P-2")]
    assert not read.faults


# ---- out and in is exact

texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "total": st.integers(-(10**14), 10**14), "share": st.integers(-(10**6), 10**6), "staff": st.integers(0, 10**6), "named": st.booleans(),
        "stage": st.sampled_from(["early", "built"]), "start": st.dates(date(1950, 1, 1), date(2049, 12, 31)).map(str), "words": texts,
    },
)  # fmt: skip
terms = st.builds(
    lambda first, length, who, reason: Membership(
        "key", "P-1", first, None if length is None else date.fromordinal(first.toordinal() + length), reason, {"answerable": who}
    ),
    st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.none() | st.integers(0, 4000), texts, texts | st.just(""),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(attributes, terms, texts)
def test_every_value_that_goes_out_comes_in_as_the_same(held: dict[str, Any], term: Membership, name: str) -> None:
    """Fen, hundredths of a percent, days, flags, choices and words: none is rounded, shifted or read as another."""
    party = project("P-1", name, attributes=held)
    read = read_sheets(built([(party, term)]), KEY)
    (row,) = read.rows

    assert not read.faults
    for column in KEY.party:
        if column.id not in ("id", "_since"):
            want = field_of(party, column)
            assert row.party[column.id] == (want.isoformat() if isinstance(want, date) else want or None if want in ("", None) else want), (
                column.id
            )
    for column in KEY.member:
        want = detail_of(term, column)
        assert row.member[column.id] == (want.isoformat() if isinstance(want, date) else want if want != "" else None), column.id


def test_a_field_or_detail_nobody_gave_is_none() -> None:
    columns = {one.id: one for one in KEY.columns}

    assert field_of(project(), columns["total"]) is None
    assert detail_of(on_key(), columns["phone"]) is None
    assert detail_of(on_key(), columns["_left"]) is None
    assert field_of(firm(A, unit="U2"), columns["unit"]) == "U2"

"""Lists by workbook: out, edited, in is exact; the same again changes nothing; all faults at once; nothing written before it is confirmed; undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from registry_cast import CATALOGUE, DAY, TERMS, A, B, firm, instant, on_key, project, taken_back
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.engines.registry.compare import rows_of
from yunxing.engines.registry.parties import Membership, Party
from yunxing.engines.registry.sheets import MARK, detail_of, field_of, layout_of
from yunxing.engines.registry.typed import read_value, shown
from yunxing.flows import registry_books as books
from yunxing.io.books import read
from yunxing.io.books.write import book_bytes
from yunxing.io.store import dialect, registry
from yunxing.io.store import registry_history as history
from yunxing.io.store.registry_history import Act
from yunxing.values.errors import BadInput

FULL = {"code": "2203-999999-04-01-123456", "total": 4180000000012, "share": 1234, "staff": 12, "named": True, "stage": "built", "start": "2022-03-01",
        "owner": A, "words": "含（全角）括号"}  # fmt: skip


@pytest.fixture
def stocked(connection: Any) -> Any:
    """Two firms, two projects on the list."""
    parties = [(firm(A), None), (firm(B), None), (project("P-1", attributes=FULL, parent=A), None), (project("P-2"), None)]
    history.record(connection, Act(instant(1), source="初次"), parties, [on_key("P-1", phone="0543-0000001"), on_key("P-2")])
    return connection


def exported(connection: Any, target: str = "key", *, day: date | None = DAY, at: int = 2) -> Book:
    """A list as a person gets it: written and read back as a file."""
    return read.read_bytes("a.xlsx", book_bytes(books.export_roster(connection, TERMS, target, day=day, at=instant(at))))


def column(book: Book, head: str) -> int:
    return [str(cell) for cell in book.sheets[0].rows[3]].index(head)


def edit(book: Book, row: int, head: str, value: Any) -> Book:
    """One cell of the body, rows from 0."""
    cells = book.sheets[0].rows
    while len(cells) <= 4 + row:
        cells.append([None] * len(cells[3]))
    line = cells[4 + row]
    line += [None] * (len(cells[3]) - len(line))
    line[column(book, head)] = value
    return book


def put(connection: Any, book: Book, *, at: int = 3, **rest: Any) -> books.Imported:
    marked = Book(list(book.sheets), name="a.xlsx")
    for sheet in marked.sheets:
        sheet.body = 4 if sheet.name != MARK else 0
        sheet.hidden = sheet.name == MARK
    return books.import_book(connection, TERMS, "a.xlsx", book_bytes(marked), day=DAY, act=Act(instant(at), "王某"), **rest)


def preview(connection: Any, book: Book, **rest: Any) -> books.Preview:
    return books.preview_book(connection, TERMS, "a.xlsx", book_bytes(book), day=DAY, **rest)


def test_a_list_put_back_as_it_came_changes_nothing(stocked):
    done = put(stocked, exported(stocked))

    assert done.change == ""
    assert done.preview.counts == {
        "new": 0,
        "changed": 0,
        "joined": 0,
        "left": 0,
        "redated": 0,
        "unchanged": 2,
        "absent": 0,
        "faults": 0,
        "warnings": 0,
    }
    assert not done.preview.may_write


def test_the_workbook_shows_units_real_numbers_and_real_dates(stocked):
    book = books.export_roster(stocked, TERMS, "key", day=DAY, at=instant(2))
    row = dict(zip([str(one) for one in book.sheets[0].rows[3]], book.sheets[0].rows[4], strict=True))

    assert row["总投资（万元）"] == 4180000 + row["总投资（万元）"] % 1
    assert (row["股比（%）"], row["用工（人）"], row["点名"], row["阶段"], row["开工"]) == (
        row["股比（%）"],
        12,
        "是",
        "在建",
        date(2022, 3, 1),
    )
    assert str(row["股比（%）"]) == "12.34"
    assert row["列入日期"] == date(2022, 1, 1)
    assert row["变更生效日"] is None
    assert book.sheets[1].name == MARK
    assert book.sheets[1].hidden


def test_an_edited_cell_comes_in_and_nothing_else_moves(stocked):
    book = edit(edit(exported(stocked), 0, "总投资（万元）", "1,234.5"), 1, "责任人", "合成另一人")
    seen = preview(stocked, book)
    assert registry.read_parties(stocked)["P-1"].attributes["total"] == FULL["total"]  # only looked at

    done = put(stocked, book)

    assert {entry.party: [(d.column, d.after) for d in entry.details] for entry in seen.entries} == {
        "P-1": [("总投资（万元）", "1,234.50 万元")], "P-2": [("责任人", "合成另一人")],
    }  # fmt: skip
    assert registry.read_parties(stocked)["P-1"].attributes == {**FULL, "total": 1234500000}
    assert registry.read_memberships(stocked, party="P-2")[0].attributes["answerable"] == "合成另一人"
    assert put(stocked, book, at=4).change == ""
    books.undo_change(stocked, done.change, at=instant(5), person="李某")
    assert registry.read_parties(stocked)["P-1"].attributes == FULL


def test_a_change_from_a_day_and_a_correction_are_two_things(stocked):
    put(stocked, edit(edit(exported(stocked), 0, "报送单元" if "报送单元" in map(str, exported(stocked).sheets[0].rows[3]) else "unit", "U2"),
                      0, "变更生效日", date(2022, 7, 1)))  # fmt: skip

    assert registry.parties_at(stocked, date(2022, 6, 30))["P-1"].unit == "U1"
    assert registry.parties_at(stocked, DAY)["P-1"].unit == "U2"


def test_a_new_row_joins_and_an_ended_row_leaves(stocked):
    book = exported(stocked)
    edit(edit(book, 1, "移出日期", "2022-08-31"), 1, "变动原因", "完工")
    for head, value in (("编号", "P-3"), ("名称", "合成新项目"), ("报送单元", "U2"), ("列入日期", "2022-09-01"), ("责任人", "合成丙")):
        edit(book, 2, head, value)
    done = put(stocked, book)

    assert {entry.party: entry.action for entry in done.preview.entries} == {"P-1": "unchanged", "P-2": "left", "P-3": "new"}
    assert [one.party for one in registry.read_memberships(stocked, roster="key", on=DAY)] == ["P-1", "P-3"]
    assert registry.read_parties(stocked)["P-3"].attributes == {"synthetic": True}
    assert registry.read_parties(stocked)["P-3"].valid_from == date(2022, 9, 1)


def test_a_row_left_out_is_told_and_stays_unless_the_workbook_is_the_whole_list(stocked):
    book = exported(stocked)
    del book.sheets[0].rows[5]
    seen = preview(stocked, book)
    assert [(one.party, one.action) for one in seen.entries] == [("P-1", "unchanged"), ("P-2", "absent")]
    assert not seen.may_write

    put(stocked, book, whole=True)
    (gone,) = registry.read_memberships(stocked, party="P-2")
    assert gone.valid_to == DAY - timedelta(days=1)


def test_another_join_date_redates_the_term(stocked):
    done = put(stocked, edit(exported(stocked), 1, "列入日期", date(2022, 2, 1)))

    assert [entry.action for entry in done.preview.entries] == ["unchanged", "redated"]
    assert [one.valid_from for one in registry.read_memberships(stocked, party="P-2")] == [date(2022, 2, 1)]
    books.undo_change(stocked, done.change, at=instant(4), person="")
    assert [one.valid_from for one in registry.read_memberships(stocked, party="P-2")] == [date(2022, 1, 1)]


def test_who_changed_the_same_cell_meanwhile_is_told_who_changed_another_is_not_undone(stocked):
    mine, theirs = exported(stocked), exported(stocked)
    put(stocked, edit(edit(theirs, 0, "名称", "合成别名"), 0, "电话", "0543-0000002"), at=3)

    done = put(stocked, edit(mine, 0, "责任人", "合成丁"), at=4)
    kept = registry.read_memberships(stocked, party="P-1")[0].attributes
    assert (kept["answerable"], kept["phone"], registry.read_parties(stocked)["P-1"].name) == ("合成丁", "0543-0000002", "合成别名")
    assert done.change
    with pytest.raises(BadInput, match="现为“合成别名”"):
        put(stocked, edit(mine, 0, "名称", "合成第三名"), at=5)
    with pytest.raises(BadInput, match="现为“0543-0000002”"):
        put(stocked, edit(exported(stocked, at=2), 0, "电话", "1"), at=5)


FAULTY = [
    ("编号", "", "blank", "空"),
    ("总投资（万元）", "1,2O3", "", "数字（万元）"),
    ("用工（人）", "1.5", "", "整数（人）"),
    ("阶段", "拆除", "", "前期、在建之一"),
    ("点名", "也许", "", "“是”或“否”"),
    ("开工", "三月", "", "日期"),
    ("项目代码", "2213-999999", "", "24 位投资项目统一代码"),
    ("承办企业", "914403001922038216", "", "已登记的编号"),
    ("报送单元", "U9", "", "填报单位代码"),
    ("行政区划", "000001", "", "已改为 000002 甲市"),
    ("移出日期", "2021-01-01", "", "不早于列入日期"),
    ("登记止日", "2020-01-01", "", "不早于登记起日"),
    ("责任人", None, "", "责任人"),
    ("变更生效日", "2020-01-01", "", "不早于登记起日"),
]


@pytest.mark.parametrize(("head", "value", "how", "said"), [one for one in FAULTY if one[2] != "blank"])
def test_a_bad_cell_is_named_by_sheet_and_cell_and_nothing_is_written(stocked, head, value, how, said):
    book = edit(exported(stocked), 0, head, value)
    seen = preview(stocked, book)

    assert seen.outcome.blocked
    assert any(said in fault.expected + fault.found + fault.fix for fault in seen.faults), seen.faults
    assert all("工作表“重点项目”" in fault.place for fault in seen.faults)
    assert any(f"5（{head}）" in fault.place for fault in seen.faults), seen.faults
    with pytest.raises(BadInput):
        put(stocked, book)
    assert len(history.changes(stocked)) == 1


def test_all_faults_come_at_once(stocked):
    book = exported(stocked)
    for head, value, how, _said in FAULTY:
        if not how:
            edit(book, 0, head, value)
    edit(book, 1, "总投资（万元）", "abc")

    assert preview(stocked, book).counts["faults"] >= len(FAULTY)


def test_a_member_twice_and_overlapping_terms_are_refused(stocked):
    book = exported(stocked)
    book.sheets[0].rows.append(list(book.sheets[0].rows[4]))
    assert any("重复" in fault.found for fault in preview(stocked, book).faults)

    again = exported(stocked)
    again.sheets[0].rows.append(list(again.sheets[0].rows[4]))
    edit(again, 2, "列入日期", date(2022, 5, 1))
    assert any("重叠" in fault.found for fault in preview(stocked, again).faults)


def test_columns_may_stand_in_any_order_and_strange_ones_are_told(stocked):
    book = exported(stocked)
    for row in book.sheets[0].rows[3:]:
        row.reverse()
        row.append("领导批示" if row is book.sheets[0].rows[3] else "x")
    seen = preview(stocked, book)

    assert seen.counts["unchanged"] == 2
    assert seen.ignored == ("领导批示",)


def test_a_foreign_workbook_needs_a_name_and_is_taken_by_its_sheet_or_by_the_list_given(stocked):
    rows: list[list[Any]] = [["编号", "名称", "列入日期", "责任人", "报送单元"], ["P-1", "合成项目P-1", "2022-01-01", "合成戊", "U1"]]
    plain = Book([Sheet("Sheet1", rows)])
    with pytest.raises(BadInput, match="看不出是哪个名录"):
        preview(stocked, plain)
    assert preview(stocked, plain, target="key").counts["changed"] == 1
    assert preview(stocked, Book([Sheet("重点项目", rows)])).counts["changed"] == 1
    with pytest.raises(BadInput, match="没有名录"):
        preview(stocked, plain, target="kex")
    assert "没有找到表头" in preview(stocked, Book([Sheet("重点项目", [["甲", "乙"]])])).faults[0].found


def test_rows_of_our_own_kinds_get_an_id_from_their_name_the_same_each_time(stocked):
    rows: list[list[Any]] = [["名称", "课时", "列入日期"], ["焊工", 40, "2022-01-01"], ["叉车", None, "2022-01-01"]]
    book = Book([Sheet("培训目录", rows)])
    seen = preview(stocked, book)
    assert [fault.found for fault in seen.faults] == ["空"]  # the hours of the second are required

    rows[2][1] = "24学时" and 24
    first = put_plain(stocked, book, 3)
    assert (first.preview.counts["new"], put_plain(stocked, book, 4).change) == (2, "")
    assert {one.name for one in registry.read_parties(stocked, kind="course").values()} == {"焊工", "叉车"}


def put_plain(connection: Any, book: Book, at: int) -> books.Imported:
    return books.import_book(connection, TERMS, "b.xlsx", book_bytes(book), day=DAY, act=Act(instant(at)))


def test_an_old_registration_number_warns_a_broken_code_blocks(stocked):
    rows: list[list[Any]] = [["统一社会信用代码", "企业名称", "列入日期", "报送单元"], ["371600000000001", "合成旧厂", "2022-01-01", "U1"]]
    book = Book([Sheet("规上企业", rows)])
    seen = preview(stocked, book)
    assert [fault.severity for fault in seen.faults] == ["warn"]
    assert seen.may_write

    rows[1][0] = "3716"
    assert preview(stocked, book).outcome.blocked


def test_the_above_scale_list_knows_its_own_rules(stocked):
    rows: list[list[Any]] = [["编号", "名称", "列入日期", "移出日期", "变动原因"], [A, firm(A).name, "2022-01-01", "2022-06-30", "随便"]]
    seen = preview(stocked, Book([Sheet("规上企业", rows)]))
    assert "退库原因“随便”" in {fault.found for fault in seen.faults}


def test_several_files_are_one_act_each_and_none_is_written_when_one_is_bad(home, tmp_path):
    with dialect.connected(home) as opened:
        history.record(opened, Act(instant(1)), [(project("P-1"), None)], [on_key("P-1")])
        good, bad = exported(opened), exported(opened)
    (tmp_path / "good.xlsx").write_bytes(book_bytes(edit(good, 0, "责任人", "合成己")))
    (tmp_path / "bad.xlsx").write_bytes(book_bytes(edit(bad, 0, "阶段", "拆除")))
    (tmp_path / "none.xlsx").write_bytes(b"PK\x03\x04 broken")
    paths = [tmp_path / "good.xlsx", tmp_path / "bad.xlsx"]

    with pytest.raises(BadInput, match="前期、在建之一"):
        books.import_files(home, TERMS, paths, day=DAY, act=Act(instant(3)))
    with pytest.raises(BadInput, match=r"none\.xlsx"):
        books.import_files(home, TERMS, [tmp_path / "none.xlsx"], day=DAY, act=Act(instant(3)))
    with dialect.connected(home) as opened:
        assert len(history.changes(opened)) == 1
    (done,) = books.import_files(home, TERMS, paths[:1], day=DAY, act=Act(instant(3)))
    assert done.memberships.changed == 1


def test_a_merge_moves_everything_and_can_be_taken_back(stocked):
    history.record(stocked, Act(instant(2)), [(firm("OLD15", "合成旧名", short_name="旧", size="small"), None), (project("P-9", parent="OLD15"), None)],
                   [Membership("above_scale", "OLD15", date(2015, 1, 1), date(2019, 12, 31), "地区变更"), Membership("above_scale", A, date(2020, 1, 1))])  # fmt: skip
    before = (registry.read_parties(stocked), registry.read_memberships(stocked))
    shown_only, nothing = books.merge_parties(stocked, A, "OLD15", act=Act(instant(3)), write=False)
    assert (nothing, registry.read_parties(stocked)) == ("", before[0])

    done, change = books.merge_parties(stocked, A, "OLD15", act=Act(instant(3), "王某", "merge"))

    assert done == shown_only
    assert done.differences == (("name", firm(A).name, "合成旧名"),)
    now = registry.read_parties(stocked)
    assert "OLD15" not in now
    assert (now[A].short_name, now[A].size, now["P-9"].parent) == ("旧", "small", A)
    assert registry.read_memberships(stocked, roster="above_scale") == [Membership("above_scale", A, date(2015, 1, 1), None, "地区变更")]
    assert registry.read_aliases(stocked) == {"OLD15": A}
    assert "OLD15" in history.as_known(stocked, DAY, instant(2, 9))
    with pytest.raises(BadInput, match=f"OLD15 已并入 {A}"):
        books.merge_parties(stocked, B, "OLD15", act=Act(instant(4)))
    books.undo_change(stocked, change, at=instant(5), person="")
    assert (registry.read_parties(stocked), registry.read_memberships(stocked), registry.read_aliases(stocked)) == (*before, {})


def test_a_row_under_an_id_that_was_merged_goes_to_the_one_that_stays(stocked):
    history.record(stocked, Act(instant(2)), [(project("P-0", "合成旧项目"), None)])
    books.merge_parties(stocked, "P-1", "P-0", act=Act(instant(3), act="merge"))
    book = Book([Sheet("重点项目", [["编号", "名称", "列入日期", "责任人"], ["P-0", "合成项目P-1", "2022-01-01", "合成庚"]])])
    done = put_plain(stocked, book, 4)

    assert [(entry.party, entry.action) for entry in done.preview.entries][:1] == [("P-1", "changed")]


@pytest.mark.parametrize(("keep", "drop", "said"), [(A, A, "itself"), (A, "P-1", "one kind"), (A, "nobody", "没有登记 nobody")])
def test_what_cannot_be_one_is_not_merged(stocked, keep, drop, said):
    with pytest.raises(BadInput, match=said):
        books.merge_parties(stocked, keep, drop, act=Act(instant(3)))


# ---- round trip over anything that can be held

LAYOUT = layout_of(CATALOGUE, "key")
words = st.text(st.sampled_from("甲乙（）Ａb ,0=-'\"<&。\n"), min_size=1, max_size=8).map(str.strip).filter(bool)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": words,
    "phone": st.sampled_from(["0543-0000001", "13800000000", "007"]),
    "date": st.dates(date(1990, 1, 1), date(2090, 1, 1)).map(date.isoformat),
    "money": st.integers(-(10**14), 10**15),
    "rate": st.integers(-100000, 100000),
    "count": st.integers(0, 10**12),
    "flag": st.booleans(),
    "choice": st.sampled_from(["early", "built"]),
    "party": st.sampled_from([A, B]),
}
ATTRIBUTES = st.fixed_dictionaries(
    {}, optional={one.id: st.just(FULL["code"]) if one.check else VALUES[one.type] for one in LAYOUT.kind.columns if not one.common}
)
PROJECTS = st.builds(
    lambda name, short, unit, attributes, member, last: (
        project("P-1", name, short_name=short, unit=unit, attributes=attributes), on_key("P-1", until=last, reason="完工" if last else "", **member)),
    words, st.one_of(st.just(""), words), st.sampled_from(["U1", "U2"]), ATTRIBUTES, st.fixed_dictionaries({}, optional={"phone": VALUES["phone"]}),
    st.one_of(st.none(), st.dates(DAY, date(2030, 1, 1))),
)  # fmt: skip


@given(held=PROJECTS, wanted=PROJECTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_out_edited_in_is_exactly_what_was_edited(migrated, held, wanted):
    """Whatever is held goes out and comes in unchanged; whatever is edited into the sheet is then held, and goes out as it was edited."""
    assume(held != wanted)
    with dialect.connected(migrated) as opened, taken_back(opened):
        history.record(opened, Act(instant(1)), [(firm(A), None), (firm(B), None), (held[0], None)], [held[1]])
        book = exported(opened)
        assert put(opened, book, at=2).change == ""
        line: list[Any] = []
        for one in LAYOUT.columns:
            source: Any = wanted[0] if one in LAYOUT.party else wanted[1]
            line.append(
                None if one.id == "_since" else shown(field_of(source, one) if one in LAYOUT.party else detail_of(source, one), one)
            )
        book.sheets[0].rows[4] = line
        put(opened, book, at=3)
        assert registry.read_parties(opened)["P-1"] == wanted[0]
        assert registry.read_memberships(opened, party="P-1") == [wanted[1]]
        assert put(opened, exported(opened, at=4), at=4).change == ""
        assert put(opened, book, at=5).change == ""


@given(column=st.sampled_from([one for one in LAYOUT.columns if one.id != "_since" and not one.check]), data=st.data())
def test_every_cell_reads_back_as_it_was_shown(column, data):
    value = data.draw(VALUES[column.type])
    assert read_value(shown(value, column), column) == value


def test_rows_stand_by_unit_and_name():
    parties = {one.id: one for one in (project("P-1", "乙", unit="U2"), project("P-2", "甲", unit="U1"), project("P-3", "丙", unit="U1"))}
    members = [on_key(one) for one in parties]
    assert [party.id for party, _m in rows_of(parties, [*members, on_key("gone")], DAY)] == ["P-3", "P-2", "P-1"]
    ended = [replace(one, valid_to=date(2022, 2, 1)) for one in members]
    assert list(rows_of(parties, ended, DAY)) == []
    assert len(list(rows_of(parties, ended, None))) == 3


def test_a_kind_goes_out_and_in_without_a_list(stocked):
    book = exported(stocked, "kind:enterprise")
    assert len(book.sheets[0].rows) == 6
    done = put(stocked, edit(book, 0, "简称", "合成简"))
    assert done.parties.changed == 1
    assert isinstance(registry.read_parties(stocked)[A], Party)

"""A person's words in a bulletin: kept when it is composed anew, merged line by line, and never able to change a figure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.edits import (
    Edit,
    apply,
    edit_of,
    faults_of,
    figures_of,
    from_lines,
    lines_of,
    merge3,
    readable,
    typed,
)
from yunxing.engines.bulletins.model import Bulletin, Figure, Paragraph, Section, Table
from yunxing.packs.bulletin import load_bulletin

PLAN = load_bulletin(cast.LIBRARY)
BULLETIN = compose(PLAN, cast.board(), cast.ISSUED)
SECTIONS = {section.id: section for section in BULLETIN.sections}
LINES = st.lists(st.sampled_from("abcdef"), max_size=7)


def changed_board(**figures: int) -> Bulletin:
    """The bulletin with other figures for the city's rows named `indicator__stat`."""
    rows = tuple(
        replace(row, num=figures[f"{row.indicator}__{row.stat}"])
        if row.scope_kind == "city" and f"{row.indicator}__{row.stat}" in figures and row.period != cast.B
        else row
        for row in cast.rows()
    )
    return compose(PLAN, cast.board(rows=rows), cast.ISSUED)


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_lines_are_the_section_and_give_it_back(name: str) -> None:
    assert from_lines(SECTIONS[name], lines_of(SECTIONS[name])) == SECTIONS[name]


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_what_a_box_shows_is_read_back_as_the_same_lines(name: str) -> None:
    lines = lines_of(SECTIONS[name])
    assert typed(readable(lines, figures_of(SECTIONS[name]))) == lines


def test_a_section_without_an_edit_is_as_composed() -> None:
    assert apply(BULLETIN, {}) == (BULLETIN, ())


def test_an_edit_that_changes_nothing_changes_nothing() -> None:
    edits = {name: edit_of(section, lines_of(section)) for name, section in SECTIONS.items()}
    assert apply(BULLETIN, edits) == (BULLETIN, ())


def test_an_edited_sentence_keeps_its_figures_alive() -> None:
    """The person writes other words around a figure; the next computation brings the figure's new value into those words."""
    section = SECTIONS["overall"]
    mark = next(name for name, one in figures_of(section).items() if one.sources[0].endswith("cumulative_yoy"))
    edit = edit_of(section, [f"全市工业稳中有进，产值同比⟦{mark}⟧。", *lines_of(section)[1:]])
    merged, conflicts = apply(BULLETIN, {"overall": edit})
    assert not conflicts
    assert merged.sections[0].blocks[0].text == "全市工业稳中有进，产值同比增长7.6%。"
    merged, conflicts = apply(changed_board(output_growth__cumulative_yoy=81), {"overall": edit})
    assert merged.sections[0].blocks[0].text == "全市工业稳中有进，产值同比增长8.1%。"
    assert not conflicts, "the composed line has other figures, but the same marks: nobody's words were lost"


def test_marks_are_found_again_by_what_they_mean_when_their_numbers_moved() -> None:
    """A sentence that is now said pushes the running numbers on; the edit follows the meaning."""
    section = SECTIONS["overall"]
    named = figures_of(section)
    edit = edit_of(section, (*lines_of(section)[:-1], lines_of(section)[-1] + "各地要高度重视。"))
    fewer = tuple(row for row in cast.rows() if (row.indicator, row.stat) != ("output_growth", "value"))
    other = compose(PLAN, cast.board(rows=fewer), cast.ISSUED)
    assert set(figures_of(other.sections[0])) != set(named)
    merged, conflicts = apply(other, {"overall": edit})
    assert "各地要高度重视。" in merged.sections[0].blocks[-1].text
    assert len(conflicts) >= 1, "the same line changed on both sides: the person is told"
    said = {(f.form, f.op, f.sources): f.display for f in other.figures()}
    for figure in merged.figures():
        assert said[(figure.form, figure.op, figure.sources)] == figure.display


def test_a_figure_that_is_no_more_is_told_and_not_printed_with_its_old_value() -> None:
    section = SECTIONS["overall"]
    mark = next(name for name, one in figures_of(section).items() if one.op == "change")
    edit = edit_of(section, [f"增速{'⟦' + mark + '⟧'}。"])
    fewer = tuple(row for row in cast.rows() if row.period != cast.B)
    merged, conflicts = apply(compose(PLAN, cast.board(rows=fewer), cast.ISSUED), {"overall": edit})
    assert "［数据中已无此数字］" in merged.sections[0].blocks[0].text
    assert "0.1" not in merged.sections[0].blocks[0].text
    assert any(conflict.composed == "数据中已无此数字" for conflict in conflicts)


def test_an_edit_of_a_section_that_is_no_more_is_a_conflict() -> None:
    edit = edit_of(SECTIONS["overall"], ["一段话。"])
    _, conflicts = apply(BULLETIN, {"gone": edit})
    assert [(one.section, one.kept) for one in conflicts] == [("gone", "一段话。")]


def test_a_table_survives_an_edit_that_leaves_it_out() -> None:
    section = SECTIONS["lights"]
    made = from_lines(section, ["只剩一句话。"])
    assert [type(block) for block in made.blocks] == [Paragraph, Table]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("增长⟦nothing_1⟧。", "⟦nothing_1⟧"),
        ("增长⟦overall_001 : 9%⟧。", "⟦overall_001 : 9%⟧"),
        ("新增3个项目。", "数字 3"),
        ("增长-8.25%。", "数字 -8.25"),
        ("⟦=units⟧", "未知的表 units"),
    ],
)
def test_what_cannot_stand_is_named_with_its_place(line: str, said: str) -> None:
    section = SECTIONS["overall"]
    found = faults_of(section, edit_of(section, [*lines_of(section), line]))
    assert [(fault.found, fault.place) for fault in found] in (
        [(said, f"总体情况，第{len(lines_of(section)) + 1}段")],
        [(said, "总体情况")],
    )


@pytest.mark.parametrize("line", ["2022年1—9月，总体平稳。", "10月20日前完成。", "2022年运行平稳。", "一是抓项目。"])
def test_dates_and_words_need_no_source(line: str) -> None:
    section = SECTIONS["overall"]
    assert faults_of(section, edit_of(section, [*lines_of(section), line])) == []


def test_a_number_with_a_source_stands_and_is_kept_with_it() -> None:
    section = SECTIONS["overall"]
    text = [*lines_of(section), "已组织对接活动3场。"]
    assert faults_of(section, edit_of(section, text, {"3": "  "})), "a blank is no source"
    edit = edit_of(section, text, {"3": "市工信局活动台账"})
    assert faults_of(section, edit) == []
    assert Edit.from_json(edit.to_json()) == edit


def test_a_table_twice_or_gone_is_told() -> None:
    section = SECTIONS["lights"]
    (table,) = lines_of(section)
    assert [fault.found for fault in faults_of(section, edit_of(section, ["没有表了。"]))] == ["没有表 lights_lights"]
    assert [fault.found for fault in faults_of(section, edit_of(section, [table, table]))] == ["表 lights_lights 出现 2 次"]


def test_headings_keep_their_level() -> None:
    section = SECTIONS["indicators"]
    heading = next(line for line in lines_of(section) if line.startswith("## "))
    made = from_lines(section, [heading, "### 三级", "正文。"])
    assert [(block.level, block.text) for block in made.blocks if isinstance(block, Paragraph)] == [
        (2, heading.removeprefix("## ")),
        (3, "三级"),
        (0, "正文。"),
    ]


@given(base=LINES, other=LINES)
def test_a_merge_with_one_side_untouched_is_the_other_side(base: list[str], other: list[str]) -> None:
    assert merge3(base, other, base) == (tuple(other), [])
    assert merge3(base, base, other) == (tuple(other), [])
    assert merge3(base, other, other)[1] == []


@given(base=LINES, mine=LINES, theirs=LINES)
def test_a_merge_loses_no_line_a_person_wrote(base: list[str], mine: list[str], theirs: list[str]) -> None:
    """Every line of mine that is new stands in the result; what a conflict hides of theirs stands in the conflict."""
    merged, conflicts = merge3(base, mine, theirs)
    shown = [*merged, *(line for _, right in conflicts for line in right)]
    for line in set(mine) - set(base):
        assert merged.count(line) >= 1
    for line in set(theirs) - set(base):
        assert line in shown


@given(st.lists(st.text(alphabet="全市，。增长⟦⟧=#1 _a", max_size=12), max_size=5))
def test_no_text_of_a_box_can_change_a_figure(text: list[str]) -> None:
    """Whatever is typed, every figure that the section then shows is one of the data, unchanged."""
    section = SECTIONS["overall"]
    own = figures_of(section)
    made: Section = from_lines(section, typed("\n".join([*text, readable(lines_of(section), own)])))
    for figure in figures_of(made).values():
        assert isinstance(figure, Figure)
        assert own[figure.id] == figure

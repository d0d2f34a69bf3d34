"""What must hold before a document is signed, its public edition, and its correction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.correction import compose_correction, corrected
from yunxing.engines.bulletins.edits import Conflict, apply, edit_of, lines_of
from yunxing.engines.bulletins.model import Bulletin, Column, Figure, Paragraph, Section, Table, Text, plain
from yunxing.engines.bulletins.public import names_single, public_edition, sentences
from yunxing.engines.bulletins.ready import Check, Facts, checks, ready
from yunxing.engines.bulletins.trace import figures_table
from yunxing.packs.bulletin import load_bulletin

PLAN = load_bulletin(cast.LIBRARY)
BOARD = cast.board()
BULLETIN = compose(PLAN, BOARD, cast.ISSUED, number="某工运〔2022〕9号")


def found(bulletin: Bulletin = BULLETIN, composed: Bulletin = BULLETIN, **facts: object) -> dict[str, Check]:
    given_facts: dict[str, object] = {
        "board": BOARD,
        "edits": {},
        "conflicts": (),
        "numbers": frozenset(),
        "is_working": lambda _: True,
    } | facts
    return {check.id: check for check in checks(bulletin, composed, Facts(**given_facts))}  # type: ignore[arg-type]


def with_paragraph(words: str) -> Bulletin:
    first = BULLETIN.sections[0]
    return replace(BULLETIN, sections=(replace(first, blocks=(*first.blocks, Paragraph((Text(words),)))), *BULLETIN.sections[1:]))


def test_a_composed_bulletin_is_ready() -> None:
    assert ready(found().values())
    assert {check.level for check in found().values()} == {"holds", "warns"}, "one area did not report: told, not blocked"


def test_what_blocks_stands_first() -> None:
    unformed = replace(BULLETIN, number="9号")
    levels = [check.level for check in found(unformed, unformed).values()]
    assert levels == sorted(levels, key=["blocks", "warns", "holds"].index)
    assert levels[0] == "blocks"


@pytest.mark.parametrize(
    ("number", "level"),
    [
        ("某工运〔2022〕9号", "holds"),
        ("某工运〔2022〕09号", "blocks"),
        ("某工运[2022]9号", "blocks"),
        ("某工运〔2022〕第9号", "blocks"),
        ("某工运〔2021〕9号", "blocks"),
        ("某工运〔2022〕8号", "blocks"),
        ("", "warns"),
    ],
)
def test_the_number_is_of_the_form_of_this_year_and_free(number: str, level: str) -> None:
    made = replace(BULLETIN, number=number)
    assert found(made, made, numbers=frozenset({"某工运〔2022〕8号"}))["number"].level == level


def test_without_a_number_nothing_is_issued() -> None:
    made = replace(BULLETIN, number="")
    assert found(made, made, will_issue=True)["number"].level == "blocks"


@pytest.mark.parametrize(("day", "level"), [(date(2022, 10, 14), "blocks"), (date(2022, 10, 15), "holds"), (date(2022, 10, 16), "holds")])
def test_the_date_is_not_before_the_datas_own(day: date, level: str) -> None:
    assert found(made := replace(BULLETIN, issued_on=day), made)["date"].level == level


def test_a_day_off_is_told() -> None:
    assert found(is_working=lambda _: False)["date"].level == "warns"


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("总体平稳,增长较快。", "blocks"),
        ("总体平稳(初步)。", "blocks"),
        ("各单位:要认真落实。", "blocks"),
        ("总体平稳，增长较快。", "holds"),
        ("增长1,234.5亿元。", "holds"),
        ("用时12:30。", "holds"),
    ],
)
def test_half_width_marks_among_chinese_words_are_found(words: str, level: str) -> None:
    assert found(with_paragraph(words))["punctuation"].level == level


def test_an_area_that_a_table_leaves_out_is_found() -> None:
    def cut(block: object) -> object:
        return replace(block, rows=block.rows[:-1]) if isinstance(block, Table) and block.columns[0].title == "县区" else block

    made = replace(BULLETIN, sections=tuple(replace(s, blocks=tuple(cut(b) for b in s.blocks)) for s in BULLETIN.sections))
    assert found(made, BULLETIN)["units"].level == "blocks"


def test_an_empty_section_and_a_figure_that_is_not_the_datas_block() -> None:
    assert found(replace(BULLETIN, sections=(*BULLETIN.sections, Section("x", "空", ()))))["empty"].level == "blocks"
    lie = Figure("overall_900", "growth", "value", ("output_growth/city/city/2022-01..09/cumulative_yoy",), 9, 1, "%", "增长9.0%")
    first = BULLETIN.sections[0]
    made = replace(BULLETIN, sections=(replace(first, blocks=(*first.blocks, Paragraph((lie,)))), *BULLETIN.sections[1:]))
    assert found(made)["figures"].level == "blocks"


def test_a_number_without_a_source_blocks_and_with_one_does_not() -> None:
    section = BULLETIN.sections[0]
    text = [*lines_of(section), "已召开调度会4次。"]
    for sources, level in (({}, "blocks"), ({"4": "会议台账"}, "holds")):
        edits = {section.id: edit_of(section, text, sources)}
        merged, _ = apply(BULLETIN, edits)
        assert found(merged, edits=edits)["edits"].level == level


def test_a_closing_made_anew_blocks_and_a_conflict_is_told() -> None:
    assert found(superseded=True)["fresh"].level == "blocks"
    assert found(conflicts=(Conflict("overall", "甲", "乙"),))["conflicts"].level == "warns"


# the public edition


def test_the_public_edition_names_no_single_enterprise_or_project() -> None:
    public = public_edition(BULLETIN, [project.name for project in cast.projects()])
    assert not [figure for figure in public.bulletin.figures() if names_single(figure)]
    words = "".join(
        block.text if isinstance(block, Paragraph) else "".join(plain(c) for r in block.rows for c in r)
        for block in public.bulletin.blocks()
    )
    for private in ("某铝业企业", "某热电厂", "高端铝精深加工"):
        assert private not in words
    assert "见附件" not in words
    assert "见下表" not in words
    assert any("重点关注问题清单" in one for one in public.removed)
    assert public.bulletin.attachments == ()
    assert "公开" in public.bulletin.remark


def test_what_the_public_edition_keeps_is_unchanged() -> None:
    public = public_edition(BULLETIN).bulletin
    own = {figure.id: figure for figure in BULLETIN.figures()}
    kept = {figure.id: figure for figure in public.figures()}
    assert kept.items() <= own.items()
    assert {"目标任务亮灯表", "各县区主要指标及位次"} <= {block.title for block in public.blocks() if isinstance(block, Table)}
    assert [section.title for section in public.sections] == [s.title for s in BULLETIN.sections if s.id in {p.id for p in public.sections}]


def test_a_sentence_that_names_a_registered_firm_goes_and_its_neighbours_stay() -> None:
    made = with_paragraph("总体平稳。甲某铝业股份有限公司减产。各地要重视。")
    public = public_edition(made, ["甲某铝业股份有限公司"])
    text = "".join(block.text for block in public.bulletin.sections[0].blocks if isinstance(block, Paragraph))
    assert text.endswith("总体平稳。各地要重视。")
    assert any("甲某铝业" in one for one in public.removed)


def test_a_document_without_anything_private_is_its_own_public_edition() -> None:
    open_ = replace(BULLETIN, sections=BULLETIN.sections[2:4], attachments=())
    public = public_edition(open_)
    assert public.removed == ()
    assert public.bulletin.sections == open_.sections


@given(
    st.lists(
        st.one_of(st.text(alphabet="甲乙。，", max_size=8).map(Text), st.just(Figure("a_1", "plain", "value", (), 1, 1, "", "1。2"))),
        max_size=6,
    )
)
def test_cutting_into_sentences_loses_nothing_and_cuts_no_figure(runs: list[Text | Figure]) -> None:
    cut = sentences(tuple(runs))
    assert plain(tuple(run for one in cut for run in one)) == plain(tuple(runs))
    assert sum(isinstance(run, Figure) for one in cut for run in one) == sum(isinstance(run, Figure) for run in runs)
    for one in cut[:-1]:
        assert plain(one).endswith("。") or isinstance(one[-1], Figure)


# the correction


def test_a_correction_names_what_was_told_and_what_is_right() -> None:
    rows = tuple(
        replace(row, num=81)
        if (row.indicator, row.scope_kind, row.stat, row.period) == ("output_growth", "city", "cumulative_yoy", cast.C)
        else row
        for row in cast.rows()
    )
    today = compose(PLAN, cast.board(rows=rows), date(2022, 11, 3))
    changes = corrected(figures_table(BULLETIN, ()), today, lambda source: source.split("/")[0])
    assert ("增长7.6%", "增长8.1%") in {(one.was, one.now.display if one.now else None) for one in changes}
    made = compose_correction(today, BULLETIN, changes, "个别企业更正报表。", date(2022, 11, 3))
    assert made.title == f"关于更正《{BULLETIN.title}》有关数据的通知"
    words = made.sections[0].blocks[0].text
    assert "2022年10月20日印发的" in words
    assert "某工运〔2022〕9号" in words
    assert "因个别企业更正报表，现更正如下。" in words
    shown = [tuple(plain(cell) for cell in row) for row in made.sections[0].blocks[1].rows]
    assert all(len(row) == 5 for row in shown)
    assert any(row[3:] == ("增长7.6%", "增长8.1%") for row in shown)
    assert made.recipients == BULLETIN.recipients


def test_a_document_that_is_right_has_nothing_to_correct() -> None:
    assert corrected(figures_table(BULLETIN, ()), BULLETIN, str) == ()


def test_a_figure_that_is_told_no_more_is_corrected_too() -> None:
    fewer = replace(BULLETIN, sections=BULLETIN.sections[1:])
    gone = corrected(figures_table(BULLETIN, ()), fewer, str)
    assert gone
    made = compose_correction(fewer, BULLETIN, [one for one in gone if one.now is None], "内容有误", date(2022, 11, 3))
    table = made.sections[0].blocks[1]
    assert isinstance(table, Table)
    assert table.columns[4] == Column("更正为", 16)
    assert {plain(row[4]) for row in table.rows} == {"不再列示"}

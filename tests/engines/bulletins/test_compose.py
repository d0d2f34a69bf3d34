"""The bulletin as it is said: sentences by conditions, every number from a figure, and what happens when data are missing or odd."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.board import Board, Unit
from yunxing.engines.bulletins.compose import compose, month_words
from yunxing.engines.bulletins.model import Bulletin, Figure, Paragraph, Table, Text, plain
from yunxing.engines.bulletins.trace import stray_numbers
from yunxing.packs.bulletin import load_bulletin
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

PLAN = load_bulletin(cast.LIBRARY)


def said(board: Board) -> Bulletin:
    return compose(PLAN, board, cast.ISSUED)


def text_of(bulletin: Bulletin) -> str:
    lines = [s.title for s in bulletin.sections]
    for block in bulletin.blocks():
        lines += [block.text] if isinstance(block, Paragraph) else [plain(cell) for row in block.rows for cell in row]
    return "\n".join(lines)


def table(bulletin: Bulletin, id_: str) -> Table:
    return next(block for block in bulletin.blocks() if isinstance(block, Table) and block.id == id_)


@pytest.fixture(scope="module")
def september() -> Bulletin:
    return said(cast.board())


def test_the_sections_of_the_handbook_stand_in_their_order(september: Bulletin) -> None:
    assert [s.id for s in september.sections] == ["overall", "indicators", "lights", "ranking", "problems", "verdicts", "next"]
    assert all(s.blocks for s in september.sections)


def test_every_number_of_the_text_stands_in_a_figure(september: Bulletin) -> None:
    """Plain text holds dates, periods, ordinals and the digest only."""
    strays = []
    for block in september.blocks():
        cells = [block.runs] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row[1:]]
        strays += [
            (run.text, stray_numbers(run.text)) for cell in cells for run in cell if isinstance(run, Text) and stray_numbers(run.text)
        ]
    assert strays == []


def test_every_figure_equals_its_row(september: Bulletin) -> None:
    """Read back: the row named by the source holds the value, and the printed number is that value, rounded as the words say."""
    rows = {row.id: row for row in cast.rows()}
    scale = {"亿元": 10**10, "万元": 10**6, "万吨": 10**7, "倍": Fraction(100)}
    checked = 0
    for figure in september.figures():
        if figure.op not in ("value", "target") or figure.absence:
            continue
        value = rows[figure.sources[0]].value if figure.op == "value" else Fraction(figure.num or 0, figure.den or 1)
        assert value == Fraction(figure.num or 0, figure.den or 1)
        number = re.search(r"-?\d+(?:\.(\d+))?", figure.display)
        assert number, figure
        unit = next((u for u in scale if u in figure.display), "亿元" if figure.form == "yi_short" else "")
        sign = -1 if figure.display.startswith(("下降", "低于")) else 1
        shown = Fraction(number[0]) * scale.get(unit, 1) * sign
        assert abs(shown - value) <= Fraction(scale.get(unit, 1), 2 * 10 ** len(number[1] or ""))
        checked += 1
    assert checked > 60


def test_ids_are_unique_and_fit_a_bookmark(september: Bulletin) -> None:
    ids = [figure.id for figure in september.figures()]
    assert len(ids) == len(set(ids)) == len(list(september.figures()))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,34}", id_) for id_ in ids)


def test_the_first_paragraph(september: Bulletin) -> None:
    assert (
        september.sections[0]
        .blocks[0]
        .text.startswith(  # type: ignore[union-attr]
            "2022年1—9月，全市工业经济运行总体平稳，规模以上工业总产值2318.40亿元，同比增长7.6%，增速较1—8月回落0.1个百分点。其中，9月当月完成265.30亿元，同比增长7.9%。"
        )
    )


def test_equal_growth_shares_the_better_place_in_the_table(september: Bulletin) -> None:
    rows = table(september, "ranking_units").rows
    assert [plain(row[2]) for row in rows] == ["1", "2", "3", "4", "4", "6", "7", "8", "9", "—"]
    assert plain(rows[-1][1]) == "未报"
    assert [plain(row[0]) for row in rows][3:5] == ["乙区", "戊县"]  # equals stand in the plan's order


def test_lights_follow_the_pace_and_the_floor(september: Bulletin) -> None:
    lights = {plain(row[0]): plain(row[-1]) for row in table(september, "lights_lights").rows}
    assert list(lights.values()) == ["黄灯", "绿灯", "红灯", "绿灯", "红灯"]


def test_a_stock_that_misses_seven_days_is_not_shown_as_seven(september: Bulletin) -> None:
    assert "库存最低的电厂可用6.96天，未达到7天以上的保障要求" in text_of(september)


def test_the_graver_signals_come_first(september: Bulletin) -> None:
    rows = table(september, "problems_signals").rows
    assert [plain(row[1]) for row in rows] == ["苗头", "苗头", "倾向", "潜在"]


def test_projects_not_started_are_those_due_and_not_preparatory() -> None:
    given = cast.projects(1)
    due = replace(given[0], party="due", planned_start=date(2022, 9, 30), started=False)
    later = replace(given[0], party="later", planned_start=date(2022, 10, 1), started=False)
    early = replace(due, party="early", preparatory=True)
    silent = replace(due, party="silent", started=None)
    bulletin = said(cast.board(projects=(due, later, early, silent)))
    assert "应开工未开工项目2个" in text_of(bulletin)
    assert {plain(row[4]) for row in bulletin.attachments[0].blocks[0].rows} == {"未开工", "未报"}  # type: ignore[union-attr]


def test_praise_and_criticism_by_rule(september: Bulletin) -> None:
    words = text_of(september)
    assert "增速居前：辛开发区（增长10.2%）、丙市（增长9.1%）。" in words
    assert (
        "居后两位：壬高新区（增长3.6%）、己县（增长4.0%）。" in words
    )  # 7.6 − 3.6 = 4.0 and 7.6 − 4.0 = 3.6 points, both among the last two
    assert "未报送规模以上工业总产值：癸北海新区。" in words


@pytest.mark.parametrize(("city", "named"), [(60, True), (59, False)])
def test_two_points_below_the_city_is_inclusive(city: int, named: bool) -> None:
    """4.0 % against 6.0 % is exactly 2.0 points: criticised. Against 5.9 % it is not."""
    rows = tuple(
        replace(r, num=city)
        if (r.scope_kind, r.stat, r.period) == ("city", "cumulative_yoy", cast.C) and r.indicator == "output_growth"
        else r
        for r in cast.rows()
    )
    criticised = re.search(r"居后两位：([^。]*)。", text_of(said(cast.board(rows=rows))))
    assert criticised
    assert ("己县" in criticised[1]) == named


def test_all_missing_is_told_and_nothing_becomes_zero() -> None:
    bulletin = said(cast.board(rows=(), signals=(), projects=()))
    words = text_of(bulletin)
    assert "规模以上工业总产值未报。" in words
    assert "本月监测未发现" in words
    assert "应开工项目均已开工" in words
    assert bulletin.attachments == ()
    data = [f for f in bulletin.figures() if f.op in ("value", "change", "rank")]
    assert data
    assert all(f.num is None and f.absence and not re.search(r"\d", f.display) for f in data)
    assert sum(s.missing for s in bulletin.sections) >= len(data)


def test_one_county() -> None:
    only = cast.UNITS[:1]
    rows = table(said(cast.board(units=only)), "ranking_units").rows
    assert [[plain(cell) for cell in row] for row in rows] == [["甲区", "8.2%", "1", "48.21", "78.1%", "1", "100.0%"]]


def test_no_county_gives_no_empty_section() -> None:
    assert "ranking" not in [s.id for s in said(cast.board(units=())).sections]


def test_growth_of_110_percent_is_told_in_times() -> None:
    rows = tuple(
        replace(r, num=110, den=1)
        if (r.scope_kind, r.stat, r.indicator, r.period) == ("city", "cumulative_yoy", "output_growth", cast.C)
        else r
        for r in cast.rows()
    )
    assert "同比增长1.10倍" in text_of(said(cast.board(rows=rows)))


@pytest.mark.parametrize(("now", "then", "words"), [(-5, 3, "由盈转亏"), (5, -3, "由亏转盈"), (-6, -3, "增亏100.0%"), (5, 0, "—")])
def test_growth_on_a_base_that_is_not_positive_is_told_in_words(now: int, then: int, words: str) -> None:
    keep = [r for r in cast.rows() if not (r.indicator == "output_growth" and r.scope_kind == "city" and r.period == cast.C)]
    odd = (
        cast.city("output_growth", "cumulative", cast.C, now * cast.YI, "fen"),
        cast.city("output_growth", "cumulative_base", cast.C, then * cast.YI, "fen"),
        cast.city("output_growth", "cumulative_yoy", cast.C, None, "%", absence="undefined", reason="上年同期数不为正，不计算增速"),
    )
    bulletin = said(cast.board(rows=(*keep, *odd)))
    figure = next(f for f in bulletin.figures() if f.op == "signed_growth")
    assert figure.display == words
    assert f"同比{words}" in text_of(bulletin)
    assert len(figure.sources) == 3


def test_a_suppressed_cell_is_not_published_and_not_ranked() -> None:
    rows = tuple(
        replace(r, num=None, den=None, absence="suppressed", reason="fewer than 3")
        if r.scope == "u03" and r.stat == "cumulative_yoy"
        else r
        for r in cast.rows()
    )
    shown = {plain(row[0]): [plain(cell) for cell in row[1:3]] for row in table(said(cast.board(rows=rows)), "ranking_units").rows}
    assert shown["丙市"] == ["不予公布", "—"]


def test_february_says_january_and_february_together_and_no_month_before() -> None:
    rows = (
        cast.city("output_growth", "cumulative", "2022-01..02", 400 * cast.YI, "fen"),
        cast.city("output_growth", "cumulative_yoy", "2022-01..02", 61, "%", 10),
    )
    words = text_of(said(cast.board(month=Month(2022, 2), rows=rows)))
    assert words.count("2022年1—2月，全市工业经济运行总体平稳，规模以上工业总产值400.00亿元，同比增长6.1%。") == 1
    assert "1—1月" not in words
    assert "2月当月" not in words


def test_january_alone_is_refused_with_the_way_out() -> None:
    with pytest.raises(BadInput, match=r"close and build 2022-02"):
        said(cast.board(month=Month(2022, 1)))


def test_december_turns_to_the_next_year() -> None:
    assert month_words(cast.board(month=Month(2022, 12)))["next_span"] == "1—2月"


def test_a_revised_figure_of_the_month_before_is_told_with_both_values() -> None:
    now = cast.city("output_growth", "cumulative_yoy", cast.B, 77, "%", 10)
    bulletin = said(cast.board(previous=(replace(now, num=80),)))
    notes = [note.text for note in bulletin.notes]
    assert "2022年1—8月规模以上工业总产值原通报为增长8.0%，现修订为增长7.7%。" in notes


def test_synthetic_data_are_labelled_and_real_ones_are_not() -> None:
    made, real = said(cast.board()), said(cast.board(synthetic=False))
    assert made.label == "合成数据"
    assert "合成数据" in made.notes[0].text
    assert real.label == ""
    assert "合成" not in text_of(real)


def test_the_snapshot_and_the_cut_off_day_are_printed(september: Bulletin) -> None:
    notes = "".join(note.text for note in september.notes)
    assert "sha256:" + "5e1f" * 16 in notes
    assert "数据截至2022年10月15日" in notes


def test_the_same_board_gives_the_same_bulletin(september: Bulletin) -> None:
    assert said(cast.board(rows=tuple(reversed(cast.rows())))).to_json() == september.to_json()


def test_a_figure_of_another_unit_than_its_form_is_refused() -> None:
    rows = tuple(replace(r, unit="kg") if r.stat == "cumulative" else r for r in cast.rows())
    with pytest.raises(BadInput, match=r"has the unit 'kg'.*monthly\.toml"):
        said(cast.board(rows=rows))


def test_a_promise_that_the_plan_does_not_hold_is_refused() -> None:
    with pytest.raises(BadInput, match=r"commitments\.toml does not hold"):
        said(cast.board(commitments=()))


@pytest.mark.parametrize("mark", ["..", ",", ";", ":", "(", ")", "?", "!"])
def test_punctuation_of_sentences_is_full_width(september: Bulletin, mark: str) -> None:
    sentences = [block.text for section in september.sections for block in section.blocks if isinstance(block, Paragraph)]
    assert not [line for line in sentences if mark in line]


def test_units_keep_the_plan_order_when_nothing_is_reported() -> None:
    units = tuple(Unit(f"x{n}", f"第{n}县") for n in "一二三")
    rows = table(said(cast.board(units=units, rows=())), "ranking_units").rows
    assert [plain(row[0]) for row in rows] == ["第一县", "第二县", "第三县"]


def test_a_run_is_text_or_figure_only(september: Bulletin) -> None:
    kinds = {type(run) for block in september.blocks() if isinstance(block, Paragraph) for run in block.runs}
    assert kinds == {Text, Figure}

"""Tables and the rules of praise and criticism, each against a slow reading of the same rule, with examples at every edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bulletin_cast as cast
from yunxing.engines.bulletins.board import Board, Project, Signal, Unit
from yunxing.engines.bulletins.figures import FigureMaker
from yunxing.engines.bulletins.model import Paragraph, Table, plain
from yunxing.engines.bulletins.tables import (
    lights_table,
    not_started_table,
    overdue_projects,
    ranking_table,
    short_date,
    signals_table,
    verdicts,
)
from yunxing.engines.bulletins.template import LightRule, Lights, NotStarted, RankColumn, Ranking, SignalList, Verdict, Verdicts
from yunxing.values.errors import BadInput

UNITS = tuple(Unit(f"u{n}", f"第{name}县") for n, name in enumerate("一二三四五"))
VALUES = st.lists(st.none() | st.integers(-30, 130), min_size=5, max_size=5)


def board(values: list[int | None], city: int | None = 50) -> Board:
    """Growth in tenths of a percent by unit, and the city's."""
    rows = [cast.row("g", "unit", unit.code, "cumulative_yoy", cast.C, value, "%", 10) for unit, value in zip(UNITS, values, strict=True)]
    return cast.board(rows=(*rows, cast.city("g", "cumulative_yoy", cast.C, city, "%", 10)), units=UNITS, signals=(), projects=())


def maker(given: Board) -> FigureMaker:
    made = FigureMaker(given)
    made.enter("t")
    return made


def rule(**given: object) -> Verdict:
    base: dict[str, object] = {
        "text": "居前：{units}。",
        "item": "{unit}（{figure}）",
        "indicator": "g",
        "stat": "cumulative_yoy",
        "form": "growth",
    }
    return Verdict(**(base | given))  # type: ignore[arg-type]


def named(given: Board, *rules: Verdict) -> str:
    blocks = list(verdicts(Verdicts("", rules, "没有。"), given, maker(given)))
    assert len(blocks) == 1
    assert isinstance(blocks[0], Paragraph)
    return blocks[0].text


def slow_named(
    values: list[int | None], city: int | None, *, best: int = 0, worst: int = 0, at_least: int | None = None, below_city: int | None = None
) -> set[str]:
    """The rule read word by word: how many are better, how many are worse, how far from the city."""
    found = set()
    known = [value for value in values if value is not None]
    for unit, value in zip(UNITS, values, strict=True):
        if value is None:
            continue
        ok = True
        if best:
            ok &= sum(other > value for other in known) < best
        if worst:
            ok &= sum(other < value for other in known) < worst
        if at_least is not None:
            ok &= value >= at_least * 10
        if below_city is not None:
            ok &= city is not None and city - value >= below_city * 10
        if ok:
            found.add(unit.name)
    return found


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(VALUES, st.none() | st.integers(-30, 130), st.integers(0, 3), st.none() | st.integers(0, 5))
def test_praise_equals_the_rule_read_word_by_word(values: list[int | None], city: int | None, best: int, at_least: int | None) -> None:
    words = named(board(values, city), rule(best=best, at_least=None if at_least is None else Fraction(at_least)))
    met = slow_named(values, city, best=best, at_least=at_least)
    assert {unit.name for unit in UNITS if unit.name in words} == met
    assert (words == "没有。") == (not met)


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(VALUES, st.none() | st.integers(-30, 130), st.integers(0, 3), st.none() | st.integers(0, 5))
def test_criticism_equals_the_rule_read_word_by_word(values: list[int | None], city: int | None, worst: int, below: int | None) -> None:
    words = named(board(values, city), rule(worst=worst, below_city=None if below is None else Fraction(below)))
    assert {unit.name for unit in UNITS if unit.name in words} == slow_named(values, city, worst=worst, below_city=below)


def test_the_handbook_vector_of_the_talk() -> None:
    """Average 5.6, county 3.6 and ninth of ten: the gap of exactly 2.0 counts; in place eight it would not be named."""
    units = tuple(Unit(f"n{n}", f"县{n}") for n in "甲乙丙丁戊己庚辛壬癸")
    values = [90, 85, 80, 75, 70, 65, 60, 37, 36, 10]
    rows = [cast.row("g", "unit", unit.code, "cumulative_yoy", cast.C, value, "%", 10) for unit, value in zip(units, values, strict=True)]
    given = cast.board(rows=(*rows, cast.city("g", "cumulative_yoy", cast.C, 56, "%", 10)), units=units)
    assert named(given, rule(worst=2, below_city=Fraction(2))) == "居前：县癸（增长1.0%）、县壬（增长3.6%）。"


def test_equals_at_the_edge_are_all_named() -> None:
    """Two share the second place: both are among the best two."""
    assert named(board([90, 70, 70, 10, None]), rule(best=2)) == "居前：第一县（增长9.0%）、第二县（增长7.0%）、第三县（增长7.0%）。"


def test_below_is_strict_and_at_least_is_inclusive() -> None:
    values: list[int | None] = [949, 950, 951, None, None]
    assert named(board(values), rule(below=Fraction(95))) == "居前：第一县（增长94.9%）。"
    assert "第二县" in named(board(values), rule(at_least=Fraction(95)))


def test_who_did_not_report_is_named_by_its_own_rule_only() -> None:
    given = board([10, None, 30, None, 50])
    assert named(given, rule(absent=True, item="{unit}", text="未报：{units}。")) == "未报：第二县、第四县。"
    assert "第二县" not in named(given, rule(worst=5))


def test_without_a_city_figure_nobody_is_below_it() -> None:
    assert named(board([1, 2, 3, 4, 5], None), rule(below_city=Fraction(0))) == "没有。"


def test_rules_follow_one_another_in_one_paragraph() -> None:
    words = named(board([90, 70, 50, 30, 10]), rule(best=1), rule(worst=1, text="居后：{units}。"))
    assert words == "居前：第一县（增长9.0%）。居后：第五县（增长1.0%）。"


@pytest.mark.property
@settings(deadline=None, max_examples=100)
@given(VALUES)
def test_the_ranking_holds_every_unit_once_and_places_as_counted(values: list[int | None]) -> None:
    given = board(values)
    part = Ranking("r", "表", (RankColumn("增速", "g", "cumulative_yoy", "growth_short", rank=True),), chart=True)
    (table,) = ranking_table(part, given, maker(given))
    assert isinstance(table, Table)
    assert sorted(plain(row[0]) for row in table.rows) == sorted(unit.name for unit in UNITS)
    by_name = {unit.name: value for unit, value in zip(UNITS, values, strict=True)}
    known = [value for value in values if value is not None]
    for row in table.rows:
        value = by_name[plain(row[0])]
        assert plain(row[2]) == ("—" if value is None else str(1 + sum(other > value for other in known)))
    assert len(table.bars) == len(known)


def test_the_order_follows_the_first_ranked_column() -> None:
    given = board([10, 20, 30, 40, 50])
    rows = tuple(cast.row("h", "unit", unit.code, "cumulative", cast.C, 5 - n, "firms") for n, unit in enumerate(UNITS))
    given = replace(given, rows=(*given.rows, *rows))
    columns = (RankColumn("家数", "h", "cumulative", "count"), RankColumn("增速", "g", "cumulative_yoy", "growth_short", rank=True))
    (table,) = ranking_table(Ranking("r", "表", columns), given, maker(given))
    assert isinstance(table, Table)
    assert [plain(row[0]) for row in table.rows] == ["第五县", "第四县", "第三县", "第二县", "第一县"]
    assert [column.title for column in table.columns] == ["县区", "家数", "增速", "位次"]


@pytest.mark.parametrize(("limit", "rows", "rest"), [(2, 2, "其余见运行平台。"), (4, 4, ""), (9, 4, "")])
def test_signals_left_out_are_told(limit: int, rows: int, rest: str) -> None:
    given = cast.board()
    (table,) = signals_table(SignalList("清单", limit), given, maker(given))
    assert isinstance(table, Table)
    assert (len(table.rows), table.remark) == (rows, rest)


def test_no_signal_gives_no_table() -> None:
    given = cast.board(signals=())
    assert list(signals_table(SignalList("清单", 5), given, maker(given))) == []


def test_a_signal_without_owner_or_day_is_told_so() -> None:
    bare = Signal("s", "trend", "增速回落", "", "", 1, Fraction(1), False, "city", "city")
    given = cast.board(signals=(bare,))
    (table,) = signals_table(SignalList("清单", 5), given, maker(given))
    assert isinstance(table, Table)
    assert [plain(cell) for cell in table.rows[0]] == ["1", "倾向", "增速回落。", "—", "—"]


def test_a_signal_figure_names_the_rows_it_rests_on() -> None:
    given = cast.board(signals=(replace(cast.signals()[0], rows=("a/b/c/d/e", "f/g/h/i/j")),))
    made = maker(given)
    list(signals_table(SignalList("清单", 5), given, made))
    assert made.quote(given.signals[0]).sources == ("signal:s1", "a/b/c/d/e", "f/g/h/i/j")


@pytest.mark.parametrize(
    ("planned", "started", "preparatory", "late"),
    [
        (date(2022, 9, 30), False, False, True),
        (date(2022, 10, 1), False, False, False),
        (date(2022, 9, 1), True, False, False),
        (date(2022, 9, 1), None, False, True),
        (date(2022, 9, 1), False, True, False),
        (None, False, False, False),
    ],
)
def test_which_projects_are_overdue(planned: date | None, started: bool | None, preparatory: bool, late: bool) -> None:
    """The planned day is included; preparatory projects and those without a planned day are not counted; silence is not a start."""
    given = cast.board(projects=(Project("p", "项目", "u01", planned, started, preparatory),))
    assert bool(overdue_projects(given)) == late


def test_the_longest_overdue_come_first_and_the_rest_is_told() -> None:
    projects = tuple(Project(f"p{n}", f"项目{n}", "u01", date(2022, 9 - n, 1), False) for n in range(5))
    given = cast.board(projects=projects)
    (table,) = not_started_table(NotStarted("清单", 3), given, maker(given))
    assert isinstance(table, Table)
    assert [plain(row[1]) for row in table.rows] == ["项目4", "项目3", "项目2"]
    assert table.remark == "其余见运行平台。"


def test_a_project_of_an_unknown_unit_is_shown_without_one() -> None:
    given = cast.board(projects=(Project("p", "项目", "elsewhere", date(2022, 1, 1), False),))
    (table,) = not_started_table(NotStarted("清单", 3), given, maker(given))
    assert isinstance(table, Table)
    assert plain(table.rows[0][2]) == "—"


def test_a_light_without_a_value_is_told_as_not_reported() -> None:
    given = cast.board(rows=())
    (table,) = lights_table(Lights("灯", (LightRule("investment_year", "cumulative", "yi", "linear"),)), given, maker(given))
    assert isinstance(table, Table)
    assert [plain(cell) for cell in table.rows[0]] == ["重点工业项目全年完成投资", "418亿元", "未报", "未报", "未报"]


def test_a_light_of_an_unknown_promise_is_refused_by_name() -> None:
    given = cast.board()
    with pytest.raises(BadInput, match="no_such_promise"):
        list(lights_table(Lights("灯", (LightRule("no_such_promise", "cumulative", "yi", "linear"),)), given, maker(given)))


@pytest.mark.parametrize(("code", "words"), [("2022-10-08", "10月8日"), ("2023-01-31", "1月31日"), ("2022-10-08T00:00:00", "10月8日")])
def test_days_in_tables(code: str, words: str) -> None:
    assert short_date(code) == words

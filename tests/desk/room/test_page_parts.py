"""Small parts of the room's pages by hand: filters, who opens what, sums that prove a list, what is kept back, words of a rule, shades, lights, money."""

from __future__ import annotations

import json
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.room.month_cast import MONTH, SPAN, Month
from yunxing.desk.room import figure_pages, indicator_pages, overview, party_pages, plan_sheets, signal_pages, style, target_pages
from yunxing.desk.room.board import Board, shades, worst
from yunxing.desk.room.charts import Point, spark
from yunxing.desk.room.signal_pages import Filters
from yunxing.engines.indicators.rows import figure
from yunxing.values.scope import ALL, Scope

NOBODY: frozenset[str] = frozenset()
SIGNAL = {"kind": "trend", "light": "red", "unit": "u1", "owner": "IIT", "rule": "decline", "tab": "waiting"}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({}, True), ({"kind": "trend", "light": "red", "area": "u1", "owner": "IIT", "rule": "decline", "tab": "waiting"}, True),
        ({"kind": "latent"}, False), ({"light": "amber"}, False), ({"area": "u2"}, False), ({"owner": "DRC"}, False), ({"rule": "x"}, False), ({"tab": "ended"}, False),
        ({"kind": "trend", "light": "amber"}, False),  # all must hold
    ],
)  # fmt: skip
def test_a_signal_stays_when_every_filter_holds(asked: dict[str, str], kept: bool) -> None:
    assert Filters(**asked).keep(SIGNAL) is kept


def scope(units: Any = NOBODY, offices: Any = NOBODY, parties: Any = NOBODY) -> Scope:
    return Scope(units, offices, parties, 3, "x")


@pytest.mark.parametrize(
    ("kind", "unit", "who", "sees"),
    [
        ("city", "", scope(), True),
        ("industry", "", scope(), True),
        ("unit", "u1", scope(), False),
        ("unit", "u1", scope(units=frozenset({"u1"})), True),
        ("cell", "u1", scope(units=frozenset({"u2"})), False),
        ("cell", "u1", scope(offices=frozenset({"IIT"})), True),  # the office that answers
        ("party", "u1", scope(units=frozenset({"u1"})), False),  # the unit without its parties
        ("party", "u1", scope(units=frozenset({"u1"}), parties=ALL), True),
        ("party", "u1", scope(units=frozenset({"u2"}), parties=ALL), False),
        ("party", "u1", scope(units=frozenset({"u1"}), parties=frozenset({"other"})), False),
        ("party", "u1", scope(offices=frozenset({"DRC"})), False),
    ],
)
def test_who_sees_a_signal(kind: str, unit: str, who: Scope, sees: bool) -> None:
    assert signal_pages.visible({"owner": "IIT", "scope_kind": kind, "scope": "p1" if kind == "party" else unit}, unit, who) is sees


@pytest.mark.parametrize(
    ("who", "named"),
    [
        (scope(), False),
        (scope(offices=ALL), False),  # all offices' data is an analyst's, without names
        (scope(offices=frozenset({"IIT"})), True),
        (scope(units=ALL, offices=ALL, parties=ALL), True),
    ],
)
def test_a_party_is_named_to_who_sees_it_or_answers_for_it(who: Scope, named: bool) -> None:
    assert signal_pages.names_parties({"owner": "IIT", "scope_kind": "party", "scope": "p1"}, "u1", who) is named
    assert signal_pages.names_parties({"owner": "IIT", "scope_kind": "unit", "scope": "u1"}, "u1", who)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "output_growth",
        "output_growth/city/city/2022-09",
        "no_such/city/city/2022-09/yoy",
        "output_growth/city/city/2022-09/yoy/x",
        "////",
        "../../../../etc",
    ],
)
def test_a_key_that_is_no_figure_opens_for_nobody(month: Month, key: str) -> None:
    assert not signal_pages.may_open(month.board, key, month.scopes["command"])


def figures(*lines: tuple[str, str, str]) -> dict[str, Any]:
    made = [
        {"name": name, "row": "r", "period": MONTH, "comparison": comparison, "zh": text, "en": text} for name, text, comparison in lines
    ]
    return {"indicator": "output_growth", "first_period": "2022-07", "evidence": json.dumps({"figures": made, "contributions": []})}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], ""),
        ([("value", "5%", "")], ""),
        ([("value", "-15.0%", "lt 0%")], "规则：产值增速低于 0%。本期 -15.0%，触发。"),
        ([("value", "-15.0%", "lt 0%"), ("before_1", "-3%", "lt 0%")], "规则：产值增速低于 0%，自2022年7月起期期如此。本期 -15.0%，触发。"),
        ([("value", "396亿元", "gt 5%"), ("short", "6%", "gt 5%")], "规则：产值增速缺口超过 5%。本期 6%，触发。"),
        ([("shortfall", "70%", "gt 60%")], "规则：产值增速，界线 超过 60%；阈值由预警预算回放一年历史得出。"),
    ],
)
def test_the_words_of_a_rule(month: Month, lines: list[tuple[str, str, str]], said: str) -> None:
    assert signal_pages.rule_sentence(figures(*lines), month.board) == said


def pull(party: str, points: int, name: str = "") -> dict[str, Any]:
    return {"party": party, "name": name, "points_num": points, "points_den": 4, "current": 1, "base": 2}


def test_named_pulls_others_and_the_sum_of_all(month: Month) -> None:
    """E1 and E2 are of the first unit; E5 of another; a line without a party speaks for as many as it says, or for one."""
    rows = [pull("E1", -2), pull("E2", -4), pull("E5", 1), pull("", -1, "其余13户"), pull("", 2, "其他")]
    plain = {"evidence": json.dumps({"contributions": rows}), "scope_kind": "city"}
    named, total, others = signal_pages.named_contributions(plain, month.board, month.scopes["county"])
    assert [row["party"] for row in named] == ["E2", "E1"]
    assert (total, others) == (Fraction(-4, 4), 1 + 13 + 1)
    assert (
        signal_pages._sum_line(named, total, others)
        == "以上 2 户合计拉动 -1.50 个百分点，其余 15 户合计 0.50 个百分点，全部 -1.00 个百分点。"
    )
    assert signal_pages._sum_line(named, total, 0) == "以上 2 户合计拉动 -1.50 个百分点，即全部。"


@pytest.mark.parametrize(("current", "base", "change"), [(80, 100, "-20.0%"), (5, 0, "—"), (5, -1, "—"), (0, 4, "-100.0%")])
def test_a_change_needs_a_positive_base(month: Month, current: int, base: int, change: str) -> None:
    row = {"party": "E1", "current": current, "base": base, "points_num": 1, "points_den": 1}
    found = signal_pages._contribution(row, month.board, {"E1": "检修"})
    assert (found["title"], found["change"], found["reason"]) == ("企业E1", change, "检修")


@pytest.mark.parametrize(("before", "now", "said"), [(None, 1, ""), (1, None, ""), (3, 3, "→"), (5, 2, "↑3"), (2, 5, "↓3")])
def test_how_a_rank_moved(before: int | None, now: int | None, said: str) -> None:
    assert indicator_pages.moved(before, now) == said


def group(title: str, points: int | None, count: int) -> dict[str, Any]:
    return indicator_pages.share(title, Fraction(points or 0), count, hidden=points is None)


@pytest.mark.parametrize(
    ("lines", "hidden"),
    [
        ([group("a", 1, 9), group("b", 2, 5)], []),
        ([group("a", 1, 9), group("b", None, 1), group("c", 3, 5)], ["b", "c"]),  # the smallest of the others goes with it
        ([group("a", 1, 5), group("b", None, 1), group("c", 3, 5)], ["a", "b"]),  # by name among equals
        ([group("a", 1, 9), group("b", None, 1), group("c", None, 2)], ["b", "c"]),
        ([group("b", None, 1)], ["b"]),
        ([], []),
    ],
)
def test_one_hidden_line_is_never_the_total_less_the_others(lines: list[dict[str, Any]], hidden: list[str]) -> None:
    found = indicator_pages.complemented(lines)
    assert [one["title"] for one in found if one["points"] is None] == hidden
    assert [one["title"] for one in found] == [one["title"] for one in lines]
    assert {one["text"] for one in found if one["points"] is None} <= {"保密"}


LINES = pa.table(
    {
        "party": ["E1", "E2", "E3", "E4"], "name": ["甲", "", None, "丁"], "unit": ["u1", "u1", "u2", None], "industry": ["26", "32", "26", None],
        "points_num": [3, -5, 3, 7], "points_den": [8, 8, 8, 8], "current": [10**6, 0, 0, 0], "base": [2 * 10**6, 0, 0, 0],
    }
)  # fmt: skip


def test_points_of_groups_are_exact_and_who_stands_in_none_is_in_none() -> None:
    assert indicator_pages.grouped(LINES, "unit", 8) == [("u2", Fraction(3, 8), 1), ("u1", Fraction(-2, 8), 2)]
    assert indicator_pages.grouped(LINES, "industry", 8) == [("26", Fraction(6, 8), 2), ("32", Fraction(-5, 8), 1)]


@pytest.mark.parametrize(
    ("who", "named"),
    [
        (scope(units=ALL, parties=ALL), ["E4", "E2", "E1", "E3"]),  # the strongest pull either way, then by id
        (scope(units=frozenset({"u1"}), parties=ALL), ["E2", "E1"]),
        (scope(units=frozenset({"u1"}), parties=frozenset({"E1", "E3"})), ["E1"]),
        (scope(units=ALL, parties=frozenset({"E3"})), ["E3"]),
        (scope(units=frozenset(), parties=ALL), []),
        (scope(units=ALL), []),
    ],
)
def test_enterprises_are_named_within_both_halves_of_a_scope(who: Scope, named: list[str]) -> None:
    found, rest = indicator_pages.parties_seen(LINES, who, 8)
    assert [one["party"] for one in found] == named
    assert rest == 4 - len(named)


def test_an_enterprise_without_a_name_is_called_by_its_id() -> None:
    found, _rest = indicator_pages.parties_seen(LINES, scope(units=ALL, parties=ALL), 8)
    assert {one["party"]: one["title"] for one in found} == {"E1": "甲", "E2": "E2", "E3": "E3", "E4": "丁"}
    assert (found[2]["current"], found[2]["base"], found[2]["points"]) == ("1.00", "2.00", Fraction(3, 8))


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1.0), (-5, 1.0), (Fraction(1, 2), 0.75), (1, 1.25), (99, 100.0), (100, 125.0), (418, 425.0), (999, 1000.0)]
)
def test_the_picture_is_higher_than_its_highest_value(highest: int | Fraction, top: float) -> None:
    assert target_pages._top([Fraction(0), Fraction(highest)]) == top


@given(st.lists(st.fractions(-(10**6), 10**6), min_size=1, max_size=5))
def test_no_value_touches_the_top_of_the_picture(values: list[Fraction]) -> None:
    assert target_pages._top(values) > max(values)


def test_a_promise_of_an_earlier_month_without_its_card_is_left_out(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that came later: the earlier month knew an outlook and no way to print it."""
    plain = {"probability": 5000, "expected": 1}
    then = SimpleNamespace(outlooks={"project_investment": plain}, cards={}, month=month.board.month.previous())
    monkeypatch.setattr(target_pages, "board_of", lambda code: then if code == "2022-08" else None)
    assert target_pages.months_before(month.board, "project_investment") == []


@pytest.mark.parametrize(
    ("done", "plan", "colour"),
    [(None, 100, "none"), (75, None, "none"), (75, 0, "none"), (75, 100, "green"), (70, 100, "amber"), (69, 100, "red")],
)
def test_a_projects_light_after_september(done: int | None, plan: int | None, colour: str) -> None:
    assert party_pages.pace_light(done, plan, 9) == colour


@pytest.mark.parametrize(
    ("attributes", "plan"),
    [
        ({}, None),
        ({"annual_plan_fen": 5}, 5),
        ({"annual_plans_fen": {"2022": 7}, "annual_plan_fen": 5}, 7),
        ({"annual_plans_fen": {"2021": 7}, "annual_plan_fen": 5}, 5),
        ({"annual_plans_fen": {"2022": 0}, "annual_plan_fen": 5}, None),  # a plan of nothing is no plan, not another year's
        ({"annual_plans_fen": None, "annual_plan_fen": "9"}, 9),
    ],
)
def test_the_years_plan_goes_before_the_plan_without_a_year(attributes: dict[str, Any], plan: int | None) -> None:
    assert party_pages.annual_plan(attributes, 2022) == plan


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (1_234_567_890, "1,234.57"), (None, "—"), ("5", "—"), (True, "—"), (-5_000, "-0.01")]
)
def test_money_in_ten_thousand_yuan(fen: object, text: str) -> None:
    assert party_pages.money(fen) == text


@pytest.mark.parametrize(
    ("values", "classes"),
    [([4, 3, 2, 1], [1, 2, 3, 4]), ([1, 1, 1, 1], [1, 1, 1, 1]), ([5], [1]), ([None, 2, None, 1], [0, 1, 0, 3]), ([None], [0])],
)
def test_shades_by_quarters_of_the_known(values: list[int | None], classes: list[int]) -> None:
    named = {str(n): None if one is None else Fraction(one) for n, one in enumerate(values)}
    assert list(shades(named).values()) == classes


@pytest.mark.parametrize(
    ("lights", "said"), [([], "none"), (["none", "green"], "green"), (["red", "amber", "green"], "red"), (["green", "amber"], "amber")]
)
def test_the_most_serious_light(lights: list[str], said: str) -> None:
    assert worst(lights) == said


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a/b",
        "output_growth/city/city/2022-09",
        "output_growth/party/nobody/2022-09/value",
        "x/y/z/u/v",
        f"output_growth/city/city/{SPAN}/no",
    ],
)
def test_a_row_that_the_month_does_not_have_is_none(month: Month, key: str) -> None:
    assert month.board.row(key) is None


def test_a_partys_row_is_read_and_not_kept_among_the_wide_ones(month: Month) -> None:
    row = month.board.row(f"stop_days/party/E1/{MONTH}/value")
    assert row is not None
    assert row.value == 22
    assert not any(key[1] in ("party", "cell") for key in month.board.rows if key[1] == "party")


@pytest.mark.parametrize(("value", "light"), [(-1, "red"), (0, "green"), (1, "green")])
def test_a_light_without_a_target_is_the_alarms(month: Month, value: int, light: str) -> None:
    own = Board(month.board.snapshot)
    row = month.board.headline("output_growth")
    assert row is not None
    own.__dict__["rows"] = {
        (row.indicator, row.scope_kind, row.scope, row.period, row.stat): SimpleNamespace(value=Fraction(value), period=row.period)
    }
    assert own.light("output_growth") == light


def test_steps_ask_about_what_is_low_missing_and_idle() -> None:
    def line(title: str, value: str, percentile: str) -> Any:
        return SimpleNamespace(title=title, value=value, percentile=percentile)

    rows = [line("产值", "5.00", "24%"), line("营收", "5.00", "25%"), line("利润", "未报", "—"), line("电量", "缺报", "")]
    found = plan_sheets.steps(rows, [("甲", "1", "—"), ("乙", "1", "0.00"), ("丙", "1", "3.00")], [])
    assert found == [
        "产值低于四分之三以上同业企业，由联络员上门了解原因，逐项提出帮扶意见。",
        "利润、电量未报，由所在县（市、区）催报。",
        "甲、乙本年尚无投资，由项目责任人核实受制要素。",
        "尚未登记联系人，由所在县（市、区）补录。",
    ]
    assert plan_sheets.steps([line("产值", "5.00", "25%")], [("丙", "1", "3.00")], [("张", "1")]) == []


def test_colours_are_read_from_the_style_sheet() -> None:
    assert style.colours("--ink: #112233; --x-2:#AABBCC; --size: 4px; --short: #fff;") == [
        {"name": "ink", "value": "#112233"},
        {"name": "x-2", "value": "#AABBCC"},
    ]


@pytest.mark.parametrize(("now", "before", "words"), [(3, 3, "持平"), (3, 1, "提高 2.0 个百分点"), (1, 3, "回落 2.0 个百分点")])
def test_the_last_step_in_words(month: Month, now: int, before: int, words: str) -> None:
    points = [Point("前", Fraction(before)), Point("今", Fraction(now))]
    assert overview.said(month.board.cards["output_growth"], points, points, "%", 1) == f"今产值增速为 {now}.0%，比前{words}。"


def test_a_spark_by_hand() -> None:
    """Three points over 120 by 28: the highest at 2, the lowest at 26; the pen is lifted over a gap."""
    assert spark([Point("a", Fraction(0)), Point("b", Fraction(1)), Point("c", Fraction(2))]) == "M0.0 26.0 L60.0 14.0 L120.0 2.0"
    assert spark([Point("a", Fraction(0)), Point("b", None), Point("c", Fraction(2))]) == "M0.0 26.0 M120.0 2.0"
    assert spark([Point("a", Fraction(1))]) == ""


def with_industries(month: Month) -> Board:
    """The month with the growth of three industries: 26 has three enterprises, 17 three and 32 two."""
    own = Board(month.board.snapshot)
    made = [
        figure("output_growth", ("industry", name), SPAN, "cumulative_yoy", value, 1, "%")
        for name, value in (("26", 5), ("17", 2), ("32", 20))
    ]
    own.__dict__["rows"] = month.board.rows | {(row.indicator, row.scope_kind, row.scope, row.period, row.stat): row for row in made}
    return own


@pytest.mark.parametrize(
    ("member", "told"), [("command", ["20.0%", "5.0%", "2.0%"]), ("analyst", ["保密"]), ("county", ["保密"]), ("bureau", ["保密"])]
)
def test_an_industry_of_two_enterprises_is_told_to_who_sees_them_all(month: Month, member: str, told: list[str]) -> None:
    """Its growth would tell either of the two to the other; nobody but the whole city's command reads it, and it has no rank and no source."""
    own = with_industries(month)
    lines = indicator_pages.industry_lines(own, month.pack, own.cards["output_growth"], month.scopes[member])
    if member == "command":
        assert [one["figure"] for one in lines] == told
        return
    hidden = [one for one in lines if one["figure"] == "保密"]
    assert any(one["title"] == signal_pages.scope_title(month.pack, "industry", "32", {}) for one in hidden)
    assert all((one["rank"], one["source"]) == (None, "") for one in hidden)
    assert "20.0%" not in [one["figure"] for one in lines]


@pytest.mark.django_db
@pytest.mark.parametrize(("member", "value"), [("command", "20.0"), ("analyst", "保密"), ("county", "保密")])
def test_the_figures_own_page_keeps_the_same_industry_back(month: Month, monkeypatch: pytest.MonkeyPatch, member: str, value: str) -> None:
    own, key = with_industries(month), f"output_growth/industry/32/{SPAN}/cumulative_yoy"
    monkeypatch.setattr(figure_pages, "trace", lambda _board, _row: (None, {}))
    page = figure_pages.figure_page(own, month.pack, month.scopes[member], key)
    assert page is not None
    assert page["value"] == value


def test_counts_of_reports_tell_no_industrys_figures(month: Month) -> None:
    assert not month.board.is_confidential_industry(month.board.cards["completeness"], "32", month.scopes["analyst"])

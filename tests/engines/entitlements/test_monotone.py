"""Which way a rule moves, node by node, and the places where it may turn: worked out by hand, and never against a walk over every value."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.entitlements.small import CLAUSE, D0, D1, compiled, sheet
from yunxing import rules as r
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.monotone import together, turning_points, ways
from yunxing.engines.entitlements.policy import Parameter
from yunxing.engines.entitlements.tree import Steps, Type


def moving(build: Any, column: str) -> int | None:
    """The way of the first condition that `build` gives, or of the amount where it gives money."""

    def rule(f: Any, p: Any) -> Any:
        made = build(f, p)
        flag = made.node.type is Type.FLAG
        return r.grant(when=[r.condition("c", made if flag else f.flag)], amount=p.cap if flag else made)

    policy = compiled(rule)
    root = policy.conditions[0][1] if policy.amount.op == "parameter" else policy.amount
    return ways(policy, column)[root.key]


@pytest.mark.parametrize(
    ("build", "column", "way"),
    [
        (lambda f, _: f.money + f.other, "money", 1),
        (lambda f, _: f.money + f.other, "count", 0),
        (lambda f, _: r.greatest(0, f.other - f.money), "money", -1),
        (lambda f, _: r.greatest(0, f.other - f.money), "other", 1),
        (lambda f, _: r.greatest(0, f.money - f.money), "money", None),
        (lambda f, _: r.greatest(0, f.other - f.money - f.money), "money", -1),
        (lambda f, _: r.greatest(0, f.other - (f.part - f.money)), "money", 1),
        (lambda f, p: r.rdiv(f.money * p.rate, 1, r.floor_yuan), "money", 1),
        (lambda f, p: r.least(f.money, p.cap, f.other), "other", 1),
        (lambda f, _: r.greatest(0, r.least(f.money, f.other - f.money)), "money", None),
        (lambda f, _: r.step("s", f.money), "money", 1),
        (lambda f, _: f.money * f.count, "count", 1),
        (lambda f, _: r.share_of(f.money, f.part, f.whole, r.floor_fen), "money", 1),
        (lambda f, _: r.share_of(f.money, f.part, f.whole, r.floor_fen), "part", None),
        (lambda f, _: r.share_of(f.money, f.part, f.whole, r.floor_fen), "whole", None),
        (lambda f, p: r.band(f.money, p.bands), "money", 1),
        (lambda f, p: r.choose(f.flag, f.money, p.cap), "money", 1),
        (lambda f, p: r.choose(f.money < f.other, f.money, p.cap), "money", None),
        (lambda f, p: r.choose(f.money < f.other, f.part, p.cap), "part", 1),
        (lambda f, _: r.rdiv(f.money * r.days_between(f.start, f.end), 360, r.floor_fen), "end", 1),
        (lambda f, _: r.rdiv(f.money * r.days_between(f.start, f.end), 360, r.floor_fen), "start", -1),
        (lambda f, _: f.money > f.other, "money", 1),
        (lambda f, _: f.money > f.other, "other", -1),
        (lambda f, _: f.money >= f.other, "other", -1),
        (lambda f, _: f.money < f.other, "money", -1),
        (lambda f, _: f.money <= f.other, "other", 1),
        (lambda f, _: f.money == f.other, "money", None),
        (lambda f, _: f.money != f.other, "money", None),
        (lambda f, _: r.negate(f.money > f.other), "money", -1),
        (lambda f, p: r.all_of(f.money > f.other, f.money > p.cap), "money", 1),
        (lambda f, p: r.all_of(f.money > f.other, f.money < p.cap), "money", None),
        (lambda f, p: r.any_of(f.money > f.other, f.flag), "flag", 1),
        (lambda f, _: r.is_known(f.money), "money", None),
        (lambda f, _: r.is_one_of(f.board, ["a"]), "board", None),
        (lambda f, _: r.add_months(f.start, 3) <= f.end, "start", -1),
        (lambda f, _: r.year_of(f.start) >= 2022, "start", 1),
        (lambda f, _: r.month_of(f.start) < r.month_of(f.end), "end", 1),
        (lambda f, p: p.lpr.at(f.start) < p.rate, "start", None),
    ],
)  # fmt: skip
def test_each_kind_of_node_moves_the_way_its_law_says(build: Any, column: str, way: int | None) -> None:
    """+1 never falls, −1 never rises, 0 does not depend, None is not known: a table that ends (a series) is never claimed."""
    assert moving(build, column) == way


def tabled(results: tuple[int, ...], until: int | None = None) -> dict[str, Any]:
    starts = tuple(range(0, 10 * len(results), 10))
    table = Parameter("t", Type.FEN, CLAUSE, table=Steps(starts, results, until), table_kind="band")
    return {"parameters": {**sheet().parameters, "t": table}}


@pytest.mark.parametrize(
    ("results", "until", "way"),
    [((1, 2, 3), None, 1), ((3, 2, 1), None, -1), ((1, 3, 2), None, None), ((5, 5), None, 1), ((1, 2), 15, None), ((7,), None, 1)],
)
def test_a_table_moves_as_its_lines_do_and_one_that_ends_is_not_claimed(
    results: tuple[int, ...], until: int | None, way: int | None
) -> None:
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.band(f.money, p.t)), **tabled(results, until))
    assert ways(policy, "money")[policy.amount.key] == way


def test_a_falling_table_of_what_falls_rises() -> None:
    policy = compiled(
        lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.band(r.greatest(0, f.other - f.money), p.t)), **tabled((9, 4, 1))
    )
    assert ways(policy, "money")[policy.amount.key] == 1
    assert ways(policy, "other")[policy.amount.key] == -1


@pytest.mark.parametrize(
    ("parts", "joined"),
    [([0], 0), ([1], 1), ([-1, -1], -1), ([0, -1, 0], -1), ([1, 1, -1], None), ([None], None), ([None, None], None), ([None, 1, 0], None)],
)
def test_several_ways_join_by_agreement(parts: list[int | None], joined: int | None) -> None:
    assert together(parts) == joined


def narrow(high: int = 40) -> dict[str, Any]:
    """The small sheet with money columns that a test can walk through."""
    columns = dict(sheet().columns)
    for name in ("money", "other", "part", "whole"):
        columns[name] = replace(columns[name], high=high)
    return {"columns": columns}


def points(rule: Any, row: dict[str, Any], column: str, **changes: Any) -> list[int]:
    policy = compiled(rule, **(changes or narrow()))
    return turning_points(policy, Scalar.of(policy).program, row, column)


@pytest.mark.parametrize(
    ("test", "row", "expected"),
    [
        (lambda f: f.money >= f.other, {"other": 10}, [0, 9, 10, 11, 40]),
        (lambda f: f.money > f.other, {"other": 10}, [0, 9, 10, 11, 40]),
        (lambda f: f.other <= f.money, {"other": 40}, [0, 39, 40]),
        (lambda f: f.money >= f.other, {"other": 0}, [0, 40]),
        (lambda f: f.money >= f.other, {}, [0, 40]),
        (lambda f: f.money * 3 >= f.other, {"other": 10}, [0, 3, 4, 5, 40]),
        (lambda f: f.money == f.other, {"other": 7}, [0, 6, 7, 8, 40]),
        (lambda f: f.part >= f.other, {"other": 7, "part": 3}, [0, 40]),
    ],
)
def test_a_comparison_turns_where_its_side_crosses_the_other(test: Any, row: dict[str, Any], expected: list[int]) -> None:
    """The first value that has crossed, one before and one after, inside the range; the ends of the range always."""
    assert points(lambda f, p: r.grant(when=[r.condition("c", test(f))], amount=p.cap), row, "money") == expected


def test_a_band_turns_at_the_start_of_each_line() -> None:
    """Lines from 1 and 100; the range ends at 120, so both are inside."""
    found = points(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.band(f.money, p.bands)), {}, "money", **narrow(120))
    assert found == [0, 1, 2, 99, 100, 101, 120]


def test_a_dated_table_turns_at_each_line_and_the_day_after_its_last() -> None:
    """Lines of D0 and D0+10, known until D0+20: unknown from D0+21 on."""
    found = points(lambda f, p: r.grant(when=[r.condition("c", p.lpr.at(f.start) < p.rate)], amount=p.cap), {}, "start")
    assert found == [D0, D0 + 9, D0 + 10, D0 + 11, D0 + 20, D0 + 21, D0 + 22, D1]


def test_a_list_turns_where_its_spans_begin_and_the_day_after_they_end() -> None:
    """84 holds D0..D0+10 and D0+12..D0+30; 8471 D0..D0+30."""
    found = points(lambda f, p: r.grant(when=[r.condition("c", r.is_listed(f.hs, p.tariff, on=f.start))], amount=p.cap), {"hs": 0}, "start")
    edges = {D0 + 11, D0 + 12, D0 + 31}
    assert found == sorted({D0, D1} | {edge + by for edge in edges for by in (-1, 0, 1)})


@pytest.mark.parametrize(("column", "expected"), [("flag", [0, 1]), ("board", [0, 1, 2]), ("hs", [-1, 0, 1, 2])])
def test_flags_codes_and_texts_are_tried_one_by_one(column: str, expected: list[int]) -> None:
    assert points(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=p.cap), {}, column) == expected


SHAPES: dict[str, Any] = {
    "sum": lambda f, _: r.greatest(0, f.money + f.part - f.other),
    "least": lambda f, _: r.least(f.money, f.other),
    "twice": lambda f, _: r.greatest(0, f.other * 2 - f.money),
    "third": lambda f, _: r.rdiv(f.money, 3, r.half_up_fen),
    "choice": lambda f, _: r.choose(f.money < f.other, f.part, f.whole),
    "share": lambda f, _: r.share_of(f.money, f.part, f.whole, r.floor_fen),
    "rate": lambda f, p: r.rdiv(f.money * p.rate, 1, r.ceil_fen),
}
POLICIES = {
    name: compiled(
        lambda f, p, build=build: r.grant(when=[r.condition("c", f.money * 2 >= f.other), r.condition("d", f.flag)], amount=build(f, p)),
        **narrow(),
    )
    for name, build in SHAPES.items()
}
ROWS = st.fixed_dictionaries({name: st.none() | st.integers(0, 40) for name in ("money", "other", "part", "whole")})


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(shape=st.sampled_from(sorted(SHAPES)), row=ROWS, column=st.sampled_from(["money", "other", "part", "whole"]))
def test_a_way_that_is_claimed_holds_over_every_value(shape: str, row: dict[str, int | None], column: str) -> None:
    """Every node of the rule, walked over the whole range of the column; unknowns say nothing."""
    policy, program = POLICIES[shape], Scalar.of(POLICIES[shape]).program
    claimed = ways(policy, column)
    runs = [program.run({**row, "flag": True, column: value}) for value in range(41)]
    for node, place in ((node, program.place[node.key]) for node in program.nodes):
        way, values = claimed[node.key], [run[place] for run in runs]
        known = [value for value in values if value is not None]
        for a, b in itertools.pairwise(known):
            assert way is None or (a == b if way == 0 else (b - a) * way >= 0), (node.op, column)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(shape=st.sampled_from(["least", "choice", "twice"]), row=ROWS, column=st.sampled_from(["money", "other"]))
def test_between_two_turning_points_no_condition_changes_its_answer(shape: str, row: dict[str, int | None], column: str) -> None:
    policy = POLICIES[shape]
    scalar = Scalar.of(policy)
    marks = turning_points(policy, scalar.program, row, column)
    place = scalar.program.place[policy.conditions[0][1].key]
    answers = {value: scalar.program.run({**row, column: value})[place] for value in range(41)}
    assert marks == sorted(set(marks))
    assert (marks[0], marks[-1]) == (0, 40)
    for a, b in itertools.pairwise(marks):
        assert len({answers[value] for value in range(a + 1, b)}) <= 1

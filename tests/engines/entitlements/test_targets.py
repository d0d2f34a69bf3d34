"""Every node kind, with every pattern of unknowns, gives the same in scalar Python and in Polars."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from engines.entitlements.small import D0, compiled, sheet
from yunxing import rules as r
from yunxing.engines.entitlements.assess import Scalar, assess
from yunxing.engines.entitlements.intake import from_frame
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.to_ibis import prove_quotients
from yunxing.engines.entitlements.to_polars import Layout, expression, levels
from yunxing.engines.entitlements.tracing import RuleRefused
from yunxing.io.entitlement_tables import on_duckdb
from yunxing.values.errors import BadInput
from yunxing.values.period import day_of

ON = date(2022, 6, 1)
BUILDS: dict[str, Any] = {
    "add": lambda f, _: f.money + f.other,
    "sub": lambda f, _: r.greatest(0, f.money - f.other),
    "mul": lambda f, _: f.money * f.count,
    "least": lambda f, p: r.least(f.money, f.other, p.cap),
    "greatest": lambda f, p: r.greatest(f.money, f.other, p.cap),
    "days": lambda f, _: r.rdiv(f.money * r.days_between(f.start, f.end), 360, r.half_up_fen),
    "half_up_fen": lambda f, p: r.rdiv(f.money * p.rate, 3, r.half_up_fen),
    "floor_fen": lambda f, p: r.rdiv(f.money * p.rate, 3, r.floor_fen),
    "ceil_fen": lambda f, p: r.rdiv(f.money * p.rate, 3, r.ceil_fen),
    "half_up_yuan": lambda f, p: r.rdiv(f.money * p.rate, 3, r.half_up_yuan),
    "floor_yuan": lambda f, p: r.rdiv(f.money * p.rate, 3, r.floor_yuan),
    "case": lambda f, p: r.choose(f.flag, f.money, p.cap),
    "case of a comparison": lambda f, p: r.choose(f.money > f.other, f.other, p.cap),
    "and": lambda f, p: r.choose(r.all_of(f.flag, f.other_flag, f.money < f.other), f.money, p.cap),
    "or": lambda f, p: r.choose(r.any_of(f.flag, f.other_flag, f.money < f.other), f.money, p.cap),
    "not": lambda f, p: r.choose(r.negate(f.flag), f.money, p.cap),
    "in_set": lambda f, p: r.choose(r.is_one_of(f.board, ["a", "c"]), f.money, p.cap),
    "code": lambda f, p: r.choose(f.board == "b", f.money, p.cap),
    "not equal": lambda f, p: r.choose(f.board != "b", f.money, p.cap),
    "is_known": lambda f, p: r.choose(r.is_known(f.money), p.cap, f.other),
    "between": lambda f, p: r.choose(r.between(f.count, 1, 7), f.money, p.cap),
    "band": lambda f, p: r.band(f.other, p.bands),
    "series": lambda f, p: r.rdiv(f.money * p.lpr.at(f.start), 1, r.half_up_fen),
    "awaited": lambda f, p: r.choose(f.flag, f.money, p.promised),
    "share_of, down": lambda f, _: r.share_of(f.money, f.part, f.whole, r.floor_fen),
    "share_of, half up": lambda f, _: r.share_of(f.money, f.part, f.whole, r.half_up_fen),
    "share_of, up": lambda f, _: r.share_of(f.money, f.part, f.whole, r.ceil_fen),
    "share_of, whole yuan": lambda f, _: r.share_of(f.money, f.part, f.whole, r.floor_yuan),
    "share_of, yuan half up": lambda f, _: r.share_of(f.money, f.part, f.whole, r.half_up_yuan),
    "marginal": lambda f, p: r.marginal(f.other, p.brackets, r.half_up_fen),
    "what is left": lambda f, p: r.what_is_left(p.cap, f.money),
    "in_fen": lambda f, p: r.rdiv(r.in_fen(f.dollars, p.prices), 1, r.half_up_fen),
    "a rate of the row": lambda f, _: r.rdiv(f.part * f.fee, 1, r.half_up_fen),
    "add_months": lambda f, p: r.choose(f.end <= r.add_months(f.start, p.three_years), f.money, p.cap),
    "one month on": lambda f, p: r.choose(r.add_months(f.start, 1) < f.end, f.money, p.cap),
    "days on": lambda f, p: r.choose(f.start + f.length < f.end, f.money, p.cap),
    "months touched": lambda f, p: r.choose(r.calendar_months(f.start, f.end) >= 12, f.money, p.cap),
    "one month": lambda f, p: r.choose(r.month_of(f.start) == r.month_of(f.end), f.money, p.cap),
    "one year": lambda f, p: r.choose(r.year_of(f.start) == r.year_of(f.end), f.money, p.cap),
    "is_listed": lambda f, p: r.choose(r.is_listed(f.hs, p.on_list), f.money, p.cap),
    "is_listed on a day": lambda f, p: r.choose(r.is_listed(f.hs, p.tariff, on=f.start), f.money, p.cap),
    "listed_value": lambda f, p: r.rdiv(f.money * r.listed_value(f.hs, p.tariff, on=f.start), 1, r.half_up_fen),
    "how_many": lambda f, p: r.choose(r.how_many(f.flag, f.other_flag, f.money > f.other) >= 2, f.money, p.cap),
    "at_least": lambda f, p: r.choose(r.at_least(2, f.flag, f.other_flag, f.money > f.other), f.money, p.cap),
    "step of a step": lambda f, p: r.step("two", r.least(r.step("one", r.rdiv(f.money * p.rate, 1, r.floor_fen)), f.other)),
}
VALUES: dict[str, list[Any]] = {
    "money": [None, 0, 1, 99, 100, 299, 10**13],
    "other": [None, 0, 1, 100, 10**13],
    "count": [None, 0, 1, 7, 8],
    "start": [None, D0, D0 + 9, D0 + 10, D0 + 11, D0 + 12, D0 + 20, D0 + 21, D0 + 30, D0 + 31, D0 + 59],
    "end": [None, D0 + 21, D0 + 60, D0 + 88, D0 + 365, D0 + 366, D0 + 1096, D0 + 1097, D0 + 1155, D0 + 1156],
    "part": [None, 0, 1, 2, 3, 456_789_012, 4 * 10**12 - 1],
    "whole": [None, 0, 1, 3, 7, 500_000_000, 4 * 10**12],
    "hs": [None, "8471300000", "84", "8", "9018", "01", ""],
    "dollars": [None, 0, 1, 30_000_000_00, 10**11],
    "fee": [None, 0, 1, 999_999, 10**6],
    "length": [None, 0, 21],
    "board": [None, "a", "b", "c"],
    "flag": [None, False, True],
    "other_flag": [None, False, True],
}


def rows_for(columns: list[str]) -> list[dict[str, Any]]:
    found = [dict(zip(columns, values, strict=True)) for values in itertools.product(*(VALUES[name] for name in columns))]
    base = {
        "money": 12345,
        "other": 500,
        "count": 3,
        "start": D0,
        "end": D0 + 100,
        "board": "a",
        "colour": "red",
        "flag": True,
        "other_flag": True,
        "length": 5,
        "part": 1,
        "whole": 2,
        "hs": "84",
        "dollars": 5,
        "fee": 1,
    }
    return [{**base, **row} for row in found]


@pytest.mark.parametrize("name", BUILDS)
def test_a_node_kind_means_the_same_in_both_targets(name: str) -> None:
    policy = compiled(
        lambda f, p: r.grant(when=[r.condition("c", r.negate(r.is_known(f.colour)))], amount=r.least(p.cap * 10**6, BUILDS[name](f, p)))
    )
    read = [column for column in VALUES if any(node.op == "column" and node.value == column for node in Scalar.of(policy).program.nodes)]
    rows = [{**row, "colour": None, "party": str(i)} for i, row in enumerate(rows_for(read))]
    schema = {
        "party": pl.String,
        "money": pl.Int64,
        "other": pl.Int64,
        "count": pl.Int64,
        **dict.fromkeys(("length", "part", "whole", "dollars", "fee"), pl.Int64),
        "flag": pl.Boolean,
        "other_flag": pl.Boolean,
    }
    schema |= {"board": pl.String, "hs": pl.String, "colour": pl.String, "start": pl.Date, "end": pl.Date}
    days = [{**row, **{key: row[key] and day_of(row[key]) for key in ("start", "end")}} for row in rows]
    frame = pl.DataFrame(days, schema=schema)
    fast, slow, flat = (assess(frame, RuleSet((policy,)), ON, engine=engine) for engine in ("polars", "python", on_duckdb))
    assert fast.equals(slow)
    assert fast.equals(flat)
    assert len({row["outcome"] for row in fast.iter_rows(named=True)}) > 1, "every kind meets known and unknown values"


def test_and_and_or_are_kleene_and_case_of_an_unknown_is_unknown() -> None:
    def told(build: Any, **row: Any) -> Any:
        policy = compiled(lambda f, p: r.grant(when=[r.condition("c", build(f, p))], amount=p.cap))
        return Scalar.of(policy).decide(row)[0].outcome

    assert told(lambda f, _: r.all_of(f.flag, f.other_flag), flag=False, other_flag=None) == "no"
    assert told(lambda f, _: r.all_of(f.flag, f.other_flag), flag=True, other_flag=None) == "needs_data"
    assert told(lambda f, _: r.any_of(f.flag, f.other_flag), flag=True, other_flag=None) == "yes"
    assert told(lambda f, _: r.any_of(f.flag, f.other_flag), flag=False, other_flag=None) == "needs_data"
    assert told(lambda f, _: r.choose(f.flag, f.other_flag, f.other_flag), flag=None, other_flag=True) == "needs_data"


def test_levels_follow_from_what_the_steps_read() -> None:
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=BUILDS["step of a step"](f, p)))
    assert [[step.name for step in level] for level in levels(policy.roots())] == [["one"], ["two"]]


def test_a_quotient_that_sql_could_not_divide_exactly_is_refused_for_sql_alone() -> None:
    """Through a double a quotient is exact below 2^51 and no further; scalar and Polars divide integers."""
    columns = dict(sheet().columns)
    columns["money"] = replace(columns["money"], high=2**51 + 1)
    policy = compiled(
        lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.rdiv(f.money * f.count, 1000, r.floor_fen)), columns=columns
    )
    with pytest.raises(RuleRefused, match=r"a quotient could reach \d+, beyond 2\^51"):
        prove_quotients(policy)
    columns["money"] = replace(columns["money"], high=2**51 - 1)
    prove_quotients(
        compiled(
            lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.rdiv(f.money * f.count, 1000, r.floor_fen)), columns=columns
        )
    )


def test_a_new_kind_without_a_target_is_an_error_not_a_guess() -> None:
    from yunxing.engines.entitlements.to_scalar import Program
    from yunxing.engines.entitlements.tree import Node, Type

    strange = Node("strange", Type.FEN, (Node("const", Type.FEN, value=1),))
    with pytest.raises(NotImplementedError, match="strange"):
        Program([strange])
    with pytest.raises(NotImplementedError, match="strange"):
        expression(strange, Layout("p"))


def frame(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({"party": ["x"], **columns})


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"money": [1.5]}, "column money: found Float64, expected int64 fen"),
        ({"money": ["5 元"]}, "column money: found String"),
        ({"flag": [1]}, "column flag: found Int64, expected boolean"),
        ({"start": ["2022-01-01"]}, "column start: found String, expected date"),
        ({"board": [1]}, "column board: found Int64, expected text"),
    ],
)
def test_a_column_of_a_wrong_type_is_refused_by_name(columns: dict[str, Any], says: str) -> None:
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=p.cap))
    with pytest.raises(BadInput, match=says):
        from_frame(frame(**columns).lazy(), policy.sheet)


def test_dirty_frames_are_refused_where_they_are_dirty() -> None:
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=r.least(f.money, p.cap)))
    rules = RuleSet((policy,))
    with pytest.raises(BadInput, match="expected a column 'party'"):
        assess(pl.DataFrame({"money": [1]}), rules, ON)
    with pytest.raises(BadInput, match="1 rows have no party"):
        assess(pl.DataFrame({"party": ["a", None], "money": [1, 2]}), rules, ON)
    with pytest.raises(BadInput, match=r"1 parties stand more than once \(party a\)"):
        assess(pl.DataFrame({"party": ["a", "b", "a"], "money": [1, 2, 3]}), rules, ON)
    with pytest.raises(BadInput, match="found 'abacus', expected polars or python"):
        assess(frame(money=[1]), rules, ON, engine="abacus")
    twice = pl.DataFrame({"party": ["a", "a"], "claim": ["1", "2"], "money": [1, -1], "flag": [True, True]})
    assert assess(twice, rules, ON)["outcome"].to_list() == ["yes", "refused"]


def test_a_policy_out_of_force_or_without_its_columns_is_left_out() -> None:
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=p.cap))
    rules = RuleSet((policy,))
    assert len(assess(frame(flag=[True]), rules, date(2022, 12, 31))) == 1
    assert len(assess(frame(flag=[True]), rules, date(2023, 1, 1))) == 0
    assert len(assess(frame(flag=[True]), rules, date(2021, 12, 31))) == 0
    assert len(assess(frame(elsewhere=[True]), rules, ON)) == 0

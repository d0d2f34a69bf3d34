"""Questions back from an answer: reverse search and least change against a slow search, questions in order, appeals, plain words."""

from __future__ import annotations

import itertools
import math
import operator
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.entitlements.small import D0, compiled
from yunxing import rules as r
from yunxing.engines.entitlements.appeal import appeal
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.intake import from_mapping
from yunxing.engines.entitlements.monotone import together, turning_points, ways
from yunxing.engines.entitlements.nearmiss import near_miss
from yunxing.engines.entitlements.plain import formula_of, step_lines, test_of
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.questions import ask_next
from yunxing.engines.entitlements.reverse import input_for, least_change, ways_in
from yunxing.engines.entitlements.tree import Type
from yunxing.engines.entitlements.wording import yuan
from yunxing.packs.policies import load_policies
from yunxing.packs.policy_examples import load_examples
from yunxing.values.errors import BadInput
from yunxing.values.period import day_number

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
LOAN = {
    "loan_principal": "18000 万元", "interest_paid": "2000 万元", "loan_from": "2022-04-02", "loan_to": "2023-04-01", "notice_on": "2022-07-01",
    "as_of": "2022-12-31", "earlier_discounts": "0 元", "is_technical_renovation": "是", "in_major_list": True, "has_other_support": "no",
}  # fmt: skip


@cache
def rules():
    return load_policies(PACK)


def loan(**changes: Any) -> tuple[Scalar, dict[str, Any]]:
    scalar = Scalar.of(rules().policy("m02_loan_interest"))
    row, faults = from_mapping(scalar.policy.sheet, {**LOAN, **changes}, "p")
    assert not faults
    return scalar, row


def amount(scalar: Scalar, row: dict[str, Any]) -> int:
    result = scalar.decide(row)[0]
    return (result.amount_fen or 0) if result.outcome == "yes" else -1


def test_the_input_that_is_found_is_the_least_that_suffices() -> None:
    scalar, row = loan()
    for asked in (1, 176_767_500, 176_767_501, 5 * 10**8, 2 * 10**9 - 1, 2 * 10**9):
        found = input_for(scalar, row, "loan_principal", asked)
        after = found["found"]["after_value"]
        assert amount(scalar, {**row, "loan_principal": after}) >= asked
        if after != row["loan_principal"]:
            assert amount(scalar, {**row, "loan_principal": after - 1}) < asked
        assert found["exact"] is (found["amount_fen"] == asked)


def test_what_cannot_be_reached_is_said_not_guessed() -> None:
    scalar, row = loan(interest_paid="100 万元")
    assert input_for(scalar, row, "loan_principal", 10**8 + 1)["found"] is None
    assert input_for(scalar, row, "loan_principal", 10**8)["found"] is not None
    with pytest.raises(BadInput, match="did you mean 'loan_principal'"):
        input_for(scalar, row, "loan_principl", 1)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(asked=st.integers(0, 60), money=st.integers(0, 60), other=st.integers(0, 60), shape=st.sampled_from(["up", "down", "turns", "band"]))
def test_bisection_finds_what_a_walk_over_every_value_finds(asked: int, money: int, other: int, shape: str) -> None:
    shapes: dict[str, Any] = {
        "up": lambda f, _: r.least(f.money * 2, f.other),
        "down": lambda f, _: r.greatest(0, f.other - f.money),
        "turns": lambda f, _: r.choose(f.money < 30 * f.other, f.money * 3, f.other),
        "band": lambda f, p: r.band(f.money, p.bands),
    }
    columns = dict(compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=p.cap)).sheet.columns.items())
    from dataclasses import replace

    columns |= {"money": replace(columns["money"], high=60), "other": replace(columns["other"], high=60)}
    if shape == "turns":
        shapes["turns"] = lambda f, _: r.choose(f.money < f.other, f.money * 3, f.other)
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=shapes[shape](f, p)), columns=columns)
    scalar = Scalar.of(policy)
    row = {"money": money, "other": other, "flag": True}
    found = least_change(scalar, row, "money", lambda changed: amount(scalar, dict(changed)) >= asked)
    fits = [value for value in range(61) if amount(scalar, {**row, "money": value}) >= asked]
    if found is None:
        assert fits == []
    else:
        assert found.after in fits
        assert abs((found.after or 0) - money) == min(abs(value - money) for value in fits)


def test_the_least_changes_open_a_policy_and_are_only_those_a_party_can_make() -> None:
    scalar, row = loan(in_major_list=False, is_technical_renovation=False)
    told = ways_in(scalar, row)
    assert told is not None
    assert [one["condition"] for one in told] == ["renovation", "major"]
    assert told[0]["amount_fen"] == 176_767_500
    other, refused = loan(has_other_support=True)
    assert ways_in(other, refused) is None, "nobody is advised to alter what he cannot"
    assert ways_in(*loan()) is None


def test_a_near_miss_says_how_far_in_the_unit_of_what_is_short() -> None:
    scalar, row = loan(loan_from="2022-12-20", loan_to="2023-04-01", as_of="2022-12-08")
    miss = near_miss(scalar, row)
    assert miss is not None
    assert (miss["margin"], miss["margin_en"]) == ("12 天", "12 days")
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.other >= f.money * p.rate)], amount=p.cap))
    share = near_miss(Scalar.of(policy), {"money": 1001, "other": 300})
    assert share is not None
    assert share["margin"] == "0.51元", "300 + 51 fen is the least whole fen that reaches 35 % of 1001"
    assert near_miss(Scalar.of(policy), {"money": 1001, "other": 351}) is None
    strict = compiled(lambda f, p: r.grant(when=[r.condition("c", f.other > f.money)], amount=p.cap))
    short = near_miss(Scalar.of(strict), {"money": 10, "other": 10})
    assert short is not None
    assert short["margin"] == "0.01元"


@given(
    money=st.integers(0, 10**6), other=st.integers(0, 10**6), times=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    rates=st.tuples(st.sampled_from([None, "rate", "prices"]), st.sampled_from([None, "rate", "prices"])), op=st.sampled_from(["ge", "gt", "le", "lt"]),
)  # fmt: skip
def test_the_margin_is_the_exact_distance_of_the_two_sides(
    money: int, other: int, times: tuple[int, int], rates: tuple[str | None, str | None], op: str
) -> None:
    """Factors that an author writes, and denominators of rates on either side, are never mistaken for one another."""

    def side(column: Any, factor: int, rate: Any) -> Any:
        return column * factor * rate if rate is not None else column * factor

    def rule(f: Any, p: Any) -> Any:
        picked = {None: None, "rate": p.rate, "prices": p.prices}
        left, right = side(f.money, times[0], picked[rates[0]]), side(f.other, times[1], picked[rates[1]])
        return r.grant(when=[r.condition("c", getattr(operator, op)(left, right))], amount=p.cap)

    value = {None: Fraction(1), "rate": Fraction(7, 20), "prices": Fraction(64512, 10000)}
    left, right = money * times[0] * value[rates[0]], other * times[1] * value[rates[1]]
    found = near_miss(Scalar.of(compiled(rule)), {"money": money, "other": other})
    if getattr(operator, op)(left, right):
        assert found is None
        return
    short = math.ceil(abs(left - right))
    if op in ("lt", "gt") and short == abs(left - right):
        short += 1  # equal is not enough
    assert found is not None
    assert found["margin"] == yuan(short, "zh")


def test_the_question_that_decides_soonest_is_asked_first() -> None:
    scalar, row = loan()
    asked = ask_next([scalar], {"m02_loan_interest": {**row, "in_major_list": None, "loan_principal": None, "interest_paid": None}})
    assert [one["column"] for one in asked] == ["in_major_list", "interest_paid", "loan_principal"]
    assert asked[0]["settles"] == "1/2"
    assert ask_next([scalar], {"m02_loan_interest": row}) == []
    assert ask_next([scalar], {"m02_loan_interest": {**row, "in_major_list": False, "loan_principal": None}}) == [], (
        "a no needs no more data"
    )


def test_a_number_nobody_published_is_not_asked_of_a_party() -> None:
    scalar = Scalar.of(rules().policy("m18_listing_stages"))
    row = {"stage": 2, "plans_domestic_listing": True, "aid_before": 0}
    assert ask_next([scalar], {"m18_listing_stages": row}) == []


def test_an_appeal_says_what_the_dispute_is_worth_without_deciding_it() -> None:
    scalar, row = loan()
    same = appeal(scalar, row, replaced={"interest_paid": 3 * 10**9})
    assert same["changes"] is False
    assert same["sentence"]["zh"] == "不改变结果。"
    refused = {**row, "in_major_list": False}
    by_data = appeal(scalar, refused, replaced={"in_major_list": True})
    by_law = appeal(scalar, refused, replaced={}, waived=["major"])
    assert by_data["difference_fen"] == by_law["difference_fen"] == 176_767_500
    assert by_law["because"] == [{"condition": "major", "cites": "156/2/3", "quote": "符合条件的重大技术改造项目"}]
    assert "156/2/3" in by_data["sentence"]["en"]
    worse = appeal(scalar, row, replaced={"loan_to": day_number(date(2022, 4, 3))})
    assert worse["difference_fen"] < 0
    out = appeal(scalar, row, replaced={"loan_principal": -1})
    assert out["after"] == {"outcome": "refused", "amount_fen": None}
    with pytest.raises(BadInput, match="did you mean 'major'"):
        appeal(scalar, row, replaced={}, waived=["majr"])
    with pytest.raises(BadInput, match="column: found 'x'"):
        appeal(scalar, row, replaced={"x": 1})


def test_sign_rules_are_never_wrong_on_the_packs_own_policies() -> None:
    """Where a way is claimed for the amount, moving the column along its turning points never goes the other way."""
    claimed = 0
    examples = load_examples(PACK, rules())
    for policy in rules():
        scalar = Scalar.of(policy)
        base = next(one for one in examples if one.policy == policy.id)
        row, _ = from_mapping(policy.sheet, base.profile, "p")
        for column in policy.sheet.columns.values():
            way = ways(policy, column.name)[policy.amount.key]
            if way is None or column.type in (Type.FLAG, Type.CODE, Type.TEXT):
                continue
            place = scalar.program.place[policy.amount.key]
            points = turning_points(policy, scalar.program, row, column.name)
            values = [scalar.program.run({**row, column.name: value})[place] for value in points]
            moved = [b - a for a, b in itertools.pairwise(values) if a is not None and b is not None]
            assert all(step == 0 if way == 0 else step * way >= 0 for step in moved), (policy.id, column.name)
            claimed += way != 0
    assert claimed > 20


def test_ways_join_only_where_all_agree() -> None:
    assert together([]) == 0
    assert together([1, 1, 0]) == 1
    assert together([1, -1]) is None
    assert together([None, 0]) is None


def test_every_rule_of_the_pack_can_be_said_in_both_languages() -> None:
    for policy in rules():
        for _, node in policy.conditions:
            said = test_of(policy, node)
            assert said["zh"]
            assert said["en"]
        assert formula_of(policy)["zh"]
        assert [one["id"] for one in step_lines(policy)] == list(dict.fromkeys(one["id"] for one in step_lines(policy)))


PLAIN: dict[str, tuple[Any, str, str]] = {
    "sum": (lambda f, p: f.money + p.cap, "钱 + 上限 1,000万元", "money + cap 10,000,000.00 yuan"),
    "choice": (lambda f, p: r.choose(f.flag, f.money, p.cap), "(flag 时为 钱,否则为 上限 1,000万元)", "(where flag: money, else cap 10,000,000.00 yuan)"),
    "promised": (lambda _f, p: p.promised, "待定(待发布)", "to come (not yet published)"),
    "months": (lambda f, p: r.choose(f.end <= r.add_months(f.start, p.three_years), f.money, 0), "(end ≤ (start 之后 36 个月) 时为 钱,否则为 0)", "(where end ≤ (36 months after start): money, else 0)"),
    "list": (lambda f, p: r.choose(r.is_listed(f.hs, p.on_list), f.money, 0), "(hs 在“名录”内 时为 钱,否则为 0)", "(where hs is on “list”: money, else 0)"),
    "part": (lambda f, _: r.share_of(f.money, f.part, f.whole, r.floor_fen), "钱 × part ÷ whole", "money × part ÷ whole"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_plain_words_follow_the_tree(name: str) -> None:
    build, zh, en = PLAIN[name]
    policy: Policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=build(f, p)))
    assert formula_of(policy) == {"zh": zh, "en": en}


def test_turning_points_hold_the_edges_of_what_the_row_is_compared_with() -> None:
    policy = compiled(
        lambda f, p: r.grant(when=[r.condition("c", f.money >= f.other * 2), r.condition("d", f.start < f.end)], amount=p.cap)
    )
    scalar = Scalar.of(policy)
    found = turning_points(policy, scalar.program, {"money": 0, "other": 70, "start": D0, "end": D0 + 50}, "money")
    assert {139, 140, 141} <= set(found)
    days = turning_points(policy, scalar.program, {"money": 0, "other": 70, "start": D0, "end": D0 + 50}, "start")
    assert {D0 + 49, D0 + 50} <= set(days)

"""The words of one evaluated row: numbers put in, the band by its own phrase, what bound, and a margin in the unit of what is short."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engines.entitlements.small import D0, compiled, sheet
from yunxing import rules as r
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.nearmiss import near_miss
from yunxing.engines.entitlements.wording import Words, direct, yuan


def words(build: Any, **row: Any) -> Words:
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=build(f, p)), **quoted())
    scalar = Scalar.of(policy)
    return Words(scalar, row, scalar.program.run({"flag": True, **row}))


def quoted() -> dict[str, Any]:
    parameters = dict(sheet().parameters)
    parameters["bands"] = replace(
        parameters["bands"], quotes=("first phrase", "second phrase"), source=replace(parameters["bands"].source, quote="")
    )
    return {"parameters": parameters}


@pytest.mark.parametrize(
    ("build", "row", "zh", "en"),
    [
        (lambda f, _: f.money + f.other, {"money": 100, "other": 250}, "1.00元 + 2.50元", "1.00 yuan + 2.50 yuan"),
        (lambda f, p: r.least(f.money, p.cap), {"money": 100}, "最小(1.00元, 1,000万元)", "least of (1.00 yuan, 10,000,000.00 yuan)"),
        (lambda f, p: r.rdiv(f.money * p.rate, 1, r.floor_fen), {"money": 100}, "1.00元 × 35.00%, 舍去分以下", "1.00 yuan × 35.00%, rounded down to the fen"),
        (lambda f, _: r.rdiv(f.money * f.count, 7, r.ceil_fen), {"money": 100, "count": 3}, "1.00元 × 3 ÷ 7, 进到分", "1.00 yuan × 3 ÷ 7, rounded up to the fen"),
        (lambda f, p: r.choose(f.flag, f.money, p.cap), {"money": 100}, "1.00元", "1.00 yuan"),
        (lambda f, p: p.promised, {}, "(待发布)", "(not yet published)"),
        (lambda f, _: f.money + f.other, {"money": 100}, "未知", "unknown"),
        (lambda f, p: r.band(f.money, p.bands), {"money": 99}, "0.99元 属0.01元(含)至1.00元档", "0.99 yuan, in the band from 0.01 yuan (included) to 1.00 yuan"),
        (lambda f, p: r.band(f.money, p.bands), {"money": 100}, "1.00元 属1.00元(含)以上档", "1.00 yuan, in the band from 1.00 yuan (included) upwards"),
    ],
)  # fmt: skip
def test_a_formula_has_its_numbers_in_both_languages(build: Any, row: dict[str, Any], zh: str, en: str) -> None:
    told = words(build, **row)
    amount = told.scalar.policy.amount
    assert (told.formula(amount), told.formula(amount, "en")) == (zh, en)


@pytest.mark.parametrize(("money", "quote"), [(0, None), (1, "first phrase"), (99, "first phrase"), (100, "second phrase"), (None, None)])
def test_a_value_below_every_band_is_told_under_no_bands_phrase(money: int | None, quote: str | None) -> None:
    """The branch was not taken, yet its parameter is listed: the phrase of the last band must not stand beside it."""
    told = words(lambda f, p: r.choose(f.flag, p.cap, r.band(f.money, p.bands)), money=money)
    (band,) = [one for one in told.steps()[-1]["parameters"] if one["id"] == "bands"]
    assert band.get("quote") == quote


def test_what_bound_is_the_first_of_the_least_and_the_others_are_told_with_their_height() -> None:
    told = words(lambda f, p: r.least(r.step("part", f.money), p.cap, f.other), money=10**9, other=10**9 + 100)
    bound = told.binding()
    assert bound is not None
    assert bound["by"] == "part", "equal to the cap, and named first"
    assert bound["not_binding"] == {"cap": "1,000万元", "other": "10,000,001.00元"}
    assert words(lambda f, p: r.least(f.money, p.cap)).binding() is None, "nothing binds beside an unknown"
    assert words(lambda f, _: f.money, money=1).binding() is None


def test_a_step_reads_what_is_not_behind_another_step() -> None:
    told = words(lambda f, p: r.least(r.step("both", f.money + f.other), p.cap), money=1, other=2)
    first, amount = told.steps()
    assert (first["id"], first["reads"], first["value"]) == ("both", ["money", "other"], "0.03元")
    assert (amount["reads"], [one["id"] for one in amount["parameters"]]) == ([], ["cap"])
    assert [node.op for node in direct(told.scalar.policy.amount)] == ["least", "step", "parameter"]


@pytest.mark.parametrize(("fen", "said"), [(0, "0.00 yuan"), (1, "0.01 yuan"), (-100, "−1.00 yuan"), (123456789, "1,234,567.89 yuan")])
def test_money_in_english_is_exact_to_the_fen(fen: int, said: str) -> None:
    assert yuan(fen) == said


@pytest.mark.parametrize(
    ("test", "row", "zh", "en"),
    [
        (lambda f: f.money >= f.other, {"money": 5, "other": 105}, "1.00元", "1.00 yuan"),
        (lambda f: f.money < f.other, {"money": 105, "other": 105}, "0.01元", "0.01 yuan"),
        (lambda f: f.money < f.other, {"money": 205, "other": 105}, "1.01元", "1.01 yuan"),
        (lambda f: f.end <= f.start, {"start": D0, "end": D0 + 3}, "3 天", "3 days"),
        (lambda f: f.count >= 10, {"count": 7}, "3", "3"),
        (lambda f: r.month_of(f.start) >= r.month_of(f.end), {"start": D0, "end": D0 + 62}, "2 个月", "2 months"),
        (lambda f: f.dollars >= f.dollars * 2, {"dollars": 300}, "3.00美元", "3.00 US dollars"),
        (lambda f: f.flag, {"flag": False}, None, None),
        (lambda f: f.board == "a", {"board": 1}, None, None),
    ],
)
def test_a_margin_has_the_unit_of_what_is_short(test: Any, row: dict[str, Any], zh: str | None, en: str | None) -> None:
    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", test(f))], amount=p.cap))
    found = near_miss(Scalar.of(policy), row)
    assert found is not None
    assert (found["margin"], found["margin_en"]) == (zh, en)

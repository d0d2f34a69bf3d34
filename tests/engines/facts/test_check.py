"""The columnar checks: each rule at, below and above its line, and all of them equal to the plain loops of `slow.py` on random reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import facts_slow as slow
from facts_cast import FORMS, A, B, built, enterprise, history, rules, taken
from yunxing.engines.facts.check import find, look_back
from yunxing.engines.facts.frame import candidates_of
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.reading import read_rows


def august(cumulative: str = "800.00", **other: Any) -> pl.DataFrame:
    return history("enterprise_month", {8: [Row(A, "甲", enterprise("99.00", cumulative=cumulative, **other))]})


def september(*, prior: pl.DataFrame | None = None, cause: str = "", **cells: Any) -> list[str]:
    """The rules broken by one enterprise's September beside August (cumulative 800, month 99)."""
    row = Row(A, "甲", enterprise(**cells), cause=cause)
    return rules(taken(built("enterprise_month", [row]), prior=august() if prior is None else prior)[1])


@pytest.mark.parametrize(
    ("month", "cumulative", "broken"),
    [
        ("100.00", "900.00", []),
        ("100.50", "900.00", []),
        ("100.51", "900.00", ["difference"]),
        ("99.50", "900.00", []),
        ("99.49", "900.00", ["difference"]),
        ("0.00", "800.00", ["zero"]),
    ],
)
def test_month_and_cumulative_agree_within_half_a_percent(month, cumulative, broken):
    """August's cumulative is 800: the month is 100 by difference; 0.5 % of the larger of the two is allowed, itself included."""
    assert september(output=month, cumulative=cumulative) == broken


def test_without_last_months_cumulative_there_is_nothing_to_compare():
    assert september(prior=history("enterprise_month", {7: [Row(A, "甲", enterprise("99.00", cumulative="700.00"))]})) == []


def test_march_is_compared_with_january_and_february_together():
    cells = {"output/value/cumulative": Decimal("200.00"), "revenue/value/cumulative": Decimal("190.00")}
    first = history("enterprise_month", {2: [Row(A, "甲", {**enterprise(), **cells})]})
    ok = taken(built("enterprise_month", [Row(A, "甲", enterprise("100.00", cumulative="300.00"))], month=3), prior=first)[1]
    wrong = taken(built("enterprise_month", [Row(A, "甲", enterprise("120.00", cumulative="300.00"))], month=3), prior=first)[1]

    assert rules(ok) == []
    assert rules(wrong) == ["difference"]


def test_a_cumulative_may_stand_still_and_may_not_fall():
    assert september(revenue__value__cumulative=Decimal("880.00")) == []
    assert september(revenue__value__cumulative=Decimal("879.99")) == ["falls"]


def test_profit_may_fall():
    assert september(profit__value__cumulative=Decimal(-5000)) == []


def test_a_correction_with_its_reason_may_fall():
    row = Row(A, "甲", enterprise(revenue__value__cumulative=Decimal("700.00")))
    accepted, problems = taken(built("enterprise_month", [row]), prior=august(), correction="上月错报，审计调整")

    assert rules(problems) == []
    assert set(accepted.facts["cause"]) == {"上月错报，审计调整"}


@pytest.mark.parametrize("factor", [10, 100, 10_000])
def test_a_slipped_unit_is_one_question_and_holds_the_row(factor):
    """元 entered for 万元: one question about the row, not five errors; kept, and out of totals."""
    months = {m: [Row(A, "甲", enterprise("100.00", cumulative=f"{100 * m}.00"))] for m in (5, 6, 7, 8)}
    row = Row(A, "甲", enterprise(f"{100 * factor}.00", cumulative=f"{900 * factor}.00"))
    accepted, problems = taken(built("enterprise_month", [row]), prior=history("enterprise_month", months))

    assert set(rules(problems)) == {"unit_slip"}
    assert {problem.effect for problem in problems} == {"hold"}
    assert f"×{factor}" in problems[0].why[0]
    assert accepted.facts["held"].all()
    assert accepted.held == [1]


@pytest.mark.parametrize(
    ("factor", "held"),
    [("8.4", False), ("8.6", True), ("10", True), ("11.4", True), ("11.6", False), ("9999", True), ("0.1", True), ("0.12", False)],
)
def test_a_jump_is_a_slip_within_fifteen_percent_of_ten(factor, held):
    months = {m: [Row(A, "甲", enterprise(cumulative=f"{100 * m}.00", electricity__value__month=Decimal("31.20")))] for m in (6, 7, 8)}
    cells = {"electricity__value__month": Decimal("31.20") * Decimal(factor)}

    assert ("unit_slip" in september(prior=history("enterprise_month", months), **cells)) is held


def test_a_written_cause_answers_a_tenfold_jump_but_never_a_slip_of_ten_thousand():
    months = {m: [Row(A, "甲", enterprise(cumulative=f"{100 * m}.00"))] for m in (6, 7, 8)}
    prior = history("enterprise_month", months)

    assert september(prior=prior, cause="停产检修", electricity__value__month=Decimal("3.12")) == []
    assert "unit_slip" in september(prior=prior, cause="订单增加", electricity__value__month=Decimal(312000))


def test_a_held_month_is_no_measure_for_the_next():
    """What is in question does not block what comes after it."""
    months = {m: [Row(A, "甲", enterprise(cumulative=f"{100 * m}.00"))] for m in (5, 6, 7)}
    prior = history("enterprise_month", months)
    eighth, _ = taken(built("enterprise_month", [Row(A, "甲", enterprise("1000000.00", cumulative="8000000.00"))], month=8), prior=prior)
    assert eighth.facts["held"].all()

    assert september(prior=pl.concat([prior, eighth.facts])) == []


def test_a_repeat_to_all_digits_asks_for_a_cause_and_zero_does_not():
    same = {"output": "99.00", "cumulative": "899.00"}

    assert september(**same) == ["stale", "stale"]
    assert september(**same, cause="按合同每月定量生产") == []
    assert september(prior=august(electricity__value__month=Decimal(0)), electricity__value__month=Decimal(0)) == []


def test_a_copy_of_last_year_is_asked_about():
    last_year = history("enterprise_month", {9: [Row(A, "甲", enterprise(electricity__value__month=Decimal("40.44")))]}, year=2021)

    assert september(prior=last_year, electricity__value__month=Decimal("40.44"), output="101.00") == ["copy_of_last_year"]


def coal(*days: tuple[int, str, str, str, str, str]) -> list[Row]:
    names = ("opening", "receipts", "use", "loss", "closing")
    return [
        Row(
            "COAL-01",
            "厂",
            {f"{name}/value/day": Decimal(value) for name, value in zip(names, values, strict=True)},
            day=date(2022, 9, day),
        )
        for day, *values in days
    ]


@pytest.mark.parametrize(
    ("closing", "broken"),
    [("10000", []), ("10050", []), ("9950", []), ("10050.001", ["balance"]), ("9949.999", ["balance"])],
)
def test_stock_balances_within_half_a_percent_of_the_opening(closing, broken):
    """Opening 10,000 t: 50 t is allowed, itself included."""
    assert rules(taken(built("coal_day", coal((1, "10000", "500", "480", "20", closing))))[1]) == broken


def test_a_small_stock_may_miss_one_tonne():
    assert rules(taken(built("coal_day", coal((1, "100", "0", "10", "0", "91"))))[1]) == []
    assert rules(taken(built("coal_day", coal((1, "100", "0", "10", "0", "91.001"))))[1]) == ["balance"]


def test_the_opening_is_yesterdays_closing():
    good = coal((1, "1000", "0", "100", "0", "900"), (2, "900", "0", "100", "0", "800"))
    bad = coal((1, "1000", "0", "100", "0", "900"), (2, "950", "0", "100", "0", "850"))
    gap = coal((1, "1000", "0", "100", "0", "900"), (3, "700", "0", "100", "0", "600"))

    assert rules(taken(built("coal_day", good))[1]) == []
    assert rules(taken(built("coal_day", bad))[1]) == ["carry"]
    assert rules(taken(built("coal_day", gap))[1]) == []


def test_the_first_of_the_month_carries_from_the_month_before():
    last = [Row("COAL-01", "厂", coal((1, "700", "0", "100", "0", "600"))[0].values, day=date(2022, 8, 31))]
    prior = history("coal_day", {8: last})

    assert rules(taken(built("coal_day", coal((1, "600", "0", "100", "0", "500"))), prior=prior)[1]) == []
    assert rules(taken(built("coal_day", coal((1, "650", "0", "100", "0", "550"))), prior=prior)[1]) == ["carry"]


def test_a_heat_value_outside_two_thousand_to_seven_thousand_five_hundred_is_refused():
    def hot(value: int) -> list[str]:
        row = coal((1, "100", "0", "10", "0", "90"))[0]
        return rules(taken(built("coal_day", [Row(row.party, row.name, {**row.values, "heat_value/value/day": value}, day=row.day)]))[1])

    assert hot(2000) == hot(7500) == []
    assert hot(1999) == hot(7501) == ["out_of_range"]


def test_foreign_cargo_is_part_of_the_throughput():
    def port(foreign: str, through: str) -> list[str]:
        cells = {
            f"{item}/value/{kind}": Decimal(value)
            for item, value in (("foreign_cargo", foreign), ("throughput", through))
            for kind in ("month", "cumulative")
        }
        return rules(taken(built("port_month", [Row("PORT-01", "港", cells)]))[1])

    assert port("2.10", "2.10") == []
    assert port("2.11", "2.10") == ["not_above", "not_above"]
    assert port("25.01", "300") == ["out_of_range", "out_of_range"]


small = st.integers(min_value=-3, max_value=60)
cells = st.fixed_dictionaries({
    "output/value/month": small, "output/value/cumulative": st.sampled_from([10, 20, 100, 101, 200000, 1000]), "revenue/value/cumulative": small,
    "electricity/value/month": st.sampled_from([0, 1, 10, 12, 100, 10000]), "employees/value/month": small, "stop_days/value/month": st.integers(0, 70),
})  # fmt: skip
reports = st.lists(
    st.tuples(st.sampled_from([A, B]), cells, st.sampled_from(["", "检修"])), min_size=1, max_size=2, unique_by=lambda report: report[0]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(reports, min_size=1, max_size=5), reports)
def test_the_columnar_checks_equal_the_plain_loops(earlier: list[Any], now: list[Any]):
    form = FORMS["enterprise_month"]
    prior = history("enterprise_month", {4 + n: _rows(some) for n, some in enumerate(earlier)})
    prior = prior.unique(["item", "role", "party", "period", "as_reported"], keep="last", maintain_order=True)

    _compare(form, built("enterprise_month", _rows(now), month=4 + len(earlier)), prior)


def _rows(some: list[Any]) -> list[Row]:
    return [Row(party, "合成", {**enterprise(), **values}, cause=cause) for party, values, cause in some]


days = st.lists(st.tuples(*[st.integers(0, 40)] * 5), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(days, days)
def test_the_columnar_stock_checks_equal_the_plain_loops(august_days: list[Any], some: list[Any]):
    names = ("opening", "receipts", "use", "loss", "closing")

    def rows(month: int, last: int, stock: list[Any]) -> list[Row]:
        return [
            Row(
                "COAL-01",
                "厂",
                {f"{name}/value/day": value for name, value in zip(names, values, strict=True)},
                day=date(2022, month, last - n),
            )
            for n, values in enumerate(stock)
        ]

    _compare(FORMS["coal_day"], built("coal_day", rows(9, 6, some)), history("coal_day", {8: rows(8, 31, august_days)}))


def _compare(form: Any, book: Any, prior: pl.DataFrame) -> None:
    from facts_cast import NOW, PARTIES, laid

    candidates = candidates_of([read_rows(laid(book), PARTIES, submission="sha256:1", known_at=NOW)])
    fast = {(hit["row"], hit["col"], hit["rule"]) for hit in find(form, candidates, look_back(prior)).iter_rows(named=True)}

    assert fast == slow.find_slowly(form, candidates.to_dicts(), prior.to_dicts())


monthly = st.lists(st.integers(min_value=1, max_value=10**9), min_size=3, max_size=8)


@settings(max_examples=25, deadline=None)
@given(monthly)
def test_months_that_are_the_differences_of_their_cumulatives_are_never_questioned(months: list[int]):
    """Whatever the months are: cumulative = sum of months so far, so that nothing falls and every derived month is the reported one."""
    prior: pl.DataFrame | None = None
    total = 0
    for number, amount in enumerate(months):
        total += amount
        cells = {"output/value/month": Decimal(amount) / 100, "output/value/cumulative": Decimal(total) / 100}
        row = Row(A, "甲", {**enterprise(), **cells, "electricity/value/month": amount % 977 + number}, cause="已核实")
        accepted, problems = taken(built("enterprise_month", [row], month=3 + number), prior=prior)
        assert not {"difference", "falls"} & set(rules(problems))
        prior = accepted.facts if prior is None else pl.concat([prior, accepted.facts])

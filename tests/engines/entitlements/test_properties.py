"""What must hold of the plan's benefits whatever the figures: never above a ceiling, never falling where the text lets them rise, in every target."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yunxing.engines.entitlements.assess import Scalar, assess, refused_names
from yunxing.engines.entitlements.intake import from_mapping
from yunxing.engines.entitlements.nearmiss import is_near_miss
from yunxing.engines.entitlements.ruleset import RuleSet, in_force, regime
from yunxing.engines.entitlements.tracing import RuleRefused
from yunxing.packs.policies import load_policies
from yunxing.values.period import day_number

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
ON = date(2022, 8, 10)
CEILING = 2000 * 10**6
YUAN = 100

money = st.integers(0, 200 * 10**10)
paid = st.integers(0, 20 * 10**10)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@cache
def rules() -> RuleSet:
    return load_policies(PACK)


@cache
def scalar(name: str) -> Scalar:
    return Scalar.of(rules().policy(name))


def loan(principal: int, interest: int, began: date, length: int, **changes: Any) -> int | None:
    """The discount of an eligible loan; None where there is none."""
    row = {
        "loan_principal": principal, "interest_paid": interest, "loan_from": day_number(began), "loan_to": day_number(began) + length,
        "notice_on": day_number(date(2022, 7, 1)), "as_of": day_number(date(2030, 12, 31)), "earlier_discounts": 0,
        "is_technical_renovation": True, "in_major_list": True, "has_other_support": False, **changes,
    }  # fmt: skip
    return scalar("m02_loan_interest").decide(row)[0].amount_fen


@pytest.mark.property
@settings(deadline=None)
@given(money, paid, days, st.integers(0, 1000), st.integers(0, 10**12))
def test_more_principal_never_means_less_and_nothing_exceeds_interest_or_ceiling(
    principal: int, interest: int, began: date, length: int, more: int
) -> None:
    assume(began + timedelta(days=length) <= date(2030, 12, 31))
    first, second = (loan(min(p, 200 * 10**10), interest, began, length) for p in (principal, principal + more))
    assert first is not None
    assert second is not None
    assert first <= second <= min(interest, CEILING)


@pytest.mark.property
@settings(deadline=None)
@given(money, paid, days, st.integers(0, 1000), st.integers(0, CEILING), st.integers(0, CEILING))
def test_what_a_project_had_before_is_taken_off_the_ceiling(
    principal: int, interest: int, began: date, length: int, earlier: int, later: int
) -> None:
    """All discounts of a project together stay within the ceiling, in whatever order they come."""
    assume(began + timedelta(days=length) <= date(2030, 12, 31))
    one = loan(principal, interest, began, length, earlier_discounts=earlier)
    assert one is not None
    assert earlier + one <= max(CEILING, earlier)
    two = loan(principal, interest, began, length, earlier_discounts=min(earlier + one + later, 20 * 10**10))
    assert two is not None
    assert two <= one


@pytest.mark.property
@settings(deadline=None)
@given(st.integers(1, 2000 * 10**10), st.integers(0, 10**12))
def test_the_listing_bonus_climbs_and_has_just_three_steps(raised: int, more: int) -> None:
    def bonus(fen: int) -> int | None:
        row = {"raised": fen, "board": 1, "listed_on": 19000, "as_of": 19100, "has_bonus_before": False}
        return scalar("m18_listing_ladder").decide(row)[0].amount_fen

    low, high = bonus(raised), bonus(min(raised + more, 2000 * 10**10))
    assert low is not None
    assert high is not None
    assert low <= high
    assert {low, high} <= {200 * 10**6, 700 * 10**6, 1200 * 10**6}


@pytest.mark.property
@settings(deadline=None, max_examples=40)
@given(st.data())
def test_learning_a_fact_never_turns_yes_into_no_data_nor_no_into_yes(data: st.DataObject) -> None:
    """Kleene: what was settled with an unknown stays settled when the unknown is learnt."""
    name = data.draw(st.sampled_from(["m02_loan_interest", "m18_listing_ladder"]))
    one = scalar(name)
    row = {c.name: data.draw(st.none() | st.integers(c.low, c.high), label=c.name) for c in one.policy.sheet.columns.values()}
    before, _ = one.decide(row)
    unknown = [column for column, value in row.items() if value is None]
    assume(unknown)
    column = one.policy.sheet.columns[data.draw(st.sampled_from(unknown))]
    after, _ = one.decide({**row, column.name: data.draw(st.integers(column.low, column.high))})
    if before.outcome in ("yes", "no") and after.outcome != "refused":
        assert after.outcome == before.outcome
        assert after.amount_fen == before.amount_fen


VECTORS = [
    # principal in yuan, days, LPR, expected yuan: the trade's handbook, worked by hand
    ("150000000.00", 360, "2022-07-01", "1942500.00"),
    ("150000000.00", 365, "2022-07-01", "1969479.17"),
    ("100000000.00", 200, "2022-07-01", "719444.44"),
    ("1544401544.40", 360, "2022-07-01", "20000000.00"),
    ("1565557729.94", 360, "2022-09-01", "20000000.00"),
    ("1565557729.94", 359, "2022-09-01", "19944444.44"),
    ("0.00", 360, "2022-07-01", "0.00"),
    ("0.77", 360, "2022-07-01", "0.01"),
    ("0.38", 360, "2022-07-01", "0.00"),
    ("0.39", 360, "2022-07-01", "0.01"),
]


@pytest.mark.parametrize(("principal", "length", "notice", "expected"), VECTORS)
def test_the_handbooks_vectors(principal: str, length: int, notice: str, expected: str) -> None:
    fen, due = (int(text.replace(".", "")) for text in (principal, expected))
    assert loan(fen, 20 * 10**10, date(2022, 1, 1), length, notice_on=day_number(date.fromisoformat(notice))) == due


LPR = [
    ("2021-01-19", None),
    ("2021-01-20", "3.85"),
    ("2021-12-19", "3.85"),
    ("2021-12-20", "3.80"),
    ("2022-01-19", "3.80"),
    ("2022-01-20", "3.70"),
    ("2022-05-20", "3.70"),
    ("2022-08-21", "3.70"),
    ("2022-08-22", "3.65"),
    ("2023-06-19", "3.65"),
    ("2023-06-20", "3.55"),
    ("2023-08-21", "3.45"),
    ("2024-07-22", "3.35"),
    ("2024-10-21", "3.10"),
    ("2024-11-19", "3.10"),
    ("2024-11-20", None),
]


@pytest.mark.parametrize(("day", "rate"), LPR)
def test_the_rate_of_the_day_of_the_notice_and_no_rate_where_none_is_published(day: str, rate: str | None) -> None:
    """A day no value covers needs data; it never takes the nearest value. 100,000,000 yuan for 360 days shows the rate itself."""
    found = loan(10**10, 20 * 10**10, date(2022, 1, 1), 360, notice_on=day_number(date.fromisoformat(day)))
    assert found == (None if rate is None else int(rate.replace(".", "")) * 35 * 10**4)


def test_rule_sets_are_chosen_by_day_and_by_name() -> None:
    first_day = {policy.id for policy in in_force(rules(), date(2022, 5, 27))}
    assert {"m02_loan_interest", "m18_listing_ladder", "m18_listing_stages"} <= first_day
    assert not {"m02_loan_interest", "m18_listing_ladder"} & {policy.id for policy in in_force(rules(), date(2022, 5, 26))}
    assert regime(rules().policy("m02_loan_interest")) == "2022-05-27/"
    one = rules().only(["m18_listing_ladder"])
    assert one.id != rules().id
    assert one.id == rules().only(["m18_listing_ladder", "m18_listing_ladder"]).id
    with pytest.raises(RuleRefused, match="no policy 'x', expected one of: m02"):
        rules().policy("x")


def test_masks_are_read_back_by_name() -> None:
    policy = rules().policy("m02_loan_interest")
    frame = pl.DataFrame(
        {
            "party": ["a", "b", "c"],
            "loan_principal": [-1, 5, 5],
            "in_major_list": [True, False, False],
            "has_other_support": [None, None, False],
        }
    )
    rows = {row["party"]: row for row in assess(frame, rules().only([policy.id]), ON).iter_rows(named=True)}
    assert refused_names(policy, rows["a"]["refused"]) == ["loan_principal"]
    named = {
        name: [one for bit, (one, _node) in enumerate(policy.conditions) if rows["b"][name] >> bit & 1] for name in ("failed", "unknown")
    }
    assert named == {"failed": ["major"], "unknown": ["renovation", "started", "single"]}
    assert not is_near_miss(rows["b"]["failed"], rows["b"]["unknown"])


def test_the_application_day_stands_in_for_a_missing_day_of_assessment() -> None:
    """`as_of` is the day of application unless the profile says otherwise, in bulk and alone."""
    from yunxing.engines.entitlements.explain import explain

    policy = scalar("m18_listing_ladder").policy
    row, faults = from_mapping(policy.sheet, {"raised": 10**10, "board": "SSE", "listed_on": "2022-08-10", "has_bonus_before": False}, "p")
    assert faults == []
    assert explain(scalar(policy.id), row, ON)["outcome"] == "yes"
    assert explain(scalar(policy.id), row, ON - timedelta(days=1))["outcome"] == "no"
    frame = pl.DataFrame({"party": ["a"], "raised": [10**10], "board": ["SSE"], "listed_on": [ON], "has_bonus_before": [False]})
    for day, outcome in ((ON, "yes"), (ON - timedelta(days=1), "no")):
        assert assess(frame, rules().only([policy.id]), day)["outcome"].to_list() == [outcome]

"""The explanation: numbers put in, the clause quoted, which cap bound, what is missing; and the near miss."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.explain import differences, explain
from yunxing.engines.entitlements.intake import from_mapping, read_value, unknown_keys
from yunxing.engines.entitlements.nearmiss import near_miss
from yunxing.engines.entitlements.policy import Column
from yunxing.engines.entitlements.tree import Type
from yunxing.packs.policies import load_policies
from yunxing.values.errors import BadInput

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
ON = date(2022, 8, 10)
LOAN = {
    "loan_principal": "18000 万元", "interest_paid": "610 万元", "loan_from": "2022-04-02", "loan_to": "2023-04-01", "notice_on": "2022-07-01",
    "as_of": "2022-12-31", "earlier_discounts": "0 元", "is_technical_renovation": "是", "in_major_list": True, "has_other_support": "no",
}  # fmt: skip
LISTING = {"raised": "8 亿元", "board": "BSE", "listed_on": "2022-06-30", "as_of": "2022-12-31", "has_bonus_before": False}


@cache
def scalar(name: str) -> Scalar:
    return Scalar.of(load_policies(PACK).policy(name))


def told(policy: str, profile: dict[str, Any], on: date = ON, **changes: Any) -> dict[str, Any]:
    one = scalar(policy)
    row, _ = from_mapping(one.policy.sheet, {**profile, **changes}, "p.json")
    return explain(one, row, on, party="P1", ruleset="sha256:x")


def test_every_step_shows_its_numbers_its_parameters_and_their_clause() -> None:
    answer = told("m02_loan_interest", LOAN)
    steps = {step["id"]: step for step in answer["steps"]}
    assert list(steps) == ["days", "discount", "left", "amount"]
    assert steps["days"]["value"] == "273 天"
    assert steps["discount"]["formula"] == "18,000万元 × 273 天 × 3.70% × 35% ÷ 360, 四舍五入到分"
    assert steps["discount"]["value"] == "1,767,675.00元"
    by = {parameter["id"]: parameter for parameter in steps["discount"]["parameters"]}
    assert by["lpr_1y"]["dated"] == "2022-01-20"
    assert by["share"] == {"id": "share", "value": "35%", "cites": "156/2/4", "quote": "贷款市场报价利率(LPR)的35%"}
    assert answer["binding"]["by"] == "discount"
    assert answer["binding"]["not_binding"] == {"interest_paid": "610万元", "left": "2,000万元"}
    assert answer["amount_fen"] == 176_767_500


def test_a_band_is_told_with_its_ends_and_its_own_phrase() -> None:
    (step, _) = told("m18_listing_ladder", LISTING, raised="10 亿元")["steps"]
    assert step["formula"] == "10亿元 属10亿元(含)至20亿元档"
    assert step["parameters"][0]["quote"] == "融资额10亿元(含)至20亿元的奖补700万元"
    (top, _) = told("m18_listing_ladder", LISTING, raised="30 亿元")["steps"]
    assert top["formula"].endswith("属20亿元(含)以上档")


def test_both_languages_say_the_outcome_and_a_ceiling_is_no_promise() -> None:
    sentences = told("m02_loan_interest", LOAN)["sentences"]
    assert "金额 1,767,675.00元(为上限,以主管部门核定为准)" in sentences["zh"]
    assert "at most 1,767,675.00 yuan" in sentences["en"]
    assert "为上限" not in told("m18_listing_ladder", LISTING)["sentences"]["zh"]


def test_a_refusal_quotes_the_clause_and_shows_what_was_reported() -> None:
    answer = told("m02_loan_interest", LOAN, in_major_list="否")
    assert answer["outcome"] == "no"
    assert "条款 156/2/3“符合条件的重大技术改造项目”" in answer["sentences"]["zh"]
    failed = [one for one in answer["conditions"] if one["result"] == "no"]
    (because,) = failed[0]["because"]
    assert because == {
        "column": "in_major_list", "title": "列入重大技改项目清单", "title_en": "is on the list of major renovation projects", "value": "否",
    }  # fmt: skip
    assert failed[0]["test"] == {"zh": "否", "en": "no"}
    assert answer["steps"] == []
    assert answer["missing"] == []


def test_only_what_could_still_change_the_outcome_is_missing() -> None:
    assert told("m02_loan_interest", LOAN, interest_paid=None, in_major_list=None)["missing"] == ["in_major_list", "interest_paid"]
    assert told("m02_loan_interest", LOAN, interest_paid=None, is_technical_renovation="否")["missing"] == []
    awaited = told("m18_listing_stages", {"stage": "passed", "plans_domestic_listing": True, "aid_before": 0})
    assert awaited["missing"] == ["reached"]
    assert "待发布:省级分阶段补助的各阶段标准" in awaited["sentences"]["zh"]
    assert "not yet published" in awaited["sentences"]["en"]


def test_no_and_yes_with_nothing_differ() -> None:
    answer = told("m02_loan_interest", LOAN, earlier_discounts="2000 万元")
    assert (answer["outcome"], answer["amount_fen"]) == ("yes", 0)


def test_a_refused_row_names_the_column_and_gives_no_amount() -> None:
    answer = told("m02_loan_interest", LOAN, loan_principal="201 亿元")
    assert (answer["outcome"], answer["refused"], answer["amount_fen"], answer["conditions"]) == ("refused", ["loan_principal"], None, [])


def test_outside_the_policys_span_the_answer_says_so_first() -> None:
    answer = told("m02_loan_interest", LOAN, on=date(2022, 5, 26))
    assert answer["in_force"] is False
    assert answer["sentences"]["zh"].startswith("2022-05-26 不在政策执行期")
    assert told("m02_loan_interest", LOAN, on=date(2022, 5, 27))["in_force"] is True


def test_the_readings_of_the_text_are_printed() -> None:
    readings = told("m02_loan_interest", LOAN)["readings"]
    assert any("最新一期" in one["question"] and one["choice_en"] for one in readings)


def test_a_stored_decision_is_replayed_and_a_changed_one_is_told() -> None:
    answer = told("m02_loan_interest", LOAN)
    one = scalar("m02_loan_interest")
    assert differences(one, answer, "sha256:x") == []
    forged = differences(one, {**answer, "amount_fen": answer["amount_fen"] + 1}, "sha256:x")
    assert forged == ["amount_fen: the decision says 176767501, a replay gives 176767500"]
    other_input = differences(one, {**answer, "columns": {**answer["columns"], "interest_paid": 1}}, "sha256:x")
    assert any(line.startswith("input:") for line in other_input)
    assert differences(one, answer, "sha256:y")[0].startswith("ruleset:")
    with pytest.raises(BadInput, match="found no columns"):
        differences(one, {"policy": "m02_loan_interest"}, "sha256:x")


def test_a_near_miss_gives_the_condition_the_clause_and_the_margin() -> None:
    one = scalar("m18_listing_ladder")
    row, _ = from_mapping(one.policy.sheet, {**LISTING, "as_of": "2022-06-18"}, "p")
    near = near_miss(one, row)
    assert near is not None
    assert (near["condition"], near["margin"], near["cites"]) == ("listed", "12 天", "156/18/4")
    for changes in ({"as_of": "2022-06-18", "board": "NEEQ"}, {"as_of": "2022-06-18", "board": None}, {}):
        row, _ = from_mapping(one.policy.sheet, {**LISTING, **changes}, "p")
        assert near_miss(one, row) is None


def test_a_near_miss_says_whether_the_party_can_change_it() -> None:
    one = scalar("m02_loan_interest")
    for column, can in (("in_major_list", True), ("has_other_support", False)):
        row, _ = from_mapping(one.policy.sheet, {**LOAN, column: column == "has_other_support"}, "p")
        near = near_miss(one, row)
        assert near is not None
        assert near["may_change"] is can


MONEY = Column("m", Type.FEN, 0, 10**9)


@pytest.mark.parametrize(
    ("column", "written", "value"),
    [
        (MONEY, "5 万元", 5 * 10**6),
        (MONEY, 5, 5),
        (MONEY, "unknown", None),
        (MONEY, "", None),
        (MONEY, "suppressed", None),
        (MONEY, None, None),
        (Column("f", Type.FLAG, 0, 1), "否", False),
        (Column("d", Type.DATE, 0, 1), "1970-01-02", 1),
        (Column("d", Type.DATE, 0, 1), date(1970, 1, 3), 2),
        (Column("n", Type.DAYS, 0, 1), "15 天", 15),
        (Column("n", Type.COUNT, 0, 1), "15", 15),
        (Column("c", Type.CODE, 0, 1, ("x", "y")), "y", 1),
    ],
)
def test_a_value_is_read_as_it_is_written_and_every_absence_is_unknown(column: Column, written: Any, value: Any) -> None:
    assert read_value(column, written) == value


@pytest.mark.parametrize(
    ("column", "written"),
    [
        (MONEY, 5.0),
        (MONEY, "5"),
        (MONEY, True),
        (MONEY, "0.001 元"),
        (Column("f", Type.FLAG, 0, 1), 1),
        (Column("f", Type.FLAG, 0, 1), "maybe"),
        (Column("d", Type.DATE, 0, 1), "2022-02-30"),
        (Column("d", Type.DATE, 0, 1), 20220101),
        (Column("n", Type.COUNT, 0, 1), "many"),
        (Column("n", Type.COUNT, 0, 1), [1]),
        (Column("c", Type.CODE, 0, 1, ("x", "y")), 0),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_guessed(column: Column, written: Any) -> None:
    with pytest.raises(BadInput):
        read_value(column, written)


def test_all_faults_of_a_profile_are_listed_at_once_and_a_misspelt_column_is_told() -> None:
    sheet = scalar("m02_loan_interest").policy.sheet
    row, faults = from_mapping(sheet, {**LOAN, "loan_principal": 1.5, "interest_paid": "x", "loan_to": "2022-01-01"}, "p.json")
    assert [fault.place for fault in faults] == ["loan_principal", "interest_paid", "loan_from"]
    assert row["loan_principal"] is None
    (fault,) = unknown_keys(sheet, {"intrest_paid": 1, "name": "x"}, "p.json")
    assert "did you mean 'interest_paid'?" in fault.fix

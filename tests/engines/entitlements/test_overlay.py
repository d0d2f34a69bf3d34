"""Overlays: another set beside the first, never a patched one; both in one pass; versions by the day of application."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engines.entitlements.small import compiled
from yunxing import rules as r
from yunxing.engines.entitlements.assess import assess, totals
from yunxing.engines.entitlements.overlay import Replacement, most_moved, overlaid, report, side_by_side
from yunxing.engines.entitlements.ruleset import RuleSet, in_force
from yunxing.engines.entitlements.tracing import RuleRefused
from yunxing.flows.rules_in_force import changed
from yunxing.packs.policies import load_policies
from yunxing.packs.policy_changes import editable, lines, replacement, shown
from yunxing.values.errors import BadInput

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
ON, LATER = date(2022, 8, 10), date(2022, 11, 1)
LOAN, LADDER = "m02_loan_interest", "m18_listing_ladder"


@cache
def rules() -> RuleSet:
    return load_policies(PACK)


def listings(*raised: int, bonus: bool = False) -> pl.DataFrame:
    rows = [
        {
            "party": f"P{i}",
            "raised": fen,
            "board": "BSE",
            "listed_on": date(2022, 6, 30),
            "has_bonus_before": bonus,
            "unit": "u1" if i % 2 else "u2",
            "size": "small",
        }
        for i, fen in enumerate(raised)
    ]
    return pl.DataFrame(rows)


def test_an_overlay_is_another_set_and_leaves_the_first_alone() -> None:
    before = rules().id
    other = changed(rules(), LOAN, {"share": "50%"})
    assert other.id != before
    assert other.parent == before
    assert rules().id == before
    assert rules().policy(LOAN).sheet.parameters["share"].value == Fraction(7, 20)
    assert changed(rules(), LOAN, {"share": "50%"}).id == other.id, "the same change names the same set"
    assert changed(other, LOAN, {"share": "35%"}).policy(LOAN).amount.key == rules().policy(LOAN).amount.key


def test_a_change_from_a_day_on_makes_a_version_and_keeps_the_old_one_for_earlier_applications() -> None:
    other = changed(rules(), LOAN, {"ceiling": "3000 万元"}, starts=LATER)
    first, second = other.versions(LOAN)
    assert (first.sheet.ends, second.sheet.starts) == (LATER - timedelta(days=1), LATER)
    assert other.policy(LOAN, ON).sheet.parameters["ceiling"].value == 2000 * 10**6
    assert other.policy(LOAN, LATER).sheet.parameters["ceiling"].value == 3000 * 10**6
    assert [policy.sheet.starts for policy in in_force(other, LATER) if policy.id == LOAN] == [LATER]
    third = changed(other, LOAN, {"share": "40%"}, starts=date(2023, 1, 1))
    assert [policy.sheet.starts for policy in third.versions(LOAN)] == [date(2022, 5, 27), LATER, date(2023, 1, 1)]


def test_both_rules_are_evaluated_in_one_pass_and_agree_with_two_assessments() -> None:
    frame = listings(8 * 10**10, 12 * 10**10, 25 * 10**10, 1)
    present = rules().policy(LADDER)
    variants = [changed(rules(), LADDER, {"bands": {"0": "300 万元"}}), changed(rules(), LADDER, {"bands": {"from 1": "5 亿元"}})]
    table = side_by_side(frame, present, [one.policy(LADDER) for one in variants], ON)
    for at, one in enumerate([rules(), *variants]):
        alone = assess(frame.drop("unit", "size"), one.only([LADDER]), ON).sort("party")
        assert table.sort("party")[f"amount_{at}"].to_list() == alone["amount_fen"].to_list()
    first = report(table, 1, budget_fen=10**10)
    assert (first["change_fen"], first["winners"], first["losers"], first["parties"]) == (2 * 10**8, 2, 0, 4)
    assert first["pool"]["left_before_fen"] - first["pool"]["left_after_fen"] == first["change_fen"]
    second = report(table, 2)
    assert second["change_fen"] == 500 * 10**6
    for told in (first, second):
        for name in ("unit", "size"):
            assert sum(line["change_fen"] for line in told["groups"][name]) == told["change_fen"]
            assert sum(line["parties"] for line in told["groups"][name]) == told["parties"]
    assert [line["party"] for line in most_moved(table, 1)["most_gained"]] == ["P0", "P3"]
    assert most_moved(table, 1)["most_lost"] == []


def test_small_groups_are_told_without_their_sums() -> None:
    table = side_by_side(
        listings(8 * 10**10, 9 * 10**10, 7 * 10**10),
        rules().policy(LADDER),
        [changed(rules(), LADDER, {"bands": {"0": "1 元"}}).policy(LADDER)],
        ON,
    )
    told = {line["group"]: line for line in report(table, least_group=2)["groups"]["unit"]}
    assert told["u1"]["change_fen"] is None
    assert told["u2"]["change_fen"] == 2 * (100 - 200 * 10**6)
    assert told["u1"]["losers"] == 1


def test_a_condition_left_out_is_asked_no_more_and_its_clause_leaves_the_identity() -> None:
    other = changed(rules(), LADDER, {}, ["first_time"])
    assert [name for name, _ in other.policy(LADDER).conditions] == ["domestic_listing", "listed"]
    frame = listings(8 * 10**10, bonus=True)
    assert report(side_by_side(frame, rules().policy(LADDER), [other.policy(LADDER)], ON))["newly"] == 1


@pytest.mark.parametrize(
    ("policy", "parameters", "without", "says"),
    [
        (LOAN, {"shar": "50%"}, [], "did you mean 'share'"),
        (LOAN, {"share": "50 元"}, [], "a fen; expected a rate such as 35%"),
        (LOAN, {"ceiling": "很多"}, [], "很多"),
        (LOAN, {"lpr_1y": "3%"}, [], "a series is not changed this way"),
        (LADDER, {"bands": {"9": "5 元"}}, [], "one of the bands 0 to 2"),
        (LADDER, {"bands": {"from 2": "5 亿元"}}, [], "no longer rise"),
        (LADDER, {"bands": "5 元"}, [], "bands are changed line by line"),
        (LOAN, {}, ["majr"], "did you mean 'major'"),
        (LOAN, {}, ["renovation", "major", "started", "single"], "a negative number divides"),
        ("m99", {}, ["x"], "no policy 'm99'"),
        (LOAN, {"share": "99999999999%"}, [], "beyond 2^63"),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_words(policy: str, parameters: dict[str, Any], without: list[str], says: str) -> None:
    with pytest.raises(BadInput) as caught:
        changed(rules(), policy, parameters, without)
    assert says in str(caught.value)


def test_a_promised_number_can_be_filled_in_and_the_policy_then_answers() -> None:
    other = changed(rules(), "m18_listing_stages", {"reached": "150 万元"})
    row = pl.DataFrame({"party": ["P"], "stage": ["accepted"], "plans_domestic_listing": [True], "aid_before": [50 * 10**6]})
    assert assess(row, rules().only(["m18_listing_stages"]), ON)["outcome"].to_list() == ["needs_data"]
    assert assess(row, other.only(["m18_listing_stages"]), ON)["amount_fen"].to_list() == [100 * 10**6]


def test_a_policy_that_was_not_compiled_from_a_rule_is_not_traced_anew() -> None:
    from dataclasses import replace

    policy = compiled(lambda f, p: r.grant(when=[r.condition("c", f.flag)], amount=p.cap))
    with pytest.raises(RuleRefused, match="cannot be traced anew"):
        overlaid(RuleSet((replace(policy, rule=None),)), [Replacement("small", without="c")])


def test_what_may_be_edited_is_written_as_a_person_writes_it() -> None:
    ladder = {one["name"]: one for one in editable(rules().policy(LADDER))}
    assert [(line["from"], line["value"]) for line in ladder["bands"]["lines"]] == [
        ("0.01元", "200万元"),
        ("10亿元", "700万元"),
        ("20亿元", "1200万元"),
    ]
    for policy in rules():
        for one in editable(policy):
            for line in one["lines"]:
                again = replacement(
                    policy, one["name"], {str(line["place"]): line["value"], f"from {line['place']}": line["from"]}, "the same"
                )
                assert again.parameter is not None
                assert again.parameter.table == policy.sheet.parameters[one["name"]].table, "what is shown reads back as itself"
            if one["value"]:
                assert replacement(policy, one["name"], one["value"], "the same").parameter is not None
    assert shown(rules().policy(LOAN).sheet.parameters["share"]) == "35%"
    assert lines(rules().policy(LOAN).sheet.parameters["lpr_1y"])[0] == ("2021-01-20", "3.85%")


def test_the_sums_of_a_stream_are_the_sums_of_the_rows() -> None:
    frame = listings(8 * 10**10, 12 * 10**10, 25 * 10**10, 1, -5)
    rows = assess(frame.drop("unit", "size"), rules().only([LADDER]), ON)
    found = totals(frame.lazy(), rules().policy(LADDER), ON)
    assert found["rows"].sum() == len(rows)
    assert found["amount_fen"].sum() == rows["amount_fen"].sum()
    assert dict(found.select(pl.col("outcome").cast(pl.String), "rows").iter_rows()) == {"yes": 4, "refused": 1}

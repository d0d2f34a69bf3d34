"""What a closed month says of its thresholds, what of it is read back, and the candidates it keeps."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from yunxing.engines.signals.budget import SILENT, Candidate
from yunxing.engines.signals.watch import Watched, Wishes
from yunxing.flows.watch_month import candidates_table, said, wishes_from

RULES = [SimpleNamespace(id="a", budget=24), SimpleNamespace(id="b", budget=12), SimpleNamespace(id="c", budget=6)]
FOUND = Watched(
    candidates={
        "b": (Candidate("k2", "u2", "2022-09", 3.00004), Candidate("k1", "u1", "2022-08", 2.5)),
        "a": (Candidate("k3", "u1", "2022-08", 9.0),),
    },
    thresholds={"a": 3.14159, "b": SILENT},
    years={"a": 1.0, "b": 0.5},
)


def test_the_manifest_says_budget_threshold_and_years_in_whole_numbers():
    """A rule that was not watched is not told; a threshold that nothing reaches is none; a person's budget stands in place of the pack's."""
    told = said(RULES, FOUND, Wishes({"b": 5, "z": 1}, frozenset({"k9", "k1"})))

    assert told["rules"] == {
        "a": {"budget": 24, "threshold": 31416, "years": 10_000},
        "b": {"budget": 5, "threshold": None, "years": 5_000},
    }
    assert (told["set"], told["right"]) == ({"b": 5, "z": 1}, ["k1", "k9"])


@pytest.mark.parametrize("wishes", [Wishes(), Wishes({"a": 0}), Wishes({"b": 2, "a": 1}, frozenset({"y", "x"}))])
def test_what_the_manifest_says_is_read_back_alike(wishes):
    found = wishes_from(said(RULES, FOUND, wishes))

    assert (dict(found.budgets), set(found.right)) == (dict(wishes.budgets), set(wishes.right))


def test_an_older_manifest_without_wishes_has_none():
    assert wishes_from({}) == Wishes({}, frozenset())


def test_a_budget_of_nothing_is_a_wish_and_not_the_packs_budget():
    assert said(RULES, FOUND, Wishes({"a": 0}))["rules"]["a"]["budget"] == 0


def test_candidates_are_kept_by_rule_then_period_then_scope_with_whole_scores():
    assert [tuple(row.values()) for row in candidates_table(FOUND).to_pylist()] == [
        ("a", "u1", "2022-08", 90_000),
        ("b", "u1", "2022-08", 25_000),
        ("b", "u2", "2022-09", 30_000),
    ]


def test_no_candidates_are_an_empty_table_of_the_same_columns():
    assert candidates_table(Watched()).schema == candidates_table(FOUND).schema

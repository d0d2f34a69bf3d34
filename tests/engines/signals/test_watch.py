"""Statistical rules of a month: what they raise, how a budget sets their threshold, what marks and certainty do to it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from yunxing.engines.signals.budget import SILENT, Candidate
from yunxing.engines.signals.history import History, numbered
from yunxing.engines.signals.watch import CERTAIN, LEAST, Wishes, expected_of, threshold_of, watch
from yunxing.packs.indicators import load_indicators
from yunxing.packs.signals import load_signals

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
DEFINITIONS = {one.id: one for one in load_indicators(PACK)}
RULES = {one.id: one for one in load_signals(PACK)}
PARTIES = tuple(f"E{n:03d}" for n in range(60))
PLACES = {party: (f"u{n % 3}", "32" if n < 30 else "17") for n, party in enumerate(PARTIES)}


def past(columns: int = 46, seed: int = 3, stop: int | None = None) -> History:
    """Sixty enterprises, fen; `stop` loses nine tenths in the last report."""
    draw = np.random.default_rng(seed)
    values = np.rint(1e9 * np.exp(draw.normal(0, 1, (60, 1)) + np.cumsum(draw.normal(0.002, 0.03, (60, columns)), axis=1)))
    if stop is not None:
        values[stop, -1] = np.rint(values[stop, -1] / 10)
    periods = tuple(f"{2018 + at // 11}-{at % 11 + 2:02d}" for at in range(columns))
    return History(PARTIES, periods, 11, values, {party: int(values[n, -1]) for n, party in enumerate(PARTIES)})


def watched(history: History, **wishes: object):
    return watch(RULES.values(), DEFINITIONS, {"output_change": history}, PLACES, Wishes(**wishes) if wishes else None)


def test_the_enterprise_that_stops_is_raised_with_exact_figures():
    history = past(stop=7)
    found = watched(history).found["output_breach"]

    assert [one.row.scope for one in found] == ["E007"]
    one = found[0]
    expected, unit = one.places["expected"]
    assert (one.row.num, one.row.den, one.row.stat, unit) == (history.exact["E007"], 1, "value", "fen")
    assert one.places["shortfall"][0] == abs(Fraction(100 * (history.exact["E007"] - int(expected)), int(expected)))
    assert 80 < one.places["shortfall"][0] < 96
    assert one.score > CERTAIN["breach"]


def test_a_rule_whose_history_is_missing_or_too_short_is_silent():
    assert watched(past(columns=9)).found == {}
    assert "power_breach" not in watched(past()).found


def test_a_budget_of_nothing_raises_nothing():
    found = watched(past(stop=7), budgets={"output_breach": 0})

    assert found.found["output_breach"] == ()
    assert found.thresholds["output_breach"] == SILENT
    assert found.candidates["output_breach"]


def test_more_budget_never_raises_less():
    history = past(seed=11)
    raised = [{one.row.scope for one in watched(history, budgets={"output_breach": n}).found["output_breach"]} for n in (0, 5, 20, 60, 500)]

    assert all(less <= more for less, more in pairwise(raised))


def many(*scores: float) -> list[Candidate]:
    return [Candidate(f"k{n}", f"E{n}", "2022-08", one) for n, one in enumerate(scores)]


def test_a_threshold_keeps_nine_calm_years_of_ten_within_the_budget():
    rule = replace(RULES["output_breach"], budget=10)
    scores = [3 + n / 10 for n in range(40)]

    threshold = threshold_of(rule, many(*scores), 1.0, rule.budget)

    assert sum(one >= threshold for one in scores) == int(expected_of(10)) == 6


def test_what_is_certain_and_what_was_right_uses_no_budget():
    rule = RULES["output_breach"]
    scores = many(20, 19, 18, 6, 5, 4)

    assert threshold_of(rule, scores, 1.0, 3) == 6  # expected_of(3) is one alarm
    assert threshold_of(rule, scores, 1.0, 3, right={"k3"}) == 5
    assert threshold_of(rule, many(20, 19), 1.0, 3) == LEAST["breach"]
    assert threshold_of(rule, many(7.9, 7.8, 7.7), 1.0, 1) == CERTAIN["breach"]


@pytest.mark.parametrize("budget", [1, 5, 36, 400])
def test_the_expected_alarms_leave_room_for_chance(budget):
    aim = expected_of(budget)

    assert aim < budget
    assert aim + 1.28 * aim**0.5 == pytest.approx(budget)


def test_the_years_of_a_replay_are_those_that_history_can_judge():
    assert past(columns=46).years == 1
    assert past(columns=16).judged == range(12, 16)
    assert past(columns=12).years == 0
    assert History((), (), 11, np.empty((0, 0)), {}).years == 0


def test_equal_names_get_equal_numbers():
    assert numbered(["b", "a", "b"]) == [0, 1, 0]


def test_a_later_report_does_not_change_what_an_earlier_one_was_scored():
    whole = past()
    cut = History(whole.parties, whole.periods[:-1], 11, whole.values[:, :-1], {p: int(whole.values[n, -2]) for n, p in enumerate(PARTIES)})
    now, then = watched(whole).candidates["output_breach"], watched(cut).candidates["output_breach"]
    shared = set(whole.periods[-10:-1])

    assert {(one.key, one.score) for one in now if one.period in shared} == {(one.key, one.score) for one in then if one.period in shared}

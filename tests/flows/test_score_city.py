"""The score of signals on the synthetic city: planted events are found in time at the pack's budgets, and a calm city stays within them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from yunxing.city.settings import Settings, settings_of
from yunxing.flows.score_city import WITHIN, CityScore, Outcome, calm, recall, report_at, reports_of, score_city
from yunxing.packs.city import city_tables, load_city
from yunxing.packs.signals import load_signals

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
FIRMS = 700


@pytest.fixture(scope="module")
def settings() -> Settings:
    return settings_of(city_tables(load_city(PACK)))


@pytest.fixture(scope="module")
def scores(settings) -> tuple[CityScore, CityScore]:
    """One year of a third of the city, as it is and with nothing planted."""
    rules = load_signals(PACK)
    return score_city(settings, rules, FIRMS, 3, 2022, 1), score_city(calm(settings), rules, FIRMS, 3, 2022, 1)


def test_planted_events_are_found_within_two_months(scores):
    counted = recall(scores[0].outcomes)
    told = {kind: counted[kind, ""] for kind in ("stoppage", "stale_repeat", "project_stall", "coal_shortage")}

    assert all(hit >= 0.9 * planted for hit, planted in told.values()), told
    assert sum(planted for _, planted in told.values()) >= 15


def test_stoppages_are_found_from_figures_alone(scores):
    hit, planted = recall(scores[0].outcomes, figures=True)["stoppage", ""]

    assert planted >= 5
    assert hit >= 0.9 * planted


def test_a_calm_city_stays_within_the_budget(scores):
    quiet = scores[1]

    assert quiet.outcomes == ()
    assert sum(sum(years) for years in quiet.alarms.values()) <= sum(quiet.budgets.values())


def test_the_same_seed_gives_the_same_score(settings, scores):
    assert score_city(settings, load_signals(PACK), FIRMS, 3, 2022, 1) == scores[0]


def test_january_and_february_are_one_report():
    months = np.arange(24.0)[None]

    assert reports_of(months)[0, :3].tolist() == [1.0, 2.0, 3.0]
    assert reports_of(months)[0, 11] == 25.0
    assert [report_at(month) for month in (0, 1, 2, 11, 12, 13, 14)] == [0, 0, 1, 10, 11, 11, 12]


def test_recall_counts_by_kind_and_by_size():
    outcomes = [Outcome("stoppage", "-60%", 0, None), Outcome("stoppage", "-75%", None, None), Outcome("stale", "", WITHIN, 1)]

    assert recall(outcomes) == {("stale", ""): (1, 1), ("stoppage", ""): (1, 2), ("stoppage", "-60%"): (1, 1), ("stoppage", "-75%"): (0, 1)}
    assert recall(outcomes, figures=True)["stoppage", ""] == (0, 2)

"""An industry of a place that falls behind the same industry elsewhere: found together, not because of a season, and never by looking ahead."""

from __future__ import annotations

import numpy as np
import pytest

from engines.signals.plain_series import same
from yunxing.engines.signals.spread import spreading

PLACE = np.tile(np.arange(4), 30)  # thirty enterprises in each of four places
KIND = np.repeat([0, 1], 60)


def city(months: int = 40, seed: int = 6) -> np.ndarray:
    draw = np.random.default_rng(seed)
    season = np.exp(0.3 * np.sin(np.arange(months) * 2 * np.pi / 11))
    return np.exp(draw.normal(5, 1, (120, 1)) + np.cumsum(draw.normal(0, 0.03, (120, months)), axis=1)) * season


def test_a_place_that_sinks_three_percent_a_month_is_found_and_nobody_else():
    values = city()
    here = (PLACE == 2) & (KIND == 1)
    values[here, 35:] *= 0.94 ** np.arange(1, 6)

    found = spreading(values, KIND, PLACE)

    assert found.places[int(np.nanargmax(found.score))] == (2, 1)
    row = found.places.index((2, 1))
    assert found.firms[row, 0] == here.sum()
    assert found.behind[row, 0] > here.sum() * 2 / 3
    assert found.shortfall[row, 0] < -0.1
    assert np.nanmax(np.delete(found.score, row)) < found.score[row, 0] - 1


def test_a_fall_of_the_whole_industry_is_no_places_sign():
    calm, fallen = city(), city()
    fallen[KIND == 1, -1] *= 0.6

    assert same(spreading(fallen, KIND, PLACE).score, spreading(calm, KIND, PLACE).score)


def test_history_is_scored_as_each_month_would_have_scored_itself():
    values = city()
    values[5, 20] = 0
    values[9, :15] = np.nan
    whole = spreading(values, KIND, PLACE, range(3, 40))

    for at in (3, 11, 25, 39):
        assert same(spreading(values[:, : at + 1], KIND, PLACE).score[:, 0], whole.score[:, at - 3])


@pytest.mark.parametrize(("inside", "outside"), [(4, 30), (30, 4)])
def test_too_few_enterprises_here_or_elsewhere_say_nothing(inside, outside):
    place = np.repeat([0, 1], [inside, outside])

    score = spreading(city()[: inside + outside], np.zeros(inside + outside, int), place).score

    assert np.isnan(score[0, 0])


def test_one_collapse_does_not_make_a_spread():
    """A single enterprise that stops counts no more than its cut: the others of its place decide."""
    values = city(seed=7)
    values[np.flatnonzero((PLACE == 1) & (KIND == 0))[0], -1] *= 0.001

    plain, stopped = spreading(city(seed=7), KIND, PLACE), spreading(values, KIND, PLACE)

    assert abs(stopped.score[plain.places.index((1, 0)), 0] - plain.score[plain.places.index((1, 0)), 0]) < 1.2

"""Sums that hold: exactly, by every way, with the way chosen where it was better, and unlike sums refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.forecast.made import panel
from yunxing.engines.forecast.coherent import WAYS, Way, _error, _missed, _shrunk, _weights, coherent, disagreements, tree_of
from yunxing.engines.forecast.combine import point_forecasts
from yunxing.engines.forecast.intervals import plain_forecast
from yunxing.values.errors import BadInput

CITY = {"city": ["north", "south"], "north": ["a", "b"], "south": ["c", "d", "e"]}


def family(months: int = 84) -> np.ndarray:
    low = panel(5, months, noise=0.08)
    tree = tree_of(CITY)
    return tree.matrix @ low


def test_the_tree_knows_its_lowest_parts() -> None:
    tree = tree_of(CITY)
    assert tree.names == ("city", "north", "south", "a", "b", "c", "d", "e")
    assert tree.lowest == ("a", "b", "c", "d", "e")
    assert tree.matrix[:3].tolist() == [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 1]]


@pytest.mark.parametrize(
    ("sums", "said"),
    [({"x": ["a"], "y": ["a"]}, "one total"), ({"x": ["y"], "y": ["x"]}, "part of itself"), ({"x": ["x"]}, "part of itself")],
)
def test_no_series_is_a_part_twice_or_of_itself(sums: dict[str, list[str]], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        tree_of(sums)


def test_forecasts_add_up_exactly_and_stay_near() -> None:
    tree, table = tree_of(CITY), family()
    mean = point_forecasts(table, season=12, horizon=6)
    found = coherent(tree, table, mean, season=12, forecast=plain_forecast(12))
    low = found.mean[3:]
    np.testing.assert_allclose(found.mean, tree.matrix @ low, rtol=1e-10)
    assert np.abs(found.mean / mean - 1).max() < 0.1
    assert set(found.errors) == set(WAYS)
    assert found.errors[found.way] == min(found.errors.values())


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_what_adds_up_already_is_not_moved(way: Way, seed: int) -> None:
    tree, draw = tree_of(CITY), np.random.default_rng(seed)
    weights = _weights(tree, way, [draw.standard_normal((8, 12))])
    low = draw.standard_normal((5, 3))
    np.testing.assert_allclose(weights @ (tree.matrix @ low), low, atol=1e-5)


def test_bottom_up_takes_the_parts_as_they_are() -> None:
    tree = tree_of(CITY)
    assert (_weights(tree, "bottom_up", []) @ np.arange(8.0)).tolist() == [3, 4, 5, 6, 7]


def test_ols_is_the_projection_of_textbooks() -> None:
    tree, said = tree_of(CITY), np.arange(8.0)[:, None] + 1
    expected = np.linalg.lstsq(tree.matrix, said, rcond=None)[0]
    np.testing.assert_allclose(_weights(tree, "ols", []) @ said, expected, rtol=1e-6)


def test_a_covariance_of_pure_noise_is_shrunk_to_its_diagonal() -> None:
    noise = np.random.default_rng(1).standard_normal((6, 30))
    found = _shrunk(noise)
    off = found[~np.eye(6, dtype=bool)]
    assert np.abs(off).max() < 0.2
    assert (np.linalg.eigvalsh(found) > 0).all()


def test_an_origin_is_judged_by_what_the_others_taught() -> None:
    tree, table = tree_of(CITY), family()
    missed, scale = _missed(table, 12, 6, plain_forecast(12))
    spoiled = [one.copy() for one in missed]
    spoiled[0][:] = 1e6 * np.arange(8)[:, None]
    assert _error(tree, "bottom_up", missed, 0, scale) != _error(tree, "bottom_up", spoiled, 0, scale)
    assert _error(tree, "mint", missed, 1, scale) != _error(tree, "mint", spoiled, 1, scale)


def test_too_short_a_past_is_moved_evenly() -> None:
    tree, table = tree_of(CITY), family(20)
    mean = point_forecasts(table, season=12, horizon=2)
    found = coherent(tree, table, mean, season=12, forecast=plain_forecast(12))
    assert (found.way, dict(found.errors)) == ("ols", {})


def test_a_past_that_does_not_add_up_is_found() -> None:
    tree, table = tree_of(CITY), family(30)
    assert not disagreements(tree, table)
    table[1, 7] *= 1.02
    table[3, 9] = np.nan
    assert [(name, column) for name, column, _, _ in disagreements(tree, table)] == [("north", 7)]

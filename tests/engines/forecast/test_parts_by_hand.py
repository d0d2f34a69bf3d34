"""The parts of the forecast by hand: what is set aside, the middle views, widths and pools of errors, moved sums, distances of a shortfall, periods that are refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.forecast import coherent, combine, festival, intervals, shortfall
from yunxing.engines.forecast.timeline import Line, Point, line_of, number_of, period_at, way_of
from yunxing.values.errors import BadInput
from yunxing.values.period import Month, parse_period

NAN = math.nan


def even(length: int = 30, size: float = 100.0, **changed: float) -> np.ndarray:
    row = np.full(length, size)
    for name, value in changed.items():
        row[int(name[1:])] = value
    return row


@pytest.mark.parametrize(
    ("row", "set_aside"),
    [
        (even(_15=301), [15]),  # 201 away, more than twice the usual size
        (even(_15=300), []),  # exactly twice is not more
        (even(_15=-101), [15]),
        (even(_15=301, _16=301), []),  # two in a row are a fact
        (even(_15=301, _17=301), [15, 17]),
        (even(_29=301), []),  # the newest value may be a new level
        (even(24, _12=301), []),  # less than two years and a step
        (even(25, _12=301), [12]),
        (even(size=0, _15=301), []),  # mostly zeros: what is not zero is the row
    ],
)
def test_a_single_value_far_from_its_neighbours_is_set_aside(row: np.ndarray, set_aside: list[int]) -> None:
    assert np.flatnonzero(combine._wild(row[None, :], 12)[0]).tolist() == set_aside


def test_a_value_with_few_known_neighbours_is_not_judged() -> None:
    row = even(_15=301)
    row[[13, 14, 16]] = NAN
    assert not combine._wild(row[None, :], 12).any()


@pytest.mark.parametrize(
    ("views", "mean"), [([1, 2, 6], 3), ([1, 2, 3, 4, 100], 3), ([-1000, -500, 1, 2, 3, 4, 5, 6, 500, 1000], 3.5), ([7], 7)]
)
def test_a_fifth_of_the_views_is_left_out_at_each_end(views: list[float], mean: float) -> None:
    assert combine._trimmed(np.array(views)[:, None, None]).item() == mean


@pytest.mark.parametrize(("row", "middle"), [([3, 1, 2], 2), ([4, 3, 2, 1], 2), ([NAN, 5, NAN], 5), ([NAN, NAN], 0)])
def test_the_middle_of_what_is_known(row: list[float], middle: float) -> None:
    assert combine._middle(np.array([row], dtype=float))[0] == middle


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.data())
def test_running_sums_are_those_of_a_loop(values: list[float], data: st.DataObject) -> None:
    anew = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    slow, total = [], 0.0
    for value, begins in zip(values, anew, strict=True):
        total = value if begins else total + value
        slow.append(total)
    np.testing.assert_allclose(intervals.summed(np.array([values]), np.array([anew]))[0], slow, atol=1e-9)


@pytest.mark.parametrize(
    ("row", "size"),
    [
        ([1, 3, 6], 2.5),  # no year: the steps
        ([NAN, NAN, 5], 1.0),  # one value: a fifth of it
        ([4.0] * 36, 4e-9),
        ([0.0] * 36, 1e-12),
        ([10.0] * 12 + [13.0] * 6 + [7.0] * 6, 3.0),
        ([10.0] * 12 + [NAN] * 6 + [8.0] * 6, 2.0),
    ],
)
def test_the_usual_change_of_one_row(row: list[float], size: float) -> None:
    assert intervals.usual_change(np.array([row], dtype=float), 12)[0] == pytest.approx(size, abs=2e-12)


def test_a_width_weighs_the_rows_against_twenty_of_development() -> None:
    """Twenty rows whose ratios are all 1 count half: (1 + 1.62)/2 at 80 %. A ratio of 1 holds all of them and 0.586 of development's."""
    errors = intervals.Errors(np.ones((20, 3)), np.ones((20, 5, 3)))
    assert errors.known_rows == 20
    assert errors.width(0.8, 1) == pytest.approx(1.31)
    assert errors.share_within(1.0, 1) == pytest.approx(0.5 + 0.5 * (0.5 + 0.1 * 0.19 / 0.22))
    assert errors.share_within(0.999, 1) == pytest.approx(0.5 * (0.5 + 0.1 * 0.189 / 0.22))


@pytest.mark.parametrize(
    ("step", "steps"), [(0, [0, 1, 2, 3, 4]), (2, [0, 1, 2, 3, 4]), (4, [2, 3, 4, 5, 6]), (8, [6, 7, 8]), (20, [6, 7, 8])]
)
def test_ratios_of_two_steps_on_either_side_are_pooled(step: int, steps: list[int]) -> None:
    ratios = np.arange(9.0)[None, None, :]
    assert intervals.Errors(np.ones((1, 9)), ratios)._pool(step, slice(None)).tolist() == steps
    assert len(intervals.Errors(np.ones((1, 9)), ratios, pooled=True)._pool(step, slice(None))) == 9


def test_a_rows_own_errors_count_with_three_tenths() -> None:
    assert intervals._mixed(np.array([[2.0, 4.0]]), np.array([8.0]))[0] == pytest.approx(3**0.3 * 8**0.7)
    assert intervals._mixed(np.array([[NAN, NAN]]), np.array([8.0]))[0] == pytest.approx(8)
    assert intervals._mixed(np.array([[0.0, 0.0]]), np.array([8.0]))[0] == pytest.approx(8)  # never wrong is too good to be believed


def test_an_error_is_counted_in_a_size_it_did_not_make() -> None:
    """Errors 2 and 4 at two origins, growth and naive error 1: each over the other's size."""
    missed, one = np.array([[[2.0], [4.0]]]), np.ones(1)
    found = intervals._ratios(missed, one, one, one)
    assert found.ravel().tolist() == pytest.approx([2 / 4**0.3, 4 / 2**0.3])


def test_without_errors_growth_is_that_of_development_and_nothing_is_covered() -> None:
    none = np.full((2, 5, 3), NAN)
    assert intervals._growth(none, 12, 4).tolist() == pytest.approx([0.42 + 0.155 * math.sqrt(n) for n in range(4)])
    assert intervals._growth(none, 4, 2).tolist() == pytest.approx([0.5, 0.83])
    shares, tested = intervals._covered(intervals.Errors(np.ones((2, 3)), none))
    assert tested == 0
    assert all(map(math.isnan, shares))


def test_growth_never_falls_and_goes_on_in_the_shape_of_development() -> None:
    ratios = np.tile(np.array([2.0, 1.0, 1.0]), (20, 5, 1))
    found = intervals._growth(ratios, 12, 6)
    assert (np.diff(found) >= 0).all()
    prior = 0.42 + 0.155 * np.sqrt(np.arange(6))
    assert found[0] == pytest.approx(0.5 * 5 / 3 + 0.5 * prior[0])  # half of the smoothed 5/3, half of development's


FAMILY = coherent.tree_of({"t": ["a", "b"]})


def missing_by(*squares: float) -> list[np.ndarray]:
    return [np.array([[math.sqrt(one), -math.sqrt(one)] for one in squares])]


@pytest.mark.parametrize(
    ("way", "missed", "low"),
    [
        ("bottom_up", [], (10, 20)),
        ("ols", [], (12, 22)),  # a third of the six each
        ("wls", missing_by(1, 2, 3), (12, 23)),  # 2/6 and 3/6 of the six
        ("wls", missing_by(4, 1, 1), (11, 21)),
        ("wls", [], (12, 22)),  # nothing learnt: evenly
        ("wls", [np.array([[1.0], [2.0], [3.0]])], (12, 22)),  # one month is no spread
        ("wls", [np.array([[1.0, NAN], [2.0, 1.0], [3.0, 1.0]])], (12, 22)),
        ("mint", [], (12, 22)),
    ],
)
def test_a_gap_of_six_is_moved_by_the_spread_of_errors(way: coherent.Way, missed: list[np.ndarray], low: tuple[float, float]) -> None:
    """Total 36, parts 10 and 20: the gap of 6 goes to each by its variance over the sum of all three."""
    assert (coherent._weights(FAMILY, way, missed) @ np.array([36.0, 10.0, 20.0])).tolist() == pytest.approx(low, rel=1e-6)


@pytest.mark.parametrize(("added", "found"), [(995.0, []), (994.9, ["t"]), (1005.0, []), (1005.1, ["t"])])
def test_a_total_may_differ_by_half_a_percent(added: float, found: list[str]) -> None:
    table = np.array([[1000.0], [added - 400], [400.0]])
    assert [one[0] for one in coherent.disagreements(FAMILY, table)] == found


def test_a_total_of_nothing_with_parts_disagrees_and_says_both() -> None:
    assert coherent.disagreements(FAMILY, np.array([[5.0, 0.0], [2.0, 1.0], [3.0, 0.0]])) == [("t", 1, 0.0, 1.0)]


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        ({"x": ["a"], "y": ["a"]}, "a is a part of x and of y: a series has one total"),
        ({"x": ["y"], "y": ["x"]}, "x is a part of itself: x ← y ← x"),
    ],
)
def test_a_tree_says_which_series_is_where_twice(sums: dict[str, list[str]], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        coherent.tree_of(sums)
    assert str(refused.value) == said


@settings(max_examples=40)
@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3), st.lists(st.floats(0.01, 100), min_size=3, max_size=3))
def test_moved_forecasts_are_those_of_the_formula(said: list[float], spread: list[float]) -> None:
    total, one, other = said
    low = coherent._weights(FAMILY, "wls", missing_by(*spread)) @ np.array(said)
    gap = total - one - other
    assert low.tolist() == pytest.approx([one + spread[1] / sum(spread) * gap, other + spread[2] / sum(spread) * gap], abs=1e-2)


def history(*values: float, so_far: int) -> shortfall.History:
    return shortfall.History(values, so_far)


@pytest.mark.parametrize(("year", "reached"), [((10, NAN, 20), 45), ((10, 11, 12), 33), ((NAN, NAN), 0), ((0, 0), 0)])
def test_a_gap_of_the_year_counts_as_the_mean_of_its_other_months(year: tuple[float, ...], reached: float) -> None:
    assert shortfall._reached(history(*[99.0] * 12, *year, so_far=len(year))) == reached


def test_a_total_that_meets_its_target_is_as_good_as_open() -> None:
    """After July every weight but the constant meets a distance of nothing: 1/(1 + e^0.0251)."""
    values = [100.0 + n % 12 for n in range(43)]
    assert shortfall._probability(history(*values, so_far=7), 1200.0, 1200.0, 12) == pytest.approx(1 / (1 + math.exp(0.0251)))


@pytest.mark.parametrize(
    ("values", "change"),
    [([5.0] * 12 + [8.0] * 12, 3.0), ([5.0] * 12 + [NAN] * 6 + [4.0] * 6, 1.0), ([50.0] * 5, 5.0), ([-20.0, 40.0], 3.0)],
)
def test_the_change_on_a_year_or_a_tenth_of_the_size(values: list[float], change: float) -> None:
    assert shortfall._yearly_change(np.array(values), 12) == pytest.approx(change)


@pytest.mark.parametrize(
    ("years", "so_far", "spread"),
    [
        ((1, 2, 4), 0, 0.0),  # grew by the same each year
        ((1, 2, 8), 0, math.log(2) / math.sqrt(2)),
        ((1, 2, 4, 99), 12, 0.0),  # the year of the promise is not among them
        ((1, 2), 0, 0.1),
        ((1, 0, 4), 0, 0.1),
        ((1, -2, 4), 0, 0.1),
    ],
)
def test_the_spread_of_full_years_growth(years: tuple[float, ...], so_far: int, spread: float) -> None:
    assert shortfall._growth_spread(np.repeat(np.array(years, dtype=float), 12), so_far, 12) == pytest.approx(spread, abs=1e-12)


def test_months_of_an_odd_first_year_are_no_full_year() -> None:
    values = np.concatenate([np.full(5, 1e6), np.repeat([1.0, 2.0, 4.0], 12)])
    assert shortfall._growth_spread(values, 0, 12) == pytest.approx(0.0, abs=1e-12)


def test_roughness_of_an_even_row_is_none_and_of_a_short_one_a_tenth() -> None:
    assert shortfall._roughness(even(40), 12) == 0.0
    assert shortfall._roughness(even(13), 12) == 0.1
    assert shortfall._roughness(even(18), 12) == 0.1  # five changes of a change
    assert shortfall._roughness(even(19), 12) == 0.0


def test_progress_is_told_from_nothing_to_all() -> None:
    heard: list[tuple[int, int]] = []
    shortfall.outlooks({}, [], progress=lambda done, total: heard.append((done, total)))
    assert heard == [(done, 9) for done in range(10)]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["2022-01", "2022-01..02"], "2022-01 stands beside 2022-01..02: a series has January and February either apart or together"),
        (["2022Q1", "2022-03"], "2022Q1 stands beside 2022-03: keep to one kind of period"),
        (["2022-03", "2022-03-05"], "2022-03-05 is neither a month, January–February, a year to date nor a quarter"),
    ],
)
def test_unlike_periods_are_named(codes: list[str], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        way_of(parse_period(one) for one in codes)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("2022-01", "merged"),
        ("2022-02", "merged"),
        ("2022-01..05", "merged"),
        ("2022-03", "cumulative"),
        ("2022-03", "quarter"),
        ("2022Q1", "month"),
    ],
)
def test_a_period_that_does_not_exist_on_a_line_has_no_place(code: str, way: str) -> None:
    with pytest.raises(BadInput, match=f"^{code} cannot stand in this series"):
        number_of(parse_period(code), way)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "way", "code"),
    [
        (2022 * 12 + 11, "month", "2022-12"),
        (2022 * 4, "quarter", "2022Q1"),
        (2022 * 11, "merged", "2022-01..02"),
        (2022 * 11 + 10, "merged", "2022-12"),
        (2022 * 11 - 1, "merged", "2021-12"),
        (2022 * 11 + 1, "cumulative", "2022-01..03"),
        (2022 * 11 + 10, "cumulative", "2022-01..12"),
    ],
)
def test_the_period_at_the_ends_of_a_year(number: int, way: str, code: str) -> None:
    assert period_at(number, way).code == code  # type: ignore[arg-type]


def test_a_new_year_to_date_begins_with_its_own_total() -> None:
    told = [("2021-01..11", 110.0), ("2021-01..12", 125.0), ("2022-01..02", 18.0), ("2022-01..03", 30.0)]
    line = line_of([Point(parse_period(code), value) for code, value in told])
    assert line.values[1:] == (15.0, 18.0, 12.0)
    assert math.isnan(line.values[0])
    assert (line.total, line.last - line.first) == (30.0, 3)


def test_a_line_of_one_month_is_its_month() -> None:
    assert line_of([Point(Month(2022, 5), 3.0)]) == Line("month", 2022 * 12 + 4, (3.0,))


def test_the_days_of_three_festivals_by_month() -> None:
    """12 February 2021, 1 February 2022, 22 January 2023: seven days before lie in February, January, January; of fourteen from it on ten lie in January 2023."""
    shown = festival.regressors(np.array([2023 * 12 + 11]), 36, 0, 7, 14)[0].reshape(3, 12, 2)
    before, on = shown[:, :, 0], shown[:, :, 1]
    assert before[1, 0] - before[0, 0] == pytest.approx(1)
    assert before[1, 0] == pytest.approx(before[2, 0])
    assert before[0, 1] - before[1, 1] == pytest.approx(1)
    assert on[2, 0] - on[1, 0] == pytest.approx(10 / 14)
    assert on[1, 1] - on[2, 1] == pytest.approx(10 / 14)
    assert np.abs(shown.sum(axis=1)).max() < 1e-12  # what a month has more another has less


def test_regressors_of_no_rows_are_none() -> None:
    assert festival.regressors(np.array([]), 5, 2, 7, 7).shape == (0, 7, 2)


@pytest.mark.parametrize(
    ("row", "scaled"), [([1.0, math.e], [0.0, 1.0]), ([2.0, -4.0], [2 / 3, -4 / 3]), ([0.0, 0.0], [0.0, 0.0]), ([NAN, 1.0], [NAN, 0.0])]
)
def test_positive_rows_are_read_on_logarithms_and_others_in_their_size(row: list[float], scaled: list[float]) -> None:
    np.testing.assert_allclose(festival._scaled(np.array(row)), scaled)


def test_a_row_cut_short_ends_in_the_last_column() -> None:
    found = festival._cut(np.array([[1.0, 2, 3, 4], [5.0, 6, 7, 8]]), np.array([2, 4]))
    np.testing.assert_array_equal(found, [[NAN, NAN, 1, 2], [5, 6, 7, 8]])


def test_too_few_changes_on_a_year_give_no_weights() -> None:
    shown = festival.regressors(np.array([2022 * 12 + 11]), 47, 0, 7, 7)[0]
    weights, spread, clear = festival._regressed(np.arange(47.0), shown)
    assert (weights.tolist(), spread, clear) == ([0, 0], math.inf, 0.0)


def test_weights_have_the_sign_of_the_effect_that_was_put_in() -> None:
    shown = festival.regressors(np.array([2022 * 12 + 11]), 120, 0, 14, 14)[0]
    row = 3.0 + shown @ np.array([0.05, -0.05]) + 0.02 * np.sin(np.arange(120) ** 2)
    (before, on), _, clear = festival._regressed(row, shown)
    assert clear > 1.8
    assert on < 0 < before

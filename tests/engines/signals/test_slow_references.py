"""The detectors' table arithmetic against slow references, one cell at a time, and small examples worked out by hand."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from yunxing.engines.signals import exact
from yunxing.engines.signals.budget import SILENT, Candidate, differences, replay, series_threshold, starts, threshold_within, within_budget
from yunxing.engines.signals.incipient import LEAST_ERRORS, fresh, standing_out_ready
from yunxing.engines.signals.panel import Panel, Reading, month_code, month_number, panel_of
from yunxing.engines.signals.screening import LONG, MONTHLY, NONE, PEERS_LEAST, YEARLY, _peers, screened
from yunxing.engines.signals.smoothing import FLOOR, TINY, off_scale, on_scale, scale_of, seasonal_naive, standing_out, tail_scale
from yunxing.engines.signals.spread import spreading
from yunxing.engines.signals.trend import FADE, faded, lagged, moving_mean, spread, standard
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

NAN = float("nan")
QUICK = settings(max_examples=30, deadline=None)
CELL = st.one_of(st.integers(-5, 9).map(float), st.just(NAN))
TABLE = hnp.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 14)), elements=CELL)


def alike(one: float, other: float) -> bool:
    return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def each(table: np.ndarray):
    return ((row, column) for row in range(table.shape[0]) for column in range(table.shape[1]))


# ---- incipient: what still stands ----


@QUICK
@given(TABLE, st.integers(1, 8))
def test_a_score_is_fresh_when_it_exceeds_every_one_of_the_months_before_it(table, still):
    found = fresh(table, still)
    for row, at in each(table):
        here = table[row, at]
        before = [one for one in table[row, max(0, at - still) : at] if not math.isnan(one)]
        expected = NAN if math.isnan(here) else here if all(here > one for one in before) else 0.0
        assert alike(found[row, at], expected)


@pytest.mark.parametrize(("still", "kept"), [(2, 4.0), (3, 0.0)])
def test_an_alarm_stands_for_exactly_its_months(still, kept):
    """5 in the first month, 4 in the fourth: three months later it stands with still = 3 and is over with still = 2."""
    assert fresh(np.array([[5.0, 1.0, 1.0, 4.0]]), still)[0, 3] == kept


def test_an_alarm_as_strong_as_the_one_that_stands_is_not_told_again():
    assert fresh(np.array([[5.0, 5.0, 5.0001]]))[0].tolist() == [5.0, 0.0, 5.0001]


@QUICK
@given(TABLE)
def test_an_error_is_judged_when_twelve_stand_before_it(table):
    found = standing_out_ready(table)
    for row, at in each(table):
        enough = np.isfinite(table[row, :at]).sum() >= LEAST_ERRORS
        assert alike(found[row, at], table[row, at] if enough else NAN)


# ---- trend ----


@QUICK
@given(TABLE, st.integers(1, 6))
def test_a_moving_mean_is_the_mean_of_full_windows_alone(table, months):
    found = moving_mean(table, months)
    for row, at in each(table):
        window = table[row, max(0, at - months + 1) : at + 1]
        expected = sum(window) / months if len(window) == months and not np.isnan(window).any() else NAN
        assert alike(found[row, at], expected)


@QUICK
@given(TABLE, st.integers(1, 16))
def test_a_lag_shows_the_column_that_many_months_before(table, months):
    found = lagged(table, months)

    assert all(alike(found[row, at], table[row, at - months] if at >= months else NAN) for row, at in each(table))


@QUICK
@given(TABLE)
def test_an_alarm_fades_by_no_more_than_its_step(table):
    found = faded(table)
    for row in range(len(table)):
        last = NAN
        for at, score in enumerate(table[row]):
            expected = NAN if math.isnan(score) else score if math.isnan(last) else max(score, last - FADE)
            assert alike(found[row, at], expected)
            last = expected


@QUICK
@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=CELL))
def test_the_spread_is_the_share_of_falling_series_of_five_or_more(slope):
    found = spread(slope)
    for at in range(slope.shape[1]):
        known = [one for one in slope[:, at] if not math.isnan(one)]
        assert alike(found[at], sum(one < 0 for one in known) / len(known) if len(known) >= 5 else NAN)


@QUICK
@given(TABLE, st.integers(1, 5), st.sampled_from([2.0, 10.0, 240.0]), st.sampled_from([0.05, 1.0]))
def test_a_standard_score_forgets_by_half_lives_and_skips_what_is_missing(table, least, half_life, floor):
    """The k-th known value back weighs ½^(k/half life): a month that was not reported does not age the others."""
    found = standard(table, half_life=half_life, least=least, floor=floor)
    for row, at in each(table):
        here, before = table[row, at], [one for one in table[row, :at] if not math.isnan(one)]
        if math.isnan(here) or len(before) < least:
            assert math.isnan(found[row, at])
            continue
        weights = [0.5 ** ((len(before) - 1 - n) / half_life) for n in range(len(before))]
        mean = sum(w * one for w, one in zip(weights, before, strict=True)) / sum(weights)
        variance = sum(w * one * one for w, one in zip(weights, before, strict=True)) / sum(weights) - mean**2
        assert found[row, at] == pytest.approx((here - mean) / math.sqrt(max(variance, floor**2)), abs=1e-6)


# ---- exact rules ----


@QUICK
@given(TABLE, st.integers(1, 4))
def test_a_repeat_is_equal_to_all_digits_and_not_zero(table, back):
    found = exact.repeats(table, back)

    assert all(found[row, at] == (at >= back and table[row, at] == table[row, at - back] != 0) for row, at in each(table))


def test_the_surprise_of_a_repeat_by_hand():
    """Fifteen months, the last equal to the one before, all steps 10 before it. Seen before it: 15 − 1 − 1 = 13; habit: 0.25 / (13 + 8).
    The coincidence: the smallest step over 2.5·1.4826 times the usual, 1/3.7065. The greater chance counts, with weight 0.9.
    """
    values = np.array([[*(100.0 + 10 * n for n in range(14)), 230.0]])
    found = exact.repeat_score(values)

    assert found[0, 14] == pytest.approx(-0.9 * math.log(1 / 3.7065))
    assert np.isnan(found[0, :14]).all()


@pytest.mark.parametrize(("months", "judged"), [(13, False), (14, True)])
def test_a_repeat_counts_from_twelve_reports_seen(months, judged):
    values = np.array([[*(float(7 + n * n) for n in range(months - 1)), float(7 + (months - 2) ** 2)]])

    assert np.isfinite(exact.repeat_score(values)[0, -1]) == judged


def test_a_repeat_of_a_habit_can_be_no_surprise_at_all_and_never_a_negative_one():
    score = exact.repeat_score(np.full((1, 400), 5.0))

    assert np.nanmin(score) >= 0
    assert score[0, -1] == pytest.approx(-0.9 * math.log((398 + 0.25) / (398 + 8)))


@pytest.mark.parametrize("factor", [10, 100, 1_000, 10_000, 100_000_000])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_nearness_of_a_unit_has_an_exact_edge_on_both_sides(factor, sign):
    within = 1 + {10: 0.25, 100: 0.35}.get(factor, 0.5)
    whole = float(factor) ** sign
    values = np.array([[whole, whole * within * 0.999, whole / within * 1.001, whole * within * 1.001, whole / within * 0.999]]) * 7.0

    assert exact.slipped_unit(values, np.full((1, 5), 7.0))[0].tolist() == [sign * factor] * 3 + [0, 0]


def test_a_loss_is_compared_by_its_size_and_nothing_expected_has_no_unit():
    assert exact.slipped_unit(np.array([[-10_000.0, 5.0, 0.0]]), np.array([[1.0, 0.0, 0.0]]))[0].tolist() == [10_000, 0, 0]


# ---- smoothing ----


@pytest.mark.parametrize(
    ("head", "positive", "usual"),
    [([1.0, 3.0, 8.0], True, 3.0), ([1.0, NAN, 8.0], True, 4.5), ([1.0, 0.0, 8.0], False, 1.0), ([-2.0, 3.0, -8.0], False, 3.0), ([NAN] * 3, True, 1.0), ([0.0] * 3, False, 1.0)],
)  # fmt: skip
def test_the_scale_is_chosen_from_the_first_reports(head, positive, usual):
    logs, size = scale_of(np.array([[*head, -99.0]]), 3)

    assert (bool(logs[0, 0]), float(size[0, 0])) == (positive, usual)


@QUICK
@given(st.lists(st.floats(10, 900), min_size=4, max_size=8), st.booleans())
def test_leaving_the_scale_undoes_entering_it(row, losses):
    values = np.array([row])
    values[0, 0] *= -1 if losses else 1

    assert np.allclose(off_scale(on_scale(values, 4), *scale_of(values, 4)), values)


def test_a_later_zero_or_loss_of_a_positive_series_is_a_hundredth_of_its_usual_size():
    scaled = on_scale(np.array([[100.0, 100.0, 0.0, -50.0]]), 2)

    assert scaled[0].tolist() == pytest.approx([math.log(100)] * 2 + [math.log(100 * FLOOR)] * 2)


def test_no_forecast_overflows():
    assert np.isfinite(off_scale(np.array([[1e9, -1e9]]), np.array([[True]]), np.array([[1.0]]))).all()


def test_the_seasonal_naive_adds_the_median_change_of_the_last_year():
    """Season of 2: reports 1 2 3 5 8. At the fifth, last year's same report is 3; the changes on a year were 3−1 = 2 … 5−2 = 3, their median 2.5."""
    found = seasonal_naive(np.array([[1.0, 2.0, 3.0, 5.0, 8.0, 9.0]]), 2)

    assert np.isnan(found[0, :5]).all()
    assert found[0, 5] == 5 + median([5 - 2, 8 - 3])


def test_the_scale_of_errors_by_hand():
    """Errors 1 to 11 of both signs: median 6, ninth decile 10; the geometric mean of 1.4826·6 and of 10/1.645."""
    errors = np.array([[1.0, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11]])

    assert tail_scale(errors)[0] == pytest.approx(math.sqrt(1.4826 * 6 * 10 / 1.645))
    assert tail_scale(np.hstack([errors, [[NAN, NAN]]]))[0] == pytest.approx(tail_scale(errors)[0])
    assert tail_scale(np.zeros((1, 4)))[0] == TINY


@QUICK
@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(4, 14)), elements=CELL), st.integers(2, 5))
def test_an_error_stands_out_by_the_errors_before_it_alone(errors, least):
    if not np.isfinite(errors).any():
        return
    found = standing_out(errors, least)
    begin = int(np.isfinite(errors).any(axis=0).argmax())
    for row, at in each(errors):
        before = errors[row, begin:at]
        ready = math.isfinite(errors[row, at]) and at >= begin + least and np.isfinite(before).sum() >= least
        assert alike(found[row, at], abs(errors[row, at]) / tail_scale(before[None][:, np.isfinite(before)])[0] if ready else NAN)


# ---- budget ----


@QUICK
@given(st.lists(st.integers(0, 12).map(float), max_size=25), st.integers(1, 3), st.integers(0, 12))
def test_a_threshold_is_the_lowest_score_that_keeps_the_budget(scores, years, per_year):
    """Slow reference: try every score as threshold."""
    able = [one for one in scores if sum(other >= one for other in scores) <= years * per_year]

    assert threshold_within(scores, years, per_year) == (min(able) if able else 0.0 if not scores else SILENT)


@QUICK
@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 12)), elements=CELL), st.integers(0, 5))
def test_an_alarm_begins_after_its_months_of_quiet(score, quiet):
    found = starts(score, 3.0, quiet)
    for row, at in each(score):
        on = [one >= 3.0 for one in score[row]]
        assert found[row, at] == (on[at] and not any(on[max(0, at - quiet) : at]))


@QUICK
@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 12)), elements=CELL), st.integers(0, 12))
def test_a_threshold_of_series_keeps_its_alarms_a_series_year(score, per_year):
    known = score[np.isfinite(score)]
    threshold = series_threshold(score, per_year)
    able = [one for one in known if (known >= one).sum() <= per_year * len(known) / 12]

    assert threshold == (min(able) if able else SILENT)


def test_a_replay_is_the_highest_first_then_the_oldest_and_counts_what_was_not_right():
    made = [
        Candidate("a", "x", "2022-08", 4.0),
        Candidate("b", "y", "2022-07", 4.0),
        Candidate("c", "z", "2022-09", 9.0),
        Candidate("d", "z", "2022-09", 3.9),
    ]
    found = replay(made, 4.0, 2.0, right={"c", "unknown"})

    assert [one.key for one in found.raised] == ["c", "b", "a"]
    assert (found.counted, found.per_year) == (2, 1.0)
    assert replay(made, 4.0, 0.0).per_year == 0.0


def test_what_a_new_threshold_adds_and_takes_away():
    made = [Candidate(str(n), "x", "2022-08", float(n)) for n in range(5)]
    low, high = replay(made, 2.0, 1), replay(made, 4.0, 1)
    plus, minus = differences(high, low)

    assert ([one.key for one in plus], minus) == (["3", "2"], ())
    assert differences(low, high) == (minus, plus)
    assert differences(low, low) == ((), ())


def test_a_threshold_is_never_under_the_least():
    assert within_budget([Candidate("a", "x", "2022-08", 1.0)], 1, 5, least=3.0) == 3.0


# ---- screening and spread ----


@QUICK
@given(st.integers(0, 10**6), st.integers(1, 14))
def test_the_median_of_peers_is_that_of_those_judged_alike_in_the_same_report(seed, rows):
    draw = np.random.default_rng(seed)
    error = draw.normal(0, 1, (rows, 3)).astype(np.float32)
    way = draw.choice([LONG, YEARLY, NONE], (rows, 3)).astype(np.int8)
    groups = draw.integers(0, 2, rows)
    found = _peers(error, way, groups)
    for row, at in each(error):
        mine = [error[other, at] for other in range(rows) if groups[other] == groups[row] and way[other, at] == way[row, at] != NONE]
        assert alike(float(found[row, at]), float(np.median(mine)) if len(mine) >= PEERS_LEAST else NAN)


@pytest.mark.parametrize(("firms", "judged"), [(4, False), (5, True)])
def test_a_month_is_judged_by_peers_from_five_on(firms, judged):
    """A short past: the change of the month against the peers' median, in the spread of this very month."""
    values = np.array([[100.0, 100.0 * (1 + 0.01 * n)] for n in range(firms)])
    found = screened(values, [0] * firms, 12)

    assert np.isfinite(found.score).all() == judged
    if judged:
        assert (found.way[:, 0] == MONTHLY).all()
        assert found.score[2, 0] == pytest.approx(0, abs=1e-6)
        assert found.expected[0, 0] == pytest.approx(102, rel=1e-5)


def test_nothing_asked_gives_nothing_and_an_unreported_row_is_judged_never():
    values = np.vstack([np.full((1, 8), NAN), np.random.default_rng(1).uniform(90, 110, (6, 8))])

    assert screened(values, [0] * 7, 12, columns=[]).score.shape == (7, 0)
    assert np.isnan(screened(values, [0] * 7, 12).score[0, 0])


def test_a_spread_by_hand():
    """Two reports apart, five enterprises here and six elsewhere. Elsewhere the changes in logs are −0.02 −0.01 −0.01 0.01 0.01 0.02 (median 0, so no trend falls
    out), whose median distance is 0.01: the scale is 0.014826. Here all fall by 0.1, cut at two scales: the mean is −0.029652, the error
    0.014826·√(1/5 + 1.57/6), and the score 2/√(1/5 + 1.57/6).
    """
    outside = [-0.02, -0.01, -0.01, 0.01, 0.01, 0.02]
    change = [-0.1] * 5 + outside
    values = np.array([[1.0, 1.0, math.exp(one)] for one in change])
    found = spreading(values, [7] * 11, [1] * 5 + [2] * 6)

    assert found.places == ((1, 7), (2, 7))
    assert found.score[0, 0] == pytest.approx(2 / math.sqrt(1 / 5 + 1.57 / 6))
    assert found.shortfall[0, 0] == pytest.approx(-2 * 0.014826)
    assert (found.span[0, 0], found.firms[0, 0], found.behind[0, 0]) == (2, 5, 5)
    assert found.score[1, 0] < 0


@pytest.mark.parametrize(("here", "there", "judged"), [(5, 5, True), (4, 6, False), (6, 4, False)])
def test_a_spread_needs_five_here_and_five_elsewhere(here, there, judged):
    values = np.random.default_rng(2).uniform(90, 110, (here + there, 4))
    found = spreading(values, [0] * (here + there), [0] * here + [1] * there)

    assert np.isfinite(found.score[0, 0]) == judged


def test_who_reports_nothing_or_a_loss_is_not_compared():
    values = np.random.default_rng(2).uniform(90, 110, (12, 4))
    values[0, -1], values[1, -1], values[2, :] = NAN, 0.0, -5.0
    found = spreading(values, [0] * 12, [0] * 5 + [1] * 7)

    assert np.isnan(found.score[0, 0])
    assert found.firms[0, 0] == 0


# ---- panels ----


@QUICK
@given(st.integers(1900, 2199), st.integers(1, 12))
def test_a_month_and_its_number_are_each_others(year, month):
    assert month_code(month_number(Month(year, month))) == f"{year:04d}-{month:02d}"


@pytest.mark.parametrize(("far", "fits"), [("2119-12", True), ("2120-01", True), ("2120-02", False), ("1920-01", True), ("1919-12", False)])
def test_a_century_is_the_farthest_from_a_series_first_line(far, fits):
    lines = [Reading("a", "2020-01", 1.0), Reading("a", far, 2.0)]
    if fits:
        assert np.isfinite(panel_of(lines).values).sum() == 2
        return
    with pytest.raises(BadInput) as refused:
        panel_of(lines, "x.csv")
    assert refused.value.message == f"x.csv, line 3, month: found '{far}', expected a month within a century of a's first."


def test_a_reading_that_knows_its_line_is_blamed_there():
    with pytest.raises(BadInput) as refused:
        panel_of([Reading("a", "2022", 1.0, 17), Reading("a", "x", 1.0)], "x.csv")

    assert [one.place for one in refused.value.faults] == ["line 17, month", "line 3, month"]


@QUICK
@given(st.permutations([Reading("a", month_code(24_000 + n), float(n)) for n in range(6)]))
def test_the_order_of_lines_does_not_matter(lines):
    found = panel_of(lines)

    assert (found.first, found.values[0].tolist()) == ((24_000,), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0])


def test_a_calendar_keeps_every_value_at_its_month():
    whole = Panel(("a", "b"), (24_005, 24_000), np.array([[1.0, 2.0, NAN, 4.0], [5.0, NAN, NAN, NAN]]))
    on = whole.on_calendar()

    told = {(on.names[row], on.month(row, at)): on.values[row, at] for row, at in each(on.values) if math.isfinite(on.values[row, at])}
    assert told == {("a", "2000-06"): 1.0, ("a", "2000-07"): 2.0, ("a", "2000-09"): 4.0, ("b", "2000-01"): 5.0}
    assert on.values.shape[1] == 9

"""Heavy pollution: grades, protected lines, cuts that never fall with the level, the flat cut beside it, alert criteria by version."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingency_cast import some_law, some_lines
from yunxing.engines.contingency.alert import AlertRule, Criteria, holds, level_of, level_of_days
from yunxing.engines.contingency.check import verdict
from yunxing.engines.contingency.check_orders import county_shares, list_faults
from yunxing.engines.contingency.curtail import Lines, curtailment, cut_amount, flat_cut, lost, ways
from yunxing.engines.contingency.greedy import greedy
from yunxing.engines.contingency.problem import plan_digest
from yunxing.values.errors import BadInput

N2019 = Criteria(
    "n2019", "2019", date(2019, 1, 1), None,
    (AlertRule("red", peak=500), AlertRule("red", 200, 96, 300, 48), AlertRule("orange", 200, 72), AlertRule("yellow", 200, 48)),
)  # fmt: skip


def reordered(lines: Lines, order: list[int]) -> Lines:
    return Lines(*[column[order] if isinstance(column, np.ndarray) else [column[at] for at in order] for column in vars(lines).values()])


@pytest.mark.parametrize(
    ("days", "level"),
    [
        ([210, 220], "yellow"),
        ([210, 220, 230], "orange"),
        ([210, 310, 320, 230], "red"),
        ([200, 210], ""),
        ([500], "red"),
        ([210, 190, 220], ""),
    ],
)
def test_the_handbook_s_vectors_of_alert_levels(days, level):
    assert level_of_days(days, N2019) == level


def test_levels_are_read_by_hours_over_midnight_and_above_is_strict():
    """A spell may begin and end at any hour; 200 itself is not above 200; the peak counts when it is met."""
    assert level_of([100] * 10 + [201] * 48 + [100] * 5, N2019) == "yellow"
    assert level_of([100] * 10 + [201] * 47 + [200] * 9, N2019) == ""
    assert not holds(AlertRule("red", peak=500), [499])
    assert not N2019.on(date(2018, 12, 31))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 500), st.booleans(), st.booleans())
def test_a_list_that_the_checker_of_columns_accepts_the_checker_of_the_trade_accepts(seed, same, spread):
    """Protected and free lines are never touched, cuts stay in their grades and never fall, sums reach their shares."""
    lines = some_lines(14, seed)
    law = some_law(lines, same_in_group=same, spread=Fraction(1, 2) if spread else None)
    work = curtailment(lines, law)
    choice, _y = greedy(work.problem)
    cuts = work.by_line(choice)

    faults = list_faults(lines, replace(law, spread=None), cuts.tolist())

    assert not [one for one in faults if " g of " not in one]
    if verdict(work.problem, choice).holds:
        assert faults == []
    assert cuts[0].tolist() == [0, 0, 0]
    assert cuts[1].tolist() == [30, 30, 30]
    assert all((np.diff(row) >= 0).all() for row in cuts)


def test_the_list_is_the_same_in_any_order_of_lines():
    lines = some_lines(12, 3)
    mixed = reordered(lines, [7, 3, 11, 0, 1, 5, 9, 2, 4, 6, 8, 10])
    first, second = (curtailment(one, some_law(one)) for one in (lines, mixed))

    assert first.problem.digest == second.problem.digest
    assert plan_digest(first.problem, greedy(first.problem)[0]) == plan_digest(second.problem, greedy(second.problem)[0])


def test_planted_faults_of_a_list_are_each_named():
    """A protected line cut, a cut of no grade, a falling cut, a guarantee broken, a pollutant short, a group cut differently."""
    lines = some_lines(14, 3)
    law = some_law(lines, same_in_group=True)
    cuts = [[0, 0, 0] for _ in range(14)]
    cuts[0], cuts[1], cuts[2], cuts[3], cuts[12] = [0, 0, 10], [0, 0, 0], [30, 0, 30], [17, 30, 50], [0, 50, 50]

    text = " ".join(list_faults(lines, law, cuts))

    for words in (
        "F000/1: protected",
        "guaranteed load 70 %",
        "the cut falls",
        "17 % at yellow is no cut of grade D",
        "red/so2:",
        "not cut as its group",
    ):
        assert words in text, words


def test_lines_that_cannot_be_used_are_refused_all_at_once():
    lines = some_lines(6, 1)
    lines.grade[2] = "Z"
    lines.base[3, 0] = -1
    lines.load[1] = 140
    lines.party[5] = lines.party[4]
    lines.line[5] = lines.line[4]

    with pytest.raises(BadInput) as caught:
        curtailment(lines, some_law(some_lines(6, 1)))

    text = str(caught.value)
    for words in ("the grade 'Z'", "negative", "140 %", "a second time"):
        assert words in text, words


def test_the_flat_cut_reaches_every_pollutant_by_one_whole_percentage():
    """The smallest whole percentage; one point less misses a pollutant. None when even a stop is not enough."""
    lines = some_lines(12, 5)
    law = some_law(lines)
    flat = flat_cut(lines, law, "red")
    assert flat is not None
    assert flat.percent.denominator == 1

    def reaches(percent):
        touched = np.array([not one for one in lines.exempt]) & (lines.load < 0)
        cut = (lines.base[touched] * percent).sum(axis=0) + (lines.base * np.where(lines.load >= 0, 100 - lines.load, 0)[:, None]).sum(
            axis=0
        )
        return all(int(one) >= law.share["red"] * int(whole) * 100 for one, whole in zip(cut, law.society, strict=True))

    assert reaches(int(flat.percent))
    assert not reaches(int(flat.percent) - 1)
    assert flat_cut(lines, replace(law, share={**law.share, "red": Fraction(3)}), "red") is None


def test_the_handbook_s_vector_of_a_list():
    """Society 10 t a day, A 2.0, B 3.0, C 2.0, D 1.0: yellow 1.1, orange 2.9, red 4.5 t."""
    base = np.array([[2_000_000], [3_000_000], [2_000_000], [1_000_000]], dtype=np.int64)
    lines = Lines(
        list("abcd"),
        ["1"] * 4,
        ["K"] * 4,
        ["26"] * 4,
        ["A", "B", "C", "D"],
        base,
        np.full(4, 100, dtype=np.int64),
        np.full(4, -1),
        [""] * 4,
    )
    for cuts, tonnes in (([0, 0, 30, 50], 1_100_000), ([0, 30, 50, 100], 2_900_000), ([0, 50, 100, 100], 4_500_000)):
        assert cut_amount(lines, np.array(cuts)).tolist() == [tonnes * 100]
    assert lost(lines, np.array([0, 50, 100, 100])) == 250


def test_a_grade_has_only_combinations_that_do_not_fall():
    law = some_law(some_lines())
    assert all(before <= after for way in ways(law, "26", "B", -1, "") for before, after in pairwise(way))
    assert ways(law, "26", "A", -1, "") == ways(law, "26", "B", -1, "保障") == [(0, 0, 0)]
    assert ways(law, "26", "B", 70, "") == [(30, 30, 30)]


def test_shares_of_counties_add_to_one_and_one_level_alone_can_be_asked():
    lines = some_lines(12, 5)
    law = some_law(lines, fair_on="nox")
    work = curtailment(lines, law, only="red")
    cuts = work.by_line(greedy(work.problem)[0])

    shares = county_shares(lines, replace(law, levels=("red",)), cuts.tolist(), 0)

    assert cuts.shape == (12, 1)
    assert sum(cut for cut, _base in shares.values()) == 1
    assert sum(base for _cut, base in shares.values()) == 1
    with pytest.raises(BadInput, match="violet"):
        curtailment(lines, law, only="violet")

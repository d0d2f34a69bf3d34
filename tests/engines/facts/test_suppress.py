"""Small cells: primary at its limits, secondary as an intruder would try it: the published table, all margins and periods, is solved by linear programming."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from yunxing.engines.facts.suppress import TOTAL, Disclosure, Pattern, pattern

Row = tuple[str, str, str, str, int]  # row, column, period, party, value


def table(*rows: Row) -> pl.DataFrame:
    schema = {"row": pl.String, "column": pl.String, "period": pl.String, "party": pl.String, "value": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def line(row: str, *values: int, column: str = "x", period: str = "2022-09") -> list[Row]:
    return [(row, column, period, f"{row}{column}{n}", value) for n, value in enumerate(values)]


def reasons(found: Pattern) -> dict[tuple[str, str], str]:
    return dict(found.hidden)


FILL = [*line("B", 40, 30, 30), *line("C", 50, 50, 50)]


@pytest.mark.parametrize(
    ("values", "kept_back"),
    [
        ((40, 35), True),  # two
        ((40, 35, 30), False),  # three
        ((80, 6, 6, 8), False),  # the largest exactly 80 %
        ((81, 6, 6, 7), True),  # above
        ((50, 39, 6, 5), False),  # the two largest 89 %
        ((50, 40, 5, 5), True),  # exactly 90 %
        ((0, 0, 0), False),  # nothing to tell apart
        ((-60, 20, 20), False),  # a loss counts by its size
        ((-85, 10, 5), True),
    ],
)
def test_primary_at_and_around_its_limits(values, kept_back):
    found = pattern(table(*line("A", *values), *FILL))

    assert found.hides("A") == kept_back
    assert found.hides("A") is False or reasons(found)["A", TOTAL] == "primary"


def test_the_next_smallest_cell_that_is_large_enough_protects_a_lone_one():
    """D (9) is smaller than a tenth of A (100) and would give it away; B is the next."""
    found = pattern(table(*line("A", 60, 40), *line("B", 40, 30, 30), *line("C", 50, 50, 50), *line("D", 3, 3, 3)))

    assert reasons(found) == {("A", TOTAL): "primary", ("B", TOTAL): "secondary"}


def test_a_lone_cell_that_nothing_protects_keeps_the_whole_table_back():
    assert reasons(pattern(table(*line("A", 60, 40)))) == {("A", TOTAL): "primary", (TOTAL, TOTAL): "primary"}


def test_in_two_dimensions_a_rectangle_protects_and_totals_stay():
    rows = [one for row, column in itertools.product("ABC", "xyz") for one in line(row, 30, 30, 40, column=column)]
    rows = [one for one in rows if one[:2] != ("A", "x")] + line("A", 60, 40, column="x")
    found = pattern(table(*rows))

    assert reasons(found)["A", "x"] == "primary"
    assert len(found.hidden) == 4
    assert all(row != TOTAL and column != TOTAL for row, column in found.hidden)


def test_the_same_cells_are_kept_back_in_every_period():
    """A has three respondents in September and two in August: the cumulatives would give August away."""
    september = [*line("A", 40, 35, 30), *FILL]
    august = [(row, column, "2022-08", party, value) for row, column, _, party, value in [*line("A", 40, 35), *FILL]]

    assert pattern(table(*september)).hidden == {}
    assert pattern(table(*september, *august)).hides("A")


def test_a_city_may_be_stricter():
    stricter = Disclosure(least=5, largest=Fraction(1, 2))

    assert not pattern(table(*line("A", 30, 30, 40), *FILL)).hides("A")
    assert pattern(table(*line("A", 30, 30, 40), *FILL), stricter).hides("A")
    assert pattern(table()).hidden == {}


# ---- the intruder ------------------------------------------------------------------------------------------------------------------------


def _sizes(figures: pl.DataFrame) -> dict[tuple[str, str, str], int]:
    """Every cell and margin of every period; one column alone is its own total."""
    sums: dict[tuple[str, str, str], int] = {}
    alone = figures["column"].n_unique() == 1
    for row, column, period, _, value in figures.iter_rows():
        for at in itertools.product({row, TOTAL}, {TOTAL} if alone else {column, TOTAL}):
            sums[at[0], at[1], period] = sums.get((at[0], at[1], period), 0) + value
    return sums


def bounds_of(figures: pl.DataFrame, found: Pattern, links: list[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple[float, float]]:
    """What an intruder can say of every kept-back cell: its least and greatest value that fit all that is published.

    He knows every published cell, that totals are sums, that `links` (cumulative, cumulative before, month) hold, and that no figure is negative.
    """
    sums = _sizes(figures)
    secret = [cell for cell in sums if found.hides(cell[0], cell[1])]
    at = {cell: n for n, cell in enumerate(secret)}
    equations, right = [], []

    def equation(terms: list[tuple[tuple[str, str, str], int]]) -> None:
        line, known = np.zeros(len(secret)), 0
        for cell, sign in terms:
            if cell in at:
                line[at[cell]] += sign
            else:
                known += sign * sums.get(cell, 0)
        if line.any():
            equations.append(line)
            right.append(-known)

    rows = sorted({row for row, _, _ in sums} - {TOTAL})
    columns = sorted({column for _, column, _ in sums} - {TOTAL})
    for period in sorted({period for _, _, period in sums}):
        for row in [*rows, TOTAL] if columns else []:
            equation([((row, column, period), 1) for column in columns] + [((row, TOTAL, period), -1)])
        for column in [*columns, TOTAL]:
            equation([((row, column, period), 1) for row in rows] + [((TOTAL, column, period), -1)])
    for later, before, month in links:
        for row, column in itertools.product([*rows, TOTAL], [*columns, TOTAL]):
            if any((row, column, one) in sums for one in (later, before, month)):
                equation([((row, column, later), 1), ((row, column, before), -1), ((row, column, month), -1)])
    found_bounds = {}
    for cell, n in at.items():
        ends = []
        for sign in (1, -1):
            objective = np.zeros(len(secret))
            objective[n] = sign
            solved = linprog(objective, A_eq=np.array(equations) if equations else None, b_eq=right or None, bounds=(0, None))
            ends.append(np.inf if solved.status == 3 else sign * solved.fun)
        found_bounds[cell] = (ends[0], abs(ends[1]) if np.isinf(ends[1]) else ends[1])
    return found_bounds


def safe(figures: pl.DataFrame, links: list[tuple[str, str, str]] | None = None) -> Pattern:
    """The pattern, after an intruder has tried: no primary cell above zero is known to within a tenth, from either side."""
    found = pattern(figures)
    sums, told = _sizes(figures), bounds_of(figures, found, links or [])
    for (row, column), reason in found.hidden.items():
        for period in {period for _, _, period in sums}:
            value = sums.get((row, column, period), 0)
            if reason == "primary" and value and (row, column, period) in told:
                low, high = told[row, column, period]
                slack = 1e-6 * value
                assert low <= 0.9 * value + slack, (row, column, period, value, low, high)
                assert high >= 1.1 * value - slack, (row, column, period, value, low, high)
    return found


values = st.lists(st.integers(1, 10_000), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from("ABCDEF"), values, min_size=1))
def test_no_cell_of_a_line_is_solved(lines: dict[str, list[int]]):
    safe(table(*(one for row, some in lines.items() for one in line(row, *some))))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz")), values, min_size=2))
def test_no_cell_of_a_table_is_solved_by_its_margins(cells: dict[tuple[str, str], list[int]]):
    safe(table(*(one for (row, column), some in cells.items() for one in line(row, *some, column=column))))


@settings(max_examples=10, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("xy")),
        st.lists(st.lists(st.integers(0, 2000), min_size=3, max_size=3), min_size=1, max_size=4),
        min_size=2,
    )
)
def test_no_cell_is_solved_over_months_and_cumulatives(cells: dict[tuple[str, str], list[list[int]]]):
    """July to September by month, and the cumulatives to each of them: a month is the difference of two cumulatives."""
    rows: list[Row] = []
    for (row, column), parties in cells.items():
        for n, months in enumerate(parties):
            party, total = f"{row}{column}{n}", 0
            for month, value in zip(("07", "08", "09"), months, strict=True):
                total += value
                rows += [(row, column, f"2022-{month}", party, value), (row, column, f"2022-01..{month}", party, total)]
    links = [("2022-01..08", "2022-01..07", "2022-08"), ("2022-01..09", "2022-01..08", "2022-09")]

    safe(table(*rows), links)


def test_an_intruder_does_win_against_primary_suppression_alone():
    """The solver of these tests is no straw man: without the second cell the first is known to the unit."""
    figures = table(*line("A", 60, 40), *FILL)
    told = bounds_of(figures, Pattern({("A", TOTAL): "primary"}), [])

    assert told["A", TOTAL, "2022-09"] == (100, 100)


def test_a_city_of_ten_units_and_forty_industries_is_decided_while_a_page_waits():
    import time

    rng = np.random.default_rng(3)
    rows: list[Any] = []
    for n in range(2000):
        row, column = f"u{rng.integers(10)}", f"i{int(rng.zipf(1.6)) % 40}"
        value = int(np.exp(rng.normal(9, 1.3)))
        rows += [(row, column, period, f"p{n}", value * times) for period, times in (("2022-09", 1), ("2022-01..09", 9))]
    begun = time.perf_counter()
    found = pattern(table(*rows))
    taken = time.perf_counter() - begun

    assert 0 < len(found.hidden) < 300
    assert not found.hides()
    assert taken < 3.0  # a fifth of a second on a quiet machine

"""Lines become a panel; what is no series is refused with every fault."""

from __future__ import annotations

import numpy as np
import pytest

from yunxing.engines.signals.panel import Panel, Reading, month_code, panel_of, panel_of_rows
from yunxing.values.errors import BadInput


def test_lines_in_any_order_become_rows_and_a_missing_month_is_not_zero():
    found = panel_of([Reading("a", "2020-03", 3.0), Reading("b", "2021-01", 9.0), Reading("a", "2020-01", 1.0)])

    assert found.names == ("a", "b")
    assert found.values[0].tolist()[::2] == [1.0, 3.0]
    assert np.isnan(found.values[0, 1])
    assert [found.month(0, 2), found.month(1, 0)] == ["2020-03", "2021-01"]


def test_all_faults_of_the_lines_are_told_at_once():
    lines = [Reading("a", "2020-01", 1), Reading("a", "2020-01", 2), Reading("a", "2020-13", 1), Reading("a", "2220-01", 1)]

    with pytest.raises(BadInput) as refused:
        panel_of(lines, "x.csv")

    assert len(refused.value.faults) == 3
    assert "line 3" in refused.value.message


def test_no_lines_are_no_panel():
    with pytest.raises(BadInput, match="at least one"):
        panel_of([], "x.csv")


def test_a_calendar_begins_with_the_earliest_series_and_ends_with_the_last():
    found = Panel(("a", "b"), (24_000, 24_002), np.array([[1.0, 2.0, np.nan], [5.0, 6.0, 7.0]])).on_calendar()

    assert found.first == (24_000, 24_000)
    assert found.values.shape == (2, 5)
    assert found.values[1].tolist()[2:] == [5.0, 6.0, 7.0]
    assert np.isnan(found.values[0, 2:]).all()


def test_rows_of_reports_keep_their_gaps():
    found = panel_of_rows({"a": [1, None, 3], "b": [4]})

    assert np.isnan(found.values[0, 1])
    assert np.isnan(found.values[1, 1:]).all()


def test_month_codes_count_over_a_year():
    assert [month_code(2022 * 12 + n) for n in (0, 11, 12)] == ["2022-01", "2022-12", "2023-01"]

"""What the command knows of counties from the closed months: growth, rank, months falling, late reports; nothing is made up where a figure is missing."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest

from yunxing.desk.dispatch import command
from yunxing.values.period import Month, Quarter

F = Fraction
MONTHS = [Month(2022, 7), Month(2022, 8), Month(2022, 9)]


def row(value):
    return None if value is None else SimpleNamespace(value=value)


class FakeBoard:
    """A closed month with growth by unit, its series, and timeliness."""

    def __init__(self, month, *, city=None, units=None, series=None, timely=None):
        self.month = month
        self._city, self._units, self._series, self._timely = city, units or {}, series or {}, timely or {}
        self.rows: dict[object, object] = {}
        self.snapshot = SimpleNamespace(folder=SimpleNamespace(__truediv__=lambda *_: None))

    def headline(self, _indicator, scope):
        return row(self._city if scope[0] == "city" else self._units.get(scope[1]))

    def series(self, _indicator, scope):
        return [SimpleNamespace(value=value) for value in self._series.get(scope[1], [])]

    def units(self, _indicator):
        return {name: SimpleNamespace(value=value) for name, value in self._timely.items()}


@pytest.fixture
def boards(monkeypatch):
    """Boards by month; the test fills them in."""
    found: dict[str, FakeBoard] = {}
    monkeypatch.setattr(command, "board_of", lambda code="": found.get(code))
    return found


@pytest.mark.parametrize(
    ("series", "months"),
    [([], 0), ([5], 0), ([5, 6], 0), ([6, 5], 1), ([9, 7, 5], 2), ([9, 7, 5, 3], 3), ([1, 9, 7, 5], 2), ([9, 7, 7], 0), ([9, 7, 5, 6], 0)],
)
def test_months_falling_are_counted_back_from_the_newest(series, months):
    """A month that stands still ends the fall, as in 26's vectors: −2.1, 0.0, −0.1 is no trend of three."""
    board = FakeBoard(MONTHS[-1], series={"371602": [F(one) for one in series]})

    assert command.unit_figures(board)["371602"] == (None, months)  # type: ignore[arg-type]


def test_absent_months_are_left_out_of_a_fall():
    board = FakeBoard(MONTHS[-1], series={"371602": [F(9), None, F(7), F(5)]})

    assert command.unit_figures(board)["371602"][1] == 2  # type: ignore[arg-type]


def test_late_reports_are_months_below_the_whole(boards):
    boards["2022-07"] = FakeBoard(MONTHS[0], timely={"371602": F(99), "371603": F(100)})
    boards["2022-08"] = FakeBoard(MONTHS[1], timely={"371602": F(50), "371603": None})
    found = command.late_months(MONTHS)

    assert (found["371602"], found["371603"], found["371621"]) == (2, 0, 0)


def test_a_county_behind_the_city_is_seen_with_its_rank(boards, db, on_that_day, monkeypatch):
    from yunxing.desk.scoping import acting_as_system

    monkeypatch.setattr(command, "duties_of", lambda *_a, **_k: [])
    units = {"371602": F(36, 10), "371603": F(60, 10), "371621": F(60, 10), "371622": F(70, 10)}
    boards["2022-09"] = FakeBoard(MONTHS[-1], city=F(56, 10), units=units)
    with acting_as_system("test"):
        seen = {one.subject: one for one in command.seen_in(Quarter(2022, 3))}

    assert (seen["371602"].growth, seen["371602"].city_growth, seen["371602"].rank, seen["371602"].ranked) == (F(36, 10), F(56, 10), 4, 4)
    assert [seen[name].rank for name in ("371622", "371603", "371621")] == [1, 2, 2], "ties share the better place"
    assert (seen["371623"].growth, seen["371623"].rank) == (None, None), "a county without a figure has no place"


@pytest.mark.parametrize(
    ("month", "quarter"),
    [
        (Month(2022, 1), "2022Q1"),
        (Month(2022, 3), "2022Q1"),
        (Month(2022, 4), "2022Q2"),
        (Month(2022, 9), "2022Q3"),
        (Month(2022, 12), "2022Q4"),
    ],
)
def test_the_quarter_of_a_month(month, quarter):
    assert command.quarter_of(month).code == quarter


@pytest.mark.parametrize(
    ("quarter", "before", "after"),
    [(Quarter(2022, 3), "2022Q2", "2022Q4"), (Quarter(2022, 1), "2021Q4", "2022Q2"), (Quarter(2022, 4), "2022Q3", "2023Q1")],
)
def test_one_turns_from_quarter_to_quarter_over_the_year(db, on_that_day, monkeypatch, quarter, before, after):
    from yunxing.desk.scoping import acting_as_system

    monkeypatch.setattr(command, "seen_in", lambda _quarter: [])
    with acting_as_system("test"):
        page = command.talks_page(quarter)

    assert (page["previous"], page["next"]) == (before, after)


def test_every_trigger_says_its_bounds(db, on_that_day):
    from yunxing.desk.dispatch.place import command_rules

    words = {one.id: command.bound_words(one) for one in command_rules().triggers}

    assert words == {
        "behind_and_last": "低于全市 2 个百分点以上且居末 2 位",
        "falling": "连续 3 个月回落",
        "overdue": "3 项以上任务超期，或一项超期 30 天以上",
        "whistles": "诉求 5 件以上且超期率 20% 以上",
        "late_data": "迟报 2 次以上，或查实不实",
    }

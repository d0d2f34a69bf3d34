"""Pure parts of the indicators by hand: lights at their bounds, periods a report looks at, days of coal, rows of a sum, formulas, exact parts that fit the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.indicators.small import definition
from yunxing.engines.indicators.contributions import Contribution, Contributions, largest_remainder
from yunxing.engines.indicators.definition import Target, Threshold
from yunxing.engines.indicators.estimates import carried
from yunxing.engines.indicators.formula import Condition, Lost, Ratio, Term, evaluate, filled, names, parse
from yunxing.engines.indicators.growth import Growth
from yunxing.engines.indicators.lights import light
from yunxing.engines.indicators.reads import past
from yunxing.engines.indicators.rows import INT64_MAX, Row, figure, indicators_table, missing, ranks, row_from
from yunxing.engines.indicators.seasonal import PastYear, normal_share, past_codes
from yunxing.engines.indicators.series import Absent, Level, Series, negative_months
from yunxing.engines.indicators.statistic_stock import city_row, month_rows, site_row
from yunxing.engines.indicators.statistic_target import sum_rows, target_rows
from yunxing.engines.indicators.window import codes_read, days_read, slot, slots
from yunxing.values.errors import BadInput
from yunxing.values.period import Month, Quarter, parse_period
from yunxing.values.quantity import Comparator

CITY = ("city", "city")
INVESTMENT, COAL = definition("project_investment"), definition("coal_days")


@pytest.mark.parametrize(
    ("value", "month", "tolerance", "colour"),
    [
        (75, 9, 5, "green"),  # the pace itself
        (Fraction(74_999, 1000), 9, 5, "amber"),
        (70, 9, 5, "amber"),  # five points behind is inside
        (Fraction(69_999, 1000), 9, 5, "red"),
        (75, 9, 0, "green"),
        (Fraction(74_999, 1000), 9, 0, "red"),
        (0, 1, 5, "red"),  # 8.33 points behind already
        (100, 12, 5, "green"),
        (95, 12, 5, "amber"),
    ],
)
def test_a_linear_promise_is_measured_in_points_of_its_target(value: int | Fraction, month: int, tolerance: int, colour: str) -> None:
    assert light(Fraction(value), Fraction(100), Comparator.ge, "linear", month, Fraction(tolerance)) == colour


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (Comparator.ge, "red", "green", "green"),
        (Comparator.gt, "red", "red", "green"),
        (Comparator.le, "green", "green", "red"),
        (Comparator.lt, "green", "red", "red"),
    ],
)
def test_a_level_promise_is_kept_or_not_whatever_the_month(comparator: Comparator, below: str, at: str, above: str) -> None:
    found = [light(Fraction(value, 10), Fraction(7), comparator, "level", month) for value in (69, 70, 71) for month in (1, 12)]
    assert found == [below, below, at, at, above, above]


@pytest.mark.parametrize("pace", ["linear", "level"])
def test_without_a_value_there_is_no_light(pace: Any) -> None:
    assert light(None, Fraction(7), Comparator.ge, pace, 9) == "none"


@pytest.mark.parametrize(
    ("code", "jan_feb", "cumulative", "single", "before", "previous", "quarter", "quarter_before"),
    [
        ("2022-01", False, "2022-01", "2022-01", None, "2021-12", None, None),
        ("2022-02", False, "2022-01..02", "2022-02", "2022-01", "2022-01", None, None),
        ("2022-02", True, "2022-01..02", "2022-01..02", None, None, None, None),
        ("2022-03", True, "2022-01..03", "2022-03", "2022-01..02", None, "2022Q1", None),
        ("2022-04", True, "2022-01..04", "2022-04", "2022-01..03", "2022-03", None, None),
        ("2022-06", True, "2022-01..06", "2022-06", "2022-01..05", "2022-05", "2022Q2", "2022-01..03"),
        ("2022-12", False, "2022-01..12", "2022-12", "2022-01..11", "2022-11", "2022Q4", "2022-01..09"),
    ],
)
def test_what_a_report_looks_at(
    code: str, jan_feb: bool, cumulative: str, single: str, before: str | None, previous: str | None, quarter: str | None, quarter_before: str | None
) -> None:  # fmt: skip
    month = Month(int(code[:4]), int(code[5:]))
    one = slot(month, jan_feb=jan_feb)
    assert one is not None
    assert (one.cumulative, one.single, one.before, one.previous, one.quarter, one.quarter_before) == (
        cumulative,
        single,
        before,
        previous,
        quarter,
        quarter_before,
    )
    assert (one.year_before, one.end, one.end_before) == (cumulative.replace("2022", "2021"), month.end, month.year_before().end)
    assert None not in one.codes


def test_history_steps_over_the_january_that_does_not_exist() -> None:
    assert [one.month.code for one in slots(Month(2022, 3), jan_feb=True, history=3)] == ["2022-03", "2022-02", "2021-12", "2021-11"]
    assert [one.month.code for one in slots(Month(2022, 3), jan_feb=False, history=2)] == ["2022-03", "2022-02", "2022-01"]
    assert slots(Month(2022, 1), jan_feb=True, history=5) == []


def test_days_begin_with_the_month_or_45_days_before_its_end() -> None:
    days = days_read(Month(2022, 2))
    assert (days[0], days[-1], len(days)) == ("2022-01-14", "2022-02-28", 46)
    assert days_read(Month(2022, 3), back=5)[0] == "2022-03-01"


@given(st.integers(2000, 2040), st.integers(1, 12), st.integers(0, 24), st.booleans())
def test_whatever_a_report_is_computed_from_is_read(year: int, month: int, history: int, jan_feb: bool) -> None:
    read = set(codes_read(Month(year, month), history=history))
    for one in slots(Month(year, month), jan_feb=jan_feb, history=history):
        assert set(one.codes) <= read


def site(
    name: str, stock: int | None, use: int, running: int = 7, *, reported: int = 7, recent: int | None = None, since: date | None = None
) -> dict[str, Any]:
    day = date(2022, 9, 30)
    return {
        "party": name, "day": day, "stock": stock, "stock_day": since or (day if stock is not None else None), "use": use, "running": running,
        "reported": reported, "recent": running if recent is None else recent,
    }  # fmt: skip


def test_days_of_one_site_are_stock_over_mean_use() -> None:
    """700 t over 7 running days of 100 t is 7 days; over 4 of them, 4·700/400."""
    assert site_row(COAL, site("a", 700, 700)).value == 7
    row = site_row(COAL, site("a", 700, 400, 4))
    assert (row.num, row.den, row.value, row.reason) == (2800, 400, 7, "")
    assert site_row(COAL, site("a", 700, 700, since=date(2022, 9, 28))).reason == "估：沿用2022-09-28库存"


@pytest.mark.parametrize(
    ("one", "absence"),
    [
        (site("a", None, 700), "not_reported"),
        (site("a", 700, 700, reported=0), "not_reported"),
        (site("a", 700, 700, recent=0), "not_applicable"),
        (site("a", 0, 700), None),  # an empty yard is a figure
    ],
)
def test_a_site_is_silent_stopped_or_counted(one: dict[str, Any], absence: str | None) -> None:
    row = site_row(COAL, one)
    assert (row.absence, row.value) == (absence, None if absence else 0)


def test_the_citys_days_are_of_all_running_sites_together() -> None:
    """1000 t at 100 a day and 500 t at 25 a day (100 over 4 days): 1500/125 = 12, not the mean of 10 and 20. A stopped site is heard and not counted."""
    row = city_row(
        COAL, date(2022, 9, 30), [site("a", 1000, 700), site("b", 500, 100, 4), site("stopped", 9999, 50, recent=0), site("mute", None, 0)]
    )
    assert (row.value, row.covered_num, row.covered_den, row.period) == (12, 3, 4, "2022-09-30")


@pytest.mark.parametrize(
    ("sites", "absence", "covered"),
    [([], "not_reported", (0, 1)), ([site("a", None, 0)], "not_reported", (0, 1)), ([site("a", 5, 5, recent=0)], "not_applicable", (1, 1))],
)
def test_a_city_without_running_sites_has_no_days(sites: list[dict[str, Any]], absence: str, covered: tuple[int, int]) -> None:
    row = city_row(COAL, date(2022, 9, 30), sites)
    assert (row.absence, (row.covered_num, row.covered_den)) == (absence, covered)


def days(*values: int | None) -> list[Row]:
    return [
        figure(COAL.id, CITY, f"2022-09-{n:02d}", "value", one, 1, "days")
        if one is not None
        else missing(COAL.id, CITY, f"2022-09-{n:02d}", "value", "days", "not_applicable", f"第{n}日")
        for n, one in enumerate(values, 1)
    ]


def test_a_months_value_is_its_last_day_with_a_figure_and_its_least_the_first_of_equals() -> None:
    value, least = month_rows(COAL, CITY, "2022-09", days(9, 6, 8, 6, None))
    assert (value.stat, value.value, value.basis) == ("value", 6, "2022-09-04")
    assert (least.stat, least.value, least.basis) == ("minimum", 6, "2022-09-02")
    (none,) = month_rows(COAL, CITY, "2022-09", days(None, None))
    assert (none.absence, none.reason) == ("not_applicable", "第2日")


def summed(**more: Any) -> dict[str, Any]:
    return {"scope": "city", "slot": 0, "due": 4, "n": 3, "value": 300, "month": 40, "plan": 800, "plan_in": 600, "value_real": 200} | more


def by_stat(rows: list[Row]) -> dict[str, Fraction | None]:
    return {row.stat: row.value for row in rows}


def test_the_rows_of_a_sum_after_september() -> None:
    """300 of a target of 500: 60 %, 15 points behind 75 %, 400 a year at this rate; 200 of plans of 800: 25 %, 50 points behind."""
    promised = replace(INVESTMENT, target=Target("c", Fraction(500), "500"))
    at = slot(Month(2022, 9), jan_feb=False)
    assert at is not None
    rows = sum_rows(promised, "city", summed(), at)
    assert by_stat(rows) == {
        "cumulative": 300, "value": 40, "time_schedule": 75, "target_share": 60, "gap": -15, "forecast": 400, "planned": 800, "plan_share": 25, "plan_gap": -50,
    }  # fmt: skip
    assert {(row.covered_num, row.covered_den) for row in rows} == {(600, 800)}
    assert {row.period for row in rows if row.stat == "value"} == {"2022-09"}


@pytest.mark.parametrize(
    ("more", "kind", "stats", "covered"),
    [
        ({"plan": None}, "city", {"cumulative", "value", "time_schedule"}, (3, 4)),  # without plans the share is of reporters
        ({"plan": 0}, "unit", {"cumulative", "value", "time_schedule"}, (3, 4)),
        ({"month": None, "plan": None}, "unit", {"cumulative", "time_schedule"}, (3, 4)),
        ({"slot": 1}, "city", {"cumulative"}, (600, 800)),  # earlier months tell the sum alone
    ],
)
def test_what_a_sum_does_not_have_it_does_not_tell(more: dict[str, Any], kind: str, stats: set[str], covered: tuple[int, int]) -> None:
    at = slot(Month(2022, 9), jan_feb=False)
    assert at is not None
    rows = sum_rows(replace(INVESTMENT, target=None), kind, summed(**more), at)
    assert set(by_stat(rows)) == stats
    assert (rows[0].covered_num, rows[0].covered_den) == covered


def test_a_sum_nobody_reported_is_absent_with_its_covered_share() -> None:
    at = slot(Month(2022, 9), jan_feb=False)
    assert at is not None
    (row,) = sum_rows(INVESTMENT, "city", summed(n=0, value=None, plan_in=None), at)
    assert (row.absence, row.reason, row.covered_num, row.covered_den) == ("not_reported", "全部未报", 0, 800)


@given(st.integers(0, 10**15), st.integers(1, 10**15), st.integers(1, 12))
def test_share_gap_and_forecast_hold_together(done: int, target: int, month: int) -> None:
    rows = by_stat(
        target_rows(replace(INVESTMENT, target=Target("c", Fraction(target), "")), CITY, "p", Fraction(done), month=month, rest={})
    )
    share, gap, forecast = rows["target_share"], rows["gap"], rows["forecast"]
    assert share is not None
    assert gap is not None
    assert forecast is not None
    assert share - gap == Fraction(100 * month, 12)
    assert share * target == 100 * done
    assert (forecast >= target) == (gap >= 0)  # at this rate the year reaches its target just when nothing is behind


@pytest.mark.parametrize(
    ("years", "share"),
    [
        ([PastYear(2021, 60, 100, 125)], Fraction(3, 5)),  # exactly four fifths reported both
        ([PastYear(2021, 60, 100, 126)], None),
        ([PastYear(2021, 0, 0, 10)], None),
        ([PastYear(2021, -1, 100, 100)], None),
        ([PastYear(2019, 50, 100, 100)], Fraction(1, 2)),
        (
            [PastYear(2021, 60, 100, 100), PastYear(2019, 10, 100, 100)],
            (Fraction(6, 10) + Fraction(49, 100) * Fraction(1, 10)) / Fraction(149, 100),
        ),
        ([], None),
    ],
)
def test_a_normal_share_is_learned_from_usable_years(years: list[PastYear], share: Fraction | None) -> None:
    assert normal_share(years, 2022) == share


def test_past_years_are_read_by_their_two_ends_or_by_every_month() -> None:
    assert past(Month(2022, 9), events=False) == {f"{year}-01..{month}" for year in range(2017, 2022) for month in ("09", "12")}
    assert past(Month(2022, 9), events=True) == {f"{year}-{month:02d}" for year in range(2017, 2022) for month in range(1, 13)}
    assert past_codes(Month(2022, 1), 1) == {2021: ("2021-01", "2021-01..12")}


@pytest.mark.parametrize(
    ("stored", "current", "base", "estimate"), [(100, 90, 80, 113), (3, 1, 2, 2), (5, 0, 9, 0), (1, 1, 3, 0), (7, -2, 4, -4)]
)
def test_a_late_reporter_goes_on_at_its_pace_half_up(stored: int, current: int, base: int, estimate: int) -> None:
    assert carried(stored, current, base) == estimate


@pytest.mark.parametrize(
    ("formula", "terms", "said"),
    [
        ("a + b * 2", {"a": 1, "b": 3}, Ratio(7)),
        ("(a + b) * 2", {"a": 1, "b": 3}, Ratio(8)),
        ("a - -b", {"a": 1, "b": 3}, Ratio(4)),
        ("a / -b", {"a": 1, "b": 3}, Ratio(-1, 3)),
        ("a / b + a / b", {"a": 1, "b": 3}, Ratio(2, 3)),
        ("a / b - b / a", {"a": 1, "b": 3}, Ratio(-8, 3)),
        ("min(a, b)", {"a": 1, "b": 3}, Ratio(1)),
        ("max(a / b, b / a)", {"a": 1, "b": 3}, Ratio(3)),
        ("growth(a, b)", {"a": 110, "b": 100}, Ratio(1000, 100)),
        ("growth(a, b)", {"a": 1, "b": 0}, Lost("undefined", "上年同期数为零，不计算增速")),
        ("growth(a, b)", {"a": -1, "b": 5}, Lost("undefined", "由盈转亏")),
        ("a / b", {"a": 0, "b": 0}, Lost("undefined", "分母为零")),
        ("a / (b - b)", {"a": 1, "b": 3}, Lost("undefined", "分母为零")),
        ("a + b", {"a": 1, "b": None}, Lost("not_reported", "没有报送")),
        ("b / a", {"a": 0, "b": None}, Lost("not_reported", "没有报送")),  # what is missing is said before what cannot be divided
    ],
)  # fmt: skip
def test_a_formula_by_hand(formula: str, terms: dict[str, int | None], said: Ratio | Lost) -> None:
    assert evaluate(formula, terms) == said


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        ("a ** 2", "Pow"), ("a // b", "FloorDiv"), ("a % b", "Mod"), ("a << b", "LShift"), ("1.5 * a", "1.5"), ("True", "True"), ("'x'", "'x'"), ("a.b", "a.b"), ("a[0]", "a[0]"), ("abs(a)", "abs(a)"),
        ("min(a)", "min(a)"), ("min(a, b, c)", "min(a, b, c)"), ("__import__('os')", "__import__('os')"), ("lambda: 1", "lambda: 1"), ("a if b else c", "a if b else c"),
        ("a < b", "a < b"), ("growth(now=a, before=b)", "growth(now=a, before=b)"), ("+a", "+a"), ("(a := 1)", "(a := 1)"),
    ],
)  # fmt: skip
def test_nothing_but_arithmetic_gets_in(formula: str, holds: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(formula)
    assert str(refused.value).startswith(f"the formula “{formula}” holds {holds}; it may hold names of terms")


@pytest.mark.parametrize("formula", ["100 *", "", "a b", "(a", "a +* b"])
def test_an_unreadable_formula_is_named_with_the_place(formula: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(formula)
    assert str(refused.value).startswith(f"the formula “{formula}” cannot be read at character ")
    assert str(refused.value).endswith("; write for example 100 * insured / exports")


def test_a_february_with_a_year_of_history_reads_the_year_before_its_oldest_report() -> None:
    """Two Januaries are stepped over: thirteen reports back from February 2022 is December 2020, compared with 2019."""
    oldest = slots(Month(2022, 2), jan_feb=True, history=12)[-1]
    assert (oldest.cumulative, oldest.year_before) == ("2020-01..12", "2019-01..12")
    assert "2019-01..12" in codes_read(Month(2022, 2))


def test_names_are_of_terms_and_not_of_functions() -> None:
    assert names("min(a, growth(b, a)) * 100") == {"a", "b"}
    assert filled("ab * a", {"a": "1", "ab": "22"}) == "22 × 1"


@pytest.mark.parametrize(
    ("num", "den", "kept", "exact"),
    [
        (INT64_MAX, INT64_MAX, (INT64_MAX, INT64_MAX), True),
        (2 * (INT64_MAX + 1), 2, (INT64_MAX + 1, 1), None),
        (4 * 10**20, 2 * 10**20, (2, 1), True),
        (10**30, 3 * 10**30, (1, 3), True),
        (10**30 + 1, 3 * 10**30, (333_333_333, 10**9), False),
        (-(10**30) - 1, 3 * 10**30, (-333_333_333, 10**9), False),
    ],
)
def test_parts_fit_the_store(num: int, den: int, kept: tuple[int, int], exact: bool | None) -> None:
    found, is_exact = Ratio.of(num, den).fitted()
    if exact is None:  # one above the largest whole number is beyond the store, and no rounding helps
        assert found.num > INT64_MAX
        return
    assert ((found.num, found.den), is_exact) == (kept, exact)


def test_the_sign_stands_in_the_numerator() -> None:
    assert Ratio.of(3, -4) == Ratio(-3, 4)
    assert figure("i", CITY, "p", "s", 3, -4, "%").value == Fraction(-3, 4)


def test_a_term_names_every_item_it_reads_once() -> None:
    where = (Condition("a", Comparator.gt, 0), Condition("b", Comparator.gt, than="c"))
    term = Term("t", "a@last_year", "last_day", where=where, needs=("b", "d"), times="e", reads={"d": "month"})
    assert term.items == ("a@last_year", "e", "b", "d", "a", "c")
    assert [term.read(one) for one in ("a@last_year", "d", "registry.small")] == [
        ("a@last_year", "day"),
        ("d", "month"),
        ("registry.small", ""),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"num": None},
        {"absence": "undefined"},
        {"den": 0},
        {"den": -1},
        {"den": None},
        {"num": INT64_MAX + 1},
        {"num": -INT64_MAX - 1},
        {"den": INT64_MAX + 1},
    ],
)
def test_a_row_has_a_value_that_fits_or_an_absence(wrong: dict[str, Any]) -> None:
    plain: dict[str, Any] = {
        "indicator": "i",
        "scope_kind": "city",
        "scope": "city",
        "period": "p",
        "stat": "s",
        "num": 1,
        "den": 2,
        "unit": "%",
    }
    assert Row(**plain).id == "i/city/city/p/s"
    with pytest.raises(ValueError, match=r"^i/city/city/p/s: "):
        Row(**plain | wrong)


def test_rows_come_back_from_their_table_in_the_order_of_their_ids() -> None:
    rows = [figure("b", CITY, "p", "s", 1, 3, "%", covered_num=1, covered_den=0), missing("a", CITY, "p", "s", "%", "undefined", "r")]
    back = [row_from(plain) for plain in indicators_table(rows).to_pylist()]
    assert back == [rows[1], rows[0]]
    assert (back[1].covered, back[0].value) == (None, None)


@given(st.dictionaries(st.text(max_size=3), st.none() | st.integers(-5, 5).map(Fraction)))
def test_a_place_is_one_more_than_those_above(values: dict[str, Fraction | None]) -> None:
    for name, place in ranks(values).items():
        own = values[name]
        assert place == (None if own is None else 1 + sum(one is not None and one > own for one in values.values()))


@pytest.mark.parametrize(
    ("parts", "places", "rounded"),
    [
        ({"a": Fraction(1, 3), "b": Fraction(1, 3), "c": Fraction(1, 3)}, 0, {"a": 1, "b": 0, "c": 0}),  # the first by name
        ({"a": Fraction(-1, 3), "b": Fraction(-2, 3)}, 0, {"a": 0, "b": -1}),
        ({"a": Fraction(1, 2), "b": Fraction(-1, 2)}, 0, {"a": 1, "b": -1}),
        ({}, 1, {}),
        ({"a": Fraction(125, 100)}, 1, {"a": Fraction(13, 10)}),
    ],
)
def test_printed_parts_by_the_largest_remainder(parts: dict[str, Fraction], places: int, rounded: dict[str, Fraction]) -> None:
    assert largest_remainder(parts, places) == rounded


def line(party: str, **more: Any) -> Contribution:
    return Contribution(
        **{"indicator": "i", "period": "p", "scope": "city", "party": party, "points_num": 1, "points_den": 3, "current": 2, "base": 1}
        | more
    )


def test_no_contributions_are_an_empty_table_of_the_same_columns() -> None:
    none = Contributions.together([Contributions(), Contributions.of_rows([])])
    assert (len(none), none.of("i", "p"), none.table().num_rows) == (0, [], 0)
    assert none.table().schema == Contributions.of_rows([line("a")]).table().schema


def test_a_party_stands_once_in_a_period_and_scope_and_the_refusal_names_it() -> None:
    fine = Contributions.of_rows([line("b"), line("a"), line("a", scope="u1"), line("a", period="q"), line("a", indicator="j")])
    assert [one["party"] for one in fine.table().to_pylist()] == ["a", "b", "a", "a", "a"]
    with pytest.raises(ValueError, match=r"^a contributes twice to i in p$"):
        Contributions.of_rows([line("a"), line("b"), line("a")]).table()
    assert line("a").points == Fraction(1, 3)


@pytest.mark.parametrize(
    ("comparator", "reached"),
    [
        (Comparator.lt, [True, False, False]),
        (Comparator.le, [True, True, False]),
        (Comparator.gt, [False, False, True]),
        (Comparator.ge, [False, True, True]),
    ],
)
def test_a_limit_is_judged_unrounded(comparator: Comparator, reached: list[bool]) -> None:
    limit = Threshold(comparator, Fraction(7), "7 天")
    assert [limit.reached(Fraction(value, 1000)) for value in (6999, 7000, 7001)] == reached


def test_a_card_is_plain_data() -> None:
    import json

    card = replace(INVESTMENT, target=Target("c", Fraction(7, 2), "3.5"), alarm=Threshold(Comparator.lt, Fraction(1), "1")).card()
    assert json.loads(json.dumps(card)) == card
    assert card["target"] == {"commitment": "c", "value": [7, 2], "text": "3.5", "comparator": "ge"}
    assert (INVESTMENT.limit("no such", 3), replace(INVESTMENT, limits={"carry": 0}).limit("carry", 3)) == (3, 0)


@pytest.mark.parametrize(
    ("gap", "noted"),
    [(Fraction(1, 10), False), (Fraction(-1, 10), False), (Fraction(101, 1000), True), (Fraction(-101, 1000), True), (None, False)],
)
def test_a_gap_is_worth_a_note_strictly_above_a_tenth(gap: Fraction | None, noted: bool) -> None:
    assert Growth("p", Fraction(5), Fraction(5), gap=gap).worth_a_note is noted


def test_growth_in_english_words() -> None:
    assert Growth("p", None, None).words("en") == "—"
    assert Growth("p", None, Fraction(-3, 2)).words("en") == "−1.5 %"
    assert (
        Growth("p", Fraction(58, 10), Fraction(6), gap=Fraction(-2, 10)).words("en")
        == "+5.8 % (from enterprises +6.0 %, −0.2 points unexplained)"
    )
    assert Growth("p", Fraction(5), None, ratio=Fraction(-2), note="口径不可比").words("en") == "+5.0 % (−2.0 % not comparable)"


def told(*pairs: tuple[str, int, str], jan_feb: bool = True) -> Series:
    return Series(tuple(Level(parse_period(code), value, basis) for code, value, basis in pairs), jan_feb)


def test_a_quarter_across_two_bases_shows_both_totals() -> None:
    found = told(("2022-01..03", 30, "a"), ("2022-01..06", 70, "b")).quarter(Quarter(2022, 2))
    assert isinstance(found, Absent)
    assert (found.reason, [one.value for one in found.totals]) == ("restated", [70, 30])


def test_negative_months_are_flagged_where_they_were_derived() -> None:
    series = told(("2022-01..02", 30, "a"), ("2022-01..03", 25, "a"), ("2022-04", -3, "a"), ("2022-01..04", 40, "a"))
    assert [(one.period.code, one.value) for one in negative_months(series, 2022)] == [("2022-03", -5)]


@pytest.mark.parametrize(
    ("reported", "now", "off"),
    [(20, 50, Fraction(0)), (19, 50, Fraction(1, 50)), (21, 50, Fraction(1, 50)), (-30, 0, Fraction(0)), (1, 0, Fraction(1))],
)
def test_a_disagreement_is_a_share_of_the_later_total(reported: int, now: int, off: Fraction) -> None:
    series = told(("2022-01..03", 30, "a"), ("2022-04", reported, "a"), ("2022-01..04", now, "a"))
    assert series.disagreement(Month(2022, 4)) == off

"""Shares of a decomposition add up to the total, to the last fen: counties, industries, named enterprises; with entries, exits, restatements, silence, revisions, estimates, a published rate."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.indicators.small import KNOWN, Place, definition
from yunxing.engines.indicators.compute import Figures, compute
from yunxing.engines.indicators.contributions import Contribution, Contributions, largest_remainder
from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.indicators.estimates import carried
from yunxing.engines.indicators.rows import Row
from yunxing.values.period import Month
from yunxing.values.quantity import half_up

SEPTEMBER = Month(2022, 9)
PERIODS = {"cumulative": "2022-01..09", "month": "2022-09", "quarter": "2022Q3"}
STATS = {
    "cumulative": ("cumulative_yoy", "cumulative_points", "cumulative_share"),
    "month": ("yoy", "points", "share"),
    "quarter": ("quarter_yoy", "quarter_points", "quarter_share"),
}


def card(**changes: object) -> Indicator:
    from dataclasses import replace

    return replace(definition("output_growth"), history=0, limits={"cell_least": 1, "estimate": 1}, **changes)  # type: ignore[arg-type]


def rows_of(figures: Figures) -> dict[tuple[str, str, str], dict[str, Row]]:
    found: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in figures.rows:
        found.setdefault((row.scope_kind, row.period, row.stat), {})[row.scope] = row
    return found


FEN = st.integers(-(10**13), 10**14)


@st.composite
def cities(draw: st.DrawFn) -> Place:
    """Up to seven enterprises in fen: some enter, leave or move, some are silent, held or restated, and each cell may have been revised."""
    place = Place()
    for n in range(draw(st.integers(2, 7))):
        party, industry = f"E{n}", draw(st.sampled_from(["17", "32", "26"]))
        moved = draw(st.integers(0, 4)) == 0
        if moved:
            place.party(party, unit="u1", industry=industry, until=date(2022, 3, 31))
            place.party(party, unit="u2", industry=industry, since=date(2022, 4, 1))
        else:
            place.party(party, unit=draw(st.sampled_from(["u1", "u2", "u3"])), industry=industry)
        place.member(
            party,
            since=draw(st.sampled_from([None, None, date(2022, 6, 1)])),
            until=draw(st.sampled_from([None, None, None, date(2022, 7, 1)])),
        )
        for code in ("2022-01..09", "2022-01..08", "2022-01..06"):
            silent = draw(st.integers(0, 5)) == 0
            basis = draw(st.sampled_from(["k", "k", "k", "new"]))
            for role in ("value", "last_year_restated"):
                place.fact(party, code, None if silent else draw(FEN), role=role, basis=basis, held=draw(st.integers(0, 9)) == 0)
        if draw(st.booleans()):
            place.fact(party, "2021-01..09", draw(FEN))
    if draw(st.booleans()):
        place.fact("city", "2022-01..09", draw(st.integers(-5000, 5000)), role="growth_published", origin="public")
    return place


@pytest.mark.property
@settings(max_examples=14, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cities())
def test_every_partition_adds_up_to_the_last_fen(place: Place):
    """Points of counties, of industries, of cells and of named enterprises add to the growth of the city; the bridge to the difference of the totals; with the published rate the
    unexplained line closes the sum.
    """
    figures = compute([card()], place.inputs(SEPTEMBER))
    found = rows_of(figures)
    for flavour, period in PERIODS.items():
        yoy, points, share = STATS[flavour]
        city = found.get(("city", period, yoy), {}).get("city")
        lines = figures.contributions.of("output_growth", period)
        if not lines:
            continue
        base = lines[0].points_den
        grown = Fraction(100 * sum(one.current - one.base for one in lines), base)
        assert sum(one.base for one in lines) == base
        assert sum((one.points for one in lines), Fraction(0)) == grown
        if city is not None and city.value is not None:
            assert city.value == grown
        for kind in ("unit", "industry"):
            parts = found[kind, period, points]
            assert sum((one.value for one in parts.values()), Fraction(0)) == grown
            shares = [one.value for one in found[kind, period, share].values()]
            if all(one is not None for one in shares):
                assert sum(shares) == 100
        printed = largest_remainder({one.party: one.points for one in lines}, 2)
        assert sum(printed.values()) * 100 == half_up(grown * 100)
        if city is not None and city.value is not None and city.published is not None:
            gap = found["city", period, yoy.replace("yoy", "unexplained")]["city"].value
            assert sum((one.points for one in lines), gap) == Fraction(city.published, 100)
    for kind in ("city", "unit", "industry"):
        for scope in found.get((kind, PERIODS["cumulative"], "bridge_total"), {}):
            part = {
                name: found[kind, PERIODS["cumulative"], f"bridge_{name}"][scope].num
                for name in ("growth", "restatement", "entry", "exits", "unreported", "total", "stored")
            }
            assert (
                part["total"] - part["stored"] == part["growth"] + part["restatement"] + part["entry"] - part["exits"] - part["unreported"]
            )
    for name in ("total", "stored", "growth"):
        wholes = found.get(("city", PERIODS["cumulative"], f"bridge_{name}"), {})
        if wholes:
            assert sum(one.num for one in found["unit", PERIODS["cumulative"], f"bridge_{name}"].values()) == wholes["city"].num


def late() -> Place:
    """A reports; B is late and reported August at +20 %; C is late and new, so nothing is guessed for it."""
    place = Place()
    for party in "ABC":
        place.party(party, unit="u2" if party == "B" else "u1")
        place.member(party)
    place.output("A", "2022-01..09", 110, 100)
    place.output("B", "2022-01..08", 96, 80)
    place.fact("B", "2021-01..09", 100)
    return place


def test_the_estimate_for_late_reporters_is_a_line_of_its_own():
    """Growth stays 10 %; with the estimate (100 × 96/80 = 120 on 100) it would be 15 %: 5 points of A and 10 of the estimate."""
    rows = {row.id: row for row in compute([card()], late().inputs(SEPTEMBER)).rows}
    at = "output_growth/city/city/2022-01..09/"

    assert rows[at + "cumulative_yoy"].value == 10
    assert (rows[at + "estimate_firms"].value, rows[at + "estimate"].value, rows[at + "estimate_base"].value) == (1, 120, 100)
    assert rows[at + "estimated_yoy"].value == 15
    assert rows[at + "estimate_points"].value == 10
    assert rows["output_growth/unit/u2/2022-01..09/estimate"].value == 120
    assert "含1户未报企业的估计数" in rows[at + "estimated_yoy"].reason
    assert carried(3, 1, 2) == 2


def test_without_late_reporters_there_is_no_estimate():
    place = late()
    place.output("B", "2022-01..09", 120, 100)
    rows = {row.stat for row in compute([card()], place.inputs(SEPTEMBER)).rows}
    assert not {one for one in rows if one.startswith("estimat")}


def test_a_published_series_stands_beside_the_city_and_the_gap_is_a_line():
    """5.8 % published (58000 in 0.0001) against 10 % computed: −4.2 points that no enterprise bears."""
    place = late()
    place.fact("stats/output", "2022-01..09", 58_000, form="public_series", item="value", role="growth_published", origin="public")
    rows = {row.id: row for row in compute([card(published={"city": "stats/output"})], place.inputs(SEPTEMBER)).rows}

    assert rows["output_growth/city/city/2022-01..09/cumulative_yoy"].published == 580
    assert rows["output_growth/city/city/2022-01..09/cumulative_unexplained"].value == Fraction(-42, 10)


def test_contribution_rates_are_hidden_where_the_city_hardly_moved():
    """Handbook: no contribution rate when the total moved by less than 0.1 point."""
    place = Place()
    for party, current in (("A", 100_050), ("B", 99_990)):
        place.party(party, unit=f"u{party}")
        place.member(party)
        place.output(party, "2022-01..09", current, 100_000)
    rows = {row.id: row for row in compute([card()], place.inputs(SEPTEMBER)).rows}

    assert rows["output_growth/unit/uA/2022-01..09/cumulative_share"].absence == "undefined"
    place.facts[0]["value"] = 110_000
    rows = {row.id: row for row in compute([card()], place.inputs(SEPTEMBER)).rows}
    assert rows["output_growth/unit/uA/2022-01..09/cumulative_share"].value == Fraction(100 * 10_000, 9_990)


def test_the_quarter_is_a_difference_of_cumulative_reports_on_one_basis():
    place = Place()
    for party, basis in (("A", "k"), ("B", "new")):
        place.party(party)
        place.member(party)
        place.output(party, "2022-01..06", 500, 400, basis=basis)
        place.output(party, "2022-01..09", 830, 700)
    rows = {row.id: row for row in compute([card()], place.inputs(SEPTEMBER)).rows}

    assert rows["output_growth/city/city/2022Q3/quarter"].value == 330
    assert rows["output_growth/city/city/2022Q3/quarter_yoy"].value == 10
    assert rows["output_growth/city/city/2022Q3/quarter_yoy"].covered == Fraction(1, 2)


def test_the_first_quarter_is_january_to_march_and_other_months_have_none():
    place = Place()
    place.party("A")
    place.member("A")
    place.output("A", "2022-01..03", 110, 100)
    rows = {row.id: row for row in compute([card()], place.inputs(Month(2022, 3))).rows}
    assert rows["output_growth/city/city/2022Q1/quarter_yoy"].value == 10
    assert not [one for one in compute([card()], place.inputs(Month(2022, 8))).rows if one.stat.startswith("quarter")]


def test_a_fall_into_loss_is_told_in_words_with_the_totals():
    place = Place()
    place.party("A")
    place.member("A")
    place.output("A", "2022-01..09", -5, 10)
    rows = {row.id: row for row in compute([card()], place.inputs(SEPTEMBER)).rows}
    lost = rows["output_growth/city/city/2022-01..09/cumulative_yoy"]

    assert (lost.absence, lost.reason) == ("undefined", "由盈转亏")
    assert rows["output_growth/city/city/2022-01..09/cumulative"].value == -5


def test_handbook_pulls_of_three_industries():
    """w = (0.40, 0.35, 0.25), g = (8, −2, 4) %: pulls 3.2, −0.7, 1.0; total 3.5; contributions 91.4, −20.0, 28.6 %."""
    place = Place()
    for party, industry, base, growth in (("A", "17", 40_000, 8), ("B", "26", 35_000, -2), ("C", "32", 25_000, 4)):
        place.party(party, industry=industry)
        place.member(party)
        place.output(party, "2022-01..09", base * (100 + growth) // 100, base)
    rows = {row.id: row for row in compute([card()], place.inputs(SEPTEMBER)).rows}
    points = [rows[f"output_growth/industry/{one}/2022-01..09/cumulative_points"].value for one in ("17", "26", "32")]
    shares = [rows[f"output_growth/industry/{one}/2022-01..09/cumulative_share"].value for one in ("17", "26", "32")]

    assert points == [Fraction(32, 10), Fraction(-7, 10), 1]
    assert [round(float(one), 1) for one in shares] == [91.4, -20.0, 28.6]
    assert sum(shares) == 100


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.fractions(-100, 100, max_denominator=97), min_size=1, max_size=12),
    st.integers(0, 3),
)
def test_printed_parts_add_to_the_printed_total_and_stay_within_a_step(parts: dict[str, Fraction], places: int):
    printed = largest_remainder(parts, places)

    assert sum(printed.values()) * 10**places == half_up(sum(parts.values(), Fraction(0)) * 10**places)
    assert all(abs(printed[name] - part) <= Fraction(1, 10**places) for name, part in parts.items())


def line(party: str, current: int = 2, indicator: str = "g", period: str = "p") -> Contribution:
    return Contribution(indicator, period, "city", party, 100 * (current - 1), 10, current, 1)


def test_contributions_are_one_sorted_table_and_are_looked_up_by_period():
    made = Contributions.together(
        [Contributions.of_rows([line("b"), line("a")]), Contributions(), Contributions.of_rows([line("a", period="q")])]
    )

    assert len(made) == 3
    assert [one["party"] for one in made.table().to_pylist()] == ["a", "b", "a"]
    assert [one.party for one in made.of("g", "p")] == ["a", "b"]
    assert made.of("g", "nothing") == []
    assert Contributions().table().num_rows == 0
    assert Contributions().of("g", "p") == []


def test_an_enterprise_that_contributes_twice_is_refused():
    with pytest.raises(ValueError, match="contributes twice"):
        Contributions.of_rows([line("a"), line("b"), line("a", 5)]).table()


def test_a_revision_replaces_its_cell_and_the_sums_follow():
    """The engine sees the newest version of a cell alone; the sums are those of the newest versions."""
    place = late()
    before = {row.id: row for row in compute([card()], place.inputs(SEPTEMBER)).rows}
    place.facts[0].update(value=130, version=2, known_at=KNOWN + timedelta(days=3))
    after = {row.id: row for row in compute([card()], place.inputs(SEPTEMBER)).rows}
    at = "output_growth/city/city/2022-01..09/cumulative_yoy"

    assert (before[at].value, after[at].value) == (10, 30)

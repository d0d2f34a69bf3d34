"""An ad hoc table: what is held fills it, only what is missing is asked, exact sums with their sources; each against an obvious reference."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_cast import FORMS
from yunxing.engines.facts.adhoc import (
    FORM,
    YOY,
    Ask,
    AskColumn,
    AskRow,
    Missing,
    alias,
    answer_cell,
    answers,
    columns_of,
    completeness,
    fill,
    gaps,
    held,
    index,
    new_item,
)  # fmt: skip

MONTH, SPAN = "2022-09", "2022-01..09"
ENTERPRISE = FORMS["enterprise_month"]
OUTPUT = AskColumn("enterprise_month", ENTERPRISE.item("output"), "value", "cumulative", SPAN, "above_scale", "工业总产值·累计")
GROWTH = AskColumn("enterprise_month", ENTERPRISE.item("output"), YOY, "cumulative", SPAN, "above_scale", "工业总产值·同比")
SHIFTS = AskColumn(FORM, new_item("x1", "夜班人数", "count", "人", level=2, basis="调度通知", stored="1"), "value", "month", MONTH)
UNITS = [AskRow("U1", "甲县", "U1"), AskRow("U2", "乙县", "U2")]
MEMBERS = {("above_scale", "U1"): ["a", "b", "c"], ("above_scale", "U2"): ["d"]}
KNOWN = datetime(2022, 10, 7, tzinfo=UTC)


def fact(party: str, value: int | None, role: str = "value", **more: Any) -> dict[str, Any]:
    return {
        "form": "enterprise_month", "item": "output", "role": role, "party": party, "unit": "U1", "period": SPAN, "as_reported": "cumulative", "value": value,
        "words": None, "absence": None, "held": False, "known_at": KNOWN, "version": 1, "submission": "sha256:1", "sheet": "表", "cell": "D8",
    } | more  # fmt: skip


def ask(*columns: AskColumn, rows=UNITS, members=MEMBERS) -> Ask:
    return Ask(columns, rows, members)


def test_a_units_figure_is_the_exact_sum_of_its_members_in_the_printed_unit():
    """Fen to 万元 without rounding; three of three reported, nothing to ask."""
    cell = fill(ask(OUTPUT), [fact("a", 1_000_001), fact("b", 2), fact("c", 0)])[0][0]

    assert cell.value == Fraction(1_000_003, 1_000_000)
    assert (cell.have, cell.of, cell.whole, cell.known_at) == (3, 3, True, KNOWN)


def test_only_the_member_without_a_figure_is_asked():
    """Never the whole unit again: what two of three reported stands, the third is asked through its unit."""
    table = fill(ask(OUTPUT), [fact("a", 100), fact("c", 300)])

    assert (table[0][0].have, table[0][0].of) == (2, 3)
    assert table[0][0].value == Fraction(400, 1_000_000)
    assert [(gap.party, gap.unit) for gap in gaps(table)] == [("b", "U1"), ("d", "U2")]
    assert completeness(table) == (2, 4)


@pytest.mark.parametrize(
    ("said", "is_answer"),
    [
        ({"value": 0}, True), ({"absence": "not_applicable"}, True), ({"absence": "suppressed"}, True), ({"words": "停产"}, True),
        ({"absence": "not_reported"}, False), ({"absence": "not_due"}, False), ({}, False),
    ],
)  # fmt: skip
def test_what_counts_as_held(said, is_answer):
    """Zero, 不适用, 保密 and words are answers; 未报 and 未到期 say nothing and are asked."""
    one = fact("d", None, **said) if "value" not in said else fact("d", said["value"])

    assert answers(one) == is_answer
    assert (gaps(fill(ask(OUTPUT, rows=UNITS[1:]), [one])) == []) == is_answer


def test_a_growth_is_of_the_comparable_members_and_asks_both_sides():
    """a and b have both years; c lacks last year, which alone is asked; the growth is that of a and b."""
    facts = [fact("a", 110), fact("a", 100, "last_year_restated"), fact("b", 90), fact("b", 100, "last_year_restated"), fact("c", 50)]
    cell = fill(ask(GROWTH, rows=UNITS[:1]), facts)[0][0]

    assert cell.value == 0
    assert [(gap.party, gap.role) for gap in cell.missing] == [("c", "last_year_restated")]


def test_a_base_of_nothing_has_no_growth():
    """Undefined, not infinite and not zero."""
    cell = fill(ask(GROWTH, rows=UNITS[1:]), [fact("d", 10), fact("d", 0, "last_year_restated")])[0][0]

    assert (cell.value, cell.absence) == (None, "undefined")


def test_a_figure_in_question_is_not_asked_again_and_not_summed():
    """Held until someone confirms it: out of the sum; alone it reads 待确认."""
    alone = fill(ask(OUTPUT, rows=UNITS[1:]), [fact("d", 7, held=True)])[0][0]
    among = fill(ask(OUTPUT, rows=UNITS[:1]), [fact("a", 1), fact("b", 2, held=True), fact("c", 4)])[0][0]

    assert (alone.value, alone.words, alone.whole) == (None, "待确认", True)
    assert among.value == Fraction(5, 1_000_000)
    assert among.whole


def test_an_item_of_no_form_is_asked_of_the_unit_itself_and_its_answer_fills_the_next_request():
    """The answer is a fact of the ad hoc form; asked again it is held."""
    first = fill(ask(SHIFTS), [])
    answer = fact("U1", 1203, form=FORM, item="x1", period=MONTH, as_reported="month")
    second = fill(ask(SHIFTS), [answer])

    assert [gap.party for gap in gaps(first)] == ["U1", "U2"]
    assert second[0][0].value == 1203
    assert [gap.party for gap in gaps(second)] == ["U2"]


def test_an_answer_for_a_registered_item_fills_until_the_form_itself_reports():
    """Kept under `form.item`; once the reviewed form has the figure, that one stands."""
    answer = fact("d", 500, form=FORM, item=alias("enterprise_month", "output"))
    reported = fact("d", 700)

    assert fill(ask(OUTPUT, rows=UNITS[1:]), [answer])[0][0].value == Fraction(500, 1_000_000)
    assert fill(ask(OUTPUT, rows=UNITS[1:]), [answer, reported])[0][0].value == Fraction(700, 1_000_000)
    assert fill(ask(OUTPUT, rows=UNITS[1:]), [reported, answer])[0][0].value == Fraction(700, 1_000_000)


def test_an_answer_sent_back_counts_no_more():
    """The cell is missing again; a reported figure is never touched by it."""
    answer = fact("d", 500, form=FORM, item="enterprise_month.output")
    cell = answer_cell(answer)

    assert cell == Missing("enterprise_month", "output", "value", "d", "cumulative", SPAN, "U2").cell
    assert not fill(ask(OUTPUT, rows=UNITS[1:]), [answer], {cell})[0][0].whole
    assert fill(ask(OUTPUT, rows=UNITS[1:]), [fact("d", 700)], {cell})[0][0].whole


def test_rows_of_single_parties():
    """A row a party: its own figure, words of a choice and a flag, a day as a day."""
    project = FORMS["project_month"]
    stage = AskColumn("project_month", project.item("stage"), "value", "month", MONTH, "key_projects")
    day = AskColumn("project_month", project.item("started_on"), "value", "month", MONTH, "key_projects")
    rows = [AskRow("p", "项目", "U1", "p")]
    facts = [fact("p", 0, form="project_month", item="stage", period=MONTH, as_reported="month"), fact("p", 19000, form="project_month", item="started_on", period=MONTH, as_reported="month")]  # fmt: skip
    cells = fill(ask(stage, day, rows=rows), facts)[0]

    assert cells[0].words == project.item("stage").options[0].title
    assert cells[1].words == "2022-01-08"


def test_a_unit_without_members_needs_nothing():
    """不适用, not a gap that nobody can fill."""
    cell = fill(ask(OUTPUT, rows=[AskRow("U9", "丙区", "U9")]), [])[0][0]

    assert (cell.absence, cell.whole) == ("not_applicable", True)


def test_the_same_figure_in_two_columns_is_asked_once():
    """Output and its growth share this year's figure."""
    table = fill(ask(OUTPUT, GROWTH, rows=UNITS[1:]), [])

    assert [(gap.party, gap.role) for gap in gaps(table)] == [("d", "value"), ("d", "last_year_restated")]
    assert completeness(table) == (0, 2)


PARTIES = ["a", "b", "c", "d"]
FACTS = st.lists(
    st.builds(
        lambda party, role, value, form, held_, absence: fact(
            party, value if absence is None else None, role, form=form, item="output" if form != FORM else "enterprise_month.output", held=held_, absence=absence
        ),
        st.sampled_from(PARTIES), st.sampled_from(["value", "last_year_restated"]), st.integers(-(10**12), 10**12),
        st.sampled_from(["enterprise_month", FORM]), st.booleans(), st.sampled_from([None, None, "not_reported", "not_applicable"]),
    ),
    max_size=12, unique_by=lambda one: (one["form"], one["party"], one["role"]),
)  # fmt: skip


@given(FACTS)
def test_against_the_slow_reference_nothing_held_is_ever_asked(facts):
    """Each figure by itself looked up with `held`: asked exactly when nothing answers it; the sum is that of the sure ones."""
    table = fill(ask(OUTPUT, GROWTH), facts)
    look = lambda party, role: held(facts, "enterprise_month", "output", role, party=party, as_reported="cumulative", period=SPAN)
    wanted = {(party, role) for party in PARTIES for role in ("value", "last_year_restated")}

    assert {(gap.party, gap.role) for gap in gaps(table)} == {(party, role) for party, role in wanted if look(party, role) is None}
    for row, unit in zip(table, UNITS, strict=True):
        found = [one for party in MEMBERS["above_scale", unit.unit] if (one := look(party, "value"))]
        sure = [one["value"] for one in found if one["value"] is not None and not one["held"]]
        assert row[0].value == (Fraction(sum(sure), 10**6) if sure else None)


@given(FACTS)
def test_answering_every_gap_makes_the_table_whole(facts):
    """Whatever was there before: after an answer to each question nothing is left to ask."""
    request = ask(OUTPUT, GROWTH)
    given_ = [fact(gap.party, 1, gap.role, form=FORM, item="enterprise_month.output") for gap in gaps(fill(request, facts))]
    rest = [one for one in facts if answers(one)]

    assert gaps(fill(request, [*rest, *given_])) == []


@given(FACTS)
def test_the_index_gives_what_the_reference_gives(facts):
    """Fast and slow look-up agree on every figure."""
    found = index(facts)
    for party in PARTIES:
        for role in ("value", "last_year_restated"):
            slow = held(facts, "enterprise_month", "output", role, party=party, as_reported="cumulative", period=SPAN)
            assert found.get(("enterprise_month.output", role, party, "cumulative", SPAN)) == slow


def test_what_a_form_offers():
    """Every item as it is reported, last year's beside it, and the growth of both; ids are unique; a day's figure is not offered."""
    columns = columns_of(ENTERPRISE, MONTH, SPAN)
    ids = [column.id for column in columns]

    assert len(set(ids)) == len(ids)
    assert "enterprise_month.output.yoy.cumulative" in ids
    assert {column.period for column in columns if column.as_reported == "cumulative"} == {SPAN}
    assert all(column.unit == "%" for column in columns if column.role == YOY)
    assert columns_of(FORMS["coal_day"], MONTH, SPAN) == []


def test_a_new_item_carries_level_and_basis():
    """Origin dispatch, never statistics; the basis stands as its help."""
    item = SHIFTS.item

    assert (item.level, item.origin, item.help, item.personal) == (2, "dispatch", "调度通知", False)

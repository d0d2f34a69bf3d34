"""Cells and values as laws: exact both ways for every type, and never a value from what is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_cast import PROJECT
from yunxing.engines.registry.catalogue import Catalogue, Choice, Column, Threshold
from yunxing.engines.registry.lifecycle import NEAR, candidates, faults, stage
from yunxing.engines.registry.naming import folded, initials, looks_like_initials, stem
from yunxing.engines.registry.parties import ITEMS, Membership, Party, on_roster
from yunxing.engines.registry.typed import Unreadable, printed, read_value, shown

COLUMNS = {one.id: one for one in PROJECT.columns}
WAN = 10**6


@given(st.integers(-(2**61), 2**61))
def test_money_is_exact_to_the_fen_out_and_in(fen):
    assert read_value(shown(fen, COLUMNS["total"]), COLUMNS["total"]) == fen


@given(st.integers(-(10**12), 10**12))
def test_a_rate_is_exact_to_a_hundredth_of_a_percent(rate):
    assert read_value(shown(rate, COLUMNS["share"]), COLUMNS["share"]) == rate


@given(st.integers(-(10**12), 10**12))
def test_a_count_is_a_whole_number_however_it_is_typed(count):
    for cell in (count, str(count), f"{count:,}", Decimal(count), float(count) if abs(count) < 2**50 else count):
        assert read_value(cell, COLUMNS["staff"]) == count


@given(st.fractions(-(10**6), 10**6, max_denominator=1000).filter(lambda one: one.denominator != 1))
def test_a_part_of_a_head_is_no_count(part):
    cell = Decimal(part.numerator) / part.denominator
    found = read_value(cell, COLUMNS["staff"])

    assert isinstance(found, Unreadable)
    assert "整数" in found.expected


@given(st.decimals(-(10**9), 10**9, places=9))
def test_money_finer_than_a_fen_is_rounded_half_away_from_zero(amount):
    found = read_value(amount, COLUMNS["total"])
    exact = Fraction(amount) * WAN
    want = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)

    assert found == want


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_a_day_is_the_same_day_as_date_as_instant_and_as_text(day):
    column = COLUMNS["start"]
    for cell in (day, datetime(day.year, day.month, day.day, 13), day.isoformat(), f"{day.year}年{day.month}月{day.day}日"):
        assert read_value(cell, column) == day.isoformat()
    assert shown(day.isoformat(), column) == day
    assert shown(day, column) == day


@pytest.mark.parametrize("column", list(COLUMNS))
@pytest.mark.parametrize("cell", [None, "", "  ", "　"])
def test_an_empty_cell_is_no_value_of_any_type(column, cell):
    assert read_value(cell, COLUMNS[column]) is None


@pytest.mark.parametrize("column", ["total", "share", "staff"])
@pytest.mark.parametrize("cell", [True, float("nan"), float("-inf"), "无", "—", "12万", "1e5x", date(2022, 1, 1), "=1+1"])
def test_what_is_no_number_is_never_taken_for_one(column, cell):
    assert isinstance(read_value(cell, COLUMNS[column]), Unreadable)


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("column", list(COLUMNS))
def test_no_value_is_an_empty_cell_and_a_dash(column, value):
    assert shown(value, COLUMNS[column]) is None
    assert printed(value, COLUMNS[column]) == "—"


def test_a_choice_is_read_by_title_id_and_english_and_kept_by_id():
    column = Column("s", "阶段", "Stage", "choice", choices=(Choice("a", "甲（一）", "First one"), Choice("b", "乙", "Second")))

    assert [read_value(cell, column) for cell in ("甲（一）", "甲(一)", "a", "First one", " 乙 ")] == ["a", "a", "a", "a", "b"]
    assert isinstance(read_value("丙", column), Unreadable)
    assert printed("a", column, english=True) == "First one"
    assert shown("gone", column) == "gone"


@pytest.mark.parametrize(("flag", "words"), [(True, ["是", "√", "有", True]), (False, ["否", "×", "没有", False])])
def test_a_flag_has_few_words_and_no_others(flag, words):
    assert all(read_value(one, COLUMNS["named"]) is flag for one in words)
    assert all(isinstance(read_value(one, COLUMNS["named"]), Unreadable) for one in ("Y", "1", "对", 1, 0))
    assert read_value(shown(flag, COLUMNS["named"]), COLUMNS["named"]) is flag


def test_the_head_of_a_column_without_a_unit_is_its_title():
    assert Column("x", "甲", "A", "count").head == "甲"
    assert Column("x", "甲", "A", "count", "户").head == "甲（户）"


# ---- the line and the list

LINE = Threshold(date(2011, 1, 1), 2000 * WAN, "x")
DAY = date(2022, 9, 30)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 4000 * WAN)), st.sets(st.sampled_from("abcdef")))
def test_candidates_are_those_the_life_cycle_calls_so(revenues, above):
    """Slow reference: each firm by itself through `stage`."""
    found = candidates(revenues, frozenset(above), LINE)
    on = {one: [Membership("above_scale", one, date(2020, 1, 1))] for one in above}

    assert {one.party for one in found} == {one for one, fen in revenues.items() if stage(on.get(one, []), DAY, fen, LINE) == "candidate"}
    assert [one.revenue for one in found] == sorted((one.revenue for one in found), reverse=True)
    assert all(one.reached == (one.revenue >= LINE.revenue) and one.missing == max(0, LINE.revenue - one.revenue) for one in found)


def test_four_fifths_are_reckoned_without_rounding():
    odd = Threshold(date(2011, 1, 1), 7, "x")

    assert Fraction(28, 5) == NEAR * 7
    assert stage([], DAY, 5, odd) == "outside"
    assert stage([], DAY, 6, odd) == "candidate"


def test_without_a_line_or_a_revenue_nobody_is_a_candidate():
    assert stage([], DAY, 10**12, None) == "outside"
    assert stage([Membership("above_scale", "a", date(2020, 1, 1), date(2021, 1, 1))], DAY, None, LINE) == "out"


@given(st.lists(st.tuples(st.integers(0, 900), st.none() | st.integers(0, 300)), max_size=5))
def test_a_fault_of_overlap_is_told_just_when_two_terms_share_a_day(spans):
    members = [
        Membership(
            "above_scale",
            "a",
            date(2020, 1, 1) + timedelta(days=first),
            None if length is None else date(2020, 1, 1) + timedelta(days=first + length),
        )
        for first, length in spans
    ]
    told = [one for one in faults(members) if "重叠" in one.found]
    shared = any(sum(one.valid_on(date(2020, 1, 1) + timedelta(days=n)) for one in members) > 1 for n in range(1300))

    assert bool(told) == shared


def test_the_steps_of_the_line_hold_from_their_days_on():
    catalogue = Catalogue({}, {}, (Threshold(date(2000, 1, 1), 1, "a"), LINE))

    assert catalogue.threshold(date(1999, 12, 31)) is None
    assert catalogue.threshold(date(2010, 12, 31)).revenue == 1
    assert catalogue.threshold(date(2011, 1, 1)) is LINE


# ---- names and parties


@given(st.text(max_size=20))
def test_a_searched_word_never_holds_what_folding_takes_away(name):
    assert not set(folded(name)) & set(" （）()·、\t\n")
    assert folded(name) == folded(f"  {name}  ")
    assert looks_like_initials(name) == (bool(folded(name)) and folded(name).isascii() and folded(name).isalnum())


@given(st.sampled_from(["有限公司", "集团有限公司", "股份有限公司", "公司", "厂", "（集团）有限公司", ""]))
def test_the_form_of_a_firm_says_nothing_about_which_it_is(form):
    assert stem("合成铝业" + form) == "合成铝业"


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_initials_of_two_names_side_by_side_are_those_of_both(first, second):
    import unicodedata

    if unicodedata.normalize("NFKC", first + second) == unicodedata.normalize("NFKC", first) + unicodedata.normalize("NFKC", second):
        assert initials(first + second) == (initials(first) + initials(second))[:100]


def test_first_and_last_days_are_included():
    party = Party("a", "site", "a", "", "", "", "", "", "", date(2022, 1, 1), date(2022, 1, 31))
    member = Membership("key", "a", date(2022, 1, 1), date(2022, 1, 31))

    for day, there in ((date(2021, 12, 31), False), (date(2022, 1, 1), True), (date(2022, 1, 31), True), (date(2022, 2, 1), False)):
        assert party.valid_on(day) is there
        assert member.valid_on(day) is there
        assert on_roster([member], "key", day) == ({"a"} if there else set())
        assert on_roster([member], "other", day) == set()


def test_every_field_of_a_party_is_described_with_a_level():
    import dataclasses

    assert {one.id for one in ITEMS} == {one.name for one in dataclasses.fields(Party)}
    assert all(1 <= one.level <= 4 for one in ITEMS)

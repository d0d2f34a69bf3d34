"""Coverage by part, sentence and measure: planned if anything is, executed if anything is, else narrative."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.packs.coverage import SIGNS, STATES, coverage, coverage_lines, joined, part_state
from yunxing.packs.plan import Part

IDS = ["indicator:a", "form:b", "planned:case:c", "planned:document:d"]


def part(*claims, narrative=None, clause="1/1"):
    return Part(clause=clause, zh="甲", en="a", themes=("facts",), executed_by=claims, narrative=narrative)


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (part("indicator:a"), "executed"),
        (part("indicator:a", "form:b"), "executed"),
        (part("indicator:a", "planned:case:c"), "planned"),
        (part("planned:case:c"), "planned"),
        (part(narrative="a purpose"), "narrative"),
    ],
)
def test_a_part_with_anything_planned_is_planned(one, state):
    assert part_state(one) == state


@given(st.lists(st.sampled_from(IDS), min_size=1, unique=True))
def test_what_is_built_and_what_is_planned_make_up_the_part(claims):
    one = part(*claims)

    assert len(one.built) + len(one.planned) == len(claims)
    assert set(one.built) | {f"planned:{name}" for name in one.planned} == set(claims)
    assert set(one.kinds) == {claim.removeprefix("planned:").split(":")[0] for claim in claims}


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_a_whole_follows_from_its_pieces(states):
    """Against the plain sentence: planned if any, else executed if any, else narrative."""
    counts = Counter(states)
    expected = "planned" if counts["planned"] else "executed" if counts["executed"] else "narrative"

    assert joined(states) == expected
    assert joined(reversed(states)) == expected
    assert joined([joined(states[:1]), *states[1:]]) == expected


def test_counts_by_the_slow_way(plan):
    """Second oracle: count the lines of measures.toml instead of the loaded values."""
    found = coverage(plan)
    text = (plan.folder / "measures.toml").read_text(encoding="utf-8")
    entries = text.split("[[measure.part]]")[1:]
    planned = sum("planned:" in entry.split("[[measure]]")[0] for entry in entries)
    narrative = sum("\nnarrative = " in entry for entry in entries)

    assert found.parts["planned"] == planned
    assert found.parts["narrative"] == narrative
    assert found.parts["executed"] == len(entries) - planned - narrative


def test_partly_counts_planned_parts_of_which_something_exists(plan):
    found = coverage(plan)
    by_hand = [p.clause for p in plan.parts.values() if p.planned and p.built]

    assert [clause for measure in found.measures for clause in measure.partly] == by_hand
    assert found.partly == len(by_hand)


def test_the_table_has_a_sign_for_every_sentence(plan):
    found = coverage(plan)
    rows = coverage_lines(found)[1:29]

    for row, measure in zip(rows, found.measures, strict=True):
        signs = "".join(SIGNS[state] for state in measure.sentences.values())
        assert f" {signs} " in row
        assert measure.title in row
        assert measure.title_en in row


def test_columns_stand_under_each_other_where_chinese_takes_two(plan):
    import unicodedata

    def width(text):
        return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)

    rows = coverage_lines(coverage(plan))[1:29]
    starts = {width(row[: min(row.index(sign) for sign in SIGNS.values() if sign in row[20:])]) for row in rows if "–" not in row[:40]}

    assert len(starts) == 1


def test_the_sums_are_told_in_both_languages(plan):
    lines = coverage_lines(coverage(plan))
    sums = [line for line in lines if "executed " in line and "planned " in line and "narrative " in line]

    assert len(sums) == 3
    assert all("已执行" in line and "计划中" in line and "叙述性" in line for line in sums)

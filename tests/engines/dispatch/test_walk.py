"""Whether an item may be moved: every reason at once, each with its clause; nothing passes that lacks a field, a paper, a right or a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.dispatch.small import SMALL
from yunxing.engines.dispatch.walk import field_values, obstacles, parse_field

FULL = {"kind": "甲", "area": 100, "done_area": 90}


def stands(name, stage="open", *, roles=("office",), fields=None, facts=None, reason="", evidence=True):
    facts = {"outstanding": 0} if facts is None else facts
    return obstacles(
        SMALL, stage, name, roles=roles, fields=FULL if fields is None else fields, facts=facts, reason=reason, evidence=evidence
    )


def wheres(found):
    return [one.where for one in found]


def test_a_step_with_everything_given_has_no_obstacle():
    assert stands("to_closed") == ()
    assert stands("to_open", "listed", roles=("county",)) == ()


def test_every_reason_is_told_at_once():
    """No role, no evidence, no field, and a number that does not hold: four reasons, not the first alone."""
    found = stands("to_closed", roles=("county",), fields={"kind": "甲", "area": 100}, facts={"outstanding": 2}, evidence=False)

    assert wheres(found) == ["by", "evidence", "done_area", "outstanding"]
    assert found[-1].zh == "尚有 2 项"
    assert found[-1].en == "2 are open"
    assert found[-1].clause == "17/2b"
    assert "办结单" in found[1].zh


def test_from_another_stage_only_what_is_possible_is_named():
    (only,) = stands("to_closed", "listed")

    assert only.where == "step"
    assert "上账" in only.zh
    assert "撤销" in only.zh


def test_an_ended_item_has_no_next_step():
    (only,) = stands("to_open", "closed")

    assert "没有下一步" in only.zh
    assert "nothing more" in only.en


def test_an_unknown_step_is_no_step():
    assert wheres(stands("fly")) == ["step"]


def test_the_command_may_take_every_step():
    assert stands("to_closed", roles=("room",)) == ()


def test_a_reason_of_blanks_is_none():
    assert wheres(stands("drop", reason="  ")) == ["reason"]
    assert stands("drop", reason="企业撤回") == ()


@pytest.mark.parametrize(("reason", "possible"), [("听证：12月5日举行", True), ("鉴定", True), ("领导出差", False), ("因听证", False)])
def test_only_a_listed_reason_pauses_a_clock(reason, possible):
    """A pause outside the law's list is refused and the list is told."""
    found = stands("pause", reason=reason)

    assert (found == ()) == possible
    if found:
        assert "听证、鉴定" in found[0].zh


@pytest.mark.parametrize(("done", "possible"), [(99, True), (100, True), (101, False)])
def test_a_guard_against_another_field_includes_equality(done, possible):
    found = stands("to_closed", fields={**FULL, "done_area": done})

    assert (found == ()) == possible


@pytest.mark.parametrize("facts", [{}, {"outstanding": None}])
def test_an_absent_number_does_not_hold(facts):
    """Absent is not zero: what is not known does not open a gate."""
    (only,) = stands("to_closed", facts=facts)

    assert only.where == "outstanding"
    assert "—" in only.zh


def test_a_guard_on_a_missing_field_is_not_told_twice():
    assert wheres(stands("to_closed", fields={"kind": "甲", "area": 5})) == ["done_area"]


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 3))
def test_the_gate_opens_exactly_when_both_comparisons_hold(done, area, outstanding):
    """Against the plain comparison of integers."""
    found = stands("to_closed", fields={"kind": "甲", "area": area, "done_area": done}, facts={"outstanding": outstanding})

    assert (found == ()) == (done <= area and outstanding == 0)


FIELD = {one.id: one for one in SMALL.fields}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("money", "1,234.56", 1_234_560_000),
        ("money", "0", 0),
        ("area", "１２３", 123),
        ("day", "2022-09-30", "2022-09-30"),
        ("fit", "1", True),
        ("fit", "0", False),
        ("kind", "甲", "甲"),
        ("words", " 一段话 ", "一段话"),
        ("area", "  ", None),
    ],
)
def test_what_is_typed_becomes_a_value(field, text, value):
    assert parse_field(FIELD[field], text) == value


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [("area", "1.5", "整数"), ("area", "-1", "整数"), ("area", "一堆", "一堆"), ("day", "2022-13-01", "日期"), ("day", "昨天", "日期"),
     ("fit", "是", "是或否"), ("kind", "丙", "甲、乙"), ("money", "1,2O3", "1,2O3")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_word_found(field, text, said):
    with pytest.raises(ValueError, match=said):
        parse_field(FIELD[field], text)


def test_unknown_fields_are_left_aside():
    assert field_values(SMALL, {"kind": "甲", "stranger": 1})["kind"] == "甲"
    assert "stranger" not in field_values(SMALL, {"stranger": 1})

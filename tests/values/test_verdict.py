"""Kleene's three values: the whole truth tables, and the laws that must hold for rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.verdict import Verdict

Y, N, U = Verdict.yes, Verdict.no, Verdict.needs_data
verdicts = st.sampled_from(Verdict)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [(Y, Y, Y, Y), (Y, N, N, Y), (Y, U, U, Y), (N, Y, N, Y), (N, N, N, N), (N, U, N, U), (U, Y, U, Y), (U, N, N, U), (U, U, U, U)],
)
def test_truth_tables(a, b, both, either):
    assert a & b is both
    assert a | b is either


def test_negation_keeps_the_unknown():
    assert (~Y, ~N, ~U) == (N, Y, U)


@given(verdicts, verdicts, verdicts)
def test_laws_of_kleene(a, b, c):
    assert a & b is b & a
    assert a & (b & c) is (a & b) & c
    assert ~(a & b) is ~a | ~b
    assert a & (b | c) is (a & b) | (a & c)
    assert ~~a is a


def test_of_known_and_unknown_facts():
    assert (Verdict.of(True), Verdict.of(False), Verdict.of(None)) == (Y, N, U)


def test_a_verdict_has_no_truth_of_its_own():
    with pytest.raises(TypeError):
        bool(Y)


def test_every_verdict_has_chinese_words():
    assert len({v.zh for v in Verdict}) == 3

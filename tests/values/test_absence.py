"""Absent is not zero, and a sum says what it rests on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.absence import SIGN, Absence, Covered, add, is_reported

reported = st.one_of(st.integers(-(10**9), 10**9), st.sampled_from(Absence))


def test_there_are_five_kinds_each_with_words_and_the_sign():
    assert {a.value for a in Absence} == {"not_due", "not_applicable", "not_reported", "suppressed", "undefined"}
    assert [a.zh for a in Absence] == ["未到期", "不适用", "未报", "保密", "无法计算"]
    assert [a.label() for a in Absence] == [a.label("zh") for a in Absence] == [a.zh for a in Absence]
    assert [a.label("en") for a in Absence] == ["not due", "not applicable", "not reported", "suppressed", "undefined"]
    assert all(a.en and a.sign == SIGN == "—" for a in Absence)


def test_zero_is_reported_and_absence_is_not():
    assert is_reported(0)
    assert not any(is_reported(a) for a in Absence)
    assert Absence.not_reported != 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3], Covered(6, 3, 3)),
        ([0], Covered(0, 1, 1)),
        ([5, Absence.not_reported], Covered(5, 1, 2)),
        ([5, Absence.not_applicable], Covered(5, 1, 1)),
        ([Absence.not_reported, Absence.not_reported], Covered(Absence.not_reported, 0, 2)),
        ([Absence.not_reported, Absence.not_due], Covered(Absence.undefined, 0, 2)),
        ([Absence.not_applicable], Covered(Absence.not_applicable, 0, 0)),
        ([], Covered(Absence.not_applicable, 0, 0)),
        ([Absence.suppressed, 0], Covered(0, 1, 2)),
    ],
)
def test_sums_say_what_they_rest_on(values, expected):
    assert add(values) == expected


def test_completeness_and_share():
    assert add([1, 2]).complete
    assert not add([1, Absence.not_reported]).complete
    assert not add([]).complete
    assert add([1, 2, 3, 4, Absence.not_reported]).share == pytest.approx(0.8)
    assert add([]).share == 0


@given(st.lists(reported))
def test_a_sum_is_never_silently_smaller(values):
    total = add(values)
    numbers = [v for v in values if isinstance(v, int)]
    assert total.covered == len(numbers)
    assert total.total == sum(v is not Absence.not_applicable for v in values)
    assert (total.value == sum(numbers)) if numbers else isinstance(total.value, Absence)
    assert total.complete == (0 < total.covered == total.total)


@given(st.lists(reported), st.randoms())
def test_the_order_of_members_does_not_matter(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert add(shuffled) == add(values)

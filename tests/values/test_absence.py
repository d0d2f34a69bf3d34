"""Absent is not zero."""

from yunxing.values.absence import SIGN, Absence


def test_there_are_five_kinds_each_with_words_and_the_sign():
    assert {a.value for a in Absence} == {"not_due", "not_applicable", "not_reported", "suppressed", "undefined"}
    assert [a.zh for a in Absence] == ["未到期", "不适用", "未报", "保密", "无法计算"]
    assert [a.label() for a in Absence] == [a.label("zh") for a in Absence] == [a.zh for a in Absence]
    assert [a.label("en") for a in Absence] == ["not due", "not applicable", "not reported", "suppressed", "undefined"]
    assert all(a.en and a.sign == SIGN == "—" for a in Absence)


def test_absence_is_no_number():
    assert all(a != 0 for a in Absence)

"""The tree of errors, the fault as a value, and "did you mean"."""

import dataclasses

import pytest

from yunxing.values.errors import BadInput, DoesNotHold, Fault, Refusal, ScopeError, YunxingError, nearest


def test_every_refusal_descends_from_one_root():
    for kind in (BadInput, DoesNotHold, ScopeError):
        assert issubclass(kind, Refusal)
    assert issubclass(Refusal, YunxingError)


def test_exit_codes_are_two_for_bad_input_and_one_for_the_rest():
    assert [k.exit_code for k in (BadInput, DoesNotHold, ScopeError)] == [2, 1, 1]


def test_refusal_keeps_its_sentence_and_its_faults():
    fault = Fault("a.toml", "line 2", "x", "y")
    refusal = BadInput("No.", [fault])
    assert (str(refusal), refusal.message, refusal.faults) == ("No.", "No.", (fault,))


def test_refusal_without_faults_has_none():
    assert Refusal("No.").faults == ()


def test_from_faults_says_each_fault_on_its_own_line():
    faults = [Fault("a", "1", "x", "y"), Fault("a", "2", "p", "q")]
    refusal = BadInput.from_faults(faults)
    assert refusal.message.splitlines() == [str(f) for f in faults]
    assert refusal.faults == tuple(faults)


def test_from_faults_of_nothing_is_a_bug():
    with pytest.raises(ValueError, match="at least one"):
        BadInput.from_faults([])


def test_fault_is_a_frozen_value_and_not_an_exception():
    fault = Fault("a", "b", "c", "d")
    assert not isinstance(fault, Exception)
    assert fault == Fault("a", "b", "c", "d")
    assert fault.severity == "block"
    with pytest.raises(dataclasses.FrozenInstanceError):
        fault.file = "z"


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("book.xlsx", "B7", "1,2O3", "a number"), "book.xlsx, B7: found 1,2O3, expected a number."),
        (Fault("book.xlsx", "", "", "a number"), "book.xlsx: found nothing, expected a number."),
        (Fault("", "", "x", "y"), "found x, expected y."),
        (Fault("f", "p", "x", "y", why="it is late."), "f, p: found x, expected y, because it is late."),
        (Fault("f", "p", "x", "y", why="w", fix="do z."), "f, p: found x, expected y, because w. To mend it: do z."),
    ],
)
def test_fault_reads_as_one_clear_sentence(fault, text):
    assert str(fault) == text


def test_nearest_finds_the_misspelt_key_and_nothing_far_away():
    assert nearest("isuers", ["issuers", "number"]) == "issuers"
    assert nearest("qqq", ["issuers", "number"]) is None
    assert nearest("x", []) is None

"""One cost, one support: a paper is the same paper however it is typed, and the claim that came first keeps it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.entitlements.costs import Cost, blocked, contract_key, invoice_key, paper_key, reused
from yunxing.values.errors import BadInput

DIGITAL = "22370000000012345678"


@pytest.mark.parametrize(
    "typed", [DIGITAL, " 2237 0000 0000 1234 5678 ", "２２３７００００００００１２３４５６７８", "2237-0000-0000-1234-5678"]
)
def test_a_digital_invoice_is_the_same_however_it_is_typed(typed: str) -> None:
    assert invoice_key(typed) == DIGITAL


@pytest.mark.parametrize(
    ("number", "code", "key"),
    [
        ("12345678", "037001900104", "037001900104/12345678"),
        ("12345678", "3700191130", "3700191130/12345678"),
        ("3700191130/12345678", "", "3700191130/12345678"),
        ("370019113012345678", "", "3700191130/12345678"),
    ],
)
def test_an_old_invoice_is_its_code_and_number(number: str, code: str, key: str) -> None:
    assert invoice_key(number, code) == key


@pytest.mark.parametrize(
    ("number", "code"),
    [("", ""), ("1234567", "037001900104"), ("12345678", ""), ("12345678", "03700"), (DIGITAL[:-1], ""), ("ABCD5678", "037001900104")],
)
def test_what_is_no_invoice_number_is_refused_in_words(number: str, code: str) -> None:
    with pytest.raises(BadInput, match="neither 20 digits"):
        invoice_key(number, code)


def test_a_contract_is_the_same_in_full_width_and_with_spaces() -> None:
    assert contract_key("滨借字(2022) 第 015 号") == contract_key("滨借字（２０２２）第015号")
    assert contract_key("abc-001") == contract_key("ABC001")
    with pytest.raises(BadInput, match="3 to 60"):
        contract_key("--")


def test_a_paper_of_another_kind_is_refused() -> None:
    assert paper_key("contract", "HT-001") == "HT001"
    with pytest.raises(BadInput, match="one of invoice, contract"):
        paper_key("receipt", "1")


def cost(claim: str, key: str = "K1", policy: str = "p1", paper: str = "invoice") -> Cost:
    return Cost(paper, key, claim, policy)  # type: ignore[arg-type]


def test_a_reused_invoice_is_caught_across_policies_and_the_first_keeps_it() -> None:
    found = reused([cost("a", policy="m02_loan_interest"), cost("b", policy="m02_smart_equipment"), cost("c", "K2")])
    assert [(one.key, one.first.claim, [two.claim for two in one.again]) for one in found] == [("K1", "a", ["b"])]
    assert blocked([cost("a"), cost("b")]) == {"b"}


def test_a_contract_and_an_invoice_of_one_number_are_two_papers() -> None:
    assert reused([cost("a"), cost("b", paper="contract")]) == []


def test_a_claim_may_name_its_own_invoice_twice() -> None:
    """A typing slip within one claim is no second support."""
    assert reused([cost("a"), cost("a")]) == []


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["K1", "K2", "K3"])), max_size=12))
def test_what_is_left_shares_no_paper(pairs: list[tuple[str, str]]) -> None:
    """Slow obvious check: among the claims that are not blocked, no paper stands behind two."""
    costs = [cost(claim, key) for claim, key in pairs]
    out = blocked(costs)
    behind: dict[str, set[str]] = {}
    for one in costs:
        if one.claim not in out:
            behind.setdefault(one.key, set()).add(one.claim)
    assert all(len(claims) == 1 for claims in behind.values())
    assert (not out) == all(len({one.claim for one in costs if one.key == key}) <= 1 for key in {one.key for one in costs})


@given(st.text(alphabet="0123456789 -", min_size=1, max_size=30))
def test_full_width_never_makes_another_paper(text: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in text)
    assert unicodedata.normalize("NFKC", wide) == text
    try:
        expected: str | None = invoice_key(text)
    except BadInput:
        expected = None
    if expected is None:
        with pytest.raises(BadInput):
            invoice_key(wide)
    else:
        assert invoice_key(wide) == expected

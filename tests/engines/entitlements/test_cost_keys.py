"""The key of a paper: whatever a person types for one and the same paper has one key, two papers never share one, and what is none is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunxing.engines.entitlements.costs import PAPERS, Cost, Reuse, blocked, contract_key, invoice_key, paper_key, reused
from yunxing.values.errors import BadInput

quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
DIGITAL = "22370000000012345678"  # year 22, then the region, the way it was issued, a running number
CODE, NUMBER = "037001900104", "12345678"
SPACES = ["", " ", "  ", "\t", "\u3000", "\u00a0", "-", "_", "—", "–", "－"]


def wide(text: str) -> str:
    """The same in full width, as an input method leaves it."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def slow_invoice_key(number: str, code: str) -> str | None:
    """The rule once more, sign by sign: the digits alone; twenty that begin with a year from 20 on are a digital invoice, else code and number."""

    def digits(text: str) -> str | None:
        kept = ""
        for sign in unicodedata.normalize("NFKC", text):
            if sign.isspace() or sign in "-_—–":
                continue
            if sign not in "0123456789/":
                return None
            kept += sign
        return kept

    whole, head = digits(number), digits(code)
    if whole is None or head is None:
        return None
    if head:
        return f"{head}/{whole}" if len(head) in (10, 12) and len(whole) == 8 and "/" not in head + whole else None
    if "/" in whole:
        left, _, right = whole.partition("/")
        return f"{left}/{right}" if len(left) in (10, 12) and len(right) == 8 and "/" not in right else None
    if len(whole) == 20 and whole[0] >= "2":
        return whole
    return f"{whole[:-8]}/{whole[-8:]}" if len(whole) in (18, 20) else None


@quick
@given(
    st.one_of(
        st.text("0123456789", min_size=18, max_size=21),
        st.tuples(st.text("0123456789", min_size=9, max_size=13), st.text("0123456789", min_size=7, max_size=9)).map("/".join),
        st.text("0123456789 -/２Ａa", max_size=24),
        st.text("0123456789", min_size=7, max_size=9),
    ),
    st.one_of(st.just(""), st.text("0123456789", min_size=9, max_size=13), st.text("0１ -/x", max_size=12)),
)
def test_the_key_is_that_of_the_slow_rule(number: str, code: str) -> None:
    """Every number and code: the same key, or refused by both."""
    expected = slow_invoice_key(number, code)
    if expected is None:
        with pytest.raises(BadInput, match="neither 20 digits"):
            invoice_key(number, code)
    else:
        assert invoice_key(number, code) == expected


@quick
@given(st.lists(st.sampled_from(SPACES), min_size=20, max_size=20), st.booleans())
def test_blanks_and_hyphens_between_any_digits_make_no_other_invoice(gaps: list[str], full: bool) -> None:
    typed = "".join(gap + sign for gap, sign in zip(gaps, DIGITAL, strict=True))
    assert invoice_key(wide(typed) if full else typed) == DIGITAL


@pytest.mark.parametrize("code", [CODE, "137001900104", "3700191130"])
def test_an_old_invoice_has_one_key_in_all_four_ways_of_typing_it(code: str) -> None:
    """In two boxes, with a stroke, in one, in full width. A code of twelve begins with 0 or 1, so that it is no digital invoice's year."""
    ways = {
        invoice_key(NUMBER, code), invoice_key(f"{code}/{NUMBER}"), invoice_key(code + NUMBER), invoice_key(wide(NUMBER), wide(code)),
        invoice_key(f" {code} - {NUMBER} "),
    }  # fmt: skip
    assert ways == {f"{code}/{NUMBER}"}


@pytest.mark.parametrize("first", ["2", "3", "9"])
def test_twenty_digits_of_a_year_are_a_digital_invoice(first: str) -> None:
    assert invoice_key(first + DIGITAL[1:]) == first + DIGITAL[1:]


@pytest.mark.parametrize(
    "typed",
    [
        "٢٢٣٧٠٠٠٠٠٠٠٠١٢٣٤٥٦٧٨",  # Arabic-Indic digits are digits to Unicode: they would be another key for the same paper
        "२२३७००००००००१२३४५६७८",
        "2237000000001234567" + "\u0e58",
        "22370000000012345678\u200b",  # a blank without width
        "2237000000001234567O",
        "²²³⁷⁰⁰⁰⁰⁰⁰⁰⁰¹²³⁴⁵⁶⁷⁸x",
        DIGITAL + "0",
        DIGITAL + "/",
        "/" + DIGITAL,
        "0370019001041/2345678",
        "037001900104//12345678",
        "号码22370000000012345678",
    ],
)
def test_what_looks_like_an_invoice_and_is_none_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="neither 20 digits") as caught:
        invoice_key(typed)
    assert f"“{typed}”" in str(caught.value), "the refusal says what was typed"


def test_raised_digits_are_the_digits_they_stand_for() -> None:
    """What NFKC folds is the same number."""
    assert invoice_key("²²³⁷⁰⁰⁰⁰⁰⁰⁰⁰¹²³⁴⁵⁶⁷⁸") == DIGITAL


def test_a_digital_invoice_with_a_code_is_refused_not_read_without_it() -> None:
    with pytest.raises(BadInput, match="neither 20 digits"):
        invoice_key(DIGITAL, CODE)


@pytest.mark.parametrize("form", ["()", "（）", "[]", "［］", "〔〕", "【】"])
@pytest.mark.parametrize("between", ["", " ", "-", "\u3000"])
def test_a_contract_is_the_same_in_every_form_of_brackets(form: str, between: str) -> None:
    left, right = form
    assert contract_key(f"某借字{left}2022{right}{between}第015号") == "某借字(2022)第015号"


@pytest.mark.parametrize(
    ("number", "count"),
    [("", 0), ("A1", 2), ("- -", 0), ("A" * 61, 61), ("HT*001", 6), ("合同'; DROP--", 8), ("HT/001", 6), ("<b>001</b>", 10)],
)
def test_what_is_no_contract_number_is_refused_with_its_length(number: str, count: int) -> None:
    with pytest.raises(BadInput, match=rf"found {count} signs, expected 3 to 60"):
        contract_key(number)


def test_contract_numbers_of_three_and_of_sixty_signs_are_taken() -> None:
    assert contract_key("a-1-2") == "A12"
    assert contract_key("a" * 60) == "A" * 60


@quick
@given(st.text("abcXYZ0129()（）〔〕[] -合同第号.", max_size=70))
def test_a_contract_key_is_its_own_key(text: str) -> None:
    """Read back from the register, a key gives itself."""
    try:
        key = contract_key(text)
    except BadInput:
        return
    assert contract_key(key) == key
    assert contract_key(wide(text)) == key
    assert contract_key(text.lower()) == key


@pytest.mark.parametrize("paper", ["", "Invoice", "receipt", "发票"])
def test_an_unknown_paper_is_refused_with_those_there_are(paper: str) -> None:
    with pytest.raises(BadInput, match=f"^paper: found '{paper}', expected one of invoice, contract$"):
        paper_key(paper, DIGITAL)


def test_each_kind_of_paper_is_read_by_its_own_rule() -> None:
    assert PAPERS == ("invoice", "contract")
    assert paper_key("invoice", NUMBER, CODE) == f"{CODE}/{NUMBER}"
    assert paper_key("contract", DIGITAL) == DIGITAL
    with pytest.raises(BadInput, match="发票号码"):
        paper_key("invoice", "HT-001")


def slow_blocked(costs: list[Cost]) -> set[str]:
    """Claim by claim in the order they came: who names a paper that another claim named before is blocked."""
    first: dict[tuple[str, str], str] = {}
    out = set()
    for cost in costs:
        owner = first.setdefault((cost.paper, cost.key), cost.claim)
        if owner != cost.claim:
            out.add(cost.claim)
    return out


costs_of = st.lists(
    st.builds(Cost, st.sampled_from(PAPERS), st.sampled_from(["K1", "K2", "K3"]), st.sampled_from("abcd"), st.sampled_from(["p", "q"])), max_size=10
)  # fmt: skip


@quick
@given(costs_of)
def test_blocked_is_what_the_slow_rule_blocks(costs: list[Cost]) -> None:
    assert blocked(costs) == slow_blocked(costs)


@quick
@given(costs_of)
def test_a_reuse_names_the_first_claim_and_each_later_one_once(costs: list[Cost]) -> None:
    for one in reused(costs):
        held = [cost for cost in costs if (cost.paper, cost.key) == (one.paper, one.key)]
        claims = list(dict.fromkeys(cost.claim for cost in held))
        assert one.first == held[0]
        assert [again.claim for again in one.again] == claims[1:]
        assert len(claims) > 1


def test_three_claims_on_two_papers_worked_by_hand() -> None:
    """K1: a, then b. K2: b, then c. So b and c are blocked, a is not; the papers stand in the order they were first met."""
    one, two = (lambda key, claim: Cost("invoice", key, claim, "p")), "K2"
    costs = [one("K1", "a"), one(two, "b"), one("K1", "b"), one(two, "c"), one("K3", "c")]
    assert reused(costs) == [Reuse("invoice", "K1", costs[0], (costs[2],)), Reuse("invoice", "K2", costs[1], (costs[3],))]
    assert blocked(costs) == {"b", "c"}
    assert blocked(reversed(costs)) == {"a", "b"}, "who comes first is who keeps it"
    assert reused([]) == []

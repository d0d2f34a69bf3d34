"""Addresses of clauses, quotes found whatever their typography, document numbers in one shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.citation import Clause, find_quote, normalise, parse_clause
from yunxing.values.errors import BadInput

clauses = st.builds(
    Clause, st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True), st.integers(0, 999), st.integers(0, 999), st.sampled_from(["", "a", "z"])
)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("156/18/3", Clause("156", 18, 3)),
        ("156/1/1c", Clause("156", 1, 1, "c")),
        ("156/18/0", Clause("156", 18, 0)),
        ("law-2003/12/4", Clause("law-2003", 12, 4)),
    ],
)
def test_addresses_read_and_write(text, clause):
    assert parse_clause(text) == clause
    assert str(clause) == text


@given(clauses)
def test_every_address_reads_back(clause):
    assert parse_clause(str(clause)) == clause


@pytest.mark.parametrize(
    "text",
    ["", "156", "156/18", "156/18/", "156/18/3/1", "156/x/3", "156/18/3C", "156/18/3cc", "/18/3", "156/18/-1", "1 56/18/3", "156/18/３"],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadInput):
        parse_clause(text)


def test_a_clause_with_impossible_parts_cannot_be_made():
    for parts in (("a/b", 1, 1), ("", 1, 1), ("156", -1, 1), ("156", 1, 1, "cc")):
        with pytest.raises(BadInput):
            Clause(*parts)


def test_clauses_are_in_the_order_of_the_document_not_of_their_text():
    texts = ["156/10/1", "156/2/10", "156/2/9b", "156/2/9a", "156/2/9"]
    assert [str(c) for c in sorted(map(parse_clause, texts))] == ["156/2/9", "156/2/9a", "156/2/9b", "156/2/10", "156/10/1"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("〔2022〕", "[2022]"), ("【重点】", "［重点］"), ("“一带一路”", "「一带一路」"), ("“一带一路”", '"一带一路"'), ("（含）", "(含)"), ("１００％", "100%"),
        ("1—2月", "1-2月"), ("1–2月", "1－2月"), ("万 吨\n", "万吨"), ("万\u3000吨", "万吨"), ("万\u200b吨", "万吨"), ("，", ","), ("㎡", "m2"), ("‘甲’", "'甲'"), ("１～３", "1~3"),
    ],
)  # fmt: skip
def test_variants_are_folded(a, b):
    assert normalise(a) == normalise(b)


@pytest.mark.parametrize(("a", "b"), [("7天", "17天"), ("以上", "以下"), ("万元", "亿元"), ("(", "["), ("、", ",")])
def test_what_differs_in_meaning_stays_different(a, b):
    assert normalise(a) != normalise(b)


@given(st.text())
def test_normalising_twice_changes_nothing_and_leaves_no_space(text):
    once = normalise(text)
    assert normalise(once) == once
    assert not any(c.isspace() for c in once)


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("7 天以上", "电厂存煤７天以上。", "７天以上"),
        ("“白名单”企业", "建立「白名单」 企业库", "「白名单」 企业"),
        ("418亿元", "完成投资 418 亿元", "418 亿元"),
        ("418亿元", "完成投资 41 亿元", None),
        ("甲", "", None),
        ("m2", "面积１㎡", "㎡"),
    ],
)
def test_a_quote_is_found_in_the_text_as_it_stands(quote, text, found):
    span = find_quote(quote, text)
    assert (None if span is None else text[slice(*span)]) == found


@given(st.text(min_size=1, max_size=20), st.text(max_size=10), st.text(max_size=10))
def test_a_quote_that_stands_in_a_text_is_found_there(quote, before, after):
    plain = normalise(quote)
    if plain and normalise(before + plain + after) == normalise(before) + plain + normalise(after):
        span = find_quote(quote, before + plain + after)
        assert span is not None
        assert plain in normalise((before + plain + after)[slice(*span)])


def test_an_empty_quote_is_refused():
    with pytest.raises(BadInput):
        find_quote(" ", "甲")

"""The pair tokeniser: a phrase stands in a text if and only if its tokens stand there in a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.search.fold import BREAK
from yunxing.engines.search.pairs import NONE, PAIR_BITS, as_number, of_phrase, tokens

words = st.text(alphabet="煤炭库存\n𠮷a", max_size=12)


def in_a_row(wanted, held):
    return any(held[i : i + len(wanted)] == wanted for i in range(len(held) - len(wanted) + 1))


def test_every_character_begins_one_token_and_the_last_of_a_paragraph_meets_the_break():
    assert tokens("煤炭\n库") == ["007164" + "0070ad", "0070ad" + NONE, "005e93" + NONE]
    assert tokens("") == tokens("\n\n") == []


@given(words, words.filter(lambda word: word and BREAK not in word))
def test_a_phrase_is_found_exactly_where_it_stands(text, phrase):
    held, wanted = tokens(text), of_phrase(phrase)
    if len(phrase) == 1:
        assert any(token.startswith(wanted[0]) for token in held) == (phrase in text)
    else:
        assert in_a_row(wanted, held) == (phrase in text)


@pytest.mark.parametrize("phrase", ["", "\n", "上\n下"])
def test_a_phrase_with_a_paragraph_end_stands_nowhere_and_is_refused(phrase):
    with pytest.raises(ValueError, match="paragraph end"):
        of_phrase(phrase)


@given(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != BREAK), st.characters(exclude_categories=["Cs"]))
def test_the_pairs_a_character_begins_are_one_range_of_numbers(first, second):
    (token, *_) = tokens(first + second)
    low = ord(first) << PAIR_BITS
    assert low <= as_number(token) < low + (1 << PAIR_BITS)

"""Folding: what counts as the same phrase, and the way back to the raw text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.search.fold import BREAK, fold, fold_with_map

ALIKE = [
    ("ＡＢＣ１２３", "abc123"),
    ("煤　炭 库\t存", "煤炭库存"),
    ("〔2022〕156号", "[2022] 156号"),
    ("（一）", "(一)"),
    ("“批而未供”", "「批而未供」"),
    ("‘一刀切’", '"一刀切"'),
    ("5%—20%", "5％-20％"),
    ("3～5年", "3~5年"),
    ("100㎡", "100m2"),
    ("等……", "等......"),
    ("Qilu·Loan", "QILU・loan"),
    ("e\u0301tude", "étude"),
    ("稳\u200b增\ufeff长", "稳增长"),
    ("﹁引﹂", "“引”"),
]
DIFFERENT = [("煤炭", "煤碳"), ("1.5", "15"), ("以上", "以下"), ("，", "。"), ("《办法》", "办法"), ("一", "-"), ("、", ",")]
texts = st.text(
    alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("煤炭（）“”　 \n\r㎡…ﬁẞ①ａ\u0301¸ｶﾞ")), max_size=60
)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_two_spellings_of_one_phrase_are_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_every_paragraph_end_is_one_break(end):
    assert fold(f"上{end}下") == f"上{BREAK}下"


@pytest.mark.parametrize(("text", "folded"), [("R¸", "r¸"), ("R ̧", "r"), ("ｶﾞ", "ガ"), ("ﾞ", ""), ("\u0327乙", "乙"), ("a￣", "a¯")])
def test_an_accent_without_its_letter_falls_on_no_other(text, folded):
    assert fold(text) == folded


@given(texts)
@settings(max_examples=2000)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_the_map_leads_every_folded_character_back_to_raw_ones_in_order(text):
    folded = fold_with_map(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    for letter, start, end in zip(folded.text, folded.starts, folded.ends, strict=True):
        assert 0 <= start < end <= len(text)
        assert letter in fold(text[start:end])
    assert list(folded.starts) == sorted(folded.starts)


@given(texts, texts)
def test_folding_a_whole_is_folding_its_paragraphs(one, other):
    assert fold(f"{one}\n{other}") == f"{fold(one)}\n{fold(other)}"


@given(texts)
def test_nothing_without_width_is_left(text):
    assert not [c for c in fold(text) if c != BREAK and (c.isspace() or unicodedata.category(c) in ("Cc", "Cf"))]

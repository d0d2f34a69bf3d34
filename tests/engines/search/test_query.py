"""What a person types is read as meant, and what cannot be read is refused by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.search.numbers import DocNumber, doc_number
from yunxing.engines.search.query import LONGEST, MOST_TERMS, Filters, Query, exact, parse
from yunxing.values.errors import BadInput


@pytest.mark.parametrize(
    ("typed", "terms", "without"),
    [
        ("煤炭", ("煤炭",), ()),
        ("煤炭 库存", ("煤炭", "库存"), ()),
        ("煤炭　库存", ("煤炭", "库存"), ()),
        ("“批而 未供” 土地", ("批而未供", "土地"), ()),
        ("「一刀切」", ("一刀切",), ()),
        ('"a b"c', ("ab", "c"), ()),
        ("煤炭 -电力", ("煤炭",), ("电力",)),
        ("煤炭 －电力 -限电", ("煤炭",), ("电力", "限电")),
        ("-5%", ("-5%",), ()),
        ("煤炭 煤炭", ("煤炭",), ()),
        ("煤炭 -", ("煤炭", "-"), ()),
        ("“没有收尾", ('"没有收尾',), ()),
        ("http://x", ("http://x",), ()),
    ],
)
def test_phrases(typed, terms, without):
    query = parse(typed)
    assert (query.terms, query.without) == (terms, without)


def test_fields_narrow():
    query = parse("责任单位:市财政局 有效于：2022-06-01 发文:“国务院 办公厅” 文号:〔2022〕156 类别:policy 地区:371600 煤炭")
    assert query.terms == ("煤炭",)
    assert query.filters == Filters(
        kind="policy",
        issuer="国务院 办公厅",
        number=DocNumber(None, 2022, 156),
        office="市财政局",
        place="371600",
        valid_on=date(2022, 6, 1),
    )


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "expected a word"),
        (" \u200b ", "expected a word"),
        ("有效于:昨天", "expected a day"),
        ("自:2022-13-01", "expected a day"),
        ("文号:办法", "expected a document number"),
        ("状态:旧", "expected one of not_yet"),
        ("发文:", "without a value"),
        ("x" * (LONGEST + 1), "at most"),
        (" ".join(f"词{i}" for i in range(MOST_TERMS + 1)), "at most"),
        ("“上\n下”", "paragraph end"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(typed, says):
    with pytest.raises(BadInput, match=says):
        parse(typed)


@pytest.mark.parametrize("phrase", ["煤炭 -电力", '他说"好"', "文号:2022", "-5%"])
def test_an_exact_phrase_holds_no_signs(phrase):
    assert exact(phrase).terms == (parse(f"「{phrase}」").terms[0],)
    assert exact(phrase, strict=True).strict == (phrase,)


@pytest.mark.parametrize("phrase", ["", " ", "\n", "上\n下"])
def test_an_exact_phrase_needs_one_visible_character_and_one_paragraph(phrase):
    with pytest.raises(BadInput):
        exact(phrase)


def test_a_search_inside_results_keeps_both_and_the_later_filter_wins():
    first = parse("煤炭 -电力 类别:policy 自:2020-01-01")
    both = parse("库存 类别:case").within(first)
    assert both == Query(("煤炭", "库存"), ("电力",), Filters(kind="case", since=date(2020, 1, 1)))


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(typed):
    try:
        query = parse(typed)
    except BadInput:
        return
    assert query.terms or query.filters.named()
    assert all(term and "\n" not in term for term in (*query.terms, *query.without))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("滨发改工业〔2022〕156号", DocNumber("滨发改工业", 2022, 156)),
        ("滨发改工业[2022] 0156 号", DocNumber("滨发改工业", 2022, 156)),
        ("国办发（2018）第128号", DocNumber("国办发", 2018, 128)),
        ("2022 156", DocNumber(None, 2022, 156)),
        ("〔2022〕", DocNumber(None, 2022, None)),
        ("公告2022年第17号", DocNumber("公告", 2022, 17)),
        ("办法", None),
        ("156号", None),
        ("", None),
    ],
)
def test_a_document_number_is_one_whatever_its_brackets(written, read):
    assert doc_number(written) == read

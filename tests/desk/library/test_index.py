"""The index of exact search on whatever database the desk runs on: all and only the texts that hold a phrase, against reading every text."""

from __future__ import annotations

import random
from datetime import date

import pytest
from django.db import connection

from yunxing.engines.search.entry import Clause, Effect, Entry
from yunxing.engines.search.fold import fold
from yunxing.engines.search.numbers import doc_number
from yunxing.engines.search.query import Query, exact, parse
from yunxing.engines.search.rank import bm25
from yunxing.engines.search.spans import holds
from yunxing.io.store import dialect, searchindex

pytestmark = pytest.mark.django_db
TODAY = date(2022, 9, 30)


def texts(count, seed=7, letters="煤炭电力库存不低于七天（一）“ ”\n\n　aA１㎡、。"):
    chance = random.Random(seed)
    return ["".join(chance.choices(letters, k=chance.randint(0, 120))) for _ in range(count)]


def put(bodies, **more):
    entries = [Entry("policy", f"d{i}", f"文{i}", body, **more) for i, body in enumerate(bodies)]
    searchindex.put(connection, entries)
    return {f"d{i}": entry.whole() for i, entry in enumerate(entries)}


def keys(query, **more):
    found = searchindex.ids(connection, query, today=TODAY, **more)
    return {stored.entry.key for stored in searchindex.fetch(connection, found)}


def test_all_and_only_the_texts_that_hold_the_phrase():
    """Random phrases of one to twenty characters, taken from the texts and invented, against reading every text."""
    held = put(texts(60))
    chance = random.Random(3)
    tried = 0
    for _ in range(400):
        body = chance.choice(list(held.values()))
        at, length = chance.randrange(len(body)), chance.randint(1, 20)
        phrase = body[at : at + length] if chance.random() < 0.8 else "".join(chance.choices("煤炭电力库", k=length))
        folded = fold(phrase)
        if not folded or "\n" in folded:
            continue
        tried += 1
        assert keys(Query((folded,))) == {key for key, text in held.items() if folded in fold(text)}, phrase
    assert tried > 200


@pytest.mark.parametrize("typed", ["煤炭 电力", "煤炭 -电力", "煤 -炭", "煤 电 -库存", "库存 不低于 -（一）"])
@pytest.mark.parametrize("near", ["document", "paragraph", "sentence"])
def test_several_phrases_and_what_must_not_stand_there(typed, near):
    held = put(texts(80))
    query = parse(typed, near=near)
    assert keys(query) == {key for key, text in held.items() if holds(query, fold(text), text)}


def test_writing_again_changes_nothing_and_writing_anew_forgets_the_old():
    entry = Entry("policy", "a", "甲", "煤炭库存")
    assert searchindex.put(connection, [entry]) == 1
    assert searchindex.put(connection, [entry]) == 0
    assert searchindex.put(connection, [Entry("policy", "a", "甲", "电力供应")]) == 1
    assert keys(exact("煤炭")) == keys(exact("煤")) == set()
    assert keys(exact("电力")) == keys(exact("应")) == {"a"}
    assert searchindex.drop(connection, "policy", ["a", "never"]) == 1
    assert keys(exact("电力")) == set()
    assert searchindex.keys(connection, "policy") == {}


def test_made_anew_it_answers_the_same():
    put(texts(20))
    before = {phrase: keys(exact(phrase)) for phrase in ("煤", "煤炭", "库存不")}
    assert searchindex.rebuild(connection) == 20
    assert {phrase: keys(exact(phrase)) for phrase in before} == before


def test_an_entry_comes_back_as_it_was_written():
    entry = Entry(
        "policy", "156", "行动方案", "行动方案\n一、煤炭", "滨发〔2022〕156号", doc_number("滨发〔2022〕156号"), ("甲委", "乙局"), ("财政局",),
        "371600", date(2022, 5, 27), Effect(date(2022, 6, 1), date(2023, 12, 31), None, date(2023, 1, 1)), (Clause(5, 9, "156/1", "煤炭"),),
    )  # fmt: skip
    searchindex.put(connection, [entry])
    (stored,) = searchindex.fetch(connection, searchindex.ids(connection, exact("煤炭"), today=TODAY))
    assert stored.entry == entry


def test_one_that_says_little_comes_back_too():
    searchindex.put(connection, [Entry("case", "c", "停电", "")])
    (stored,) = searchindex.fetch(connection, searchindex.ids(connection, exact("停电"), today=TODAY))
    assert (stored.entry.number, stored.entry.place, stored.entry.issuers, stored.entry.day) == ("", "", (), None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("煤炭 发文:工信局", {"city"}),
        ("发文:发展改革", {"city", "old"}),
        ("责任单位:财政局", {"province"}),
        ("地区:371600", {"city", "county"}),
        ("地区:370000", {"city", "county", "province", "old"}),
        ("文号:〔2022〕156", {"city"}),
        ("文号:2022", {"city", "province"}),
        ("文号:滨发改工业[2022]0156号", {"city"}),
        ("自:2022-05-27 至:2022-06-30", {"city", "province"}),
        ("自:2022-05-28", {"province", "county"}),
        ("有效于:2021-12-31", {"old", "city", "county"}),
        ("有效于:2022-01-01", {"city", "county"}),
        ("有效于:2022-07-01", {"city", "county", "province"}),
        ("状态:ended", {"old"}),
        ("状态:unstated", {"city", "county"}),
        ("状态:in_force", {"province"}),
        ("类别:case", set()),
        ("发文:100%", set()),
    ],
)
def test_filters_narrow(typed, expected):
    def doc(key, number="", **more):
        return Entry("policy", key, key, "煤炭", number, doc_number(number), **more)

    searchindex.put(connection, [
        doc("city", "滨发改工业〔2022〕156号", issuers=("市发展改革委", "市工信局"), place="371600", day=date(2022, 5, 27)),
        doc("county", place="371625", day=date(2022, 7, 1)),
        doc("province", "鲁政发〔2022〕4号", offices=("省财政局",), place="370000", day=date(2022, 6, 30), effect=Effect(date(2022, 7, 1), date(2023, 6, 30))),
        doc("old", "鲁发改〔2019〕9号", issuers=("省发展改革委",), place="370000", day=date(2019, 1, 1), effect=Effect(date(2019, 1, 1), date(2021, 12, 31))),
    ])  # fmt: skip
    assert keys(parse(typed)) == expected


def test_what_has_ended_is_hidden_only_when_asked():
    put(["煤炭"], effect=Effect(until=date(2022, 9, 29)))
    assert keys(exact("煤炭")) == {"d0"}
    assert keys(exact("煤炭"), ended=False) == set()
    assert keys(parse("煤炭 状态:ended"), ended=False) == {"d0"}
    assert keys(parse("煤炭 有效于:2022-09-29"), ended=False) == {"d0"}


def test_nothing_asked_is_refused():
    with pytest.raises(ValueError, match="phrase or filter"):
        searchindex.ids(connection, Query(), today=TODAY)


def test_hostile_words_are_only_words():
    """Signs of the index's own language, of LIKE and of SQL."""
    bodies = ['he said "煤" AND NOT 炭*', "100%_\\", "'); drop table library_entry; --", "NEAR(煤 炭)"]
    held = put(bodies)
    for phrase in ['"煤"', "AND NOT", "炭*", "%_\\", "'); drop", "NEAR(", "%", "_", "\\", "*"]:
        assert keys(exact(phrase)) == {key for key, text in held.items() if fold(phrase) in fold(text)}, phrase


def test_best_first_and_the_same_order_on_every_database():
    """The index's own score on SQLite and the formula elsewhere are one."""
    held = put(["煤炭" * 5 + "电力", "煤炭" + "电力" * 30, "电力", "库存煤炭", "供应", "天然气"])
    found = [one.key for one in searchindex.ranked(connection, parse("煤炭"), today=TODAY)]
    folded = {key: fold(text) for key, text in held.items()}
    average = sum(map(len, (text.replace("\n", "") for text in folded.values()))) / len(folded)
    score = {key: bm25(text, ["煤炭"], [3], len(folded), average) for key, text in folded.items() if "煤炭" in text}
    assert found == sorted(score, key=lambda key: -score[key])
    assert searchindex.ranked(connection, parse("没有这个"), today=TODAY) == []


def test_keywords_find_what_shares_the_telling_words():
    put(["煤炭库存不足时的调运办法", "电力供应", "煤炭开采", "无关"])
    found = [one.key for one in searchindex.keywords(connection, "煤炭库存怎么办", today=TODAY)]
    assert found[0] == "d0"
    assert set(found) == {"d0", "d2"}
    assert searchindex.keywords(connection, "煤", today=TODAY) == []


def test_all_or_nothing(monkeypatch):
    """A fault in the middle leaves neither entry nor pairs."""
    written = []
    inner = searchindex._write_pairs

    def faulty(*given):
        written.append(given)
        if len(written) == 2:
            raise OSError("no space")
        inner(*given)

    monkeypatch.setattr(searchindex, "_write_pairs", faulty)
    with pytest.raises(OSError, match="no space"), dialect.transaction(connection):
        put(["煤炭", "电力"])
    assert searchindex.keys(connection, "policy") == {}
    assert keys(exact("煤炭")) == set()

"""The types of the plan: what a value, a clause, an id may be, and what is refused at the door."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from yunxing.packs.documents import Promised, RegistryItem, Roster
from yunxing.packs.plan import Commitment, InForce, Measure, NotCommitment, Office, Part, bare, clause_key, short
from yunxing.packs.profile import ProfileColumn
from yunxing.values.errors import BadInput
from yunxing.values.quantity import Comparator


def commitment(**change):
    fields = {
        "id": "a", "clause": "1/1", "kind": "cap", "title": "甲", "title_en": "a", "verb": "最高", "comparator": "le", "value": "10 万元",
        "shown_by": "planned:policy:a", "quote": "最高10万元",
    }  # fmt: skip
    return Commitment(**fields | change)


@pytest.mark.parametrize(
    ("value", "numbers", "amount", "unit"),
    [
        ("418 亿元", {418}, 418, "亿元"),
        ("5.04 万元/辆", {Fraction(504, 100)}, Fraction(504, 100), "万元/辆"),
        ("0.5%", {Fraction(1, 2)}, Fraction(1, 2), "%"),
        ("35%", {35}, 35, "%"),
        ("5:5", {5}, 5, ""),
        ("3-5 年", {3, 5}, None, "年"),
        ("2022-2025 年", {2022, 2025}, None, "年"),
        ("30 个工作日", {30}, 30, "个工作日"),
        ("1 次/月", {1}, 1, "次/月"),
        ("若干", set(), None, "若干"),
    ],
)
def test_a_value_is_a_number_and_its_unit_as_printed(value, numbers, amount, unit):
    one = commitment(value=value)

    assert (set(one.numbers), one.amount, one.unit) == (numbers, amount, unit)


@given(st.integers(0, 10**7), st.integers(0, 99), st.sampled_from(["亿元", "万元", "万吨", "家", "天", "万元/辆", "种"]))
def test_the_multiplier_of_a_unit_is_never_a_number(whole, cents, unit):
    """亿元 and 万吨 hold a numeral that belongs to the unit."""
    one = commitment(value=f"{whole}.{cents:02d} {unit}")

    assert one.amount == Fraction(whole * 100 + cents, 100)
    assert one.unit == unit


@pytest.mark.parametrize("name", [one.value for one in Comparator])
def test_comparators_are_those_of_the_values_storey(name):
    assert commitment(comparator=name).comparison is Comparator(name)


@pytest.mark.parametrize(
    "change",
    [
        {"clause": "1"}, {"clause": "1/1A"}, {"clause": "156/1/1"}, {"clause": ""}, {"kind": "promise"}, {"comparator": "<="}, {"comparator": "至多"},
        {"shown_by": "indicators:a"}, {"shown_by": "indicator:A"}, {"shown_by": "plan:indicator:a"}, {"shown_by": "indicator:"}, {"id": "Ab"}, {"id": "1a"},
        {"quote": ""}, {"value": 10}, {"value": ""}, {"due": "next year"}, {"due": 2022}, {"unit": "万元"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_commitment_is_refused(change):
    with pytest.raises(ValidationError):
        commitment(**change)


@pytest.mark.parametrize(
    ("kind", "light"), [("target", True), ("floor", True), ("cap", False), ("rate", False), ("threshold", False), ("count", False)]
)
def test_only_a_promise_of_a_figure_carries_a_light(kind, light):
    assert commitment(kind=kind).is_promise is light


@pytest.mark.parametrize(
    ("shown_by", "indicator"), [("indicator:a", "a"), ("planned:indicator:a", None), ("policy:a", None), ("list:a", None)]
)
def test_a_figure_is_shown_today_only_by_an_indicator_that_exists(shown_by, indicator):
    assert commitment(shown_by=shown_by).indicator == indicator


@given(st.integers(1, 999), st.integers(0, 99), st.sampled_from(["", "a", "b", "e"]))
def test_a_clause_is_written_as_it_is_read(measure, sentence, letter):
    text = f"{measure}/{sentence}{letter}"
    key = clause_key(text)

    assert (key.measure, key.sentence, key.part) == (measure, sentence, letter)
    assert short(key) == text


@pytest.mark.parametrize("text", ["18", "18/", "18/3/1/2", "a/b", "18/3A", ""])
def test_what_is_no_clause_is_refused(text):
    with pytest.raises(BadInput):
        clause_key(text)


def test_clauses_sort_as_the_plan_runs():
    texts = ["2/1", "10/1", "2/10", "2/2b", "2/2a", "2/0"]

    assert [short(key) for key in sorted(map(clause_key, texts))] == ["2/0", "2/1", "2/2a", "2/2b", "2/10", "10/1"]


def measure(words, offices, /, **change):
    fields = {
        "number": 1, "section": "一", "title": "甲", "title_en": "a", "heading": "甲", "offices": offices, "words": words, "lead_basis": "none",
        "part": (Part(clause="1/1", zh="甲", en="a", themes=("facts",), executed_by=("planned:case:a",)),),
    }  # fmt: skip
    return Measure(**fields | change)


@pytest.mark.parametrize(("words", "role"), [("joint", "shared"), ("sole", "responsible"), ("bare", "responsible"), ("lead", "lead")])
def test_the_words_of_a_bracket_give_each_body_its_role(words, role):
    assert measure(words, ("IIT", "FIN")).responsible == (("IIT", role), ("FIN", role))


@pytest.mark.parametrize(
    "change", [{"lead_basis": "position"}, {"words": "shared"}, {"offices": "IIT"}, {"part": ()}, {"lead": 1}], ids=str
)
def test_a_measure_of_another_shape_is_refused_or_left_to_the_check(change):
    if change == {"part": ()}:
        assert measure("sole", ("IIT",), **change).parts == ()
        return
    with pytest.raises(ValidationError):
        measure("sole", ("IIT",), **change)


def test_themes_are_a_closed_list():
    with pytest.raises(ValidationError):
        Part(clause="1/1", zh="甲", en="a", themes=("fact",), executed_by=())


def test_an_office_is_met_under_all_its_names():
    office = Office(
        id="IIT", name="示例市工业和信息化局", short="市工业和信息化局", names=("市工信局",), name_en="IIT", kind="city", signatory=True
    )

    assert office.all_names == ("示例市工业和信息化局", "市工业和信息化局", "市工信局")


def test_no_end_of_force_is_kept_as_none_not_as_a_far_day():
    assert InForce(**{"from": dt.date(2022, 5, 27)}).to is None


@pytest.mark.parametrize("clause", ["1/1a", "1", "middle"])
def test_an_explained_number_stands_in_a_sentence_or_before_or_after(clause):
    with pytest.raises(ValidationError):
        NotCommitment(clause=clause, quote="一", reason="a word")
    assert NotCommitment(clause="head", quote="一", reason="a word").clause == "head"


def test_bare_takes_the_word_planned_away_once():
    assert bare("planned:indicator:a") == "indicator:a"
    assert bare("indicator:a") == "indicator:a"
    assert bare("planned:planned:a") == "planned:a"


# ---- level, origin, personal, retention: an item without them is refused ----

ROSTER = {
    "id": "a", "title": "甲", "title_en": "a", "owner": "IIT", "party": "enterprise", "level": 2, "origin": "dispatch", "personal": False, "retain": "5 年",
}  # fmt: skip
ITEM = {
    "id": "a", "party": "all", "title": "甲", "title_en": "a", "level": 1, "origin": "public", "personal": False, "retain": "5 年", "source": "collect",
}  # fmt: skip
COLUMN = {"name": "a", "party": "any", "title": "甲", "title_en": "a", "source": "round:as_of", "as_of": "application", "level": 1}
PAPER = {"id": "a", "title": "甲", "title_en": "a", "clause": "1/1", "owner": "IIT", "cycle": "month", "status": "recurring"}


@pytest.mark.parametrize(("schema", "fields"), [(Roster, ROSTER), (RegistryItem, ITEM), (ProfileColumn, COLUMN), (Promised, PAPER)])
def test_every_field_that_tells_how_a_thing_is_handled_is_required(schema, fields):
    schema(**fields)
    for name in fields:
        with pytest.raises(ValidationError):
            schema(**{key: value for key, value in fields.items() if key != name})


@pytest.mark.parametrize(
    ("schema", "fields", "change"),
    [
        (Roster, ROSTER, {"level": 0}),
        (Roster, ROSTER, {"level": 5}),
        (Roster, ROSTER, {"personal": "no"}),
        (Roster, ROSTER, {"origin": "guess"}),
        (RegistryItem, ITEM, {"source": "shared"}),
        (RegistryItem, ITEM, {"source": "ask"}),
        (RegistryItem, ITEM, {"level": "1"}),
        (ProfileColumn, COLUMN, {"source": "fact:form"}),
        (ProfileColumn, COLUMN, {"as_of": "today"}),
        (Promised, PAPER, {"cycle": "weekly"}),
        (Promised, PAPER, {"due_day": 31}),
        (Promised, PAPER, {"status": "late"}),
    ],
    ids=str,
)
def test_what_is_none_of_the_known_answers_is_refused(schema, fields, change):
    with pytest.raises(ValidationError):
        schema(**fields | change)

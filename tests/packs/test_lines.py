"""A fault names the line of what is wrong: every key and table of a file is found at its line, whatever the form it is written in."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.packs.bulletin import load_bulletin
from yunxing.packs.demonstration import load_demonstration
from yunxing.packs.lines import Lines
from yunxing.packs.numbers import chinese_numeral, numbers_in, values_of
from yunxing.packs.strict import PackFault

TEXT = """title = "甲"
# a remark = 1
[head]
name = "乙"
inline = { one = 1, two = 2 }

[[item]]
id = "a"
words = [
  "x = 1",
  "y",
]
after = 3
[[item.part]]
zh = "子"
[[item.part]]
zh = "丑"
[[item]]
id = "b"
long = \"\"\"
id = "no key"
\"\"\"
"quoted key" = 1
a.b = 2
[item.own]
end = 1
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("title",), 1),
        (("head",), 3),
        (("head", "name"), 4),
        (("head", "inline", "two"), 5),
        (("item", 0), 7),
        (("item", 0, "id"), 8),
        (("item", 0, "words"), 9),
        (("item", 0, "after"), 13),
        (("item", 0, "part", 0, "zh"), 15),
        (("item", 0, "part", 1, "zh"), 17),
        (("item", 1), 18),
        (("item", 1, "id"), 19),
        (("item", 1, "quoted key"), 23),
        (("item", 1, "a", "b"), 24),
        (("item", 1, "own", "end"), 26),
    ],
)
def test_each_key_and_table_stands_at_its_line(place, line):
    tomllib.loads(TEXT)  # the text is a file that the reader accepts

    assert Lines.of(TEXT).of_place(place) == line


@pytest.mark.parametrize(
    ("place", "line"), [(("head", "absent"), 3), (("item", 1, "absent", 4), 18), (("nothing",), 1), (("item", 0, "words", 1), 9)]
)
def test_what_is_not_there_is_told_at_the_nearest_table_around_it(place, line):
    assert Lines.of(TEXT).of_place(place) == line


@given(st.lists(st.lists(st.sampled_from("abcdef"), unique=True, max_size=5), max_size=6))
def test_every_key_of_a_list_of_tables_is_found_where_it_was_written(tables):
    text, written = "", {}
    for n, keys in enumerate(tables):
        text += "[[row]]\n"
        for key in keys:
            text += f"{key} = 1\n"
            written["row", n, key] = text.count("\n")
    lines = Lines.of(text)

    assert {place: lines.of_place(place) for place in written} == written
    assert [set(row) for row in tomllib.loads(text).get("row", [])] == [set(keys) for keys in tables]


# --- numbers of a text ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一万零十", 10_010),
        ("一百零五", 105),
        ("一百一十", 110),
        ("一千零一十", 1010),
        ("十", 10),
        ("百", 100),
        ("万", 10_000),
        ("两千万", 20_000_000),
        ("三亿五千万", 350_000_000),
        ("一万亿", 10**12),
        ("三四", None),
        ("一一", None),
        ("零", 0),
    ],
)
def test_a_numeral_in_characters(text, value):
    assert chinese_numeral(text) == value


def test_a_multiplier_after_digits_is_part_of_the_unit_and_places_are_those_of_the_text():
    text = "至少3家、2000万元和３.５%，百户"

    assert [(n.text, text[n.start : n.end] == n.text) for n in numbers_in(text)] == [
        ("3", True),
        ("2000", True),
        ("３.５", True),
        ("百", True),
    ]
    assert values_of("3-5 年") == {3, 5}


# --- sentence libraries ---

HEAD = """[head]
mark = "某"
number = "某〔2022〕1号"
title = "月通报"
issuer = "某局"
printer = "某室"
issue_day = 15
recipients = ["某局"]
"""
PROSE = '[[section]]\nid = "a"\ntitle = "一"\n[[section.part]]\nkind = "prose"\nsentences = [[{ text = "平稳运行。" }]]\n'


def library(tmp_path, text):
    path = tmp_path / "monthly.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(tmp_path, text):
    with pytest.raises(PackFault) as fault:
        load_bulletin(library(tmp_path, text))
    return fault.value.faults


def test_a_small_library_is_read(tmp_path):
    plan = load_bulletin(library(tmp_path, HEAD + PROSE))

    assert (plan.kind, plan.every, plan.issue_day, [s.id for s in plan.sections]) == ("monthly", "month", 15, ["a"])


def part(words: str) -> str:
    return HEAD + f'[[section]]\nid = "a"\ntitle = "一"\n[[section.part]]\n{words}\n'


COLUMN = 'columns = [{ title = "值", indicator = "x", stat = "value", form = "no_such_form" }]'


@pytest.mark.parametrize(
    ("text", "place", "found", "expected"),
    [
        (part('kind = "ranking"'), "section a, part 1", "no column", "at least one column"),
        (part('kind = "trend"\nid = "t"'), "section a, part 1", "no column or no id", "an id and at least one column"),
        (
            part('kind = "contributions"\nid = "t"'),
            "section a, part 1",
            "no indicator or no id",
            "an id and the indicator whose contributions are told",
        ),
        (
            part('kind = "contributions"\nindicator = "x"'),
            "section a, part 1",
            "no indicator or no id",
            "an id and the indicator whose contributions are told",
        ),
        (part(f'kind = "ranking"\n{COLUMN}'), "section a, part 1", "the form 'no_such_form'", "one of "),
        (HEAD + 'disclosure = "withheld"\n' + PROSE, "head.disclosure", "withheld", "withheld with a reason"),
        (HEAD + 'number_form = "某字第{n}"\n' + PROSE, "head.number_form", "'某字第{n}'", "a form such as"),
        (HEAD + 'nmae = "报"\n' + PROSE, "line 9, head › nmae", "unknown key 'nmae'", "one of: "),
        (HEAD.replace("issue_day = 15\n", "") + PROSE, "line 1, head › issue_day", "nothing", "Field required"),
        (HEAD.replace("15", '"15"') + PROSE, "line 7, head › issue_day", "'15'", "Input should be a valid integer"),
        (HEAD + 'every = "week"\n' + PROSE, "line 9, head › every", "'week'", "Input should be 'month', 'quarter' or 'need'"),
    ],
)
def test_a_fault_of_a_library_names_its_place_what_was_found_and_expected(tmp_path, text, place, found, expected):
    (fault,) = refused(tmp_path, text)

    assert fault.file == str(tmp_path / "monthly.toml")
    assert (fault.place, fault.found) == (place, found)
    assert fault.expected.startswith(expected)


def test_all_faults_of_a_library_are_told_at_once(tmp_path):
    text = HEAD + 'disclosure = "withheld"\n' + PROSE + '[[section.part]]\nkind = "ranking"\n[[section.part]]\nkind = "trend"\n'

    assert [f.place for f in refused(tmp_path, text)] == ["section a, part 2", "section a, part 3", "head.disclosure"]


@pytest.mark.parametrize(
    ("bound", "good"), [("2.0 点", True), ("95%", True), ("7", True), ("1/2", True), ("七", False), ("", False), ("1/0x", False)]
)
def test_a_bound_of_a_verdict_is_a_number_or_is_refused(tmp_path, bound, good):
    rule = (
        f'kind = "verdicts"\nrules = [{{ text = "好", item = "甲", indicator = "x", stat = "value", form = "auto", at_least = "{bound}" }}]'
    )
    try:
        load_bulletin(library(tmp_path, part(rule)))
        told = []
    except PackFault as fault:
        told = [f.place for f in fault.faults if "at_least" in f.place]

    assert told == ([] if good else ["section a, part 1, at_least"])


# --- words of the demonstration ---


def test_a_pack_without_demonstration_words_has_none_and_a_sample_stands_once(tmp_path):
    assert load_demonstration(tmp_path) == {}
    (tmp_path / "demonstration.toml").write_text('[[sample]]\nof = "a"\n[[sample]]\nof = "a"\n', encoding="utf-8")
    with pytest.raises(PackFault) as fault:
        load_demonstration(tmp_path)

    assert [(f.place, f.found, f.expected) for f in fault.value.faults] == [("sample of a", "the sample a second time", "each once")]

"""The official text is verified by its hash and cut into clauses without altering it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pack_cast import TEMPLATE, change
from yunxing.packs.attach import attach, read_bracket, split
from yunxing.packs.pack import load_pack
from yunxing.packs.plan import clause_key
from yunxing.values.errors import BadInput, DoesNotHold


@pytest.fixture(scope="module")
def pack():
    return load_pack(TEMPLATE)


@pytest.fixture(scope="module")
def raw():
    return (TEMPLATE / "official.txt").read_bytes()


def test_clauses_are_spans_of_the_text_as_it_is(pack, raw):
    cut = attach(pack, raw, "official.txt")

    assert cut.text.encode() == raw
    assert cut.sentence(clause_key("1/0")) == "加快30个重点项目建设。"
    assert cut.sentence(clause_key("1/1b")) == "逐月调度,力争全年完成投资12亿元。"
    assert cut.sentence(clause_key("2/2")) == "鼓励企业节约用能。"
    assert cut.sentence(clause_key("2/3")) is None
    assert cut.sentence(clause_key("9/1")) is None
    assert cut.sentence("head").startswith("示例市")
    assert cut.sentence("tail").strip().endswith("2030年3月1日")
    assert [measure.section for measure in cut.measures] == ["一", "二"]


def test_a_text_with_another_hash_is_refused_with_both_hashes_and_advice(pack, raw):
    with pytest.raises(BadInput) as refused:
        attach(pack, raw.replace("12亿元".encode(), "21亿元".encode()), "copy.txt")
    message = str(refused.value)

    assert pack.document.official_text.sha256 in message
    assert "copy.txt: its sha256 is" in message
    assert "unchanged" in message
    assert "pack.toml, line" in message


@pytest.mark.parametrize("change_to", [b"\r\n", b" \n"])
def test_other_line_ends_or_spaces_are_another_text(pack, raw, change_to):
    with pytest.raises(BadInput):
        attach(pack, raw.replace(b"\n", change_to), "copy.txt")


def test_counts_of_the_pack_are_held_against_the_text(template, raw):
    change(template, "pack.toml", "sentences = 3", "sentences = 4")
    with pytest.raises(DoesNotHold) as refused:
        attach(load_pack(template), raw, "official.txt")

    (fault,) = refused.value.faults
    assert (fault.found, fault.expected) == ("4", "3, as counted in the text")
    assert "official_text › sentences" in fault.place


@pytest.mark.parametrize(
    ("bracket", "names", "words"),
    [
        ("(市甲局、市乙局按职责分工负责)", ("市甲局", "市乙局"), "joint"),
        ("（市甲局负责）", ("市甲局",), "sole"),
        ("(市甲局牵头负责)", ("市甲局",), "lead"),
        ("(市甲局)", ("市甲局",), "bare"),
    ],
)
def test_brackets(bracket, names, words):
    assert read_bracket(bracket) == (names, words)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1.做好保障。没有括号。\n", "no bracket"),
        ("1.做好保障。后面没有句号(市甲局负责)\n", "without a full stop"),
        ("1.做好保障。甲。(市甲局负责)\n3.做好投资。乙。(市甲局负责)\n", "numbered [1, 3]"),
        ("没有编号的文字。\n", "no line that begins with"),
    ],
)
def test_a_text_laid_out_otherwise_is_refused_not_guessed(pack, text, says):
    with pytest.raises(BadInput, match=says.replace("[", r"\[").replace("]", r"\]")):
        split(pack, text.encode(), "other.txt")


def test_bytes_that_are_not_utf8_are_refused(pack):
    with pytest.raises(BadInput, match="UTF-8"):
        split(pack, "1.做好保障。甲。(市甲局负责)\n".encode("gb18030"), "gbk.txt")


def test_a_bracket_inside_the_sentence_is_not_the_one_that_closes_the_line(pack):
    cut = split(pack, "1.做好保障。甲(含乙)丙。(市甲局(含分局)、市乙局按职责分工负责)\n".encode(), "x")

    assert cut.measures[0].names == ("市甲局(含分局)", "市乙局")
    assert cut.sentence(clause_key("1/1")) == "甲(含乙)丙。"


words = st.text("甲乙丙丁,、12%“”", min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.lists(words, min_size=1, max_size=4),
            st.lists(st.sampled_from(["市甲局", "市乙局", "市丙局"]), min_size=1, max_size=3, unique=True),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_text_put_together_is_cut_into_the_same_pieces(measures):
    """Round trip: what was joined comes apart again, and the spans cover each measure without a gap."""
    lines = [
        f"{at}.标题{at}。{''.join(sentence.strip() + '。' for sentence in sentences)}({'、'.join(names)}{'按职责分工负责' if len(names) > 1 else '负责'})"
        for at, (sentences, names) in enumerate(measures, start=1)
    ]
    cut = split(load_pack(TEMPLATE), ("题目\n\n" + "\n".join(lines) + "\n日期\n").encode(), "made")

    for measure, (sentences, names) in zip(cut.measures, measures, strict=True):
        assert [span.of(cut.text) for span in measure.sentences[1:]] == [sentence.strip() + "。" for sentence in sentences]
        assert measure.names == tuple(names)
        ends = [span.end for span in measure.sentences]
        assert [span.start for span in measure.sentences[1:]] == ends[:-1]
        assert measure.bracket.start == ends[-1]
    assert cut.sentence_count == sum(len(sentences) for sentences, _ in measures)


def test_the_spans_are_kept_as_json_without_the_text(pack, raw):
    cut = attach(pack, raw, "official.txt")
    kept = cut.to_json()

    assert "text" not in kept
    start, end = kept["measures"][0]["sentences"][1]
    assert cut.text[start:end] == cut.sentence(clause_key("1/1"))


@pytest.mark.shared
def test_the_first_plan_is_cut_as_the_gold_annotation_has_it(attached, official):
    import json

    gold = json.loads(official.with_name("binzhou-2022-156.gold.json").read_text(encoding="utf-8"))

    assert (len(attached.measures), attached.sentence_count, attached.office_mentions) == (28, 76, 85)
    for measure, expected in zip(attached.measures, gold["measures"], strict=True):
        assert list(measure.names) == [one["dept"] for one in expected["responsible"]]
        assert (measure.span.start, measure.span.end) == (expected["start"], expected["end"])

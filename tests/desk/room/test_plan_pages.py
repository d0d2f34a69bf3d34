"""S4: the plan clause by clause; marked phrases leave the clause exactly as it is; who executes what."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.desk.room import plan_pages
from yunxing.desk.room.executors import executor_name, kind_word, titles_of
from yunxing.values.citation import Clause

pytestmark = pytest.mark.django_db  # what no closed month holds is counted from the items


class Text:
    """A made-up attached text of one measure with one sentence: what `verbatim` asks of it."""

    def __init__(self, words: str) -> None:
        self.text = "前言。" + words
        whole = SimpleNamespace(start=3, end=3 + len(words), of=lambda text: text[3 : 3 + len(words)])
        self.measures = [SimpleNamespace(number=1, span=whole)]

    def span(self, clause: Clause):
        return self.measures[0].span if clause.sentence == 1 else None


def commitment(id_: str, quote: str, sentence: int = 1):
    return SimpleNamespace(id=id_, quote=quote, key=SimpleNamespace(measure=1, sentence=sentence))


def pieces(words: str, quotes: list[str]):
    made = tuple(commitment(f"c{n}", quote) for n, quote in enumerate(quotes))
    return list(plan_pages.verbatim(Text(words), "156", SimpleNamespace(number=1), made))


@given(st.text("甲乙丙丁12，。", min_size=1, max_size=40), st.lists(st.tuples(st.integers(0, 39), st.integers(1, 12)), max_size=6))
def test_the_pieces_together_are_the_clause(words, places):
    """Whatever is marked, also phrases that overlap or repeat: joined, the pieces are the official words, and no piece is empty."""
    quotes = [words[at : at + length] for at, length in places if words[at : at + length].strip("，。")]
    found = pieces(words, quotes)

    assert "".join(piece["text"] for piece in found) == words
    assert all(piece["text"] for piece in found)


def test_each_phrase_is_marked_with_its_own_commitment():
    """Two phrases, and the words between them unmarked."""
    found = pieces("投资四百亿元，占比三成以上。", ["四百亿元", "三成以上"])

    assert [(piece["text"], piece["commitment"]) for piece in found] == [
        ("投资", ""), ("四百亿元", "c0"), ("，占比", ""), ("三成以上", "c1"), ("。", ""),
    ]  # fmt: skip


def test_an_overlapping_phrase_keeps_what_is_left_of_it():
    """The words in common go to the phrase that starts first; a phrase inside another has none left."""
    found = pieces("十亿元以下的奖补二百万元", ["十亿元以下", "以下的奖补二百万元", "亿元"])

    assert [(piece["text"], piece["commitment"]) for piece in found] == [("十亿元以下", "c0"), ("的奖补二百万元", "c1")]


def test_a_quote_that_is_not_there_marks_nothing():
    """No phrase, no mark; the words stay."""
    assert pieces("原文如此", ["别的话"]) == [{"text": "原文如此", "commitment": ""}]


def test_the_board_has_every_measure_once_in_its_chapter(month):
    """28 measures in seven chapters; one office's choice shows that office's only."""
    page = plan_pages.plan_board(month.pack, month.board, "")
    numbers = [measure["number"] for section in page["sections"] for measure in section["measures"]]
    chosen = plan_pages.plan_board(month.pack, month.board, "STA")

    assert numbers == list(range(1, 29))
    assert page["shown"] == 28
    assert len(page["sections"]) == 7
    assert chosen["shown"] == sum("STA" in one.offices for one in month.pack.measures) > 0
    assert plan_pages.plan_board(month.pack, month.board, "NOBODY")["sections"] == []


def test_a_card_shows_the_promise_beside_its_figure(month):
    """Measure 1: 297.00 of at least 418 亿元; without a closed month no progress is invented."""
    measure = month.pack.measure(1)
    card = plan_pages.measure_card(measure, month.pack, month.board, "amber")
    bare = plan_pages.measure_card(measure, month.pack, None, "none")

    assert {"title": "投资完成额", "value": "297.00 亿元", "target": "≥ 418 亿元"} in card["progress"]
    assert bare["progress"] == []
    assert "?p=2022-09" in card["href"]
    assert "?" not in bare["href"]


def test_commitments_say_value_forecast_and_light(month):
    """The investment promise: current value with its source, the year at this pace; a rate is executed by a rule and has no light."""
    rows = {
        row["id"]: row
        for one in month.pack.measures
        for row in plan_pages.measure_page(one, month.pack, month.board, None, "2022-09")["commitments"]
    }
    row = rows["investment_year"]

    assert (row["value"], row["forecast"], row["light"]) == ("297.00 亿元", "按进度推算 396.00 亿元", "amber")
    assert "project_investment" in row["href"]
    by_rule = [row for row in rows.values() if row["value"] == "由规则执行"]
    assert by_rule
    assert {row["light"] for row in by_rule} == {"none"}
    assert {row["forecast"] for row in by_rule} == {"—"}


def test_numbers_of_targets_are_grouped_in_threes(month):
    """No target has four digits in a row, in either language."""
    import re

    for measure in month.pack.measures:
        for row in plan_pages.measure_page(measure, month.pack, month.board, None, "")["commitments"]:
            assert not re.search(r"(?<![\d-])\d{4,}(?!\s*年|-|\d)", row["target"]), row["target"]


def test_before_any_month_every_measure_still_opens(month):
    """No month closed, no text attached: paraphrases, no values, no lights, and steps to the neighbours."""
    for at, measure in enumerate(month.pack.measures):
        page = plan_pages.measure_page(measure, month.pack, None, None, "")
        assert page["verbatim"] == []
        assert page["parts"]
        assert {row["light"] for row in page["commitments"]} <= {"none"}
        assert bool(page["measure"]["previous"]) is (at > 0)
        assert bool(page["measure"]["next"]) is (at < 27)


def test_a_lead_is_named_only_where_the_text_does(month):
    """The line under the title follows the recorded basis and infers nothing from the order of the bracket."""
    words = {one.lead_basis: plan_pages.measure_page(one, month.pack, None, None, "")["measure"]["lead"] for one in month.pack.measures}

    assert words["none"] == "文件未写牵头单位，按职责分工负责"
    assert words.get("sole", "文件只列一家责任单位") == "文件只列一家责任单位"


# --- executors


def test_an_executor_is_named_by_its_own_title(month):
    """Indicator, form, rule, pool, list, document and case by the pack's titles."""
    titles = titles_of(month.pack.folder)

    assert {key.split(":")[0] for key in titles} == {
        "indicator", "form", "policy", "pool", "case", "document", "list", "pipeline", "activity", "signal", "relation", "contingency", "chain", "matching",
    }  # fmt: skip
    assert all(zh and en for zh, en in titles.values())
    assert executor_name("indicator:project_investment", month.pack) == f"指标 · {titles['indicator:project_investment'][0]}"


def test_what_is_still_to_be_built_is_named_by_its_kind(month):
    """A Chinese page shows no English id; an unknown kind keeps its word."""
    assert executor_name("planned:matching:nothing_yet", month.pack) == kind_word("matching")
    assert kind_word("something") == "something"


def test_in_english_it_is_named_by_its_id_made_readable(month, in_english):
    """Words instead of underscores."""
    assert executor_name("planned:matching:nothing_yet", month.pack).endswith("nothing yet")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_executor_of_the_plan_has_a_name(month, language):
    """No claim of the plan leaves an empty tag."""
    from django.utils import translation

    with translation.override("en" if language == "en" else "zh-hans"):
        for measure in month.pack.measures:
            for part in measure.parts:
                for claim in part.executed_by:
                    assert executor_name(claim, month.pack).strip(" ·")


def test_a_number_that_a_list_shows_is_counted_on_the_list_of_the_closed_month(month):
    """The list's members and its page; without a month, and for other kinds of number, nothing."""
    projects = next(one for one in month.pack.commitments if one.shown_by == "list:key_projects")
    leaders = next(one for one in month.pack.commitments if one.id == "cluster_leaders")
    rule = next(one for one in month.pack.commitments if one.shown_by.startswith("policy:"))
    registered = month.board.snapshot.table("registry", ["rosters"]).to_pylist()
    count = sum("key_projects" in str(row["rosters"]).split(",") for row in registered)

    assert plan_pages.on_list(projects, month.board) == {"value": f"名录现有 {count}", "href": "/registers/key_projects/"}
    assert plan_pages.on_list(leaders, month.board) == {}, "nobody is on the list of this small month"
    assert plan_pages.on_list(projects, None) == plan_pages.on_list(rule, month.board) == {}

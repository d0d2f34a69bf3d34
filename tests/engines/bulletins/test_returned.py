"""A file edited in an office comes back: every change is an edit or is told; no figure is taken from it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.edits import apply, lines_of
from yunxing.engines.bulletins.model import Bulletin
from yunxing.engines.bulletins.returned import Taken, take
from yunxing.io.documents.docx import write_docx
from yunxing.io.documents.read import read_docx
from yunxing.packs.bulletin import load_bulletin

BULLETIN = compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED)
WORD = write_docx(BULLETIN)
ISSUED = read_docx(WORD)


def came_back(change: Callable[[Any], None]) -> Taken:
    document = docx.Document(io.BytesIO(WORD))
    change(document)
    target = io.BytesIO()
    document.save(target)
    returned = read_docx(target.getvalue())
    return take(BULLETIN, ISSUED.lines, returned.shown, returned.lines)


def paragraph(document: Any, begins: str) -> Any:
    return next(one for one in document.paragraphs if one.text.startswith(begins))


def plain(bulletin: Bulletin, section: str) -> list[str]:
    return [block.text for block in next(one for one in bulletin.sections if one.id == section).blocks if hasattr(block, "text")]


def test_a_file_that_nobody_touched_gives_nothing() -> None:
    assert take(BULLETIN, ISSUED.lines, ISSUED.shown, ISSUED.lines) == Taken({}, ())
    assert came_back(lambda _: None) == Taken({}, ())


def test_words_added_to_a_paragraph_are_an_edit_of_its_section() -> None:
    taken = came_back(lambda document: _append(document, "各单位要加强审核。"))
    assert list(taken.edits) == ["next"]
    assert taken.refused == ()
    edited, conflicts = apply(BULLETIN, taken.edits)
    assert not conflicts
    assert plain(edited, "next")[-1].endswith("各单位要加强审核。")
    assert {f.display for f in edited.figures()} == {f.display for f in BULLETIN.figures()}


def _append(document: Any, words: str) -> None:
    last = next(one for one in document.paragraphs if "按时报送" in one.text)
    last.add_run(words)


def test_a_new_paragraph_and_a_new_heading_come_in_where_they_stand() -> None:
    def change(document: Any) -> None:
        place = next(one for one in document.paragraphs if one.text.endswith("下步工作"))
        place.insert_paragraph_before("（四）其他情况")
        place.insert_paragraph_before("总体可控。")

    taken = came_back(change)
    assert list(taken.edits) == ["verdicts"]
    assert taken.edits["verdicts"].text[-2:] == ("## 其他情况", "总体可控。")


def test_a_deleted_paragraph_is_deleted() -> None:
    def change(document: Any) -> None:
        gone = next(one for one in document.paragraphs if one.text.startswith("从增速看"))
        gone._element.getparent().remove(gone._element)

    taken = came_back(change)
    assert list(taken.edits) == ["problems"]
    assert len(taken.edits["problems"].text) == len(lines_of(_section("problems"))) - 1
    assert taken.refused == ()


def test_a_figure_changed_by_hand_is_told_and_not_taken() -> None:
    def change(document: Any) -> None:
        run = next(run for one in document.paragraphs for run in one.runs if run.text == "增长7.6%")
        run.text = "增长9.6%"

    taken = came_back(change)
    assert taken.edits == {}
    assert [(one.was, one.now) for one in taken.refused] == [("增长7.6%", "增长9.6%")]
    edited, _ = apply(BULLETIN, taken.edits)
    assert edited == BULLETIN


def test_a_lost_bookmark_is_found_again_by_its_words() -> None:
    def change(document: Any) -> None:
        whole = paragraph(document, "从增速看")
        for tag in ("bookmarkStart", "bookmarkEnd"):
            for node in whole._element.findall(f"{{{whole._element.nsmap['w']}}}{tag}"):
                whole._element.remove(node)
        whole.add_run("请各地分析原因。")

    taken = came_back(change)
    assert list(taken.edits) == ["problems"]
    assert "⟦problems_001⟧" in taken.edits["problems"].text[0]
    assert taken.edits["problems"].text[0].endswith("请各地分析原因。")


@pytest.mark.parametrize(
    ("begins", "why"),
    [("关于2022年", "标题"), ("一、总体情况", "标题"), ("某市", "标题")],
)
def test_title_headings_and_closing_lines_are_not_edited_in_word(begins: str, why: str) -> None:
    def change(document: Any) -> None:
        one = next(one for one in document.paragraphs if one.text.startswith(begins) or one.text.endswith(begins[2:]))
        one.add_run("改动")

    taken = came_back(change)
    assert taken.edits == {}
    assert len(taken.refused) == 1
    assert why in taken.refused[0].why


def test_a_cell_changed_in_a_table_is_told_and_the_table_stays() -> None:
    def change(document: Any) -> None:
        cell = document.tables[0].rows[1].cells[0]
        cell.paragraphs[0].runs[0].text = "另一项任务"

    taken = came_back(change)
    assert taken.edits == {}
    assert [one.now for one in taken.refused] == ["另一项任务"]


def _section(name: str) -> Any:
    return next(one for one in BULLETIN.sections if one.id == name)


EDITABLE = [n for n, one in enumerate(docx.Document(io.BytesIO(WORD)).paragraphs) if one.style.name == "Body Text" and len(one.text) > 20]


@settings(max_examples=25, deadline=None)
@given(
    places=st.lists(st.sampled_from(EDITABLE), max_size=4, unique=True),
    words=st.text(alphabet="各单位要认真落实工作分析原因提高质量", min_size=2, max_size=12),
    dropped=st.lists(st.sampled_from(EDITABLE), max_size=2, unique=True),
)
def test_any_words_written_in_any_paragraphs_come_back_and_no_figure_moves(places: list[int], words: str, dropped: list[int]) -> None:
    def change(document: Any) -> None:
        every = list(document.paragraphs)
        for n in places:
            every[n].add_run(words)
        for n in set(dropped) - set(places):
            every[n]._element.getparent().remove(every[n]._element)

    taken = came_back(change)
    assert taken.refused == () or all("Word" in one.why or "正文之外" in one.why for one in taken.refused)
    edited, conflicts = apply(BULLETIN, taken.edits)
    assert not conflicts
    said = "".join(block.text for section in edited.sections for block in section.blocks if hasattr(block, "text"))
    in_body = [n for n in places if not _outside(n)]
    assert said.count(words) >= len(in_body)
    known = {figure.id: figure for figure in BULLETIN.figures()}
    assert all(known[figure.id] == figure for figure in edited.figures())


def _outside(n: int) -> bool:
    """Paragraphs in the style of the body that belong to no section: the list of attachments and the remark."""
    text = docx.Document(io.BytesIO(WORD)).paragraphs[n].text
    return text.startswith(("附件", "（此件"))

"""The bulletin as a page: every figure a link to its source, numbered as on paper, and a draft open to command staff only."""

from __future__ import annotations

import json
import shutil

import pytest

from desk.room.month_cast import SPAN, write_month
from yunxing.desk.room import bulletin_pages
from yunxing.desk.room.board import Board
from yunxing.io.snapshots import Snapshot

KEY = f"output_growth/city/city/{SPAN}/cumulative_yoy"


def paragraph(*runs, level=0):
    return {"kind": "paragraph", "level": level, "runs": list(runs)}


def model(number: str = "") -> dict:
    """A bulletin with a paragraph, a heading, a table and an attachment."""
    table = {
        "kind": "table",
        "title": "位次表",
        "remark": "按速度排定",
        "columns": [{"title": "单位", "align": "left", "weight": 1}, {"title": "增速", "align": "right", "weight": 1}],
        "rows": [[[{"text": "甲县"}], [{"figure": "f1", "display": "-1.9%"}]], [[{"text": "乙县"}], [{"figure": "f2", "display": "3.0%"}]]],
    }
    words = paragraph({"text": "全市增速"}, {"figure": "f1", "display": "-1.9%"}, {"text": "。"})
    return {
        "title": "关于运行情况的通报", "label": "合成数据", "number": number, "as_of": "2022-10-07T02:00:00+00:00", "recipients": ["各县", "各区"],
        "sections": [{"title": "总体情况", "blocks": [words, paragraph({"text": "投资"}, level=2), table]}, {"title": "下步工作", "blocks": []}],
        "attachments": [{"title": "附件", "blocks": [paragraph({"text": "说明"})]}], "notes": [paragraph({"text": "注："}, {"figure": "f1", "display": "-1.9%"})],
    }  # fmt: skip


@pytest.fixture
def drafted(tmp_path):
    """The month of the cast with a draft bulletin and its two files; call it with a number to have it issued."""

    def write(number: str = ""):
        made = write_month(tmp_path / (number or "draft"))
        folder = made.board.snapshot.folder / "bulletin"
        folder.mkdir()
        (folder / "bulletin.json").write_text(json.dumps(model(number), ensure_ascii=False), encoding="utf-8")
        figures = {"figures": [{"id": "f1", "sources": [KEY]}, {"id": "f2", "sources": ["gone/city/city/2022-09/value"]}]}
        (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
        for name in ("bulletin-2022-09.docx", "bulletin-2022-09.pdf", "manifest.json"):
            (folder / name).write_bytes(b"file")
        return made

    return write


def test_a_draft_is_open_to_command_staff_only(drafted):
    """It names enterprises of all counties; an issued one, which has its number, is open to every desk role."""
    draft, issued = drafted(), drafted("7")

    for member, reads in {"command": True, "analyst": False, "county": False, "bureau": False}.items():
        assert (bulletin_pages.bulletin_page(draft.board, draft.scopes[member]) is not None) is reads, member
        assert bulletin_pages.bulletin_page(issued.board, issued.scopes[member]) is not None, member
    assert not bulletin_pages.may_read(None, draft.scopes["command"])


def test_a_month_without_a_bulletin_has_no_page(month):
    """Closing may leave none."""
    assert bulletin_pages.bulletin_page(month.board, month.scopes["command"]) is None


def test_blocks_stand_in_the_order_and_with_the_numbers_of_the_paper(drafted):
    """Title, recipients, 一、 with its blocks, 二、, attachment, notes."""
    made = drafted()
    blocks = bulletin_pages.bulletin_page(made.board, made.scopes["command"])["blocks"]

    assert [block["kind"] for block in blocks] == [
        "title", "recipients", "heading", "paragraph", "heading", "table", "heading", "heading", "paragraph", "note",
    ]  # fmt: skip
    assert blocks[1]["text"] == "各县、各区："
    assert [(block["level"], block["text"]) for block in blocks if block["kind"] == "heading"] == [
        (1, "一、总体情况"),
        (2, "投资"),
        (1, "二、下步工作"),
        (1, "附件"),
    ]
    assert blocks[-1]["text"] == "注：-1.9%"


def test_a_figure_links_to_its_source_and_words_do_not(drafted):
    """The display text stays as printed; a figure whose indicator the month does not have is printed without a link."""
    made = drafted()
    blocks = bulletin_pages.bulletin_page(made.board, made.scopes["command"])["blocks"]
    runs, table = blocks[3]["runs"], blocks[5]

    assert [run["text"] for run in runs] == ["全市增速", "-1.9%", "。"]
    assert "output_growth" in runs[1]["href"]
    assert "href" not in runs[0]
    assert [[cell["runs"][0]["text"] for cell in row] for row in table["rows"]] == [["甲县", "-1.9%"], ["乙县", "3.0%"]]
    assert [cell["align"] for cell in table["rows"][0]] == ["left", "right"]
    assert table["rows"][0][1]["runs"][0]["href"]
    assert table["rows"][1][1]["runs"][0]["href"] == ""
    assert table["remark"] == "按速度排定"
    assert table["wordy"] is False


def test_a_table_of_sentences_is_told_from_a_table_of_numbers(month):
    """On a telephone the first becomes cards, the second stays a table that scrolls in its own box."""
    plain = {"kind": "table", "title": "", "columns": [{"title": "情况"}], "rows": [[[{"text": "字" * 21}]]]}
    short = {**plain, "rows": [[[{"text": "字" * 20}]]]}

    assert bulletin_pages.block(plain, month.board, {})["wordy"] is True
    assert bulletin_pages.block(short, month.board, {})["wordy"] is False
    assert bulletin_pages.block(plain, month.board, {})["head"] == [{"title": "情况", "align": "left"}]


def test_the_head_says_what_the_document_is(drafted):
    """Synthetic, not numbered, as of when; the files, Word first; the versions it was made from."""
    made = drafted()
    page = bulletin_pages.bulletin_page(made.board, made.scopes["command"])
    issued = drafted("7")

    assert page["state"] == "合成数据 · 未编号，未签发 · 数据截止 2022-10-07"
    assert bulletin_pages.bulletin_page(issued.board, issued.scopes["county"])["state"] == "合成数据 · 7 · 数据截止 2022-10-07"
    assert [file["name"] for file in page["files"]] == ["DOCX", "PDF"]
    assert dict(page["seal"])["数据版本"] == "sha256:0"
    assert dict(page["seal"])["方案包"] == made.pack.id


def test_the_list_tells_that_a_draft_exists_but_gives_no_file(drafted, settings, tmp_path):
    """A county reads 「起草中，未签发」 without link or file; command staff gets both."""
    made = drafted()
    closed = tmp_path / "home" / "tables" / "closed" / "2022-09"
    shutil.copytree(made.board.snapshot.folder, closed / "00000000")
    (closed / "current").write_text("00000000", encoding="ascii")
    settings.HOME = tmp_path / "home"
    (for_county,) = bulletin_pages.all_bulletins(made.scopes["county"])
    (for_command,) = bulletin_pages.all_bulletins(made.scopes["command"])

    assert (for_county["state"], for_county["href"], for_county["files"]) == ("起草中，未签发", "", [])
    assert for_command["href"] == "/bulletins/2022-09/"
    assert len(for_command["files"]) == 2
    assert Board(Snapshot(closed / "00000000")).snapshot.bulletin()["number"] == ""

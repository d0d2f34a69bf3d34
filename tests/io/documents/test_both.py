"""The two files say the same, whatever the data; and a file that an office opened and saved again is still the same bulletin."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import replace

import docx
import pypdfium2 as pdfium
import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Bulletin, Paragraph, Section, Text
from yunxing.engines.bulletins.trace import compare, figures_table, plain_line
from yunxing.io.documents import layout
from yunxing.io.documents.checks import refused_elements
from yunxing.io.documents.docx import write_docx
from yunxing.io.documents.fonts import find_fonts
from yunxing.io.documents.pdf import page_data, write_pdf
from yunxing.io.documents.read import read_docx
from yunxing.io.documents.wordxml import AREA_TWIPS, bookmark, table_grid
from yunxing.packs.bulletin import load_bulletin

PLAN = load_bulletin(cast.LIBRARY)
BOARDS = {
    "september": cast.board(),
    "nothing reported": cast.board(rows=(), signals=(), projects=()),
    "one unit": cast.board(units=cast.UNITS[:1]),
    "no unit": cast.board(units=()),
    "many projects": cast.board(projects=cast.projects(40)),
    "real data": cast.board(synthetic=False),
}


def made(name: str) -> Bulletin:
    return compose(PLAN, BOARDS[name], cast.ISSUED, number="某工运〔2022〕9号" if name == "real data" else "")


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_both_files_hold_the_same_characters(name: str) -> None:
    """Letter for letter, page numbers, repeated table heads and the chart aside."""
    bulletin = made(name)
    word = read_docx(write_docx(bulletin))
    in_word = Counter(re.sub(r"\s", "", "".join(plain_line(line, word.shown) for line in word.lines)))
    pdf = pdfium.PdfDocument(write_pdf(bulletin, find_fonts()).data)
    in_pdf = Counter(re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in pdf)))
    assert in_word - in_pdf == Counter()


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_every_board_gives_a_file_that_opens_and_verifies(name: str) -> None:
    bulletin = made(name)
    data = write_docx(bulletin)
    assert refused_elements(data) == []
    returned = read_docx(data)
    figures = figures_table(bulletin, returned.lines)
    assert compare(figures, returned.shown, returned.lines) == ()
    assert returned.shown == {figure.id: figure.display for figure in bulletin.figures()}
    assert docx.Document(io.BytesIO(data)).sections[0].page_width.mm == pytest.approx(210, abs=0.1)


def test_a_file_saved_again_by_another_program_is_the_same_bulletin() -> None:
    """Opened and saved by python-docx: other bytes, the same figures."""
    bulletin = made("september")
    data = write_docx(bulletin)
    again = io.BytesIO()
    document = docx.Document(io.BytesIO(data))
    document.save(again)
    assert again.getvalue() != data
    issued = figures_table(bulletin, read_docx(data).lines)
    returned = read_docx(again.getvalue())
    assert compare(issued, returned.shown, returned.lines) == ()


def test_a_paragraph_written_in_by_hand_is_listed() -> None:
    bulletin = made("september")
    data = write_docx(bulletin)
    document = docx.Document(io.BytesIO(data))
    document.paragraphs[8].insert_paragraph_before("全市新增规上企业35家。")
    document.paragraphs[9].insert_paragraph_before("请各单位抓紧落实。")
    again = io.BytesIO()
    document.save(again)
    returned = read_docx(again.getvalue())
    changes = compare(figures_table(bulletin, read_docx(data).lines), returned.shown, returned.lines)
    assert {change.kind for change in changes} <= {"added", "text"}
    assert [change.place for change in changes if change.kind == "added"] == ["35"]


def test_a_row_deleted_from_a_table_is_found_figure_by_figure() -> None:
    bulletin = made("september")
    data = write_docx(bulletin)
    document = docx.Document(io.BytesIO(data))
    table = next(t for t in document.tables if "位次" in t.rows[0].cells[2].text)
    gone = table.rows[3]
    gone._tr.getparent().remove(gone._tr)
    again = io.BytesIO()
    document.save(again)
    returned = read_docx(again.getvalue())
    changes = compare(figures_table(bulletin, read_docx(data).lines), returned.shown, returned.lines)
    assert [(change.kind, change.was) for change in changes if change.breaks] == [
        ("removed", w) for w in ("8.2%", "3", "48.21", "78.1%", "3", "100.0%")
    ]


def test_words_with_marks_of_xml_survive() -> None:
    """<, & and quotes in a project's name are printed, never parsed."""
    odd = "A<B> & \"C\" 'D' ]]> &amp; 〔〕"
    bulletin = replace(made("september"), sections=(Section("s", "题", (Paragraph((Text(odd),)),)),), attachments=())
    assert odd in read_docx(write_docx(bulletin)).lines


def test_number_and_mark_stand_above_the_title() -> None:
    lines = read_docx(write_docx(made("real data"))).lines
    assert lines[:4] == ("滨州市工业运行指挥部文件", "某工运〔2022〕9号", "关于2022年1—9月", "全市工业经济运行情况的通报")


def test_real_data_wear_no_label() -> None:
    bulletin = made("real data")
    word = write_docx(bulletin)
    assert "合成" not in "".join(section.header.paragraphs[0].text for section in docx.Document(io.BytesIO(word)).sections)
    pdf = pdfium.PdfDocument(write_pdf(bulletin, find_fonts()).data)
    assert not any("合成" in page.get_textpage().get_text_range() for page in pdf)


def test_one_attachment_has_no_number_and_two_have() -> None:
    bulletin = made("september")
    (attachment,) = bulletin.attachments
    assert "附件：应开工未开工重点工业项目清单" in read_docx(write_docx(bulletin)).lines
    two = read_docx(write_docx(replace(bulletin, attachments=(attachment, replace(attachment, title="另一清单", blocks=()))))).lines
    assert "附件：1.应开工未开工重点工业项目清单" in two
    assert {"附件1", "附件2"} <= set(two)


def test_the_template_gets_plain_data_only() -> None:
    data = page_data(made("september"), find_fonts())
    assert json.loads(json.dumps(data, ensure_ascii=False)) == json.loads(json.dumps(data))
    assert data["measures"]["line"] == layout.LINE_PT


@pytest.mark.parametrize("weights", [[1], [1, 1, 1], [7, 13, 29, 3], [100] * 9])
def test_widths_add_up_to_the_type_area(weights: list[int]) -> None:
    _, rows = table_grid(weights, 2)
    assert [len(row) for row in rows] == [len(weights)] * 2
    widths = [int(cell[0][0].get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}w")) for cell in rows[0]]
    assert sum(widths) == AREA_TWIPS
    assert max(abs(width * sum(weights) - AREA_TWIPS * weight) for width, weight in zip(widths, weights, strict=True)) <= sum(
        weights
    ) * len(weights)


def test_a_bookmark_too_long_for_word_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 40"):
        bookmark(1, "fig_" + "x" * 37)


@pytest.mark.parametrize(
    ("issuer", "day", "indent"),
    [
        ("某市工业运行指挥部", "2022年10月20日", 3.0),
        ("某市工业运行指挥部办公室某某处", "2022年1月2日", 0.0),
        ("某办", "2022年10月20日", 6.5),
    ],
)
def test_the_name_is_centred_over_the_date(issuer: str, day: str, indent: float) -> None:
    """The date stands in by four characters; name and date share their middle, unless the name reaches the edge."""
    found = layout.signature_indent(issuer, day)
    assert found == indent


@pytest.mark.parametrize("length", [2, 8, 11, 12, 20, 30])
def test_the_mark_stays_on_one_line(length: int) -> None:
    size = layout.mark_size("某" * length)
    assert size * length <= 156 / 25.4 * 72
    assert size <= layout.MARK_PT

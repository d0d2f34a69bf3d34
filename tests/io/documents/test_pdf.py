"""The PDF: 22 lines of 28 characters, embedded fonts, no missing character, page numbers outside alternately, the same bytes twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Bulletin, Paragraph, Section, Table, Text
from yunxing.io.documents import fonts as fonts_module
from yunxing.io.documents.fonts import Fonts, NoFonts, find_fonts
from yunxing.io.documents.pdf import write_pdf
from yunxing.packs.bulletin import load_bulletin

MM = 72 / 25.4


@pytest.fixture(scope="module")
def bulletin() -> Bulletin:
    return compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED)


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return find_fonts()


@pytest.fixture(scope="module")
def data(bulletin: Bulletin, fonts: Fonts) -> bytes:
    return write_pdf(bulletin, fonts).data


@pytest.fixture(scope="module")
def long(bulletin: Bulletin, fonts: Fonts) -> bytes:
    """Chinese characters only, over several full pages."""
    prose = tuple(Paragraph((Text("振作工业经济运行促进平稳增长推动加快高质量发展" * 12 + "。"),)) for _ in range(14))
    return write_pdf(replace(bulletin, sections=(Section("long", "总体情况", prose),), attachments=()), fonts).data


def characters(data: bytes, page: int) -> Iterator[tuple[str, float, float, float]]:
    """Each character of a page with its left, right and baseline box bottom, in points."""
    document = pdfium.PdfDocument(data)
    text = document[page].get_textpage()
    for index in range(text.count_chars()):
        left, bottom, right, _ = text.get_charbox(index, loose=True)
        letter = text.get_text_range(index, 1)
        if letter.strip():
            yield letter, left, right, bottom


def lines(data: bytes, page: int) -> list[str]:
    """The lines of a page's type area from top to bottom."""
    found: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for letter, left, _, bottom in characters(data, page):
        if (297 - 37) * MM + 2 > bottom > 35 * MM - 4:
            found[round(bottom / 3)].append((left, letter))
    merged: list[tuple[int, list[tuple[float, str]]]] = []
    for height in sorted(found, reverse=True):
        if merged and merged[-1][0] - height <= 2:
            merged[-1][1].extend(found[height])
        else:
            merged.append((height, found[height]))
    return ["".join(letter for _, letter in sorted(row)) for _, row in merged]


def test_a_full_page_has_twenty_two_lines(long: bytes) -> None:
    assert [len(lines(long, page)) for page in (1, 2)] == [22, 22]


def test_a_full_line_has_twenty_seven_or_twenty_eight_characters(long: bytes) -> None:
    counts = [len(line) for page in (1, 2) for line in lines(long, page)]
    full = [count for count in counts if count > 26]
    assert set(full) <= {27, 28}
    assert full.count(28) > len(full) * 0.8
    assert len(full) > 30


def test_the_text_stays_inside_the_type_area(long: bytes) -> None:
    for page in (0, 1, 2):
        for letter, left, right, bottom in characters(long, page):
            if bottom > 35 * MM - 4 and bottom < (297 - 37) * MM:
                assert left >= 28 * MM - 1, letter
                assert right <= (210 - 26) * MM + 1, letter


def test_all_text_of_the_bulletin_is_in_the_pdf(data: bytes, bulletin: Bulletin) -> None:
    document = pdfium.PdfDocument(data)
    printed = re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in document))
    for section in bulletin.sections:
        for block in section.blocks:
            words = (
                [block.text]
                if isinstance(block, Paragraph)
                else [
                    "".join(getattr(run, "display", "") or getattr(run, "text", "") for run in cell) for row in block.rows for cell in row
                ]
            )
            for text in words:
                missing = set(re.sub(r"\s", "", text)) - set(printed)
                assert not missing, text
    assert "一、总体情况" in printed


def test_no_character_is_missing_from_the_fonts(data: bytes) -> None:
    """A missing glyph is read back as U+FFFD or a private character."""
    document = pdfium.PdfDocument(data)
    printed = "".join(page.get_textpage().get_text_range() for page in document)
    assert not re.search("[\ufffd\ue000-\uf8ff\u0000]", printed)
    assert len(printed) > 1500


def test_every_font_is_embedded(data: bytes) -> None:
    """Each font descriptor of the file carries its font program."""
    import ctypes

    import pypdfium2.raw as raw

    document = pdfium.PdfDocument(data)
    fonts = {}
    for page in document:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=15):
            font = raw.FPDFTextObj_GetFont(item)
            size = raw.FPDFFont_GetBaseFontName(font, None, 0)
            name = ctypes.create_string_buffer(size)
            raw.FPDFFont_GetBaseFontName(font, name, size)
            fonts[name.value.decode()] = raw.FPDFFont_GetIsEmbedded(font)
    assert fonts
    assert set(fonts.values()) == {1}, fonts


def test_page_numbers_stand_outside_alternately(data: bytes) -> None:
    document = pdfium.PdfDocument(data)
    for index in range(len(document)):
        foot = [(letter, left) for letter, left, _, bottom in characters(data, index) if bottom < 32 * MM]
        assert "".join(letter for letter, _ in foot).strip("—") == str(index + 1)
        middle = sum(left for _, left in foot) / len(foot)
        assert (middle > 105 * MM) == (index % 2 == 0)


def test_every_page_wears_the_synthetic_label(data: bytes) -> None:
    for page in pdfium.PdfDocument(data):
        assert "合成数据" in page.get_textpage().get_text_range()


def test_the_closing_lines_stand_on_an_even_page(data: bytes, long: bytes) -> None:
    for made in (data, long):
        document = pdfium.PdfDocument(made)
        assert len(document) % 2 == 0
        assert "印发" in document[len(document) - 1].get_textpage().get_text_range()


def test_two_runs_give_the_same_bytes(data: bytes, bulletin: Bulletin, fonts: Fonts) -> None:
    assert write_pdf(bulletin, fonts).data == data


def test_words_cannot_become_commands_of_the_page(bulletin: Bulletin, fonts: Fonts) -> None:
    """A project called #read("/etc/passwd") or $x$ is printed as it is."""
    odd = '#read("/etc/passwd") $x$ *b* <a> @b \\u{1F600} [c] _d_ // e'
    made = write_pdf(
        replace(bulletin, sections=(Section("s", odd, (Paragraph((Text(odd),)),)),), attachments=(), title_lines=(odd,)), fonts
    )
    printed = "".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(made.data))
    assert '#read("/etc/passwd")' in re.sub(r"\s+", "", printed).replace("”", '"').replace("“", '"')


def test_an_empty_bulletin_and_one_without_recipients_can_be_set(bulletin: Bulletin, fonts: Fonts) -> None:
    bare = replace(bulletin, sections=(), attachments=(), recipients=(), copies=(), notes=(), remark="", label="", number="某〔2022〕1号")
    assert write_pdf(bare, fonts).data.startswith(b"%PDF")


def test_a_chart_with_falls_can_be_set(bulletin: Bulletin, fonts: Fonts) -> None:
    table = next(block for section in bulletin.sections for block in section.blocks if isinstance(block, Table) and block.bars)
    falls = replace(table, bars=(("甲", "-3.0%", -3, 1), ("乙", "0.0%", 0, 1), ("丙", "2.0%", 2, 1)))
    for bars in (falls, replace(table, bars=(("甲", "-3.0%", -3, 1),)), replace(table, bars=(("甲", "0.0%", 0, 1),))):
        assert write_pdf(replace(bulletin, sections=(Section("s", "排名", (bars,)),)), fonts).data.startswith(b"%PDF")


def test_the_day_of_issue_is_the_only_time_in_the_file(bulletin: Bulletin, fonts: Fonts) -> None:
    other = write_pdf(replace(bulletin, issued_on=date(2022, 10, 21)), fonts).data
    assert re.findall(rb"D:(\d{8})", other)
    assert set(re.findall(rb"D:(\d{8})", other)) == {b"20221021"}


def test_no_font_is_a_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_module, "FANDOL_PLACES", ())
    with pytest.raises(NoFonts, match=r"没有找到可用的中文字体.*fonts_dir.*\.docx 已生成") as refused:
        find_fonts(tmp_path, packaged=False)
    assert "方正小标宋简体" in str(refused.value)


def test_a_fonts_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoFonts, match=r"settings\.toml: found no folder"):
        find_fonts(tmp_path / "none")


def test_the_office_folder_goes_before_the_stand_ins(tmp_path: Path, fonts: Fonts) -> None:
    found = find_fonts(tmp_path)
    assert found.folders[0] == tmp_path
    assert found.families == fonts.families
    assert "仿宋_GB2312" in found.substituted or any(place.is_dir() for place in fonts_module.FANDOL_PLACES)
    assert all(families[-1] == "Noto Serif SC" for families in found.families.values())


@pytest.mark.parametrize("paragraphs", [0, 10, 16, 18, 20, 22, 24, 26, 28, 38, 40])
def test_the_closing_lines_stand_on_an_even_page_whatever_the_length(paragraphs: int) -> None:
    """版记 on the last even page; every page before the end of the text bears its own number, none after it does."""
    words = (Paragraph((Text("各单位要认真落实各项工作任务，及时报送有关情况。"),)),) * paragraphs
    long = compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED)
    short = replace(long, sections=(Section("a", "情况", (*words, Paragraph((Text("完毕。"),)))),), attachments=())
    document = pdfium.PdfDocument(write_pdf(short, find_fonts()).data)
    pages = [page.get_textpage().get_text_range() for page in document]
    assert [n for n, text in enumerate(pages, start=1) if "印发" in text] == [len(pages)]
    assert len(pages) % 2 == 0
    signed = max(n for n, text in enumerate(pages, start=1) if short.remark in text)
    for n, text in enumerate(pages, start=1):
        assert re.findall(r"— ?(\d+) ?—", text) == ([str(n)] if n <= signed else []), f"page {n} of {len(pages)}"

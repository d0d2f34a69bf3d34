"""The Word file as an office suite draws it: 22 lines a page of 27 or 28 characters, the standard's edges, the faces that were named (GB/T 9704-2012, 5.2).

LibreOffice Writer stands for the office; Debian's package. Official faces are pointed at the free stand-ins by fontconfig, the file is untouched.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Paragraph, Section, Text
from yunxing.io.documents import layout
from yunxing.io.documents.docx import write_docx
from yunxing.packs.bulletin import load_bulletin

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="no soffice on this machine: apt-get install libreoffice-writer-nogui")
MM = 72 / 25.4
STAND_INS = {
    "方正小标宋简体": "Noto Serif SC",
    "仿宋_GB2312": "Noto Serif SC",
    "楷体_GB2312": "Noto Serif SC",
    "黑体": "Noto Sans SC",
    "宋体": "Noto Serif SC",
}
SENTENCE = "全市工业经济运行总体平稳，重点企业生产经营正常，各有关单位要认真落实各项工作任务，"
PAGES_OF_TEXT = range(4, 9)  # whole pages of the long section: no table, no attachment


def draw(word: bytes, folder: Path) -> Path:
    """The file drawn by LibreOffice in a home of its own, so that neither its settings nor the machine's fonts matter."""
    from pylopdf_fonts_zh_cn import serif_path

    aliases = "".join(
        f'<alias binding="same"><family>{official}</family><prefer><family>{free}</family></prefer></alias>'
        for official, free in STAND_INS.items()
    )
    config = folder / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{serif_path().parent}</dir><cachedir>{folder / 'cache'}</cachedir>{aliases}</fontconfig>",
        encoding="utf-8",
    )
    (folder / "bulletin.docx").write_bytes(word)
    assert SOFFICE
    subprocess.run(
        [SOFFICE, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "bulletin.docx")],
        env={"PATH": os.environ["PATH"], "FONTCONFIG_FILE": str(config), "HOME": str(folder / "home"), "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "bulletin.pdf"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pdfium.PdfDocument]:
    bulletin = compose(load_bulletin(cast.LIBRARY), cast.board(projects=cast.projects(40)), cast.ISSUED, number="某工运〔2022〕9号")
    text = Section("long", "长文", tuple(Paragraph((Text(SENTENCE * 6 + "。"),)) for _ in range(12)))
    path = draw(write_docx(replace(bulletin, sections=(*bulletin.sections, text))), tmp_path_factory.mktemp("office"))
    document = pdfium.PdfDocument(path)
    yield document
    document.close()


def lines(page: pdfium.PdfPage) -> list[tuple[float, float, float, str]]:
    """The lines between the upper and the lower edge: height of the line from the upper edge of the paper, left and right end in points, words.

    Punctuation may hang over the right edge, as offices set Chinese by default: it counts as a character and not for the ends.
    """
    text = page.get_textpage()
    letters = []
    for place in range(text.count_chars()):
        letter = text.get_text_range(place, 1)
        if letter.strip():
            left, bottom, right, top = text.get_charbox(place)
            letters.append((page.get_height() - (bottom if letter in "，。" else (bottom + top) / 2 - 5), left, right, letter))
    area = sorted(one for one in letters if layout.TOP_MM * MM < one[0] < (297 - layout.BOTTOM_MM) * MM)
    rows: list[list[tuple[float, float, float, str]]] = []
    for one in area:
        if not rows or one[0] - rows[-1][0][0] > layout.LINE_PT / 2:
            rows.append([])
        rows[-1].append(one)
    found = []
    for row in rows:
        words = sorted((left, right, letter) for _, left, right, letter in row)
        solid = [one for one in words if one[2] not in "，。"]
        middle = sorted(y for y, *_ in row)[len(row) // 2]
        found.append(
            (middle, min(left for left, *_ in solid), max(right for _, right, _ in solid), "".join(letter for *_, letter in words))
        )
    return found


@pytest.mark.parametrize("number", PAGES_OF_TEXT)
def test_a_full_page_has_22_lines_of_27_or_28_characters(drawn: pdfium.PdfDocument, number: int) -> None:
    found = lines(drawn[number])
    if number > PAGES_OF_TEXT[0]:
        assert len(found) == layout.LINES
    from_edge = [words for _, left, right, words in found if words in SENTENCE * 3 and left < layout.LEFT_MM * MM + 1 and right > 500]
    assert len(from_edge) >= 12
    assert {len(words) for words in from_edge} <= {27, 28}
    first = [words for _, left, _, words in found if words in SENTENCE * 3 and left > (layout.LEFT_MM + 10) * MM]
    assert {len(words) for words in first} <= {25, 26}, "the first line of a paragraph is indented by two characters"


def test_lines_stand_28_95_points_apart(drawn: pdfium.PdfDocument) -> None:
    tops = [y for y, *_ in lines(drawn[6])]
    steps = [after - before for before, after in itertools.pairwise(tops)]
    assert all(abs(step - layout.LINE_PT) <= 1.5 for step in steps)
    assert abs((tops[-1] - tops[0]) / 21 - layout.LINE_PT) < 0.1


def test_the_type_area_is_156_mm_between_edges_of_28_and_26(drawn: pdfium.PdfDocument) -> None:
    for number in PAGES_OF_TEXT:
        for _, left, right, _ in lines(drawn[number]):
            assert left >= layout.LEFT_MM * MM - 1
            assert right <= (210 - layout.RIGHT_MM) * MM + 1


def test_a_page_is_a4_and_every_face_is_embedded(drawn: pdfium.PdfDocument) -> None:
    assert [round(size / MM) for size in drawn[0].get_size()] == [210, 297]
    names = set()
    for page in drawn:
        for thing in page.get_objects():
            if isinstance(thing, pdfium.PdfTextObj):
                names.add(thing.get_font().get_base_name().partition("-")[0])
    assert names <= {"NotoSerifSC", "NotoSansSC"}, "no run fell back to a face that was not named"


def test_odd_pages_bear_their_number_at_the_right_and_even_ones_at_the_left(drawn: pdfium.PdfDocument) -> None:
    def foot(number: int) -> tuple[float, str]:
        page = drawn[number - 1]
        text = page.get_textpage()
        bounded = text.get_text_bounded(0, 0, page.get_width(), (layout.BOTTOM_MM - 3) * MM).strip()
        rects = [
            text.get_charbox(i)
            for i in range(text.count_chars())
            if text.get_charbox(i)[3] < (layout.BOTTOM_MM - 3) * MM and text.get_text_range(i, 1).strip()
        ]
        return min(left for left, *_ in rects), bounded

    for number in (1, 5, 7):
        left, words = foot(number)
        assert words == f"— {number} —"
        assert left > 105 * MM
    for number in (2, 4, 6):
        left, words = foot(number)
        assert words == f"— {number} —"
        assert left < 50 * MM
